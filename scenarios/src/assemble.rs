//! From a scenario to a world: who is who, what parts are set to, where each fault occurs.

use std::collections::BTreeSet;

use models::people::deposits::TerminalKind;
use models::rollout::Rollout;
use models::wire::Via;
use models::world::Stage;
use models::{Directory, Part, Plan, Profile, Software, Traits};
use sim::{ActorId, Identities, Instant, Keep, MOST_ACTORS, Purpose, Streams, unit};

use crate::faults::{FaultEntry, Sample, Target};
use crate::fleet::{FittedParts, Group, STANDARD, TerminalType};
use crate::name::Name;
use crate::outcome::{Places, PlannedFault, Roster, RosterGroup};
use crate::platform::HostEntry;
use crate::rollouts::RolloutEntry;
use crate::scenario::Scenario;
use crate::workload::Workload;

/// How a scenario is to be run; none of it changes what comes out, but for the seed and what is attached.
#[derive(Clone, Debug)]
pub struct Options {
    /// Another seed than the scenario's.
    pub seed: Option<u64>,
    /// Terminals a cell, a power of two; `None` gives every thread a cell of its own, up to [`LARGEST_CELL`].
    pub cell_size: Option<u32>,
    /// Which handled events to keep.
    pub keep: Keep,
    /// Parts in whose place something stands outside the simulation.
    pub attached: Vec<(ActorId, Part)>,
    /// The gateway hands out a copy of every message that comes from a terminal or goes to one.
    pub captured: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: None,
            cell_size: None,
            keep: Keep::Nothing,
            attached: Vec::new(),
            captured: false,
        }
    }
}

/// The largest cell that is chosen where none is asked for: larger ones gained nothing.
pub const LARGEST_CELL: u32 = 131_072;

impl Options {
    /// These, with a cell size that gives each of so many threads a cell.
    pub(crate) fn dealt(&self, terminals: u64, threads: usize) -> Self {
        let fair = match threads {
            // The largest, which may have room for the hubs too: a cell that is alone needs no windows.
            0 | 1 => LARGEST_CELL,
            _ => terminals.div_ceil(threads as u64).min(u64::from(LARGEST_CELL)) as u32,
        };
        let cell_size = self.cell_size.unwrap_or(fair.max(1).next_power_of_two());
        Self { cell_size: Some(cell_size), ..self.clone() }
    }
}

/// A scenario, ready to be raised.
#[derive(Clone, Debug)]
pub struct Assembly {
    /// What the run is set to.
    pub plan: Plan,
    /// Who acts, and where faults occur.
    pub stage: Stage,
    /// Who is who.
    pub roster: Roster,
    /// The scenario's faults and how many actors each is planned for.
    pub planned: Vec<PlannedFault>,
}

/// Hubs that every run has, before its hosts.
const HUBS: [(Part, &str); 4] = [
    (Part::Gateway, "gateway"),
    (Part::BackOffice, "back office"),
    (Part::Support, "support"),
    (Part::Technicians, "technicians"),
];

/// Hubs that a run has after its hosts, if any terminal is applied for, maintained or given back: so runs without keep the
/// numbers of all their actors.
const LIFE_HUBS: [(Part, &str); 2] =
    [(Part::Onboarding, "onboarding"), (Part::Deposits, "deposits")];

/// Puts a checked scenario together.
///
/// # Errors
/// If it has more actors or profiles than a run can have; the check of a file refuses both before.
pub fn assemble(scenario: &Scenario, options: &Options) -> Result<Assembly, String> {
    let hosts = hosts(scenario);
    let actors = scenario.terminals() + (HUBS.len() + LIFE_HUBS.len() + hosts.len()) as u64;
    if actors > u64::from(MOST_ACTORS) {
        return Err(format!("a run has at most {MOST_ACTORS} actors, this one has {actors}"));
    }
    if scenario.fleet.len() + hosts.len() > usize::from(u16::MAX) {
        return Err(format!("a run has at most {} groups and hosts", u16::MAX));
    }
    let seed = options.seed.unwrap_or(scenario.seed);
    let roster = roster(scenario, &hosts);
    let terminals = roster.terminals();
    let identities = identities(&roster);
    let (profiles, profile_of) = profiles(scenario, &hosts)?;
    let mut attached = options.attached.clone();
    attached.sort_unstable();
    let mut policy = scenario.policies.policy();
    // Whoever listens in at the back office hears every heartbeat.
    policy.simulate_every_heartbeat |= attached.iter().any(|(_, part)| *part == Part::BackOffice);
    let plan = Plan {
        profiles,
        profile_of,
        traits: traits(scenario, &roster.places),
        planned: scenario.faults.iter().map(FaultEntry::planned).collect(),
        policy,
        directory: directory(&roster, &hosts),
        sales_end: Instant::START + scenario.sales_end(),
        end: Instant::START + scenario.duration,
        currency: scenario.currency.number(),
        rollouts: rollouts(scenario, &roster, (&identities, seed)),
        attached,
        captured: options.captured,
    };
    let targets: Vec<_> = scenario
        .faults
        .iter()
        .map(|entry| targets(entry, scenario, &roster, (&identities, seed)))
        .collect();
    let planned = scenario.faults.iter().zip(&targets).map(|(entry, targets)| PlannedFault {
        id: entry.id.to_string(),
        fault: entry.mode,
        targets: targets.len() as u32,
    });
    let planned = planned.collect();
    let mut hubs: Vec<Part> = HUBS.iter().map(|(part, _)| *part).collect();
    hubs.extend(hosts.iter().map(|_| Part::Host));
    if scenario.lives() {
        hubs.extend(LIFE_HUBS.iter().map(|(part, _)| *part));
    }
    let stage = Stage {
        terminals,
        hubs,
        identities,
        targets,
        seed,
        cell_size: options.cell_size.unwrap_or(LARGEST_CELL),
        lookahead: scenario.network.min_latency,
        keep: options.keep.clone(),
    };
    Ok(Assembly { plan, stage, roster, planned })
}

