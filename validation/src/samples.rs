//! Sensors that are read every so often, a switch that has to hold for a time, and a person at the counter: when what they show
//! is noticed.

use faults::DomainEvent;
use models::Part;
use reports::statistics::{KaplanMeier, Lifetime, Sample};
use scenarios::RecordedRun;
use sim::{ActorId, Instant};

use crate::availability::{Quiet, tills};
use crate::case::{Case, Size};
use crate::sight::{deviation, quantile};

const YEAR_S: f64 = 31_536_000.0;

/// Tills with one sensor that matters. `hardware` and `software` are its settings, `parts` the limits of its detector.
struct Sensed<'a> {
    count: u32,
    lasts: &'a str,
    hardware: &'a str,
    firmware: &'a str,
    parts: &'a str,
    faults: &'a str,
}

impl Sensed<'_> {
    fn scenario(&self) -> String {
        let Self { count, lasts, hardware, firmware, parts, faults } = self;
        let quiet = Quiet {
            fleet: &tills(*count),
            lasts,
            firmware,
            faults,
            procedures: "(against: Symptom(TemperatureOutOfRange), steps: []), (against: Mode(Enclosure(Heat)), steps: []), \
                 (against: Symptom(ResourcesShort), steps: []), (against: Mode(Firmware(MemoryLeak)), steps: []), \
                 (against: Symptom(SupplyBad), steps: []), (against: Mode(Power(LoosePlug)), steps: []), \
                 (against: Symptom(IndicationMissing), steps: []), (against: Mode(Display(BacklightDim)), steps: [])",
        };
        let types = format!(
            "fitted: (without: [Printer, Scanner, Indicators]),\n        hardware: ({hardware}),\n        comms: ("
        );
        quiet.scenario().replacen("comms: (", &types, 1).replacen(
            "detectors: (",
            &format!("detectors: (parts: ({parts}), "),
            1,
        )
    }
}

/// A body that stands still at one temperature, read with an error.
fn body(place: &str, sensor: &str) -> String {
    format!(
        r#"enclosure: (place: "{place}", heat: "95C", follows_in: "1ms", sensor: ({sensor}, offset: "0C")), mainboard: (warms_by: "1C", shuts_at: "150C", throttles_at: "140C"), printer: (resumes_at: "110C", cooldown_at: "120C")"#
    )
}

/// Alarms of one part: when each was raised and was over.
fn alarms(run: &RecordedRun, of: Part) -> Vec<(ActorId, Instant, Option<Instant>)> {
    let mut all: Vec<(ActorId, Instant, Option<Instant>)> = Vec::new();
    let mut open = std::collections::BTreeMap::new();
    for fact in &run.facts {
        match fact.what {
            DomainEvent::Alarm { incident, detector, .. } if detector == of => {
                open.insert((fact.who, incident), all.len());
                all.push((fact.who, fact.at, None));
            }
            DomainEvent::Restored { incident } => {
                if let Some(place) = open.remove(&(fact.who, incident)) {
                    all[place].2 = Some(fact.at);
                }
            }
            _ => {}
        }
    }
    all
}

/// Seconds from the onset of each terminal's fault, or from the start where there is none, to its first alarm.
fn delays(run: &RecordedRun, of: Part) -> Vec<f64> {
    let mut since = vec![Some(Instant::START); run.outcome.roster.terminals() as usize];
    for fact in &run.facts {
        if let DomainEvent::Occurred { .. } = fact.what {
            since[fact.who.0 as usize] = Some(fact.at);
        }
    }
    let first = alarms(run, of).into_iter();
    let first = first.filter_map(|(who, at, _)| {
        let since = since.get_mut(who.0 as usize)?.take()?;
        Some(at.since(since).as_secs_f64())
    });
    first.collect()
}

fn mean_sd_p95(mut delays: Vec<f64>) -> Vec<Sample> {
    vec![
        Sample::mean(&delays),
        Sample::value(deviation(&delays)),
        Sample::value(quantile(&mut delays, 0.95)),
    ]
}

fn of_body(run: &RecordedRun) -> Vec<Sample> {
    mean_sd_p95(delays(run, Part::Enclosure))
}

fn of_memory(run: &RecordedRun) -> Vec<Sample> {
    let all = mean_sd_p95(delays(run, Part::Firmware));
    vec![all[0], all[2]]
}

/// D2: the first alarm of what is too warm from the start: its delay, and how many samples that is.
fn from_start(run: &RecordedRun) -> Vec<Sample> {
    let delays = delays(run, Part::Enclosure);
    let samples: Vec<f64> = delays.iter().map(|it| it / 60.0 + 0.5).collect();
    vec![Sample::mean(&samples), Sample::mean(&delays)]
}

