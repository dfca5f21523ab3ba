//! How a quantity goes on from now if nothing else changes it.

use sim::{Instant, Span};

/// How a quantity goes on: it stays, or rises or falls all the time.
pub(crate) trait Course {
    /// What it is then.
    fn at(&self, when: Instant) -> f64;
    /// How long it takes from then until it is at least so much; `None` if it never is.
    fn until_above(&self, level: f64, from: Instant) -> Option<Span>;
    /// How long it takes from then until it is at most so much; `None` if it never is.
    fn until_below(&self, level: f64, from: Instant) -> Option<Span>;
}

/// It stays as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steady(pub(crate) f64);

impl Course for Steady {
    fn at(&self, _: Instant) -> f64 {
        self.0
    }
    fn until_above(&self, level: f64, _: Instant) -> Option<Span> {
        (self.0 >= level).then_some(Span::ZERO)
    }
    fn until_below(&self, level: f64, _: Instant) -> Option<Span> {
        (self.0 <= level).then_some(Span::ZERO)
    }
}

/// It grows by the same in each second, up to a bound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    /// What it was.
    pub(crate) from: f64,
    /// When.
    pub(crate) since: Instant,
    /// By how much it grows in a second.
    pub(crate) per_s: f64,
    /// Where it stays in the end.
    pub(crate) most: f64,
}

impl Course for Ramp {
    fn at(&self, when: Instant) -> f64 {
        debug_assert!(when >= self.since && self.per_s >= 0.0, "{self:?} at {when}");
        (self.from + self.per_s * when.since(self.since).as_secs_f64()).min(self.most)
    }
    fn until_above(&self, level: f64, from: Instant) -> Option<Span> {
        let is = self.at(from);
        if is >= level {
            return Some(Span::ZERO);
        }
        let rises = self.per_s > 0.0 && level <= self.most;
        rises.then(|| Span::from_nanos_f64((level - is) / self.per_s * 1e9))
    }
    fn until_below(&self, level: f64, from: Instant) -> Option<Span> {
        (self.at(from) <= level).then_some(Span::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_at_a_level_when_it_says() {
        let at = |seconds| Instant::START + Span::secs(seconds);
        let ramp = Ramp { from: 40.0, since: at(10), per_s: 0.05, most: 100.0 };
        assert!((ramp.at(at(110)) - 45.0).abs() < 1e-9);
        assert_eq!(ramp.until_above(85.0, at(110)), Some(Span::secs(800)));
        assert_eq!(ramp.until_above(44.0, at(110)), Some(Span::ZERO));
        assert_eq!(ramp.until_above(101.0, at(110)), None, "it stays at 100");
        assert_eq!((ramp.at(at(10_000)), ramp.until_below(50.0, at(10_000))), (100.0, None));
        assert_eq!(Steady(3.0).until_above(3.0, at(0)), Some(Span::ZERO));
        assert_eq!(Steady(3.0).until_below(2.9, at(0)), None);
    }
}
