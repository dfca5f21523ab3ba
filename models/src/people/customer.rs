//! Customer: comes, waits, pays, gives up.

use std::num::NonZeroU64;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Context, ActorPart};
use sim::{Instant, Purpose, Span};
use thin_vec::ThinVec;

use crate::bus::{LocalMessage, Pin, Purchase, Topic};
use crate::money::Money;
use crate::note::{Note, Outcome, Sale};
use crate::quantity::Price;
use crate::vocabulary::calendar;
use crate::wire::{ResponseCode, Method, Pan};
use crate::Models;

/// How customers pay: weights, which need not add up to anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mix {
    /// By chip.
    pub chip: Factor,
    /// By tapping.
    pub contactless: Factor,
    /// By stripe.
    pub stripe: Factor,
    /// By a code on a phone.
    pub code: Factor,
    /// As the terminal suggests: by its `software.payment_app.default_method`. Nobody, where a mix does not say.
    #[serde(default = "nobody")]
    pub as_suggested: Factor,
}

fn nobody() -> Factor {
    Factor(0.0)
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            chip: Factor(0.25),
            contactless: Factor(0.3),
            stripe: Factor(0.05),
            code: Factor(0.25),
            as_suggested: Factor(0.15),
        }
    }
}

/// Settings of customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CustomerSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Customers a day at each terminal, on average.
    pub per_day: Factor,
    /// How they spread over the day: 24 weights, one an hour, from midnight.
    pub hours: Vec<Factor>,
    /// How they pay.
    pub mix: Mix,
    /// Half of the baskets are dearer than this.
    pub basket: Price,
    /// Standard deviation of the logarithm of the basket.
    pub basket_spread: Factor,
    /// How long a customer waits in all before leaving: the mean of an exponential law, on top of `min_patience`.
    pub patience: Span,
    /// No customer leaves before this.
    pub min_patience: Span,
    /// Share of PINs that are entered wrong.
    pub wrong_pin: Probability,
    /// Share of cards that have expired.
    pub expired: Probability,
    /// Below this amount a tap needs no PIN.
    pub no_pin_below: Price,
    /// Share of the customers that pay in cash, or come back, if the terminal cannot take their payment: the shop does not
    /// lose these sales.
    pub alternative_tender: Probability,
    /// How many may wait in line; who finds more leaves at once.
    pub line: u8,
    /// Stretches of time in which more or fewer come: of two that overlap the later in the list counts. Scenarios write them as
    /// workloads with `from` and `until`.
    pub stretches: Vec<Stretch>,
}

/// A stretch of time with customers of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// When it begins, since the start of the run.
    #[serde(default)]
    pub from: Span,
    /// When it ends; with the run if that is not given.
    #[serde(default)]
    pub until: Option<Span>,
    /// Customers a day at each terminal, on average, if it lasted for a day.
    pub per_day: Factor,
    /// How they would spread over that day: 24 weights, one an hour, from midnight.
    pub hours: Vec<Factor>,
}

impl Stretch {
    fn holds(&self, at: u64) -> bool {
        at >= self.from.0 && self.until.is_none_or(|until| at < until.0)
    }
    /// The next moment after this one at which it begins or ends.
    fn turns_after(&self, at: u64) -> Option<u64> {
        let turns = [Some(self.from.0), self.until.map(|it| it.0)];
        turns.into_iter().flatten().filter(|turn| *turn > at).min()
    }
}

/// Arrivals a nanosecond in an hour of weight 1.
fn scale(per_day: Factor, hours: &[Factor]) -> f64 {
    let weights: f64 = hours.iter().map(|hour| hour.0).sum();
    debug_assert!(weights >= 0.0, "weights are not negative: {weights}");
    if weights > 0.0 { per_day.0 / weights / HOUR as f64 } else { 0.0 }
}

impl Default for Spec {
    fn default() -> Self {
        // A shop that opens at seven and closes at ten, with a peak at noon and one after work.
        let hours = [
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 6.0, 4.0, 4.0, 5.0, 7.0, 9.0,
            7.0, 4.0, 2.0, 0.0, 0.0,
        ];
        Self {
            per_day: Factor(40.0),
            hours: hours.map(Factor).to_vec(),
            mix: Mix::default(),
            basket: Price::yuan(36, 0),
            basket_spread: Factor(0.9),
            patience: Span::secs(150),
            min_patience: Span::secs(60),
            wrong_pin: Probability(0.01),
            expired: Probability(0.004),
            no_pin_below: Price::yuan(1_000, 0),
            alternative_tender: Probability(0.0),
            line: 4,
            stretches: Vec::new(),
        }
    }
}

