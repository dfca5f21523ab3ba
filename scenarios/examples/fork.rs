//! What a copy of a run costs, beside raising the same world anew.
//!
//! `cargo run --release -p scenarios --example fork -- [FILE...]` raises each scenario, runs half a day of it, and prints the
//! processor time of a copy and of raising the world: the fastest and the median of 15 rounds, in which both take turns.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant as Wall;

use scenarios::{Options, Run, Source, load};
use sim::{Instant, Pulse, Span};

const ROUNDS: usize = 15;
/// By then every terminal has served customers, and the agenda is as full as it gets.
const HALF_A_DAY: Span = Span::hours(12);

/// Seconds that something takes; what it returns is dropped outside of them.
fn timed<T>(what: impl FnOnce() -> T) -> f64 {
    let start = Wall::now();
    let it = black_box(what());
    let seconds = start.elapsed().as_secs_f64();
    drop(it);
    seconds
}

/// The fastest and the median.
fn best_and_median(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_unstable_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

fn measure(file: &str) {
    let loaded = load(Path::new(file)).unwrap_or_else(|mistakes| panic!("{file}: {mistakes:#?}"));
    let source = Source { scenario: &loaded.scenario, path: &loaded.path, text: &loaded.source };
    let raise = || Run::begin(source, &Options::default(), 1).expect("it can be put together");
    let mut run = raise();
    let noon = Instant::START + HALF_A_DAY;
    run.simulation.run(noon, 1, &Pulse::default()).expect("nothing comes out of order");
    // Facts are taken out as they come, as whoever measures them does: they are no part of the world.
    run.simulation.take_facts();
    let (mut forks, mut raises) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        forks.push(timed(|| run.fork(0).expect("nothing is attached")));
        raises.push(timed(raise));
    }
    let (fork, raise) = (best_and_median(forks), best_and_median(raises));
    println!(
        "{file:<44} {:>9} {:>9.3} {:>9.3} {:>9.3} {:>9.3} {:>7.2} {:>7.2}",
        loaded.scenario.terminals(),
        fork.0 * 1e3,
        fork.1 * 1e3,
        raise.0 * 1e3,
        raise.1 * 1e3,
        fork.0 / raise.0,
        fork.1 / raise.1,
    );
}

fn main() {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        files = ["scenarios/quickstart.ron", "benches/mix-10000.ron"].map(str::to_owned).into();
    }
    println!(
        "{:<44} {:>9} {:>19} {:>19} {:>15}",
        "in milliseconds, fastest and median", "terminals", "fork", "raise", "fork / raise"
    );
    for file in &files {
        measure(file);
    }
}
