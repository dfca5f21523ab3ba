//! Bytes to fields.

use super::packed::{hex_digit, unpack};
use super::{DecodeError, Flaw};
use crate::iso8583::Fields;
use crate::iso8583::dialect::{Bitmap, Coding, Dialect, Digits, FieldKind, Rule};

impl Dialect {
    /// The fields of a message's body: what follows length, TPDU and header.
    ///
    /// # Errors
    /// At the first byte that cannot stand there, with its place.
    pub fn decode(&self, body: &[u8]) -> Result<Fields, DecodeError> {
        let mut fields = Fields::default();
        self.decode_into(body, &mut fields)?;
        Ok(fields)
    }

    /// The same into a message that is there already, which then holds nothing else.
    ///
    /// # Errors
    /// At the first byte that cannot stand there, with its place; the message then holds what came before it.
    pub fn decode_into(&self, body: &[u8], fields: &mut Fields) -> Result<(), DecodeError> {
        fields.restart(*b"0000");
        let max = self.file().framing.longest as usize;
        if body.len() > max {
            let why = Flaw::TooLong { is: body.len(), max };
            return Err(DecodeError { at: max, field: None, why });
        }
        let mut reader = Reader { body, at: 0, field: None };
        fields.set_mti(reader.mti(self.file().mti)?);
        let mut present = u128::from(reader.bitmap(self.file().bitmap)?) << 64;
        if present >> 127 != 0 {
            if !self.file().secondary {
                return Err(reader.flaw(Flaw::NoSuchBitmap));
            }
            let second = reader.bitmap(self.file().bitmap)?;
            if second >> 63 != 0 {
                return Err(reader.flaw(Flaw::NoSuchBitmap));
            }
            present |= u128::from(second);
            present &= !(1 << 127);
        }
        while present != 0 {
            let bit = present.leading_zeros();
            present &= !(1 << (127 - bit));
            let number = bit as u8 + 1;
            reader.field = Some(number);
            let rule = self.rule(number).ok_or_else(|| reader.flaw(Flaw::NoSuchField))?;
            fields.begin(number);
            reader.field(rule, self.file().coding.lengths, fields.buffer())?;
            fields.end(number);
        }
        reader.field = None;
        match body.len() - reader.at {
            0 => Ok(()),
            left => Err(reader.flaw(Flaw::Follows(left))),
        }
    }
}

struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    field: Option<u8>,
}

impl<'a> Reader<'a> {
    fn flaw(&self, why: Flaw) -> DecodeError {
        DecodeError { at: self.at, field: self.field, why }
    }

    fn flaw_at(&self, at: usize, why: Flaw) -> DecodeError {
        DecodeError { at, field: self.field, why }
    }

