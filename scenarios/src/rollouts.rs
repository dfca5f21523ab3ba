//! New versions for many terminals: to whom, in which stages, and when that is stopped.

use models::rollout::{Halt, Rollout, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use sim::{ActorId, Identities, Purpose, Span, StableHasher, Streams};

use crate::faults::Target;
use crate::name::Name;

/// A new version for many terminals. What is wrong with it are entries of `faults` with `when: On(event: Updated)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RolloutEntry {
    /// Its name in results; it also names the order in which terminals get it.
    pub id: Name,
    /// The version, one of `versions`.
    pub version: Name,
    /// Who gets it.
    #[serde(default)]
    pub target: Target,
    /// When the first stage begins, since the start of the run.
    pub from: Span,
    /// Share of the targets that have been sent it at the end of each stage: rising, the last is 1.
    #[serde(default = "at_once")]
    pub stages: Vec<Probability>,
    /// Time from the beginning of a stage to that of the next.
    #[serde(default = "a_day")]
    pub every: Span,
    /// A stage is spread evenly over so long.
    #[serde(default = "an_hour")]
    pub over: Span,
    /// When it stops by itself; `None` for never.
    #[serde(default)]
    pub halt: Option<Halt>,
}

fn at_once() -> Vec<Probability> {
    vec![Probability(1.0)]
}
fn a_day() -> Span {
    Span::days(1)
}
fn an_hour() -> Span {
    Span::hours(1)
}

const ORDER: Purpose = Purpose::of("roll-out: who is first");

impl RolloutEntry {
    /// As the back office needs it: who is first is drawn at random, by each terminal's own number.
    pub(crate) fn rollout(
        &self,
        mut terminals: Vec<ActorId>,
        version: Version,
        (identities, seed): (&Identities, u64),
    ) -> Rollout {
        let streams = Streams::new(seed);
        let name = ORDER.numbered(StableHasher::of(&self.id.as_str()));
        terminals.sort_by_key(|it| {
            let who = identities.get(*it);
            (streams.draw(who, name, 0)[0], who)
        });
        let count = |share: &Probability| (share.0 * terminals.len() as f64).ceil() as u32;
        let stages = self.stages.iter().map(count).collect();
        let Self { from, every, over, halt, .. } = *self;
        Rollout { terminals, stages, from, every, over, halt, version }
    }
}
