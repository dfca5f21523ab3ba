//! Nobody reads the truth: what is alarmed was observed before, and what is restored was seen to be well.
//!
//! A fault changes what a part does when it is used, measured or tested. Striking it and clearing it tell nobody.

use std::collections::BTreeSet;
use std::path::Path;

use faults::{DomainEvent, Fitting, Planned, SeverityProfile, When};
use models::{Fact, Fault, Models, Part, Profile};
use sim::quantity::Factor;
use sim::{Instant, Law, Span};

use crate::architecture::{ROOT, sources};
use crate::bench::Bench;

/// Modes that no sensor and no test shows: they stay unnoticed in an empty shop, until the first sale, look or command.
const SILENT: [&str; 27] = [
    "keypad.dead-key",
    "keypad.bouncing-key",
    "card-reader.chip-contacts-dirty",
    "card-reader.chip-contacts-worn",
    "card-reader.stripe-head-dirty",
    "card-reader.stripe-head-worn",
    "scanner.window-dirty",
    "printer.jam",
    "printer.head-worn",
    "printer.head-hot",
    "printer.cutter-blocked",
    "display.frozen",
    "display.backlight-dim",
    "indicators.buzzer-dead",
    "indicators.lights-dead",
    "cellular.sends-twice",
    "security.keys-out-of-step",
    "payment-app.wrong-type",
    "payment-app.wrong-amount",
    "payment-app.wrong-currency",
    "misuse-and-fraud.data-leak",
    "misuse-and-fraud.free-offer",
    "misuse-and-fraud.third-party-fraud",
    "battery.aged",
    "gateway.answers-lost",
    "host.outage",
    "host.slow",
];

const NIGHT: Instant = Instant(Span::hours(3).0);
/// Somebody is at the counter from now on.
const MORNING: Instant = Instant(Span::hours(7).0);

/// The modes that strike terminals.
fn of_terminals() -> impl Iterator<Item = Fault> {
    Fault::all().filter(|it| !it.part().is_hub())
}

fn profile(fault: Fault, sales: f64) -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(sales);
    profile.software.firmware.backup = None;
    match fault.part() {
        Part::PhoneLink => profile.software.firmware.through_phone = true,
        Part::Cellular => profile.software.firmware.uplink = models::wire::Via::Cellular,
        part if part.fitting() == Fitting::Optional => {
            profile.fitted.with.insert(part);
        }
        _ => {}
    }
    profile
}

/// A fault at eight terminals, or at its hub, from this time on.
fn struck(fault: Fault, at: Span, lasts: Option<Span>, sales: f64) -> Vec<Fact> {
    let facts = with(fault, at, lasts, sales).run().1;
    let occurred =
        |it: &Fact| matches!(it.what, DomainEvent::Occurred { fault: of, .. } if of == fault);
    assert!(facts.iter().any(occurred), "{fault} did not occur");
    facts
}

fn with(fault: Fault, at: Span, lasts: Option<Span>, sales: f64) -> Bench {
    let bench = Bench::new(8, profile(fault, sales));
    planned(bench, fault, at, lasts, 0.9)
}

/// The same bench with one more fault.
fn planned(bench: Bench, fault: Fault, at: Span, lasts: Option<Span>, magnitude: f64) -> Bench {
    let directory = bench.plan.directory.clone();
    let targets = match fault.part() {
        Part::Gateway => vec![directory.gateway.0],
        Part::BackOffice => vec![directory.back_office.0],
        Part::Host => vec![directory.hosts[0].0],
        _ => (0..8).collect(),
    };
    let planned = Planned {
        fault,
        when: When::At(at),
        lasts: lasts.map(Law::Exactly),
        magnitude,
        severity_profile: SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
    };
    bench.with_fault(planned, targets)
}

/// What was believed and done, and what became of sales, until then and at that very instant: everything but the truth.
fn believed(facts: &[Fact], until: Instant) -> Vec<(Instant, u32, String)> {
    let truth = |it: &&Fact| {
        matches!(
            it.what,
            DomainEvent::Occurred { .. }
                | DomainEvent::Cleared { .. }
                | DomainEvent::Activated { .. }
                | DomainEvent::IndicationShown { .. }
                | DomainEvent::Service { .. }
                | DomainEvent::Stopped { .. }
        )
    };
    let seen = facts.iter().filter(|it| it.at <= until && !truth(it));
    seen.map(|it| (it.at, it.who.0, format!("{:?}", it.what))).collect()
}

/// The instant at which two worlds begin to be seen as different.
fn parts_ways(one: &[Fact], other: &[Fact]) -> Option<Instant> {
    let (one, other) = (believed(one, Instant(u64::MAX)), believed(other, Instant(u64::MAX)));
    let differs = one.iter().zip(&other).find(|(one, other)| one != other);
    let longer = || one.get(other.len()).or_else(|| other.get(one.len())).map(|it| it.0);
    differs.map(|(one, other)| one.0.min(other.0)).or_else(longer)
}

fn alarms(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|it| matches!(it.what, DomainEvent::Alarm { .. }))
}

#[test]
fn no_fault_is_noticed_as_it_strikes() {
    let mut later = 0;
    for fault in of_terminals() {
        let facts = struck(fault, Span(NIGHT.0), None, 0.0);
        let at_once = alarms(&facts).find(|it| it.at <= NIGHT);
        assert_eq!(at_once, None, "{fault} is alarmed at the instant at which it strikes");
        later += usize::from(alarms(&facts).any(|it| it.at < MORNING));
    }
    assert!(later >= 20, "sensors and tests find {later} modes before anybody comes");
}

