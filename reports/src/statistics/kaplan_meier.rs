//! Kaplan-Meier: how long something takes when not all of it was seen to end.

use serde::{Deserialize, Serialize};

use super::{Interval, settled, z};

/// How long one took, or at least how long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lifetime {
    /// In seconds.
    pub time_s: f64,
    /// It ended then; otherwise it was last seen then, unended (right-censored).
    pub ended: bool,
}

/// One step of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// When, in seconds.
    pub time_s: f64,
    /// How many had not ended before.
    pub at_risk: u64,
    /// How many ended then.
    pub events: u64,
    /// Share that has not ended after it.
    pub survival: f64,
    /// Log-log interval of 95 %; `None` once all have ended.
    pub ci95: Option<Interval>,
}

/// The product-limit estimate of a survival curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KaplanMeier {
    /// Its steps, in the order of time; only times at which something ended have one.
    pub steps: Vec<SurvivalStep>,
    /// How many lifetimes it was made of.
    pub n: u64,
    /// How many of them are censored.
    pub censored: u64,
}

/// Nine digits are kept: a share this close to its target has reached it.
const ROUNDING: f64 = 1e-9;

impl KaplanMeier {
    /// Fits the curve. Who is censored at a time is still at risk at that time.
    pub fn fit(lifetimes: &[Lifetime]) -> Self {
        let mut sorted: Vec<Lifetime> = lifetimes.to_vec();
        sorted.sort_unstable_by(|a, b| a.time_s.total_cmp(&b.time_s).then(b.ended.cmp(&a.ended)));
        let n = sorted.len() as u64;
        let mut curve = Self { steps: Vec::new(), n, censored: 0 };
        let (mut at_risk, mut survival, mut variance) = (n, 1.0, 0.0);
        for same in sorted.chunk_by(|a, b| a.time_s == b.time_s) {
            let events = same.iter().filter(|life| life.ended).count() as u64;
            if events > 0 {
                let (d, r) = (events as f64, at_risk as f64);
                survival *= 1.0 - d / r;
                variance += d / (r * (r - d));
                let ci95 = log_log(survival, variance);
                let (time_s, survival) = (same[0].time_s, settled(survival));
                curve.steps.push(SurvivalStep { time_s, at_risk, events, survival, ci95 });
            }
            curve.censored += same.len() as u64 - events;
            at_risk -= same.len() as u64;
        }
        curve
    }

    /// Share that lasts longer than this.
    pub fn survival(&self, time_s: f64) -> f64 {
        self.step_at(time_s).map_or(1.0, |step| step.survival)
    }

    /// The last step at or before a time.
    pub fn step_at(&self, time_s: f64) -> Option<&SurvivalStep> {
        let after = self.steps.partition_point(|step| step.time_s <= time_s);
        self.steps.get(after.checked_sub(1)?)
    }

    /// The time by which a share `p` has ended; `None` if censoring leaves that unknown.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let reached = |step: &&SurvivalStep| step.survival <= 1.0 - p + ROUNDING;
        self.steps.iter().find(reached).map(|step| step.time_s)
    }

    /// Mean time up to a horizon: the area under the curve.
    pub fn restricted_mean(&self, horizon_s: f64) -> f64 {
        let (mut area, mut from, mut height) = (0.0, 0.0, 1.0);
        for step in self.steps.iter().take_while(|step| step.time_s < horizon_s) {
            area += (step.time_s - from) * height;
            (from, height) = (step.time_s, step.survival);
        }
        area + (horizon_s - from) * height
    }
}

/// Greenwood's variance on the scale of log(-log S), so that the interval stays between 0 and 1.
fn log_log(survival: f64, variance: f64) -> Option<Interval> {
    if survival <= ROUNDING || survival >= 1.0 {
        return None;
    }
    let log = libm::log(survival);
    let half = z() * libm::sqrt(variance) / log;
    let at = |shift: f64| libm::exp(-libm::exp(libm::log(-log) + shift));
    Some(Interval(settled(at(-half)), settled(at(half))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vector V of the evidence: twelve printers, hours, censored ones false.
    fn printers() -> KaplanMeier {
        let times = [105, 210, 210, 330, 480, 480, 620, 755, 900, 900, 1100, 1300];
        let ended = [true, true, false, true, true, true, false, true, true, false, true, false];
        let lives: Vec<Lifetime> = times
            .iter()
            .zip(ended)
            .map(|(&time, ended)| Lifetime { time_s: f64::from(time), ended })
            .collect();
        KaplanMeier::fit(&lives)
    }

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
    }

    #[test]
    fn the_curve_agrees_with_lifelines() {
        // O1: KaplanMeierFitter(alpha=.05).fit(t, e); restricted_mean_survival_time(km, t=1000).
        let curve = printers();
        for (time, survival, lo, hi) in
            [(480.0, 0.555_556, 0.236_900, 0.786_701), (900.0, 0.333_333, 0.084_861, 0.613_062)]
        {
            near(curve.survival(time), survival);
            let Interval(low, high) = curve.step_at(time).unwrap().ci95.unwrap();
            near(low, lo);
            near(high, hi);
        }
        assert_eq!(curve.quantile(0.5), Some(755.0));
        near(curve.restricted_mean(1000.0), 662.916_667);
        assert_eq!((curve.n, curve.censored), (12, 4));
    }

    #[test]
    fn what_censoring_hides_is_not_estimated() {
        assert_eq!(printers().quantile(0.95), None, "the last printer was still alive");
        let unseen = KaplanMeier::fit(&[Lifetime { time_s: 9.0, ended: false }; 3]);
        assert_eq!((unseen.quantile(0.5), unseen.survival(100.0)), (None, 1.0));
    }

    #[test]
    fn without_censoring_it_is_the_empirical_share() {
        let lives: Vec<Lifetime> =
            (1..=20).map(|i| Lifetime { time_s: f64::from(i), ended: true }).collect();
        let curve = KaplanMeier::fit(&lives);
        assert_eq!(curve.quantile(0.95), Some(19.0));
        assert_eq!(curve.quantile(1.0), Some(20.0));
        assert_eq!(curve.steps.last().unwrap().ci95, None);
    }
}
