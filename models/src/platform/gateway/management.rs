//! What real terminals ask of the gateway itself: sign-on, echo, sign-off, and whether both hold the same.

use std::collections::BTreeMap;

use faults::Context;
use sim::ActorId;

use super::Gateway;
use crate::Models;
use crate::money::Money;
use crate::wire::{ResponseCode, Iso, Mti};

/// How each terminal last settled: the trace number and what it was told, and what it had sold until then.
pub(super) type Settled = BTreeMap<ActorId, (u32, ResponseCode, Money)>;

impl Gateway {
    pub(super) fn manage(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        let code = match iso.mti {
            Mti::Settlement if iso.mac != iso.seal() => ResponseCode::MAC_WRONG,
            Mti::Settlement => self.settle(&iso),
            _ => ResponseCode::APPROVED,
        };
        self.answer(iso, code, cx);
    }

    /// A settlement closes what has been sold since the one before, whether both hold the same or not.
    fn settle(&mut self, iso: &Iso) -> ResponseCode {
        let booked = self.booked(iso.terminal);
        let before = match self.settled.get(&iso.terminal) {
            // The same again: its answer was lost.
            Some((stan, code, _)) if *stan == iso.stan => return *code,
            Some((.., sold)) => *sold,
            None => Money::ZERO,
        };
        debug_assert!(booked >= Money::ZERO, "a gateway owes no terminal: {booked}");
        let same = booked - before == iso.amount;
        let code = if same { ResponseCode::APPROVED } else { ResponseCode::TOTALS_DIFFER };
        self.settled.insert(iso.terminal, (iso.stan, code, booked));
        code
    }
}
