//! What a model may do while something happens to it, and what follows before the instant is over.

mod belief;
mod truth;

use std::collections::VecDeque;

use crate::belief::{Alarmed, Decision};
use crate::draw_name::DrawName;
use crate::event::{DomainEvent, SimEvent};
use crate::model::Catalogue;

pub use belief::BeliefContext;
use sim::actor::ActorId;
use sim::cell::CellContext;
use sim::random::{Draws, Purpose, Stream};
use sim::time::{Instant, Span};

/// What is to be done before the instant is over.
#[derive(Debug)]
pub(crate) enum Task<K: Catalogue> {
    LocalMessage(K::LocalMessage),
    Look(K::Part),
    Activated(K::Part),
    Alarm(Alarmed<K>),
    Dismiss { detector: K::Part },
    DismissOne { detector: K::Part, symptom: K::Symptom, about: ActorId },
    Hold(Option<K::Fault>),
    Decide { incident: u32, attempt: u8, decision: Decision<K> },
    Milestone(K::Milestone),
    Broke(K::Fault),
    Cleared(K::Fault, Option<K::RecoveryAction>),
    Commission,
    Withdraw,
    Replaced(K::RecoveryAction),
    Treat(K::RecoveryAction),
}

/// Room for what is to be done before the instant is over; used again and again.
#[derive(Debug)]
pub struct Scratch<K: Catalogue> {
    pub(crate) tasks: VecDeque<Task<K>>,
    /// What the actor can do may have changed.
    pub(crate) touched: bool,
    /// A fault or an incident is over: draws that were named by it need not be counted any more.
    pub(crate) names_over: bool,
    /// The level of a fault is being changed: nobody may look because of that.
    pub(crate) changes_level: bool,
}

impl<K: Catalogue> Default for Scratch<K> {
    fn default() -> Self {
        Self {
            tasks: VecDeque::with_capacity(64),
            touched: false,
            names_over: false,
            changes_level: false,
        }
    }
}

/// What a model may do while something happens to it.
#[derive(Debug)]
pub struct Context<'a, K: Catalogue> {
    pub(crate) me: ActorId,
    pub(crate) part: K::Part,
    /// What is true and what is decided: only truth has it, belief has the policy.
    pub(crate) settings: &'a K::Settings,
    pub(crate) cell: &'a mut CellContext<K>,
    pub(crate) scratch: &'a mut Scratch<K>,
}

impl<'a, K: Catalogue> Context<'a, K> {
    /// From here on it is this part that acts.
    #[inline]
    pub fn enter(&mut self, part: K::Part) {
        self.part = part;
    }
    /// Now.
    #[inline]
    pub fn now(&self) -> Instant {
        self.cell.now()
    }
    /// The actor that the model is a part of.
    #[inline]
    pub fn me(&self) -> ActorId {
        self.me
    }
    /// The run's settings.
    #[inline]
    pub fn settings(&self) -> &'a K::Settings {
        self.settings
    }
    /// The least time that a message between actors takes.
    pub fn lookahead(&self) -> Span {
        self.cell.lookahead()
    }
    /// A note to itself.
    #[inline]
    pub fn after(&mut self, delay: Span, timer: impl Into<K::Timer>) {
        self.cell.after(self.me, delay, SimEvent::Timer(timer.into()));
    }
    /// Says something to the other parts of the same actor, at this instant.
    #[inline]
    pub fn say(&mut self, message: K::LocalMessage) {
        self.scratch.tasks.push_back(Task::LocalMessage(message));
    }
    /// Sends something to a part of another actor; it takes at least the lookahead.
    #[inline]
    pub fn post(
        &mut self,
        to: ActorId,
        part: impl Into<u8>,
        delay: Span,
        message: K::InterActorMessage,
    ) {
        self.cell.post(self.me, to, part.into(), delay, message);
    }
    /// Hands something out of the world, to what stands outside in place of the part that acts.
    pub fn emit(&mut self, message: K::InterActorMessage)
    where
        K::Part: Into<u8>,
    {
        self.cell.emit(self.me, self.part.into(), message);
    }
    /// The random numbers of one occurrence of this actor.
    #[inline]
    pub fn stream(&self, purpose: Purpose, occurrence: u64) -> Stream {
        self.cell.stream(self.me, purpose, occurrence)
    }
    /// Four random numbers of one occurrence of this actor.
    #[inline]
    pub fn draw(&self, purpose: Purpose, occurrence: u64) -> [u32; 4] {
        self.cell.draw(self.me, purpose, occurrence)
    }
    /// All draws of this actor for a purpose, by their occurrence.
    pub fn draws(&self, purpose: Purpose) -> Draws {
        self.cell.draws(self.me, purpose)
    }
    /// The first random number of each of four occurrences of this actor.
    #[inline]
    pub fn first_draws(&self, purpose: Purpose, occurrences: [u64; 4]) -> [u32; 4] {
        self.cell.first_draws(self.me, purpose, occurrences)
    }
    /// The random numbers of a request to this actor.
    #[inline]
    pub fn stream_of_request(&self, purpose: Purpose, name: DrawName) -> Stream {
        self.stream(purpose, name.occurrence())
    }
    /// Four random numbers of a request to this actor.
    #[inline]
    pub fn draw_of_request(&self, purpose: Purpose, name: DrawName) -> [u32; 4] {
        self.draw(purpose, name.occurrence())
    }
    /// The purpose as far as it concerns another actor: a hub draws for each of those whom it serves by itself.
    #[inline]
    pub fn on_behalf_of(&self, actor: ActorId, purpose: Purpose) -> Purpose {
        purpose.numbered(self.cell.identity(actor).number())
    }
    /// The stream of something that belongs to nobody in particular, as the balance of an account.
    pub fn stream_of(&self, owner: ActorId, purpose: Purpose, occurrence: u64) -> Stream {
        self.cell.stream(owner, purpose, occurrence)
    }
    /// Notes something for the measures.
    pub fn note(&mut self, note: K::Note) {
        self.cell.note(self.me, DomainEvent::Noted(note));
    }
    /// The part that acts.
    #[inline]
    pub fn part(&self) -> K::Part {
        self.part
    }
    /// What the actor can do may have changed: it is looked at before the instant is over.
    #[inline]
    pub fn touch(&mut self) {
        self.scratch.touched = true;
    }
    /// The same event on the side of belief.
    pub(crate) fn belief(&mut self) -> BeliefContext<'_, 'a, K> {
        BeliefContext::of(self)
    }
}
