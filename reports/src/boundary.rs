//! What was real in a run: figures of the boundary, for the report.

use std::collections::BTreeMap;

use faults::DomainEvent;
use minijinja::value::Serde;
use minijinja::{Value, context};
use models::{Fact, Models, Note, Outcome as Ending};
use scenarios::{FactFold, Outcome};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant};

use crate::analysis::Analysis;
use crate::fault_records::FaultRecord;
use crate::page::{STYLE, environment};

/// The boundary between the world and real things, in a run against the wall clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boundary {
    /// Simulated seconds to a second of the wall.
    pub speed: f64,
    /// What was attached.
    pub attachments: Vec<Attachment>,
    /// Messages from real things.
    pub came_in: u64,
    /// Messages to real things.
    pub went_out: u64,
    /// How late they went out.
    pub deadlines: Deadlines,
}

/// A real thing in the place of parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its kind.
    pub kind: String,
    /// What that is.
    pub what: String,
    /// The part in whose place it stood.
    pub part: String,
    /// Whose.
    pub actors: Vec<ActorId>,
    /// What went wrong there, and how often.
    pub troubles: Vec<(String, u64)>,
}

/// Lateness of what went out against the moment at which it was due, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deadlines {
    /// How much went out.
    pub count: u64,
    /// Half of it was no later than this.
    pub p50_us: f64,
    /// 99 % of it.
    pub p99_us: f64,
    /// 99.9 % of it.
    pub p999_us: f64,
    /// The latest.
    pub max_us: f64,
    /// How much was later than the deadline.
    pub missed: u64,
    /// The deadline.
    pub deadline_us: f64,
}

/// What an attached part's terminal went through under a fault.
#[derive(Debug, Serialize)]
struct Under {
    place: String,
    fault: String,
    onset_s: f64,
    detected_s: Option<f64>,
    suspect: Option<String>,
    cleared_s: Option<f64>,
    lasted_s: Option<f64>,
    /// Sales and alarms at this terminal while the fault lasted.
    approved: usize,
    not_approved: usize,
    alarms: usize,
}

/// Sales and alarms at a terminal over some time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Counts {
    approved: usize,
    not_approved: usize,
    alarms: usize,
}

impl Counts {
    fn add(&mut self, what: &DomainEvent<Models>) {
        match what {
            DomainEvent::Noted(Note::SaleEnded(sale)) => match sale.outcome {
                Ending::Approved | Ending::Stored => self.approved += 1,
                _ => self.not_approved += 1,
            },
            DomainEvent::Alarm { .. } => self.alarms += 1,
            _ => {}
        }
    }
}

/// One actor while facts are read.
#[derive(Debug, Default)]
struct Watched {
    /// The instant of the last fact that was read.
    now: Instant,
    /// What has come at this very instant.
    at_once: Counts,
    /// Faults that are active, or were until this instant: when each was over.
    under: BTreeMap<u32, (Counts, Option<Instant>)>,
}

/// Counts what the terminals with real parts do under each of their faults, the instants of its onset and its end included.
#[derive(Debug)]
pub struct UnderFaults {
    actors: BTreeMap<ActorId, Watched>,
    /// By actor and occurrence.
    over: BTreeMap<(ActorId, u32), Counts>,
}

impl UnderFaults {
    /// Of these actors; nothing read yet.
    pub fn new(actors: impl IntoIterator<Item = ActorId>) -> Self {
        let actors = actors.into_iter().map(|actor| (actor, Watched::default())).collect();
        Self { actors, over: BTreeMap::new() }
    }

    fn of(&self, record: &FaultRecord) -> Counts {
        let key = (record.who, record.occurrence);
        let open = || Some(self.actors.get(&key.0)?.under.get(&key.1)?.0);
        self.over.get(&key).copied().or_else(open).unwrap_or_default()
    }
}

impl FactFold for UnderFaults {
    fn take(&mut self, facts: &[Fact]) {
        for fact in facts {
            let Some(watched) = self.actors.get_mut(&fact.who) else { continue };
            if fact.at > watched.now {
                (watched.now, watched.at_once) = (fact.at, Counts::default());
                let passed = watched.under.extract_if(.., |_, (_, end)| end.is_some());
                self.over.extend(passed.map(|(number, (counts, _))| ((fact.who, number), counts)));
            }
            match fact.what {
                DomainEvent::Occurred { occurrence, .. } => {
                    watched.under.insert(occurrence, (watched.at_once, None));
                }
                DomainEvent::Cleared { occurrence, .. } => {
                    if let Some((_, end)) = watched.under.get_mut(&occurrence) {
                        *end = Some(fact.at);
                    }
                }
                what => {
                    watched.at_once.add(&what);
                    watched.under.values_mut().for_each(|(counts, _)| counts.add(&what));
                }
            }
        }
    }
}

/// The page of a run with real things: what was real and what was simulated, how late the boundary was, and what the
/// terminals with real parts did under each fault.
pub fn page(
    boundary: &Boundary,
    outcome: &Outcome,
    analysis: &Analysis,
    under_faults: &UnderFaults,
) -> String {
    let name = |actor: ActorId| outcome.roster.name(actor);
    let attached: Vec<_> = boundary
        .attachments
        .iter()
        .map(|it| {
            let first = it.actors.iter().take(SHOWN).map(|actor| name(*actor));
            let mut whose: Vec<String> = first.collect();
            if it.actors.len() > SHOWN {
                whose.push(format!("and {} more", it.actors.len() - SHOWN));
            }
            context! { it => Value::from(Serde(it)), whose => whose.join(", ") }
        })
        .collect();
    let own = |actor: ActorId| boundary.attachments.iter().any(|it| it.actors.contains(&actor));
    let fitted = outcome.scenario.fitted();
    let there = |it: &&models::Part| it.is_hub() || fitted.contains_key(it);
    let simulated: Vec<&str> = models::Part::ALL
        .iter()
        .filter(there)
        .map(|it| it.name())
        .filter(|part| !boundary.attachments.iter().any(|it| it.part == *part))
        .collect();
    let records: Vec<Under> = analysis
        .history
        .records
        .iter()
        .filter(|it| own(it.who))
        .take(MOST_RECORDS)
        .map(|record| {
            let end = record.cleared.as_ref().map(|it| it.at);
            let Counts { approved, not_approved, alarms } = under_faults.of(record);
            let detection = record.detection.as_ref();
            Under {
                place: name(record.who),
                fault: record.fault.to_string(),
                onset_s: record.onset.as_secs_f64(),
                detected_s: detection.map(|it| it.at.as_secs_f64()),
                suspect: detection.map(|it| it.suspect.to_string()),
                cleared_s: end.map(Instant::as_secs_f64),
                lasted_s: end.map(|at| at.since(record.onset).as_secs_f64()),
                approved,
                not_approved,
                alarms,
            }
        })
        .collect();
    let values = context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        scenario => outcome.scenario.name.clone(),
        seed => outcome.seed,
        fingerprint => outcome.fingerprint.to_string(),
        terminals => outcome.roster.terminals(),
        simulated_s => outcome.simulated.as_secs_f64(),
        it => Value::from(Serde(boundary)),
        attached,
        simulated => simulated.join(", "),
        records => Value::from(Serde(&records)),
        host => Value::from(Serde(&outcome.audit.real_host)),
    };
    // The template is part of the program and a test renders all of it.
    environment(2)
        .get_template("boundary.html")
        .and_then(|template| template.render(values))
        .expect("the report's own template renders")
}

/// So many names of terminals are shown.
const SHOWN: usize = 6;
/// So many faults are shown.
const MOST_RECORDS: usize = 500;
