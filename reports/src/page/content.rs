//! What the page says, apart from how: plain names and numbers, kept in the run folder so that the page can be made anew.

use models::{Family, Fault};
use scenarios::{Costs, Outcome};
use serde::{Deserialize, Serialize};
use sim::Instant;

use super::timeline::{self, TimelineView};
use crate::analysis::Analysis;
use crate::fault_records::FaultRecord;
use crate::manifest::replay_command;
use crate::measures::fault_handling::{detection_time, recovery_time};
use crate::measures::{
    Availability, CommonCauses, Cost, DetectorScore, FalseAlarms, FaultHandling, Fleet,
    LifeMeasures, Payments, Rollout,
};
use crate::statistics::{KaplanMeier, Lifetime, Share};
use crate::verdict::Judgement;

/// Version of what follows.
pub const SCHEMA: &str = "posrig.analysis/2";

/// Everything that the page says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// [`SCHEMA`].
    pub schema: String,
    /// Which run this is.
    pub identity: Identity,
    /// The verdict and what it rests on.
    pub judgement: Judgement,
    /// Share of time and of sales that were served.
    pub availability: Availability,
    /// What became of all faults.
    pub all: FaultHandling,
    /// The same by family.
    pub families: Vec<Row>,
    /// The same by entry of the scenario's faults.
    pub entries: Vec<Row>,
    /// The same by fault, most time out of service first.
    pub faults: Vec<Row>,
    /// Time to detect, by family; all of them first.
    pub detection: Vec<Curve>,
    /// Time to recover, by family; all of them first.
    pub recovery: Vec<Curve>,
    /// What was suspected against what was.
    pub matrix: Matrix,
    /// What each detector was worth.
    pub detectors: Vec<DetectorRow>,
    /// Common-cause incidents.
    #[serde(default)]
    pub common_causes: CommonCauses,
    /// Roll-outs of new versions.
    pub rollouts: Vec<Rollout>,
    /// Sales and money.
    pub payments: Payments,
    /// The fleet over time.
    pub fleet: Fleet,
    /// The life of terminals; `None` where the scenario has none.
    #[serde(default)]
    pub life: Option<LifeMeasures>,
    /// The worst faults, the worst first.
    pub worst: Vec<TimelineView>,
    /// Alarms with no fault behind them.
    pub false_alarms: FalseAlarms,
    /// The first of them.
    pub false_list: Vec<FalseAlarm>,
    /// Time out of service that no fault explains, in seconds.
    pub unexplained_s: f64,
    /// What trouble cost.
    #[serde(default)]
    pub cost: Cost,
    /// The prices that were assumed, in minor units.
    pub costs: Vec<(String, i64)>,
}

/// Which run this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Name of the scenario.
    pub scenario: String,
    /// What it is for.
    pub intent: String,
    /// Where it was read from.
    pub path: String,
    /// BLAKE3 hash of its text.
    pub hash: String,
    /// The seed.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
    /// Fingerprint of all handled events.
    pub fingerprint: String,
    /// Number of handled events.
    pub events: u64,
    /// Number of terminals.
    pub terminals: u32,
    /// Names of the hubs.
    pub hubs: Vec<String>,
    /// Length of the run, in seconds.
    pub simulated_s: f64,
    /// Length of the warm-up, in seconds.
    pub warm_up_s: f64,
    /// Three letters of the currency of all amounts.
    pub currency: String,
    /// How many decimals an amount has.
    pub decimals: u32,
    /// The command that replays it.
    pub replay: String,
}

/// What became of a group of faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its name in Chinese.
    pub zh: String,
    /// What else is to be said about it: the fault of an entry, the family of a fault.
    pub about: String,
    /// On how many actors an entry was planned.
    pub targets: Option<u32>,
    /// What became of them.
    pub handling: FaultHandling,
}

/// How long something took, for one group of faults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Times in seconds and the share that had happened by then.
    pub points: Vec<(f64, f64)>,
    /// Up to when the last one was watched, in seconds.
    pub watched_s: f64,
    /// How many there are.
    pub n: u64,
    /// How many were not seen to happen.
    pub censored: u64,
}

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// English.
    pub name: String,
    /// Chinese.
    pub zh: String,
}

/// What one detector was worth, with its name in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectorRow {
    /// In Chinese.
    pub zh: String,
    /// What it was worth.
    #[serde(flatten)]
    pub score: DetectorScore,
}

