//! What a run is set to: who is who, what parts are set to, what is planned, what is tried.

use std::collections::BTreeMap;

use faults::{
    Candidate, Diagnosis, FaultSettings, Finding, LIKELIEST, Performer, Planned, ProcedureKey,
    RecoveryPolicy, RecoveryStep, When,
};
use sim::{ActorId, Instant, Law, Span};

use crate::availability::Milestone;
use crate::detector_settings::{CommonCauseSearch, Detectors};
use crate::diagnosis::DiagnosisSettings;
use crate::recovery_action::RecoveryAction;
use crate::rollout::Rollout;
use crate::{AnyFault, AnyProfile, AnyThresholds, Family, Models, Part, Symptom};

/// Where the hubs are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The gateway.
    pub gateway: ActorId,
    /// The hosts, in the order of their numbers in a card's digits.
    pub hosts: Vec<ActorId>,
    /// The weight of each host's cards.
    pub shares: Vec<f64>,
    /// The back office.
    pub back_office: ActorId,
    /// The support desk.
    pub support: ActorId,
    /// The technicians' depot.
    pub technicians: ActorId,
    /// The reviewing desk; nobody's number where no terminal has a life.
    pub onboarding: ActorId,
    /// The ledger of deposits; the same holds.
    pub deposits: ActorId,
}

/// The fault-handling policy: the thing under test.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Time between heartbeats.
    pub heartbeat: Span,
    /// A terminal is missing after so many heartbeats in a row did not come.
    pub misses: u32,
    /// A heartbeat is missed when it is this late.
    pub grace: Span,
    /// Time between two reports of readings from a terminal to the back office; zero for none.
    pub telemetry: Span,
    /// Simulates every heartbeat as an event, to show that it makes no difference.
    pub simulate_every_heartbeat: bool,
    /// How long a terminal waits for an answer.
    pub response_timeout: Span,
    /// How often a customer's sale is tried again after a time-out.
    pub retries: u8,
    /// Pause before the first repetition of a reversal; doubled each time up to `max_backoff`.
    pub backoff: Span,
    /// The longest pause between repetitions of a reversal.
    pub max_backoff: Span,
    /// The terminal changes to its other uplink by itself.
    pub failover: bool,
    /// How long after a recovery action its effect is looked at.
    pub verify_after: Span,
    /// A suspicion that comes back within this time begins one step after the one that seemed to help.
    pub relapse_within: Span,
    /// How long a remote command may take before it is given up.
    pub remote_patience: Span,
    /// What a person tries when a procedure is exhausted, how often, how long apart.
    pub fallback: Option<(RecoveryStep<Models>, u8, Span)>,
    /// Procedures of symptoms that replace those of the catalogue.
    pub symptom_procedures: BTreeMap<Symptom, Vec<RecoveryStep<Models>>>,
    /// The same for fault modes that are isolated.
    pub procedures: BTreeMap<AnyFault, Vec<RecoveryStep<Models>>>,
    /// What is tried against a cause that many terminals have in common.
    pub common_procedures: BTreeMap<AnyFault, Vec<RecoveryStep<Models>>>,
    /// With which probability a recovery action, unless it brings a new terminal, clears a fault for a while only, and how long.
    pub imperfect: Option<(f64, Law)>,
    /// When trouble of many terminals has a common cause.
    pub common_causes: CommonCauseSearch,
    /// Limits of the detectors.
    pub detectors: Detectors,
    /// How causes are inferred from what is noticed.
    pub diagnosis: DiagnosisSettings,
}

/// What is tried against a common cause: the steps of its procedure that can be taken for many at once. Where there are
/// none, the back office can only wait and look again.
fn common_procedures() -> BTreeMap<AnyFault, Vec<RecoveryStep<Models>>> {
    let wait = step(RecoveryAction::Retry, Performer::Device, Span::minutes(30));
    let of = |fault: AnyFault| {
        let steps = fault.mode().procedure.iter().filter(|it| it.action.for_many());
        // Whoever has the command carried out at one of them has it carried out at all.
        let steps = steps.map(|it| RecoveryStep { by: Performer::Device, ..*it });
        let steps: Vec<_> = steps.collect();
        (fault, if steps.is_empty() { vec![wait; 3] } else { steps })
    };
    AnyFault::all().map(of).collect()
}

