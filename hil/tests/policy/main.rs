//! A program in another language decides the remedies of whole scenarios.

use std::path::PathBuf;

use hil::policy::{Counts, Failure, Policy, run_with_policy};
use scenarios::{Loaded, Options, Outcome, Source, load_text, simulate};
use sim::{Performer, Pulse, What};

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
    fn decided(&self, policy: &Policy) -> Result<(Outcome, Counts), Failure> {
        run_with_policy(self.source(), &Options::default(), policy, &Pulse::default())
    }
    fn simulated(&self) -> Outcome {
        simulate(self.source(), &Options::default(), 1, &Pulse::default()).expect("it runs")
    }
}

/// A policy of so many words of Python.
fn python(program: &str) -> Policy {
    Policy::of(&format!("python3 -c '{program}'"))
}

fn example() -> Policy {
    Policy::of(&format!("python3 {ROOT}/hil/examples/policy.py"))
}

/// What was noted, when and where. An answer comes last of all that happens at its instant, so what is noted at one instant
/// may stand in another order.
fn noted(outcome: &Outcome) -> Vec<(u64, u32, String)> {
    let of = |it: &models::Fact| (it.at.0, it.who.0, format!("{:?}", it.what));
    let mut all: Vec<_> = outcome.facts.iter().map(of).collect();
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
fn a_program_that_leaves_all_to_the_ladder_changes_nothing_at_all() {
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
        assert_eq!(alone.audit, decided.audit, "{path}");
    }
}

#[test]
fn the_example_gives_the_same_run_twice_and_restarts_from_afar() {
    let play = Play::of("scenarios/showcase/software.ron");
    let (first, counts) = play.decided(&example()).expect("it answers");
    let (second, again) = play.decided(&example()).expect("it answers");
    assert_eq!((first.fingerprint, counts), (second.fingerprint, again));
    assert_eq!(first.facts, second.facts);
    assert!(counts.default < counts.asked);
    assert_ne!(first.fingerprint, play.simulated().fingerprint);
    let remote = |outcome: &Outcome| {
        let started = outcome.facts.iter().filter(|it| {
            let (remedy, far) = (models::Remedy::RestartTerminal, Performer::Remote);
            matches!(it.what, What::RemedyStarted { remedy: what, by, rung: 0, .. } if what == remedy && by == far)
        });
        started.count()
    };
    let alone = remote(&play.simulated());
    assert!(remote(&first) > alone + 50, "{alone} without it");
}
