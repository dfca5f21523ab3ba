//! Faults: where, when, how long.

use faults::{DevicePart, Fitting};
use models::availability::Milestone;
use models::hardware::display;
use models::{Fault, Models, Part, Visitor, for_each_model};
use sim::Span;

use super::fleet::place_of;
use super::node_ref::NodeRef;
use super::{Checker, said};
use crate::diagnostic::Code;
use crate::faults::{FaultEntry, Lasts, LifeLaw, Sample, SeverityProfile, Target, When};
use crate::fleet::{Group, TerminalType};
use crate::name::Name;
use crate::scenario::Scenario;

/// The most entries: they are numbered in 16 bits, and one number says that nobody planned it.
const MOST_FAULTS: usize = 65_000;

/// The parts that are actors of their own, not parts of a terminal.
#[derive(Default)]
struct Hubs(Vec<Part>);

impl Visitor for Hubs {
    fn visit<M: DevicePart<Models>>(&mut self, part: Part) {
        if M::HUB {
            self.0.push(part);
        }
    }
}

/// Whether a target has terminals of a group.
fn hits(target: &Target, group: &Group) -> bool {
    match target {
        Target::All => true,
        Target::Group(name) | Target::Site(name, _) | Target::Terminals(name, _) => {
            group.id == *name
        }
        Target::Type(name) => group.terminal_type == *name,
        Target::Region(name) => group.region == *name,
        Target::Carrier(name) => group.carrier == *name,
        Target::Batch(name) => group.batch() == name,
        Target::Gateway | Target::Host(_) | Target::BackOffice => false,
    }
}

/// What would give the terminals of a group what a fault needs; `None` if they have it.
fn lacks(fault: Fault, group: &Group, of: &TerminalType) -> Option<&'static str> {
    match fault {
        _ if !of.fits(fault.part()) => Some(match fault.part().fitting() {
            Fitting::Optional => {
                "add it to `fitted: (with: [..])` of their type, or choose other terminals"
            }
            _ => {
                "take it out of `fitted: (without: [..])` of their type, or choose other terminals"
            }
        }),
        Fault::Battery(_) if !of.uses(Part::Battery, group) => {
            Some("set `hardware.battery.capacity` of its type above 0, or choose other terminals")
        }
        Fault::PhoneLink(_) if !of.uses(Part::PhoneLink, group) => Some(
            "set `software.firmware.through_phone: true` in its type, or choose other terminals",
        ),
        Fault::Wifi(_) if !of.uses(Part::Wifi, group) => {
            Some("set `uplink` or `backup` to `Wifi`, or choose other terminals")
        }
        Fault::Cellular(_) if !of.uses(Part::Cellular, group) => {
            Some("set `uplink` or `backup` to `Cellular`, or choose other terminals")
        }
        Fault::Display(display::Fault::TouchDead) if of.hardware.display.keypad_only => {
            Some("its type is worked by keys alone: set `keypad_only: false`, or choose others")
        }
        _ => None,
    }
}