#[test]
fn what_nobody_uses_and_no_sensor_watches_is_not_noticed() {
    for name in SILENT {
        let fault = Fault::named(name).unwrap_or_else(|| panic!("there is no {name}"));
        let facts = struck(fault, Span(NIGHT.0), None, 0.0);
        let early = alarms(&facts).find(|it| it.at < MORNING);
        assert_eq!(early, None, "{fault}: nobody has used it, measured it or looked");
    }
}

/// A world with the fault and one without are seen as one until something is used, measured, tested or looked at that the fault has
/// changed: never at the instant at which it strikes, and in an empty shop not before the morning where only use shows it.
#[test]
fn twins_are_seen_as_one_until_something_shows_the_fault() {
    for fault in Fault::all() {
        for (at, sales) in [(Span(NIGHT.0), 0.0), (Span::hours(10) + Span::secs(7), 60.0)] {
            let with = with(fault, at, None, sales).run().1;
            let without = Bench::new(8, profile(fault, sales)).run().1;
            let onset = Instant(at.0);
            let first = parts_ways(&with, &without);
            assert!(first.is_none_or(|it| it > onset), "{fault} at {onset}: seen at {first:?}");
            if sales == 0.0 && SILENT.contains(&fault.to_string().as_str()) {
                assert!(first.is_none_or(|it| it >= MORNING), "{fault}: seen at {first:?}");
            }
        }
    }
}

/// What differs in its cause alone is observed, alarmed and weighed alike until somebody acts on it.
#[test]
fn causes_that_behave_alike_look_alike() {
    let named = |name| Fault::named(name).unwrap_or_else(|| panic!("there is no {name}"));
    let mut alarmed = 0;
    for (one, other, magnitude) in [
        ("card-reader.chip-contacts-dirty", "card-reader.chip-contacts-worn", 0.9),
        ("card-reader.stripe-head-dirty", "card-reader.stripe-head-worn", 0.9),
        ("power.supply-outage", "power.loose-plug", 1.0),
        ("power.supply-outage", "power.cable-broken", 1.0),
    ] {
        let seen = |name| {
            let fault: Fault = named(name);
            let mut profile = profile(fault, 200.0);
            profile.people.customer.mix.stripe = Factor(1.0);
            let bench = planned(Bench::new(8, profile), fault, Span::hours(10), None, magnitude);
            let facts = bench.run().1;
            let acted =
                facts.iter().find(|it| matches!(it.what, DomainEvent::ActionApplied { .. }));
            let until = acted.map_or(Instant(u64::MAX), |it| Instant(it.at.0 - 1));
            believed(&facts, until)
        };
        let (one_seen, other_seen) = (seen(one), seen(other));
        let until = one_seen.len().min(other_seen.len());
        assert!(until > 0 && one_seen[..until] == other_seen[..until], "{one} and {other}");
        alarmed += one_seen[..until].iter().filter(|it| it.2.starts_with("Alarm")).count();
    }
    assert!(alarmed >= 8, "{alarmed} alarms were compared");
}

/// Faults that a scenario plans and that never strike change nothing of what is seen.
#[test]
fn what_never_strikes_changes_nothing() {
    let fault = Fault::named("printer.jam").expect("a mode");
    let facts = |bench: Bench| believed(&bench.run().1, Instant(u64::MAX));
    let alone = facts(with(fault, Span::hours(10), None, 60.0));
    for other in Fault::all() {
        let bench = with(fault, Span::hours(10), None, 60.0);
        let more = planned(bench, other, Span::days(40), None, 0.9);
        assert!(facts(more) == alone, "{other} is planned for a day that never comes, and is seen");
    }
}

/// The catalogue says of the silent ones that operations and people show them, and nothing else.
#[test]
fn the_catalogue_says_what_is_silent() {
    let rows = crate::catalogue::mode_rows();
    for name in SILENT {
        let observed = rows[name][3]
            .replace("samples: the current of the backlight each minute where it is measured", "");
        for form in ["samples", "switch:", "test:", "probe:", "heartbeats"] {
            assert!(!observed.contains(form), "{name} is silent at night and observed by {form}");
        }
    }
}

/// Whoever clears a fault has not seen yet that it is gone.
#[test]
fn nothing_is_restored_at_the_instant_at_which_it_is_cleared() {
    let mut ended = 0;
    for fault in of_terminals() {
        for lasts in [None, Some(Span::minutes(100))] {
            let facts = struck(fault, Span::hours(10), lasts, 60.0);
            let when = |is: fn(&DomainEvent<Models>) -> bool| -> BTreeSet<_> {
                facts.iter().filter(|it| is(&it.what)).map(|it| (it.who, it.at)).collect()
            };
            let cleared = when(|it| matches!(it, DomainEvent::Cleared { .. }));
            let restored = when(|it| matches!(it, DomainEvent::Restored { .. }));
            ended += cleared.len();
            let both: Vec<_> = cleared.intersection(&restored).collect();
            assert!(both.is_empty(), "{fault}: seen to be well as it was cleared: {both:?}");
        }
    }
    assert!(ended > 300, "only {ended} faults were cleared");
}

/// What a detector gets is what was written down when something was done, measured or tested: no reading looks at a level.
#[test]
fn no_reading_is_made_of_levels() {
    let mut seen = 0;
    for file in sources(&Path::new(ROOT).join("models/src")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        for start in ["    fn reading(&self", "    fn detect(", "    fn still_sees(&self"] {
            for rest in text.split(start).skip(1) {
                let body = rest.split("\n    }\n").next().expect("a body has an end");
                let reads =
                    body.contains("level") || body.contains("senses(") || body.contains("is_down");
                assert!(!reads, "{}: `{}` reads the truth", file.display(), start.trim());
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
}
