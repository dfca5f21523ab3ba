//! When a sensor that is read every so often shows what has changed.
//!
//! A reading that shows what the last one showed is no event: when the quantity changes, the instant is computed at which so many
//! readings in a row have shown it, and nothing else is planned.

use faults::Context;
use sim::{Purpose, Span, unit};

use crate::Models;

/// How often something is read, and how many readings in a row have to show the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    period: Span,
    in_a_row: u32,
}

impl Sampling {
    /// Read so often; so many readings in a row.
    pub(crate) const fn every(period: Span, in_a_row: u32) -> Self {
        assert!(period.0 > 0 && in_a_row > 0, "a sensor is read");
        Self { period, in_a_row }
    }

    /// How long it takes from now until what comes about after `wait` has been read so often. The phase is the terminal's own.
    pub(crate) fn shows_after(self, wait: Span, phase: Purpose, cx: &Context<'_, Models>) -> Span {
        let period = self.period.0;
        let phase = (unit(cx.draw(phase, 0)[0]) * period as f64) as u64;
        let from = (cx.now() + wait).0;
        let next = period - (from + (period - phase % period)) % period;
        debug_assert!(next > 0 && next <= period, "the next reading comes within a period: {next}");
        wait + Span(next) + self.period * u64::from(self.in_a_row - 1)
    }
}
