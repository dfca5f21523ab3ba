//! The short way in: actors of one kind, each of which is one plain Rust value.
//!
//! A [`Process`] says what it does at the start, when a timer falls due, and when a message comes in. Everything else
//! (the store, the agenda, cells, threads, the fingerprint) is the kernel's. Products with many kinds of actors, or with
//! actors made of parts, implement [`Actors`] instead.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use bevy_ecs::component::Component;
use bevy_ecs::entity::Entity;
use bevy_ecs::query::QueryState;
use bevy_ecs::world::World;

use crate::actor::ActorId;
use crate::agenda::ScheduledEvent;
use crate::arena::Slot;
use crate::cell::{Actors, CellContext};
use crate::random::{Purpose, Stream};
use crate::simulation::{Setup, Simulation};
use crate::time::{Instant, Span};

/// One kind of actor.
///
/// The single-server queue with Poisson arrivals and exponential service (M/M/1): a customer comes every 10 s and is
/// served in 8 s on average, so that the mean time in the system is 1 / (1/8 − 1/10) = 40 s.
///
/// ```
/// use std::collections::VecDeque;
///
/// use sim::{Instant, Process, ProcessContext, Pulse, Purpose, Setup, Span};
///
/// #[derive(Clone, Default)]
/// struct Queue {
///     arrived: VecDeque<Instant>,
///     customers: u64,
///     served: u64,
/// }
///
/// #[derive(Clone, Copy, Debug, Hash, PartialEq)]
/// enum Timer {
///     Arrival,
///     Departure,
/// }
///
/// impl Queue {
///     fn serve(&self, cx: &mut ProcessContext<'_, Self>) {
///         let service = cx.stream(Purpose::of("service"), self.served).exponential(Span::secs(8));
///         cx.after(service, Timer::Departure);
///     }
/// }
///
/// impl Process for Queue {
///     type Timer = Timer;
///     type Message = ();
///     type Fact = Span;
///     type Settings = ();
///
///     fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
///         cx.after(Span::ZERO, Timer::Arrival);
///     }
///     fn on_timer(&mut self, timer: Timer, cx: &mut ProcessContext<'_, Self>) {
///         match timer {
///             Timer::Arrival => {
///                 self.arrived.push_back(cx.now());
///                 self.customers += 1;
///                 let gap = cx.stream(Purpose::of("arrival"), self.customers).exponential(Span::secs(10));
///                 cx.after(gap, Timer::Arrival);
///             }
///             Timer::Departure => {
///                 self.served += 1;
///                 let since = self.arrived.pop_front().expect("somebody was served");
///                 cx.note(cx.now().since(since));
///             }
///         }
///         // Service begins for whoever has just come to the head of the queue.
///         if self.arrived.len() == 1 || timer == Timer::Departure && !self.arrived.is_empty() {
///             self.serve(cx);
///         }
///     }
/// }
///
/// let mut queue = sim::process::simulation(Setup::small(7, 1), (), [Queue::default()]);
/// let (mut sum, mut customers) = (0.0, 0u32);
/// queue.run_folding(Instant::START + Span::days(120), 1, &Pulse::default(), &mut |facts| {
///     for fact in facts {
///         sum += fact.what.as_secs_f64();
///         customers += 1;
///     }
/// })?;
/// let mean = sum / f64::from(customers);
/// assert!((mean - 40.0).abs() < 1.5, "{mean} s over {customers} customers");
/// # Ok::<(), sim::RunError>(())
/// ```
pub trait Process: Clone + Send + Sync + Sized + 'static {
    /// What it wakes itself up for.
    type Timer: Copy + Debug + Hash + PartialEq + Send + 'static;
    /// What one process sends to another.
    type Message: Copy + Debug + Hash + Send + 'static;
    /// What it notes for the measures.
    type Fact: Copy + Debug + PartialEq + Send + 'static;
    /// What all processes share and none changes.
    type Settings: Send + Sync + 'static;

    /// What it does at the start of the run.
    fn start(&mut self, _cx: &mut ProcessContext<'_, Self>) {}
    /// A timer falls due.
    fn on_timer(&mut self, timer: Self::Timer, cx: &mut ProcessContext<'_, Self>);
    /// Another process has sent something.
    fn on_message(&mut self, _message: Self::Message, _cx: &mut ProcessContext<'_, Self>) {}
    /// Reads what the next event is going to need, so that the memory answers for several processes at once; what comes out
    /// changes nothing. With many processes it is worth saying: any field will do.
    fn prefetch(&self) -> u64 {
        0
    }
}

/// Everything that can happen to a process.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ProcessEvent<T> {
    /// A timer falls due.
    Timer(T),
    /// A message has come in and waits in this slot.
    Arrival(Slot),
}

/// The processes of a run, as the kernel sees them.
#[derive(Debug)]
pub struct Processes<P>(PhantomData<fn() -> P>);

/// A process in the store.
#[derive(Component)]
struct State<P: Process>(P);

/// Access to the processes of a cell.
#[derive(Debug)]
pub struct Columns<P: Process> {
    /// The entity of each row: actors never leave, and a query has no order of its own.
    entities: Vec<Entity>,
    states: QueryState<&'static mut State<P>>,
}

/// What a process may do while something happens to it.
#[derive(Debug)]
pub struct ProcessContext<'a, P: Process> {
    me: ActorId,
    settings: &'a P::Settings,
    cell: &'a mut CellContext<Processes<P>>,
}

