//! The FMEA worksheet (IEC 60812): every fault mode with cause, effects, current detection and recovery action, and its ratings
//! declared in the catalogue and measured from runs.
//!
//! A run cannot say how often a fault occurs that its scenario has scheduled: occurrence is measured from faults that
//! occurred by chance or by use. Detection is measured from all of them, severity is declared.

pub mod output;
pub mod page;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use models::{Fault, Part, RecoveryAction, detectors, ratings};
use serde::Serialize;

use crate::run_tables::{Occurrence, Origin, RunTables};
use crate::statistics::{Interval, Share, garwood, quantile, settled};

/// Version of the layout of [`Worksheet`] as JSON.
pub const SCHEMA: &str = "posrig.fmea/2";

/// The worksheet of some runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Worksheet {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The runs that it was measured from.
    pub runs: Vec<Run>,
    /// Simulated years of terminals, over all runs.
    pub terminal_years: f64,
    /// Simulated years, over all runs: what hubs are measured by.
    pub system_years: f64,
    /// One row a fault mode of what some terminal or hub has, the highest risk first.
    pub rows: Vec<Row>,
}

/// A run that a worksheet was measured from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Where it was read from.
    pub from: String,
    /// Name of its scenario.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// Number of terminals.
    pub terminals: u32,
    /// Length, in seconds of simulated time.
    pub simulated_s: f64,
}

/// A fault mode.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The part that breaks.
    pub item: &'static str,
    /// Its name in Chinese.
    pub item_zh: &'static str,
    /// How it breaks.
    pub mode: &'static str,
    /// The mode's name in Chinese.
    pub mode_zh: &'static str,
    /// The family of the catalogue.
    pub family: &'static str,
    /// What brings it about.
    pub cause: &'static str,
    /// Effect on the part.
    pub effect_local: &'static str,
    /// Effect on what the part belongs to.
    pub effect_next: &'static str,
    /// Effect on those for whom the whole is there.
    pub effect_end: &'static str,
    /// Detectors that can see it; where a part has several, the part.
    pub current_detection: Vec<&'static str>,
    /// Recovery actions of its procedure, in their order.
    pub recovery_actions: Vec<&'static str>,
    /// Ratings of the catalogue.
    pub declared: Declared,
    /// What the runs say; `None` if it did not occur in them.
    pub measured: Option<Measured>,
}

/// Ratings from 1 to 10, and their product.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Declared {
    /// S.
    pub severity: u8,
    /// O.
    pub occurrence: u8,
    /// D.
    pub detection: u8,
    /// S × O × D.
    pub rpn: u16,
}

/// A rating with the ratings at the ends of the interval that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rating {
    /// At the estimate.
    pub rating: u8,
    /// The lowest that the interval allows.
    pub from: u8,
    /// The highest.
    pub to: u8,
}

/// A rate with its limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Occurrences that were counted.
    pub count: u64,
    /// Years over which they were counted: of terminals, or of the system where the part is a hub.
    pub years: f64,
    /// The quotient.
    pub per_year: f64,
    /// Its limits of 95 % after Garwood.
    pub ci95: Interval,
}

/// What runs say about a fault mode that occurred in them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// How many times it occurred.
    pub occurred: u64,
    /// How many of these the scenario had scheduled.
    pub scheduled: u64,
    /// Those that occurred by chance or by use, over time; `None` if all were scheduled.
    pub rate: Option<Rate>,
    /// O.
    pub occurrence: Option<Rating>,
    /// How many led to an alarm while they lasted, with a Wilson interval.
    pub detected: Share,
    /// D.
    pub detection: Rating,
    /// Median time from onset to the first alarm, of those that were detected, in seconds.
    pub detected_after_s: Option<f64>,
    /// How many alarms blamed the right part.
    pub isolated: u64,
    /// How many a recovery action cleared.
    pub cleared: u64,
    /// For how many a service was missing, late or wrong.
    pub failed: u64,
    /// Mean time out of service that is attributed to one of them, in seconds.
    pub down_s: f64,
    /// Sales lost to all of them.
    pub sales_lost: u64,
    /// Whose alarms, with their number.
    pub detectors: BTreeMap<&'static str, u64>,
    /// What cleared it, with the number.
    pub actions: BTreeMap<&'static str, u64>,
    /// Declared severity × O × D; the declared occurrence stands in where none was measured.
    pub rpn: u16,
}

impl Row {
    /// The measured risk where there is one, else the declared one.
    pub fn rpn(&self) -> u16 {
        self.measured.as_ref().map_or(self.declared.rpn, |it| it.rpn)
    }
}

const YEAR_S: f64 = 365.25 * 86_400.0;

