//! An interval for a quotient of sums over independent replications, at any level: means are the case of equal weights.

use super::{average, t_quantile_at};

/// What one replication says of a quotient: its share of the numerator and of the denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Of the numerator: lost sales, hours of life.
    pub of: f64,
    /// Of the denominator: sales, failures; 1 where the replications are to count alike.
    pub per: f64,
}

impl Sample {
    /// A quotient of two sums.
    pub const fn ratio(of: f64, per: f64) -> Self {
        Self { of, per }
    }
    /// One value; replications count alike.
    pub const fn value(value: f64) -> Self {
        Self { of: value, per: 1.0 }
    }
    /// The mean of values; replications count by their number of values.
    pub fn mean(values: &[f64]) -> Self {
        Self { of: values.iter().sum(), per: values.len() as f64 }
    }
}

/// An estimate with the half-width of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The interval is `value ± half_width`.
    pub half_width: f64,
}

/// The quotient of the sums with Student's interval at `level` (0.999 for 99.9 %), by the delta method: Law and Kelton's
/// regenerative estimator. It takes two replications and a denominator.
pub fn estimate(samples: &[Sample], level: f64) -> Option<Estimate> {
    let of: Vec<f64> = samples.iter().map(|it| it.of).collect();
    let per: Vec<f64> = samples.iter().map(|it| it.per).collect();
    let mean_per = average(&per).filter(|it| *it > 0.0)?;
    let value = average(&of)? / mean_per;
    let freedom = samples.len().checked_sub(1).filter(|&f| f > 0)? as f64;
    let residual = |it: &Sample| it.of - value * it.per;
    let squares: f64 = samples.iter().map(|it| residual(it) * residual(it)).sum();
    let error = libm::sqrt(squares / freedom / samples.len() as f64) / mean_per;
    let half_width = t_quantile_at(freedom, f64::midpoint(1.0, level)) * error;
    Some(Estimate { value, half_width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_equal_weights_it_is_students_interval() {
        let values = [4.1, 3.9, 4.4, 4.0, 3.7, 4.2];
        let samples = values.map(Sample::value);
        let found = estimate(&samples, 0.95).expect("six values");
        let known = super::super::t_interval(&values).expect("six values");
        assert!((found.value - found.half_width - known.0).abs() < 1e-8);
        assert!((found.value + found.half_width - known.1).abs() < 1e-8);
        // The 99.95 % quantile of Student's t with five degrees of freedom is 6.869 (tables).
        let wide = estimate(&samples, 0.999).expect("six values");
        assert!((wide.half_width / found.half_width - 6.868_8 / 2.570_6).abs() < 1e-3);
    }

    #[test]
    fn replications_count_by_their_denominators() {
        let samples = [Sample::ratio(1.0, 10.0), Sample::ratio(9.0, 30.0)];
        let found = estimate(&samples, 0.95).expect("two samples");
        assert!((found.value - 0.25).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_estimated_from_nothing() {
        assert_eq!(estimate(&[], 0.95), None);
        assert_eq!(estimate(&[Sample::value(1.0)], 0.95), None);
        assert_eq!(estimate(&[Sample::ratio(0.0, 0.0); 3], 0.95), None);
    }
}
