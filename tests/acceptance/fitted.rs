//! What a type of terminal leaves out is not there: it does nothing, breaks nothing, and stands in no table.

use std::fs;
use std::path::Path;

use faults::{DomainEvent, Planned, When};
use models::hardware::{display, power};
use models::quantity::MilliampHours;
use models::{Fact, Fault, Note, Outcome, Part, Profile};
use scenarios::load_text;
use serde_json::Value;
use sim::Span;
use sim::quantity::Factor;

use crate::bench::Bench;
use crate::command_line::{code, posrig, room, text};

/// A reader beside a till: cable, one bearer, a screen to touch, and nothing else that can be left out.
const BARE: &str = r#"Scenario(
    schema: 2, name: "bare", intent: "does it sell?", duration: "1d", drain: "1h",
    fleet: [(id: "readers", count: 20, type: "bare")],
    types: {"bare": (fitted: (without: [
        Battery, Tamper, Keypad, Printer, Scanner, Indicators, PhoneLink, Wifi,
    ]))},
    faults: [(id: "dark", mode: Display(Blank), sample: Count(4), when: At("9h"), stagger: "4h")],
    expectations: [Holds(LedgersAgree), Measure(measure: DetectedShare, at_least: 0.0)],
)"#;

const LEFT_OUT: [Part; 8] = [
    Part::Battery,
    Part::Tamper,
    Part::Keypad,
    Part::Printer,
    Part::Scanner,
    Part::Indicators,
    Part::PhoneLink,
    Part::Wifi,
];

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = posrig(folder, arguments);
    assert!(code(&output) < 2, "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn what_no_terminal_has_stands_in_no_table() {
    let room = room();
    fs::write(room.path().join("bare.ron"), BARE).expect("written");
    let output = posrig(room.path(), &["run", "bare.ron", "--out", "run"]);
    assert_eq!(code(&output), 0, "{}{}", text(&output.stdout), text(&output.stderr));
    let read = |file: &str| fs::read_to_string(room.path().join("run").join(file)).expect(file);
    let summary: Value = serde_json::from_str(&read("summary.json")).expect("JSON");
    assert!(summary["transactions"]["approved"].as_u64() > Some(300), "it sells: {summary}");
    let fmea = json(room.path(), &["fmea", "run", "--json"]);
    let coverage = json(room.path(), &["coverage", "run", "--json"]);
    let rows = fmea["rows"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["item"] == "host"), "hubs are always there");
    let texts: Vec<(&str, String)> = ["faults.csv", "alarms.csv", "actions.csv", "report.html"]
        .into_iter()
        .filter(|file| room.path().join("run").join(file).exists())
        .map(|file| (file, read(file)))
        .collect();
    for part in LEFT_OUT {
        let name = part.name();
        assert!(summary["parts"].get(name).is_none(), "{name} is counted");
        assert!(rows.iter().all(|row| row["item"] != name), "{name} has a row in the worksheet");
        let detectors = models::detectors().iter().filter(|it| it.part == part);
        for detector in detectors.map(|it| it.name).chain([name]) {
            let sees = |row: &Value| {
                row["current_detection"].as_array().is_some_and(|it| it.contains(&detector.into()))
            };
            assert!(!rows.iter().any(sees), "{detector} detects something in the worksheet");
        }
        let modes: Vec<String> =
            Fault::all().filter(|it| it.part() == part).map(|it| it.to_string()).collect();
        let covered = coverage["rows"].as_array().expect("rows");
        for mode in &modes {
            assert!(covered.iter().all(|row| row["fault"] != mode.as_str()), "{mode} is covered");
            for (file, text) in &texts {
                assert!(!text.contains(mode.as_str()), "{mode} is in {file}");
            }
        }
    }
    assert_eq!(summary["parts"]["display"], 20);
}

#[test]
fn a_fault_that_reaches_no_terminal_with_the_part_is_refused() {
    for (part, mode) in [
        ("battery", "Battery(Aged)"),
        ("keypad", "Keypad(DeadKey)"),
        ("wifi", "Wifi(Interference)"),
        ("phone-link", "PhoneLink(PhoneAsleep)"),
        ("printer", "Printer(Jam)"),
    ] {
        let found = load_text("bare.ron", &BARE.replace("Display(Blank)", mode)).expect_err(mode);
        let said = format!("none of the 20 terminals there has the part `{part}`");
        assert!(found.iter().any(|it| it.message.contains(&said)), "{mode}: {found:#?}");
    }
}

