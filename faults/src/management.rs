//! Fault management: the fault life cycle on the side of truth, detection → isolation → recovery on the side of belief.
//!
//! An incident is a state machine: while a recovery action is under way nothing else is tried, and what verification says decides
//! whether it escalates to the next step. All of it is driven by events of the actor; nothing is polled.

mod commission;
mod decisions;
mod incidents;
mod life_cycle;
mod naming;

use bevy_ecs::component::Component;

use crate::context::{Context, Scratch, Task};
use crate::draw_name::DrawName;
use crate::fault::RecoveryStep;
use crate::model::{DomainEvent, ModelTypes, NATURAL, SimEvent};
use commission::{commission, replaced, withdraw};
use decisions::decide;
use incidents::{
    Alarmed, apply, apply_to_all, close, close_one, escalate, open, standing, suppress, treat,
    verify,
};
pub use life_cycle::plan;
use life_cycle::{activated, clear, end, occur, onset, proceed, reached, recur};
use naming::Naming;
use sim::actor::ActorId;
use sim::agenda::ScheduledEvent;
use sim::time::Instant;

/// A row of a cell's columns, seen as the parts of one actor. `catalogue!` implements it.
pub trait Parts<K: ModelTypes> {
    /// Starts every part.
    fn start(&mut self, cx: &mut Context<'_, K>);
    /// A model's note to itself.
    fn on_timer(&mut self, timer: K::Timer, cx: &mut Context<'_, K>);
    /// A message between parts.
    fn on_message(&mut self, message: K::LocalMessage, cx: &mut Context<'_, K>);
    /// A message from another actor for a part.
    fn on_delivery(&mut self, port: u8, message: K::InterActorMessage, cx: &mut Context<'_, K>);
    /// Sets the level of a fault at the part that has it; 0 is absent.
    fn set_level(&mut self, fault: K::Fault, level: f64, cx: &mut Context<'_, K>);
    /// What a part's own detector suspects now. `Err` if nobody can look: the device is off.
    fn look(
        &mut self,
        part: K::Part,
        cx: &mut Context<'_, K>,
    ) -> Result<Option<K::Fault>, DeviceOff>;
    /// Whether a detector would still raise its alarm.
    fn still_sees(&mut self, part: K::Part, suspect: K::Fault, cx: &mut Context<'_, K>) -> bool;
    /// Truth: the actor can do what it is for.
    fn able(&mut self, cx: &Context<'_, K>) -> bool;
    /// The actor's faults and incidents.
    fn care(&mut self) -> &mut Care<K>;
}

/// Nobody can look: the device is off.
#[derive(Clone, Copy, Debug)]
pub struct DeviceOff;

/// A fault that is active.
#[derive(Clone, Copy, Debug)]
struct Active<K: ModelTypes> {
    occurrence: u32,
    plan: u16,
    /// How many times this plan has occurred here before.
    round: u32,
    /// Names the random streams of what it happens to: those of its plan, or of the fault that comes by itself.
    stream: u64,
    /// It has led to an error.
    activated: bool,
    fault: K::Fault,
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// A step is being carried out.
    Acting,
    /// It has been carried out, its effect is to be looked at.
    Verifying,
    /// The procedure is used up; a person tries the fallback.
    Escalated,
    /// Nobody works on it.
    Unresolved,
    /// Nobody is sent: a common cause is being worked on that would explain it.
    Suppressed,
    /// Whoever decides outside has been asked what to do.
    AwaitingDecision,
}

/// What an operator believes about one interruption.
#[derive(Clone, Copy, Debug)]
struct Incident<K: ModelTypes> {
    id: u32,
    detector: K::Part,
    suspect: K::Fault,
    about: ActorId,
    /// One incident for many actors.
    common: bool,
    /// Attempts before this one: names the events that belong to it.
    attempt: u8,
    /// Where it stands in its procedure: behind `attempt` by what was chosen outside it.
    position: u8,
    /// What was chosen for this attempt instead of a step of the procedure.
    chosen: Option<RecoveryStep<K>>,
    stage: Stage,
    /// Names the draws of those who are asked to help, and is read for nothing else.
    cause: DrawName,
}

/// A planned fault that waits for something to happen.
#[derive(Clone, Copy, Debug)]
struct Armed {
    plan: u16,
    seen: u32,
}

/// A step that seemed to help.
#[derive(Clone, Copy, Debug)]
struct Helped<K: ModelTypes> {
    suspect: K::Fault,
    position: u8,
    at: Instant,
}

/// A random life of a part, and since when it has lasted.
#[derive(Clone, Copy, Debug)]
struct PartLife {
    plan: u16,
    /// How many lives there were before it.
    round: u32,
    since: Instant,
}

/// The faults and incidents of one actor. Empty while all is well: then it costs its bytes and nothing else.
#[derive(Clone, Component, Debug)]
pub struct Care<K: ModelTypes> {
    active: Vec<Active<K>>,
    incidents: Vec<Incident<K>>,
    armed: Vec<Armed>,
    helped: Vec<Helped<K>>,
    lives: Vec<PartLife>,
    /// It is not in service: not yet, or not any more.
    withdrawn: bool,
    occurrences: u32,
    opened: u32,
    serving: bool,
    /// A common cause that is being worked on.
    held: Option<K::Fault>,
    naming: Naming<K>,
}

impl<K: ModelTypes> Default for Care<K> {
    fn default() -> Self {
        Self {
            active: Vec::new(),
            incidents: Vec::new(),
            armed: Vec::new(),
            helped: Vec::new(),
            lives: Vec::new(),
            withdrawn: false,
            occurrences: 0,
            opened: 0,
            serving: true,
            held: None,
            naming: Naming::default(),
        }
    }
}

impl<K: ModelTypes> Care<K> {
    /// Arms a planned fault that waits for something to happen.
    pub fn arm(&mut self, plan: u16) {
        self.armed.push(Armed { plan, seen: 0 });
    }
    /// Truth: the actor can do what it is for.
    pub fn serving(&self) -> bool {
        self.serving
    }
    /// Truth: the faults that are active.
    pub fn active(&self) -> impl Iterator<Item = K::Fault> + '_ {
        self.active.iter().map(|active| active.fault)
    }
}

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
