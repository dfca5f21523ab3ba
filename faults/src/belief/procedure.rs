//! An incident goes through its recovery procedure: step by step, and past the last one the fallback.

use super::finding::ProcedureKey;
use super::incident_state::{Incident, Stage};
use super::incidents::{restore, tell};
use super::{BeliefContext, DeviceOff, IncidentChange, Observed, RecoveryPolicy, StepRequest};
use crate::event::{DomainEvent, SimEvent};
use crate::fault::{Performer, RecoveryStep};
use crate::model::Catalogue;
use sim::actor::ActorId;
use sim::time::Span;

/// The step of the procedure at a position; past its end, the fallback.
pub(crate) fn step_at<K: Catalogue>(
    policy: &dyn RecoveryPolicy<K>,
    of: ProcedureKey<K>,
    position: u8,
) -> Option<RecoveryStep<K>> {
    let procedure = policy.procedure(of);
    let past = usize::from(position).checked_sub(procedure.len());
    match past {
        None => procedure.get(usize::from(position)).copied(),
        // Nobody replaces many terminals because of a carrier.
        Some(_) if matches!(of, ProcedureKey::Common(_)) => None,
        Some(past) => {
            let (step, times, _) = policy.fallback()?;
            (past < usize::from(times)).then_some(step)
        }
    }
}

/// What is to be done at this attempt.
fn current<K: Catalogue>(
    policy: &dyn RecoveryPolicy<K>,
    incident: &Incident<K>,
) -> Option<RecoveryStep<K>> {
    let Incident { procedure, position, chosen, .. } = *incident;
    chosen.or_else(|| step_at(policy, procedure, position))
}

/// Begins an attempt, or has it decided outside what that is.
pub(crate) fn begin<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
) {
    let Some(entry) = parts.incident_state().get_mut(incident) else { return };
    let Incident { about, common, attempt, position, .. } = *entry;
    debug_assert!(position <= attempt, "who has tried {attempt} times is not at step {position}");
    // Attempts are told apart by a byte: whoever has tried so often has no more to try.
    if attempt == u8::MAX {
        return leave_unresolved(parts, cx, incident);
    }
    if common || about != cx.me() || !cx.policy().decided_outside(cx.me()) {
        return carry_out(parts, cx, incident);
    }
    (entry.stage, entry.chosen) = (Stage::AwaitingDecision, None);
    tell(cx, entry, IncidentChange::AwaitingDecision { attempt, position });
}

/// Nobody works on it any more.
pub(super) fn leave_unresolved<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
) {
    let Some(entry) = parts.incident_state().get_mut(incident) else { return };
    debug_assert_ne!(entry.stage, Stage::Unresolved, "it is left unresolved once");
    entry.stage = Stage::Unresolved;
    cx.note(DomainEvent::Unresolved { incident });
    tell(cx, entry, IncidentChange::Unresolved);
}

/// Has the step at which an incident stands carried out.
pub(super) fn carry_out<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
) {
    let Some(standing) = parts.incident_state().get(incident) else { return };
    let Incident { suspect, attempt, detector, .. } = standing;
    let policy = cx.policy();
    let Some(step) = current(policy, &standing) else {
        return leave_unresolved(parts, cx, incident);
    };
    let state = parts.incident_state();
    let held = state.held;
    let Some(entry) = state.get_mut(incident) else { return };
    if held.is_some_and(|cause| policy.suppresses(cause, detector, suspect, &step)) {
        entry.stage = Stage::Suppressed;
        return tell(cx, entry, IncidentChange::Suppressed);
    }
    debug_assert_ne!(entry.stage, Stage::Unresolved, "nobody acts on what is left unresolved");
    entry.stage = Stage::Acting;
    let (action, by) = (step.action, step.by);
    cx.note(DomainEvent::ActionStarted { incident, attempt, action, by });
    if by == Performer::Device {
        cx.after(step.duration, SimEvent::Apply { incident, attempt });
    } else {
        let name = cx.name_request(parts, incident, by);
        cx.say(K::ask(StepRequest { incident, attempt, step, suspect, name }));
    }
    if by == Performer::Remote {
        let patience = policy.remote_patience() + step.duration;
        cx.after(patience, SimEvent::StepTimedOut { incident, attempt });
    }
}

