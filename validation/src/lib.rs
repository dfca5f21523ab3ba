//! Is it right? Laws whose answer is known exactly, run through the same kernel and models as every scenario.
//!
//! ```text
//! truths.ron ─▶ law: parameters, formula, expected ┐
//! scenario ─▶ outcome ─▶ facts ─▶ samples ─▶ estimate, interval ─▶ verdict, table
//! ```
//!
//! There is no special mode: what a law needs, a scenario can say. A replication is one run of a scenario by a seed of
//! its own; what it contributes is read from the facts that every run notes. A value holds if the exact one lies in the
//! 99.9 % interval of all replications and the interval is no wider than the value is declared to allow, which is two
//! per cent unless the declaration says why not.

mod availability;
mod case;
mod cases;
mod charts;
mod detection;
#[cfg(test)]
mod formulas;
mod freshness;
mod growth;
mod links;
mod losses;
mod network;
mod queues;
mod redundancy;
mod repairmen;
mod samples;
mod self_tests;
mod sight;
mod site;
mod spares;
mod table;
mod truths;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use reports::statistics::Sample;
use sim::{Identity, Purpose, Streams};

use case::Case;
pub use case::Size;
pub use table::{Row, Table, Verdict};
pub use truths::{Expected, Truth, truths};

/// What to validate, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// All of it, or what takes under a minute.
    pub size: Size,
    /// Fresh seeds from this one; the interval of each value is then widened so that all of them together miss by chance
    /// as rarely as one does (Bonferroni). `None` takes the seeds that every validation takes.
    pub seed: Option<u64>,
    /// Threads; the table does not depend on them.
    pub threads: usize,
    /// Ids of laws; all if there is none.
    pub only: Vec<String>,
}

/// Runs the laws. `done` hears how many of how many replications are done.
///
/// # Errors
/// If a law is asked for that there is none of, or a replication could not be run.
pub fn validate(options: &Options, done: &(dyn Fn(usize, usize) + Sync)) -> Result<Table, String> {
    let known = truths()?;
    if let Some(strange) = options.only.iter().find(|id| !known.iter().any(|it| it.id == **id)) {
        let ids: Vec<&str> = known.iter().map(|it| it.id.as_str()).collect();
        return Err(format!("there is no law \"{strange}\"; known are {}", ids.join(", ")));
    }
    let wanted = |id: &str| options.only.is_empty() || options.only.iter().any(|it| it == id);
    let cases: Vec<Case> =
        cases::all(options.size).into_iter().filter(|case| wanted(case.law)).collect();
    let samples = replicate(&cases, options, done)?;
    let wanted: Vec<Truth> = known.into_iter().filter(|it| wanted(&it.id)).collect();
    table::table(&wanted, &cases, &samples, options)
}

/// The scenarios by which a law is seen, as files that `posrig run` takes; a law of the kernel alone has none.
pub fn scenarios(law: &str, size: Size) -> Vec<String> {
    let own = cases::all(size).into_iter().filter(|case| case.law == law);
    own.filter_map(|case| case.scenario).collect()
}

/// Samples by case, replication and quantity.
type Samples = Vec<Vec<Vec<Sample>>>;

/// Runs all replications, the cases in the order in which they are given, on as many threads as were asked for.
fn replicate(
    cases: &[Case],
    options: &Options,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Samples, String> {
    let jobs: Vec<(usize, u32)> = cases
        .iter()
        .enumerate()
        .flat_map(|(case, it)| (0..it.runs).map(move |replication| (case, replication)))
        .collect();
    let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    type Found = Option<Result<Vec<Sample>, String>>;
    let found: Vec<Mutex<Found>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let Some(&(case, replication)) = jobs.get(job) else { return };
            let it = &cases[case];
            let result = (it.run)(seed(options.seed.unwrap_or(1), it, replication));
            if result.is_err() {
                next.store(jobs.len(), Ordering::Relaxed);
            }
            *found[job].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            done(ended.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(work);
        }
    });
    let mut samples: Samples = cases.iter().map(|_| Vec::new()).collect();
    for ((case, _), slot) in jobs.iter().zip(found) {
        let law = cases[*case].law;
        match slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Ok(of_run)) => samples[*case].push(of_run),
            Some(Err(why)) => return Err(format!("{law}: {why}")),
            // Another replication failed first; its reason is found further on.
            None => {}
        }
    }
    Ok(samples)
}

/// The seed of one replication: another law, case or replication moves none of its draws.
fn seed(base: u64, case: &Case, replication: u32) -> u64 {
    let purpose = Purpose::of(case.law).numbered(u64::from(case.number));
    let [low, high, ..] =
        Streams::new(base).draw(Identity::numbered(replication), purpose, u64::from(replication));
    u64::from(high) << 32 | u64::from(low)
}
