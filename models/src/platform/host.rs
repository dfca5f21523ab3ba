//! Host: an issuer's authorisation system: balances, limits, response codes, outages.

use crate::symptom::Symptom;
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, NoThresholds};
use sim::{ActorId, Instant, Purpose, Span, lognormal, unit};
use thin_vec::ThinVec;

use crate::money::Money;
use crate::plan::step;
use crate::quantity::Price;
use crate::vocabulary::ledger::{Amount, add_row};
use crate::wire::{ResponseCode, Iso, Mti, InterActorMessage};
use crate::{Family, Models, Part, RecoveryAction};

/// Settings of the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HostSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Median time to decide.
    pub decides_in: Span,
    /// Standard deviation of the logarithm of that time.
    pub spread: Factor,
    /// Half of the accounts can spend more than this in a day.
    pub balance: Price,
    /// Standard deviation of the logarithm of the balance.
    pub balance_spread: Factor,
    /// The most that one sale may come to.
    pub limit: Price,
    /// Share of its cards that are blocked.
    pub blocked: Probability,
    /// Wrong PINs in a row that block a card for the day.
    pub pin_tries: u8,
    /// Share of sales that it refuses as inoperative (response code 91 in F39), each by itself: a host that is unwell.
    pub refuses: Probability,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            decides_in: Span::millis(120),
            spread: Factor(0.5),
            balance: Price::yuan(4_000, 0),
            balance_spread: Factor(1.4),
            limit: Price::yuan(50_000, 0),
            blocked: Probability(0.001),
            pin_tries: 3,
            refuses: Probability(0.0),
        }
    }
}

/// An account, as far as today is concerned.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    spent: Amount,
    wrong_pins: u8,
}

/// A transaction in the host's ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posting {
    pub(crate) amount: Amount,
    /// How often the money was taken.
    pub(crate) taken: u8,
    pub(crate) reversed: bool,
}

/// State of the host.
#[derive(Clone, Component, Debug, Default)]
pub struct Host {
    levels: Levels<Fault>,
    /// The day that the accounts are of.
    day: u32,
    /// By account number.
    accounts: Vec<Account>,
    /// By terminal, and in the order in which transactions came.
    ledger: Vec<ThinVec<(u32, Posting)>>,
    authorisations: u32,
}

/// It makes no notes: a decision takes its time on the way back.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

/// Fault modes of the host.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HostFault")]
pub enum Fault {
    /// It does not answer.
    Outage,
    /// It answers late: at magnitude 1 a hundred times as late as usual.
    Slow,
}

/// Nobody outside reads a host; the gateway judges it by its answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading;

const BALANCE: Purpose = Purpose::of("host: balance of an account");
const BLOCKED: Purpose = Purpose::of("host: the card is blocked");
const DECIDES: Purpose = Purpose::of("host: time to decide");
const REFUSES: Purpose = Purpose::of("host: refuses as inoperative");
/// How many times longer than usual a host takes that is as slow as can be, less one.
const SLOWER_BY: f64 = 99.0;
const DAY: u64 = Span::days(1).0;

impl Host {
    /// What it holds of a terminal, in the order in which transactions came: trace number, posting.
    pub(crate) fn ledger_of(&self, terminal: ActorId) -> &[(u32, Posting)] {
        self.ledger.get(terminal.0 as usize).map_or(&[], |page| page.as_slice())
    }

    /// What is known of a transaction. It is nearly always the last of its terminal.
    fn posting(&mut self, iso: &Iso) -> Option<&mut Posting> {
        let page = self.ledger.get_mut(iso.terminal.0 as usize)?;
        page.iter_mut().rev().find(|(stan, _)| *stan == iso.stan).map(|(_, posting)| posting)
    }

    fn post(&mut self, iso: &Iso, posting: Posting) {
        debug_assert!(
            posting.taken == 0 || posting.amount.money() >= Money::ZERO,
            "money is taken from a card, not given: {}",
            posting.amount.money()
        );
        let row = iso.terminal.0 as usize;
        if self.ledger.len() <= row {
            self.ledger.resize_with(row + 1, ThinVec::new);
        }
        add_row(&mut self.ledger[row], (iso.stan, posting));
    }

