//! The head of a scenario: what is asked, for how long, of whom.

use std::collections::BTreeMap;

use models::people::deployment;
use models::quantity::Currency;
use models::rollout::Version;
use models::{People, Platform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;

use crate::expectations::Expectation;
use crate::faults::FaultEntry;
use crate::fleet::{Group, TerminalType};
use crate::name::Name;
use crate::network::Network;
use crate::platform::HostEntry;
use crate::policies::Policies;
use crate::workload::Workload;

/// The version of the language that this program understands.
pub const SCHEMA: u32 = 2;

/// One run: a fleet, what it has to do, what goes wrong, how that is handled, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of this language: 2.
    pub schema: u32,
    /// Its name in results.
    pub name: String,
    /// The question that it answers, in a sentence.
    pub intent: String,
    /// Ids of the requirements that it gives evidence for.
    #[serde(default)]
    pub requirements: Vec<Name>,
    /// Seed of all random draws: the same seed gives the same run, to the bit.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// Length of the run.
    pub duration: Span,
    /// Time at the start that measures leave out.
    #[serde(default)]
    pub warmup: Span,
    /// Time at the end without new customers, so that sales in progress can finish.
    #[serde(default = "ten_minutes")]
    pub drain: Span,
    /// Currency of every amount of money in the scenario.
    #[serde(default)]
    pub currency: Currency,
    /// The terminals, in groups.
    pub fleet: Vec<Group>,
    /// Terminal types that groups refer to. `"standard"` is always known: all defaults, unless it is given here.
    #[serde(default)]
    pub types: BTreeMap<Name, TerminalType>,
    /// Versions that `policies.rollouts` may install.
    #[serde(default)]
    pub versions: BTreeMap<Name, Version>,
    /// Between terminals and the gateway.
    #[serde(default)]
    pub network: Network,
    /// What customers do, where it differs from `people.customer`.
    #[serde(default)]
    pub workload: Vec<Workload>,
    /// Gateway, hosts and back office.
    #[serde(default)]
    pub platform: Platform,
    /// The hosts behind the gateway; one host `"bank"` if none is given.
    #[serde(default)]
    pub hosts: Vec<HostEntry>,
    /// Who uses the terminals, and who helps.
    #[serde(default)]
    pub people: People,
    /// The faults that are injected.
    #[serde(default)]
    pub faults: Vec<FaultEntry>,
    /// How faults are detected and recovered from: what is under test.
    #[serde(default)]
    pub policies: Policies,
    /// Requirements on the results; a run that does not meet them has failed.
    #[serde(default)]
    pub expectations: Vec<Expectation>,
    /// What is kept of the run.
    #[serde(default)]
    pub record: Record,
    /// Real things that `posrig hil` puts in the place of simulated parts, written as for its `--attach`; in virtual time
    /// all parts are simulated.
    #[serde(default)]
    pub attach: Vec<String>,
}

fn first_seed() -> u64 {
    1
}

fn ten_minutes() -> Span {
    Span::minutes(10)
}

impl Default for Scenario {
    /// One day without terminals.
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            name: String::new(),
            intent: String::new(),
            requirements: Vec::new(),
            seed: first_seed(),
            duration: Span::days(1),
            warmup: Span::ZERO,
            drain: ten_minutes(),
            currency: Currency::default(),
            fleet: Vec::new(),
            types: BTreeMap::new(),
            versions: BTreeMap::new(),
            network: Network::default(),
            workload: Vec::new(),
            platform: Platform::default(),
            hosts: Vec::new(),
            people: People::default(),
            faults: Vec::new(),
            policies: Policies::default(),
            expectations: Vec::new(),
            record: Record::default(),
            attach: Vec::new(),
        }
    }
}

impl Scenario {
    /// Number of terminals.
    pub fn terminals(&self) -> u64 {
        self.fleet.iter().map(|group| u64::from(group.count)).sum()
    }

    /// What the terminals of a group go through before and after their service.
    pub fn deployment<'a>(&'a self, group: &'a Group) -> &'a deployment::Spec {
        group.deployment.as_ref().unwrap_or(&self.people.deployment)
    }

    /// Something of the life of a terminal is simulated: applications, maintenance, returns.
    pub fn lives(&self) -> bool {
        self.fleet.iter().any(|group| self.deployment(group).lives())
    }

    /// When the last customer may come.
    pub fn sales_end(&self) -> Span {
        self.duration - self.drain
    }
}

/// What is kept of a run besides its measures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// Which transactions are listed one by one.
    pub transactions: Transactions,
}

/// Which transactions are listed one by one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Transactions {
    /// Every one.
    All,
    /// Those that were not simply approved: declined for a technical reason, abandoned, failed, stored or reversed.
    #[default]
    Troubled,
    /// None.
    None,
}
