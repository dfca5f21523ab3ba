//! What the types of a scenario cannot say: references that lead nowhere, times that do not fit, faults that never occur.

mod deployment;
mod devices;
mod diagnosis;
mod expectations;
mod faults;
mod fleet;
mod node_ref;
mod policies;
mod rollouts;
mod sensors;
mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use models::quantity::{Currency, Price};
use sim::Span;
use sim::quantity::Quantity;

use crate::diagnostic::{Code, Diagnostic, Severity, SourceMap, choice};
use crate::fleet::STANDARD;
use crate::inherit;
use crate::load::MOST_FOUND;
use crate::name::Name;
use crate::recovering_buffer::RecoveringBuffer;
use crate::scenario::{SCHEMA, Scenario};
use crate::syntax_tree::SyntaxTree;
use node_ref::NodeRef;

/// Everything that is wrong with a scenario that could be parsed. What only follows from the mistakes that were set
/// aside in the buffer, or from those that were `found` before, is left out.
pub(crate) fn check(
    scenario: &Scenario,
    buffer: &RecoveringBuffer,
    source_map: &SourceMap,
    found: &[Diagnostic],
) -> Vec<Diagnostic> {
    // The buffer has been parsed, so its brackets are sound.
    let Ok(tree) = SyntaxTree::of(buffer.text()) else { return Vec::new() };
    let known = Known::of(scenario);
    let whole = &inherit::resolved(scenario.clone(), buffer.text());
    let (tree, known) = (&tree, &known);
    let mut checker =
        Checker { scenario, whole, buffer, source_map, tree, known, noticed: Vec::new() };
    checker.head();
    checker.currency();
    checker.fleet();
    checker.network();
    checker.workload();
    checker.platform();
    checker.deployments();
    checker.faults();
    checker.policies();
    checker.rollouts();
    checker.people();
    checker.expectations();
    let noticed = std::mem::take(&mut checker.noticed);
    noticed.into_iter().filter(|it| !checker.follows(it, found)).collect()
}

/// The names that a scenario may refer to.
struct Known<'a> {
    groups: BTreeSet<&'a str>,
    /// Types that are described, and the one that always is.
    types: BTreeSet<&'a str>,
    /// Types that terminals are of.
    used_types: BTreeSet<&'a str>,
    regions: BTreeSet<&'a str>,
    carriers: BTreeSet<&'a str>,
    batches: BTreeSet<&'a str>,
    hosts: BTreeSet<&'a str>,
    faults: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        let fleet = &scenario.fleet;
        let hosts: BTreeSet<&str> = scenario.hosts.iter().map(|it| it.id.as_str()).collect();
        Self {
            groups: fleet.iter().map(|it| it.id.as_str()).collect(),
            types: scenario.types.keys().map(|it| it.as_str()).chain([STANDARD]).collect(),
            used_types: fleet.iter().map(|it| it.terminal_type.as_str()).collect(),
            regions: fleet.iter().map(|it| it.region.as_str()).collect(),
            carriers: fleet.iter().map(|it| it.carrier.as_str()).collect(),
            batches: fleet.iter().map(|it| it.batch().as_str()).collect(),
            hosts: if hosts.is_empty() { BTreeSet::from(["bank"]) } else { hosts },
            faults: scenario.faults.iter().map(|it| it.id.as_str()).collect(),
        }
    }
}

/// A length of time as it is written in a scenario.
fn said(span: Span) -> String {
    span.write()
}

