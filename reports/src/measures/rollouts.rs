//! Roll-outs: how far each came, whether it was stopped, and who went back.

use faults::DomainEvent;
use models::rollout::RolloutStep;
use models::{Fact, Note};
use scenarios::Outcome;
use serde::{Deserialize, Serialize};
use sim::Instant;

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
#[derive(Debug, Default)]
pub struct RolloutFold {
    steps: Vec<(Instant, u8, RolloutStep)>,
}

impl RolloutFold {
    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        if let DomainEvent::Noted(Note::Rollout { rollout, step }) = fact.what {
            self.steps.push((fact.at, rollout, step));
        }
    }

    /// All facts have been read.
    pub fn finish(self, outcome: &Outcome) -> Vec<Rollout> {
        let mut all: Vec<Rollout> = outcome
            .scenario
            .policies
            .rollouts
            .iter()
            .map(|entry| {
                let (id, version) = (entry.id.to_string(), entry.version.to_string());
                Rollout { id, version, ..Rollout::default() }
            })
            .collect();
        for (rollout, count) in all.iter_mut().zip(&outcome.rollouts) {
            rollout.terminals = u64::from(*count);
        }
        for (at, number, step) in self.steps {
            let Some(rollout) = all.get_mut(usize::from(number)) else { continue };
            match step {
                RolloutStep::Installed => rollout.installed += 1,
                RolloutStep::Failed => rollout.failed += 1,
                RolloutStep::RolledBack => rollout.rolled_back += 1,
                RolloutStep::Done => rollout.sent_to_all_s = Some(at.as_secs_f64()),
                RolloutStep::Halted { installed, troubled } => {
                    rollout.halted_s = Some(at.as_secs_f64());
                    rollout.installed_at_halt = u64::from(installed);
                    rollout.troubled_at_halt = u64::from(troubled);
                }
            }
        }
        all
    }
}
