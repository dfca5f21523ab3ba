//! What can be done against a fault, by whomever.

super::open_enum! {
    /// One recovery action.
    RecoveryAction: ActionDefinition of actions
}
