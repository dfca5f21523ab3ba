//! A real gateway or host in the place of the simulated one: what crosses is passed on, written down and judged.
//!
//! Its own ledger cannot be seen. What crossed is held against the ledger of the terminals: it approved what it said that it
//! approved, and reversed what it said that it reversed.

use std::collections::BTreeMap;

use faults::Context;
use sim::{ActorId, Instant, Span};

use crate::Models;
use crate::money::Money;
use crate::platform::host::Posting;
use crate::wire::{ResponseCode, Iso, Mti, InterActorMessage};

/// What a real host did, in messages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Score {
    /// Handed out to it: sales, advices and reversals, repetitions included.
    pub asked: u64,
    /// Answers that were right and in time.
    pub right: u64,
    /// Answers that came when the terminal had given up, or its reversal had come already.
    pub late: u64,
    /// Answers whose card, amount, kind or currency is not the request's, or whose authentication code is wrong. No terminal
    /// takes them.
    pub wrong: u64,
    /// Answers that came more often than it had been asked.
    pub duplicate: u64,
    /// Answers to what nobody had asked: another terminal, trace number or message type.
    pub unknown: u64,
    /// Sales and advices that it never answered.
    pub missing: u64,
    /// Transactions that were to be reversed.
    pub reversals: u64,
    /// Of these, those that it never acknowledged.
    pub unacknowledged: u64,
}

/// One message and its answers.
#[derive(Clone, Copy, Debug, Default)]
struct Exchange {
    first: Option<Instant>,
    asked: u32,
    answered: u32,
}

/// One transaction of a terminal.
#[derive(Clone, Copy, Debug)]
struct Deal {
    /// As it was first handed out.
    iso: Iso,
    sale: Exchange,
    reversal: Exchange,
    approved: bool,
    reversed: bool,
}

/// What crossed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Real {
    deals: BTreeMap<(ActorId, u32), Deal>,
    score: Score,
}

impl Real {
    /// Hands out what terminals ask, passes on what was answered.
    pub(super) fn crosses(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        if iso.mti.asks() {
            self.asked(&iso, cx.now());
            cx.emit(InterActorMessage::Payment(iso));
        } else if let Some(via) = self.answered(&iso, cx.now(), cx.settings().policy.response_timeout) {
            let iso = Iso { via, ..iso };
            cx.post(iso.terminal, via.part(), Span::ZERO, InterActorMessage::Payment(iso));
        }
    }

    fn asked(&mut self, iso: &Iso, now: Instant) {
        self.score.asked += 1;
        let new = Deal {
            iso: *iso,
            sale: Exchange::default(),
            reversal: Exchange::default(),
            approved: false,
            reversed: false,
        };
        let deal = self.deals.entry((iso.terminal, iso.stan)).or_insert(new);
        let reverses = iso.mti == Mti::Reversal;
        let exchange = if reverses { &mut deal.reversal } else { &mut deal.sale };
        self.score.reversals += u64::from(reverses && exchange.asked == 0);
        exchange.first.get_or_insert(now);
        exchange.asked += 1;
        debug_assert!(exchange.first <= Some(now), "nothing is repeated before it was asked");
        // By whichever bearer it came last the terminal is reached.
        deal.iso.via = iso.via;
    }

    /// Judges an answer. The bearer by which it goes to its terminal; `None` if no terminal would take it.
    fn answered(&mut self, iso: &Iso, now: Instant, patience: Span) -> Option<crate::wire::Via> {
        let Self { deals, score } = self;
        let reverses = iso.mti == Mti::ReversalResponse;
        let known = deals.get_mut(&(iso.terminal, iso.stan));
        let asked = known.filter(|it| if reverses { it.reversal.asked > 0 } else { it.sale.asked > 0 });
        let Some(deal) = asked else {
            score.unknown += 1;
            return None;
        };
        let was = deal.iso;
        let kind = reverses || was.mti.response() == iso.mti;
        let same = (was.pan, was.amount, was.processing, was.currency)
            == (iso.pan, iso.amount, iso.processing, iso.currency);
        if !kind || !same || iso.mac != iso.seal() {
            score.wrong += 1;
            return None;
        }
        let given_up = !reverses && deal.reversal.asked > 0;
        let exchange = if reverses { &mut deal.reversal } else { &mut deal.sale };
        exchange.answered += 1;
        debug_assert!(exchange.first.is_some_and(|first| first <= now), "what is answered was asked");
        let took = exchange.first.map_or(Span::ZERO, |first| now.since(first));
        let counted = match () {
            () if exchange.answered > exchange.asked => &mut score.duplicate,
            () if given_up || took > patience => &mut score.late,
            () => &mut score.right,
        };
        *counted += 1;
        let approved = iso.code == ResponseCode::APPROVED;
        if reverses {
            deal.reversed |= approved;
        } else {
            deal.approved |= approved;
        }
        Some(was.via)
    }

