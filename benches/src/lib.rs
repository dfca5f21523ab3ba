//! PHOLD on three engines: the same law, the same numbers, so the same events.
//!
//! N processes hold one event each. Who gets an event passes one on, to another process with probability 0.1, else to
//! itself, after 0.1 s + Exp(0.9 s). What a process does with its n-th event is a function of (seed, process, n), so
//! that every engine handles the same events, and must come to the same number of them.

pub mod law;
pub mod on_nexosim;
pub mod on_simcore;
pub mod ours;
pub mod ours_as_product;

pub use law::{Hop, Law};
pub use on_nexosim::OnNexosim;
pub use on_simcore::OnSimcore;
pub use ours::Ours;
pub use ours_as_product::OursAsProduct;

use sim::Instant;

/// The seed of every run.
pub const SEED: u64 = 20_260_101;
/// The numbers of processes.
pub const SIZES: [u32; 3] = [1_000, 100_000, 1_000_000];
/// Everything is in its place by then: twice the mean delay.
pub const WARM: Instant = Instant(2_000_000_000);

/// A simulator that runs PHOLD.
pub trait Engine {
    /// Handles everything that is due before `end`.
    fn run_to(&mut self, end: Instant);
    /// Number of events handled so far.
    fn events(&self) -> u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_handles_the_same_events() {
        let law = Law::new(500, SEED);
        let end = Instant(20_000_000_000);
        let counted = |engine: &mut dyn Engine| {
            engine.run_to(WARM);
            engine.run_to(end);
            engine.events()
        };
        let (mut one, mut two) = (Ours::new(law, SEED, 1), Ours::new(law, SEED, 2));
        let events = counted(&mut one);
        assert_eq!(counted(&mut two), events);
        assert_eq!(one.fingerprint(), two.fingerprint());
        let mut product = OursAsProduct::new(law, SEED, 1);
        assert_eq!(counted(&mut product), events);
        assert!(product.facts() > events / 16 && product.facts() < events / 8);
        assert_eq!(counted(&mut OnSimcore::new(law, SEED)), events);
        assert_eq!(counted(&mut OnNexosim::new(law)), events);
    }
}
