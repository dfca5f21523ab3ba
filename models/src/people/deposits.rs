//! Deposits: what a terminal's deposit is, and the ledger in which it is held, deducted from and paid back.

use std::collections::BTreeMap;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Context, ActorPart};
use sim::{ActorId, Purpose, Span};

use crate::money::Money;
use crate::note::Note;
use crate::people::deployment::Device;
use crate::quantity::Price;
use crate::duration::DurationLaw;
use crate::lifecycle::DepositEntry;
use crate::wire::InterActorMessage;
use crate::{Models, Part};

/// What a terminal is, as deposits go.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
pub enum TerminalKind {
    /// Traditional, on a cable 有线POS机.
    Wired,
    /// With a battery or a radio of its own 无线POS机.
    Wireless,
    /// Works through the merchant's phone or tablet 移动POS机.
    Mobile,
}

/// Settings of deposits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DepositsSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// For a wired terminal. 99 and 299 yuan are what resellers ask for small and large ones.
    pub wired: Price,
    /// For a wireless one.
    pub wireless: Price,
    /// For a mobile one.
    pub mobile: Price,
    /// For each function beyond taking cards 功能.
    pub per_function: Price,
    /// Share of the device's cost on top 设备成本.
    pub of_cost: Probability,
    /// Multiples by region; a region that is not named has 1.
    pub regions: BTreeMap<String, Factor>,
    /// What a repair costs that the merchant is to blame for, as a share of the device's cost; an exchange costs all of it.
    pub repair: Probability,
    /// Time from the return of a terminal until the merchant has the rest of the deposit.
    pub refunded_in: DurationLaw,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            wired: Price::yuan(99, 0),
            wireless: Price::yuan(199, 0),
            mobile: Price::yuan(299, 0),
            per_function: Price::yuan(10, 0),
            of_cost: Probability(0.1),
            regions: BTreeMap::new(),
            repair: Probability(0.25),
            refunded_in: DurationLaw::about(Span::days(7), 0.4),
        }
    }
}

impl Spec {
    /// The deposit for a device in a region, with the multiple of its institution; in whole minor units.
    pub fn quote(&self, kind: TerminalKind, device: &Device, region: &str, institution: f64) -> Money {
        let base = match kind {
            TerminalKind::Wired => self.wired,
            TerminalKind::Wireless => self.wireless,
            TerminalKind::Mobile => self.mobile,
        };
        let functions = i64::from(device.functions) * self.per_function.minor();
        let plain = (base.minor() + functions) as f64 + self.of_cost.0 * device.costs.minor() as f64;
        let factor = self.regions.get(region).map_or(1.0, |it| it.0) * institution;
        // `as` saturates; half a unit is rounded up.
        debug_assert!(plain >= 0.0 && factor >= 0.0, "a deposit is paid to the institution");
        Money((plain * factor + 0.5) as i64)
    }
}

/// What is held of one terminal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Account {
    /// What came in.
    pub received: Money,
    /// What damage was paid with.
    pub deducted: Money,
    /// What was paid back.
    pub refunded: Money,
}

impl Account {
    /// What is left.
    pub fn held(self) -> Money {
        Money(self.received.0 - self.deducted.0 - self.refunded.0)
    }
}

/// The ledger.
#[derive(Clone, Component, Debug, Default)]
pub struct Deposits {
    accounts: BTreeMap<ActorId, Account>,
}

/// It makes no notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

const REFUND: Purpose = Purpose::of("deposits: time to pay back");

impl Deposits {
    /// All accounts, in the order of their terminals.
    pub fn accounts(&self) -> impl Iterator<Item = (ActorId, Account)> + '_ {
        self.accounts.iter().map(|(terminal, account)| (*terminal, *account))
    }

    /// Damage is paid for as far as the deposit goes.
    fn charge(&mut self, terminal: ActorId, amount: Money, cx: &mut Context<'_, Models>) {
        let account = self.accounts.entry(terminal).or_default();
        let covered = Money(amount.0.min(account.held().0).max(0));
        account.deducted += covered;
        debug_assert!(account.held() >= Money::ZERO, "more is deducted than is held");
        if covered.0 > 0 {
            cx.note(Note::Deposit { terminal, entry: DepositEntry::Deducted, amount: covered });
        }
        let rest = Money(amount.0 - covered.0);
        debug_assert!(rest >= Money::ZERO || amount < Money::ZERO, "damage is paid no more than once");
        if rest.0 > 0 {
            cx.note(Note::Deposit { terminal, entry: DepositEntry::Uncovered, amount: rest });
        }
    }

    fn pay_back(&mut self, spec: &Spec, terminal: ActorId, cx: &mut Context<'_, Models>) {
        let account = self.accounts.entry(terminal).or_default();
        let amount = account.held();
        debug_assert!(amount >= Money::ZERO, "nobody is paid back {amount}");
        account.refunded += amount;
        debug_assert_eq!(account.held(), Money::ZERO, "what is paid back is no longer held");
        let mut stream = cx.stream(cx.on_behalf_of(terminal, REFUND), 0);
        let duration = spec.refunded_in.draw(&mut stream);
        cx.note(Note::Deposit { terminal, entry: DepositEntry::Refunded, amount });
        cx.post(terminal, Part::Deployment, duration, InterActorMessage::Refund { amount });
    }
}

impl ActorPart<Models> for Deposits {
    const NAME: &'static str = "deposits";
    const ZH: &'static str = "押金";
    const ABOUT: &'static str = "The ledger of deposits: received, deducted for damage, paid back at return.";
    const HUB: bool = true;
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Pay { terminal, amount } => {
                debug_assert!(amount >= Money::ZERO, "a deposit is paid, not taken: {amount}");
                self.accounts.entry(terminal).or_default().received += amount;
                cx.note(Note::Deposit { terminal, entry: DepositEntry::Received, amount });
            }
            InterActorMessage::Charge { terminal, amount } => self.charge(terminal, amount, cx),
            InterActorMessage::GiveBack { terminal, damage } => {
                self.charge(terminal, damage, cx);
                self.pay_back(spec, terminal, cx);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_grows_with_kind_functions_cost_region_and_institution() {
        let spec = Spec { regions: BTreeMap::from([("north".into(), Factor(1.5))]), ..Spec::default() };
        let plain = Device { functions: 0, costs: Price::yuan(0, 0), kind: None };
        let quote = |kind, device: &Device, region, institution| spec.quote(kind, device, region, institution).0;
        assert_eq!(quote(TerminalKind::Wired, &plain, "south", 1.0), 9_900);
        assert_eq!(quote(TerminalKind::Wireless, &plain, "south", 1.0), 19_900);
        assert_eq!(quote(TerminalKind::Mobile, &plain, "south", 1.0), 29_900);
        let rich = Device { functions: 3, costs: Price::yuan(600, 0), kind: None };
        assert_eq!(quote(TerminalKind::Wired, &rich, "south", 1.0), 9_900 + 3_000 + 6_000);
        assert_eq!(quote(TerminalKind::Wired, &plain, "north", 1.0), 14_850);
        assert_eq!(quote(TerminalKind::Wired, &plain, "north", 2.0), 29_700);
    }
}
