//! So many failures in a row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Form, Outcome, Unusable, good_in_a_row, no_good_ones};

/// So many failures in a row.
///
/// False alarms: (1 − p^r) / ((1 − p) p^r) operations from one to the next, where p is the share that fails and r the number in a
/// row. (W. Feller, *An Introduction to Probability Theory and Its Applications* I, 1968, XIII.7.)
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InARow {
    /// Failures in a row that make an alarm.
    pub failures: u8,
    /// Good operations in a row after which it is over.
    #[serde(default = "one")]
    pub clears_after_good: u8,
}

fn one() -> u8 {
    1
}

impl Form for InARow {
    fn start(&self) -> u64 {
        0
    }

    fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        debug_assert!(memory < u64::from(self.failures.max(1)), "{memory} in a row are an alarm");
        match outcome {
            Outcome::Good => Some(0),
            Outcome::Failed => Some(memory + 1).filter(|it| *it < u64::from(self.failures)),
        }
    }

    fn alarmed(&self) -> u64 {
        0
    }

    fn stand(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        good_in_a_row(memory, outcome, self.clears_after_good)
    }

    fn brink(&self) -> u64 {
        u64::from(self.failures.saturating_sub(1))
    }

    fn unusable(&self) -> Option<Unusable> {
        let none = (self.failures == 0).then(|| {
            Unusable::new(
                "failures",
                "an alarm would be raised before anything has failed",
                "set `failures` to 1 or more",
            )
        });
        none.or_else(|| no_good_ones(self.clears_after_good))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::{Change, OutcomeChart, OutcomeRule};

    #[test]
    fn a_good_one_in_between_starts_the_count_anew() {
        let rule = OutcomeRule::InARow(InARow { failures: 3, clears_after_good: 2 });
        let mut chart = OutcomeChart::default();
        let mut seen = |outcomes: &str| -> Vec<Change> {
            outcomes
                .chars()
                .map(|it| {
                    chart.observe(&rule, if it == 'x' { Outcome::Failed } else { Outcome::Good })
                })
                .filter(|it| *it != Change::None)
                .collect()
        };
        assert_eq!(seen("xx.xx."), []);
        assert_eq!(seen("xxx"), [Change::Alarm]);
        assert_eq!(seen(".x.x"), [], "two good ones in a row end it");
        assert_eq!(seen(".."), [Change::Over]);
    }

    #[test]
    fn false_alarms_come_as_fellers_law_says() {
        let mean = |failures, p: f64| {
            OutcomeRule::InARow(InARow { failures, clears_after_good: 1 })
                .in_control_run_length(p)
                .expect("a small chain")
        };
        let closed =
            |r: u8, p: f64| (1.0 - libm::pow(p, r.into())) / ((1.0 - p) * libm::pow(p, r.into()));
        for (r, p) in [(3, 0.04), (3, 0.7), (1, 0.3), (8, 0.2), (2, 0.001)] {
            let (mean, closed) = (mean(r, p), closed(r, p));
            assert!(
                (mean / closed - 1.0).abs() < 1e-9,
                "{r} in a row at {p}: {mean}, not {closed}"
            );
        }
        assert!((mean(3, 0.04) - 16_275.0).abs() < 1e-6, "law D7");
        assert!((mean(3, 1.0) - 3.0).abs() < 1e-12);
        assert_eq!(mean(3, 0.0), f64::INFINITY);
    }
}
