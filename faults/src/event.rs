//! What can happen to an actor, and what is noted of it.

use sim::{ActorId, Slot};

use crate::belief::{Candidate, Finding, ProcedureKey};
use crate::fault::Performer;
use crate::model_types::ModelTypes;

/// Everything that can happen to an actor.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SimEvent<K: ModelTypes> {
    /// A model's note to itself.
    Timer(K::Timer),
    /// A message from another actor reaches a part.
    Arrival {
        /// Which part.
        port: u8,
        /// Where the message waits.
        slot: Slot,
    },
    /// A planned fault occurs.
    Occur {
        /// Entry of the scenario's faults.
        plan: u16,
        /// How many times it has occurred here before.
        round: u32,
    },
    /// A fault ends by itself.
    Clear {
        /// Which of the actor's faults.
        occurrence: u32,
    },
    /// An active fault grows, goes off for a while, or comes on again.
    ProfileStep {
        /// Which of the actor's faults.
        occurrence: u32,
        /// Steps of its severity profile so far.
        step: u32,
    },
    /// A step is carried out.
    Apply {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
    /// A step was not carried out in time.
    StepTimedOut {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
    /// Somebody elsewhere carries out a step of a procedure here.
    Treat {
        /// The procedure.
        procedure: ProcedureKey<K>,
        /// Which of its steps.
        position: u8,
    },
    /// A fault comes back that a recovery action had cleared for a while only.
    Recur {
        /// Entry of the scenario's faults.
        plan: u16,
        /// How many times it has occurred here before.
        round: u32,
    },
    /// A step's effect is looked at.
    Verify {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
}

/// What is noted about faults, beliefs and service, in the past tense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DomainEvent<K: ModelTypes> {
    /// Truth: a fault occurred; this is its onset.
    Occurred {
        /// Number within the actor.
        occurrence: u32,
        /// Entry of the scenario's faults; [`NATURAL`] if it came by itself (paper that ran out).
        plan: u16,
        /// The fault.
        fault: K::Fault,
    },
    /// Truth: a fault is gone.
    Cleared {
        /// Number within the actor.
        occurrence: u32,
        /// The fault.
        fault: K::Fault,
        /// What cleared it; `None` if it ended by itself.
        by: Option<K::RecoveryAction>,
    },
    /// Truth: the first error of a part's wrong state: its faults are activated.
    Activated {
        /// The part.
        part: K::Part,
    },
    /// Truth: somebody could have noticed this now.
    IndicationShown {
        /// The part that shows it.
        part: K::Part,
        /// What is shown.
        indication: K::Indication,
    },
    /// Truth: an actor that stands still does so for this fault, from now on, to this share. A list begins with [`NOBODY`], and what
    /// is not on it has no share.
    Stopped {
        /// The fault, by its number within the actor.
        occurrence: u32,
        /// In parts per million.
        share: u32,
    },
    /// Truth: the terminal began or ceased to be able to sell.
    Service {
        /// Able to sell.
        up: bool,
    },
    /// Belief: a detector says that something is wrong.
    Alarm {
        /// Number within the actor at which the incident is kept.
        incident: u32,
        /// Whose detector.
        detector: K::Part,
        /// What it has noticed.
        finding: Finding<K>,
        /// The likeliest fault behind it.
        suspect: K::Fault,
        /// Which actor it is about.
        about: ActorId,
    },
    /// Belief: better evidence isolates what an open incident is about.
    Refined {
        /// The incident.
        incident: u32,
        /// What was noticed now.
        finding: Finding<K>,
        /// The fault that it isolates.
        suspect: K::Fault,
    },
    /// Belief: what may be behind the alarm just noted, one after the other, the likeliest first.
    Weighed {
        /// The incident.
        incident: u32,
        /// What, and how likely.
        candidate: Candidate<K>,
    },
    /// A step was begun.
    ActionStarted {
        /// The incident.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
        /// What is done.
        action: K::RecoveryAction,
        /// By whom.
        by: Performer,
    },
    /// A step was carried out.
    ActionApplied {
        /// The incident.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
        /// What was done.
        action: K::RecoveryAction,
        /// By whom.
        by: Performer,
        /// Truth: how many active faults it cleared.
        cleared: u8,
    },
    /// Belief: service is good again.
    Restored {
        /// The incident.
        incident: u32,
    },
    /// Nothing in the procedure helped; a person takes over.
    Exhausted {
        /// The incident.
        incident: u32,
    },
    /// The fallback has failed too: nobody works on it any more.
    Unresolved {
        /// The incident.
        incident: u32,
    },
    /// What a model noted.
    Noted(K::Note),
}

/// The plan of a fault that no scenario planned: paper that ran out, a roll that wore down.
pub const NATURAL: u16 = u16::MAX;

/// Begins a list of the faults that an actor stands still for.
pub const NOBODY: u32 = u32::MAX;
