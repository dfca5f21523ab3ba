//! Who acts: a terminal with all its parts, or a hub that serves many.

use bevy_ecs::component::Component;
use serde::{Deserialize, Serialize};

/// Stable identity of an actor: its place in the fleet, never an ECS handle. Terminals come first, then hubs.
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

/// How actors are dealt to cells: terminals in blocks of equal size, each hub in a cell of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Layout {
    terminals: u32,
    hubs: u32,
    shift: u32,
}

impl Layout {
    /// A layout with `cell_size` terminals a cell.
    ///
    /// # Panics
    /// If `cell_size` is not a power of two, or there are more than [`MOST_ACTORS`] actors.
    pub fn new(terminals: u32, hubs: u32, cell_size: u32) -> Self {
        assert!(cell_size.is_power_of_two(), "a cell's size is a power of two, not {cell_size}");
        assert!(terminals.saturating_add(hubs) <= MOST_ACTORS, "more than {MOST_ACTORS} actors");
        Self { terminals, hubs, shift: cell_size.trailing_zeros() }
    }

    /// How many cells there are.
    pub fn cells(self) -> usize {
        (self.terminal_cells() + self.hubs) as usize
    }

    fn terminal_cells(self) -> u32 {
        // In 64 bits, so that a large cell cannot overflow the sum.
        ((u64::from(self.terminals) + (1u64 << self.shift) - 1) >> self.shift) as u32
    }

    /// How many actors there are.
    pub fn actors(self) -> u32 {
        self.terminals + self.hubs
    }

    /// How many terminals there are.
    pub fn terminals(self) -> u32 {
        self.terminals
    }

    /// The cell that holds an actor.
    #[inline]
    pub fn cell_of(self, actor: ActorId) -> usize {
        if actor.0 < self.terminals {
            (actor.0 >> self.shift) as usize
        } else {
            (self.terminal_cells() + (actor.0 - self.terminals)) as usize
        }
    }

    /// The first actor of a cell and how many it holds.
    pub fn members(self, cell: usize) -> (ActorId, u32) {
        let cell = cell as u32;
        if cell < self.terminal_cells() {
            let first = cell << self.shift;
            (ActorId(first), (self.terminals - first).min(1 << self.shift))
        } else {
            (ActorId(self.terminals + cell - self.terminal_cells()), 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_is_in_the_cell_that_lists_it() {
        for size in [1, 64, 4096] {
            let layout = Layout::new(130, 3, size);
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
