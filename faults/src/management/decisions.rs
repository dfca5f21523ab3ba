//! What is decided outside: the answer to an attempt that waits for it.

use super::incidents::{carry_out, index_of, leave_unresolved, procedure, restore, standing};
use super::state::{Parts, Stage};
use crate::context::Context;
use crate::model::{Decision, DomainEvent, ModelTypes, SimEvent};
use sim::time::Span;

/// Goes on with an incident that waits at this attempt. What comes too late, or to an incident that is over, is ignored.
pub(super) fn decide<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    (incident, attempt): (u32, u8),
    decision: Decision<K>,
) {
    if !standing(parts, incident, attempt, Stage::AwaitingDecision) {
        return;
    }
    let Some(at) = index_of(parts, incident) else { return };
    match decision {
        Decision::Procedure => carry_out(parts, cx, incident),
        Decision::Step(step) => {
            parts.care().incidents[at].chosen = Some(step);
            carry_out(parts, cx, incident);
        }
        Decision::Wait(span) => {
            // Looked at before it is asked again, as it is after every pause.
            parts.care().incidents[at].stage = Stage::Escalated;
            cx.cell.after(cx.me, span.max(Span(1)), SimEvent::Verify { incident, attempt });
        }
        Decision::Escalate => {
            let entry = parts.care().incidents[at];
            let length = procedure(cx, entry.suspect, entry.common).len();
            if usize::from(entry.position) < length {
                cx.cell.note(cx.me, DomainEvent::Exhausted { incident });
                parts.care().incidents[at].position = u8::try_from(length).unwrap_or(u8::MAX);
            }
            carry_out(parts, cx, incident);
        }
        Decision::Close => restore(parts, cx, at),
        Decision::GiveUp => leave_unresolved(parts, cx, incident),
    }
}
