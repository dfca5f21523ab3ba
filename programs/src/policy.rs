//! Policy in the loop: a program in any language decides the recovery actions, in lockstep with virtual time.
//!
//! Where the record of a terminal is attached, every attempt of fault management at its incidents waits, at its moment, until
//! it is said what it is. The run stops at that moment, the program is asked, and its answer is brought in at the very same
//! moment: deciding takes no virtual time. So a program that always answers `default` gives the fault records of a run without
//! one, and a run with a program is as deterministic as the program. What is said is in `docs/policy.md`.

mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use faults::{IncidentChange, ProcedureKey, RecoveryPolicy, RecoveryStep};
use models::decision::{Decision, IncidentReport};
use models::wire::InterActorMessage;
use models::{Models, Part, RecoveryAction, readings};
use scenarios::{FactFold, Options, Outcome, Run, Source};
use sim::{ActorId, Emission, Instant, Pulse};

pub use words::SCHEMA;
use words::{Alarm, Over, PolicyStep, Question, Said, Tried};

use crate::lockstep::{self, Failure, InLockstep, Session, play};
use crate::program::shown;
use crate::recording::Way;

/// Which program decides, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its command line, split as a shell splits it.
    pub command: String,
    /// How long it may take over an answer, by the wall clock.
    pub patience: Duration,
    /// Where what it was asked and what it answered is recorded, so that the run can be replayed without it.
    pub record: Option<PathBuf>,
}

impl Policy {
    /// A program with 10 seconds for each answer.
    pub fn of(command: &str) -> Self {
        Self { command: command.to_owned(), patience: Duration::from_secs(10), record: None }
    }
}

/// What a program has decided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// How often it was asked.
    pub asked: u64,
    /// How often it left it to the procedure.
    pub default: u64,
}

/// Raises the world of a run whose recovery actions a program decides.
///
/// # Errors
/// If the scenario cannot be put together.
pub fn begin<'a>(source: Source<'a>, options: &Options) -> Result<Run<'a>, Failure> {
    lockstep::begin(source, options, Part::HeartbeatMonitor)
}

/// Takes such a run to its end on one thread; a program decides what is done about the incidents of terminals. What is
/// noted is handed to `fold` as it comes.
///
/// # Errors
/// If the run cannot go on, or if the program cannot be started, ends too early, does not answer in time or answers what is
/// no answer.
pub fn run_with_policy(
    run: Run<'_>,
    policy: &Policy,
    pulse: &Pulse,
    fold: &mut dyn FactFold,
) -> Result<(Outcome, Counts), Failure> {
    let (source, seed) = (run.source(), run.seed());
    let program = (policy.command.as_str(), policy.patience);
    let session =
        Session::start(run, ("policy", Part::HeartbeatMonitor), program, policy.record.as_ref())?;
    let (open, counts) = (BTreeMap::new(), Counts::default());
    let mut dialogue = Dialogue { session, open, counts };
    dialogue.greet(source, seed).map_err(Failure::Program)?;
    play(&mut dialogue, pulse, fold)?;
    dialogue.finish(fold)
}

/// An incident that is open, as far as the program was told.
struct Open {
    alarm: Alarm,
    tried: Vec<Tried>,
}

/// A run and the program that decides its recovery actions.
struct Dialogue<'a> {
    session: Session<'a>,
    open: BTreeMap<(ActorId, u32), Open>,
    counts: Counts,
}

impl<'a> InLockstep<'a> for Dialogue<'a> {
    fn run(&mut self) -> &mut Run<'a> {
        &mut self.session.run
    }
    fn hear(&mut self, emission: &Emission<InterActorMessage>) -> Result<(), String> {
        Self::hear(self, emission)
    }
}

