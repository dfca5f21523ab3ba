//! One table: million events per second of each engine, and how they compare.
//!
//! Every engine first comes to the same moment; all must have handled the same number of events by then. The rest of
//! the run is timed. Engines take turns, and the median of the rounds counts.

use std::io::{self, Write};
use std::time;

use phold::{Engine, Law, OnNexosim, OnSimcore, Ours, OursAsProduct, SEED, SIZES, WARM};
use sim::{Instant, Span};

const ROUNDS: usize = 3;

/// One line of the table.
#[derive(Clone, Copy)]
enum Entrant {
    Ours { threads: u32 },
    Product,
    Simcore,
    Nexosim,
}

const ENTRANTS: [Entrant; 5] = [
    Entrant::Ours { threads: 1 },
    Entrant::Ours { threads: 2 },
    Entrant::Product,
    Entrant::Simcore,
    Entrant::Nexosim,
];

impl Entrant {
    fn name(self) -> &'static str {
        match self {
            Self::Ours { threads: 1 } => "posrig, 1 thread",
            Self::Ours { .. } => "posrig, 2 threads",
            Self::Product => "as product",
            Self::Simcore => "simcore 0.1.0",
            Self::Nexosim => "nexosim 1.0.0",
        }
    }

    /// How many events to time: about a second's work, the slower the fewer.
    fn events_timed(self) -> u64 {
        match self {
            Self::Ours { .. } | Self::Product => 20_000_000,
            Self::Simcore => 4_000_000,
            Self::Nexosim => 1_000_000,
        }
    }
}

/// What one run came to.
struct Run {
    events_at_warm: u64,
    /// Of our kernel only.
    fingerprint: Option<String>,
    millions_per_second: f64,
}

fn run(entrant: Entrant, law: Law) -> Run {
    // An event happens once a second and process.
    let millis = entrant.events_timed() * 1_000 / u64::from(law.processes());
    let end = WARM + Span::millis(millis);
    match entrant {
        Entrant::Ours { threads } => {
            let mut engine = Ours::new(law, SEED, threads);
            let run = timed(&mut engine, end);
            Run { fingerprint: Some(engine.fingerprint().to_string()), ..run }
        }
        Entrant::Product => timed(&mut OursAsProduct::new(law, SEED, 1), end),
        Entrant::Simcore => timed(&mut OnSimcore::new(law, SEED), end),
        Entrant::Nexosim => timed(&mut OnNexosim::new(law), end),
    }
}

fn timed(engine: &mut impl Engine, end: Instant) -> Run {
    engine.run_to(WARM);
    let events_at_warm = engine.events();
    let start = time::Instant::now();
    engine.run_to(end);
    let seconds = start.elapsed().as_secs_f64();
    let millions = (engine.events() - events_at_warm) as f64 / 1e6;
    Run { events_at_warm, fingerprint: None, millions_per_second: millions / seconds }
}

/// Median rate of each entrant.
///
/// # Panics
/// If two engines did not handle the same number of events, or two runs of ours differ in their fingerprint.
fn compare(processes: u32) -> [f64; ENTRANTS.len()] {
    let law = Law::new(processes, SEED);
    let mut rates: [Vec<f64>; ENTRANTS.len()] = Default::default();
    let (mut events, mut fingerprint) = (None, None);
    for _ in 0..ROUNDS {
        for (entrant, rates) in ENTRANTS.into_iter().zip(&mut rates) {
            let run = run(entrant, law);
            let expected = *events.get_or_insert(run.events_at_warm);
            assert_eq!(run.events_at_warm, expected, "{}: other events", entrant.name());
            if let Some(print) = run.fingerprint {
                let expected = fingerprint.get_or_insert_with(|| print.clone());
                assert_eq!(print, *expected, "{}: another fingerprint", entrant.name());
            }
            rates.push(run.millions_per_second);
        }
    }
    rates.map(|mut rates| {
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    })
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "PHOLD, million events per second, median of {ROUNDS}")?;
    write!(out, "{:>10}", "processes")?;
    for entrant in ENTRANTS {
        write!(out, "{:>19}", entrant.name())?;
    }
    writeln!(
        out,
        "{:>12}{:>12}{:>12}{:>14}",
        "1 : simcore", "1 : nexosim", "2 : 1", "product : 1"
    )?;
    for processes in SIZES {
        let rates = compare(processes);
        write!(out, "{processes:>10}")?;
        for rate in rates {
            write!(out, "{rate:>19.2}")?;
        }
        let [one, two, product, simcore, nexosim] = rates;
        writeln!(
            out,
            "{:>12.1}{:>12.1}{:>12.2}{:>14.2}",
            one / simcore,
            one / nexosim,
            two / one,
            product / one
        )?;
    }
    Ok(())
}
