//! How many operations it takes to an alarm: the exact law of a form of outcomes, by its Markov chain.
//!
//! The chain has the memories that a chart can come to, and goes from one to the next by the code of the detector. It is walked, not
//! inverted: after some steps the law of the memory given that there has been no alarm changes no more, and from then on the
//! alarm has the same probability at each operation, so that the tail is geometric. (J. C. Fu, M. V. Koutras, "Distribution theory of
//! runs: a Markov chain approach", Journal of the American Statistical Association 89, 1994; D. Brook, D. A. Evans, "An approach
//! to the probability distribution of CUSUM run length", Biometrika 59, 1972.)

use std::collections::BTreeMap;

use super::{Outcome, OutcomeRule};

/// Where a memory goes: after a success, after a failure; `None` is the alarm.
#[derive(Clone, Copy, Debug)]
struct Next {
    good: Option<usize>,
    failed: Option<usize>,
}

/// The law of the number of operations to an alarm under one rule, for any share that fails.
#[derive(Clone, Debug)]
pub struct RunLengths {
    /// The first is that of the start.
    chain: Vec<Next>,
}

/// The law of the number of operations to an alarm, for one share that fails.
#[derive(Clone, Debug, PartialEq)]
pub struct RunLength {
    /// Probability that the alarm is raised at the first operation, the second and so on.
    at: Vec<f64>,
    /// Probability that it is raised later.
    later: f64,
    /// Probability, from then on, that it is raised at the next operation if it has not been.
    hazard: f64,
}

/// Steps of a walk at the most: far more than any chain takes to forget where it began.
const MOST_STEPS: usize = 100_000;
/// A hazard that changes by less than this share does not change.
const SETTLED: f64 = 1e-13;
/// A law has settled when the hazard has not changed for so many operations, more than any window is long.
const SETTLED_FOR: usize = 80;

impl RunLengths {
    /// Memories that a chain may have; a rule with more of them has no closed form here.
    pub const MOST_STATES: usize = 20_000;

    pub(super) fn of(rule: &OutcomeRule) -> Option<Self> {
        if rule.unusable().is_some() {
            return None;
        }
        let mut places = BTreeMap::from([(rule.start(), 0)]);
        let (mut memories, mut chain) = (vec![rule.start()], Vec::new());
        while let Some(&memory) = memories.get(chain.len()) {
            let mut place = |outcome| {
                let next = rule.watch(memory, outcome)?;
                Some(*places.entry(next).or_insert_with(|| {
                    memories.push(next);
                    memories.len() - 1
                }))
            };
            chain.push(Next { good: place(Outcome::Good), failed: place(Outcome::Failed) });
            if memories.len() > Self::MOST_STATES {
                return None;
            }
        }
        debug_assert_eq!(chain.len(), memories.len(), "every memory has its successors");
        Some(Self { chain })
    }

    /// Number of memories that the chart can come to before an alarm.
    pub fn states(&self) -> usize {
        self.chain.len()
    }

    /// From a start on, if each operation fails with probability `p` by itself.
    pub fn from_start(&self, p: f64) -> RunLength {
        self.walk(&mut self.start(), p, |_, _| {})
    }

    /// After a step of the share that fails from `before` to `after`, at a random operation of a long run in which each false alarm
    /// starts the chart anew (cyclic steady state: R. B. Crosier, Technometrics 28, 1986).
    pub fn after_step(&self, before: f64, after: f64) -> RunLength {
        self.walk(&mut self.steady(before), after, |_, _| {})
    }

    /// One operation: the law of the memory after it, given that it raised no alarm, and the probability that it did.
    fn step(&self, law: &mut Vec<f64>, p: f64, next: &mut Vec<f64>) -> f64 {
        debug_assert!((0.0..=1.0).contains(&p), "a share of operations fails, not {p}");
        next.fill(0.0);
        let mut alarm = 0.0;
        for (weight, to) in law.iter().zip(&self.chain) {
            for (place, share) in [(to.good, 1.0 - p), (to.failed, p)] {
                match place {
                    Some(place) => next[place] += weight * share,
                    None => alarm += weight * share,
                }
            }
        }
        // By what is left, not by one less the alarm: errors of rounding would grow from step to step.
        let left: f64 = next.iter().sum();
        if left > 0.0 {
            next.iter_mut().for_each(|it| *it /= left);
            std::mem::swap(law, next);
        }
        alarm / (alarm + left)
    }

