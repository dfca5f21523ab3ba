//! Places in the flow of one component at which others may add a step of their own.

/// Where a component may add a step: [`faults::ActorPart::HOOKS`] says where it does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hook {
    /// A customer wants to pay, and nothing has been keyed yet. Each part that adds a step here hears
    /// [`LocalMessage::BeforeSale`](crate::bus::LocalMessage::BeforeSale) in its turn and answers with
    /// [`LocalMessage::BeforeSaleDone`](crate::bus::LocalMessage::BeforeSaleDone).
    BeforeSale,
}
