//! What a part was last seen to show, and which change of it a note is about.

/// What was sensed of a part, and how often that has changed; `N` kinds of changes are counted apart.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sensed<Shown, const N: usize = 1> {
    /// What was shown last.
    pub(crate) shown: Shown,
    /// Changes of what is sensed.
    pub(crate) changes: Changes<N>,
}

/// Counts the changes of what is sensed, so that a note of an earlier state is told from one of the latest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changes<const N: usize>([u32; N]);

impl<const N: usize> Default for Changes<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Changes<N> {
    /// So many of this kind so far.
    pub(crate) fn of(self, kind: usize) -> u32 {
        self.0[kind]
    }

    /// One more of this kind; returns its number, from 1.
    pub(crate) fn count(&mut self, kind: usize) -> u32 {
        self.0[kind] += 1;
        self.0[kind]
    }

    /// Whether this is the number of the latest change of its kind: nothing has changed since.
    pub(crate) fn is_latest(self, kind: usize, change: u32) -> bool {
        debug_assert!(change > 0 && change <= self.0[kind], "what is sensed has changed");
        change == self.0[kind]
    }
}
