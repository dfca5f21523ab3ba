//! Zones: which terminals have what in common, by the operator's inventory.

use std::collections::BTreeMap;

use crate::Plan;
use crate::plan::Traits;
use crate::detector_settings::Zone;
use crate::wire::Via;

/// All zones of a fleet, the smaller kinds first.
#[derive(Clone, Debug, Default)]
pub(super) struct Zones {
    zones: Vec<Zone>,
    /// How many terminals each has.
    sizes: Vec<u32>,
    /// The zones of each profile.
    of_profile: Vec<Vec<usize>>,
}

impl Zones {
    pub(super) fn of(plan: &Plan) -> Self {
        let terminals = plan.directory.gateway.0 as usize;
        let mut counts = vec![0; plan.profiles.len()];
        for &profile in plan.profile_of.iter().take(terminals) {
            counts[usize::from(profile)] += 1;
        }
        let of: Vec<Vec<Zone>> = (0..plan.profiles.len()).map(|it| zones_of(plan, it)).collect();
        let mut sizes: BTreeMap<Zone, u32> = BTreeMap::new();
        for (zones, count) in of.iter().zip(&counts).filter(|(_, count)| **count > 0) {
            zones.iter().for_each(|zone| *sizes.entry(*zone).or_default() += count);
        }
        let zones: Vec<Zone> = sizes.keys().copied().collect();
        let place = |zone: &Zone| zones.binary_search(zone).ok();
        let of_profile = of.iter().map(|of| of.iter().filter_map(place).collect()).collect();
        debug_assert!(zones.is_sorted_by(|a, b| a < b), "a zone is looked for by halves");
        Self { sizes: sizes.into_values().collect(), of_profile, zones }
    }

    pub(super) fn len(&self) -> usize {
        self.zones.len()
    }
    pub(super) fn zone(&self, at: usize) -> Zone {
        self.zones[at]
    }
    pub(super) fn of_profile(&self, profile: u16) -> &[usize] {
        &self.of_profile[usize::from(profile)]
    }
    pub(super) fn holds(&self, zone: usize, profile: u16) -> bool {
        self.of_profile(profile).contains(&zone)
    }

    /// How much better so many terminals in trouble are explained by their zone than by the background.
    pub(super) fn score(&self, zone: usize, count: u32, background: f64) -> f64 {
        score(f64::from(self.sizes[zone]), f64::from(count), background)
    }
}

fn zones_of(plan: &Plan, profile: usize) -> Vec<Zone> {
    let Traits { region, carrier, batch } = plan.traits.get(profile).copied().unwrap_or_default();
    let mut zones = vec![Zone::Region(region), Zone::Batch(batch), Zone::Fleet];
    if plan.profiles[profile].software.firmware.uplink == Via::Cellular {
        zones.extend([Zone::Cell { carrier, region }, Zone::Carrier(carrier)]);
    }
    zones
}

/// Logarithm of the likelihood ratio of `count` of `size` against a probability of `background`; 0 if there are no more
/// than expected.
fn score(size: f64, count: f64, background: f64) -> f64 {
    debug_assert!(count <= size, "{count} of {size} are in trouble");
    debug_assert!((0.0..=1.0).contains(&background), "{background} is not a share of terminals");
    let expected = size * background;
    if count <= expected || size <= 0.0 {
        return 0.0;
    }
    // No background at all: the first is infinitely surprising, so that a limit is set to what is expected.
    let expected = expected.max(1e-9);
    let hit = count * libm::log(count / expected);
    let rest = size - count;
    let spared = if rest > 0.0 { rest * libm::log(rest / (size - expected)) } else { 0.0 };
    hit + spared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_that_is_hit_whole_scores_highest() {
        let cell = score(400.0, 400.0, 0.01);
        assert!((cell - 400.0 * libm::log(100.0)).abs() < 1e-9);
        // The same 400 among a region's 1,000, and among a fleet's 10,000.
        assert!(cell > score(1_000.0, 400.0, 0.01));
        assert!(score(1_000.0, 400.0, 0.01) > score(10_000.0, 400.0, 0.01));
        // What chance does is no sign of anything.
        assert_eq!(score(1_000.0, 10.0, 0.01), 0.0);
        assert!(score(1_000.0, 15.0, 0.01) < 2.0);
    }
}
