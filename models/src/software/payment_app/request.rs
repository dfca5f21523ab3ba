//! Asking the host: the message, its seal, and what is done where there is no network.

use faults::Context;
use sim::Instant;
use sim::quantity::Offset;

use super::{Fault, PaymentApp, Spec, SaleStep, Timer};
use crate::journal::LineState;
use crate::Models;
use crate::vocabulary::calendar;
use crate::bus::{LocalMessage, Pin, Purchase};
use crate::money::Money;
use crate::note::Outcome;
use crate::receipt::Receipt;
use crate::availability::Milestone;
use crate::wire::{ResponseCode, Iso, Method, Mti};

/// A currency that nobody here accepts: the code that ISO 4217 keeps for tests.
const NO_CURRENCY: u16 = 963;

impl PaymentApp {
    /// Everything is known: asks the host, unless a reversal is pending or there is no network.
    pub(super) fn authorise(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let read = matches!(self.step, SaleStep::Reading { .. } | SaleStep::Pin | SaleStep::Blocked);
        debug_assert!(read, "a sale is authorised when its card has been read: {:?}", self.step);
        if self.journal.pending().is_some() {
            self.step = SaleStep::Blocked;
            self.send_pending(cx);
            return;
        }
        self.step = SaleStep::Waiting;
        self.request(spec, cx);
    }

    pub(super) fn request(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let limit = spec.offline_limit.minor();
        if !self.online {
            let may = self.sale.amount.0 <= limit
                && matches!(self.sale.method, Method::Chip | Method::Contactless);
            if may && self.journal.stored() < usize::from(spec.max_offline) {
                return self.store(spec, cx);
            }
            cx.say(LocalMessage::Beep { good: false });
            self.failed(cx);
            return self.finish(Outcome::Failed, cx);
        }
        debug_assert!(self.journal.pending().is_none(), "what is to be undone goes first");
        let iso = self.message(Mti::Request, cx);
        self.journal.sent(&iso, self.sale.customer, cx.now());
        self.tries = self.tries.saturating_add(1);
        cx.milestone(Milestone::RequestSent);
        // Building and encrypting the message takes its time, more of it on a busy processor.
        let delay = spec.build_time.scaled(f64::from(self.pace) / 100.0);
        cx.say(LocalMessage::Transmit { iso, delay });
        cx.after(cx.settings().policy.response_timeout, Timer::TimedOut(self.stan));
    }

    pub(super) fn message(&mut self, mti: Mti, cx: &Context<'_, Models>) -> Iso {
        self.stan += 1;
        let Purchase { pan, amount, expiry, method, pin, .. } = self.sale;
        debug_assert!(!self.journal.open(self.stan), "trace number {} has been used", self.stan);
        let wrong = |fault| self.levels.has(fault);
        let currency =
            if wrong(Fault::WrongCurrency) { NO_CURRENCY } else { cx.settings().currency };
        // Encrypted by the PIN pad: what counts here is whether the host will find it right.
        let pin_block = match pin {
            Pin::NotDue => 0,
            Pin::Right => pan.digits(),
            Pin::Wrong => !pan.digits(),
        };
        let chip = matches!(method, Method::Chip | Method::Contactless);
        let mut iso = Iso {
            mti,
            pan,
            // 000000 is a sale; no host here knows 999999.
            processing: if wrong(Fault::WrongType) { 999_999 } else { 0 },
            amount: if wrong(Fault::WrongAmount) { Money::ZERO } else { amount },
            stan: self.stan,
            local: self.local_time(cx),
            expiry,
            method,
            card_sequence: u16::from(chip),
            condition: 0,
            terminal: cx.me(),
            currency,
            pin_block,
            cryptogram: if chip { pan.digits().rotate_left(17) ^ u64::from(self.stan) } else { 0 },
            business: 22,
            batch: 1,
            ..Iso::default()
        };
        self.seal(&mut iso);
        iso
    }

    /// The terminal's own time, which need not be right.
    pub(super) fn local_time(&self, cx: &Context<'_, Models>) -> Instant {
        let Offset { by, negative } = self.behind;
        let now = cx.now().0;
        Instant(if negative { now.saturating_add(by.0) } else { now.saturating_sub(by.0) })
    }

    /// A card, or the token behind a code, that by the terminal's own date has expired: it asks nobody.
    pub(super) fn has_expired(&self, cx: &Context<'_, Models>) -> bool {
        self.sale.expiry < calendar::yymm(self.local_time(cx))
    }

    /// Seals a message with the terminal's keys.
    pub(super) fn seal(&self, iso: &mut Iso) {
        iso.mac = if self.keys_out_of_step { !iso.seal() } else { iso.seal() };
    }

    /// The customer's receipt: what was read and keyed, and what the answer says of it.
    pub(super) fn receipt(&self, spec: &Spec, iso: &Iso, cx: &Context<'_, Models>) -> Receipt {
        let Purchase { pan, amount, method, .. } = self.sale;
        let Iso { currency, stan, rrn, authorisation, .. } = *iso;
        let (lines, terminal, at) = (spec.receipt_lines, cx.me(), self.local_time(cx));
        Receipt { lines, terminal, pan, method, amount, currency, at, stan, rrn, authorisation }
    }

    /// Approved offline: kept for when the network is back.
    pub(super) fn store(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let iso = self.message(Mti::Advice, cx);
        let receipt = self.receipt(spec, &iso, cx);
        self.journal.store(iso, self.sale.customer, cx.now());
        self.tries = self.tries.saturating_add(1);
        debug_assert_eq!(self.journal.state(self.stan), Some(LineState::Stored), "it is on record");
        self.code = ResponseCode::APPROVED;
        cx.milestone(Milestone::SaleApproved);
        cx.say(LocalMessage::Print(receipt));
        self.finish(Outcome::Stored, cx);
    }
}
