//! Self-tests: what they find, how late, and what stays latent until somebody uses it.

use faults::DomainEvent;
use models::Part;
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::case::{Case, Size};
use crate::detection::tested;
use crate::sight::{hours, quantile};

const YEAR_H: f64 = 8_760.0;

/// Antennas that failed, and what became of them.
#[derive(Default)]
struct Found {
    /// Hours from the failure to the test that found it.
    delays: Vec<f64>,
    /// Failures that ended by themselves, unfound.
    ended: f64,
    /// Hours for which an antenna was dead and nobody knew.
    latent: f64,
    failures: f64,
    false_alarms: f64,
    /// Hours that all terminals were watched for.
    watched: f64,
}

fn found(run: &RecordedRun) -> Found {
    let mut dead: Vec<Option<(Instant, bool)>> =
        vec![None; run.outcome.roster.terminals() as usize];
    let mut of = Found::default();
    for fact in &run.facts {
        let Some(place) = dead.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            DomainEvent::Occurred { fault, .. } if fault.part() == Part::CardReader => {
                of.failures += 1.0;
                *place = Some((fact.at, false));
            }
            DomainEvent::Alarm { detector: Part::CardReader, .. } => match place {
                None => of.false_alarms += 1.0,
                Some((_, true)) => {}
                Some((since, known)) => {
                    *known = true;
                    of.delays.push(hours(fact.at) - hours(*since));
                    of.latent += hours(fact.at) - hours(*since);
                }
            },
            DomainEvent::Cleared { fault, .. } if fault.part() == Part::CardReader => {
                if let Some((since, false)) = place.take() {
                    of.ended += 1.0;
                    of.latent += hours(fact.at) - hours(since);
                }
            }
            _ => {}
        }
    }
    let end = hours(Instant::START + run.outcome.simulated);
    let unknown = dead.iter().flatten().filter(|it| !it.1);
    of.latent += unknown.map(|it| end - hours(it.0)).sum::<f64>();
    of.watched = end * dead.len() as f64;
    of
}

fn periodic(run: &RecordedRun) -> Vec<Sample> {
    let of = found(run);
    vec![
        Sample::mean(&of.delays),
        Sample::ratio(of.latent, of.watched),
        Sample::ratio(of.false_alarms * YEAR_H, of.watched),
        Sample::ratio(of.failures * YEAR_H, of.watched),
    ]
}

fn by_class(run: &RecordedRun) -> Vec<Sample> {
    let all = periodic(run);
    vec![all[0], all[1], all[2]]
}

fn delay(run: &RecordedRun) -> Vec<Sample> {
    vec![Sample::mean(&found(run).delays)]
}

fn at_boot(run: &RecordedRun) -> Vec<Sample> {
    let mut delays = found(run).delays;
    vec![Sample::mean(&delays), Sample::value(quantile(&mut delays, 0.95))]
}

fn found_or_ended(run: &RecordedRun) -> Vec<Sample> {
    let of = found(run);
    let n = of.delays.len() as f64;
    vec![
        Sample::ratio(n, n + of.ended),
        Sample::mean(&of.delays),
        Sample::ratio(of.latent, of.watched),
        Sample::ratio(of.false_alarms * YEAR_H, of.watched),
    ]
}

/// The same with boards that restart by chance, sixty hours apart on average. A repair mends the board as well, which is out of order
/// again a second later: its resets have no memory.
fn restarted(scenario: &str, repair: &str) -> String {
    let resets = r#"(id: "resets", mode: Mainboard(RandomResets), when: Random(Exponential(mean: "1s"))), (id: "antenna""#;
    scenario
        .replacen(r#"(id: "antenna""#, resets, 1)
        .replacen(
            "hardware: (card_reader",
            r#"hardware: (mainboard: (resets_every: "60h"), card_reader"#,
            1,
        )
        .replacen(
            "procedures: [",
            "procedures: [(against: Symptom(Restarts), steps: []), (against: Mode(Mainboard(RandomResets)), steps: []), ",
            1,
        )
        .replacen(
            r#"duration: "0s", works: 1.0"#,
            &format!(r#"duration: "{repair}", works: 1.0"#),
            1,
        )
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let fails = |mean: &str| format!(r#"when: Random(Exponential(mean: "{mean}"))"#);
    let year = "8760h 1ms";
    let each = r#"every: "24h", coverage: (share: 0.85), false_alarms: 0.002"#;
    let class = r#"every: "24h", coverage: (share: 0.85, drawn: ByFault), full_every: 30, false_alarms: 0.002"#;
    let never_full = r#"every: "24h", coverage: (share: 0.85, drawn: ByFault)"#;
    let boot = r#"at_boot: true, coverage: (share: 0.8), false_alarms: 0.004"#;
    let lasting = |end: &str| format!("{}{end}", fails("1500h"));
    let ending = lasting(r#", lasts: Exponential(mean: "200h")"#);
    vec![
        Case::new(
            "D9",
            0,
            &[
                "indep_delay_mean_h",
                "indep_latent_share",
                "indep_false_alarms_per_year",
                "indep_failures_per_year",
            ],
            runs,
            tested(size.of(240, 10), year, each, &fails("2000h"), true),
            periodic,
        ),
        Case::new(
            "D9",
            1,
            &["class_delay_mean_h", "class_latent_share", "class_false_alarms_per_year"],
            runs,
            tested(size.of(120, 10), "26280h 1ms", class, &fails("2000h"), true),
            by_class,
        ),
        Case::new(
            "D9",
            2,
            &["class_covered_delay_mean_h"],
            runs,
            tested(size.of(150, 10), year, never_full, &fails("2000h"), true),
            delay,
        ),
        Case::new(
            "D9",
            3,
            &["uniform_onset_delay_h"],
            runs,
            tested(size.of(700, 20), "40d", each, r#"when: At("96h"), stagger: "24h""#, true),
            delay,
        ),
        Case::new(
            "D10",
            0,
            &["delay_mean_h", "delay_p95_h"],
            runs,
            restarted(&tested(size.of(120, 10), year, boot, &fails("1500h"), true), "6h"),
            at_boot,
        ),
        Case::new(
            "D10",
            1,
            &[
                "P_found_before_it_clears",
                "delay_mean_h_of_found",
                "latent_share",
                "false_alarms_per_year",
            ],
            runs,
            restarted(&tested(size.of(120, 10), year, boot, &ending, true), "6h"),
            found_or_ended,
        ),
    ]
}
