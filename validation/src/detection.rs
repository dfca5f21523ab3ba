//! Detectors: how often they are wrong, and how soon they are right.

use faults::DomainEvent;
use models::{Note, Part};
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::availability::{Quiet, tills};
use crate::case::{Case, Size};
use crate::sight::count;

/// Tills that send a heartbeat every 30 seconds over a link that loses two in a hundred; three missed in a row count.
fn heartbeats(count: u32, lasts: &str, faults: &str) -> String {
    let quiet = Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "backup: None",
        faults,
        procedures: "(against: Symptom(NoHeartbeat), steps: []), (against: Mode(Mainboard(Dead)), steps: [])",
    };
    quiet.scenario().replace(r#"period: "300d""#, r#"period: "30s", misses: 3"#).replacen(
        "good_loss: 0.0",
        "good_loss: 0.02",
        1,
    )
}

/// The same over a link that is bad for 30 of 630 seconds: slots of 20 ms with the transitions of the continuous channel.
fn bursty_heartbeats(count: u32, lasts: &str) -> String {
    heartbeats(count, lasts, "")
        .replacen(
            "p_good_to_bad: 0.0, good_loss: 0.02",
            "p_good_to_bad: 3.332166938841393e-05, p_bad_to_good: 0.0006664333877682784, good_loss: 0.001, bad_loss: 0.9",
            1,
        )
        .replacen("    people: (", "    platform: (heartbeat_monitor: (bursts: true)),\n    people: (", 1)
}

/// Tills whose card reader tests its antenna; what a test finds is cleared at once, or not at all.
pub(crate) fn tested(count: u32, lasts: &str, test: &str, fault: &str, cleared: bool) -> String {
    let steps =
        if cleared { r#"(action: Repair, by: Device, duration: "0s", works: 1.0)"# } else { "" };
    let text = Quiet {
        fleet: &tills(count),
        lasts,
        firmware: "",
        faults: &format!(r#"(id: "antenna", mode: CardReader(AntennaDead), {fault})"#),
        procedures: &format!("(against: Mode(CardReader(AntennaDead)), steps: [{steps}])"),
    }
    .scenario();
    let hardware =
        format!("        hardware: (card_reader: (self_test: ({test}))),\n        comms: (");
    text.replacen("        comms: (", &hardware, 1)
}

/// A7: time from the fault to the test that finds it, and share of time with a fault that nobody knows of.
fn latent(run: &RecordedRun) -> Vec<Sample> {
    let mut since: Vec<Option<Instant>> = vec![None; run.outcome.roster.terminals() as usize];
    let (mut delays, mut broken) = (Vec::new(), 0.0);
    let end = Instant::START + run.outcome.simulated;
    for fact in &run.facts {
        let place = &mut since[fact.who.0 as usize];
        match (fact.what, *place) {
            (DomainEvent::Occurred { .. }, _) => *place = Some(fact.at),
            (DomainEvent::Alarm { .. }, Some(since)) => {
                delays.push(fact.at.since(since).as_secs_f64() / 3_600.0);
            }
            (DomainEvent::Cleared { .. }, Some(since)) => {
                broken += fact.at.since(since).as_secs_f64();
                *place = None;
            }
            _ => {}
        }
    }
    broken += since.iter().flatten().map(|it| end.since(*it).as_secs_f64()).sum::<f64>();
    let watched = run.outcome.simulated.as_secs_f64() * since.len() as f64;
    vec![Sample::mean(&delays), Sample::ratio(broken, watched)]
}

/// F5: what an alarm says of a terminal, and what silence says of it, from the fault records.
fn predictive(run: &RecordedRun) -> Vec<Sample> {
    let history = reports::analyse(run).history;
    let sick = history.records.len() as f64;
    let found = count(&history.records, |it| it.detection.is_some());
    let wrong = count(&history.alarms, |it| it.record.is_none());
    let missed = sick - found;
    let silent = f64::from(run.outcome.roster.terminals()) - sick - wrong;
    let product = (found + wrong) * (found + missed) * (silent + wrong) * (silent + missed);
    vec![
        Sample::ratio(found, found + wrong),
        Sample::ratio(silent, silent + missed),
        Sample::value((found * silent - wrong * missed) / libm::sqrt(product)),
    ]
}

/// F3: mistakes, their distance and their length.
fn mistakes(run: &RecordedRun) -> Vec<Sample> {
    let mut open: Vec<Option<(u32, Instant)>> = vec![None; run.outcome.roster.terminals() as usize];
    let (mut begun, mut lasted) = (0.0, Vec::new());
    for fact in &run.facts {
        let place = &mut open[fact.who.0 as usize];
        match fact.what {
            DomainEvent::Alarm { incident, detector: Part::HeartbeatMonitor, .. } => {
                begun += 1.0;
                *place = Some((incident, fact.at));
            }
            DomainEvent::Restored { incident } => {
                if let Some((_, since)) = place.take_if(|it| it.0 == incident) {
                    lasted.push(fact.at.since(since).as_secs_f64());
                }
            }
            _ => {}
        }
    }
    let watched = run.outcome.simulated.as_secs_f64() * open.len() as f64;
    vec![
        Sample::ratio(watched, begun),
        Sample::mean(&lasted),
        Sample::ratio(lasted.iter().sum(), watched),
    ]
}

/// F3: time from a crash to the alarm.
fn crashes(run: &RecordedRun) -> Vec<Sample> {
    let mut crashed: Vec<Option<Instant>> = vec![None; run.outcome.roster.terminals() as usize];
    let (mut delays, mut missing) = (Vec::new(), vec![false; crashed.len()]);
    for fact in &run.facts {
        let who = fact.who.0 as usize;
        match fact.what {
            // Who was missing already when it crashed tells nothing.
            DomainEvent::Occurred { .. } if !missing[who] => crashed[who] = Some(fact.at),
            DomainEvent::Alarm { detector: Part::HeartbeatMonitor, .. } => {
                missing[who] = true;
                if let Some(since) = crashed[who].take() {
                    delays.push(fact.at.since(since).as_secs_f64());
                }
            }
            DomainEvent::Restored { .. } => missing[who] = false,
            _ => {}
        }
    }
    vec![Sample::mean(&delays)]
}

/// One till with a customer every half a minute, a host that refuses this share as inoperative, and a breaker.
fn breaker(trips_after: u32, refuses: f64, lasts: &str) -> String {
    format!(
        r#"Scenario(
    schema: 2, name: "breaker", intent: "after how many transactions does a breaker trip?",
    duration: "{lasts}", drain: "0s",
    fleet: [(id: "tills", count: 1)],
    types: {{ "standard": (
        hardware: (
            card_reader: (misread: 0.0, duration: "1s"), printer: (roll: "4000m", line_duration: "1ms"),
            keypad: (key_duration: "10ms"), scanner: (duration: "1s"),
        ),
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0))),
        software: (payment_app: (receipt_lines: 1)),
    ) }},
    workload: [(per_day: 8640.0, hours: Flat, patience: "1h", min_patience: "1h")],
    platform: (gateway: (breaker_trips_after: {trips_after}, breaker_cooldown: "10s"), host: (refuses: {refuses:?})),
    policies: (
        heartbeat: (period: "30d"), telemetry: (period: "0s"),
        detectors: (sale_outcomes: InARow(failures: 255)),
        recovery: (fallback: None),
        procedures: [(against: Mode(Host(Outage)), steps: [])],
    ),
)"#
    )
}

