//! What an outage costs: sales that could not be made while a terminal was out of service.

use faults::DomainEvent;
use models::{Note, Outcome as Ending};
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::ActorId;

use crate::case::{Case, Size};
use crate::sight::{deviation, downs};

/// Shops with a customer every fifty seconds, out of service for an hour; and tills with the lives and the procedure of A11,
/// which nobody visits: an hour out of service costs the same whichever it is, and with customers at all of them four
/// years would be a day's computing.
fn scenario(shops: u32, tills: u32, lasts: &str) -> String {
    format!(
        r#"Scenario(
    schema: 2, name: "losses", intent: "what does an outage cost?",
    duration: "{lasts}", drain: "0s",
    fleet: [
        (id: "shops", count: {shops}, type: "fast", deployment: (retires: At("75min"))),
        (id: "tills", count: {tills}, type: "procedure"),
    ],
    types: {{
        "fast": (
            hardware: (
                card_reader: (misread: 0.0), printer: (roll: "4000m", line_duration: "1ms"),
                keypad: (key_duration: "1ms"), scanner: (duration: "10ms"),
            ),
            comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0))),
            software: (firmware: (backup: None), payment_app: (receipt_lines: 1)),
        ),
        "procedure": (
            comms: (
                wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, connects_in: "0s")),
                cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0, connects_in: "0s")),
            ),
            software: (firmware: (boots_in: "0s", backup: None, watchdog: "90s")),
        ),
    }},
    workload: [
        (on: ["shops"], per_day: 1728.0, hours: Flat, min_patience: "1s", patience: "1us",
         basket: (median: "20.07 CNY", sigma: {SIGMA}),
         mix: (code: 1.0, chip: 0.0, contactless: 0.0, stripe: 0.0)),
        (on: ["tills"], per_day: 0.0),
    ],
    people: (
        customer: (alternative_tender: 0.3, line: 200, expired: 0.0),
        merchant: (notices_in: "36500d", reacts_in: "0s", opens_at: 0, closes_at: 24, look_ups_per_day: 0.0),
        technicians: (travels: "1us", spread: 0.0, crews: 1000000, spares: 1000000),
    ),
    faults: [
        (id: "outage", mode: Mainboard(Dead), target: Group("shops"), when: At("10min"), lasts: Exactly("1h")),
        (id: "hang", mode: Firmware(Hang), target: Group("tills"), when: Random(Exponential(mean: "2000h"))),
    ],
    policies: (
        heartbeat: (period: "300d", grace: "0s"), telemetry: (period: "0s"),
        detectors: (silence: (improbable: 0.0)),
        recovery: (verify_after: "0s", relapse_within: "0s", fallback: None),
        procedures: [
            (against: Mode(Mainboard(Dead)), steps: []),
            (against: Mode(Firmware(Hang)), steps: [
                (action: RestartApp, by: Device, duration: "60s", works: 0.6),
                (action: RestartTerminal, by: Device, duration: "300s", works: 0.5),
                (action: Swap, by: Technician, duration: "26h", works: 1.0),
            ]),
        ],
    ),
)"#
    )
}

/// Of a lognormal basket of mean 35 and standard deviation 50: the root of ln(1 + (50/35)^2). Its median is 20.07.
const SIGMA: f64 = 1.054_556_5;

/// When the shops are out of service, in seconds.
const OUTAGE: std::ops::Range<f64> = 600.0..4_200.0;

/// What each shop lost in its hour, in whole units of the currency.
fn lost(run: &RecordedRun) -> Vec<f64> {
    let shops = run.outcome.roster.terminals() as usize / 2;
    let mut lost = vec![0.0; shops];
    for fact in &run.facts {
        let DomainEvent::Noted(Note::SaleEnded(sale)) = fact.what else { continue };
        let made = matches!(sale.outcome, Ending::Approved | Ending::Stored);
        if !made && !sale.alternative_tender && OUTAGE.contains(&sale.began.as_secs_f64()) {
            lost[fact.who.0 as usize] += sale.amount.0 as f64 / 100.0;
        }
    }
    lost
}

/// C1.
fn cost(run: &RecordedRun) -> Vec<Sample> {
    let lost = lost(run);
    let an_hour = lost.iter().sum::<f64>() / lost.len() as f64;
    // The tills of the procedure, once their start is forgotten.
    let (from, end) = (240.0, run.outcome.simulated.as_secs_f64() / 3_600.0);
    let its = |who: ActorId| who.0 as usize >= lost.len();
    let down: f64 = downs(run).iter().filter(|it| its(it.who)).map(|it| it.within(from, end)).sum();
    let share = down / (lost.len() as f64 * (end - from));
    vec![
        Sample::mean(&lost),
        Sample::value(deviation(&lost)),
        Sample::value(an_hour * share * 30.0 * 24.0),
    ]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let fleet = size.of(900, 60);
    vec![Case::new(
        "C1",
        0,
        &["E_lost_per_down_hour", "sd_per_down_hour", "E_lost_30d"],
        size.of(40, 30),
        scenario(fleet, fleet, size.of("35040h", "17520h")),
        cost,
    )]
}
