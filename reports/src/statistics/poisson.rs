//! How certain a count of events is.

use super::{Interval, settled, z};

/// Up to this count the exact limits are looked for; beyond it Byar's approximation is right to a part in a thousand.
const FEW: u64 = 100;

/// Limits of 95 % of a Poisson mean of which so many were counted: exact ones (Garwood 1936), or by Byar's approximation
/// (Rothman and Boice 1979).
pub fn garwood(count: u64) -> Interval {
    if count <= FEW {
        let low = count.checked_sub(1).map_or(0.0, |below| mean_with(below, 0.975));
        return Interval(settled(low), settled(mean_with(count, 0.025)));
    }
    let limit = |n: f64, side: f64| {
        let root = 1.0 - 1.0 / (9.0 * n) + side * z() / (3.0 * libm::sqrt(n));
        n * root * root * root
    };
    Interval(settled(limit(count as f64, -1.0)), settled(limit(count as f64 + 1.0, 1.0)))
}

/// The mean with which so many or fewer are counted with this probability, by bisection.
fn mean_with(count: u64, probability: f64) -> f64 {
    let at_most = |mean: f64| {
        let (mut term, mut sum) = (libm::exp(-mean), 0.0);
        for n in 0..=count {
            sum += term;
            term *= mean / (n + 1) as f64;
        }
        sum
    };
    let (mut low, mut high) = (0.0, 4.0 * FEW as f64);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at_most(middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_a_count_are_the_exact_ones() {
        // Exact limits by the chi-square law: scipy.stats.chi2.ppf([.025, .975], [2 n, 2 n + 2]) / 2.
        for (count, low, high) in
            [(1, 0.025_318, 5.571_643), (5, 1.623_486, 11.668_332), (20, 12.216_520, 30.888_384)]
        {
            let Interval(own_low, own_high) = garwood(count);
            assert!((own_low - low).abs() < 1e-5, "{count}: {own_low}");
            assert!((own_high - high).abs() < 1e-5, "{count}: {own_high}");
        }
        assert_eq!(garwood(0).0, 0.0);
        assert!((garwood(0).1 - 3.688_879).abs() < 1e-5);
        // Where the two ways meet.
        let (few, many) = (garwood(FEW), garwood(FEW + 1));
        assert!((many.0 - few.0 - 0.90).abs() < 0.05 && (many.1 - few.1 - 1.10).abs() < 0.05);
    }
}
