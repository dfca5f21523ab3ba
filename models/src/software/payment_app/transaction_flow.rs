//! The dialogue at the counter: amount, card or code, PIN; and how a purchase ends.

use std::sync::LazyLock;

use faults::{Context, ModelTypes};

use super::{Fault, PaymentApp, Spec, SaleStep};
use crate::observation::{self, Observation};
use crate::vocabulary::hook::Hook;
use crate::{Models, Part};
use crate::bus::{LocalMessage, Pin, Purchase};
use crate::note::{Note, Outcome, Sale};
use crate::availability::Milestone;
use crate::money::Money;
use crate::wire::{ResponseCode, Method};

/// Who has a step before a sale, in the order in which they are asked.
static BEFORE_SALE: LazyLock<Vec<Part>> = LazyLock::new(|| Models::hooked(Hook::BeforeSale));

impl PaymentApp {
    /// Something keeps it from beginning a sale.
    fn barred(&self) -> bool {
        let incompatible = self.levels.has(Fault::IncompatibleVersion);
        incompatible || self.locked || self.not_genuine || self.storage_full
    }

    pub(super) fn begin(&mut self, purchase: Purchase, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.step, SaleStep::Idle, "one sale at a time");
        (self.sale, self.began, self.tries, self.rekeyed) = (purchase, cx.now(), 0, false);
        (self.code, self.rrn, self.judged) = (ResponseCode::NONE, 0, false);
        cx.milestone(Milestone::SaleStarted);
        if !self.running || !self.readable || self.barred() || self.pace == 0 {
            // Customer and merchant look at a dead terminal for a while before they give up.
            if self.levels.has(Fault::IncompatibleVersion) && self.running {
                cx.activated();
                self.misfits = true;
                cx.look();
            }
            return;
        }
        self.before_sale(0, cx);
    }

    /// Asks the next of the fitted parts that have a step before a sale; after the last one the amount is keyed.
    fn before_sale(&mut self, from: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(usize::from(from) <= BEFORE_SALE.len(), "there is no step {from} before a sale");
        let profile = cx.settings().profile(cx.me());
        let mut steps = BEFORE_SALE.iter().enumerate().skip(from.into());
        if let Some((at, &part)) = steps.find(|(_, part)| profile.fits(**part)) {
            self.step = SaleStep::Before(at as u8 + 1);
            cx.say(LocalMessage::BeforeSale { part, customer: self.sale.customer });
            return;
        }
        if !Self::has_keys(cx) {
            // The till says what is to be paid.
            return self.read(self.sale.method, 0, cx);
        }
        self.step = SaleStep::Amount;
        let digits = (self.sale.amount.0.max(1).ilog10() + 1).max(3) as u8;
        cx.say(LocalMessage::EnterAmount { keys: digits + 1, customer: self.sale.customer });
    }

    /// There are keys, or a screen that shows them.
    fn has_keys(cx: &Context<'_, Models>) -> bool {
        let profile = cx.settings().profile(cx.me());
        profile.fits(Part::Keypad) || profile.fits(Part::Display)
    }

    /// A part has taken its step before the sale. What says no keeps the terminal from selling.
    pub(super) fn before_sale_done(&mut self, ok: bool, cx: &mut Context<'_, Models>) {
        match self.step {
            SaleStep::Before(next) if ok => self.before_sale(next, cx),
            SaleStep::Before(_) => self.finish(Outcome::Failed, cx),
            _ => {}
        }
    }

    /// Somebody looks up what became of the last sale: in the terminal's own records, so it needs no network.
    pub(super) fn look_up(&self, cx: &mut Context<'_, Models>) {
        let shows = self.running && self.readable && self.pace > 0 && !self.barred();
        let (stan, paid) = self.journal.last().filter(|_| shows).unwrap_or_default();
        cx.note(Note::LookedUp { stan, paid });
    }

    /// The purchase is over.
    pub(super) fn finish(&mut self, outcome: Outcome, cx: &mut Context<'_, Models>) {
        self.step = SaleStep::Idle;
        let Purchase { customer, amount, method, alternative_tender, .. } = self.sale;
        let stan = if self.tries > 0 { self.stan } else { 0 };
        let (began, code, rrn, tries) = (self.began, self.code, self.rrn, self.tries);
        let sale = Sale { customer, began, amount, outcome, code, method, stan, rrn, tries, alternative_tender };
        cx.note(Note::SaleEnded(sale));
        observation::tell(cx, Observation::Sale { outcome, code, method });
        cx.say(LocalMessage::SaleOver { customer, outcome });
    }

    pub(super) fn keyed(&mut self, spec: &Spec, ok: bool, cx: &mut Context<'_, Models>) {
        match (self.step, ok) {
            (SaleStep::Amount, true) => self.read(self.sale.method, 0, cx),
            (SaleStep::Pin, true) => self.authorise(spec, cx),
            // The merchant or the customer tries once more, then gives up.
            (SaleStep::Amount | SaleStep::Pin, false) if !self.rekeyed => {
                self.rekeyed = true;
                let customer = self.sale.customer;
                let again = if self.step == SaleStep::Pin {
                    LocalMessage::EnterPin { customer }
                } else {
                    LocalMessage::EnterAmount { keys: 5, customer }
                };
                cx.say(again);
            }
            (SaleStep::Amount | SaleStep::Pin, false) => self.finish(Outcome::Failed, cx),
            _ => {}
        }
    }

    pub(super) fn read(&mut self, method: Method, attempt: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(self.sale.amount > Money::ZERO, "nobody pays {}", self.sale.amount);
        self.rekeyed = false;
        self.step = SaleStep::Reading { method, attempt };
        if !cx.settings().profile(cx.me()).fits(method.part()) {
            // There is nothing to present a card or code to.
            return self.finish(Outcome::Failed, cx);
        }
        let Purchase { customer, amount, .. } = self.sale;
        cx.say(LocalMessage::Read { method, attempt, customer, amount });
    }

    /// A failed read is tried again by the next method that the rules allow: a tap becomes an insertion, a chip that fails
    /// twice falls back to the stripe.
    pub(super) fn was_read(&mut self, spec: &Spec, ok: bool, cx: &mut Context<'_, Models>) {
        let SaleStep::Reading { method, attempt } = self.step else { return };
        debug_assert!(attempt < spec.read_attempts.max(1), "nobody was asked for read {attempt}");
        cx.say(LocalMessage::Beep { good: ok });
        if ok {
            self.sale.method = method;
            if self.has_expired(cx) {
                (self.code, self.rrn) = (ResponseCode::EXPIRED, 0);
                self.finish(Outcome::Declined, cx);
            } else if self.sale.pin == Pin::NotDue {
                self.authorise(spec, cx);
            } else if !Self::has_keys(cx) {
                // There is nothing to enter a PIN on.
                self.finish(Outcome::Failed, cx);
            } else {
                self.step = SaleStep::Pin;
                cx.say(LocalMessage::EnterPin { customer: self.sale.customer });
            }
            return;
        }
        if attempt + 1 >= spec.read_attempts {
            return self.finish(Outcome::Failed, cx);
        }
        let next = match (method, attempt) {
            (Method::Contactless, 1..) => Method::Chip,
            (Method::Chip, 2..) => Method::Fallback,
            _ => method,
        };
        self.read(next, attempt + 1, cx);
    }
}
