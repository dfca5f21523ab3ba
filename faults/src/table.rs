//! What the components of a catalogue declare, gathered into one table.

use sim::stable_id;

/// Something that a component declares under a name.
pub trait Declared: Sync + 'static {
    /// Its name in records and reports, in lower case with hyphens.
    fn name(&self) -> &'static str;
    /// Where it stands in lists: those of one rank stand in the order of the components.
    fn rank(&self) -> u16 {
        u16::MAX
    }
}

/// All that the components declare of one kind.
#[derive(Debug)]
pub struct Table<T: 'static> {
    all: Vec<&'static T>,
    /// Stable ids of names and places in `all`, by id.
    by_id: Vec<(u32, usize)>,
}

impl<T: Declared> Table<T> {
    /// Puts together what is shared and what each component declares.
    ///
    /// # Panics
    ///
    /// If two are declared under one name, or under names that have one id.
    pub fn gather(declared: impl IntoIterator<Item = &'static [T]>) -> Self {
        let mut all: Vec<&'static T> = declared.into_iter().flatten().collect();
        assert!(all.iter().all(|it| !it.name().is_empty()), "what is declared has a name");
        all.sort_by_key(|it| it.rank());
        let ids = all.iter().enumerate().map(|(at, it)| (stable_id(it.name()), at));
        let mut by_id: Vec<_> = ids.collect();
        by_id.sort_unstable();
        for pair in by_id.windows(2) {
            let (one, other) = (all[pair[0].1].name(), all[pair[1].1].name());
            assert_ne!(pair[0].0, pair[1].0, "{one} and {other} are one to the catalogue");
        }
        Self { all, by_id }
    }
    /// All of them, by rank.
    pub fn all(&self) -> &[&'static T] {
        &self.all
    }
    /// Where the one whose name has this [`sim::stable_id`] stands among all.
    pub fn position(&self, id: u32) -> Option<usize> {
        debug_assert!(self.by_id.is_sorted(), "what is looked for by halves is sorted");
        let at = self.by_id.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.by_id[at].1)
    }
    /// The one whose name has this [`sim::stable_id`].
    pub fn get(&self, id: u32) -> Option<&'static T> {
        self.position(id).map(|at| self.all[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Entry(&'static str, u16);
    impl Declared for Entry {
        fn name(&self) -> &'static str {
            self.0
        }
        fn rank(&self) -> u16 {
            self.1
        }
    }

    const SHARED: &[Entry] = &[Entry("b", 2), Entry("d", 4)];
    const OWN: &[Entry] = &[Entry("a", 1), Entry("c", 3), Entry("new", u16::MAX)];

    #[test]
    fn entries_stand_by_rank_and_are_found_by_name() {
        let table = Table::gather([SHARED, OWN]);
        let names: Vec<_> = table.all().iter().map(|it| it.0).collect();
        assert_eq!(names, ["a", "b", "c", "d", "new"]);
        assert!(names.iter().all(|it| table.get(stable_id(it)).map(|it| it.0) == Some(*it)));
        assert!(table.get(stable_id("another")).is_none());
    }

    #[test]
    #[should_panic(expected = "are one to the catalogue")]
    fn no_two_components_declare_the_same() {
        Table::gather([SHARED, SHARED]);
    }
}
