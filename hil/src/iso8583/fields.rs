//! One message by field number: what stands on the wire, without how it is coded there.

use std::fmt;

/// The highest field number, that of the secondary bitmap's last bit.
pub(crate) const LAST: usize = 128;

/// Fields that show a card or a key: they are never written out.
const SECRET: [u8; 7] = [14, 35, 36, 45, 52, 55, 62];

/// A message: its type and its fields. Digits and text are ASCII; binary fields are bytes.
///
/// All values stand in one buffer, so that a message that is used again allocates nothing.
#[derive(Clone)]
pub struct Fields {
    mti: [u8; 4],
    present: u128,
    places: [(u32, u32); LAST + 1],
    bytes: Vec<u8>,
}

impl Default for Fields {
    fn default() -> Self {
        Self::new(*b"0000")
    }
}

impl Fields {
    /// A message of this type (four ASCII digits) without fields.
    pub fn new(mti: [u8; 4]) -> Self {
        Self { mti, present: 0, places: [(0, 0); LAST + 1], bytes: Vec::new() }
    }

    /// Takes everything away and gives it another type.
    pub fn restart(&mut self, mti: [u8; 4]) {
        self.mti = mti;
        self.present = 0;
        self.bytes.clear();
    }

    /// Message type: four ASCII digits.
    pub fn mti(&self) -> [u8; 4] {
        self.mti
    }

    /// Another message type.
    pub fn set_mti(&mut self, mti: [u8; 4]) {
        self.mti = mti;
    }

    /// What a field holds. `None` if it is absent.
    pub fn get(&self, number: u8) -> Option<&[u8]> {
        if !self.has(number) {
            return None;
        }
        let (from, to) = self.places[usize::from(number)];
        self.bytes.get(from as usize..to as usize)
    }

    /// What a field holds, as text. `None` if it is absent or no text.
    pub fn text(&self, number: u8) -> Option<&str> {
        std::str::from_utf8(self.get(number)?).ok()
    }

    /// What a field holds, as a number. `None` if it is absent, empty, or has anything but digits.
    pub fn number(&self, number: u8) -> Option<u64> {
        digits(self.get(number)?)
    }

    /// True if the field is there.
    pub fn has(&self, number: u8) -> bool {
        usize::from(number) <= LAST && number > 1 && self.present & bit(number) != 0
    }

    /// Sets a field. A number that no field can have (0, 1, or beyond 128) is left out.
    pub fn set(&mut self, number: u8, value: &[u8]) {
        if self.begin(number) {
            self.bytes.extend_from_slice(value);
            self.end(number);
        }
    }

    /// Sets a field to a number of so many digits, with leading zeros. What does not fit keeps all of its digits, so that the
    /// codec refuses it.
    pub fn set_number(&mut self, number: u8, value: u64, digits: usize) {
        if !self.begin(number) {
            return;
        }
        push_number(&mut self.bytes, value, digits);
        self.end(number);
    }

    /// Takes a field away.
    pub fn remove(&mut self, number: u8) {
        if usize::from(number) <= LAST {
            self.present &= !bit(number);
        }
    }

    /// The fields that are there, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.numbers().map(|number| (number, self.get(number).unwrap_or_default()))
    }

    /// The numbers of the fields that are there, in ascending order.
    pub fn numbers(&self) -> impl Iterator<Item = u8> + use<> {
        let mut left = self.present;
        std::iter::from_fn(move || {
            let number = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            // Bit n - 1 stands for field n.
            (number < 128).then_some(number as u8 + 1)
        })
    }

    /// Begins a field at the buffer's end. False if no field can have this number.
    pub(crate) fn begin(&mut self, number: u8) -> bool {
        let fits = number > 1 && usize::from(number) <= LAST;
        if fits {
            self.places[usize::from(number)].0 = self.bytes.len() as u32;
        }
        fits
    }

    /// Where the value of the field that was begun is written.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The field that was begun is whole.
    pub(crate) fn end(&mut self, number: u8) {
        self.places[usize::from(number)].1 = self.bytes.len() as u32;
        self.present |= bit(number);
    }
}

/// A number with leading zeros.
pub(crate) fn push_number(to: &mut Vec<u8>, mut value: u64, digits: usize) {
    let mut text = [b'0'; 20];
    let mut from = text.len();
    while value > 0 {
        from -= 1;
        text[from] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    let from = from.min(text.len() - digits.min(text.len()));
    to.extend_from_slice(&text[from..]);
}

/// The number that these digits are. `None` without digits, with anything else, or beyond 64 bits.
pub(crate) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number.checked_mul(10)?.checked_add(digit.into()))?
    })
}

const fn bit(number: u8) -> u128 {
    1 << (number - 1)
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.mti == other.mti && self.present == other.present && self.iter().eq(other.iter())
    }
}

impl Eq for Fields {}

/// One line; card numbers are masked, and what else names a card or a key is left out.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mti.escape_ascii())?;
        for (number, value) in self.iter() {
            write!(f, " {number}=")?;
            match number {
                2 => write!(f, "{}", masked(value))?,
                _ if SECRET.contains(&number) => write!(f, "({} bytes)", value.len())?,
                _ if value.iter().all(|it| it.is_ascii_graphic()) => {
                    write!(f, "{}", value.escape_ascii())?;
                }
                _ => write!(f, "\"{}\"", value.escape_ascii())?,
            }
        }
        Ok(())
    }
}

/// A card number with all but six leading and four last digits hidden; shorter ones wholly.
pub(crate) fn masked(number: &[u8]) -> String {
    let shown = |at: usize| number.len() >= 13 && (at < 6 || at + 4 >= number.len());
    let digit = |(at, byte): (usize, &u8)| match byte {
        b'0'..=b'9' if shown(at) => char::from(*byte),
        _ => '*',
    };
    number.iter().enumerate().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_and_the_last_value_counts() {
        let mut fields = Fields::new(*b"0200");
        fields.set(128, b"last");
        fields.set(4, b"000000000100");
        fields.set_number(11, 7, 6);
        fields.set(4, b"000000000200");
        for none in [0, 1, 129, 255] {
            fields.set(none, b"x");
            assert_eq!(fields.get(none), None);
        }
        assert_eq!(fields.numbers().collect::<Vec<_>>(), [4, 11, 128]);
        assert_eq!((fields.text(11), fields.number(4)), (Some("000007"), Some(200)));
        fields.remove(4);
        assert_eq!(fields.get(4), None);
        fields.set_number(11, 12_345_678, 6);
        assert_eq!(fields.get(11), Some(&b"12345678"[..]), "the codec refuses it");
    }

    #[test]
    fn a_message_that_is_shown_hides_its_card() {
        let mut fields = Fields::new(*b"0200");
        fields.set(2, b"6225880300000017");
        fields.set(35, b"6225880300000017=2912");
        assert_eq!(format!("{fields:?}"), "0200 2=622588******0017 35=(21 bytes)");
        assert_eq!(masked(b"123456789012"), "************");
    }
}
