use models::invariants::{Breach, Invariant};
use models::wire::ResponseCode;
use models::{Money, Outcome as Ending};
use scenarios::{Bound, Expectation, Measure};
use sim::{ActorId, Instant, Span};

use super::*;
use crate::handmade_run::{BANK, HandmadeRun, PLUG};
use crate::summary::Summary;

/// A run in which something is sold and both entries of the scenario occur; the plug is detected after a minute.
fn sound() -> HandmadeRun {
    let mut handmade = HandmadeRun::new(2);
    handmade.at(50).sale(0, Ending::Approved, ResponseCode::APPROVED);
    handmade.at(100).occurs(0, 0, PLUG).occurs(2, 0, BANK);
    handmade.at(160).alarm(0, 0, PLUG);
    handmade.at(400).clears(0, 0, PLUG, None).clears(2, 0, BANK, None).restores(0, 0);
    handmade
}

fn expecting(
    measure: Measure,
    of: Option<&str>,
    at_least: Option<f64>,
    at_most: Option<Span>,
) -> Expectation {
    Expectation::Measure {
        measure,
        of: of.map(Into::into),
        at_least: at_least.map(Bound::Number),
        at_most: at_most.map(Bound::Time),
    }
}

/// The verdict on one expectation alone.
fn judged(expectation: Expectation) -> Judged {
    let mut handmade = sound();
    handmade.outcome.scenario.expectations = vec![expectation];
    handmade.analyse().judgement.expectations.remove(0)
}

#[test]
fn a_run_as_expected_passes_without_a_word() {
    let mut handmade = sound();
    handmade.outcome.scenario.expectations = vec![
        Expectation::Holds(Invariant::LedgersAgree),
        expecting(Measure::Availability, None, Some(0.9), None),
        expecting(Measure::MttdP95, Some("plug"), None, Some(Span::minutes(2))),
    ];
    let judgement = handmade.analyse().judgement;
    assert_eq!((judgement.verdict, judgement.reasons), (Verdict::Passed, vec![]));
    assert_eq!(judgement.expectations[2].name, "mttd-p95 of plug");
    assert_eq!(judgement.expectations[2].measured, "1 min");
}

#[test]
fn a_bound_that_is_not_met_fails_and_says_why() {
    let late = judged(expecting(Measure::MttdP50, Some("plug"), None, Some(Span::secs(30))));
    assert_eq!(late.verdict, Verdict::Failed);
    assert_eq!(late.reason, "at most 30 s was expected; 1 min is more than that");
    let few = judged(expecting(Measure::DetectedShare, None, Some(0.9), None));
    assert_eq!((few.verdict, few.value), (Verdict::Failed, Some(0.5)));
    assert!(few.ci95.is_some(), "a share has an interval");
}

#[test]
fn what_was_watched_long_enough_without_an_end_fails_and_what_was_not_is_inconclusive() {
    // The bank was broken for 300 s and nobody noticed.
    let watched = judged(expecting(Measure::MttdP95, Some("bank"), None, Some(Span::minutes(2))));
    assert_eq!((watched.verdict, watched.value), (Verdict::Failed, None));
    let unwatched =
        judged(expecting(Measure::MttdP95, Some("bank"), None, Some(Span::minutes(10))));
    assert_eq!(unwatched.verdict, Verdict::Inconclusive);
    assert!(unwatched.reason.contains("1 of 1"), "{}", unwatched.reason);
    let unknown = judged(expecting(Measure::MttdMean, Some("bank"), None, Some(Span::minutes(10))));
    assert_eq!((unknown.verdict, unknown.value), (Verdict::Inconclusive, None));
}

#[test]
fn too_few_activations_prove_nothing() {
    let covers = |occurrences| Expectation::Covers { fault: "plug".into(), occurrences };
    assert_eq!(judged(covers(1)).verdict, Verdict::Passed);
    assert_eq!(judged(covers(2)).verdict, Verdict::Inconclusive);
}

#[test]
fn a_fault_that_never_occurred_and_a_shop_that_never_sold_are_inconclusive() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    let judgement = handmade.analyse().judgement;
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert_eq!(
        judgement.reasons,
        ["fault bank (host.outage) never occurred", "nobody tried to pay"]
    );
    handmade.outcome.planned[1].targets = 0;
    handmade.at(200).sale(0, Ending::Approved, ResponseCode::APPROVED);
    assert_eq!(
        handmade.analyse().judgement.verdict,
        Verdict::Passed,
        "a fault without targets cannot occur"
    );
}

#[test]
fn a_breach_is_named_by_terminal_time_and_transaction() {
    let mut handmade = sound();
    handmade.outcome.planned.push(handmade.outcome.planned[0].clone());
    handmade.outcome.audit.breaches.push(Breach {
        invariant: Invariant::NoDoubleCharge,
        terminal: ActorId(1),
        at: Instant::START + Span::millis(1_500),
        stan: 42,
        amount: Money(2_450),
        detail: "charged twice".to_owned(),
    });
    let judgement = handmade.analyse().judgement;
    assert_eq!(judgement.verdict, Verdict::Failed);
    assert_eq!(
        judgement.reasons,
        [
            "no-double-charge: lanes-1 at 1.500 s, STAN 000042, 24.50: charged twice",
            "fault plug (power.loose-plug) never occurred"
        ],
        "the worst comes first"
    );
}

#[test]
fn the_summary_has_what_programs_look_for() {
    let mut handmade = sound();
    handmade.outcome.scenario.expectations = vec![Expectation::Holds(Invariant::LedgersAgree)];
    let analysis = handmade.analyse();
    let text = Summary::of(&handmade.outcome, &analysis, Some(2.0)).to_json();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    for path in [
        "/schema",
        "/scenario",
        "/seed",
        "/simulated_s",
        "/wall_s",
        "/events",
        "/events_per_s",
        "/fingerprint",
        "/terminals",
        "/faults/injected",
        "/faults/detected",
        "/faults/isolated_correctly",
        "/faults/restored",
        "/faults/undetected",
        "/faults/false_alarms",
        "/transactions/attempted",
        "/transactions/approved",
        "/transactions/declined",
        "/transactions/abandoned",
        "/transactions/reversed",
        "/transactions/stored",
        "/transactions/unreversed",
        "/transactions/duplicates",
        "/invariants/0/name",
        "/invariants/0/holds",
        "/expectations/0/name",
        "/expectations/0/verdict",
    ] {
        assert!(summary.pointer(path).is_some_and(|it| !it.is_null()), "{path}");
    }
    for measure in ["availability", "mttd_s", "mttr_s"] {
        for field in ["mean", "p50", "p95", "ci95", "n", "censored"] {
            assert!(
                summary.pointer(&format!("/measures/{measure}/{field}")).is_some(),
                "{measure}.{field}"
            );
        }
    }
    assert_eq!(
        summary["measures"]["mttd_s"]["p95"],
        serde_json::Value::Null,
        "one of two was not detected"
    );
    let untimed = Summary::of(&handmade.outcome, &analysis, None).to_json();
    assert!(untimed.contains("\"wall_s\": null") && untimed.contains("\"events_per_s\": null"));
}
