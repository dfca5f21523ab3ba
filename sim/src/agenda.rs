//! A cell's future, in order: a hierarchical timing wheel.
//!
//! 64 slots a level, the lowest slot about four milliseconds wide. A slot of the lowest level is sorted when it is entered;
//! what is added to the slot under way goes to a small heap that is merged on the way out. A slot of a higher level is dealt
//! to the slots below it, or sorted as it is if it holds few. The cost of a hold is flat
//! in the number of pending events, where a binary heap's grows (30 against 400 ns at a million).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::actor::{ActorId, MOST_ACTORS};
use crate::time::Instant;

/// Bits of a key that count the sender's events; the 24 above them are the sender.
const SEQUENCE_BITS: u32 = 40;
/// Width of a slot of the lowest level: 2^22 ns, about four milliseconds.
const TICK_BITS: u32 = 22;
const SLOTS: usize = 64;
/// Slots are entered together until so many events are in hand: their memory is then asked for all at once.
const HANDFUL: usize = 32;
/// Slots of higher levels than this one, 17 seconds wide, are never under way as a whole: what is added meanwhile goes to a
/// heap, which must stay small.
const HIGHEST_AT_ONCE: usize = 2;
/// So few events and their actors are near the processor anyway.
const NEAR: usize = 4_096;
/// A slot of this level is used again after 20 hours, its 64 slots hold a day, and the events in it are many.
const SLOW: usize = 3;
/// 64^8 ticks of 2^22 ns are more than the 2^64 ns of all time.
const LEVELS: usize = 8;

/// What orders events at the same instant: the sender, then the sender's own count.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EventKey(u64);

impl EventKey {
    /// The key of a sender's event number `sequence`.
    #[inline]
    pub fn new(from: ActorId, sequence: u64) -> Self {
        debug_assert!(sequence < 1 << SEQUENCE_BITS, "an actor sends at most 2^40 events");
        debug_assert!(from.0 <= MOST_ACTORS, "a sender's number has 24 bits");
        Self(u64::from(from.0) << SEQUENCE_BITS | sequence & ((1 << SEQUENCE_BITS) - 1))
    }
    /// Who sent the event.
    pub fn from(self) -> ActorId {
        ActorId((self.0 >> SEQUENCE_BITS) as u32)
    }
    /// The sender's count of events before this one.
    pub fn sequence(self) -> u64 {
        self.0 & ((1 << SEQUENCE_BITS) - 1)
    }
}

/// One event that is due.
#[derive(Clone, Copy, Debug)]
pub struct ScheduledEvent<E> {
    /// When.
    pub at: Instant,
    /// What orders it among those of the same instant.
    pub key: EventKey,
    /// To whom.
    pub to: ActorId,
    /// What.
    pub event: E,
}

impl<E> ScheduledEvent<E> {
    #[inline]
    fn order(&self) -> (u64, u64) {
        (self.at.0, self.key.0)
    }
}

impl<E> PartialEq for ScheduledEvent<E> {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}
impl<E> Eq for ScheduledEvent<E> {}
impl<E> PartialOrd for ScheduledEvent<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for ScheduledEvent<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// The slots of one level.
type Level<E> = Box<[Vec<ScheduledEvent<E>>; SLOTS]>;

/// The pending events of a cell.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    /// The tick under way: everything before it is in `current`, `late` or gone.
    tick: u64,
    /// Slots of each level, made when first used: a cell of one actor stays small.
    levels: [Option<Level<E>>; LEVELS],
    occupied: [u64; LEVELS],
    /// The tick under way, in descending order: the next event is the last.
    current: Vec<ScheduledEvent<E>>,
    /// What was added to the tick under way, or before it.
    late: BinaryHeap<Reverse<ScheduledEvent<E>>>,
    len: usize,
    /// True from when a slot is entered until somebody has looked at it.
    entered: bool,
}

