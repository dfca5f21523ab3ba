//! A cell: one `bevy_ecs` world, one agenda, and what its actors send and leave behind.
//!
//! Cells touch each other only by messages that take at least the lookahead, so that all of them can advance side by
//! side through a window of that length, on one thread or on many, with the same result.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use bevy_ecs::world::World;

use crate::actor::{ActorId, Layout, OUTSIDE};
use crate::agenda::{Agenda, EventKey, ScheduledEvent};
use crate::arena::{Arena, Slot};
use crate::fingerprint::{Fingerprint, StableHasher};
use crate::identity::Identity;
use crate::random::{Draws, Purpose, Stream, Streams};
use crate::record::{Emission, Fact, Keep, RecordedEvent};
use crate::time::{Instant, Span};

/// What the actors of a run are made of, and what happens when something reaches one of them.
pub trait Actors: Sized + Send + 'static {
    /// What can happen to an actor. Small: it is copied through the agenda.
    type Event: Copy + Debug + Hash + PartialEq + Send + 'static;
    /// What one actor sends to another; it waits in an arena, so it may be large.
    type InterActorMessage: Copy + Debug + Hash + Send + 'static;
    /// What is noted for the measures.
    type Fact: Copy + Debug + PartialEq + Send + 'static;
    /// Prepared access to the world's columns, and scratch room.
    type Columns: Send + 'static;
    /// What all cells share and none changes.
    type Settings: Send + Sync + 'static;

    /// The event by which a message reaches a port of an actor.
    fn arrival(port: u8, slot: Slot) -> Self::Event;
    /// The message that an event carries, so that its content enters the fingerprint.
    fn carries(event: &Self::Event) -> Option<Slot>;
    /// A copy of a world and of the access to it: every actor with all its components, in the same rows.
    fn fork(world: &World, columns: &Self::Columns) -> (World, Self::Columns);
    /// Prepares access to a world.
    fn columns(world: &mut World) -> Self::Columns;
    /// Takes the columns once, then handles every event that [`CellContext::next_due`] gives out.
    fn advance(
        columns: &mut Self::Columns,
        world: &mut World,
        settings: &Self::Settings,
        context: &mut CellContext<Self>,
    );
}

/// What crosses from one cell to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrossCellMessage<A: Actors> {
    at: Instant,
    key: EventKey,
    to: ActorId,
    payload: Payload<A>,
}

#[derive(Clone, Copy, Debug)]
enum Payload<A: Actors> {
    Event(A::Event),
    Message(u8, A::InterActorMessage),
}

impl<A: Actors> CrossCellMessage<A> {
    pub(crate) fn at(&self) -> Instant {
        self.at
    }
    pub(crate) fn to(&self) -> ActorId {
        self.to
    }
    /// What comes from outside: the `count`-th of all.
    pub(crate) fn from_outside(
        at: Instant,
        count: u64,
        to: ActorId,
        port: u8,
        message: A::InterActorMessage,
    ) -> Self {
        Self {
            at,
            key: EventKey::new(OUTSIDE, count),
            to,
            payload: Payload::Message(port, message),
        }
    }
}

/// An event that came after a later one had been handled: a defect of the kernel, or planted by a test.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Disorder {
    /// When it was due.
    pub due: Instant,
    /// How far its cell had come.
    pub now: Instant,
    /// To whom it went.
    pub who: ActorId,
    /// Who sent it, and the sender's count.
    pub key: EventKey,
}

/// The kernel's side of a cell: the agenda, what is sent, what is noted.
#[derive(Debug)]
pub struct CellContext<A: Actors> {
    layout: Layout,
    first: ActorId,
    me: usize,
    /// The identity of each actor of the run, in one list that all cells share; empty if actors are known by number.
    identities: Arc<[Identity]>,
    agenda: Agenda<A::Event>,
    arena: Arena<A::InterActorMessage>,
    /// Events sent by each actor of the cell.
    sent: Vec<u64>,
    /// Facts noted by each actor of the cell.
    noted: Vec<u32>,
    facts: Vec<Fact<A::Fact>>,
    records: Vec<RecordedEvent<A::Event>>,
    emissions: Vec<Emission<A::InterActorMessage>>,
    keep: Arc<Keep>,
    /// Some events are kept.
    keeps: bool,
    fingerprint: Fingerprint,
    streams: Streams,
    lookahead: Span,
    now: Instant,
    limit: Instant,
    outbox: Vec<CrossCellMessage<A>>,
    disorder: Option<Disorder>,
}

