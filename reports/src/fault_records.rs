//! Fault records: what became of every fault, derived from facts.
//!
//! ```text
//! onset ─▶ first error ─▶ first failure ─▶ first indication ─▶ detected ─▶ isolated ─▶ recovery actions ─▶ restored ─▶ cleared
//! truth    truth          truth            truth        belief      belief       both        belief      truth
//! ```

mod attribution;
pub mod cost_breakdown;
mod fold;
#[cfg(test)]
mod tests;

use faults::{Candidate, Finding, Performer};
use models::{Fault, Indication, Models, Money, Part, RecoveryAction, Symptom};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span};

pub use cost_breakdown::{CostBreakdown, Harm, Item, Line};
pub use fold::FaultRecordFold;

/// How well an alarm isolates the fault.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum IsolationResult {
    /// The fault itself is suspected.
    Right,
    /// Another fault of the same part is suspected.
    WrongFaultRightPart,
    /// Another part is suspected.
    WrongPart,
}

impl IsolationResult {
    /// Compares a suspicion with the truth.
    pub fn of(suspect: Fault, truth: Fault) -> Self {
        if suspect == truth {
            Self::Right
        } else if suspect.part() == truth.part() {
            Self::WrongFaultRightPart
        } else {
            Self::WrongPart
        }
    }
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::WrongFaultRightPart => "wrong-fault-right-part",
            Self::WrongPart => "wrong-part",
        }
    }
}

/// How an alarm's candidates stood to what was true.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights {
    /// The likeliest candidates and how likely, in parts per million; `None` for "nothing is broken".
    pub top: [Option<(Option<Fault>, u32)>; 3],
    /// How likely the truth was held to be, in parts per million: the fault behind the alarm, or that nothing is broken.
    pub truth_ppm: u32,
    /// Which place the truth has among the candidates, from 1; faults are counted among faults only. 0 if it is none of them.
    pub rank: u8,
    /// Faults among the candidates so far.
    faults: u8,
    /// Sum of the squares of all weights.
    squares: f64,
}

impl Weights {
    /// Takes in the next candidate, in the order of their weights.
    pub(super) fn add(&mut self, candidate: Candidate<Models>, truth: Option<Fault>) {
        let Candidate { fault, weight_ppm } = candidate;
        if let Some(free) = self.top.iter_mut().find(|it| it.is_none()) {
            *free = Some((fault, weight_ppm));
        }
        self.squares += (f64::from(weight_ppm) / 1e6) * (f64::from(weight_ppm) / 1e6);
        self.faults += u8::from(fault.is_some());
        if fault == truth {
            self.truth_ppm = weight_ppm;
            self.rank = if fault.is_some() { self.faults } else { self.faults + 1 };
        }
        debug_assert!(self.squares <= 1.0 + 1e-9, "weights add up to one");
    }

    /// Brier score of the weights: the sum over all candidates of the square of weight less truth, where the truth has 1 and all
    /// others 0. From 0, which is best, to 2. (G. W. Brier, Monthly Weather Review 78(1), 1950.)
    pub fn brier(&self) -> f64 {
        let truth = f64::from(self.truth_ppm) / 1e6;
        self.squares - 2.0 * truth + 1.0
    }
}

/// The first alarm that a fault led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// When.
    pub at: Instant,
    /// Whose detector.
    pub detector: Part,
    /// The actor that the detector belongs to.
    pub raised_by: ActorId,
    /// What it had noticed.
    pub symptom: Symptom,
    /// What it held to be the likeliest fault.
    pub suspect: Fault,
    /// Whether it was.
    pub isolation: IsolationResult,
    /// The alarm, by its number.
    pub alarm: usize,
    /// Which place the fault has among the candidates of that alarm, from 1; 0 if it is none of them.
    pub rank: u8,
}

/// One recovery action that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The actor that keeps the incident.
    pub kept_by: ActorId,
    /// The incident, within that actor.
    pub incident: u32,
    /// Which attempt, counted from 0.
    pub attempt: u8,
    /// What.
    pub action: RecoveryAction,
    /// By whom.
    pub by: Performer,
    /// When it was begun.
    pub started: Instant,
    /// When it had been carried out; `None` if it never was.
    pub applied: Option<Instant>,
    /// When it was given up for the next one, or for the end of its incident; `None` if it was under way to the end.
    pub dropped: Option<Instant>,
    /// It cleared this fault.
    pub cleared: bool,
}

/// How a fault ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cleared {
    /// When.
    pub at: Instant,
    /// What cleared it; `None` if it ended by itself.
    pub by: Option<RecoveryAction>,
}

