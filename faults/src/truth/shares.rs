//! Which of several active faults an actor stands still for, and for what part of the time.

use super::Breakable;
use crate::context::Context;
use crate::event::{DomainEvent, NOBODY};
use crate::model::Catalogue;

/// The whole, in parts per million.
const WHOLE: u32 = 1_000_000;
/// With more active faults than this their subsets are too many to be gone through.
const MOST: usize = 12;

/// The actor stands still: the shares that its active faults have in that are noted, where they have changed.
///
/// They are the Shapley values (Shapley 1953) of the game in which a set of faults is worth 1 if the actor stood still with only
/// those of the set there, and everything else as it is. Two faults that each suffice have half each; one behind a redundant link has
/// nothing; one that stops nothing changes no share. What stands still whatever is cured, nobody has a share in.
pub(crate) fn attribute<K: Catalogue, P: Breakable<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    let active: Vec<(u32, K::Fault)> =
        parts.fault_state().active.iter().map(|it| (it.occurrence, it.fault)).collect();
    let faults: Vec<K::Fault> = active.iter().map(|it| it.1).collect();
    let shares = if faults.len() <= MOST {
        let still = |set: u32| {
            let cured = faults.iter().enumerate().filter(|(at, _)| set & 1 << at == 0);
            let cured: Vec<K::Fault> = cured.map(|it| *it.1).collect();
            !parts.able_without(&cured)
        };
        shapley(faults.len(), still)
    } else {
        alike(faults.len(), |only| {
            let cured: Vec<K::Fault> =
                faults.iter().enumerate().filter(|it| it.0 != only).map(|it| *it.1).collect();
            !parts.able_without(&cured)
        })
    };
    let sum: u32 = shares.iter().sum();
    debug_assert!(sum == 0 || sum == WHOLE, "shares add up to the whole: {shares:?}");
    let state = parts.fault_state();
    let same = state.active.iter().zip(&shares).all(|(it, share)| it.share == *share);
    // Whoever had all of it may have been cleared.
    if same && state.shared == (sum > 0) {
        return;
    }
    state.shared = sum > 0;
    for (it, share) in state.active.iter_mut().zip(&shares) {
        it.share = *share;
    }
    cx.cell.note(cx.me, DomainEvent::Stopped { occurrence: NOBODY, share: 0 });
    for ((occurrence, _), &share) in active.iter().zip(&shares).filter(|it| *it.1 > 0) {
        cx.cell.note(cx.me, DomainEvent::Stopped { occurrence: *occurrence, share });
    }
}

/// The Shapley values of so many players, in parts per million, in a game of 0 and 1 by sets of players as bits.
fn shapley(players: usize, worth: impl FnMut(u32) -> bool) -> Vec<u32> {
    debug_assert!(players <= MOST, "{players} players have too many sets");
    let worth: Vec<bool> = (0..1 << players).map(worth).collect();
    // Orders in which the players of a set come before one, and the others after it.
    let factorial = |n: usize| (1..=n as u64).product::<u64>();
    let orders = |before: usize| factorial(before) * factorial(players - before - 1);
    let value = |player: usize| -> u64 {
        let without = (0..worth.len()).filter(|set| set & 1 << player == 0);
        let pivotal = without.filter(|set| worth[set | 1 << player] && !worth[*set]);
        pivotal.map(|set| orders(set.count_ones() as usize)).sum()
    };
    let values: Vec<u64> = (0..players).map(value).collect();
    by_largest_remainder(&values)
}

/// Those that would suffice alone, all alike.
fn alike(players: usize, mut suffices: impl FnMut(usize) -> bool) -> Vec<u32> {
    let values: Vec<u64> = (0..players).map(|player| u64::from(suffices(player))).collect();
    by_largest_remainder(&values)
}

/// Parts per million of their sum: whole numbers that add up.
fn by_largest_remainder(values: &[u64]) -> Vec<u32> {
    let sum: u64 = values.iter().sum();
    if sum == 0 {
        return vec![0; values.len()];
    }
    let whole = u128::from(WHOLE);
    let exact = values.iter().map(|it| u128::from(*it) * whole);
    let (mut shares, rests): (Vec<u32>, Vec<u128>) =
        exact.map(|it| ((it / u128::from(sum)) as u32, it % u128::from(sum))).unzip();
    let left = WHOLE - shares.iter().sum::<u32>();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(rests[*at]), *at));
    for &at in order.iter().take(left as usize) {
        shares[at] += 1;
    }
    debug_assert_eq!(shares.iter().sum::<u32>(), WHOLE, "shares add up to the whole");
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_suffices_alone_is_shared_and_what_is_redundant_or_harmless_has_nothing() {
        assert_eq!(shapley(1, |set| set == 1), [1_000_000]);
        assert_eq!(shapley(2, |set| set != 0), [500_000, 500_000], "each suffices");
        assert_eq!(shapley(2, |set| set == 3), [500_000, 500_000], "neither suffices");
        assert_eq!(shapley(2, |set| set & 2 != 0), [0, 1_000_000], "the first stops nothing");
        assert_eq!(shapley(2, |_| true), [0, 0], "it stands still anyway");
        // One that is needed, and two of which one is enough beside it.
        let shares = shapley(3, |set| set & 1 != 0 && set & 6 != 0);
        assert_eq!(shares, [666_667, 166_667, 166_666]);
        assert_eq!(shapley(3, |set| set != 0).iter().sum::<u32>(), 1_000_000);
        assert_eq!(alike(3, |it| it != 1), [500_000, 0, 500_000]);
        assert_eq!(shapley(0, |_| true), [] as [u32; 0]);
    }
}