/// What was suspected against what was; only rows and columns that occur.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// Suspicions: the columns. The last may be "not detected".
    pub suspects: Vec<Label>,
    /// Truths: the rows, each with its counts. The last may be "no fault".
    pub rows: Vec<MatrixRow>,
    /// Detected faults whose first suspicion was the truth.
    pub right: Share,
    /// Detected faults whose first suspicion was at least the right part.
    pub right_part: Share,
    /// Detected faults that were among the one, two, three likeliest candidates.
    pub groups: [Share; 3],
    /// Mean Brier score of the candidates' weights.
    pub brier: Option<f64>,
    /// Incidents about a fault that were closed while it was still there.
    pub false_restorations: Share,
}

/// One truth and what was suspected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// The truth.
    pub truth: Label,
    /// How often each suspicion came first.
    pub cells: Vec<Cell>,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// How often.
    pub count: u64,
    /// Share of its row.
    pub share: f64,
    /// Suspicion and truth are the same.
    pub right: bool,
}

/// One false alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FalseAlarm {
    /// When, in seconds.
    pub at_s: f64,
    /// What it was about.
    pub about: String,
    /// Whose detector.
    pub detector: String,
    /// What it suspected.
    pub suspect: Label,
    /// How many recovery actions were carried out for it.
    pub actions: u32,
    /// How long before, in seconds, the last fault there had ended, and which.
    pub after: Option<(f64, String)>,
}

/// How many false alarms are listed; the rest is counted, and all are in `alarms.csv`.
const LISTED: usize = 40;
/// How many points a curve has at most.
const POINTS: usize = 400;

impl Content {
    /// Gathers what is to be said about a run.
    pub fn of(outcome: &Outcome, analysis: &Analysis) -> Self {
        let Analysis { history, measures, judgement } = analysis;
        let end = Instant::START + outcome.simulated;
        let costs = prices(&outcome.scenario.policies.costs);
        Self {
            schema: SCHEMA.to_owned(),
            identity: identity(outcome),
            judgement: judgement.clone(),
            availability: measures.availability,
            all: measures.all,
            families: measures
                .families
                .iter()
                .map(|&(family, handling)| family_row(family, handling))
                .collect(),
            entries: entries(outcome, &measures.plans),
            faults: measures
                .faults
                .iter()
                .map(|&(fault, handling)| fault_row(fault, handling))
                .collect(),
            detection: curves(&history.records, |record| detection_time(record, end)),
            recovery: curves(&history.records, |record| recovery_time(record, end)),
            matrix: matrix(analysis),
            detectors: measures.detectors.iter().cloned().map(DetectorRow::of).collect(),
            common_causes: measures.common_causes.clone(),
            rollouts: measures.rollouts.clone(),
            payments: measures.payments,
            fleet: measures.fleet.clone(),
            life: measures.life.clone(),
            worst: timeline::worst(outcome, history),
            false_alarms: measures.false_alarms,
            false_list: false_list(outcome, analysis),
            unexplained_s: history.unexplained.as_secs_f64(),
            cost: measures.cost.clone(),
            costs,
        }
    }
}

/// The prices of a scenario, by what they are for.
fn prices(costs: &Costs) -> Vec<(String, i64)> {
    let Costs { call_minute, visit, part, swap, command, merchant, outage_minute, .. } = costs;
    let named = [
        ("a minute of support", call_minute),
        ("a visit", visit),
        ("a part", part),
        ("a swap", swap),
        ("a command", command),
        ("a recovery action by the merchant", merchant),
        ("a minute out of service", outage_minute),
    ];
    named.map(|(name, price)| (name.to_owned(), price.minor())).into()
}

fn identity(outcome: &Outcome) -> Identity {
    Identity {
        scenario: outcome.scenario.name.clone(),
        intent: outcome.scenario.intent.clone(),
        path: outcome.path.clone(),
        hash: outcome.hash.clone(),
        seed: outcome.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: outcome.fingerprint.to_string(),
        events: outcome.fingerprint.events(),
        terminals: outcome.roster.terminals(),
        hubs: outcome.roster.hubs.iter().map(|(_, name)| name.clone()).collect(),
        simulated_s: outcome.simulated.as_secs_f64(),
        warm_up_s: outcome.scenario.warmup.as_secs_f64(),
        currency: outcome.scenario.currency.code().to_owned(),
        decimals: outcome.scenario.currency.decimals(),
        replay: replay_command(outcome),
    }
}

/// A fault's name in both languages.
pub(super) fn label(fault: Fault) -> Label {
    Label { name: fault.to_string(), zh: fault.mode().zh.to_owned() }
}

fn family_row(family: Family, handling: FaultHandling) -> Row {
    let (name, zh) = (family.name().to_owned(), family.zh().to_owned());
    Row { name, zh, about: String::new(), targets: None, handling }
}

fn fault_row(fault: Fault, handling: FaultHandling) -> Row {
    let Label { name, zh } = label(fault);
    Row { name, zh, about: fault.mode().family.name().to_owned(), targets: None, handling }
}

