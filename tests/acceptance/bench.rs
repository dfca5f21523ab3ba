//! A bench: a plan made by hand, raised and run.

use faults::Planned;
use models::{Directory, Fact, Models, Part, Plan, Policy, Profile, world};
use sim::{ActorId, Instant, Keep, Pulse, Simulation, Span};

/// A plan made by hand.
pub(crate) struct Bench {
    pub(crate) plan: Plan,
    pub(crate) stage: world::Stage,
}

/// Number of hosts on a bench.
const HOSTS: u32 = 2;

impl Bench {
    /// So many terminals of one profile, two hosts, a day.
    pub(crate) fn new(terminals: u32, profile: Profile) -> Self {
        let hub = |n: u32| ActorId(terminals + n);
        let directory = Directory {
            gateway: hub(0),
            back_office: hub(1),
            support: hub(2),
            technicians: hub(3),
            hosts: (0..HOSTS).map(|n| hub(4 + n)).collect(),
            shares: vec![1.0; HOSTS as usize],
            ..Directory::default()
        };
        let mut hubs = vec![Part::Gateway, Part::BackOffice, Part::Support, Part::Technicians];
        hubs.extend((0..HOSTS).map(|_| Part::Host));
        let plan = Plan {
            profiles: vec![profile],
            profile_of: vec![0; terminals as usize + hubs.len()],
            traits: Vec::new(),
            planned: Vec::new(),
            policy: Policy::default(),
            directory,
            sales_end: Instant::START + Span::hours(23),
            end: Instant::START + Span::days(1),
            currency: 156,
            rollouts: Vec::new(),
            attached: Vec::new(),
            captured: false,
        };
        let stage = world::Stage {
            terminals,
            hubs,
            identities: sim::Identities::default(),
            targets: Vec::new(),
            seed: 42,
            cell_size: 64,
            lookahead: Span::millis(10),
            keep: Keep::Nothing,
        };
        Self { plan, stage }
    }

    /// The run lasts so long; sales end an hour earlier.
    pub(crate) fn lasting(mut self, span: Span) -> Self {
        self.plan.end = Instant::START + span;
        self.plan.sales_end = Instant(self.plan.end.0.saturating_sub(Span::hours(1).0));
        self
    }

    /// Plans a fault at these actors.
    pub(crate) fn with_fault(
        mut self,
        planned: Planned<Models>,
        targets: impl IntoIterator<Item = u32>,
    ) -> Self {
        self.plan.planned.push(planned);
        self.stage.targets.push(targets.into_iter().map(ActorId).collect());
        self
    }

    /// Raises and runs it.
    pub(crate) fn run(self) -> (Simulation<Models>, Vec<Fact>) {
        self.run_on(1)
    }

    /// Raises and runs it on so many threads.
    pub(crate) fn run_on(self, threads: usize) -> (Simulation<Models>, Vec<Fact>) {
        let end = self.plan.end;
        let mut simulation = world::raise(self.plan, &self.stage);
        simulation.run(end, threads, &Pulse::default()).expect("nothing comes out of order");
        let facts = simulation.take_facts();
        (simulation, facts)
    }
}