/// The customers of one terminal.
#[derive(Clone, Component, Debug, Default)]
pub struct Customer {
    /// Customers so far.
    count: u32,
    /// When the next one comes, in nanoseconds; what was planned before the terminal closed is forgotten.
    due: Option<NonZeroU64>,
    /// Who is at the terminal, and since when in the shop.
    paying: Option<(u32, Instant)>,
    /// Who waits behind.
    line: ThinVec<(u32, Instant)>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The next one comes.
    Arrives,
    /// One has waited long enough.
    Patience(u32),
}

const GAP: Purpose = Purpose::of("customer: the next arrival");
const BASKET: Purpose = Purpose::of("customer: basket, card and patience");
const VALID: Purpose = Purpose::of("customer: when a card expires");
/// Months for which a card is valid.
const VALID_MONTHS: u32 = 60;
const DAY: u64 = Span::days(1).0;
const HOUR: u64 = Span::hours(1).0;

/// Accounts at each host that cards are drawn from.
pub(crate) const ACCOUNTS: u32 = 200_000;

impl Customer {
    /// Plans the next arrival of an inhomogeneous Poisson process: a unit exponential, spent at the rate of each hour.
    fn plan_next(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        // At a real terminal stand real customers.
        if crate::software::payment_app::outside::is_real(cx) {
            return;
        }
        let usual = scale(spec.per_day, &spec.hours);
        if usual <= 0.0 && spec.stretches.is_empty() {
            return;
        }
        let mut left = -libm::log(sim::unit(cx.draw(GAP, u64::from(self.count))[0]));
        let mut at = cx.now().0;
        while at < cx.settings().sales_end.0 {
            let hour = (at % DAY / HOUR) as usize;
            let stretch = spec.stretches.iter().rev().find(|it| it.holds(at));
            let (hours, scale) = match stretch {
                Some(it) => (&it.hours, scale(it.per_day, &it.hours)),
                None => (&spec.hours, usual),
            };
            let rate = hours.get(hour).map_or(0.0, |hour| hour.0) * scale;
            let turn = spec.stretches.iter().filter_map(|it| it.turns_after(at)).min();
            let rest = (HOUR - at % HOUR).min(turn.map_or(u64::MAX, |turn| turn - at));
            if left < rate * rest as f64 {
                debug_assert!(rate > 0.0, "nobody comes in an hour in which nobody comes");
                let at = Instant(at + (left / rate) as u64);
                if at < cx.settings().sales_end {
                    // Nobody comes in the very first nanosecond.
                    let at = NonZeroU64::new(at.0).unwrap_or(NonZeroU64::MIN);
                    debug_assert!(at.get() >= cx.now().0, "nobody comes before now");
                    self.due = Some(at);
                    cx.after(Instant(at.get()).since(cx.now()), Timer::Arrives);
                }
                return;
            }
            left -= rate * rest as f64;
            at += rest;
        }
    }

    /// Everything about a customer is drawn from the customer's own stream, in this order.
    fn purchase(spec: &Spec, customer: u32, cx: &Context<'_, Models>) -> (Purchase, Span) {
        let mut stream = cx.stream(BASKET, u64::from(customer));
        let mix = &spec.mix;
        let weights = [mix.chip.0, mix.contactless.0, mix.stripe.0, mix.code.0, mix.as_suggested.0];
        let suggested = cx.settings().profile(cx.me()).software.payment_app.default_method;
        let methods = [Method::Chip, Method::Contactless, Method::Stripe, Method::Code, suggested];
        debug_assert_eq!(methods.len(), weights.len(), "every way to pay has its weight");
        let method = methods[stream.pick(&weights)];
        let amount = stream.lognormal(spec.basket.minor() as f64, spec.basket_spread.0);
        let amount = Money((amount as i64).clamp(1, 100_000_000));
        let host = stream.pick(&cx.settings().directory.shares) as u8;
        let account = stream.below(ACCOUNTS);
        let expired = stream.chance(spec.expired.0);
        let wrong = stream.chance(spec.wrong_pin.0);
        let patience = spec.min_patience + stream.exponential(spec.patience);
        let alternative_tender = stream.chance(spec.alternative_tender.0);
        let due = match method {
            Method::Code => false,
            Method::Contactless => amount.0 >= spec.no_pin_below.minor(),
            _ => true,
        };
        let pin = match (due, wrong) {
            (false, _) => Pin::NotDue,
            (true, false) => Pin::Right,
            (true, true) => Pin::Wrong,
        };
        let pan = Pan::of(host, account);
        let expiry = if expired { 2001 } else { Self::valid_until(pan, cx) };
        (Purchase { customer, amount, method, pan, expiry, pin, alternative_tender }, patience)
    }