/// Makes the worksheet of some runs. What none of their terminals has can neither break nor detect anything, and has no row.
pub fn worksheet(runs: &[RunTables]) -> Worksheet {
    let years = |terminals: fn(&RunTables) -> f64| {
        runs.iter().map(|it| it.simulated_s / YEAR_S * terminals(it)).sum::<f64>()
    };
    let there = |part: Part| runs.iter().any(|run| run.has(part));
    let terminal_years = years(|it| f64::from(it.terminals));
    let system_years = years(|_| 1.0);
    let mut occurred: BTreeMap<Fault, Vec<&Occurrence>> = BTreeMap::new();
    for occurrence in runs.iter().flat_map(|run| &run.faults) {
        occurred.entry(occurrence.fault).or_default().push(occurrence);
    }
    let mut rows: Vec<Row> = Fault::all()
        .filter(|fault| there(fault.part()) || occurred.contains_key(fault))
        .map(|fault| {
            let exposed = if fault.part().is_hub() { system_years } else { terminal_years };
            let measured = occurred.get(&fault).map(|all| measure(fault, all, exposed));
            row(fault, measured, there)
        })
        .collect();
    // Modes of equal risk stay in the order of the models.
    rows.sort_by_key(|row| std::cmp::Reverse(row.rpn()));
    Worksheet {
        schema: SCHEMA,
        runs: runs.iter().map(Run::of).collect(),
        terminal_years: settled(terminal_years),
        system_years: settled(system_years),
        rows,
    }
}

impl Run {
    fn of(tables: &RunTables) -> Self {
        Self {
            from: tables.from.clone(),
            scenario: tables.scenario.clone(),
            seed: tables.seed,
            terminals: tables.terminals,
            simulated_s: tables.simulated_s,
        }
    }
}

fn row(fault: Fault, measured: Option<Measured>, there: impl Fn(Part) -> bool) -> Row {
    let (part, mode) = (fault.part(), fault.mode());
    let mut actions: Vec<&str> = Vec::new();
    for step in mode.procedure {
        if !actions.contains(&step.action.name()) {
            actions.push(step.action.name());
        }
    }
    let faults::Ratings { severity, occurrence, detection } = mode.ratings;
    Row {
        item: part.name(),
        item_zh: part.zh(),
        mode: mode.name,
        mode_zh: mode.zh,
        family: mode.family.name(),
        cause: mode.cause,
        effect_local: mode.effects.local,
        effect_next: mode.effects.next,
        effect_end: mode.effects.end,
        current_detection: mode
            .seen_by
            .iter()
            .filter(|part| there(**part))
            .map(|part| detector_of(*part))
            .collect(),
        recovery_actions: actions,
        declared: Declared { severity, occurrence, detection, rpn: ratings::rpn(mode.ratings) },
        measured,
    }
}

/// The detector of a part, by its name if the part has one only.
fn detector_of(part: Part) -> &'static str {
    let mut its = detectors().iter().filter(|it| it.part == part);
    match (its.next(), its.next()) {
        (Some(only), None) => only.name,
        _ => part.name(),
    }
}

fn measure(fault: Fault, all: &[&Occurrence], years: f64) -> Measured {
    let count = |is: fn(&Occurrence) -> bool| all.iter().filter(|it| is(it)).count() as u64;
    let occurred = all.len() as u64;
    let scheduled = count(|it| it.origin == Origin::Scheduled);
    let rate = (occurred > scheduled && years > 0.0).then(|| rate(occurred - scheduled, years));
    let occurrence = rate.map(|it| Rating {
        rating: ratings::occurrence(it.per_year),
        from: ratings::occurrence(it.ci95.0),
        to: ratings::occurrence(it.ci95.1),
    });
    let detected = Share::new(count(Occurrence::detected), occurred);
    let detection = detection(&detected);
    let mut waits: Vec<f64> = all.iter().filter_map(|it| it.detected_after_s).collect();
    waits.sort_unstable_by(f64::total_cmp);
    let mut seen_by: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (part, _) in all.iter().flat_map(|it| &it.alarms) {
        *seen_by.entry(Part::name(*part)).or_default() += 1;
    }
    let mut cleared_by: BTreeMap<&'static str, u64> = BTreeMap::new();
    for action in all.iter().filter_map(|it| it.cleared_by) {
        *cleared_by.entry(RecoveryAction::name(action)).or_default() += 1;
    }
    let declared = fault.mode().ratings;
    let rpn = ratings::rpn(faults::Ratings {
        occurrence: occurrence.map_or(declared.occurrence, |it| it.rating),
        detection: detection.rating,
        ..declared
    });
    Measured {
        occurred,
        scheduled,
        rate,
        occurrence,
        detected,
        detection,
        detected_after_s: quantile(&waits, 0.5),
        isolated: count(Occurrence::isolated),
        cleared: count(|it| it.cleared_by.is_some()),
        failed: count(|it| it.failed),
        down_s: settled(all.iter().map(|it| it.down_s).sum::<f64>() / occurred as f64),
        sales_lost: all.iter().map(|it| it.sales_lost).sum(),
        detectors: seen_by,
        actions: cleared_by,
        rpn,
    }
}

fn rate(count: u64, years: f64) -> Rate {
    let Interval(low, high) = garwood(count);
    Rate {
        count,
        years: settled(years),
        per_year: settled(count as f64 / years),
        ci95: Interval(settled(low / years), settled(high / years)),
    }
}

/// The more are detected, the lower the rating.
fn detection(detected: &Share) -> Rating {
    let Interval(low, high) = detected.ci95.unwrap_or(Interval(0.0, 1.0));
    Rating {
        rating: ratings::detection(detected.value.unwrap_or(0.0)),
        from: ratings::detection(high),
        to: ratings::detection(low),
    }
}
