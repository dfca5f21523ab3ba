//! What trouble costs: every amount is counted once, with what it was for.

use std::collections::BTreeMap;

use faults::Performer;
use models::{Money, RecoveryAction};
use scenarios::costs::Costs;
use serde::{Deserialize, Serialize};
use sim::Span;

/// What an amount is for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Item {
    /// Time of an agent of the support desk.
    Call,
    /// A technician who was sent.
    Visit,
    /// A part that was put in.
    Part,
    /// A terminal that was swapped.
    Swap,
    /// A remote command.
    Command,
    /// A recovery action that the merchant carried out.
    Merchant,
    /// Margin of sales that were lost.
    LostSales,
    /// Time out of service.
    Outage,
}

impl Item {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Visit => "visit",
            Self::Part => "part",
            Self::Swap => "swap",
            Self::Command => "command",
            Self::Merchant => "merchant",
            Self::LostSales => "lost-sales",
            Self::Outage => "outage",
        }
    }
}

/// How often something was counted, and what it came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// How often.
    pub count: u64,
    /// What it came to, in minor units.
    pub minor: i64,
}

impl Line {
    fn add(&mut self, amount: Money) {
        self.count += 1;
        self.minor += amount.0;
    }
}

/// Needless recovery actions and what they did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Harm {
    /// Restarts and swaps that cleared nothing.
    pub needless: u64,
    /// Sales under way that they broke off.
    pub sales_lost: u64,
    /// What those would have come to, in minor units.
    pub lost_minor: i64,
    /// Time out of service that they made, in nanoseconds.
    pub down: Span,
}

/// All that trouble cost in a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostBreakdown {
    /// By what it was for.
    pub items: BTreeMap<Item, Line>,
    /// What was spent on each recovery action, by who carried it out.
    pub actions: BTreeMap<(RecoveryAction, Performer), Line>,
    /// Spent on recovery actions whose incident is not known any more, and lost to what no fault explains.
    pub elsewhere: Money,
    /// Needless recovery actions and what they did.
    pub harm: Harm,
}

impl CostBreakdown {
    /// One more amount.
    pub(super) fn add(&mut self, item: Item, amount: Money) {
        self.items.entry(item).or_default().add(amount);
    }
    /// One more amount that was spent on a recovery action.
    pub(super) fn spend(
        &mut self,
        item: Item,
        action: RecoveryAction,
        by: Performer,
        amount: Money,
    ) {
        self.add(item, amount);
        self.actions.entry((action, by)).or_default().add(amount);
    }
    /// All of it.
    pub fn total(&self) -> Money {
        Money(self.items.values().map(|line| line.minor).sum())
    }
}

/// What a recovery action costs when it has been carried out, beside the call or the visit that it took.
pub(super) fn of_action(
    costs: &Costs,
    action: RecoveryAction,
    by: Performer,
) -> Option<(Item, Money)> {
    match by {
        Performer::Remote => Some((Item::Command, costs.command.amount())),
        Performer::Attendant => Some((Item::Merchant, costs.merchant.amount())),
        Performer::Technician if action == RecoveryAction::Swap => {
            Some((Item::Swap, costs.swap.amount()))
        }
        Performer::Technician if action.needs_part() => Some((Item::Part, costs.part.amount())),
        Performer::Device | Performer::Support | Performer::Technician => None,
    }
}

/// The price of so many milliseconds at so much a minute, rounded down.
pub(super) fn by_minute(price: Money, milliseconds: u64) -> Money {
    let whole = i128::from(price.0) * i128::from(milliseconds) / 60_000;
    Money(i64::try_from(whole).unwrap_or(i64::MAX))
}

/// A share of an amount, rounded down, counted in parts per million.
pub(super) fn share(amount: Money, share: f64) -> Money {
    let ppm = (share * 1e6 + 0.5) as i128;
    Money((i128::from(amount.0) * ppm / 1_000_000) as i64)
}
