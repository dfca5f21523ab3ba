//! simcore: a process is a handler that emits to itself or to another by its id.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use sim::{Instant, Span};
use simcore::{Event, EventHandler, Id, Simulation, SimulationContext, cast};

use crate::Engine;
use crate::law::Law;

#[derive(Clone, Serialize)]
struct Token {}

struct Process {
    cx: SimulationContext,
    law: Law,
    handled: u64,
}

impl EventHandler for Process {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Token {} => {
                let hop = self.law.hop(self.cx.id(), self.handled);
                self.handled += 1;
                self.cx.emit(Token {}, hop.to as Id, secs(hop.delay));
            }
        })
    }
}

/// simcore counts time in seconds as a float.
fn secs(delay: Span) -> f64 {
    delay.0 as f64 * 1e-9
}

/// PHOLD on simcore.
pub struct OnSimcore {
    simulation: Simulation,
    processes: u32,
}

impl OnSimcore {
    /// Processes with ids in the order of registration.
    pub fn new(law: Law, seed: u64) -> Self {
        let mut simulation = Simulation::new(seed);
        for id in 0..law.processes() {
            let name = format!("process {id}");
            let cx = simulation.create_context(&name);
            assert_eq!(cx.id(), id as Id, "ids are in the order of registration");
            cx.emit_self(Token {}, secs(law.first(id)));
            simulation.add_handler(name, Rc::new(RefCell::new(Process { cx, law, handled: 0 })));
        }
        Self { simulation, processes: law.processes() }
    }
}

impl Engine for OnSimcore {
    fn run_to(&mut self, end: Instant) {
        let more = self.simulation.step_until_time(end.as_secs_f64());
        assert!(more, "every event leads to another");
    }

    /// Events made so far, without those that are pending: always one a process.
    fn events(&self) -> u64 {
        self.simulation.event_count() - u64::from(self.processes)
    }
}
