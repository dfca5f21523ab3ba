//! The gateway's ledger: how the last transactions of each terminal stand.

use sim::Slot;

use crate::money::Money;
use crate::wire::ResponseCode;

/// How a transaction stands in the gateway's ledger.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum LedgerEntry {
    #[default]
    None,
    /// Sent to the host, which has not answered.
    Open(Slot),
    /// Approved by the host, in time.
    Booked,
    /// Answered without the host's word: what the host says later is reversed.
    Expired,
    Declined,
    Reversed,
}

/// One transaction of a terminal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    stan: u32,
    pub(super) entry: LedgerEntry,
    /// What the terminal was told.
    pub(super) code: ResponseCode,
}

/// The last transactions of one terminal: what duplicates and reversals are held against.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recent {
    known: [Known; 4],
    next: u8,
    /// Approved and not reversed.
    pub(super) booked: Money,
}

impl Recent {
    pub(super) fn find(&mut self, stan: u32) -> Option<&mut Known> {
        self.known.iter_mut().find(|known| known.stan == stan && known.entry != LedgerEntry::None)
    }

    /// A transaction is sent to its host. Returns the flight of one so old that it is forgotten for it.
    pub(super) fn open(&mut self, stan: u32, flight: Slot) -> Option<Slot> {
        if let Some(known) = self.find(stan) {
            known.entry = LedgerEntry::Open(flight);
            return None;
        }
        debug_assert!(usize::from(self.next) < self.known.len(), "the next place is one of them");
        let place = &mut self.known[usize::from(self.next)];
        self.next = (self.next + 1) % 4;
        let forgotten = std::mem::replace(
            place,
            Known { stan, entry: LedgerEntry::Open(flight), code: ResponseCode::NONE },
        );
        if let LedgerEntry::Open(flight) = forgotten.entry { Some(flight) } else { None }
    }
}
