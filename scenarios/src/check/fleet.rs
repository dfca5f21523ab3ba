//! Groups, terminal types, regions.

use faults::Fitting;
use models::Part;
use models::bearer::Radio;

use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::fleet::{FittedParts, Group};

/// The most terminals that a run can have, the hubs left out.
const MOST_TERMINALS: u64 = 16_000_000;
/// The most groups: each has its own settings, which are numbered in 16 bits together with those of the hosts.
const MOST_GROUPS: usize = 60_000;

/// The most types that a type can be based on, one on the other.
const MOST_BASES: usize = 16;

impl Checker<'_> {
    pub(super) fn fleet(&mut self) {
        let (scenario, list) = (self.scenario, self.root().field("fleet"));
        if scenario.fleet.is_empty() && !self.buffer.lost().contains("fleet") {
            let hint = "add a group: `Group(id: \"lanes\", count: 10)`";
            self.error(Code::EmptySelection, list.range(), "the fleet has no groups", hint);
        }
        if scenario.fleet.len() > MOST_GROUPS {
            let message = format!("there are more than {MOST_GROUPS} groups");
            self.error(
                Code::OutOfRange,
                list.range(),
                message,
                "make one group of those that are alike",
            );
        }
        if scenario.terminals() > MOST_TERMINALS {
            let message = format!(
                "there are {} terminals; a run can have {MOST_TERMINALS}",
                scenario.terminals()
            );
            self.error(Code::OutOfRange, list.range(), message, "make the groups smaller");
        }
        let ids = scenario.fleet.iter().enumerate();
        let ids = ids.map(|(n, group)| (group.id.as_str(), place_of(&list.item(n), &group.id)));
        self.distinct("groups", ids);
        for (number, group) in scenario.fleet.iter().enumerate() {
            self.group(group, &list.item(number));
        }
        self.types();
        self.bearers();
    }

    fn group(&mut self, group: &Group, node: &NodeRef<'_>) {
        if group.count == 0 {
            let message = format!("group `{}` has no terminals", group.id);
            self.error(
                Code::EmptySelection,
                node.field("count").range(),
                message,
                "set `count` to 1 or more, or remove the group",
            );
        }
        if group.site_size == 0 {
            let message = format!("the sites of group `{}` have no terminals", group.id);
            self.error(
                Code::OutOfRange,
                node.field("site_size").range(),
                message,
                "set `site_size` to 1 or more",
            );
        }
        self.refer(&group.terminal_type, "terminal type", &self.known.types, &node.field("type"));
        if group.uplink.is_some() && group.uplink == group.backup {
            let message = format!("uplink and backup of group `{}` are the same", group.id);
            self.warning(
                Code::Contradiction,
                node.field("backup").range(),
                message,
                "a backup helps only if it is another bearer",
            );
        }
    }

    /// Reports groups that leave out what their settings need.
    fn bearers(&mut self) {
        let whole = self.whole;
        let list = self.root().field("fleet");
        for (number, group) in whole.fleet.iter().enumerate() {
            let Some(of) = whole.types.get(&group.terminal_type) else { continue };
            let node = list.item(number);
            for (field, via) in [("uplink", group.uplink), ("backup", group.backup)] {
                if let Some(via) = via.filter(|via| !of.fits(via.part())) {
                    let message =
                        format!("terminals of type `{}` have no {via:?}", group.terminal_type);
                    let hint = "take it out of `fitted: (without: [..])` of the type, or name the other bearer";
                    self.error(Code::Contradiction, node.field(field).range(), message, hint);
                }
            }
            if of.bearers(group).0.is_none() {
                let message =
                    format!("terminals of group `{}` have no way to the network", group.id);
                let hint = "leave their type one of `Wifi` and `Cellular`, and let `uplink` or `backup` name it";
                self.error(Code::Contradiction, node.field("type").range(), message, hint);
            }
        }
    }

    /// Reports parts that cannot be added or left out.
    fn fitted(&mut self, fitted: &FittedParts, node: &NodeRef<'_>) {
        let lists = [
            ("with", &fitted.with, Fitting::Optional),
            ("without", &fitted.without, Fitting::Standard),
        ];
        for (field, parts, wanted) in lists {
            for (number, part) in parts.iter().enumerate() {
                if part.fitting() == wanted && !part.is_hub() {
                    continue;
                }
                let known = Part::ALL.iter().filter(|it| it.fitting() == wanted && !it.is_hub());
                let known: Vec<String> = known.map(|it| format!("{it:?}")).collect();
                let (message, hint) = if field == "with" {
                    let message = format!("`{part:?}` is not a part that a type of terminal adds");
                    (message, format!("what can be added: {}", known.join(", ")))
                } else {
                    let message = format!("no terminal can do without `{part:?}`");
                    (message, format!("what can be left out: {}", known.join(", ")))
                };
                let range = node.field(field).item(number).range();
                self.error(Code::Contradiction, range, message, hint);
            }
        }
    }

    fn types(&mut self) {
        let (scenario, map) = (self.scenario, self.root().field("types"));
        self.distinct("terminal types", map.keys().into_iter());
        for (name, of) in &scenario.types {
            let node = map.field(name);
            if let Some(base) = &of.base {
                self.refer(base, "terminal type", &self.known.types, &node.field("base"));
                self.circle(name, &node.field("base"));
            }
            self.fitted(&of.fitted, &node.field("fitted"));
        }
        self.devices();
    }

    /// Reports a type that is based on itself; each circle once, at its first type by name.
    fn circle(&mut self, start: &str, node: &NodeRef<'_>) {
        let mut way = vec![start];
        while let Some(of) = self.scenario.types.get(*way.last().unwrap_or(&start)) {
            let Some(base) = of.base.as_deref() else { return };
            if base == start {
                if way.iter().all(|it| *it >= start) {
                    way.push(base);
                    let way = way.join("` → `");
                    let message = format!("types are based on each other in a circle: `{way}`");
                    self.error(
                        Code::Circle,
                        node.range(),
                        message,
                        "remove `base` from one of them",
                    );
                }
                return;
            }
            if way.contains(&base) {
                return;
            }
            if way.len() > MOST_BASES {
                let message = format!("type `{start}` has more than {MOST_BASES} bases");
                self.error(Code::Circle, node.range(), message, "base it on one that has fewer");
                return;
            }
            way.push(base);
        }
    }

    pub(super) fn network(&mut self) {
        let (scenario, node) = (self.scenario, self.root().field("network"));
        let network = &scenario.network;
        self.not_zero(network.min_latency, "the minimum latency", &node.field("min_latency"));
        let map = node.field("regions");
        self.distinct("regions", map.keys().into_iter());
        for (name, region) in &network.regions {
            self.refer(name, "region", &self.known.regions, &map.field(name));
            for (bearer, radio) in [("wifi", &region.wifi), ("cellular", &region.cellular)] {
                let node = map.field(name).field(bearer);
                radio.iter().for_each(|radio| self.radio(radio, &node));
            }
        }
        let types = self.root().field("types");
        for (name, of) in &scenario.types {
            let comms = types.field(name).field("comms");
            self.radio(&of.comms.wifi.radio, &comms.field("wifi").field("radio"));
            self.radio(&of.comms.cellular.radio, &comms.field("cellular").field("radio"));
        }
    }

    fn radio(&mut self, radio: &Radio, node: &NodeRef<'_>) {
        let min = self.scenario.network.min_latency;
        if radio.latency < min {
            let (is, min) = (said(radio.latency), said(min));
            let message = format!("a latency of {is} is lengthened to the minimum, {min}");
            let hint = "make `network.min_latency` smaller, or this longer";
            self.warning(Code::Contradiction, node.field("latency").range(), message, hint);
        }
        self.not_zero(radio.slot, "the slot of the channel", &node.field("slot"));
    }
}

/// Where a name is written.
pub(super) fn place_of(node: &NodeRef<'_>, name: &crate::name::Name) -> std::ops::Range<usize> {
    name.span().unwrap_or_else(|| node.field("id").range())
}