impl<'a, P: Process> ProcessContext<'a, P> {
    /// Which process this is, by its place in the list that the run was begun with.
    #[inline]
    pub fn me(&self) -> ActorId {
        self.me
    }
    /// Now.
    #[inline]
    pub fn now(&self) -> Instant {
        self.cell.now()
    }
    /// What all processes share.
    #[inline]
    pub fn settings(&self) -> &'a P::Settings {
        self.settings
    }
    /// Wakes itself up after this delay.
    #[inline]
    pub fn after(&mut self, delay: Span, timer: P::Timer) {
        self.cell.after(self.me, delay, ProcessEvent::Timer(timer));
    }
    /// Sends something to another process. It takes at least the lookahead: a shorter delay is lengthened to it.
    #[inline]
    pub fn send(&mut self, to: ActorId, delay: Span, message: P::Message) {
        debug_assert!(to.0 < self.cell.layout().actors(), "there is no process {}", to.0);
        self.cell.post(self.me, to, 0, delay, message);
    }
    /// Notes a fact for the measures.
    #[inline]
    pub fn note(&mut self, fact: P::Fact) {
        self.cell.note(self.me, fact);
    }
    /// The random numbers of one occurrence of this process.
    #[inline]
    pub fn stream(&self, purpose: Purpose, occurrence: u64) -> Stream {
        self.cell.stream(self.me, purpose, occurrence)
    }
    /// Four random numbers of one occurrence of this process.
    #[inline]
    pub fn draw(&self, purpose: Purpose, occurrence: u64) -> [u32; 4] {
        self.cell.draw(self.me, purpose, occurrence)
    }
}

impl<P: Process> Actors for Processes<P> {
    type Event = ProcessEvent<P::Timer>;
    type InterActorMessage = P::Message;
    type Fact = P::Fact;
    type Columns = Columns<P>;
    type Settings = P::Settings;

    fn arrival(_: u8, slot: Slot) -> Self::Event {
        ProcessEvent::Arrival(slot)
    }
    fn carries(event: &Self::Event) -> Option<Slot> {
        match event {
            ProcessEvent::Arrival(slot) => Some(*slot),
            ProcessEvent::Timer(_) => None,
        }
    }
    fn columns(world: &mut World) -> Self::Columns {
        Columns { entities: Vec::new(), states: world.query() }
    }
    fn fork(world: &World, columns: &Self::Columns) -> (World, Self::Columns) {
        let states = columns.entities.iter().map(|&entity| {
            let state = world.get::<State<P>>(entity);
            State(state.expect("every row has its process").0.clone())
        });
        let mut forked = World::new();
        let entities = forked.spawn_batch(states.collect::<Vec<_>>()).collect();
        let states = forked.query();
        (forked, Columns { entities, states })
    }
    fn advance(
        Columns { entities, states }: &mut Self::Columns,
        world: &mut World,
        settings: &P::Settings,
        cell: &mut CellContext<Self>,
    ) {
        // They are of one kind and never leave, so that they stand in one table, in the order of their rows.
        let Ok(mut tables) = states.contiguous_iter_mut(world) else { return };
        let Some(mut table) = tables.next() else { return };
        let states = table.bypass_change_detection();
        debug_assert_eq!(states.len(), entities.len(), "every row has its process");
        while let Some(due) = cell.next_prefetching(|row, _| states[row].0.prefetch()) {
            handle(&mut states[cell.row(due.to)].0, settings, cell, &due);
        }
    }
}

