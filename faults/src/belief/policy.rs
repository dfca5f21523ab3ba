//! What an operator is set to do, asks of others, tells, and is told.

use sim::{ActorId, Span};

use super::finding::{Candidate, Diagnosis, Finding, LIKELIEST, ProcedureKey};
use crate::draw_name::DrawName;
use crate::fault::RecoveryStep;
use crate::model_types::ModelTypes;

/// What is done about what is suspected: what the operator decides, and nothing that is true.
pub trait RecoveryPolicy<K: ModelTypes> {
    /// What is made of a finding about an actor, at which these other symptoms stand already: by what is known of it from an
    /// inventory, and by tables that are the same for all.
    fn diagnose(&self, about: ActorId, finding: &Finding<K>, beside: &[K::Symptom])
    -> Diagnosis<K>;
    /// The same of a cause that many actors have in common; `example` is one of them.
    fn diagnose_common(&self, example: ActorId, finding: &Finding<K>) -> Diagnosis<K> {
        let diagnosis = self.diagnose(example, finding, &[]);
        let procedure = ProcedureKey::Common(diagnosis.suspect);
        Diagnosis { procedure, ..diagnosis }
    }
    /// What is made of a finding whose candidates its detector has weighed itself. By default its weights are not used.
    fn weighed(
        &self,
        about: ActorId,
        finding: &Finding<K>,
        _candidates: &[Option<Candidate<K>>; LIKELIEST],
    ) -> Diagnosis<K> {
        self.diagnose(about, finding, &[])
    }
    /// What to try, in this order.
    fn procedure(&self, of: ProcedureKey<K>) -> &[RecoveryStep<K>];
    /// What a person tries when the procedure is exhausted, how often, and how long apart; `None` leaves it at that.
    fn fallback(&self) -> Option<(RecoveryStep<K>, u8, Span)>;
    /// Whether someone outside decides what is done about incidents of this actor. Each attempt then waits, at its moment,
    /// until `Context::decide` says what it is.
    fn decided_outside(&self, _actor: ActorId) -> bool {
        false
    }
    /// Whether nobody is to take this step against what a detector suspects at one actor, because a common cause is being
    /// worked on that would explain it.
    fn suppresses(
        &self,
        _cause: K::Fault,
        _detector: K::Part,
        _suspect: K::Fault,
        _step: &RecoveryStep<K>,
    ) -> bool {
        false
    }
    /// How long after a recovery action its effect is looked at.
    fn verify_after(&self, action: K::RecoveryAction) -> Span;
    /// How long a remote command may take before it is given up.
    fn remote_patience(&self) -> Span;
    /// A suspicion that comes back within this time begins one step after the one that seemed to help.
    fn relapse_within(&self) -> Span;
}

/// A request to carry out a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRequest<K: ModelTypes> {
    /// The incident, within its actor.
    pub incident: u32,
    /// Which attempt, counted from 0.
    pub attempt: u8,
    /// What to do, by whom, how long.
    pub step: RecoveryStep<K>,
    /// What is suspected.
    pub suspect: K::Fault,
    /// What the draws of whoever carries it out are named by, and nothing else.
    pub name: DrawName,
}

/// What became of an incident: told to the parts of its own actor that keep the record of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncidentUpdate<K: ModelTypes> {
    /// The incident, within its actor.
    pub incident: u32,
    /// Whose detector opened it.
    pub detector: K::Part,
    /// What was noticed.
    pub finding: Finding<K>,
    /// The likeliest fault behind it.
    pub suspect: K::Fault,
    /// What may be behind it, the likeliest first; "nothing is broken" may be among them.
    pub likeliest: [Option<Candidate<K>>; LIKELIEST],
    /// What is done about it.
    pub procedure: ProcedureKey<K>,
    /// Which actor it is about.
    pub about: ActorId,
    /// One incident for many actors: see `Context::alarm_common`.
    pub common: bool,
    /// What became of it.
    pub change: IncidentChange,
}

/// What can become of an incident.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum IncidentChange {
    /// An alarm has opened it.
    Opened,
    /// A step of its procedure has been carried out.
    Applied {
        /// Which.
        attempt: u8,
    },
    /// What to do is to be decided outside: see [`RecoveryPolicy::decided_outside`] and `Context::decide`.
    AwaitingDecision {
        /// How many attempts there were before this one: the answer names it.
        attempt: u8,
        /// Where it stands in its procedure; past its end it is the fallback's turn.
        position: u8,
    },
    /// A step is not begun, because a common cause is being worked on.
    Suppressed,
    /// Everything in its procedure has been tried, the fallback included.
    Unresolved,
    /// It has been closed.
    Closed,
}

/// What can be decided about an incident from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision<K: ModelTypes> {
    /// The next step of its procedure; past its end the fallback, and past that nobody works on it any more.
    Procedure,
    /// This, whatever the procedure says. The procedure stays where it is.
    Step(RecoveryStep<K>),
    /// Nothing for so long. Then, if it still looks wrong, the same is asked again.
    Wait(Span),
    /// The rest of the procedure is skipped: the fallback.
    Escalate,
    /// It is believed to be over.
    Close,
    /// Nobody works on it any more.
    GiveUp,
}
