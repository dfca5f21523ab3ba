//! Hardware in the loop: a real device or program stands in for one simulated part.
//!
//! ```text
//!   world ── emission ──▶ recorder ──▶ adapter ──▶ the real thing
//!     ▲                      ▲                          │
//!     └──── injection ───────┴──────── arrival ◀────────┘
//! ```
//!
//! A *port* is a part of an actor. A part that is attached hands out what the real thing must do, and takes what it did as a
//! message. A [`session::Session`] paces the world by the wall clock; a
//! [recording](programs::recording) holds everything that crossed the
//! boundary, so that [replay](programs::replay()) runs the same scenario without the device and with the same fingerprint.

pub mod adapter;
pub mod attachments;
pub mod escpos;
pub mod iso8583;
pub mod lateness;
pub mod line;
pub mod mqtt;
pub mod pcap;
pub mod pcsc;
pub mod scpi;
pub mod session;
pub mod target;
pub mod trace;
pub mod troubles;
mod worker;

pub use adapter::{Adapter, Arrival, Injector};
pub use lateness::Lateness;
pub use session::{Ended, Session, Status};
