//! Policies and procedures.

use std::collections::BTreeSet;

use faults::detectors::{OutcomeRule, Unusable};
use models::detector_settings::{Chart, CommonCauseSearch, Detectors};
use sim::Span;

use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::policies::{Against, Procedure};

impl Checker<'_> {
    pub(super) fn policies(&mut self) {
        let (policies, node) = (&self.scenario.policies, self.root().field("policies"));
        let heartbeat = node.field("heartbeat");
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
        let (transport, at) = (&policies.transport, node.field("transport"));
        self.not_zero(
            transport.response_timeout,
            "the response timeout",
            &at.field("response_timeout"),
        );
        self.not_zero(transport.backoff, "the pause between repetitions", &at.field("backoff"));
        if transport.backoff > transport.max_backoff {
            let message = format!(
                "the first pause ({}) is longer than the longest ({})",
                said(transport.backoff),
                said(transport.max_backoff)
            );
            let hint = "`backoff` has to be at most `max_backoff`";
            self.error(Code::WrongTimes, at.field("backoff").range(), message, hint);
        }
        if let Some(fallback) = &policies.recovery.fallback {
            let at = node.field("recovery").field("fallback");
            if fallback.attempts == 0 {
                let message = "a fallback of no attempts is none";
                self.error(
                    Code::OutOfRange,
                    at.field("attempts").range(),
                    message,
                    "set `attempts` to 1 or more, or `fallback: None`",
                );
            }
        }
        self.procedures(&policies.procedures, &node.field("procedures"));
        self.procedures(&policies.common_procedures, &node.field("common_procedures"));
        self.detectors(&policies.detectors, &node.field("detectors"));
        self.diagnosis(&policies.diagnosis, &node.field("diagnosis"));
        self.common_causes(&policies.common_causes, &node.field("common_causes"));
    }

    fn detectors(&mut self, detectors: &Detectors, node: &NodeRef<'_>) {
        self.outcome_rule(&detectors.sale_outcomes, &node.field("sale_outcomes"));
        self.limits_of_parts(node);
        let parts = node.field("parts");
        self.outcome_rule(
            &detectors.parts.card_reader.reads,
            &parts.field("card_reader").field("reads"),
        );
        self.outcome_rule(&detectors.parts.scanner.codes, &parts.field("scanner").field("codes"));
        for (number, rule) in detectors.thresholds.iter().enumerate() {
            let node = node.field("thresholds").item(number);
            match (rule.above, rule.below) {
                (None, None) => {
                    let hint = "give it `above` or `below`";
                    self.error(Code::OutOfRange, node.range(), "this threshold has no limit", hint);
                }
                (Some(above), Some(below)) if above <= below => {
                    let message = format!(
                        "every reading is above {above} or below {below}, so it always alarms"
                    );
                    let hint = "`above` has to be more than `below`";
                    self.error(Code::Contradiction, node.range(), message, hint);
                }
                _ => {}
            }
        }
        for (number, rule) in detectors.control_charts.iter().enumerate() {
            let node = node.field("control_charts").item(number);
            let at = node.field("chart").range();
            let zero = match rule.chart {
                Chart::Ewma { weight, limit } => weight.0 <= 0.0 || limit.0 <= 0.0,
                Chart::Cusum { decision, .. } => decision.0 <= 0.0,
            };
            if zero {
                let hint = "usual are `Ewma(weight: 0.2, limit: 2.96)` and `Cusum(slack: 0.5, decision: 5)`";
                self.error(Code::OutOfRange, at, "this chart signals always or never", hint);
            }
            if rule.min_spread.0 <= 0.0 {
                let message = "a reading that never moved would have no spread at all";
                let hint = "set `min_spread` above 0";
                self.error(Code::OutOfRange, node.field("min_spread").range(), message, hint);
            }
        }
        if !detectors.control_charts.is_empty()
            && self.scenario.policies.telemetry.period == Span::ZERO
        {
            let message = "charts read reports, and terminals send none";
            let hint = "set `policies.telemetry.period`";
            self.warning(Code::Contradiction, node.field("control_charts").range(), message, hint);
        }
    }

    /// A rule about outcomes that could not do what it says.
    fn outcome_rule(&mut self, rule: &OutcomeRule, node: &NodeRef<'_>) {
        if let Some(Unusable { field, message, hint }) = rule.unusable() {
            self.error(Code::OutOfRange, node.field(field).range(), message, hint);
        }
    }

    /// People around the terminals: hours that end before they begin, chances that add up to more than one.
    pub(super) fn people(&mut self) {
        let people = self.root().field("people");
        let of = &self.scenario.people;
        let (merchant, support, technicians) = (&of.merchant, &of.support, &of.technicians);
        let desks =
            [("phone", &support.phone), ("website", &support.website), ("wechat", &support.wechat)];
        for (name, desk) in desks {
            let node = people.field("support").field(name);
            self.day_hours((desk.opens_at, "opens_at"), (desk.closes_at, "closes_at"), &node);
            self.not_zero(desk.talks, "the time of a case", &node.field("talks"));
        }
        let node = people.field("merchant");
        let ways = &merchant.channels;
        if ways.phone.0 + ways.website.0 + ways.wechat.0 <= 0.0 {
            let at = node.field("channels").range();
            let message = "no merchant has a way to support";
            self.error(Code::EmptySelection, at, message, "give one of them a weight above 0");
        }
        let node = people.field("technicians");
        self.day_hours(
            (technicians.starts_at, "starts_at"),
            (technicians.ends_at, "ends_at"),
            &node,
        );
        if technicians.crews > 0 {
            self.not_zero(technicians.travels, "technicians' travel", &node.field("travels"));
        }
        if let Some(message) = technicians.hands_on.contradiction() {
            let hint = "make `share` times `factor` less than 1";
            self.error(Code::Contradiction, node.field("hands_on").range(), message, hint);
        }
        if technicians.refuses.0 + merchant.refuses_visit.0 > 1.0 {
            let message = "merchants and technicians together refuse more visits than there are";
            let hint =
                "`technicians.refuses` and `merchant.refuses_visit` have to add up to at most 1";
            self.error(Code::Contradiction, node.field("refuses").range(), message, hint);
        }
    }

    /// Reports hours of a day that end before they begin.
    fn day_hours(
        &mut self,
        (from, opens): (u8, &str),
        (to, closes): (u8, &str),
        node: &NodeRef<'_>,
    ) {
        if from > 23 || to > 24 {
            let at = node.field(if from > 23 { opens } else { closes }).range();
            let hint = format!("`{opens}` is from 0 to 23, `{closes}` from 1 to 24");
            self.error(Code::OutOfRange, at, "a day has no such hour", hint);
        } else if to <= from {
            let message = format!("the hours end at {to}, before they begin at {from}");
            let hint = format!("set `{closes}` to more than `{opens}`");
            self.error(Code::WrongTimes, node.field(closes).range(), message, hint);
        }
    }

    fn common_causes(&mut self, common_causes: &CommonCauseSearch, node: &NodeRef<'_>) {
        if common_causes.min_terminals < 2 {
            let hint = "set `min_terminals` to 2 or more";
            let at = node.field("min_terminals").range();
            self.error(Code::OutOfRange, at, "one terminal has no cause in common", hint);
        }
        if common_causes.background.0 <= 0.0 || common_causes.background.0 >= 1.0 {
            let message = "with such a background nothing, or everything, is a common cause";
            let hint = "set `background` above 0 and below 1, usually about 0.01";
            self.error(Code::OutOfRange, node.field("background").range(), message, hint);
        }
        self.not_zero(common_causes.window, "the window of a common cause", &node.field("window"));
    }

    fn procedures(&mut self, procedures: &[Procedure], list: &NodeRef<'_>) {
        let mut seen = BTreeSet::new();
        for (number, procedure) in procedures.iter().enumerate() {
            let at = list.item(number).field("against");
            if !seen.insert(procedure.against) {
                self.error(
                    Code::DuplicateName,
                    at.range(),
                    "there are two procedures against the same",
                    "make one of them",
                );
            }
            for (index, step) in procedure.steps.iter().enumerate() {
                let Against::Mode(fault) = procedure.against else { continue };
                let clears = fault.mode().cleared_by.iter().any(|(it, _)| *it == step.action);
                if !clears && step.works.is_none() {
                    let message = format!("`{:?}` never clears {fault}", step.action);
                    let known: Vec<String> =
                        fault.mode().cleared_by.iter().map(|(it, _)| format!("`{it:?}`")).collect();
                    let hint = format!("what can: {}", known.join(", "));
                    let at = list.item(number).field("steps").item(index).field("action");
                    self.warning(Code::Contradiction, at.range(), message, hint);
                }
            }
        }
    }
}