/// The scenario's roll-outs. One of a version that is not described, which the check of a file refuses, installs it as
/// usual.
fn rollouts(scenario: &Scenario, roster: &Roster, draws: (&Identities, u64)) -> Vec<Rollout> {
    let of = |entry: &RolloutEntry| {
        let version = scenario.versions.get(&entry.version).copied().unwrap_or_default();
        entry.rollout(terminals_of(&entry.target, Part::Firmware, scenario, roster), version, draws)
    };
    scenario.policies.rollouts.iter().map(of).collect()
}

/// The scenario's hosts, or the one that stands in for them.
fn hosts(scenario: &Scenario) -> Vec<HostEntry> {
    if scenario.hosts.is_empty() {
        let bank = Name::from("bank");
        return vec![HostEntry { id: bank, share: sim::quantity::Factor(1.0), settings: None }];
    }
    scenario.hosts.clone()
}

/// The places of hosts among each other, by their names: one host more moves no other before or behind a third. What a
/// card's digits say is the place in the scenario.
fn places_of_hosts(hosts: &[HostEntry]) -> Vec<usize> {
    let mut by_name: Vec<usize> = (0..hosts.len()).collect();
    by_name.sort_by_key(|n| hosts[*n].id.as_str());
    let mut places = vec![0; hosts.len()];
    for (place, n) in by_name.into_iter().enumerate() {
        places[n] = place;
    }
    places
}

fn directory(roster: &Roster, hosts: &[HostEntry]) -> Directory {
    let terminals = roster.terminals();
    let hub = |n: usize| ActorId(terminals + n as u32);
    Directory {
        gateway: hub(0),
        back_office: hub(1),
        support: hub(2),
        technicians: hub(3),
        hosts: places_of_hosts(hosts).into_iter().map(|n| hub(HUBS.len() + n)).collect(),
        onboarding: hub(HUBS.len() + hosts.len()),
        deposits: hub(HUBS.len() + hosts.len() + 1),
        shares: hosts.iter().map(|host| host.share.0).collect(),
    }
}

fn roster(scenario: &Scenario, hosts: &[HostEntry]) -> Roster {
    let dealt = |group: &Group| RosterGroup {
        id: group.id.to_string(),
        terminal_type: group.terminal_type.to_string(),
        region: group.region.to_string(),
        first: 0,
        count: group.count,
    };
    let mut groups: Vec<RosterGroup> = scenario.fleet.iter().map(dealt).collect();
    // By name: a group that comes, goes or grows puts no terminal of another before or behind that of a third.
    let mut first = 0;
    for n in in_order(scenario) {
        groups[n].first = first;
        first += groups[n].count;
    }
    let fixed = HUBS.iter().map(|(_, name)| (*name).to_owned());
    let mut by_name: Vec<&HostEntry> = hosts.iter().collect();
    by_name.sort_by_key(|host| host.id.as_str());
    let names = fixed.chain(by_name.into_iter().map(|host| format!("host {}", host.id)));
    let last = LIFE_HUBS.iter().filter(|_| scenario.lives()).map(|(_, name)| (*name).to_owned());
    let names = names.chain(last);
    let places = Places::of(scenario);
    let hubs = names.zip(first..).map(|(name, number)| (ActorId(number), name)).collect();
    Roster::new(groups, hubs, places)
}

/// The groups' places in the scenario, in the order in which terminals are numbered.
fn in_order(scenario: &Scenario) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scenario.fleet.len()).collect();
    order.sort_by_key(|n| scenario.fleet[*n].id.as_str());
    order
}

