//! Randomness by identity: a number is a function of (seed, identity, purpose, occurrence), not of who drew before.
//!
//! Two tools, for two needs. A [`Stream`] gives the ten or twenty numbers that one occurrence needs (a visit,
//! a repair job): ChaCha8 with the name as its key. [`Streams::draw`] gives up to four numbers at once without any
//! set-up: Philox with the name as its counter; for what happens millions of times (a tick, a packet).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::identity::Identity;
use crate::time::Span;

/// What a draw is for. Made from a name at compile time: `Purpose::of("printer: jam")`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Purpose(u64);

impl Purpose {
    /// The purpose of this name (FNV-1a, 64 bits).
    pub const fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            i += 1;
        }
        Self(hash)
    }

    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// This purpose, told apart by a number (the third entry of a list, say).
    pub const fn numbered(self, number: u64) -> Self {
        Self(mix(self.0 ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

/// A number made of a name (FNV-1a, 32 bits): for what must not depend on the place in a list.
pub const fn stable_id(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let mut hash = 0x811c_9dc5_u32;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// A well-known finaliser of 64 bits (SplitMix64, Steele, Lea and Flood 2014).
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// All random numbers of a run.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The streams of a forked run: other numbers for the same names. A salt of 0 leaves them as they are.
    #[must_use]
    pub const fn salted(self, salt: u64) -> Self {
        if salt == 0 {
            return self;
        }
        Self { seed: mix(self.seed ^ mix(salt)) }
    }

    /// The stream of one occurrence. The name is the key, so no two names share a number.
    pub fn stream(self, who: Identity, purpose: Purpose, occurrence: u64) -> Stream {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&who.0.to_le_bytes());
        key[16..24].copy_from_slice(&purpose.0.to_le_bytes());
        key[24..].copy_from_slice(&occurrence.to_le_bytes());
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// Four numbers of one occurrence.
    #[inline]
    pub fn draw(self, who: Identity, purpose: Purpose, occurrence: u64) -> [u32; 4] {
        let (high, low) = ((occurrence >> 32) as u32, occurrence as u32);
        let counter = [low, high, who.0 as u32, (who.0 >> 32) as u32];
        // The purpose is a hash: two pairs of seed and purpose share a key as rarely as any two numbers of 64 bits are equal.
        let key = self.seed ^ purpose.0;
        philox(counter, [key as u32, (key >> 32) as u32])
    }

    /// The first number of each of four occurrences, at less than the cost of four calls of [`Streams::draw`].
    #[inline]
    pub fn first_draws(self, who: Identity, purpose: Purpose, occurrences: [u64; 4]) -> [u32; 4] {
        let key = self.seed ^ purpose.0;
        let mut first = [0; 4];
        for (first, it) in first.iter_mut().zip(occurrences) {
            *first = first_of_philox([it, it >> 32, who.0, who.0 >> 32], [key, key >> 32]);
        }
        debug_assert_eq!(
            first[0],
            self.draw(who, purpose, occurrences[0])[0],
            "both ways lead to one draw"
        );
        first
    }
}

/// The draws of one entity for one purpose, by their occurrence: what is drawn ahead of time is what would be drawn then.
///
/// # Examples
///
/// ```
/// use sim::{Draws, Identity, Purpose, Streams};
///
/// let (streams, who, purpose) = (Streams::new(1), Identity::of("tills", 7), Purpose::of("a sensor"));
/// let draws = Draws::new(streams, who, purpose);
/// assert_eq!(draws.at(3), streams.draw(who, purpose, 3));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    streams: Streams,
    who: Identity,
    purpose: Purpose,
}

impl Draws {
    /// Of an entity, for a purpose.
    pub const fn new(streams: Streams, who: Identity, purpose: Purpose) -> Self {
        Self { streams, who, purpose }
    }

    /// Four numbers of one occurrence.
    #[inline]
    pub fn at(self, occurrence: u64) -> [u32; 4] {
        self.streams.draw(self.who, self.purpose, occurrence)
    }
}

/// The first number of [`philox`], in words of 64 bits whose upper halves mean nothing.
// So written, and inlined before loops are unrolled, the compiler does two at a time with vector instructions.
#[inline(always)]
fn first_of_philox(mut c: [u64; 4], mut k: [u64; 2]) -> u32 {
    const LOW: u64 = 0xFFFF_FFFF;
    for _ in 0..10 {
        let a = (c[0] & LOW) * 0xD251_1F53;
        let b = (c[2] & LOW) * 0xCD9E_8D57;
        c = [(b >> 32) ^ c[1] ^ k[0], b, (a >> 32) ^ c[3] ^ k[1], a];
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
    c[0] as u32
}

/// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, SC11): a counter-based generator without state.
#[inline]
fn philox(mut c: [u32; 4], mut k: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(c[0]) * 0xD251_1F53;
        let b = u64::from(c[2]) * 0xCD9E_8D57;
        c = [(b >> 32) as u32 ^ c[1] ^ k[0], b as u32, (a >> 32) as u32 ^ c[3] ^ k[1], a as u32];
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
    c
}

/// A number in (0, 1), never 0 and never 1, from 32 random bits.
#[inline]
pub fn unit(bits: u32) -> f64 {
    let drawn = (f64::from(bits) + 0.5) / 4_294_967_296.0;
    debug_assert!(drawn > 0.0 && drawn < 1.0, "its logarithm is a number: {drawn}");
    drawn
}

/// A standard normal number from two random ones (Box and Muller 1958).
#[inline]
pub fn normal(bits: [u32; 2]) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(unit(bits[0])));
    debug_assert!(radius > 0.0 && radius < 7.0, "of 32 bits no number is {radius} from the middle");
    radius * libm::cos(std::f64::consts::TAU * unit(bits[1]))
}

/// A lognormal number by its median and the standard deviation of its logarithm, from the first two of four.
#[inline]
pub fn lognormal(median: f64, sigma: f64, bits: [u32; 4]) -> f64 {
    debug_assert!(median >= 0.0 && sigma >= 0.0, "no law has median {median} and spread {sigma}");
    median * libm::exp(sigma * normal([bits[0], bits[1]]))
}

/// The numbers of one occurrence, in sequence.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// Uniform in (0, 1), never 0 and never 1.
    pub fn unit(&mut self) -> f64 {
        let drawn = ((self.0.next_u64() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0;
        debug_assert!(drawn > 0.0 && drawn < 1.0, "its logarithm is a number: {drawn}");
        drawn
    }

    /// True with this probability; 0 is never, 1 is always.
    pub fn chance(&mut self, probability: f64) -> bool {
        debug_assert!((0.0..=1.0).contains(&probability), "{probability} is not a probability");
        self.unit() < probability
    }

    /// Uniform in `0..bound`; zero if the bound is zero. The bias is under 2^-32.
    pub fn below(&mut self, bound: u32) -> u32 {
        debug_assert!(bound > 0, "nothing is below zero");
        ((self.0.next_u64() as u128 * u128::from(bound)) >> 64) as u32
    }

    /// Exponential with this mean.
    pub fn exponential(&mut self, mean: Span) -> Span {
        mean.scaled(-libm::log(self.unit()))
    }

    /// Weibull with shape and scale: the life of something that wears out (shape above 1) or
    /// dies young (below 1), given that it has already lived for `age`.
    pub fn weibull(&mut self, shape: f64, scale: Span, age: Span) -> Span {
        debug_assert!(shape > 0.0, "a Weibull law has a shape above zero, not {shape}");
        debug_assert!(scale > Span::ZERO, "a Weibull law has a scale");
        let lived = libm::pow(age.0 as f64 / scale.0 as f64, shape);
        let total = scale.scaled(libm::pow(lived - libm::log(self.unit()), 1.0 / shape));
        total - age
    }

    /// Lognormal by its median and the standard deviation of its logarithm.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        debug_assert!(sigma >= 0.0, "a spread is not negative: {sigma}");
        median * libm::exp(sigma * self.normal())
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        debug_assert!(radius < 9.0, "of 52 bits no number is {radius} from the middle");
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// An index drawn in proportion to the weights; the last one if rounding leaves a rest.
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        debug_assert!(!weights.is_empty(), "there is nothing to pick from");
        debug_assert!(weights.iter().all(|it| *it >= 0.0), "a weight is negative: {weights:?}");
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_answers() {
        // Known-answer tests of the Random123 distribution.
        assert_eq!(philox([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]
        );
        assert_eq!(
            philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
    }

    #[test]
    fn every_part_of_the_name_matters_and_nothing_else_does() {
        let name = |seed, actor, purpose, n| {
            let who = Identity(actor);
            let streams = Streams::new(seed);
            let purpose = Purpose::of(purpose);
            let mut stream = streams.stream(who, purpose, n);
            (stream.0.next_u64(), streams.draw(who, purpose, n))
        };
        let first = name(1, 2, "jam", 3);
        assert_eq!(first, name(1, 2, "jam", 3));
        for other in [
            name(9, 2, "jam", 3),
            name(1, 9, "jam", 3),
            name(1, 2 | 1 << 40, "jam", 3),
            name(1, 2, "cut", 3),
            name(1, 2, "jam", 9),
            name(1, 2, "jam", 3 | 1 << 40),
        ] {
            assert_ne!(first.0, other.0);
            assert_ne!(first.1, other.1);
        }
    }

    #[test]
    fn four_occurrences_at_a_time_are_those_drawn_one_by_one() {
        let (streams, who) = (Streams::new(7), Identity(1 << 40 | 9));
        let purpose = Purpose::of("jam");
        let occurrences = [0, 3, u64::MAX, 1 << 35];
        let one_by_one = occurrences.map(|it| streams.draw(who, purpose, it)[0]);
        assert_eq!(streams.first_draws(who, purpose, occurrences), one_by_one);
    }

    #[test]
    fn laws_have_their_means() {
        let mut stream = Streams::new(7).stream(Identity(0), Purpose::of("laws"), 0);
        let n = 200_000;
        let mean = |f: &mut dyn FnMut() -> f64| (0..n).map(|_| f()).sum::<f64>() / f64::from(n);
        let exponential = mean(&mut || stream.exponential(Span::secs(3)).as_secs_f64());
        assert!((exponential - 3.0).abs() < 0.03, "{exponential}");
        // Mean of a Weibull(2.2, 20,000 h): 17,712.495 h (closed form A10).
        let weibull = mean(&mut || {
            stream.weibull(2.2, Span::hours(20_000), Span::ZERO).as_secs_f64() / 3_600.0
        });
        assert!((weibull / 17_712.495 - 1.0).abs() < 0.01, "{weibull}");
        let normal = mean(&mut || stream.normal());
        assert!(normal.abs() < 0.01, "{normal}");
    }
}
