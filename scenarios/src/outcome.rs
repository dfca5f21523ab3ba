//! What is left when a run is over: all that measures and reports are made of.

use std::collections::BTreeSet;

use models::Fault;
use models::detector_settings::Zone;
use models::invariants::Audit;
use sim::{ActorId, Fingerprint, Span};

use crate::Scenario;
use crate::fleet::Group;
use crate::name::Name;

/// A group of terminals as it was dealt: actors `first..first + count`.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterGroup {
    /// Its id in the scenario.
    pub id: String,
    /// Its terminal type.
    pub terminal_type: String,
    /// Its region.
    pub region: String,
    /// Number of its first terminal.
    pub first: u32,
    /// How many terminals it has.
    pub count: u32,
}

/// Names of what terminals have in common, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// Regions.
    pub regions: Vec<String>,
    /// Mobile carriers.
    pub carriers: Vec<String>,
    /// Firmware batches.
    pub batches: Vec<String>,
}

impl Places {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let names = |of: fn(&Group) -> &Name| {
            let names: BTreeSet<String> =
                scenario.fleet.iter().map(|it| of(it).to_string()).collect();
            names.into_iter().collect()
        };
        Self {
            regions: names(|it| &it.region),
            carriers: names(|it| &it.carrier),
            batches: names(Group::batch),
        }
    }
    /// A zone as people call it.
    pub fn name(&self, zone: Zone) -> String {
        let of = |names: &[String], number: u16| {
            names.get(usize::from(number)).map_or_else(|| number.to_string(), String::clone)
        };
        match zone {
            Zone::Cell { carrier, region } => {
                format!("cells of {} in {}", of(&self.carriers, carrier), of(&self.regions, region))
            }
            Zone::Carrier(it) => format!("carrier {}", of(&self.carriers, it)),
            Zone::Region(it) => format!("region {}", of(&self.regions, it)),
            Zone::Batch(it) => format!("batch {}", of(&self.batches, it)),
            Zone::Fleet => "the whole fleet".to_owned(),
        }
    }
}

/// Who is who in a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    /// Groups of terminals, in the order of the scenario; their terminals are numbered in the order of their names.
    pub groups: Vec<RosterGroup>,
    /// Hubs: the gateway, each host, the back office, and so on.
    pub hubs: Vec<(ActorId, String)>,
    /// What terminals have in common.
    pub places: Places,
    /// Places in `groups`, in the order of their numbers.
    by_number: Vec<usize>,
}

impl Roster {
    /// Groups, hubs, and what they have in common.
    pub fn new(groups: Vec<RosterGroup>, hubs: Vec<(ActorId, String)>, places: Places) -> Self {
        let mut by_number: Vec<usize> = (0..groups.len()).collect();
        by_number.sort_by_key(|n| (groups[*n].first, groups[*n].count));
        Self { groups, hubs, places, by_number }
    }
    /// Number of terminals.
    pub fn terminals(&self) -> u32 {
        self.groups.iter().map(|group| group.count).sum()
    }
    /// The group of a terminal; `None` for a hub.
    pub fn group_of(&self, actor: ActorId) -> Option<&RosterGroup> {
        let after = self.by_number.partition_point(|n| self.groups[*n].first <= actor.0);
        let group = self.groups.get(*self.by_number.get(after.checked_sub(1)?)?)?;
        (actor.0 < group.first + group.count).then_some(group)
    }
    /// A name for people: `lanes-17`, `gateway`, `host bank-a`.
    pub fn name(&self, actor: ActorId) -> String {
        match self.group_of(actor) {
            Some(group) => format!("{}-{}", group.id, actor.0 - group.first),
            None => {
                let hub = self.hubs.iter().find(|(id, _)| *id == actor);
                hub.map_or_else(|| format!("actor {}", actor.0), |(_, name)| name.clone())
            }
        }
    }
}

/// One entry of the scenario's faults, as it was planned.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFault {
    /// Its id in the scenario.
    pub id: String,
    /// The fault.
    pub fault: Fault,
    /// On how many actors it was planned.
    pub targets: u32,
}

/// What is known of a run before its first event: what a fold over its facts begins with.
#[derive(Clone, Copy, Debug)]
pub struct Outset<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Who is who.
    pub roster: &'a Roster,
    /// On which actors each fault is planned, in the order of the scenario's faults.
    pub targets: &'a [Vec<ActorId>],
}

/// A finished run. What it noted has been handed to a fold as it came.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked.
    pub scenario: Scenario,
    /// Where the scenario was read from, as it was given.
    pub path: String,
    /// Hash of the scenario's text (BLAKE3, hexadecimal).
    pub hash: String,
    /// The seed that was used.
    pub seed: u64,
    /// Length of the run.
    pub simulated: Span,
    /// Fingerprint of all handled events, and their number.
    pub fingerprint: Fingerprint,
    /// Who is who.
    pub roster: Roster,
    /// The scenario's faults, in the order of their plan numbers.
    pub planned: Vec<PlannedFault>,
    /// How many terminals each roll-out is for, in the scenario's order.
    pub rollouts: Vec<u32>,
    /// On which actors each fault was planned, in the order of the scenario's faults.
    pub targets: Vec<Vec<ActorId>>,
    /// What the ledgers say.
    pub audit: Audit,
}

impl Outcome {
    /// What was known of the run before its first event.
    pub fn outset(&self) -> Outset<'_> {
        Outset { scenario: &self.scenario, roster: &self.roster, targets: &self.targets }
    }
}
