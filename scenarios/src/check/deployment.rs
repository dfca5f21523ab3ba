//! The life of terminals: applications, providers, deposits, maintenance, returns.

use std::collections::BTreeSet;

use models::lifecycle::Way;
use models::people::deployment::{Retires, Spec};
use models::provider::Choice;
use sim::Span;
use sim::quantity::{Factor, Probability};

use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::{Code, choice};
use crate::name::Name;

impl Checker<'_> {
    pub(super) fn deployments(&mut self) {
        let scenario = self.scenario;
        let common = self.root().field("people").field("deployment");
        if scenario.fleet.iter().any(|group| group.deployment.is_none()) {
            self.deployment(&scenario.people.deployment, &common);
        }
        let list = self.root().field("fleet");
        for (number, group) in scenario.fleet.iter().enumerate() {
            if let Some(spec) = &group.deployment {
                self.deployment(spec, &list.item(number).field("deployment"));
            }
        }
        if scenario.lives() {
            self.onboarding();
            self.deposits();
        }
    }

    fn deployment(&mut self, spec: &Spec, node: &NodeRef<'_>) {
        let end = self.scenario.duration;
        self.provider(&spec.provider, &node.field("provider"));
        if let Some(applies) = &spec.applies {
            let at = node.field("applies");
            if applies.from >= end && end > Span::ZERO {
                let message = format!(
                    "nobody ever applies: {} is not before the end of the run, {}",
                    said(applies.from),
                    said(end)
                );
                let hint = "let them apply earlier, or make the run longer";
                self.error(Code::NeverOccurs, at.field("from").range(), message, hint);
            }
            let weights = spec.ways.weights().map(Factor);
            self.weights(&weights, "ways to a terminal", &node.field("ways"));
            if spec.again.attempts == 0 {
                let at = node.field("again").field("attempts").range();
                let message = "nobody can apply less than once";
                self.error(Code::OutOfRange, at, message, "set `attempts` to 1 or more");
            }
        }
        self.retires(spec, node);
        if let Some(maintenance) = &spec.maintenance {
            let at = node.field("maintenance");
            self.not_zero(maintenance.every, "the time between two", &at.field("every"));
            if self.scenario.people.technicians.crews == 0 {
                let message = "maintenance is planned, and there are no technicians";
                let hint = "set `people.technicians.crews` to 1 or more";
                self.error(Code::Contradiction, at.range(), message, hint);
            }
        }
        let handling = &spec.handling;
        self.add_up(
            &[handling.returned_damaged, handling.returned_ruined],
            "`returned_damaged` and `returned_ruined`",
            &node.field("handling"),
        );
    }

    fn provider(&mut self, provider: &Choice, node: &NodeRef<'_>) {
        let Choice::Named(name) = provider else { return };
        let known = &self.scenario.people.onboarding.providers;
        if known.contains_key(name) {
            return;
        }
        let hint = match known.is_empty() {
            true => "add it to `people.onboarding.providers`".to_owned(),
            false => choice(name, known.keys().map(String::as_str)),
        };
        let message = format!("there is no provider `{name}`");
        self.error(Code::UnknownName, node.range(), message, hint);
    }

    /// Reports terminals that are given back before they can have been in service, or never.
    fn retires(&mut self, spec: &Spec, node: &NodeRef<'_>) {
        let at = node.field("retires");
        match spec.retires {
            None => {}
            Some(Retires::After(serves)) => {
                self.not_zero(serves.median, "the time in service", &at.field("median"));
            }
            Some(Retires::At(time)) => {
                let end = self.scenario.duration;
                if time >= end && end > Span::ZERO {
                    let message = format!(
                        "they are never given back: {} is not before the end of the run, {}",
                        said(time),
                        said(end)
                    );
                    let hint = "let them retire earlier, or make the run longer";
                    self.error(Code::NeverOccurs, at.range(), message, hint);
                } else if let Some(earliest) = self.earliest(spec)
                    && time <= earliest
                {
                    let message = format!(
                        "they are given back at {}, before they are activated ({} at the earliest)",
                        said(time),
                        said(earliest)
                    );
                    let hint = "let them retire later, or use `After(median: \"900d\")`";
                    self.error(Code::Contradiction, at.range(), message, hint);
                }
            }
        }
    }

    /// When the first of them is in service, if every step takes its median by the quickest way; `None` if they are from
    /// the start.
    fn earliest(&self, spec: &Spec) -> Option<Span> {
        let applies = spec.applies.as_ref()?;
        let onboarding = &self.scenario.people.onboarding;
        let ways =
            Way::ALL.into_iter().zip(spec.ways.weights()).filter(|(_, weight)| *weight > 0.0);
        let duration = |way: Way| {
            let route = onboarding.route(way);
            route.prepares.median + route.ships.median + route.installs.median
        };
        let quickest = ways.map(|(way, _)| duration(way)).min().unwrap_or(Span::ZERO);
        Some(applies.from + quickest + onboarding.reviews.median)
    }

    /// Reports shares of the same whole that are more than all of it.
    fn add_up(&mut self, shares: &[Probability], which: &str, node: &NodeRef<'_>) {
        let sum: f64 = shares.iter().map(|share| share.0).sum();
        // As people write them: what binary fractions add is no mistake of theirs.
        if sum > 1.0 + 1e-9 {
            let message = format!("{which} exclude each other, and add up to {sum:.3}");
            let hint = "make them 1 or less together";
            self.error(Code::Contradiction, node.range(), message, hint);
        }
    }

    fn onboarding(&mut self) {
        let scenario = self.scenario;
        let onboarding = &scenario.people.onboarding;
        let node = self.root().field("people").field("onboarding");
        let applied = scenario.fleet.iter().any(|it| scenario.deployment(it).applies.is_some());
        if onboarding.reviewers == 0 && applied {
            let message = "without reviewers no application is ever decided";
            let hint = "set `reviewers` to 1 or more";
            self.error(Code::OutOfRange, node.field("reviewers").range(), message, hint);
        }
        let refuses = &onboarding.refuses;
        self.add_up(
            &[refuses.prohibited_business, refuses.other],
            "`prohibited_business` and `other`",
            &node.field("refuses"),
        );
    }

    fn deposits(&mut self) {
        let node = self.root().field("people").field("deposits").field("regions");
        let regions: BTreeSet<&str> = self.known.regions.clone();
        for region in self.scenario.people.deposits.regions.keys() {
            self.refer(&Name::from(region.as_str()), "region", &regions, &node.field(region));
        }
    }
}
