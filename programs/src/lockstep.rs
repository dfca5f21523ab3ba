//! A run that stops at each moment at which a program is asked, and goes on with its answer at the same moment.

use std::fmt;

use models::wire::InterActorMessage;
use scenarios::{FactFold, Run};
use sim::{Emission, Instant, Pulse, RunError, Span};

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
