//! Detectors that wait for something that does not come: a heartbeat that is late, a sale that nobody makes.

use faults::DomainEvent;
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::availability::{Quiet, tills};
use crate::case::{Case, Size};

/// Tills that send a heartbeat a second, of which one in twenty is lost and each takes an exponential time of 200 ms; a
/// beat is late 1.5 s after it was sent.
fn heartbeats(count: u32, lasts: &str, faults: &str) -> String {
    let quiet = Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "backup: None",
        faults,
        procedures: "(against: Symptom(NoHeartbeat), steps: []), (against: Mode(Mainboard(Dead)), steps: [])",
    };
    let text = quiet.scenario();
    let text = text
        .replace(r#"period: "300d", grace: "0s""#, r#"period: "1s", misses: 1, grace: "1500ms""#);
    let text = text.replacen("good_loss: 0.0", "good_loss: 0.05", 1);
    let monitor = "    platform: (heartbeat_monitor: (delays: \"200ms\")),\n    people: (";
    text.replacen("    people: (", monitor, 1)
}

/// Shops with a sale every twenty seconds, where an alarm is raised when there was none for three minutes.
fn shops(count: u32, lasts: &str, faults: &str) -> String {
    let families = ["Power", "Comms", "Software", "Hardware", "CardReader"];
    let no_recovery = families.map(|it| format!("(against: Family({it}), steps: [])")).join(", ");
    format!(
        r#"Scenario(
    schema: 2, name: "silence", intent: "when does a shop that sells fall silent by chance?",
    duration: "{lasts}", drain: "0s",
    fleet: [(id: "shops", count: {count})],
    types: {{ "standard": (
        hardware: (
            card_reader: (misread: 0.0, duration: "10ms"), printer: (roll: "4000m", line_duration: "1ms"),
            keypad: (key_duration: "1ms"), scanner: (duration: "10ms"),
        ),
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0))),
        software: (payment_app: (receipt_lines: 1)),
    ) }},
    workload: [(
        per_day: 4320.0, hours: Flat, patience: "1h", basket: (median: "1 CNY", sigma: 0.0),
        mix: (code: 1.0, chip: 0.0, contactless: 0.0, stripe: 0.0),
    )],
    platform: (host: (blocked: 0.0, balance: "1000000 CNY")),
    people: (
        customer: (line: 200, wrong_pin: 0.0, expired: 0.0),
        merchant: (notices_in: "36500d", opens_at: 0, closes_at: 24),
    ),
    faults: [{faults}],
    policies: (
        heartbeat: (period: "300d"), telemetry: (period: "0s"),
        detectors: (silence: (after: "180s", improbable: 0.0), sale_outcomes: InARow(failures: 255)), common_causes: (enabled: false),
        recovery: (fallback: None),
        procedures: [{no_recovery}],
    ),
)"#
    )
}

/// Alarms of one detector at each terminal: begun, over.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    open: Option<(u32, Instant)>,
    stopped: Option<Instant>,
}

/// What a detector did while everything was well, and how long it took when something was not.
#[derive(Debug, Default)]
struct Found {
    mistakes: f64,
    lasted: Vec<f64>,
    delays: Vec<f64>,
    wrong_s: f64,
    watched_s: f64,
}

fn found(run: &RecordedRun) -> Found {
    let terminals = run.outcome.roster.terminals() as usize;
    let mut watches = vec![Watch::default(); terminals];
    let mut found = Found::default();
    for fact in &run.facts {
        let Some(watch) = watches.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            // Who is suspected already when it stops tells nothing.
            DomainEvent::Occurred { .. } if watch.open.is_none() => watch.stopped = Some(fact.at),
            DomainEvent::Alarm { incident, detector: models::Part::HeartbeatMonitor, .. } => {
                match watch.stopped.take() {
                    Some(since) => found.delays.push(fact.at.since(since).as_secs_f64()),
                    None => found.mistakes += 1.0,
                }
                watch.open = Some((incident, fact.at));
            }
            DomainEvent::Restored { incident } => {
                if let Some((_, since)) = watch.open.take_if(|it| it.0 == incident) {
                    found.lasted.push(fact.at.since(since).as_secs_f64());
                }
            }
            _ => {}
        }
    }
    found.wrong_s = found.lasted.iter().sum();
    found.watched_s = run.outcome.simulated.as_secs_f64() * terminals as f64;
    found
}

/// F1, without faults.
fn mistakes(run: &RecordedRun) -> Vec<Sample> {
    let it = found(run);
    vec![
        Sample::ratio(it.watched_s, it.mistakes),
        Sample::mean(&it.lasted),
        Sample::ratio(it.watched_s - it.wrong_s, it.watched_s),
    ]
}

/// F1, with crashes: how many of them took longer than the bound to be found.
fn bound(run: &RecordedRun) -> Vec<Sample> {
    let delays = found(run).delays;
    let late = delays.iter().filter(|it| **it > 2.5).count();
    vec![Sample::ratio(late as f64, delays.len() as f64)]
}

/// F7, without faults: time from a sale that ends a silence, or from the start, to the next alarm.
fn false_alarms(run: &RecordedRun) -> Vec<Sample> {
    let it = found(run);
    let selling = it.watched_s - it.wrong_s;
    vec![Sample::ratio(selling, it.mistakes), Sample::ratio(it.mistakes * 86_400.0, selling)]
}

/// F7: from the moment at which a shop cannot sell any more to the alarm.
fn stops(run: &RecordedRun) -> Vec<Sample> {
    vec![Sample::mean(&found(run).delays)]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let crash = r#"(id: "crash", mode: Mainboard(Dead), when: At("2min"), stagger: "1min")"#;
    let stop = r#"(id: "stop", mode: Display(Blank), when: At("1h"), stagger: "20min")"#;
    vec![
        Case::new(
            "F1",
            0,
            &["E_TMR_s", "E_TM_s", "P_A"],
            runs,
            heartbeats(size.of(120, 10), "1000s", ""),
            mistakes,
        ),
        Case::new("F1", 1, &["share_T_D_over_2_5_s"], runs, heartbeats(100, "4min", crash), bound),
        Case::new(
            "F7",
            0,
            &["ARL0_s", "false_alarms_per_day"],
            runs,
            shops(size.of(24, 2), "2d", ""),
            false_alarms,
        ),
        Case::new("F7", 1, &["E_TD_s"], runs, shops(size.of(30, 4), "90min", stop), stops),
    ]
}
