//! Roll-outs: a good version reaches everybody, a bad one is stopped and taken back, and going back clears what it brought.

use std::collections::BTreeSet;

use faults::DomainEvent;
use models::rollout::RolloutStep;
use models::software::firmware;
use models::{Fault, Note, RecoveryAction};
use scenarios::{Options, RecordedRun, Source, load_text, record};
use sim::{ActorId, Instant, Pulse, Span};

const LEAK: Fault = Fault::Firmware(firmware::Fault::MemoryLeak);
const STARVED: Fault = Fault::Firmware(firmware::Fault::ProcessorStarved);

fn run(faults: &str, rollout: &str, threads: usize) -> RecordedRun {
    let text = format!(
        "Scenario(schema: 2, name: \"t\", intent: \"t\", duration: \"2d\", fleet: [(id: \"shops\", count: 200)],
          types: {{\"standard\": (hardware: (battery: (capacity: \"0mAh\")))}},
          workload: [(per_day: 10.0)], versions: {{\"2.4\": (installs_in: \"3min\")}}, faults: [{faults}],
          policies: (rollouts: [(id: \"r\", version: \"2.4\", from: \"6h\", {rollout})]))"
    );
    let loaded = load_text("rollout", &text).unwrap_or_else(|found| panic!("{found:#?}"));
    let source = Source { scenario: &loaded.scenario, path: "rollout", text: &text };
    record(source, &Options::default(), threads, &Pulse::default()).expect("it runs")
}

fn steps(recorded: &RecordedRun) -> impl Iterator<Item = (ActorId, Instant, RolloutStep)> + '_ {
    recorded.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Noted(Note::Rollout { step, .. }) => Some((fact.who, fact.at, step)),
        _ => None,
    })
}

fn at(recorded: &RecordedRun, wanted: RolloutStep) -> BTreeSet<ActorId> {
    steps(recorded).filter(|(.., step)| *step == wanted).map(|(who, ..)| who).collect()
}

/// Who is without power when the version is sent loads it when power is back.
#[test]
fn a_good_version_reaches_everybody() {
    let dark = "(id: \"dark\", mode: Power(SupplyOutage), sample: Count(60), when: At(\"10h\"), lasts: Exactly(\"5h\"))";
    let recorded = run(dark, "stages: [0.1, 1], every: \"5h\", over: \"2h\"", 1);
    assert_eq!(at(&recorded, RolloutStep::Installed).len(), 200);
    let within = |from: u64, to: u64| {
        let (from, to) = (Instant::START + Span::hours(from), Instant::START + Span::hours(to));
        let is = |(_, at, step): &(ActorId, Instant, RolloutStep)| {
            *step == RolloutStep::Installed && from <= *at && *at < to
        };
        steps(&recorded).filter(is).count()
    };
    // Stages at 6 h and at 11 h, two hours each; sixty terminals are dark from 10 h to 15 h, but for a few whom somebody helps.
    let hours = [within(0, 6), within(6, 9), within(9, 11), within(11, 14), within(15, 16)];
    assert_eq!((hours[0], hours[1], hours[2]), (0, 20, 0));
    assert!(hours[3] > 110 && hours[4] > 25, "{hours:?}");
    assert!(at(&recorded, RolloutStep::RolledBack).is_empty());
}

const BAD: &str = "(id: \"leak\", mode: Firmware(MemoryLeak), when: On(event: Updated, probability: 0.5, after: \"5min\")),
    (id: \"starved\", mode: Firmware(ProcessorStarved), sample: Count(60), when: At(\"5h\"))";
const CAREFUL: &str =
    "stages: [0.05, 0.2, 1], every: \"8h\", over: \"1h\", halt: (troubled: 0.3, min_terminals: 3)";

#[test]
fn a_bad_version_is_stopped_and_going_back_clears_what_it_brought() {
    let recorded = run(BAD, CAREFUL, 1);
    let halted: Vec<_> = steps(&recorded)
        .filter_map(|(_, at, step)| match step {
            RolloutStep::Halted { installed, troubled } => Some((at, installed, troubled)),
            _ => None,
        })
        .collect();
    let [(when, installed, troubled)] = halted[..] else { panic!("{halted:?}") };
    assert!(troubled >= 3 && installed <= 40 && troubled * 10 >= installed * 3);
    let (updated, back) =
        (at(&recorded, RolloutStep::Installed), at(&recorded, RolloutStep::RolledBack));
    assert!(!updated.is_empty() && updated == back, "everybody who had it went back");
    let late = steps(&recorded)
        .filter(|(_, at, step)| *step == RolloutStep::Installed && *at > when + Span::minutes(10));
    assert_eq!(late.count(), 0, "nobody is sent it afterwards");
    let cleared = |wanted: Fault, by: RecoveryAction| {
        let by = Some(by);
        let is = |it: &&models::Fact| matches!(it.what, DomainEvent::Cleared { fault, by: it, .. } if fault == wanted && it == by);
        recorded.facts.iter().filter(is).count()
    };
    assert!(
        cleared(LEAK, RecoveryAction::RollBack) > 0,
        "going back clears what the version brought"
    );
    assert_eq!(cleared(STARVED, RecoveryAction::RollBack), 0, "and nothing else");
    let rows = reports::analyse(&recorded).measures.rollouts;
    assert_eq!((rows[0].installed, rows[0].rolled_back), (updated.len() as u64, back.len() as u64));
    assert_eq!(rows[0].halted_s, Some(when.as_secs_f64()));
}

#[test]
fn without_a_halt_everybody_gets_the_bad_version() {
    let recorded = run(BAD, "stages: [0.05, 1], every: \"8h\"", 1);
    assert_eq!(at(&recorded, RolloutStep::Installed).len(), 200);
    assert!(at(&recorded, RolloutStep::RolledBack).is_empty());
    let leaks = |it: &&models::Fact| matches!(it.what, DomainEvent::Occurred { fault, .. } if fault == LEAK);
    assert!(recorded.facts.iter().filter(leaks).count() > 60);
}

#[test]
fn threads_do_not_matter_to_a_roll_out() {
    let one = run(BAD, CAREFUL, 1);
    let two = run(BAD, CAREFUL, 2);
    assert_eq!(one.outcome.fingerprint, two.outcome.fingerprint);
    assert!(one.facts == two.facts);
}
