//! Laws of random durations: how long something lasts, lives, or takes.

use crate::random::Stream;
use crate::time::Span;

/// How long something lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Always the same.
    Exactly(Span),
    /// Exponential with this mean.
    Exponential(Span),
    /// Weibull; `age` is the age at the start, for the first life only.
    Weibull {
        /// Above 1 it wears out, below 1 it fails early.
        shape: f64,
        /// 63.2 % have failed by then.
        scale: Span,
        /// Age at the start of the run.
        age: Span,
    },
    /// Competing lives, of which the first to end counts: early failures, chance, wear-out. Its hazard is their sum.
    Bathtub {
        /// Shape, below 1, and scale of early failures.
        early: (f64, Span),
        /// Mean time between failures by chance.
        chance: Span,
        /// Shape, above 1, and scale of wear-out.
        late: (f64, Span),
        /// Age at the start of the run.
        age: Span,
    },
    /// Lognormal by its median and the standard deviation of its logarithm.
    Lognormal {
        /// Half are shorter.
        median: Span,
        /// Spread.
        sigma: f64,
    },
    /// Uniform between two spans.
    Uniform(Span, Span),
}

impl Law {
    /// The same law for something that is older by this at the start; only lives that age know their age.
    #[must_use]
    pub fn aged(self, by: Span) -> Self {
        match self {
            Self::Weibull { shape, scale, age } => Self::Weibull { shape, scale, age: age + by },
            Self::Bathtub { early, chance, late, age } => {
                Self::Bathtub { early, chance, late, age: age + by }
            }
            other => other,
        }
    }
    /// One length of time. Only the first life of a part has its initial age.
    pub fn draw(self, stream: &mut Stream, first: bool) -> Span {
        match self {
            Self::Exactly(span) => span,
            Self::Exponential(mean) => stream.exponential(mean),
            Self::Weibull { shape, scale, age } => {
                stream.weibull(shape, scale, if first { age } else { Span::ZERO })
            }
            Self::Bathtub { early, chance, late, age } => {
                let age = if first { age } else { Span::ZERO };
                let young = stream.weibull(early.0, early.1, age);
                let by_chance = stream.exponential(chance);
                young.min(by_chance).min(stream.weibull(late.0, late.1, age))
            }
            Self::Lognormal { median, sigma } => {
                Span::from_nanos_f64(stream.lognormal(median.0 as f64, sigma))
            }
            Self::Uniform(from, to) => {
                debug_assert!(from <= to, "a uniform law ends after it begins: {from} to {to}");
                from + (to - from).scaled(stream.unit())
            }
        }
    }
}
