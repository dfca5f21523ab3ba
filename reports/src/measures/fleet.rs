//! The fleet over time: terminals up, sales by their end, faults active.

use std::collections::BTreeMap;

use faults::DomainEvent;
use models::{Fact, Note, Outcome};
use serde::{Deserialize, Serialize};
use sim::{Instant, Span};

use crate::fault_records::FaultRecord;

/// How the sales of one bin ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Sales {
    /// Approved, online or stored.
    pub approved: u64,
    /// Declined.
    pub declined: u64,
    /// Failed or abandoned.
    pub failed: u64,
}

/// The fleet over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// Length of the run, in seconds.
    pub end_s: f64,
    /// Width of a bin of sales, in seconds.
    pub sales_bin_s: f64,
    /// Sales by bin.
    pub sales: Vec<Sales>,
    /// Width of a bin of what follows, in seconds.
    pub bin_s: f64,
    /// Mean share of terminals that were up, by bin.
    pub up: Vec<f64>,
    /// Mean number of active faults, by bin.
    pub active: Vec<f64>,
    /// When a hub had a fault of the scenario, or one terminal in fifty the same one: in seconds, in order, apart.
    pub windows: Vec<(f64, f64)>,
}

/// Sales are counted by the quarter of an hour, unless the run is too short or too long to draw that.
fn sales_bin(end: Instant) -> Span {
    let max = 400;
    let widths = [Span::minutes(15), Span::hours(1), Span::hours(6), Span::days(1)];
    match end.0 {
        short if short < Span::hours(2).0 => Span::minutes(1),
        long => {
            let fits = |width: &&Span| long.div_ceil(width.0) <= max;
            widths.iter().find(fits).copied().unwrap_or(Span(long.div_ceil(max)))
        }
    }
}

/// How many bins a run to this end has.
fn bins(end: Instant, width: Span) -> usize {
    (end.0.div_ceil(width.0) as usize).max(1)
}

/// Time spent in some state, by bin, summed over actors.
#[derive(Debug)]
struct Dwell {
    bin: Span,
    /// Time spent in bins that were begun or left, in nanoseconds.
    partial: Vec<u64>,
    /// How many more are in the state through the whole of this bin than through the one before.
    change: Vec<i64>,
}

impl Dwell {
    fn new(bin: Span, bins: usize) -> Self {
        Self { bin, partial: vec![0; bins], change: vec![0; bins + 1] }
    }

    fn add(&mut self, from: Instant, to: Instant) {
        let last = self.partial.len() - 1;
        let (first, until) = ((from.0 / self.bin.0) as usize, (to.0 / self.bin.0) as usize);
        if first > last || to <= from {
            return;
        }
        if first == until {
            self.partial[first] += to.since(from).0;
            return;
        }
        self.partial[first] += (first as u64 + 1) * self.bin.0 - from.0;
        self.change[first + 1] += 1;
        if until <= last {
            self.partial[until] += to.0 - until as u64 * self.bin.0;
            self.change[until] -= 1;
        }
    }

    /// Mean number of actors in the state, by bin. The last bin may be shorter.
    fn means(&self, end: Instant) -> Vec<f64> {
        let mut whole = 0;
        let bins = self.partial.iter().zip(&self.change).enumerate();
        let mean = |(at, (&partial, &change)): (usize, (&u64, &i64))| {
            whole += change;
            let width = end.since(Instant(at as u64 * self.bin.0)).0.min(self.bin.0).max(1);
            // Whoever stays to the end of the run stays through its last bin, however short.
            whole as f64 + partial as f64 / width as f64
        };
        bins.map(mean).collect()
    }
}

/// Reads what the fleet does, bin by bin.
#[derive(Debug)]
pub struct FleetFold {
    terminals: u32,
    sales_bin: Span,
    sales: Vec<Sales>,
    down: Dwell,
    bin: Span,
    since: Vec<Option<Instant>>,
}

impl FleetFold {
    /// Bins as wide as fits a run to this end.
    pub fn new(terminals: u32, end: Instant) -> Self {
        let sales_bin = sales_bin(end);
        let bin = Span((sales_bin.0 / 5).max(1));
        Self {
            terminals,
            sales_bin,
            sales: vec![Sales::default(); bins(end, sales_bin)],
            down: Dwell::new(bin, bins(end, bin)),
            bin,
            since: vec![None; terminals as usize],
        }
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        match fact.what {
            DomainEvent::Service { up } => {
                let Some(since) = self.since.get_mut(fact.who.0 as usize) else { return };
                if !up {
                    since.get_or_insert(fact.at);
                } else if let Some(since) = since.take() {
                    self.down.add(since, fact.at);
                }
            }
            DomainEvent::Noted(Note::SaleEnded(sale)) => {
                let at = (fact.at.0 / self.sales_bin.0) as usize;
                let last = self.sales.len() - 1;
                let bin = &mut self.sales[at.min(last)];
                match sale.outcome {
                    Outcome::Approved | Outcome::Stored => bin.approved += 1,
                    Outcome::Declined => bin.declined += 1,
                    Outcome::Abandoned | Outcome::Failed => bin.failed += 1,
                }
            }
            _ => {}
        }
    }