impl<E: Copy> Default for Agenda<E> {
    fn default() -> Self {
        Self {
            tick: 0,
            levels: [const { None }; LEVELS],
            occupied: [0; LEVELS],
            current: Vec::new(),
            late: BinaryHeap::new(),
            len: 0,
            entered: false,
        }
    }
}

impl<E: Copy> Agenda<E> {
    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.len
    }
    /// True if nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an event.
    #[inline]
    pub fn push(&mut self, entry: ScheduledEvent<E>) {
        self.len += 1;
        let tick = entry.at.0 >> TICK_BITS;
        if tick <= self.tick {
            self.late.push(Reverse(entry));
        } else {
            self.place(tick, entry);
        }
    }

    /// Puts an event into the slot of the highest digit in which its tick differs from the one under way.
    #[inline]
    fn place(&mut self, tick: u64, entry: ScheduledEvent<E>) {
        debug_assert!(tick > self.tick, "what is due in the slot under way is not put off");
        let level = ((63 - (tick ^ self.tick).leading_zeros()) / 6) as usize;
        let slot = (tick >> (6 * level)) as usize % SLOTS;
        self.occupied[level] |= 1 << slot;
        let slots =
            self.levels[level].get_or_insert_with(|| Box::new([const { Vec::new() }; SLOTS]));
        slots[slot].push(entry);
    }

    /// Takes the next event that is due before `limit`.
    #[inline]
    pub fn pop_before(&mut self, limit: Instant) -> Option<ScheduledEvent<E>> {
        debug_assert!(
            self.len >= self.current.len() + self.late.len(),
            "what is in hand is counted"
        );
        loop {
            // Nearly always nothing was added to the slots under way.
            if self.late.is_empty()
                && let Some(next) = self.current.last()
            {
                if next.at >= limit {
                    return None;
                }
                self.len -= 1;
                return self.current.pop();
            }
            let late = self.late.peek().map(|Reverse(entry)| entry);
            let from_late = match (late, self.current.last()) {
                (None, None) => {
                    if !self.advance(limit) {
                        return None;
                    }
                    continue;
                }
                (Some(late), Some(current)) => late < current,
                (late, _) => late.is_some(),
            };
            let next = if from_late { late } else { self.current.last() };
            if next.is_none_or(|entry| entry.at >= limit) {
                return None;
            }
            self.len -= 1;
            return if from_late {
                self.late.pop().map(|Reverse(entry)| entry)
            } else {
                self.current.pop()
            };
        }
    }

    /// What is left of the slot under way, if it was entered since the last call.
    #[inline]
    pub(crate) fn entered(&mut self) -> Option<&[ScheduledEvent<E>]> {
        std::mem::take(&mut self.entered).then_some(&*self.current)
    }

    /// Enters the next occupied slots that begin before `limit`, until a handful of events is in hand.
    fn advance(&mut self, limit: Instant) -> bool {
        if !self.enter(limit) {
            return false;
        }
        let handful = if self.len > NEAR { HANDFUL } else { 1 };
        while self.current.len() < handful && self.enter(limit) {}
        if self.current.len() > 1 {
            self.current.sort_unstable_by(|a, b| b.cmp(a));
        }
        debug_assert!(self.current.is_sorted_by(|a, b| a > b), "the next is taken from the end");
        self.entered = true;
        true
    }

    /// Enters the next occupied slot, if it begins before `limit`.
    fn enter(&mut self, limit: Instant) -> bool {
        let Some((level, tick)) = self.next_slot() else { return false };
        if tick << TICK_BITS >= limit.0 {
            return false;
        }
        debug_assert!(tick >= self.tick, "the wheel does not turn back");
        self.tick = tick;
        let slot = (tick >> (6 * level)) as usize % SLOTS;
        self.occupied[level] &= !(1 << slot);
        let Some(slots) = &mut self.levels[level] else { return false };
        if level > 0 && level <= HIGHEST_AT_ONCE && slots[slot].len() < SLOTS {
            // Fewer events than slots below: all are in hand at once, and the whole slot is under way.
            self.current.append(&mut slots[slot]);
            self.tick = tick | ((1 << (6 * level)) - 1);
        } else if level == 0 && self.current.is_empty() {
            std::mem::swap(&mut self.current, &mut slots[slot]);
        } else if level == 0 {
            self.current.append(&mut slots[slot]);
        } else {
            // Its vector is lent out and given back empty, so that its room is used again: soon, unless the level is so high
            // that the room of one slot after another would wait for hours.
            let mut moving = std::mem::take(&mut slots[slot]);
            for entry in moving.drain(..) {
                let tick = entry.at.0 >> TICK_BITS;
                if tick <= self.tick {
                    self.current.push(entry);
                } else {
                    self.place(tick, entry);
                }
            }
            if level < SLOW
                && let Some(slots) = &mut self.levels[level]
            {
                slots[slot] = moving;
            }
        }
        true
    }

    /// The level of the next occupied slot and the tick at which it begins.
    fn next_slot(&self) -> Option<(usize, u64)> {
        (0..LEVELS).find_map(|level| {
            let shift = 6 * level as u32;
            let digit = self.tick >> shift & 63;
            let after = if digit == 63 { 0 } else { self.occupied[level] & (!0 << (digit + 1)) };
            let slot = u64::from(after.trailing_zeros());
            let above = self.tick.checked_shr(shift + 6).unwrap_or(0);
            let above = above.checked_shl(shift + 6).unwrap_or(0);
            (after != 0).then_some((level, above | slot << shift))
        })
    }

    /// No event is due before this moment; the next one may be later.
    pub fn quiet_until(&self) -> Instant {
        let late = self.late.peek().map_or(Instant::NEVER, |Reverse(entry)| entry.at);
        let current = self.current.last().map_or(Instant::NEVER, |entry| entry.at);
        if late.min(current) < Instant::NEVER {
            return late.min(current);
        }
        self.next_slot().map_or(Instant::NEVER, |(_, tick)| Instant(tick << TICK_BITS))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(at: u64, sequence: u64) -> ScheduledEvent<u32> {
        ScheduledEvent {
            at: Instant(at),
            key: EventKey::new(ActorId(3), sequence),
            to: ActorId(0),
            event: 0,
        }
    }

    #[test]
    fn a_tie_gives_back_what_it_was_made_of() {
        let key = EventKey::new(ActorId(0xff_ffff), (1 << 40) - 1);
        assert_eq!((key.from(), key.sequence()), (ActorId(0xff_ffff), (1 << 40) - 1));
    }

    proptest! {
        /// Whatever is pushed when, it comes out as from a sorted list, and never before its time.
        #[test]
        fn events_leave_in_the_order_of_time_and_tie(
            steps in prop::collection::vec((0u64..5, 0u64..u64::MAX >> 4, 1u64..40), 1..200),
        ) {
            let mut agenda = Agenda::default();
            let mut model = std::collections::BTreeSet::new();
            let (mut now, mut sequence) = (0u64, 0);
            for (pushes, far, near) in steps {
                for n in 0..pushes {
                    let delay = if n % 2 == 0 { far >> (near + 8) } else { near * 100_000 };
                    agenda.push(entry(now + delay, sequence));
                    model.insert((now + delay, sequence));
                    sequence += 1;
                }
                let limit = now + near * 300_000;
                while let Some(got) = agenda.pop_before(Instant(limit)) {
                    let want = model.pop_first().expect("the model has as many");
                    prop_assert_eq!((got.at.0, got.key.sequence()), want);
                    now = now.max(got.at.0);
                }
                prop_assert!(model.first().is_none_or(|first| first.0 >= limit));
                prop_assert!(model.first().is_none_or(|first| agenda.quiet_until().0 <= first.0));
                prop_assert_eq!(agenda.len(), model.len());
                now = now.max(limit);
            }
        }
    }
}
