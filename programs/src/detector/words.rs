//! What is said between a run and the program that watches it: see `docs/detector.md`.

use faults::{Candidate, Finding, LIKELIEST};
use models::observation::Observation;
use models::wire::ResponseCode;
use models::{Evidence, Fault, Gauge, Models, Symptom};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Version of what is said.
pub const SCHEMA: &str = "posrig.detector/1";

/// What the run says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said<'a> {
    /// The first line: it waits for one line.
    Hello {
        schema: &'static str,
        version: &'static str,
        scenario: &'a str,
        seed: u64,
        terminals: u32,
        duration_s: f64,
        observations: Vec<&'static str>,
        symptoms: Vec<&'static str>,
    },
    /// An observation: it waits for one line.
    Observation(Seen<'a>),
    /// The last line.
    End { time_ns: u64 },
}

impl Said<'_> {
    /// As one line.
    pub(super) fn line(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|why| why.to_string())
    }
}

/// Something that was seen.
#[derive(Debug, Serialize)]
pub(super) struct Seen<'a> {
    pub(super) id: u64,
    pub(super) time_ns: u64,
    pub(super) terminal: &'a str,
    pub(super) actor: u32,
    #[serde(flatten)]
    pub(super) what: Map<String, Value>,
}

/// Kinds of observations: a program says which of them it wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Request,
    Sale,
    Read,
    Print,
    Boot,
    Report,
    Missing,
    Incident,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::Request,
        Self::Sale,
        Self::Read,
        Self::Print,
        Self::Boot,
        Self::Report,
        Self::Missing,
        Self::Incident,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Sale => "sale",
            Self::Read => "read",
            Self::Print => "print",
            Self::Boot => "boot",
            Self::Report => "report",
            Self::Missing => "missing",
            Self::Incident => "incident",
        }
    }

    pub(super) const fn of(observation: &Observation) -> Self {
        match observation {
            Observation::Request { .. } => Self::Request,
            Observation::Sale { .. } => Self::Sale,
            Observation::Read { .. } => Self::Read,
            Observation::Print { .. } => Self::Print,
            Observation::Boot => Self::Boot,
            Observation::Report(_) => Self::Report,
            Observation::Missing { .. } => Self::Missing,
            Observation::Incident { .. } => Self::Incident,
        }
    }
}

/// An observation's fields, `what` among them.
pub(super) fn what(observation: &Observation) -> Map<String, Value> {
    let code = |code: ResponseCode| (code != ResponseCode::NONE).then(|| code.text().to_owned());
    let mut value = match *observation {
        Observation::Request { answered, code: said } => {
            json!({"answered": answered, "code": code(said)})
        }
        Observation::Sale { outcome, code: said, method } => {
            json!({"outcome": outcome.name(), "code": code(said), "method": method.name()})
        }
        Observation::Read { method, ok } => json!({"method": method.name(), "ok": ok}),
        Observation::Print { ok } => json!({"ok": ok}),
        Observation::Boot => json!({}),
        Observation::Report(report) => {
            let of = |gauge: Gauge| Some((gauge.name().to_owned(), json!(report.get(gauge)?)));
            json!({"readings": Gauge::ALL.into_iter().filter_map(of).collect::<Map<_, _>>()})
        }
        Observation::Missing { missing } => json!({"missing": missing}),
        Observation::Incident { detector, symptom, open } => {
            json!({"detector": detector.name(), "symptom": symptom.name(), "open": open})
        }
    };
    let mut fields = value.as_object_mut().map(std::mem::take).unwrap_or_default();
    fields.insert("what".to_owned(), json!(Kind::of(observation).name()));
    fields
}

/// What a program writes: to the first line [`Wanted`], to each further one an [`Answer`].
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "it is there for its schema")]
enum Written {
    Wanted(Wanted),
    Answer(Answer),
}

/// The answer to the first line.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an object such as {\"observe\": [\"request\"]}")]
struct Wanted {
    /// Kinds of observations that the program wants to be told, at least one.
    observe: Vec<String>,
}

