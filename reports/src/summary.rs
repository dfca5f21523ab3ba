//! `summary.json`: a run in one object, for programs.

use std::collections::BTreeMap;

use scenarios::Outcome;
use serde::Serialize;

use crate::analysis::Analysis;
use crate::measures::{
    Availability, CommonCauses, Cost, DetectorScore, FaultHandling, LifeMeasures, Rollout,
};
use crate::statistics::{Share, Times};
use crate::verdict::Verdict;

/// Version of the layout below.
pub const SCHEMA: &str = "posrig.summary/2";

/// A run in one object. The same run gives the same bytes, the two wall-clock figures aside.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// BLAKE3 hash of its text.
    pub hash: String,
    /// The seed.
    pub seed: u64,
    /// Length of the run, in seconds of simulated time.
    pub simulated_s: f64,
    /// How long it took, in seconds; `None` where that is not to be told.
    pub wall_s: Option<f64>,
    /// Number of handled events.
    pub events: u64,
    /// Events handled in a second of wall-clock time.
    pub events_per_s: Option<f64>,
    /// Fingerprint of all handled events.
    pub fingerprint: String,
    /// Number of terminals.
    pub terminals: u32,
    /// How many terminals use each part of a terminal. What none of them has is not there; hubs are not listed.
    pub parts: BTreeMap<&'static str, u32>,
    /// The verdict on the whole.
    pub verdict: Verdict,
    /// What became of the faults.
    pub faults: Faults,
    /// The measures.
    pub measures: Headline,
    /// Common-cause incidents, against what they were.
    pub common_causes: CommonCauses,
    /// Roll-outs of new versions.
    pub rollouts: Vec<Rollout>,
    /// What trouble cost.
    pub cost: Cost,
    /// What became of the sales.
    pub transactions: Transactions,
    /// How well alarms say what is broken.
    pub testability: Testability,
    /// What each detector was worth, most alarms first.
    pub detectors: Vec<DetectorScore>,
    /// What must hold in every run.
    pub invariants: Vec<Held>,
    /// What the scenario expects.
    pub expectations: Vec<Expected>,
    /// What became of each entry of the scenario's faults.
    pub entries: Vec<EntrySummary>,
    /// The life of terminals; not there where the scenario has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life: Option<LifeMeasures>,
}

/// What became of the faults.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Faults {
    /// How many occurred.
    pub injected: u64,
    /// How many led to an alarm while they were active.
    pub detected: u64,
    /// For how many the first suspicion was the truth.
    pub isolated_correctly: u64,
    /// For how many service was believed to be good at the end.
    pub restored: u64,
    /// How many were truly gone at the end.
    pub cleared: u64,
    /// How many were believed to be over while they were not.
    pub relapsed: u64,
    /// How many never led to an alarm.
    pub undetected: u64,
    /// Alarms with no fault behind them.
    pub false_alarms: u64,
}

/// How well alarms say what is broken, as IEEE 1522 (after MIL-STD-2165) and G. W. Brier score it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Testability {
    /// Share of the faults that were detected.
    pub detected: Share,
    /// Share of the detected faults that the first alarm isolates to one candidate: the likeliest fault is the true one.
    pub isolated_to_1: Share,
    /// The same for the two likeliest.
    pub isolated_to_2: Share,
    /// The same for the three likeliest.
    pub isolated_to_3: Share,
    /// Mean Brier score of the candidates' weights over all alarms, from 0, which is best, to 2; nothing without alarms.
    pub brier: Option<f64>,
    /// Share of the incidents about a fault that were closed while the fault was still there.
    pub false_restorations: Share,
}

/// The measures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Headline {
    /// Share of time in service, over terminals.
    pub availability: Over,
    /// Share of purchases that were served.
    pub availability_by_sale: Option<f64>,
    /// Time from onset to the first alarm.
    pub mttd_s: Times,
    /// Time from onset to the true end of the fault.
    pub mttr_s: Times,
    /// Time out of service that is attributed to faults, summed over actors.
    pub down_s: f64,
}

/// The availability of all terminals; nothing of it can be censored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Over {
    #[serde(flatten)]
    over: Availability,
    censored: u64,
}

/// What became of the sales.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transactions {
    /// All purchases that ended.
    pub attempted: u64,
    /// Approved online.
    pub approved: u64,
    /// Declined.
    pub declined: u64,
    /// Those of them that the system is to blame for.
    pub declined_technically: u64,
    /// The customer left.
    pub abandoned: u64,
    /// The terminal could not carry it out.
    pub failed: u64,
    /// Reversals that were acknowledged.
    pub reversed: u64,
    /// Approved offline and stored.
    pub stored: u64,
    /// Approved sales that the terminal gave up on and that stayed unreversed.
    pub unreversed: u64,
    /// Purchases that were charged more than once.
    pub duplicates: u64,
    /// Answers that came after the terminal had given up.
    pub late_answers: u64,
    /// Records of sales that terminals lost with their power.
    pub records_lost: u64,
    /// What hangs on them, in minor units: charged though given up, sold and never handed in, approved and reversed.
    pub at_risk_minor: i64,
    /// Records of sales that somebody looked up at a terminal.
    pub looked_up: u64,
    /// Those of them that the terminal could not show.
    pub look_ups_failed: u64,
    /// Sum of the approved sales, in minor units.
    pub approved_minor: i64,
    /// Sum of failed, abandoned and technically declined sales, in minor units.
    pub lost_minor: i64,
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Whether it does.
    pub holds: bool,
}

