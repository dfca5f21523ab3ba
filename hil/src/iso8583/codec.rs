//! Bytes to fields and back, as the dialect says. Nothing here panics whatever comes, and no more is kept than came.

mod packed;
mod read;
mod write;

use std::fmt;

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DecodeError {
    /// Byte of the message's body, from 0 at its type.
    pub at: usize,
    /// In which field; `None` in type and bitmaps, or behind the last field.
    pub field: Option<u8>,
    /// What is wrong.
    pub why: Flaw,
}

/// Why fields cannot become a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EncodeError {
    /// In which field; `None` for the type or the message as a whole.
    pub field: Option<u8>,
    /// What is wrong.
    pub why: Flaw,
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw {
    /// It ends before something that takes so many bytes.
    Ends {
        /// Bytes that are needed.
        needs: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// Something stands where a digit should.
    NotADigit(u8),
    /// Something stands where a hexadecimal digit should.
    NotHex(u8),
    /// A character that this kind of field may not have.
    Character(u8),
    /// Half a byte that should be filling is not.
    Filling(u8),
    /// A length that the field may not have.
    Length {
        /// The length.
        is: usize,
        /// The longest, or the only one.
        max: usize,
    },
    /// The dialect has no such field.
    NoSuchField,
    /// The dialect has no second bitmap, or none of this kind has a third.
    NoSuchBitmap,
    /// So many bytes follow the last field.
    Follows(usize),
    /// The message is longer than the dialect takes.
    TooLong {
        /// Bytes.
        is: usize,
        /// The most.
        max: usize,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Ends { needs, left } => {
                write!(f, "the message ends: {needs} bytes are needed, {left} are left")
            }
            Self::NotADigit(byte) => write!(f, "0x{byte:02X} is not a digit"),
            Self::NotHex(byte) => write!(f, "0x{byte:02X} is not an upper-case hexadecimal digit"),
            Self::Character(byte) => write!(f, "0x{byte:02X} may not stand in this kind of field"),
            Self::Filling(half) => write!(f, "{half:X} stands where digits are filled up"),
            Self::Length { is, max } => write!(f, "a length of {is}, and it has {max} at most"),
            Self::NoSuchField => f.write_str("the dialect has no such field"),
            Self::NoSuchBitmap => f.write_str("the dialect has no further bitmap"),
            Self::Follows(bytes) => write!(f, "{bytes} bytes follow the last field"),
            Self::TooLong { is, max } => write!(f, "{is} bytes, and the dialect takes {max}"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, field, why } = self;
        match field {
            Some(field) => write!(f, "byte {at}, field {field}: {why}"),
            None => write!(f, "byte {at}: {why}"),
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "field {field}: {}", self.why),
            None => write!(f, "{}", self.why),
        }
    }
}

impl std::error::Error for DecodeError {}
impl std::error::Error for EncodeError {}

#[cfg(test)]
mod tests;
