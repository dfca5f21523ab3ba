//! So many failures among the last so many operations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Form, Outcome, Unusable, good_in_a_row, no_good_ones};

/// So many failures among the last so many operations. The window starts empty, and an alarm empties it.
///
/// False alarms: by the chain on the last n − 1 outcomes. (J. C. Fu, M. V. Koutras, Journal of the American Statistical Association
/// 89, 1994; C. W. Champ, W. H. Woodall, Technometrics 29, 1987.) 3 of 5 at 1 % of failures: 172,930 operations from one to the
/// next.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KOfN {
    /// Failures that make an alarm.
    pub k: u8,
    /// Among so many operations; at most 64.
    pub n: u8,
    /// Good operations in a row after which it is over.
    #[serde(default = "three")]
    pub clears_after_good: u8,
}

fn three() -> u8 {
    3
}

impl KOfN {
    /// The longest window.
    pub const MOST: u8 = 64;

    /// The last n − 1 outcomes, the newest in the lowest bit: all that matters of them for the next.
    fn remembered(self) -> u64 {
        (1 << (self.n.clamp(1, Self::MOST) - 1)) - 1
    }
}

impl Form for KOfN {
    fn start(&self) -> u64 {
        0
    }

    fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        debug_assert_eq!(memory & !self.remembered(), 0, "what has left the window is forgotten");
        let window = memory << 1 | u64::from(outcome == Outcome::Failed);
        (window.count_ones() < u32::from(self.k)).then_some(window & self.remembered())
    }

    fn alarmed(&self) -> u64 {
        0
    }

    fn stand(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        good_in_a_row(memory, outcome, self.clears_after_good)
    }

    fn brink(&self) -> u64 {
        debug_assert!(self.k <= self.n, "{} failures do not fit into {}", self.k, self.n);
        (1u64 << (self.k.clamp(1, Self::MOST) - 1)) - 1
    }

    fn unusable(&self) -> Option<Unusable> {
        let Self { k, n, .. } = *self;
        let found = match () {
            () if n > Self::MOST => {
                let message = format!("a window of {n} operations is longer than is remembered");
                Some(("n", message, "set `n` to at most 64"))
            }
            () if k == 0 => {
                let message = "an alarm would be raised before anything has failed".to_owned();
                Some(("k", message, "set `k` to 1 or more"))
            }
            () if k > n => {
                let message = format!("{k} of the last {n} operations can never fail");
                Some(("k", message, "`k` has to be at most `n`"))
            }
            () => None,
        };
        let found = found.map(|(field, message, hint)| Unusable::new(field, message, hint));
        found.or_else(|| no_good_ones(self.clears_after_good))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::{Change, OutcomeChart, OutcomeRule};

    fn rule(k: u8, n: u8) -> OutcomeRule {
        OutcomeRule::KOfN(KOfN { k, n, clears_after_good: 3 })
    }

    fn alarm_at(rule: OutcomeRule, outcomes: &str) -> Option<usize> {
        let mut chart = OutcomeChart::default();
        outcomes.chars().position(|it| {
            let outcome = if it == 'x' { Outcome::Failed } else { Outcome::Good };
            chart.observe(&rule, outcome) == Change::Alarm
        })
    }

    #[test]
    fn what_has_left_the_window_does_not_count() {
        assert_eq!(alarm_at(rule(3, 5), "x.x.x"), Some(4));
        assert_eq!(alarm_at(rule(3, 5), "x.x..x.x.."), None);
        assert_eq!(alarm_at(rule(3, 5), "x..xx"), Some(4));
        assert_eq!(alarm_at(rule(3, 5), "x...xx"), None, "the first of six is outside");
        let far = format!("x{}x", ".".repeat(62));
        assert_eq!(alarm_at(rule(2, 64), &far), Some(63));
        assert_eq!(alarm_at(rule(2, 64), &format!("x{}x", ".".repeat(63))), None);
        assert_eq!(alarm_at(rule(1, 1), "..x"), Some(2));
        assert_eq!(alarm_at(rule(64, 64), &"x".repeat(64)), Some(63));
    }

    /// Law D4: 3 of 8 at 3 % and at 35 %.
    #[test]
    fn run_lengths_are_those_of_the_chain_on_the_last_outcomes() {
        let law = rule(3, 8).run_lengths().expect("a small chain");
        assert_eq!(law.states(), 29);
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        close(law.from_start(0.03).mean(), 2_226.18);
        close(law.from_start(0.35).mean(), 9.776_95);
        close(law.after_step(0.03, 0.35).mean(), 9.448_62);
        close(rule(3, 5).in_control_run_length(0.01).expect("a small chain"), 172_930.0);
    }

    #[test]
    fn a_chain_that_is_too_large_has_no_closed_form_here() {
        assert!(rule(20, 64).run_lengths().is_none());
        assert!(rule(3, 64).run_lengths().is_some());
    }
}
