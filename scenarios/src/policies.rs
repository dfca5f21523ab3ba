//! How trouble is detected and handled: the thing under test.

use std::collections::BTreeMap;

use faults::Performer;
use models::detector_settings::{CommonCauseSearch, Detectors};
use models::diagnosis::DiagnosisSettings;
use models::{Family, Fault, Models, Policy, RecoveryAction, Symptom};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::Probability;

use crate::costs::Costs;
use crate::faults::LifeLaw;
use crate::rollouts::RolloutEntry;

/// How faults are detected and recovered from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// How the back office notices that a terminal is missing.
    pub heartbeat: Heartbeat,
    /// How often terminals report the readings of their parts.
    pub telemetry: Telemetry,
    /// Limits of the detectors.
    pub detectors: Detectors,
    /// How causes are inferred from what is noticed: the same for every scenario that does not override it.
    pub diagnosis: DiagnosisSettings,
    /// When faults of many terminals are taken to have one cause, which is then worked on instead of each terminal.
    pub common_causes: CommonCauseSearch,
    /// How a terminal deals with answers that do not come.
    pub transport: Transport,
    /// How recovery actions are tried.
    pub recovery: Recovery,
    /// What faults and recovery cost.
    pub costs: Costs,
    /// New versions for many terminals, in stages.
    pub rollouts: Vec<RolloutEntry>,
    /// Procedures that replace those of the catalogue. That of a symptom is followed while no candidate stands out, that of a mode when
    /// the mode is isolated (see `diagnosis.isolated_from`); where two fit, a mode's own goes before its family's.
    pub procedures: Vec<Procedure>,
    /// The same for causes that many terminals have in common.
    pub common_procedures: Vec<Procedure>,
}

/// How the back office notices that a terminal is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Heartbeat {
    /// Time from one heartbeat to the next.
    pub period: Span,
    /// A terminal is missing after so many in a row did not come.
    pub misses: u32,
    /// A heartbeat is missed when it is this late.
    pub grace: Span,
    /// Simulates every heartbeat as an event of its own. It changes no result; it shows that.
    pub simulate_every_heartbeat: bool,
}

impl Default for Heartbeat {
    fn default() -> Self {
        let Policy { heartbeat: period, misses, grace, simulate_every_heartbeat, .. } =
            Policy::default();
        Self { period, misses, grace, simulate_every_heartbeat }
    }
}

/// How often terminals report the readings of their parts to the back office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// Time from one report of a terminal to the next; `"0s"` for none.
    pub period: Span,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { period: Policy::default().telemetry }
    }
}

/// How a terminal deals with answers that do not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Transport {
    /// How long it waits for an answer.
    pub response_timeout: Span,
    /// How often a customer's sale is tried again after a time-out.
    pub retries: u8,
    /// Pause before the first repetition of a reversal; doubled each time up to `max_backoff`.
    pub backoff: Span,
    /// The longest pause between repetitions of a reversal.
    pub max_backoff: Span,
    /// The terminal changes to its other bearer by itself.
    pub failover: bool,
}

impl Default for Transport {
    fn default() -> Self {
        let Policy { response_timeout, retries, backoff, max_backoff, failover, .. } =
            Policy::default();
        Self { response_timeout, retries, backoff, max_backoff, failover }
    }
}

/// How recovery actions are tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Recovery {
    /// How long after a recovery action its effect is looked at.
    pub verify_after: Span,
    /// A suspicion that comes back within this time begins one step after the one that seemed to help; `"0s"` begins
    /// every procedure at its first step.
    pub relapse_within: Span,
    /// How long a remote command may take before it is given up.
    pub remote_patience: Span,
    /// What is tried when a procedure is exhausted; `None` leaves it at that.
    pub fallback: Option<Fallback>,
    /// Repairs that last for a while only; `None` if every repair lasts.
    pub imperfect: Option<Imperfect>,
}

/// Repairs that last for a while only. A new terminal is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Imperfect {
    /// Share of the repairs that seem to have helped.
    pub probability: Probability,
    /// How long until the fault is back.
    pub lasts: LifeLaw,
}

impl Default for Recovery {
    fn default() -> Self {
        let Policy { verify_after, relapse_within, remote_patience, fallback, .. } =
            Policy::default();
        let fallback = fallback.map(|(step, attempts, interval)| Fallback {
            action: step.action,
            by: step.by.into(),
            duration: step.duration,
            attempts,
            interval,
        });
        Self { verify_after, relapse_within, remote_patience, fallback, imperfect: None }
    }
}

/// What is tried when a procedure is exhausted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// What is done.
    pub action: RecoveryAction,
    /// By whom.
    pub by: By,
    /// Hands-on time, without waiting and travel.
    pub duration: Span,
    /// How often it is tried.
    pub attempts: u8,
    /// Time from one attempt to the next.
    pub interval: Span,
}

/// What is tried against a suspected fault, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Against what.
    pub against: Against,
    /// The steps; none leaves the fault to the fallback.
    pub steps: Vec<RecoveryStep>,
}

/// What a procedure is for.
#[derive(
    Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
pub enum Against {
    /// A symptom, such as `Symptom(NoHeartbeat)`.
    Symptom(Symptom),
    /// One fault mode, such as `Mode(Printer(Jam))`.
    Mode(Fault),
    /// Every fault of a family.
    Family(Family),
}

