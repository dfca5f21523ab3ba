//! Belief: what detectors suspect, the incidents that their alarms open, and what is done about them.
//!
//! Nothing here can name what is true: the functions get a [`BeliefContext`] and [`Observed`] parts, and neither has a way
//! to the faults of an actor or to what is planned for it.

mod decisions;
mod finding;
mod incident_state;
mod incidents;
mod policy;
mod procedure;

pub use crate::context::BeliefContext;
use crate::context::Context;
use crate::draw_counts::Counted;
use crate::model::Catalogue;

pub(crate) use decisions::decide;
pub use finding::{Candidate, Diagnosis, Finding, LIKELIEST, ProcedureKey, in_ppm};
pub use incident_state::IncidentState;
pub(crate) use incidents::{
    Alarmed, Opened, close, close_one, close_unseen, dismiss_all, open, suppress,
};
pub use policy::{Decision, IncidentChange, IncidentUpdate, RecoveryPolicy, StepRequest};
pub(crate) use procedure::{
    CarriedOut, applied, await_effect, begin, carried_out, step_at, timed_out, verify,
};

/// Nobody can look: the device is off.
#[derive(Clone, Copy, Debug)]
pub struct DeviceOff;

/// The parts of one actor as detectors see them. `catalogue!` implements it.
pub trait Observed<K: Catalogue>: Counted<K> {
    /// What a part's own detector finds now.
    ///
    /// # Errors
    ///
    /// If nobody can look.
    fn look(
        &mut self,
        part: K::Part,
        cx: &mut Context<'_, K>,
    ) -> Result<Vec<Finding<K>>, DeviceOff>;
    /// What a detector's part shows now is observed anew.
    fn retest(&mut self, part: K::Part, symptom: K::Symptom, cx: &mut Context<'_, K>);
    /// Whether a detector would still raise its alarm.
    fn still_sees(&mut self, part: K::Part, symptom: K::Symptom, cx: &mut Context<'_, K>) -> bool;
    /// The actor's incidents.
    fn incident_state(&mut self) -> &mut IncidentState<K>;
}
