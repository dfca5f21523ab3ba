//! Reliability growth: faults that come ever more seldom.

use faults::DomainEvent;
use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::availability::{Quiet, no_recovery, tills};
use crate::case::{Case, Size};
use crate::sight::hours;

/// 0.02 t^0.7 is (t / scale)^0.7 with this scale: 0.02^(-1/0.7) hours.
const SCALE: &str = "962503s 920ms";
const YEAR: f64 = 8_760.0;

fn growing(count: u32, lasts: &str) -> String {
    let law = format!(r#"when: PowerLaw(shape: 0.7, scale: "{SCALE}"), lasts: Exactly("1ms")"#);
    Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "",
        faults: &format!(r#"(id: "part", mode: Keypad(StuckKey), {law})"#),
        procedures: &no_recovery(&["Keypad(StuckKey)"]),
    }
    .scenario()
}

/// When each terminal failed, in hours.
fn failures(run: &RecordedRun) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new(); run.outcome.roster.terminals() as usize];
    for fact in &run.facts {
        if let DomainEvent::Occurred { .. } = fact.what {
            all[fact.who.0 as usize].push(hours(fact.at));
        }
    }
    all
}

/// Failures in a year, and the rate at its end, seen from half a month before to half a month after.
fn first_year(run: &RecordedRun) -> Vec<Sample> {
    let all = failures(run);
    let n = all.len() as f64;
    let between = |from: f64, to: f64| {
        all.iter().flatten().filter(|at| **at >= from && **at < to).count() as f64
    };
    let (year, half) = (between(0.0, YEAR), 400.0);
    vec![
        Sample::ratio(year, n),
        Sample::ratio(n * 2.0 * half, between(YEAR - half, YEAR + half)),
        Sample::ratio(n * YEAR, year),
    ]
}

/// The estimate of the slope by maximum likelihood, up to the fiftieth failure.
fn slope(run: &RecordedRun) -> Vec<Sample> {
    let of = |all: &Vec<f64>| {
        let last = all.get(49)?;
        let logs: f64 = all[..49].iter().map(|at| libm::log(last / at)).sum();
        Some(50.0 / logs)
    };
    vec![Sample::mean(&failures(run).iter().filter_map(of).collect::<Vec<f64>>())]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    vec![
        Case::new(
            "G1",
            0,
            &["E_N", "inst_MTBF", "cum_MTBF"],
            runs,
            growing(size.of(2_000, 300), "9200h"),
            first_year,
        ),
        Case::new(
            "G1",
            1,
            &["E_beta_hat_bias_n50"],
            runs,
            growing(size.of(50, 20), "300000h"),
            slope,
        ),
    ]
}
