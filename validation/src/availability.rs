//! Lives and repairs: components that break and are repaired, alone, in series, doubled, and by a procedure of recovery actions.

use faults::{DomainEvent, Performer};
use models::Fault;
use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::case::{Case, Size};
use crate::sight::{count, deviation, downs, hours, quantile};

const YEAR: f64 = 8_760.0;

/// Tills without customers, where nothing breaks, is noticed or cleared but what is said here.
pub(crate) struct Quiet<'a> {
    /// Groups.
    pub(crate) fleet: &'a str,
    /// Length of the run.
    pub(crate) lasts: &'a str,
    /// Settings of the firmware.
    pub(crate) firmware: &'a str,
    /// Entries of the list of faults.
    pub(crate) faults: &'a str,
    /// Procedures.
    pub(crate) procedures: &'a str,
}

impl Quiet<'_> {
    pub(crate) fn scenario(&self) -> String {
        let Self { fleet, lasts, firmware, faults, procedures } = self;
        format!(
            r#"Scenario(
    schema: 2, name: "lives", intent: "do components live, break and get repaired as their laws say?",
    duration: "{lasts}", drain: "0s",
    fleet: [{fleet}],
    types: {{ "standard": (
        comms: (
            wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, connects_in: "0s")),
            cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, connects_in: "0s")),
        ),
        software: (firmware: (boots_in: "0s", {firmware})),
    ) }},
    workload: [(per_day: 0.0)],
    people: (
        merchant: (notices_in: "36500d", reacts_in: "0s", opens_at: 0, closes_at: 24, look_ups_per_day: 0.0),
        technicians: (travels: "1us", spread: 0.0, crews: 1000000, spares: 1000000),
    ),
    faults: [{faults}],
    policies: (
        heartbeat: (period: "300d", grace: "0s"), telemetry: (period: "0s"),
        detectors: (silence: (improbable: 0.0)),
        recovery: (verify_after: "0s", relapse_within: "0s", fallback: None),
        procedures: [{procedures}],
    ),
)"#
        )
    }
}

/// A fault that nobody clears: it ends by itself or not at all.
pub(crate) fn no_recovery(modes: &[&str]) -> String {
    modes.iter().map(|it| format!("(against: Mode({it}), steps: []), ")).collect()
}

