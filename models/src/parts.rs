//! What components are called: they name each other without knowing each other.

crate::components::components! { faults::part_names! { types: Models; } }

/// Everything that can break: one of the fault modes of one of the parts.
pub type AnyFault = <Models as faults::ModelTypes>::Fault;
/// A note of any component to itself.
pub type AnyTimer = <Models as faults::ModelTypes>::Timer;
/// Limits of the detectors of all parts.
pub type AnyThresholds = <Models as faults::ModelTypes>::Thresholds;
/// What the parts of an actor are set to, and which of them it has.
pub type AnyProfile = <Models as faults::ModelTypes>::Profile;
