//! A run against the wall clock, with real things in the place of some of its parts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant as Wall};

use faults::DomainEvent;
use models::{Fact, Fault};
use scenarios::{FactFold, Failure, Outcome, Roster, Run};
use sim::{ActorId, Instant, Pulse, RunError};

use crate::adapter::{Adapter, Arrival};
use crate::lateness::{Figures, Lateness};
use programs::Port;
use programs::recording::{Recorder, Way};

/// A paced run.
pub struct Session<'a> {
    run: Run<'a>,
    adapters: Vec<Box<dyn Adapter>>,
    /// Which adapter serves each port.
    routes: BTreeMap<Port, usize>,
    arrivals: Receiver<Arrival>,
    /// Simulated seconds to a second of the wall.
    speed: f64,
    recorder: Option<Recorder>,
    lateness: Lateness,
    crossed: [u64; 2],
    strays: u64,
    news: News,
}

/// How a session stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Simulated time.
    pub now: Instant,
    /// Its end.
    pub end: Instant,
    /// Messages that came in, and that went out.
    pub crossed: [u64; 2],
    /// Deadlines at the boundary.
    pub lateness: Figures,
    /// Each adapter's name and how it stands.
    pub adapters: Vec<(String, String)>,
    /// The faults that are active, each as `fault at terminal`: the first few, and how many more.
    pub active: Vec<String>,
    /// The last alarms, the latest first, in the same words.
    pub alarms: Vec<String>,
}

/// What a session ended with.
#[derive(Debug)]
pub struct Ended {
    /// The run, as far as it came.
    pub outcome: Outcome,
    /// Deadlines at the boundary.
    pub lateness: Figures,
    /// Messages that came in, and that went out.
    pub crossed: [u64; 2],
    /// Messages that no adapter took.
    pub strays: u64,
    /// What went wrong at each adapter, and how often.
    pub troubles: Vec<(String, String, u64)>,
    /// It was told to stop before its end.
    pub interrupted: bool,
    /// Why the recording is not whole.
    pub unrecorded: Option<String>,
}

/// How long the loop sleeps at the most: it has a recorder and a status to look after.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);
/// How often the live status is told.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// So many arrivals are taken in before the world goes on, so that a device that never stops talking does not stop time.
const AT_ONCE: usize = 4_096;

impl<'a> Session<'a> {
    /// A session of a run whose attached parts these adapters serve. What is handed out later than `deadline` has missed it.
    pub fn new(
        run: Run<'a>,
        adapters: Vec<Box<dyn Adapter>>,
        arrivals: Receiver<Arrival>,
        (speed, deadline): (f64, Duration),
        recorder: Option<Recorder>,
    ) -> Self {
        let lateness = Lateness::new(deadline);
        let routes = adapters.iter().enumerate();
        let routes = routes.flat_map(|(at, it)| it.ports().into_iter().map(move |port| (port, at)));
        // Where two serve one port, the first does.
        let routes = routes.rev().collect();
        Self {
            run,
            adapters,
            routes,
            arrivals,
            speed,
            recorder,
            lateness,
            crossed: [0; 2],
            strays: 0,
            news: News::default(),
        }
    }

    /// Plays to the end, or until the pulse is stopped, and hands what is noted to `fold` as it comes. Adapters are closed in
    /// any case.
    ///
    /// # Errors
    /// If the run cannot go on.
    pub fn play(
        mut self,
        pulse: &Pulse,
        tell: &mut dyn FnMut(&Status),
        fold: &mut dyn FactFold,
    ) -> Result<Ended, Failure> {
        let played = self.pace(pulse, tell, fold);
        for adapter in &mut self.adapters {
            adapter.close();
        }
        let interrupted = match played {
            Ok(()) => false,
            Err(RunError::Interrupted(_)) => true,
            Err(why) => return Err(Failure::Run(why)),
        };
        let lateness = self.lateness.figures();
        let troubles = self.adapters.iter().flat_map(|it| {
            let of = |(what, times)| (it.name().to_owned(), what, times);
            it.troubles().into_iter().map(of)
        });
        let troubles = troubles.collect();
        let now = self.run.simulation.now();
        let outcome = self.run.finish(fold);
        let fingerprint = outcome.fingerprint.to_string();
        let unrecorded = self.recorder.and_then(|it| it.end(now, &fingerprint).err());
        let (crossed, strays) = (self.crossed, self.strays);
        Ok(Ended { outcome, lateness, crossed, strays, troubles, interrupted, unrecorded })
    }