impl Default for Policy {
    fn default() -> Self {
        let swap = RecoveryStep {
            action: RecoveryAction::Swap,
            by: Performer::Technician,
            duration: Span::minutes(40),
            works: None,
        };
        Self {
            heartbeat: Span::secs(60),
            misses: 3,
            grace: Span::secs(5),
            telemetry: Span::hours(6),
            simulate_every_heartbeat: false,
            // 60 s is the default of deployed UnionPay terminals.
            response_timeout: Span::secs(60),
            retries: 1,
            backoff: Span::secs(2),
            max_backoff: Span::minutes(2),
            failover: true,
            // A terminal that was restarted has booted and connected by then.
            verify_after: Span::secs(60),
            relapse_within: Span::hours(24),
            remote_patience: Span::minutes(5),
            fallback: Some((swap, 2, Span::hours(4))),
            symptom_procedures: BTreeMap::new(),
            procedures: BTreeMap::new(),
            common_procedures: common_procedures(),
            imperfect: None,
            common_causes: CommonCauseSearch::default(),
            detectors: Detectors::default(),
            diagnosis: DiagnosisSettings::default(),
        }
    }
}

/// What the terminals of a group have in common with others, by number: what the operator's inventory says of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Traits {
    /// Where they are.
    pub region: u16,
    /// The mobile carrier that serves them.
    pub carrier: u16,
    /// What they run and when they were made.
    pub batch: u16,
}

/// Everything that a run is set to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What parts are set to; actors share these.
    pub profiles: Vec<AnyProfile>,
    /// Which profile each actor has.
    pub profile_of: Vec<u16>,
    /// What the inventory says of the actors of each profile; where it says nothing they are all alike.
    pub traits: Vec<Traits>,
    /// The scenario's faults.
    pub planned: Vec<Planned<Models>>,
    /// The policy under test.
    pub policy: Policy,
    /// Where the hubs are.
    pub directory: Directory,
    /// No customer comes from here on, so that what is under way can finish.
    pub sales_end: Instant,
    /// The end of the run.
    pub end: Instant,
    /// ISO 4217 number of the currency.
    pub currency: u16,
    /// New versions for many terminals.
    pub rollouts: Vec<Rollout>,
    /// Parts in whose place something stands outside, sorted; none in a run that is simulated throughout.
    pub attached: Vec<(ActorId, Part)>,
    /// The gateway hands out a copy of every message that comes from a terminal or goes to one; nothing else is changed by it.
    pub captured: bool,
}

impl Plan {
    /// Something outside stands in the place of this part of an actor.
    #[inline]
    pub fn is_attached(&self, actor: ActorId, part: Part) -> bool {
        debug_assert!(self.attached.is_sorted(), "what is looked for by halves is sorted");
        !self.attached.is_empty() && self.attached.binary_search(&(actor, part)).is_ok()
    }

    /// Limits of the detectors of all parts.
    #[inline]
    pub fn thresholds(&self) -> &AnyThresholds {
        &self.policy.detectors.parts
    }

    /// What the parts of an actor are set to.
    #[inline]
    pub fn profile(&self, actor: ActorId) -> &AnyProfile {
        &self.profiles[usize::from(self.profile_of[actor.0 as usize])]
    }
}

impl FaultSettings<Models> for Plan {
    fn planned(&self, plan: u16) -> &Planned<Models> {
        &self.planned[usize::from(plan)]
    }
    /// The version before an update clears what came with the update, and nothing else.
    fn reaches(&self, plan: u16, action: RecoveryAction) -> bool {
        let came_with = |when| matches!(when, When::On { milestone: Milestone::Updated, .. });
        action != RecoveryAction::RollBack || came_with(self.planned(plan).when)
    }
    /// A supply is told what the scenario wants of it; the others break as they like, and people repair them.
    fn is_real(&self, actor: ActorId, fault: AnyFault) -> bool {
        let part = fault.part();
        let breaks =
            matches!(part, Part::Printer | Part::CardReader | Part::PaymentApp | Part::Gateway);
        breaks && self.is_attached(actor, part)
    }
    fn imperfect(&self, action: RecoveryAction) -> Option<(f64, Law)> {
        self.policy.imperfect.filter(|_| action != RecoveryAction::Swap)
    }
    /// Where terminals age, an exchange brings a new unit, and cleaning a clean one. Elsewhere only what broke begins anew.
    fn renews(&self, actor: ActorId, action: RecoveryAction, fault: AnyFault) -> bool {
        self.profile(actor).people.deployment.ages() && action.renews(fault)
    }
    fn age(&self, actor: ActorId) -> Span {
        self.profile(actor).people.deployment.age
    }
}

