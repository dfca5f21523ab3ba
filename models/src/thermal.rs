//! How warm something gets: one heat store that follows its surroundings.

use sim::{Instant, Span};

/// The temperature of one thing, in degrees Celsius, as Newton's law of cooling has it: it nears what its surroundings
/// and its own heat would make of it in the end, and 63 % of the way are done after one time constant.
///
/// Nothing is stepped: what it is at any time follows from what it was when something last changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThermalState {
    from: f64,
    to: f64,
    since: Instant,
}

impl ThermalState {
    /// As warm as its surroundings.
    pub(crate) fn settled(at: f64) -> Self {
        debug_assert!(at > -273.15, "nothing is as cold as {at} degrees");
        Self { from: at, to: at, since: Instant::START }
    }

    /// How warm it is.
    pub(crate) fn at(&self, now: Instant, constant: Span) -> f64 {
        if self.from.to_bits() == self.to.to_bits() || constant == Span::ZERO {
            return self.to;
        }
        debug_assert!(now >= self.since, "a heat store is not asked about what was before {now}");
        let elapsed = now.since(self.since).as_secs_f64() / constant.as_secs_f64();
        let is = self.to + (self.from - self.to) * libm::exp(-elapsed);
        debug_assert!(
            is >= self.from.min(self.to) - 1e-9 && is <= self.from.max(self.to) + 1e-9,
            "{is} is not between where it was, {}, and where it goes, {}",
            self.from,
            self.to
        );
        is
    }

    /// From now on it nears another temperature.
    pub(crate) fn towards(&mut self, to: f64, now: Instant, constant: Span) {
        debug_assert!(to.is_finite() && to > -273.15, "nothing is as cold as {to} degrees");
        *self = Self { from: self.at(now, constant), to, since: now };
    }

    /// Heat that comes at once raises it by so many degrees.
    pub(crate) fn raise(&mut self, by: f64, now: Instant, constant: Span) {
        debug_assert!(by >= 0.0, "what gives off heat does not cool: {by} degrees");
        *self = Self { from: self.at(now, constant) + by, to: self.to, since: now };
    }

    /// How long until it is at least this warm; `None` if it never is.
    pub(crate) fn until_above(&self, level: f64, now: Instant, constant: Span) -> Option<Span> {
        let is = self.at(now, constant);
        if is >= level {
            return Some(Span::ZERO);
        }
        debug_assert!(is < level, "{is} is not below {level}");
        (self.to > level).then(|| constant.scaled(libm::log((self.to - is) / (self.to - level))))
    }

    /// How long until it is at most this warm; `None` if it never is.
    pub(crate) fn until_below(&self, level: f64, now: Instant, constant: Span) -> Option<Span> {
        let is = self.at(now, constant);
        if is <= level {
            return Some(Span::ZERO);
        }
        debug_assert!(is > level, "{is} is not above {level}");
        (self.to < level).then(|| constant.scaled(libm::log((is - self.to) / (level - self.to))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAU: Span = Span::minutes(10);

    #[test]
    fn it_warms_and_cools_by_newtons_law() {
        let mut head = ThermalState::settled(25.0);
        let at = |minutes| Instant::START + Span::minutes(minutes);
        head.towards(95.0, at(0), TAU);
        // 63.2 % of 70 K after one time constant, 95.0 % after three.
        assert!((head.at(at(10), TAU) - (25.0 + 70.0 * 0.632_12)).abs() < 0.01);
        assert!((head.at(at(30), TAU) - (25.0 + 70.0 * 0.950_21)).abs() < 0.01);
        head.raise(10.0, at(30), TAU);
        assert!((head.at(at(30), TAU) - 101.51).abs() < 0.02, "{}", head.at(at(30), TAU));
    }

    #[test]
    fn the_time_to_a_level_is_that_at_which_it_is_there() {
        let mut board = ThermalState::settled(45.0);
        board.towards(95.0, Instant::START, TAU);
        let wait = board.until_above(90.0, Instant::START, TAU).expect("it gets there");
        assert!((wait.as_secs_f64() - 600.0 * libm::log(10.0)).abs() < 0.01);
        assert!((board.at(Instant::START + wait, TAU) - 90.0).abs() < 1e-6);
        assert_eq!(board.until_above(96.0, Instant::START, TAU), None, "it never gets there");
        assert_eq!(board.until_above(40.0, Instant::START, TAU), Some(Span::ZERO), "it is there");
        board.towards(25.0, Instant::START + wait, TAU);
        let cools = board.until_below(75.0, Instant::START + wait, TAU).expect("it cools");
        assert_eq!(board.until_below(20.0, Instant::START + wait, TAU), None, "never so cool");
        assert!((cools.as_secs_f64() - 600.0 * libm::log(65.0 / 50.0)).abs() < 0.01);
    }
}
