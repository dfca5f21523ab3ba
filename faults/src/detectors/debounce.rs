//! A switch that has to hold for a time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Instant, Span};

use super::Change;

/// For how long a switch has to be closed without a break before it counts, and open before that is over.
///
/// False alarms by glitches: a switch that is quiet for an exponential time of mean 1/g and then closed for one of mean d trips
/// e^(−B/d) / (1/g + d) times a second, where B is the time to alarm. (D. R. Cox, *Renewal Theory*, 1962.)
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Debounce {
    /// Alarm when it has been closed for so long without a break.
    pub alarm_after: Span,
    /// Over when it has been open for so long without a break.
    pub clear_after: Span,
}

/// What a debounced switch remembers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DebouncedSwitch {
    closed: bool,
    stands: bool,
    /// When it was last closed or opened.
    since: Instant,
}

impl Debounce {
    /// Alarms a second by glitches: quiet for 1/`glitches_per_s` on average, then closed for `closed_s`, both exponential.
    pub fn false_alarms_per_s(self, glitches_per_s: f64, closed_s: f64) -> f64 {
        debug_assert!(
            glitches_per_s > 0.0 && closed_s > 0.0,
            "{glitches_per_s} a second of {closed_s} s"
        );
        libm::exp(-self.alarm_after.as_secs_f64() / closed_s) / (1.0 / glitches_per_s + closed_s)
    }
}

impl DebouncedSwitch {
    /// It is closed or opened. The wait after which [`Self::held`] is to be asked, if it can change anything then: while
    /// nothing changes nothing is looked at.
    pub fn turn(&mut self, debounce: Debounce, closed: bool, now: Instant) -> Option<Span> {
        debug_assert!(now >= self.since, "a switch is not turned before {}", self.since);
        if closed == self.closed {
            return None;
        }
        (self.closed, self.since) = (closed, now);
        (self.closed != self.stands).then(|| self.holds(debounce))
    }

    /// What it comes to that it has held until now.
    pub fn held(&mut self, debounce: Debounce, now: Instant) -> Change {
        if self.closed == self.stands || now.since(self.since) < self.holds(debounce) {
            return Change::None;
        }
        self.stands = self.closed;
        if self.stands { Change::Alarm } else { Change::Over }
    }

    fn holds(self, debounce: Debounce) -> Span {
        if self.closed { debounce.alarm_after } else { debounce.clear_after }
    }

    /// The alarm stands.
    pub fn stands(self) -> bool {
        self.stands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAINS: Debounce = Debounce { alarm_after: Span::secs(1), clear_after: Span::secs(5) };

    fn at(millis: u64) -> Instant {
        Instant::START + Span::millis(millis)
    }

    #[test]
    fn a_break_starts_the_time_anew() {
        let mut switch = DebouncedSwitch::default();
        assert_eq!(switch.turn(MAINS, true, at(0)), Some(Span::secs(1)));
        assert_eq!(switch.turn(MAINS, true, at(300)), None, "it is closed already");
        assert_eq!(switch.turn(MAINS, false, at(900)), None, "open it is as it was");
        assert_eq!(switch.turn(MAINS, true, at(950)), Some(Span::secs(1)));
        assert_eq!(switch.held(MAINS, at(1_000)), Change::None, "the note of the first closing");
        assert_eq!(switch.held(MAINS, at(1_949)), Change::None);
        assert_eq!(switch.held(MAINS, at(1_950)), Change::Alarm);
        assert_eq!(switch.held(MAINS, at(1_951)), Change::None, "once");
        assert_eq!(switch.turn(MAINS, false, at(3_000)), Some(Span::secs(5)));
        assert_eq!(switch.held(MAINS, at(7_999)), Change::None);
        assert!(switch.stands());
        assert_eq!(switch.held(MAINS, at(8_000)), Change::Over);
    }

    /// Law D3: a glitch a minute of 50 ms, debounced for 250 ms.
    #[test]
    fn glitches_trip_it_as_seldom_as_renewals_are_long() {
        let debounce = Debounce { alarm_after: Span::millis(250), clear_after: Span::ZERO };
        let a_year = debounce.false_alarms_per_s(1.0 / 60.0, 0.05) * 31_536_000.0;
        assert!((a_year / 3_538.52 - 1.0).abs() < 5e-6, "{a_year}");
    }
}
