//! Every scenario that ships loads without a warning and can be put together; exact promises of the language.

use std::path::{Path, PathBuf};

use scenarios::{Options, Source, assemble, load, load_text, simulate};
use sim::{Fingerprint, Pulse};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files of all scenarios that ship.
pub(crate) fn shipped() -> Vec<PathBuf> {
    let mut files = vec![Path::new(ROOT).join("scenarios/quickstart.ron")];
    let folder = Path::new(ROOT).join("scenarios/showcase");
    for entry in std::fs::read_dir(folder).expect("the showcase") {
        files.push(entry.expect("an entry").path());
    }
    files.sort();
    files
}

#[test]
fn every_shipped_scenario_loads_and_every_fault_has_its_targets() {
    assert!(shipped().len() >= 9);
    for file in shipped() {
        let loaded =
            load(&file).unwrap_or_else(|mistakes| panic!("{}: {mistakes:#?}", file.display()));
        assert!(loaded.warnings.is_empty(), "{}: {:#?}", file.display(), loaded.warnings);
        assert!(!loaded.scenario.expectations.is_empty(), "{} expects nothing", file.display());
        let assembly =
            assemble(&loaded.scenario, &Options::default()).expect("it can be put together");
        for planned in &assembly.planned {
            assert!(planned.targets > 0, "{}: {} has no target", file.display(), planned.id);
        }
    }
}

fn fingerprint(text: &str) -> Fingerprint {
    let loaded = load_text("test.ron", text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    let source = Source { scenario: &loaded.scenario, path: "test.ron", text };
    let outcome = simulate(source, &Options::default(), 1, &Pulse::default()).expect("it runs");
    outcome.fingerprint
}

fn scenario(fleet: &str, faults: &str) -> String {
    format!(
        "Scenario(schema: 2, name: \"t\", intent: \"t\", duration: \"1d\", fleet: [{fleet}], faults: [{faults}])"
    )
}

const JAM: &str = "(id: \"jam\", mode: Printer(Jam), when: At(\"9h\"))";

#[test]
fn a_fault_of_probability_zero_is_no_fault() {
    let fleet = "(id: \"shops\", count: 20)";
    let none = fingerprint(&scenario(fleet, ""));
    let never = "(id: \"jam\", mode: Printer(Jam), when: At(\"9h\"), probability: 0)";
    let with = load_text("test.ron", &scenario(fleet, never));
    // The check warns that it can never occur; the run is the same to the bit.
    let text = scenario(fleet, never);
    match with {
        Ok(_) => assert_eq!(none, fingerprint(&text)),
        Err(mistakes) => panic!("{mistakes:#?}"),
    }
    assert_ne!(none, fingerprint(&scenario(fleet, JAM)));
}

#[test]
fn another_fault_in_the_list_moves_none_of_the_first_ones_draws() {
    let fleet = "(id: \"shops\", count: 100)";
    let jam =
        "(id: \"jam\", mode: Printer(Jam), sample: Count(10), when: At(\"9h\"), stagger: \"2h\")";
    let other = "(id: \"worn\", mode: Indicators(BuzzerDead), sample: Count(5), when: At(\"10h\"))";
    let targets = |faults: &str| {
        let text = scenario(fleet, faults);
        let loaded = load_text("test.ron", &text).expect("valid");
        assemble(&loaded.scenario, &Options::default()).expect("fits").stage.targets
    };
    let alone = targets(jam);
    assert_eq!(alone[0].len(), 10);
    assert_eq!(alone[0], targets(&format!("{other}, {jam}"))[1]);
}
