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
}

impl Isolation {
    /// Counts what all first suspicions were worth.
    pub fn of(history: &RunHistory) -> Self {
        let mut counts = BTreeMap::new();
        let (mut right, mut right_part, mut detected) = (0, 0, 0);
        for record in &history.records {
            let suspect = record.detection.map(|detection| detection.suspect);
            *counts.entry((Some(record.fault), suspect)).or_default() += 1;
            if let Some(detection) = record.detection {
                detected += 1;
                right += u64::from(detection.isolation == IsolationResult::Right);
                right_part += u64::from(detection.isolation != IsolationResult::WrongPart);
            }
        }
        for alarm in history.false_alarms() {
            *counts.entry((None, Some(alarm.suspect))).or_default() += 1;
        }
        let (right, right_part) = (Share::new(right, detected), Share::new(right_part, detected));
        Self { counts, right, right_part }
    }
}
