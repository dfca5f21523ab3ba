//! Runs as tables that look across runs need them: from a run folder, or from a run that has just ended.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use models::{Fault, Part, RecoveryAction};
use scenarios::Outcome;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::fault_records::FaultRecord;
use crate::manifest::{Manifest, SCHEMA};
use crate::summary;

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTables {
    /// Where it was read from, or its scenario's file.
    pub from: String,
    /// Name of its scenario.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// Fingerprint of all handled events: the same run counted twice would pretend to know more.
    pub fingerprint: String,
    /// Number of terminals.
    pub terminals: u32,
    /// How many terminals use each part of a terminal.
    pub parts: BTreeMap<Part, u32>,
    /// Length, in seconds of simulated time.
    pub simulated_s: f64,
    /// What became of each fault.
    pub faults: Vec<Occurrence>,
}

/// Why a fault occurred when it did.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The scenario says when: how often it occurs is the scenario's choice.
    Scheduled,
    /// The scenario says how likely: a random life, or an event after which it may occur.
    Chance,
    /// By use: paper that ran out, a part that wore out, a board that a surge killed.
    Use,
}

impl Origin {
    pub(crate) fn of(record: &FaultRecord, outcome: &Outcome) -> Self {
        let Some(plan) = record.plan else { return Self::Use };
        let planned = outcome.planned.get(usize::from(plan));
        let entry = planned
            .and_then(|it| outcome.scenario.faults.iter().find(|entry| entry.id.as_str() == it.id));
        if entry.is_none_or(|it| it.when.is_scheduled()) { Self::Scheduled } else { Self::Chance }
    }
}

/// What became of one occurrence of a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// The fault.
    pub fault: Fault,
    /// Why it occurred when it did.
    pub origin: Origin,
    /// Time from onset to the first alarm, in seconds; `None` if there was none while it lasted.
    pub detected_after_s: Option<f64>,
    /// Its first error came, or service deviated.
    pub activated: bool,
    /// A service was missing, late or wrong because of it.
    pub failed: bool,
    /// Every alarm that it led to: whose detector, and what was suspected.
    pub alarms: Vec<(Part, Fault)>,
    /// What was tried last.
    pub last_action: Option<RecoveryAction>,
    /// It is gone, by itself or cleared.
    pub cleared: bool,
    /// What cleared it.
    pub cleared_by: Option<RecoveryAction>,
    /// Time out of service that is attributed to it, in seconds.
    pub down_s: f64,
    /// Sales that failed, whose customers left, or that were declined for a reason of the system's.
    pub sales_lost: u64,
}

impl Occurrence {
    /// Somebody's detector raised an alarm about it.
    pub fn detected(&self) -> bool {
        !self.alarms.is_empty()
    }
    /// An alarm about it put the blame on the right part.
    pub fn isolated(&self) -> bool {
        self.alarms.iter().any(|(_, suspect)| suspect.part() == self.fault.part())
    }
    /// An alarm about it named the fault itself.
    pub fn named(&self) -> bool {
        self.alarms.iter().any(|(_, suspect)| *suspect == self.fault)
    }
}

/// Why a run folder cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RunTablesError {
    /// It is not a run folder.
    NotARun(PathBuf),
    /// A file of it is missing or cannot be read.
    Incomplete {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Another version wrote it.
    OtherSchema {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What this version reads.
        wanted: &'static str,
    },
    /// Something in it is not understood.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 if it is not known.
        line: u64,
        /// Why.
        why: String,
    },
    /// The same run is named twice.
    Twice(String, String),
}

impl fmt::Display for RunTablesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARun(path) => write!(
                f,
                "{} is not a run folder: it has no manifest.json; make one by `posrig run FILE --out {0}`",
                path.display()
            ),
            Self::Incomplete { path, why } => write!(
                f,
                "{}: {why}; the run folder is not whole: make it again by the command in its manifest.json",
                path.display()
            ),
            Self::OtherSchema { path, found, wanted } => write!(
                f,
                "{}: its layout is \"{found}\", this version reads \"{wanted}\"; make the run again",
                path.display()
            ),
            Self::Unreadable { path, line: 0, why } => write!(f, "{}: {why}", path.display()),
            Self::Unreadable { path, line, why } => write!(f, "{}:{line}: {why}", path.display()),
            Self::Twice(one, other) => {
                write!(
                    f,
                    "{one} and {other} are the same run; name it once, or give it another --seed"
                )
            }
        }
    }
}