/// D2: false alarms of what is as it should be.
fn false_alarms(run: &RecordedRun) -> Vec<Sample> {
    let all = alarms(run, Part::Enclosure);
    let watched = run.outcome.simulated.as_secs_f64() * f64::from(run.outcome.roster.terminals());
    let lasted: Vec<f64> =
        all.iter().filter_map(|it| Some(it.2?.since(it.1).as_secs_f64())).collect();
    let end = Instant::START + run.outcome.simulated;
    let stood: f64 = all.iter().map(|it| it.2.unwrap_or(end).since(it.1).as_secs_f64()).sum();
    let alarms = all.len() as f64;
    vec![
        Sample::ratio((watched - stood) / 60.0, alarms),
        Sample::ratio(alarms * YEAR_S, watched),
        Sample::mean(&lasted),
        Sample::ratio(stood, watched),
    ]
}

/// D3: trips of the input's pin.
fn trips(run: &RecordedRun) -> Vec<Sample> {
    let watched = run.outcome.simulated.as_secs_f64() * f64::from(run.outcome.roster.terminals());
    vec![Sample::ratio(alarms(run, Part::Power).len() as f64 * YEAR_S, watched)]
}

/// D8: hours from the onset until the merchant has noticed.
fn noticed(run: &RecordedRun) -> Vec<Sample> {
    let mut hours: Vec<f64> =
        delays(run, Part::Merchant).into_iter().map(|it| it / 3_600.0).collect();
    let n = f64::from(run.outcome.roster.terminals());
    let within = |limit: f64| hours.iter().filter(|it| **it <= limit).count() as f64;
    vec![
        Sample::mean(&hours),
        Sample::ratio(within(1.0), n),
        Sample::ratio(within(24.0), n),
        Sample::value(quantile(&mut hours, 0.5)),
        Sample::value(quantile(&mut hours, 0.95)),
    ]
}

fn noticed_mean(run: &RecordedRun) -> Vec<Sample> {
    vec![noticed(run)[0]]
}

/// What came first: the merchant saw it, or it was over. Hours from the onset, and which.
fn first_of(run: &RecordedRun) -> Vec<(f64, bool)> {
    let mut since = vec![None; run.outcome.roster.terminals() as usize];
    let mut ends = Vec::new();
    for fact in &run.facts {
        let Some(place) = since.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            DomainEvent::Occurred { .. } => *place = Some(fact.at),
            DomainEvent::Alarm { .. } | DomainEvent::Cleared { .. } => {
                let seen = matches!(fact.what, DomainEvent::Alarm { .. });
                if let Some(since) = place.take() {
                    ends.push((fact.at.since(since).as_secs_f64() / 3_600.0, seen));
                }
            }
            _ => {}
        }
    }
    ends
}

/// D14: each way's share of all, by a time and in the end, and the mean time to being seen of what was.
fn competing(run: &RecordedRun) -> Vec<Sample> {
    let ends = first_of(run);
    let n = ends.len() as f64;
    let count =
        |by: f64, seen: bool| ends.iter().filter(|it| it.0 <= by && it.1 == seen).count() as f64;
    let delays: Vec<f64> = ends.iter().filter(|it| it.1).map(|it| it.0).collect();
    let lives: Vec<Lifetime> =
        ends.iter().map(|it| Lifetime { time_s: it.0 * 3_600.0, ended: it.1 }).collect();
    let naive = 1.0 - KaplanMeier::fit(&lives).survival(3.0 * 3_600.0);
    let open: f64 = ends.iter().map(|it| it.0.min(8.0)).sum();
    let lost = |seen: bool| -> f64 {
        ends.iter().filter(|it| it.1 == seen).map(|it| (8.0 - it.0).max(0.0)).sum()
    };
    vec![
        Sample::ratio(count(3.0, true), n),
        Sample::ratio(count(3.0, false), n),
        Sample::ratio(count(f64::INFINITY, true), n),
        Sample::mean(&delays),
        Sample::value(naive),
        Sample::ratio(open, n),
        Sample::ratio(lost(true), n),
        Sample::ratio(lost(false), n),
    ]
}

