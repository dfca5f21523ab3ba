//! What the truth asks of a run's settings.

use sim::{ActorId, Law, Span};

use super::planned::Planned;
use crate::model_types::ModelTypes;

/// What the truth asks of a run's settings: which faults are planned, and what a recovery action does to them.
pub trait FaultSettings<K: ModelTypes> {
    /// An entry of the scenario's faults.
    fn planned(&self, plan: u16) -> &Planned<K>;
    /// A recovery action has to do with how this planned fault came about; if not, it cannot clear it.
    fn reaches(&self, _plan: u16, _action: K::RecoveryAction) -> bool {
        true
    }
    /// Whether something real stands in the place of the part that has this fault: then neither a plan nor a recovery action reaches
    /// it, and it begins and ends as the real thing says.
    fn is_real(&self, _actor: ActorId, _fault: K::Fault) -> bool {
        false
    }
    /// With which probability a recovery action that cleared a fault did so for a while only, and for how long.
    fn imperfect(&self, _action: K::RecoveryAction) -> Option<(f64, Law)> {
        None
    }
    /// Whether a recovery action puts in something new, so that what this fault happens to begins another life.
    fn renews(&self, _actor: ActorId, _action: K::RecoveryAction, _fault: K::Fault) -> bool {
        false
    }
    /// How old an actor is at the start of the run, on top of what a life says of itself.
    fn age(&self, _actor: ActorId) -> Span {
        Span::ZERO
    }
}
