//! The kernel.
pub mod actor;
pub mod agenda;
pub mod arena;
pub mod cell;
pub mod executor;
pub mod fingerprint;
pub mod random;
pub mod record;
pub mod simulation;
pub mod time;

pub use actor::{ActorId, Layout, MOST_ACTORS};
pub use agenda::{Agenda, Entry, Tie};
pub use arena::{Arena, Slot};
pub use cell::{Actors, Desk, Disorder};
pub use executor::Pulse;
pub use fingerprint::{Fingerprint, StableHasher};
pub use random::{Purpose, Stream, Streams, unit};
pub use record::{Difference, Fact, Keep, Record, first_difference};
pub use simulation::{RunError, Setup, Simulation};
pub use time::{Instant, Span};
