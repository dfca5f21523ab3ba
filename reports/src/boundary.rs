//! What was real in a run: figures of the boundary, for the report.

use faults::DomainEvent;
use minijinja::value::Serde;
use minijinja::{Value, context};
use scenarios::Outcome;
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant};

use crate::Analysis;
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

/// The page of a run with real things: what was real and what was simulated, how late the boundary was, and what the
/// terminals with real parts did under each fault.
pub fn page(boundary: &Boundary, outcome: &Outcome, analysis: &Analysis) -> String {
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
    let parts: Vec<&str> = models::Part::ALL.iter().map(|it| it.name()).collect();
    let simulated: Vec<&str> = parts
        .into_iter()
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
            let lasts = record.onset..=end.unwrap_or(Instant::START + outcome.simulated);
            let during =
                outcome.facts.iter().filter(|it| it.who == record.who && lasts.contains(&it.at));
            let (mut approved, mut not_approved, mut alarms) = (0, 0, 0);
            for fact in during {
                match fact.what {
                    DomainEvent::Noted(models::Note::SaleEnded(sale)) => match sale.outcome {
                        models::Outcome::Approved | models::Outcome::Stored => approved += 1,
                        _ => not_approved += 1,
                    },
                    DomainEvent::Alarm { .. } => alarms += 1,
                    _ => {}
                }
            }
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
