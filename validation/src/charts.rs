//! Detectors of a rate of outcomes, run on the outcomes of sales: how often they are wrong, and how soon they are right.

use faults::DomainEvent;
use models::{Note, Part};
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::case::{Case, Size};
use crate::sight::{deviation, quantile};

const YEAR_S: f64 = 31_536_000.0;

/// Tills whose customers come as a Poisson process and tap a sound reader; a sale takes milliseconds, and the host refuses this
/// share of them as inoperative.
struct Tills<'a> {
    count: u32,
    per_day: f64,
    rule: &'a str,
    refuses: f64,
    /// From the hour at which it begins on, this share fails as well: messages are damaged on the way to the gateway.
    step: Option<f64>,
    lasts: &'a str,
}

/// Long enough before the step that a chart has forgotten how it began.
const STEP_AT: &str = "90min";

impl Tills<'_> {
    fn scenario(&self) -> String {
        let Self { count, per_day, rule, refuses, step, lasts } = self;
        // Of those that would have gone well, so many fail that together it is the share asked for.
        let faults = step.map_or(String::new(), |step| {
            let damaged = (step - refuses) / (1.0 - refuses);
            format!(r#"(id: "step", mode: Cellular(DamagesMessages), when: At("{STEP_AT}"), magnitude: {damaged:?})"#)
        });
        format!(
            r#"Scenario(
    schema: 2, name: "charts", intent: "after how many sales does a detector of their outcomes alarm?",
    duration: "{lasts}", drain: "0s",
    fleet: [(id: "tills", count: {count})],
    types: {{ "standard": (
        fitted: (without: [Printer, Scanner, Keypad, Display, Indicators]),
        hardware: (card_reader: (misread: 0.0, duration: "1ms")),
        comms: (
            wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0)),
            cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, latency: "1ms", spread: 0.0)),
        ),
        software: (firmware: (uplink: Cellular, backup: None), payment_app: (build_time: "1ms")),
    ) }},
    network: (min_latency: "1ms"),
    workload: [(
        per_day: {per_day:?}, hours: Flat, mix: (chip: 0, contactless: 1, stripe: 0, code: 0),
        no_pin_below: "1000000 CNY", patience: "1h", min_patience: "1h",
    )],
    faults: [{faults}],
    platform: (
        gateway: (breaker_trips_after: 1000000000, service_time: "1ms", to_host: "1ms"),
        host: (refuses: {refuses:?}),
    ),
    policies: (
        heartbeat: (period: "300d"), telemetry: (period: "0s"),
        detectors: (silence: (improbable: 0.0), sale_outcomes: {rule}),
        common_causes: (enabled: false),
        recovery: (fallback: None),
        procedures: [
            (against: Symptom(RequestsUnanswered), steps: []), (against: Symptom(SessionRefused), steps: []),
            (against: Symptom(BearerUnusable), steps: []),
            (against: Mode(Host(Outage)), steps: []), (against: Mode(Security(KeysOutOfStep)), steps: []),
            (against: Mode(Cellular(DamagesMessages)), steps: []),
        ],
    ),
)"#
        )
    }
}

/// One till's chart, as its alarms tell.
#[derive(Clone, Copy, Default)]
struct Watched {
    /// Sales since the chart was new.
    sales: f64,
    /// Since when it has been new or watched.
    since: Instant,
    /// The incident of the alarm that stands.
    stands: Option<u32>,
    alarmed: bool,
    step: Option<(Instant, f64)>,
}

/// What the charts of all tills did.
#[derive(Default)]
struct Watch {
    /// Sales while no alarm stood, and alarms: whatever began before the end.
    sales: f64,
    seconds: f64,
    alarms: f64,
    /// Sales and seconds to the first alarm of each till.
    first: Vec<(f64, f64)>,
    /// Sales and seconds from the step to the first alarm of each till at which none stood when it came.
    after_step: Vec<(f64, f64)>,
}

fn watch(run: &RecordedRun) -> Watch {
    let mut tills = vec![Watched::default(); run.outcome.roster.terminals() as usize];
    let mut of = Watch::default();
    for fact in &run.facts {
        let Some(till) = tills.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            DomainEvent::Noted(Note::SaleEnded(sale))
                if sale.tries > 0 && till.stands.is_none() =>
            {
                till.sales += 1.0;
                of.sales += 1.0;
                till.step.iter_mut().for_each(|it| it.1 += 1.0);
            }
            DomainEvent::Occurred { .. } if till.stands.is_none() => {
                till.step = Some((fact.at, 0.0))
            }
            DomainEvent::Alarm { incident, detector: Part::PaymentApp, .. }
                if till.stands.is_none() =>
            {
                of.alarms += 1.0;
                let seconds = fact.at.since(till.since).as_secs_f64();
                of.seconds += seconds;
                if !std::mem::replace(&mut till.alarmed, true) {
                    of.first.push((till.sales, seconds));
                }
                if let Some((at, sales)) = till.step.take() {
                    of.after_step.push((sales, fact.at.since(at).as_secs_f64()));
                }
                (till.stands, till.sales) = (Some(incident), 0.0);
            }
            DomainEvent::Restored { incident } if till.stands == Some(incident) => {
                (till.stands, till.since) = (None, fact.at);
            }
            _ => {}
        }
    }
    let end = Instant::START + run.outcome.simulated;
    let watched = tills.iter().filter(|it| it.stands.is_none());
    of.seconds += watched.map(|it| end.since(it.since).as_secs_f64()).sum::<f64>();
    of
}

