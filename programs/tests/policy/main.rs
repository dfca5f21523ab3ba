//! A program in another language decides the recovery actions of whole scenarios.

use std::path::PathBuf;

use faults::{DomainEvent, Performer};
use programs::Failure;
use programs::policy::{self, Counts, Policy, run_with_policy};
use scenarios::{Loaded, Options, RecordedRun, Source, load_text, record};
use sim::Pulse;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The scenario's type and the text that it came from.
struct Play {
    path: &'static str,
    loaded: Loaded,
}

impl Play {
    fn of(path: &'static str) -> Self {
        let text = std::fs::read_to_string(PathBuf::from(ROOT).join(path)).expect("it ships");
        let loaded = load_text(path, &text).unwrap_or_else(|found| panic!("{found:?}"));
        Self { path, loaded }
    }
    fn source(&self) -> Source<'_> {
        Source { scenario: &self.loaded.scenario, path: self.path, text: &self.loaded.source }
    }
    fn decided(&self, policy: &Policy) -> Result<(RecordedRun, Counts), Failure> {
        let run = policy::begin(self.source(), &Options::default())?;
        let mut facts = Vec::new();
        let (outcome, counts) = run_with_policy(run, policy, &Pulse::default(), &mut facts)?;
        Ok((RecordedRun { outcome, facts }, counts))
    }
    fn simulated(&self) -> RecordedRun {
        record(self.source(), &Options::default(), 1, &Pulse::default()).expect("it runs")
    }
}

/// A policy of so many words of Python.
fn python(program: &str) -> Policy {
    Policy::of(&format!("python3 -c '{program}'"))
}

fn example() -> Policy {
    Policy::of(&format!("python3 {ROOT}/programs/examples/policy.py"))
}

/// What was noted, when and where. An answer comes last of all that happens at its instant, so what is noted at one instant
/// may stand in another order.
fn noted(run: &RecordedRun) -> Vec<(u64, u32, String)> {
    let of = |it: &models::Fact| (it.at.0, it.who.0, format!("{:?}", it.what));
    let mut all: Vec<_> = run.facts.iter().map(of).collect();
    all.sort();
    all
}

const DEFAULT: &str = r#"
import sys
for line in sys.stdin:
    if "\"type\":\"decide\"" in line:
        print("{\"do\": \"default\"}", flush=True)
"#;

#[test]
fn a_program_that_leaves_all_to_the_procedure_changes_nothing_at_all() {
    for path in ["scenarios/showcase/software.ron", "scenarios/showcase/common-cause.ron"] {
        let play = Play::of(path);
        let alone = play.simulated();
        let (decided, counts) = play.decided(&python(DEFAULT)).expect("it answers");
        assert!(counts.asked > 100 && counts.asked == counts.default, "{path}: {counts:?}");
        let (alone_noted, decided_noted) = (noted(&alone), noted(&decided));
        for (a, b) in alone_noted.iter().zip(&decided_noted) {
            assert_eq!(a, b, "{path}");
        }
        assert_eq!(alone_noted.len(), decided_noted.len(), "{path}");
        assert_eq!(alone.outcome.audit, decided.outcome.audit, "{path}");
    }
}

#[test]
fn the_example_gives_the_same_run_twice_and_restarts_from_afar() {
    let play = Play::of("scenarios/showcase/software.ron");
    let (first, counts) = play.decided(&example()).expect("it answers");
    let (second, again) = play.decided(&example()).expect("it answers");
    assert_eq!((first.outcome.fingerprint, counts), (second.outcome.fingerprint, again));
    assert_eq!(first.facts, second.facts);
    assert!(counts.default < counts.asked);
    assert_ne!(first.outcome.fingerprint, play.simulated().outcome.fingerprint);
    let remote = |run: &RecordedRun| {
        let started = run.facts.iter().filter(|it| {
            let (action, far) = (models::RecoveryAction::RestartTerminal, Performer::Remote);
            matches!(it.what, DomainEvent::ActionStarted { action: what, by, attempt: 0, .. } if what == action && by == far)
        });
        started.count()
    };
    let alone = remote(&play.simulated());
    assert!(remote(&first) > alone + 50, "{alone} without it");
}