    fn account(&mut self, number: u32) -> &mut Account {
        let row = number as usize;
        if self.accounts.len() <= row {
            self.accounts.resize(row + 1, Account::default());
        }
        &mut self.accounts[row]
    }

    /// What an account can spend in a day, before it has spent anything.
    fn balance(spec: &Spec, account: u32, cx: &Context<'_, Models>) -> i64 {
        let bits = cx.draw(BALANCE, u64::from(account));
        let drawn = lognormal(spec.balance.minor() as f64, spec.balance_spread.0, bits) as i64;
        debug_assert!(drawn >= 0, "nobody's account holds {drawn}");
        drawn.min(Amount::MOST.0)
    }

    fn decide(&mut self, spec: &Spec, iso: &Iso, cx: &Context<'_, Models>) -> ResponseCode {
        if iso.currency != cx.settings().currency {
            return ResponseCode::FORMAT;
        }
        if iso.processing != 0 {
            return ResponseCode::NOT_SUPPORTED;
        }
        if iso.amount.0 <= 0 {
            return ResponseCode::WRONG_AMOUNT;
        }
        if iso.expiry < 2601 {
            return ResponseCode::EXPIRED;
        }
        if iso.amount.0 > spec.limit.minor() {
            return ResponseCode::LIMIT;
        }
        if unit(cx.draw(BLOCKED, u64::from(iso.pan.account()))[0]) < spec.blocked.0 {
            return ResponseCode::RESTRICTED;
        }
        let balance = Self::balance(spec, iso.pan.account(), cx);
        let day = (cx.now().0 / DAY) as u32;
        debug_assert!(day >= self.day, "yesterday does not come again");
        if self.day != day {
            self.day = day;
            self.accounts.clear();
        }
        let account = self.account(iso.pan.account());
        if account.wrong_pins >= spec.pin_tries {
            return ResponseCode::PIN_TRIES;
        }
        if iso.pin_block != 0 && iso.pin_block != iso.pan.digits() {
            account.wrong_pins += 1;
            return ResponseCode::WRONG_PIN;
        }
        let spent = account.spent.money() + iso.amount;
        if spent.0 > balance {
            return ResponseCode::NO_FUNDS;
        }
        *account = Account { spent: spent.into(), wrong_pins: 0 };
        ResponseCode::APPROVED
    }

    fn refuses(spec: &Spec, iso: &Iso, cx: &Context<'_, Models>) -> bool {
        let name = cx.on_behalf_of(iso.terminal, REFUSES);
        spec.refuses.0 > 0.0 && unit(cx.draw(name, u64::from(iso.stan))[0]) < spec.refuses.0
    }

    fn authorise(&mut self, spec: &Spec, mut iso: Iso, cx: &mut Context<'_, Models>) {
        // A reversal that overtook its original leaves a mark: what it was to reverse is not taken.
        let known = self.posting(&iso).copied();
        iso.code = match known {
            Some(posting) if posting.reversed => ResponseCode::NOT_FOUND,
            Some(_) => ResponseCode::APPROVED,
            None if Self::refuses(spec, &iso, cx) => ResponseCode::INOPERATIVE,
            None => self.decide(spec, &iso, cx),
        };
        if iso.code == ResponseCode::APPROVED && known.is_none() {
            let posting = Posting { amount: iso.amount.into(), taken: 1, reversed: false };
            self.post(&iso, posting);
            self.authorisations += 1;
            iso.authorisation = self.authorisations;
        }
        iso.mti = if iso.mti == Mti::Advice { Mti::AdviceResponse } else { Mti::Response };
        self.reply(spec, iso, cx);
    }

    /// A stored sale was approved by the terminal: it is taken in, whatever the balance.
    fn take_in(&mut self, spec: &Spec, mut iso: Iso, cx: &mut Context<'_, Models>) {
        if self.posting(&iso).is_none() {
            self.post(&iso, Posting { amount: iso.amount.into(), taken: 1, reversed: false });
        }
        iso.code = ResponseCode::APPROVED;
        iso.mti = Mti::AdviceResponse;
        debug_assert!(self.posting(&iso).is_some(), "what is taken in is on record");
        self.reply(spec, iso, cx);
    }

