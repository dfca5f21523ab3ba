//! What the draws of a request are named by: the fault behind it, not how many requests or incidents there were before.
//!
//! A policy that raises one alarm more would otherwise renumber every incident after it, and with it move the travel times,
//! reactions and patience of people who have nothing to do with that alarm.

use sim::{Purpose, StableHasher};

/// The name of the draws of one request: its cause, and how often the same had been asked because of it.
///
/// It comes from the truth, so it says nothing: it can be carried along and name a draw, and that is all. Nothing that a
/// detector, a procedure or a policy decides may depend on it; there is no way to read it, and it crosses no boundary of
/// the run.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct DrawName(u64);

impl DrawName {
    /// The `round`-th occurrence of a fault.
    pub(crate) fn of_fault(fault: u64, round: u32) -> Self {
        Self(StableHasher::of(&("fault", fault, round)))
    }

    /// The `n`-th incident that a detector opened though no fault was there, or about another actor.
    pub(crate) fn of_detector(detector: u64, n: u32) -> Self {
        Self(StableHasher::of(&("detector", detector, n)))
    }

    /// The `n`-th time that something happens which no incident asked for.
    pub fn planned(what: Purpose, n: u32) -> Self {
        Self(StableHasher::of(&("planned", what, n)))
    }

    /// The `n`-th time that the same is asked because of it, by way of `whom`.
    pub(crate) fn asked(self, whom: u64, n: u32) -> Self {
        Self(StableHasher::of(&(self.0, whom, n)))
    }

    /// The same request, made once more.
    #[must_use]
    pub fn again(self) -> Self {
        Self(StableHasher::of(&("again", self.0)))
    }

    pub(crate) fn occurrence(self) -> u64 {
        self.0
    }
}