    fn pace(
        &mut self,
        pulse: &Pulse,
        tell: &mut dyn FnMut(&Status),
        fold: &mut dyn FactFold,
    ) -> Result<(), RunError> {
        let end = self.run.end();
        // What is due at the very start is done before the clock runs: nothing in the world waits for it yet.
        self.run.simulation.run(end.min(Instant(1)), 1, pulse)?;
        let clock = Clock { began: Wall::now(), speed: self.speed };
        self.hand_out(&clock);
        let mut told = Wall::now();
        loop {
            if pulse.stopped() {
                return Err(RunError::Interrupted(self.run.simulation.now()));
            }
            let due = clock.wall(self.run.simulation.quiet_until().min(end));
            self.take_in(due.saturating_duration_since(Wall::now()).min(LONGEST_SLEEP), &clock);
            let now = clock.now().min(end);
            self.run.simulation.run(now, 1, pulse)?;
            self.hand_out(&clock);
            if let Some(recorder) = &mut self.recorder {
                recorder.breathe();
            }
            if told.elapsed() >= TOLD_EVERY {
                told = Wall::now();
                self.run.hand_over(&mut (&mut self.news, &mut *fold));
                tell(&self.status());
            }
            if now >= end {
                self.run.hand_over(&mut (&mut self.news, &mut *fold));
                tell(&self.status());
                return Ok(());
            }
        }
    }

    /// Waits for what real things do, at the most so long, and brings it into the world.
    fn take_in(&mut self, wait: Duration, clock: &Clock) {
        let first = match self.arrivals.recv_timeout(wait) {
            Ok(arrival) => Some(arrival),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                // Nobody is left who could say anything: time goes on all the same.
                std::thread::sleep(wait);
                None
            }
        };
        let Some(first) = first else { return };
        let end = self.run.end();
        let rest: Vec<Arrival> = self.arrivals.try_iter().take(AT_ONCE).collect();
        for Arrival { port, message } in std::iter::once(first).chain(rest) {
            let now = clock.now();
            // What comes when the run is over has come too late.
            if now >= end {
                continue;
            }
            let at = self.run.simulation.inject(now, port.actor, port.number(), message);
            self.crossed[0] += 1;
            if let Some(recorder) = &mut self.recorder {
                recorder.crossed(at, port, Way::In, &message);
            }
        }
    }

    fn hand_out(&mut self, clock: &Clock) {
        for emission in self.run.simulation.take_emissions() {
            let Some(port) = Port::of(emission.who, emission.port) else { continue };
            self.crossed[1] += 1;
            if let Some(recorder) = &mut self.recorder {
                recorder.crossed(emission.at, port, Way::Out, &emission.message);
            }
            let adapter = self.routes.get(&port).and_then(|at| self.adapters.get_mut(*at));
            match adapter {
                Some(adapter) => adapter.deliver(port, &emission.message),
                None => self.strays += 1,
            }
            self.lateness.add(Wall::now().saturating_duration_since(clock.wall(emission.at)));
        }
    }

    fn status(&self) -> Status {
        Status {
            now: self.run.simulation.now(),
            end: self.run.end(),
            crossed: self.crossed,
            lateness: self.lateness.figures(),
            adapters: self.adapters.iter().map(|it| (it.name().to_owned(), it.status())).collect(),
            active: self.news.active(&self.run.roster),
            alarms: self.news.alarms(&self.run.roster),
        }
    }
}

/// Faults that are active, and the last alarms.
#[derive(Debug, Default)]
struct News {
    active: BTreeMap<(ActorId, u32), Fault>,
    alarms: VecDeque<(ActorId, Fault)>,
}

/// So many of either are shown.
const SHOWN: usize = 4;

impl FactFold for News {
    fn take(&mut self, facts: &[Fact]) {
        for Fact { who, what, .. } in facts {
            match *what {
                DomainEvent::Occurred { fault, occurrence, .. } => {
                    self.active.insert((*who, occurrence), fault);
                }
                DomainEvent::Cleared { occurrence, .. } => {
                    self.active.remove(&(*who, occurrence));
                }
                DomainEvent::Alarm { suspect, .. } => {
                    self.alarms.push_front((*who, suspect));
                    self.alarms.truncate(SHOWN);
                }
                _ => {}
            }
        }
    }
}

impl News {
    fn active(&self, roster: &Roster) -> Vec<String> {
        let named = |((who, _), fault): (&(ActorId, u32), &Fault)| {
            format!("{fault} at {}", roster.name(*who))
        };
        let mut shown: Vec<String> = self.active.iter().take(SHOWN).map(named).collect();
        if self.active.len() > SHOWN {
            shown.push(format!("{} more", self.active.len() - SHOWN));
        }
        shown
    }
    fn alarms(&self, roster: &Roster) -> Vec<String> {
        self.alarms.iter().map(|(who, it)| format!("{it} at {}", roster.name(*who))).collect()
    }
}

/// Simulated time against the wall.
struct Clock {
    began: Wall,
    speed: f64,
}

impl Clock {
    fn now(&self) -> Instant {
        Instant((self.began.elapsed().as_nanos() as f64 * self.speed) as u64)
    }
    fn wall(&self, at: Instant) -> Wall {
        let after = Duration::try_from_secs_f64(at.as_secs_f64() / self.speed);
        // A moment that never comes is far enough away.
        self.began + after.unwrap_or(FAR).min(FAR)
    }
}

const FAR: Duration = Duration::from_secs(1 << 32);