fn entries(outcome: &Outcome, plans: &[(Option<u16>, FaultHandling)]) -> Vec<Row> {
    let row = |&(plan, handling): &(Option<u16>, FaultHandling)| match plan {
        Some(plan) => {
            let planned = outcome.planned.get(usize::from(plan))?;
            let Label { name: about, zh } = label(planned.fault);
            Some(Row {
                name: planned.id.clone(),
                zh,
                about,
                targets: Some(planned.targets),
                handling,
            })
        }
        None => Some(Row {
            name: "by itself".to_owned(),
            zh: "自然发生".to_owned(),
            about: "came in the course of use, unplanned".to_owned(),
            targets: None,
            handling,
        }),
    };
    plans.iter().filter_map(row).collect()
}

fn curves(records: &[FaultRecord], lifetime: impl Fn(&FaultRecord) -> Lifetime) -> Vec<Curve> {
    let of = |family: Option<Family>| {
        let wanted = |record: &&FaultRecord| {
            family.is_none_or(|family| record.fault.mode().family == family)
        };
        records.iter().filter(wanted).map(&lifetime).collect::<Vec<Lifetime>>()
    };
    let all = curve("all faults", "全部故障", &of(None));
    let families =
        Family::ALL.iter().map(|&family| curve(family.name(), family.zh(), &of(Some(family))));
    std::iter::once(all).chain(families).filter(|curve| curve.n > 0).collect()
}

fn curve(name: &str, zh: &str, lifetimes: &[Lifetime]) -> Curve {
    let fitted = KaplanMeier::fit(lifetimes);
    let every = fitted.steps.len().div_ceil(POINTS).max(1);
    let last = fitted.steps.len().saturating_sub(1);
    let kept = fitted.steps.iter().enumerate().filter(|(at, _)| at % every == 0 || *at == last);
    Curve {
        name: name.to_owned(),
        zh: zh.to_owned(),
        points: kept.map(|(_, step)| (step.time_s, 1.0 - step.survival)).collect(),
        watched_s: lifetimes.iter().map(|life| life.time_s).fold(0.0, f64::max),
        n: fitted.n,
        censored: fitted.censored,
    }
}

impl DetectorRow {
    fn of(score: DetectorScore) -> Self {
        Self { zh: score.zh.clone(), score }
    }
}

fn matrix(analysis: &Analysis) -> Matrix {
    let isolation = &analysis.measures.isolation;
    // `None` sorts first: "no fault" and "not detected" belong at the end.
    let sorted = |faults: Vec<Option<Fault>>| {
        let mut faults = faults;
        faults.sort_unstable_by_key(|fault| (fault.is_none(), *fault));
        faults.dedup();
        faults
    };
    let truths = sorted(isolation.counts.keys().map(|&(truth, _)| truth).collect());
    let suspects = sorted(isolation.counts.keys().map(|&(_, suspect)| suspect).collect());
    let or = |fault: Option<Fault>, name: &str, zh: &str| {
        fault.map_or_else(|| Label { name: name.to_owned(), zh: zh.to_owned() }, label)
    };
    let row = |&truth: &Option<Fault>| {
        let count = |&suspect: &Option<Fault>| {
            isolation.counts.get(&(truth, suspect)).copied().unwrap_or(0)
        };
        let all: u64 = suspects.iter().map(count).sum();
        let cell = |suspect: &Option<Fault>| Cell {
            count: count(suspect),
            share: count(suspect) as f64 / all.max(1) as f64,
            right: truth.is_some() && truth == *suspect,
        };
        MatrixRow {
            truth: or(truth, "no fault", "无故障"),
            cells: suspects.iter().map(cell).collect(),
        }
    };
    Matrix {
        rows: truths.iter().map(row).collect(),
        suspects: suspects.iter().map(|&suspect| or(suspect, "not detected", "未检测")).collect(),
        right: isolation.right,
        right_part: isolation.right_part,
        groups: isolation.groups,
        brier: isolation.brier,
        false_restorations: isolation.false_restorations,
    }
}

fn false_list(outcome: &Outcome, analysis: &Analysis) -> Vec<FalseAlarm> {
    let history = &analysis.history;
    let listed = history.false_alarms().take(LISTED).map(|alarm| {
        let last = alarm.echo_of.map(|record| &history.records[record]);
        let after = last.and_then(|record| {
            let ended = record.cleared?.at;
            Some((alarm.at.since(ended).as_secs_f64(), record.fault.to_string()))
        });
        FalseAlarm {
            at_s: alarm.at.as_secs_f64(),
            about: outcome.roster.name(alarm.about),
            detector: alarm.detector.name().to_owned(),
            suspect: label(alarm.suspect),
            actions: alarm.actions,
            after,
        }
    });
    listed.collect()
}
