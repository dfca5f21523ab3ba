//! Customers, merchants, the gateway, the hosts.

use std::collections::BTreeSet;

use models::people::customer::Mix;
use sim::Span;
use sim::quantity::Factor;

use super::fleet::place_of;
use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::workload::{Basket, Hours, Workload};

/// The most hosts: a card's number holds its host in two digits.
const MOST_HOSTS: usize = 100;

impl Checker<'_> {
    pub(super) fn workload(&mut self) {
        let (scenario, list) = (self.scenario, self.root().field("workload"));
        let mut served: BTreeSet<&str> = BTreeSet::new();
        for (number, workload) in scenario.workload.iter().enumerate() {
            let node = list.item(number);
            for name in &workload.on {
                self.refer(name, "group", &self.known.groups, &node.field("on"));
            }
            let named = workload.on.iter().map(|it| it.as_str());
            let on: Vec<&str> = match workload.on.is_empty() {
                true => self.known.groups.iter().copied().collect(),
                false => named.collect(),
            };
            if workload.is_stretch() {
                self.stretch(workload, &node);
                self.customers(workload, &node);
                continue;
            }
            for name in on {
                if !served.insert(name) {
                    let message = format!("group `{name}` is in more than one workload");
                    let hint = "name each group once";
                    self.error(Code::Contradiction, node.field("on").range(), message, hint);
                }
            }
            self.customers(workload, &node);
        }
        let customer = &scenario.people.customer;
        let node = self.root().field("people").field("customer");
        self.hours(&customer.hours, &node.field("hours"));
        self.mix(&customer.mix, &node.field("mix"));
        self.merchant();
    }

    /// A workload for a stretch of time: when it ends, and what it cannot set.
    fn stretch(&mut self, workload: &Workload, node: &NodeRef<'_>) {
        let from = workload.from.unwrap_or_default();
        if workload.until.is_some_and(|until| until <= from) {
            let message = "this workload ends before it begins";
            let hint = "set `until` to more than `from`";
            self.error(Code::WrongTimes, node.field("until").range(), message, hint);
        }
        let end = self.scenario.duration;
        if from >= end && end > Span::ZERO {
            let message = format!("this workload begins at {}, after the run", said(from));
            let hint = "set `from` to less than `duration`";
            self.error(Code::NeverOccurs, node.field("from").range(), message, hint);
        }
        let Workload { mix, basket, patience, min_patience, no_pin_below, wrong_pin, .. } =
            workload;
        let others = [
            ("mix", mix.is_some()),
            ("basket", basket.is_some()),
            ("patience", patience.is_some()),
            ("min_patience", min_patience.is_some()),
            ("no_pin_below", no_pin_below.is_some()),
            ("wrong_pin", wrong_pin.is_some()),
        ];
        for (name, _) in others.into_iter().filter(|it| it.1) {
            let message = format!("`{name}` cannot change for a stretch of time");
            let hint = "set it in a workload without `from` and `until`";
            self.error(Code::Contradiction, node.field(name).range(), message, hint);
        }
    }

    fn customers(&mut self, workload: &Workload, node: &NodeRef<'_>) {
        if let Some(Hours::Weights(weights)) = &workload.hours {
            self.hours(weights, &node.field("hours"));
        }
        if let Some(mix) = &workload.mix {
            self.mix(mix, &node.field("mix"));
        }
        if let Some(basket) = &workload.basket {
            self.basket(basket, &node.field("basket"));
        }
    }

    fn hours(&mut self, weights: &[Factor], node: &NodeRef<'_>) {
        if weights.len() != 24 {
            let message = format!("there are {} weights, and a day has 24 hours", weights.len());
            self.error(
                Code::OutOfRange,
                node.range(),
                message,
                "write one weight an hour, from midnight",
            );
        } else {
            self.weights(weights, "hours", node);
        }
    }

    fn mix(&mut self, mix: &Mix, node: &NodeRef<'_>) {
        self.weights(
            &[mix.chip, mix.contactless, mix.stripe, mix.code, mix.as_suggested],
            "ways to pay",
            node,
        );
    }

    pub(super) fn weights(&mut self, weights: &[Factor], of: &str, node: &NodeRef<'_>) {
        if !weights.is_empty() && weights.iter().all(|it| it.0 == 0.0) {
            let message = format!("the weights of all {of} are zero");
            self.error(
                Code::OutOfRange,
                node.range(),
                message,
                "make at least one of them larger than 0",
            );
        }
    }

    fn basket(&mut self, basket: &Basket, node: &NodeRef<'_>) {
        if let (Some(_), Some(_)) = (basket.p95, basket.sigma) {
            let message = "a basket has either `p95` or `sigma`, not both";
            self.error(
                Code::Contradiction,
                node.field("sigma").range(),
                message,
                "remove one of them",
            );
        }
        if basket.median.minor() == 0 {
            self.error(
                Code::OutOfRange,
                node.field("median").range(),
                "half of the baskets cost nothing",
                "write an amount above 0",
            );
        }
        if basket.p95.is_some_and(|p95| p95.minor() < basket.median.minor()) {
            let message = "the 95th percentile of the basket is below its median";
            self.error(
                Code::Contradiction,
                node.field("p95").range(),
                message,
                "write a larger amount",
            );
        }
    }

    fn merchant(&mut self) {
        let merchant = &self.scenario.people.merchant;
        let (opens, closes) = (merchant.opens_at, merchant.closes_at);
        let node = self.root().field("people").field("merchant");
        if opens > 23 {
            self.error(
                Code::OutOfRange,
                node.field("opens_at").range(),
                format!("there is no hour {opens}"),
                "hours are from 0 to 23",
            );
        }
        if closes > 24 {
            self.error(
                Code::OutOfRange,
                node.field("closes_at").range(),
                format!("there is no hour {closes}"),
                "hours are from 1 to 24",
            );
        }
        if opens <= 23 && closes <= 24 && opens >= closes {
            let message = format!("merchants leave at {closes}, before they come at {opens}");
            self.error(
                Code::WrongTimes,
                node.field("closes_at").range(),
                message,
                "`closes_at` has to be later than `opens_at`",
            );
        }
        let channels = &merchant.channels;
        self.weights(
            &[channels.phone, channels.website, channels.wechat],
            "ways to support",
            &node.field("channels"),
        );
    }

    pub(super) fn platform(&mut self) {
        let (scenario, node) = (self.scenario, self.root().field("platform"));
        let gateway = &scenario.platform.gateway;
        if gateway.workers == 0 {
            let at = node.field("gateway").field("workers").range();
            self.error(
                Code::OutOfRange,
                at,
                "a gateway without workers answers nothing",
                "set `workers` to 1 or more",
            );
        }
        if let Some(message) = gateway.serving.contradiction() {
            let at = node.field("gateway").field("serving").range();
            let hint = "make `share` times `factor` less than 1";
            self.error(Code::Contradiction, at, message, hint);
        }
        let list = self.root().field("hosts");
        let ids = scenario.hosts.iter().enumerate();
        let ids = ids.map(|(n, host)| (host.id.as_str(), place_of(&list.item(n), &host.id)));
        self.distinct("hosts", ids);
        let shares: Vec<Factor> = scenario.hosts.iter().map(|it| it.share).collect();
        self.weights(&shares, "hosts", &list);
        if scenario.hosts.len() > MOST_HOSTS {
            let message = format!("there are more than {MOST_HOSTS} hosts");
            self.error(
                Code::OutOfRange,
                list.range(),
                message,
                "a card number has two digits for its host",
            );
        }
    }
}
