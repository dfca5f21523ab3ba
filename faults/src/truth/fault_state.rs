//! The faults of one actor.

use bevy_ecs::component::Component;
use sim::time::Instant;
use thin_vec::ThinVec;

use crate::draw_name::DrawName;
use crate::model_types::ModelTypes;

/// A fault that is active.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active<K: ModelTypes> {
    pub(super) occurrence: u32,
    pub(super) plan: u16,
    /// How many times this plan has occurred here before.
    pub(super) round: u32,
    /// Names the random streams of what it happens to: those of its plan, or of the fault that comes by itself.
    pub(super) stream: u64,
    /// It has led to an error.
    pub(super) activated: bool,
    /// While the actor stands still: the share that was noted last, in parts per million.
    pub(super) share: u32,
    pub(super) fault: K::Fault,
}

impl<K: ModelTypes> Active<K> {
    /// This occurrence of this fault.
    fn name(&self) -> DrawName {
        DrawName::of_fault(self.stream, self.round)
    }
}

/// A planned fault that waits for something to happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Armed {
    pub(super) plan: u16,
    pub(super) seen: u32,
}

/// A random life of a part, and since when it has lasted.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartLife {
    pub(super) plan: u16,
    /// How many lives there were before it.
    pub(super) round: u32,
    pub(super) since: Instant,
}

/// Truth: the faults of one actor. Empty while all is well: then it costs its bytes and nothing else.
#[derive(Clone, Component, Debug)]
pub struct FaultState<K: ModelTypes> {
    pub(super) active: ThinVec<Active<K>>,
    pub(super) armed: ThinVec<Armed>,
    pub(super) lives: ThinVec<PartLife>,
    /// It is not in service: not yet, or not any more.
    pub(super) withdrawn: bool,
    occurrences: u32,
    serving: bool,
    /// It stands still, and somebody has a share in that, as was noted last.
    pub(super) shared: bool,
}

impl<K: ModelTypes> Default for FaultState<K> {
    fn default() -> Self {
        Self {
            active: ThinVec::new(),
            armed: ThinVec::new(),
            lives: ThinVec::new(),
            withdrawn: false,
            occurrences: 0,
            serving: true,
            shared: false,
        }
    }
}

impl<K: ModelTypes> FaultState<K> {
    /// The actor can do what it is for.
    pub fn serving(&self) -> bool {
        self.serving
    }
    /// The faults that are active.
    pub fn active(&self) -> impl Iterator<Item = K::Fault> + '_ {
        self.active.iter().map(|active| active.fault)
    }

    /// Keeps whether the actor can do what it is for; says whether that has changed.
    pub(crate) fn serves(&mut self, able: bool) -> bool {
        if able {
            self.shared = false;
            self.active.iter_mut().for_each(|it| it.share = 0);
        }
        std::mem::replace(&mut self.serving, able) != able
    }
    /// The name of the fault that would explain best why this one is suspected: that one itself, one of the same part, any.
    pub(crate) fn explains(&self, suspect: K::Fault) -> Option<DrawName> {
        let rank = |it: &&Active<K>| match () {
            () if it.fault == suspect => 0,
            () if K::part_of(it.fault) == K::part_of(suspect) => 1,
            () => 2,
        };
        self.active.iter().min_by_key(rank).map(Active::name)
    }
    /// A fault of this name is active.
    pub(crate) fn has(&self, name: DrawName) -> bool {
        self.active.iter().any(|it| it.name() == name)
    }

    /// A fault has occurred.
    pub(super) fn begin(&mut self, fault: Active<K>) {
        assert!(!self.has_fault(fault.fault), "what is broken already cannot break again");
        debug_assert!(
            self.active.iter().all(|it| it.occurrence < fault.occurrence),
            "occurrences are numbered in their order"
        );
        self.active.push(fault);
    }
    /// The fault at this place is over.
    pub(super) fn remove(&mut self, at: usize) -> Active<K> {
        assert!(at < self.active.len(), "what is cleared was active");
        self.active.remove(at)
    }
    /// This fault is active.
    pub(super) fn has_fault(&self, fault: K::Fault) -> bool {
        self.active.iter().any(|it| it.fault == fault)
    }
    /// The number of one more occurrence.
    pub(super) fn number(&mut self) -> u32 {
        let occurrence = self.occurrences;
        self.occurrences = occurrence.checked_add(1).expect("fewer than 2^32 faults at an actor");
        occurrence
    }
    /// Arms a planned fault that waits for something to happen.
    pub(super) fn arm(&mut self, plan: u16) {
        assert!(self.armed.iter().all(|it| it.plan != plan), "a plan is armed once");
        self.armed.push(Armed { plan, seen: 0 });
    }
    /// Keeps account of a random life that was drawn before the run began.
    pub(super) fn lives(&mut self, plan: u16) {
        assert!(self.lives.iter().all(|it| it.plan != plan), "a plan has one life at a time");
        self.lives.push(PartLife { plan, round: 0, since: Instant::START });
    }
    /// Whether a life that ends now is still the one that counts: a new unit has begun another one.
    pub(super) fn counts(&self, plan: u16, round: u32) -> bool {
        self.lives.iter().all(|life| life.plan != plan || life.round == round)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::Toy;

    fn active(occurrence: u32, fault: (u8, u8)) -> Active<Toy> {
        Active {
            occurrence,
            plan: 0,
            round: 0,
            stream: occurrence.into(),
            activated: false,
            share: 0,
            fault,
        }
    }

    #[test]
    fn the_nearest_fault_explains_a_suspicion() {
        let mut state = FaultState::<Toy>::default();
        assert_eq!(state.explains((1, 1)), None);
        for (occurrence, fault) in [(0, (2, 2)), (1, (1, 2)), (2, (1, 1))] {
            state.begin(active(occurrence, fault));
        }
        let name = |at: usize| Some(state.active[at].name());
        assert_eq!(state.explains((1, 1)), name(2), "itself");
        assert_eq!(state.explains((1, 3)), name(1), "one of the same part");
        assert_eq!(state.explains((3, 3)), name(0), "any");
    }

    #[test]
    fn service_changes_once() {
        let mut state = FaultState::<Toy>::default();
        assert_eq!(
            [true, false, false, true].map(|able| state.serves(able)),
            [false, true, false, true]
        );
    }

    #[test]
    #[should_panic(expected = "what is broken already cannot break again")]
    fn no_fault_is_active_twice() {
        let mut state = FaultState::<Toy>::default();
        state.begin(active(0, (1, 1)));
        state.begin(active(1, (1, 1)));
    }

    #[test]
    #[should_panic(expected = "what is cleared was active")]
    fn nothing_is_cleared_that_is_not_there() {
        FaultState::<Toy>::default().remove(0);
    }

    #[test]
    #[should_panic(expected = "a plan is armed once")]
    fn no_plan_is_armed_twice() {
        let mut state = FaultState::<Toy>::default();
        state.arm(3);
        state.arm(3);
    }

    #[test]
    #[should_panic(expected = "a plan has one life at a time")]
    fn no_plan_has_two_lives() {
        let mut state = FaultState::<Toy>::default();
        state.lives(3);
        state.lives(3);
    }

    #[test]
    #[should_panic(expected = "fewer than 2^32 faults at an actor")]
    fn occurrences_do_not_wrap() {
        let mut state = FaultState::<Toy> { occurrences: u32::MAX, ..FaultState::default() };
        state.number();
    }
}
