//! A run's fingerprint: a sum of hashes of what was handled, so that the order in which cells ran cannot matter.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::identity::Identity;
use crate::random::mix;

/// Sum of the hashes of all handled events, and their number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Fingerprint {
    sum: u64,
    events: u64,
}

impl Fingerprint {
    /// Adds one event: when, to whom, from whom, the sender's count, and the hash of what it says.
    #[inline]
    pub(crate) fn add(
        &mut self,
        at: u64,
        (to, from): (Identity, Identity),
        sequence: u64,
        what: u64,
    ) {
        let sender = from.0.wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(29);
        let who = sequence ^ sender ^ to.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let folded = (at ^ what).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(32) ^ who;
        self.sum = self.sum.wrapping_add(mix(folded.wrapping_mul(0xa076_1d64_78bd_642f)));
        self.events += 1;
    }

    /// Both together: a sum does not care for order.
    pub fn merged(self, other: Self) -> Self {
        Self { sum: self.sum.wrapping_add(other.sum), events: self.events + other.events }
    }

    /// Number of events handled.
    pub fn events(self) -> u64 {
        self.events
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:x}", self.sum, self.events)
    }
}

/// A hasher whose result does not depend on the machine, the build or the process.
#[derive(Debug, Default)]
pub struct StableHasher(u64);

impl StableHasher {
    /// The hash of one value.
    pub fn of(value: &impl Hash) -> u64 {
        let mut hasher = Self::default();
        value.hash(&mut hasher);
        hasher.finish()
    }

    #[inline]
    fn fold(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
    }
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        mix(self.0)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
    }
    fn write_u8(&mut self, i: u8) {
        self.fold(u64::from(i));
    }
    fn write_u16(&mut self, i: u16) {
        self.fold(u64::from(i));
    }
    fn write_u32(&mut self, i: u32) {
        self.fold(u64::from(i));
    }
    fn write_u64(&mut self, i: u64) {
        self.fold(i);
    }
    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64);
    }
    // The discriminant of an enum arrives here: its width must not depend on the machine.
    fn write_isize(&mut self, i: isize) {
        self.fold(i as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_cells_does_not_matter_and_everything_else_does() {
        let of = |events: &[(u64, u64, u64, u64, u64)]| {
            let mut print = Fingerprint::default();
            for &(at, to, from, sequence, what) in events {
                print.add(at, (Identity(to), Identity(from)), sequence, what);
            }
            print
        };
        let (a, b) = ((1, 2, 2, 3, 4), (5, 6, 2, 7, 8));
        assert_eq!(of(&[a, b]), of(&[b, a]));
        assert_eq!(of(&[a, b]), of(&[a]).merged(of(&[b])));
        for other in
            [(9, 2, 2, 3, 4), (1, 9, 2, 3, 4), (1, 2, 9, 3, 4), (1, 2, 2, 9, 4), (1, 2, 2, 3, 9)]
        {
            assert_ne!(of(&[a]), of(&[other]));
        }
        assert_ne!(of(&[a, a]), of(&[a]));
    }

    #[test]
    fn the_stable_hash_is_pinned() {
        #[derive(Hash)]
        enum Word {
            _Other,
            Said(u32, bool),
        }
        // A change of this number changes every fingerprint ever noted: raise the version when it must.
        assert_eq!(StableHasher::of(&Word::Said(7, true)), 8_865_001_407_207_698_403);
    }
}