/// So many tills.
pub(crate) fn tills(count: u32) -> String {
    format!(r#"(id: "tills", count: {count})"#)
}

/// Tills with one fault whose law is given.
pub(crate) fn alternating(count: u32, lasts: &str, law: &str) -> String {
    Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "",
        faults: &format!(r#"(id: "part", mode: Display(Blank), {law})"#),
        procedures: &no_recovery(&["Display(Blank)"]),
    }
    .scenario()
}

/// Time out of service of each terminal between two times, in hours.
fn downtimes(run: &RecordedRun, from: f64, to: f64) -> Vec<f64> {
    let mut all = vec![0.0; run.outcome.roster.terminals() as usize];
    for down in downs(run) {
        all[down.who.0 as usize] += down.within(from, to);
    }
    all
}

/// Number of times that service ended between two times.
fn failures(run: &RecordedRun, from: f64, to: f64) -> f64 {
    count(&downs(run), |it| it.from >= from && it.from < to)
}

/// A1: the first year, and a year far from the start.
fn two_states(run: &RecordedRun) -> Vec<Sample> {
    let n = f64::from(run.outcome.roster.terminals());
    let downs = downs(run);
    let up_at = |t: f64| Sample::ratio(n - count(&downs, |it| it.from <= t && t < it.to), n);
    let first = downtimes(run, 0.0, YEAR);
    let later = downtimes(run, YEAR, 2.0 * YEAR);
    let lost = later.iter().sum::<f64>();
    let shares: Vec<f64> = first.iter().map(|it| 1.0 - it / YEAR).collect();
    vec![
        Sample::ratio(n - lost / YEAR, n),
        up_at(4.0),
        up_at(24.0),
        Sample::mean(&shares),
        Sample::value(deviation(&shares)),
        Sample::ratio(lost, n),
        Sample::ratio(failures(run, YEAR, 2.0 * YEAR), n),
    ]
}

/// A2: twenty years, after one in which the start is forgotten.
fn renewal(run: &RecordedRun) -> Vec<Sample> {
    let (n, years) = (f64::from(run.outcome.roster.terminals()), 20.0);
    let lost = downtimes(run, YEAR, YEAR * (1.0 + years));
    let (down, all) = (lost.iter().sum::<f64>(), n * years * YEAR);
    vec![
        Sample::ratio(all - down, failures(run, YEAR, YEAR * (1.0 + years))),
        Sample::ratio(all - down, all),
        Sample::ratio(down, n * years),
        Sample::value(deviation(&lost) / libm::sqrt(years)),
    ]
}

/// When each terminal's first fault occurred, and which it was.
fn first_faults(run: &RecordedRun) -> Vec<Option<(f64, Fault)>> {
    let mut first = vec![None; run.outcome.roster.terminals() as usize];
    for fact in &run.facts {
        if let DomainEvent::Occurred { fault, .. } = fact.what {
            first[fact.who.0 as usize].get_or_insert((hours(fact.at), fault));
        }
    }
    first
}

/// A9: four parts in series.
fn series(run: &RecordedRun) -> Vec<Sample> {
    let first: Vec<(f64, Fault)> = first_faults(run).into_iter().flatten().collect();
    let n = first.len() as f64;
    let share = |name: &str| Sample::ratio(count(&first, |it| it.1.to_string() == name), n);
    vec![
        Sample::ratio(first.iter().map(|it| it.0).sum(), n),
        share("printer.head-worn"),
        share("card-reader.chip-contacts-dirty"),
        share("card-reader.antenna-dead"),
        share("battery.aged"),
    ]
}

/// The first failure in each so many terminals, in hours; `None` where none was seen.
fn first_of(run: &RecordedRun, many: usize) -> Vec<Option<f64>> {
    let first = first_faults(run);
    let least = |fleet: &[Option<(f64, Fault)>]| {
        fleet.iter().flatten().map(|it| it.0).min_by(f64::total_cmp)
    };
    first.chunks(many).map(least).collect()
}

/// A9: the first failure among a thousand terminals.
fn first_of_a_thousand(run: &RecordedRun) -> Vec<Sample> {
    let first: Vec<f64> = first_of(run, 1_000).into_iter().flatten().collect();
    vec![Sample::mean(&first)]
}

/// A10.
fn wear_out(run: &RecordedRun) -> Vec<Sample> {
    let mut lives: Vec<f64> = first_faults(run).into_iter().flatten().map(|it| it.0).collect();
    let n = lives.len() as f64;
    let first = count(&lives, |it| *it <= YEAR);
    let second = count(&lives, |it| *it > YEAR && *it <= 2.0 * YEAR);
    vec![
        Sample::mean(&lives),
        Sample::value(quantile(&mut lives, 0.1)),
        Sample::ratio(first, n),
        Sample::ratio(second, n - first),
    ]
}

/// Mean of the smallest of a hundred Weibull lives of shape 2.2, as a multiple of their scale: Γ(1 + 1/2.2).
const MEAN_OF_SHAPE: f64 = 0.885_624_760_450_168_5;

/// A10: the smallest of a hundred lives is Weibull again.
fn first_of_a_hundred(run: &RecordedRun) -> Vec<Sample> {
    let first: Vec<f64> = first_of(run, 100).into_iter().flatten().collect();
    vec![Sample::ratio(first.iter().sum::<f64>() / MEAN_OF_SHAPE, first.len() as f64)]
}

/// A11: restart, reboot, visit.
fn procedure(count: u32, lasts: &str, restart_works: f64) -> String {
    let step = |action: &str, by: &str, duration: &str, works: f64| {
        format!(r#"(action: {action}, by: {by}, duration: "{duration}", works: {works:?})"#)
    };
    let steps = [
        step("RestartApp", "Device", "60s", restart_works),
        step("RestartTerminal", "Device", "300s", 0.5),
        step("Swap", "Technician", "26h", 1.0),
    ];
    Quiet {
        fleet: &tills(count),
        lasts,
        firmware: r#"backup: None, watchdog: "90s""#,
        faults: r#"(id: "hang", mode: Firmware(Hang), when: Random(Exponential(mean: "2000h")))"#,
        procedures: &format!("(against: Mode(Firmware(Hang)), steps: [{}])", steps.join(", ")),
    }
    .scenario()
}

/// A11: how long, how often somebody has to come, and what that leaves.
fn recovery(run: &RecordedRun) -> Vec<Sample> {
    let downs = downs(run);
    let ended: Vec<f64> =
        downs.iter().filter(|it| it.ended).map(|it| (it.to - it.from) * 3_600.0).collect();
    let visits = count(&run.facts, |fact| {
        matches!(fact.what, DomainEvent::ActionApplied { by: Performer::Technician, .. })
    });
    vec![Sample::mean(&ended), available_later(run), Sample::ratio(visits, ended.len() as f64)]
}

/// Share of time in service after the first year.
fn available_later(run: &RecordedRun) -> Sample {
    let end = run.outcome.simulated.as_secs_f64() / 3_600.0;
    let lost: f64 = downs(run).iter().map(|it| it.within(YEAR, end)).sum();
    let all = f64::from(run.outcome.roster.terminals()) * (end - YEAR);
    Sample::ratio(all - lost, all)
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let life = |mean: &str| format!(r#"when: Random(Exponential(mean: "{mean}"))"#);
    let weibull = r#"(id: "head", mode: Printer(HeadWorn), when: Random(Weibull(shape: 2.2, scale: "20000h")))"#;
    let head = no_recovery(&["Printer(HeadWorn)"]);
    let worn = |count: u32, lasts: &str| {
        let fleet = tills(count);
        Quiet { fleet: &fleet, lasts, firmware: "", faults: weibull, procedures: &head }.scenario()
    };
    let parts = [
        ("printer", "Printer(HeadWorn)", "4000h"),
        ("reader", "CardReader(ChipContactsDirty)", "6000h"),
        ("nfc", "CardReader(AntennaDead)", "12000h"),
        ("battery", "Battery(Aged)", "9000h"),
    ];
    let entries: Vec<String> = parts
        .iter()
        .map(|(id, mode, mean)| format!(r#"(id: "{id}", mode: {mode}, {})"#, life(mean)))
        .collect();
    let modes: Vec<&str> = parts.iter().map(|it| it.1).collect();
    let four_parts = |count: u32, lasts: &str| {
        Quiet {
            fleet: &tills(count),
            lasts,
            firmware: "",
            faults: &entries.join(", "),
            procedures: &no_recovery(&modes),
        }
        .scenario()
    };
    vec![
        Case::new(
            "A1",
            0,
            &[
                "A",
                "A_4h",
                "A_24h",
                "A_interval_1y",
                "sd_A_interval_1y",
                "downtime_h_per_year",
                "fail_per_year_asym",
            ],
            runs,
            alternating(
                size.of(1_000, 200),
                "17520h",
                &format!(r#"{}, lasts: Exponential(mean: "8h")"#, life("500h")),
            ),
            two_states,
        ),
        Case::new(
            "A2",
            0,
            &["E_U", "A", "E_down_1y_asym", "sd_down_1y_asym"],
            runs,
            alternating(
                size.of(600, 60),
                "183960h",
                r#"when: Random(Weibull(shape: 1.5, scale: "1000h")), lasts: Lognormal(median: "13827920ms", sigma: 0.9444564782482624)"#,
            ),
            renewal,
        ),
        Case::new(
            "A9",
            0,
            &["MTTF", "P_printer", "P_reader", "P_nfc", "P_battery"],
            runs,
            four_parts(size.of(6_000, 600), "30000h"),
            series,
        ),
        Case::new(
            "A9",
            1,
            &["fleet1000_MTTF_first"],
            size.of(60, 30),
            four_parts(size.of(50_000, 5_000), "30h"),
            first_of_a_thousand,
        ),
        Case::new(
            "A10",
            0,
            &["MTTF", "B10", "F_1y", "cond_fail_yr2_given_yr1"],
            runs,
            worn(size.of(6_000, 200), "200000h"),
            wear_out,
        ),
        Case::new(
            "A10",
            1,
            &["eta_min100"],
            runs,
            worn(size.of(42_000, 1_000), "8000h"),
            first_of_a_hundred,
        ),
        Case::new(
            "A11",
            0,
            &["E_down_s", "A", "P_visit"],
            runs,
            procedure(size.of(900, 60), "35040h", 0.6),
            recovery,
        ),
        Case::new(
            "A11",
            1,
            &["A_if_p1_0_8"],
            runs,
            procedure(size.of(100, 20), "35040h", 0.8),
            |run| vec![available_later(run)],
        ),
    ]
}
