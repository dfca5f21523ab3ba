//! Fault management: the fault life cycle on the side of truth, detection → isolation → recovery on the side of belief.
//!
//! An incident is a state machine: while a recovery action is under way nothing else is tried, and what verification says decides
//! whether it escalates to the next step. All of it is driven by events of the actor; nothing is polled.

mod commission;
mod decisions;
mod incidents;
mod life_cycle;
mod naming;
mod state;

use crate::context::{Context, Scratch, Task};
use crate::model::{DomainEvent, ModelTypes, NATURAL, SimEvent};
use commission::{commission, replaced, withdraw};
use decisions::decide;
use incidents::{
    Alarmed, apply, apply_to_all, close, close_one, escalate, open, standing, suppress, treat,
    verify,
};
pub use life_cycle::plan;
use life_cycle::{activated, clear, end, occur, onset, proceed, reached, recur};
use sim::actor::ActorId;
use sim::agenda::ScheduledEvent;
use state::Stage;
pub use state::{Care, DeviceOff, Parts};

/// Handles one event: what happens, then all that follows from it at the same instant.
pub fn handle<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    entry: &ScheduledEvent<SimEvent<K>>,
) {
    match entry.event {
        SimEvent::Timer(timer) => parts.on_timer(timer, cx),
        SimEvent::Arrival { port, slot } => {
            let message = cx.cell.take(slot);
            parts.on_delivery(port, message, cx);
        }
        SimEvent::Occur { plan, round } => occur(parts, cx, plan, round),
        SimEvent::Clear { occurrence } => end(parts, cx, occurrence),
        SimEvent::ProfileStep { occurrence, step } => proceed(parts, cx, occurrence, step),
        SimEvent::Apply { incident, attempt } => apply(parts, cx, incident, attempt),
        SimEvent::StepTimedOut { incident, attempt } => {
            if standing(parts, incident, attempt, Stage::Acting) {
                escalate(parts, cx, incident);
            }
        }
        SimEvent::Treat { suspect, position, common } => {
            treat(parts, cx, (suspect, position), common);
        }
        SimEvent::Recur { plan, round } => recur(parts, cx, plan, round),
        SimEvent::Verify { incident, attempt } => verify(parts, cx, incident, attempt),
    }
    settle(parts, cx);
}

/// Does what is left to do at this instant: messages, looks, alarms.
pub fn settle<K: ModelTypes, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    while let Some(task) = cx.scratch.tasks.pop_front() {
        match task {
            Task::LocalMessage(message) => parts.on_message(message, cx),
            Task::Look(part) => match parts.look(part, cx) {
                Ok(Some(suspect)) => {
                    let alarm = Alarmed { detector: part, suspect, about: cx.me, common: false };
                    open(parts, cx, alarm);
                }
                // It has looked at its own actor; what it said about others stands.
                Ok(None) => close(parts, cx, part, Some(cx.me)),
                Err(DeviceOff) => {}
            },
            Task::Activated(part) => activated(parts, cx, part),
            Task::Alarm { detector, suspect, about, common } => {
                open(parts, cx, Alarmed { detector, suspect, about, common });
            }
            Task::Dismiss { detector } => close(parts, cx, detector, None),
            Task::DismissOne { detector, suspect, about } => {
                close_one(parts, cx, detector, suspect, about);
            }
            Task::Hold(cause) => suppress(parts, cx, cause),
            Task::Decide { incident, attempt, decision } => {
                decide(parts, cx, (incident, attempt), decision);
            }
            Task::Milestone(milestone) => reached(parts, cx, milestone),
            Task::Broke(fault) => {
                let round = parts.care().naming.came(fault);
                onset(parts, cx, NATURAL, round, fault, 1.0);
            }
            Task::Cleared(fault, by) => {
                if let Some(at) = parts.care().active.iter().position(|a| a.fault == fault) {
                    clear(parts, cx, at, by, None);
                }
            }
            Task::Commission => commission(parts, cx),
            Task::Withdraw => withdraw(parts, cx),
            Task::Replaced(action) => replaced(parts, cx, action),
            Task::Treat(action) => {
                apply_to_all(parts, cx, action, None);
            }
        }
    }
    if cx.scratch.touched {
        cx.scratch.touched = false;
        let up = parts.able(cx);
        if up != parts.care().serving {
            parts.care().serving = up;
            cx.cell.note(cx.me, DomainEvent::Service { up });
        }
    }
}

/// A context for one event of an actor.
pub fn context<'a, K: ModelTypes>(
    me: ActorId,
    part: K::Part,
    settings: &'a K::Settings,
    cell: &'a mut sim::cell::CellContext<K>,
    scratch: &'a mut Scratch<K>,
) -> Context<'a, K> {
    Context { me, part, settings, cell, scratch }
}
