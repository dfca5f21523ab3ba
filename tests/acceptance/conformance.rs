//! Every model in the catalogue keeps the contract of a model, and every fault can be noticed and cleared.

use std::collections::BTreeSet;
use std::path::Path;

use faults::{ActorPart, DevicePart, DomainEvent, Planned, SimEvent, When};
use models::{
    Family, Fault, Indication, Models, Part, Profile, RecoveryAction, Visitor, for_each_model,
};
use sim::quantity::Factor;
use sim::{Instant, Span};

use crate::architecture::{ROOT, sources};
use crate::bench::Bench;

struct Contract {
    visited: usize,
}

impl Visitor for Contract {
    fn visit<M: DevicePart<Models>>(&mut self, part: Part) {
        self.visited += 1;
        let spec = M::Spec::default();
        let sound = M::build(&spec);
        let (limits, mut belief) = (M::Thresholds::default(), M::Belief::default());
        let found = M::detect(&limits, &mut belief, &sound.reading(&spec, Instant::START));
        assert_eq!(found, [], "{}: a sound one raises an alarm", M::NAME);
        works::<M>(part);
        assert!(!M::MODES.is_empty(), "{}: what does not break is listed as sound", M::NAME);
        for (_, mode) in M::MODES {
            let name = format!("{}.{}", M::NAME, mode.name);
            assert!(!mode.seen_by.is_empty(), "{name}: nobody can see it");
            assert!(!mode.procedure.is_empty(), "{name}: nothing is tried against it");
            let clears = |action| mode.cleared_by(action) > 0.0;
            assert!(
                mode.procedure.iter().any(|step| clears(step.action)),
                "{name}: no step can clear it"
            );
            assert!(
                mode.cleared_by.iter().all(|(_, p)| (0.0..=1.0).contains(p)),
                "{name}: probability"
            );
            assert!(
                mode.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{name}: hyphens"
            );
        }
    }
    fn visit_sound<M: ActorPart<Models>>(&mut self, part: Part) {
        self.visited += 1;
        works::<M>(part);
    }
}

fn works<M: ActorPart<Models>>(part: Part) {
    let spec = M::Spec::default();
    let works = M::build(&spec).able(&spec) || part.group() == "comms";
    assert!(works, "{}: a sound one does not work", M::NAME);
    assert!(!M::ABOUT.is_empty() && !M::ZH.is_empty(), "{}: say what it is", M::NAME);
    let topics = [M::HEARS, M::HEARS_LATER].concat();
    let twice = (1..topics.len()).any(|at| topics[..at].contains(&topics[at]));
    assert!(!twice, "{}: hears the same twice", M::NAME);
    let own = M::DETECTORS.iter().all(|it| it.part == part);
    assert!(
        own,
        "{}: a detector is declared by the component whose name its alarms carry",
        M::NAME
    );
}

#[test]
fn every_model_keeps_the_contract() {
    let mut contract = Contract { visited: 0 };
    for_each_model(&mut contract);
    assert_eq!(contract.visited, Part::ALL.len());
}

#[test]
fn names_are_unique_and_every_family_has_two_modes() {
    let names: BTreeSet<String> = Fault::all().map(|fault| fault.to_string()).collect();
    assert_eq!(names.len(), Fault::all().count());
    for family in Family::ALL {
        let modes = Fault::all().filter(|fault| fault.mode().family == family).count();
        assert!(modes >= 2, "{} has {modes} modes", family.name());
    }
}

/// Every variant of every fault enum has its entry: the schema of `Fault` is made from the types, not from the entries.
#[test]
fn every_fault_of_the_language_has_a_catalogue_entry() {
    let schema = serde_json::to_string(&schemars::schema_for!(Fault)).expect("a schema");
    let entries: BTreeSet<String> = Fault::all().map(|fault| format!("{fault:?}")).collect();
    for entry in &entries {
        let variant = entry.split_once('(').expect("Part(Mode)").1.trim_end_matches(')');
        assert!(schema.contains(&format!("\"{variant}\"")), "{entry} is not in the language");
    }
    let constants = schema.matches("\"const\":").count();
    assert_eq!(constants, entries.len(), "a mode of the language has no catalogue entry, or two");
}

/// What a component says of another one's fault it says by name, here and there in its code.
#[test]
fn every_fault_that_is_named_exists() {
    let mut named = 0;
    for file in sources(&Path::new(ROOT).join("models/src")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        for rest in text.split("FaultName::of(\"").skip(1) {
            let name = rest.split('"').next().expect("text has an end");
            let known = Fault::named(name).is_some();
            assert!(known, "{}: no component has the fault {name}", file.display());
            named += 1;
        }
    }
    // Names in tables of evidence are looked up here: each panics if there is no such fault.
    for evidence in models::Evidence::all() {
        for (fault, _) in evidence.definition().factors {
            assert!(!fault.fault::<Models>().to_string().is_empty());
            named += 1;
        }
    }
    assert!(named >= 80, "{named}");
    assert_eq!(
        Fault::named("printer.jam").map(|it| it.to_string()).as_deref(),
        Some("printer.jam")
    );
    assert_eq!(Fault::named("printer.ham"), None);
}

