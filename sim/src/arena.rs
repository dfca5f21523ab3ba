//! Where what is sent waits until it is handled: an event carries a slot, not the whole message.

use std::hash::Hash;

/// Place of a message in the arena of the cell that will receive it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Slot(u32);

/// Messages on their way into a cell. Freed slots are used again: nothing is allocated once the cell has seen its peak.
#[derive(Clone, Debug)]
pub struct Arena<P> {
    messages: Vec<P>,
    free: Vec<u32>,
}

impl<P> Default for Arena<P> {
    fn default() -> Self {
        Self { messages: Vec::new(), free: Vec::new() }
    }
}

impl<P: Copy + Hash> Arena<P> {
    /// Keeps a message.
    pub fn insert(&mut self, message: P) -> Slot {
        if let Some(slot) = self.free.pop() {
            self.messages[slot as usize] = message;
            return Slot(slot);
        }
        debug_assert!(self.messages.len() < u32::MAX as usize, "a slot's number has 32 bits");
        self.messages.push(message);
        Slot(self.messages.len() as u32 - 1)
    }

    /// Looks at a message.
    pub fn get(&self, slot: Slot) -> &P {
        &self.messages[slot.0 as usize]
    }

    /// Takes a message out; its slot may be used again.
    pub fn take(&mut self, slot: Slot) -> P {
        debug_assert!(self.free.len() < self.messages.len(), "more is taken out than was put in");
        debug_assert!(!self.free.contains(&slot.0), "a message is taken out once");
        self.free.push(slot.0);
        self.messages[slot.0 as usize]
    }

    /// Number of messages that wait.
    pub fn len(&self) -> usize {
        self.messages.len() - self.free.len()
    }
    /// True if none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_used_again() {
        let mut arena = Arena::default();
        let first = arena.insert(7u64);
        assert_eq!(arena.take(first), 7);
        assert_eq!(arena.insert(8), first);
        assert_eq!((arena.len(), arena.messages.len()), (1, 1));
    }
}
