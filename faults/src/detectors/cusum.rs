//! A sum that grows by failures and shrinks by successes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Form, Outcome, Unusable};

/// A cumulative sum of outcomes with whole weights: max(0, S + a) after a failure, max(0, S − b) after a success.
///
/// The best ratio of the weights follows from the share p0 that fails when all is well and the share p1 that is to be found:
/// a / b = ln(p1 / p0) / ln((1 − p0) / (1 − p1)). False alarms: by the chain on the sum. (E. S. Page, Biometrika 41, 1954; M. R.
/// Reynolds, Z. G. Stoumbos, Journal of Quality Technology 31, 1999; head start: J. M. Lucas, R. B. Crosier, Technometrics 24,
/// 1982.) +9 −1 with an alarm at 36: 324,549 operations from one to the next at 2 % of failures, 40,125 at 3 %.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cusum {
    /// What a failure adds.
    pub failed_adds: u16,
    /// What a success takes away; the sum is never below 0.
    pub good_takes: u16,
    /// The sum that makes an alarm. While it stands the sum goes on, and is never above this; at 0 the alarm is over.
    pub alarm_at: u32,
    /// The sum at the start and after an alarm: above 0 it finds sooner what was wrong from the first (fast initial response).
    #[serde(default)]
    pub head_start: u32,
}

impl Form for Cusum {
    fn start(&self) -> u64 {
        self.head_start.into()
    }

    fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        debug_assert!(memory < u64::from(self.alarm_at), "a sum of {memory} is an alarm");
        match outcome {
            Outcome::Good => Some(memory.saturating_sub(self.good_takes.into())),
            Outcome::Failed => Some(memory + u64::from(self.failed_adds))
                .filter(|it| *it < u64::from(self.alarm_at)),
        }
    }

    fn alarmed(&self) -> u64 {
        self.alarm_at.into()
    }

    fn stand(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        debug_assert!(memory <= u64::from(self.alarm_at), "a sum of {memory} is above its limit");
        match outcome {
            Outcome::Good => {
                Some(memory.saturating_sub(self.good_takes.into())).filter(|it| *it > 0)
            }
            Outcome::Failed => {
                Some((memory + u64::from(self.failed_adds)).min(self.alarm_at.into()))
            }
        }
    }

    fn brink(&self) -> u64 {
        u64::from(self.alarm_at.saturating_sub(1))
    }

    fn unusable(&self) -> Option<Unusable> {
        let Self { failed_adds, good_takes, alarm_at, head_start } = *self;
        match () {
            () if failed_adds == 0 => {
                let message = "failures that add nothing never make an alarm";
                Some(Unusable::new("failed_adds", message, "set `failed_adds` to 1 or more"))
            }
            () if good_takes == 0 => {
                let message = "an alarm would never be over";
                Some(Unusable::new("good_takes", message, "set `good_takes` to 1 or more"))
            }
            () if head_start >= alarm_at => {
                let message = format!(
                    "a sum that starts at {head_start} is beyond the alarm at {alarm_at} from the first"
                );
                let hint = "`alarm_at` has to be 1 or more, and more than `head_start`";
                Some(Unusable::new("alarm_at", message, hint))
            }
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::OutcomeRule;

    fn rule(failed_adds: u16, alarm_at: u32, head_start: u32) -> OutcomeRule {
        OutcomeRule::Cusum(Cusum { failed_adds, good_takes: 1, alarm_at, head_start })
    }

    /// Law D6: +6 −1, alarm at 20, at 5 % and at 30 %, with and without a head start of half the limit.
    #[test]
    fn run_lengths_are_those_of_the_chain_on_the_sum() {
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        let law = rule(6, 20, 0).run_lengths().expect("a small chain");
        assert_eq!(law.states(), 20);
        close(law.from_start(0.05).mean(), 3_470.79);
        close(law.from_start(0.3).mean(), 17.454_1);
        close(law.after_step(0.05, 0.3).mean(), 16.618_6);
        let quick = rule(6, 20, 10).run_lengths().expect("a small chain");
        close(quick.from_start(0.05).mean(), 3_372.64);
        close(quick.from_start(0.3).mean(), 10.614_2);
    }

    /// The defaults for reads: four failures at once, and what `observations` expects of sound ones.
    #[test]
    fn reads_that_fail_by_bad_media_are_rarely_taken_for_more() {
        let of = |p| rule(9, 36, 0).in_control_run_length(p).expect("a small chain");
        assert!((of(0.02) / 324_549.0 - 1.0).abs() < 1e-5, "{}", of(0.02));
        assert!((of(0.03) / 40_125.0 - 1.0).abs() < 1e-4, "{}", of(0.03));
        assert!((of(1.0) - 4.0).abs() < 1e-12);
        assert!((of(0.5) - 9.8).abs() < 0.05, "{}", of(0.5));
    }
}
