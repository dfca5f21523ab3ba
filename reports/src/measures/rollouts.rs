//! Roll-outs: how far each came, whether it was stopped, and who went back.

use faults::DomainEvent;
use models::rollout::RolloutStep;
use models::{Fact, Note};
use scenarios::{Outcome, Scenario};
use serde::{Deserialize, Serialize};

/// What became of one roll-out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rollout {
    /// Its id in the scenario.
    pub id: String,
    /// The version that it installs.
    pub version: String,
    /// Terminals that were to have it.
    pub terminals: u64,
    /// Installations that went well.
    pub installed: u64,
    /// Installations that left an application which does not fit its firmware.
    pub failed: u64,
    /// Terminals that went back to the version before.
    pub rolled_back: u64,
    /// When everybody had been sent it, in seconds; `None` if that was not within the run.
    pub sent_to_all_s: Option<f64>,
    /// When the back office stopped it, in seconds; `None` if it did not.
    pub halted_s: Option<f64>,
    /// Terminals that had the version by then.
    pub installed_at_halt: u64,
    /// Those of them that had got into trouble.
    pub troubled_at_halt: u64,
}

/// Reads what became of roll-outs.
#[derive(Debug)]
pub struct RolloutFold(Vec<Rollout>);

impl RolloutFold {
    /// The scenario's roll-outs, none of them begun.
    pub fn new(scenario: &Scenario) -> Self {
        let entries = scenario.policies.rollouts.iter().map(|entry| {
            let (id, version) = (entry.id.to_string(), entry.version.to_string());
            Rollout { id, version, ..Rollout::default() }
        });
        Self(entries.collect())
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        let DomainEvent::Noted(Note::Rollout { rollout: number, step }) = fact.what else { return };
        let Some(rollout) = self.0.get_mut(usize::from(number)) else { return };
        match step {
            RolloutStep::Installed => rollout.installed += 1,
            RolloutStep::Failed => rollout.failed += 1,
            RolloutStep::RolledBack => rollout.rolled_back += 1,
            RolloutStep::Done => rollout.sent_to_all_s = Some(fact.at.as_secs_f64()),
            RolloutStep::Halted { installed, troubled } => {
                rollout.halted_s = Some(fact.at.as_secs_f64());
                rollout.installed_at_halt = u64::from(installed);
                rollout.troubled_at_halt = u64::from(troubled);
            }
        }
    }

    /// All facts have been read.
    pub fn finish(mut self, outcome: &Outcome) -> Vec<Rollout> {
        for (rollout, count) in self.0.iter_mut().zip(&outcome.rollouts) {
            rollout.terminals = u64::from(*count);
        }
        self.0
    }
}
