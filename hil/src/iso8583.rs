//! ISO 8583 on the wire: a dialect is data, a codec follows it.
//!
//! ```text
//!   stream ─ Deframer ─▶ payload ─ Framing::open ─▶ envelope + body ─ codec ─▶ Fields ─ Mapper ─▶ Message
//!   stream ◀─────────── Framing::close ◀──────────── envelope + body ◀─ codec ── Fields ◀─ Mapper ─ Message
//! ```
//!
//! [`Dialect`] is read from a file (two are built in); [`Fields`] holds one message by field number; [`Mapper`] knows what the
//! fields mean to the world: a payment ([`models::wire::Iso`]), network management or a settlement.

mod channel;
pub mod client;
mod codec;
pub mod dialect;
pub mod endure;
mod fields;
pub mod framing;
pub mod mac;
pub mod message;
pub mod server;

pub use client::Client;
pub use codec::{DecodeError, EncodeError, Flaw};
pub use dialect::Dialect;
pub use fields::Fields;
pub use framing::{Deframer, Envelope, FrameError, Framing};
pub use message::{Mapper, Matter, Message, Network, Seal, SessionKeys, Settlement};
pub use server::Server;
