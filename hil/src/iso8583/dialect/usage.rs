//! What the fields of a dialect are used for: message types, shared fields, response codes, rules and times.

use std::collections::{BTreeMap, BTreeSet};

use models::wire::ResponseCode;
use serde::{Deserialize, Serialize};
use sim::Span;

use crate::iso8583::mac::{Algorithm, Key};

/// A message type: four digits.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub struct Type(pub [u8; 4]);

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl Serialize for Type {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{self:?}"))
    }
}

impl<'de> Deserialize<'de> for Type {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let digits = <[u8; 4]>::try_from(text.as_bytes()).ok();
        let digits = digits.filter(|it| it.iter().all(u8::is_ascii_digit));
        let why =
            || format!("\"{text}\" is not a message type: it has four digits, such as \"0200\"");
        digits.map(Self).ok_or_else(|| serde::de::Error::custom(why()))
    }
}

/// What a message is for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Use {
    /// A sale is asked for.
    Request,
    /// A sale that was approved offline is told.
    Advice,
    /// A sale is reversed.
    Reversal,
    /// Sign-on, echo, sign-off.
    Network,
    /// Totals of a batch.
    Settlement,
}

/// The types of a request and of its response.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Of the request.
    pub request: Type,
    /// Of the response.
    pub response: Type,
}

/// What part of a field means. A field that holds several things is a list of these, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// Business type (22 is a sale), with so many digits.
    Business(u8),
    /// Number of the batch.
    Batch(u8),
    /// What network management is about.
    Code(u8),
    /// Trace number of the original.
    Original(u8),
    /// Sum of the sales of a batch, in minor units.
    DebitAmount(u8),
    /// How many sales.
    DebitCount(u8),
    /// Sum of what was paid back.
    CreditAmount(u8),
    /// How many times.
    CreditCount(u8),
    /// Whether the totals agree: 1 if they do, 2 if not, 0 in a request.
    Agreed(u8),
    /// These characters; what comes in their place is not looked at.
    Text(String),
}

impl Piece {
    /// Characters that it takes.
    pub fn width(&self) -> usize {
        match self {
            Self::Business(width)
            | Self::Batch(width)
            | Self::Code(width)
            | Self::Original(width)
            | Self::DebitAmount(width)
            | Self::DebitCount(width)
            | Self::CreditAmount(width)
            | Self::CreditCount(width)
            | Self::Agreed(width) => usize::from(*width),
            Self::Text(text) => text.len(),
        }
    }
}

/// Fields that hold pieces.
pub type Pieces = BTreeMap<u8, Vec<Piece>>;

/// Which fields hold what the standard leaves to the parties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// In payments.
    pub payment: Pieces,
    /// In payments that refer to another one.
    pub original: Pieces,
    /// In network management.
    pub network: Pieces,
    /// In settlements.
    pub settlement: Pieces,
}

/// What network management is about, as the dialect's codes say it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkCodes {
    /// Sign-on; others of the list are understood, too.
    pub sign_on: Vec<u16>,
    /// Echo.
    pub echo: Vec<u16>,
    /// Sign-off.
    pub sign_off: Vec<u16>,
    /// What stands in the place of such a code in a settlement.
    pub settlement: u16,
    /// The field in which the answer to a sign-on brings keys: a PIN key and a MAC key of 16 bytes under the master key, each
    /// with four bytes of its check value.
    #[serde(default)]
    pub keys: Option<u8>,
}

/// What a response code (F39) asks of whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// It is done.
    Success,
    /// The same may be tried again.
    Retry,
    /// It is refused, and would be again.
    Fail,
    /// Somebody must act: sign on, keep the card, call.
    Act,
    /// The system failed, not the instruction.
    System,
}

/// Response codes (F39 of 1987; action codes in 1993 and 2003) by class; what is in none of them fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseCodes {
    /// See [`Class::Success`].
    pub success: BTreeSet<ResponseCode>,
    /// See [`Class::Retry`].
    pub retry: BTreeSet<ResponseCode>,
    /// See [`Class::Fail`].
    pub fail: BTreeSet<ResponseCode>,
    /// See [`Class::Act`].
    pub act: BTreeSet<ResponseCode>,
    /// See [`Class::System`].
    pub system: BTreeSet<ResponseCode>,
    /// Those that ask a terminal to sign on again.
    pub sign_on_again: BTreeSet<ResponseCode>,
}

impl ResponseCodes {
    /// The class of a code.
    pub fn class(&self, code: ResponseCode) -> Class {
        let classes = self.classes();
        let found = classes.into_iter().find(|(_, codes)| codes.contains(&code));
        found.map_or(Class::Fail, |(class, _)| class)
    }
    pub(crate) fn classes(&self) -> [(Class, &BTreeSet<ResponseCode>); 5] {
        [
            (Class::Success, &self.success),
            (Class::Retry, &self.retry),
            (Class::Fail, &self.fail),
            (Class::Act, &self.act),
            (Class::System, &self.system),
        ]
    }
}

/// When a terminal takes a sale back by itself, and when it has succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversals {
    /// How often one is sent before a person must look.
    pub sends: u16,
    /// Response codes (F39) of a reversal that has done its work, also because there was nothing to reverse.
    pub done_by: BTreeSet<ResponseCode>,
    /// F39 of a reversal without an answer in time.
    pub no_answer: ResponseCode,
    /// F39 if the terminal failed after an approval.
    pub terminal_failed: ResponseCode,
    /// F39 if the code of an approval was wrong.
    pub mac_wrong: ResponseCode,
    /// F39 for any other reason.
    pub other: ResponseCode,
}

/// How long is waited, and how often something is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timers {
    /// For the answer to a payment.
    pub response: Span,
    /// Between two echoes on a connection on which nothing else passes.
    pub echo: Span,
    /// How often a sign-on is sent.
    pub sign_on_sends: u16,
    /// How often an advice is sent.
    pub advice_sends: u16,
}

/// The authentication code of messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mac {
    /// How it comes about.
    pub algorithm: Algorithm,
    /// The key: a test key. Real keys come by a sign-on or stand in a device.
    pub key: Key,
    /// The key under which a sign-on brings other keys.
    pub master: Key,
    /// Messages that must have one.
    pub on: BTreeSet<Use>,
}
