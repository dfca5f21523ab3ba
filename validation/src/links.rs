//! Links: attempts to connect, storms of them, and what is stored while there is no network.

use faults::DomainEvent;
use models::{Note, Outcome as Ended};
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::availability::{Quiet, no_recovery, tills};
use crate::case::{Case, Size};
use crate::sight::count;

/// Tills that restart again and again and then connect by a wireless link of these settings.
fn connecting(count: u32, lasts: &str, every: &str, radio: &str) -> String {
    Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "backup: None",
        faults: &format!(
            r#"(id: "restart", mode: Mainboard(Dead), when: Every(period: "{every}"), lasts: Exactly("1s"))"#
        ),
        procedures: &no_recovery(&["Mainboard(Dead)", "Cellular(PoorCoverage)"]),
    }
    .scenario()
    .replacen(
        r#"wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, connects_in: "0s"))"#,
        &format!(r#"wifi: (radio: (p_good_to_bad: 0.0, connects_in: "0s", {radio}))"#),
        1,
    )
}

/// One attempt to connect: whether it did, handshakes, seconds.
struct Attempt {
    at: Instant,
    connected: bool,
    tries: f64,
    took: f64,
}

fn attempts(run: &RecordedRun) -> Vec<Attempt> {
    let of = |fact: &models::Fact| match fact.what {
        DomainEvent::Noted(Note::Connecting { connected, tries, took, .. }) => Some(Attempt {
            at: fact.at,
            connected,
            tries: f64::from(tries),
            took: took.as_secs_f64(),
        }),
        _ => None,
    };
    run.facts.iter().filter_map(of).collect()
}

/// N2.
fn retries(run: &RecordedRun) -> Vec<Sample> {
    let all = attempts(run);
    let n = all.len() as f64;
    let took = |connected: bool| {
        let own = || all.iter().filter(move |it| it.connected == connected);
        Sample::ratio(own().map(|it| it.took).sum(), own().count() as f64)
    };
    vec![
        Sample::ratio(count(&all, |it| it.connected), n),
        Sample::ratio(all.iter().map(|it| it.tries).sum(), n),
        Sample::ratio(all.iter().map(|it| it.took).sum(), n),
        took(true),
        took(false),
    ]
}

/// N2 with full jitter, and what gives up: how long it takes, however it ends.
fn time_taken(run: &RecordedRun) -> Vec<Sample> {
    let took: Vec<f64> = attempts(run).iter().map(|it| it.took).collect();
    vec![Sample::mean(&took)]
}

/// N5 over a link that loses one packet in twenty.
fn tcp(run: &RecordedRun) -> Vec<Sample> {
    let all = retries(run);
    vec![all[0], all[3]]
}

/// Time from one storm to the next, and how long a restart takes, in seconds.
const STORM: (f64, f64) = (600.0, 1.0);

/// N6: connections in each second of the minute after each restart.
fn storm(run: &RecordedRun) -> Vec<Sample> {
    let storms = (run.outcome.simulated.as_secs_f64() / STORM.0) as usize;
    let mut slots = vec![0.0; storms * 60];
    for attempt in attempts(run) {
        let at = attempt.at.as_secs_f64();
        let number = (at / STORM.0) as usize;
        let second = (at - number as f64 * STORM.0 - STORM.1) as usize;
        if number >= 1 && second < 60 {
            slots[(number - 1) * 60 + second] += 1.0;
        }
    }
    let n = slots.len() as f64;
    let mean = f64::from(run.outcome.roster.terminals()) / 60.0;
    let squares: f64 = slots.iter().map(|it| (it - mean) * (it - mean)).sum();
    let busy = count(&slots, |it| *it > 200.0);
    vec![
        Sample::ratio(slots.iter().sum(), n),
        Sample::value(libm::sqrt(squares / n)),
        Sample::ratio(busy, n),
        Sample::ratio(busy, storms as f64),
    ]
}