impl RecoveryPolicy<Models> for Plan {
    fn diagnose(
        &self,
        about: ActorId,
        finding: &Finding<Models>,
        beside: &[Symptom],
    ) -> Diagnosis<Models> {
        let mut made = self.policy.diagnosis.diagnose(self.profile(about), finding, beside);
        // What a policy says itself about the likeliest fault goes before what the catalogue says of the symptom.
        if self.policy.procedures.contains_key(&made.suspect) {
            made.procedure = ProcedureKey::Mode(made.suspect);
        }
        made
    }
    fn weighed(
        &self,
        about: ActorId,
        finding: &Finding<Models>,
        candidates: &[Option<Candidate<Models>>; LIKELIEST],
    ) -> Diagnosis<Models> {
        let shipped = self.diagnose(about, finding, &[]);
        let Some(likeliest) = candidates.iter().flatten().find(|it| it.fault.is_some()) else {
            return shipped;
        };
        let mut candidates: Vec<Candidate<Models>> = candidates.iter().flatten().copied().collect();
        let said: u32 = candidates.iter().map(|it| it.weight_ppm).sum();
        debug_assert!(said <= 1_000_000, "weights of {said} millionths");
        let rest = 1_000_000_u32.saturating_sub(said);
        match candidates.iter_mut().find(|it| it.fault.is_none()) {
            Some(nothing) => nothing.weight_ppm += rest,
            None if rest > 0 => candidates.push(Candidate { fault: None, weight_ppm: rest }),
            None => {}
        }
        candidates.sort_by_key(|it| std::cmp::Reverse(it.weight_ppm));
        let suspect = likeliest.fault.unwrap_or(shipped.suspect);
        let isolated =
            f64::from(likeliest.weight_ppm) >= self.policy.diagnosis.isolated_from.0 * 1e6;
        let procedure = match isolated || self.policy.procedures.contains_key(&suspect) {
            true => ProcedureKey::Mode(suspect),
            false => ProcedureKey::Symptom(finding.symptom),
        };
        Diagnosis { candidates, suspect, procedure }
    }
    fn procedure(&self, of: ProcedureKey<Models>) -> &[RecoveryStep<Models>] {
        let Policy { symptom_procedures, procedures, common_procedures, .. } = &self.policy;
        match of {
            ProcedureKey::Symptom(symptom) => symptom_procedures
                .get(&symptom)
                .map_or(symptom.definition().procedure, Vec::as_slice),
            ProcedureKey::Mode(mode) => {
                procedures.get(&mode).map_or(mode.mode().procedure, Vec::as_slice)
            }
            ProcedureKey::Common(cause) => common_procedures.get(&cause).map_or(&[], Vec::as_slice),
        }
    }
    fn decided_outside(&self, actor: ActorId) -> bool {
        self.is_attached(actor, Part::HeartbeatMonitor)
    }
    /// What costs somebody a way, a call or a command is suppressed; what a device or a merchant does by itself goes on.
    fn suppresses(
        &self,
        cause: AnyFault,
        detector: Part,
        suspect: AnyFault,
        step: &RecoveryStep<Models>,
    ) -> bool {
        let sent =
            matches!(step.by, Performer::Remote | Performer::Support | Performer::Technician);
        (sent || step.action == RecoveryAction::RestoreService)
            && explains(cause, detector, suspect)
    }
    fn verify_after(&self, _action: RecoveryAction) -> Span {
        self.policy.verify_after
    }
    fn remote_patience(&self) -> Span {
        self.policy.remote_patience
    }
    fn relapse_within(&self) -> Span {
        self.policy.relapse_within
    }
    fn fallback(&self) -> Option<(RecoveryStep<Models>, u8, Span)> {
        self.policy.fallback
    }
}

/// Whether a common cause would explain what a detector suspects at one terminal.
fn explains(cause: AnyFault, detector: Part, suspect: AnyFault) -> bool {
    let (of_cause, of_suspect) = (cause.mode().family, suspect.mode().family);
    let cut_off = matches!(of_cause, Family::Comms | Family::Power | Family::Transaction);
    let looks_cut_off = matches!(of_suspect, Family::Comms | Family::Transaction);
    detector == Part::HeartbeatMonitor || of_cause == of_suspect || cut_off && looks_cut_off
}

/// A step of a catalogue's procedure: what, by whom, hands-on time.
pub(crate) const fn step(
    action: RecoveryAction,
    by: Performer,
    duration: Span,
) -> RecoveryStep<Models> {
    RecoveryStep { action, by, duration, works: None }
}
