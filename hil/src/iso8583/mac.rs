//! Message authentication codes, and the keys that a sign-on hands out.

use std::fmt;

use des::TdesEde2;
use des::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use serde::{Deserialize, Serialize};

/// How a code over a message's bytes comes about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Algorithm {
    /// UnionPay-style "ECB": all blocks are added (XOR); the sum is written as 16 hexadecimal characters; the first eight are
    /// encrypted, added to the last eight, and encrypted again; the code is the first eight hexadecimal characters of that.
    Ecb,
    /// ANSI X9.19 (ISO 9797-1 algorithm 3, padding 1): a chain of single encryptions with the left key, the last one triple.
    X919,
}

/// A key of two parts, for codes and for other keys. It never shows itself.
#[derive(Clone, Eq, PartialEq)]
pub struct Key([u8; 16]);

impl Key {
    /// A key of 16 bytes, or of 8 for single DES. `None` of any other length.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            // Both parts alike: triple DES is single DES then.
            8 => Some(Self(std::array::from_fn(|at| bytes[at % 8]))),
            16 => Some(Self(std::array::from_fn(|at| bytes[at]))),
            _ => None,
        }
    }

    fn cipher(&self) -> TdesEde2 {
        TdesEde2::new(&Array(self.0))
    }

    /// The left half alone: single DES.
    fn left(&self) -> TdesEde2 {
        let mut both = [0; 16];
        both[..8].copy_from_slice(&self.0[..8]);
        both[8..].copy_from_slice(&self.0[..8]);
        TdesEde2::new(&Array(both))
    }

    /// The check value: what eight zero bytes become.
    pub fn check_value(&self) -> [u8; 8] {
        encrypted(&self.cipher(), [0; 8])
    }

    /// This key, encrypted under another one.
    pub fn under(&self, master: &Self) -> [u8; 16] {
        let cipher = master.cipher();
        let mut hidden = [0; 16];
        for (to, from) in hidden.as_chunks_mut::<8>().0.iter_mut().zip(self.0.as_chunks::<8>().0) {
            *to = encrypted(&cipher, *from);
        }
        hidden
    }

    /// The key that was encrypted under another one.
    pub fn revealed(hidden: &[u8; 16], master: &Self) -> Self {
        let cipher = master.cipher();
        let mut key = [0; 16];
        for (to, from) in key.as_chunks_mut::<8>().0.iter_mut().zip(hidden.as_chunks::<8>().0) {
            let mut block = Array(*from);
            cipher.decrypt_block(&mut block);
            *to = block.into();
        }
        Self(key)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, ..] = self.check_value();
        write!(f, "Key(check value {a:02X}{b:02X}{c:02X})")
    }
}

/// In files a key is 16 or 32 hexadecimal digits. It is a test key: a real one never stands in a file.
impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = hex_bytes(&String::deserialize(from)?);
        bytes.ok().and_then(|it| Self::new(&it)).ok_or_else(|| {
            serde::de::Error::custom("a key is 16 or 32 hexadecimal digits (8 or 16 bytes)")
        })
    }
}

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0.iter().map(|it| format!("{it:02X}")).collect::<String>())
    }
}

/// The bytes of hexadecimal text.
///
/// # Errors
/// If it has an odd number of characters, or others than hexadecimal digits.
pub fn hex_bytes(text: &str) -> Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return Err(format!("\"{text}\" is not pairs of hexadecimal digits"));
    }
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16);
    let read: Result<Vec<u8>, _> = (0..text.len()).step_by(2).map(pair).collect();
    read.map_err(|_| format!("\"{text}\" is not pairs of hexadecimal digits"))
}

/// Makes codes with one key; the key's schedule is computed once.
#[derive(Clone)]
pub struct Sealer {
    algorithm: Algorithm,
    whole: TdesEde2,
    left: TdesEde2,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({:?})", self.algorithm)
    }
}

impl Sealer {
    /// One with this key.
    pub fn new(algorithm: Algorithm, key: &Key) -> Self {
        Self { algorithm, whole: key.cipher(), left: key.left() }
    }

    /// The code over these bytes, filled up with zeros to whole blocks.
    pub fn code(&self, bytes: &[u8]) -> [u8; 8] {
        match self.algorithm {
            Algorithm::Ecb => self.ecb(bytes),
            Algorithm::X919 => self.chained(bytes),
        }
    }

    fn ecb(&self, bytes: &[u8]) -> [u8; 8] {
        let sum = bytes.chunks(8).fold([0; 8], added);
        let (first, last) =
            (as_hex([sum[0], sum[1], sum[2], sum[3]]), as_hex([sum[4], sum[5], sum[6], sum[7]]));
        let once = encrypted(&self.whole, first);
        let twice = encrypted(&self.whole, added(once, &last));
        as_hex([twice[0], twice[1], twice[2], twice[3]])
    }

    fn chained(&self, bytes: &[u8]) -> [u8; 8] {
        let blocks = bytes.len().div_ceil(8).max(1);
        let mut code = [0; 8];
        for (number, block) in bytes.chunks(8).enumerate() {
            let cipher = if number + 1 == blocks { &self.whole } else { &self.left };
            code = encrypted(cipher, added(code, block));
        }
        if bytes.is_empty() { encrypted(&self.whole, code) } else { code }
    }
}

fn added(mut sum: [u8; 8], block: &[u8]) -> [u8; 8] {
    sum.iter_mut().zip(block).for_each(|(to, byte)| *to ^= byte);
    sum
}

fn encrypted(cipher: &TdesEde2, block: [u8; 8]) -> [u8; 8] {
    let mut block = Array(block);
    cipher.encrypt_block(&mut block);
    block.into()
}

fn as_hex(bytes: [u8; 4]) -> [u8; 8] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    std::array::from_fn(|at| {
        let byte = bytes[at / 2];
        DIGITS[usize::from(if at % 2 == 0 { byte >> 4 } else { byte & 0xF })]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new(&hex_bytes("0123456789ABCDEFFEDCBA9876543210").unwrap()).unwrap()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|it| format!("{it:02X}")).collect()
    }

    /// Computed with psec 1.3.0 and with openssl.
    #[test]
    fn the_ecb_code_is_that_of_two_other_implementations() {
        let code = Sealer::new(Algorithm::Ecb, &key()).code(b"0200 UNIONPAY ECB MAC TEST 001");
        assert_eq!(&code, b"B7319FFD");
        assert_eq!(hex(&key().check_value()), "08D7B4FB629D0885");
    }

    /// ISO/IEC 9797-1, annex: algorithm 3 with padding 1, and its key.
    #[test]
    fn the_chained_code_is_that_of_the_standard() {
        let key = Key::new(&hex_bytes("0123456789ABCDEFFEDCBA9876543210").unwrap()).unwrap();
        let code = Sealer::new(Algorithm::X919, &key).code(b"Now is the time for all ");
        assert_eq!(hex(&code), "A1C72E74EA3FA9B6");
    }

    #[test]
    fn a_key_comes_back_from_under_another() {
        let master = Key::new(&[0x11; 16]).unwrap();
        assert_eq!(Key::revealed(&key().under(&master), &master), key());
        assert!(!format!("{:?}", key()).contains("0123"));
        assert_eq!(Key::new(&[0; 7]), None);
    }
}