    /// When a card expires that has not: a card is valid for five years, and they are of all ages. It is the card's own draw.
    fn valid_until(pan: Pan, cx: &Context<'_, Models>) -> u16 {
        let owner = cx.settings().directory.gateway;
        let card = u64::from(pan.host()) << 32 | u64::from(pan.account());
        let phase = cx.stream_of(owner, VALID, card).below(VALID_MONTHS);
        // Renewed in time: whoever comes has one that is valid in this month.
        let now = calendar::month_number(cx.now());
        let left = (phase + VALID_MONTHS - now % VALID_MONTHS) % VALID_MONTHS;
        calendar::yymm_after(now + left)
    }

    fn arrive(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.line.is_empty() || self.paying.is_some(), "who waits waits for somebody");
        let customer = self.count;
        self.count += 1;
        self.due = None;
        self.plan_next(spec, cx);
        if self.paying.is_none() {
            self.step_up(spec, customer, cx.now(), cx);
        } else if self.line.len() < usize::from(spec.line) {
            self.line.push((customer, cx.now()));
        } else {
            Self::leave(spec, customer, cx.now(), cx);
        }
    }

    /// A customer comes to the terminal.
    fn step_up(&mut self, spec: &Spec, customer: u32, since: Instant, cx: &mut Context<'_, Models>) {
        debug_assert!(self.paying.is_none(), "one pays at a time");
        debug_assert!(customer < self.count, "customer {customer} has not come yet");
        let (purchase, patience) = Self::purchase(spec, customer, cx);
        let waited = cx.now().since(since);
        self.paying = Some((customer, since));
        cx.after(patience - waited, Timer::Patience(customer));
        cx.say(LocalMessage::SaleWanted(purchase));
    }

    /// A customer leaves without having come to the terminal.
    fn leave(spec: &Spec, customer: u32, began: Instant, cx: &mut Context<'_, Models>) {
        let (purchase, _) = Self::purchase(spec, customer, cx);
        debug_assert!(began <= cx.now(), "nobody leaves before coming");
        cx.note(Note::SaleEnded(Sale {
            customer,
            began,
            amount: purchase.amount,
            outcome: Outcome::Abandoned,
            code: ResponseCode::NONE,
            method: purchase.method,
            stan: 0,
            rrn: 0,
            tries: 0,
            alternative_tender: purchase.alternative_tender,
        }));
    }

    /// Lets the next in line come forward; who has lost patience meanwhile has left.
    fn next_in_line(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.paying = None;
        while !self.line.is_empty() {
            let (customer, since) = self.line.remove(0);
            debug_assert!(since <= cx.now(), "who stands in line has come");
            let (_, patience) = Self::purchase(spec, customer, cx);
            if cx.now().since(since) < patience {
                return self.step_up(spec, customer, since, cx);
            }
            Self::leave(spec, customer, since, cx);
        }
    }
}

impl ActorPart<Models> for Customer {
    const NAME: &'static str = "customer";
    const ZH: &'static str = "客户";
    const ABOUT: &'static str = "The merchant's customers: they come, wait, pay or give up.";
    const HEARS: &'static [Topic] = &[Topic::SaleOver, Topic::Trading];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.plan_next(spec, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Arrives if self.due == NonZeroU64::new(cx.now().0) => self.arrive(spec, cx),
            Timer::Arrives => {}
            Timer::Patience(customer) if self.paying.is_some_and(|(who, _)| who == customer) => {
                cx.say(LocalMessage::CustomerLeaves { customer });
            }
            Timer::Patience(_) => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::SaleOver { customer, .. }
                if self.paying.is_some_and(|(who, _)| who == customer) =>
            {
                self.next_in_line(spec, cx);
            }
            // Who is inside is still served.
            LocalMessage::Trading { on: false } => self.due = None,
            LocalMessage::Trading { on: true } => self.plan_next(spec, cx),
            _ => {}
        }
    }
}
