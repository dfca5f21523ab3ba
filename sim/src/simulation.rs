//! A whole run: cells, the executor, and what is left when it is over.

use std::fmt;
use std::sync::Arc;

use bevy_ecs::world::World;

use crate::actor::{ActorId, Layout};
use crate::agenda::{EventKey, ScheduledEvent};
use crate::cell::{Actors, Cell, CellContext, Common, CrossCellMessage, Disorder};
use crate::executor::{Pulse, Until, run_alone, run_on_many, run_on_one};
use crate::fingerprint::Fingerprint;
use crate::identity::Identities;
use crate::random::Streams;
use crate::record::{Emission, Fact, Keep, RecordedEvent};
use crate::time::{Instant, Span};

/// How a run is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Names every random stream.
    pub seed: u64,
    /// How actors are dealt to cells.
    pub layout: Layout,
    /// Who they are: names their random numbers.
    pub identities: Identities,
    /// The least time that a message between actors takes; longer than zero.
    pub lookahead: Span,
    /// Which handled events to keep.
    pub keep: Keep,
}

impl Setup {
    /// So many actors in one cell, messages that take at least a second, and no record of events: for a small world.
    pub fn small(seed: u64, actors: u32) -> Self {
        let layout = Layout::new(actors, 0, actors.next_power_of_two());
        let identities = Identities::default();
        Self { seed, layout, identities, lookahead: Span::secs(1), keep: Keep::Nothing }
    }
}

/// The first stretch of time after which facts are handed over.
const FIRST_STRETCH: Span = Span::secs(1);
/// With fewer facts than this a stretch, the next one is longer.
const FEW_FACTS: usize = 1_024;
/// With more facts than this a stretch, the next one is shorter.
const MANY_FACTS: usize = 4_096;

/// Why a run could not go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RunError {
    /// An event came after a later one had been handled.
    OutOfOrder(Disorder),
    /// The run was asked to stop.
    Interrupted(Instant),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfOrder(d) => write!(
                f,
                "event number {} of actor {} to actor {} was due at {}, but its cell had come to {}",
                d.key.sequence(),
                d.key.from().0,
                d.who.0,
                d.due,
                d.now
            ),
            Self::Interrupted(at) => write!(f, "interrupted at {at} of simulated time"),
        }
    }
}

impl std::error::Error for RunError {}

/// Takes facts as they come, in order.
pub type FactFold<'a, A> = dyn FnMut(&[Fact<<A as Actors>::Fact>]) + 'a;

/// A world of cells and its time.
pub struct Simulation<A: Actors> {
    cells: Vec<Cell<A>>,
    settings: Arc<A::Settings>,
    layout: Layout,
    lookahead: Span,
    now: Instant,
    /// What has come from outside so far.
    injected: u64,
}

impl<A: Actors> Simulation<A> {
    /// An empty world: cells without actors.
    ///
    /// # Panics
    /// If the lookahead is zero: cells could not advance side by side.
    pub fn new(setup: Setup, settings: Arc<A::Settings>) -> Self {
        assert!(setup.lookahead > Span::ZERO, "messages take time: the lookahead is not zero");
        let common = Common {
            layout: setup.layout,
            identities: setup.identities.listed(setup.layout.actors()),
            streams: Streams::new(setup.seed),
            lookahead: setup.lookahead,
            keep: Arc::new(setup.keep),
        };
        let cells = (0..setup.layout.cells()).map(|me| Cell::new(&common, me)).collect();
        let placed =
            |layout: Layout| (0..layout.cells()).map(|it| layout.members(it).1).sum::<u32>();
        debug_assert_eq!(placed(setup.layout), setup.layout.actors(), "every actor is in one cell");
        let Setup { layout, lookahead, .. } = setup;
        Self { cells, settings, layout, lookahead, now: Instant::START, injected: 0 }
    }

    /// The world of the cell that holds an actor, to spawn it into. Actors are spawned in the order of their ids.
    pub fn world_of(&mut self, actor: ActorId) -> &mut World {
        &mut self.cells[self.layout.cell_of(actor)].world
    }

    /// The context of the cell that holds an actor, for what is to happen from the start.
    pub fn context_of(&mut self, actor: ActorId) -> &mut CellContext<A> {
        self.cells[self.layout.cell_of(actor)].context()
    }

    /// Gives an actor's cell to `begin`, for what is to happen before the run.
    pub fn begin(
        &mut self,
        actor: ActorId,
        begin: impl FnOnce(&mut A::Columns, &mut World, &A::Settings, &mut CellContext<A>),
    ) {
        let Cell { world, columns, context } = &mut self.cells[self.layout.cell_of(actor)];
        begin(columns, world, &self.settings, context);
    }

    /// What all cells share.
    pub fn settings(&self) -> &A::Settings {
        &self.settings
    }