/// Which kinds of observations the program wants.
pub(super) fn wanted(line: &str) -> Result<Vec<Kind>, String> {
    is_object(line, "{\"observe\": [\"request\"]}")?;
    let it: Wanted = serde_json::from_str(line).map_err(|why| why.to_string())?;
    let known = |name: &String| {
        let found = Kind::ALL.into_iter().find(|it| it.name() == name.as_str());
        found.ok_or_else(|| {
            let all = Kind::ALL.map(Kind::name).join(", ");
            format!("`{name}` is not an observation; there is {all}")
        })
    };
    let kinds: Vec<Kind> = it.observe.iter().map(known).collect::<Result<_, _>>()?;
    if kinds.is_empty() {
        return Err("who observes nothing detects nothing: name at least one".to_owned());
    }
    Ok(kinds)
}

/// serde would take a list for the fields in their order.
fn is_object(line: &str, such_as: &str) -> Result<(), String> {
    if line.trim_start().starts_with('[') {
        return Err(format!("an answer is an object, such as {such_as}"));
    }
    Ok(())
}

/// What the program makes of an observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) finding: Finding<Models>,
    pub(super) raised: bool,
    pub(super) candidates: [Option<Candidate<Models>>; LIKELIEST],
}

/// A program's answer to an observation.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, expecting = "an object such as {}")]
struct Answer {
    /// That of the observation, if it is given.
    id: Option<u64>,
    /// What is noticed at the observation's terminal.
    alarm: Option<Alarm>,
    /// The symptom that is not noticed there any more.
    over: Option<String>,
}

/// What is noticed.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Alarm {
    /// One of the first line's `symptoms`.
    symptom: String,
    /// What else was seen, at most three.
    #[serde(default)]
    evidence: Vec<String>,
    /// What may be behind it, at most three.
    #[serde(default)]
    candidates: Vec<Weighed>,
}

/// A candidate and how likely it is held to be.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Weighed {
    /// Name of the fault; null for "nothing is broken".
    fault: Option<String>,
    /// From 0 to 1; all together at most 1.
    weight: f64,
}

/// Reads the answer to the observation `id`: what is noticed, if anything.
pub(super) fn answer(line: &str, id: u64) -> Result<Option<Verdict>, String> {
    is_object(line, "{} or {\"alarm\": {\"symptom\": \"requests-unanswered\"}}")?;
    let it: Answer = serde_json::from_str(line).map_err(|why| why.to_string())?;
    if it.id.is_some_and(|answered| answered != id) {
        return Err(format!("the observation has the id {id}"));
    }
    match (it.alarm, it.over) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err("an answer is an alarm or the end of one, not both".to_owned()),
        (None, Some(over)) => {
            let finding = Finding::of(symptom(&over)?);
            Ok(Some(Verdict { finding, raised: false, candidates: [None; LIKELIEST] }))
        }
        (Some(alarm), None) => raised(&alarm).map(Some),
    }
}

fn symptom(name: &str) -> Result<Symptom, String> {
    let found = Symptom::all().find(|it| it.name() == name);
    found.ok_or_else(|| {
        let all: Vec<_> = Symptom::all().map(Symptom::name).collect();
        format!("`{name}` is not a symptom; there is {}", all.join(", "))
    })
}

/// A weight may be off by so much for its being written as a decimal.
const ROUNDING: f64 = 1e-9;

