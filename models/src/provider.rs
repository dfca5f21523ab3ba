//! Providers of payment services: what they charge, how well they install, how soon they come.

use std::collections::BTreeMap;

use faults::{Context, DrawName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use sim::{ActorId, Purpose, Span, Stream};

use crate::Models;
use crate::quantity::Price;

/// One provider. What it charges and how good it is are assumptions of the scenario: no public figures were found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// What it charges once, when the terminal is put into service.
    pub fee: Price,
    /// What it charges a month of 30 days in service.
    pub per_month: Price,
    /// Service quality: the share of its installations that work at once; the others take a second visit.
    pub quality: Probability,
    /// After-sales support: mean time before it reacts to a call for a technician, on top of travel: exponential.
    pub responds_in: Span,
    /// How often the first visit of its technicians repairs what it is meant to repair, where the recovery action itself would.
    pub first_time_fix: Probability,
    /// Hands-on time of its technicians, as a multiple of the usual one.
    pub hands_on: Factor,
    /// What it charges for a visit, if other than `policies.costs.visit`.
    pub visit: Option<Price>,
    /// Its deposits, as a multiple of the usual ones.
    pub deposit: Factor,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            fee: Price::yuan(0, 0),
            per_month: Price::yuan(0, 0),
            quality: Probability(1.0),
            responds_in: Span::ZERO,
            first_time_fix: Probability(1.0),
            hands_on: Factor(1.0),
            visit: None,
            deposit: Factor(1.0),
        }
    }
}

/// How a merchant chooses a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Choice {
    /// This one, an entry of `people.onboarding.providers`.
    Named(String),
    /// Compares all of them by these weights, and errs the less the larger the weights are: a logit choice.
    Weighs {
        /// How much low fees count: those of the first year, against the dearest provider.
        #[serde(default)]
        fees: Factor,
        /// How much service quality counts.
        #[serde(default)]
        quality: Factor,
        /// How much quick after-sales support counts, against the slowest provider.
        #[serde(default)]
        after_sales: Factor,
    },
}

impl Default for Choice {
    /// As if blindfolded.
    fn default() -> Self {
        Self::Weighs { fees: Factor(0.0), quality: Factor(0.0), after_sales: Factor(0.0) }
    }
}

impl Provider {
    fn first_year(&self) -> f64 {
        (self.fee.minor() + 12 * self.per_month.minor()) as f64
    }
}

/// Which of the providers is chosen, by its place in the order of names; `None` if there are none.
pub fn choose(
    choice: &Choice,
    all: &BTreeMap<String, Provider>,
    stream: &mut Stream,
) -> Option<usize> {
    let (fees, quality, after_sales) = match choice {
        Choice::Named(name) => return all.keys().position(|it| it == name),
        Choice::Weighs { fees, quality, after_sales } => (fees.0, quality.0, after_sales.0),
    };
    if all.is_empty() {
        return None;
    }
    let dearest = all.values().map(Provider::first_year).fold(1.0, f64::max);
    let slowest = all.values().map(|it| it.responds_in.0).max().unwrap_or(0).max(1) as f64;
    let attraction = |it: &Provider| {
        let cheap = 1.0 - it.first_year() / dearest;
        let quick = 1.0 - it.responds_in.0 as f64 / slowest;
        libm::exp(fees * cheap + quality * it.quality.0 + after_sales * quick)
    };
    let weights: Vec<f64> = all.values().map(attraction).collect();
    debug_assert!(
        weights.iter().all(|it| it.is_finite() && *it > 0.0),
        "every provider is chosen by somebody: {weights:?}"
    );
    Some(stream.pick(&weights))
}

const CHOICE: Purpose = Purpose::of("provider: which one");
const RESPONDS: Purpose = Purpose::of("provider: time to react");

/// The provider of a terminal: the same whenever it is asked for.
pub(crate) fn of<'a>(terminal: ActorId, cx: &Context<'a, Models>) -> Option<(usize, &'a Provider)> {
    let people = &cx.settings().profile(terminal).people;
    let all = &people.onboarding.providers;
    // Without a life there is no choice, but a terminal can have a provider by name.
    let named = matches!(people.deployment.provider, Choice::Named(_));
    if all.is_empty() || !(named || people.deployment.lives()) {
        return None;
    }
    let place = choose(&people.deployment.provider, all, &mut cx.stream_of(terminal, CHOICE, 0))?;
    all.values().nth(place).map(|provider| (place, provider))
}

/// How long the provider of this terminal takes to react to a call for a technician.
pub(crate) fn reacts(name: DrawName, cx: &Context<'_, Models>) -> Span {
    match of(cx.me(), cx) {
        Some((_, provider)) if provider.responds_in > Span::ZERO => {
            cx.stream_of_request(RESPONDS, name).exponential(provider.responds_in)
        }
        _ => Span::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use sim::{Identity, Streams};

    use super::*;

    #[test]
    fn who_weighs_fees_takes_the_cheap_one_more_often() {
        let cheap = Provider { responds_in: Span::days(3), ..Provider::default() };
        let dear = Provider { per_month: Price::yuan(30, 0), ..Provider::default() };
        let all = BTreeMap::from([("cheap".to_owned(), cheap), ("dear".to_owned(), dear)]);
        let share = |choice: &Choice| {
            let first = |n: &u32| {
                let mut stream = Streams::new(1).stream(Identity::numbered(*n), CHOICE, 0);
                choose(choice, &all, &mut stream) == Some(0)
            };
            (0..4_000).filter(first).count() as f64 / 4_000.0
        };
        assert!((share(&Choice::default()) - 0.5).abs() < 0.03);
        let (two, none) = (Factor(2.0), Factor(0.0));
        let thrifty = Choice::Weighs { fees: two, quality: none, after_sales: none };
        // Two providers that differ by 2: e² / (1 + e²).
        assert!((share(&thrifty) - 0.880_797).abs() < 0.02);
        let hasty = Choice::Weighs { fees: none, quality: none, after_sales: two };
        assert!((share(&hasty) - 0.119_203).abs() < 0.02);
        assert_eq!(
            choose(
                &Choice::Named("dear".into()),
                &all,
                &mut Streams::new(1).stream(Identity::numbered(0), CHOICE, 0)
            ),
            Some(1)
        );
    }
}
