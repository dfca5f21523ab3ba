//! A run can be copied at any moment: the copy runs on as the run does, or, with a salt, draws anew from there on.

use std::path::Path;

use models::Part;
use scenarios::{Loaded, Options, Run, Source, load};
use sim::{ActorId, Fingerprint, Instant, Pulse};

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

/// Forks a run at so many instants, spread over it, and lets each copy run to the end.
fn every_copy_ends_as_the_run(file: &Path, instants: u64, threads: usize) {
    let loaded = load(file).expect("it ships");
    let whole = {
        let mut run = begin(&loaded, threads);
        let end = run.end();
        on(&mut run, end, threads)
    };
    let mut run = begin(&loaded, threads);
    let end = run.end();
    for n in 0..instants {
        let at = Instant(end.0 / instants * n);
        on(&mut run, at, threads);
        let mut copy = run.fork(0).expect("nothing is attached");
        assert_eq!(on(&mut copy, end, threads), whole, "{} forked at {at}", file.display());
    }
    assert_eq!(on(&mut run, end, threads), whole, "{}: forking changed the run", file.display());
}

/// Long or large scenarios are forked less often: ten whole runs of each would take minutes.
const LONG: &[&str] = &["life", "support", "rollout", "wear"];

#[test]
fn a_copy_runs_on_to_the_fingerprint_of_the_unbroken_run() {
    for file in shipped() {
        let stem = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        let instants = if LONG.contains(&stem) { 2 } else { 10 };
        every_copy_ends_as_the_run(&file, instants, 1);
    }
}

#[test]
fn so_it_does_on_two_threads() {
    let quickstart = shipped().into_iter().find(|it| it.ends_with("quickstart.ron"));
    every_copy_ends_as_the_run(&quickstart.expect("it ships"), 2, 2);
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
        let mut facts: Vec<models::Fact> = Vec::new();
        copy.finish(&mut facts);
        facts
    };
    let (one, other, again) = (facts(1), facts(2), facts(1));
    assert_eq!(one, again, "a salt is a name, not a die");
    let before =
        |all: &[models::Fact]| all.iter().filter(|it| it.at < noon).copied().collect::<Vec<_>>();
    assert!(before(&one).len() > 1_000);
    assert_eq!(before(&one), before(&other));
    // Purchases after noon: what each customer wants to pay is drawn at the moment of coming, so none of them agrees but the
    // pending ones and chance.
    let sales = |all: &[models::Fact]| {
        let sold = |it: &models::Fact| match it.what {
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