/// Tills that sell at any time, quickly, and store up to fifty sales while the network is away.
fn storing(count: u32, lasts: &str) -> String {
    format!(
        r#"Scenario(
    schema: 2, name: "store and forward", intent: "how many sales does an outage store, and how many does it lose?",
    duration: "{lasts}", drain: "0s",
    fleet: [(id: "tills", count: {count})],
    types: {{ "standard": (
        hardware: (
            card_reader: (misread: 0.0, duration: "1ms"), printer: (roll: "4000m", line_duration: "1ms"),
            keypad: (key_duration: "1ms"),
        ),
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, latency: "1ms", spread: 0.0))),
        software: (
            firmware: (backup: None),
            payment_app: (
                receipt_lines: 1, build_time: "1ms", offline_limit: "100000 CNY", max_offline: 50,
            ),
        ),
    ) }},
    network: (min_latency: "1ms"),
    workload: [(
        per_day: 4320.0, hours: Flat, mix: (chip: 0.0, contactless: 1.0, stripe: 0.0, code: 0.0),
        no_pin_below: "100000 CNY",
    )],
    platform: (gateway: (service_time: "1ms", to_host: "1ms"), host: (decides_in: "1ms", spread: 0.0)),
    people: (customer: (expired: 0.0), merchant: (notices_in: "36500d", opens_at: 0, closes_at: 24)),
    faults: [(
        id: "outage", mode: Wifi(AccessPointDown),
        when: Random(Weibull(shape: 50.0, scale: "60s")), lasts: Exponential(mean: "600s"),
    )],
    policies: (
        heartbeat: (period: "300d"), telemetry: (period: "0s"),
        transport: (response_timeout: "2s", backoff: "1s"),
        detectors: (sale_outcomes: InARow(failures: 255)),
        recovery: (fallback: None),
        procedures: [(against: Mode(Wifi(AccessPointDown)), steps: [])],
    ),
)"#
    )
}

/// N4: what each outage that ended has stored and lost.
fn outages(run: &RecordedRun) -> Vec<Sample> {
    #[derive(Clone, Copy, Default)]
    struct Now {
        out: bool,
        since: Instant,
        stored: f64,
        lost: f64,
    }
    let mut now = vec![Now::default(); run.outcome.roster.terminals() as usize];
    let mut ended: Vec<Now> = Vec::new();
    for fact in &run.facts {
        let Some(place) = now.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            DomainEvent::Occurred { .. } => {
                *place = Now { out: true, since: fact.at, ..Now::default() }
            }
            DomainEvent::Cleared { .. } if place.out => ended.push(std::mem::take(place)),
            DomainEvent::Noted(Note::SaleEnded(sale)) if place.out && sale.began >= place.since => {
                if sale.outcome == Ended::Stored {
                    place.stored += 1.0
                } else {
                    place.lost += 1.0
                }
            }
            _ => {}
        }
    }
    let n = ended.len() as f64;
    vec![
        Sample::ratio(ended.iter().map(|it| it.stored + it.lost).sum(), n),
        Sample::ratio(count(&ended, |it| it.lost > 0.0), n),
        Sample::ratio(count(&ended, |it| it.stored >= 50.0), n),
        Sample::ratio(ended.iter().map(|it| it.lost).sum(), n),
    ]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    // An attempt fails if one of two packets is lost: 1 - 0.7 = 0.3.
    let lossy = |jitter: f64| {
        format!(
            r#"good_loss: 0.16333997346592444, latency: "200ms", spread: 0.0, handshake: (attempts: 5, timeout: "2s", timeout_grows: 1.0, backoff: "1s", max_backoff: "10s", jitter: {jitter:?})"#
        )
    };
    let dead = |handshake: &str| format!("good_loss: 1.0, bad_loss: 1.0, handshake: ({handshake})");
    let patient = r#"attempts: 16, timeout: "200ms", timeout_grows: 2.0, max_timeout: "120s""#;
    vec![
        Case::new(
            "N4",
            0,
            &["E_stored", "P_overflow", "P_reach_full", "E_lost"],
            runs,
            // An outage that outlasts the run is not counted: the run is long beside it.
            storing(size.of(20, 5), size.of("2d", "1d")),
            outages,
        ),
        Case::new(
            "N2",
            0,
            &["P_success", "E_attempts", "E_T", "E_T_given_success", "T_fail"],
            runs,
            connecting(size.of(20, 20), size.of("10d", "2d"), "10min", &lossy(0.0)),
            retries,
        ),
        Case::new(
            "N2",
            1,
            &["E_T_full_jitter"],
            runs,
            connecting(20, size.of("10d", "2d"), "10min", &lossy(1.0)),
            time_taken,
        ),
        Case::new(
            "N5",
            0,
            &["P_connect", "E_connect_given_ok"],
            runs,
            connecting(
                size.of(50, 20),
                size.of("10d", "1d"),
                "10min",
                r#"good_loss: 0.05, latency: "50ms", spread: 0.0, handshake: (attempts: 7)"#,
            ),
            tcp,
        ),
        Case::new(
            "N5",
            1,
            &["syn_giveup_s"],
            runs,
            connecting(1, "1h", "20min", &dead("attempts: 7")),
            time_taken,
        ),
        Case::new(
            "N5",
            2,
            &["retries2_s"],
            runs,
            connecting(1, "2h", "30min", &dead(patient)),
            time_taken,
        ),
        Case::new(
            "N6",
            0,
            &["mean_per_s", "sd_per_s", "P_slot_gt_200", "E_slots_gt_200"],
            runs,
            connecting(
                10_000,
                size.of("61min 2s", "11min 2s"),
                "10min",
                r#"good_loss: 0.0, spread_over: "60s""#,
            ),
            storm,
        ),
    ]
}
