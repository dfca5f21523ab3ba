//! Belief: an incident is opened by an alarm, goes through its recovery procedure, and is closed when nothing wrong is seen any more.

use super::commission::replaced;
use super::life_cycle::clear;
use super::state::{Active, DeviceOff, Helped, Incident, Parts, Stage};
use crate::context::Context;
use crate::fault::{Performer, RecoveryStep};
use crate::model::{
    DomainEvent, FaultSettings, IncidentChange, IncidentUpdate, ModelTypes, NATURAL, SimEvent,
    StepRequest,
};
use sim::actor::ActorId;
use sim::fingerprint::StableHasher;
use sim::random::{Purpose, unit};
use sim::time::Span;

const LASTS: Purpose = Purpose::of("remedy: how long it lasts");
const WORKS: Purpose = Purpose::of("remedy: whether it works");

/// What a detector says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alarmed<K: ModelTypes> {
    pub(super) detector: K::Part,
    pub(super) suspect: K::Fault,
    pub(super) about: ActorId,
    /// It is about many actors, of which this is one.
    pub(super) common: bool,
}

/// A detector says that something is wrong. It keeps one incident open at a time, and none is opened twice.
pub(super) fn open<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    alarm: Alarmed<K>,
) {
    let Alarmed { detector, suspect, about, common } = alarm;
    let care = parts.care();
    let known =
        |i: &Incident<K>| i.about == about && (i.suspect == suspect || i.detector == detector);
    if care.incidents.iter().any(known) {
        return;
    }
    let id = care.opened;
    // One number is for work that no incident asked for.
    care.opened = id.checked_add(1).expect("fewer than 2^32 incidents at an actor");
    let cause = care.cause(detector, suspect, about == cx.me && !common);
    let stage = Stage::Acting;
    let now = cx.cell.now();
    let recent =
        |it: &&Helped<K>| it.suspect == suspect && now.since(it.at) < cx.settings.relapse_within();
    // What seemed to help did not last: the next step is tried at once.
    let above = care.helped.iter().find(recent).map_or(0, |it| it.position.saturating_add(1));
    let highest = procedure(cx, suspect, common).len().saturating_sub(1);
    let attempt = above.min(u8::try_from(highest).unwrap_or(u8::MAX));
    let (position, chosen) = (attempt, None);
    let incident =
        Incident { id, detector, suspect, about, common, attempt, position, chosen, stage, cause };
    care.incidents.push(incident);
    cx.cell.note(cx.me, DomainEvent::Alarm { incident: id, detector, suspect, about });
    tell(parts, cx, id, IncidentChange::Opened);
    begin(parts, cx, id);
}

/// The recovery procedure of an incident.
pub(super) fn procedure<'a, K: ModelTypes>(
    cx: &Context<'a, K>,
    suspect: K::Fault,
    common: bool,
) -> &'a [RecoveryStep<K>] {
    if common { cx.settings.common_procedure(suspect) } else { cx.settings.procedure(suspect) }
}

/// Tells the parts of the actor what has become of an incident.
pub(super) fn tell<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    id: u32,
    change: IncidentChange,
) {
    let Some(at) = index_of(parts, id) else { return };
    let Incident { detector, suspect, about, common, .. } = parts.care().incidents[at];
    cx.say(K::update(IncidentUpdate { incident: id, detector, suspect, about, common, change }));
}

/// A detector sees nothing wrong any more: at this actor, or at none.
pub(super) fn close<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    detector: K::Part,
    about: Option<ActorId>,
) {
    let its = |i: &Incident<K>| i.detector == detector && about.is_none_or(|it| it == i.about);
    while let Some(at) = parts.care().incidents.iter().position(its) {
        restore(parts, cx, at);
    }
}

/// A detector sees one thing no more.
pub(super) fn close_one<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    detector: K::Part,
    suspect: K::Fault,
    about: ActorId,
) {
    let it = |i: &Incident<K>| i.detector == detector && i.suspect == suspect && i.about == about;
    if let Some(at) = parts.care().incidents.iter().position(it) {
        restore(parts, cx, at);
    }
}

/// A common cause is being worked on, or no longer. What was suppressed then goes on where it stood, if it is still
/// needed: whoever was to be sent first looks whether anything is still wrong.
pub(super) fn suppress<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    cause: Option<K::Fault>,
) {
    parts.care().held = cause;
    if cause.is_some() {
        return;
    }
    for incident in &mut parts.care().incidents {
        if incident.stage == Stage::Suppressed {
            incident.stage = Stage::Escalated;
            let Incident { id: incident, attempt, .. } = *incident;
            cx.cell.after(cx.me, Span::ZERO, SimEvent::Verify { incident, attempt });
        }
    }
}

