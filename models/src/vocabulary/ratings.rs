//! What the ratings of the fault modes mean: severity, occurrence and detection, each from 1 to 10.
//!
//! IEC 60812:2018 leaves scales to whoever makes the analysis. The order of the severities and the words for detection
//! follow the ten-step tables of the FMEA manual of the Automotive Industry Action Group (4th edition, 2008). Its table of
//! occurrences ends at one in ten over the life of a car; paper runs out in a terminal once a month. The steps of ours are
//! half a decade each, in occurrences a terminal-year.

use faults::Ratings;

/// What severities mean, from 1 upwards: the end effect, in the eyes of merchants, customers and the institution.
pub const SEVERITIES: [&str; 10] = [
    "nobody is worse off",
    "noticed only by measuring",
    "a nuisance to the merchant; sales go on",
    "a secondary function (receipt, tone, light) is worse; sales go on",
    "a secondary function is gone, or sales are lost under certain conditions only",
    "sales are slow, some are lost, or one of several ways of paying is gone",
    "many sales are lost: the terminal stops at times, or a main way of paying is gone",
    "the terminal sells nothing until something is done",
    "many terminals stop at once, money is missing, or rules are broken",
    "card data or money gets into other hands, and nobody notices at first",
];

/// The least rate of each occurrence rating, from 2 upwards, in occurrences a terminal-year (for hubs: a year of the system).
pub const OCCURRENCES: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// The least share of occurrences that lead to an alarm while they last, of each detection rating, from 1 to 9.
pub const DETECTIONS: [f64; 9] = [0.99, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.1, 0.01];

/// The occurrence rating of a rate, in occurrences a year; rates are not negative.
pub fn occurrence(per_year: f64) -> u8 {
    1 + OCCURRENCES.iter().filter(|&&least| per_year >= least).count() as u8
}

/// The detection rating of a share of occurrences that were detected, from 0 to 1.
pub fn detection(detected: f64) -> u8 {
    1 + DETECTIONS.iter().filter(|&&least| detected < least).count() as u8
}

/// The risk priority number: the product of the three, from 1 to 1000.
pub const fn rpn(ratings: Ratings) -> u16 {
    ratings.severity as u16 * ratings.occurrence as u16 * ratings.detection as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn ratings_step_where_the_scales_say() {
        assert_eq!((occurrence(0.0), occurrence(0.000_99), occurrence(0.001)), (1, 1, 2));
        assert_eq!((occurrence(0.299), occurrence(0.3), occurrence(1e9)), (6, 7, 10));
        assert_eq!((detection(1.0), detection(0.99), detection(0.989)), (1, 1, 2));
        assert_eq!((detection(0.5), detection(0.01), detection(0.0)), (6, 9, 10));
        assert_eq!(rpn(Ratings::of(10, 10, 10)), 1000);
        assert!(OCCURRENCES.is_sorted() && DETECTIONS.iter().rev().is_sorted());
    }

    #[test]
    fn every_mode_says_its_cause_and_effects_and_has_ratings_on_the_scales() {
        for fault in Fault::all() {
            let mode = fault.mode();
            let said = [mode.cause, mode.effects.local, mode.effects.next, mode.effects.end];
            assert!(said.iter().all(|it| it.len() > 5), "{fault}: {said:?}");
            assert!(
                mode.effects.local != mode.effects.end && mode.effects.next != mode.effects.end,
                "{fault}: the end effect is what those outside suffer"
            );
            let Ratings { severity, occurrence, detection } = mode.ratings;
            let on_scale = [severity, occurrence, detection].iter().all(|it| (1..=10).contains(it));
            assert!(on_scale, "{fault}: {:?}", mode.ratings);
        }
    }
}
