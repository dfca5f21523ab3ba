//! What a run notes is handed to folds as it comes: each fact once and in order, whatever the slices and the threads.

use models::Fact;
use reports::{Analysis, AnalysisFold};
use scenarios::{FactFold, Loaded, Options, Outcome, Run, Source, load};
use sim::{Instant, Pulse, Span};

use crate::scenarios::shipped;

/// A day with faults of many families.
fn quickstart() -> Loaded {
    let file = shipped().into_iter().find(|it| it.ends_with("quickstart.ron"));
    load(&file.expect("it ships")).expect("it loads")
}

fn begin(loaded: &Loaded, threads: usize) -> Run<'_> {
    let source = Source { scenario: &loaded.scenario, path: &loaded.path, text: &loaded.source };
    Run::begin(source, &Options::default(), threads).expect("it is put together")
}

/// Facts as they came, and how they were cut.
#[derive(Default)]
struct Slices {
    facts: Vec<Fact>,
    lengths: Vec<usize>,
}

impl FactFold for Slices {
    fn take(&mut self, facts: &[Fact]) {
        self.facts.extend_from_slice(facts);
        self.lengths.push(facts.len());
    }
}

impl Slices {
    fn assert_whole(&self) {
        let key = |fact: &Fact| (fact.at, fact.who, fact.sequence);
        assert!(self.facts.is_sorted_by(|a, b| key(a) < key(b)), "in order, and none twice");
        let mut next = std::collections::BTreeMap::new();
        for fact in &self.facts {
            let expected = next.entry(fact.who).or_insert(0);
            assert_eq!(fact.sequence, *expected, "none of actor {} is missing", fact.who.0);
            *expected += 1;
        }
    }
}

/// A run in one go.
fn whole(loaded: &Loaded, threads: usize) -> (Outcome, Slices, Analysis) {
    let run = begin(loaded, threads);
    let (mut slices, mut fold) = (Slices::default(), AnalysisFold::new(run.outset()));
    let outcome = run.complete(threads, &Pulse::default(), &mut (&mut slices, &mut fold));
    let outcome = outcome.expect("it runs");
    let analysis = fold.finish(&outcome);
    (outcome, slices, analysis)
}

/// The same, step by step.
fn stepwise(loaded: &Loaded, threads: usize, step: Span) -> (Outcome, Slices, Analysis) {
    let mut run = begin(loaded, threads);
    let (mut slices, mut fold) = (Slices::default(), AnalysisFold::new(run.outset()));
    let (mut now, end) = (Instant::START, run.end());
    while now < end {
        now = (now + step).min(end);
        run.simulation.run(now, threads, &Pulse::default()).expect("nothing comes out of order");
        run.hand_over(&mut (&mut slices, &mut fold));
    }
    let outcome = run.finish(&mut (&mut slices, &mut fold));
    let analysis = fold.finish(&outcome);
    (outcome, slices, analysis)
}

#[test]
fn an_analysis_does_not_depend_on_how_facts_are_cut() {
    let loaded = quickstart();
    let (outcome, slices, analysis) = whole(&loaded, 1);
    slices.assert_whole();
    let most = slices.lengths.iter().max().copied().unwrap_or_default();
    assert!(
        most < slices.facts.len() / 2,
        "a slice of {most} is not a slice: {:?}",
        slices.lengths
    );
    let others = [
        whole(&loaded, 2),
        stepwise(&loaded, 1, Span::minutes(7)),
        stepwise(&loaded, 2, Span::hours(5)),
    ];
    for (n, (other_outcome, other_slices, other_analysis)) in others.into_iter().enumerate() {
        assert!(other_slices.facts == slices.facts, "facts of way {n}");
        assert!(other_analysis == analysis, "analysis of way {n}");
        assert_eq!(other_outcome.audit, outcome.audit, "audit of way {n}");
    }
}

#[test]
fn facts_of_what_comes_in_late_find_their_places() {
    let loaded = quickstart();
    let mut run = begin(&loaded, 1);
    let mut slices = Slices::default();
    // Stopped just past the instants at which something was noted, where more of that instant could still come.
    let (_, all, _) = whole(&loaded, 1);
    for fact in all.facts.iter().step_by(500) {
        let now = Instant(fact.at.0 + 1).max(run.simulation.now());
        run.simulation.run(now, 1, &Pulse::default()).expect("nothing comes out of order");
        run.hand_over(&mut slices);
        let open = slices.facts.last().is_some_and(|it| it.at >= fact.at);
        assert!(!open, "facts of the last instant are held back");
    }
    run.complete(1, &Pulse::default(), &mut slices).expect("it runs");
    assert!(slices.facts == all.facts);
}
