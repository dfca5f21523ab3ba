//! Our kernel: a process is a row of a cell's table, its slice taken once a window.

use std::sync::Arc;

use bevy_ecs::component::Component;
use bevy_ecs::query::QueryState;
use bevy_ecs::world::World;
use sim::executor::Pulse;
use sim::{
    ActorId, Actors, CellContext, Fingerprint, Instant, Keep, Layout, Setup, Simulation, Slot,
};

use crate::Engine;
use crate::law::{LEAST_DELAY, Law};

/// State of a process.
#[derive(Component, Debug, Default)]
struct Process {
    handled: u64,
}

struct Phold;

impl Actors for Phold {
    type Event = ();
    type InterActorMessage = ();
    type Fact = ();
    type Columns = QueryState<&'static mut Process>;
    type Settings = Law;

    fn arrival(_: u8, _: Slot) -> Self::Event {}

    fn carries((): &Self::Event) -> Option<Slot> {
        None
    }

    /// A bench is run once and never forked.
    fn fork(_: &World, _: &Self::Columns) -> (World, Self::Columns) {
        let mut world = World::new();
        let columns = Self::columns(&mut world);
        (world, columns)
    }
    fn columns(world: &mut World) -> Self::Columns {
        world.query()
    }

    fn advance(
        columns: &mut Self::Columns,
        world: &mut World,
        law: &Self::Settings,
        cell: &mut CellContext<Self>,
    ) {
        let Ok(mut tables) = columns.contiguous_iter_mut(world) else { return };
        let Some(mut table) = tables.next() else { return };
        let processes = table.bypass_change_detection();
        while let Some(entry) = cell.next_prefetching(|row, _| processes[row].handled) {
            let me = entry.to;
            let process = &mut processes[cell.row(me)];
            let hop = law.hop(me.0, process.handled);
            process.handled += 1;
            if hop.to == me.0 {
                cell.after(me, hop.delay, ());
            } else {
                cell.send(me, ActorId(hop.to), hop.delay, ());
            }
        }
    }
}

/// Processes a cell: the largest cell whose state and agenda are still near the caches' size.
const CELL_SIZE: u32 = 16_384;

/// The cell size for this many processes: every thread has at least one cell.
pub(crate) fn cell_size(processes: u32, threads: u32) -> u32 {
    processes.div_ceil(threads).next_power_of_two().min(CELL_SIZE)
}

/// PHOLD on our kernel.
pub struct Ours {
    simulation: Simulation<Phold>,
    threads: u32,
    pulse: Pulse,
}

impl Ours {
    /// Processes dealt to cells, advanced by `threads`.
    pub fn new(law: Law, seed: u64, threads: u32) -> Self {
        let layout = Layout::new(law.processes(), 0, cell_size(law.processes(), threads));
        let identities = sim::Identities::default();
        let setup =
            Setup { seed, layout, lookahead: LEAST_DELAY, keep: Keep::Nothing, identities };
        let mut simulation = Simulation::<Phold>::new(setup, Arc::new(law));
        for cell in 0..layout.cells() {
            let (first, count) = layout.members(cell);
            let ids = first.0..first.0 + count;
            simulation
                .world_of(first)
                .spawn_batch(ids.clone().map(|id| (ActorId(id), Process::default())));
            let cell = simulation.context_of(first);
            for id in ids {
                cell.after(ActorId(id), law.first(id), ());
            }
        }
        Self { simulation, threads, pulse: Pulse::default() }
    }

    /// The fingerprint of all that was handled.
    pub fn fingerprint(&self) -> Fingerprint {
        self.simulation.fingerprint()
    }
}

impl Engine for Ours {
    fn run_to(&mut self, end: Instant) {
        let ran = self.simulation.run(end, self.threads as usize, &self.pulse);
        assert_eq!(ran, Ok(()));
    }

    fn events(&self) -> u64 {
        self.simulation.fingerprint().events()
    }
}
