//! Fault management: where truth and belief meet.
//!
//! Each event of an actor goes to the side that it concerns. Only two things cross: what a detector may look at, and the
//! recovery action that an incident has had carried out. All of it is driven by events; nothing is polled.

use crate::belief::{self, Alarmed, IncidentState, Observed};
use crate::context::{Context, Scratch, Task};
use crate::draw_counts::DrawCounts;
use crate::event::{DomainEvent, SimEvent};
use crate::model::Catalogue;
use crate::truth::{self, Breakable, FaultState};
use sim::actor::ActorId;
use sim::agenda::ScheduledEvent;
use sim::time::Span;

/// All parts of one actor: what happens to them, how they break, what detectors see of them. `catalogue!` implements it.
pub trait Parts<K: Catalogue>: Breakable<K> + Observed<K> {
    /// Starts every part.
    fn start(&mut self, cx: &mut Context<'_, K>);
    /// A model's note to itself.
    fn on_timer(&mut self, timer: K::Timer, cx: &mut Context<'_, K>);
    /// A message between parts.
    fn on_message(&mut self, message: K::LocalMessage, cx: &mut Context<'_, K>);
    /// A message from another actor for a part.
    fn on_delivery(&mut self, port: u8, message: K::InterActorMessage, cx: &mut Context<'_, K>);
}

/// What is kept of every actor beside its parts: its faults, its incidents, and what their draws are named by.
pub type Kept<K> = (FaultState<K>, IncidentState<K>, DrawCounts<K>);

/// Handles one event: what happens, then all that follows from it at the same instant.
pub fn handle<K: Catalogue, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    entry: &ScheduledEvent<SimEvent<K>>,
) {
    debug_assert_eq!(entry.to, cx.me, "an event is handled by the actor that it is for");
    debug_assert_eq!(entry.at, cx.now(), "an event is handled at its instant");
    debug_assert!(cx.scratch.tasks.is_empty(), "what an event leads to is done at its instant");
    match entry.event {
        SimEvent::Timer(timer) => parts.on_timer(timer, cx),
        SimEvent::Arrival { port, slot } => {
            let message = cx.cell.take(slot);
            parts.on_delivery(port, message, cx);
        }
        SimEvent::Occur { plan, round } => truth::occur(parts, cx, plan, round),
        SimEvent::Clear { occurrence } => truth::end(parts, cx, occurrence),
        SimEvent::ProfileStep { occurrence, step } => truth::proceed(parts, cx, occurrence, step),
        SimEvent::Apply { incident, attempt } => apply(parts, cx, incident, attempt),
        SimEvent::StepTimedOut { incident, attempt } => {
            belief::timed_out(parts, &mut cx.belief(), incident, attempt);
        }
        SimEvent::Treat { procedure, position } => {
            let policy = cx.belief().policy();
            if let Some(step) = belief::step_at(policy, procedure, position) {
                truth::act(parts, cx, step.action, step.works);
            }
        }
        SimEvent::Recur { plan, round } => truth::recur(parts, cx, plan, round),
        SimEvent::Verify { incident, attempt } => {
            belief::verify(parts, &mut cx.belief(), incident, attempt);
        }
    }
    settle(parts, cx);
}

/// A step is carried out: it acts on the faults and parts of the actor that the incident is about.
fn apply<K: Catalogue, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    incident: u32,
    attempt: u8,
) {
    let carried = belief::carried_out(parts, &mut cx.belief(), incident, attempt);
    let Some(carried) = carried else { return };
    let (step, about) = (carried.step, carried.about);
    let share = |it: f64| (0.0..=1.0).contains(&it);
    debug_assert!(step.works.is_none_or(share), "a step works with a probability: {step:?}");
    let cleared = if about == cx.me {
        truth::act(parts, cx, step.action, step.works)
    } else {
        let belief::CarriedOut { procedure, position, .. } = carried;
        cx.cell.send(cx.me, about, Span::ZERO, SimEvent::Treat { procedure, position });
        0
    };
    belief::applied(parts, &mut cx.belief(), incident, attempt);
    let (action, by) = (step.action, step.by);
    cx.cell.note(cx.me, DomainEvent::ActionApplied { incident, attempt, action, by, cleared });
    belief::await_effect(&mut cx.belief(), action, incident, attempt);
}

/// An alarm opens an incident, if it is a new one, and the first step against it is begun.
fn alarm<K: Catalogue, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>, alarm: Alarmed<K>) {
    let Some(opened) = belief::open(parts, &mut cx.belief(), alarm) else { return };
    let belief::Opened { incident, suspect, again } = opened;
    if again {
        return belief::begin(parts, &mut cx.belief(), incident);
    }
    // What a hub says of others, or of many, no fault of its own explains.
    let own = alarm.about == cx.me && !alarm.common;
    let explained = own.then(|| parts.fault_state().explains(suspect)).flatten();
    parts.draw_counts().opened(incident, alarm.detector, explained);
    belief::begin(parts, &mut cx.belief(), incident);
}

/// Does what is left to do at this instant: messages, looks, alarms.
pub fn settle<K: Catalogue, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    while let Some(task) = cx.scratch.tasks.pop_front() {
        match task {
            Task::LocalMessage(message) => parts.on_message(message, cx),
            // Who is off sees nothing, and closes nothing.
            Task::Look(part) => {
                if let Ok(seen) = parts.look(part, cx) {
                    belief::close_unseen(parts, &mut cx.belief(), part, &seen);
                    for finding in seen {
                        let (detector, about, common, weighed) = (part, cx.me, false, None);
                        alarm(parts, cx, Alarmed { detector, finding, about, common, weighed });
                    }
                }
            }
            Task::Activated(part) => truth::activated(parts, cx, part),
            Task::Alarm(raised) => alarm(parts, cx, raised),
            Task::Dismiss { detector } => belief::close(parts, &mut cx.belief(), detector, None),
            Task::DismissOne { detector, symptom, about } => {
                belief::close_one(parts, &mut cx.belief(), detector, symptom, about);
            }
            Task::Hold(cause) => belief::suppress(parts, &mut cx.belief(), cause),
            Task::Decide { incident, attempt, decision } => {
                belief::decide(parts, &mut cx.belief(), (incident, attempt), decision);
            }
            Task::Milestone(milestone) => truth::reached(parts, cx, milestone),
            Task::Broke(fault) => truth::broke(parts, cx, fault),
            Task::Cleared(fault, by) => truth::ended(parts, cx, fault, by),
            Task::Commission => truth::commission(parts, cx),
            Task::Withdraw => {
                truth::withdraw(parts, cx);
                belief::dismiss_all(parts, &mut cx.belief());
            }
            Task::Replaced(action) => truth::replaced(parts, cx, action),
            Task::Treat(action) => {
                truth::act(parts, cx, action, None);
            }
        }
    }
    debug_assert!(cx.scratch.tasks.is_empty(), "nothing is left to do at this instant");
    if std::mem::take(&mut cx.scratch.touched) {
        let up = parts.able(cx);
        if parts.fault_state().serves(up) {
            cx.cell.note(cx.me, DomainEvent::Service { up });
        }
        if !up {
            truth::attribute(parts, cx);
        }
    }
    if std::mem::take(&mut cx.scratch.names_over) {
        // Two parts of one actor cannot be borrowed at once: what is counted is taken out and put back.
        let mut counts = std::mem::take(parts.draw_counts());
        let faults = parts.fault_state();
        counts.forget(|name| faults.has(name));
        *parts.draw_counts() = counts;
    }
}

/// A context for one event of an actor.
pub fn context<'a, K: Catalogue>(
    me: ActorId,
    part: K::Part,
    settings: &'a K::Settings,
    cell: &'a mut sim::cell::CellContext<K>,
    scratch: &'a mut Scratch<K>,
) -> Context<'a, K> {
    Context { me, part, settings, cell, scratch }
}