    /// What it did, up to a moment: what was asked shortly before may still be answered.
    pub(crate) fn score(&self, until: Instant, patience: Span) -> Score {
        let open = |it: &Exchange| {
            it.answered == 0 && it.first.is_some_and(|first| until.since(first) > patience)
        };
        let count = |which: fn(&Deal) -> &Exchange| {
            self.deals.values().filter(|deal| open(which(deal))).count() as u64
        };
        let (missing, unacknowledged) = (count(|it| &it.sale), count(|it| &it.reversal));
        Score { missing, unacknowledged, ..self.score }
    }

    /// What it said that it approved and reversed of one terminal: trace number, posting.
    pub(crate) fn ledger_of(&self, terminal: ActorId) -> impl Iterator<Item = (u32, Posting)> {
        let own = self.deals.range((terminal, 0)..=(terminal, u32::MAX));
        own.filter(|(_, deal)| deal.approved).map(|((_, stan), deal)| {
            (*stan, Posting { amount: deal.iso.amount.into(), taken: 1, reversed: deal.reversed })
        })
    }

    /// Approved and not reversed, of one terminal.
    pub(super) fn booked(&self, terminal: ActorId) -> Money {
        let stands = self.ledger_of(terminal).filter(|(_, posting)| !posting.reversed);
        let sum = stands.fold(Money::ZERO, |sum, (_, posting)| sum + posting.amount.money());
        debug_assert!(sum >= Money::ZERO, "a gateway owes no terminal: {sum}");
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Span = Span::secs(60);

    fn at(seconds: u64) -> Instant {
        Instant::START + Span::secs(seconds)
    }

    fn sale(stan: u32) -> Iso {
        Iso { stan, amount: Money(1_250), currency: 156, terminal: ActorId(3), ..Iso::default() }
    }

    fn answer(to: &Iso) -> Iso {
        let mut iso = Iso { mti: to.mti.response(), code: ResponseCode::APPROVED, ..*to };
        iso.mac = iso.seal();
        iso
    }

    #[test]
    fn every_answer_is_judged_once() {
        let mut real = Real::default();
        let sales = [1, 2, 3, 4, 5].map(sale);
        sales.iter().for_each(|it| real.asked(it, at(10)));
        let reversal = Iso { mti: Mti::Reversal, ..sale(2) };
        real.asked(&reversal, at(30));
        let hears = |real: &mut Real, iso: Iso, now| real.answered(&iso, at(now), PATIENCE).is_some();
        assert!(hears(&mut real, answer(&sales[0]), 11), "right");
        assert!(hears(&mut real, answer(&sales[0]), 12), "once more than it was asked");
        assert!(hears(&mut real, answer(&sales[1]), 31), "its reversal has come");
        assert!(hears(&mut real, answer(&sales[2]), 71), "the terminal has given up");
        let mut wrong = Iso { amount: Money(1), ..answer(&sales[3]) };
        wrong.mac = wrong.seal();
        assert!(!hears(&mut real, wrong, 13), "another amount");
        assert!(!hears(&mut real, Iso { mac: 0, ..answer(&sales[3]) }, 13), "a wrong code");
        let kind = Iso { mti: Mti::AdviceResponse, ..answer(&sales[3]) };
        assert!(!hears(&mut real, Iso { mac: kind.seal(), ..kind }, 13), "another kind");
        assert!(!hears(&mut real, answer(&sale(9)), 13), "nobody asked");
        assert!(!hears(&mut real, Iso { mti: Mti::ReversalResponse, ..answer(&sales[0]) }, 13));
        let told = Score {
            asked: 6,
            right: 1,
            late: 2,
            wrong: 3,
            duplicate: 1,
            unknown: 2,
            missing: 2,
            reversals: 1,
            unacknowledged: 1,
        };
        assert_eq!(real.score(at(100), PATIENCE), told);
        assert_eq!(real.score(at(70), PATIENCE).missing, 0, "it may still answer");
        assert_eq!(real.booked(ActorId(3)), Money(3 * 1_250));
        assert!(hears(&mut real, answer(&reversal), 80));
        assert_eq!(real.booked(ActorId(3)), Money(2 * 1_250));
        assert_eq!(real.booked(ActorId(2)), Money::ZERO);
    }
}
