//! A reader that tests its own antenna finds what nobody has used yet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::Context;
use sim::{Purpose, Span, unit};

use super::{CardReader, Spec, Timer, kind};
use crate::Models;
use crate::wire::Method;

/// A test that finds what nobody has used yet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelfTest {
    /// Time from one test to the next; the first is this long after the start.
    pub every: Span,
    /// Share of tests of a dead antenna that find it (sensitivity).
    #[serde(default = "always")]
    pub finds: Probability,
    /// Share of tests of a sound antenna that fail all the same (1 - specificity).
    #[serde(default)]
    pub false_alarms: Probability,
}

fn always() -> Probability {
    Probability(1.0)
}

const TEST: Purpose = Purpose::of("card reader: result of a self-test");

impl CardReader {
    /// One test, and a note of the next.
    pub(super) fn test(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Some(test) = spec.self_test else { return };
        debug_assert!(self.real.is_none(), "a real reader tests itself");
        cx.after(test.every.max(Span::secs(1)), Timer::SelfTest);
        // Counted whether it can be made or not: a restart moves the draw of no later one.
        self.tests += 1;
        if self.off {
            return;
        }
        let dead = self.bad(kind(Method::Contactless)) >= 0.5;
        let fails = if dead { test.finds } else { test.false_alarms };
        self.test_failed = unit(cx.draw(TEST, u64::from(self.tests))[0]) < fails.0;
        if dead && self.test_failed {
            cx.activated();
        }
        cx.look();
    }
}
