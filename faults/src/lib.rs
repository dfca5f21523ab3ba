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

pub mod belief;
pub mod catalogue;
pub mod context;
pub mod detectors;
pub mod draw_counts;
pub mod draw_name;
pub mod event;
pub mod fault;
pub mod fitted;
pub mod management;
pub mod model;
pub mod model_types;
pub mod table;
#[cfg(test)]
mod toy;
pub mod truth;

pub use belief::{
    BeliefContext, Candidate, Decision, DeviceOff, Diagnosis, Finding, IncidentChange,
    IncidentState, IncidentUpdate, LIKELIEST, Observed, ProcedureKey, RecoveryPolicy, StepRequest,
    in_ppm,
};
pub use context::{Context, Scratch};
pub use draw_counts::{Counted, DrawCounts};
pub use draw_name::DrawName;
pub use event::{DomainEvent, NATURAL, NOBODY, SimEvent};
pub use fault::{Effects, FaultName, Mode, Performer, Ratings, RecoveryStep};
pub use fitted::{Fitted, Fitting};
pub use management::{Kept, Parts, context, handle, settle};
pub use model::{ActorPart, Catalogue, DevicePart, NoThresholds, seen, set_level};
pub use model_types::{ModelTypes, PlainData};
pub use table::{Declared, Table};
pub use truth::{
    Breakable, FaultSettings, FaultState, Levels, OnlyIf, Planned, SeverityProfile, When, plan,
};
