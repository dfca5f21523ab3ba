//! Taking back what was not answered, and handing in what was stored: repeated until it is acknowledged.

use faults::Context;
use sim::Span;

use super::{PaymentApp, Spec, SaleStep, Timer};
use crate::observation::{self, Observation};
use crate::Models;
use crate::bus::LocalMessage;
use crate::note::{Note, Outcome};
use crate::availability::Milestone;
use crate::wire::{ResponseCode, Iso};

impl PaymentApp {
    /// No answer: the sale is reversed, and tried again if the policy says so and the customer is still there.
    pub(super) fn timed_out(&mut self, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.step, SaleStep::Waiting, "only who waits is not answered in time");
        self.give_up_on(ResponseCode::NO_ANSWER, cx);
        observation::tell(cx, Observation::Request { answered: false, code: ResponseCode::NONE });
        self.failed(cx);
        if self.tries <= cx.settings().policy.retries {
            self.step = SaleStep::Blocked;
        } else {
            self.finish(Outcome::Failed, cx);
        }
        self.send_pending(cx);
    }

    /// The request under way will have no effect: a reversal is queued.
    pub(super) fn give_up_on(&mut self, reason: ResponseCode, cx: &mut Context<'_, Models>) {
        debug_assert!(self.journal.open(self.stan), "what is given up has not been answered");
        let (stan, amount) = (self.stan, self.sale.amount);
        self.journal.give_up(stan, reason, cx.now());
        cx.note(Note::ReversalQueued { stan, amount, reason });
    }

    /// Sends the first pending reversal or, if there is none, the first stored advice.
    pub(super) fn send_pending(&mut self, cx: &mut Context<'_, Models>) {
        // A real terminal repeats its own reversals.
        if !self.running || !self.online || super::outside::is_real(cx) {
            return;
        }
        let reversal = self.journal.pending();
        let Some(mut iso) = reversal.or_else(|| self.journal.first_stored()) else { return };
        if reversal.is_some() {
            cx.milestone(Milestone::ReversalSent);
        }
        iso.local = self.local_time(cx);
        self.seal(&mut iso);
        cx.say(LocalMessage::Transmit { iso, delay: Span::ZERO });
        let policy = &cx.settings().policy;
        let doubled = policy.backoff * (1u64 << self.resend.min(20));
        debug_assert!(iso.stan <= self.stan, "trace number {} has not been given yet", iso.stan);
        self.sending += 1;
        cx.after(doubled.min(policy.max_backoff).max(Span::secs(1)), Timer::Resend(self.sending));
    }

    pub(super) fn acknowledged(&mut self, spec: &Spec, iso: &Iso, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(iso.terminal, cx.me(), "an answer comes to the terminal that asked");
        let done = matches!(iso.code, ResponseCode::APPROVED | ResponseCode::NOT_FOUND | ResponseCode::INVALID);
        if !done || !self.journal.reverse(iso.stan) {
            return;
        }
        cx.note(Note::ReversalDone { stan: iso.stan, tries: self.resend + 1 });
        self.resend = 0;
        if self.journal.pending().is_some() {
            self.send_pending(cx);
        } else if self.step == SaleStep::Blocked {
            self.authorise(spec, cx);
        } else {
            self.send_pending(cx);
        }
    }

    pub(super) fn advised(&mut self, iso: &Iso, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(iso.terminal, cx.me(), "an answer comes to the terminal that asked");
        if iso.code == ResponseCode::APPROVED && self.journal.advised(iso.stan) {
            cx.note(Note::StoredSent { stan: iso.stan });
            self.resend = 0;
            self.send_pending(cx);
        }
    }
}
