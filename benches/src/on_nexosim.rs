//! NeXosim: a process is a model that schedules itself; another one is reached by its event source and the scheduler.
//!
//! Any process may hand on to any other. A port for each pair, or a hub that forwards, would cost more: this is the
//! fastest of the ways that the library offers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::ports::EventSource;
use nexosim::simulation::{EventId, Mailbox, Scheduler, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use sim::{Instant, Span};

use crate::Engine;
use crate::law::Law;

/// What all processes share.
struct Surroundings {
    law: Law,
    /// How to reach each process; known when all have been added.
    directory: OnceLock<(Scheduler, Vec<EventId<()>>)>,
    events: AtomicU64,
}

#[derive(Deserialize, Serialize)]
struct Process {
    id: u32,
    handled: u64,
}

#[Model(type Env = Arc<Surroundings>)]
impl Process {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut Arc<Surroundings>) {
        let delay = duration(env.law.first(self.id));
        cx.schedule_event(delay, schedulable!(Self::on_token), ()).expect("the delay is positive");
    }

    #[nexosim(schedulable)]
    fn on_token(&mut self, _: (), cx: &Context<Self>, env: &mut Arc<Surroundings>) {
        // One thread runs the models: a load and a store cannot lose a count.
        env.events.store(env.events.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        let hop = env.law.hop(self.id, self.handled);
        self.handled += 1;
        let scheduled = if hop.to == self.id {
            cx.schedule_event(duration(hop.delay), schedulable!(Self::on_token), ())
        } else {
            let (scheduler, sources) = env.directory.get().expect("all processes are there");
            scheduler.schedule_event(duration(hop.delay), &sources[hop.to as usize], ())
        };
        scheduled.expect("the delay is positive");
    }
}

struct Prototype {
    id: u32,
    surroundings: Arc<Surroundings>,
}

impl ProtoModel for Prototype {
    type Model = Process;

    fn build(self, _: &mut BuildContext<Self>) -> (Process, Arc<Surroundings>) {
        (Process { id: self.id, handled: 0 }, self.surroundings)
    }
}

fn duration(span: Span) -> Duration {
    Duration::from_nanos(span.0)
}

/// PHOLD on NeXosim, on one thread.
pub struct OnNexosim {
    simulation: Simulation,
    surroundings: Arc<Surroundings>,
}

impl OnNexosim {
    /// Processes with room for one message each: no more than one is ever on its way at the same instant.
    pub fn new(law: Law) -> Self {
        let (directory, events) = (OnceLock::new(), AtomicU64::new(0));
        let surroundings = Arc::new(Surroundings { law, directory, events });
        let mut bench = SimInit::with_num_threads(1);
        let mut sources = Vec::new();
        for id in 0..law.processes() {
            let mailbox = Mailbox::with_capacity(1);
            let source = EventSource::new().connect(Process::on_token, &mailbox);
            sources.push(source.register(&mut bench));
            let prototype = Prototype { id, surroundings: Arc::clone(&surroundings) };
            bench = bench.add_model(prototype, mailbox, &format!("process {id}"));
        }
        let simulation = bench.init(MonotonicTime::EPOCH).expect("the bench is sound");
        let directory = (simulation.scheduler(), sources);
        assert!(surroundings.directory.set(directory).is_ok(), "set once");
        Self { simulation, surroundings }
    }
}

impl Engine for OnNexosim {
    fn run_to(&mut self, end: Instant) {
        let end = MonotonicTime::EPOCH + duration(end.since(Instant::START));
        self.simulation.step_until(end).expect("the run is sound");
    }

    fn events(&self) -> u64 {
        self.surroundings.events.load(Ordering::Relaxed)
    }
}