impl Checker<'_> {
    pub(super) fn faults(&mut self) {
        let (scenario, list) = (self.scenario, self.root().field("faults"));
        let ids = scenario.faults.iter().enumerate();
        let ids = ids.map(|(n, entry)| (entry.id.as_str(), place_of(&list.item(n), &entry.id)));
        self.distinct("faults", ids);
        if scenario.faults.len() > MOST_FAULTS {
            let message = format!("there are more than {MOST_FAULTS} faults");
            self.error(Code::OutOfRange, list.range(), message, "give one entry more targets");
        }
        let mut hubs = Hubs::default();
        for_each_model(&mut hubs);
        for (number, entry) in scenario.faults.iter().enumerate() {
            let node = list.item(number);
            let at_hub = hubs.0.contains(&entry.mode.part());
            self.target(entry, at_hub, &node);
            self.has_it(entry, self.whole, &node);
            self.sample(entry, at_hub, &node);
            self.when(entry, at_hub, &node);
            self.lasts(entry.lasts, &node.field("lasts"));
            self.severity_profile(entry.severity_profile, &node.field("severity_profile"));
            self.strength(entry, &node);
        }
    }

    fn target(&mut self, entry: &FaultEntry, at_hub: bool, node: &NodeRef<'_>) {
        let at = node.field("target");
        self.place(&entry.target, &at);
        self.fits(entry, at_hub, &at);
    }

    /// Reports a target that names what is not there.
    pub(super) fn place(&mut self, target: &Target, at: &NodeRef<'_>) {
        match target {
            Target::All | Target::Gateway | Target::BackOffice => {}
            Target::Group(name) => self.refer(name, "group", &self.known.groups, at),
            Target::Type(name) => self.refer(name, "terminal of type", &self.known.used_types, at),
            Target::Region(name) => self.refer(name, "region", &self.known.regions, at),
            Target::Carrier(name) => self.refer(name, "carrier", &self.known.carriers, at),
            Target::Batch(name) => self.refer(name, "batch", &self.known.batches, at),
            Target::Site(name, site) => {
                self.refer(name, "group", &self.known.groups, at);
                self.within(name, &[*site], true, at);
            }
            Target::Terminals(name, numbers) => {
                self.refer(name, "group", &self.known.groups, at);
                self.within(name, numbers, false, at);
            }
            Target::Host(name) => self.refer(name, "host", &self.known.hosts, at),
        }
    }

    /// Reports numbers of sites or terminals that a group does not have.
    fn within(&mut self, group: &Name, numbers: &[u32], sites: bool, at: &NodeRef<'_>) {
        let Some(group) = self.scenario.fleet.iter().find(|it| it.id == *group) else { return };
        let (max, what) = if sites { (group.sites(), "sites") } else { (group.count, "terminals") };
        if numbers.is_empty() {
            self.error(
                Code::EmptySelection,
                at.range(),
                "this selects no terminals",
                "name at least one number",
            );
        }
        if let Some(wrong) = numbers.iter().find(|it| **it >= max) {
            let message =
                format!("group `{}` has {max} {what}, so there is no number {wrong}", group.id);
            let hint = format!("numbers are from 0 to {}", max.saturating_sub(1));
            self.error(Code::EmptySelection, at.range(), message, hint);
        }
    }

    /// Reports a target that does not have the part.
    fn fits(&mut self, entry: &FaultEntry, at_hub: bool, at: &NodeRef<'_>) {
        let part = entry.mode.part();
        let fits = match &entry.target {
            Target::All => true,
            Target::Gateway => part == Part::Gateway,
            Target::Host(_) => part == Part::Host,
            Target::BackOffice => part == Part::BackOffice,
            _ => !at_hub,
        };
        if !fits {
            let message =
                format!("there is no {} there, so {} cannot occur", part.name(), entry.mode);
            let hint = if at_hub {
                "leave `target` out: it occurs where the part is"
            } else {
                "choose terminals: `Group(...)`, `Region(...)`, or leave `target` out"
            };
            self.error(Code::EmptySelection, at.range(), message, hint);
        }
    }

    /// Reports a fault of a part that no terminal of the target has.
    fn has_it(&mut self, entry: &FaultEntry, whole: &Scenario, node: &NodeRef<'_>) {
        let usual = TerminalType::default();
        // What is wrong with a type is said elsewhere.
        let known = |it: &&Group| self.known.types.contains(it.terminal_type.as_str());
        let among = whole.fleet.iter().filter(|it| hits(&entry.target, it)).filter(known);
        let lacks: Vec<Option<&str>> = among
            .map(|it| lacks(entry.mode, it, whole.types.get(&it.terminal_type).unwrap_or(&usual)))
            .collect();
        // One terminal that has it is enough.
        if let Some(Some(hint)) = lacks.first()
            && lacks.iter().all(Option::is_some)
        {
            let message = match entry.mode {
                Fault::Display(_) => format!("no terminal there can have {}", entry.mode),
                _ => format!(
                    "none of the {} terminals there has the part `{}`, so {} cannot occur",
                    self.terminals(&entry.target),
                    entry.mode.part().name(),
                    entry.mode
                ),
            };
            self.error(Code::EmptySelection, node.field("mode").range(), message, *hint);
        }
    }

    fn sample(&mut self, entry: &FaultEntry, at_hub: bool, node: &NodeRef<'_>) {
        let at = node.field("sample").range();
        match entry.sample {
            Sample::Count(0) => self.error(
                Code::EmptySelection,
                at,
                "this chooses no target",
                "set the count to 1 or more",
            ),
            Sample::Share(share) if share.0 == 0.0 => {
                self.error(
                    Code::EmptySelection,
                    at,
                    "this chooses no target",
                    "set the share above 0",
                );
            }
            Sample::Count(count) if !at_hub => {
                let there = self.terminals(&entry.target);
                if u64::from(count) > there && there > 0 {
                    let message = format!("only {there} terminals can be chosen from, not {count}");
                    self.warning(Code::EmptySelection, at, message, "all of them are chosen");
                }
            }
            _ => {}
        }
    }

    /// How many terminals a target has; 0 if it cannot be said.
    fn terminals(&self, target: &Target) -> u64 {
        let groups = self.scenario.fleet.iter();
        let count = |groups: &mut dyn Iterator<Item = u32>| groups.map(u64::from).sum();
        match target {
            Target::All => self.scenario.terminals(),
            Target::Group(name) => {
                count(&mut groups.filter(|it| it.id == *name).map(|it| it.count))
            }
            Target::Type(name) => {
                count(&mut groups.filter(|it| it.terminal_type == *name).map(|it| it.count))
            }
            Target::Region(name) => {
                count(&mut groups.filter(|it| it.region == *name).map(|it| it.count))
            }
            Target::Carrier(name) => {
                count(&mut groups.filter(|it| it.carrier == *name).map(|it| it.count))
            }
            Target::Batch(name) => {
                count(&mut groups.filter(|it| it.batch() == name).map(|it| it.count))
            }
            Target::Site(name, _) => {
                count(&mut groups.filter(|it| it.id == *name).map(|it| it.site_size))
            }
            Target::Terminals(_, numbers) => numbers.len() as u64,
            _ => 0,
        }
    }

    fn when(&mut self, entry: &FaultEntry, at_hub: bool, node: &NodeRef<'_>) {
        let at = node.field("when");
        let (end, sales_end) = (self.scenario.duration, self.scenario.sales_end());
        match entry.when {
            When::At(time) => {
                self.in_time(time, "it", &at);
                if time < end && time >= sales_end {
                    let message = format!(
                        "it occurs at {}, when the last customer has come ({})",
                        said(time),
                        said(sales_end)
                    );
                    self.warning(
                        Code::NeverOccurs,
                        at.range(),
                        message,
                        "let it occur earlier, or make `drain` shorter",
                    );
                }
            }
            When::Every { period, first } => {
                self.not_zero(period, "the period", &at.field("period"));
                let node = if first.is_some() { at.field("first") } else { at.field("period") };
                self.in_time(first.unwrap_or(period), "the first of them", &node);
            }
            When::Random(life) => self.life(life, &at),
            When::PowerLaw { shape, scale } => {
                self.not_zero(scale, "the scale of the power law", &at.field("scale"));
                if shape.0 == 0.0 {
                    let message = "a power law of shape 0 occurs at the start and never again";
                    let hint = "set `shape` above 0";
                    self.error(Code::OutOfRange, at.field("shape").range(), message, hint);
                }
            }
            When::On { event, nth, probability, after, ref r#while, from, until } => {
                if nth == 0 {
                    self.error(
                        Code::OutOfRange,
                        at.field("nth").range(),
                        "nothing happens a zeroth time",
                        "count from 1",
                    );
                }
                if probability.0 == 0.0 {
                    self.unlikely(&at.field("probability"));
                }
                self.in_time(after, "it", &at.field("after"));
                self.can_happen(event, at_hub, &at.field("event"));
                self.in_time(from, "what counts for it", &at.field("from"));
                if until.is_some_and(|until| until <= from) {
                    let message = "nothing happens in a stretch of time that ends before it begins";
                    let hint = "set `until` to more than `from`";
                    self.error(Code::WrongTimes, at.field("until").range(), message, hint);
                }
                if let Some(other) = r#while {
                    self.refer(other, "fault", &self.known.faults, &at.field("while"));
                }
            }
        }
    }

    /// Reports a time that the run does not reach.
    fn in_time(&mut self, time: Span, what: &str, node: &NodeRef<'_>) {
        let end = self.scenario.duration;
        if time >= end && end > Span::ZERO && time > Span::ZERO {
            let message = format!(
                "{what} never occurs: {} is not before the end of the run, {}",
                said(time),
                said(end)
            );
            self.error(
                Code::NeverOccurs,
                node.range(),
                message,
                "let it occur earlier, or make the run longer",
            );
        }
    }

    fn can_happen(&mut self, event: Milestone, at_hub: bool, node: &NodeRef<'_>) {
        if at_hub {
            let message = format!("`{event:?}` happens at terminals only, so it never occurs");
            self.error(Code::NeverOccurs, node.range(), message, "use `At`, `Every` or `Random`");
            return;
        }
        let scenario = self.scenario;
        let usual = scenario.people.customer.per_day.0;
        let busy = |it: &crate::workload::Workload| it.per_day.map_or(usual, |it| it.0) > 0.0;
        let visited = match scenario.workload[..] {
            [] => usual > 0.0,
            _ => usual > 0.0 || scenario.workload.iter().any(busy),
        };
        if !visited && event != Milestone::Booted {
            let message = format!("no customer ever comes, so `{event:?}` never happens");
            self.error(Code::NeverOccurs, node.range(), message, "set `per_day` above 0");
        }
    }

    fn life(&mut self, life: LifeLaw, at: &NodeRef<'_>) {
        match life {
            LifeLaw::Exponential { mean } => {
                self.not_zero(mean.0, "the mean life", &at.field("mean"))
            }
            LifeLaw::Lognormal { median, .. } => {
                self.not_zero(median.0, "the median life", &at.field("median"));
            }
            LifeLaw::Weibull { shape, scale, .. } => {
                self.not_zero(scale.0, "the scale of the life", &at.field("scale"));
                if shape.0 == 0.0 {
                    let message = "a Weibull law has a shape above 0";
                    self.error(
                        Code::OutOfRange,
                        at.field("shape").range(),
                        message,
                        "1 does not age, 2 wears out",
                    );
                }
            }
            LifeLaw::Bathtub { early, mean, late, .. } => {
                self.not_zero(mean.0, "the mean time between failures", &at.field("mean"));
                for (life, name) in [(early, "early"), (late, "late")] {
                    let node = at.field(name);
                    self.not_zero(life.scale.0, "the scale of the life", &node.field("scale"));
                }
                if early.shape.0 == 0.0 || early.shape.0 >= 1.0 {
                    let message = "early failures have a shape between 0 and 1";
                    let node = at.field("early").field("shape");
                    self.error(Code::OutOfRange, node.range(), message, "0.5 is usual");
                }
                if late.shape.0 <= 1.0 {
                    let message = "wear-out has a shape above 1";
                    let node = at.field("late").field("shape");
                    self.error(Code::OutOfRange, node.range(), message, "3 or 4 is usual");
                }
            }
        }
    }

    fn severity_profile(&mut self, severity_profile: SeverityProfile, at: &NodeRef<'_>) {
        match severity_profile {
            SeverityProfile::Constant => {}
            SeverityProfile::Ramp { over } => {
                self.not_zero(over, "the length of the ramp", &at.field("over"))
            }
            SeverityProfile::Intermittent { on, off } => {
                self.not_zero(on, "the mean time on", &at.field("on"));
                self.not_zero(off, "the mean time off", &at.field("off"));
            }
        }
    }

    fn lasts(&mut self, lasts: Lasts, at: &NodeRef<'_>) {
        match lasts {
            Lasts::UntilCleared => {}
            Lasts::Exactly(span) => self.not_zero(span, "the length of the fault", at),
            Lasts::Exponential { mean } => {
                self.not_zero(mean, "the mean length", &at.field("mean"))
            }
            Lasts::Lognormal { median, .. } => {
                self.not_zero(median, "the median length", &at.field("median"))
            }
            Lasts::Uniform { from, to } if from > to => {
                let message = format!("it ends ({}) before it starts ({})", said(to), said(from));
                self.error(
                    Code::WrongTimes,
                    at.field("to").range(),
                    message,
                    "exchange `from` and `to`",
                );
            }
            Lasts::Uniform { to, .. } => self.not_zero(to, "the longest length", &at.field("to")),
        }
    }

    fn strength(&mut self, entry: &FaultEntry, node: &NodeRef<'_>) {
        if entry.probability.0 == 0.0 {
            self.unlikely(&node.field("probability"));
        }
        if entry.magnitude.0 == 0.0 {
            let message = "a fault of magnitude 0 changes nothing";
            self.warning(
                Code::NeverOccurs,
                node.field("magnitude").range(),
                message,
                "set `magnitude` above 0",
            );
        }
    }

    /// A probability of zero is a warning: it is how a fault is switched off.
    fn unlikely(&mut self, node: &NodeRef<'_>) {
        let message = "with a probability of 0 it never occurs";
        self.warning(
            Code::NeverOccurs,
            node.range(),
            message,
            "set it above 0, unless the fault is switched off on purpose",
        );
    }
}
