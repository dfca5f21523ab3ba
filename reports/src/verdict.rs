//! The verdict: passed, failed, or nothing to judge by.

mod expectations;
#[cfg(test)]
mod tests;

use models::invariants::{Breach, Invariant};
use scenarios::Outcome;
use serde::{Deserialize, Serialize};

use crate::fault_records::RunHistory;
use crate::measures::Measures;
use crate::statistics::Interval;

/// How something came out.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As expected.
    #[default]
    Passed,
    /// It cannot be said: what it is about never happened.
    Inconclusive,
    /// Not as expected.
    Failed,
}

impl Verdict {
    /// Its name in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Inconclusive => "inconclusive",
            Self::Failed => "failed",
        }
    }
}

/// One expectation of the scenario, and how it came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Its name.
    pub name: String,
    /// What was expected, in words.
    pub target: String,
    /// What was measured, in words; "not measurable" if it could not be.
    pub measured: String,
    /// What was measured.
    pub value: Option<f64>,
    /// 95 % interval of the same.
    pub ci95: Option<Interval>,
    /// The same in words.
    pub interval: String,
    /// How it came out.
    pub verdict: Verdict,
    /// Why, unless it passed.
    pub reason: String,
}

/// One invariant, and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upheld {
    /// Its name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Whether it holds.
    pub holds: bool,
    /// The first breaches, each with terminal, time and transaction.
    pub breaches: Vec<String>,
    /// How many breaches there are.
    pub count: u64,
}

/// The verdict on a run, and what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict on the whole.
    pub verdict: Verdict,
    /// Why it is not `Passed`, the worst first; empty if it is.
    pub reasons: Vec<String>,
    /// What the scenario expects.
    pub expectations: Vec<Judged>,
    /// What must hold in every run.
    pub invariants: Vec<Upheld>,
}

/// How many breaches of one invariant are named; the rest is counted.
const NAMED: usize = 20;

impl Judgement {
    /// A file of the run holds a full card number: the invariant that forbids it is broken.
    pub fn leaked(&mut self, file: &str) {
        let name = Invariant::NoCardNumber.name();
        let breach = format!("{file} holds a full card number");
        if let Some(invariant) = self.invariants.iter_mut().find(|it| it.name == name) {
            invariant.holds = false;
            invariant.count += 1;
            invariant.breaches.push(breach.clone());
        }
        self.verdict = Verdict::Failed;
        self.reasons.insert(0, format!("{name}: {breach}"));
    }
}

/// Judges a run by its invariants, its expectations, and whether there is anything to judge by.
pub fn judge(outcome: &Outcome, history: &RunHistory, measures: &Measures) -> Judgement {
    let invariants: Vec<Upheld> = Invariant::ALL.iter().map(|&it| uphold(it, outcome)).collect();
    let evidence = expectations::Evidence { outcome, history, measures, invariants: &invariants };
    let asked = outcome.scenario.expectations.iter();
    let expectations: Vec<Judged> = asked.map(|it| expectations::judge(it, &evidence)).collect();
    let mut reasons: Vec<(Verdict, String)> = Vec::new();
    for invariant in invariants.iter().filter(|it| !it.holds) {
        let first = invariant.breaches.first().map_or("", String::as_str);
        let more = match invariant.count {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        reasons.push((Verdict::Failed, format!("{}: {first}{more}", invariant.name)));
    }
    for judged in expectations.iter().filter(|it| it.verdict != Verdict::Passed) {
        reasons.push((judged.verdict, format!("{}: {}", judged.name, judged.reason)));
    }
    reasons.extend(vacuous(outcome, measures).map(|reason| (Verdict::Inconclusive, reason)));
    // Stable: within a verdict the order above stays.
    reasons.sort_by_key(|&(verdict, _)| std::cmp::Reverse(verdict));
    let verdict = reasons.first().map_or(Verdict::Passed, |&(verdict, _)| verdict);
    let reasons = reasons.into_iter().map(|(_, reason)| reason).collect();
    Judgement { verdict, reasons, expectations, invariants }
}

/// Why the run proves less than it seems to.
fn vacuous<'a>(outcome: &'a Outcome, measures: &'a Measures) -> impl Iterator<Item = String> + 'a {
    let unfired = measures.plans.iter().filter_map(|(plan, handling)| {
        let planned = outcome.planned.get(usize::from((*plan)?))?;
        let never = planned.targets > 0 && handling.injected == 0;
        never.then(|| format!("fault {} ({}) never occurred", planned.id, planned.fault))
    });
    let unsold = (measures.payments.attempted.count == 0).then(|| "nobody tried to pay".to_owned());
    unfired.chain(unsold)
}

fn uphold(invariant: Invariant, outcome: &Outcome) -> Upheld {
    let breaches = || outcome.audit.breaches.iter().filter(|it| it.invariant == invariant);
    let count = breaches().count() as u64;
    Upheld {
        name: invariant.name().to_owned(),
        says: says(invariant).to_owned(),
        holds: count == 0,
        breaches: breaches().take(NAMED).map(|breach| name(breach, outcome)).collect(),
        count,
    }
}

/// Terminal, time, transaction and money of a breach, then what is wrong.
fn name(breach: &Breach, outcome: &Outcome) -> String {
    format!(
        "{} at {:.3} s, STAN {:06}, {}: {}",
        outcome.roster.name(breach.terminal),
        breach.at.as_secs_f64(),
        breach.stan,
        breach.amount,
        breach.detail
    )
}

const fn says(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::NoDoubleCharge => "no customer's purchase is charged twice",
        Invariant::NoUnreversedSale => {
            "no approved sale that the terminal gave up on stays unreversed after the drain period"
        }
        Invariant::LedgersAgree => "the ledgers of terminals, gateway and hosts agree to the cent",
        Invariant::DepositsAgree => {
            "what merchants paid as deposits is held, deducted or paid back, to the cent"
        }
        Invariant::NoCardNumber => "no full card number is in any record or file",
    }
}
