//! Runs a scenario: raises its world, runs it, hands what it notes to a fold, audits its ledgers.

use std::fmt;

use faults::DomainEvent;
use models::invariants::audit;
use models::{Fact, Models, world};
use sim::{ActorId, Instant, Pulse, RunError, Simulation};

use crate::assemble::{Assembly, Options, assemble};
use crate::outcome::{Outcome, Outset, PlannedFault, Roster};
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

/// Reads what a run notes, as it comes.
pub trait FactFold {
    /// Reads the next facts: each once, in the order of (time, actor, sequence). How many come together says nothing.
    fn take(&mut self, facts: &[Fact]);
}

/// Nobody reads them.
impl FactFold for () {
    fn take(&mut self, _: &[Fact]) {}
}

/// All of them are kept: for small runs.
impl FactFold for Vec<Fact> {
    fn take(&mut self, facts: &[Fact]) {
        self.extend_from_slice(facts);
    }
}

/// Both read them.
impl<A: FactFold + ?Sized, B: FactFold + ?Sized> FactFold for (&mut A, &mut B) {
    fn take(&mut self, facts: &[Fact]) {
        self.0.take(facts);
        self.1.take(facts);
    }
}

/// A finished run and everything that it noted, in the order of (time, actor, sequence): for small runs.
#[derive(Clone, Debug)]
pub struct RecordedRun {
    /// The run.
    pub outcome: Outcome,
    /// Its facts.
    pub facts: Vec<Fact>,
}

/// Runs a scenario to its end on so many threads; the outcome does not depend on their number. Nobody reads what it notes:
/// who wants to begins a [`Run`] and [completes](Run::complete) it with a fold.
///
/// # Errors
/// If the scenario cannot be put together, the run was told to stop, or an event came out of order.
pub fn simulate(
    source: Source<'_>,
    options: &Options,
    threads: usize,
    pulse: &Pulse,
) -> Result<Outcome, Failure> {
    Run::begin(source, options, threads)?.complete(threads, pulse, &mut ())
}

/// As [`simulate`], and keeps everything that was noted.
///
/// # Errors
/// As for [`simulate`].
pub fn record(
    source: Source<'_>,
    options: &Options,
    threads: usize,
    pulse: &Pulse,
) -> Result<RecordedRun, Failure> {
    let mut facts = Vec::new();
    let outcome = Run::begin(source, options, threads)?.complete(threads, pulse, &mut facts)?;
    Ok(RecordedRun { outcome, facts })
}

/// A run that is under way: for those who read its facts as they come, or take it through time step by step, as a bench
/// with real devices does.
pub struct Run<'a> {
    source: Source<'a>,
    /// The world.
    pub simulation: Simulation<Models>,
    /// Who is who.
    pub roster: Roster,
    planned: Vec<PlannedFault>,
    targets: Vec<Vec<ActorId>>,
    seed: u64,
    notes: Notes,
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
        let served_since = vec![None; simulation.layout().grouped() as usize];
        Ok(Self {
            source,
            simulation,
            roster,
            planned,
            targets: stage.targets,
            seed: stage.seed,
            notes: Notes { held: Vec::new(), served_since },
        })
    }

    /// The end of the run.
    pub fn end(&self) -> Instant {
        self.simulation.settings().end
    }

    /// The scenario and where it came from.
    pub fn source(&self) -> Source<'a> {
        self.source
    }

    /// The seed that is used.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What is known of the run by now: what a fold begins with.
    pub fn outset(&self) -> Outset<'_> {
        Outset { scenario: self.source.scenario, roster: &self.roster, targets: &self.targets }
    }

    /// A copy of the run as it stands. It runs on as this one does; with a salt other than 0, what is drawn from now on is drawn
    /// anew, and pending events stand. Facts that have not been handed over are in both.
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
        let Self { source, planned, targets, seed, notes, roster, .. } = self;
        Ok(Self {
            source: *source,
            simulation: self.simulation.fork(salt),
            roster: roster.clone(),
            planned: planned.clone(),
            targets: targets.clone(),
            seed: *seed,
            notes: notes.clone(),
        })
    }

    /// Runs on to the end on so many threads and hands all facts to `fold` as they come.
    ///
    /// # Errors
    /// If the run was told to stop, or an event came out of order.
    pub fn complete(
        mut self,
        threads: usize,
        pulse: &Pulse,
        fold: &mut dyn FactFold,
    ) -> Result<Outcome, Failure> {
        let end = self.end();
        let Self { simulation, notes, .. } = &mut self;
        let mut take = |facts: &[Fact]| notes.hand_slice(facts, fold);
        simulation.run_folding(end, threads, pulse, &mut take).map_err(Failure::Run)?;
        Ok(self.finish(fold))
    }

    /// Hands over what has been noted since this was last asked. Facts of the last instant that was handled wait for the
    /// next time, so that those of what still comes in from outside at that instant find their places among them.
    pub fn hand_over(&mut self, fold: &mut dyn FactFold) {
        let last = Instant(self.simulation.now().0.saturating_sub(1));
        self.notes.hand(self.simulation.take_facts(), last, fold);
    }

    /// The run is over: its last facts are handed over, and the ledgers say how they stand.
    pub fn finish(self, fold: &mut dyn FactFold) -> Outcome {
        let Self { source, mut simulation, roster, planned, targets, seed, mut notes } = self;
        notes.hand(simulation.take_facts(), Instant::NEVER, fold);
        let quiet_from = simulation.settings().sales_end;
        let rollouts = &simulation.settings().rollouts;
        let rollouts = rollouts.iter().map(|it| it.terminals.len() as u32).collect();
        let simulated = simulation.now().since(Instant::START);
        let fingerprint = simulation.fingerprint();
        let audit = audit(&mut simulation, &notes.served_since, quiet_from);
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
            audit,
        }
    }
}

/// What has been noted and not been handed over, and what a run itself reads of what was.
#[derive(Clone, Debug)]
struct Notes {
    /// Facts of the last instant that was handled.
    held: Vec<Fact>,
    /// Since when each terminal has been able to sell without a break; `None` from the start.
    served_since: Vec<Option<Instant>>,
}

impl Notes {
    /// Hands over what came before an instant, and holds the rest.
    fn hand(&mut self, facts: Vec<Fact>, before: Instant, fold: &mut dyn FactFold) {
        let mut all = self.with_held(facts);
        let known = all.partition_point(|fact| fact.at < before);
        self.read(&all[..known], fold);
        self.held = all.split_off(known);
    }

    /// Hands over all of these.
    fn hand_slice(&mut self, facts: &[Fact], fold: &mut dyn FactFold) {
        if self.held.is_empty() {
            self.read(facts, fold);
        } else {
            self.hand(facts.to_vec(), Instant::NEVER, fold);
        }
    }

    /// These and the held ones, in order.
    fn with_held(&mut self, facts: Vec<Fact>) -> Vec<Fact> {
        if self.held.is_empty() {
            return facts;
        }
        let mut all = std::mem::take(&mut self.held);
        all.extend(facts);
        all.sort_unstable_by_key(|fact| (fact.at, fact.who, fact.sequence));
        all
    }

    fn read(&mut self, facts: &[Fact], fold: &mut dyn FactFold) {
        for fact in facts {
            if let DomainEvent::Service { up: true } = fact.what
                && let Some(entry) = self.served_since.get_mut(fact.who.0 as usize)
            {
                *entry = Some(fact.at);
            }
        }
        if !facts.is_empty() {
            fold.take(facts);
        }
    }
}
