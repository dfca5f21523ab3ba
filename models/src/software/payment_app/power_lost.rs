//! Power goes: what the journal had not yet written is lost.

use faults::Context;

use super::{PaymentApp, SaleStep};
use crate::Models;
use crate::note::Note;
use crate::wire::ResponseCode;

impl PaymentApp {
    /// The trace number survives: it is counted in the secure element, so that no number is used twice.
    pub(super) fn power_lost(&mut self, cx: &mut Context<'_, Models>) {
        let loss = self.journal.power_lost(cx.now());
        if loss != crate::journal::Loss::default() {
            let crate::journal::Loss { requests, reversals, stored, amount } = loss;
            debug_assert!(amount >= crate::money::Money::ZERO, "no less than nothing is lost");
            cx.note(Note::RecordsLost { requests, reversals, stored, amount });
        }
        // A request under way is dealt with when the dialogue stops; an older one, whose answer is lost, when the journal
        // is read again. It has no effect before the terminal has booted.
        if self.step != SaleStep::Waiting
            && let Some((stan, amount)) = self.journal.reopened()
        {
            let reason = ResponseCode::TERMINAL_FAILED;
            self.journal.give_up(stan, reason, cx.now());
            cx.note(Note::ReversalQueued { stan, amount, reason });
        }
    }
}
