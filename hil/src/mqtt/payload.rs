//! What is said over the broker: topics and JSON payloads. See `docs/mqtt.md` and `hil/schemas/mqtt.json`.

use std::collections::BTreeMap;

use models::Gauge;
use models::operator::{CommandEnd, News, OperatorReport, Order, Source};
use models::wire::Via;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the payloads.
pub const SCHEMA: &str = "posrig.mqtt/1";
/// The longest id of a command, in characters.
pub const LONGEST_ID: usize = 64;

/// One payload.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Payload {
    /// On `…/heartbeat`.
    Heartbeat(Heartbeat),
    /// On `…/telemetry`.
    Telemetry(Telemetry),
    /// On `…/alarm`.
    Alarm(Alarm),
    /// On `…/status`, retained.
    Status(Status),
    /// On `…/command/result`.
    Result(Result),
    /// On `posrig/v1/session`, retained; its last will says `lost`.
    Session(Session),
    /// On `…/command`, to posrig.
    Command(Command),
}

/// A heartbeat has come.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Heartbeat {
    /// Version of the payload.
    pub schema: &'static str,
    /// Simulated time since the start, in nanoseconds.
    pub time_ns: u64,
    /// Name of the terminal.
    pub terminal: String,
    /// By which bearer it came: `wifi` or `cellular`.
    pub via: &'static str,
}

/// Readings of a terminal's parts.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Telemetry {
    /// Version of the payload.
    pub schema: &'static str,
    /// Simulated time since the start, in nanoseconds.
    pub time_ns: u64,
    /// Name of the terminal.
    pub terminal: String,
    /// By gauge, whose last word is the unit; a gauge that no part of the terminal has is missing.
    pub readings: BTreeMap<&'static str, u32>,
}

/// Something is suspected, or no longer.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Alarm {
    /// Version of the payload.
    pub schema: &'static str,
    /// Simulated time since the start, in nanoseconds.
    pub time_ns: u64,
    /// Name of the terminal.
    pub terminal: String,
    /// What was noticed, such as `printer-stopped`.
    pub symptom: &'static str,
    /// The likeliest fault behind it, such as `printer.jam`.
    pub suspect: String,
    /// Its family, such as `printer`.
    pub family: &'static str,
    /// Whose suspicion it is.
    pub by: By,
    /// Whether it is raised or cleared.
    pub state: AlarmState,
}

/// Whose suspicion an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A detector on the terminal.
    Terminal,
    /// The back office, because of reports or sales.
    BackOffice,
}

/// Where an alarm stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmState {
    /// It is suspected from now on.
    Raised,
    /// It is suspected no longer.
    Cleared,
}

/// Whether a terminal's heartbeats are received.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Status {
    /// Version of the payload.
    pub schema: &'static str,
    /// Simulated time since the start, in nanoseconds.
    pub time_ns: u64,
    /// Name of the terminal.
    pub terminal: String,
    /// Whether its heartbeats come.
    pub state: StatusState,
}

/// Whether a terminal's heartbeats are received.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusState {
    /// Its heartbeats come.
    Online,
    /// Too many heartbeats in a row did not come.
    Missing,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Result {
    /// Version of the payload.
    pub schema: &'static str,
    /// Simulated time since the start, in nanoseconds; missing if the world never saw the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ns: Option<u64>,
    /// Name of the terminal, as in the command's topic.
    pub terminal: String,
    /// The command's id; missing if it had none that could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// What became of it.
    pub result: End,
    /// Why, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The terminal has carried it out; whether that helped is another question.
    Done,
    /// The terminal has not answered in time.
    NoAnswer,
    /// The simulated back office is down.
    BackOfficeDown,
    /// There is no such terminal.
    UnknownTerminal,
    /// The command cannot be understood or taken now: see `why`.
    Refused,
}

impl From<CommandEnd> for End {
    fn from(end: CommandEnd) -> Self {
        match end {
            CommandEnd::Done => Self::Done,
            CommandEnd::NoAnswer => Self::NoAnswer,
            CommandEnd::BackOfficeDown => Self::BackOfficeDown,
            CommandEnd::UnknownTerminal => Self::UnknownTerminal,
        }
    }
}

/// How the session stands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Session {
    /// Version of the payload.
    pub schema: &'static str,
    /// How it stands.
    pub state: SessionState,
    /// Name of the scenario.
    pub scenario: String,
    /// Number of terminals.
    pub terminals: u32,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// It runs.
    Running,
    /// It has come to its end, or was told to stop.
    Ended,
    /// The broker has lost it: its last will.
    Lost,
}

/// A command for a terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What it is to do.
    #[serde(rename = "do")]
    pub order: Do,
    /// Names the command in its result; a text of at most 64 characters or a whole number.
    pub id: Id,
}

