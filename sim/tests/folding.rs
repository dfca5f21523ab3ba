//! Facts are handed over as they come: all of them, in order, and before they pile up.

use sim::process::Processes;
use sim::{
    Fact, Identities, Instant, Keep, Layout, Process, ProcessContext, Pulse, Setup, Simulation,
    Span,
};

const ACTORS: u32 = 64;
/// With so many facts a run on one thread stops and hands them over.
const MANY: usize = 4_096;

/// Sleeps for ten minutes, and then notes something every ten seconds: a rate that nobody could have foreseen.
#[derive(Clone)]
struct Late;

impl Process for Late {
    type Timer = ();
    type Message = ();
    type Fact = u64;
    type Settings = ();
    fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
        cx.after(Span::minutes(10), ());
    }
    fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        cx.note(cx.now().0);
        cx.after(Span::secs(10), ());
    }
}

fn end() -> Instant {
    Instant::START + Span::hours(3)
}

fn raised(cell: u32) -> Simulation<Processes<Late>> {
    let layout = Layout::new(ACTORS, 0, cell);
    let identities = Identities::default();
    // A window of a cell that is alone has 1,024 of them, about ten seconds.
    let setup =
        Setup { seed: 1, layout, identities, lookahead: Span::millis(10), keep: Keep::Nothing };
    sim::process::simulation(setup, (), vec![Late; ACTORS as usize])
}

fn whole() -> Vec<Fact<u64>> {
    let mut run = raised(ACTORS);
    run.run(end(), 1, &Pulse::default()).expect("it runs in order");
    run.take_facts()
}

/// What is handed over, slice by slice.
fn slices(run: &mut Simulation<Processes<Late>>, threads: usize) -> Vec<Vec<Fact<u64>>> {
    let mut slices = Vec::new();
    let mut take = |facts: &[Fact<u64>]| slices.push(facts.to_vec());
    run.run_folding(end(), threads, &Pulse::default(), &mut take).expect("it runs in order");
    slices
}

#[test]
fn slices_are_the_whole_in_its_order() {
    let whole = whole();
    assert_eq!(whole.len(), 64 * (1_080 - 60));
    for (cell, threads) in [(ACTORS, 1), (16, 1), (16, 2)] {
        let mut run = raised(cell);
        let slices = slices(&mut run, threads);
        assert!(slices.len() > 5, "{} slices of {cell}, {threads}", slices.len());
        assert_eq!(slices.concat(), whole, "cells of {cell}, {threads} threads");
        assert_eq!(run.now(), end());
    }
}

#[test]
fn on_one_thread_facts_do_not_pile_up() {
    for cell in [ACTORS, 16] {
        let longest = slices(&mut raised(cell), 1).iter().map(Vec::len).max();
        // What one more window notes comes on top.
        assert!(
            longest < Some(MANY + 2 * ACTORS as usize),
            "{longest:?} at once in cells of {cell}"
        );
    }
}

#[test]
fn facts_from_before_are_handed_over_first() {
    let mut run = raised(ACTORS);
    let noon = Instant::START + Span::hours(2);
    run.run(noon, 1, &Pulse::default()).expect("it runs in order");
    let slices = slices(&mut run, 1);
    assert!(slices[0].len() > MANY && slices[0].iter().all(|fact| fact.at < noon));
    assert_eq!(slices.concat(), whole());
}
