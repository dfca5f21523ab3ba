//! External programs in lockstep with virtual time, and the recording of what crosses a port.
//!
//! ```text
//!   world ── emission ──▶ recorder ──▶ program (asked, answers at the same instant)
//!     ▲                      ▲              │
//!     └──── injection ───────┴──────────────┘
//! ```
//!
//! A [`port::Port`] is a part of an actor in whose place something else stands: a program here, a real device in `hil`. A
//! [`recording`] holds everything that crossed ports, so that [`replay()`] runs the same scenario without the program or
//! device and with the same fingerprint. The wall clock is read for a program's time limit only.

pub mod detector;
mod lockstep;
pub mod policy;
pub mod port;
pub mod program;
pub mod recording;
pub mod replay;

pub use lockstep::Failure;
pub use port::Port;
pub use program::Program;
pub use replay::{Departure, Replayed, replay};
