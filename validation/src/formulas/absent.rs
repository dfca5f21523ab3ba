//! Formulas about what does not come: heartbeats, sales, spares, technicians.

use super::Values;

/// The integral of `f` from `from` to `to` by Simpson's rule: `f` is smooth there.
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let parts = 1_000;
    let step = (to - from) / f64::from(2 * parts);
    let at = |n: i32| f(from + f64::from(n) * step);
    let inner: f64 = (1..2 * parts).map(|n| at(n) * if n % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (at(0) + inner + at(2 * parts)) * step / 3.0
}

/// F1.
pub(super) fn freshness() -> Values {
    let (period, shift, loss, mean) = (1.0, 1.5, 0.05, 0.2);
    let later = |time: f64| if time <= 0.0 { 1.0 } else { (-time / mean).exp() };
    let none = |x: f64| -> f64 {
        (0..=2).map(|j| loss + (1.0 - loss) * later(shift + x - f64::from(j) * period)).product()
    };
    let changes = (1.0 - loss) * (1.0 - later(shift + period)) * none(0.0);
    // The last beat that could still come is sent half a period after the freshness point.
    let suspected = integral(0.0, 0.5, none) + integral(0.5, 1.0, none);
    vec![
        ("E_TMR_s", period / changes),
        ("E_TM_s", suspected / changes),
        ("P_A", 1.0 - suspected / period),
        ("share_T_D_over_2_5_s", 0.0),
    ]
}

/// F7.
pub(super) fn silence() -> Values {
    let (rate, after) = (0.05, 180.0);
    let chance = f64::exp(-rate * after);
    let between = (1.0 / chance - 1.0) / rate;
    vec![
        ("ARL0_s", between),
        ("false_alarms_per_day", 86_400.0 / between),
        ("E_TD_s", after - 1.0 / rate + after * chance / (1.0 - chance)),
    ]
}

/// A8.
pub(super) fn spares() -> Values {
    let (mean, stock): (f64, u32) = (400.0 / 8_000.0 * 120.0, 10);
    let mut term = (-mean).exp();
    let (mut fill, mut short) = (0.0, 0.0);
    for ordered in 0..200 {
        if ordered < stock {
            fill += term;
        } else {
            short += f64::from(ordered - stock) * term;
        }
        term *= mean / f64::from(ordered + 1);
    }
    vec![
        ("mean_pipeline", mean),
        ("fill_rate", fill),
        ("EBO", short),
        ("P_stockout", 1.0 - fill),
        ("mean_pipeline_lognormal", mean),
        ("fill_rate_lognormal", fill),
    ]
}

/// C1.
pub(super) fn losses() -> Values {
    let (rate, mean, spread, lost): (f64, f64, f64, f64) = (0.02, 35.0, 50.0, 0.7);
    let hourly = rate * 3_600.0 * lost;
    let down = 18_990.0 / 3_600.0;
    vec![
        ("E_lost_per_down_hour", hourly * mean),
        ("sd_per_down_hour", (hourly * (mean * mean + spread * spread)).sqrt()),
        ("E_lost_30d", hourly * mean * 720.0 * down / (2_000.0 + down)),
    ]
}

/// Q6.
pub(super) fn repairmen() -> Values {
    let (all, crews, fails, repairs): (i32, i32, f64, f64) = (100, 2, 1.0 / 500.0, 1.0 / 8.0);
    let mut terms = vec![1.0];
    for n in 1..=all {
        let last = terms[terms.len() - 1];
        terms.push(last * f64::from(all - n + 1) * fails / (f64::from(n.min(crews)) * repairs));
    }
    let sum: f64 = terms.iter().sum();
    let mean = |of: &dyn Fn(i32) -> f64| {
        (0..=all).zip(&terms).map(|(n, term)| of(n) * term / sum).sum::<f64>()
    };
    let down = mean(&f64::from);
    let busy = mean(&|n| f64::from(n.min(crews)));
    vec![
        ("E_down", down),
        ("availability", 1.0 - down / f64::from(all)),
        ("E_waiting", down - busy),
        // By Little's law: so many fail in an hour.
        ("MDT_h", down / ((f64::from(all) - down) * fails)),
        ("tech_util", busy / f64::from(crews)),
        ("P_any_down_ge_10", mean(&|n| if n >= 10 { 1.0 } else { 0.0 })),
        ("P_all_up", 1.0 / sum),
    ]
}
