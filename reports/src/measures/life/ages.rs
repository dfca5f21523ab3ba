//! Failures of device parts by their age: a hazard, bin by bin, with its interval.
//!
//! A part is one entry of the scenario's random lives at one terminal. It is at risk from the moment when it is put in,
//! mended or renewed until it breaks, is renewed, or goes out of service.

use std::collections::BTreeMap;

use models::lifecycle::Step;
use models::remedy::renews;
use models::{Fact, Fault, Note, Remedy};
use scenarios::{Life, Outcome, When};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span, What};

use crate::statistics::{Interval, settled, z};

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
pub(super) struct Fold {
    /// The fault that ends each random life of the device, by entry of the scenario.
    lives: BTreeMap<u16, Fault>,
    /// Which of them each terminal has.
    plans: BTreeMap<ActorId, Vec<u16>>,
    /// Terminals in which remedies renew more than what broke.
    renewed: BTreeMap<ActorId, bool>,
    sound: BTreeMap<(ActorId, u16), Sound>,
    /// Parts that are broken: by terminal and occurrence.
    broken: BTreeMap<(ActorId, u16), u16>,
    seconds: [f64; EDGES.len()],
    failures: [u64; EDGES.len()],
}

fn bin_of(age: Span) -> usize {
    EDGES.iter().position(|edge| age < Span::days(*edge)).unwrap_or(EDGES.len() - 1)
}

/// How old a part is at the start by its own entry.
fn own_age(when: When) -> Span {
    match when {
        When::Random(Life::Weibull { age, .. } | Life::Bathtub { age, .. }) => age,
        _ => Span::ZERO,
    }
}

impl Fold {
    pub(super) fn new(outcome: &Outcome) -> Self {
        let scenario = &outcome.scenario;
        let mut fold = Self {
            lives: BTreeMap::new(),
            plans: BTreeMap::new(),
            renewed: BTreeMap::new(),
            sound: BTreeMap::new(),
            broken: BTreeMap::new(),
            seconds: Default::default(),
            failures: Default::default(),
        };
        for (number, (entry, targets)) in scenario.faults.iter().zip(&outcome.targets).enumerate() {
            let random = matches!(entry.when, When::Random(_));
            if random && entry.mode.part().group() == "hardware" {
                fold.lives.insert(number as u16, entry.mode);
                for &actor in targets {
                    fold.plans.entry(actor).or_default().push(number as u16);
                }
            }
        }
        for (group, dealt) in scenario.fleet.iter().zip(&outcome.roster.groups) {
            let tenure = scenario.tenure(group);
            for actor in (dealt.first..dealt.first + dealt.count).map(ActorId) {
                fold.renewed.insert(actor, tenure.ages());
                if tenure.applies.is_some() {
                    continue;
                }
                for &plan in fold.plans.get(&actor).into_iter().flatten() {
                    let age = tenure.age + own_age(scenario.faults[usize::from(plan)].when);
                    fold.sound.insert((actor, plan), Sound { since: Instant::START, age });
                }
            }
        }
        fold
    }

    pub(super) fn take(&mut self, fact: &Fact) {
        let (who, at) = (fact.who, fact.at);
        match fact.what {
            What::Noted(Note::Life(Step::InService)) => self.renew(who, at, |_, _| true),
            What::Noted(Note::Life(Step::Maintained)) => self.replaced(who, at, Remedy::Clean),
            What::Noted(Note::Life(Step::Retired)) => {
                for plan in self.plans.remove(&who).unwrap_or_default() {
                    self.close((who, plan), at);
                }
            }
            What::RemedyApplied { remedy, .. } => self.replaced(who, at, remedy),
            What::Activated { plan, occurrence, .. } => {
                if let Some(age) = self.close((who, plan), at) {
                    self.failures[bin_of(age)] += 1;
                    self.broken.insert((who, occurrence), plan);
                }
            }
            What::Cleared { occurrence, .. } => {
                let plan = self.broken.remove(&(who, occurrence));
                // What goes out of service is over, not mended.
                let in_service = self.plans.contains_key(&who);
                if let Some(plan) = plan.filter(|_| in_service) {
                    self.sound.insert((who, plan), Sound { since: at, age: Span::ZERO });
                }
            }
            _ => {}
        }
    }

    fn replaced(&mut self, who: ActorId, at: Instant, remedy: Remedy) {
        if self.renewed.get(&who).copied().unwrap_or(false) {
            self.renew(who, at, |sound, fault| sound && renews(remedy, fault));
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
            let (low, high) = poisson(failures);
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

/// Up to this count the exact limits are looked for; beyond it Byar's approximation is right to a part in a thousand.
const FEW: u64 = 100;

/// Limits of 95 % of a Poisson mean of which so many were counted: exact ones (Garwood 1936), or by Byar's approximation
/// (Rothman and Boice 1979).
fn poisson(count: u64) -> (f64, f64) {
    if count <= FEW {
        let low = count.checked_sub(1).map_or(0.0, |below| mean_with(below, 0.975));
        return (low, mean_with(count, 0.025));
    }
    let limit = |n: f64, side: f64| {
        let root = 1.0 - 1.0 / (9.0 * n) + side * z() / (3.0 * libm::sqrt(n));
        n * root * root * root
    };
    (limit(count as f64, -1.0), limit(count as f64 + 1.0, 1.0))
}

/// The mean with which so many or fewer are counted with this probability, by bisection.
fn mean_with(count: u64, probability: f64) -> f64 {
    let at_most = |mean: f64| {
        let (mut term, mut sum) = (libm::exp(-mean), 0.0);
        for n in 0..=count {
            sum += term;
            term *= mean / (n + 1) as f64;
        }
        sum
    };
    let (mut low, mut high) = (0.0, 4.0 * FEW as f64);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at_most(middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_a_count_are_the_exact_ones() {
        // Exact limits by the chi-square law: scipy.stats.chi2.ppf([.025, .975], [2 n, 2 n + 2]) / 2.
        for (count, low, high) in
            [(1, 0.025_318, 5.571_643), (5, 1.623_486, 11.668_332), (20, 12.216_520, 30.888_384)]
        {
            let (own_low, own_high) = poisson(count);
            assert!((own_low - low).abs() < 1e-5, "{count}: {own_low}");
            assert!((own_high - high).abs() < 1e-5, "{count}: {own_high}");
        }
        assert_eq!(poisson(0).0, 0.0);
        assert!((poisson(0).1 - 3.688_879).abs() < 1e-5);
        // Where the two ways meet.
        let (few, many) = (poisson(FEW), poisson(FEW + 1));
        assert!((many.0 - few.0 - 0.90).abs() < 0.05 && (many.1 - few.1 - 1.10).abs() < 0.05);
    }
}
