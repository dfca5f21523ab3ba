//! Words of a payment: how a card is read, what an answer says, by which way it came.

mod pan;

use std::fmt;

use crate::parts::Part;
pub use pan::Pan;

/// How the card was read (F22, first two digits), or that a code was.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
pub enum Method {
    /// Chip, 05.
    #[default]
    Chip,
    /// Contactless, 07.
    Contactless,
    /// Magnetic stripe, 02.
    Stripe,
    /// Magnetic stripe after the chip could not be read, 80.
    Fallback,
    /// A bar code or QR code on the customer's phone, 03.
    Code,
}

impl Method {
    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chip => "chip",
            Self::Contactless => "contactless",
            Self::Stripe => "stripe",
            Self::Fallback => "fallback",
            Self::Code => "code",
        }
    }
    /// What reads it.
    pub const fn part(self) -> Part {
        match self {
            Self::Code => Part::Scanner,
            Self::Chip | Self::Contactless | Self::Stripe | Self::Fallback => Part::CardReader,
        }
    }
    /// F22 without its last digit, which says whether a PIN can be entered.
    pub const fn entry_mode(self) -> u16 {
        match self {
            Self::Chip => 5,
            Self::Contactless => 7,
            Self::Stripe => 2,
            Self::Fallback => 80,
            Self::Code => 3,
        }
    }
}

/// F39, the response code (ISO 8583:1987; what the editions of 1993 and 2003 call action code): two characters.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ResponseCode(pub [u8; 2]);

impl ResponseCode {
    /// Approved.
    pub const APPROVED: Self = Self(*b"00");
    /// Approved at the host, but the terminal failed: a reason to reverse.
    pub const TERMINAL_FAILED: Self = Self(*b"96");
    /// Invalid transaction.
    pub const INVALID: Self = Self(*b"12");
    /// Original not found.
    pub const NOT_FOUND: Self = Self(*b"25");
    /// Format error.
    pub const FORMAT: Self = Self(*b"30");
    /// The amount is not valid.
    pub const WRONG_AMOUNT: Self = Self(*b"13");
    /// The terminal's state is not the centre's (its clock, say): sign on again.
    pub const OUT_OF_STEP: Self = Self(*b"22");
    /// A kind of transaction that is not supported.
    pub const NOT_SUPPORTED: Self = Self(*b"40");
    /// The authentication code is wrong: sign on again.
    pub const MAC_WRONG: Self = Self(*b"A0");
    /// A restricted card.
    pub const RESTRICTED: Self = Self(*b"62");
    /// Insufficient funds.
    pub const NO_FUNDS: Self = Self(*b"51");
    /// Expired card.
    pub const EXPIRED: Self = Self(*b"54");
    /// Wrong PIN.
    pub const WRONG_PIN: Self = Self(*b"55");
    /// Amount limit.
    pub const LIMIT: Self = Self(*b"61");
    /// PIN tries exceeded.
    pub const PIN_TRIES: Self = Self(*b"75");
    /// Issuer or switch inoperative.
    pub const INOPERATIVE: Self = Self(*b"91");
    /// Duplicate.
    pub const DUPLICATE: Self = Self(*b"94");
    /// Totals differ.
    pub const TOTALS_DIFFER: Self = Self(*b"95");
    /// No answer from the issuer; in a reversal: no answer inside the timer.
    pub const NO_ANSWER: Self = Self(*b"98");
    /// No code.
    pub const NONE: Self = Self(*b"  ");

    /// True if the trouble is the system's, not the customer's: its rate is what a detector reads.
    pub const fn technical(self) -> bool {
        matches!(
            &self.0,
            b"06"
                | b"12"
                | b"13"
                | b"22"
                | b"30"
                | b"40"
                | b"68"
                | b"90"
                | b"91"
                | b"92"
                | b"96"
                | b"98"
                | b"A0"
        )
    }
    /// True if the instruction itself was refused: its amount, its type, its currency.
    pub const fn refuses_the_instruction(self) -> bool {
        matches!(&self.0, b"13" | b"30" | b"40")
    }
    /// The two characters.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl serde::Serialize for ResponseCode {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.text())
    }
}

impl<'de> serde::Deserialize<'de> for ResponseCode {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let code = <[u8; 2]>::try_from(text.as_bytes());
        code.map(Self).map_err(|_| serde::de::Error::custom("a response code has two characters"))
    }
}

impl fmt::Debug for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The bearer by which a terminal is reached.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
pub enum Via {
    /// The shop's wireless network.
    #[default]
    Wifi,
    /// A mobile carrier.
    Cellular,
}

impl Via {
    /// The part that answers to it.
    pub const fn part(self) -> Part {
        match self {
            Self::Wifi => Part::Wifi,
            Self::Cellular => Part::Cellular,
        }
    }
}

/// How a merchant turns to support.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Channel {
    /// Telephone 客服电话.
    Phone,
    /// Website 官方网站.
    Website,
    /// WeChat account 微信公众号.
    Wechat,
}
