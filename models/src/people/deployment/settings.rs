//! What a scenario may set of a terminal's life.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::{Factor, Probability};

use crate::people::deposits::TerminalKind;
use crate::provider::Choice;
use crate::quantity::Price;
use crate::duration::DurationLaw;

/// When merchants apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Applies {
    /// When the first of them may begin.
    pub from: Span,
    /// They begin evenly spread over so long.
    pub within: Span,
}

/// By which way merchants apply: weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ways {
    /// Website or application 线上办理.
    pub online: Factor,
    /// Service centre 线下服务中心.
    pub service_centre: Factor,
    /// Bank 合作银行.
    pub partner_bank: Factor,
    /// Third party 第三方服务机构.
    pub third_party: Factor,
    /// Agent 代理模式.
    pub agent: Factor,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            online: Factor(4.0),
            service_centre: Factor(1.0),
            partner_bank: Factor(1.0),
            third_party: Factor(1.0),
            agent: Factor(3.0),
        }
    }
}

impl Ways {
    /// In the order of [`Way::ALL`](crate::lifecycle::Way::ALL).
    pub fn weights(&self) -> [f64; 5] {
        let Self { online, service_centre, partner_bank, third_party, agent } = self;
        [online.0, service_centre.0, partner_bank.0, third_party.0, agent.0]
    }
}

/// What merchants hand in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Handed {
    /// Share of merchants who have a business licence, and so have to hand it in 营业执照(如有).
    pub licensed: Probability,
    /// Probability that the identity document is missing at the first attempt.
    pub lacks_identity: Probability,
    /// Probability that the licence of a merchant who has one is missing at the first attempt.
    pub lacks_licence: Probability,
    /// Probability that the bank account is missing at the first attempt.
    pub lacks_account: Probability,
    /// Share of applications with a forged document.
    pub forged: Probability,
}

impl Default for Handed {
    fn default() -> Self {
        Self {
            licensed: Probability(0.6),
            lacks_identity: Probability(0.03),
            lacks_licence: Probability(0.12),
            lacks_account: Probability(0.08),
            forged: Probability(0.01),
        }
    }
}

/// What merchants do after a refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Again {
    /// Probability that they apply again, with what was missing.
    pub probability: Probability,
    /// Time until they do.
    pub after: DurationLaw,
    /// How often they apply at the most, the first attempt included.
    pub attempts: u8,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            probability: Probability(0.85),
            after: DurationLaw::about(Span::days(2), 0.6),
            attempts: 4,
        }
    }
}

/// What kind of device it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Device {
    /// Its kind; if it is not given it follows from the terminal type: `Mobile` through a phone or tablet, `Wireless` with a
    /// battery or a carrier as uplink, else `Wired`.
    pub kind: Option<TerminalKind>,
    /// Functions beyond taking cards: printer, scanner, codes.
    pub functions: u8,
    /// What the device costs.
    pub costs: Price,
}

impl Default for Device {
    fn default() -> Self {
        Self { kind: None, functions: 1, costs: Price::yuan(600, 0) }
    }
}

/// Planned maintenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// Time from one to the next, the first counted from activation.
    pub every: Span,
    /// Hands-on time of the technician: cleaning, a new roll, a look at everything.
    pub duration: Span,
}

/// When a terminal is given back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Retires {
    /// At this time of the run.
    At(Span),
    /// So long after its activation.
    After(DurationLaw),
}

/// How merchants handle their terminals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Handling {
    /// Share of repairs and exchanges by a technician for which the merchant's handling was to blame.
    pub blamed: Probability,
    /// Share of returned terminals that have to be repaired at the merchant's cost.
    pub returned_damaged: Probability,
    /// Share of returned terminals that are beyond repair. With the share above it is at most 1.
    pub returned_ruined: Probability,
}

impl Default for Handling {
    fn default() -> Self {
        Self {
            blamed: Probability(0.1),
            returned_damaged: Probability(0.08),
            returned_ruined: Probability(0.02),
        }
    }
}

/// Settings of deployment. Shares and times that no source gives are assumptions of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeploymentSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The terminals are applied for during the run; if it is not given they are in service from the start.
    pub applies: Option<Applies>,
    /// How old the terminals are that are in service from the start: where their Weibull lives begin.
    pub age: Span,
    /// By which way.
    pub ways: Ways,
    /// What is handed in.
    pub papers: Handed,
    /// After a refusal.
    pub again: Again,
    /// How the provider is chosen.
    pub provider: Choice,
    /// What kind of device it is.
    pub device: Device,
    /// Planned maintenance; none if it is not given.
    pub maintenance: Option<Maintenance>,
    /// When the terminals are given back; never if it is not given.
    pub retires: Option<Retires>,
    /// How merchants handle their terminals.
    pub handling: Handling,
    /// How long a terminal is suspended after a breach of the rules.
    pub suspended_for: Span,
    /// Where it is; the assembly of the scenario fills it in.
    #[serde(skip)]
    #[schemars(skip)]
    pub region: String,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            applies: None,
            age: Span::ZERO,
            ways: Ways::default(),
            papers: Handed::default(),
            again: Again::default(),
            provider: Choice::default(),
            device: Device::default(),
            maintenance: None,
            retires: None,
            handling: Handling::default(),
            suspended_for: Span::days(1),
            region: String::new(),
        }
    }
}

impl Spec {
    /// Something of a terminal's life is simulated: an application, maintenance or a return.
    pub fn lives(&self) -> bool {
        self.applies.is_some() || self.retires.is_some() || self.maintenance.is_some()
    }

    /// A new unit, after an exchange, begins new lives: so it is wherever lives matter.
    pub fn ages(&self) -> bool {
        self.lives() || self.age > Span::ZERO
    }
}