    /// How often the chart is in each memory in a long run in which an alarm starts it anew: its visits from one start to the
    /// alarm. Where the law has settled they stay in proportion for as long as the hazard says.
    fn steady(&self, p: f64) -> Vec<f64> {
        let mut visits = vec![0.0; self.chain.len()];
        let mut law = self.start();
        let length = self.walk(&mut law, p, |law, left| {
            for (visit, share) in visits.iter_mut().zip(law) {
                *visit += left * share;
            }
        });
        if length.later > 0.0 {
            if length.hazard <= 0.0 {
                // There is never an alarm: it is where it has settled.
                return law;
            }
            for (visit, share) in visits.iter_mut().zip(&law) {
                *visit += length.later / length.hazard * share;
            }
        }
        let all: f64 = visits.iter().sum();
        debug_assert!(all >= 1.0 - 1e-9, "the start is one of its memories");
        visits.iter_mut().for_each(|it| *it /= all);
        visits
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.0; self.chain.len()];
        start[0] = 1.0;
        start
    }

    /// Goes from operation to operation until the law of the memory has settled; `visit` gets it before each, with the probability that
    /// there has been no alarm.
    fn walk(&self, law: &mut Vec<f64>, p: f64, mut visit: impl FnMut(&[f64], f64)) -> RunLength {
        debug_assert_eq!(law.len(), self.chain.len(), "a share for each memory");
        let (mut next, mut at) = (vec![0.0; law.len()], Vec::new());
        let (mut left, mut hazard, mut settled) = (1.0, f64::NAN, 0);
        // An alarm that has been impossible so far may become possible when every memory can have been come to.
        let enough = |hazard: f64| {
            if hazard > 0.0 { SETTLED_FOR } else { SETTLED_FOR + self.chain.len() }
        };
        while settled < enough(hazard) && at.len() < MOST_STEPS && left > 0.0 {
            visit(law, left);
            let alarm = self.step(law, p, &mut next);
            settled = if (alarm - hazard).abs() <= SETTLED * alarm { settled + 1 } else { 0 };
            hazard = alarm;
            at.push(left * alarm);
            left *= 1.0 - alarm;
        }
        RunLength { at, later: left, hazard }
    }
}

impl RunLength {
    /// Mean number of operations, that of the alarm included.
    pub fn mean(&self) -> f64 {
        self.moments().0
    }

    /// Standard deviation.
    pub fn sd(&self) -> f64 {
        let (mean, square) = self.moments();
        libm::sqrt((square - mean * mean).max(0.0))
    }

    /// Mean, and mean of the square.
    fn moments(&self) -> (f64, f64) {
        let known = self.at.len() as f64;
        let mut of = (0.0, 0.0);
        for (n, share) in (1u32..).zip(&self.at) {
            let n = f64::from(n);
            of = (of.0 + n * share, of.1 + n * n * share);
        }
        if self.later <= 0.0 {
            return of;
        }
        if self.hazard <= 0.0 {
            return (f64::INFINITY, f64::INFINITY);
        }
        // A geometric number on top of what is known.
        let (mean, square) = (1.0 / self.hazard, (2.0 - self.hazard) / (self.hazard * self.hazard));
        let tail = known * known + 2.0 * known * mean + square;
        (of.0 + self.later * (known + mean), of.1 + self.later * tail)
    }

    /// Mean time to the alarm, where operations come as a Poisson process of this rate.
    pub fn mean_delay(&self, rate: f64) -> f64 {
        self.mean() / rate
    }

    /// Standard deviation of the time to the alarm: a sum of exponential times, as many as there are operations.
    pub fn sd_delay(&self, rate: f64) -> f64 {
        libm::sqrt(self.mean() + self.sd() * self.sd()) / rate
    }