/// One step of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryStep {
    /// What is done.
    pub action: RecoveryAction,
    /// By whom.
    pub by: By,
    /// Hands-on time, without waiting and travel.
    #[serde(default)]
    pub duration: Span,
    /// How likely it clears the fault that it is tried against, if you know better than the catalogue.
    #[serde(default)]
    pub works: Option<Probability>,
}

impl From<RecoveryStep> for faults::RecoveryStep<Models> {
    fn from(step: RecoveryStep) -> Self {
        let RecoveryStep { action, by, duration, works } = step;
        Self { action, by: by.into(), duration, works: works.map(|it| it.0) }
    }
}

/// Who carries out a recovery action.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum By {
    /// The device by itself.
    Device,
    /// The person at the terminal.
    Merchant,
    /// The back office, by a command over the network.
    Remote,
    /// The support desk, which guides the merchant.
    Support,
    /// A technician on the spot.
    Technician,
}

impl From<By> for Performer {
    fn from(by: By) -> Self {
        match by {
            By::Device => Self::Device,
            By::Merchant => Self::Attendant,
            By::Remote => Self::Remote,
            By::Support => Self::Support,
            By::Technician => Self::Technician,
        }
    }
}

impl From<Performer> for By {
    fn from(performer: Performer) -> Self {
        match performer {
            Performer::Device => Self::Device,
            Performer::Attendant => Self::Merchant,
            Performer::Remote => Self::Remote,
            Performer::Support => Self::Support,
            Performer::Technician => Self::Technician,
        }
    }
}

impl Policies {
    /// The policies as the models need them.
    pub fn policy(&self) -> Policy {
        let Self { heartbeat, telemetry, transport, recovery, procedures, .. } = self;
        let fallback = recovery.fallback.map(|it| {
            let step =
                RecoveryStep { action: it.action, by: it.by, duration: it.duration, works: None };
            (step.into(), it.attempts, it.interval)
        });
        Policy {
            heartbeat: heartbeat.period,
            misses: heartbeat.misses,
            grace: heartbeat.grace,
            simulate_every_heartbeat: heartbeat.simulate_every_heartbeat,
            telemetry: telemetry.period,
            response_timeout: transport.response_timeout,
            retries: transport.retries,
            backoff: transport.backoff,
            max_backoff: transport.max_backoff,
            failover: transport.failover,
            verify_after: recovery.verify_after,
            relapse_within: recovery.relapse_within,
            remote_patience: recovery.remote_patience,
            fallback,
            imperfect: recovery.imperfect.map(|it| (it.probability.0, it.lasts.law())),
            symptom_procedures: by_symptom(procedures),
            procedures: by_mode(procedures),
            common_procedures: over_usual(by_mode(&self.common_procedures)),
            common_causes: self.common_causes.clone(),
            detectors: self.detectors.clone(),
            diagnosis: self.diagnosis.clone(),
        }
    }
}

/// The usual common procedures, and these where a file gives its own.
fn over_usual(
    own: BTreeMap<Fault, Vec<faults::RecoveryStep<Models>>>,
) -> BTreeMap<Fault, Vec<faults::RecoveryStep<Models>>> {
    let mut all = Policy::default().common_procedures;
    all.extend(own);
    all
}

/// The procedures of symptoms; the first of two for one symptom counts.
fn by_symptom(procedures: &[Procedure]) -> BTreeMap<Symptom, Vec<faults::RecoveryStep<Models>>> {
    let mut all = BTreeMap::new();
    for procedure in procedures {
        if let Against::Symptom(symptom) = procedure.against {
            let steps = || procedure.steps.iter().map(|&step| step.into()).collect();
            all.entry(symptom).or_insert_with(steps);
        }
    }
    all
}

/// The procedures of each fault mode: a mode's own goes before its family's.
fn by_mode(procedures: &[Procedure]) -> BTreeMap<Fault, Vec<faults::RecoveryStep<Models>>> {
    let mut all = BTreeMap::new();
    for fault in Fault::all() {
        let own = |procedure: &&Procedure| procedure.against == Against::Mode(fault);
        let family =
            |procedure: &&Procedure| procedure.against == Against::Family(fault.mode().family);
        if let Some(procedure) =
            procedures.iter().find(own).or_else(|| procedures.iter().find(family))
        {
            all.insert(fault, procedure.steps.iter().map(|&step| step.into()).collect());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policies_are_those_of_the_models() {
        assert_eq!(Policies::default().policy(), Policy::default());
    }

    #[test]
    fn a_modes_own_procedure_goes_before_its_familys() {
        let fault = Fault::all().next().expect("the catalogue has faults");
        let step =
            |action| RecoveryStep { action, by: By::Merchant, duration: Span::ZERO, works: None };
        let procedures = vec![
            Procedure {
                against: Against::Family(fault.mode().family),
                steps: vec![step(RecoveryAction::Swap)],
            },
            Procedure { against: Against::Mode(fault), steps: vec![step(RecoveryAction::Retry)] },
        ];
        let all = Policies { procedures, ..Policies::default() }.policy().procedures;
        assert_eq!(all[&fault][0].action, RecoveryAction::Retry);
        let of_family = |it: &Fault| *it != fault && it.mode().family == fault.mode().family;
        let others: Vec<Fault> = Fault::all().filter(of_family).collect();
        assert!(!others.is_empty());
        assert!(others.iter().all(|it| all[it][0].action == RecoveryAction::Swap));
    }
}
