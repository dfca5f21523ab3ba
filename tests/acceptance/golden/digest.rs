//! The outcome digest: what a run was, in numbers that outlive every name.

use faults::NATURAL;
use models::wire::ResponseCode;
use models::{Fact, Money};
use sim::{ActorId, Instant, Span};

use super::facts;

/// A hash over words. Each value is folded as a word of its own, so that no two lists of values give the same bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest(blake3::Hasher);

impl Digest {
    /// Folds a count or a number.
    pub(crate) fn put(&mut self, word: impl Into<u64>) -> &mut Self {
        self.0.update(&word.into().to_le_bytes());
        self
    }
    /// Folds an amount.
    pub(crate) fn signed(&mut self, word: i64) -> &mut Self {
        self.0.update(&word.to_le_bytes());
        self
    }
    /// Folds a measure, to the bit.
    pub(crate) fn real(&mut self, value: f64) -> &mut Self {
        self.put(value.to_bits())
    }
    /// Folds something that need not be there: whether it is, then what it is.
    pub(crate) fn maybe<T>(
        &mut self,
        value: Option<T>,
        fold: impl FnOnce(&mut Self, T),
    ) -> &mut Self {
        self.put(value.is_some());
        if let Some(value) = value {
            fold(self, value);
        }
        self
    }
    /// Folds things whose order is that of the list of models, or of names, which is not to matter.
    pub(crate) fn bag<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        fold: impl Fn(&mut Self, T),
    ) -> &mut Self {
        let one = |item| {
            let mut digest = Self::default();
            fold(&mut digest, item);
            *digest.0.finalize().as_bytes()
        };
        let mut digests: Vec<[u8; 32]> = items.into_iter().map(one).collect();
        digests.sort_unstable();
        self.put(digests.len() as u64);
        for digest in digests {
            self.0.update(&digest);
        }
        self
    }
    pub(crate) fn time(&mut self, at: Instant) -> &mut Self {
        self.put(at.0)
    }
    pub(crate) fn span(&mut self, span: Span) -> &mut Self {
        self.put(span.0)
    }
    pub(crate) fn money(&mut self, amount: Money) -> &mut Self {
        self.signed(amount.0)
    }
    /// Folds who it was. Today that is the place in the order of all actors.
    pub(crate) fn actor(&mut self, actor: ActorId) -> &mut Self {
        self.put(actor.0)
    }
    /// Folds a response code: its two characters.
    pub(crate) fn code(&mut self, ResponseCode([first, second]): ResponseCode) -> &mut Self {
        self.put(u64::from(first) << 8 | u64::from(second))
    }
    /// Folds which entry of the scenario a fault comes from: 0 if from none, however that is written.
    pub(crate) fn plan(&mut self, plan: u16) -> &mut Self {
        self.put(if plan == NATURAL { 0 } else { u64::from(plan) + 1 })
    }
    /// Half of the hash: as much as anybody compares by eye.
    pub(crate) fn text(&self) -> String {
        self.0.finalize().to_hex()[..32].to_owned()
    }
}

/// Folds facts as they come, in the order of (time, actor, sequence).
#[derive(Debug, Default)]
pub(crate) struct Facts {
    digest: Digest,
    last: Option<(Instant, ActorId, u32)>,
    count: u64,
}

impl Facts {
    /// Folds the next facts: all of a run, or those of one window after another.
    pub(crate) fn take<'a>(&mut self, facts: impl IntoIterator<Item = &'a Fact>) {
        for fact in facts {
            let place = (fact.at, fact.who, fact.sequence);
            assert!(self.last < Some(place), "{fact:?} comes after {:?}", self.last);
            self.last = Some(place);
            self.count += 1;
            self.digest.time(fact.at).actor(fact.who);
            facts::fold(&mut self.digest, &fact.what);
        }
    }
    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
    /// All have been folded.
    pub(crate) fn finish(mut self) -> Digest {
        let count = self.count;
        self.digest.put(count);
        self.digest
    }
}