impl std::error::Error for RunTablesError {}

/// What is needed of `summary.json`.
#[derive(Deserialize)]
struct Head {
    scenario: String,
    simulated_s: f64,
    terminals: u32,
    parts: BTreeMap<String, u32>,
}

/// What is needed of a row of `faults.csv`.
#[derive(Deserialize)]
struct FaultRow {
    record: usize,
    origin: Origin,
    fault: String,
    time_to_detect_s: Option<f64>,
    first_error_s: Option<f64>,
    first_failure_s: Option<f64>,
    last_action: String,
    cleared_s: Option<f64>,
    cleared_by: String,
    down_s: f64,
    sales_failed: u64,
    sales_abandoned: u64,
    sales_declined_technically: u64,
}

/// What is needed of a row of `alarms.csv`.
#[derive(Deserialize)]
struct AlarmRow {
    detector: String,
    suspect: String,
    record: Option<usize>,
}

impl RunTables {
    /// Whether an actor of the run has a part: hubs are always there.
    pub fn has(&self, part: Part) -> bool {
        part.is_hub() || self.parts.contains_key(&part)
    }

    /// A run that has just ended.
    pub fn of(outcome: &Outcome, analysis: &Analysis) -> Self {
        let mut faults: Vec<Occurrence> = analysis
            .history
            .records
            .iter()
            .map(|record| Occurrence {
                fault: record.fault,
                origin: Origin::of(record, outcome),
                detected_after_s: record
                    .detection
                    .map(|it| it.at.since(record.onset).as_secs_f64()),
                activated: record.first_error.is_some() || record.first_failure.is_some(),
                failed: record.first_failure.is_some(),
                alarms: Vec::new(),
                last_action: record
                    .actions
                    .iter()
                    .rev()
                    .find(|it| it.applied.is_some())
                    .map(|it| it.action),
                cleared: record.cleared.is_some(),
                cleared_by: record.cleared.and_then(|cleared| cleared.by),
                down_s: record.down.as_secs_f64(),
                sales_lost: record.impact.lost() + record.impact.declined_technically,
            })
            .collect();
        for alarm in &analysis.history.alarms {
            if let Some(occurred) = alarm.record.and_then(|record| faults.get_mut(record)) {
                occurred.alarms.push((alarm.detector, alarm.suspect));
            }
        }
        Self {
            from: outcome.path.clone(),
            scenario: outcome.scenario.name.clone(),
            seed: outcome.seed,
            fingerprint: outcome.fingerprint.to_string(),
            terminals: outcome.roster.terminals(),
            parts: outcome.scenario.fitted(),
            simulated_s: outcome.simulated.as_secs_f64(),
            faults,
        }
    }

    /// A run folder.
    ///
    /// # Errors
    /// If it is none, not whole, of another layout, or holds what is not understood.
    pub fn read(folder: &Path) -> Result<Self, RunTablesError> {
        let path = folder.join("manifest.json");
        if !path.is_file() {
            return Err(RunTablesError::NotARun(folder.to_path_buf()));
        }
        same(&path, SCHEMA)?;
        let manifest: Manifest = json(&path)?;
        let path = folder.join("summary.json");
        same(&path, summary::SCHEMA)?;
        let head: Head = json(&path)?;
        let known = head.parts.iter().map(|(name, &terminals)| Ok((part(name)?, terminals)));
        let parts = known
            .collect::<Result<_, String>>()
            .map_err(|why| RunTablesError::Unreadable { path: path.clone(), line: 0, why })?;
        let mut faults = Vec::new();
        let path = folder.join("faults.csv");
        rows(&path, |row: FaultRow| {
            if row.record != faults.len() {
                return Err(format!("record {} where {} belongs", row.record, faults.len()));
            }
            faults.push(occurrence(&row)?);
            Ok(())
        })?;
        let path = folder.join("alarms.csv");
        rows(&path, |row: AlarmRow| {
            let Some(record) = row.record else { return Ok(()) };
            let alarm = (part(&row.detector)?, fault(&row.suspect)?);
            let occurred = faults.get_mut(record);
            occurred
                .ok_or_else(|| format!("faults.csv has no record {record}"))?
                .alarms
                .push(alarm);
            Ok(())
        })?;
        Ok(Self {
            from: folder.display().to_string(),
            scenario: head.scenario,
            seed: manifest.seed,
            fingerprint: manifest.fingerprint,
            terminals: head.terminals,
            parts,
            simulated_s: head.simulated_s,
            faults,
        })
    }

