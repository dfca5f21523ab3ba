//! What is said between a run and the program that decides its recovery actions: see `docs/policy.md`.

use faults::{Performer, RecoveryStep};
use models::decision::Decision;
use models::{Fault, Models, Part, Reading, RecoveryAction};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sim::Span;

/// Version of what is said.
pub const SCHEMA: &str = "posrig.policy/3";

/// Everyone who carries out recovery actions, by name.
const PERFORMERS: [(Performer, &str); 5] = [
    (Performer::Device, "device"),
    (Performer::Attendant, "attendant"),
    (Performer::Remote, "remote"),
    (Performer::Support, "support"),
    (Performer::Technician, "technician"),
];

/// The longest pause that a program may ask for.
const LONGEST_WAIT_S: f64 = 10.0 * 365.0 * 86_400.0;
/// The shortest: a program that waits for nothing asks itself for ever.
const SHORTEST_WAIT_S: f64 = 0.001;

/// What the run says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said<'a> {
    /// The first line.
    Hello {
        schema: &'static str,
        version: &'static str,
        scenario: &'a str,
        seed: u64,
        terminals: u32,
        duration_s: f64,
        actions: Vec<&'static str>,
        performers: Vec<&'static str>,
    },
    /// A question: it waits for one line.
    Decide(Box<Question<'a>>),
    /// An incident is over: no answer.
    Closed(Over<'a>),
    /// Nobody works on an incident any more: no answer.
    Unresolved(Over<'a>),
    /// The last line.
    End { time_ns: u64 },
}

impl Said<'_> {
    /// As one line.
    pub(super) fn line(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|why| why.to_string())
    }
}

/// An incident that is over.
#[derive(Debug, Serialize)]
pub(super) struct Over<'a> {
    pub(super) time_ns: u64,
    pub(super) terminal: &'a str,
    pub(super) actor: u32,
    pub(super) incident: u32,
    pub(super) suspect: String,
}

/// What is to be done?
#[derive(Debug, Serialize)]
pub(super) struct Question<'a> {
    pub(super) id: u64,
    pub(super) time_ns: u64,
    pub(super) terminal: &'a str,
    pub(super) actor: u32,
    pub(super) incident: u32,
    pub(super) attempt: u8,
    pub(super) alarm: Alarm,
    pub(super) readings: Map<String, Value>,
    pub(super) tried: &'a [Tried],
    pub(super) procedure: Vec<PolicyStep>,
    pub(super) next: usize,
    pub(super) default: Option<PolicyStep>,
}

/// What began the incident.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Alarm {
    pub(super) detector: &'static str,
    pub(super) symptom: &'static str,
    pub(super) evidence: Vec<&'static str>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) suspect: String,
    pub(super) family: &'static str,
    pub(super) raised_ns: u64,
}

/// What may be behind an alarm, and how likely that is held to be.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Candidate {
    /// `None` stands for "nothing is broken".
    pub(super) fault: Option<String>,
    pub(super) weight: f64,
}

impl Candidate {
    pub(super) fn of(candidate: &faults::Candidate<Models>) -> Self {
        debug_assert!(candidate.weight_ppm <= 1_000_000, "a weight is a share");
        let fault = candidate.fault.map(|it| it.to_string());
        Self { fault, weight: f64::from(candidate.weight_ppm) / 1e6 }
    }
}

/// Something that was tried.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tried {
    #[serde(flatten)]
    pub(super) step: PolicyStep,
    pub(super) at_ns: u64,
    pub(super) attempt: u8,
    pub(super) carried_out: bool,
}

/// A recovery action, by whom, and its hands-on time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct PolicyStep {
    #[serde(rename = "do")]
    pub(super) action: &'static str,
    pub(super) by: &'static str,
    pub(super) duration_s: f64,
}

impl PolicyStep {
    pub(super) fn of(step: &RecoveryStep<Models>) -> Self {
        let duration_s = step.duration.as_secs_f64();
        Self { action: step.action.name(), by: performer(step.by), duration_s }
    }
}

/// The name of who carries out a recovery action.
fn performer(by: Performer) -> &'static str {
    PERFORMERS.iter().find(|(it, _)| *it == by).map_or("", |(_, name)| name)
}

pub(super) fn performers() -> Vec<&'static str> {
    PERFORMERS.iter().map(|(_, name)| *name).collect()
}

/// What can be seen of each part; a part of which nothing can be seen is left out.
pub(super) fn seen(readings: &[(Part, Reading)]) -> Map<String, Value> {
    let of = |(part, reading): &(Part, Reading)| {
        let value = serde_json::to_value(reading).ok().filter(|it| !it.is_null())?;
        Some((part.name().to_owned(), value))
    };
    readings.iter().filter_map(of).collect()
}

/// A program's answer, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object such as {\"do\": \"default\"}")]
struct Answer {
    id: Option<u64>,
    #[serde(rename = "do")]
    action: Option<String>,
    by: Option<String>,
    duration_s: Option<f64>,
    wait_s: Option<f64>,
    escalate: bool,
    close: bool,
    give_up: bool,
}

