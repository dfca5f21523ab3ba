//! Control charts: when a series of readings is no longer what it was.

use crate::detector_settings::Chart;

/// Mean and spread of a series, by Welford's method.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Baseline {
    count: u32,
    mean: f64,
    squares: f64,
}

impl Baseline {
    /// One more reading.
    pub fn learn(&mut self, value: f64) {
        debug_assert!(value.is_finite(), "a reading is a number, not {value}");
        self.count += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.count);
        self.squares += off * (value - self.mean);
        debug_assert!(self.squares >= 0.0, "squares do not add up to {}", self.squares);
    }
    /// How many readings it has.
    pub fn count(&self) -> u32 {
        self.count
    }
    /// How far a reading is from the mean, in standard deviations of at least `least`.
    pub fn standardised(&self, value: f64, min: f64) -> f64 {
        debug_assert!(self.count > 0, "nothing has been learnt to compare {value} with");
        let variance = self.squares / f64::from(self.count.saturating_sub(1).max(1));
        (value - self.mean) / libm::sqrt(variance).max(min)
    }
}

/// State of a control chart of standardised readings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ControlChart {
    /// The moving average, or the sum of what went above.
    high: f64,
    /// The sum of what went below.
    low: f64,
    /// Readings so far.
    count: u32,
}

impl ControlChart {
    /// One more reading; true if the chart signals.
    pub fn signals(&mut self, chart: Chart, reading: f64) -> bool {
        debug_assert!(reading.is_finite(), "a reading is a number, not {reading}");
        self.count = self.count.saturating_add(1);
        match chart {
            Chart::Ewma { weight, limit } => {
                self.high += weight.0 * (reading - self.high);
                // The average's own spread grows from that of one reading to its limit.
                let aged = 1.0 - libm::pow(1.0 - weight.0, 2.0 * f64::from(self.count));
                let spread = libm::sqrt(weight.0 / (2.0 - weight.0) * aged);
                libm::fabs(self.high) > limit.0 * spread
            }
            Chart::Cusum { slack, decision } => {
                self.high = (self.high + reading - slack.0).max(0.0);
                self.low = (self.low - reading - slack.0).max(0.0);
                debug_assert!(self.high >= 0.0 && self.low >= 0.0, "a sum starts anew at zero");
                self.high > decision.0 || self.low > decision.0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_has_the_mean_and_spread_of_its_readings() {
        let mut baseline = Baseline::default();
        [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().for_each(|it| baseline.learn(it));
        // Mean 5, sum of squares 32 over seven.
        let expected = 4.0 / libm::sqrt(32.0 / 7.0);
        assert!((baseline.standardised(9.0, 0.1) - expected).abs() < 1e-12);
        assert_eq!(baseline.standardised(9.0, 8.0), 0.5, "the least spread is believed");
    }
}
