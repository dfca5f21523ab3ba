//! A run can be copied at any moment: the copy runs on as the run does, or, with a salt, draws anew from there on.

use std::path::Path;

use models::{Fact, Part};
use scenarios::{Loaded, Options, Run, Source, load};
use sim::{ActorId, Fingerprint, Instant, Pulse, Span};

use crate::scenarios::shipped;

fn source(loaded: &Loaded) -> Source<'_> {
    Source { scenario: &loaded.scenario, path: &loaded.path, text: &loaded.source }
}

fn begin<'a>(loaded: &'a Loaded, threads: usize) -> Run<'a> {
    Run::begin(source(loaded), &Options::default(), threads).expect("a shipped scenario runs")
}

fn on(run: &mut Run<'_>, until: Instant, threads: usize) -> Fingerprint {
    run.simulation.run(until, threads, &Pulse::default()).expect("nothing comes out of order");
    run.simulation.fingerprint()
}

/// What a run has noted from its start.
fn noted(run: Run<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    run.finish(&mut facts);
    facts
}

/// At how many instants a run is copied.
const INSTANTS: u64 = 10;

/// The one scenario that is cut short: its three years have as many events as all others together. Its first months have the same
/// world, deliveries, lives and wear.
const CUT: (&str, Span) = ("life", Span::days(120));

/// A scenario, no longer than it may be here.
fn cut(file: &Path) -> Loaded {
    let mut loaded = load(file).expect("it ships");
    if file.file_stem().is_some_and(|it| it == CUT.0) {
        assert!(loaded.scenario.duration > CUT.1, "nothing is cut");
        loaded.scenario.duration = CUT.1;
    }
    loaded
}

/// Copies a run at each instant and goes on with the copy alone, so that the last one is a copy of a copy ten times over: what
/// any of them had lost would be missing at the end, at the price of one run.
fn the_tenth_copy_ends_as_the_run(file: &Path, threads: usize, whole: &(Fingerprint, Vec<Fact>)) {
    let loaded = cut(file);
    let mut run = begin(&loaded, threads);
    let end = run.end();
    for n in 0..INSTANTS {
        let at = Instant(end.0 / INSTANTS * n);
        on(&mut run, at, threads);
        run = run.fork(0).expect("nothing is attached");
    }
    let name = file.display();
    let fingerprint = on(&mut run, end, threads);
    assert_eq!(fingerprint, whole.0, "{name} on {threads} threads: copies ran on otherwise");
    let facts = noted(run);
    let other = facts.iter().zip(&whole.1).find(|(copied, whole)| copied != whole);
    assert_eq!(other, None, "{name} on {threads} threads: copies noted something else");
    assert_eq!(facts.len(), whole.1.len(), "{name} on {threads} threads: other numbers of facts");
}

/// The unbroken run, on one thread.
fn unbroken(file: &Path) -> (Fingerprint, Vec<Fact>) {
    let loaded = cut(file);
    let mut run = begin(&loaded, 1);
    let end = run.end();
    (on(&mut run, end, 1), noted(run))
}

#[test]
fn a_copy_at_any_of_ten_instants_runs_on_as_the_unbroken_run() {
    for file in shipped() {
        let whole = unbroken(&file);
        for threads in [1, 2] {
            the_tenth_copy_ends_as_the_run(&file, threads, &whole);
        }
    }
}

#[test]
fn a_run_that_is_copied_goes_on_as_if_it_had_not_been() {
    let quickstart = shipped().into_iter().find(|it| it.ends_with("quickstart.ron"));
    let file = quickstart.expect("it ships");
    let whole = unbroken(&file);
    let loaded = cut(&file);
    for threads in [1, 2] {
        let mut run = begin(&loaded, threads);
        let end = run.end();
        for n in 0..INSTANTS {
            on(&mut run, Instant(end.0 / INSTANTS * n), threads);
            // A copy that has run ahead shares nothing with the run that goes on.
            let mut copy = run.fork(n).expect("nothing is attached");
            on(&mut copy, Instant(end.0 / INSTANTS * (n + 1)), threads);
        }
        assert_eq!(on(&mut run, end, threads), whole.0);
        assert_eq!(noted(run), whole.1);
    }
}

#[test]
fn two_salts_share_what_was_before_and_nothing_that_is_drawn_after() {
    let quickstart = shipped().into_iter().find(|it| it.ends_with("quickstart.ron"));
    let loaded = load(&quickstart.expect("it ships")).expect("it loads");
    let mut run = begin(&loaded, 1);
    let (noon, end) = (Instant(run.end().0 / 2), run.end());
    on(&mut run, noon, 1);
    let facts = |salt: u64| {
        let mut copy = run.fork(salt).expect("nothing is attached");
        on(&mut copy, end, 1);
        noted(copy)
    };
    let (one, other, again) = (facts(1), facts(2), facts(1));
    assert_eq!(one, again, "a salt is a name, not a die");
    let before = |all: &[Fact]| all.iter().filter(|it| it.at < noon).copied().collect::<Vec<_>>();
    assert!(before(&one).len() > 1_000);
    assert_eq!(before(&one), before(&other));
    // Purchases after noon: what each customer wants to pay is drawn at the moment of coming, so none of them agrees but the
    // pending ones and chance.
    let sales = |all: &[Fact]| {
        let sold = |it: &Fact| match it.what {
            faults::DomainEvent::Noted(models::Note::SaleEnded(sale)) if it.at >= noon => {
                Some((it.who, sale.customer, sale.began, sale.amount))
            }
            _ => None,
        };
        all.iter().filter_map(sold).collect::<std::collections::BTreeSet<_>>()
    };
    let (one, other) = (sales(&one), sales(&other));
    let shared = one.intersection(&other).count();
    assert!(one.len() > 5_000 && shared < one.len() / 10, "{shared} of {} are shared", one.len());
}

#[test]
fn a_run_with_something_attached_is_not_forked() {
    let loaded = load(&shipped()[0]).expect("it ships");
    let attached = vec![(ActorId(0), Part::Printer)];
    let options = Options { attached, ..Options::default() };
    let run = Run::begin(source(&loaded), &options, 1).expect("it runs");
    let why = run.fork(0).err().expect("a refusal");
    assert!(why.contains("printer") && why.contains("cannot be forked"), "{why}");
}
