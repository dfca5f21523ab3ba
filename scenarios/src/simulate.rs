//! Runs a scenario: raises its world, runs it, audits its ledgers.

use std::fmt;

use faults::DomainEvent;
use models::invariants::audit;
use models::{Fact, Models, world};
use sim::{ActorId, Instant, Pulse, RunError, Simulation};

use crate::assemble::{Assembly, Options, assemble};
use crate::outcome::{Outcome, PlannedFault, Roster};
use crate::scenario::Scenario;

/// A scenario and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Where it was read from, as it was given.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// Why there is no outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// The scenario cannot be put together.
    Assembly(String),
    /// The run could not go on.
    Run(RunError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assembly(why) => f.write_str(why),
            Self::Run(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// Runs a scenario to its end on so many threads; the outcome does not depend on their number.
///
/// # Errors
/// If the scenario cannot be put together, the run was told to stop, or an event came out of order.
pub fn simulate(
    source: Source<'_>,
    options: &Options,
    threads: usize,
    pulse: &Pulse,
) -> Result<Outcome, Failure> {
    let mut run = Run::begin(source, options, threads)?;
    let end = run.end();
    run.simulation.run(end, threads, pulse).map_err(Failure::Run)?;
    Ok(run.finish())
}

/// A run that is under way: for those who take it through time step by step, as a bench with real devices does.
pub struct Run<'a> {
    source: Source<'a>,
    /// The world.
    pub simulation: Simulation<Models>,
    /// Who is who.
    pub roster: Roster,
    planned: Vec<PlannedFault>,
    targets: Vec<Vec<ActorId>>,
    seed: u64,
    /// Facts that were taken out on the way.
    facts: Vec<Fact>,
}

impl<'a> Run<'a> {
    /// Raises a scenario's world; its cells are dealt for so many threads.
    ///
    /// # Errors
    /// If the scenario cannot be put together.
    pub fn begin(source: Source<'a>, options: &Options, threads: usize) -> Result<Self, Failure> {
        let options = options.dealt(source.scenario.terminals(), threads);
        let Assembly { plan, stage, roster, planned } =
            assemble(source.scenario, &options).map_err(Failure::Assembly)?;
        let simulation = world::raise(plan, &stage);
        Ok(Self {
            source,
            simulation,
            roster,
            planned,
            targets: stage.targets,
            seed: stage.seed,
            facts: Vec::new(),
        })
    }

    /// The end of the run.
    pub fn end(&self) -> Instant {
        self.simulation.settings().end
    }

    /// A copy of the run as it stands. It runs on as this one does; with a salt other than 0, what is drawn from now on is drawn
    /// anew, and pending events stand.
    ///
    /// # Errors
    /// If something real or a program stands in the place of a part: what is outside cannot be copied.
    pub fn fork(&self, salt: u64) -> Result<Self, String> {
        if let Some((actor, part)) = self.simulation.settings().attached.first() {
            return Err(format!(
                "a run with something attached cannot be forked: what stands in the place of {} of {} cannot be copied",
                part.name(),
                self.roster.name(*actor)
            ));
        }
        let Self { source, planned, targets, seed, facts, roster, .. } = self;
        Ok(Self {
            source: *source,
            simulation: self.simulation.fork(salt),
            roster: roster.clone(),
            planned: planned.clone(),
            targets: targets.clone(),
            seed: *seed,
            facts: facts.clone(),
        })
    }

    /// What has been noted since this was last asked.
    pub fn news(&mut self) -> &[Fact] {
        let before = self.facts.len();
        self.facts.extend(self.simulation.take_facts());
        &self.facts[before..]
    }

    /// The run is over: its facts, and what the ledgers say.
    pub fn finish(self) -> Outcome {
        let Self { source, mut simulation, roster, planned, targets, seed, facts } = self;
        let quiet_from = simulation.settings().sales_end;
        let rollouts = &simulation.settings().rollouts;
        let rollouts = rollouts.iter().map(|it| it.terminals.len() as u32).collect();
        let simulated = simulation.now().since(Instant::START);
        let facts = match simulation.take_facts() {
            all if facts.is_empty() => all,
            last => {
                let mut all = facts;
                all.extend(last);
                // What came at the moment of a step is in the order of the actors again.
                all.sort_by_key(|fact| (fact.at, fact.who));
                all
            }
        };
        let fingerprint = simulation.fingerprint();
        let since = served_since(&simulation, &facts);
        let audit = audit(&mut simulation, &since, quiet_from);
        Outcome {
            scenario: source.scenario.clone(),
            path: source.path.to_owned(),
            hash: blake3::hash(source.text.as_bytes()).to_hex().to_string(),
            seed,
            simulated,
            fingerprint,
            roster,
            planned,
            rollouts,
            targets,
            facts,
            audit,
        }
    }
}

/// Since when each terminal has been able to sell without a break; `None` from the start.
fn served_since(simulation: &Simulation<Models>, facts: &[Fact]) -> Vec<Option<Instant>> {
    let mut since = vec![None; simulation.layout().grouped() as usize];
    for fact in facts {
        if let DomainEvent::Service { up: true } = fact.what
            && let Some(entry) = since.get_mut(fact.who.0 as usize)
        {
            *entry = Some(fact.at);
        }
    }
    since
}
