//! Self-tests by the clock and at boots.

use super::Values;

const YEAR_H: f64 = 8_760.0;

pub(super) fn periodic() -> Values {
    let (rate, every, c, wrong, n): (f64, f64, f64, f64, i32) =
        (1.0 / 2_000.0, 24.0, 0.85, 0.002, 30);
    let fails = 1.0 - (-rate * every).exp();
    // By test: tests of a sound unit, then as many more as it takes to find it.
    let cycle = every * (1.0 / fails + (1.0 - c) / c);
    let delay = cycle - 1.0 / rate;
    // By fault: within a round of n tests a fault that no short test finds lasts to the full one.
    let stays = 1.0 - (1.0 - c) * fails;
    let sound_tests: f64 = (0..n).map(|j| stays.powi(j)).sum();
    let up = fails / (rate * f64::from(n) * every) * sound_tests;
    let latent = 1.0 - up;
    let healthy = (1.0 - fails) * sound_tests;
    vec![
        ("indep_delay_mean_h", delay),
        ("indep_latent_share", delay / cycle),
        ("indep_false_alarms_per_year", wrong * (1.0 / fails - 1.0) * YEAR_H / cycle),
        ("indep_failures_per_year", YEAR_H / cycle),
        ("class_delay_mean_h", latent / (rate * up)),
        ("class_latent_share", latent),
        ("class_false_alarms_per_year", wrong * healthy * YEAR_H / (f64::from(n) * every)),
        ("class_covered_delay_mean_h", every / fails - 1.0 / rate),
        ("uniform_onset_delay_h", every / 2.0 + every * (1.0 - c) / c),
    ]
}

pub(super) fn at_boot() -> Values {
    let (restarts, c, wrong, repair): (f64, f64, f64, f64) = (1.0 / 60.0, 0.8, 0.004, 6.0);
    let (fails, finds, ends) = (1.0 / 1_500.0, restarts * c, 1.0 / 200.0);
    let latent = 1.0 / (finds + ends);
    let found = finds * latent;
    let cycle = 1.0 / fails + latent + found * repair;
    vec![
        ("delay_mean_h", 1.0 / finds),
        ("delay_p95_h", -0.05f64.ln() / finds),
        ("P_found_before_it_clears", found),
        ("delay_mean_h_of_found", latent),
        ("latent_share", latent / cycle),
        ("false_alarms_per_year", wrong * restarts * YEAR_H / (fails * cycle)),
    ]
}
