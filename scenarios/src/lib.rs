//! What is asked: the language of scenarios, and the scenarios that ship.
//!
//! A file is read by [`load()`], which finds every mistake that it can at once; what comes out is a [`Scenario`] whose
//! references all lead somewhere.

pub mod assemble;
#[cfg(test)]
mod bad_input;
mod check;
pub mod costs;
pub mod diagnostic;
pub mod expectations;
pub mod faults;
pub mod fleet;
mod inherit;
pub mod load;
pub mod name;
pub mod network;
pub mod outcome;
mod parse_error;
pub mod platform;
pub mod policies;
mod recovering_buffer;
pub mod reference;
pub mod rollouts;
pub mod scenario;
mod schema_2;
pub mod simulate;
mod syntax_tree;
pub mod workload;

pub use assemble::{Assembly, Options, assemble};
pub use costs::Costs;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use expectations::{Bound, Expectation, Measure, MeasureKind};
pub use faults::{Ageing, FaultEntry, Lasts, LifeLaw, Sample, Target, When};
pub use fleet::{Group, STANDARD, TerminalType};
pub use load::{Loaded, check_all, load, load_text};
pub use name::Name;
pub use network::{Network, Region};
pub use outcome::{Outcome, Outset, Places, PlannedFault, Roster, RosterGroup};
pub use platform::HostEntry;
pub use policies::{
    Against, By, Fallback, Heartbeat, Policies, Procedure, Recovery, RecoveryStep, Transport,
};
pub use reference::{reference, schema, undocumented};
pub use scenario::{Record, SCHEMA, Scenario, Transactions};
pub use simulate::{FactFold, Failure, RecordedRun, Run, Source, record, simulate};
pub use workload::{Basket, Hours, Workload};
