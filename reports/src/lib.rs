//! What a run was worth: facts become fault records, these become measures, measures become a verdict and a report.
//!
//! ```text
//! Outcome ─▶ records ─▶ measures ─▶ verdict ─▶ page, summary, tables ─▶ run folder
//! ```
//!
//! The same outcome gives the same bytes: there is no clock here, no random order, and what a machine computes
//! differently in its last digits is not written.

pub mod boundary;
pub mod coverage;
pub mod explain;
pub mod export;
pub mod fault_records;
pub mod fmea;
pub mod folder;
pub mod glossary;
pub mod measures;
pub mod page;
pub mod run_tables;
pub mod statistics;
pub mod summary;
pub mod verdict;

#[cfg(test)]
mod handmade_run;

use scenarios::Outcome;
use sim::Instant;

pub use fault_records::{Alarm, FaultRecord, RunHistory};
pub use folder::{FolderError, Written, page_from_folder, write_folder};
pub use measures::Measures;
pub use page::page;
pub use summary::Summary;
pub use verdict::{Judgement, Verdict};

/// Everything that is to be said about a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// What became of every fault, and every alarm.
    pub history: RunHistory,
    /// All measures.
    pub measures: Measures,
    /// Whether the run was as expected, and why.
    pub judgement: Judgement,
}

/// Reads a run: one pass over its facts, then folds over its records.
pub fn analyse(outcome: &Outcome) -> Analysis {
    let mut records = fault_records::FaultRecordFold::new(
        outcome.roster.terminals(),
        &outcome.scenario.policies.costs,
    );
    let mut measures = measures::MeasuresFold::new(outcome, outcome.scenario.warmup);
    for fact in &outcome.facts {
        records.take(fact);
        measures.take(fact);
    }
    let end = Instant::START + outcome.simulated;
    let history = records.finish(end, &outcome.audit.breaches);
    let measures = measures.finish(outcome, &history);
    let judgement = verdict::judge(outcome, &history, &measures);
    Analysis { history, measures, judgement }
}