/// F4: transactions that the host judged from when the breaker closed to when it tripped. With one till a sale is over
/// before the next begins, so the facts are in the order of the transactions.
fn run_lengths(run: &RecordedRun) -> Vec<Sample> {
    enum State {
        Closed,
        /// The breaker has tripped; the sale that tripped it has not been told.
        Tripping,
        Open,
        /// A request was let through and went well; its sale has not been told.
        Closing,
    }
    let (mut state, mut judged, mut runs, mut all) = (State::Closed, 0.0, 0.0, 0.0);
    for fact in &run.facts {
        match fact.what {
            DomainEvent::Noted(Note::Breaker { open: true, .. }) => state = State::Tripping,
            DomainEvent::Noted(Note::Breaker { open: false, .. }) => state = State::Closing,
            // What the breaker itself refuses has no reference number: it was never sent to the host.
            DomainEvent::Noted(Note::SaleEnded(sale)) if sale.rrn != 0 => match state {
                State::Closed => judged += 1.0,
                State::Tripping => {
                    all += judged + 1.0;
                    runs += 1.0;
                    (judged, state) = (0.0, State::Open);
                }
                State::Open => {}
                State::Closing => state = State::Closed,
            },
            _ => {}
        }
    }
    vec![Sample::ratio(all, runs)]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let crash = r#"(id: "crash", mode: Mainboard(Dead), when: At("2h"), stagger: "1h")"#;
    vec![
        Case::new(
            "F3",
            0,
            &["E_TMR_s", "E_TM_s", "P_suspect"],
            runs,
            heartbeats(size.of(4_800, 2_000), size.of("10d", "12h"), ""),
            mistakes,
        ),
        Case::new(
            "F3",
            1,
            &["E_TD_trusting_at_crash"],
            runs,
            heartbeats(size.of(500, 300), "4h", crash),
            crashes,
        ),
        Case::new("F6", 0, &["E_TMR_s"], runs, bursty_heartbeats(size.of(300, 60), "1d"), |run| {
            mistakes(run)[..1].to_vec()
        }),
        Case::new(
            "A7",
            0,
            &["MTTD_h", "PFD_avg"],
            runs,
            tested(
                size.of(150, 20),
                "8640h 1ms",
                r#"every: "24h""#,
                r#"when: Random(Exponential(mean: "720h"))"#,
                true,
            ),
            latent,
        ),
        Case::new(
            "F5",
            0,
            &["PPV", "NPV", "MCC"],
            runs,
            tested(
                size.of(80_000, 6_000),
                "11h",
                r#"every: "10h", coverage: (share: 0.95), false_alarms: 0.02"#,
                r#"when: At("1h"), probability: 0.01"#,
                false,
            ),
            predictive,
        ),
        Case::new("F4", 0, &["ARL1_tx"], runs, breaker(5, 0.6, size.of("4d", "12h")), run_lengths),
        Case::new(
            "F4",
            1,
            &["ARL1_p1_0_9"],
            runs,
            breaker(5, 0.9, size.of("2d", "12h")),
            run_lengths,
        ),
        Case::new(
            "F4",
            2,
            &["ARL0_r2_tx"],
            runs,
            breaker(2, 0.05, size.of("9d", "1d")),
            run_lengths,
        ),
    ]
}
