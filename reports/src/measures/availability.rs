//! Availability: the share of time, and of sales, that were served.

use std::collections::BTreeMap;

use faults::DomainEvent;
use models::lifecycle::DeploymentStep;
use models::{Fact, Note, Outcome};
use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant};

use crate::statistics::{Interval, Share, mean, quantile, settled, t_interval};

/// The share of its time in service after the warm-up in which a terminal was able to sell, over all terminals that were in
/// service at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Availability {
    /// Mean over terminals.
    pub mean: Option<f64>,
    /// One terminal in twenty is worse than this.
    pub p05: Option<f64>,
    /// The median terminal.
    pub p50: Option<f64>,
    /// One terminal in twenty is better than this.
    pub p95: Option<f64>,
    /// t interval of the mean over terminals, 95 %. Terminals that share a hub or a cause are not independent.
    pub ci95: Option<Interval>,
    /// Number of terminals.
    pub n: u64,
    /// The worst terminal.
    pub min: Option<f64>,
    /// Share of purchases after the warm-up that the system decided: approved, stored, or declined for a reason of the
    /// customer's.
    pub by_sale: Share,
}

#[derive(Clone, Copy, Debug, Default)]
struct Down {
    since: Option<Instant>,
    nanos: u64,
}

/// Adds up time out of service, terminal by terminal.
#[derive(Debug)]
pub struct AvailabilityFold {
    terminals: u32,
    from: Instant,
    /// Only those that were ever down.
    down: BTreeMap<ActorId, Down>,
    /// Time not in service, of those that ever were not.
    absent: BTreeMap<ActorId, Down>,
    served: u64,
    asked: u64,
}

impl AvailabilityFold {
    /// Time counts from the end of the warm-up.
    pub fn new(terminals: u32, from: Instant) -> Self {
        let (down, absent) = (BTreeMap::new(), BTreeMap::new());
        Self { terminals, from, down, absent, served: 0, asked: 0 }
    }

    /// These are not in service when the run begins.
    #[must_use]
    pub fn without(mut self, absent: impl Iterator<Item = ActorId>) -> Self {
        let since = Some(Instant::START);
        self.absent.extend(absent.map(|actor| (actor, Down { since, nanos: 0 })));
        self
    }

    fn present(&mut self, who: ActorId, at: Instant, present: bool) {
        let from = self.from;
        let absent = self.absent.entry(who).or_default();
        if !present {
            absent.since.get_or_insert(at);
        } else if let Some(since) = absent.since.take() {
            absent.nanos += at.since(since.max(from)).0;
        }
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        match fact.what {
            DomainEvent::Service { up } if fact.who.0 < self.terminals => {
                let from = self.from;
                let down = self.down.entry(fact.who).or_default();
                if !up {
                    down.since.get_or_insert(fact.at);
                } else if let Some(since) = down.since.take() {
                    down.nanos += fact.at.since(since.max(from)).0;
                }
            }
            DomainEvent::Noted(Note::Life(DeploymentStep::InService)) => {
                self.present(fact.who, fact.at, true)
            }
            DomainEvent::Noted(Note::Life(DeploymentStep::Retired)) => {
                self.present(fact.who, fact.at, false)
            }
            DomainEvent::Noted(Note::SaleEnded(sale)) if fact.at >= self.from => {
                self.asked += 1;
                self.served += u64::from(match sale.outcome {
                    Outcome::Approved | Outcome::Stored => true,
                    Outcome::Declined => !sale.code.technical(),
                    Outcome::Abandoned | Outcome::Failed => false,
                });
            }
            _ => {}
        }
    }

    /// All facts have been read, up to the end of the run.
    pub fn finish(self, end: Instant) -> Availability {
        let by_sale = Share::new(self.served, self.asked);
        let length = end.since(self.from).0;
        if length == 0 || self.terminals == 0 {
            return Availability { by_sale, ..Availability::default() };
        }
        let spent = |of: Option<&Down>| {
            let of = of.copied().unwrap_or_default();
            let open = of.since.map_or(0, |since| end.since(since.max(self.from)).0);
            (of.nanos + open).min(length)
        };
        let mut up: Vec<f64> = Vec::with_capacity(self.terminals as usize);
        // Those that were always there are counted by their down time alone.
        for (_, down) in self.down.iter().filter(|(who, _)| !self.absent.contains_key(who)) {
            up.push((length - spent(Some(down))) as f64 / length as f64);
        }
        let always = (self.terminals as usize).saturating_sub(self.absent.len());
        up.resize(always, 1.0);
        for (who, absent) in &self.absent {
            let there = length - spent(Some(absent));
            let down = spent(self.down.get(who)).min(there);
            if there > 0 {
                up.push((there - down) as f64 / there as f64);
            }
        }
        up.sort_unstable_by(f64::total_cmp);
        // The mean is between 0 and 1, and so is what can be said about it.
        let within = |Interval(lo, hi)| Interval(lo.max(0.0), hi.min(1.0));
        Availability {
            mean: mean(&up),
            p05: quantile(&up, 0.05),
            p50: quantile(&up, 0.5),
            p95: quantile(&up, 0.95),
            ci95: t_interval(&up).map(within),
            n: up.len() as u64,
            min: up.first().copied().map(settled),
            by_sale,
        }
    }
}
