//! What a run was worth: facts become fault records, these become measures, measures become a verdict and a report.
//!
//! ```text
//! facts, as they come ─▶ records, measures ─┐
//!                    └▶ transactions.csv     ├▶ verdict ─▶ page, summary, tables ─▶ run folder
//!                                  outcome ─┘
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

use models::Fact;
use scenarios::{FactFold, Outcome, Outset, RecordedRun};
use sim::Instant;

pub use fault_records::{Alarm, FaultRecord, RunHistory};
pub use folder::{FolderError, RunFolder, Written, page_from_folder};
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

/// Reads a run as it goes: fault records and measures.
#[derive(Debug)]
pub struct AnalysisFold {
    records: fault_records::FaultRecordFold,
    measures: measures::MeasuresFold,
}

impl AnalysisFold {
    /// Nothing read yet.
    pub fn new(outset: Outset<'_>) -> Self {
        let (terminals, costs) = (outset.roster.terminals(), &outset.scenario.policies.costs);
        Self {
            records: fault_records::FaultRecordFold::new(terminals, costs),
            measures: measures::MeasuresFold::new(outset),
        }
    }

    /// The run is over: what is still open stays so, and is compared with what the run was asked.
    pub fn finish(self, outcome: &Outcome) -> Analysis {
        let end = Instant::START + outcome.simulated;
        let history = self.records.finish(end, &outcome.audit.breaches);
        let measures = self.measures.finish(outcome, &history);
        let judgement = verdict::judge(outcome, &history, &measures);
        Analysis { history, measures, judgement }
    }
}

impl FactFold for AnalysisFold {
    fn take(&mut self, facts: &[Fact]) {
        for fact in facts {
            self.records.take(fact);
            self.measures.take(fact);
        }
    }
}

/// Reads a run whose facts have been kept.
pub fn analyse(run: &RecordedRun) -> Analysis {
    let mut fold = AnalysisFold::new(run.outcome.outset());
    fold.take(&run.facts);
    fold.finish(&run.outcome)
}
