//! Roll-outs: of which version, to whom, in which stages.

use std::collections::BTreeSet;

use models::availability::Milestone;

use super::fleet::place_of;
use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::faults::{Target, When};
use crate::rollouts::RolloutEntry;

/// The most roll-outs: they are numbered in 8 bits.
const MOST_ROLLOUTS: usize = 255;

impl Checker<'_> {
    pub(super) fn rollouts(&mut self) {
        let (scenario, list) = (self.scenario, self.root().field("policies").field("rollouts"));
        let all = &scenario.policies.rollouts;
        let ids = all.iter().enumerate();
        let ids = ids.map(|(n, it)| (it.id.as_str(), place_of(&list.item(n), &it.id)));
        self.distinct("rollouts", ids);
        if all.len() > MOST_ROLLOUTS {
            let message = format!("there are more than {MOST_ROLLOUTS} roll-outs");
            self.error(Code::OutOfRange, list.range(), message, "leave some of them out");
        }
        let versions: BTreeSet<&str> = scenario.versions.keys().map(|it| it.as_str()).collect();
        for (number, entry) in all.iter().enumerate() {
            let node = list.item(number);
            self.refer(&entry.version, "version", &versions, &node.field("version"));
            self.terminals_at(&entry.target, "a version", &node.field("target"));
            self.stages(entry, &node);
        }
        if all.is_empty() {
            self.never_updated();
        }
    }

    fn stages(&mut self, entry: &RolloutEntry, node: &NodeRef<'_>) {
        let duration = self.scenario.duration;
        if entry.from >= duration {
            let message = format!("it begins at {}, and the run ends before", said(entry.from));
            let hint = format!("the run lasts {}", said(duration));
            self.error(Code::WrongTimes, node.field("from").range(), message, hint);
        }
        let at = node.field("stages");
        let rising = entry.stages.windows(2).all(|it| it[0].0 < it[1].0);
        let first = entry.stages.first().is_some_and(|it| it.0 > 0.0);
        let last = entry.stages.last().is_some_and(|it| it.0 >= 1.0);
        if !(rising && first && last) {
            let message = "stages rise from more than 0 to 1";
            self.error(Code::OutOfRange, at.range(), message, "such as `[0.01, 0.1, 1]`");
        }
        if entry.stages.len() > 1 && entry.every < entry.over {
            let message = format!(
                "a stage takes {}, and the next begins after {}",
                said(entry.over),
                said(entry.every)
            );
            let hint = "set `every` to at least `over`";
            self.error(Code::WrongTimes, node.field("every").range(), message, hint);
        }
        if let Some(halt) = entry.halt
            && halt.troubled.0 <= 0.0
        {
            let message = "it is stopped before anything is wrong";
            let hint = "set `troubled` to a share above 0, such as 0.1";
            let at = node.field("halt").field("troubled").range();
            self.error(Code::OutOfRange, at, message, hint);
        }
    }

    /// Faults that wait for an update where there is none.
    fn never_updated(&mut self) {
        let list = self.root().field("faults");
        for (number, entry) in self.scenario.faults.iter().enumerate() {
            if let When::On { event: Milestone::Updated, .. } = entry.when {
                let message = "this can never occur: no terminal is updated";
                let hint = "add a roll-out to `policies.rollouts`";
                let at = list.item(number).field("when").range();
                self.error(Code::NeverOccurs, at, message, hint);
            }
        }
    }

    /// Reports a target that names no terminals.
    fn terminals_at(&mut self, target: &Target, what: &str, at: &NodeRef<'_>) {
        match target {
            Target::Gateway | Target::Host(_) | Target::BackOffice => {
                let message = format!("{what} is for terminals");
                let hint =
                    "name a group, a type, a region, a carrier, a batch, a site or terminals";
                self.error(Code::EmptySelection, at.range(), message, hint);
            }
            _ => self.place(target, at),
        }
    }
}
