//! The incidents that are kept at one actor.

use bevy_ecs::component::Component;
use sim::actor::ActorId;
use sim::time::Instant;
use thin_vec::ThinVec;

use super::finding::{Candidate, Finding, LIKELIEST, ProcedureKey};
use crate::fault::RecoveryStep;
use crate::model_types::ModelTypes;

/// Where an incident stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// A step is being carried out.
    Acting,
    /// It has been carried out, its effect is to be looked at.
    Verifying,
    /// The procedure is used up; a person tries the fallback.
    Escalated,
    /// Nobody works on it.
    Unresolved,
    /// Nobody is sent: a common cause is being worked on that would explain it.
    Suppressed,
    /// Whoever decides outside has been asked what to do.
    AwaitingDecision,
}

/// What an operator believes about one interruption.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incident<K: ModelTypes> {
    pub(super) id: u32,
    pub(super) detector: K::Part,
    pub(super) finding: Finding<K>,
    pub(super) suspect: K::Fault,
    pub(super) likeliest: [Option<Candidate<K>>; LIKELIEST],
    pub(super) procedure: ProcedureKey<K>,
    /// Better evidence has come: its procedure begins at the first step, whatever was tried before.
    pub(super) begins_anew: bool,
    pub(super) about: ActorId,
    /// One incident for many actors.
    pub(super) common: bool,
    /// Attempts before this one: names the events that belong to it.
    pub(super) attempt: u8,
    /// Where it stands in its procedure: behind `attempt` by what was chosen outside it.
    pub(super) position: u8,
    /// What was chosen for this attempt instead of a step of the procedure.
    pub(super) chosen: Option<RecoveryStep<K>>,
    pub(super) stage: Stage,
}

/// A step that seemed to help.
#[derive(Clone, Copy, Debug)]
pub(super) struct Helped<K: ModelTypes> {
    pub(super) procedure: ProcedureKey<K>,
    pub(super) position: u8,
    pub(super) at: Instant,
}

/// Belief: the incidents that are kept at one actor. Empty while nobody suspects anything.
#[derive(Clone, Component, Debug)]
pub struct IncidentState<K: ModelTypes> {
    pub(super) incidents: ThinVec<Incident<K>>,
    pub(super) helped: ThinVec<Helped<K>>,
    opened: u32,
    /// A common cause that is being worked on.
    pub(super) held: Option<K::Fault>,
}

impl<K: ModelTypes> Default for IncidentState<K> {
    fn default() -> Self {
        Self { incidents: ThinVec::new(), helped: ThinVec::new(), opened: 0, held: None }
    }
}

impl<K: ModelTypes> IncidentState<K> {
    /// The number of one more incident.
    pub(super) fn number(&mut self) -> u32 {
        let id = self.opened;
        // One number is for work that no incident asked for.
        self.opened = id.checked_add(1).expect("fewer than 2^32 incidents at an actor");
        id
    }
    /// An incident has been opened.
    pub(super) fn begin(&mut self, incident: Incident<K>) {
        assert!(incident.id < self.opened, "an incident gets its number before it is opened");
        assert!(self.get(incident.id).is_none(), "an incident is opened once");
        self.incidents.push(incident);
    }
    /// The incident at this place is closed.
    pub(super) fn remove(&mut self, at: usize) -> Incident<K> {
        assert!(at < self.incidents.len(), "what is closed was open");
        self.incidents.remove(at)
    }
    /// An open incident.
    pub(super) fn get(&self, incident: u32) -> Option<Incident<K>> {
        self.incidents.iter().find(|it| it.id == incident).copied()
    }
    /// An open incident, to change it.
    pub(super) fn get_mut(&mut self, incident: u32) -> Option<&mut Incident<K>> {
        self.incidents.iter_mut().find(|it| it.id == incident)
    }
    /// An open incident that is still at this attempt and stage; a late event of an earlier one finds none.
    pub(super) fn at_stage(&self, incident: u32, attempt: u8, stage: Stage) -> Option<Incident<K>> {
        self.get(incident).filter(|it| it.attempt == attempt && it.stage == stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::Toy;

    fn incident(id: u32) -> Incident<Toy> {
        Incident {
            id,
            detector: 1,
            finding: Finding::of(()),
            likeliest: [None; LIKELIEST],
            suspect: (1, 1),
            procedure: ProcedureKey::Mode((1, 1)),
            begins_anew: false,
            about: ActorId(0),
            common: false,
            attempt: 2,
            position: 1,
            chosen: None,
            stage: Stage::Acting,
        }
    }

    #[test]
    fn a_late_event_finds_no_incident() {
        let mut state = IncidentState::<Toy>::default();
        let id = state.number();
        state.begin(incident(id));
        assert!(state.at_stage(id, 2, Stage::Acting).is_some());
        assert!(state.at_stage(id, 1, Stage::Acting).is_none(), "another attempt");
        assert!(state.at_stage(id, 2, Stage::Verifying).is_none(), "another stage");
        assert_eq!(state.remove(0).id, id);
        assert!(state.at_stage(id, 2, Stage::Acting).is_none(), "closed");
    }

    #[test]
    #[should_panic(expected = "an incident is opened once")]
    fn no_incident_is_opened_twice() {
        let mut state = IncidentState::<Toy>::default();
        let id = state.number();
        state.begin(incident(id));
        state.begin(incident(id));
    }

    #[test]
    #[should_panic(expected = "an incident gets its number before it is opened")]
    fn no_incident_has_a_number_of_its_own_making() {
        IncidentState::<Toy>::default().begin(incident(0));
    }

    #[test]
    #[should_panic(expected = "what is closed was open")]
    fn nothing_is_closed_that_is_not_open() {
        IncidentState::<Toy>::default().remove(0);
    }

    #[test]
    #[should_panic(expected = "fewer than 2^32 incidents at an actor")]
    fn incidents_do_not_wrap() {
        let mut state = IncidentState::<Toy> { opened: u32::MAX, ..IncidentState::default() };
        state.number();
    }
}
