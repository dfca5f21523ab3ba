//! Card numbers: made up, valid, and never shown whole.

use std::fmt;

/// A card number (F2). It never shows itself whole: `Debug` and `Display` mask it.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Pan(u64);

/// Issuer prefix of all simulated cards; it is followed by the host's two digits and the account's seven.
const BIN: u64 = 622_588;

impl Pan {
    /// The number of an account of a host: prefix, host, account and check digit (Luhn), 16 digits.
    pub fn of(host: u8, account: u32) -> Self {
        let body = (BIN * 100 + u64::from(host)) * 10_000_000 + u64::from(account % 10_000_000);
        let pan = Self(body * 10 + luhn(body));
        debug_assert!(
            host > 99 || (pan.host(), pan.account()) == (host, account % 10_000_000),
            "host and account are read back as they went in"
        );
        pan
    }
    /// Which host issued it.
    pub fn host(self) -> u8 {
        (self.0 / 100_000_000 % 100) as u8
    }
    /// The account at its host.
    pub fn account(self) -> u32 {
        (self.0 / 10 % 10_000_000) as u32
    }
    /// All digits. For a codec that puts it on a real wire, and for nothing else.
    pub fn digits(self) -> u64 {
        self.0
    }
    /// True if this text holds a whole simulated card number: prefix, 16 digits, right check digit.
    pub fn appears_in(text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            let run = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if run == 16 {
                let number = bytes[start..start + 16]
                    .iter()
                    .fold(0u64, |number, byte| number * 10 + u64::from(byte - b'0'));
                if number / 10_000_000_000 == BIN && luhn(number / 10) == number % 10 {
                    return true;
                }
            }
            start += run.max(1);
        }
        false
    }
}

/// The check digit of ISO/IEC 7812-1.
fn luhn(mut body: u64) -> u64 {
    let (mut sum, mut double) = (0, true);
    while body > 0 {
        let digit = body % 10 * if double { 2 } else { 1 };
        sum += digit / 10 + digit % 10;
        double = !double;
        body /= 10;
    }
    debug_assert!(sum <= 20 * 9, "twenty digits add up to {sum}");
    (10 - sum % 10) % 10
}

/// In recordings a simulated card is named by its issuer and account, `03-0001234`; another number, which an adapter has put
/// in place of a real one, by `#` and its hexadecimal digits. Neither is a card number.
impl serde::Serialize for Pan {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let text = if *self == Self::of(self.host(), self.account()) {
            format!("{:02}-{:07}", self.host(), self.account())
        } else {
            format!("#{:x}", self.0)
        };
        to.serialize_str(&text)
    }
}

impl<'de> serde::Deserialize<'de> for Pan {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let read = match text.strip_prefix('#') {
            Some(digits) => u64::from_str_radix(digits, 16).ok().map(Self),
            None => text.split_once('-').and_then(|(host, account)| {
                Some(Self::of(host.parse().ok()?, account.parse().ok()?))
            }),
        };
        read.ok_or_else(|| serde::de::Error::custom(format!("`{text}` names no card")))
    }
}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}******{:04}", self.0 / 10_000_000_000, self.0 % 10_000)
    }
}
impl fmt::Display for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_valid_masked_and_found() {
        let pan = Pan::of(3, 1_234_567);
        assert_eq!((pan.host(), pan.account()), (3, 1_234_567));
        assert_eq!(luhn(7_992_739_871), 3); // the usual example of the check digit
        assert_eq!(format!("{pan}"), format!("622588******{:04}", pan.digits() % 10_000));
        assert!(Pan::appears_in(&format!("x,{},y", pan.digits())));
        assert!(!Pan::appears_in(&format!("x,{pan},y")));
        assert!(!Pan::appears_in(&format!("{}", pan.digits() + 1)), "a wrong check digit");
        assert!(!Pan::appears_in("622588"));
    }
}