fn raised(alarm: &Alarm) -> Result<Verdict, String> {
    let mut finding = Finding::of(symptom(&alarm.symptom)?);
    if alarm.evidence.len() > 3 {
        return Err("an alarm carries at most three pieces of evidence".to_owned());
    }
    for name in &alarm.evidence {
        let found = Evidence::all().find(|it| it.name() == name.as_str());
        finding = finding
            .with(found.ok_or_else(|| format!("`{name}` is not evidence: see `posrig explain`"))?);
    }
    if alarm.candidates.len() > LIKELIEST {
        return Err(format!("an alarm names at most {LIKELIEST} candidates"));
    }
    let mut candidates = [None; LIKELIEST];
    let mut sum = 0.0;
    for (place, it) in candidates.iter_mut().zip(&alarm.candidates) {
        let fault = it.fault.as_deref().map(fault).transpose()?;
        if !(0.0..=1.0).contains(&it.weight) {
            return Err(format!("a weight is from 0 to 1, not {}", it.weight));
        }
        sum += it.weight;
        *place = Some(Candidate { fault, weight_ppm: (it.weight * 1e6) as u32 });
    }
    if sum > 1.0 + ROUNDING {
        return Err(format!("the weights add up to {sum}, which is more than 1"));
    }
    candidates.sort_by_key(|it| std::cmp::Reverse(it.map_or(0, |it| it.weight_ppm)));
    Ok(Verdict { finding, raised: true, candidates })
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::named(name)
        .ok_or_else(|| format!("`{name}` is not a fault: `posrig list faults` has all"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_file_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/detector.json");
        let schema = schemars::schema_for!(Written);
        let now = serde_json::to_string_pretty(&schema).expect("it is JSON") + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &now).expect("it can be written");
        }
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(file == now, "out of date: UPDATE=1 cargo test -p programs the_schema_file");
    }

    #[test]
    fn answers_are_what_they_say() {
        assert_eq!(answer("{}", 7), Ok(None));
        let over = answer(r#"{"over": "requests-unanswered", "id": 7}"#, 7).expect("an answer");
        assert_eq!(
            over.map(|it| (it.finding.symptom, it.raised)),
            Some((Symptom::RequestsUnanswered, false))
        );
        let line = r#"{"alarm": {"symptom": "requests-unanswered", "evidence": ["link-up"], "candidates": [
            {"fault": null, "weight": 0.2}, {"fault": "cellular.half-open", "weight": 0.5}]}}"#;
        let said = answer(line, 7).expect("an answer").expect("an alarm");
        assert!(said.raised);
        let weights: Vec<_> = said.candidates.iter().flatten().map(|it| it.weight_ppm).collect();
        assert_eq!(weights, [500_000, 200_000], "the likeliest first");
        assert_eq!(said.finding.evidence().count(), 1);
        assert_eq!(wanted(r#"{"observe": ["sale", "boot"]}"#), Ok(vec![Kind::Sale, Kind::Boot]));
    }

    #[test]
    fn nonsense_is_refused_with_its_correction() {
        for (line, hint) in [
            ("", "EOF"),
            ("[]", "an answer is an object"),
            (r#"{"alarm": {"symptom": "tired"}}"#, "`tired` is not a symptom; there is"),
            (r#"{"over": "x"}"#, "`x` is not a symptom"),
            (r#"{"alarm": {"symptom": "restarts"}, "over": "restarts"}"#, "not both"),
            (
                r#"{"alarm": {"symptom": "restarts", "candidates": [{"fault": "x.y", "weight": 1}]}}"#,
                "`x.y` is not a fault",
            ),
            (
                r#"{"alarm": {"symptom": "restarts", "candidates": [{"fault": null, "weight": 1.5}]}}"#,
                "from 0 to 1",
            ),
            (
                r#"{"alarm": {"symptom": "restarts", "candidates": [{"fault": null, "weight": 0.6}, {"fault": "firmware.hang", "weight": 0.6}]}}"#,
                "more than 1",
            ),
            (
                r#"{"alarm": {"symptom": "restarts", "evidence": ["hunch"]}}"#,
                "`hunch` is not evidence",
            ),
            (r#"{"id": 8}"#, "the observation has the id 7"),
            (r#"{"alarms": []}"#, "unknown field"),
        ] {
            let why = answer(line, 7).expect_err(line);
            assert!(why.contains(hint), "{line}: {why}");
        }
        for (line, hint) in [
            ("{}", "missing field `observe`"),
            (r#"{"observe": []}"#, "name at least one"),
            (r#"{"observe": ["truth"]}"#, "`truth` is not an observation; there is request"),
        ] {
            let why = wanted(line).expect_err(line);
            assert!(why.contains(hint), "{line}: {why}");
        }
    }
}
