//! Run lengths of charts of outcomes, by the chain of the rule that the law's scenario is set to.

use faults::detectors::OutcomeRule;
use faults::detectors::run_length::{RunLength, RunLengths};

use super::Values;
use crate::charts::{CUSUM, CUSUM_HEAD_START, EWMA, IN_A_ROW, K_OF_N};

const YEAR_S: f64 = 31_536_000.0;

/// The chain of a rule as a scenario writes it.
fn chain(rule: &str) -> RunLengths {
    let options = ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::UNWRAP_VARIANT_NEWTYPES);
    let rule: OutcomeRule = options.from_str(rule).expect("a rule");
    assert_eq!(rule.unusable(), None, "{rule:?}");
    rule.run_lengths().expect("a chain that can be walked")
}

fn delays(names: [&'static str; 3], law: &RunLength, rate: f64) -> Values {
    let [mean, sd, p95] = names;
    vec![
        (mean, law.mean_delay(rate)),
        (sd, law.sd_delay(rate)),
        (p95, law.delay_exceeded(0.05, rate)),
    ]
}

const DELAYS: [&str; 3] = ["delay1_mean_s", "delay1_sd_s", "delay1_p95_s"];

fn steady(rule: &str, p0: f64, p1: f64) -> Values {
    let (chain, rate) = (chain(rule), 0.01);
    let (sound, step) = (chain.from_start(p0).mean(), chain.after_step(p0, p1));
    let mut values = vec![
        ("ARL0_ops", sound),
        ("false_alarms_per_year", rate * YEAR_S / sound),
        ("ARL1_zero_ops", chain.from_start(p1).mean()),
        ("ARL1_steady_ops", step.mean()),
    ];
    values.extend(delays(DELAYS, &step, rate));
    values
}

pub(super) fn k_of_n() -> Values {
    steady(K_OF_N, 0.03, 0.35)
}

pub(super) fn ewma() -> Values {
    let fixed = [
        "fixed_ARL0_ops",
        "fixed_false_alarms_per_year",
        "fixed_ARL1_zero_ops",
        "fixed_ARL1_steady_ops",
        "fixed_delay1_mean_s",
        "fixed_delay1_sd_s",
        "fixed_delay1_p95_s",
    ];
    fixed.into_iter().zip(steady(EWMA, 0.04, 0.3)).map(|(name, (_, it))| (name, it)).collect()
}

pub(super) fn cusum() -> Values {
    let mut values = steady(CUSUM, 0.05, 0.3);
    values.push(("ARL1_head_start_ops", chain(CUSUM_HEAD_START).from_start(0.3).mean()));
    values
}

/// By Feller's formula, not by the chain.
pub(super) fn in_a_row() -> Values {
    let length = |p: f64| (1.0 - p.powi(3)) / ((1.0 - p) * p.powi(3));
    let (rate, law) = (1.0 / 180.0, chain(IN_A_ROW).from_start(0.7));
    let mut values = vec![
        ("ARL0_sales", length(0.04)),
        ("false_alarms_per_year", rate * YEAR_S / length(0.04)),
        ("ARL1_sales", length(0.7)),
    ];
    values.extend(delays(DELAYS, &law, rate));
    values
}
