//! The worst faults, each as one reads it: what was true, what could be noticed, what was believed, what was done.

use scenarios::Outcome;
use serde::{Deserialize, Serialize};
use sim::Instant;

use super::content::{Label, label};
use crate::fault_records::{Alarm, FaultRecord, Impact, IsolationResult, RunHistory};
use crate::wording::{clock, duration, performer};

/// How many faults are shown.
const SHOWN: usize = 10;
/// How many alarms and recovery actions of a fault are shown; the rest is counted.
const MOST: usize = 24;

/// One fault. All times are in seconds since the onset of the fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineView {
    /// Its number in `faults.csv`.
    pub number: usize,
    /// Where.
    pub place: String,
    /// The fault.
    pub fault: Label,
    /// Entry of the scenario's faults; empty if it came by itself.
    pub entry: String,
    /// What the fault does.
    pub effect: String,
    /// When it began, in seconds since the start of the run.
    pub onset_s: f64,
    /// How far the diagram reaches.
    pub until_s: f64,
    /// When it was gone.
    pub cleared_s: Option<f64>,
    /// What cleared it; empty if it ended by itself.
    pub cleared_by: String,
    /// When its first error came: it was activated.
    pub first_error_s: Option<f64>,
    /// When service first deviated.
    pub first_failure_s: Option<f64>,
    /// When somebody could first have noticed, and what.
    pub indication: Option<(f64, String)>,
    /// Alarms.
    pub alarms: Vec<TimelineAlarm>,
    /// Recovery actions.
    pub actions: Vec<TimelineRemedy>,
    /// How many alarms and recovery actions are left out.
    pub left_out: usize,
    /// When its actor was out of service.
    pub downs: Vec<(f64, f64)>,
    /// Time out of service that is attributed to it.
    pub down_s: f64,
    /// When the last incident was closed.
    pub restored_s: Option<f64>,
    /// How often it was believed to be over while it was not.
    pub relapses: u32,
    /// What it did to sales.
    pub impact: Impact,
}

/// One alarm of a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineAlarm {
    /// When.
    pub at_s: f64,
    /// Whose detector.
    pub detector: String,
    /// What it suspected.
    pub suspect: String,
    /// How good that was.
    pub isolation: IsolationResult,
}

/// One recovery action of a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineRemedy {
    /// When it was begun.
    pub started_s: f64,
    /// When it had been carried out.
    pub applied_s: Option<f64>,
    /// When it was given up instead.
    pub dropped_s: Option<f64>,
    /// What, in both languages.
    pub action: Label,
    /// By whom.
    pub by: String,
    /// It cleared the fault.
    pub cleared: bool,
}

/// The worst faults: most money at risk, then most time out of service, then longest active.
pub(super) fn worst(outcome: &Outcome, history: &RunHistory) -> Vec<TimelineView> {
    let end = Instant::START + outcome.simulated;
    let mut numbers: Vec<usize> = (0..history.records.len()).collect();
    let badness = |&number: &usize| {
        let record = &history.records[number];
        (
            std::cmp::Reverse((
                record.impact.at_risk,
                record.down,
                record.end(end).since(record.onset),
            )),
            number,
        )
    };
    if numbers.len() > SHOWN {
        numbers.select_nth_unstable_by_key(SHOWN, badness);
        numbers.truncate(SHOWN);
    }
    numbers.sort_unstable_by_key(badness);
    let mut alarms: Vec<Vec<&Alarm>> = vec![Vec::new(); numbers.len()];
    for alarm in &history.alarms {
        let place =
            alarm.record.and_then(|record| numbers.iter().position(|&number| number == record));
        if let Some(place) = place {
            alarms[place].push(alarm);
        }
    }
    let timelines = numbers.iter().zip(&alarms);
    timelines
        .map(|(&number, alarms)| timeline(number, &history.records[number], alarms, outcome))
        .collect()
}

