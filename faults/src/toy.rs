//! The smallest catalogue there is, for tests of what is kept of an actor.

use crate::model_types::ModelTypes;
use crate::table::{Declared, Table};

/// Two parts, each with the faults of its number: a fault is (part, mode).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Toy;

/// It has no tables.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Declared for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }
}

impl ModelTypes for Toy {
    type Part = u8;
    type Timer = ();
    type Profile = ();
    type LocalMessage = ();
    type Topic = ();
    type Fault = (u8, u8);
    type Family = ();
    type Symptom = ();
    type SymptomDefinition = Nothing;
    type Evidence = ();
    type EvidenceDefinition = Nothing;
    type Thresholds = ();
    type RecoveryAction = &'static str;
    type ActionDefinition = Nothing;
    type Indication = ();
    type IndicationDefinition = Nothing;
    type Detector = Nothing;
    type Milestone = ();
    type MilestoneDefinition = Nothing;
    type Hook = ();
    type Note = ();
    fn part_of(fault: (u8, u8)) -> u8 {
        fault.0
    }
    fn fault_with_id(_: u32) -> Option<(u8, u8)> {
        None
    }
    fn indications() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
    fn actions() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
    fn hooked((): ()) -> Vec<u8> {
        Vec::new()
    }
    fn milestones() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
    fn symptoms() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
    fn evidence() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
    fn detectors() -> &'static Table<Nothing> {
        unreachable!("it has no tables")
    }
}
