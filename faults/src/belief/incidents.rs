//! An incident is opened by an alarm and closed when nothing wrong is seen any more.

use super::finding::{Candidate, Diagnosis, Finding, LIKELIEST, ProcedureKey};
use super::incident_state::{Helped, Incident, Stage};
use super::{BeliefContext, IncidentChange, IncidentUpdate, Observed};
use crate::event::{DomainEvent, SimEvent};
use crate::model::Catalogue;
use sim::actor::ActorId;
use sim::time::Span;

/// What a detector says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarmed<K: Catalogue> {
    pub(crate) detector: K::Part,
    pub(crate) finding: Finding<K>,
    pub(crate) about: ActorId,
    /// It is about many actors, of which this is one.
    pub(crate) common: bool,
    /// What may be behind it, if the detector has weighed that itself.
    pub(crate) weighed: Option<[Option<Candidate<K>>; LIKELIEST]>,
}

/// An incident that has just been opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened<K: Catalogue> {
    pub(crate) incident: u32,
    /// The likeliest fault behind it.
    pub(crate) suspect: K::Fault,
    /// It was open already, and had been left unresolved before better evidence came.
    pub(crate) again: bool,
}

/// A detector says that something is wrong. No incident is opened twice: it is known by its actor, its symptom and the part that is
/// suspected, whoever noticed it. What was opened, if anything was. Nothing is done about it yet.
pub(crate) fn open<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    alarm: Alarmed<K>,
) -> Option<Opened<K>> {
    let Alarmed { detector, finding, about, common, weighed } = alarm;
    let symptom = finding.symptom;
    let state = parts.incident_state();
    let here = |it: &&Incident<K>| it.about == about && it.common == common;
    let mut beside: Vec<K::Symptom> =
        state.incidents.iter().filter(here).map(|it| it.finding.symptom).collect();
    beside.retain(|it| *it != symptom);
    let diagnosis = match weighed {
        Some(candidates) => cx.policy().weighed(about, &finding, &candidates),
        None if common => cx.policy().diagnose_common(about, &finding),
        None => cx.policy().diagnose(about, &finding, &beside),
    };
    let likeliest = diagnosis.likeliest();
    let Diagnosis { candidates, suspect, procedure } = diagnosis;
    let whole = candidates.iter().map(|it| u64::from(it.weight_ppm)).sum::<u64>();
    debug_assert_eq!(whole, 1_000_000, "candidates add up to a million: {candidates:?}");
    let same = |it: &Incident<K>| {
        it.finding.symptom == symptom && K::part_of(it.suspect) == K::part_of(suspect)
    };
    let known = |it: &&mut Incident<K>| it.about == about && same(it);
    if let Some(entry) = state.incidents.iter_mut().find(known) {
        let again = refine(entry, Better { finding, suspect, likeliest, procedure })?;
        let incident = entry.id;
        cx.note(DomainEvent::Refined { incident, finding, suspect });
        return again.then_some(Opened { incident, suspect, again });
    }
    let id = state.number();
    let now = cx.now();
    let relapse_within = cx.policy().relapse_within();
    let recent = |it: &&Helped<K>| it.procedure == procedure && now.since(it.at) < relapse_within;
    // What seemed to help did not last: the next step is tried at once.
    let above = state.helped.iter().find(recent).map_or(0, |it| it.position.saturating_add(1));
    let highest = cx.policy().procedure(procedure).len().saturating_sub(1);
    let attempt = above.min(u8::try_from(highest).unwrap_or(u8::MAX));
    let (position, chosen, stage) = (attempt, None, Stage::Acting);
    let incident = Incident {
        id,
        detector,
        finding,
        suspect,
        likeliest,
        procedure,
        begins_anew: false,
        about,
        common,
        attempt,
        position,
        chosen,
        stage,
    };
    state.begin(incident);
    cx.note(DomainEvent::Alarm { incident: id, detector, finding, suspect, about });
    for candidate in candidates {
        cx.note(DomainEvent::Weighed { incident: id, candidate });
    }
    tell(cx, &incident, IncidentChange::Opened);
    Some(Opened { incident: id, suspect, again: false })
}

/// What is made of a finding about which an incident is open.
struct Better<K: Catalogue> {
    finding: Finding<K>,
    suspect: K::Fault,
    likeliest: [Option<Candidate<K>>; LIKELIEST],
    procedure: ProcedureKey<K>,
}

/// Better evidence about what an incident is open for already: if it isolates a fault where nothing was isolated, the incident goes
/// on with that fault's procedure. `None` if it does not; otherwise whether nobody worked on it any more, so that it has to be begun
/// again.
fn refine<K: Catalogue>(entry: &mut Incident<K>, better: Better<K>) -> Option<bool> {
    let Better { finding, suspect, likeliest, procedure } = better;
    let isolates = matches!(entry.procedure, ProcedureKey::Symptom(_))
        && matches!(procedure, ProcedureKey::Mode(_));
    if !isolates {
        return None;
    }
    // Its symptom stays: who opened it goes by that.
    debug_assert!(entry.finding.symptom == finding.symptom, "it is about the same symptom");
    (entry.finding, entry.suspect, entry.likeliest) = (finding, suspect, likeliest);
    (entry.procedure, entry.position, entry.begins_anew) = (procedure, 0, true);
    let again = entry.stage == Stage::Unresolved;
    if again {
        entry.begins_anew = false;
        entry.stage = Stage::Escalated;
    }
    Some(again)
}

/// Tells the parts of the actor what has become of an incident.
pub(super) fn tell<K: Catalogue>(
    cx: &mut BeliefContext<'_, '_, K>,
    incident: &Incident<K>,
    change: IncidentChange,
) {
    let Incident {
        id: incident,
        detector,
        finding,
        suspect,
        likeliest,
        procedure,
        about,
        common,
        ..
    } = *incident;
    cx.say(K::update(IncidentUpdate {
        incident,
        detector,
        finding,
        suspect,
        likeliest,
        procedure,
        about,
        common,
        change,
    }));
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
    seen: &[Finding<K>],
) {
    let me = cx.me();
    let mut at = 0;
    while let Some(it) = parts.incident_state().incidents.get(at).copied() {
        let own = it.detector == detector && it.about == me && !it.common;
        let sees = |symptom: K::Symptom| seen.iter().any(|it| it.symptom == symptom);
        if own && !sees(it.finding.symptom) && !cx.still_sees(parts, detector, it.finding.symptom) {
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
    symptom: K::Symptom,
    about: ActorId,
) {
    let it = |i: &Incident<K>| {
        i.detector == detector && i.finding.symptom == symptom && i.about == about
    };
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
    let Incident { id, procedure, position, chosen, stage, .. } = closed;
    state.helped.retain(|it| it.procedure != procedure);
    // A step that is still being carried out cannot have helped: the one before it may have. What was chosen outside the
    // procedure leaves the procedure where it was.
    let by_procedure = stage == Stage::Verifying && chosen.is_none();
    let applied = if by_procedure { Some(position) } else { position.checked_sub(1) };
    debug_assert!(state.helped.iter().all(|it| it.at <= now), "what helped, helped before");
    if let Some(position) = applied {
        state.helped.push(Helped { procedure, position, at: now });
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
