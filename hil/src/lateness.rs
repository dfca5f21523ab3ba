//! How late the boundary is: each emission against the moment at which it was due by the wall clock.

use std::time::Duration;

use serde::Serialize;

/// Lateness of everything that was handed out, as a histogram with buckets of at most 1/16 of their value.
#[derive(Clone, Debug)]
pub struct Lateness {
    counts: Vec<u64>,
    count: u64,
    max: Duration,
    limit: Duration,
    missed: u64,
}

/// What a test bench shows of its deadlines. Times in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Events at the boundary.
    pub count: u64,
    /// Half of them were no later than this.
    pub p50_us: f64,
    /// 99 % of them.
    pub p99_us: f64,
    /// 99.9 % of them.
    pub p999_us: f64,
    /// The latest.
    pub max_us: f64,
    /// How many were later than the deadline.
    pub missed: u64,
    /// The deadline.
    pub deadline_us: f64,
}

/// Buckets to each doubling.
const STEPS: u64 = 16;

impl Lateness {
    /// Later than `limit` is a missed deadline.
    pub fn new(limit: Duration) -> Self {
        Self {
            counts: vec![0; 64 * STEPS as usize],
            count: 0,
            max: Duration::ZERO,
            limit,
            missed: 0,
        }
    }

    /// Something was handed out so late.
    pub fn add(&mut self, late: Duration) {
        let bucket = bucket(u64::try_from(late.as_nanos()).unwrap_or(u64::MAX));
        self.counts[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(late);
        self.missed += u64::from(late > self.limit);
    }

    /// How many deadlines were missed.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// The figures so far. A quantile is the upper end of its bucket, and never more than the latest.
    pub fn figures(&self) -> Figures {
        let at = |share: f64| {
            let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
            let mut seen = 0;
            let place = self.counts.iter().position(|n| {
                seen += n;
                seen >= wanted
            });
            let upper = place.map_or(0, upper);
            micros(Duration::from_nanos(upper).min(self.max))
        };
        Figures {
            count: self.count,
            p50_us: at(0.5),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: micros(self.max),
            missed: self.missed,
            deadline_us: micros(self.limit),
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}

/// The first 16 values have a bucket each; above, each doubling has 16.
fn bucket(nanos: u64) -> usize {
    if nanos < STEPS {
        return nanos as usize;
    }
    let doublings = u64::from(nanos.ilog2()) - 4;
    (doublings * STEPS + (nanos >> doublings)) as usize
}

/// The largest value of a bucket.
fn upper(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let doublings = bucket / STEPS - 1;
    let lead = bucket - doublings * STEPS;
    ((lead + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_it_says() {
        for nanos in [0, 1, 15, 16, 17, 31, 32, 33, 1_000, 123_456_789, u64::MAX / 3] {
            let place = bucket(nanos);
            assert!(upper(place) >= nanos, "{nanos}");
            assert!(place == 0 || upper(place - 1) < nanos, "{nanos}");
            assert!(upper(place) as f64 <= nanos as f64 * 1.0626 + 1.0, "{nanos}");
        }
    }

    #[test]
    fn quantiles_and_misses() {
        let mut late = Lateness::new(Duration::from_millis(2));
        (1..=1_000).for_each(|n| late.add(Duration::from_micros(n * 3)));
        let seen = late.figures();
        assert_eq!((seen.count, seen.missed), (1_000, 334));
        assert!((seen.p50_us - 1_500.0).abs() < 100.0 && (seen.p99_us - 2_970.0).abs() < 190.0);
        assert_eq!((seen.max_us, seen.deadline_us), (3_000.0, 2_000.0));
        assert_eq!(Lateness::new(Duration::ZERO).figures().p99_us, 0.0);
    }
}
