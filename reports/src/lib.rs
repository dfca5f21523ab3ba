//! What a run was worth: facts become fault stories, stories become measures, measures become a verdict and a report.
//!
//! ```text
//! Outcome ─▶ stories ─▶ measures ─▶ verdict ─▶ page, summary, tables ─▶ run folder
//! ```
//!
//! The same outcome gives the same bytes: there is no clock here, no random order, and what a machine computes
//! differently in its last digits is not written.

pub mod boundary;
pub mod coverage;
pub mod explain;
pub mod export;
pub mod fmea;
pub mod folder;
pub mod measures;
pub mod page;
pub mod past;
pub mod statistics;
pub mod stories;
pub mod summary;
pub mod verdict;

#[cfg(test)]
mod tape;

use scenarios::Outcome;
use sim::Instant;

pub use folder::{FolderError, Written, page_from_folder, write_folder};
pub use measures::Measures;
pub use page::page;
pub use stories::{Alarm, Chronicle, Story};
pub use summary::Summary;
pub use verdict::{Judgement, Verdict};

/// Everything that is to be said about a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// What became of every fault, and every alarm.
    pub told: Chronicle,
    /// All measures.
    pub measures: Measures,
    /// Whether the run was as expected, and why.
    pub judgement: Judgement,
}

/// Reads a run: one pass over its facts, then folds over its stories.
pub fn analyse(outcome: &Outcome) -> Analysis {
    let mut stories =
        stories::FaultRecordFold::new(outcome.roster.terminals(), &outcome.scenario.policies.costs);
    let mut measures = measures::MeasuresFold::new(outcome, outcome.scenario.warmup);
    for fact in &outcome.facts {
        stories.take(fact);
        measures.take(fact);
    }
    let end = Instant::START + outcome.simulated;
    let told = stories.finish(end, &outcome.audit.breaches);
    let measures = measures.finish(outcome, &told);
    let judgement = verdict::judge(outcome, &told, &measures);
    Analysis { told, measures, judgement }
}