/// Who everybody is: a terminal by its group and its number there, a hub by its name, which no group can have.
fn identities(roster: &Roster) -> Identities {
    let mut groups: Vec<&RosterGroup> = roster.groups.iter().filter(|it| it.count > 0).collect();
    groups.sort_by_key(|it| it.first);
    let groups = groups.into_iter().map(|it| (ActorId(it.first), it.id.clone()));
    let hubs = roster.hubs.iter().map(|(actor, name)| (*actor, format!("\0{name}")));
    let all: Vec<(ActorId, String)> = groups.chain(hubs).collect();
    Identities::of(all.iter().map(|(first, name)| (*first, name.as_str())))
}

/// What the inventory says of each group, in their order; of the hubs it says nothing.
fn traits(scenario: &Scenario, places: &Places) -> Vec<Traits> {
    let number = |names: &[String], name: &Name| {
        names.iter().position(|it| it == name.as_str()).unwrap_or_default() as u16
    };
    let of = |group: &Group| Traits {
        region: number(&places.regions, &group.region),
        carrier: number(&places.carriers, &group.carrier),
        batch: number(&places.batches, group.batch()),
    };
    scenario.fleet.iter().map(of).collect()
}

/// One profile a group, one for the fixed hubs, one a host; and which actor has which.
fn profiles(scenario: &Scenario, hosts: &[HostEntry]) -> Result<(Vec<Profile>, Vec<u16>), String> {
    let profiles: Result<Vec<_>, _> =
        scenario.fleet.iter().map(|group| profile(scenario, group)).collect();
    let mut profiles = profiles?;
    let mut profile_of = Vec::new();
    for n in in_order(scenario) {
        profile_of.extend(std::iter::repeat_n(n as u16, scenario.fleet[n].count as usize));
    }
    let common = Profile {
        platform: scenario.platform.clone(),
        people: scenario.people.clone(),
        ..Profile::default()
    };
    profile_of.extend(HUBS.iter().map(|_| profiles.len() as u16));
    profiles.push(common.clone());
    let first = profiles.len();
    let mut of_hosts = vec![0; hosts.len()];
    for (n, (host, place)) in hosts.iter().zip(places_of_hosts(hosts)).enumerate() {
        let mut own = common.clone();
        own.platform.host = host.settings.clone().unwrap_or(own.platform.host);
        of_hosts[place] = (first + n) as u16;
        profiles.push(own);
    }
    profile_of.extend(of_hosts);
    if scenario.lives() {
        profile_of.extend(LIFE_HUBS.iter().map(|_| profiles.len() as u16));
        profiles.push(common);
    }
    Ok((profiles, profile_of))
}

fn profile(scenario: &Scenario, group: &Group) -> Result<Profile, String> {
    let kind = terminal_type(scenario, &group.terminal_type)?;
    let (uplink, backup) = kind.bearers(group);
    let runs_alone = kind.uses(Part::Battery, group);
    let TerminalType { fitted, hardware, mut comms, mut software, .. } = kind;
    if let Some(region) = scenario.network.regions.get(&group.region) {
        comms.wifi.radio = region.wifi.clone().unwrap_or(comms.wifi.radio);
        comms.cellular.radio = region.cellular.clone().unwrap_or(comms.cellular.radio);
    }
    software.firmware.uplink = uplink.unwrap_or(software.firmware.uplink);
    software.firmware.backup = backup;
    let mut people = scenario.people.clone();
    let serves = |work: &&Workload| work.on.is_empty() || work.on.contains(&group.id);
    // What holds for a stretch of time stands on what holds otherwise, wherever it is written.
    let (stretches, usual): (Vec<_>, Vec<_>) =
        scenario.workload.iter().filter(serves).partition(|it| it.is_stretch());
    for work in usual.into_iter().chain(stretches) {
        people.customer = work.customer(&people.customer);
    }
    people.deployment = scenario.deployment(group).clone();
    people.deployment.region = group.region.to_string();
    let kind = kind_of(runs_alone, &software);
    people.deployment.device.kind = people.deployment.device.kind.or(Some(kind));
    let platform = scenario.platform.clone();
    let fitted = fitted.as_fitted();
    Ok(Profile { hardware, comms, software, platform, people, fitted })
}

/// What a terminal is, as deposits go: one that runs alone has a battery.
fn kind_of(runs_alone: bool, software: &Software) -> TerminalKind {
    let firmware = &software.firmware;
    if firmware.through_phone {
        TerminalKind::Mobile
    } else if firmware.uplink == Via::Cellular || runs_alone {
        TerminalKind::Wireless
    } else {
        TerminalKind::Wired
    }
}

