//! `posrig timeline`: one terminal's day in order, truth and belief side by side.

use faults::{DomainEvent, NATURAL, NOBODY};
use models::{Fact, Fault, Note, Outcome, Sale};
use reports::performer;
use scenarios::{Options, RecordedRun, Scenario, Source, record};
use sim::{ActorId, Instant, Pulse};

use crate::arguments::Timeline;
use crate::end::{End, print, refuse};
use crate::trace::{comes_out, scenario_of};

/// Whether something is so, or somebody believes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    Truth,
    Belief,
}

/// One line.
#[derive(Debug)]
struct Entry {
    at: Instant,
    side: Side,
    text: String,
}

/// Width of the left column.
const WIDTH: usize = 58;

/// Runs the scenario of a run folder again and tells what happened at one terminal.
pub(crate) fn timeline(arguments: &Timeline) -> End {
    match entries(arguments) {
        Ok(Some(entries)) if arguments.json => {
            let entries = entries.iter().map(|it| {
                let side = if it.side == Side::Truth { "truth" } else { "belief" };
                serde_json::json!({ "at_s": it.at.as_secs_f64(), "side": side, "text": it.text })
            });
            let schema = "posrig.timeline/1";
            let events: Vec<_> = entries.collect();
            let all = serde_json::json!({
                "schema": schema, "terminal": arguments.terminal, "events": events,
            });
            print(&all.to_string());
            End::Passed
        }
        Ok(Some(entries)) => {
            let head = format!("{:<21} {:<WIDTH$} | belief", "time", "truth");
            let lines = entries.iter().map(|it| match it.side {
                Side::Truth => format!("{:<21} {:<WIDTH$} |", it.at.to_string(), it.text),
                Side::Belief => format!("{:<21} {:<WIDTH$} | {}", it.at.to_string(), "", it.text),
            });
            print(&std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n"));
            End::Passed
        }
        // What is wrong with the scenario has been said.
        Ok(None) => End::Refused,
        Err(why) => refuse(&why),
    }
}

fn entries(arguments: &Timeline) -> Result<Option<Vec<Entry>>, String> {
    let Some((manifest, loaded)) = scenario_of(&arguments.run)? else { return Ok(None) };
    let scenario = &loaded.scenario;
    let source = Source { scenario, path: &manifest.scenario, text: &loaded.source };
    let options = Options { seed: Some(manifest.seed), ..Options::default() };
    let run = record(source, &options, 1, &Pulse::default()).map_err(|why| why.to_string())?;
    comes_out(&manifest, run.outcome.fingerprint)?;
    let roster = &run.outcome.roster;
    let hubs = roster.hubs.iter().map(|(actor, _)| *actor);
    let mut everybody = (0..roster.terminals()).map(ActorId).chain(hubs);
    let Some(who) = everybody.find(|it| roster.name(*it) == arguments.terminal) else {
        let example = roster.name(ActorId(0));
        return Err(format!("\"{}\" is nobody of that run; {example} is", arguments.terminal));
    };
    let mut teller = Teller { run: &run, scenario, who, struck: Vec::new() };
    let entries = run.facts.iter().filter_map(|fact| teller.entry(fact));
    let sale = |it: &Entry| it.text.starts_with("sale") && it.text.contains(": approved");
    Ok(Some(entries.filter(|it| !(arguments.brief && sale(it))).collect()))
}

/// Tells the facts that concern one actor.
struct Teller<'a> {
    run: &'a RecordedRun,
    scenario: &'a Scenario,
    who: ActorId,
    /// Faults that struck here, by occurrence.
    struck: Vec<(u32, Fault)>,
}

