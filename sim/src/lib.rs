//! The kernel: what happens, in which order.
//!
//! ```text
//!            ┌── cell ──────────────────────────┐    messages (≥ lookahead)   ┌── cell ──┐
//!  window ─▶ │ agenda ─▶ handle ─▶ parts, tasks │ ──────────────────────────▶ │  agenda  │
//!            │    ▲          │          │       │                             └──────────┘
//!            │    └─ timers ─┘          ▼       │
//!            │                 facts, fingerprint│ ─▶ measures, elsewhere
//!            └──────────────────────────────────┘
//! ```
//!
//! Words used everywhere: an *actor* is an entity of a cell's world, its *parts* are components, each one a *model*; a
//! *timer* is a model's note to itself; a *local message* goes between parts of one actor at the same instant; an
//! *inter-actor message* goes between actors and takes time; a *fact* is what a model notes of it.
//!
//! The kernel knows nothing of what it simulates. What it promises: integer time; events handled by (time, sender,
//! sender's count); every random number named by (seed, actor, purpose, occurrence); the same fingerprint whatever the
//! number of threads or the size of cells.

pub mod actor;
pub mod agenda;
pub mod arena;
pub mod cell;
pub mod executor;
pub mod fingerprint;
pub mod identity;
pub mod law;
pub mod link;
pub mod process;
pub mod quantity;
pub mod random;
pub mod record;
pub mod simulation;
pub mod time;

pub use actor::{ActorId, Layout, MOST_ACTORS, OUTSIDE};
pub use agenda::{Agenda, EventKey, ScheduledEvent};
pub use arena::{Arena, Slot};
pub use cell::{Actors, CellContext, Disorder};
pub use executor::Pulse;
pub use fingerprint::{Fingerprint, StableHasher};
pub use identity::{Identities, Identity};
pub use law::Law;
pub use link::{Channel, GilbertElliott};
pub use process::{Process, ProcessContext, ProcessEvent, Processes};
pub use random::{Draws, Purpose, Stream, Streams, lognormal, normal, stable_id, unit};
pub use record::{Difference, Emission, Fact, Keep, RecordedEvent, first_difference};
pub use simulation::{FactFold, RunError, Setup, Simulation};
pub use time::{Instant, Span};
