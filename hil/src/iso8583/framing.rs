//! Where a message begins and ends in a stream, and what stands in front of it: length, TPDU, header.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How messages are laid out in a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framing {
    /// The length in front of each message.
    pub length: Length,
    /// The longest message that is taken or sent, in bytes: TPDU, header and body. Memory of a connection is bounded by it.
    pub longest: u32,
    /// The addresses of ISO 8583 lines in front of the header, as a terminal sends them.
    #[serde(default)]
    pub tpdu: Option<Tpdu>,
    /// The header behind it, as a terminal sends it.
    #[serde(default)]
    pub header: Option<Header>,
}

/// The length in front of each message.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// How it is written.
    pub coding: LengthCoding,
    /// How many bytes it has: 2 or 4.
    pub bytes: u8,
    /// It counts its own bytes, too.
    #[serde(default)]
    pub counts_itself: bool,
}

/// How a length in front of a message is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum LengthCoding {
    /// A number, most significant byte first.
    Binary,
    /// Two digits a byte.
    Bcd,
    /// One digit a byte.
    Ascii,
}

impl Length {
    /// The longest message that it can tell, in bytes.
    pub(crate) const fn reaches(self) -> u64 {
        match (self.coding, self.bytes) {
            (LengthCoding::Binary, 2) => u16::MAX as u64,
            (LengthCoding::Binary, _) => u32::MAX as u64,
            (LengthCoding::Bcd, 2) | (LengthCoding::Ascii, 4) => 9_999,
            (LengthCoding::Bcd, _) => 99_999_999,
            (LengthCoding::Ascii, _) => 99,
        }
    }

    /// Its number. On a byte that is not a digit: that byte.
    fn read(self, prefix: &[u8]) -> Result<u64, u8> {
        prefix.iter().try_fold(0u64, |length, byte| match self.coding {
            LengthCoding::Binary => Ok(length << 8 | u64::from(*byte)),
            LengthCoding::Bcd if byte >> 4 > 9 || byte & 0xF > 9 => Err(*byte),
            LengthCoding::Bcd => Ok(length * 100 + u64::from((byte >> 4) * 10 + (byte & 0xF))),
            LengthCoding::Ascii if !byte.is_ascii_digit() => Err(*byte),
            LengthCoding::Ascii => Ok(length * 10 + u64::from(byte - b'0')),
        })
    }

    fn write(self, length: u64, to: &mut Vec<u8>) {
        for place in (0..u32::from(self.bytes)).rev() {
            to.push(match self.coding {
                LengthCoding::Binary => (length >> (8 * place)) as u8,
                LengthCoding::Bcd => {
                    let two = length / 100u64.pow(place) % 100;
                    (((two / 10) << 4) | (two % 10)) as u8
                }
                LengthCoding::Ascii => b'0' + (length / 10u64.pow(place) % 10) as u8,
            });
        }
    }
}

/// Addresses of a message: five bytes. The answer's are swapped.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tpdu {
    /// What it is: 0x60 for transactions.
    pub id: u8,
    /// Where it goes to (the network's international identifier, NII).
    pub to: u16,
    /// Where it comes from.
    pub from: u16,
}

impl Tpdu {
    /// Bytes on the wire.
    const BYTES: usize = 5;

    /// That of the answer.
    pub const fn swapped(self) -> Self {
        Self { id: self.id, to: self.from, from: self.to }
    }
    fn of(bytes: &[u8; Self::BYTES]) -> Self {
        let [id, a, b, c, d] = *bytes;
        Self { id, to: u16::from_be_bytes([a, b]), from: u16::from_be_bytes([c, d]) }
    }
    fn bytes(self) -> [u8; Self::BYTES] {
        let ([a, b], [c, d]) = (self.to.to_be_bytes(), self.from.to_be_bytes());
        [self.id, a, b, c, d]
    }
}

/// A header of up to sixteen bytes; in files it is hexadecimal text.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Header {
    bytes: [u8; Self::MOST],
    length: u8,
}

