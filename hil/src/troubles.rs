//! How an attachment stands, and what went wrong at it: told by its thread, read by the session.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Kept by an adapter and its thread together.
#[derive(Clone, Debug, Default)]
pub struct Troubles(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    status: String,
    kinds: BTreeMap<String, u64>,
}

/// So many kinds are told apart; a peer that finds ever new ones fills no memory.
const MOST_KINDS: usize = 64;
/// Under this name the further ones are counted.
const FURTHER: &str = "further kinds of trouble";

impl Troubles {
    fn with<T>(&self, then: impl FnOnce(&mut Inner) -> T) -> T {
        // Whoever panicked while it held the lock left whole values behind.
        then(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    /// How it stands now, in one line.
    pub fn stands(&self, status: impl Into<String>) {
        let status = status.into();
        self.with(|it| it.status = status);
    }
    /// Something went wrong.
    pub fn add(&self, what: impl ToString) {
        let what = what.to_string();
        self.with(|it| {
            let known = it.kinds.len() < MOST_KINDS || it.kinds.contains_key(&what);
            *it.kinds.entry(if known { what } else { FURTHER.into() }).or_default() += 1;
        });
    }
    /// How it stands.
    pub fn status(&self) -> String {
        self.with(|it| it.status.clone())
    }
    /// What went wrong, and how often.
    pub fn all(&self) -> Vec<(String, u64)> {
        self.with(|it| it.kinds.iter().map(|(what, times)| (what.clone(), *times)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ever_new_troubles_are_counted_and_not_kept() {
        let troubles = Troubles::default();
        (0..1_000).for_each(|n| troubles.add(format!("trouble {n}")));
        troubles.add("trouble 0");
        let all = troubles.all();
        assert_eq!(all.len(), MOST_KINDS + 1);
        assert_eq!(all.iter().map(|(_, times)| times).sum::<u64>(), 1_001);
        assert!(all.contains(&("trouble 0".into(), 2)));
    }
}
