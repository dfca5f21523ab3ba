//! Policies and ladders.

use std::collections::BTreeSet;

use super::spot::Spot;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::policies::{Against, Ladder};

impl Checker<'_> {
    pub(super) fn policies(&mut self) {
        let (policies, spot) = (&self.scenario.policies, self.root().field("policies"));
        let heartbeat = spot.field("heartbeat");
        self.not_zero(
            policies.heartbeat.period,
            "the heartbeat's period",
            &heartbeat.field("period"),
        );
        if policies.heartbeat.misses == 0 {
            let message = "a terminal would be missing before any heartbeat is";
            self.error(
                Code::OutOfRange,
                heartbeat.field("misses").range(),
                message,
                "set `misses` to 1 or more",
            );
        }
        let (transport, at) = (&policies.transport, spot.field("transport"));
        self.not_zero(
            transport.response_timeout,
            "the response timeout",
            &at.field("response_timeout"),
        );
        self.not_zero(transport.backoff, "the pause between repetitions", &at.field("backoff"));
        if transport.backoff > transport.backoff_most {
            let message = format!(
                "the first pause ({}) is longer than the longest ({})",
                said(transport.backoff),
                said(transport.backoff_most)
            );
            let hint = "`backoff` has to be at most `backoff_most`";
            self.error(Code::WrongTimes, at.field("backoff").range(), message, hint);
        }
        if let Some(resort) = &policies.recovery.last_resort {
            let at = spot.field("recovery").field("last_resort");
            if resort.attempts == 0 {
                let message = "a last resort of no attempts is none";
                self.error(
                    Code::OutOfRange,
                    at.field("attempts").range(),
                    message,
                    "set `attempts` to 1 or more, or `last_resort: None`",
                );
            }
        }
        self.ladders(&policies.ladders, &spot.field("ladders"));
    }

    fn ladders(&mut self, ladders: &[Ladder], list: &Spot<'_>) {
        let mut seen = BTreeSet::new();
        for (number, ladder) in ladders.iter().enumerate() {
            let at = list.item(number).field("against");
            if !seen.insert(ladder.against) {
                self.error(
                    Code::DuplicateName,
                    at.range(),
                    "there are two ladders against the same",
                    "make one of them",
                );
            }
            for (step, rung) in ladder.rungs.iter().enumerate() {
                let Against::Mode(fault) = ladder.against else { continue };
                let mends = fault.mode().mended_by.iter().any(|(it, _)| *it == rung.remedy);
                if !mends && rung.works.is_none() {
                    let message = format!("`{:?}` never mends {fault}", rung.remedy);
                    let known: Vec<String> =
                        fault.mode().mended_by.iter().map(|(it, _)| format!("`{it:?}`")).collect();
                    let hint = format!("what can: {}", known.join(", "));
                    let at = list.item(number).field("rungs").item(step).field("remedy");
                    self.warning(Code::Contradiction, at.range(), message, hint);
                }
            }
        }
    }
}