    /// How actors are dealt to cells.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Puts an event into an agenda as it is, with no regard to what has been handled: for tests of the order.
    pub fn plant(&mut self, at: Instant, to: ActorId, sequence: u64, event: A::Event) {
        debug_assert!(at >= self.now, "what is planted is still to come");
        let key = EventKey::new(to, sequence);
        self.cells[self.layout.cell_of(to)].plant(ScheduledEvent { at, key, to, event });
    }

    /// Runs up to `end` (exclusive) on this many threads; the result does not depend on their number.
    ///
    /// # Errors
    /// If an event came out of order, or the pulse was told to stop.
    pub fn run(&mut self, end: Instant, threads: usize, pulse: &Pulse) -> Result<(), RunError> {
        self.run_until(Until { end, facts: usize::MAX }, threads, pulse)
    }

    fn run_until(&mut self, until: Until, threads: usize, pulse: &Pulse) -> Result<(), RunError> {
        debug_assert!(
            until.end >= self.now,
            "a run that has come to {} does not go back",
            self.now
        );
        let shape = (self.layout, self.lookahead);
        let workers = self.workers(threads);
        let reached = if let [cell] = &mut *self.cells {
            run_alone(cell, &self.settings, self.lookahead, until, pulse)
        } else if workers == 1 {
            run_on_one(&mut self.cells, &self.settings, shape, until, pulse)
        } else {
            run_on_many(&mut self.cells, &self.settings, shape, until.end, workers, pulse);
            until.end
        };
        if let Some(disorder) = self.cells.iter().find_map(Cell::disorder) {
            return Err(RunError::OutOfOrder(disorder));
        }
        if pulse.stopped() {
            return Err(RunError::Interrupted(pulse.now()));
        }
        debug_assert!(reached <= until.end, "a run goes no further than it is told");
        // With many facts from before it stops where it is.
        self.now = reached.max(self.now);
        pulse.reached(self.now);
        Ok(())
    }

    /// How many of so many threads have a cell to run.
    fn workers(&self, threads: usize) -> usize {
        threads.clamp(1, self.cells.len().max(1))
    }

    /// Runs up to `end` (exclusive) like [`Simulation::run`], and hands all facts to `fold` as they come, in the order of
    /// (time, actor, sequence): a slice holds every fact from the last one's end up to its own. Memory follows what is open,
    /// not what has been.
    ///
    /// # Errors
    /// As for [`Simulation::run`]. What had come before the error has been handed over.
    pub fn run_folding(
        &mut self,
        end: Instant,
        threads: usize,
        pulse: &Pulse,
        fold: &mut FactFold<'_, A>,
    ) -> Result<(), RunError> {
        let mut stretch = FIRST_STRETCH;
        let mut facts = Vec::new();
        loop {
            // One thread stops by itself when facts pile up; several stop together, after a stretch of time.
            let next = match self.workers(threads) {
                1 => end,
                _ => (self.now.max(self.quiet_until()) + stretch).min(end),
            };
            let ran = self.run_until(Until { end: next, facts: MANY_FACTS }, threads, pulse);
            debug_assert!(stretch > Span::ZERO, "a stretch takes time");
            facts.clear();
            self.move_facts(&mut facts);
            // Long enough that starting workers costs nothing, short enough that facts do not pile up.
            stretch = if facts.len() < FEW_FACTS { stretch * 2 } else { stretch };
            if facts.len() > MANY_FACTS {
                stretch = Span((stretch.0 / 2).max(1));
            }
            if !facts.is_empty() {
                fold(&facts);
            }
            ran?;
            if self.now == end {
                return Ok(());
            }
        }
    }

    /// A copy of the world as it stands, which runs on to the fingerprint that this one would come to.
    ///
    /// With a salt other than 0, what is drawn from now on is drawn anew; pending events stand. Facts that have not been
    /// taken out are in both.
    ///
    /// ```
    /// # use sim::{Instant, Process, ProcessContext, Pulse, Purpose, Setup, Span};
    /// # #[derive(Clone)]
    /// # struct Clock;
    /// # impl Process for Clock {
    /// #     type Timer = ();
    /// #     type Message = ();
    /// #     type Fact = ();
    /// #     type Settings = ();
    /// #     fn start(&mut self, cx: &mut ProcessContext<'_, Self>) { cx.after(Span::ZERO, ()); }
    /// #     fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
    /// #         let gap = cx.stream(Purpose::of("tick"), cx.now().0).exponential(Span::secs(1));
    /// #         cx.after(gap, ());
    /// #     }
    /// # }
    /// let minute = |n| Instant::START + Span::minutes(n);
    /// let mut first = sim::process::simulation(Setup::small(7, 3), (), vec![Clock; 3]);
    /// first.run(minute(1), 1, &Pulse::default())?;
    /// let (mut second, mut other) = (first.fork(0), first.fork(1));
    /// for run in [&mut first, &mut second, &mut other] {
    ///     run.run(minute(2), 1, &Pulse::default())?;
    /// }
    /// assert_eq!(first.fingerprint(), second.fingerprint());
    /// assert_ne!(first.fingerprint(), other.fingerprint());
    /// # Ok::<(), sim::RunError>(())
    /// ```
    #[must_use]
    pub fn fork(&self, salt: u64) -> Self {
        let cells: Vec<Cell<A>> =
            self.cells.iter().map(|cell| cell.fork(cell.streams().salted(salt))).collect();
        let Self { layout, lookahead, now, injected, .. } = *self;
        debug_assert_eq!(cells.len(), layout.cells(), "a copy has every cell");
        Self { cells, settings: Arc::clone(&self.settings), layout, lookahead, now, injected }
    }