/// Sales from one false alarm to the next, and alarms a year: while an alarm stands nothing is watched.
fn in_control(run: &RecordedRun) -> Vec<Sample> {
    let of = watch(run);
    vec![Sample::ratio(of.sales, of.alarms), Sample::ratio(of.alarms * YEAR_S, of.seconds)]
}

fn mean_of(values: &[(f64, f64)], which: impl Fn(&(f64, f64)) -> f64) -> Sample {
    Sample::mean(&values.iter().map(which).collect::<Vec<f64>>())
}

/// Sales to the first alarm, from a new chart.
fn from_start(run: &RecordedRun) -> Vec<Sample> {
    vec![mean_of(&watch(run).first, |it| it.0)]
}

fn delays(values: &[(f64, f64)]) -> Vec<Sample> {
    let mut seconds: Vec<f64> = values.iter().map(|it| it.1).collect();
    vec![
        mean_of(values, |it| it.0),
        mean_of(values, |it| it.1),
        Sample::value(deviation(&seconds)),
        Sample::value(quantile(&mut seconds, 0.95)),
    ]
}

/// Sales and seconds from a step of the share that fails.
fn after_step(run: &RecordedRun) -> Vec<Sample> {
    delays(&watch(run).after_step)
}

/// Sales and seconds from a new chart.
fn delays_from_start(run: &RecordedRun) -> Vec<Sample> {
    delays(&watch(run).first)
}

/// The rules of the laws, as scenarios write them.
pub(crate) const K_OF_N: &str = "KOfN(k: 3, n: 8)";
pub(crate) const EWMA: &str =
    "Ewma(weight_shift: 3, scale_bits: 12, starts_at: 163, alarm_above: 1300)";
pub(crate) const CUSUM: &str = "Cusum(failed_adds: 6, good_takes: 1, alarm_at: 20)";
pub(crate) const CUSUM_HEAD_START: &str =
    "Cusum(failed_adds: 6, good_takes: 1, alarm_at: 20, head_start: 10)";
pub(crate) const IN_A_ROW: &str = "InARow(failures: 3)";

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let tills = |rule, refuses| Tills {
        count: size.of(12, 2),
        per_day: 864.0,
        rule,
        refuses,
        step: None,
        lasts: size.of("6d", "2d"),
    };
    let many =
        |rule, refuses| Tills { count: size.of(320, 10), lasts: "4h", ..tills(rule, refuses) };
    let stepped = |rule, refuses, step| Tills {
        count: size.of(320, 15),
        step: Some(step),
        lasts: "270min",
        ..tills(rule, refuses)
    };
    let steady = &["ARL1_steady_ops", "delay1_mean_s", "delay1_sd_s", "delay1_p95_s"];
    let fixed = &[
        "fixed_ARL1_steady_ops",
        "fixed_delay1_mean_s",
        "fixed_delay1_sd_s",
        "fixed_delay1_p95_s",
    ];
    let row = Tills { per_day: 480.0, ..tills(IN_A_ROW, 0.04) };
    let row_of_faults = Tills { per_day: 480.0, lasts: "4h", ..many(IN_A_ROW, 0.7) };
    let case = |law,
                number,
                names: &[&'static str],
                tills: Tills<'_>,
                see: fn(&RecordedRun) -> Vec<Sample>| {
        Case::new(law, number, names, runs, tills.scenario(), see)
    };
    let false_alarms = &["ARL0_ops", "false_alarms_per_year"];
    vec![
        case("D4", 0, false_alarms, tills(K_OF_N, 0.03), in_control),
        case("D4", 1, &["ARL1_zero_ops"], many(K_OF_N, 0.35), from_start),
        case("D4", 2, steady, stepped(K_OF_N, 0.03, 0.35), after_step),
        case(
            "D5",
            0,
            &["fixed_ARL0_ops", "fixed_false_alarms_per_year"],
            tills(EWMA, 0.04),
            in_control,
        ),
        case("D5", 1, &["fixed_ARL1_zero_ops"], many(EWMA, 0.3), from_start),
        case("D5", 2, fixed, stepped(EWMA, 0.04, 0.3), after_step),
        case("D6", 0, false_alarms, tills(CUSUM, 0.05), in_control),
        case("D6", 1, &["ARL1_zero_ops"], many(CUSUM, 0.3), from_start),
        case("D6", 2, steady, stepped(CUSUM, 0.05, 0.3), after_step),
        case("D6", 3, &["ARL1_head_start_ops"], many(CUSUM_HEAD_START, 0.3), from_start),
        case("D7", 0, &["ARL0_sales", "false_alarms_per_year"], row, in_control),
        case(
            "D7",
            1,
            &["ARL1_sales", "delay1_mean_s", "delay1_sd_s", "delay1_p95_s"],
            row_of_faults,
            delays_from_start,
        ),
    ]
}
