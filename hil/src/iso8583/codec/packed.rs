//! Digits, two a byte.

use super::Flaw;
use crate::iso8583::dialect::{FieldKind, Pad};

/// The filler that some terminals put behind an odd number of digits.
const FILLER: u8 = 0xF;

/// Unpacks so many digits; in tracks 0xD is the separator. On a flaw: in which byte.
pub(super) fn unpack(
    bytes: &[u8],
    count: usize,
    (kind, pad): (FieldKind, Pad),
    to: &mut Vec<u8>,
) -> Result<(), (usize, Flaw)> {
    let from = to.len();
    let mut wrong = 0u8;
    for byte in bytes {
        let (high, low) = (byte >> 4, byte & 0xF);
        wrong |= u8::from(high > 9) | u8::from(low > 9);
        to.extend_from_slice(&[b'0' + high, b'0' + low]);
    }
    if wrong != 0 {
        separate(bytes, count, (kind, pad), &mut to[from..])?;
    }
    if !count.is_multiple_of(2) {
        match pad {
            Pad::Left => {
                let half = bytes.first().map_or(0, |it| it >> 4);
                if half != 0 {
                    return Err((0, Flaw::Filling(half)));
                }
                to.remove(from);
            }
            Pad::Right => {
                let half = bytes.last().map_or(0, |it| it & 0xF);
                if half != 0 && half != FILLER {
                    return Err((bytes.len() - 1, Flaw::Filling(half)));
                }
                to.pop();
            }
        }
    }
    Ok(())
}

/// Some half byte is not a digit: a separator, the filling, or wrong.
fn separate(
    bytes: &[u8],
    count: usize,
    (kind, pad): (FieldKind, Pad),
    text: &mut [u8],
) -> Result<(), (usize, Flaw)> {
    let odd = !count.is_multiple_of(2);
    let filling = match pad {
        _ if !odd => usize::MAX,
        Pad::Left => 0,
        Pad::Right => text.len() - 1,
    };
    for (at, place) in text.iter_mut().enumerate() {
        let half = if at % 2 == 0 { bytes[at / 2] >> 4 } else { bytes[at / 2] & 0xF };
        match half {
            0..=9 => {}
            _ if at == filling => {}
            0xD if kind == FieldKind::Z => *place = b'=',
            _ => return Err((at / 2, Flaw::NotADigit(bytes[at / 2]))),
        }
    }
    Ok(())
}

/// Packs digits that have been checked: a separator becomes 0xD.
pub(super) fn pack(text: &[u8], pad: Pad, to: &mut Vec<u8>) {
    let half = |byte: u8| if byte == b'=' { 0xD } else { byte & 0xF };
    let text = if !text.len().is_multiple_of(2) && pad == Pad::Left {
        to.push(half(text[0]));
        &text[1..]
    } else {
        text
    };
    for pair in text.chunks(2) {
        to.push(half(pair[0]) << 4 | pair.get(1).map_or(0, |it| half(*it)));
    }
}

/// The value of an upper-case hexadecimal digit.
pub(super) fn hex_digit(byte: u8) -> Result<u8, Flaw> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(Flaw::NotHex(byte)),
    }
}

/// Bytes as upper-case hexadecimal characters.
pub(super) fn push_hex(bytes: &[u8], to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        to.push(DIGITS[usize::from(byte >> 4)]);
        to.push(DIGITS[usize::from(byte & 0xF)]);
    }
}
