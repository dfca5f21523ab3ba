//! Faults: what can break, when a scenario breaks it, and for how long.
//!
//! A fault occurs, is activated by its first error, and lasts until it is cleared. All of this is the truth; who believes what
//! about it is in [`crate::management`].

use sim::{Span, stable_id};

use crate::model_types::ModelTypes;

/// One way in which a model can break, as a catalogue entry.
#[derive(Debug)]
pub struct Mode<K: ModelTypes> {
    /// Its name within its model, in lower case with hyphens.
    pub name: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// The family of the catalogue that it belongs to.
    pub family: K::Family,
    /// The symptoms that it shows once it is active and exercised, each with the probability that it does; the first is the one that
    /// it shows most.
    pub shows: &'static [(K::Symptom, f64)],
    /// What brings it about.
    pub cause: &'static str,
    /// What it does, from the part outwards.
    pub effects: Effects,
    /// How bad, how frequent and how hard to notice its author holds it to be.
    pub ratings: Ratings,
    /// What a person can notice of it.
    pub indications: &'static [K::Indication],
    /// Whose detector can see it.
    pub seen_by: &'static [K::Part],
    /// What can clear it, each with the probability that one attempt does.
    pub cleared_by: &'static [(K::RecoveryAction, f64)],
    /// What to try when it is suspected, in this order, unless a policy says otherwise.
    pub procedure: &'static [RecoveryStep<K>],
}

impl<K: ModelTypes> Mode<K> {
    /// The symptom that it shows most.
    ///
    /// # Panics
    /// If it shows none: a test holds that every mode does.
    pub fn symptom(&self) -> K::Symptom {
        self.shows.first().expect("every fault mode shows a symptom").0
    }
    /// Probability that it shows this symptom, once it is active and exercised.
    pub fn shows(&self, symptom: K::Symptom) -> f64 {
        let shown = self.shows.iter().find(|(it, _)| *it == symptom).map_or(0.0, |it| it.1);
        debug_assert!((0.0..=1.0).contains(&shown), "{} shows it with {shown}", self.name);
        shown
    }
    /// Probability that one attempt of a recovery action clears this fault.
    pub fn cleared_by(&self, action: K::RecoveryAction) -> f64 {
        let works = self.cleared_by.iter().find(|(known, _)| *known == action);
        let works = works.map_or(0.0, |&(_, probability)| probability);
        debug_assert!((0.0..=1.0).contains(&works), "{} is cleared with {works}", self.name);
        works
    }
}

/// A fault mode by its name, as `printer.jam`: so that a component can suspect or bring about what breaks in another one
/// without knowing that one. A test holds every such name against the catalogue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FaultName {
    name: &'static str,
    id: u32,
}

impl FaultName {
    /// The fault mode of this name.
    pub const fn of(name: &'static str) -> Self {
        assert!(!name.is_empty(), "a fault has a name");
        Self { name, id: stable_id(name) }
    }
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }
    /// The fault mode in a catalogue.
    ///
    /// # Panics
    ///
    /// If no component has a fault mode of this name.
    pub fn fault<K: ModelTypes>(self) -> K::Fault {
        K::fault_with_id(self.id)
            .unwrap_or_else(|| panic!("no component has the fault {}", self.name))
    }
}

/// What a fault mode does on three levels, as IEC 60812 asks for it: an effect on one level is what the next one suffers from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Effects {
    /// On the part that breaks.
    pub local: &'static str,
    /// On what the part belongs to.
    pub next: &'static str,
    /// On those for whom the whole is there.
    pub end: &'static str,
}

impl Effects {
    /// From the part outwards.
    pub const fn of(local: &'static str, next: &'static str, end: &'static str) -> Self {
        assert!(!local.is_empty() && !next.is_empty() && !end.is_empty(), "an effect is said");
        Self { local, next, end }
    }
}

/// Ratings from 1 to 10 as an FMEA gives them, declared and not measured. What each rating means is for the catalogue to say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ratings {
    /// S: how bad the end effect is; 10 is worst.
    pub severity: u8,
    /// O: how often it occurs; 10 is most often.
    pub occurrence: u8,
    /// D: how hard it is to notice; 10 is never noticed.
    pub detection: u8,
}

impl Ratings {
    /// Severity, occurrence, detection.
    pub const fn of(severity: u8, occurrence: u8, detection: u8) -> Self {
        assert!(severity >= 1 && severity <= 10, "S is a rating from 1 to 10");
        assert!(occurrence >= 1 && occurrence <= 10, "O is a rating from 1 to 10");
        assert!(detection >= 1 && detection <= 10, "D is a rating from 1 to 10");
        Self { severity, occurrence, detection }
    }
}

/// Who carries out a recovery action.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize,
)]
pub enum Performer {
    /// The device by itself.
    Device,
    /// The person at the device.
    Attendant,
    /// The back office, by a command over the network.
    Remote,
    /// The support desk, which guides the person at the device.
    Support,
    /// A technician on the spot.
    Technician,
}

/// One step of a procedure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryStep<K: ModelTypes> {
    /// What is done.
    pub action: K::RecoveryAction,
    /// By whom.
    pub by: Performer,
    /// Hands-on time, without waiting and travel.
    pub duration: Span,
    /// Probability that it clears the fault that it is tried against, where a policy knows better than the catalogue.
    pub works: Option<f64>,
}