pub(super) fn restore<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    at: usize,
) {
    let now = cx.cell.now();
    let closed = parts.care().incidents[at].id;
    tell(parts, cx, closed, IncidentChange::Closed);
    let care = parts.care();
    let Incident { id, suspect, position, chosen, stage, cause, .. } = care.incidents.remove(at);
    care.forget(cause);
    care.helped.retain(|it| it.suspect != suspect);
    // A step that is still being carried out cannot have helped: the one before it may have. What was chosen outside the
    // procedure leaves the procedure where it was.
    let by_procedure = stage == Stage::Verifying && chosen.is_none();
    let applied = if by_procedure { Some(position) } else { position.checked_sub(1) };
    if let Some(position) = applied {
        care.helped.push(Helped { suspect, position, at: now });
    }
    cx.cell.note(cx.me, DomainEvent::Restored { incident: id });
}

/// Nobody works on this actor any more: every incident about it is closed.
pub(super) fn dismiss_all<K: ModelTypes, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    while !parts.care().incidents.is_empty() {
        restore(parts, cx, 0);
    }
    parts.care().helped.clear();
}

pub(super) fn index_of<K: ModelTypes, P: Parts<K>>(parts: &mut P, incident: u32) -> Option<usize> {
    parts.care().incidents.iter().position(|i| i.id == incident)
}

/// Whether an incident is still at this attempt and stage; a late event of an earlier one is ignored.
pub(super) fn standing<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    incident: u32,
    attempt: u8,
    stage: Stage,
) -> bool {
    let is = |i: &Incident<K>| i.id == incident && i.attempt == attempt && i.stage == stage;
    parts.care().incidents.iter().any(is)
}

/// The step of the procedure at which an incident stands; past its end, the fallback.
fn step_of<K: ModelTypes>(
    cx: &Context<'_, K>,
    (suspect, position): (K::Fault, u8),
    common: bool,
) -> Option<RecoveryStep<K>> {
    let procedure = procedure(cx, suspect, common);
    let past = usize::from(position).checked_sub(procedure.len());
    match past {
        None => procedure.get(usize::from(position)).copied(),
        // Nobody replaces many terminals because of a carrier.
        Some(_) if common => None,
        Some(past) => {
            let (step, times, _) = cx.settings.fallback()?;
            (past < usize::from(times)).then_some(step)
        }
    }
}

/// What is to be done at this attempt.
fn current<K: ModelTypes>(cx: &Context<'_, K>, incident: &Incident<K>) -> Option<RecoveryStep<K>> {
    let Incident { suspect, position, common, chosen, .. } = *incident;
    chosen.or_else(|| step_of(cx, (suspect, position), common))
}

/// Begins an attempt, or has it decided outside what that is.
fn begin<K: ModelTypes, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>, incident: u32) {
    let Some(at) = index_of(parts, incident) else { return };
    let Incident { about, common, attempt, position, .. } = parts.care().incidents[at];
    // Attempts are told apart by a byte: whoever has tried so often has no more to try.
    if attempt == u8::MAX {
        return leave_unresolved(parts, cx, incident);
    }
    if common || about != cx.me || !cx.settings.decided_outside(cx.me) {
        return carry_out(parts, cx, incident);
    }
    let awaiting = &mut parts.care().incidents[at];
    (awaiting.stage, awaiting.chosen) = (Stage::AwaitingDecision, None);
    tell(parts, cx, incident, IncidentChange::AwaitingDecision { attempt, position });
}

/// Nobody works on it any more.
pub(super) fn leave_unresolved<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
) {
    let Some(at) = index_of(parts, incident) else { return };
    parts.care().incidents[at].stage = Stage::Unresolved;
    cx.cell.note(cx.me, DomainEvent::Unresolved { incident });
    tell(parts, cx, incident, IncidentChange::Unresolved);
}

/// Has the step at which an incident stands carried out.
pub(super) fn carry_out<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
) {
    let Some(at) = index_of(parts, incident) else { return };
    let standing = parts.care().incidents[at];
    let Incident { suspect, attempt, detector, cause, .. } = standing;
    let Some(step) = current(cx, &standing) else { return leave_unresolved(parts, cx, incident) };
    let held = parts.care().held;
    if held.is_some_and(|cause| cx.settings.suppresses(cause, detector, suspect, &step)) {
        parts.care().incidents[at].stage = Stage::Suppressed;
        return tell(parts, cx, incident, IncidentChange::Suppressed);
    }
    parts.care().incidents[at].stage = Stage::Acting;
    let (action, by) = (step.action, step.by);
    cx.cell.note(cx.me, DomainEvent::ActionStarted { incident, attempt, action, by });
    if by == Performer::Device {
        cx.cell.after(cx.me, step.duration, SimEvent::Apply { incident, attempt });
    } else {
        let name = parts.care().naming.request(cause, by);
        cx.say(K::ask(StepRequest { incident, attempt, step, suspect, name }));
    }
    if by == Performer::Remote {
        let patience = cx.settings.remote_patience() + step.duration;
        cx.cell.after(cx.me, patience, SimEvent::StepTimedOut { incident, attempt });
    }
}