    /// Several run folders, none of them twice.
    ///
    /// # Errors
    /// The first thing that is wrong with one of them.
    pub fn read_all<P: AsRef<Path>>(folders: &[P]) -> Result<Vec<Self>, RunTablesError> {
        let mut runs: Vec<Self> = Vec::with_capacity(folders.len());
        for folder in folders {
            let run = Self::read(folder.as_ref())?;
            if let Some(known) = runs.iter().find(|known| known.fingerprint == run.fingerprint) {
                return Err(RunTablesError::Twice(known.from.clone(), run.from));
            }
            runs.push(run);
        }
        Ok(runs)
    }
}

fn occurrence(row: &FaultRow) -> Result<Occurrence, String> {
    let cleared = (!matches!(row.cleared_by.as_str(), "" | "by itself")).then_some(&row.cleared_by);
    let last = (!row.last_action.is_empty()).then_some(&row.last_action);
    Ok(Occurrence {
        fault: fault(&row.fault)?,
        origin: row.origin,
        detected_after_s: row.time_to_detect_s,
        activated: row.first_error_s.is_some() || row.first_failure_s.is_some(),
        failed: row.first_failure_s.is_some(),
        alarms: Vec::new(),
        last_action: last.map(|name| action(name)).transpose()?,
        cleared: row.cleared_s.is_some(),
        cleared_by: cleared.map(|name| action(name)).transpose()?,
        down_s: row.down_s,
        sales_lost: row.sales_failed + row.sales_abandoned + row.sales_declined_technically,
    })
}

fn fault(name: &str) -> Result<Fault, String> {
    let known = Fault::all().find(|fault| fault.to_string() == name);
    known.ok_or_else(|| format!("this version knows no fault \"{name}\""))
}

fn part(name: &str) -> Result<Part, String> {
    let known = Part::ALL.iter().copied().find(|part| part.name() == name);
    known.ok_or_else(|| format!("this version knows no model \"{name}\""))
}

fn action(name: &str) -> Result<RecoveryAction, String> {
    let known = RecoveryAction::all().find(|action| action.name() == name);
    known.ok_or_else(|| format!("this version knows no recovery action \"{name}\""))
}

/// The layout is looked at first: of another one nothing else need be understood.
fn same(path: &Path, wanted: &'static str) -> Result<(), RunTablesError> {
    #[derive(Deserialize)]
    struct Layout {
        #[serde(default)]
        schema: String,
    }
    let Layout { schema: found } = json(path)?;
    if found == wanted {
        return Ok(());
    }
    Err(RunTablesError::OtherSchema { path: path.to_path_buf(), found, wanted })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, RunTablesError> {
    let text = fs::read(path).map_err(|why| incomplete(path, &why))?;
    serde_json::from_slice(&text).map_err(|why| RunTablesError::Unreadable {
        path: path.to_path_buf(),
        line: why.line() as u64,
        why: why.to_string(),
    })
}

fn incomplete(path: &Path, why: &std::io::Error) -> RunTablesError {
    RunTablesError::Incomplete { path: path.to_path_buf(), why: why.to_string() }
}

/// Reads a table row by row; what is wrong in a row is reported with its line.
fn rows<T: DeserializeOwned>(
    path: &Path,
    mut take: impl FnMut(T) -> Result<(), String>,
) -> Result<(), RunTablesError> {
    let file = File::open(path).map_err(|why| incomplete(path, &why))?;
    let mut table = csv::Reader::from_reader(file);
    let unreadable =
        |line, why: String| RunTablesError::Unreadable { path: path.to_path_buf(), line, why };
    let head = table.headers().map_err(|why| unreadable(1, why.to_string()))?.clone();
    let mut record = csv::StringRecord::new();
    loop {
        let more = table.read_record(&mut record).map_err(|why| {
            unreadable(why.position().map_or(0, csv::Position::line), why.to_string())
        })?;
        if !more {
            return Ok(());
        }
        let line = record.position().map_or(0, csv::Position::line);
        let row =
            record.deserialize(Some(&head)).map_err(|why| unreadable(line, why.to_string()))?;
        take(row).map_err(|why| unreadable(line, why))?;
    }
}