impl<A: Actors> CellContext<A> {
    /// The next event that is due in this window, entered in the record.
    #[inline]
    pub fn next_due(&mut self) -> Option<ScheduledEvent<A::Event>> {
        self.next_prefetching(|_, _| 0)
    }

    /// Like [`CellContext::next_due`]. Each time the agenda enters its next slots, `prefetch` reads something of every row that is due
    /// in them: the memory answers for all of them at once, where it would be waited for event by event. What it reads
    /// changes nothing.
    #[inline]
    pub fn next_prefetching(
        &mut self,
        prefetch: impl Fn(usize, &ScheduledEvent<A::Event>) -> u64,
    ) -> Option<ScheduledEvent<A::Event>> {
        let entry = self.agenda.pop_before(self.limit)?;
        debug_assert!(entry.at < self.limit, "a window hands out what is due in it");
        if let Some(ahead) = self.agenda.entered() {
            let mut sum = 0;
            for entry in ahead {
                let row = (entry.to.0 - self.first.0) as usize;
                sum ^= self.sent[row] ^ listed(&self.identities, entry.to).0 ^ prefetch(row, entry);
            }
            std::hint::black_box(sum);
        }
        debug_assert_eq!(self.layout.cell_of(entry.to), self.me, "an event is in its actor's cell");
        if entry.at < self.now {
            self.disorder.get_or_insert(Disorder {
                due: entry.at,
                now: self.now,
                who: entry.to,
                key: entry.key,
            });
        }
        self.now = entry.at;
        let digest = match A::carries(&entry.event) {
            Some(slot) => StableHasher::of(self.arena.get(slot)),
            None => StableHasher::of(&entry.event),
        };
        let (to, from) = (self.identity(entry.to), entry.key.from());
        let from = if from == entry.to { to } else { self.identity(from) };
        self.fingerprint.add(entry.at.0, (to, from), entry.key.sequence(), digest);
        if self.keeps && self.keep.wants(entry.to) {
            let ScheduledEvent { at, key, to: who, event: what } = entry;
            self.records.push(RecordedEvent { at, key, who, what, digest });
        }
        Some(entry)
    }

    /// Row of an actor in the cell's columns.
    #[inline]
    pub fn row(&self, actor: ActorId) -> usize {
        debug_assert!(actor >= self.first, "actor {} is before those of this cell", actor.0);
        (actor.0 - self.first.0) as usize
    }

    /// Who an actor is: of this cell or of another.
    #[inline]
    pub fn identity(&self, actor: ActorId) -> Identity {
        listed(&self.identities, actor)
    }

    /// The random numbers of one occurrence of an actor.
    #[inline]
    pub fn stream(&self, actor: ActorId, purpose: Purpose, occurrence: u64) -> Stream {
        self.streams.stream(self.identity(actor), purpose, occurrence)
    }

    /// Four random numbers of one occurrence of an actor.
    #[inline]
    pub fn draw(&self, actor: ActorId, purpose: Purpose, occurrence: u64) -> [u32; 4] {
        self.streams.draw(self.identity(actor), purpose, occurrence)
    }

    /// All draws of an actor for a purpose, by their occurrence.
    pub fn draws(&self, actor: ActorId, purpose: Purpose) -> Draws {
        Draws::new(self.streams, self.identity(actor), purpose)
    }

    /// The first number of each of four occurrences of an actor.
    #[inline]
    pub fn first_draws(&self, actor: ActorId, purpose: Purpose, occurrences: [u64; 4]) -> [u32; 4] {
        self.streams.first_draws(self.identity(actor), purpose, occurrences)
    }