    fn take(&mut self, needs: usize) -> Result<&'a [u8], DecodeError> {
        let rest = &self.body[self.at..];
        let Some(taken) = rest.get(..needs) else {
            return Err(self.flaw(Flaw::Ends { needs, left: rest.len() }));
        };
        self.at += needs;
        Ok(taken)
    }

    fn mti(&mut self, digits: Digits) -> Result<[u8; 4], DecodeError> {
        let from = self.at;
        let mut mti = [0; 4];
        match digits {
            Digits::Ascii => mti.copy_from_slice(self.take(4)?),
            Digits::Bcd => {
                for (place, byte) in mti.chunks_mut(2).zip(self.take(2)?) {
                    place[0] = b'0' + (byte >> 4);
                    place[1] = b'0' + (byte & 0xF);
                }
            }
        }
        match mti.iter().position(|it| !it.is_ascii_digit()) {
            None => Ok(mti),
            Some(at) => {
                let at = from + if digits == Digits::Bcd { at / 2 } else { at };
                Err(self.flaw_at(at, Flaw::NotADigit(self.body[at])))
            }
        }
    }

    fn bitmap(&mut self, coding: Bitmap) -> Result<u64, DecodeError> {
        let from = self.at;
        match coding {
            Bitmap::Binary => {
                let bytes = self.take(8)?;
                Ok(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
            }
            Bitmap::Hex => {
                let mut bits = 0;
                for (at, byte) in self.take(16)?.iter().enumerate() {
                    // Either case: some hosts write bitmaps in lower case.
                    let digit = hex_digit(byte.to_ascii_uppercase());
                    let digit = digit.map_err(|_| self.flaw_at(from + at, Flaw::NotHex(*byte)))?;
                    bits = bits << 4 | u64::from(digit);
                }
                Ok(bits)
            }
        }
    }

    /// The length in front of a field, as it counts.
    fn length(&mut self, prefix: u8, digits: Digits) -> Result<usize, DecodeError> {
        let from = self.at;
        let mut length = 0;
        match digits {
            Digits::Ascii => {
                for (at, byte) in self.take(usize::from(prefix))?.iter().enumerate() {
                    let digit = byte.wrapping_sub(b'0');
                    if digit > 9 {
                        return Err(self.flaw_at(from + at, Flaw::NotADigit(*byte)));
                    }
                    length = length * 10 + usize::from(digit);
                }
            }
            Digits::Bcd => {
                for (at, byte) in self.take(usize::from(prefix.div_ceil(2)))?.iter().enumerate() {
                    if byte >> 4 > 9 || byte & 0xF > 9 {
                        return Err(self.flaw_at(from + at, Flaw::NotADigit(*byte)));
                    }
                    length = length * 100 + usize::from((byte >> 4) * 10 + (byte & 0xF));
                }
            }
        }
        Ok(length)
    }

    fn field(&mut self, rule: &Rule, lengths: Digits, to: &mut Vec<u8>) -> Result<(), DecodeError> {
        let max = usize::from(rule.max);
        let mut count = max;
        if rule.prefix > 0 {
            let from = self.at;
            count = self.length(rule.prefix, lengths)?;
            let per = if rule.coding == Coding::Hex { 2 } else { 1 };
            if count > max * per || !count.is_multiple_of(per) {
                return Err(self.flaw_at(from, Flaw::Length { is: count, max: max * per }));
            }
            count /= per;
        }
        let from = self.at;
        let bytes = self.take(rule.wire(count))?;
        match rule.coding {
            Coding::Binary => to.extend_from_slice(bytes),
            Coding::Bcd => {
                let unpacked = unpack(bytes, count, (rule.kind, rule.pad), to);
                unpacked.map_err(|(at, why)| self.flaw_at(from + at, why))?;
            }
            Coding::Ascii => {
                let start = to.len();
                to.extend_from_slice(bytes);
                if rule.kind == FieldKind::Z {
                    // Some devices write the separator of a track as they pack it.
                    to[start..].iter_mut().filter(|it| **it == b'D').for_each(|it| *it = b'=');
                }
                if let Some(at) = to[start..].iter().position(|it| !allows(rule.kind, *it)) {
                    return Err(self.flaw_at(from + at, character(rule.kind, bytes[at])));
                }
            }
            Coding::Hex => {
                for (at, pair) in bytes.chunks_exact(2).enumerate() {
                    let at = from + 2 * at;
                    let high = hex_digit(pair[0]).map_err(|why| self.flaw_at(at, why))?;
                    let low = hex_digit(pair[1]).map_err(|why| self.flaw_at(at + 1, why))?;
                    to.push(high << 4 | low);
                }
            }
        }
        Ok(())
    }
}

/// True if a field of this kind may hold this character.
pub(super) fn allows(kind: FieldKind, byte: u8) -> bool {
    match kind {
        FieldKind::N => byte.is_ascii_digit(),
        FieldKind::Z => byte.is_ascii_digit() || byte == b'=',
        FieldKind::An => (0x20..0x7F).contains(&byte),
        FieldKind::Ans => byte >= 0x20,
        FieldKind::B => true,
    }
}

/// What a character is called that may not be there.
pub(super) fn character(kind: FieldKind, byte: u8) -> Flaw {
    if kind == FieldKind::N { Flaw::NotADigit(byte) } else { Flaw::Character(byte) }
}
