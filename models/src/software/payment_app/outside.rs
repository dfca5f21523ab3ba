//! A real terminal in the place of the application: what it sends goes the way that the application's own messages would go,
//! and the terminal's ledger are alternative_tender from what crosses the boundary.

use faults::Context;
use sim::Span;

use super::PaymentApp;
use crate::journal::LineState;
use crate::bus::LocalMessage;
use crate::note::{Note, Outcome, Sale};
use crate::availability::Milestone;
use crate::wire::{ResponseCode, Iso, Mti, InterActorMessage};
use crate::{Models, Part};

/// Whether a real terminal stands in the place of this one's application.
pub(crate) fn is_real(cx: &Context<'_, Models>) -> bool {
    cx.settings().is_attached(cx.me(), Part::PaymentApp)
}

impl PaymentApp {
    /// The real terminal sends a message.
    pub(super) fn sends(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        // Its clock is that of its own world: how far it is from this one's says nothing.
        let iso = Iso { terminal: cx.me(), local: cx.now(), ..iso };
        let known = self.journal.state(iso.stan);
        match (iso.mti, known) {
            (Mti::Request, None) => {
                debug_assert!(iso.amount.0 >= 0, "no message carries {}", iso.amount);
                self.stan = self.stan.max(iso.stan);
                self.journal.sent(&iso, iso.stan, cx.now());
                cx.milestone(Milestone::RequestSent);
            }
            (Mti::Advice, None) => {
                self.journal.store(iso, iso.stan, cx.now());
                self.ends(&iso, Outcome::Stored, cx);
            }
            (Mti::Reversal, Some(LineState::Sent | LineState::Approved | LineState::Declined)) => {
                if known == Some(LineState::Sent) {
                    self.ends(&iso, Outcome::Failed, cx);
                }
                self.journal.takes_back(iso, cx.now());
                let Iso { stan, amount, code: reason, .. } = iso;
                cx.note(Note::ReversalQueued { stan, amount, reason });
                cx.milestone(Milestone::ReversalSent);
            }
            // Said again, or reversed though it never was: it goes out all the same, as the real one wants it.
            _ => {}
        }
        cx.say(LocalMessage::Transmit { iso, delay: Span::ZERO });
    }

    /// An answer has come as far as the real terminal.
    pub(super) fn hears(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        match iso.mti {
            Mti::Response if self.journal.state(iso.stan) == Some(LineState::Sent) => {
                self.code = iso.code;
                let approved = iso.code == ResponseCode::APPROVED;
                let state = if approved { LineState::Approved } else { LineState::Declined };
                self.journal.settle(iso.stan, state, cx.now());
                if approved {
                    cx.milestone(Milestone::SaleApproved);
                }
                let outcome = if approved { Outcome::Approved } else { Outcome::Declined };
                self.ends(&iso, outcome, cx);
            }
            Mti::Response => cx.note(Note::LateAnswer { stan: iso.stan, code: iso.code }),
            Mti::ReversalResponse => {
                let done = matches!(iso.code, ResponseCode::APPROVED | ResponseCode::NOT_FOUND | ResponseCode::INVALID);
                if done && self.journal.reverse(iso.stan) {
                    cx.note(Note::ReversalDone { stan: iso.stan, tries: 1 });
                }
            }
            Mti::AdviceResponse => {
                if iso.code == ResponseCode::APPROVED && self.journal.advised(iso.stan) {
                    cx.note(Note::StoredSent { stan: iso.stan });
                }
            }
            Mti::NetworkResponse | Mti::SettlementResponse => {}
            Mti::Request | Mti::Advice | Mti::Reversal | Mti::Network | Mti::Settlement => return,
        }
        cx.emit(InterActorMessage::Payment(iso));
    }

    fn ends(&self, iso: &Iso, outcome: Outcome, cx: &mut Context<'_, Models>) {
        cx.note(Note::SaleEnded(Sale {
            customer: iso.stan,
            began: cx.now(),
            amount: iso.amount,
            outcome,
            code: if outcome == Outcome::Failed { ResponseCode::NONE } else { iso.code },
            method: iso.method,
            stan: iso.stan,
            rrn: iso.rrn,
            tries: 1,
            alternative_tender: false,
        }));
    }
}
