//! Words that everything else is said in: what can be noticed, what can be done. The words themselves are declared by the
//! components that bring them; those that several share are in the tables beside the types.

pub(crate) mod calendar;
pub mod detector_settings;
pub mod detectors;
pub mod duration;
pub mod evidence;
pub mod family;
pub mod hook;
pub mod indication;
pub(crate) mod ledger;
pub mod lifecycle;
pub mod milestone;
pub mod money;
pub mod operator;
pub mod payment;
pub mod quantity;
pub mod ratings;
pub mod receipt;
pub mod recovery_action;
pub mod rollout;
pub mod symptom;
pub mod telemetry;

mod open_enum;
pub(crate) use open_enum::open_enum;
