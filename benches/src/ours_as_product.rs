//! Our kernel as models drive it, through `Process`: state in the store, messages in the arena, facts noted and handed over as
//! they come.

use sim::{
    ActorId, Fingerprint, Instant, Keep, Layout, Process, ProcessContext, Processes, Pulse, Setup,
    Simulation,
};

use crate::Engine;
use crate::law::{LEAST_DELAY, Law};
use crate::ours::cell_size;

/// State of a process.
#[derive(Clone, Debug, Default)]
struct Holder {
    handled: u64,
}

/// One fact in so many events, about as many as a day of terminals leaves.
const EVENTS_A_FACT: u64 = 8;

impl Holder {
    fn pass_on(&mut self, cx: &mut ProcessContext<'_, Self>) {
        let me = cx.me();
        let hop = cx.settings().hop(me.0, self.handled);
        self.handled += 1;
        if self.handled.is_multiple_of(EVENTS_A_FACT) {
            cx.note(self.handled);
        }
        if hop.to == me.0 {
            cx.after(hop.delay, ());
        } else {
            cx.send(ActorId(hop.to), hop.delay, self.handled);
        }
    }
}

impl Process for Holder {
    type Timer = ();
    /// How many events the sender had handled.
    type Message = u64;
    type Fact = u64;
    type Settings = Law;

    fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
        let first = cx.settings().first(cx.me().0);
        cx.after(first, ());
    }
    fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        self.pass_on(cx);
    }
    fn on_message(&mut self, _: u64, cx: &mut ProcessContext<'_, Self>) {
        self.pass_on(cx);
    }
    fn prefetch(&self) -> u64 {
        self.handled
    }
}

/// PHOLD on our kernel, driven through `Process`.
pub struct OursAsProduct {
    simulation: Simulation<Processes<Holder>>,
    threads: u32,
    pulse: Pulse,
    facts: u64,
}

impl OursAsProduct {
    /// Processes dealt to cells, advanced by `threads`.
    pub fn new(law: Law, seed: u64, threads: u32) -> Self {
        let layout = Layout::new(law.processes(), 0, cell_size(law.processes(), threads));
        let identities = sim::Identities::default();
        let setup = Setup { seed, layout, lookahead: LEAST_DELAY, keep: Keep::Nothing, identities };
        let holders = (0..law.processes()).map(|_| Holder::default());
        let simulation = sim::process::simulation(setup, law, holders);
        Self { simulation, threads, pulse: Pulse::default(), facts: 0 }
    }

    /// The fingerprint of all that was handled.
    pub fn fingerprint(&self) -> Fingerprint {
        self.simulation.fingerprint()
    }

    /// How many facts were handed over.
    pub fn facts(&self) -> u64 {
        self.facts
    }
}

impl Engine for OursAsProduct {
    fn run_to(&mut self, end: Instant) {
        let facts = &mut self.facts;
        let mut fold = |some: &[sim::Fact<u64>]| *facts += some.len() as u64;
        let ran = self.simulation.run_folding(end, self.threads as usize, &self.pulse, &mut fold);
        assert_eq!(ran, Ok(()));
    }

    fn events(&self) -> u64 {
        self.simulation.fingerprint().events()
    }
}
