//! What components are called: they name each other without knowing each other.

crate::components::components! { faults::part_names! { types: Models; } }

/// Everything that can break: one of the fault modes of one of the parts.
pub type AnyFault = <Models as faults::ModelTypes>::Fault;
