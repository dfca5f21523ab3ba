//! How a field is written: its kind, its size and its coding.

use serde::{Deserialize, Serialize};

/// What a field may hold, in the standard's letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum FieldKind {
    /// n: digits.
    N,
    /// an: printable ASCII. (The standard means letters and digits; deployed hosts fill with blanks and signs.)
    An,
    /// ans: any characters from the blank on; other character sets pass as they are.
    Ans,
    /// b: bytes.
    B,
    /// z: digits and the separator of a track, `=`.
    Z,
}

/// How long a field is: in digits or characters, for kind `B` in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Size {
    /// Always so long.
    Fixed(u16),
    /// At the most so long; two digits in front say how long.
    #[serde(rename = "LL")]
    Two(u16),
    /// At the most so long; three digits in front say how long.
    #[serde(rename = "LLL")]
    Three(u16),
}

impl Size {
    /// The longest it can be.
    pub const fn max(self) -> u16 {
        match self {
            Self::Fixed(max) | Self::Two(max) | Self::Three(max) => max,
        }
    }
    /// Digits of the length in front.
    pub const fn prefix(self) -> u8 {
        match self {
            Self::Fixed(_) => 0,
            Self::Two(_) => 2,
            Self::Three(_) => 3,
        }
    }
}

/// How what a field holds becomes bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Coding {
    /// Two digits a byte; kinds `N` and `Z`.
    Bcd,
    /// One character a byte; all kinds but `B`.
    Ascii,
    /// As it is; kind `B`.
    Binary,
    /// Two upper-case hexadecimal characters a byte; kind `B`. A length in front counts characters.
    Hex,
}

/// Where the half byte stands that an odd number of packed digits leaves over.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub enum Pad {
    /// In front, always 0: the digits are a number.
    #[default]
    Left,
    /// At the end; written as 0, read as 0 or F.
    Right,
}

/// How digits in front or in a message type are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Digits {
    /// Two digits a byte.
    Bcd,
    /// One digit a byte.
    Ascii,
}

/// How a bitmap is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Bitmap {
    /// 8 bytes.
    Binary,
    /// 16 hexadecimal characters.
    Hex,
}

/// How fields are coded where they do not say so themselves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codings {
    /// Kind `N`.
    pub n: Coding,
    /// Kind `Z`.
    pub z: Coding,
    /// Kind `B`.
    pub b: Coding,
    /// Lengths in front of fields: two digits are one byte packed, three are two.
    pub lengths: Digits,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What people call it.
    pub name: String,
    /// What it may hold.
    pub kind: FieldKind,
    /// How long it is.
    pub size: Size,
    /// How it is coded, if not as usual for its kind.
    #[serde(default)]
    pub coding: Option<Coding>,
    /// Where an odd number of packed digits is filled up.
    #[serde(default)]
    pub pad: Pad,
}

/// A field as the codec looks at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) kind: FieldKind,
    /// Digits of the length in front; 0 for a fixed length.
    pub(crate) prefix: u8,
    pub(crate) max: u16,
    pub(crate) coding: Coding,
    pub(crate) pad: Pad,
}

impl Field {
    pub(crate) fn rule(&self, usual: &Codings) -> Rule {
        let by_kind = match self.kind {
            FieldKind::N => usual.n,
            FieldKind::An | FieldKind::Ans => Coding::Ascii,
            FieldKind::Z => usual.z,
            FieldKind::B => usual.b,
        };
        Rule {
            kind: self.kind,
            prefix: self.size.prefix(),
            max: self.size.max(),
            coding: self.coding.unwrap_or(by_kind),
            pad: self.pad,
        }
    }
}

impl Rule {
    /// Bytes of so many digits, characters or bytes on the wire.
    pub(crate) const fn wire(&self, count: usize) -> usize {
        match self.coding {
            Coding::Bcd => count.div_ceil(2),
            Coding::Ascii | Coding::Binary => count,
            Coding::Hex => count * 2,
        }
    }
    /// True if this coding can hold this kind.
    pub(crate) const fn fits(&self) -> bool {
        match self.kind {
            FieldKind::N | FieldKind::Z => matches!(self.coding, Coding::Bcd | Coding::Ascii),
            FieldKind::An | FieldKind::Ans => matches!(self.coding, Coding::Ascii),
            FieldKind::B => matches!(self.coding, Coding::Binary | Coding::Hex),
        }
    }
}
