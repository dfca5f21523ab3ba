//! What is counted for the names of draws: by the fault and what is done about it, so that no other incident, recovery
//! action or alarm moves them.
//!
//! Neither truth nor belief: what is counted comes from both, names draws, and is read for nothing else.

use bevy_ecs::component::Component;
use sim::StableHasher;
use thin_vec::ThinVec;

use crate::draw_name::DrawName;
use crate::fault::Performer;
use crate::model_types::ModelTypes;

/// A count of things of one kind.
#[derive(Clone, Copy, Debug)]
struct Count<T> {
    of: T,
    so_far: u32,
}

/// Counts one more of a kind, and says how many there were before.
fn count<T: Copy + PartialEq>(counts: &mut ThinVec<Count<T>>, of: T) -> u32 {
    let at = counts.iter().position(|it| it.of == of).unwrap_or_else(|| {
        counts.push(Count { of, so_far: 0 });
        counts.len() - 1
    });
    debug_assert!(counts.iter().filter(|it| it.of == of).count() == 1, "a thing is counted once");
    let before = counts[at].so_far;
    counts[at].so_far = before.checked_add(1).expect("fewer than 2^32 things of one kind");
    before
}

/// What has been counted for the names of draws at one actor.
#[derive(Clone, Component, Debug)]
pub struct DrawCounts<K: ModelTypes> {
    /// Recovery actions tried on each active fault.
    tries: ThinVec<Count<(u32, K::RecoveryAction)>>,
    /// Occurrences of faults that came by themselves.
    natural: ThinVec<Count<K::Fault>>,
    /// Incidents that no fault of this actor explains, by detector.
    unexplained: ThinVec<Count<K::Part>>,
    /// Requests because of each cause, by whom they are carried out.
    requests: ThinVec<Count<(DrawName, Performer)>>,
    /// What each open incident is due to.
    causes: ThinVec<(u32, DrawName)>,
}

/// The parts of one actor, with what is counted for the names of their draws.
pub trait Counted<K: ModelTypes> {
    /// What has been counted.
    fn draw_counts(&mut self) -> &mut DrawCounts<K>;
}

impl<K: ModelTypes> Default for DrawCounts<K> {
    fn default() -> Self {
        Self {
            tries: ThinVec::new(),
            natural: ThinVec::new(),
            unexplained: ThinVec::new(),
            requests: ThinVec::new(),
            causes: ThinVec::new(),
        }
    }
}

impl<K: ModelTypes> DrawCounts<K> {
    /// How often this recovery action had been tried on this fault.
    pub(crate) fn tried(&mut self, occurrence: u32, action: K::RecoveryAction) -> u32 {
        count(&mut self.tries, (occurrence, action))
    }

    /// How often this fault had come by itself.
    pub(crate) fn came(&mut self, fault: K::Fault) -> u32 {
        count(&mut self.natural, fault)
    }

    /// An incident has been opened. It is named by the fault that explains it; without one, by its detector.
    pub(crate) fn opened(&mut self, incident: u32, detector: K::Part, explained: Option<DrawName>) {
        let cause = explained.unwrap_or_else(|| {
            let n = count(&mut self.unexplained, detector);
            DrawName::of_detector(StableHasher::of(&detector), n)
        });
        assert!(self.causes.iter().all(|it| it.0 != incident), "an incident opens once");
        self.causes.push((incident, cause));
    }

    /// The name of one more request because of this incident.
    ///
    /// # Panics
    ///
    /// If the incident is not open.
    pub(crate) fn request(&mut self, incident: u32, by: Performer) -> DrawName {
        let cause = self.causes.iter().find(|it| it.0 == incident);
        let (_, cause) = *cause.expect("a request belongs to an open incident");
        let n = count(&mut self.requests, (cause, by));
        cause.asked(StableHasher::of(&by), n)
    }

    /// An incident has been closed.
    pub(crate) fn closed(&mut self, incident: u32) {
        debug_assert!(self.causes.iter().any(|it| it.0 == incident), "what is closed was opened");
        self.causes.retain(|it| it.0 != incident);
    }

    /// A fault is over: nothing more is tried on it.
    pub(crate) fn over(&mut self, occurrence: u32) {
        self.tries.retain(|it| it.of.0 != occurrence);
    }

    /// Forgets the requests whose cause is neither active nor that of an open incident.
    pub(crate) fn forget(&mut self, is_active: impl Fn(DrawName) -> bool) {
        let Self { requests, causes, .. } = self;
        requests.retain(|it| {
            let (cause, _) = it.of;
            causes.iter().any(|(_, its)| *its == cause) || is_active(cause)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::Toy;

    fn fault() -> DrawName {
        DrawName::of_fault(7, 0)
    }

    #[test]
    fn a_request_is_named_by_its_fault_and_not_by_its_incident() {
        let mut one = DrawCounts::<Toy>::default();
        one.opened(0, 1, None);
        one.opened(1, 1, Some(fault()));
        let mut other = DrawCounts::<Toy>::default();
        other.opened(0, 1, Some(fault()));
        let by = Performer::Technician;
        assert_eq!(
            one.request(1, by),
            other.request(0, by),
            "a false alarm before it moves nothing"
        );
        assert_ne!(one.request(1, by), other.request(0, Performer::Support));
        let first = DrawCounts::<Toy>::default().tried(0, "restart");
        assert_eq!((first, one.tried(4, "restart"), one.tried(4, "restart")), (0, 0, 1));
    }

    #[test]
    fn requests_are_counted_until_their_cause_is_over() {
        let mut counts = DrawCounts::<Toy>::default();
        counts.opened(0, 1, Some(fault()));
        let first = counts.request(0, Performer::Support);
        counts.closed(0);
        // The fault is still there: whoever asks again because of it asks for the second time.
        counts.forget(|name| name == fault());
        counts.opened(1, 1, Some(fault()));
        assert_ne!(counts.request(1, Performer::Support), first);
        counts.closed(1);
        counts.forget(|_| false);
        counts.opened(2, 1, Some(fault()));
        assert_eq!(counts.request(2, Performer::Support), first, "its requests were forgotten");
    }

    #[test]
    #[should_panic(expected = "a request belongs to an open incident")]
    fn nobody_asks_because_of_what_is_closed() {
        let mut counts = DrawCounts::<Toy>::default();
        counts.opened(0, 1, None);
        counts.closed(0);
        counts.request(0, Performer::Support);
    }

    #[test]
    #[should_panic(expected = "an incident opens once")]
    fn no_incident_has_two_causes() {
        let mut counts = DrawCounts::<Toy>::default();
        counts.opened(0, 1, None);
        counts.opened(0, 1, Some(fault()));
    }
}
