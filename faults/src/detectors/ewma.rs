//! A moving average of failures, in whole numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Form, Outcome, Unusable};

/// An exponentially weighted moving average of failures, in whole numbers, so that its law is that of a finite chain:
/// Z − ⌊Z / 2^s⌋ + X·2^(B − s), where X is 1 for a failure and 0 for a success; alarm above a limit.
///
/// False alarms: by the chain on Z. (S. W. Roberts, Technometrics 1, 1959; J. M. Lucas, M. S. Saccucci, Technometrics 32, 1990.)
/// The usual chain of a hundred cells is off by a tenth and more for outcomes, whose averages are discrete; this one is exact.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ewma {
    /// s: the newest outcome weighs 1 / 2^s; from 1 to 16.
    pub weight_shift: u8,
    /// B: a share of 1 is 2^B; at least `weight_shift` and at most 32.
    pub scale_bits: u8,
    /// The average at the start and after an alarm, of 2^B: the share that fails when all is well.
    pub starts_at: u32,
    /// Alarm above this, of 2^B.
    pub alarm_above: u32,
    /// The alarm is over at this or below, of 2^B; where none is given, at `starts_at`.
    #[serde(default)]
    pub clears_at: Option<u32>,
}

impl Ewma {
    fn step(self, memory: u64, outcome: Outcome) -> u64 {
        debug_assert!(memory >> self.scale_bits <= 1, "an average of {memory} is more than 1");
        let failed = u64::from(outcome == Outcome::Failed);
        memory - (memory >> self.weight_shift) + (failed << (self.scale_bits - self.weight_shift))
    }

    /// The lowest that the average comes to: below it, a 2^s-th of it is less than a whole.
    fn lowest(self) -> u32 {
        (1 << self.weight_shift) - 1
    }

    fn clears_at(self) -> u32 {
        self.clears_at.unwrap_or(self.starts_at.max(self.lowest()))
    }
}

impl Form for Ewma {
    fn start(&self) -> u64 {
        self.starts_at.into()
    }

    fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        debug_assert!(memory <= u64::from(self.alarm_above), "an average of {memory} is an alarm");
        Some(self.step(memory, outcome)).filter(|it| *it <= u64::from(self.alarm_above))
    }

    fn alarmed(&self) -> u64 {
        u64::from(self.alarm_above) + 1
    }

    fn stand(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        Some(self.step(memory, outcome)).filter(|it| *it > u64::from(self.clears_at()))
    }

    fn brink(&self) -> u64 {
        self.alarm_above.into()
    }

    fn unusable(&self) -> Option<Unusable> {
        let Self { weight_shift, scale_bits, starts_at, alarm_above, .. } = *self;
        if !(1..=16).contains(&weight_shift) {
            let message = format!("the newest outcome would weigh 1 / 2^{weight_shift}");
            return Some(Unusable::new("weight_shift", message, "set `weight_shift` to 1 to 16"));
        }
        if scale_bits < weight_shift || scale_bits > 32 {
            let message = format!("a share of 1 would be 2^{scale_bits}");
            let hint = "`scale_bits` is from `weight_shift` to 32; usual is 12 or more";
            return Some(Unusable::new("scale_bits", message, hint));
        }
        if u64::from(alarm_above) >> scale_bits > 0 {
            let message =
                format!("no average of outcomes is above {alarm_above} of {}", 1u64 << scale_bits);
            return Some(Unusable::new(
                "alarm_above",
                message,
                "set `alarm_above` to less than 2^`scale_bits`",
            ));
        }
        if starts_at > alarm_above {
            let message = format!(
                "an average that starts at {starts_at} is above {alarm_above} from the first"
            );
            return Some(Unusable::new(
                "starts_at",
                message,
                "`starts_at` has to be at most `alarm_above`",
            ));
        }
        let (clears, lowest) = (self.clears_at(), self.lowest());
        if clears < lowest || clears > alarm_above {
            let message = format!(
                "the alarm would be over at {clears}, which the average never comes to or an alarm never is above"
            );
            let hint = format!("`clears_at` is from {lowest} to `alarm_above`");
            return Some(Unusable::new("clears_at", message, hint));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::OutcomeRule;

    const EWMA: Ewma = Ewma {
        weight_shift: 3,
        scale_bits: 12,
        starts_at: 163,
        alarm_above: 1_300,
        clears_at: None,
    };

    /// Law D5, its fixed-point form: 1/8, 12 bits, from ⌊0.04·2^12⌋, alarm above 1,300.
    #[test]
    fn run_lengths_are_those_of_the_finite_chain() {
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        let law = OutcomeRule::Ewma(EWMA).run_lengths().expect("a small chain");
        assert_eq!(law.states(), 1_294);
        close(law.from_start(0.04).mean(), 3_837.49);
        close(law.from_start(0.3).mean(), 15.769_2);
        close(law.after_step(0.04, 0.3).mean(), 15.693);
    }

    #[test]
    fn the_average_goes_to_one_and_to_nothing_by_whole_numbers() {
        let mut z = EWMA.start();
        for _ in 0..200 {
            z = EWMA.step(z, Outcome::Failed);
        }
        assert!((1 << 12..(1 << 12) + 8).contains(&z), "{z}");
        for _ in 0..200 {
            z = EWMA.step(z, Outcome::Good);
        }
        assert_eq!(z, 7, "below 2^s nothing is taken away");
    }

    #[test]
    fn limits_that_are_never_met_are_refused() {
        let field = |it: Ewma| it.unusable().map(|it| it.field);
        assert_eq!(field(Ewma { weight_shift: 0, ..EWMA }), Some("weight_shift"));
        assert_eq!(field(Ewma { scale_bits: 2, ..EWMA }), Some("scale_bits"));
        assert_eq!(field(Ewma { alarm_above: 4_096, ..EWMA }), Some("alarm_above"));
        assert_eq!(field(Ewma { starts_at: 1_301, ..EWMA }), Some("starts_at"));
        assert_eq!(field(Ewma { clears_at: Some(6), ..EWMA }), Some("clears_at"));
        assert_eq!(field(Ewma { starts_at: 0, ..EWMA }), None);
    }
}