struct Checker<'a> {
    scenario: &'a Scenario,
    /// The same with every type made whole.
    whole: &'a Scenario,
    buffer: &'a RecoveringBuffer,
    source_map: &'a SourceMap,
    tree: &'a SyntaxTree,
    known: &'a Known<'a>,
    noticed: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn root(&self) -> NodeRef<'a> {
        NodeRef::root(self.tree, self.buffer.text())
    }

    fn error(
        &mut self,
        code: Code,
        at: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if self.noticed.len() < MOST_FOUND {
            self.noticed.push(self.source_map.error(code, at, message, hint.into()));
        }
    }

    fn warning(
        &mut self,
        code: Code,
        at: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if self.noticed.len() < MOST_FOUND {
            let error = self.source_map.error(code, at, message, hint.into());
            self.noticed.push(Diagnostic { severity: Severity::Warning, ..error });
        }
    }

    /// Reports a name that refers to nothing.
    fn refer(&mut self, name: &Name, what: &str, known: &BTreeSet<&str>, node: &NodeRef<'_>) {
        let there = known.contains(name.as_str()) || self.buffer.lost().contains(name.as_str());
        if there || self.noticed.len() >= MOST_FOUND {
            return;
        }
        let at = name.span().unwrap_or_else(|| node.range());
        let hint = match known.is_empty() {
            true => format!("this scenario has no {what}"),
            false => choice(name, known.iter().copied()),
        };
        self.error(Code::UnknownName, at, format!("there is no {what} `{name}`"), hint);
    }

    /// Reports names that are given twice.
    fn distinct<'n>(&mut self, what: &str, names: impl Iterator<Item = (&'n str, Range<usize>)>) {
        let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for (name, at) in names {
            match first.get(name) {
                None => {
                    first.insert(name, at);
                }
                Some(before) => {
                    let (line, column) = self.source_map.line_and_column(before.start);
                    let message = format!("there are two {what} `{name}`");
                    let hint =
                        format!("the first is at {line}:{column}; give this one another name");
                    self.error(Code::DuplicateName, at, message, hint);
                }
            }
        }
    }

    /// Reports a length of time that must not be zero.
    fn not_zero(&mut self, span: Span, what: &str, node: &NodeRef<'_>) {
        if span == Span::ZERO {
            let hint = format!("write a length of time, such as \"{}\"", Span::EXAMPLE);
            self.error(Code::WrongTimes, node.range(), format!("{what} is zero"), hint);
        }
    }

    /// A finding that only follows from what was found before.
    fn follows(&self, noticed: &Diagnostic, found: &[Diagnostic]) -> bool {
        let (Some(place), false) = (noticed.span.as_ref().map(|it| it.start), found.is_empty())
        else {
            return false;
        };
        if matches!(
            noticed.code,
            Code::UnknownName | Code::DuplicateName | Code::Circle | Code::Schema
        ) {
            return false;
        }
        let of_times = matches!(noticed.code, Code::WrongTimes | Code::NeverOccurs);
        let times = ["duration", "warmup", "drain"];
        if of_times && times.iter().any(|field| self.doubtful(&self.root().field(field), found)) {
            return true;
        }
        // The element of a list or map that it is in, or else the field of the scenario.
        let (path, _) = self.tree.path_to(place);
        let is_element = |step: &&(usize, usize)| self.tree.bracket(step.0).kind != b'(';
        let unit = path.get(2).filter(is_element).or(path.get(1));
        unit.is_some_and(|step| {
            let extent = self.tree.entry(*step).extent.clone();
            found.iter().any(|it| it.span.as_ref().is_some_and(|it| extent.contains(&it.start)))
        })
    }

    /// Something in this field was wrong before.
    fn doubtful(&self, node: &NodeRef<'_>, found: &[Diagnostic]) -> bool {
        let whole = node.whole();
        found.iter().any(|it| it.span.as_ref().is_some_and(|it| whole.contains(&it.start)))
            || node.is_missing() && self.buffer.lost().contains(node.name())
    }

    fn head(&mut self) {
        let (scenario, root) = (self.scenario, self.root());
        if scenario.schema != SCHEMA {
            let is = scenario.schema;
            let message =
                format!("this scenario is of schema {is}; this program reads schema {SCHEMA}");
            let then = if is < SCHEMA {
                "; every word that it renamed is reported where it stands"
            } else {
                ", or use a newer program"
            };
            let hint = format!("write `schema: {SCHEMA}`{then}");
            self.error(Code::Schema, root.field("schema").range(), message, hint);
        }
        if scenario.name.trim().is_empty() {
            let hint = "give it a short name: results are called after it";
            self.error(
                Code::EmptySelection,
                root.field("name").range(),
                "the scenario has no name",
                hint,
            );
        }
        self.not_zero(scenario.duration, "the duration of the run", &root.field("duration"));
        let (duration, warmup, drain) = (scenario.duration, scenario.warmup, scenario.drain);
        if duration > Span::ZERO && warmup >= duration {
            let message = format!(
                "the warm-up ({}) is as long as the run ({})",
                said(warmup),
                said(duration)
            );
            self.error(
                Code::WrongTimes,
                root.field("warmup").range(),
                message,
                "make the run longer, or the warm-up shorter",
            );
        } else if duration > Span::ZERO && warmup + drain >= duration {
            let message = format!(
                "warm-up ({}) and drain time ({}) leave nothing of the run ({})",
                said(warmup),
                said(drain),
                said(duration)
            );
            let node = root.field("drain");
            let node = if node.is_missing() { root.field("duration") } else { node };
            self.error(
                Code::WrongTimes,
                node.range(),
                message,
                "make the run longer, or set `drain: \"0s\"`",
            );
        }
    }

    /// Amounts in another currency than the scenario's. The defaults of models are in no currency that was chosen, so
    /// only what is written counts.
    fn currency(&mut self) {
        let expected = self.scenario.currency;
        for text in self.tree.texts() {
            let Ok(price) = Price::parse(&self.buffer.text()[text.clone()]) else { continue };
            if price.currency() != expected {
                let (is, should) = (price.currency().code(), expected.code());
                let message =
                    format!("this amount is in {is}, and the scenario's currency is {should}");
                let known = Currency::ALL.contains(&price.currency());
                let hint = if known {
                    format!("write it in {should}, or set `currency: {is}`")
                } else {
                    String::new()
                };
                self.error(Code::Contradiction, text.clone(), message, hint);
            }
        }
    }
}