    #[inline]
    fn key(&mut self, from: ActorId) -> EventKey {
        let row = self.row(from);
        let sent = &mut self.sent[row];
        *sent += 1;
        EventKey::new(from, *sent)
    }

    /// An event of an actor to itself.
    #[inline]
    pub fn after(&mut self, from: ActorId, delay: Span, event: A::Event) {
        let key = self.key(from);
        debug_assert_eq!(self.layout.cell_of(from), self.me, "an actor acts in its own cell");
        self.agenda.push(ScheduledEvent { at: self.now + delay, key, to: from, event });
    }

    /// An event for another actor. It takes at least the lookahead: a shorter delay is lengthened to it.
    #[inline]
    pub fn send(&mut self, from: ActorId, to: ActorId, delay: Span, event: A::Event) {
        let key = self.key(from);
        let at = self.now + delay.max(self.lookahead);
        debug_assert!(at > self.now, "a message takes time");
        if self.layout.cell_of(to) == self.me {
            self.agenda.push(ScheduledEvent { at, key, to, event });
        } else {
            self.outbox.push(CrossCellMessage { at, key, to, payload: Payload::Event(event) });
        }
    }

    /// A message for a port of an actor. To another actor it takes at least the lookahead.
    #[inline]
    pub fn post(
        &mut self,
        from: ActorId,
        to: ActorId,
        port: u8,
        delay: Span,
        message: A::InterActorMessage,
    ) {
        let key = self.key(from);
        let min = if to == from { Span::ZERO } else { self.lookahead };
        let at = self.now + delay.max(min);
        let message = CrossCellMessage { at, key, to, payload: Payload::Message(port, message) };
        if self.layout.cell_of(to) == self.me {
            self.accept(message);
        } else {
            self.outbox.push(message);
        }
    }

    /// Takes in what another cell sent.
    pub(crate) fn accept(&mut self, message: CrossCellMessage<A>) {
        let CrossCellMessage { at, key, to, payload } = message;
        debug_assert!(at >= self.now, "a message arrives at {at}, before {}", self.now);
        let event = match payload {
            Payload::Event(event) => event,
            Payload::Message(port, message) => A::arrival(port, self.arena.insert(message)),
        };
        self.agenda.push(ScheduledEvent { at, key, to, event });
    }

    /// Takes a message that has arrived.
    #[inline]
    pub fn take(&mut self, slot: Slot) -> A::InterActorMessage {
        self.arena.take(slot)
    }

    /// Hands something out of the world.
    pub fn emit(&mut self, who: ActorId, port: u8, message: A::InterActorMessage) {
        self.emissions.push(Emission { at: self.now, who, port, message });
    }

    /// Notes a fact.
    pub fn note(&mut self, who: ActorId, what: A::Fact) {
        let row = self.row(who);
        let sequence = self.noted[row];
        debug_assert!(sequence < u32::MAX, "an actor notes fewer than 2^32 facts");
        self.noted[row] += 1;
        self.facts.push(Fact { at: self.now, who, sequence, what });
    }

    /// The moment of the event that is being handled.
    #[inline]
    pub fn now(&self) -> Instant {
        self.now
    }
    /// The least time that a message between actors takes.
    pub fn lookahead(&self) -> Span {
        self.lookahead
    }
    /// How actors are dealt to cells.
    pub fn layout(&self) -> Layout {
        self.layout
    }
}

/// The identity of an actor by the list of all; what comes from outside has the highest number, which is in no list.
#[inline]
fn listed(identities: &[Identity], actor: ActorId) -> Identity {
    let known = identities.is_empty() || actor == OUTSIDE || (actor.0 as usize) < identities.len();
    debug_assert!(known, "every actor of a run has its identity");
    identities.get(actor.0 as usize).copied().unwrap_or(Identity::numbered(actor.0))
}

/// One world, its columns and its context.
pub(crate) struct Cell<A: Actors> {
    pub(crate) world: World,
    pub(crate) columns: A::Columns,
    pub(crate) context: CellContext<A>,
}

/// What the context of every cell of a run has in common.
pub(crate) struct Common {
    pub(crate) layout: Layout,
    pub(crate) identities: Arc<[Identity]>,
    pub(crate) streams: Streams,
    pub(crate) lookahead: Span,
    pub(crate) keep: Arc<Keep>,
}

