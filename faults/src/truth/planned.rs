//! What a scenario has planned: which fault occurs, when, how badly, and for how long.

use sim::{Instant, Law, Span};

use crate::model_types::ModelTypes;

/// When a planned fault affects an actor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When<K: ModelTypes> {
    /// Once, at this time since the start.
    At(Span),
    /// Again and again: first at `first`, then every `period`.
    Every {
        /// Time of the first.
        first: Span,
        /// Time from one to the next.
        period: Span,
    },
    /// After a random life; a new life begins when it has been cleared.
    Life(Law),
    /// Again and again, ever more seldom or ever more often: a Poisson process whose expected number of occurrences up to time t
    /// is (t / scale)^shape, the power law of Crow and AMSAA. Below 1 reliability grows, above 1 it wears away.
    PowerLaw {
        /// By then one occurrence is expected.
        scale: Span,
        /// How the expected number grows.
        shape: f64,
    },
    /// When something has happened at the actor.
    On {
        /// What has to happen.
        milestone: K::Milestone,
        /// How many times it has to happen.
        nth: u32,
        /// Probability that it then occurs.
        probability: f64,
        /// How long after it.
        after: Span,
        /// Which of them count.
        counts: OnlyIf,
    },
}

/// Which of the things that happen count for a fault that waits for one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OnlyIf {
    /// Only those that happen while a fault of the entry with this stream is active at the same actor.
    pub while_active: Option<u64>,
    /// None that happens before this time since the start.
    pub from: Span,
    /// None that happens at this time since the start or later.
    pub until: Option<Span>,
}

impl OnlyIf {
    /// Whether something that happens now counts; `active` says whether a fault of the entry with a stream is active.
    pub(super) fn holds(self, now: Instant, active: impl FnOnce(u64) -> bool) -> bool {
        let since = Span(now.0);
        debug_assert!(self.until.is_none_or(|it| it > self.from), "a stretch of time has a length");
        since >= self.from
            && self.until.is_none_or(|it| since < it)
            && self.while_active.is_none_or(active)
    }
}

/// How a fault's magnitude goes while it is active.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SeverityProfile {
    /// The same from the first moment to the last.
    #[default]
    Constant,
    /// It grows from a tenth to the whole magnitude in ten equal steps over this time.
    Ramp(Span),
    /// It comes and goes: on for a time, off for a time. It is active all along: off is not cleared.
    Intermittent {
        /// How long it is on.
        on: Law,
        /// How long it is off.
        off: Law,
    },
}

/// Steps in which a ramp grows.
pub(super) const RAMP_STEPS: u16 = 10;

/// One entry of a scenario's list of faults, as the kernel needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned<K: ModelTypes> {
    /// The fault.
    pub fault: K::Fault,
    /// When it occurs.
    pub when: When<K>,
    /// How long it lasts; `None` until something clears it.
    pub lasts: Option<Law>,
    /// How bad it is, from 0 to 1.
    pub magnitude: f64,
    /// How the magnitude goes while it is active.
    pub severity_profile: SeverityProfile,
    /// A random delay up to this long, so that a common cause need not occur all at once.
    pub stagger: Span,
    /// Names its random streams: made from the entry's id, so that another entry moves none of its draws.
    pub stream: u64,
    /// It strikes and ends for all its members by one draw of onset and of length: what they share has failed. What is done at one
    /// of them moves neither.
    pub common: bool,
}
