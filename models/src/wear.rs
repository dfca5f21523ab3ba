//! Wear by use: parts that last for so many uses, not for so long.

use faults::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

use sim::quantity::Factor;
use sim::{Purpose, Span};

use crate::Models;

/// For how many uses a part lasts: Weibull.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WearLife {
    /// Above 1 it wears out, below 1 it fails early.
    pub shape: Factor,
    /// 63.2 % have failed after so many uses.
    pub uses: u32,
}

impl WearLife {
    /// The mean number of uses: scale times Γ(1 + 1/shape).
    pub fn mean(&self) -> f64 {
        f64::from(self.uses) * libm::tgamma(1.0 + 1.0 / self.shape.0.max(0.01))
    }
}

/// How often a part has been used, and when it will be worn out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wear {
    uses: u32,
    /// It breaks at this use; drawn when it is first used.
    ends: Option<NonZeroU32>,
    /// How many have been worn out here before: names the draw.
    replaced: u32,
}

impl Wear {
    /// Uses so far: what a maintenance counter shows.
    pub(crate) fn uses(&self) -> u32 {
        self.uses
    }

    /// It is used so many times more. True once: when it is worn out.
    pub(crate) fn used(
        &mut self,
        times: u32,
        life: Option<&WearLife>,
        purpose: Purpose,
        cx: &Context<'_, Models>,
    ) -> bool {
        let before = self.uses;
        self.uses = self.uses.saturating_add(times);
        let Some(life) = life else { return false };
        let replaced = u64::from(self.replaced);
        let ends = *self.ends.get_or_insert_with(|| {
            // A use counts as a nanosecond: the law of the stream is one of whole numbers.
            let scale = Span(u64::from(life.uses.max(1)));
            let shape = life.shape.0.max(0.01);
            let lasts = cx.stream(purpose, replaced).weibull(shape, scale, Span::ZERO);
            NonZeroU32::new(u32::try_from(lasts.0).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN)
        });
        let ends = ends.get();
        debug_assert!(ends > 0 && self.uses >= before, "uses are counted up: {before}");
        before < ends && self.uses >= ends
    }

    /// A new part is put in.
    pub(crate) fn renew(&mut self) {
        *self = Self { uses: 0, ends: None, replaced: self.replaced + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::{Identity, Streams};

    #[test]
    fn lives_in_uses_have_the_mean_that_is_promised() {
        let life = WearLife { shape: Factor(2.0), uses: 100_000 };
        let mut stream = Streams::new(7).stream(Identity::numbered(0), Purpose::of("wear"), 0);
        let n = 100_000;
        let draw =
            |_| stream.weibull(life.shape.0, Span(u64::from(life.uses)), Span::ZERO).0 as f64;
        let mean = (0..n).map(draw).sum::<f64>() / f64::from(n);
        // Γ(1.5) = 0.886227.
        assert!((life.mean() - 88_622.7).abs() < 0.1, "{}", life.mean());
        assert!((mean / life.mean() - 1.0).abs() < 0.01, "{mean}");
    }
}
