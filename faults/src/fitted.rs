//! Which parts a terminal has.

use std::collections::BTreeSet;

/// Whether a terminal has a part.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fitting {
    /// Every terminal has it: without it there would be no terminal.
    Always,
    /// It has it unless its type leaves it out.
    Standard,
    /// It has it only where its type adds it.
    Optional,
}

/// What a type of terminal has beyond what is standard, and what it lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fitted<P> {
    /// Parts that are added.
    pub with: BTreeSet<P>,
    /// Parts that are left out.
    pub without: BTreeSet<P>,
}

impl<P> Default for Fitted<P> {
    fn default() -> Self {
        Self { with: BTreeSet::new(), without: BTreeSet::new() }
    }
}

impl<P: Copy + Ord> Fitted<P> {
    /// Whether a part is there, given whether it usually is.
    ///
    /// ```
    /// use faults::{Fitted, Fitting};
    ///
    /// let mut fitted = Fitted::default();
    /// fitted.without.insert("printer");
    /// assert!(!fitted.has("printer", Fitting::Standard));
    /// assert!(fitted.has("scanner", Fitting::Standard));
    /// assert!(!fitted.has("fingerprint-reader", Fitting::Optional));
    /// // What no terminal can do without stays.
    /// assert!(fitted.has("printer", Fitting::Always));
    /// ```
    #[inline]
    pub fn has(&self, part: P, usually: Fitting) -> bool {
        debug_assert!(
            self.with.is_disjoint(&self.without),
            "a part is added or left out, not both"
        );
        match usually {
            Fitting::Always => true,
            Fitting::Standard => self.without.is_empty() || !self.without.contains(&part),
            Fitting::Optional => !self.with.is_empty() && self.with.contains(&part),
        }
    }
}
