//! An incident is opened by an alarm and closed when nothing wrong is seen any more.

use super::incident_state::{Helped, Incident, Stage};
use super::procedure::procedure;
use super::{BeliefContext, IncidentChange, IncidentUpdate, Observed};
use crate::event::{DomainEvent, SimEvent};
use crate::model::Catalogue;
use sim::actor::ActorId;
use sim::time::Span;

/// What a detector says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarmed<K: Catalogue> {
    pub(crate) detector: K::Part,
    pub(crate) suspect: K::Fault,
    pub(crate) about: ActorId,
    /// It is about many actors, of which this is one.
    pub(crate) common: bool,
}

/// Whether two faults are noticed as the same: the same symptom of the same part.
pub(super) fn same_symptom<K: Catalogue>(one: K::Fault, other: K::Fault) -> bool {
    K::part_of(one) == K::part_of(other) && K::mode(one).symptom == K::mode(other).symptom
}

/// A detector says that something is wrong. No incident is opened twice: it is known by its actor, part and symptom, whoever noticed
/// it. The number of the new incident, if it is one. Nothing is done about it yet.
pub(crate) fn open<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    alarm: Alarmed<K>,
) -> Option<u32> {
    let Alarmed { detector, suspect, about, common } = alarm;
    let state = parts.incident_state();
    let known = |i: &Incident<K>| i.about == about && same_symptom::<K>(i.suspect, suspect);
    if state.incidents.iter().any(known) {
        return None;
    }
    let id = state.number();
    let now = cx.now();
    let relapse_within = cx.policy().relapse_within();
    let recent = |it: &&Helped<K>| it.suspect == suspect && now.since(it.at) < relapse_within;
    // What seemed to help did not last: the next step is tried at once.
    let above = state.helped.iter().find(recent).map_or(0, |it| it.position.saturating_add(1));
    let highest = procedure(cx.policy(), suspect, common).len().saturating_sub(1);
    let attempt = above.min(u8::try_from(highest).unwrap_or(u8::MAX));
    let (position, chosen, stage) = (attempt, None, Stage::Acting);
    let incident =
        Incident { id, detector, suspect, about, common, attempt, position, chosen, stage };
    state.begin(incident);
    cx.note(DomainEvent::Alarm { incident: id, detector, suspect, about });
    tell(cx, &incident, IncidentChange::Opened);
    Some(id)
}

/// Tells the parts of the actor what has become of an incident.
pub(super) fn tell<K: Catalogue>(
    cx: &mut BeliefContext<'_, '_, K>,
    incident: &Incident<K>,
    change: IncidentChange,
) {
    let Incident { id: incident, detector, suspect, about, common, .. } = *incident;
    cx.say(K::update(IncidentUpdate { incident, detector, suspect, about, common, change }));
}

/// A detector sees nothing wrong any more: at this actor, or at none.
pub(crate) fn close<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    detector: K::Part,
    about: Option<ActorId>,
) {
    let its = |i: &Incident<K>| i.detector == detector && about.is_none_or(|it| it == i.about);
    while let Some(at) = parts.incident_state().incidents.iter().position(its) {
        restore(parts, cx, at);
    }
}

/// A detector has looked at its own actor: what it does not see any more is closed.
pub(crate) fn close_unseen<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    detector: K::Part,
    seen: &[K::Fault],
) {
    let me = cx.me();
    let mut at = 0;
    while let Some(it) = parts.incident_state().incidents.get(at).copied() {
        let own = it.detector == detector && it.about == me && !it.common;
        let sees = |suspect: K::Fault| seen.iter().any(|it| same_symptom::<K>(*it, suspect));
        if own && !sees(it.suspect) && !cx.still_sees(parts, detector, it.suspect) {
            restore(parts, cx, at);
        } else {
            at += 1;
        }
    }
}

/// A detector sees one thing no more.
pub(crate) fn close_one<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    detector: K::Part,
    suspect: K::Fault,
    about: ActorId,
) {
    let it = |i: &Incident<K>| i.detector == detector && i.suspect == suspect && i.about == about;
    if let Some(at) = parts.incident_state().incidents.iter().position(it) {
        restore(parts, cx, at);
    }
}

/// A common cause is being worked on, or no longer. What was suppressed then goes on where it stood, if it is still
/// needed: whoever was to be sent first looks whether anything is still wrong.
pub(crate) fn suppress<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    cause: Option<K::Fault>,
) {
    let state = parts.incident_state();
    debug_assert!(
        state.held.is_some() || state.incidents.iter().all(|it| it.stage != Stage::Suppressed),
        "what is suppressed, a common cause suppresses"
    );
    state.held = cause;
    if cause.is_some() {
        return;
    }
    for incident in &mut state.incidents {
        if incident.stage == Stage::Suppressed {
            incident.stage = Stage::Escalated;
            let Incident { id: incident, attempt, .. } = *incident;
            cx.after(Span::ZERO, SimEvent::Verify { incident, attempt });
        }
    }
    let left = |it: &Incident<K>| it.stage == Stage::Suppressed;
    debug_assert!(!state.incidents.iter().any(left), "nothing suppresses them any more");
}

/// The incident at this place is believed to be over.
pub(super) fn restore<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    at: usize,
) {
    let now = cx.now();
    let state = parts.incident_state();
    let closed = state.remove(at);
    debug_assert!(state.get(closed.id).is_none(), "an incident is closed once");
    tell(cx, &closed, IncidentChange::Closed);
    let Incident { id, suspect, position, chosen, stage, .. } = closed;
    state.helped.retain(|it| it.suspect != suspect);
    // A step that is still being carried out cannot have helped: the one before it may have. What was chosen outside the
    // procedure leaves the procedure where it was.
    let by_procedure = stage == Stage::Verifying && chosen.is_none();
    let applied = if by_procedure { Some(position) } else { position.checked_sub(1) };
    debug_assert!(state.helped.iter().all(|it| it.at <= now), "what helped, helped before");
    if let Some(position) = applied {
        state.helped.push(Helped { suspect, position, at: now });
    }
    cx.closed(parts, id);
    cx.note(DomainEvent::Restored { incident: id });
}

/// Nobody works on this actor any more: every incident about it is closed.
pub(crate) fn dismiss_all<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
) {
    while !parts.incident_state().incidents.is_empty() {
        restore(parts, cx, 0);
    }
    parts.incident_state().helped.clear();
}
