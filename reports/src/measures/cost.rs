//! Cost: what was spent on trouble and lost by it, by item, recovery action and fault mode; every amount once.

use std::collections::BTreeMap;

use faults::DomainEvent;
use models::{Fact, Fault, Note};
use serde::{Deserialize, Serialize};

use crate::fault_records::{Impact, Line, RunHistory};
use crate::wording::performer;

/// A line of the cost breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostItem {
    /// What it is for.
    pub name: String,
    /// How often it was counted.
    pub count: u64,
    /// What it came to, in minor units.
    pub minor: i64,
}

impl CostItem {
    fn of(name: String, line: &Line) -> Self {
        Self { name, count: line.count, minor: line.minor }
    }
}

/// What one fault mode cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByFault {
    /// The fault.
    pub fault: String,
    /// How many times it occurred.
    pub occurred: u64,
    /// Calls, visits, parts, swaps, commands, the merchant's time, in minor units.
    pub actions_minor: i64,
    /// Margin of the sales that it lost, in minor units.
    pub lost_sales_minor: i64,
    /// Price of the time out of service, in minor units.
    pub outage_minor: i64,
    /// Amounts of the sales that it put at risk, in minor units: no cost, but what there was to lose.
    pub at_risk_minor: i64,
}

/// What the support desk and the technicians did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Support {
    /// Cases that were taken up.
    pub served: u64,
    /// Those from terminals that had called not long before.
    pub repeated: u64,
    /// Calls that were given up.
    pub abandoned: u64,
    /// Cases whose advice was not what was needed.
    pub misled: u64,
    /// Technicians that were sent.
    pub visits: u64,
    /// Visits that did not repair what they were meant to.
    pub visits_in_vain: u64,
    /// Visits that the merchant or the provider refused.
    pub visits_refused: u64,
}

/// What trouble cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// All of it, in minor units of the run's currency.
    pub total_minor: i64,
    /// By what it was for; they add up to the whole.
    pub items: Vec<CostItem>,
    /// What was spent on recovery actions, by recovery action and who carried it out.
    pub actions: Vec<CostItem>,
    /// By fault mode, the dearest first.
    pub faults: Vec<ByFault>,
    /// Spent on alarms with no fault behind them, in minor units.
    pub false_alarms_minor: i64,
    /// Spent on or lost by what no fault explains, in minor units. Faults, false alarms and this add up to the whole.
    pub elsewhere_minor: i64,
    /// Amounts of all sales that faults put at risk, in minor units.
    pub at_risk_minor: i64,
    /// Restarts and swaps that cleared nothing.
    pub needless: u64,
    /// Sales under way that they broke off.
    pub needless_lost_sales: u64,
    /// What those would have come to, in minor units.
    pub needless_lost_minor: i64,
    /// Time out of service that they made, in seconds.
    pub needless_down_s: f64,
    /// What the support desk and the technicians did.
    pub support: Support,
}

/// Reads what the support desk and the technicians do.
#[derive(Debug, Default)]
pub struct CostFold(Support);

impl CostFold {
    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        let DomainEvent::Noted(note) = fact.what else { return };
        let Self(support) = self;
        match note {
            Note::CaseServed { repeated, .. } => {
                support.served += 1;
                support.repeated += u64::from(repeated);
            }
            Note::SupportCall { abandoned, misled, .. } => {
                support.abandoned += u64::from(abandoned);
                support.misled += u64::from(misled);
            }
            Note::TechnicianSent { .. } => support.visits += 1,
            Note::VisitFailed { refused, .. } => {
                support.visits_refused += u64::from(refused);
                support.visits_in_vain += u64::from(!refused);
            }
            _ => {}
        }
    }

    /// All facts have been read.
    pub fn finish(self, history: &RunHistory) -> Cost {
        let breakdown = &history.breakdown;
        let mut faults: BTreeMap<Fault, (u64, Impact)> = BTreeMap::new();
        for record in &history.records {
            let (occurred, impact) = faults.entry(record.fault).or_default();
            *occurred += 1;
            impact.cost += record.impact.cost;
            impact.lost_margin += record.impact.lost_margin;
            impact.outage += record.impact.outage;
            impact.at_risk += record.impact.at_risk;
        }
        let at_risk_minor = faults.values().map(|(_, impact)| impact.at_risk.0).sum();
        let mut dearest: Vec<_> = faults.into_iter().collect();
        // A stable sort: what costs the same stays in the catalogue's order.
        dearest.sort_by_key(|(_, (_, impact))| std::cmp::Reverse(impact.total().0));
        let by_fault = |(fault, (occurred, impact)): (Fault, (u64, Impact))| ByFault {
            fault: fault.to_string(),
            occurred,
            actions_minor: impact.cost.0,
            lost_sales_minor: impact.lost_margin.0,
            outage_minor: impact.outage.0,
            at_risk_minor: impact.at_risk.0,
        };
        let actions = breakdown.actions.iter().map(|(&(action, by), line)| {
            CostItem::of(format!("{} by {}", action.name(), performer(by)), line)
        });
        Cost {
            total_minor: breakdown.total().0,
            items: breakdown
                .items
                .iter()
                .map(|(item, line)| CostItem::of(item.name().into(), line))
                .collect(),
            actions: actions.collect(),
            faults: dearest.into_iter().map(by_fault).collect(),
            false_alarms_minor: history.false_alarms().map(|alarm| alarm.cost.0).sum(),
            elsewhere_minor: breakdown.elsewhere.0,
            at_risk_minor,
            needless: breakdown.harm.needless,
            needless_lost_sales: breakdown.harm.sales_lost,
            needless_lost_minor: breakdown.harm.lost_minor,
            needless_down_s: breakdown.harm.down.as_secs_f64(),
            support: self.0,
        }
    }
}
