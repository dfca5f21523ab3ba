//! What became of a set of faults: how many were detected, isolated, restored, cleared, how fast, and at what cost.

use serde::{Deserialize, Serialize};
use sim::Instant;

use crate::fault_records::{FaultRecord, Impact};
use crate::statistics::{Lifetime, Times};

/// What became of a set of faults.
///
/// *Time to detect* runs from onset to the first alarm; it is censored when the fault was gone, or the run over, before.
/// *Time to recover* runs from onset to the moment when the fault was truly gone; it is censored at the end of the run.
/// *Time to repair* runs from the first alarm to the same moment, for detected faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaultHandling {
    /// How many occurred.
    pub injected: u64,
    /// How many led to an alarm while they were active.
    pub detected: u64,
    /// For how many the first suspicion was the truth.
    pub isolated: u64,
    /// For how many the fault was among the one, two, three likeliest candidates of the first alarm.
    pub within: [u64; 3],
    /// For how many service was believed to be good at the end.
    pub restored: u64,
    /// How many were truly gone at the end.
    pub cleared: u64,
    /// How many were believed to be over, at least once, while they were not.
    pub relapsed: u64,
    /// For how many a procedure was used up.
    pub exhausted: u64,
    /// From onset to the first alarm.
    pub detection: Times,
    /// From onset to the end of the fault.
    pub recovery: Times,
    /// From the first alarm to the end of the fault.
    pub repair: Times,
    /// Time out of service that is attributed to them, in seconds, summed over actors.
    pub down_s: f64,
    /// What they did to sales.
    pub impact: Impact,
}

impl FaultHandling {
    /// Sums up records of a run that ended at `end`.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a FaultRecord>, end: Instant) -> Self {
        let mut handling = Self::default();
        let mut down_ns = 0u128;
        let (mut detection, mut recovery, mut repair) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            handling.count(record);
            down_ns += u128::from(record.down.0);
            detection.push(detection_time(record, end));
            recovery.push(recovery_time(record, end));
            repair.extend(repair_time(record, end));
        }
        handling.down_s = down_ns as f64 / 1e9;
        handling.detection = Times::of(&detection);
        handling.recovery = Times::of(&recovery);
        handling.repair = Times::of(&repair);
        handling
    }

    fn count(&mut self, record: &FaultRecord) {
        self.injected += 1;
        self.detected += u64::from(record.detection.is_some());
        self.isolated += u64::from(record.isolated());
        let rank = record.detection.map_or(0, |it| usize::from(it.rank));
        for (size, count) in self.within.iter_mut().enumerate() {
            *count += u64::from(rank > 0 && rank <= size + 1);
        }
        debug_assert!(self.within.is_sorted(), "a larger group holds the smaller one");
        self.restored += u64::from(record.restored.is_some());
        self.cleared += u64::from(record.cleared.is_some());
        self.relapsed += u64::from(record.relapses > 0);
        self.exhausted += u64::from(record.exhausted);
        let (all, one) = (&mut self.impact, &record.impact);
        all.failed += one.failed;
        all.abandoned += one.abandoned;
        all.declined_technically += one.declined_technically;
        all.reversed += one.reversed;
        all.delayed += one.delayed;
        all.duplicates += one.duplicates;
        all.at_risk += one.at_risk;
        all.cost += one.cost;
        all.lost_margin += one.lost_margin;
        all.outage += one.outage;
    }

    /// How many were never detected.
    pub fn undetected(&self) -> u64 {
        self.injected - self.detected
    }
}

/// From onset to the first alarm, in a run that ended at `end`.
pub fn detection_time(record: &FaultRecord, end: Instant) -> Lifetime {
    let detected = record.detection.map(|detection| detection.at);
    lifetime(record.onset, detected, record.end(end))
}

/// From onset to the end of the fault, in a run that ended at `end`.
pub fn recovery_time(record: &FaultRecord, end: Instant) -> Lifetime {
    lifetime(record.onset, record.cleared.map(|cleared| cleared.at), end)
}

/// From the first alarm to the end of the fault; `None` if there was no alarm.
pub fn repair_time(record: &FaultRecord, end: Instant) -> Option<Lifetime> {
    let detected = record.detection?.at;
    Some(lifetime(detected, record.cleared.map(|cleared| cleared.at), end))
}

fn lifetime(from: Instant, ended: Option<Instant>, last_seen: Instant) -> Lifetime {
    let time_s = ended.unwrap_or(last_seen).since(from).as_secs_f64();
    Lifetime { time_s, ended: ended.is_some() }
}
