//! Time as an integer count of nanoseconds: no float ever holds a time.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::{Deserialize, Serialize};

/// A moment of simulated time, in nanoseconds since the start of the run.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Instant(pub u64);

/// A length of simulated time, in nanoseconds; in files it is text with units, see [`crate::quantity`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span(pub u64);

impl Instant {
    /// The start of the run.
    pub const START: Self = Self(0);
    /// A moment that never comes (the year 2554, counted from the start).
    pub const NEVER: Self = Self(u64::MAX);

    /// Time since `earlier`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since the start, for people and files; never fed back into a run.
    pub fn as_secs_f64(self) -> f64 {
        Span(self.0).as_secs_f64()
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `n` microseconds.
    pub const fn micros(n: u64) -> Self {
        Self(n.saturating_mul(1_000))
    }
    /// `n` milliseconds.
    pub const fn millis(n: u64) -> Self {
        Self(n.saturating_mul(1_000_000))
    }
    /// `n` seconds.
    pub const fn secs(n: u64) -> Self {
        Self(n.saturating_mul(1_000_000_000))
    }
    /// `n` minutes.
    pub const fn minutes(n: u64) -> Self {
        Self::secs(n.saturating_mul(60))
    }
    /// `n` hours.
    pub const fn hours(n: u64) -> Self {
        Self::secs(n.saturating_mul(3_600))
    }
    /// `n` days of 24 hours.
    pub const fn days(n: u64) -> Self {
        Self::hours(n.saturating_mul(24))
    }

    /// A span from a float count of nanoseconds, rounded to the nearest; negative and NaN become zero,
    /// what is too long becomes the longest span.
    pub fn from_nanos_f64(nanos: f64) -> Self {
        // `as` saturates and maps NaN to zero: both are what the line above promises.
        Self((nanos + 0.5).max(0.0) as u64)
    }

    /// A span from a float count of seconds, rounded to the nearest nanosecond.
    pub fn from_secs_f64(secs: f64) -> Self {
        Self::from_nanos_f64(secs * 1e9)
    }

    /// Seconds, for people and files.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// This span scaled by a factor of at least zero.
    pub fn scaled(self, factor: f64) -> Self {
        Self::from_nanos_f64(self.0 as f64 * factor)
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    /// Saturates at [`Instant::NEVER`].
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Instant {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;
    /// Stops at zero: no span is negative.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for Span {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl fmt::Display for Instant {
    /// Days, hours, minutes, seconds, nanoseconds: `1d 02:03:04.000000005`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secs, nanos) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        let (days, secs) = (secs / 86_400, secs % 86_400);
        if days > 0 {
            write!(f, "{days}d ")?;
        }
        write!(f, "{:02}:{:02}:{:02}.{nanos:09}", secs / 3_600, secs / 60 % 60, secs % 60)
    }
}

impl fmt::Display for Span {
    /// The two largest units: `1d 2h`, `3min 20s`, `1.250s`, `250ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0 / 1_000_000_000;
        match secs {
            86_400.. => write!(f, "{}d {}h", secs / 86_400, secs % 86_400 / 3_600),
            3_600.. => write!(f, "{}h {}min", secs / 3_600, secs % 3_600 / 60),
            60.. => write!(f, "{}min {}s", secs / 60, secs % 60),
            1.. => write!(f, "{:.3}s", self.as_secs_f64()),
            0 => write!(f, "{}ms", self.0 as f64 / 1e6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_instead_of_wrapping() {
        assert_eq!(Instant::NEVER + Span::secs(1), Instant::NEVER);
        assert_eq!(Instant(5).since(Instant(9)), Span::ZERO);
        assert_eq!(Span::from_secs_f64(f64::NAN), Span::ZERO);
        assert_eq!(Span::from_secs_f64(-3.0), Span::ZERO);
        assert_eq!(Span::from_secs_f64(f64::INFINITY).0, u64::MAX);
    }

    #[test]
    fn people_read_the_two_largest_units() {
        assert_eq!(Span::millis(250).to_string(), "250ms");
        assert_eq!(Span::hours(26).to_string(), "1d 2h");
        assert_eq!((Instant::START + Span::hours(25)).to_string(), "1d 01:00:00.000000000");
    }
}
