//! Expectations.

use super::Checker;
use super::node_ref::NodeRef;
use crate::diagnostic::Code;
use crate::expectations::{Bound, Expectation, Measure, MeasureKind};

impl Checker<'_> {
    pub(super) fn expectations(&mut self) {
        let (scenario, list) = (self.scenario, self.root().field("expectations"));
        for (number, expectation) in scenario.expectations.iter().enumerate() {
            let node = list.item(number);
            match expectation {
                Expectation::Holds(_) => {}
                Expectation::Covers { fault, occurrences } => {
                    self.refer(fault, "fault", &self.known.faults, &node.field("fault"));
                    if *occurrences == 0 {
                        let message = "no occurrences are always reached";
                        self.error(
                            Code::OutOfRange,
                            node.field("occurrences").range(),
                            message,
                            "set `occurrences` to 1 or more",
                        );
                    }
                }
                Expectation::Measure { measure, of, at_least, at_most } => {
                    if let Some(of) = of {
                        self.refer(of, "fault", &self.known.faults, &node.field("of"));
                        self.of_a_fault(*measure, &node.field("of"));
                    }
                    self.bounds(*measure, *at_least, *at_most, &node);
                }
            }
        }
    }

    fn of_a_fault(&mut self, measure: Measure, node: &NodeRef<'_>) {
        if !measure.of_a_fault() {
            let message = format!("`{measure:?}` cannot be measured of one fault alone");
            self.error(Code::Contradiction, node.range(), message, "remove `of`");
        }
    }

    fn bounds(
        &mut self,
        measure: Measure,
        min: Option<Bound>,
        max: Option<Bound>,
        node: &NodeRef<'_>,
    ) {
        if min.is_none() && max.is_none() {
            let message = format!("any `{measure:?}` would do");
            self.error(
                Code::EmptySelection,
                node.field("measure").range(),
                message,
                "add `at_least` or `at_most`",
            );
        }
        for (bound, field) in [(min, "at_least"), (max, "at_most")] {
            let Some(bound) = bound else { continue };
            let at = node.field(field).range();
            match (measure.kind(), bound) {
                (MeasureKind::Time, Bound::Number(_)) => {
                    let message = format!("`{measure:?}` is a length of time");
                    self.error(
                        Code::WrongType,
                        at,
                        message,
                        "write it with its unit, such as `\"5min\"`",
                    );
                }
                (MeasureKind::Share | MeasureKind::Count | MeasureKind::Score, Bound::Time(_)) => {
                    let message = format!("`{measure:?}` is a number, not a length of time");
                    self.error(Code::WrongType, at, message, "write a number without quotes");
                }
                (MeasureKind::Share, Bound::Number(share)) if share > 1.0 => {
                    let message = format!("`{measure:?}` is a share, and {share} is more than all");
                    self.error(Code::OutOfRange, at, message, "write a number from 0 to 1");
                }
                _ => {}
            }
        }
        if let (Some(min), Some(max)) = (min, max)
            && min.value() > max.value()
        {
            let message = format!("nothing is at least {min} and at most {max}");
            self.error(
                Code::Contradiction,
                node.field("at_least").range(),
                message,
                "exchange the two bounds",
            );
        }
    }
}
