//! What can break anything, how it is noticed, and what is done about it.
//!
//! ```text
//!   truth                                    │  belief
//!   plan ─▶ occurrence ─▶ part behaves       │  detector ─▶ alarm ─▶ incident ─▶ procedure
//!     ▲     differently ─▶ first error ──────┼─▶ observation           │            │
//!     └──── cleared ◀── recovery action ◀────┼─────────────────────────┴────────────┘
//! ```
//!
//! The crate knows no particular part: what can break, what can be seen of it and what can be done about it is said by
//! the catalogue of a product ([`catalogue!`](crate::catalogue!)).

#[doc(hidden)]
pub use sim;

pub mod catalogue;
pub mod context;
pub mod draw_name;
pub mod fault;
pub mod fitted;
pub mod levels;
pub mod management;
pub mod model;
pub mod table;

pub use context::{Context, Scratch};
pub use draw_name::DrawName;
pub use fault::{
    Effects, FaultName, Mode, Performer, Planned, Ratings, RecoveryStep, SeverityProfile, When,
};
pub use fitted::{Fitted, Fitting};
pub use levels::Levels;
pub use management::{Care, DeviceOff, Parts, context, handle, plan, settle};
pub use model::{
    ActorPart, Decision, DevicePart, DomainEvent, FaultSettings, IncidentChange, IncidentUpdate,
    ModelTypes, NATURAL, SimEvent, StepRequest, set_level,
};
pub use table::{Declared, Table};