/// A terminal type with everything that it takes from its bases: a part that it does not set is its base's.
fn terminal_type(scenario: &Scenario, name: &Name) -> Result<TerminalType, String> {
    let mut seen = BTreeSet::new();
    let mut kind = TerminalType::default();
    let mut next = Some(name.clone());
    while let Some(name) = next {
        if !seen.insert(name.clone()) {
            return Err(format!("the terminal type \"{name}\" is its own base"));
        }
        let Some(base) = scenario.types.get(&name) else {
            if name.as_str() == STANDARD {
                break;
            }
            return Err(format!("there is no terminal type \"{name}\""));
        };
        if kind.fitted == FittedParts::default() {
            kind.fitted = base.fitted.clone();
        }
        kind.hardware = kind.hardware.over(&base.hardware);
        kind.comms = kind.comms.over(&base.comms);
        kind.software = kind.software.over(&base.software);
        next = base.base.clone();
    }
    Ok(kind)
}

const SAMPLE: Purpose = Purpose::of("fault: which targets");
const HAS_IT: Purpose = Purpose::of("fault: whether a target has it");

/// Where a fault is planned. Whether an actor is chosen depends on its own draws and on nobody else's, but for the count.
fn targets(
    entry: &FaultEntry,
    scenario: &Scenario,
    roster: &Roster,
    (identities, seed): (&Identities, u64),
) -> Vec<ActorId> {
    let mut chosen = candidates(entry, scenario, roster);
    let streams = Streams::new(seed);
    let stream = entry.planned().stream;
    let count = match entry.sample {
        Sample::All => chosen.len(),
        Sample::Count(count) => count as usize,
        Sample::Share(share) => (share.0 * chosen.len() as f64 + 0.5) as usize,
    };
    if count < chosen.len() {
        let rank = |actor: &ActorId| {
            let who = identities.get(*actor);
            (streams.draw(who, SAMPLE.numbered(stream), 0)[0], who)
        };
        chosen.sort_by_cached_key(rank);
        chosen.truncate(count);
        chosen.sort_unstable();
    }
    let has_it = |actor: &ActorId| {
        let who = identities.get(*actor);
        unit(streams.draw(who, HAS_IT.numbered(stream), 0)[0]) < entry.probability.0
    };
    chosen.retain(has_it);
    chosen
}

/// The actors that a fault's target names and that have the part.
pub(crate) fn candidates(entry: &FaultEntry, scenario: &Scenario, roster: &Roster) -> Vec<ActorId> {
    let terminals = roster.terminals();
    let hub = |n: usize| ActorId(terminals + n as u32);
    let hosts = hosts(scenario);
    let places = places_of_hosts(&hosts);
    let host = |n: usize| hub(HUBS.len() + places[n]);
    let part = entry.mode.part();
    let fixed = HUBS.iter().position(|(it, _)| *it == part);
    match (&entry.target, part, fixed) {
        (Target::All, Part::Host, _) => (0..hosts.len()).map(host).collect(),
        (Target::All | Target::Gateway, Part::Gateway, Some(n)) => vec![hub(n)],
        (Target::All | Target::BackOffice, Part::BackOffice, Some(n)) => vec![hub(n)],
        (Target::Host(name), Part::Host, _) => {
            (0..hosts.len()).filter(|n| hosts[*n].id == *name).map(host).collect()
        }
        (_, Part::Host, _) | (_, _, Some(_)) => Vec::new(),
        (target, ..) => terminals_of(target, part, scenario, roster),
    }
}

/// The terminals of a target that have a part.
fn terminals_of(target: &Target, part: Part, scenario: &Scenario, roster: &Roster) -> Vec<ActorId> {
    let mut chosen = Vec::new();
    for (group, dealt) in scenario.fleet.iter().zip(&roster.groups) {
        let has_it = terminal_type(scenario, &group.terminal_type);
        if !has_it.is_ok_and(|it| it.fits(part)) {
            continue;
        }
        let all = 0..dealt.count;
        let numbers: Vec<u32> = match target {
            Target::All => all.collect(),
            Target::Group(name) if *name == group.id => all.collect(),
            Target::Type(name) if *name == group.terminal_type => all.collect(),
            Target::Region(name) if *name == group.region => all.collect(),
            Target::Carrier(name) if *name == group.carrier => all.collect(),
            Target::Batch(name) if name == group.batch() => all.collect(),
            Target::Site(name, site) if *name == group.id => {
                let size = group.site_size.max(1);
                let first = site.saturating_mul(size).min(dealt.count);
                (first..first.saturating_add(size).min(dealt.count)).collect()
            }
            Target::Terminals(name, numbers) if *name == group.id => {
                let mut numbers: Vec<_> =
                    numbers.iter().copied().filter(|n| *n < dealt.count).collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            }
            _ => Vec::new(),
        };
        chosen.extend(numbers.into_iter().map(|number| ActorId(dealt.first + number)));
    }
    chosen.sort_unstable();
    chosen
}
