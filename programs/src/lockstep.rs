//! A run that stops at each moment at which a program is asked, and goes on with its answer at the same moment.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use models::Part;
use models::wire::InterActorMessage;
use scenarios::{FactFold, Options, Outcome, Run, Source};
use sim::{ActorId, Emission, Instant, Pulse, RunError, Span};

use crate::port::Port;
use crate::program::Program;
use crate::recording::{Attached, Header, Recorder, Way};

/// Why there is no outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// The run could not be put together or could not go on.
    Run(scenarios::Failure),
    /// The program did not do its part, or what it did could not be recorded.
    Program(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(why) => why.fmt(f),
            Self::Program(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}

/// Raises the world of a run in which this part of each terminal is a program's.
pub(crate) fn begin<'a>(
    source: Source<'a>,
    options: &Options,
    part: Part,
) -> Result<Run<'a>, Failure> {
    let terminals = u32::try_from(source.scenario.terminals()).unwrap_or(u32::MAX);
    let mut options = options.clone();
    options.attached.extend((0..terminals).map(|it| (ActorId(it), part)));
    Run::begin(source, &options, 1).map_err(Failure::Run)
}

/// A run, the program in it, and the recording of what they say to each other.
pub(crate) struct Session<'a> {
    pub(crate) run: Run<'a>,
    pub(crate) program: Program,
    recorder: Option<Recorder>,
    part: Part,
    names: Vec<String>,
}

impl<'a> Session<'a> {
    /// Begins the recording, if there is to be one, and starts the program, which stands in this part's place.
    pub(crate) fn start(
        run: Run<'a>,
        (role, part): (&'static str, Part),
        (command, patience): (&str, Duration),
        record: Option<&PathBuf>,
    ) -> Result<Self, Failure> {
        let (source, terminals, seed) = (run.source(), run.roster.terminals(), run.seed());
        let recorder = record.map(|path| {
            let ports: Vec<_> = (0..terminals).map(|it| Port::new(ActorId(it), part)).collect();
            let header = Header {
                schema: crate::recording::SCHEMA.to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                path: source.path.to_owned(),
                scenario: source.text.to_owned(),
                seed,
                attached: vec![Attached::new(role, &ports)],
            };
            Recorder::begin(path, &header)
        });
        let recorder = recorder.transpose().map_err(Failure::Program)?;
        let program = Program::start(role, command, patience).map_err(Failure::Program)?;
        let names = (0..terminals).map(|it| run.roster.name(ActorId(it))).collect();
        Ok(Self { run, program, recorder, part, names })
    }

    /// The name of a terminal.
    pub(crate) fn name(&self, who: ActorId) -> &str {
        self.names.get(who.0 as usize).map_or("", String::as_str)
    }

    /// How many terminals there are.
    pub(crate) fn terminals(&self) -> u32 {
        self.names.len() as u32
    }

    /// Something crossed.
    pub(crate) fn record(
        &mut self,
        at: Instant,
        who: ActorId,
        way: Way,
        message: &InterActorMessage,
    ) {
        if let Some(recorder) = &mut self.recorder {
            recorder.crossed(at, Port::new(who, self.part), way, message);
        }
    }

    /// The run is over: the program is told so by its last line, and the recording ends.
    pub(crate) fn finish(self, last: &str, fold: &mut dyn FactFold) -> Result<Outcome, Failure> {
        let Self { run, program, recorder, .. } = self;
        let now = run.simulation.now();
        program.finish(last).map_err(Failure::Program)?;
        let outcome = run.finish(fold);
        let fingerprint = outcome.fingerprint.to_string();
        recorder.map_or(Ok(()), |it| it.end(now, &fingerprint)).map_err(Failure::Program)?;
        Ok(outcome)
    }
}

/// A run and whoever hears what it hands out.
pub(crate) trait InLockstep<'a> {
    /// The run.
    fn run(&mut self) -> &mut Run<'a>;
    /// What was handed out: it is answered before anything else happens.
    fn hear(&mut self, emission: &Emission<InterActorMessage>) -> Result<(), String>;
}

/// So much simulated time passes before facts are handed over: often enough that they do not pile up.
const HANDED_OVER: Span = Span::minutes(1);

/// From one moment at which something is due to the next: what is asked at one is answered before the next.
pub(crate) fn play<'a>(
    it: &mut impl InLockstep<'a>,
    pulse: &Pulse,
    fold: &mut dyn FactFold,
) -> Result<(), Failure> {
    let end = it.run().end();
    let mut handed = Instant::START;
    let failed = |why: RunError| Failure::Run(scenarios::Failure::Run(why));
    loop {
        let due = it.run().simulation.quiet_until();
        if due >= end {
            return it.run().simulation.run(end, 1, pulse).map_err(failed);
        }
        it.run().simulation.run(Instant(due.0 + 1), 1, pulse).map_err(failed)?;
        for emission in it.run().simulation.take_emissions() {
            it.hear(&emission).map_err(Failure::Program)?;
        }
        if due.since(handed) >= HANDED_OVER {
            handed = due;
            it.run().hand_over(fold);
        }
    }
}
