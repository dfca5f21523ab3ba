//! Words that everything else is said in: what can be noticed, what can be done. The words themselves are declared by the
//! components that bring them; those that several share are in the tables beside the types.

pub mod hook;
pub mod indication;
pub mod milestone;
mod open_enum;
pub mod payment;
pub mod recovery_action;

pub(crate) use open_enum::open_enum;