/// A step was not carried out in time: the next one is.
pub(crate) fn timed_out<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
    attempt: u8,
) {
    if parts.incident_state().at_stage(incident, attempt, Stage::Acting).is_some() {
        escalate(parts, cx, incident);
    }
}

/// Goes on to the next step of the procedure; past the last one a person takes over.
fn escalate<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
) {
    let Some(entry) = parts.incident_state().get_mut(incident) else { return };
    debug_assert_ne!(entry.stage, Stage::Unresolved, "nobody works on it any more");
    entry.attempt = entry.attempt.saturating_add(1);
    let escalates = entry.chosen.take().is_none() && !std::mem::take(&mut entry.begins_anew);
    entry.position = entry.position.saturating_add(u8::from(escalates));
    let Incident { procedure, attempt, position, common, .. } = *entry;
    let length = cx.policy().procedure(procedure).len();
    if !escalates || usize::from(position) < length {
        begin(parts, cx, incident);
        return;
    }
    if usize::from(position) == length {
        cx.note(DomainEvent::Exhausted { incident });
    }
    // The first attempt of the fallback follows at once, the later ones after a while.
    let wait = match cx.policy().fallback().filter(|_| !common) {
        Some((_, _, apart)) if usize::from(position) > length => apart,
        _ => Span::ZERO,
    };
    entry.stage = Stage::Escalated;
    cx.after(wait, SimEvent::Verify { incident, attempt });
}

/// A step that has been carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CarriedOut<K: Catalogue> {
    pub(crate) step: RecoveryStep<K>,
    /// Where.
    pub(crate) about: ActorId,
    pub(crate) procedure: ProcedureKey<K>,
    pub(crate) position: u8,
}

/// Whoever was asked says that the step has been carried out: what it was, unless the incident has gone on meanwhile.
pub(crate) fn carried_out<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
    attempt: u8,
) -> Option<CarriedOut<K>> {
    let standing = parts.incident_state().at_stage(incident, attempt, Stage::Acting)?;
    let step = current(cx.policy(), &standing)?;
    parts.incident_state().get_mut(incident)?.stage = Stage::Verifying;
    let Incident { about, procedure, position, .. } = standing;
    Some(CarriedOut { step, about, procedure, position })
}

/// Tells the parts of the actor that a step has been carried out.
pub(crate) fn applied<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
    attempt: u8,
) {
    if let Some(incident) = parts.incident_state().get(incident) {
        tell(cx, &incident, IncidentChange::Applied { attempt });
    }
}

/// Has the effect of an action looked at when it can be seen.
pub(crate) fn await_effect<K: Catalogue>(
    cx: &mut BeliefContext<'_, '_, K>,
    action: K::RecoveryAction,
    incident: u32,
    attempt: u8,
) {
    let wait = cx.policy().verify_after(action);
    cx.after(wait, SimEvent::Verify { incident, attempt });
}

/// Looks whether the detector that opened an incident would still open it.
pub(crate) fn verify<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    incident: u32,
    attempt: u8,
) {
    let Some(standing) = parts.incident_state().get(incident) else { return };
    let Incident { detector, finding, attempt: now, stage, .. } = standing;
    let symptom = finding.symptom;
    if now != attempt || !matches!(stage, Stage::Verifying | Stage::Escalated) {
        return;
    }
    debug_assert!(attempt < u8::MAX, "whoever has tried so often has been left unresolved");
    cx.retest(parts, detector, symptom);
    let own = match cx.look(parts, detector) {
        Ok(seen) => seen.iter().any(|it| it.symptom == symptom),
        // Who cannot look cannot say that all is well.
        Err(DeviceOff) => true,
    };
    let seen = cx.still_sees(parts, detector, symptom) || own;
    if !seen {
        let its = |it: &Incident<K>| it.id == incident;
        if let Some(at) = parts.incident_state().incidents.iter().position(its) {
            restore(parts, cx, at);
        }
    } else if stage == Stage::Escalated {
        begin(parts, cx, incident);
    } else {
        escalate(parts, cx, incident);
    }
}