impl<A: Actors> Cell<A> {
    pub(crate) fn new(common: &Common, me: usize) -> Self {
        let mut world = World::new();
        let columns = A::columns(&mut world);
        let (first, count) = common.layout.members(me);
        let context = CellContext {
            layout: common.layout,
            first,
            me,
            identities: Arc::clone(&common.identities),
            agenda: Agenda::default(),
            arena: Arena::default(),
            sent: vec![0; count as usize],
            noted: vec![0; count as usize],
            facts: Vec::new(),
            records: Vec::new(),
            emissions: Vec::new(),
            keep: Arc::clone(&common.keep),
            keeps: *common.keep != Keep::Nothing,
            fingerprint: Fingerprint::default(),
            streams: common.streams,
            lookahead: common.lookahead,
            now: Instant::START,
            limit: Instant::START,
            outbox: Vec::new(),
            disorder: None,
        };
        Self { world, columns, context }
    }

    /// A copy of the cell as it stands. What it draws from then on, it draws from these streams.
    pub(crate) fn fork(&self, streams: Streams) -> Self {
        let (world, columns) = A::fork(&self.world, &self.columns);
        let from = &self.context;
        debug_assert!(from.outbox.is_empty(), "between windows nothing is on its way out");
        let context = CellContext {
            layout: from.layout,
            first: from.first,
            me: from.me,
            identities: Arc::clone(&from.identities),
            agenda: from.agenda.clone(),
            arena: from.arena.clone(),
            sent: from.sent.clone(),
            noted: from.noted.clone(),
            facts: from.facts.clone(),
            records: from.records.clone(),
            emissions: from.emissions.clone(),
            keep: Arc::clone(&from.keep),
            keeps: from.keeps,
            fingerprint: from.fingerprint,
            streams,
            lookahead: from.lookahead,
            now: from.now,
            limit: from.limit,
            outbox: Vec::new(),
            disorder: from.disorder,
        };
        Self { world, columns, context }
    }

    /// The run's random streams.
    pub(crate) fn streams(&self) -> Streams {
        self.context.streams
    }

    /// Handles everything that is due before `limit`.
    pub(crate) fn advance(&mut self, settings: &A::Settings, limit: Instant) {
        debug_assert!(limit >= self.context.limit, "a window does not end before the last one");
        self.context.limit = limit;
        A::advance(&mut self.columns, &mut self.world, settings, &mut self.context);
    }

    pub(crate) fn quiet_until(&self) -> Instant {
        self.context.agenda.quiet_until()
    }
    pub(crate) fn outbox(&mut self) -> &mut Vec<CrossCellMessage<A>> {
        &mut self.context.outbox
    }
    pub(crate) fn accept(&mut self, message: CrossCellMessage<A>) {
        self.context.accept(message);
    }
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.context.fingerprint
    }
    pub(crate) fn disorder(&self) -> Option<Disorder> {
        self.context.disorder
    }
    pub(crate) fn context(&mut self) -> &mut CellContext<A> {
        &mut self.context
    }
    pub(crate) fn facts(&self) -> usize {
        self.context.facts.len()
    }
    pub(crate) fn facts_mut(&mut self) -> &mut Vec<Fact<A::Fact>> {
        &mut self.context.facts
    }
    pub(crate) fn drain_facts(&mut self) -> Vec<Fact<A::Fact>> {
        std::mem::take(&mut self.context.facts)
    }
    pub(crate) fn drain_records(&mut self) -> Vec<RecordedEvent<A::Event>> {
        std::mem::take(&mut self.context.records)
    }
    pub(crate) fn drain_emissions(
        &mut self,
    ) -> std::vec::Drain<'_, Emission<A::InterActorMessage>> {
        self.context.emissions.drain(..)
    }
    /// Puts an event into the agenda as it is, with no regard to order.
    pub(crate) fn plant(&mut self, entry: ScheduledEvent<A::Event>) {
        self.context.agenda.push(entry);
    }
}
