//! Isolation: what was suspected against what was.

use std::collections::BTreeMap;

use models::Fault;

use crate::fault_records::{IsolationResult, RunHistory};
use crate::statistics::Share;

/// The confusion matrix: one count a fault, by its first suspicion, and one a false alarm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Isolation {
    /// By truth and suspicion. No truth is a false alarm, no suspicion a fault that was not detected.
    pub counts: BTreeMap<(Option<Fault>, Option<Fault>), u64>,
    /// Detected faults whose first suspicion was the truth.
    pub right: Share,
    /// Detected faults whose first suspicion was at least the right part.
    pub right_part: Share,
    /// Detected faults that the first alarm isolates to a group of one, two, three: the true fault is among so many of its likeliest
    /// candidates. (Fractions of faults isolated, IEEE 1522, after MIL-STD-2165.)
    pub groups: [Share; 3],
    /// Mean Brier score of the weights of all alarms, false ones included; `None` without alarms. 0 is best, 2 worst.
    pub brier: Option<f64>,
    /// Incidents that were closed although the fault behind them was still there.
    pub false_restorations: Share,
}

impl Isolation {
    /// Counts what all first suspicions were worth.
    pub fn of(history: &RunHistory) -> Self {
        let mut counts = BTreeMap::new();
        let (mut right, mut right_part, mut detected) = (0, 0, 0);
        let mut within = [0; 3];
        for record in &history.records {
            let suspect = record.detection.map(|detection| detection.suspect);
            *counts.entry((Some(record.fault), suspect)).or_default() += 1;
            if let Some(detection) = record.detection {
                detected += 1;
                right += u64::from(detection.isolation == IsolationResult::Right);
                right_part += u64::from(detection.isolation != IsolationResult::WrongPart);
                let rank = usize::from(detection.rank);
                for (size, count) in within.iter_mut().enumerate() {
                    *count += u64::from(rank > 0 && rank <= size + 1);
                }
            }
        }
        for alarm in history.false_alarms() {
            *counts.entry((None, Some(alarm.suspect))).or_default() += 1;
        }
        let (right, right_part) = (Share::new(right, detected), Share::new(right_part, detected));
        let groups = within.map(|count| Share::new(count, detected));
        debug_assert!(within.is_sorted(), "a larger group holds the smaller one");
        let alarms = &history.alarms;
        let sum: f64 = alarms.iter().map(|it| it.weights.brier()).sum();
        let brier = (!alarms.is_empty()).then(|| sum / alarms.len() as f64);
        let false_restorations = false_restorations(history);
        Self { counts, right, right_part, groups, brier, false_restorations }
    }
}

/// Of the incidents about a fault that were closed, those that were closed before the fault was gone.
fn false_restorations(history: &RunHistory) -> Share {
    let of_fault = history.alarms.iter().filter_map(|alarm| Some((alarm.closed?, alarm.record?)));
    let (mut closed, mut wrong) = (0, 0);
    for (at, record) in of_fault {
        closed += 1;
        wrong += u64::from(history.records[record].cleared.is_none_or(|it| it.at > at));
    }
    Share::new(wrong, closed)
}
