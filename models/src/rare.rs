//! State that most terminals never have.

/// What stays as it is at first at most terminals: it takes no room before it changes.
#[derive(Clone, Debug)]
pub(crate) struct Rare<T>(Option<Box<T>>);

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + Default> Rare<T> {
    /// As it is.
    pub(crate) fn get(&self) -> T {
        self.0.as_deref().copied().unwrap_or_default()
    }

    /// Changes it, and keeps that if something comes of it or it has been kept before.
    pub(crate) fn consider<R>(&mut self, change: impl FnOnce(&mut T) -> Option<R>) -> Option<R> {
        let mut changed = self.get();
        let comes_of_it = change(&mut changed);
        if comes_of_it.is_some() || self.0.is_some() {
            *self.get_mut() = changed;
        }
        comes_of_it
    }

    /// It has been kept before.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// To change it.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}