    /// All facts have been read. A run that was broken off has no bins after its end.
    pub fn finish(mut self, records: &[FaultRecord], end: Instant) -> Fleet {
        for since in self.since.into_iter().flatten() {
            self.down.add(since, end);
        }
        self.sales.truncate(bins(end, self.sales_bin));
        self.down.partial.truncate(bins(end, self.bin));
        let mut active = Dwell::new(self.bin, self.down.partial.len());
        for record in records {
            active.add(record.onset, record.end(end));
        }
        let all = f64::from(self.terminals.max(1));
        let up = self.down.means(end).into_iter();
        Fleet {
            end_s: end.as_secs_f64(),
            sales_bin_s: self.sales_bin.as_secs_f64(),
            sales: self.sales,
            bin_s: self.bin.as_secs_f64(),
            up: up.map(|down| (1.0 - down / all).clamp(0.0, 1.0)).collect(),
            active: active.means(end),
            windows: windows(records, self.terminals, end),
        }
    }
}

/// When a hub had a fault of the scenario, or at least one terminal in fifty the same one.
fn windows(records: &[FaultRecord], terminals: u32, end: Instant) -> Vec<(f64, f64)> {
    let many = i64::from(terminals.div_ceil(50).max(1));
    let mut entries: BTreeMap<u16, Vec<(Instant, i64)>> = BTreeMap::new();
    for record in records {
        let Some(plan) = record.plan else { continue };
        // A hub counts as many: every terminal depends on it.
        let weight = if record.who.0 >= terminals { many } else { 1 };
        let changes = entries.entry(plan).or_default();
        changes.push((record.onset, weight));
        changes.push((record.end(end), -weight));
    }
    let mut windows: Vec<(Instant, Instant)> = Vec::new();
    for mut changes in entries.into_values() {
        changes.sort_unstable();
        windows.extend(stretches(&changes, many, end));
    }
    windows.sort_unstable();
    let mut apart: Vec<(Instant, Instant)> = Vec::new();
    for (from, to) in windows {
        match apart.last_mut() {
            Some((_, until)) if from <= *until => *until = to.max(*until),
            _ => apart.push((from, to)),
        }
    }
    apart.into_iter().map(|(from, to)| (from.as_secs_f64(), to.as_secs_f64())).collect()
}

/// From when to when a count that changes so is at least `many`.
fn stretches(changes: &[(Instant, i64)], many: i64, end: Instant) -> Vec<(Instant, Instant)> {
    let (mut stretches, mut now, mut since) = (Vec::new(), 0, None);
    for same in changes.chunk_by(|a, b| a.0 == b.0) {
        now += same.iter().map(|&(_, change)| change).sum::<i64>();
        let at = same[0].0;
        match since {
            None if now >= many => since = Some(at),
            Some(from) if now < many => {
                stretches.push((from, at));
                since = None;
            }
            _ => {}
        }
    }
    stretches.extend(since.map(|from| (from, end)));
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_dealt_to_bins_exactly() {
        let mut dwell = Dwell::new(Span::secs(10), 4);
        let at = |secs| Instant::START + Span::secs(secs);
        dwell.add(at(5), at(27));
        dwell.add(at(12), at(14));
        dwell.add(at(33), at(40));
        let means = dwell.means(at(40));
        assert_eq!(means, [0.5, 1.2, 0.7, 0.7]);
    }

    #[test]
    fn a_window_opens_when_enough_are_broken_at_once() {
        let at = |secs| Instant::START + Span::secs(secs);
        let changes =
            [(at(10), 1), (at(20), 1), (at(30), -1), (at(40), 1), (at(50), -1), (at(60), -1)];
        assert_eq!(stretches(&changes, 2, at(99)), [(at(20), at(30)), (at(40), at(50))]);
        assert_eq!(stretches(&changes[..2], 2, at(99)), [(at(20), at(99))]);
        assert_eq!(stretches(&changes, 3, at(99)), []);
    }

    #[test]
    fn the_last_bin_may_be_short() {
        let mut dwell = Dwell::new(Span::secs(10), 2);
        let at = |secs| Instant::START + Span::secs(secs);
        dwell.add(at(2), at(15));
        assert_eq!(dwell.means(at(15)), [0.8, 1.0]);
    }
}
