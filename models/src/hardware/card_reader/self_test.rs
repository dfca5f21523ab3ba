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
    /// Time from one test to the next; the first is this long after the start. `"0s"` for none by the clock.
    #[serde(default)]
    pub every: Span,
    /// It tests at every boot as well.
    #[serde(default)]
    pub at_boot: bool,
    /// What a test of a dead antenna finds.
    #[serde(default)]
    pub coverage: Coverage,
    /// Every so many-th test by the clock is a full one, which finds whatever there is (partial and full proof tests: M. Rausand,
    /// A. Høyland, *System Reliability Theory*, 2004). None: no test is.
    #[serde(default)]
    pub full_every: Option<u32>,
    /// Share of tests of a sound antenna that fail all the same (1 - specificity).
    #[serde(default)]
    pub false_alarms: Probability,
}

/// How much of what is wrong a test finds (diagnostic coverage).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The share that is found.
    pub share: Probability,
    /// The share of what.
    #[serde(default)]
    pub drawn: Drawn,
}

/// What a coverage is a share of. By fault, some are latent until a full test; about four times the latent share comes of that at
/// 85 %, a test a day and a full one a month.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Drawn {
    /// Of the tests: each test of a dead antenna finds it or not, whatever the last one did (sensitivity).
    #[default]
    EachTest,
    /// Of the faults: each is of a class that every test finds, or of one that none but a full test does. Drawn when the antenna
    /// ceases to work, anew each time that it does.
    ByFault,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { share: Probability(1.0), drawn: Drawn::EachTest }
    }
}

const TEST: Purpose = Purpose::of("card reader: result of a self-test");
const BOOT_TEST: Purpose = Purpose::of("card reader: result of a self-test at a boot");
const CLASS: Purpose = Purpose::of("card reader: a self-test can find what is wrong with the antenna");

impl CardReader {
    /// One test by the clock, and a note of the next.
    pub(super) fn test(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Some(test) = spec.self_test else { return };
        debug_assert!(self.real.is_none(), "a real reader tests itself");
        cx.after(test.every.max(Span::secs(1)), Timer::SelfTest);
        // Counted whether it can be made or not: a restart moves the draw of no later one.
        self.tests += 1;
        if self.off {
            return;
        }
        let full = test.full_every.is_some_and(|it| self.tests.is_multiple_of(it.max(1)));
        let bits = cx.draw(TEST, u64::from(self.tests))[0];
        self.tested(test, full, bits, cx);
    }

    /// The test at a boot, if it makes one. Its draw is named by the instant: other boots do not move it.
    pub(super) fn test_at_boot(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Some(test) = spec.self_test.filter(|it| it.at_boot && self.real.is_none()) else {
            return;
        };
        debug_assert!(!self.off, "it has booted");
        let bits = cx.draw(BOOT_TEST, cx.now().0)[0];
        self.tested(test, false, bits, cx);
    }

    fn tested(&mut self, test: SelfTest, full: bool, bits: u32, cx: &mut Context<'_, Models>) {
        let dead = self.antenna_dead();
        let share = match test.coverage.drawn {
            _ if full => 1.0,
            Drawn::EachTest => test.coverage.share.0,
            Drawn::ByFault => {
                let class = unit(cx.draw(CLASS, u64::from(self.antenna.failures))[0]);
                f64::from(u8::from(class < test.coverage.share.0))
            }
        };
        let fails = if dead { share } else { test.false_alarms.0 };
        debug_assert!((0.0..=1.0).contains(&fails), "a share of {fails}");
        self.test_failed = unit(bits) < fails;
        if dead && self.test_failed {
            cx.activated();
        }
        cx.look();
    }

    fn antenna_dead(&self) -> bool {
        self.bad(kind(Method::Contactless)) >= 0.5
    }

    /// What disturbs the antenna has changed: counts how often it has ceased to work.
    pub(super) fn note_antenna(&mut self) {
        let dead = self.antenna_dead();
        self.antenna.failures += u32::from(dead && !self.antenna.dead);
        self.antenna.dead = dead;
    }
}

/// How often the antenna has ceased to work: names what a self-test can find.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AntennaFailures {
    dead: bool,
    failures: u32,
}