#[test]
fn a_recording_of_what_was_decided_replays_without_the_program() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("decided.jsonl");
    let play = Play::of("scenarios/showcase/printer.ron");
    let policy = Policy { record: Some(path.clone()), ..example() };
    let (decided, _) = play.decided(&policy).expect("it answers");
    let recording = programs::recording::Recording::read(&path).expect("it is whole");
    let run = programs::replay::begin(play.source(), &recording).expect("it is put together");
    let mut facts = Vec::new();
    let replayed =
        programs::replay(run, &recording, &Pulse::default(), &mut facts).expect("it runs");
    assert_eq!(replayed.same, Some(true));
    assert_eq!(replayed.departures, []);
    assert_eq!(facts, decided.facts);
}

/// Every kind of answer, dealt by the number of the question, and everything in the question looked at.
const EVERYTHING: &str = r#"
import json, sys
answers = [{"do": "default"}, {"wait_s": 90}, {"do": "swap"}, {"escalate": True}, {"close": True},
           {"do": "restart-terminal", "by": "attendant", "duration_s": 1.5}, {"give_up": True}]
for line in sys.stdin:
    it = json.loads(line)
    if it["type"] == "decide":
        assert it["attempt"] >= len(it["tried"]) and it["alarm"]["raised_ns"] <= it["time_ns"]
        assert it["alarm"]["suspect"].startswith(it["alarm"]["suspect"].split(".")[0])
        assert it["next"] >= len(it["procedure"]) or it["default"] == it["procedure"][it["next"]]
        assert isinstance(it["readings"], dict)
        print(json.dumps(dict(answers[it["id"] % 7], id=it["id"])), flush=True)
"#;

#[test]
fn whatever_a_program_decides_the_ledgers_agree_and_the_run_is_the_same_again() {
    for path in ["scenarios/showcase/hardware.ron", "scenarios/showcase/common-cause.ron"] {
        let play = Play::of(path);
        let (RecordedRun { outcome, facts }, counts) =
            play.decided(&python(EVERYTHING)).expect("it answers");
        assert!(counts.asked > 200 && counts.default < counts.asked, "{path}: {counts:?}");
        assert!(outcome.audit.breaches.is_empty(), "{path}: {:?}", outcome.audit);
        let unresolved = facts.iter().any(|it| matches!(it.what, DomainEvent::Unresolved { .. }));
        assert!(unresolved, "{path}");
        let (again, _) = play.decided(&python(EVERYTHING)).expect("it answers");
        assert_eq!(outcome.fingerprint, again.outcome.fingerprint, "{path}");
    }
}

#[test]
fn a_program_that_does_not_do_its_part_ends_the_run_with_one_clear_message() {
    let play = Play::of("scenarios/showcase/printer.ron");
    let asked = |answer: &str| {
        format!("import sys\nfor line in sys.stdin:\n    if \"decide\" in line: {answer}")
    };
    let say = |text: &str| asked(&format!("print({text}, flush=True)"));
    // A line too many is found when the next question is asked, or is taken for its answer.
    for (program, hint) in [
        (say(r#""restart it""#), "its line: restart it"),
        (
            say(r#""{\"do\": \"kick\"}""#),
            "`kick` is not a recovery action; there is default, retry",
        ),
        (say(r#""{}\n{}""#), "exactly one of do, wait_s"),
        (say(r#""{\"do\": \"default\"}\n{}""#), ": {}"),
        (say(r#""x" * 100000"#), "a line of more than 65536 bytes"),
        (asked("sys.stdout.buffer.write(bytes([255, 254, 10])); sys.stdout.flush()"), "not UTF-8"),
        (asked("sys.exit(3)"), "ended (exit status: 3) without an answer to: {\"type\":\"decide\""),
        (asked("pass"), "has not answered within 0.5 s; it was asked: {\"type\":\"decide\""),
        ("print(1)".to_owned(), ": 1"),
    ] {
        let mut policy = python(&program);
        // A machine under load takes its time to start an interpreter.
        let short = hint.contains("within");
        policy.patience = std::time::Duration::from_millis(if short { 500 } else { 30_000 });
        let why = play.decided(&policy).expect_err(&program).to_string();
        assert!(why.contains(hint), "{program}: {why}");
    }
    for (command, hint) in [
        ("", "is not a command line"),
        ("python3 -c 'x", "is not a command line"),
        ("/nonexistent/policy", "cannot be started"),
    ] {
        let why = play.decided(&Policy::of(command)).expect_err(command).to_string();
        assert!(why.contains(hint), "{command}: {why}");
    }
}
