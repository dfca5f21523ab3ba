//! How the draws of faults and incidents are named: by the fault and what is done about it, so that no other incident, recovery
//! action or alarm moves them.

use sim::StableHasher;

use super::state::{Active, Care};
use crate::draw_name::DrawName;
use crate::fault::Performer;
use crate::model::ModelTypes;

/// A count of things of one kind.
#[derive(Clone, Copy, Debug)]
struct Count<T> {
    of: T,
    so_far: u32,
}

/// Counts one more of a kind, and says how many there were before.
fn count<T: Copy + PartialEq>(counts: &mut Vec<Count<T>>, of: T) -> u32 {
    let at = counts.iter().position(|it| it.of == of).unwrap_or_else(|| {
        counts.push(Count { of, so_far: 0 });
        counts.len() - 1
    });
    let before = counts[at].so_far;
    counts[at].so_far = before.checked_add(1).expect("fewer than 2^32 things of one kind");
    before
}

/// What has been counted for the names of draws at one actor.
#[derive(Clone, Debug)]
pub(super) struct Naming<K: ModelTypes> {
    /// Recovery actions tried on each active fault.
    tries: Vec<Count<(u32, K::RecoveryAction)>>,
    /// Occurrences of faults that came by themselves.
    natural: Vec<Count<K::Fault>>,
    /// Incidents that no fault of this actor explains, by detector.
    unexplained: Vec<Count<K::Part>>,
    /// Requests because of each cause, by whom they are carried out.
    requests: Vec<Count<(DrawName, Performer)>>,
}

impl<K: ModelTypes> Default for Naming<K> {
    fn default() -> Self {
        Self {
            tries: Vec::new(),
            natural: Vec::new(),
            unexplained: Vec::new(),
            requests: Vec::new(),
        }
    }
}

impl<K: ModelTypes> Naming<K> {
    /// How often this recovery action had been tried on this fault.
    pub(super) fn tried(&mut self, occurrence: u32, action: K::RecoveryAction) -> u32 {
        count(&mut self.tries, (occurrence, action))
    }

    /// How often this fault had come by itself.
    pub(super) fn came(&mut self, fault: K::Fault) -> u32 {
        count(&mut self.natural, fault)
    }

    /// The name of one more request because of this cause.
    pub(super) fn request(&mut self, cause: DrawName, by: Performer) -> DrawName {
        let n = count(&mut self.requests, (cause, by));
        cause.asked(StableHasher::of(&by), n)
    }
}

impl<K: ModelTypes> Care<K> {
    /// What an incident that is opened now is due to. Truth names it and nothing else: see [`DrawName`].
    pub(super) fn cause(&mut self, detector: K::Part, suspect: K::Fault, own: bool) -> DrawName {
        let rank = |it: &&Active<K>| match () {
            () if it.fault == suspect => 0,
            () if K::part_of(it.fault) == K::part_of(suspect) => 1,
            () => 2,
        };
        match self.active.iter().filter(|_| own).min_by_key(rank) {
            Some(active) => active.name(),
            None => {
                let n = count(&mut self.naming.unexplained, detector);
                DrawName::of_detector(StableHasher::of(&detector), n)
            }
        }
    }

    /// A fault is over: nothing more is tried on it.
    pub(super) fn over(&mut self, fault: &Active<K>) {
        self.naming.tries.retain(|it| it.of.0 != fault.occurrence);
        self.forget(fault.name());
    }

    /// Forgets the requests whose cause is over, when the last incident because of it has been closed.
    pub(super) fn forget(&mut self, cause: DrawName) {
        let needed = self.incidents.iter().any(|it| it.cause == cause)
            || self.active.iter().any(|it| it.name() == cause);
        if !needed {
            self.naming.requests.retain(|it| it.of.0 != cause);
        }
    }
}

impl<K: ModelTypes> Active<K> {
    /// This occurrence of this fault.
    pub(super) fn name(&self) -> DrawName {
        DrawName::of_fault(self.stream, self.round)
    }
}
