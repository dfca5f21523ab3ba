//! A program in another language watches whole scenarios.

use std::path::PathBuf;
use std::time::Duration;

use faults::DomainEvent;
use models::Part;
use programs::Failure;
use programs::detector::{self, Counts, Detector, run_with_detector};
use scenarios::{Loaded, Options, RecordedRun, Source, load_text, record};
use sim::Pulse;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn comms() -> Loaded {
    let path = "scenarios/showcase/comms.ron";
    let text = std::fs::read_to_string(PathBuf::from(ROOT).join(path)).expect("it ships");
    load_text(path, &text).unwrap_or_else(|found| panic!("{found:?}"))
}

fn source(loaded: &Loaded) -> Source<'_> {
    Source { scenario: &loaded.scenario, path: "comms.ron", text: &loaded.source }
}

fn of(command: &str) -> Detector {
    Detector { command: command.to_owned(), patience: Duration::from_secs(10), record: None }
}

fn example() -> Detector {
    of(&format!("python3 {ROOT}/programs/examples/detector.py"))
}

fn watched(loaded: &Loaded, detector: &Detector) -> Result<(RecordedRun, Counts), Failure> {
    let run = detector::begin(source(loaded), &Options::default())?;
    let mut facts = Vec::new();
    let (outcome, counts) = run_with_detector(run, detector, &Pulse::default(), &mut facts)?;
    Ok((RecordedRun { outcome, facts }, counts))
}

/// What was noted, when and where; what is noted at one instant may stand in another order.
fn noted(run: &RecordedRun) -> Vec<(u64, u32, String)> {
    let of = |it: &models::Fact| (it.at.0, it.who.0, format!("{:?}", it.what));
    let mut all: Vec<_> = run.facts.iter().map(of).collect();
    all.sort();
    all
}

const SILENT: &str = r#"
import json, sys
sys.stdin.readline()
print(json.dumps({"observe": ["request", "sale", "read", "print", "boot", "report", "missing", "incident"]}), flush=True)
for line in sys.stdin:
    said = json.loads(line)
    if said["type"] == "observation":
        assert set(said) <= {"type", "id", "time_ns", "terminal", "actor", "what", "answered", "code", "outcome", "method", "ok",
                             "readings", "missing", "detector", "symptom", "open"}, said
        print("{}", flush=True)
"#;

/// A program without a file of its own.
fn python(program: &str) -> (tempfile::TempDir, Detector) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("detector.py");
    std::fs::write(&path, program).expect("it can be written");
    let detector = of(&format!("python3 {}", path.display()));
    (folder, detector)
}

#[test]
fn a_program_that_notices_nothing_changes_nothing_and_sees_no_truth() {
    let loaded = comms();
    let alone =
        record(source(&loaded), &Options::default(), 1, &Pulse::default()).expect("it runs");
    let (_folder, silent) = python(SILENT);
    let (watched, counts) = watched(&loaded, &silent).expect("it answers");
    assert!(counts.told > 1_000 && counts.alarms == 0, "{counts:?}");
    let (alone, watched) = (noted(&alone), noted(&watched));
    assert!(alone == watched, "{} and {} notes", alone.len(), watched.len());
}

#[test]
fn the_example_alarms_and_gives_the_same_run_twice() {
    let loaded = comms();
    let (first, counts) = watched(&loaded, &example()).expect("it answers");
    let (second, again) = watched(&loaded, &example()).expect("it answers");
    assert_eq!((first.outcome.fingerprint, counts), (second.outcome.fingerprint, again));
    assert_eq!(first.facts, second.facts);
    let own = |it: &&models::Fact| {
        matches!(it.what, DomainEvent::Alarm { detector: Part::ExternalDetector, .. })
    };
    let alarms = first.facts.iter().filter(own).count() as u64;
    assert!(alarms > 0 && alarms <= counts.alarms, "{alarms} of {counts:?}");
}

#[test]
fn a_recording_replays_without_the_program() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("watched.jsonl");
    let loaded = comms();
    let detector = Detector { record: Some(path.clone()), ..example() };
    let (watched, _) = watched(&loaded, &detector).expect("it answers");
    let recording = programs::recording::Recording::read(&path).expect("it is whole");
    let run = programs::replay::begin(source(&loaded), &recording).expect("it is put together");
    let mut facts = Vec::new();
    let replayed =
        programs::replay(run, &recording, &Pulse::default(), &mut facts).expect("it runs");
    assert_eq!((replayed.same, replayed.departures), (Some(true), Vec::new()));
    assert_eq!(facts, watched.facts);
}

#[test]
fn a_program_that_does_not_do_its_part_ends_the_run_with_the_line_that_was_wrong() {
    let loaded = comms();
    for (program, hint) in [
        ("", "ended"),
        (
            "import sys; sys.stdin.readline(); print('{\"observe\": [\"truth\"]}', flush=True); sys.stdin.read()",
            "`truth` is not an observation",
        ),
        (
            "import sys; sys.stdin.readline(); print('{\"observe\": [\"request\"]}', flush=True); sys.stdin.readline(); print('{\"alarm\": {\"symptom\": \"x\"}}', flush=True); sys.stdin.read()",
            "`x` is not a symptom",
        ),
    ] {
        let (_folder, detector) = python(program);
        let why = match watched(&loaded, &detector) {
            Err(Failure::Program(why)) => why,
            other => panic!("{hint}: {:?}", other.map(|it| it.1)),
        };
        assert!(why.contains(hint) && why.contains("detector program"), "{why}");
    }
}
