//! The dialogue at the counter: amount, card or code, PIN; and how a purchase ends.

use faults::Context;

use super::{Fault, PaymentApp, Spec, SaleStep};
use crate::Models;
use crate::bus::{LocalMessage, Pin, Purchase};
use crate::note::{Note, Outcome, Sale};
use crate::availability::Milestone;
use crate::wire::{ResponseCode, Method};

impl PaymentApp {
    /// Something keeps it from beginning a sale.
    fn barred(&self) -> bool {
        let incompatible = self.levels.has(Fault::IncompatibleVersion);
        incompatible || self.locked || self.not_genuine || self.storage_full
    }

    pub(super) fn begin(&mut self, purchase: Purchase, cx: &mut Context<'_, Models>) {
        (self.sale, self.began, self.tries, self.rekeyed) = (purchase, cx.now(), 0, false);
        (self.code, self.rrn) = (ResponseCode::NONE, 0);
        cx.milestone(Milestone::SaleStarted);
        if !self.running || !self.readable || self.barred() || self.pace == 0 {
            // Customer and merchant look at a dead terminal for a while before they give up.
            if self.levels.has(Fault::IncompatibleVersion) && self.running {
                cx.activated();
                cx.look();
            }
            return;
        }
        self.step = SaleStep::Amount;
        let digits = (purchase.amount.0.max(1).ilog10() + 1).max(3) as u8;
        cx.say(LocalMessage::EnterAmount { keys: digits + 1 });
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
        cx.say(LocalMessage::SaleOver { customer, outcome });
    }

    pub(super) fn keyed(&mut self, spec: &Spec, ok: bool, cx: &mut Context<'_, Models>) {
        match (self.step, ok) {
            (SaleStep::Amount, true) => self.read(self.sale.method, 0, cx),
            (SaleStep::Pin, true) => self.authorise(spec, cx),
            // The merchant or the customer tries once more, then gives up.
            (SaleStep::Amount | SaleStep::Pin, false) if !self.rekeyed => {
                self.rekeyed = true;
                let again = if self.step == SaleStep::Pin {
                    LocalMessage::EnterPin
                } else {
                    LocalMessage::EnterAmount { keys: 5 }
                };
                cx.say(again);
            }
            (SaleStep::Amount | SaleStep::Pin, false) => self.finish(Outcome::Failed, cx),
            _ => {}
        }
    }

    pub(super) fn read(&mut self, method: Method, attempt: u8, cx: &mut Context<'_, Models>) {
        self.rekeyed = false;
        self.step = SaleStep::Reading { method, attempt };
        cx.say(LocalMessage::Read { method, attempt, amount: self.sale.amount });
    }

    /// A failed read is tried again by the next method that the rules allow: a tap becomes an insertion, a chip that fails
    /// twice falls back to the stripe.
    pub(super) fn was_read(&mut self, spec: &Spec, ok: bool, cx: &mut Context<'_, Models>) {
        let SaleStep::Reading { method, attempt } = self.step else { return };
        cx.say(LocalMessage::Beep { good: ok });
        if ok {
            self.sale.method = method;
            if self.sale.pin == Pin::NotDue {
                self.authorise(spec, cx);
            } else {
                self.step = SaleStep::Pin;
                cx.say(LocalMessage::EnterPin);
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
