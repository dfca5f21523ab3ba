//! Reads a run, and says what it was worth.

use models::Fact;
use scenarios::{FactFold, Outcome, Outset, RecordedRun};
use sim::Instant;

use crate::fault_records::{FaultRecordFold, RunHistory};
use crate::measures::{Measures, MeasuresFold};
use crate::verdict::{Judgement, judge};

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
    records: FaultRecordFold,
    measures: MeasuresFold,
}

impl AnalysisFold {
    /// Nothing read yet.
    pub fn new(outset: Outset<'_>) -> Self {
        let (terminals, costs) = (outset.roster.terminals(), &outset.scenario.policies.costs);
        Self {
            records: FaultRecordFold::new(terminals, costs),
            measures: MeasuresFold::new(outset),
        }
    }

    /// The run is over: what is still open stays so, and is compared with what the run was asked.
    pub fn finish(self, outcome: &Outcome) -> Analysis {
        let end = Instant::START + outcome.simulated;
        let history = self.records.finish(end, &outcome.audit.breaches);
        let measures = self.measures.finish(outcome, &history);
        let judgement = judge(outcome, &history, &measures);
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
