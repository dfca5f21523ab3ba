//! What a model may do while something happens to it, and what follows before the instant is over.

use std::collections::VecDeque;

use crate::draw_name::DrawName;
use crate::model::{Decision, DomainEvent, ModelTypes, SimEvent};
use sim::actor::ActorId;
use sim::cell::CellContext;
use sim::random::{Purpose, Stream};
use sim::time::{Instant, Span};

/// What is to be done before the instant is over.
#[derive(Debug)]
pub(crate) enum Task<K: ModelTypes> {
    LocalMessage(K::LocalMessage),
    Look(K::Part),
    Activated(K::Part),
    Alarm { detector: K::Part, suspect: K::Fault, about: ActorId, common: bool },
    Dismiss { detector: K::Part },
    DismissOne { detector: K::Part, suspect: K::Fault, about: ActorId },
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
pub struct Scratch<K: ModelTypes> {
    pub(crate) tasks: VecDeque<Task<K>>,
    pub(crate) touched: bool,
}

impl<K: ModelTypes> Default for Scratch<K> {
    fn default() -> Self {
        Self { tasks: VecDeque::with_capacity(64), touched: false }
    }
}

/// What a model may do while something happens to it.
#[derive(Debug)]
pub struct Context<'a, K: ModelTypes> {
    pub(crate) me: ActorId,
    pub(crate) part: K::Part,
    pub(crate) settings: &'a K::Settings,
    pub(crate) cell: &'a mut CellContext<K>,
    pub(crate) scratch: &'a mut Scratch<K>,
}

impl<'a, K: ModelTypes> Context<'a, K> {
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
    /// Truth: the part's wrong state led to an error: its faults are activated. Noted once for each of its active faults.
    pub fn activated(&mut self) {
        self.scratch.tasks.push_back(Task::Activated(self.part));
    }
    /// Truth: a person could notice this now.
    pub fn indication(&mut self, part: K::Part, indication: K::Indication) {
        self.cell.note(self.me, DomainEvent::IndicationShown { part, indication });
    }
    /// The part's reading has changed, or a deadline of its detector is due: have it looked at.
    pub fn look(&mut self) {
        self.scratch.touched = true;
        self.scratch.tasks.push_back(Task::Look(self.part));
    }
    /// Raises an alarm about this actor.
    pub fn alarm(&mut self, suspect: K::Fault) {
        self.alarm_about(suspect, self.me);
    }
    /// Raises an alarm about another actor.
    pub fn alarm_about(&mut self, suspect: K::Fault, about: ActorId) {
        let detector = self.part;
        self.scratch.tasks.push_back(Task::Alarm { detector, suspect, about, common: false });
    }
    /// Raises one alarm about a cause that many actors have in common; `example` is one of them. Its incident goes through the
    /// common procedure, and whoever raised it hears of each step that was carried out and passes it on to the others.
    pub fn alarm_common(&mut self, suspect: K::Fault, example: ActorId) {
        let (detector, about) = (self.part, example);
        self.scratch.tasks.push_back(Task::Alarm { detector, suspect, about, common: true });
    }
    /// A step of a common procedure, carried out here for many, takes effect at one of them.
    pub fn treat_at(&mut self, actor: ActorId, suspect: K::Fault, position: u8) {
        let treat = SimEvent::Treat { suspect, position, common: true };
        self.cell.send(self.me, actor, Span::ZERO, treat);
    }
    /// From now on nobody is sent because of what this common cause explains; `None` ends that.
    pub fn suppress(&mut self, cause: Option<K::Fault>) {
        self.scratch.tasks.push_back(Task::Hold(cause));
    }
    /// What was decided outside about an incident that waits for it at this attempt; ignored if it does not, or not any more.
    pub fn decide(&mut self, incident: u32, attempt: u8, decision: Decision<K>) {
        self.scratch.tasks.push_back(Task::Decide { incident, attempt, decision });
    }
    /// This detector sees one thing no more: the incident that it opened about it is closed.
    pub fn dismiss_one(&mut self, suspect: K::Fault, about: ActorId) {
        let detector = self.part;
        self.scratch.tasks.push_back(Task::DismissOne { detector, suspect, about });
    }
    /// This detector sees nothing wrong any more: incidents that it opened are closed.
    pub fn dismiss(&mut self) {
        let detector = self.part;
        self.scratch.tasks.push_back(Task::Dismiss { detector });
    }
    /// Something happened that a scenario may wait for.
    #[inline]
    pub fn milestone(&mut self, milestone: K::Milestone) {
        self.scratch.tasks.push_back(Task::Milestone(milestone));
    }
    /// The part broke by itself, without a plan.
    pub fn broke(&mut self, fault: K::Fault) {
        self.scratch.tasks.push_back(Task::Broke(fault));
    }
    /// The part was cleared outside of any incident, by somebody in passing.
    pub fn cleared(&mut self, fault: K::Fault, by: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Cleared(fault, Some(by)));
    }
    /// The fault is over, and nobody here knows what ended it: a real thing says that it is sound again.
    pub fn ended(&mut self, fault: K::Fault) {
        self.scratch.tasks.push_back(Task::Cleared(fault, None));
    }
    /// The actor is put into service, new: its random lives begin now.
    pub fn commission(&mut self) {
        self.scratch.tasks.push_back(Task::Commission);
    }
    /// The actor is taken out of service, or is not in it yet: no planned fault affects it, and its faults are over.
    pub fn withdraw(&mut self) {
        self.scratch.tasks.push_back(Task::Withdraw);
    }
    /// Something new was put in outside of any incident: the lives of what it replaces begin again.
    pub fn replaced(&mut self, by: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Replaced(by));
    }
    /// A recovery action is applied here outside of any incident, to many at once: what it can clear may be gone.
    pub fn treat(&mut self, action: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Treat(action));
    }
    /// A step will have been carried out after this delay.
    pub fn apply_after(&mut self, delay: Span, incident: u32, attempt: u8) {
        self.cell.after(self.me, delay, SimEvent::Apply { incident, attempt });
    }
    /// A step will not be carried out.
    pub fn time_out_after(&mut self, delay: Span, incident: u32, attempt: u8) {
        self.cell.after(self.me, delay, SimEvent::StepTimedOut { incident, attempt });
    }
}
