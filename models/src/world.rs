//! Raises a plan into a simulation: every terminal, every hub, every planned fault.

use std::sync::Arc;

use sim::{ActorId, Identities, Keep, Layout, Setup, Simulation, Span};

use crate::{Models, Part, Plan};

/// What a run needs to know besides its plan.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Number of terminals; they are the first actors.
    pub terminals: u32,
    /// The hubs, in the order of their numbers, which follow those of the terminals.
    pub hubs: Vec<Part>,
    /// Who all of them are: names their random numbers.
    pub identities: Identities,
    /// On which actors each planned fault occurs, in the order of the plan.
    pub targets: Vec<Vec<ActorId>>,
    /// Names every random stream.
    pub seed: u64,
    /// Terminals a cell; a power of two. If a cell has room for the hubs too, there is one cell.
    pub cell_size: u32,
    /// The least time that a message between actors takes.
    pub lookahead: Span,
    /// Which handled events to keep.
    pub keep: Keep,
}

/// Raises a plan into a simulation that is ready to run.
pub fn raise(plan: Plan, stage: &Stage) -> Simulation<Models> {
    let hubs = stage.hubs.len() as u32;
    let layout = if stage.terminals.saturating_add(hubs) <= stage.cell_size {
        Layout::together(stage.terminals, hubs)
    } else {
        Layout::new(stage.terminals, hubs, stage.cell_size)
    };
    let Stage { seed, lookahead, .. } = *stage;
    let identities = stage.identities.clone();
    let setup = Setup { seed, layout, identities, lookahead, keep: stage.keep.clone() };
    assert_eq!(plan.profile_of.len(), layout.actors() as usize, "every actor has its settings");
    assert_eq!(plan.planned.len(), stage.targets.len(), "every planned fault has its targets");
    let plan = Arc::new(plan);
    let mut simulation = Simulation::new(setup, Arc::clone(&plan));
    for number in 0..layout.actors() {
        let actor = ActorId(number);
        let hub = number.checked_sub(stage.terminals).map(|hub| stage.hubs[hub as usize]);
        crate::spawn(&mut simulation, actor, plan.profile(actor), hub);
    }
    assert!(stage.targets.len() < usize::from(faults::NATURAL), "more planned faults than numbers");
    for (number, targets) in stage.targets.iter().enumerate() {
        for &actor in targets {
            crate::plan_fault(&mut simulation, actor, number as u16);
        }
    }
    for number in 0..layout.actors() {
        crate::start(&mut simulation, ActorId(number));
    }
    simulation
}
