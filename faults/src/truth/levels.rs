//! How bad each fault of a part is now.

use thin_vec::ThinVec;

/// The level of each fault mode of one part, from 0 (absent) to 1 (as bad as can be). A sound part holds an empty list.
#[derive(Clone, Debug)]
pub struct Levels<F>(ThinVec<(F, f64)>);

impl<F> Default for Levels<F> {
    fn default() -> Self {
        Self(ThinVec::new())
    }
}

impl<F: Copy + PartialEq, const N: usize> From<[(F, f64); N]> for Levels<F> {
    fn from(levels: [(F, f64); N]) -> Self {
        let mut it = Self::default();
        for (fault, level) in levels {
            it.set(fault, level);
        }
        it
    }
}

impl<F: Copy + PartialEq> Levels<F> {
    /// How bad a fault is: 0 if it is absent.
    ///
    /// ```
    /// let mut levels = faults::Levels::default();
    /// levels.set("worn", 0.3);
    /// assert_eq!((levels.of("worn"), levels.of("jammed")), (0.3, 0.0));
    /// levels.set("worn", 0.0);
    /// assert!(!levels.has("worn") && levels.is_sound());
    /// ```
    #[inline]
    pub fn of(&self, fault: F) -> f64 {
        self.0.iter().find(|(it, _)| *it == fault).map_or(0.0, |&(_, level)| level)
    }
    /// Whether a fault is there at all.
    #[inline]
    pub fn has(&self, fault: F) -> bool {
        self.of(fault) > 0.0
    }
    /// Whether none of its faults is there.
    #[inline]
    pub fn is_sound(&self) -> bool {
        debug_assert!(self.0.iter().all(|it| it.1 > 0.0), "what is absent is not listed");
        self.0.is_empty()
    }
    /// Sets the level of a fault; 0 takes it away.
    ///
    /// # Panics
    /// If the level is not within 0 to 1.
    pub fn set(&mut self, fault: F, level: f64) {
        assert!((0.0..=1.0).contains(&level), "a level is within 0 and 1, not {level}");
        self.0.retain(|(it, _)| *it != fault);
        if level > 0.0 {
            self.0.push((fault, level));
        }
        debug_assert_eq!(self.has(fault), level > 0.0, "a level is what it was set to");
    }
}
