//! The statistics that measures are made of. What cannot be estimated is `None`, never zero and never NaN.

pub mod kaplan_meier;
pub mod poisson;
pub mod ratio;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

pub use kaplan_meier::{KaplanMeier, Lifetime, SurvivalStep};
pub use poisson::garwood;
pub use ratio::{Estimate, Sample, estimate};

/// A confidence interval of 95 %: its lower and its upper end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval(pub f64, pub f64);

/// A part of a whole, with its Wilson interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many have it.
    pub count: u64,
    /// How many there are.
    pub of: u64,
    /// The quotient; `None` of nothing.
    pub value: Option<f64>,
    /// Wilson interval of 95 %.
    pub ci95: Option<Interval>,
}

impl Share {
    /// `count` of `of`.
    pub fn new(count: u64, of: u64) -> Self {
        let value = (of > 0).then(|| settled(count as f64 / of as f64));
        Self { count, of, value, ci95: wilson(count, of) }
    }
}

/// Times until something happened, with those that were never seen to end kept as censored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Mean of those that ended, in seconds.
    pub mean: Option<f64>,
    /// Median by Kaplan-Meier, in seconds; `None` if fewer than half are known to have ended.
    pub p50: Option<f64>,
    /// 95th percentile by Kaplan-Meier, in seconds; `None` if it was not reached.
    pub p95: Option<f64>,
    /// t interval of 95 % of the mean of those that ended.
    pub ci95: Option<Interval>,
    /// How many there are, the censored ones included.
    pub n: u64,
    /// How many were not seen to end.
    pub censored: u64,
}

impl Times {
    /// Sums up a set of lifetimes.
    pub fn of(lifetimes: &[Lifetime]) -> Self {
        let mut ended: Vec<f64> =
            lifetimes.iter().filter(|life| life.ended).map(|life| life.time_s).collect();
        ended.sort_unstable_by(f64::total_cmp);
        let curve = KaplanMeier::fit(lifetimes);
        Self {
            mean: mean(&ended),
            p50: curve.quantile(0.5),
            p95: curve.quantile(0.95),
            ci95: t_interval(&ended),
            n: lifetimes.len() as u64,
            censored: (lifetimes.len() - ended.len()) as u64,
        }
    }
}

/// Nine digits of a result. What follows them differs between machines, and results must not.
pub(crate) fn settled(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// The arithmetic mean.
pub fn mean(values: &[f64]) -> Option<f64> {
    average(values).map(settled)
}

fn average(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Student's interval of the mean, 95 %. It takes two values to have one.
pub fn t_interval(values: &[f64]) -> Option<Interval> {
    let mean = average(values)?;
    let freedom = values.len().checked_sub(1).filter(|&f| f > 0)? as f64;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = libm::sqrt(squares / freedom / values.len() as f64);
    let half = t_quantile(freedom) * error;
    Some(Interval(settled(mean - half), settled(mean + half)))
}

/// From here on Student's t is computed from the normal law: statrs inverts it by bisection, which loses four digits
/// at a million degrees of freedom; the series is right to nine digits from a hundred on.
const NEARLY_NORMAL: f64 = 100.0;

/// The 97.5 % quantile of Student's t.
fn t_quantile(freedom: f64) -> f64 {
    t_quantile_at(freedom, 0.975)
}

/// A quantile of Student's t.
fn t_quantile_at(freedom: f64, p: f64) -> f64 {
    if freedom < NEARLY_NORMAL {
        return StudentsT::new(0.0, 1.0, freedom).map_or(f64::NAN, |law| law.inverse_cdf(p));
    }
    // Abramowitz and Stegun 26.7.5.
    let z = Normal::standard().inverse_cdf(p);
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    z + (first + (second + third / freedom) / freedom) / freedom
}

/// The 97.5 % quantile of the normal law.
pub(crate) fn z() -> f64 {
    Normal::standard().inverse_cdf(0.975)
}

/// Wilson's interval of a proportion, 95 %.
pub fn wilson(successes: u64, of: u64) -> Option<Interval> {
    if of == 0 {
        return None;
    }
    let (n, z) = (of as f64, z());
    let share = successes as f64 / n;
    let shrink = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / shrink;
    let half = z / shrink * libm::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    // At the edges the ends are exact, which rounding would hide.
    let lo = if successes == 0 { 0.0 } else { settled(centre - half) };
    let hi = if successes == of { 1.0 } else { settled(centre + half) };
    Some(Interval(lo, hi))
}

/// A quantile of sorted values, by linear interpolation between order statistics (type 7 of Hyndman and Fan).
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place as usize;
    let above = (below + 1).min(last);
    Some(settled(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!(
            (value - expected).abs() <= 1e-6 * expected.abs().max(1e-3),
            "{value} is not {expected}"
        );
    }

    #[test]
    fn wilson_agrees_with_statsmodels() {
        // O5: proportion_confint(188, 200, method='wilson').
        let Interval(lo, hi) = wilson(188, 200).unwrap();
        near(lo, 0.898_068);
        near(hi, 0.965_348);
        assert_eq!(wilson(0, 0), None);
        let Interval(none, some) = wilson(0, 10).unwrap();
        assert!(none == 0.0 && some > 0.2, "no success out of ten is not certainty");
    }

    #[test]
    fn the_t_interval_agrees_with_scipy() {
        // O9: ttest_rel(a, b).confidence_interval(.95): the interval of the mean of a - b.
        let a = [101.2, 98.7, 110.3, 95.1, 102.8, 99.9, 107.4, 103.0];
        let b = [99.8, 97.1, 108.0, 94.9, 100.7, 99.0, 105.1, 101.2];
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let Interval(lo, hi) = t_interval(&differences).unwrap();
        near(lo, 0.962_688);
        near(hi, 2.187_312);
        assert_eq!(t_interval(&[1.0]), None, "one value says nothing about its spread");
    }

    #[test]
    fn the_t_quantile_nears_the_normal_one() {
        for (freedom, quantile) in [
            (1.0, 12.706_204_736),
            (9.0, 2.262_157_163),
            (99.0, 1.984_216_952),
            (100.0, 1.983_971_519),
            (1_000.0, 1.962_339_081),
            (1e6, 1.959_966_357),
        ] {
            near(t_quantile(freedom), quantile);
        }
        near(z(), 1.959_963_985);
    }

    #[test]
    fn quantiles_are_of_type_seven() {
        // O11, the linear definition: x = i^1.5, i = 1..100.
        let x: Vec<f64> = (1..=100).map(|i| libm::pow(f64::from(i), 1.5)).collect();
        near(quantile(&x, 0.95).unwrap(), 926.678_393);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.95), Some(3.0));
    }

    #[test]
    fn nothing_is_estimated_from_nothing() {
        let times = Times::of(&[]);
        assert_eq!(times, Times::default());
        assert_eq!(serde_json::to_value(times).unwrap()["mean"], serde_json::Value::Null);
        assert_eq!(Share::new(0, 0).value, None);
    }
}
