//! What a run leaves behind: events, if they were asked for, and facts.

use std::fmt;

use crate::actor::ActorId;
use crate::agenda::EventKey;
use crate::time::Instant;

/// Which handled events a run keeps. Facts are always kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Keep {
    /// None: the fingerprint alone.
    #[default]
    Nothing,
    /// All of them.
    Everything,
    /// Those of these actors, sorted.
    Actors(Vec<ActorId>),
}

impl Keep {
    pub(crate) fn wants(&self, actor: ActorId) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Actors(actors) => {
                debug_assert!(actors.is_sorted(), "what is looked for by halves is sorted");
                actors.binary_search(&actor).is_ok()
            }
        }
    }
}

/// One handled event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RecordedEvent<E> {
    /// When.
    pub at: Instant,
    /// Who sent it, and the sender's count.
    pub key: EventKey,
    /// Who handled it.
    pub who: ActorId,
    /// What it was.
    pub what: E,
    /// Hash of what it carried, its message included.
    pub digest: u64,
}

/// Something that happened, in the past tense: the material of every measure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fact<F> {
    /// When.
    pub at: Instant,
    /// Where.
    pub who: ActorId,
    /// This actor's facts before this one.
    pub sequence: u32,
    /// What.
    pub what: F,
}

/// Something that one part of an actor hands out of the world, for what stands outside in its place. It is no event: the
/// fingerprint does not know of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Emission<P> {
    /// When.
    pub at: Instant,
    /// By whom.
    pub who: ActorId,
    /// By which of its parts.
    pub port: u8,
    /// What.
    pub message: P,
}

/// Where two kept records part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference<E> {
    /// Place in the list, in the order of (time, who, key).
    pub index: usize,
    /// The record of the first run, unless it ended earlier.
    pub first: Option<RecordedEvent<E>>,
    /// The record of the second run, unless it ended earlier.
    pub second: Option<RecordedEvent<E>>,
}

/// The first event that two runs do not share; `None` if they are the same.
pub fn first_difference<E: Copy + PartialEq>(
    first: &[RecordedEvent<E>],
    second: &[RecordedEvent<E>],
) -> Option<Difference<E>> {
    let in_order = |all: &[RecordedEvent<E>]| all.is_sorted_by_key(|it| it.at);
    debug_assert!(in_order(first) && in_order(second), "records come in the order of time");
    let shared = first.iter().zip(second).take_while(|(a, b)| a == b).count();
    (shared < first.len().max(second.len())).then(|| Difference {
        index: shared,
        first: first.get(shared).copied(),
        second: second.get(shared).copied(),
    })
}

impl<E: fmt::Debug> fmt::Display for Difference<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} differs:", self.index)?;
        for (name, record) in [("first", &self.first), ("second", &self.second)] {
            match record {
                Some(r) => write!(
                    f,
                    "\n  {name}: {} actor {} from actor {} number {}: {:?} [{:016x}]",
                    r.at,
                    r.who.0,
                    r.key.from().0,
                    r.key.sequence(),
                    r.what,
                    r.digest
                )?,
                None => write!(f, "\n  {name}: has ended")?,
            }
        }
        Ok(())
    }
}
