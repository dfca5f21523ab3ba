//! Coverage: which fault modes the runs have seen struck, felt, noticed, isolated and mended.

use std::collections::BTreeMap;

use models::{Fault, Part, RecoveryAction};
use serde::Serialize;

use crate::past::Past;

/// What the runs say about one fault mode: numbers of occurrences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The fault, as `part.mode`.
    pub fault: String,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Became active.
    pub activated: u64,
    /// A wrong state made itself felt inside, or service deviated.
    pub effective: u64,
    /// Led to an alarm.
    pub noticed: u64,
    /// Whose alarms, with their number.
    pub detectors: BTreeMap<&'static str, u64>,
    /// An alarm put the blame on the right part.
    pub isolated: u64,
    /// An alarm named the fault itself.
    pub named: u64,
    /// Was mended by a recovery action, not by time.
    pub mended: u64,
    /// By which recovery actions, with their number.
    pub actions: BTreeMap<&'static str, u64>,
    /// The scenarios in which it became active.
    pub scenarios: Vec<String>,
}

/// The steps that a fault mode has to be seen to take, in their order.
pub const STEPS: [&str; 5] = ["activated", "effective", "noticed", "isolated", "mended"];

impl Row {
    fn new(fault: Fault) -> Self {
        Self {
            fault: fault.to_string(),
            zh: fault.mode().zh,
            activated: 0,
            effective: 0,
            noticed: 0,
            detectors: BTreeMap::new(),
            isolated: 0,
            named: 0,
            mended: 0,
            actions: BTreeMap::new(),
            scenarios: Vec::new(),
        }
    }

    /// The steps that no occurrence has taken.
    pub fn missing(&self) -> Vec<&'static str> {
        let seen = [self.activated, self.effective, self.noticed, self.isolated, self.mended];
        let steps = STEPS.into_iter().zip(seen);
        steps.filter(|(_, seen)| *seen == 0).map(|(step, _)| step).collect()
    }
}

/// Counts what some runs have seen of every fault mode; the rows are in the order of the models.
pub fn coverage<'r>(runs: impl IntoIterator<Item = &'r Past>) -> Vec<Row> {
    let mut rows: BTreeMap<Fault, Row> = Fault::all().map(|it| (it, Row::new(it))).collect();
    for run in runs {
        for struck in &run.faults {
            let Some(row) = rows.get_mut(&struck.fault) else { continue };
            row.activated += 1;
            row.effective += u64::from(struck.effective);
            row.noticed += u64::from(struck.noticed());
            row.isolated += u64::from(struck.isolated());
            row.named += u64::from(struck.named());
            row.mended += u64::from(struck.mended_by.is_some());
            for (detector, _) in &struck.alarms {
                *row.detectors.entry(Part::name(*detector)).or_default() += 1;
            }
            if let Some(action) = struck.mended_by {
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
        "{:<fault$}  activated  effective  noticed  isolated  named  mended  by (alarms | recovery actions)",
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
            "{:<fault$}  {:>9}  {:>9}  {:>7}  {:>8}  {:>5}  {:>6}  {} | {}{lacks}",
            row.fault,
            row.activated,
            row.effective,
            row.noticed,
            row.isolated,
            row.named,
            row.mended,
            names(&row.detectors),
            names(&row.actions),
        ));
    }
    let complete = rows.iter().filter(|row| row.missing().is_empty()).count();
    lines.push(format!("{complete} of {} fault modes take every step", rows.len()));
    lines.join("\n")
}
