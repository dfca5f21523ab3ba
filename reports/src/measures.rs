//! Measures: folds over facts and records.

pub mod availability;
pub mod common_cause;
pub mod cost;
pub mod detectors;
pub mod fault_handling;
pub mod fleet;
pub mod isolation;
pub mod life;
pub mod payments;
pub mod rollouts;

use models::{Fact, Family, Fault};
use scenarios::{Outcome, Outset};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span};

use crate::fault_records::{FaultRecord, RunHistory};

pub use availability::Availability;
pub use common_cause::CommonCauses;
pub use cost::Cost;
pub use detectors::DetectorScore;
pub use fault_handling::FaultHandling;
pub use fleet::Fleet;
pub use isolation::Isolation;
pub use life::LifeMeasures;
pub use payments::Payments;
pub use rollouts::Rollout;

/// How often somebody was alarmed for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FalseAlarms {
    /// Alarms with no fault behind them.
    pub count: u64,
    /// Those that came while an actor was recovering: its last fault had ended within the echo time before.
    pub echoes: u64,
    /// Per terminal and month of 30 days; `None` without terminals or time.
    pub per_terminal_month: Option<f64>,
    /// Share of alarms that had a fault behind them.
    pub precision: Option<f64>,
    /// Cost of the calls, visits and recovery actions that they led to, in minor units.
    pub cost_minor: i64,
}

/// A false alarm this soon after the end of a fault is its echo: a terminal boots in well under five minutes, and a
/// heartbeat monitor that checks every minute and waits for three misses needs no longer.
pub const ECHO: Span = Span::minutes(5);

/// All measures of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures {
    /// Share of time and of sales that were served.
    pub availability: Availability,
    /// What became of all faults.
    pub all: FaultHandling,
    /// The same by family, in the catalogue's order; only families that occurred.
    pub families: Vec<(Family, FaultHandling)>,
    /// The same by entry of the scenario's faults; `None` for faults that came by themselves.
    pub plans: Vec<(Option<u16>, FaultHandling)>,
    /// The same by fault, most time out of service first.
    pub faults: Vec<(Fault, FaultHandling)>,
    /// Alarms with no fault behind them.
    pub false_alarms: FalseAlarms,
    /// What was suspected against what was.
    pub isolation: Isolation,
    /// What each detector was worth.
    pub detectors: Vec<DetectorScore>,
    /// Common-cause incidents.
    pub common_causes: CommonCauses,
    /// Roll-outs of new versions.
    pub rollouts: Vec<Rollout>,
    /// Sales and money.
    pub payments: Payments,
    /// What trouble cost.
    pub cost: Cost,
    /// The fleet over time.
    pub fleet: Fleet,
    /// The life of terminals; `None` where the scenario has none.
    pub life: Option<LifeMeasures>,
}

/// Reads facts one by one for those measures that are not made of records.
#[derive(Debug)]
pub struct MeasuresFold {
    availability: availability::AvailabilityFold,
    payments: payments::PaymentsFold,
    fleet: fleet::FleetFold,
    life: life::LifeFold,
    common_causes: common_cause::ClustersFold,
    rollouts: rollouts::RolloutFold,
    cost: cost::CostFold,
    terminals: u32,
}

impl MeasuresFold {
    /// Nothing read yet.
    pub fn new(outset: Outset<'_>) -> Self {
        let terminals = outset.roster.terminals();
        let warm = Instant::START + outset.scenario.warmup;
        Self {
            availability: availability::AvailabilityFold::new(terminals, warm)
                .without(absent(outset)),
            payments: payments::PaymentsFold::default(),
            fleet: fleet::FleetFold::new(terminals, Instant::START + outset.scenario.duration),
            life: life::LifeFold::new(outset),
            common_causes: common_cause::ClustersFold::default(),
            rollouts: rollouts::RolloutFold::new(outset.scenario),
            cost: cost::CostFold::default(),
            terminals,
        }
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        self.availability.take(fact);
        self.payments.take(fact);
        self.fleet.take(fact);
        self.life.take(fact);
        self.common_causes.take(fact);
        self.rollouts.take(fact);
        self.cost.take(fact);
    }