impl Header {
    /// The most bytes that one has.
    const MOST: usize = 16;

    /// A header of these bytes. `None` if there are more than sixteen.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut header = Self { length: u8::try_from(bytes.len()).ok()?, ..Self::default() };
        header.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(header)
    }
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
    /// The processing requirement, sixth half byte of the six-byte header of UnionPay-style terminals: what the host asks of
    /// the terminal with this answer. 0 nothing, 1 load parameters, 2 send status, 3 sign on again, 4 load public keys,
    /// 5 load chip parameters, 6 load software.
    pub fn requirement(&self) -> u8 {
        self.bytes[2] & 0xF
    }
    /// Sets the processing requirement.
    #[must_use]
    pub fn requires(mut self, what: u8) -> Self {
        self.bytes[2] = self.bytes[2] & 0xF0 | what & 0xF;
        self
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl Serialize for Header {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{self:?}"))
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = super::mac::hex_bytes(&String::deserialize(from)?);
        bytes.ok().and_then(|it| Self::new(&it)).ok_or_else(|| {
            serde::de::Error::custom("a header is up to 16 bytes in pairs of hexadecimal digits")
        })
    }
}

/// What stands in front of a message's body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Envelope {
    /// Its addresses, where the dialect has them.
    pub tpdu: Option<Tpdu>,
    /// Its header; empty where the dialect has none.
    pub header: Header,
}

impl Envelope {
    /// That of the answer: addresses swapped, the same header without a processing requirement.
    #[must_use]
    pub fn reply(&self) -> Self {
        let header = if self.header.length == 6 { self.header.requires(0) } else { self.header };
        Self { tpdu: self.tpdu.map(Tpdu::swapped), header }
    }
}

/// Why bytes of a stream are no message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrameError {
    /// A length is not written as the dialect writes it; this byte is wrong.
    Length(u8),
    /// A message is longer than the dialect takes.
    TooLong {
        /// Bytes.
        is: u64,
        /// The most.
        max: u64,
    },
    /// A message is too short for what must stand in front of it.
    TooShort {
        /// Bytes.
        is: u64,
        /// The least.
        min: u64,
    },
    /// The first byte of the addresses is not the dialect's.
    Tpdu(u8),
    /// The first byte of the header is not one of those that a terminal sends.
    Header(u8),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(byte) => write!(f, "the length in front has 0x{byte:02X}"),
            Self::TooLong { is, max } => write!(f, "a message of {is} bytes; {max} are taken"),
            Self::TooShort { is, min } => {
                write!(f, "a message of {is} bytes; {min} stand in front of any")
            }
            Self::Tpdu(byte) => write!(f, "the TPDU begins with 0x{byte:02X}"),
            Self::Header(byte) => write!(f, "the header begins with 0x{byte:02X}"),
        }
    }
}

impl std::error::Error for FrameError {}

/// The application type 60 or 61 that begins the header of UnionPay-style terminals: it may differ from ours.
const APPLICATIONS: [u8; 2] = [0x60, 0x61];

impl Framing {
    /// The envelope in which a terminal sends.
    pub fn envelope(&self) -> Envelope {
        Envelope { tpdu: self.tpdu, header: self.header.unwrap_or_default() }
    }

    /// Bytes that stand in front of any body, the length apart.
    fn min(&self) -> usize {
        let header = self.header.map_or(0, |it| it.bytes().len());
        self.tpdu.map_or(0, |_| Tpdu::BYTES) + header
    }