    /// Brings something in from outside, for a port of an actor. It arrives at `at`, or, if the run is past that, at the last
    /// instant that has been handled; returns when. Among events of the same instant it is the last, after what came in
    /// before it.
    pub fn inject(
        &mut self,
        at: Instant,
        to: ActorId,
        port: u8,
        message: A::InterActorMessage,
    ) -> Instant {
        // `now` itself has not been handled yet: what was asked just before it can be answered in no time.
        let at = at.max(Instant(self.now.0.saturating_sub(1)));
        debug_assert!(self.layout.actors() > to.0, "what comes in is for an actor of the run");
        self.injected += 1;
        let message = CrossCellMessage::from_outside(at, self.injected, to, port, message);
        self.cells[self.layout.cell_of(to)].accept(message);
        at
    }

    /// Takes out what the parts of actors have handed out, in the order of (time, who).
    pub fn take_emissions(&mut self) -> Vec<Emission<A::InterActorMessage>> {
        let mut all: Vec<_> = self.cells.iter_mut().flat_map(Cell::drain_emissions).collect();
        // Stable: what one actor hands out at one instant stays in its order.
        all.sort_by_key(|it| (it.at, it.who));
        debug_assert!(all.iter().all(|it| it.at <= self.now), "it was handed out by now");
        all
    }

    /// Nothing is due before this.
    pub fn quiet_until(&self) -> Instant {
        self.cells.iter().map(Cell::quiet_until).min().unwrap_or(Instant::NEVER)
    }

    /// How far the run has come.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The fingerprint of all that was handled.
    pub fn fingerprint(&self) -> Fingerprint {
        self.cells.iter().map(Cell::fingerprint).fold(Fingerprint::default(), Fingerprint::merged)
    }

    /// Takes out all facts, in the order of (time, who, sequence).
    pub fn take_facts(&mut self) -> Vec<Fact<A::Fact>> {
        // The longest list takes in the others, each of which is freed as it is taken: facts are many.
        let longest =
            (0..self.cells.len()).max_by_key(|&cell| self.cells[cell].facts()).unwrap_or(0);
        let sum: usize = self.cells.iter().map(Cell::facts).sum();
        let Some(cell) = self.cells.get_mut(longest) else { return Vec::new() };
        let mut all = cell.drain_facts();
        all.reserve_exact(sum - all.len());
        for cell in &mut self.cells {
            all.append(&mut cell.drain_facts());
        }
        all.sort_unstable_by_key(|fact| (fact.at, fact.who, fact.sequence));
        debug_assert!(
            all.is_sorted_by(|a, b| (a.at, a.who, a.sequence) < (b.at, b.who, b.sequence)),
            "every fact has a place of its own"
        );
        all
    }

    /// Moves all facts into a list that is empty, in the same order; cells keep their room for the next ones.
    fn move_facts(&mut self, into: &mut Vec<Fact<A::Fact>>) {
        if let [cell] = &mut *self.cells {
            std::mem::swap(into, cell.facts_mut());
        } else {
            for cell in &mut self.cells {
                into.append(cell.facts_mut());
            }
        }
        let key = |fact: &Fact<A::Fact>| (fact.at, fact.who, fact.sequence);
        // Those of one cell come in the order of time, so that hardly ever two of them have to change places.
        if !into.is_sorted_by_key(key) {
            into.sort_by_key(key);
        }
        debug_assert!(
            into.is_sorted_by(|a, b| key(a) < key(b)),
            "every fact has a place of its own"
        );
    }

    /// Takes out all kept events, in the order of (time, who, key).
    pub fn take_records(&mut self) -> Vec<RecordedEvent<A::Event>> {
        let mut all: Vec<_> = self.cells.iter_mut().flat_map(|cell| cell.drain_records()).collect();
        all.sort_unstable_by_key(|record| (record.at, record.who, record.key));
        debug_assert!(
            all.is_sorted_by(|a, b| (a.at, a.who, a.key) < (b.at, b.who, b.key)),
            "every event has a place of its own"
        );
        all
    }
}
