//! Forms of detectors: what makes an alarm out of observations, and how often it is wrong.
//!
//! ```text
//! outcome of an operation ─▶ OutcomeChart under an OutcomeRule ─▶ Change: alarm, over, none
//! sensor sample ──────────▶ SampledLimit under a Limit ────────▶ the same
//! switch ─────────────────▶ DebouncedSwitch under a Debounce ──▶ the same
//! ```
//!
//! A form is pure: it gets its settings, its own memory and one observation, and can name nothing else. The settings are policy;
//! the memory is a few bytes of each actor that has such a detector. Every form of a rate of outcomes can say how
//! many sound operations it takes to a false alarm ([`OutcomeRule::in_control_run_length`]), by the exact law of its own
//! code: the chain of [`run_length`] is walked by the same function that the detector runs.

pub mod cusum;
pub mod debounce;
pub mod ewma;
pub mod in_a_row;
pub mod k_of_n;
pub mod limit;
pub mod run_length;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use cusum::Cusum;
pub use debounce::{Debounce, DebouncedSwitch};
pub use ewma::Ewma;
pub use in_a_row::InARow;
pub use k_of_n::KOfN;
pub use limit::{Limit, SampleLaw, SampledLimit, Side};

/// How one operation came out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// As it should.
    Good,
    /// It failed.
    Failed,
}

/// What an observation changed.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// The alarm is raised.
    Alarm,
    /// The alarm is over.
    Over,
}

/// What is wrong with settings: the field, what would come of it, and how it is mended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unusable {
    /// The field.
    pub field: &'static str,
    /// What would come of it.
    pub message: String,
    /// How it is mended.
    pub hint: String,
}

impl Unusable {
    pub(crate) fn new(
        field: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { field, message: message.into(), hint: hint.into() }
    }
}

/// What a form of outcomes does with its memory: a whole number that says everything it remembers.
pub(crate) trait Form {
    /// The memory of a chart that has seen nothing.
    fn start(&self) -> u64;
    /// The memory after one more outcome while no alarm stands; `None` if it raises the alarm.
    fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64>;
    /// The memory with which an alarm begins to stand.
    fn alarmed(&self) -> u64;
    /// The memory after one more outcome while the alarm stands; `None` if the alarm is over.
    fn stand(&self, memory: u64, outcome: Outcome) -> Option<u64>;
    /// The memory that is one failure short of the alarm.
    fn brink(&self) -> u64;
    /// What makes the settings unusable.
    fn unusable(&self) -> Option<Unusable>;
}

/// When the outcomes of operations make an alarm, and when it is over. Over it starts anew, with what it remembers at the start.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum OutcomeRule {
    /// So many failures in a row.
    InARow(InARow),
    /// So many failures among the last so many operations.
    KOfN(KOfN),
    /// A sum that grows by failures and shrinks by successes.
    Cusum(Cusum),
    /// A moving average of failures, in whole numbers.
    Ewma(Ewma),
}

impl OutcomeRule {
    fn form(&self) -> &dyn Form {
        match self {
            Self::InARow(it) => it,
            Self::KOfN(it) => it,
            Self::Cusum(it) => it,
            Self::Ewma(it) => it,
        }
    }

    /// What makes these settings unusable; `None` if they can be used.
    pub fn unusable(&self) -> Option<Unusable> {
        self.form().unusable()
    }

    pub(crate) fn start(&self) -> u64 {
        self.form().start()
    }

    pub(crate) fn watch(&self, memory: u64, outcome: Outcome) -> Option<u64> {
        self.form().watch(memory, outcome)
    }
}

/// What a detector of outcomes remembers: nine bytes, whatever its form.
///
/// An alarm is raised once and stands until it is over; a chart whose alarm stands raises none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct OutcomeChart {
    /// The memory of the form, bit by bit compared with that at the start: a new chart is all zeros under any rule.
    memory: [u8; 8],
    stands: bool,
}

impl OutcomeChart {
    /// One more outcome.
    pub fn observe(&mut self, rule: &OutcomeRule, outcome: Outcome) -> Change {
        let form = rule.form();
        let memory = self.memory(form);
        let next = match self.stands {
            false => form.watch(memory, outcome),
            true => form.stand(memory, outcome),
        };
        match (next, self.stands) {
            (Some(next), _) => {
                self.remember(form, next);
                Change::None
            }
            (None, false) => {
                debug_assert_eq!(outcome, Outcome::Failed, "what went well raises no alarm");
                self.stands = true;
                self.remember(form, form.alarmed());
                Change::Alarm
            }
            (None, true) => {
                debug_assert_eq!(outcome, Outcome::Good, "no alarm is over by a failure");
                *self = Self::default();
                Change::Over
            }
        }
    }

