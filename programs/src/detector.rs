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

use crate::lockstep::{Failure, InLockstep, play};
use crate::port::Port;
use crate::program::{Program, shown};
use crate::recording::{Attached, Header, Recorder, Way};

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
    let terminals = u32::try_from(source.scenario.terminals()).unwrap_or(u32::MAX);
    let mut options = options.clone();
    options.attached.extend((0..terminals).map(|it| (ActorId(it), Part::ExternalDetector)));
    Run::begin(source, &options, 1).map_err(Failure::Run)
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
    let (source, terminals, seed) = (run.source(), run.roster.terminals(), run.seed());
    let recorder = detector.record.as_ref().map(|path| {
        let ports: Vec<_> =
            (0..terminals).map(|it| Port::new(ActorId(it), Part::ExternalDetector)).collect();
        let header = Header {
            schema: crate::recording::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            path: source.path.to_owned(),
            scenario: source.text.to_owned(),
            seed,
            attached: vec![Attached::new("detector", &ports)],
        };
        Recorder::begin(path, &header)
    });
    let recorder = recorder.transpose().map_err(Failure::Program)?;
    let mut program = Program::start("detector", &detector.command, detector.patience)
        .map_err(Failure::Program)?;
    let hello = Said::Hello {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        scenario: &source.scenario.name,
        seed,
        terminals,
        duration_s: source.scenario.duration.as_secs_f64(),
        observations: Kind::ALL.map(Kind::name).to_vec(),
        symptoms: Symptom::all().map(Symptom::name).collect(),
    };
    let hello = hello.line().map_err(Failure::Program)?;
    let line = program.ask(&hello).map_err(Failure::Program)?;
    let wanted =
        words::wanted(&line).map_err(|why| Failure::Program(nonsense(&why, &line, &hello)))?;
    let names = (0..terminals).map(|it| run.roster.name(ActorId(it))).collect();
    let mut watching =
        Watching { run, program, recorder, names, wanted, counts: Counts::default() };
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
    run: Run<'a>,
    program: Program,
    recorder: Option<Recorder>,
    names: Vec<String>,
    wanted: Vec<Kind>,
    counts: Counts,
}

impl<'a> InLockstep<'a> for Watching<'a> {
    fn run(&mut self) -> &mut Run<'a> {
        &mut self.run
    }

    fn hear(&mut self, emission: &Emission<InterActorMessage>) -> Result<(), String> {
        let Emission { at, who, port, message } = *emission;
        let InterActorMessage::Observation(observation) = message else { return Ok(()) };
        self.record(at, who, Way::Out, &message);
        if !self.wanted.contains(&Kind::of(&observation)) {
            return Ok(());
        }
        let Some(verdict) = self.ask(at, who, &observation)? else { return Ok(()) };
        let Verdict { finding, raised, candidates } = verdict;
        self.counts.alarms += u64::from(raised);
        let message = InterActorMessage::Verdict { finding, raised, candidates };
        let at = self.run.simulation.inject(at, who, port, message);
        self.record(at, who, Way::In, &message);
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
        let terminal = self.names.get(who.0 as usize).map_or("", String::as_str);
        let seen =
            Seen { id, time_ns: at.0, terminal, actor: who.0, what: words::what(observation) };
        let question = Said::Observation(seen).line()?;
        let line = self.program.ask(&question)?;
        words::answer(&line, id).map_err(|why| nonsense(&why, &line, &question))
    }

    fn record(&mut self, at: Instant, who: ActorId, way: Way, message: &InterActorMessage) {
        if let Some(recorder) = &mut self.recorder {
            recorder.crossed(at, Port::new(who, Part::ExternalDetector), way, message);
        }
    }

    fn finish(self, fold: &mut dyn FactFold) -> Result<(Outcome, Counts), Failure> {
        let Self { run, program, recorder, counts, .. } = self;
        let now = run.simulation.now();
        let last = Said::End { time_ns: now.0 }.line().map_err(Failure::Program)?;
        program.finish(&last).map_err(Failure::Program)?;
        let outcome = run.finish(fold);
        let fingerprint = outcome.fingerprint.to_string();
        let whole = recorder.map_or(Ok(()), |it| it.end(now, &fingerprint));
        whole.map_err(Failure::Program)?;
        Ok((outcome, counts))
    }
}
