//! A terminal's journal: what it holds about its sales, in memory that survives a loss of power.

mod buffer;

use sim::Instant;
use thin_vec::ThinVec;

use crate::vocabulary::ledger::{Amount, add_row};
use crate::wire::{Iso, Mti, ResponseCode};

pub(crate) use buffer::Loss;
pub use buffer::Writing;

/// Where a sale stands in the terminal's own ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LineState {
    /// Asked for, not answered.
    Sent,
    /// Approved: the customer has paid.
    Approved,
    /// Refused.
    Declined,
    /// Given up: to be reversed.
    GivenUp,
    /// Reversed, and that acknowledged.
    Reversed,
    /// Approved offline.
    Stored,
}

/// One message that asked for money.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) stan: u32,
    pub(crate) customer: u32,
    pub(crate) amount: Amount,
    pub(crate) at: Instant,
    pub(crate) state: LineState,
}

/// The journal.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    lines: ThinVec<Line>,
    /// The request under way, from which a reversal would be made.
    request: Iso,
    /// Reversals that are not acknowledged, oldest first.
    reversals: ThinVec<Iso>,
    /// Offline sales that no host has taken in, oldest first.
    advices: ThinVec<Iso>,
    /// What is not written yet, for a terminal that does not write at once.
    buffer: Option<Box<buffer::Buffer>>,
    /// Truth: lines that were lost with the power.
    lost: ThinVec<Line>,
    /// Truth: approved lines whose answer was lost with the power.
    undone: ThinVec<Line>,
}

impl Journal {
    /// An empty one.
    pub(crate) fn new(writing: Writing) -> Self {
        Self { buffer: buffer::Buffer::of(writing), ..Self::default() }
    }

    /// A request is about to be sent: its reversal record is written first.
    pub(crate) fn sent(&mut self, iso: &Iso, customer: u32, at: Instant) {
        debug_assert!(self.state(iso.stan).is_none(), "trace number {} is given twice", iso.stan);
        self.touch(iso.stan, None, at);
        self.request = *iso;
        let Iso { stan, amount, .. } = *iso;
        let amount = amount.into();
        add_row(&mut self.lines, Line { stan, customer, amount, at, state: LineState::Sent });
    }

    /// A sale is approved offline.
    pub(crate) fn store(&mut self, iso: Iso, customer: u32, at: Instant) {
        let Iso { stan, amount, .. } = iso;
        debug_assert!(self.state(stan).is_none(), "trace number {stan} is given twice");
        self.touch(stan, None, at);
        let amount = amount.into();
        add_row(&mut self.lines, Line { stan, customer, amount, at, state: LineState::Stored });
        self.advices.push(iso);
    }

    // Trace numbers only grow, so a line is found from the end, where it nearly always is.
    fn line(&mut self, stan: u32) -> Option<&mut Line> {
        self.lines.iter_mut().rev().find(|line| line.stan == stan)
    }

    /// True if this request waits for its answer.
    pub(crate) fn open(&self, stan: u32) -> bool {
        self.lines.last().is_some_and(|line| line.stan == stan && line.state == LineState::Sent)
    }

    /// A final answer.
    pub(crate) fn settle(&mut self, stan: u32, state: LineState, at: Instant) {
        debug_assert!(
            self.state(stan) != Some(LineState::Reversed),
            "sale {stan} has been reversed and stays so"
        );
        if let Some(was) = self.line(stan).map(|line| line.state) {
            self.touch(stan, Some(was), at);
        }
        self.mark(stan, state);
    }

    fn mark(&mut self, stan: u32, state: LineState) {
        if let Some(line) = self.line(stan) {
            line.state = state;
        }
    }

    /// A request is given up: a reversal with its original's data is queued.
    pub(crate) fn give_up(&mut self, stan: u32, reason: ResponseCode, at: Instant) {
        self.settle(stan, LineState::GivenUp, at);
        debug_assert_eq!(self.request.stan, stan, "a reversal repeats the request given up");
        let original = self.request;
        let reversal = Iso { mti: Mti::Reversal, code: reason, original: stan, ..original };
        self.reversals.push(reversal);
    }

    /// What has become of a message that asked for money; `None` if there is none of this number.
    pub(crate) fn state(&self, stan: u32) -> Option<LineState> {
        self.lines.iter().rev().find(|line| line.stan == stan).map(|line| line.state)
    }

    /// A sale is reversed by this reversal, which somebody else keeps repeating.
    pub(crate) fn takes_back(&mut self, reversal: Iso, at: Instant) {
        self.settle(reversal.stan, LineState::GivenUp, at);
        debug_assert_eq!(
            self.state(reversal.stan),
            Some(LineState::GivenUp),
            "what is taken back is on record"
        );
        self.reversals.push(reversal);
    }

    /// The reversal that is to be sent next.
    pub(crate) fn pending(&self) -> Option<Iso> {
        self.reversals.first().copied()
    }
    /// The stored sale that is to be sent next.
    pub(crate) fn first_stored(&self) -> Option<Iso> {
        self.advices.first().copied()
    }
    /// Number of stored sales that no host has taken in.
    pub(crate) fn stored(&self) -> usize {
        self.advices.len()
    }

    // That a record is done with is written at once: to send it again would do no harm, to keep it would.

    /// A reversal is acknowledged; false if it was not pending.
    pub(crate) fn reverse(&mut self, stan: u32) -> bool {
        let Some(at) = self.reversals.iter().position(|iso| iso.stan == stan) else { return false };
        debug_assert_ne!(
            self.state(stan),
            Some(LineState::Stored),
            "what no host has is not undone"
        );
        self.reversals.remove(at);
        self.mark(stan, LineState::Reversed);
        true
    }

    /// A stored sale is taken in; false if it was not waiting.
    pub(crate) fn advised(&mut self, stan: u32) -> bool {
        let Some(at) = self.advices.iter().position(|iso| iso.stan == stan) else { return false };
        debug_assert_eq!(
            self.state(stan),
            Some(LineState::Stored),
            "{stan} was stored and sent on"
        );
        self.advices.remove(at);
        self.mark(stan, LineState::Approved);
        true
    }

    /// The last sale and whether it is paid for, as a look-up of the records shows it.
    pub(crate) fn last(&self) -> Option<(u32, bool)> {
        let paid = |line: &Line| matches!(line.state, LineState::Approved | LineState::Stored);
        self.lines.last().map(|line| (line.stan, paid(line)))
    }

    /// All lines, oldest first.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "was stored and sent on")]
    fn only_what_was_stored_is_taken_in() {
        let mut journal = Journal::new(Writing::default());
        journal.store(Iso { stan: 7, ..Iso::default() }, 1, Instant::START);
        journal.mark(7, LineState::Reversed);
        journal.advised(7);
    }
}
