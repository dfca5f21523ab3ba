//! What the fields mean to the world, and back: payments, network management, settlements.

mod calendar;
mod management;
mod mapper;
mod names;
mod payment;
mod pieces;

#[cfg(test)]
mod tests;

use std::fmt;

use models::Money;
use models::wire::{Iso, ResponseCode};
use sim::{ActorId, Instant};

pub use calendar::Day;
pub use mapper::{Mapper, Seal};
pub use names::{Cards, Names};

use super::mac::Key;
use super::{DecodeError, EncodeError};

/// A message, as the world understands it.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A payment: a request, an advice, a reversal, or the answer to one.
    Payment(Iso),
    /// Sign-on, echo, sign-off.
    Network(Network),
    /// Totals of a batch.
    Settlement(Settlement),
}

/// What network management is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Matter {
    /// The terminal begins its day, and is given keys.
    SignOn,
    /// Is anybody there?
    Echo,
    /// The terminal ends its day.
    SignOff,
    /// Something else, by the dialect's code: downloads and the like.
    Other(u16),
}

/// Network management (0800, 0810).
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What it is about.
    pub matter: Matter,
    /// It is the answer.
    pub response: bool,
    /// Whose.
    pub terminal: ActorId,
    /// Trace number.
    pub stan: u32,
    /// When, by the sender's clock; `None` if it does not say.
    pub local: Option<Instant>,
    /// Number of the batch.
    pub batch: u32,
    /// F39, the response code; none in a request.
    pub code: ResponseCode,
    /// Keys that the answer to a sign-on brings.
    pub keys: Option<SessionKeys>,
}

/// Keys of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionKeys {
    /// For PINs.
    pub pin: Key,
    /// For message authentication codes.
    pub mac: Key,
}

/// Totals of a batch (0500, 0510).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settlement {
    /// It is the answer.
    pub response: bool,
    /// Whose.
    pub terminal: ActorId,
    /// Trace number.
    pub stan: u32,
    /// When, by the sender's clock; `None` if it does not say.
    pub local: Option<Instant>,
    /// Number of the batch.
    pub batch: u32,
    /// How many sales, and their sum.
    pub debits: (u32, Money),
    /// How many payments back, and their sum.
    pub credits: (u32, Money),
    /// Whether the host has the same; `None` in a request.
    pub agreed: Option<bool>,
    /// F39, the response code; none in a request.
    pub code: ResponseCode,
    /// Its authentication code is right, or it needs none.
    pub authentic: bool,
}

/// Why fields and what they mean do not fit each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MapError {
    /// The dialect does not know this message type.
    Type([u8; 4]),
    /// A field that this message needs is missing.
    Missing(u8),
    /// A field holds what nothing in the world can be.
    Value(u8),
    /// A negative amount cannot be written.
    Negative,
    /// Keys whose check values are wrong.
    Keys,
    /// A field cannot be written.
    Encode(EncodeError),
    /// Bytes cannot be read.
    Decode(DecodeError),
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(mti) => write!(f, "message type {} is not known", mti.escape_ascii()),
            Self::Missing(field) => write!(f, "field {field} is missing"),
            Self::Value(field) => write!(f, "field {field} holds what nothing here can be"),
            Self::Negative => f.write_str("a negative amount cannot be sent"),
            Self::Keys => f.write_str("keys whose check values are wrong"),
            Self::Encode(why) => why.fmt(f),
            Self::Decode(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for MapError {}

impl From<EncodeError> for MapError {
    fn from(why: EncodeError) -> Self {
        Self::Encode(why)
    }
}

impl From<DecodeError> for MapError {
    fn from(why: DecodeError) -> Self {
        Self::Decode(why)
    }
}
