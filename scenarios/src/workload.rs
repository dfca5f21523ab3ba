//! What customers do.

use models::people::customer::{self, Mix};
use models::quantity::Price;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::{Factor, Probability};

use crate::name::Name;

/// What the customers of some groups do, where it differs from `people.customer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Workload {
    /// Ids of the groups; all groups if none is named.
    pub on: Vec<Name>,
    /// It holds from this time since the start of the run: then `per_day` and `hours` are all that it can set, and hold instead of the
    /// usual ones.
    pub from: Option<Span>,
    /// It holds up to this time since the start of the run; to the end if only `from` is given.
    pub until: Option<Span>,
    /// Customers a day at each terminal, on average.
    pub per_day: Option<Factor>,
    /// How they spread over the day.
    pub hours: Option<Hours>,
    /// How they pay: weights.
    pub mix: Option<Mix>,
    /// What they buy.
    pub basket: Option<Basket>,
    /// How long a customer waits in all before leaving: the mean of an exponential law, on top of `min_patience`.
    pub patience: Option<Span>,
    /// No customer leaves before this.
    pub min_patience: Option<Span>,
    /// Below this amount a tap needs no PIN.
    pub no_pin_below: Option<Price>,
    /// Share of PINs that are entered wrong.
    pub wrong_pin: Option<Probability>,
}

impl Workload {
    /// It holds for a stretch of time only.
    pub fn is_stretch(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// The customers of its groups, as the models need them.
    pub fn customer(&self, usual: &customer::Spec) -> customer::Spec {
        let mut spec = usual.clone();
        if self.is_stretch() {
            spec.stretches.push(customer::Stretch {
                from: self.from.unwrap_or_default(),
                until: self.until,
                per_day: self.per_day.unwrap_or(spec.per_day),
                hours: self.hours.as_ref().map_or_else(|| spec.hours.clone(), Hours::weights),
            });
            return spec;
        }
        spec.per_day = self.per_day.unwrap_or(spec.per_day);
        spec.hours = self.hours.as_ref().map_or(spec.hours, Hours::weights);
        spec.mix = self.mix.clone().unwrap_or(spec.mix);
        if let Some(basket) = self.basket {
            spec.basket = basket.median;
            spec.basket_spread = basket.spread();
        }
        spec.patience = self.patience.unwrap_or(spec.patience);
        spec.min_patience = self.min_patience.unwrap_or(spec.min_patience);
        spec.no_pin_below = self.no_pin_below.unwrap_or(spec.no_pin_below);
        spec.wrong_pin = self.wrong_pin.unwrap_or(spec.wrong_pin);
        spec
    }
}

/// How customers spread over the day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Hours {
    /// All hours alike, day and night.
    Flat,
    /// A grocery: seven to ten at night, peaks at noon and after work.
    #[default]
    Grocery,
    /// A café: the morning peak, lunch, and closed in the evening.
    Cafe,
    /// A bar or a late shop: evening and night.
    Night,
    /// Your own 24 weights, one an hour, from midnight.
    Weights(Vec<Factor>),
}

impl Hours {
    /// 24 weights, one an hour, from midnight.
    pub fn weights(&self) -> Vec<Factor> {
        let weights: [u8; 24] = match self {
            Self::Weights(weights) => return weights.clone(),
            Self::Flat => [1; 24],
            Self::Grocery => {
                [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 8, 6, 4, 4, 5, 7, 9, 7, 4, 2, 0, 0]
            }
            Self::Cafe => [0, 0, 0, 0, 0, 0, 2, 7, 9, 6, 4, 5, 8, 6, 4, 4, 3, 2, 1, 0, 0, 0, 0, 0],
            Self::Night => [8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 8, 9],
        };
        weights.map(|weight| Factor(f64::from(weight))).to_vec()
    }
}

/// What customers buy: a lognormal law of amounts, by its median and either its spread or its 95th percentile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Basket {
    /// Half of the baskets are dearer than this.
    pub median: Price,
    /// One in twenty is dearer than this.
    #[serde(default)]
    pub p95: Option<Price>,
    /// Standard deviation of the logarithm of the amount; 0.9 if neither this nor `p95` is given.
    #[serde(default)]
    pub sigma: Option<Factor>,
}

/// The 95th percentile of the standard normal law.
const NORMAL_P95: f64 = 1.644_853_626_951_472_2;

impl Basket {
    /// Standard deviation of the logarithm of the amount.
    pub fn spread(&self) -> Factor {
        match (self.sigma, self.p95) {
            (Some(sigma), _) => sigma,
            (None, Some(p95)) => {
                let (p95, median) = (p95.minor() as f64, self.median.minor().max(1) as f64);
                Factor((libm::log(p95 / median) / NORMAL_P95).max(0.0))
            }
            (None, None) => customer::Spec::default().basket_spread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basket_by_its_95th_percentile_has_the_spread_that_gives_it() {
        let basket =
            Basket { median: Price::yuan(30, 0), p95: Some(Price::yuan(150, 0)), sigma: None };
        assert!((basket.spread().0 - libm::log(5.0) / 1.644_853_6).abs() < 1e-6);
    }

    #[test]
    fn what_a_workload_does_not_say_stays_as_it_is_usual() {
        let usual = customer::Spec { per_day: Factor(7.0), ..customer::Spec::default() };
        assert_eq!(Workload::default().customer(&usual), usual);
        let busy = Workload {
            per_day: Some(Factor(90.0)),
            hours: Some(Hours::Flat),
            ..Workload::default()
        };
        let spec = busy.customer(&usual);
        assert_eq!((spec.per_day, spec.hours.len(), spec.line), (Factor(90.0), 24, usual.line));
    }
}