#[test]
fn settings_that_need_what_is_left_out_are_refused() {
    let refused = |text: &str, said: &str| {
        let found = load_text("bare.ron", text).expect_err(said);
        assert!(found.iter().any(|it| it.message.contains(said)), "{said}: {found:#?}");
    };
    let with = |more: &str| BARE.replace("\"bare\": (", &format!("\"bare\": ({more}, "));
    refused(&BARE.replace("Wifi,", "Wifi, Cellular,"), "have no way to the network");
    refused(&with("software: (firmware: (backup: None))"), "have no way to the network");
    refused(&with("software: (firmware: (through_phone: true))"), "has no link to one");
    refused(&with("hardware: (display: (keypad_only: true))"), "by keys alone and has none");
    let uplink = BARE.replace("type: \"bare\")", "type: \"bare\", uplink: Some(Wifi))");
    refused(&uplink, "terminals of type `bare` have no Wifi");
    refused(&BARE.replace("Wifi,", "Wifi, Mainboard,"), "no terminal can do without `Mainboard`");
}

fn busy(without: &[Part]) -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(60.0);
    profile.fitted.without.extend(without);
    profile
}

fn outage() -> Planned<models::Models> {
    Planned {
        fault: Fault::Power(power::Fault::SupplyOutage),
        when: When::At(Span::hours(9)),
        lasts: Some(sim::Law::Exactly(Span::hours(2))),
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
    }
}

fn service(facts: &[Fact]) -> Vec<(sim::Instant, u32, bool)> {
    let of = |fact: &Fact| match fact.what {
        DomainEvent::Service { up } => Some((fact.at, fact.who.0, up)),
        _ => None,
    };
    facts.iter().filter_map(of).collect()
}

fn outcomes(facts: &[Fact], what: Outcome) -> usize {
    let is = |fact: &&Fact| matches!(fact.what, DomainEvent::Noted(Note::SaleEnded(sale)) if sale.outcome == what);
    facts.iter().filter(is).count()
}

#[test]
fn without_a_battery_a_terminal_lives_on_its_cable_as_with_an_empty_one() {
    let run = |profile: Profile| {
        let mut bench = Bench::new(10, profile).with_fault(outage(), 0..10);
        bench.plan.policy.procedures = Fault::all().map(|it| (it, Vec::new())).collect();
        bench.plan.policy.fallback = None;
        service(&bench.run().1)
    };
    let without = run(busy(&[Part::Battery]));
    let mut empty = busy(&[]);
    empty.hardware.battery.capacity = MilliampHours(0);
    assert_eq!(without, run(empty));
    assert_eq!(without.iter().filter(|(_, _, up)| !up).count(), 10, "all stop: {without:?}");
    assert_eq!(run(busy(&[])), [], "a battery lasts for longer");
}

#[test]
fn without_keys_amounts_and_pins_are_entered_on_the_screen() {
    let approved = |without: &[Part]| {
        let (_, facts) = Bench::new(20, busy(without)).run();
        outcomes(&facts, Outcome::Approved)
    };
    let (keys, screen) = (approved(&[]), approved(&[Part::Keypad]));
    assert!(keys > 900 && keys.abs_diff(screen) < keys / 50, "{keys} by keys, {screen} by touch");
    // Neither: the till says what is to be paid, and nobody can enter a PIN.
    let neither = [Part::Keypad, Part::Display];
    let some = approved(&neither);
    assert!(some > keys / 4 && some < keys * 3 / 4, "{some} of {keys} without a PIN");
    let (_, facts) = Bench::new(20, busy(&neither)).run();
    let shown = |fact: &Fact| match fact.what {
        DomainEvent::IndicationShown { indication, .. } => Some(indication.channel()),
        _ => None,
    };
    assert!(!facts.iter().filter_map(shown).any(|it| it.starts_with("display")), "on what screen?");
}

#[test]
fn a_screen_that_feels_no_fingers_takes_no_entry() {
    let dead = Planned { fault: Fault::Display(display::Fault::TouchDead), ..outage() };
    let mut bench = Bench::new(10, busy(&[Part::Keypad])).with_fault(dead, 0..10);
    bench.plan.policy.procedures = Fault::all().map(|it| (it, Vec::new())).collect();
    bench.plan.policy.fallback = None;
    let (_, facts) = bench.run();
    let during = |fact: &&Fact| {
        let at = fact.at.since(sim::Instant::START);
        at > Span::hours(9) + Span::minutes(5) && at < Span::hours(11)
    };
    let during: Vec<Fact> = facts.iter().filter(during).copied().collect();
    assert_eq!(outcomes(&during, Outcome::Approved), 0);
    assert!(outcomes(&during, Outcome::Failed) > 20);
}
