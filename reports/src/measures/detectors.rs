//! What each detector was worth: the shipped ones, people, and a program outside, scored alike.

use std::collections::BTreeMap;

use models::Part;
use serde::{Deserialize, Serialize};
use sim::Instant;

use crate::fault_records::{Alarm, IsolationResult, RunHistory};
use crate::statistics::{Lifetime, Share, Times, settled};

/// The score of one detector, by the alarms that opened incidents: what several notice counts for who was first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectorScore {
    /// Whose part raises its alarms; `merchant` and the like are people.
    pub detector: String,
    /// The same part's name in Chinese, for the report.
    #[serde(skip)]
    pub zh: String,
    /// Alarms that it raised.
    pub alarms: u64,
    /// Share of them with no fault behind them.
    pub false_alarms: Share,
    /// False alarms in a terminal-month of 720 hours.
    pub false_alarms_per_terminal_month: f64,
    /// Share of all fault occurrences about which it raised an alarm.
    pub detected: Share,
    /// Those of them that nobody had noticed before.
    pub first: u64,
    /// Time from the onset to its first alarm about the fault, over what it detected.
    pub detection_s: Times,
    /// Share of its alarms about a fault whose likeliest candidate is the true one.
    pub isolated: Share,
    /// Mean Brier score of the weights of its alarms, from 0, which is best, to 2.
    pub brier: Option<f64>,
}

/// The scores of all that raised an alarm, most alarms first.
pub(super) fn scores(history: &RunHistory, months: f64) -> Vec<DetectorScore> {
    let mut by_part: BTreeMap<Part, Vec<&Alarm>> = BTreeMap::new();
    for alarm in &history.alarms {
        by_part.entry(alarm.detector).or_default().push(alarm);
    }
    let all = by_part.into_iter().map(|(part, alarms)| score(part, &alarms, history, months));
    let mut all: Vec<DetectorScore> = all.collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.alarms));
    all
}

fn score(part: Part, alarms: &[&Alarm], history: &RunHistory, months: f64) -> DetectorScore {
    let of = alarms.len() as u64;
    let mut first_about: BTreeMap<usize, Instant> = BTreeMap::new();
    for alarm in alarms {
        if let Some(record) = alarm.record {
            first_about.entry(record).or_insert(alarm.at);
        }
    }
    let lifetimes: Vec<Lifetime> = first_about
        .iter()
        .map(|(record, at)| {
            let time_s = at.since(history.records[*record].onset).as_secs_f64();
            Lifetime { time_s, ended: true }
        })
        .collect();
    let first = history.records.iter().filter_map(|it| it.detection);
    let first = first.filter(|it| it.detector == part).count() as u64;
    let about =
        alarms.iter().filter_map(|it| Some((it.suspect, history.records[it.record?].fault)));
    let (mut about_faults, mut right) = (0, 0);
    for (suspect, truth) in about {
        about_faults += 1;
        right += u64::from(IsolationResult::of(suspect, truth) == IsolationResult::Right);
    }
    debug_assert!(about_faults <= of, "an alarm is about one fault or none");
    let wrong = of - about_faults;
    let brier: f64 = alarms.iter().map(|it| it.weights.brier()).sum();
    DetectorScore {
        detector: part.name().to_owned(),
        zh: part.zh().to_owned(),
        alarms: of,
        false_alarms: Share::new(wrong, of),
        false_alarms_per_terminal_month: if months > 0.0 {
            settled(wrong as f64 / months)
        } else {
            0.0
        },
        detected: Share::new(first_about.len() as u64, history.records.len() as u64),
        first,
        detection_s: Times::of(&lifetimes),
        isolated: Share::new(right, about_faults),
        brier: (of > 0).then(|| settled(brier / of as f64)),
    }
}