/// Goes on to the next step of the procedure; past the last one a person takes over.
pub(super) fn escalate<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
) {
    let Some(at) = index_of(parts, incident) else { return };
    let entry = &mut parts.care().incidents[at];
    entry.attempt = entry.attempt.saturating_add(1);
    let escalates = entry.chosen.take().is_none();
    entry.position = entry.position.saturating_add(u8::from(escalates));
    let (suspect, attempt, position, common) =
        (entry.suspect, entry.attempt, entry.position, entry.common);
    let length = procedure(cx, suspect, common).len();
    if !escalates || usize::from(position) < length {
        begin(parts, cx, incident);
        return;
    }
    if usize::from(position) == length {
        cx.cell.note(cx.me, DomainEvent::Exhausted { incident });
    }
    // The first attempt of the fallback follows at once, the later ones after a while.
    let wait = match cx.settings.fallback().filter(|_| !common) {
        Some((_, _, apart)) if usize::from(position) > length => apart,
        _ => Span::ZERO,
    };
    parts.care().incidents[at].stage = Stage::Escalated;
    cx.cell.after(cx.me, wait, SimEvent::Verify { incident, attempt });
}

/// A step is carried out: faults that it can clear may be gone, and it acts on the parts in any case.
pub(super) fn apply<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
    attempt: u8,
) {
    if !standing(parts, incident, attempt, Stage::Acting) {
        return;
    }
    let Some(at) = index_of(parts, incident) else { return };
    let standing = parts.care().incidents[at];
    let Incident { suspect, about, common, position, .. } = standing;
    let Some(step) = current(cx, &standing) else { return };
    parts.care().incidents[at].stage = Stage::Verifying;
    let cleared = if about == cx.me {
        apply_to_all(parts, cx, step.action, step.works)
    } else {
        let treat = SimEvent::Treat { suspect, position, common };
        cx.cell.send(cx.me, about, Span::ZERO, treat);
        0
    };
    tell(parts, cx, incident, IncidentChange::Applied { attempt });
    let (action, by) = (step.action, step.by);
    cx.cell.note(cx.me, DomainEvent::ActionApplied { incident, attempt, action, by, cleared });
    let wait = cx.settings.verify_after(step.action);
    cx.cell.after(cx.me, wait, SimEvent::Verify { incident, attempt });
}

/// A recovery action at work: returns how many faults it cleared. It acts on the parts in any case.
pub(super) fn treat<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    (suspect, position): (K::Fault, u8),
    common: bool,
) -> u8 {
    let Some(step) = step_of(cx, (suspect, position), common) else { return 0 };
    apply_to_all(parts, cx, step.action, step.works)
}

/// What a recovery action does to every fault that is active: returns how many it cleared. `works` stands for the catalogue's
/// probability where a scenario's own procedure has one.
pub(super) fn apply_to_all<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    action: K::RecoveryAction,
    works: Option<f64>,
) -> u8 {
    let mut cleared = 0;
    let mut index = 0;
    while index < parts.care().active.len() {
        let Active { fault, plan, occurrence, stream, round, .. } = parts.care().active[index];
        let reaches = !cx.settings.is_real(cx.me, fault)
            && (plan == NATURAL || cx.settings.reaches(plan, action));
        let known = if reaches { K::mode(fault).cleared_by(action) } else { 0.0 };
        let probability = if known > 0.0 { works.unwrap_or(known) } else { 0.0 };
        // Named by the fault's own round, the action, and how often that had been tried on it: neither another incident nor
        // another action moves any of these draws.
        let named = stream ^ StableHasher::of(&action);
        let works = (probability > 0.0)
            .then(|| {
                u64::from(round) << 32 | u64::from(parts.care().naming.tried(occurrence, action))
            })
            .filter(|&draw| unit(cx.draw(WORKS.numbered(named), draw)[0]) < probability);
        if let Some(draw) = works {
            let lasts = if plan == NATURAL { None } else { comes_back(cx, action, named, draw) };
            clear(parts, cx, index, Some(action), lasts);
            cleared += 1;
        } else {
            index += 1;
        }
    }
    replaced(parts, cx, action);
    cx.scratch.touched = true;
    if let Some(message) = K::act(action) {
        cx.say(message);
    }
    cleared
}

/// For how long a fault stays away that a recovery action has cleared; `None` for good.
fn comes_back<K: ModelTypes>(
    cx: &Context<'_, K>,
    action: K::RecoveryAction,
    named: u64,
    draw: u64,
) -> Option<Span> {
    let (probability, law) = cx.settings.imperfect(action)?;
    let mut stream = cx.stream(LASTS.numbered(named), draw);
    stream.chance(probability).then(|| law.draw(&mut stream, false))
}

/// Looks whether the detector that opened an incident would still open it.
pub(super) fn verify<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
    attempt: u8,
) {
    let Some(at) = index_of(parts, incident) else { return };
    let Incident { detector, suspect, attempt: now, stage, .. } = parts.care().incidents[at];
    if now != attempt || !matches!(stage, Stage::Verifying | Stage::Escalated) {
        return;
    }
    let own = match parts.look(detector, cx) {
        Ok(seen) => seen.is_some(),
        // Who cannot look cannot say that all is well.
        Err(DeviceOff) => true,
    };
    let seen = parts.still_sees(detector, suspect, cx) || own;
    if !seen {
        restore(parts, cx, at);
    } else if stage == Stage::Escalated {
        begin(parts, cx, incident);
    } else {
        escalate(parts, cx, incident);
    }
}
