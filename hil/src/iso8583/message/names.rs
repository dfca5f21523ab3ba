//! Who is who: terminals by F41 and F42, cards by F2, numbers that others write with letters.

use std::collections::BTreeMap;

use models::wire::Pan;
use sim::ActorId;

use crate::iso8583::Fields;
use crate::iso8583::fields::digits;

/// Which terminal has which F41 and F42. One that is not named has its own number: eight digits in F41; the dialect's acceptor
/// and the same digits in F42.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_terminal: BTreeMap<ActorId, ([u8; 8], [u8; 15])>,
    by_name: BTreeMap<[u8; 8], ActorId>,
}

impl Names {
    /// Says that a real terminal's F41 and F42 are those of a simulated one. Shorter texts are filled with blanks.
    ///
    /// # Errors
    /// If a text is too long, or the F41 is taken.
    pub fn add(&mut self, terminal: ActorId, f41: &str, f42: &str) -> Result<(), String> {
        let filled = |text: &str, width: usize| {
            let fits = !text.is_empty()
                && text.len() <= width
                && text.bytes().all(|it| it.is_ascii_graphic());
            fits.then(|| format!("{text:<width$}").into_bytes())
        };
        let f41: [u8; 8] = filled(f41, 8)
            .and_then(|it| it.try_into().ok())
            .ok_or(format!("\"{f41}\" is not a terminal: 1 to 8 printable characters"))?;
        let f42: [u8; 15] = filled(f42, 15)
            .and_then(|it| it.try_into().ok())
            .ok_or(format!("\"{f42}\" is not a card acceptor: 1 to 15 printable characters"))?;
        if self.by_name.get(&f41).is_some_and(|it| *it != terminal) {
            return Err(format!("terminal {} is named twice", f41.escape_ascii()));
        }
        if let Some((before, _)) = self.by_terminal.insert(terminal, (f41, f42)) {
            self.by_name.remove(&before);
        }
        self.by_name.insert(f41, terminal);
        Ok(())
    }

    /// The terminal that a message is from or for. `None` without F41, or with one that nobody has.
    pub fn terminal(&self, fields: &Fields) -> Option<ActorId> {
        let name = fields.get(41)?;
        let named = <[u8; 8]>::try_from(name).ok().and_then(|it| self.by_name.get(&it));
        let numbered = || digits(name).and_then(|it| u32::try_from(it).ok()).map(ActorId);
        named.copied().or_else(numbered)
    }

    /// Sets F41 and F42.
    pub(super) fn set(&self, terminal: ActorId, acceptor: &str, fields: &mut Fields) {
        if let Some((f41, f42)) = self.by_terminal.get(&terminal) {
            fields.set(41, f41);
            fields.set(42, f42);
            return;
        }
        fields.set_number(41, terminal.0.into(), 8);
        let mut f42 = acceptor.as_bytes().to_vec();
        f42.extend(super::calendar::numbered(terminal.0.into(), 8));
        fields.set(42, &f42);
    }
}

/// Which simulated card stands for a card number.
///
/// A simulated number stands for itself. A foreign one never enters the world: by a hash of its digits it always becomes the
/// same account of the same host. An answer is given under the number of its request, see [`super::Mapper::answer`].
#[derive(Clone, Copy, Debug)]
pub struct Cards {
    /// How many hosts there are.
    pub hosts: u8,
    /// How many accounts of each stand for foreign cards: two cards that meet in one share its balance.
    pub accounts: u32,
}

impl Default for Cards {
    fn default() -> Self {
        Self { hosts: 1, accounts: 100_000 }
    }
}

impl Cards {
    /// The card that stands for this number; `None` if it is none: not all digits, shorter than 8 or longer than 19.
    pub fn card(&self, number: &[u8]) -> Option<Pan> {
        let value = digits(number).filter(|_| (8..=19).contains(&number.len()))?;
        let own = Pan::of((value / 100_000_000 % 100) as u8, (value / 10 % 10_000_000) as u32);
        if own.digits() == value && number.len() == 16 {
            return Some(own);
        }
        let hash = sim::StableHasher::of(&value);
        let host = hash % u64::from(self.hosts.max(1));
        let account = (hash >> 8) % u64::from(self.accounts.clamp(1, 10_000_000));
        Some(Pan::of(host as u8, account as u32))
    }
}

/// A number of so many characters that others may write with letters: F37, F38. All digits are a decimal number; with a letter
/// it is beyond all of these: to the base 36, after them. `None` for other characters.
pub(super) fn lettered(text: &[u8]) -> Option<u64> {
    if let Some(number) = digits(text) {
        return Some(number);
    }
    let number = text.iter().try_fold(0u64, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            _ => return None,
        };
        number.checked_mul(36)?.checked_add(digit.into())
    })?;
    number.checked_add(10u64.checked_pow(text.len() as u32)?)
}

/// Sets a field to such a number.
pub(super) fn set_lettered(fields: &mut Fields, number: u8, value: u64, width: usize) {
    let decimal = 10u64.pow(width as u32);
    let Some(mut left) = value.checked_sub(decimal) else {
        return fields.set_number(number, value, width);
    };
    let mut text = vec![b'0'; width];
    for place in text.iter_mut().rev() {
        let digit = (left % 36) as u8;
        *place = if digit < 10 { b'0' + digit } else { b'A' + digit - 10 };
        left /= 36;
    }
    fields.set(number, &text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_terminal_is_known_by_its_name() {
        let mut names = Names::default();
        names.add(ActorId(7), "LAB00001", "123456789012345").unwrap();
        assert!(names.add(ActorId(8), "LAB00001", "1").is_err(), "taken");
        assert!(names.add(ActorId(8), "123456789", "1").is_err(), "too long");
        let mut fields = Fields::default();
        names.set(ActorId(7), "8983100", &mut fields);
        assert_eq!((fields.text(41), fields.text(42)), (Some("LAB00001"), Some("123456789012345")));
        assert_eq!(names.terminal(&fields), Some(ActorId(7)));
        names.set(ActorId(9), "8983100", &mut fields);
        assert_eq!((fields.text(41), fields.text(42)), (Some("00000009"), Some("898310000000009")));
        assert_eq!(names.terminal(&fields), Some(ActorId(9)));
        fields.set(41, b"STRANGER");
        assert_eq!(names.terminal(&fields), None);
    }

    #[test]
    fn a_foreign_card_is_always_the_same_account() {
        let cards = Cards { hosts: 3, accounts: 1_000 };
        let own = Pan::of(2, 77);
        assert_eq!(cards.card(own.digits().to_string().as_bytes()), Some(own));
        let foreign = cards.card(b"4761739001010010").unwrap();
        assert_eq!(cards.card(b"4761739001010010"), Some(foreign));
        assert!(foreign.host() < 3 && foreign.account() < 1_000);
        for wrong in [&b"1234567"[..], b"12345678901234567890", b"47617390X1010010", b""] {
            assert_eq!(cards.card(wrong), None);
        }
    }

    #[test]
    fn letters_are_numbers_beyond_all_digits() {
        let mut fields = Fields::default();
        for text in [&b"000000000001"[..], b"999999999999", b"A00000000000", b"ZZZZZZZZZZZZ"] {
            set_lettered(&mut fields, 37, lettered(text).unwrap(), 12);
            assert_eq!(fields.get(37), Some(text));
        }
        assert!(lettered(b"ZZZZZZ").is_some_and(|it| u32::try_from(it).is_ok()));
        assert_eq!(lettered(b"a0"), None);
    }
}