/// What a terminal can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Do {
    /// Restart.
    Restart,
    /// Take the right parameters.
    Configure,
    /// Install the right version of firmware and application.
    Update,
    /// Stop selling.
    Lock,
}

impl From<Do> for Order {
    fn from(order: Do) -> Self {
        match order {
            Do::Restart => Self::Restart,
            Do::Configure => Self::Configure,
            Do::Update => Self::Update,
            Do::Lock => Self::Lock,
        }
    }
}

/// Name of a command.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "an id is a text or a whole number")]
pub enum Id {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

/// Reads a command.
///
/// # Errors
/// If it is none; the id goes with the reason if there is one.
pub(super) fn command(bytes: &[u8]) -> std::result::Result<Command, (Option<Id>, String)> {
    let long = |id: &Id| matches!(id, Id::Text(text) if text.chars().count() > LONGEST_ID);
    match serde_json::from_slice::<Command>(bytes) {
        Ok(command) if long(&command.id) => {
            Err((None, format!("an id has at most {LONGEST_ID} characters")))
        }
        Ok(command) => Ok(command),
        Err(why) => {
            #[derive(Deserialize)]
            struct Named {
                id: Id,
            }
            let id = serde_json::from_slice::<Named>(bytes).ok().map(|it| it.id);
            Err((id.filter(|it| !long(it)), why.to_string()))
        }
    }
}

/// The last level of the topic of what the back office has received, and its payload; `None` for results, which need their id.
pub(super) fn told(told: &OperatorReport, terminal: &str) -> Option<(&'static str, Payload)> {
    let (schema, time_ns, terminal) = (SCHEMA, told.at.0, terminal.to_owned());
    Some(match told.what {
        News::Heartbeat(via) => {
            let via = match via {
                Via::Wifi => "wifi",
                Via::Cellular => "cellular",
            };
            ("heartbeat", Payload::Heartbeat(Heartbeat { schema, time_ns, terminal, via }))
        }
        News::Telemetry(report) => {
            let of = |gauge: Gauge| Some((gauge.name(), report.get(gauge)?));
            let readings = Gauge::ALL.into_iter().filter_map(of).collect();
            ("telemetry", Payload::Telemetry(Telemetry { schema, time_ns, terminal, readings }))
        }
        News::Alarm { symptom, suspect, by, raised } => {
            let family = suspect.mode().family.name();
            let by = match by {
                Source::Terminal => By::Terminal,
                Source::BackOffice => By::BackOffice,
            };
            let state = if raised { AlarmState::Raised } else { AlarmState::Cleared };
            let suspect = suspect.to_string();
            let symptom = symptom.name();
            let alarm = Alarm { schema, time_ns, terminal, symptom, suspect, family, by, state };
            ("alarm", Payload::Alarm(alarm))
        }
        News::Missing(missing) => {
            let state = if missing { StatusState::Missing } else { StatusState::Online };
            ("status", Payload::Status(Status { schema, time_ns, terminal, state }))
        }
        News::Result { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_and_nonsense_keeps_its_id() {
        let read = |text: &str| command(text.as_bytes());
        let (order, id) = (Do::Restart, Id::Text("a1".into()));
        assert_eq!(read(r#"{"do": "restart", "id": "a1"}"#), Ok(Command { order, id }));
        let (order, id) = (Do::Lock, Id::Number(7));
        assert_eq!(read(r#"{"do": "lock", "id": 7}"#), Ok(Command { order, id }));
        for (text, id, hint) in [
            (r#"{"do": "explode", "id": 7}"#, Some(Id::Number(7)), "expected one of `restart`"),
            (r#"{"do": "restart"}"#, None, "missing field `id`"),
            (r#"{"do": "restart", "id": 7, "force": 1}"#, Some(Id::Number(7)), "`force`"),
            (r#"{"do": "restart", "id": [7]}"#, None, "an id is a text or a whole number"),
            ("restart", None, "expected value"),
            ("", None, "EOF"),
        ] {
            let (named, why) = read(text).expect_err(text);
            assert!(named == id && why.contains(hint), "{text}: {named:?} {why}");
        }
        let long = format!(r#"{{"do": "restart", "id": "{}"}}"#, "x".repeat(65));
        assert_eq!(read(&long).expect_err("too long").0, None);
        assert!(command(&[0xff, 0xfe]).is_err());
    }

    #[test]
    fn the_schema_file_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/mqtt.json");
        let schema = schemars::schema_for!(Payload);
        let now = serde_json::to_string_pretty(&schema).expect("it is JSON") + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &now).expect("it can be written");
        }
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(file == now, "out of date: UPDATE=1 cargo test -p hil the_schema_file");
    }
}
