//! Coverage: which fault modes the runs have seen occur, activated, detected, isolated and cleared.

use std::collections::BTreeMap;

use models::{Fault, Part, RecoveryAction};
use serde::Serialize;

use crate::run_tables::RunTables;

/// What the runs say about one fault mode: numbers of occurrences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The fault, as `part.mode`.
    pub fault: String,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Occurred.
    pub occurred: u64,
    /// Its first error came, or service deviated.
    pub activated: u64,
    /// Led to an alarm.
    pub detected: u64,
    /// Whose alarms, with their number.
    pub detectors: BTreeMap<&'static str, u64>,
    /// An alarm put the blame on the right part.
    pub isolated: u64,
    /// An alarm named the fault itself.
    pub named: u64,
    /// Was cleared by a recovery action, not by time.
    pub cleared: u64,
    /// By which recovery actions, with their number.
    pub actions: BTreeMap<&'static str, u64>,
    /// The scenarios in which it occurred.
    pub scenarios: Vec<String>,
}

/// The steps that a fault mode has to be seen to take, in their order.
pub const STEPS: [&str; 5] = ["occurred", "activated", "detected", "isolated", "cleared"];

impl Row {
    fn new(fault: Fault) -> Self {
        Self {
            fault: fault.to_string(),
            zh: fault.mode().zh,
            occurred: 0,
            activated: 0,
            detected: 0,
            detectors: BTreeMap::new(),
            isolated: 0,
            named: 0,
            cleared: 0,
            actions: BTreeMap::new(),
            scenarios: Vec::new(),
        }
    }

    /// The steps that no occurrence has taken.
    pub fn missing(&self) -> Vec<&'static str> {
        let seen = [self.occurred, self.activated, self.detected, self.isolated, self.cleared];
        let steps = STEPS.into_iter().zip(seen);
        steps.filter(|(_, seen)| *seen == 0).map(|(step, _)| step).collect()
    }
}

/// Counts what some runs have seen of every fault mode of what they have; the rows are in the order of the models.
pub fn coverage<'r>(runs: impl IntoIterator<Item = &'r RunTables>) -> Vec<Row> {
    let mut rows: BTreeMap<Fault, Row> = BTreeMap::new();
    for run in runs {
        for fault in Fault::all().filter(|it| run.has(it.part())) {
            rows.entry(fault).or_insert_with(|| Row::new(fault));
        }
        for occurrence in &run.faults {
            let fault = occurrence.fault;
            let row = rows.entry(fault).or_insert_with(|| Row::new(fault));
            row.occurred += 1;
            row.activated += u64::from(occurrence.activated);
            row.detected += u64::from(occurrence.detected());
            row.isolated += u64::from(occurrence.isolated());
            row.named += u64::from(occurrence.named());
            row.cleared += u64::from(occurrence.cleared_by.is_some());
            for (detector, _) in &occurrence.alarms {
                *row.detectors.entry(Part::name(*detector)).or_default() += 1;
            }
            if let Some(action) = occurrence.cleared_by {
                *row.actions.entry(RecoveryAction::name(action)).or_default() += 1;
            }
            if !row.scenarios.contains(&run.scenario) {
                row.scenarios.push(run.scenario.clone());
            }
        }
    }
    Fault::all().filter_map(|fault| rows.remove(&fault)).collect()
}

/// The rows as a table for a terminal.
pub fn table(rows: &[Row]) -> String {
    let names = |counts: &BTreeMap<&'static str, u64>| {
        let all: Vec<String> =
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        if all.is_empty() { "-".to_owned() } else { all.join(", ") }
    };
    let wide = |widths: fn(&Row) -> usize| rows.iter().map(widths).max().unwrap_or(0).max(5);
    let fault = wide(|row| row.fault.len());
    let mut lines = vec![format!(
        "{:<fault$}  occurred  activated  detected  isolated  named  cleared  by (alarms | recovery actions)",
        "fault"
    )];
    for row in rows {
        let missing = row.missing();
        let lacks = if missing.is_empty() {
            String::new()
        } else {
            format!("  LACKS {}", missing.join(", "))
        };
        lines.push(format!(
            "{:<fault$}  {:>8}  {:>9}  {:>8}  {:>8}  {:>5}  {:>7}  {} | {}{lacks}",
            row.fault,
            row.occurred,
            row.activated,
            row.detected,
            row.isolated,
            row.named,
            row.cleared,
            names(&row.detectors),
            names(&row.actions),
        ));
    }
    let complete = rows.iter().filter(|row| row.missing().is_empty()).count();
    lines.push(format!("{complete} of {} fault modes take every step", rows.len()));
    lines.join("\n")
}
