//! Who an actor is, wherever it stands.
//!
//! An actor has two numbers. Its [`ActorId`] is dense: it says where its state is kept, and orders events of one instant. Its
//! [`Identity`] names its random numbers, and enters the fingerprint: it is made of the name of the group that the actor
//! belongs to and its number in that group, so that another group that comes, goes or grows moves no draw of this one.

use std::sync::Arc;

use crate::actor::{ActorId, OUTSIDE};
use crate::random::mix;

/// Names an actor's random numbers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Identity(pub(crate) u64);

impl Identity {
    /// The `n`-th of the actors that belong together under this name.
    pub const fn of(group: &str, n: u32) -> Self {
        Self::member(name_of(group), n)
    }

    /// An actor that is known by its number alone.
    pub const fn numbered(n: u32) -> Self {
        Self(n as u64)
    }

    const fn member(group: u64, n: u32) -> Self {
        Self(mix(group ^ (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// As a number, for names that are made of several things.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The hash of a group's name (FNV-1a, 64 bits).
const fn name_of(group: &str) -> u64 {
    crate::random::Purpose::of(group).number()
}

/// A stretch of actors that belong together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Range {
    first: u32,
    group: u64,
}

/// The identities of a run's actors. Those of no group are known by their numbers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Identities {
    ranges: Arc<[Range]>,
}

impl Identities {
    /// Groups by the number of their first actor and their name; the last one goes on to the last actor.
    ///
    /// # Panics
    /// If they are not in the order of their first actors, or two have one name.
    pub fn of<'a>(groups: impl IntoIterator<Item = (ActorId, &'a str)>) -> Self {
        let ranges: Vec<Range> = groups
            .into_iter()
            .map(|(first, name)| Range { first: first.0, group: name_of(name) })
            .collect();
        assert!(ranges.is_sorted_by_key(|it| it.first), "groups come in the order of their actors");
        let mut names: Vec<u64> = ranges.iter().map(|it| it.group).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "two groups have one name, or its hash");
        Self { ranges: ranges.into() }
    }

    /// Who this actor is.
    pub fn get(&self, actor: ActorId) -> Identity {
        let after = self.ranges.partition_point(|it| it.first <= actor.0);
        match after.checked_sub(1) {
            Some(at) if actor != OUTSIDE => {
                let Range { first, group } = self.ranges[at];
                Identity::member(group, actor.0 - first)
            }
            _ => Identity::numbered(actor.0),
        }
    }

    /// Those of the first `actors` actors; an empty list if everybody is known by number.
    pub(crate) fn listed(&self, actors: u32) -> Arc<[Identity]> {
        let actors = if self.ranges.is_empty() { 0 } else { actors };
        (0..actors).map(|it| self.get(ActorId(it))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_depends_on_the_group_and_the_place_in_it_alone() {
        let id = |n| ActorId(n);
        let before = Identities::of([(id(0), "cafes"), (id(10), "shops")]);
        let after = Identities::of([(id(0), "cafes"), (id(25), "kiosks"), (id(30), "shops")]);
        for n in 0..10 {
            assert_eq!(before.get(id(n)), after.get(id(n)));
            assert_eq!(before.get(id(10 + n)), after.get(id(30 + n)));
            assert_eq!(before.get(id(10 + n)), Identity::of("shops", n));
        }
        assert_ne!(before.get(id(0)), before.get(id(10)));
        assert_eq!(Identities::default().get(id(7)), Identity::numbered(7));
        assert_eq!(before.get(OUTSIDE), Identity::numbered(OUTSIDE.0));
    }

    #[test]
    #[should_panic(expected = "two groups have one name")]
    fn a_name_names_one_group() {
        let _ = Identities::of([(ActorId(0), "shops"), (ActorId(3), "shops")]);
    }
}
