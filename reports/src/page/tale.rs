//! The worst stories, each as one reads it: what was true, what could be noticed, what was believed, what was done.

use scenarios::Outcome;
use serde::{Deserialize, Serialize};
use sim::Instant;

use super::content::{Label, label};
use super::wording::{clock, duration};
use crate::export::performer;
use crate::stories::{Alarm, Chronicle, IsolationResult, Story, Toll};

/// How many stories are told.
const TOLD: usize = 10;
/// How many alarms and recovery actions of a story are told; the rest is counted.
const MOST: usize = 24;

/// One story. All times are in seconds since the onset of the fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tale {
    /// Its number in `stories.csv`.
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
    pub alarms: Vec<TaleAlarm>,
    /// Recovery actions.
    pub actions: Vec<TaleAction>,
    /// How many alarms and recovery actions are left out.
    pub left_out: usize,
    /// When its actor was out of service.
    pub downs: Vec<(f64, f64)>,
    /// Time out of service that is laid to it.
    pub down_s: f64,
    /// When the last incident was closed.
    pub restored_s: Option<f64>,
    /// How often it was believed to be over while it was not.
    pub relapses: u32,
    /// What it did to sales.
    pub toll: Toll,
}

/// One alarm of a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaleAlarm {
    /// When.
    pub at_s: f64,
    /// Whose detector.
    pub detector: String,
    /// What it suspected.
    pub suspect: String,
    /// How good that was.
    pub isolation: IsolationResult,
}

/// One recovery action of a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaleAction {
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

/// The worst stories: most money at risk, then most time out of service, then longest active.
pub(super) fn worst(outcome: &Outcome, told: &Chronicle) -> Vec<Tale> {
    let end = Instant::START + outcome.simulated;
    let mut numbers: Vec<usize> = (0..told.stories.len()).collect();
    let badness = |&number: &usize| {
        let story = &told.stories[number];
        (
            std::cmp::Reverse((story.toll.at_risk, story.down, story.end(end).since(story.onset))),
            number,
        )
    };
    if numbers.len() > TOLD {
        numbers.select_nth_unstable_by_key(TOLD, badness);
        numbers.truncate(TOLD);
    }
    numbers.sort_unstable_by_key(badness);
    let mut alarms: Vec<Vec<&Alarm>> = vec![Vec::new(); numbers.len()];
    for alarm in &told.alarms {
        let place =
            alarm.story.and_then(|story| numbers.iter().position(|&number| number == story));
        if let Some(place) = place {
            alarms[place].push(alarm);
        }
    }
    let tales = numbers.iter().zip(&alarms);
    tales.map(|(&number, alarms)| tale(number, &told.stories[number], alarms, outcome)).collect()
}

fn tale(number: usize, story: &Story, alarms: &[&Alarm], outcome: &Outcome) -> Tale {
    let end = Instant::START + outcome.simulated;
    let since = |at: Instant| at.since(story.onset).as_secs_f64();
    let entry = story.plan.and_then(|plan| outcome.planned.get(usize::from(plan)));
    let left_out = alarms.len().saturating_sub(MOST) + story.actions.len().saturating_sub(MOST);
    let last_done = story.actions.iter().filter_map(|tried| tried.applied).max();
    let last_down = story.downs.last().map(|&(_, until)| until);
    let marks = [Some(story.end(end)), story.restored, last_done, last_down];
    Tale {
        number,
        place: outcome.roster.name(story.who),
        fault: label(story.fault),
        entry: entry.map_or_else(String::new, |entry| entry.id.clone()),
        effect: story.fault.mode().effects.next.to_owned(),
        onset_s: story.onset.as_secs_f64(),
        until_s: marks.into_iter().flatten().map(since).fold(1.0, f64::max),
        cleared_s: story.cleared.map(|cleared| since(cleared.at)),
        cleared_by: story
            .cleared
            .and_then(|cleared| cleared.by)
            .map_or_else(String::new, |action| action.name().to_owned()),
        first_error_s: story.first_error.map(since),
        first_failure_s: story.first_failure.map(since),
        indication: story
            .first_indication
            .map(|(at, indication)| (since(at), indication.name().to_owned())),
        alarms: alarms.iter().take(MOST).map(|alarm| told_alarm(alarm, story)).collect(),
        actions: told_actions(story),
        left_out,
        downs: story.downs.iter().map(|&(from, until)| (since(from), since(until))).collect(),
        down_s: story.down.as_secs_f64(),
        restored_s: story.restored.map(since),
        relapses: story.relapses,
        toll: story.toll,
    }
}

fn told_alarm(alarm: &Alarm, story: &Story) -> TaleAlarm {
    TaleAlarm {
        at_s: alarm.at.since(story.onset).as_secs_f64(),
        detector: alarm.detector.name().to_owned(),
        suspect: alarm.suspect.to_string(),
        isolation: IsolationResult::of(alarm.suspect, story.fault),
    }
}

fn told_actions(story: &Story) -> Vec<TaleAction> {
    let since = |at: Instant| at.since(story.onset).as_secs_f64();
    let told = story.actions.iter().take(MOST).map(|tried| TaleAction {
        started_s: since(tried.started),
        applied_s: tried.applied.map(since),
        dropped_s: tried.dropped.map(since),
        action: Label { name: tried.action.name().to_owned(), zh: tried.action.zh().to_owned() },
        by: performer(tried.by).to_owned(),
        cleared: tried.cleared,
    });
    told.collect()
}

impl Tale {
    /// The story in words, in the order of time: moments since onset and what happened.
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
