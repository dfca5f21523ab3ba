//! Fields to bytes.

use super::packed::{pack, push_hex};
use super::read::{allows, character};
use super::{EncodeError, Flaw};
use crate::iso8583::Fields;
use crate::iso8583::dialect::{Bitmap, Coding, Dialect, Digits, Pad, Rule};
use crate::iso8583::fields::push_number;

impl Dialect {
    /// Appends a message's body: its type, bitmaps and fields.
    ///
    /// # Errors
    /// If a field is not as the dialect has it: unknown, too long, of another length, with a wrong character. Nothing is
    /// appended then.
    pub fn encode(&self, fields: &Fields, to: &mut Vec<u8>) -> Result<(), EncodeError> {
        let start = to.len();
        let written = self.write(fields, start, to);
        if written.is_err() {
            to.truncate(start);
        }
        written
    }

    /// Appends one field alone, as it stands in a message.
    pub(crate) fn put_value(
        &self,
        number: u8,
        value: &[u8],
        to: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let refuse = |why| EncodeError { field: Some(number), why };
        let rule = self.rule(number).ok_or(refuse(Flaw::NoSuchField))?;
        put_field(rule, self.file().coding.lengths, value, to).map_err(refuse)
    }

    fn write(&self, fields: &Fields, start: usize, to: &mut Vec<u8>) -> Result<(), EncodeError> {
        let whole = |why| EncodeError { field: None, why };
        let mti = fields.mti();
        if let Some(wrong) = mti.iter().find(|it| !it.is_ascii_digit()) {
            return Err(whole(Flaw::NotADigit(*wrong)));
        }
        put_digits(&mti, self.file().mti, to);
        // Bit 127 stands for field 1, as on the wire.
        let mut bits = fields.numbers().fold(0u128, |bits, it| bits | 1 << (128 - u32::from(it)));
        let second = bits as u64 != 0;
        if second {
            if !self.file().secondary {
                let field = Some(128 - (bits as u64).trailing_zeros() as u8);
                return Err(EncodeError { field, why: Flaw::NoSuchBitmap });
            }
            bits |= 1 << 127;
        }
        put_bitmap((bits >> 64) as u64, self.file().bitmap, to);
        if second {
            put_bitmap(bits as u64, self.file().bitmap, to);
        }
        for (number, value) in fields.iter() {
            self.put_value(number, value, to)?;
        }
        let (is, max) = (to.len() - start, self.file().framing.longest as usize);
        if is > max {
            return Err(whole(Flaw::TooLong { is, max }));
        }
        Ok(())
    }
}

fn put_digits(text: &[u8], digits: Digits, to: &mut Vec<u8>) {
    match digits {
        Digits::Ascii => to.extend_from_slice(text),
        Digits::Bcd => pack(text, Pad::Left, to),
    }
}

fn put_bitmap(bits: u64, coding: Bitmap, to: &mut Vec<u8>) {
    match coding {
        Bitmap::Binary => to.extend_from_slice(&bits.to_be_bytes()),
        Bitmap::Hex => push_hex(&bits.to_be_bytes(), to),
    }
}

fn put_length(count: usize, prefix: u8, digits: Digits, to: &mut Vec<u8>) {
    match digits {
        Digits::Ascii => push_number(to, count as u64, usize::from(prefix)),
        Digits::Bcd => {
            let pair = |two: usize| (((two / 10 % 10) << 4) | (two % 10)) as u8;
            if prefix > 2 {
                to.push(pair(count / 100));
            }
            to.push(pair(count));
        }
    }
}

fn put_field(rule: &Rule, lengths: Digits, value: &[u8], to: &mut Vec<u8>) -> Result<(), Flaw> {
    let (is, max) = (value.len(), usize::from(rule.max));
    if is > max || (rule.prefix == 0 && is < max) {
        return Err(Flaw::Length { is, max });
    }
    if let Some(wrong) = value.iter().find(|it| !allows(rule.kind, **it)) {
        return Err(character(rule.kind, *wrong));
    }
    if rule.prefix > 0 {
        let count = if rule.coding == Coding::Hex { 2 * is } else { is };
        put_length(count, rule.prefix, lengths, to);
    }
    match rule.coding {
        Coding::Ascii | Coding::Binary => to.extend_from_slice(value),
        Coding::Bcd => pack(value, rule.pad, to),
        Coding::Hex => push_hex(value, to),
    }
    Ok(())
}
