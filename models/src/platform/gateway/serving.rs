//! How long serving takes, a request or a terminal, and what becomes of a request that finds no room.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::{Factor, Probability};
use sim::{normal, unit};

/// The law of the time to serve one: a request at the gateway, a terminal in a technician's hands. Its mean is set beside it,
/// whatever the law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Serving {
    /// Random, without memory: variance is the square of the mean.
    #[default]
    Exponential,
    /// Always the same.
    Constant,
    /// With a long tail.
    Lognormal {
        /// Standard deviation of the logarithm; the variance is exp(sigma²) - 1 times the square of the mean.
        sigma: Factor,
    },
    /// Two kinds, each exponential.
    Mixture {
        /// The share of the first kind.
        share: Probability,
        /// Its mean, as a multiple of that of both; the other kind takes as much as makes the mean of both right.
        factor: Factor,
    },
}

impl Serving {
    /// Why this law cannot be, if it cannot.
    pub fn contradiction(self) -> Option<String> {
        match self {
            Self::Mixture { share, factor } if share.0 * factor.0 > 1.0 || share.0 >= 1.0 => Some(format!(
                "{} of all requests with {} times the mean leave nothing for the others",
                share.0, factor.0
            )),
            _ => None,
        }
    }

    /// One time, from four random numbers.
    pub(crate) fn draw(self, mean: Span, bits: [u32; 4]) -> Span {
        debug_assert!(self.contradiction().is_none(), "no law has this mean: {self:?}");
        let exponential = || -libm::log(unit(bits[0]));
        match self {
            Self::Exponential => mean.scaled(exponential()),
            Self::Constant => mean,
            Self::Lognormal { sigma } => {
                let log = sigma.0 * normal([bits[0], bits[1]]) - sigma.0 * sigma.0 / 2.0;
                Span::from_nanos_f64(mean.0 as f64 * libm::exp(log))
            }
            Self::Mixture { share, factor } => {
                let rest = (1.0 - share.0 * factor.0).max(0.0) / (1.0 - share.0).max(f64::EPSILON);
                let kind = if unit(bits[1]) < share.0 { factor.0 } else { rest };
                mean.scaled(kind * exponential())
            }
        }
    }
}

/// What becomes of a request that finds the queue full.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Overflow {
    /// It is dropped without an answer: the terminal waits in vain, and takes the sale back.
    #[default]
    Drop,
    /// It is answered at once with response code 91 (F39: inoperative): the sale is declined, and nothing is left to reverse.
    Refuse,
}

#[cfg(test)]
mod tests {
    use sim::{Identity, Purpose, Streams};

    use super::*;

    #[test]
    fn every_law_has_the_mean_and_its_own_variance() {
        let streams = Streams::new(5);
        let laws = [
            (Serving::Exponential, 1.0),
            (Serving::Constant, 0.0),
            // exp(sigma²) - 1 = 2 at sigma² = ln 3.
            (Serving::Lognormal { sigma: Factor(1.048_147_073_968) }, 2.0),
            // Two exponentials of balanced means with a squared coefficient of variation of 4.
            (
                Serving::Mixture { share: Probability(0.887_298_334_6), factor: Factor(0.563_508_326_9) },
                4.0,
            ),
        ];
        for (number, (law, variance)) in laws.into_iter().enumerate() {
            assert_eq!(law.contradiction(), None);
            let purpose = Purpose::of("test").numbered(number as u64);
            let n = 400_000u32;
            let draw = |i: u32| law.draw(Span::secs(1), streams.draw(Identity::numbered(0), purpose, i.into())).as_secs_f64();
            let mean = (0..n).map(draw).sum::<f64>() / f64::from(n);
            let square = (0..n).map(|i| draw(i) * draw(i)).sum::<f64>() / f64::from(n);
            assert!((mean - 1.0).abs() < 0.012, "{law:?}: {mean}");
            assert!((square - mean * mean - variance).abs() < 0.03 + 0.06 * variance, "{law:?}: {square}");
        }
    }

    #[test]
    fn a_mixture_that_cannot_have_its_mean_is_a_contradiction() {
        let law = Serving::Mixture { share: Probability(0.6), factor: Factor(2.0) };
        assert!(law.contradiction().is_some());
    }
}