    /// Probability that there has been no alarm within a time, where operations come as a Poisson process of this rate.
    pub fn no_alarm_within(&self, time: f64, rate: f64) -> f64 {
        debug_assert!(time >= 0.0 && rate > 0.0, "{time} at a rate of {rate}");
        let expected = time * rate;
        let (mut poisson, mut alarmed, mut none) = (libm::exp(-expected), 0.0, 0.0);
        let most = expected + 12.0 * libm::sqrt(expected) + 40.0;
        let (mut count, mut left, mut at) = (0.0, self.later, self.at.iter());
        while count <= most {
            none += poisson * (1.0 - alarmed);
            let share = at.next().copied().unwrap_or_else(|| {
                let share = left * self.hazard;
                left -= share;
                share
            });
            alarmed += share;
            count += 1.0;
            poisson *= expected / count;
        }
        none
    }

    /// The time to the alarm that is exceeded with this probability.
    pub fn delay_exceeded(&self, by: f64, rate: f64) -> f64 {
        debug_assert!(by > 0.0 && by < 1.0, "a probability of {by}");
        let (mut low, mut high) = (0.0, self.mean_delay(rate));
        while self.no_alarm_within(high, rate) > by {
            (low, high) = (high, 2.0 * high);
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.no_alarm_within(middle, rate) > by { low = middle } else { high = middle }
        }
        high
    }
}

impl OutcomeRule {
    /// The law of the number of operations to an alarm: its chain, from its settings. `None` if the chain has more states
    /// than [`RunLengths::MOST_STATES`].
    pub fn run_lengths(&self) -> Option<RunLengths> {
        RunLengths::of(self)
    }

    /// Mean number of sound operations from a start to a false alarm, if each fails with this probability by itself (ARL0); infinite
    /// if none fails. `None` if the chain is too large to be walked.
    pub fn in_control_run_length(&self, p: f64) -> Option<f64> {
        debug_assert!((0.0..=1.0).contains(&p), "a share of operations fails, not {p}");
        self.run_lengths().map(|it| it.from_start(p).mean())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::{Change, InARow, KOfN, OutcomeChart};

    /// The chain is the detector: a long row of outcomes has as many alarms as it says.
    #[test]
    fn a_chart_alarms_as_often_as_its_chain_says() {
        let rule = OutcomeRule::KOfN(KOfN { k: 2, n: 4, clears_after_good: 1 });
        let (mut chart, mut alarms, mut watched) = (OutcomeChart::default(), 0u32, 0u32);
        let mut bits = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..400_000 {
            // Xorshift: any source of outcomes will do.
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let outcome = if bits >> 40 & 0xff < 26 { Outcome::Failed } else { Outcome::Good };
            watched += u32::from(!chart.stands());
            alarms += u32::from(chart.observe(&rule, outcome) == Change::Alarm);
        }
        let expected = rule.in_control_run_length(26.0 / 256.0).expect("a small chain");
        let found = f64::from(watched) / f64::from(alarms);
        assert!((found / expected - 1.0).abs() < 0.03, "{found}, not {expected}");
    }

    /// Law D4: times to an alarm after a step from 3 % to 35 %, one operation every hundred seconds.
    #[test]
    fn delays_are_those_of_operations_that_come_by_chance() {
        let rule = OutcomeRule::KOfN(KOfN { k: 3, n: 8, clears_after_good: 1 });
        let law = rule.run_lengths().expect("a small chain").after_step(0.03, 0.35);
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        close(law.mean_delay(0.01), 944.862);
        close(law.sd_delay(0.01), 710.243);
        close(law.delay_exceeded(0.05, 0.01), 2_346.18);
    }

    #[test]
    fn a_long_row_is_waited_for() {
        let rule = OutcomeRule::InARow(InARow { failures: 255, clears_after_good: 1 });
        let mean = rule.in_control_run_length(0.99).expect("a small chain");
        let closed = (1.0 - libm::pow(0.99, 255.0)) / (0.01 * libm::pow(0.99, 255.0));
        assert!((mean / closed - 1.0).abs() < 1e-6, "{mean}, not {closed}");
    }

    /// Law D7: three in a row at 70 %, a sale every three minutes.
    #[test]
    fn delays_from_a_start_are_those_of_a_row() {
        let rule = OutcomeRule::InARow(InARow { failures: 3, clears_after_good: 1 });
        let law = rule.run_lengths().expect("a small chain").from_start(0.7);
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        close(law.mean_delay(1.0 / 180.0), 1_149.27);
        close(law.sd_delay(1.0 / 180.0), 900.409);
        close(law.delay_exceeded(0.05, 1.0 / 180.0), 2_929.75);
    }
}
