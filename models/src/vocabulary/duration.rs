//! How long a step that people do takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Factor;
use sim::{Span, Stream};

/// How long something takes: lognormal, or always the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DurationLaw {
    /// Half of them take longer.
    pub median: Span,
    /// Standard deviation of the logarithm; 0 is always the median.
    #[serde(default)]
    pub spread: Factor,
}

impl DurationLaw {
    /// Always so long.
    pub const fn exactly(span: Span) -> Self {
        Self { median: span, spread: Factor(0.0) }
    }

    /// Half take longer than this, with this spread.
    pub const fn about(median: Span, spread: f64) -> Self {
        Self { median, spread: Factor(spread) }
    }

    /// One length of time.
    pub fn draw(&self, stream: &mut Stream) -> Span {
        let drawn = stream.lognormal(self.median.0 as f64, self.spread.0);
        // Without spread not even rounding changes it.
        if self.spread.0 == 0.0 { self.median } else { Span::from_nanos_f64(drawn) }
    }
}
