//! Who acts: an entity with all its components, and the cell that holds it.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

/// Stable identity of an actor: its place in the world, never an ECS handle. Grouped actors come first, then single ones.
#[derive(
    Clone,
    Component,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct ActorId(pub u32);

/// The most actors a run can have: an event's key keeps 24 bits for its sender, and one number is for the outside.
pub const MOST_ACTORS: u32 = (1 << 24) - 1;

/// The sender of what comes into the world from outside: a device on a bench, a program, a recording of one.
pub const OUTSIDE: ActorId = ActorId(MOST_ACTORS);

/// How actors are dealt to cells: the many in blocks of equal size (*grouped*), each busy one in a cell of its own (*single*),
/// or all of them in one cell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Layout {
    grouped: u32,
    single: u32,
    /// So many are dealt in blocks: the grouped ones, or all.
    in_blocks: u32,
    shift: u32,
}

impl Layout {
    /// A layout with `cell_size` grouped actors a cell.
    ///
    /// # Panics
    /// If `cell_size` is not a power of two, or there are more than [`MOST_ACTORS`] actors.
    pub fn new(grouped: u32, single: u32, cell_size: u32) -> Self {
        assert!(cell_size.is_power_of_two(), "a cell's size is a power of two, not {cell_size}");
        assert!(grouped.saturating_add(single) <= MOST_ACTORS, "more than {MOST_ACTORS} actors");
        Self { grouped, single, in_blocks: grouped, shift: cell_size.trailing_zeros() }
    }

    /// A layout of one cell, for a run on one thread: with nobody outside the cell, it goes from event to event without windows.
    ///
    /// # Panics
    /// If there are more than [`MOST_ACTORS`] actors.
    pub fn together(grouped: u32, single: u32) -> Self {
        let all = grouped.saturating_add(single);
        assert!(all <= MOST_ACTORS, "more than {MOST_ACTORS} actors");
        Self { grouped, single, in_blocks: all, shift: all.next_power_of_two().trailing_zeros() }
    }

    /// How many cells there are.
    pub fn cells(self) -> usize {
        debug_assert!(self.in_blocks <= self.actors(), "who is in a block is an actor");
        (self.blocks() + (self.actors() - self.in_blocks)) as usize
    }

    fn blocks(self) -> u32 {
        // In 64 bits, so that a large cell cannot overflow the sum.
        ((u64::from(self.in_blocks) + (1u64 << self.shift) - 1) >> self.shift) as u32
    }

    /// How many actors there are.
    pub fn actors(self) -> u32 {
        self.grouped + self.single
    }

    /// How many grouped actors there are.
    pub fn grouped(self) -> u32 {
        self.grouped
    }

    /// The cell that holds an actor.
    #[inline]
    pub fn cell_of(self, actor: ActorId) -> usize {
        debug_assert!(actor.0 < self.actors(), "actor {} is none of this layout", actor.0);
        if actor.0 < self.in_blocks {
            (actor.0 >> self.shift) as usize
        } else {
            (self.blocks() + (actor.0 - self.in_blocks)) as usize
        }
    }

    /// The first actor of a cell and how many it holds.
    pub fn members(self, cell: usize) -> (ActorId, u32) {
        debug_assert!(cell < self.cells(), "cell {cell} is none of this layout");
        let cell = cell as u32;
        if cell < self.blocks() {
            let first = cell << self.shift;
            debug_assert!(first < self.in_blocks, "every block has members");
            (ActorId(first), (self.in_blocks - first).min(1 << self.shift))
        } else {
            (ActorId(self.in_blocks + cell - self.blocks()), 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agenda::EventKey;
    use crate::identity::Identities;

    #[test]
    fn ten_million_actors_fit() {
        let layout = Layout::new(10_000_000, 20, 131_072);
        let identities = Identities::of([(ActorId(0), "many"), (ActorId(10_000_000), "hubs")]);
        let some = [0, 131_071, 131_072, 9_999_999, 10_000_000, 10_000_019].map(ActorId);
        for actor in some {
            let (first, count) = layout.members(layout.cell_of(actor));
            assert!((first.0..first.0 + count).contains(&actor.0));
            let key = EventKey::new(actor, (1 << 40) - 1);
            assert_eq!((key.from(), key.sequence()), (actor, (1 << 40) - 1));
        }
        assert!(some.is_sorted_by_key(|it| EventKey::new(*it, 1)));
        assert!(EventKey::new(some[5], (1 << 40) - 1) < EventKey::new(OUTSIDE, 0));
        let mut all: Vec<_> = (0..1_000_000).map(|it| identities.get(ActorId(it * 10))).collect();
        all.sort_unstable();
        assert!(all.is_sorted_by(|a, b| a < b), "two actors are one");
    }

    #[test]
    #[should_panic(expected = "more than")]
    fn more_actors_than_keys_can_tell_apart_are_refused() {
        let _ = Layout::new(MOST_ACTORS, 1, 64);
    }

    #[test]
    fn every_actor_is_in_the_cell_that_lists_it() {
        let dealt = [1, 64, 4096].map(|size| Layout::new(130, 3, size));
        assert_eq!(Layout::together(130, 3).cells(), 1);
        for layout in dealt.into_iter().chain([Layout::together(130, 3), Layout::together(0, 0)]) {
            let mut seen = 0;
            for cell in 0..layout.cells() {
                let (first, count) = layout.members(cell);
                for actor in first.0..first.0 + count {
                    assert_eq!(layout.cell_of(ActorId(actor)), cell);
                    seen += 1;
                }
            }
            assert_eq!(seen, layout.actors());
        }
    }
}