    /// Repeated reversals of one transaction count once.
    fn reverse(&mut self, spec: &Spec, mut iso: Iso, cx: &mut Context<'_, Models>) {
        let posting = self.posting(&iso);
        iso.code = match posting {
            Some(posting) => {
                let first = !std::mem::replace(&mut posting.reversed, true);
                let code = if posting.taken > 0 { ResponseCode::APPROVED } else { ResponseCode::NOT_FOUND };
                if first {
                    let account = self.account(iso.pan.account());
                    let left = (account.spent.money() - iso.amount).max(Money::ZERO);
                    account.spent = left.into();
                }
                code
            }
            None => {
                self.post(&iso, Posting { amount: iso.amount.into(), taken: 0, reversed: true });
                ResponseCode::NOT_FOUND
            }
        };
        debug_assert!(self.posting(&iso).is_some_and(|it| it.reversed), "what is reversed stays so");
        iso.mti = Mti::ReversalResponse;
        self.reply(spec, iso, cx);
    }

    fn reply(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        let name = cx.on_behalf_of(iso.terminal, DECIDES);
        let bits = cx.draw(name, u64::from(iso.stan) << 8 | iso.mti as u64);
        let usual = lognormal(spec.decides_in.0 as f64, spec.spread.0, bits);
        debug_assert!(usual >= 0.0, "no host decides {usual} ns before it is asked");
        let duration = Span::from_nanos_f64(usual * (1.0 + SLOWER_BY * self.levels.of(Fault::Slow)));
        let gateway = cx.settings().directory.gateway;
        cx.post(gateway, Part::Gateway, duration, InterActorMessage::Payment(iso));
    }
}

impl ActorPart<Models> for Host {
    const NAME: &'static str = "host";
    const ZH: &'static str = "银行 / 支付机构";
    const ABOUT: &'static str = "An issuer's authorisation system: balances, limits, response codes.";
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
        let InterActorMessage::Payment(iso) = message else { return };
        if self.levels.has(Fault::Outage) {
            return cx.activated();
        }
        match iso.mti {
            Mti::Request => self.authorise(spec, iso, cx),
            Mti::Advice => self.take_in(spec, iso, cx),
            Mti::Reversal => self.reverse(spec, iso, cx),
            _ => {}
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.levels.has(Fault::Outage)
    }
}

impl DevicePart<Models> for Host {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::Outage, Mode {
            name: "outage",
            zh: "发卡行中断",
            family: Family::Transaction,
            shows: &[(Symptom::IssuerUnavailable, 0.95), (Symptom::RequestsUnanswered, 0.31)],
            cause: "an issuer's host or its line is down",
            effects: Effects::of(
                "the host does not answer",
                "the gateway refuses for it or times out",
                "nobody can pay with cards of this issuer",
            ),
            ratings: Ratings::of(9, 6, 1),
            indications: &[crate::Indication::NoAnswerText],
            seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestoreService, 0.9)],
            procedure: &[
                step(RecoveryAction::Retry, Performer::Device, Span::minutes(1)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(20)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(60)),
            ],
        }),
        (Fault::Slow, Mode {
            name: "slow",
            zh: "发卡行响应缓慢",
            family: Family::Transaction,
            shows: &[
                (Symptom::IssuerUnavailable, 0.35),
                (Symptom::AnswersLate, 0.84),
                (Symptom::RequestsUnanswered, 0.32),
                (Symptom::GatewayDegraded, 0.2),
            ],
            cause: "a host beyond its capacity",
            effects: Effects::of(
                "answers come late",
                "some come after the terminal has given up",
                "customers wait; sales are reversed",
            ),
            ratings: Ratings::of(7, 7, 2),
            indications: &[crate::Indication::NoAnswerText],
            seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestoreService, 0.9)],
            procedure: &[
                step(RecoveryAction::Retry, Performer::Device, Span::minutes(1)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(20)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(60)),
            ],
        }),
    ];
    const ON_DEVICE: bool = false;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading
    }
    fn detect(_: &NoThresholds, (): &mut (), _: &Reading) -> Vec<Finding<Models>> {
        Vec::new()
    }
}