impl Teller<'_> {
    fn entry(&mut self, fact: &Fact) -> Option<Entry> {
        let elsewhere = match fact.what {
            DomainEvent::Alarm { about, .. } if about == self.who => fact.who != self.who,
            _ if fact.who != self.who => return None,
            _ => false,
        };
        let (side, text) = self.tell(fact)?;
        let by = if elsewhere {
            format!(" (by {})", self.run.outcome.roster.name(fact.who))
        } else {
            String::new()
        };
        Some(Entry { at: fact.at, side, text: text + &by })
    }

    fn tell(&mut self, fact: &Fact) -> Option<(Side, String)> {
        let text = match fact.what {
            DomainEvent::Occurred { occurrence, plan, fault } => {
                self.struck.push((occurrence, fault));
                let entry = self.scenario.faults.get(usize::from(plan)).filter(|_| plan != NATURAL);
                let why = entry
                    .map_or_else(|| "by itself".to_owned(), |it| format!("`{}`", it.id.as_str()));
                format!("{fault} strikes, {why}")
            }
            DomainEvent::Cleared { fault, by: Some(action), .. } => {
                format!("{fault} is cleared by {}", action.name())
            }
            DomainEvent::Cleared { fault, by: None, .. } => format!("{fault} ends by itself"),
            DomainEvent::Activated { part } => format!("{}: first error", part.name()),
            DomainEvent::IndicationShown { part, indication } => {
                format!("{} shows {}", part.name(), indication.name())
            }
            DomainEvent::Service { up: true } => "in service".to_owned(),
            DomainEvent::Service { up: false } => "out of service".to_owned(),
            DomainEvent::Stopped { occurrence: NOBODY, .. } => return None,
            DomainEvent::Stopped { occurrence, share } => {
                let (_, fault) = self.struck.iter().find(|it| it.0 == occurrence)?;
                format!("stands still for {fault}, {} %", f64::from(share) / 10_000.0)
            }
            DomainEvent::Noted(note) => return Self::noted(&note).map(|text| (Side::Truth, text)),
            _ => return Self::believed(fact).map(|text| (Side::Belief, text)),
        };
        Some((Side::Truth, text))
    }

    fn noted(note: &Note) -> Option<String> {
        Some(match *note {
            Note::SaleEnded(Sale { amount, outcome, code, method, .. }) => {
                let said = if outcome == Outcome::Declined {
                    format!(" {}", code.text())
                } else {
                    String::new()
                };
                format!("sale of {amount} by {}: {}{said}", method.name(), outcome.name())
            }
            Note::ReversalQueued { stan, amount, .. } => {
                format!("sale {stan} of {amount} is taken back")
            }
            Note::ReversalDone { stan, .. } => format!("sale {stan} has been taken back"),
            _ => return None,
        })
    }

    fn believed(fact: &Fact) -> Option<String> {
        Some(match fact.what {
            DomainEvent::Alarm { incident, detector, finding, .. } => {
                let seen: Vec<&str> = finding.evidence().map(|it| it.name()).collect();
                let seen =
                    if seen.is_empty() { String::new() } else { format!(" ({})", seen.join(", ")) };
                let symptom = finding.symptom.name();
                format!("{}: {symptom}{seen}; incident {incident}", detector.name())
            }
            DomainEvent::Refined { incident, suspect, finding } => {
                let seen: Vec<&str> = finding.evidence().map(|it| it.name()).collect();
                format!("incident {incident}: {} isolates {suspect}", seen.join(", "))
            }
            // What is that unlikely helps nobody who reads.
            DomainEvent::Weighed { candidate, .. } if candidate.weight_ppm < 50_000 => return None,
            DomainEvent::Weighed { incident, candidate } => {
                let fault = candidate
                    .fault
                    .map_or_else(|| "nothing broken".to_owned(), |it| it.to_string());
                let percent = f64::from(candidate.weight_ppm) / 1e4;
                format!("incident {incident}: {fault} with {percent:.0} %")
            }
            DomainEvent::ActionStarted { incident, action, by, .. } => {
                format!("incident {incident}: {} by {} begins", action.name(), performer(by))
            }
            DomainEvent::ActionApplied { incident, action, by, .. } => {
                format!("incident {incident}: {} by {} is done", action.name(), performer(by))
            }
            DomainEvent::Restored { incident } => format!("incident {incident}: seen to be well"),
            DomainEvent::Exhausted { incident } => {
                format!("incident {incident}: the procedure is used up")
            }
            DomainEvent::Unresolved { incident } => format!("incident {incident}: left unresolved"),
            _ => return None,
        })
    }
}