#[test]
fn what_is_said_of_indications_and_actions_has_a_meaning() {
    for indication in Indication::all() {
        let it = indication.definition();
        assert!(!it.zh.is_empty() && !it.about.is_empty(), "{}: say what it is", it.name);
        assert_eq!(Indication::of(it.name), indication);
        // Each panics if there is no such symptom, no such indication.
        assert!(indication.symptoms().all(|it| !it.name().is_empty()), "{}", it.name);
        for beside in it.beside.iter().flat_map(|it| it.with.iter().chain(it.without)) {
            assert!(!beside.name().is_empty());
        }
        let shown = Fault::all().any(|it| it.mode().indications.contains(&indication));
        assert!(shown || it.symptom.is_none() || it.name == "keys-still-sound", "{}", it.name);
    }
    for action in RecoveryAction::all() {
        let it = action.definition();
        assert!(!it.zh.is_empty() && !it.about.is_empty(), "{}: say what it is", it.name);
        let text = serde_json::to_string(&action).expect("a name");
        assert_eq!(text, format!("\"{}\"", it.ident));
        assert_eq!(serde_json::from_str::<RecoveryAction>(&text).expect("the same"), action);
    }
    let unknown = serde_json::from_str::<RecoveryAction>("\"Swapp\"").expect_err("no such action");
    assert!(
        unknown.to_string().contains("unknown variant `Swapp`, expected one of `Retry`"),
        "{unknown}"
    );
}

#[test]
fn events_are_small() {
    assert!(size_of::<SimEvent<Models>>() <= 16, "{}", size_of::<SimEvent<Models>>());
    assert!(size_of::<sim::ScheduledEvent<SimEvent<Models>>>() <= 40);
    assert!(size_of::<DomainEvent<Models>>() <= 64, "{}", size_of::<DomainEvent<Models>>());
}

/// The profile in which a fault can show itself: through a phone where it is the phone's, with heavy use of every reader.
fn profile_for(fault: Fault) -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(120.0);
    profile.people.technicians.crews = 100;
    profile.people.technicians.spares = 100;
    profile.people.technicians.travels = Span::minutes(30);
    profile.software.firmware.backup = None;
    if fault.part().fitting() == faults::Fitting::Optional {
        profile.fitted.with.insert(fault.part());
    }
    match fault.part() {
        Part::PhoneLink => profile.software.firmware.through_phone = true,
        Part::Cellular => profile.software.firmware.uplink = models::wire::Via::Cellular,
        // A gateway with room to spare loses workers without anybody being worse off.
        Part::Gateway => profile.platform.gateway.workers = 1,
        _ => {}
    }
    profile
}

/// The mains fail every eight hours, for two.
fn blackouts() -> Planned<Models> {
    Planned {
        fault: Fault::named("power.supply-outage").expect("it is in the catalogue"),
        when: When::Every { first: Span::hours(11), period: Span::hours(8) },
        lasts: Some(sim::Law::Exactly(Span::hours(2))),
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 1_000,
        common: false,
    }
}

/// Each fault affects twelve terminals (or its hub) in the morning; within four days somebody notices and something clears it.
#[test]
fn every_fault_is_noticed_and_cleared() {
    for (number, fault) in Fault::all().enumerate() {
        let bench = Bench::new(12, profile_for(fault)).lasting(Span::days(4));
        let directory = bench.plan.directory.clone();
        let targets: Vec<u32> = match fault.part() {
            Part::Gateway => vec![directory.gateway.0],
            Part::BackOffice => vec![directory.back_office.0],
            Part::Host => vec![directory.hosts[0].0],
            _ => (0..12).collect(),
        };
        let planned = Planned {
            fault,
            when: When::At(Span::hours(9)),
            lasts: None,
            magnitude: 0.9,
            severity_profile: faults::SeverityProfile::Constant,
            stagger: Span::minutes(30),
            stream: number as u64,
            common: false,
        };
        let mut bench = bench.with_fault(planned, targets.clone());
        if fault.part() == Part::Battery {
            // What it holds shows when it is used: the mains fail three times a day.
            bench = bench.with_fault(blackouts(), targets.clone());
        }
        let (_, facts) = bench.run();
        let occurred = |fact: &&models::Fact| matches!(fact.what, DomainEvent::Occurred { fault: f, .. } if f == fault);
        // Paper also runs out by itself.
        assert!(facts.iter().filter(occurred).count() >= targets.len(), "{fault} did not occur");
        let alarm = |fact: &&models::Fact| {
            let DomainEvent::Alarm { about, .. } = fact.what else { return false };
            fact.at >= Instant::START + Span::hours(9) && targets.contains(&about.0)
        };
        assert!(facts.iter().any(|fact| alarm(&fact)), "{fault} was never noticed");
        let cleared = |fact: &&models::Fact| matches!(fact.what, DomainEvent::Cleared { fault: f, by: Some(_), .. } if f == fault);
        let share = facts.iter().filter(cleared).count() as f64 / targets.len() as f64;
        assert!(share >= 0.5, "{fault}: only {share} of them were cleared");
    }
}