/// Reads the answer to the question `id` about a suspicion.
pub(super) fn answer(
    line: &str,
    id: u64,
    procedure: &[RecoveryStep<Models>],
) -> Result<Decision, String> {
    // serde would take a list for the fields in their order.
    if line.trim_start().starts_with('[') {
        return Err("an answer is an object, such as {\"do\": \"default\"}".to_owned());
    }
    let it: Answer = serde_json::from_str(line).map_err(|why| why.to_string())?;
    if it.id.is_some_and(|answered| answered != id) {
        return Err(format!("the question has the id {id}"));
    }
    let given = [it.action.is_some(), it.wait_s.is_some(), it.escalate, it.close, it.give_up];
    if given.iter().filter(|it| **it).count() != 1 {
        return Err("exactly one of do, wait_s, escalate, close, give_up is an answer".to_owned());
    }
    let stray = (it.by.is_some() || it.duration_s.is_some())
        && it.action.as_deref().is_none_or(|it| it == "default");
    if stray {
        return Err("`by` and `duration_s` belong to a recovery action".to_owned());
    }
    if let Some(wait) = it.wait_s {
        return Ok(Decision::Wait(span(wait, SHORTEST_WAIT_S, "wait_s")?));
    }
    match it.action {
        Some(name) if name == "default" => Ok(Decision::Procedure),
        Some(name) => step(&name, it.by.as_deref(), it.duration_s, procedure),
        None if it.escalate => Ok(Decision::Escalate),
        None if it.close => Ok(Decision::Close),
        None => Ok(Decision::GiveUp),
    }
}

fn span(seconds: f64, min: f64, name: &str) -> Result<Span, String> {
    if (min..=LONGEST_WAIT_S).contains(&seconds) {
        Ok(Span((seconds * 1e9).round() as u64))
    } else {
        Err(format!("{name} is from {min} to {LONGEST_WAIT_S} seconds"))
    }
}

/// A recovery action as a step. Who does it and how long it takes, where it is not said, is as in the suspicion's own procedure, or else
/// on the first of the catalogue that has it.
fn step(
    name: &str,
    by: Option<&str>,
    duration_s: Option<f64>,
    procedure: &[RecoveryStep<Models>],
) -> Result<Decision, String> {
    let action = RecoveryAction::all().find(|it| it.name() == name);
    let action = action.ok_or_else(|| {
        let all: Vec<_> = RecoveryAction::all().map(RecoveryAction::name).collect();
        format!("`{name}` is not a recovery action; there is default, {}", all.join(", "))
    })?;
    let named = |name: &str| {
        let found = PERFORMERS.iter().find(|(_, it)| *it == name).map(|(by, _)| *by);
        found.ok_or_else(|| {
            format!("`{name}` carries nothing out; there is {}", performers().join(", "))
        })
    };
    let by = by.map(named).transpose()?;
    let given = duration_s.map(|it| span(it, 0.0, "duration_s")).transpose()?;
    let others = Fault::all().flat_map(|fault| fault.mode().procedure);
    let fits = |it: &&RecoveryStep<Models>| it.action == action && by.is_none_or(|by| by == it.by);
    match (procedure.iter().chain(others).find(fits), by, given) {
        (Some(known), ..) => {
            Ok(Decision::Step { action, by: known.by, duration: given.unwrap_or(known.duration) })
        }
        (None, Some(by), Some(duration)) => Ok(Decision::Step { action, by, duration }),
        (None, ..) => Err(format!(
            "no procedure of the catalogue has this: say `by` and `duration_s` with `{name}`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAM: Fault = Fault::Printer(models::hardware::printer::Fault::Jam);

    fn read(line: &str) -> Result<Decision, String> {
        answer(line, 7, JAM.mode().procedure)
    }

    #[test]
    fn answers_are_what_they_say() {
        assert_eq!(read(r#"{"do": "default"}"#), Ok(Decision::Procedure));
        assert_eq!(read(r#"{"wait_s": 1.5, "id": 7}"#), Ok(Decision::Wait(Span::millis(1_500))));
        assert_eq!(read(r#"{"escalate": true}"#), Ok(Decision::Escalate));
        assert_eq!(read(r#"{"close": true}"#), Ok(Decision::Close));
        assert_eq!(read(r#"{"give_up": true}"#), Ok(Decision::GiveUp));
        let open = JAM.mode().procedure[0];
        let told = format!(r#"{{"do": "{}"}}"#, open.action.name());
        let want = Decision::Step { action: open.action, by: open.by, duration: open.duration };
        assert_eq!(read(&told), Ok(want));
        let (action, by, duration) = (RecoveryAction::Retry, Performer::Support, Span::secs(3));
        let told = r#"{"do": "retry", "by": "support", "duration_s": 3}"#;
        assert_eq!(read(told), Ok(Decision::Step { action, by, duration }));
    }

    #[test]
    fn nonsense_is_refused_with_its_correction() {
        for (line, hint) in [
            ("", "EOF"),
            ("restart", "expected value"),
            ("[]", "an answer is an object"),
            ("{}", "exactly one of do, wait_s"),
            (r#"{"do": "default", "give_up": true}"#, "exactly one"),
            (r#"{"do": "restart"}"#, "`restart` is not a recovery action; there is default, retry"),
            (r#"{"do": "swap", "by": "nobody"}"#, "`nobody` carries nothing out; there is device"),
            (r#"{"do": "default", "by": "device"}"#, "belong to a recovery action"),
            (r#"{"wait_s": 0}"#, "wait_s is from 0.001"),
            (r#"{"wait_s": -1}"#, "wait_s is from 0.001"),
            (r#"{"wait_s": 1e99}"#, "wait_s is from 0.001"),
            (r#"{"give_up": true, "id": 8}"#, "the question has the id 7"),
            (r#"{"dо": "default"}"#, "unknown field"),
            (r#"{"do": "investigate", "by": "device"}"#, "say `by` and `duration_s`"),
        ] {
            let why = read(line).expect_err(line);
            assert!(why.contains(hint), "{line}: {why}");
        }
    }
}