/// What a fault did to sales while it was active.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// Sales that the terminal could not carry out.
    pub failed: u64,
    /// Sales whose customers left.
    pub abandoned: u64,
    /// Sales that were declined for a reason of the system's.
    pub declined_technically: u64,
    /// Sales that the terminal wanted taken back.
    pub reversed: u64,
    /// Sales that went well, but only stored or at a second try.
    pub delayed: u64,
    /// Purchases that were charged twice.
    pub duplicates: u64,
    /// Amounts of failed, abandoned and technically declined sales.
    pub at_risk: Money,
    /// Cost of the calls, visits and recovery actions that it led to, at the scenario's prices.
    pub cost: Money,
    /// Margin of the sales that it lost.
    pub lost_margin: Money,
    /// Price of the time out of service that is attributed to it.
    pub outage: Money,
}

impl Impact {
    /// All that it cost.
    pub fn total(&self) -> Money {
        Money(self.cost.0 + self.lost_margin.0 + self.outage.0)
    }
}

impl Impact {
    /// Failed and abandoned sales.
    pub fn lost(&self) -> u64 {
        self.failed + self.abandoned
    }
}

/// What became of one occurrence of a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRecord {
    /// Where it occurred.
    pub who: ActorId,
    /// Its number there.
    pub occurrence: u32,
    /// Entry of the scenario's faults; `None` if it came by itself.
    pub plan: Option<u16>,
    /// The fault.
    pub fault: Fault,
    /// When it occurred: its onset.
    pub onset: Instant,
    /// When its first error came: it was activated.
    pub first_error: Option<Instant>,
    /// When service first deviated: a sale that went wrong, or the actor down.
    pub first_failure: Option<Instant>,
    /// When somebody could first have noticed, and what.
    pub first_indication: Option<(Instant, Indication)>,
    /// The first alarm; `None` if none was raised before it was gone.
    pub detection: Option<Detection>,
    /// How many alarms it led to.
    pub alarms: u32,
    /// Every recovery action that was tried, in this order.
    pub actions: Vec<Tried>,
    /// A procedure was used up.
    pub exhausted: bool,
    /// Nobody works on it any more.
    pub unresolved: bool,
    /// When the last of its incidents was closed; `None` while one is open.
    pub restored: Option<Instant>,
    /// How often it was believed to be over while it was not.
    pub relapses: u32,
    /// How it ended; `None` if it was active at the end.
    pub cleared: Option<Cleared>,
    /// Time out of service that is attributed to it.
    pub down: Span,
    /// When the actor itself was out of service because of it.
    pub downs: Vec<(Instant, Instant)>,
    /// What it did to sales.
    pub impact: Impact,
}

impl FaultRecord {
    /// A fault that has just occurred.
    pub fn new(
        who: ActorId,
        occurrence: u32,
        plan: Option<u16>,
        fault: Fault,
        onset: Instant,
    ) -> Self {
        Self {
            who,
            occurrence,
            plan,
            fault,
            onset,
            first_error: None,
            first_failure: None,
            first_indication: None,
            detection: None,
            alarms: 0,
            actions: Vec::new(),
            exhausted: false,
            unresolved: false,
            restored: None,
            relapses: 0,
            cleared: None,
            down: Span::ZERO,
            downs: Vec::new(),
            impact: Impact::default(),
        }
    }

    /// When it was gone, or the run over.
    pub fn end(&self, run_end: Instant) -> Instant {
        self.cleared.map_or(run_end, |cleared| cleared.at)
    }

    /// The first suspicion was the truth.
    pub fn isolated(&self) -> bool {
        self.detection.is_some_and(|detection| detection.isolation == IsolationResult::Right)
    }
}

/// One alarm, and the fault behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// When.
    pub at: Instant,
    /// The actor whose detector raised it and that keeps the incident.
    pub who: ActorId,
    /// Which actor it is about.
    pub about: ActorId,
    /// The incident, within the actor that keeps it.
    pub incident: u32,
    /// Whose detector.
    pub detector: Part,
    /// What it suspects.
    pub suspect: Fault,
    /// What it had noticed.
    pub finding: Finding<Models>,
    /// How its candidates stood to what was true.
    pub weights: Weights,
    /// Number of the record behind it; `None` for a false alarm.
    pub record: Option<usize>,
    /// For a false alarm: the record that had last ended at that actor, whose echo it may be.
    pub echo_of: Option<usize>,
    /// When its incident was closed.
    pub closed: Option<Instant>,
    /// How many recovery actions were carried out for it.
    pub actions: u32,
    /// Cost of the calls, visits and recovery actions that it led to, at the scenario's prices.
    pub cost: Money,
}

/// All that happened, fault by fault.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunHistory {
    /// One record a fault occurrence, in the order of onset.
    pub records: Vec<FaultRecord>,
    /// Every alarm, in the order of time.
    pub alarms: Vec<Alarm>,
    /// Time out of service of terminals that no fault explains: restarts for false alarms, start-up.
    pub unexplained: Span,
    /// What it all cost.
    pub breakdown: CostBreakdown,
}

impl RunHistory {
    /// Alarms with no fault behind them.
    pub fn false_alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().filter(|alarm| alarm.record.is_none())
    }
}
