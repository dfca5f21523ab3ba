//! A journal that is written from time to time: what a loss of power takes with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Instant, Span};

use super::{Journal, Line, LineState};
use crate::money::Money;
use crate::wire::Iso;

/// When a terminal writes its journal to memory that survives a loss of power.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Writing {
    /// Each record before anything is done about it.
    #[default]
    WrittenAtOnce,
    /// All records together, once in this period; what is newer is lost with the power.
    Buffered(Span),
}

/// What has changed since the journal was last written.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    period: Span,
    /// When that was.
    written: Instant,
    /// Trace number and state as written; `None` for a line that is not in memory yet.
    changed: Vec<(u32, Option<LineState>)>,
    /// The request as written.
    request: Iso,
}

impl Buffer {
    pub(super) fn of(writing: Writing) -> Option<Box<Self>> {
        match writing {
            Writing::WrittenAtOnce | Writing::Buffered(Span::ZERO) => None,
            Writing::Buffered(period) => {
                let (written, request) = (Instant::START, Iso::default());
                Some(Box::new(Self { period, written, changed: Vec::new(), request }))
            }
        }
    }

    /// The journal was written meanwhile, or not. Nothing wakes up for it: it follows from the time.
    fn flush(&mut self, request: &Iso, now: Instant) {
        debug_assert!(self.period > Span::ZERO, "what is written at once has no buffer");
        debug_assert!(now >= self.written, "nothing is written before {now}");
        let written = Instant(now.0 - now.0 % self.period.0);
        if written > self.written {
            self.written = written;
            self.changed.clear();
            self.request = *request;
        }
    }
}

/// What a loss of power has taken from a journal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Loss {
    /// Requests that the terminal no longer knows of, whatever became of them.
    pub(crate) requests: u32,
    /// Pending reversals among what was lost.
    pub(crate) reversals: u32,
    /// Stored sales that nobody will hand in.
    pub(crate) stored: u32,
    /// What all of these are worth.
    pub(crate) amount: Money,
}

impl Journal {
    /// A line is about to change.
    pub(super) fn touch(&mut self, stan: u32, was: Option<LineState>, now: Instant) {
        let Some(buffer) = &mut self.buffer else { return };
        buffer.flush(&self.request, now);
        if !buffer.changed.iter().any(|(known, _)| *known == stan) {
            buffer.changed.push((stan, was));
        }
    }

    /// Power goes: what has not been written is lost.
    pub(crate) fn power_lost(&mut self, now: Instant) -> Loss {
        let mut loss = Loss::default();
        let Some(buffer) = &mut self.buffer else { return loss };
        buffer.flush(&self.request, now);
        if buffer.changed.is_empty() {
            return loss;
        }
        let before = self.lost.len();
        let changed = std::mem::take(&mut buffer.changed);
        self.request = buffer.request;
        for (stan, was) in changed {
            let Some(at) = self.lines.iter().rposition(|line| line.stan == stan) else { continue };
            let pending = |iso: &Iso| iso.stan == stan;
            loss.reversals += u32::from(was.is_none() && self.reversals.iter().any(pending));
            self.reversals.retain(|iso| !pending(iso));
            let line = self.lines[at];
            match was {
                Some(state) => {
                    if line.state == LineState::Approved {
                        self.undone.push(line);
                    }
                    self.lines[at].state = state;
                }
                None => {
                    loss.stored += u32::from(line.state == LineState::Stored);
                    loss.requests += u32::from(line.state != LineState::Stored);
                    loss.amount += line.amount.money();
                    self.advices.retain(|iso| !pending(iso));
                    self.lost.push(self.lines.remove(at));
                }
            }
        }
        debug_assert_eq!(
            (loss.requests + loss.stored) as usize,
            self.lost.len() - before,
            "each record that is lost is counted once"
        );
        debug_assert!(loss.amount >= Money::ZERO, "what is lost is not won: {}", loss.amount);
        loss
    }

    /// After a loss of power: the request that the journal holds as asked and not answered.
    pub(crate) fn reopened(&self) -> Option<(u32, Money)> {
        let last = self.lines.last().filter(|line| line.state == LineState::Sent);
        last.map(|line| (line.stan, line.amount.money()))
    }

    /// Truth: lines that the terminal no longer has, as they stood when they were lost.
    pub(crate) fn lost(&self) -> &[Line] {
        &self.lost
    }

    /// Truth: sales that were approved and that the terminal, which had forgotten the answer, reversed.
    pub(crate) fn undone(&self) -> &[Line] {
        &self.undone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Mti, ResponseCode};

    fn at(second: u64) -> Instant {
        Instant::START + Span::secs(second)
    }

    fn sale(stan: u32, fen: i64) -> Iso {
        Iso { stan, amount: Money(fen), ..Iso::default() }
    }

    fn buffered() -> Journal {
        Journal::new(Writing::Buffered(Span::secs(30)))
    }

    #[test]
    fn a_journal_that_is_written_at_once_loses_nothing() {
        let mut journal = Journal::new(Writing::WrittenAtOnce);
        journal.sent(&sale(1, 500), 1, at(31));
        assert_eq!(journal.power_lost(at(32)), Loss::default());
        assert!(journal.open(1));
    }

    #[test]
    fn a_buffered_journal_forgets_what_is_newer_than_its_last_writing() {
        let mut journal = buffered();
        journal.sent(&sale(1, 500), 1, at(10));
        journal.settle(1, LineState::Approved, at(12));
        journal.sent(&sale(2, 700), 2, at(31));
        journal.give_up(2, ResponseCode::NO_ANSWER, at(40));
        journal.store(sale(3, 900), 3, at(45));
        let loss = journal.power_lost(at(50));
        assert_eq!((loss.requests, loss.reversals, loss.stored), (1, 1, 1));
        assert_eq!(loss.amount, Money(1_600));
        assert_eq!((journal.pending(), journal.first_stored()), (None, None));
        let kept: Vec<u32> = journal.lines().iter().map(|line| line.stan).collect();
        assert_eq!(kept, [1], "what was written is there");
        assert_eq!(journal.lost().len(), 2);
        // Nothing was changed since.
        assert_eq!(journal.power_lost(at(51)), Loss::default());
    }

    #[test]
    fn an_answer_that_was_not_written_leaves_an_open_request_that_is_taken_back() {
        let mut journal = buffered();
        journal.sent(&sale(1, 500), 1, at(29));
        journal.settle(1, LineState::Approved, at(31));
        journal.sent(&sale(2, 700), 2, at(40));
        assert_eq!(journal.power_lost(at(41)).requests, 1);
        assert_eq!(journal.reopened(), Some((1, Money(500))));
        assert_eq!(journal.undone().len(), 1);
        journal.give_up(1, ResponseCode::TERMINAL_FAILED, at(41));
        let reversal = journal.pending().expect("made from the request as it was written");
        assert_eq!((reversal.stan, reversal.amount, reversal.mti), (1, Money(500), Mti::Reversal));
    }

    #[test]
    fn what_was_written_in_time_stays() {
        let mut journal = buffered();
        journal.sent(&sale(1, 500), 1, at(10));
        assert_eq!(journal.power_lost(at(30)), Loss::default());
        assert!(journal.open(1));
    }
}
