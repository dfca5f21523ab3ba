//! Detector in the loop: a program in any language gets observations of terminals as the device or the back office would, and says what
//! it notices.
//!
//! The run stops at each observation that the program has asked for, the program is asked, and its answer is brought in at the very
//! same moment. It sees nothing else: neither faults nor levels nor what the scenario plans. What it says opens incidents and is
//! scored as what shipped detectors say. What is said is in `docs/detector.md`.

mod words;

use std::path::PathBuf;
use std::time::Duration;

use models::observation::Observation;
use models::wire::InterActorMessage;
use models::{Part, Symptom};
use scenarios::{FactFold, Options, Outcome, Run, Source};
use sim::{ActorId, Emission, Instant, Pulse};

pub use words::SCHEMA;
use words::{Kind, Said, Seen, Verdict};

use crate::lockstep::{self, Failure, InLockstep, Session, play};
use crate::program::shown;
use crate::recording::Way;

/// Which program detects, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Detector {
    /// Its command line, split as a shell splits it.
    pub command: String,
    /// How long it may take over an answer, by the wall clock.
    pub patience: Duration,
    /// Where what it was told and what it said is recorded, so that the run can be replayed without it.
    pub record: Option<PathBuf>,
}

/// What a program has said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Observations that it was told.
    pub told: u64,
    /// Alarms that it raised.
    pub alarms: u64,
}

/// Raises the world of a run that a program watches.
///
/// # Errors
/// If the scenario cannot be put together.
pub fn begin<'a>(source: Source<'a>, options: &Options) -> Result<Run<'a>, Failure> {
    lockstep::begin(source, options, Part::ExternalDetector)
}

/// Takes such a run to its end on one thread. What is noted is handed to `fold` as it comes.
///
/// # Errors
/// If the run cannot go on, or if the program cannot be started, ends too early, does not answer in time or answers what is
/// no answer.
pub fn run_with_detector(
    run: Run<'_>,
    detector: &Detector,
    pulse: &Pulse,
    fold: &mut dyn FactFold,
) -> Result<(Outcome, Counts), Failure> {
    let (source, seed) = (run.source(), run.seed());
    let program = (detector.command.as_str(), detector.patience);
    let mut session = Session::start(
        run,
        ("detector", Part::ExternalDetector),
        program,
        detector.record.as_ref(),
    )?;
    let hello = Said::Hello {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        scenario: &source.scenario.name,
        seed,
        terminals: session.terminals(),
        duration_s: source.scenario.duration.as_secs_f64(),
        observations: Kind::ALL.map(Kind::name).to_vec(),
        symptoms: Symptom::all().map(Symptom::name).collect(),
    };
    let hello = hello.line().map_err(Failure::Program)?;
    let line = session.program.ask(&hello).map_err(Failure::Program)?;
    let wanted =
        words::wanted(&line).map_err(|why| Failure::Program(nonsense(&why, &line, &hello)))?;
    let mut watching = Watching { session, wanted, counts: Counts::default() };
    play(&mut watching, pulse, fold)?;
    watching.finish(fold)
}

fn nonsense(why: &str, line: &str, question: &str) -> String {
    let (line, question) = (shown(line), shown(question));
    format!(
        "the detector program answered nonsense: {why}\n  its line: {line}\n  it was told: {question}"
    )
}

/// A run and the program that watches it.
struct Watching<'a> {
    session: Session<'a>,
    wanted: Vec<Kind>,
    counts: Counts,
}

impl<'a> InLockstep<'a> for Watching<'a> {
    fn run(&mut self) -> &mut Run<'a> {
        &mut self.session.run
    }

    fn hear(&mut self, emission: &Emission<InterActorMessage>) -> Result<(), String> {
        let Emission { at, who, port, message } = *emission;
        let InterActorMessage::Observation(observation) = message else { return Ok(()) };
        self.session.record(at, who, Way::Out, &message);
        if !self.wanted.contains(&Kind::of(&observation)) {
            return Ok(());
        }
        let Some(verdict) = self.ask(at, who, &observation)? else { return Ok(()) };
        let Verdict { finding, raised, candidates } = verdict;
        self.counts.alarms += u64::from(raised);
        let message = InterActorMessage::Verdict { finding, raised, candidates };
        let at = self.session.run.simulation.inject(at, who, port, message);
        self.session.record(at, who, Way::In, &message);
        Ok(())
    }
}

impl Watching<'_> {
    fn ask(
        &mut self,
        at: Instant,
        who: ActorId,
        observation: &Observation,
    ) -> Result<Option<Verdict>, String> {
        self.counts.told += 1;
        let id = self.counts.told;
        let terminal = self.session.name(who);
        let seen =
            Seen { id, time_ns: at.0, terminal, actor: who.0, what: words::what(observation) };
        let question = Said::Observation(seen).line()?;
        let line = self.session.program.ask(&question)?;
        words::answer(&line, id).map_err(|why| nonsense(&why, &line, &question))
    }

    fn finish(self, fold: &mut dyn FactFold) -> Result<(Outcome, Counts), Failure> {
        let Self { session, counts, .. } = self;
        let last = Said::End { time_ns: session.run.simulation.now().0 };
        let outcome = session.finish(&last.line().map_err(Failure::Program)?, fold)?;
        Ok((outcome, counts))
    }
}