    /// The alarm stands.
    pub fn stands(&self) -> bool {
        self.stands
    }

    /// Something has been done about it: the alarm is taken back, and one more failure raises it again. What was seen before
    /// says nothing of what is now, and a repair that did not help should not have to be found out anew.
    pub fn put_on_probation(&mut self, rule: &OutcomeRule) {
        if !self.stands {
            return;
        }
        self.stands = false;
        self.remember(rule.form(), rule.form().brink());
        debug_assert_eq!(
            rule.watch(self.memory(rule.form()), Outcome::Failed),
            None,
            "one failure short of an alarm"
        );
    }

    fn memory(self, form: &dyn Form) -> u64 {
        u64::from_le_bytes(self.memory) ^ form.start()
    }

    fn remember(&mut self, form: &dyn Form, memory: u64) {
        self.memory = (memory ^ form.start()).to_le_bytes();
    }
}

/// Memory of the forms whose alarm is over after so many good operations in a row: how many there have been.
pub(crate) fn good_in_a_row(so_far: u64, outcome: Outcome, enough: u8) -> Option<u64> {
    match outcome {
        Outcome::Failed => Some(0),
        Outcome::Good if so_far + 1 >= u64::from(enough) => None,
        Outcome::Good => Some(so_far + 1),
    }
}

pub(crate) fn no_good_ones(enough: u8) -> Option<Unusable> {
    (enough == 0).then(|| {
        Unusable::new(
            "clears_after_good",
            "an alarm would be over before anything has gone well",
            "set `clears_after_good` to 1 or more",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) const RULES: &[OutcomeRule] = &[
        OutcomeRule::InARow(InARow { failures: 3, clears_after_good: 2 }),
        OutcomeRule::KOfN(KOfN { k: 3, n: 5, clears_after_good: 3 }),
        OutcomeRule::Cusum(Cusum { failed_adds: 9, good_takes: 1, alarm_at: 36, head_start: 0 }),
        OutcomeRule::Cusum(Cusum { failed_adds: 6, good_takes: 1, alarm_at: 20, head_start: 10 }),
        OutcomeRule::Ewma(Ewma {
            weight_shift: 3,
            scale_bits: 12,
            starts_at: 163,
            alarm_above: 1_300,
            clears_at: None,
        }),
    ];

    fn to_alarm(chart: &mut OutcomeChart, rule: &OutcomeRule) -> u32 {
        (1..1_000)
            .find(|_| chart.observe(rule, Outcome::Failed) == Change::Alarm)
            .expect("an alarm")
    }

    #[test]
    fn an_alarm_is_raised_once_stands_and_is_over_once() {
        for rule in RULES {
            assert_eq!(rule.unusable(), None, "{rule:?}");
            let mut chart = OutcomeChart::default();
            let first = to_alarm(&mut chart, rule);
            assert!(first > 1, "{rule:?}: one failure is no rate");
            for _ in 0..100 {
                assert_eq!(chart.observe(rule, Outcome::Failed), Change::None, "{rule:?}");
                assert!(chart.stands());
            }
            let over = (1..1_000).find(|_| chart.observe(rule, Outcome::Good) == Change::Over);
            assert!(over.is_some() && !chart.stands(), "{rule:?}");
            assert_eq!(chart, OutcomeChart::default(), "{rule:?}: over it starts anew");
            assert_eq!(to_alarm(&mut chart, rule), first, "{rule:?}");
        }
    }

    #[test]
    fn after_something_was_done_one_failure_is_enough() {
        for rule in RULES {
            let mut chart = OutcomeChart::default();
            chart.put_on_probation(rule);
            assert_eq!(chart, OutcomeChart::default(), "{rule:?}: nothing stood");
            to_alarm(&mut chart, rule);
            chart.put_on_probation(rule);
            assert!(!chart.stands(), "{rule:?}");
            assert_eq!(chart.observe(rule, Outcome::Failed), Change::Alarm, "{rule:?}");
        }
    }

    #[test]
    fn a_chart_is_small() {
        assert!(size_of::<OutcomeChart>() <= 9);
    }
}