#[inline]
fn handle<P: Process>(
    process: &mut P,
    settings: &P::Settings,
    cell: &mut CellContext<Processes<P>>,
    due: &ScheduledEvent<ProcessEvent<P::Timer>>,
) {
    debug_assert_eq!(due.at, cell.now(), "an event is handled at its instant");
    match due.event {
        ProcessEvent::Timer(timer) => {
            process.on_timer(timer, &mut ProcessContext { me: due.to, settings, cell });
        }
        ProcessEvent::Arrival(slot) => {
            let message = cell.take(slot);
            process.on_message(message, &mut ProcessContext { me: due.to, settings, cell });
        }
    }
}

/// A run of these processes, each of which has been started. Their numbers follow the order of the list.
///
/// # Panics
/// If the layout of `setup` has another number of actors than there are processes.
pub fn simulation<P: Process>(
    setup: Setup,
    settings: P::Settings,
    processes: impl IntoIterator<Item = P>,
) -> Simulation<Processes<P>> {
    let layout = setup.layout;
    let mut simulation = Simulation::<Processes<P>>::new(setup, Arc::new(settings));
    let mut processes = processes.into_iter();
    for number in 0..layout.actors() {
        let process = processes.next().expect("a process for every actor of the layout");
        let me = ActorId(number);
        simulation.begin(me, |columns, world, settings, cell| {
            let entity = world.spawn(State(process)).id();
            columns.entities.push(entity);
            let mut state = world.get_mut::<State<P>>(entity).expect("it was just spawned");
            state.0.start(&mut ProcessContext { me, settings, cell });
        });
    }
    assert!(processes.next().is_none(), "more processes than actors in the layout");
    simulation
}

impl<P: Process> Simulation<Processes<P>> {
    /// The state of a process.
    ///
    /// # Panics
    /// If there is no such process.
    pub fn process(&mut self, actor: ActorId) -> P {
        let mut state = None;
        self.begin(actor, |columns, world, _, cell| {
            let entity = columns.entities[cell.row(actor)];
            state = world.get::<State<P>>(entity).map(|it| it.0.clone());
        });
        state.expect("every row has its process")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Pulse;

    /// Wakes up after exponential times: how often, says how far it has come.
    #[derive(Clone, Default)]
    struct Walk {
        steps: u64,
    }

    impl Process for Walk {
        type Timer = ();
        type Message = ();
        type Fact = ();
        type Settings = ();

        fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
            self.on_timer((), cx);
        }
        fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
            self.steps += 1;
            let gap = cx.stream(Purpose::of("step"), self.steps).exponential(Span::secs(1));
            cx.after(gap, ());
        }
    }

    fn steps(seed: u64, salt: u64) -> u64 {
        let begun = simulation(Setup::small(seed, 1), (), [Walk::default()]);
        let mut forked = begun.fork(salt);
        forked
            .run(Instant::START + Span::minutes(10), 1, &Pulse::default())
            .expect("nothing comes out of order");
        forked.process(ActorId(0)).steps
    }

    /// Two-sample test of Kolmogorov and Smirnov (two samples of 400: the 99.9 % point is 1.95 √(2/400) = 0.138).
    #[test]
    fn a_fork_at_the_start_with_a_salt_is_another_seed_in_distribution() {
        let seeds = 400;
        let mut plain: Vec<u64> = (0..seeds).map(|seed| steps(seed, 0)).collect();
        let mut salted: Vec<u64> = (0..seeds).map(|seed| steps(seed, 7)).collect();
        assert_ne!(plain, salted);
        plain.sort_unstable();
        salted.sort_unstable();
        let below = |all: &[u64], x: u64| all.partition_point(|&it| it <= x) as f64 / seeds as f64;
        let apart = |&x: &u64| (below(&plain, x) - below(&salted, x)).abs();
        let distance = plain.iter().chain(&salted).map(apart).fold(0.0, f64::max);
        assert!(distance < 0.138, "{distance}");
    }
}
