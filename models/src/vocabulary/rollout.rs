//! Roll-outs: a new version for many terminals, in stages, with a look at those that have it before the next have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use sim::{ActorId, Span};

/// What installing a version is like.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VersionSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Version {
    /// Time to load and install it, while the terminal goes on to sell; then it starts anew.
    pub installs_in: Span,
    /// How likely it is that an installation leaves an application that does not fit its firmware.
    pub fails: Probability,
}

impl Default for Version {
    fn default() -> Self {
        Self { installs_in: Span::minutes(3), fails: Probability(0.0) }
    }
}

/// When a roll-out stops by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Halt {
    /// When at least this share of the terminals that have the version got into trouble since: they are missing, or a
    /// detector on them has raised an alarm.
    pub troubled: Probability,
    /// And at least this many of them.
    #[serde(default = "three")]
    pub min_terminals: u32,
    /// Those that have it then go back to the version before.
    #[serde(default = "yes")]
    pub rolls_back: bool,
}

fn three() -> u32 {
    3
}
fn yes() -> bool {
    true
}

/// One roll-out, as the back office carries it out.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// Who gets it, in the order in which they do.
    pub terminals: Vec<ActorId>,
    /// How many of them have been sent it at the end of each stage: rising, the last one is all.
    pub stages: Vec<u32>,
    /// When the first stage begins, since the start of the run.
    pub from: Span,
    /// Time from the beginning of a stage to that of the next.
    pub every: Span,
    /// A stage is spread evenly over so long.
    pub over: Span,
    /// When it stops by itself.
    pub halt: Option<Halt>,
    /// What is installed.
    pub version: Version,
}

impl Rollout {
    /// When the terminal at this place in the order is sent the version, since the start of the run.
    pub fn due(&self, place: u32) -> Span {
        let stage = self.stages.partition_point(|end| *end <= place);
        let first = stage.checked_sub(1).map_or(0, |before| self.stages[before]);
        let size = self.stages.get(stage).map_or(1, |end| (end - first).max(1));
        let within = self.over.scaled(f64::from(place - first) / f64::from(size));
        let waits = Span(self.every.0.saturating_mul(stage as u64));
        Span(self.from.0.saturating_add(waits.0).saturating_add(within.0))
    }
}

/// What becomes of a roll-out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RolloutStep {
    /// A terminal runs the version.
    Installed,
    /// A terminal has an application that does not fit its firmware.
    Failed,
    /// A terminal has gone back to the version before.
    RolledBack,
    /// The back office has stopped it.
    Halted {
        /// Terminals that had the version by then.
        installed: u32,
        /// Those of them that had got into trouble.
        troubled: u32,
    },
    /// Everybody has been sent it.
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_each_other_and_are_spread() {
        let rollout = Rollout {
            terminals: (0..100).map(ActorId).collect(),
            stages: vec![2, 10, 100],
            from: Span::hours(10),
            every: Span::hours(24),
            over: Span::hours(4),
            halt: None,
            version: Version::default(),
        };
        let due = [0, 1, 2, 10, 55, 99].map(|place| rollout.due(place));
        let minutes = [600, 720, 2_040, 3_480, 3_600].map(Span::minutes);
        assert_eq!(due[..5], minutes);
        assert!(due[5] < Span::hours(62));
    }
}
