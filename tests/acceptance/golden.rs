//! Golden values: every shipped scenario comes out as it did.
//!
//! Two values a scenario, in `tests/golden/values.json`. The *outcome digest* is made of the facts and of the summary's
//! figures: it says what happened, and stands whatever things are called and wherever they are kept. The *fingerprint* is
//! the kernel's: it says how it happened, event by event. A change that is to move neither leaves the file alone; one that
//! is to move them does it by `UPDATE=1 cargo test --release --test acceptance golden`, which says what moved and by how
//! much.

mod digest;
mod facts;
mod faults;
mod figures;
mod numbers;
mod values;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use models::{Fault, Indication, Part, RecoveryAction};
use reports::Summary;
use scenarios::{Options, RecordedRun, Source, load, record};
use sim::Pulse;

use crate::scenarios::shipped;
use values::{Golden, Values};

const COMMAND: &str = "UPDATE=1 cargo test --release --test acceptance golden";

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn run(file: &Path) -> RecordedRun {
    let loaded = load(file).unwrap_or_else(|why| panic!("{}: {why:#?}", file.display()));
    let source = Source { scenario: &loaded.scenario, path: &loaded.path, text: &loaded.source };
    record(source, &Options::default(), 1, &Pulse::default())
        .unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

fn golden(run: &RecordedRun) -> Golden {
    let RecordedRun { outcome, facts: noted } = run;
    let analysis = reports::analyse(run);
    let summary = Summary::of(outcome, &analysis, None);
    let mut facts = digest::Facts::default();
    facts.take(noted);
    let count = facts.count();
    let mut digest = facts.finish();
    figures::fold(&mut digest, &summary, &analysis);
    Golden {
        fingerprint: summary.fingerprint.clone(),
        outcome: digest.text(),
        figures: values::main_figures(&summary, &analysis, count),
    }
}

/// Runs all of them, two at a time, the longest first so that no thread waits for it at the end.
fn run_all(kept: &Values) -> Values {
    let events = |file: &PathBuf| kept.get(&stem(file))?.figures.get("events").copied().flatten();
    let mut files = shipped();
    files.sort_by(|a, b| events(a).unwrap_or(0.0).total_cmp(&events(b).unwrap_or(0.0)));
    let (waiting, done) = (Mutex::new(files), Mutex::new(Values::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("nobody panics while holding it").pop();
                    let Some(file) = next else { break };
                    let golden = golden(&run(&file));
                    done.lock().expect("nor this").insert(stem(&file), golden);
                }
            });
        }
    });
    done.into_inner().expect("both have ended")
}

#[test]
fn every_shipped_scenario_comes_out_as_it_did() {
    let kept = values::read();
    let now = run_all(&kept);
    let moved = values::moves(&kept, &now);
    if std::env::var_os("UPDATE").is_none() {
        assert!(moved.is_empty(), "golden values have moved:\n{moved}If they are to: {COMMAND}");
        return;
    }
    let text = if moved.is_empty() { "nothing moved\n" } else { &moved };
    // Past the harness, which shows nothing of a test that passes.
    let _ = write!(std::io::stderr(), "golden values:\n{text}");
    if !moved.is_empty() {
        values::write(&now);
    }
}

#[test]
fn no_two_things_have_one_number() {
    fn distinct<T>(of: impl IntoIterator<Item = T>, number: impl Fn(T) -> u64) {
        let mut seen = BTreeSet::new();
        for it in of {
            let number = number(it);
            assert!(number > 0 && seen.insert(number), "{number} is given twice");
        }
    }
    distinct(Part::ALL.iter().copied(), faults::part);
    distinct(Fault::all(), faults::fault);
    distinct(RecoveryAction::all(), numbers::action);
    distinct(Indication::all(), numbers::indication);
}

#[test]
fn everything_of_a_fact_enters_the_outcome_digest() {
    let file = shipped().into_iter().find(|it| stem(it) == "quiet-day").expect("it ships");
    let run = run(&file);
    let of = |run: &RecordedRun| golden(run).outcome;
    let whole = of(&run);
    assert_eq!(of(&run), whole);
    let changed = |change: &dyn Fn(&mut RecordedRun)| {
        let mut other = run.clone();
        change(&mut other);
        of(&other)
    };
    let last = run.facts.len() - 1;
    assert_ne!(changed(&|it| it.facts[last].at.0 += 1), whole, "its instant");
    assert_ne!(changed(&|it| it.facts[last].who.0 += 1), whole, "its actor");
    assert_ne!(changed(&|it| it.facts[last].what = it.facts[0].what), whole, "what it says");
    assert_ne!(changed(&|it| it.facts.truncate(last)), whole, "that it is there");
    assert_ne!(changed(&|it| it.outcome.audit.at_risk.0 += 1), whole, "a figure of the summary");
}

#[test]
fn a_move_says_what_and_by_how_much() {
    let golden = |outcome: &str, faults| Golden {
        fingerprint: "f".into(),
        outcome: outcome.into(),
        figures: [("faults".to_owned(), Some(faults)), ("sales".to_owned(), Some(7.0))].into(),
    };
    let of = |golden| Values::from([("day".to_owned(), golden)]);
    let moves = |now| values::moves(&of(golden("a", 40.0)), &of(now));
    assert_eq!(moves(golden("a", 40.0)), "");
    let table = moves(golden("b", 41.0));
    for part in ["day\n", "a → b", "40 → 41  +1 (+2.50 %)", "1 figures as they were"] {
        assert!(table.contains(part), "no {part:?} in\n{table}");
    }
    assert!(!table.contains("fingerprint"), "what has not moved is not told:\n{table}");
}
