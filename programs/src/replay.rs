//! The same scenario in virtual time, with a recording in the place of the real things.

use std::collections::BTreeMap;
use std::fmt;

use models::wire::InterActorMessage;
use scenarios::{FactFold, Failure, Options, Outcome, Run, Source};
use sim::{Instant, Pulse, Span};

use crate::port::Port;
use crate::recording::{Recording, Way};

/// Where the world asked something else of the real thing than it did when the recording was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure {
    /// Where.
    pub port: Port,
    /// How many messages it had handed out before, the same as then.
    pub after: usize,
    /// When it should have handed out what, by the recording; `None` if nothing more.
    pub recorded: Option<(Instant, InterActorMessage)>,
    /// What it handed out now; `None` if nothing more.
    pub replayed: Option<(Instant, InterActorMessage)>,
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.port.part().map_or("?", models::Part::name);
        write!(f, "actor {} {part}: after {} messages", self.port.actor.0, self.after)?;
        for (name, it) in [("recorded", &self.recorded), ("replayed", &self.replayed)] {
            match it {
                Some((at, message)) => write!(f, "\n  {name}: {at} {message:?}")?,
                None => write!(f, "\n  {name}: nothing more")?,
            }
        }
        Ok(())
    }
}

/// What a replay came to.
#[derive(Debug)]
pub struct Replayed {
    /// The run.
    pub outcome: Outcome,
    /// The first departure of each port, in the order of their times.
    pub departures: Vec<Departure>,
    /// The fingerprint is the recorded one; `None` if the session was killed before it had one.
    pub same: Option<bool>,
}

/// How far it goes before it looks at what was handed out: memory stays bounded.
const STEP: Span = Span::minutes(1);

/// What each port is still expected to hand out.
struct Expected {
    by_port: BTreeMap<Port, Expectation>,
    departures: Vec<Departure>,
}

#[derive(Default)]
struct Expectation {
    recorded: Vec<(Instant, InterActorMessage)>,
    met: usize,
    departed: bool,
}

impl Expected {
    fn of(recording: &Recording) -> Self {
        let mut by_port: BTreeMap<Port, Expectation> = BTreeMap::new();
        let out = recording.crossings.iter().filter(|it| it.way == Way::Out);
        for (port, it) in out.filter_map(|it| Some((it.port()?, it))) {
            by_port.entry(port).or_default().recorded.push((Instant(it.at_ns), it.message));
        }
        Self { by_port, departures: Vec::new() }
    }

    fn hands_out(&mut self, port: Port, at: Instant, message: InterActorMessage) {
        let it = self.by_port.entry(port).or_default();
        if it.departed {
            return;
        }
        let recorded = it.recorded.get(it.met).copied();
        if recorded == Some((at, message)) {
            it.met += 1;
            return;
        }
        it.departed = true;
        let (after, replayed) = (it.met, Some((at, message)));
        self.departures.push(Departure { port, after, recorded, replayed });
    }

    fn finish(mut self) -> Vec<Departure> {
        for (port, it) in self.by_port {
            if !it.departed
                && let Some(next) = it.recorded.get(it.met)
            {
                let (after, recorded) = (it.met, Some(*next));
                self.departures.push(Departure { port, after, recorded, replayed: None });
            }
        }
        let when = |it: &Departure| {
            let times = [it.recorded, it.replayed];
            times.into_iter().flatten().map(|(at, _)| at).min()
        };
        self.departures.sort_by_key(|it| (when(it), it.port));
        self.departures
    }
}

/// Raises the world of a scenario, the recorded one or a changed one, with the recording in the place of the real things.
///
/// # Errors
/// If the scenario cannot be put together, or the recording speaks of somebody whom it does not have.
pub fn begin<'a>(source: Source<'a>, recording: &Recording) -> Result<Run<'a>, Failure> {
    let attached = recording.header.attached.iter().filter_map(|it| it.ports()).flatten();
    let attached = attached.filter_map(|it| Some((it.actor, it.part()?))).collect();
    let options = Options { seed: Some(recording.header.seed), attached, ..Options::default() };
    let mut run = Run::begin(source, &options, 1)?;
    let actors = run.simulation.layout().actors();
    for it in recording.crossings.iter().filter(|it| it.way == Way::In) {
        let Some(port) = it.port().filter(|port| port.actor.0 < actors) else {
            let why = format!("the recording speaks of actor {}, and there are {actors}", it.actor);
            return Err(Failure::Assembly(why));
        };
        run.simulation.inject(Instant(it.at_ns), port.actor, port.number(), it.message);
    }
    Ok(run)
}

/// Takes such a run to its end, with what the real things did then. What is noted is handed to `fold` as it comes.
///
/// # Errors
/// If the run cannot go on.
pub fn replay(
    mut run: Run<'_>,
    recording: &Recording,
    pulse: &Pulse,
    fold: &mut dyn FactFold,
) -> Result<Replayed, Failure> {
    // A session that was killed is replayed as far as it is known.
    let last = recording.crossings.last().map_or(0, |it| it.at_ns + 1);
    let end = recording.end.as_ref().map_or(Instant(last), |it| Instant(it.end_ns)).min(run.end());
    let mut expected = Expected::of(recording);
    let mut now = Instant::START;
    while now < end {
        now = (now + STEP).min(end);
        run.simulation.run(now, 1, pulse).map_err(Failure::Run)?;
        for it in run.simulation.take_emissions() {
            if let Some(port) = Port::of(it.who, it.port) {
                expected.hands_out(port, it.at, it.message);
            }
        }
        run.hand_over(fold);
    }
    let outcome = run.finish(fold);
    let same = recording.end.as_ref().map(|it| it.fingerprint == outcome.fingerprint.to_string());
    Ok(Replayed { outcome, departures: expected.finish(), same })
}
