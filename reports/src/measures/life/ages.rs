//! Failures of device parts by their age: a hazard, bin by bin, with its interval.
//!
//! A part is one entry of the scenario's random lives at one terminal. It is at risk from the moment when it is put in,
//! cleared or renewed until it breaks, is renewed, or goes out of service.

use std::collections::BTreeMap;

use faults::DomainEvent;
use models::lifecycle::DeploymentStep;
use models::{Fact, Fault, Note, RecoveryAction};
use scenarios::{LifeLaw, Outset, When};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span};

use crate::statistics::{Interval, garwood, settled};

/// Ages that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgeBin {
    /// From this age on, in days.
    pub from_d: f64,
    /// Up to this age, in days.
    pub to_d: f64,
    /// Time that parts of these ages were at risk, in years.
    pub years: f64,
    /// How many of them broke.
    pub failures: u64,
    /// Failures a part and year.
    pub per_year: f64,
    /// Its interval of 95 %: Poisson limits.
    pub ci95: Interval,
}

/// Where bins end, in days: narrow where early failures are, then by half years.
const EDGES: [u64; 13] = [7, 30, 90, 180, 365, 545, 730, 910, 1_095, 1_280, 1_460, 1_825, 36_500];

const YEAR_S: f64 = 365.0 * 86_400.0;

/// A part at risk: since when, and how old it was then.
#[derive(Clone, Copy, Debug)]
struct Sound {
    since: Instant,
    age: Span,
}

/// Adds up time at risk and failures by age.
#[derive(Debug)]
pub(super) struct AgesFold {
    /// The fault that ends each random life of the device, by entry of the scenario.
    lives: BTreeMap<u16, Fault>,
    /// Which of them each terminal has.
    plans: BTreeMap<ActorId, Vec<u16>>,
    /// Terminals in which recovery actions renew more than what broke.
    renewed: BTreeMap<ActorId, bool>,
    sound: BTreeMap<(ActorId, u16), Sound>,
    /// Parts that are broken: by terminal and occurrence.
    broken: BTreeMap<(ActorId, u32), u16>,
    seconds: [f64; EDGES.len()],
    failures: [u64; EDGES.len()],
}

fn bin_of(age: Span) -> usize {
    EDGES.iter().position(|edge| age < Span::days(*edge)).unwrap_or(EDGES.len() - 1)
}

/// How old a part is at the start by its own entry.
fn own_age(when: &When) -> Span {
    match when {
        When::Random(LifeLaw::Weibull { age, .. } | LifeLaw::Bathtub { age, .. }) => *age,
        _ => Span::ZERO,
    }
}

impl AgesFold {
    pub(super) fn new(outset: Outset<'_>) -> Self {
        let Outset { scenario, roster, targets } = outset;
        let mut fold = Self {
            lives: BTreeMap::new(),
            plans: BTreeMap::new(),
            renewed: BTreeMap::new(),
            sound: BTreeMap::new(),
            broken: BTreeMap::new(),
            seconds: Default::default(),
            failures: Default::default(),
        };
        for (number, (entry, targets)) in scenario.faults.iter().zip(targets).enumerate() {
            let random = matches!(entry.when, When::Random(_));
            if random && entry.mode.part().group() == "hardware" {
                fold.lives.insert(number as u16, entry.mode);
                for &actor in targets {
                    fold.plans.entry(actor).or_default().push(number as u16);
                }
            }
        }
        for (group, dealt) in scenario.fleet.iter().zip(&roster.groups) {
            let deployment = scenario.deployment(group);
            for actor in (dealt.first..dealt.first + dealt.count).map(ActorId) {
                fold.renewed.insert(actor, deployment.ages());
                if deployment.applies.is_some() {
                    continue;
                }
                for &plan in fold.plans.get(&actor).into_iter().flatten() {
                    let age = deployment.age + own_age(&scenario.faults[usize::from(plan)].when);
                    fold.sound.insert((actor, plan), Sound { since: Instant::START, age });
                }
            }
        }
        fold
    }

    pub(super) fn take(&mut self, fact: &Fact) {
        let (who, at) = (fact.who, fact.at);
        match fact.what {
            DomainEvent::Noted(Note::Life(DeploymentStep::InService)) => {
                self.renew(who, at, |_, _| true)
            }
            DomainEvent::Noted(Note::Life(DeploymentStep::Maintained)) => {
                self.replaced(who, at, RecoveryAction::Clean)
            }
            DomainEvent::Noted(Note::Life(DeploymentStep::Retired)) => {
                for plan in self.plans.remove(&who).unwrap_or_default() {
                    self.close((who, plan), at);
                }
            }
            DomainEvent::ActionApplied { action, .. } => self.replaced(who, at, action),
            DomainEvent::Occurred { plan, occurrence, .. } => {
                if let Some(age) = self.close((who, plan), at) {
                    self.failures[bin_of(age)] += 1;
                    self.broken.insert((who, occurrence), plan);
                }
            }
            DomainEvent::Cleared { occurrence, .. } => {
                let plan = self.broken.remove(&(who, occurrence));
                // What goes out of service is over, not cleared.
                let in_service = self.plans.contains_key(&who);
                if let Some(plan) = plan.filter(|_| in_service) {
                    self.sound.insert((who, plan), Sound { since: at, age: Span::ZERO });
                }
            }
            _ => {}
        }
    }

    fn replaced(&mut self, who: ActorId, at: Instant, action: RecoveryAction) {
        if self.renewed.get(&who).copied().unwrap_or(false) {
            self.renew(who, at, |sound, fault| sound && action.renews(fault));
        }
    }

    /// New parts are put in where `which` says so, of a part that is sound or not.
    fn renew(&mut self, who: ActorId, at: Instant, which: impl Fn(bool, Fault) -> bool) {
        for plan in self.plans.get(&who).cloned().unwrap_or_default() {
            let key = (who, plan);
            if which(self.sound.contains_key(&key), self.lives[&plan]) {
                self.close(key, at);
                self.sound.insert(key, Sound { since: at, age: Span::ZERO });
            }
        }
    }

    /// A part is at risk no longer: its time is dealt to the bins. Returns its age.
    fn close(&mut self, part: (ActorId, u16), at: Instant) -> Option<Span> {
        let Sound { since, age } = self.sound.remove(&part)?;
        let (mut from, to) = (age, age + at.since(since));
        for (bin, edge) in EDGES.iter().enumerate() {
            let until = Span::days(*edge).min(to);
            self.seconds[bin] += (until - from).as_secs_f64();
            from = from.max(until);
        }
        Some(to)
    }

    pub(super) fn finish(mut self, end: Instant) -> Vec<AgeBin> {
        let left: Vec<(ActorId, u16)> = self.sound.keys().copied().collect();
        for part in left {
            self.close(part, end);
        }
        let bin = |at: usize| {
            let (seconds, failures) = (self.seconds[at], self.failures[at]);
            let years = seconds / YEAR_S;
            let Interval(low, high) = garwood(failures);
            (seconds > 0.0).then(|| AgeBin {
                from_d: at.checked_sub(1).map_or(0.0, |it| EDGES[it] as f64),
                to_d: EDGES[at] as f64,
                years: settled(years),
                failures,
                per_year: settled(failures as f64 / years),
                ci95: Interval(settled(low / years), settled(high / years)),
            })
        };
        (0..EDGES.len()).filter_map(bin).collect()
    }
}