/// Something that the scenario expects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Its name.
    pub name: String,
    /// Whether it came so.
    pub verdict: Verdict,
}

/// An entry of the scenario's faults.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntrySummary {
    /// Its id.
    pub id: String,
    /// The fault.
    pub fault: String,
    /// On how many actors it was planned.
    pub targets: u32,
    /// How many times it occurred.
    pub injected: u64,
    /// How many of these were detected.
    pub detected: u64,
    /// How many of these are gone.
    pub cleared: u64,
}

impl Summary {
    /// Sums a run up. `wall_s` is how long it took, if that is to be told.
    pub fn of(outcome: &Outcome, analysis: &Analysis, wall_s: Option<f64>) -> Self {
        let Analysis { measures, judgement, .. } = analysis;
        let events = outcome.fingerprint.events();
        let invariants = judgement.invariants.iter();
        let expectations = judgement.expectations.iter();
        Self {
            schema: SCHEMA,
            scenario: outcome.scenario.name.clone(),
            hash: outcome.hash.clone(),
            seed: outcome.seed,
            simulated_s: outcome.simulated.as_secs_f64(),
            wall_s,
            events,
            events_per_s: wall_s.filter(|&wall| wall > 0.0).map(|wall| events as f64 / wall),
            fingerprint: outcome.fingerprint.to_string(),
            terminals: outcome.roster.terminals(),
            parts: outcome.scenario.fitted().into_iter().map(|(it, n)| (it.name(), n)).collect(),
            verdict: judgement.verdict,
            faults: Faults::of(&measures.all, measures.false_alarms.count),
            measures: Headline {
                availability: Over { over: measures.availability, censored: 0 },
                availability_by_sale: measures.availability.by_sale.value,
                mttd_s: measures.all.detection,
                mttr_s: measures.all.recovery,
                down_s: measures.all.down_s,
            },
            testability: Testability::of(analysis),
            detectors: measures.detectors.clone(),
            common_causes: measures.common_causes.clone(),
            rollouts: measures.rollouts.clone(),
            cost: measures.cost.clone(),
            transactions: Transactions::of(analysis),
            invariants: invariants
                .map(|it| Held { name: it.name.clone(), holds: it.holds })
                .collect(),
            expectations: expectations
                .map(|it| Expected { name: it.name.clone(), verdict: it.verdict })
                .collect(),
            entries: entries(outcome, analysis),
            life: measures.life.clone(),
        }
    }

    /// As text, in the order of the fields above.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists: nothing in it can fail to be written.
        let text = serde_json::to_string_pretty(self).expect("a summary is made of plain values");
        text + "\n"
    }
}

impl Faults {
    fn of(all: &FaultHandling, false_alarms: u64) -> Self {
        Self {
            injected: all.injected,
            detected: all.detected,
            isolated_correctly: all.isolated,
            restored: all.restored,
            cleared: all.cleared,
            relapsed: all.relapsed,
            undetected: all.undetected(),
            false_alarms,
        }
    }
}

impl Testability {
    fn of(analysis: &Analysis) -> Self {
        let (all, isolation) = (&analysis.measures.all, &analysis.measures.isolation);
        let [isolated_to_1, isolated_to_2, isolated_to_3] = isolation.groups;
        Self {
            detected: Share::new(all.detected, all.injected),
            isolated_to_1,
            isolated_to_2,
            isolated_to_3,
            brier: isolation.brier,
            false_restorations: isolation.false_restorations,
        }
    }
}

impl Transactions {
    fn of(analysis: &Analysis) -> Self {
        let all = &analysis.measures.payments;
        Self {
            attempted: all.attempted.count,
            approved: all.approved.count,
            declined: all.declined.count,
            declined_technically: all.declined_technically.count,
            abandoned: all.abandoned.count,
            failed: all.failed.count,
            reversed: all.reversed,
            stored: all.stored.count,
            unreversed: all.unreversed,
            duplicates: all.duplicates,
            late_answers: all.late_answers,
            records_lost: all.records_lost,
            at_risk_minor: all.at_risk_minor,
            looked_up: all.looked_up,
            look_ups_failed: all.look_ups_failed,
            approved_minor: all.approved.amount_minor,
            lost_minor: all.failed.amount_minor
                + all.abandoned.amount_minor
                + all.declined_technically.amount_minor,
        }
    }
}

fn entries(outcome: &Outcome, analysis: &Analysis) -> Vec<EntrySummary> {
    let handlings = analysis.measures.plans.iter();
    let planned = handlings.filter_map(|(plan, handling)| {
        let planned = outcome.planned.get(usize::from((*plan)?))?;
        Some(EntrySummary {
            id: planned.id.clone(),
            fault: planned.fault.to_string(),
            targets: planned.targets,
            injected: handling.injected,
            detected: handling.detected,
            cleared: handling.cleared,
        })
    });
    planned.collect()
}