/// A screen that dims at some time of the third day, before a merchant who is there for some hours of the day.
fn at_counter(count: u32, when: &str, hours: &str) -> String {
    Sensed {
        count,
        lasts: "30d",
        hardware: "",
        firmware: "",
        parts: "",
        faults: &format!(r#"(id: "dim", mode: Display(BacklightDim), {when}, magnitude: 0.5)"#),
    }
    .scenario()
    .replacen(r#"notices_in: "36500d""#, r#"notices_in: "200min""#, 1)
    .replacen("opens_at: 0, closes_at: 24", hours, 1)
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let heat = r#"(id: "heat", mode: Enclosure(Heat), when: At("1h"), magnitude: 1.0)"#;
    let clear = Sensed {
        count: size.of(500, 40),
        lasts: "2h",
        hardware: &body("25C", r#"every: "30s", resolution: "1C", noise: "0C""#),
        firmware: "",
        parts: r#"enclosure: (too_warm: "85C")"#,
        faults: heat,
    };
    let seen = Sensed {
        count: size.of(2_000, 40),
        lasts: "1h",
        // A reading is beyond 75.1 °C from 75.1 °C on, which this place and this error show with probability 0.79996.
        hardware: &body("82C", r#"every: "30s", resolution: "0.2C", noise: "8.2C""#),
        parts: r#"enclosure: (too_warm: "75.1C", hysteresis: "0C")"#,
        faults: "",
        ..clear
    };
    let leak = Sensed {
        hardware: "",
        firmware: r#"leaks_in: "1000s", memory_gauge: (every: "30s", resolution: 0.0001, noise: 0.0)"#,
        parts: "firmware: (memory_above: 0.95)",
        faults: r#"(id: "leak", mode: Firmware(MemoryLeak), when: At("1h"), magnitude: 1.0)"#,
        ..clear
    };
    let noisy = r#"every: "60s", resolution: "0.5C", noise: "4C""#;
    let limit = r#"enclosure: (too_warm: "75C", hysteresis: "2C")"#;
    let sound = Sensed {
        count: size.of(100, 6),
        lasts: "30d",
        hardware: &body("70C", noisy),
        firmware: "",
        parts: limit,
        faults: "",
    };
    let step =
        Sensed { count: size.of(500, 40), lasts: "2h", hardware: &body("80C", noisy), ..sound };
    // Quiet for a minute on average, then without contact for 50 ms: a share of 0.05 / 60.05 of the time.
    let loose = r#"(id: "loose", mode: Power(LoosePlug), when: At("0s"), magnitude: 0.0008326394671107411)"#;
    let pin = |after: &str| {
        format!(r#"power: (lost_after: "{after}", back_after: "0s", losses_within: "0s")"#)
    };
    let plug = Sensed {
        count: size.of(10, 2),
        lasts: size.of("10d", "4d"),
        hardware: r#"power: (contact_gap: "50ms")"#,
        firmware: "",
        parts: &pin("250ms"),
        faults: loose,
    };
    let bare = Sensed { lasts: size.of("1d", "12h"), parts: &pin("0s"), ..plug };
    let names = [
        "F1_t",
        "F2_t",
        "P_detected",
        "mean_delay_of_detected_h",
        "naive_one_minus_KM_t",
        "restricted_mean_open_h",
        "restricted_lost_to_detected_h",
        "restricted_lost_to_cleared_h",
    ];
    let ends = r#"when: At("48h"), lasts: Exponential(mean: "5h")"#;
    let both = at_counter(size.of(4_000, 80), ends, "opens_at: 0, closes_at: 24");
    let both = both.replacen("200min", "2h", 1);
    let people = size.of(4_000, 60);
    let day = "opens_at: 9, closes_at: 18";
    vec![
        Case::new("D1", 0, &["mean_s", "sd_s", "p95_s"], runs, clear.scenario(), of_body),
        Case::new("D1", 1, &["drift_mean_s", "drift_p95_s"], runs, leak.scenario(), of_memory),
        Case::new(
            "D1",
            2,
            &["seen_s_mean_s", "seen_s_sd_s", "seen_s_p95_s"],
            runs,
            seen.scenario(),
            of_body,
        ),
        Case::new(
            "D2",
            0,
            &["ARL0_samples", "false_alarms_per_year", "false_alarm_len_s", "share_in_false_alarm"],
            runs,
            sound.scenario(),
            false_alarms,
        ),
        Case::new("D2", 1, &["ARL1_samples", "delay1_mean_s"], runs, step.scenario(), from_start),
        Case::new("D14", 0, &names, runs, both, competing),
        Case::new("D3", 0, &["trips_per_year"], runs, plug.scenario(), trips),
        Case::new("D3", 1, &["trips_per_year_no_debounce"], runs, bare.scenario(), trips),
        Case::new(
            "D8",
            0,
            &["mean_h", "P_within_1h", "P_within_24h", "p50_h", "p95_h"],
            runs,
            at_counter(people, r#"when: At("48h"), stagger: "24h""#, day),
            noticed,
        ),
        Case::new(
            "D8",
            1,
            &["mean_h_onset_in_open_hours"],
            runs,
            at_counter(people, r#"when: At("57h"), stagger: "9h""#, day),
            noticed_mean,
        ),
        Case::new(
            "D8",
            2,
            &["mean_h_onset_at_closing"],
            runs,
            at_counter(people, r#"when: At("66h")"#, day),
            noticed_mean,
        ),
        Case::new(
            "D8",
            3,
            &["mean_h_if_always_open"],
            runs,
            at_counter(people, r#"when: At("48h")"#, "opens_at: 0, closes_at: 24"),
            noticed_mean,
        ),
    ]
}