impl Dialogue<'_> {
    fn greet(&mut self, source: Source<'_>, seed: u64) -> Result<(), String> {
        let hello = Said::Hello {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            scenario: &source.scenario.name,
            seed,
            terminals: self.session.terminals(),
            duration_s: source.scenario.duration.as_secs_f64(),
            actions: RecoveryAction::all().map(RecoveryAction::name).collect(),
            performers: words::performers(),
        };
        self.session.program.tell(&hello.line()?)
    }

    fn over(&self, at: Instant, who: ActorId, report: &IncidentReport) -> Over<'_> {
        Over {
            time_ns: at.0,
            terminal: self.session.name(who),
            actor: who.0,
            incident: report.incident,
            suspect: report.suspect.to_string(),
        }
    }

    fn hear(&mut self, emission: &Emission<InterActorMessage>) -> Result<(), String> {
        let Emission { at, who, port, message } = *emission;
        let InterActorMessage::IncidentReport(report) = message else { return Ok(()) };
        self.session.record(at, who, Way::Out, &message);
        let IncidentReport { incident, change, .. } = report;
        let key = (who, incident);
        match change {
            IncidentChange::Opened => {
                self.open.insert(key, Open { alarm: alarm(&report, at), tried: Vec::new() });
            }
            IncidentChange::Applied { attempt } => {
                let tried = self.open.get_mut(&key).map(|it| it.tried.iter_mut());
                let tried = tried.and_then(|mut it| it.find(|it| it.attempt == attempt));
                if let Some(tried) = tried {
                    tried.carried_out = true;
                }
            }
            // It was not even begun: the same is asked again when nothing holds it back any more.
            IncidentChange::Suppressed => {
                if let Some(it) = self.open.get_mut(&key) {
                    it.tried.pop();
                }
            }
            IncidentChange::Unresolved => {
                let line = Said::Unresolved(self.over(at, who, &report)).line()?;
                self.session.program.tell(&line)?;
            }
            IncidentChange::Closed => {
                self.open.remove(&key);
                let line = Said::Closed(self.over(at, who, &report)).line()?;
                self.session.program.tell(&line)?;
            }
            IncidentChange::AwaitingDecision { attempt, position } => {
                let decision = self.ask(at, who, &report, (attempt, position))?;
                let message = InterActorMessage::Decision { incident, attempt, decision };
                let at = self.session.run.simulation.inject(at, who, port, message);
                self.session.record(at, who, Way::In, &message);
            }
        }
        Ok(())
    }

    fn ask(
        &mut self,
        at: Instant,
        who: ActorId,
        report: &IncidentReport,
        (attempt, position): (u8, u8),
    ) -> Result<Decision, String> {
        let seen = words::seen(&readings(&mut self.session.run.simulation, who));
        let rules = self.session.run.simulation.settings();
        let procedure = rules.procedure(report.procedure);
        let default = usual(rules, report.procedure, position);
        let open = self.open.get(&(who, report.incident));
        self.counts.asked += 1;
        let id = self.counts.asked;
        let question = Question {
            id,
            time_ns: at.0,
            terminal: self.session.name(who),
            actor: who.0,
            incident: report.incident,
            attempt,
            alarm: open.map_or_else(|| alarm(report, at), |it| it.alarm.clone()),
            readings: seen,
            tried: open.map_or(&[], |it| it.tried.as_slice()),
            procedure: procedure.iter().map(PolicyStep::of).collect(),
            next: usize::from(position),
            default: default.as_ref().map(PolicyStep::of),
        };
        let question = Said::Decide(Box::new(question)).line()?;
        let line = self.session.program.ask(&question)?;
        let decision = words::answer(&line, id, procedure).map_err(|why| {
            let (line, question) = (shown(&line), shown(&question));
            format!("the policy program answered nonsense: {why}\n  its line: {line}\n  it was asked: {question}")
        })?;
        self.counts.default += u64::from(decision == Decision::Procedure);
        let step = match decision {
            Decision::Step { action, by, duration } => {
                Some(PolicyStep::of(&RecoveryStep { action, by, duration, works: None }))
            }
            Decision::Procedure => default.as_ref().map(PolicyStep::of),
            Decision::Escalate => rules.fallback().map(|(step, ..)| PolicyStep::of(&step)),
            Decision::Wait(_) | Decision::Close | Decision::GiveUp => None,
        };
        if let (Some(step), Some(open)) = (step, self.open.get_mut(&(who, report.incident))) {
            let tried = Tried { step, at_ns: at.0, attempt, carried_out: false };
            open.tried.push(tried);
        }
        Ok(decision)
    }

    fn finish(self, fold: &mut dyn FactFold) -> Result<(Outcome, Counts), Failure> {
        let Self { session, counts, .. } = self;
        let last = Said::End { time_ns: session.run.simulation.now().0 };
        let outcome = session.finish(&last.line().map_err(Failure::Program)?, fold)?;
        Ok((outcome, counts))
    }
}

fn alarm(report: &IncidentReport, at: Instant) -> Alarm {
    Alarm {
        detector: report.detector.name(),
        symptom: report.finding.symptom.name(),
        evidence: report.finding.evidence().map(|it| it.name()).collect(),
        candidates: report.likeliest.iter().flatten().map(words::Candidate::of).collect(),
        suspect: report.suspect.to_string(),
        family: report.suspect.mode().family.name(),
        raised_ns: at.0,
    }
}

/// What the procedure would do at this position; `None` if nobody would work on it any more.
fn usual(
    rules: &models::Plan,
    of: ProcedureKey<Models>,
    position: u8,
) -> Option<RecoveryStep<Models>> {
    let procedure = rules.procedure(of);
    match usize::from(position).checked_sub(procedure.len()) {
        None => procedure.get(usize::from(position)).copied(),
        Some(past) => {
            let (step, times, _) = rules.fallback()?;
            (past < usize::from(times)).then_some(step)
        }
    }
}
