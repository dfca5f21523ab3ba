//! Common causes: the incidents that the back office opened for the trouble of many terminals, against what the cause was.

use std::collections::BTreeMap;

use faults::DomainEvent;
use models::detector_settings::Zone;
use models::{Fact, Fault, Note};
use scenarios::Outcome;
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span};

use crate::fault_records::{FaultRecord, RunHistory};
use crate::statistics::Share;

/// A cause of trouble may have ended by itself, at most so long before it was named.
const LINGERS: Span = Span::minutes(30);
/// Fewer terminals than this, with faults of one entry of the scenario, are no common cause.
const MANY: u32 = 5;

/// One common-cause incident that the back office opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommonCauseIncident {
    /// When it was opened, in seconds.
    pub opened_s: f64,
    /// When it was over, in seconds; `None` if it stood at the end.
    pub over_s: Option<f64>,
    /// Who was held to have it.
    pub zone: String,
    /// The cause that was suspected.
    pub cause: String,
    /// Terminals whose trouble was attributed to it.
    pub members: u32,
    /// Those of them that truly had the fault that was suspected.
    pub right_members: u32,
    /// The entry of the scenario that occurred at most of the members.
    pub entry: Option<String>,
    /// Terminals at which this entry occurred.
    pub occurred: u32,
    /// Time from the entry's first occurrence to the incident's opening, in seconds.
    pub after_s: Option<f64>,
    /// The suspected fault is the true one of most members.
    pub right: bool,
}

/// What the search for common causes was worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommonCauses {
    /// Incidents, in the order of time.
    pub incidents: Vec<CommonCauseIncident>,
    /// Share of them that were right.
    pub right: Share,
    /// Share of the members of all of them that truly had the fault that was suspected.
    pub members_right: Share,
    /// Entries of the scenario that occurred at five terminals or more within the run, and how many of them were found.
    pub found: Share,
    /// Steps for which nobody was sent, because a common cause was being worked on.
    pub suppressed: u64,
}

/// One common-cause incident while facts are read.
#[derive(Debug)]
struct Open {
    at: Instant,
    over: Option<Instant>,
    zone: Zone,
    cause: Fault,
    members: Vec<(ActorId, Instant)>,
}

/// Reads which common-cause incidents the back office opened.
#[derive(Debug, Default)]
pub struct ClustersFold {
    open: BTreeMap<u32, Open>,
    suppressed: u64,
}

impl ClustersFold {
    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        let DomainEvent::Noted(note) = fact.what else { return };
        match note {
            Note::CommonCauseOpened { number, zone, cause, .. } => {
                let open = Open { at: fact.at, over: None, zone, cause, members: Vec::new() };
                self.open.insert(number, open);
            }
            Note::CommonCauseClosed { number } => {
                if let Some(open) = self.open.get_mut(&number) {
                    open.over = Some(fact.at);
                }
            }
            Note::CommonCauseJoined { number } => {
                if let Some(open) = self.open.get_mut(&number) {
                    open.members.push((fact.who, fact.at));
                }
            }
            Note::Suppressed { .. } => self.suppressed += 1,
            _ => {}
        }
    }

    /// All facts have been read: each common-cause incident is compared with the faults of its members.
    pub fn finish(self, outcome: &Outcome, history: &RunHistory) -> CommonCauses {
        let records = &history.records;
        let mut of_actor: BTreeMap<ActorId, Vec<usize>> = BTreeMap::new();
        let mut occurred: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (number, record) in records.iter().enumerate() {
            of_actor.entry(record.who).or_default().push(number);
            if let Some(plan) = record.plan {
                occurred.entry(plan).or_default().push(number);
            }
        }
        let terminals = outcome.roster.terminals();
        let hubs: Vec<&FaultRecord> = records.iter().filter(|it| it.who.0 >= terminals).collect();
        let mut all = CommonCauses { suppressed: self.suppressed, ..CommonCauses::default() };
        let (mut members, mut right_members) = (0, 0);
        let mut found: Vec<u16> = Vec::new();
        for open in self.open.into_values() {
            let (incident, plan) = score(
                &open,
                outcome,
                &Truth { records, hubs: &hubs, of_actor: &of_actor, occurred: &occurred },
            );
            members += u64::from(incident.members);
            right_members += u64::from(incident.right_members);
            found.extend(plan.filter(|_| incident.right));
            all.incidents.push(incident);
        }
        found.sort_unstable();
        found.dedup();
        let common = occurred.values().filter(|of| {
            let actors = of.iter().filter(|it| records[**it].who.0 < terminals);
            actors.count() >= MANY as usize
        });
        let right = all.incidents.iter().filter(|it| it.right).count() as u64;
        all.right = Share::new(right, all.incidents.len() as u64);
        all.members_right = Share::new(right_members, members);
        all.found = Share::new(found.len() as u64, common.count() as u64);
        all
    }
}

/// The records of a run, by whom they are about.
struct Truth<'a> {
    records: &'a [FaultRecord],
    hubs: &'a [&'a FaultRecord],
    of_actor: &'a BTreeMap<ActorId, Vec<usize>>,
    occurred: &'a BTreeMap<u16, Vec<usize>>,
}

fn score(open: &Open, outcome: &Outcome, truth: &Truth<'_>) -> (CommonCauseIncident, Option<u16>) {
    let Truth { records, hubs, of_actor, occurred } = *truth;
    let mut right_members = 0;
    let mut plans: BTreeMap<u16, u32> = BTreeMap::new();
    for &(member, joined) in &open.members {
        let had = |record: &&FaultRecord| {
            record.onset <= joined && record.cleared.is_none_or(|it| it.at + LINGERS >= joined)
        };
        let own = of_actor.get(&member).into_iter().flatten().map(|it| &records[*it]);
        // A hub's fault is everybody's.
        let theirs: Vec<&FaultRecord> = own.chain(hubs.iter().copied()).filter(had).collect();
        right_members += u32::from(theirs.iter().any(|it| it.fault == open.cause));
        let named = theirs.iter().find(|it| it.fault == open.cause);
        if let Some(plan) = named.or(theirs.first()).and_then(|it| it.plan) {
            *plans.entry(plan).or_default() += 1;
        }
    }
    let members = open.members.len() as u32;
    let plan = plans.into_iter().max_by_key(|&(_, count)| count).map(|(plan, _)| plan);
    let occurrences = plan.and_then(|it| occurred.get(&it)).map_or(&[][..], Vec::as_slice);
    let first = occurrences.iter().map(|it| records[*it].onset).filter(|it| *it <= open.at).min();
    let incident = CommonCauseIncident {
        opened_s: open.at.as_secs_f64(),
        over_s: open.over.map(Instant::as_secs_f64),
        zone: outcome.roster.places.name(open.zone),
        cause: open.cause.to_string(),
        members,
        right_members,
        entry: plan.and_then(|it| Some(outcome.planned.get(usize::from(it))?.id.clone())),
        occurred: occurrences.len() as u32,
        after_s: first.map(|it| open.at.since(it).as_secs_f64()),
        right: members > 0 && 2 * right_members > members,
    };
    (incident, plan)
}
