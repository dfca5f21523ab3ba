//! What crosses the boundary where fault management is decided outside: at the port of a terminal's record.

use faults::{
    Candidate, Finding, IncidentChange, LIKELIEST, Performer, ProcedureKey, RecoveryStep,
};
use serde::{Deserialize, Serialize};
use sim::Span;

use crate::{AnyFault, Models, Part, RecoveryAction};

/// What became of an incident of a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct IncidentReport {
    /// The incident, within its terminal.
    pub incident: u32,
    /// Whose detector opened it.
    pub detector: Part,
    /// What was noticed.
    pub finding: Finding<Models>,
    /// The likeliest fault behind it.
    pub suspect: AnyFault,
    /// What may be behind it, the likeliest first.
    pub likeliest: [Option<Candidate<Models>>; LIKELIEST],
    /// What is done about it.
    pub procedure: ProcedureKey<Models>,
    /// What became of it; at [`IncidentChange::AwaitingDecision`] it waits for an answer.
    pub change: IncidentChange,
}

/// What is decided about an incident: see [`faults::Decision`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Decision {
    /// The next step of the procedure.
    Procedure,
    /// This, whatever the procedure says.
    Step {
        /// What is done.
        action: RecoveryAction,
        /// By whom.
        by: Performer,
        /// Hands-on time.
        duration: Span,
    },
    /// Nothing for so long.
    Wait(Span),
    /// The fallback.
    Escalate,
    /// It is believed to be over.
    Close,
    /// Nobody works on it any more.
    GiveUp,
}

impl From<Decision> for faults::Decision<Models> {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Procedure => Self::Procedure,
            Decision::Step { action, by, duration } => {
                Self::Step(RecoveryStep { action, by, duration, works: None })
            }
            Decision::Wait(span) => Self::Wait(span),
            Decision::Escalate => Self::Escalate,
            Decision::Close => Self::Close,
            Decision::GiveUp => Self::GiveUp,
        }
    }
}
