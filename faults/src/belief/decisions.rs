//! What is decided outside: the answer to an attempt that waits for it.

use super::incident_state::{Incident, Stage};
use super::incidents::restore;
use super::procedure::{carry_out, leave_unresolved};
use super::{BeliefContext, Decision, Observed};
use crate::event::{DomainEvent, SimEvent};
use crate::model::Catalogue;
use sim::time::Span;

/// Goes on with an incident that waits at this attempt. What comes too late, or to an incident that is over, is ignored.
pub(crate) fn decide<K: Catalogue, P: Observed<K>>(
    parts: &mut P,
    cx: &mut BeliefContext<'_, '_, K>,
    (incident, attempt): (u32, u8),
    decision: Decision<K>,
) {
    let state = parts.incident_state();
    let waits = |it: &Incident<K>| {
        it.id == incident && it.attempt == attempt && it.stage == Stage::AwaitingDecision
    };
    let Some(at) = state.incidents.iter().position(waits) else { return };
    let entry = &mut state.incidents[at];
    match decision {
        Decision::Procedure => carry_out(parts, cx, incident),
        Decision::Step(step) => {
            entry.chosen = Some(step);
            carry_out(parts, cx, incident);
        }
        Decision::Wait(span) => {
            debug_assert!(
                entry.chosen.is_none(),
                "nothing was chosen while a decision was awaited"
            );
            // Looked at before it is asked again, as it is after every pause.
            entry.stage = Stage::Escalated;
            cx.after(span.max(Span(1)), SimEvent::Verify { incident, attempt });
        }
        Decision::Escalate => {
            let length = cx.policy().procedure(entry.procedure).len();
            if usize::from(entry.position) < length {
                entry.position = u8::try_from(length).unwrap_or(u8::MAX);
                cx.note(DomainEvent::Exhausted { incident });
            }
            carry_out(parts, cx, incident);
        }
        Decision::Close => restore(parts, cx, at),
        Decision::GiveUp => leave_unresolved(parts, cx, incident),
    }
}