fn timeline(
    number: usize,
    record: &FaultRecord,
    alarms: &[&Alarm],
    outcome: &Outcome,
) -> TimelineView {
    let end = Instant::START + outcome.simulated;
    let since = |at: Instant| at.since(record.onset).as_secs_f64();
    let entry = record.plan.and_then(|plan| outcome.planned.get(usize::from(plan)));
    let left_out = alarms.len().saturating_sub(MOST) + record.actions.len().saturating_sub(MOST);
    let last_done = record.actions.iter().filter_map(|tried| tried.applied).max();
    let last_down = record.downs.last().map(|&(_, until)| until);
    let marks = [Some(record.end(end)), record.restored, last_done, last_down];
    TimelineView {
        number,
        place: outcome.roster.name(record.who),
        fault: label(record.fault),
        entry: entry.map_or_else(String::new, |entry| entry.id.clone()),
        effect: record.fault.mode().effects.next.to_owned(),
        onset_s: record.onset.as_secs_f64(),
        until_s: marks.into_iter().flatten().map(since).fold(1.0, f64::max),
        cleared_s: record.cleared.map(|cleared| since(cleared.at)),
        cleared_by: record
            .cleared
            .and_then(|cleared| cleared.by)
            .map_or_else(String::new, |action| action.name().to_owned()),
        first_error_s: record.first_error.map(since),
        first_failure_s: record.first_failure.map(since),
        indication: record
            .first_indication
            .map(|(at, indication)| (since(at), indication.name().to_owned())),
        alarms: alarms.iter().take(MOST).map(|alarm| timeline_alarm(alarm, record)).collect(),
        actions: timeline_remedies(record),
        left_out,
        downs: record.downs.iter().map(|&(from, until)| (since(from), since(until))).collect(),
        down_s: record.down.as_secs_f64(),
        restored_s: record.restored.map(since),
        relapses: record.relapses,
        impact: record.impact,
    }
}

fn timeline_alarm(alarm: &Alarm, record: &FaultRecord) -> TimelineAlarm {
    TimelineAlarm {
        at_s: alarm.at.since(record.onset).as_secs_f64(),
        detector: alarm.detector.name().to_owned(),
        suspect: alarm.suspect.to_string(),
        isolation: IsolationResult::of(alarm.suspect, record.fault),
    }
}

fn timeline_remedies(record: &FaultRecord) -> Vec<TimelineRemedy> {
    let since = |at: Instant| at.since(record.onset).as_secs_f64();
    let shown = record.actions.iter().take(MOST).map(|tried| TimelineRemedy {
        started_s: since(tried.started),
        applied_s: tried.applied.map(since),
        dropped_s: tried.dropped.map(since),
        action: Label { name: tried.action.name().to_owned(), zh: tried.action.zh().to_owned() },
        by: performer(tried.by).to_owned(),
        cleared: tried.cleared,
    });
    shown.collect()
}

impl TimelineView {
    /// The timeline in words, in the order of time: moments since onset and what happened.
    pub(super) fn events(&self) -> Vec<(String, String)> {
        let mut events = vec![(0.0, format!("onset, at {}", clock(self.onset_s)))];
        let mut tell = |at: Option<f64>, what: String| events.extend(at.map(|at| (at, what)));
        tell(self.first_error_s, "first error state".to_owned());
        if let Some((at, indication)) = &self.indication {
            tell(Some(*at), format!("first indication: {indication}"));
        }
        tell(self.first_failure_s, "first failure of service".to_owned());
        for alarm in &self.alarms {
            let right = match alarm.isolation {
                IsolationResult::Right => "right",
                IsolationResult::WrongFaultRightPart => "right part, wrong fault",
                IsolationResult::WrongPart => "wrong part",
            };
            let what = format!("alarm by {}: {} ({right})", alarm.detector, alarm.suspect);
            tell(Some(alarm.at_s), what);
        }
        for action in &self.actions {
            let took = match (action.applied_s, action.dropped_s) {
                (Some(at), _) if action.cleared => format!("cleared it, at +{}", duration(at)),
                (Some(at), _) => format!("did not help, at +{}", duration(at)),
                (None, Some(at)) => format!("given up at +{}", duration(at)),
                (None, None) => "still under way at the end".to_owned(),
            };
            let what =
                format!("{} {} by {}: {took}", action.action.name, action.action.zh, action.by);
            tell(Some(action.started_s), what);
        }
        let by = if self.cleared_by.is_empty() { "by itself" } else { &self.cleared_by };
        tell(self.cleared_s, format!("cleared: {by}"));
        tell(self.restored_s, "believed restored".to_owned());
        // Stable: what happened at the same moment stays in the order of cause and effect.
        events.sort_by(|a, b| a.0.total_cmp(&b.0));
        events.into_iter().map(|(at, what)| (format!("+{}", duration(at)), what)).collect()
    }
}