    /// Takes a message (without its length) apart into envelope and body.
    ///
    /// # Errors
    /// If it is too short, or begins in a way that the dialect does not know. Real hosts are silent then.
    pub fn open<'a>(&self, message: &'a [u8]) -> Result<(Envelope, &'a [u8]), FrameError> {
        let (is, min) = (message.len() as u64, self.min() as u64);
        let short = FrameError::TooShort { is, min };
        let (mut envelope, mut rest) = (Envelope::default(), message);
        if let Some(ours) = self.tpdu {
            let (bytes, after) = rest.split_first_chunk().ok_or(short)?;
            let tpdu = Tpdu::of(bytes);
            if tpdu.id != ours.id {
                return Err(FrameError::Tpdu(tpdu.id));
            }
            (envelope.tpdu, rest) = (Some(tpdu), after);
        }
        if let Some(ours) = self.header {
            let (bytes, after) = rest.split_at_checked(ours.bytes().len()).ok_or(short)?;
            let first = |it: &[u8]| it.first().copied().unwrap_or(0);
            let known = |it| it == first(ours.bytes()) || APPLICATIONS.contains(&it);
            if !known(first(bytes)) {
                return Err(FrameError::Header(first(bytes)));
            }
            (envelope.header, rest) = (Header::new(bytes).unwrap_or_default(), after);
        }
        Ok((envelope, rest))
    }

    /// Appends a whole message: length, envelope, body.
    ///
    /// # Errors
    /// If it is longer than the dialect takes. Nothing is appended then.
    pub fn close(
        &self,
        envelope: &Envelope,
        body: &[u8],
        to: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        let tpdu = envelope.tpdu.filter(|_| self.tpdu.is_some()).map(Tpdu::bytes);
        let header = if self.header.is_some() { envelope.header.bytes() } else { &[] };
        let tpdu = tpdu.as_ref().map_or(&[][..], |it| &it[..]);
        let length = (tpdu.len() + header.len() + body.len()) as u64;
        if length > self.longest.into() {
            return Err(FrameError::TooLong { is: length, max: self.longest.into() });
        }
        let own = if self.length.counts_itself { u64::from(self.length.bytes) } else { 0 };
        self.length.write(length + own, to);
        to.extend([tpdu, header, body].into_iter().flatten());
        Ok(())
    }
}

/// Cuts a stream into messages. It holds no more than one message and what came with its end.
#[derive(Clone, Debug)]
pub struct Deframer {
    length: Length,
    longest: u64,
    min: u64,
    bytes: Vec<u8>,
    /// Where the next message begins in them.
    at: usize,
}

impl Deframer {
    /// One for a connection.
    pub fn new(framing: &Framing) -> Self {
        let (longest, min) = (framing.longest.into(), framing.min() as u64);
        Self { length: framing.length, longest, min, bytes: Vec::new(), at: 0 }
    }

    /// Takes in what came. Take out all messages before more is taken in: nothing else bounds the memory.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message without its length; `None` until more has come. A message of no bytes, which some peers send
    /// to keep a line open, is passed over where nothing stands in front of a body.
    ///
    /// # Errors
    /// If its length cannot be one: where the next message begins is not known then, and the connection is of no more use.
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let prefix = usize::from(self.length.bytes);
        loop {
            let Some(bytes) = self.bytes.get(self.at..self.at + prefix) else { return Ok(None) };
            let told = self.length.read(bytes).map_err(FrameError::Length)?;
            let own = if self.length.counts_itself { prefix as u64 } else { 0 };
            let Some(is) = told.checked_sub(own) else {
                return Err(FrameError::TooShort { is: told, min: own });
            };
            if is > self.longest {
                return Err(FrameError::TooLong { is, max: self.longest });
            }
            if is == 0 {
                self.at += prefix;
                continue;
            }
            if is < self.min {
                return Err(FrameError::TooShort { is, min: self.min });
            }
            let (from, to) = (self.at + prefix, self.at + prefix + is as usize);
            if to > self.bytes.len() {
                return Ok(None);
            }
            self.at = to;
            return Ok(Some(&self.bytes[from..to]));
        }
    }

    /// Bytes of a message that has begun and not ended.
    pub fn unfinished(&self) -> usize {
        self.bytes.len() - self.at
    }
}

#[cfg(test)]
mod tests;
