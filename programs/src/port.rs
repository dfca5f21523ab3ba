//! Where something else can stand in the place of a simulated part.

use models::Part;
use serde::{Deserialize, Serialize};
use sim::ActorId;

/// A part of an actor, in whose place something real stands.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Port {
    /// Whose.
    pub actor: ActorId,
    /// Which of its parts, by its place in the catalogue's list.
    part: u8,
}

impl Port {
    /// The port of a part.
    pub fn new(actor: ActorId, part: Part) -> Self {
        Self { actor, part: part.into() }
    }
    /// The port of an emission; `None` if no part has this number.
    pub fn of(actor: ActorId, part: u8) -> Option<Self> {
        (usize::from(part) < Part::ALL.len()).then_some(Self { actor, part })
    }
    /// Its part.
    pub fn part(self) -> Option<Part> {
        Part::ALL.get(usize::from(self.part)).copied()
    }
    /// Its part's number.
    pub fn number(self) -> u8 {
        self.part
    }
}
