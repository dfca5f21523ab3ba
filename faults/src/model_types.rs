//! The types that a catalogue is made of.

use std::fmt::Debug;
use std::hash::Hash;

use crate::table::{Declared, Table};

/// Plain data that an enum of the catalogue is made of.
pub trait PlainData: Copy + Debug + Eq + Hash + PartialEq + Send + Sync + 'static {}
impl<T: Copy + Debug + Eq + Hash + PartialEq + Send + Sync + 'static> PlainData for T {}

/// The types that a catalogue of models is made of. `catalogue!` implements it.
pub trait ModelTypes: PlainData {
    /// Names of models: what an actor is made of.
    type Part: PlainData + Ord;
    /// Notes of models to themselves.
    type Timer: PlainData;
    /// What the parts of an actor are set to.
    type Profile: Clone + Debug + Default + PartialEq;
    /// What the parts of one actor say to each other at the same instant.
    type LocalMessage: Copy + Debug;
    /// What such a message is about.
    type Topic: Copy + Debug + 'static;
    /// Everything that can break.
    type Fault: PlainData + Ord;
    /// Groups of faults.
    type Family: PlainData + Ord;
    /// What somebody notices: what an incident is about. Several modes may show the same.
    type Symptom: PlainData + Ord;
    /// What a component declares of a symptom that it brings.
    type SymptomDefinition: Declared;
    /// What a detector may see beside a symptom, that speaks for one cause or another.
    type Evidence: PlainData;
    /// What a component declares of evidence that its detectors bring.
    type EvidenceDefinition: Declared;
    /// Limits of the detectors of all parts.
    type Thresholds: Clone + Debug + Default + PartialEq;
    /// Everything that can be done against a fault.
    type RecoveryAction: PlainData + Ord;
    /// What a component declares of a recovery action that it brings.
    type ActionDefinition: Declared;
    /// Everything that a person can notice.
    type Indication: PlainData + Ord;
    /// What a component declares of an indication that it brings.
    type IndicationDefinition: Declared;
    /// One way to notice trouble, as a component declares it.
    type Detector: Declared;
    /// What a scenario may wait for before a fault occurs.
    type Milestone: PlainData;
    /// What a component declares of a milestone that it brings.
    type MilestoneDefinition: Declared;
    /// Places in what one component does at which others may add a step of their own.
    type Hook: PlainData;
    /// What models note for the measures.
    type Note: Copy + Debug + PartialEq + Send + 'static;

    /// The part that a fault belongs to.
    fn part_of(fault: Self::Fault) -> Self::Part;
    /// The fault of this name, as `printer.jam`.
    fn fault_named(name: &str) -> Option<Self::Fault> {
        Self::fault_with_id(sim::stable_id(name))
    }
    /// The fault whose name has this [`sim::stable_id`].
    fn fault_with_id(id: u32) -> Option<Self::Fault>;
    /// Every indication.
    fn indications() -> &'static Table<Self::IndicationDefinition>;
    /// Every recovery action.
    fn actions() -> &'static Table<Self::ActionDefinition>;
    /// The components that add a step at this place, in the order in which they are asked.
    fn hooked(hook: Self::Hook) -> Vec<Self::Part>;
    /// Every milestone.
    fn milestones() -> &'static Table<Self::MilestoneDefinition>;
    /// Every symptom.
    fn symptoms() -> &'static Table<Self::SymptomDefinition>;
    /// All evidence.
    fn evidence() -> &'static Table<Self::EvidenceDefinition>;
    /// Every detector.
    fn detectors() -> &'static Table<Self::Detector>;
}