    /// All facts have been read.
    pub fn finish(self, outcome: &Outcome, history: &RunHistory) -> Measures {
        let Self { availability, payments, fleet, life, common_causes, rollouts, cost, terminals } =
            self;
        let end = Instant::START + outcome.simulated;
        let records = &history.records;
        Measures {
            availability: availability.finish(end),
            all: FaultHandling::of(records, end),
            families: by_family(records, end),
            plans: by_plan(records, outcome, end),
            faults: by_fault(records, end),
            false_alarms: false_alarms(history, terminals, end),
            isolation: Isolation::of(history),
            detectors: detectors::scores(history, terminal_months(terminals, end)),
            common_causes: common_causes.finish(outcome, history),
            rollouts: rollouts.finish(outcome),
            cost: cost.finish(history),
            payments: payments.finish(&outcome.audit),
            fleet: fleet.finish(records, end),
            life: life.finish(outcome, records, end),
        }
    }
}

/// Terminals that are not in service when the run begins.
fn absent(outset: Outset<'_>) -> impl Iterator<Item = ActorId> + '_ {
    let Outset { scenario, roster, .. } = outset;
    let groups = scenario.fleet.iter().zip(&roster.groups);
    let applied = groups.filter(|(group, _)| scenario.deployment(group).applies.is_some());
    applied.flat_map(|(_, dealt)| (dealt.first..dealt.first + dealt.count).map(ActorId))
}

fn by_family(records: &[FaultRecord], end: Instant) -> Vec<(Family, FaultHandling)> {
    let groups = Family::ALL.iter().map(|&family| {
        let of_family = records.iter().filter(|record| record.fault.mode().family == family);
        (family, FaultHandling::of(of_family, end))
    });
    groups.filter(|(_, handling)| handling.injected > 0).collect()
}

/// Every entry is listed, those that never occurred too.
fn by_plan(
    records: &[FaultRecord],
    outcome: &Outcome,
    end: Instant,
) -> Vec<(Option<u16>, FaultHandling)> {
    let mut of_plan: Vec<Vec<&FaultRecord>> = vec![Vec::new(); outcome.planned.len() + 1];
    let natural = outcome.planned.len();
    for record in records {
        let at = record.plan.map_or(natural, usize::from);
        of_plan[at.min(natural)].push(record);
    }
    let mut handlings: Vec<(Option<u16>, FaultHandling)> = Vec::with_capacity(of_plan.len());
    for (at, records) in of_plan.into_iter().enumerate() {
        if at < natural || !records.is_empty() {
            let plan = (at < natural).then_some(at as u16);
            handlings.push((plan, FaultHandling::of(records.iter().copied(), end)));
        }
    }
    handlings
}

fn by_fault(records: &[FaultRecord], end: Instant) -> Vec<(Fault, FaultHandling)> {
    let mut of_fault: std::collections::BTreeMap<Fault, Vec<&FaultRecord>> = Default::default();
    for record in records {
        of_fault.entry(record.fault).or_default().push(record);
    }
    let mut handlings: Vec<(Fault, FaultHandling)> = of_fault
        .into_iter()
        .map(|(fault, records)| (fault, FaultHandling::of(records.iter().copied(), end)))
        .collect();
    // A stable sort: faults that cost the same stay in the catalogue's order.
    handlings.sort_by(|(_, a), (_, b)| b.down_s.total_cmp(&a.down_s));
    handlings
}

/// How many months of 30 days, 720 hours, all terminals were watched for.
fn terminal_months(terminals: u32, end: Instant) -> f64 {
    f64::from(terminals) * end.as_secs_f64() / (30.0 * 86_400.0)
}

fn false_alarms(history: &RunHistory, terminals: u32, end: Instant) -> FalseAlarms {
    let mut count = 0;
    let mut echoes = 0;
    let mut cost_minor = 0;
    for alarm in history.false_alarms() {
        let ended = alarm.echo_of.and_then(|record| history.records[record].cleared);
        count += 1;
        echoes += u64::from(ended.is_some_and(|ended| alarm.at.since(ended.at) <= ECHO));
        cost_minor += alarm.cost.0;
    }
    let months = terminal_months(terminals, end);
    let alarms = history.alarms.len() as u64;
    FalseAlarms {
        count,
        echoes,
        per_terminal_month: (months > 0.0).then(|| count as f64 / months),
        precision: (alarms > 0).then(|| (alarms - count) as f64 / alarms as f64),
        cost_minor,
    }
}
