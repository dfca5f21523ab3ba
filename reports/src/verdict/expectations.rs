//! What the scenario expects, and what came of it.

use models::invariants::Invariant;
use scenarios::{Bound, Expectation, Measure, MeasureKind, Name, Outcome};
use sim::Instant;

use super::{Judged, Upheld, Verdict};
use crate::fault_records::{FaultRecord, RunHistory};
use crate::measures::fault_handling::{detection_time, recovery_time};
use crate::measures::{FaultHandling, Measures};
use crate::statistics::{Interval, KaplanMeier, Lifetime, Share, Times};
use crate::wording;

/// What an expectation is held against.
pub(super) struct Evidence<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) history: &'a RunHistory,
    pub(super) measures: &'a Measures,
    pub(super) invariants: &'a [Upheld],
}

/// A measured value, with its interval where there is one.
#[derive(Clone, Copy, Default)]
struct Measured {
    value: Option<f64>,
    ci95: Option<Interval>,
}

/// One expectation as it came out.
pub(super) fn judge(expectation: &Expectation, evidence: &Evidence<'_>) -> Judged {
    match expectation {
        Expectation::Holds(invariant) => holds(*invariant, evidence),
        Expectation::Measure { measure, of, at_least, at_most } => {
            bounded(*measure, of.as_ref(), *at_least, *at_most, evidence)
        }
        Expectation::Covers { fault, occurrences } => covers(fault, *occurrences, evidence),
    }
}

fn holds(invariant: Invariant, evidence: &Evidence<'_>) -> Judged {
    let upheld = evidence.invariants.iter().find(|it| it.name == invariant.name());
    let holds = upheld.is_some_and(|it| it.holds);
    Judged {
        name: invariant.name().to_owned(),
        target: "holds".to_owned(),
        measured: if holds { "holds" } else { "broken" }.to_owned(),
        value: None,
        ci95: None,
        interval: wording::NOTHING.to_owned(),
        verdict: if holds { Verdict::Passed } else { Verdict::Failed },
        reason: if holds { String::new() } else { "it is broken".to_owned() },
    }
}

fn covers(fault: &Name, occurrences: u32, evidence: &Evidence<'_>) -> Judged {
    let occurred = handling_of(Some(fault), evidence).map_or(0, |(handling, _)| handling.injected);
    let enough = occurred >= u64::from(occurrences);
    Judged {
        name: format!("covers {}", fault.as_str()),
        target: format!("at least {occurrences} occurrences"),
        measured: occurred.to_string(),
        value: Some(occurred as f64),
        ci95: None,
        interval: wording::NOTHING.to_owned(),
        verdict: if enough { Verdict::Passed } else { Verdict::Inconclusive },
        reason: if enough { String::new() } else { format!("it occurred {occurred} times") },
    }
}

fn bounded(
    measure: Measure,
    of: Option<&Name>,
    at_least: Option<Bound>,
    at_most: Option<Bound>,
    evidence: &Evidence<'_>,
) -> Judged {
    let measured = measured(measure, of, evidence);
    let said = |value: f64| words(measure, value);
    let target = match (at_least, at_most) {
        (Some(min), Some(max)) => {
            format!("from {} to {}", said(min.value()), said(max.value()))
        }
        (Some(min), None) => format!("at least {}", said(min.value())),
        (None, Some(max)) => format!("at most {}", said(max.value())),
        (None, None) => "measured".to_owned(),
    };
    let (verdict, reason) = match measured.value {
        None => unmeasured(measure, of, at_most, evidence),
        Some(value) if at_least.is_some_and(|min| value < min.value()) => {
            (Verdict::Failed, format!("{} is less than that", said(value)))
        }
        Some(value) if at_most.is_some_and(|max| value > max.value()) => {
            (Verdict::Failed, format!("{} is more than that", said(value)))
        }
        Some(_) => (Verdict::Passed, String::new()),
    };
    let reason =
        if reason.is_empty() { reason } else { format!("{target} was expected; {reason}") };
    let interval = measured.ci95.map(|Interval(lo, hi)| format!("{} to {}", said(lo), said(hi)));
    Judged {
        name: match of {
            Some(fault) => format!("{} of {}", name(measure), fault.as_str()),
            None => name(measure),
        },
        target,
        measured: measured.value.map_or_else(|| "not measurable".to_owned(), said),
        value: measured.value,
        ci95: measured.ci95,
        interval: interval.unwrap_or_else(|| wording::NOTHING.to_owned()),
        verdict,
        reason,
    }
}

/// A value that could not be estimated. If censoring is the reason it may still be known to be too large: so many were
/// watched for longer than the bound without an end.
fn unmeasured(
    measure: Measure,
    of: Option<&Name>,
    at_most: Option<Bound>,
    evidence: &Evidence<'_>,
) -> (Verdict, String) {
    let end = Instant::START + evidence.outcome.simulated;
    let plan = of.map(|fault| plan_of(fault, evidence));
    let records = evidence.history.records.iter();
    let wanted =
        records.filter(|record| plan.is_none_or(|plan| plan.is_some() && record.plan == plan));
    let lives = |lifetime: fn(&FaultRecord, Instant) -> Lifetime| -> Vec<Lifetime> {
        wanted.clone().map(|record| lifetime(record, end)).collect()
    };
    let (lives, share) = match measure {
        Measure::MttdP50 => (lives(detection_time), 0.5),
        Measure::MttdP95 => (lives(detection_time), 0.95),
        Measure::MttrP50 => (lives(recovery_time), 0.5),
        Measure::MttrP95 => (lives(recovery_time), 0.95),
        _ => return (Verdict::Inconclusive, "there is nothing to measure it by".to_owned()),
    };
    let watched = lives.iter().map(|life| life.time_s).fold(0.0, f64::max);
    let curve = KaplanMeier::fit(&lives);
    match at_most.map(Bound::value) {
        Some(max) if max <= watched && curve.survival(max) > 1.0 - share => {
            let unended = wording::percent(curve.survival(max));
            let max = wording::duration(max);
            (Verdict::Failed, format!("after {max} it had not yet happened to {unended}"))
        }
        _ if lives.is_empty() => (Verdict::Inconclusive, "no such fault occurred".to_owned()),
        _ => {
            let censored = curve.censored;
            (Verdict::Inconclusive, format!("{censored} of {} were not seen to end", curve.n))
        }
    }
}

fn plan_of(fault: &Name, evidence: &Evidence<'_>) -> Option<u16> {
    let at = evidence.outcome.planned.iter().position(|planned| planned.id == fault.as_str());
    at.map(|at| at as u16)
}

/// What became of one entry's faults, or of all, and how many alarms had no fault behind them.
fn handling_of<'a>(of: Option<&Name>, evidence: &Evidence<'a>) -> Option<(&'a FaultHandling, u64)> {
    let measures = evidence.measures;
    let handling = match of {
        None => &measures.all,
        Some(fault) => {
            let plan = Some(plan_of(fault, evidence)?);
            &measures.plans.iter().find(|(known, _)| *known == plan)?.1
        }
    };
    Some((handling, measures.false_alarms.count))
}

fn measured(measure: Measure, of: Option<&Name>, evidence: &Evidence<'_>) -> Measured {
    let payments = &evidence.measures.payments;
    let Some((handling, false_alarms)) = handling_of(of, evidence) else {
        return Measured::default();
    };
    let count = |count: u64| Measured { value: Some(count as f64), ci95: None };
    let share = |share: Share| Measured { value: share.value, ci95: share.ci95 };
    let mean = |times: &Times| Measured { value: times.mean, ci95: times.ci95 };
    let point = |value: Option<f64>| Measured { value, ci95: None };
    match measure {
        Measure::Availability => {
            let availability = &evidence.measures.availability;
            Measured { value: availability.mean, ci95: availability.ci95 }
        }
        Measure::MttdMean => mean(&handling.detection),
        Measure::MttdP50 => point(handling.detection.p50),
        Measure::MttdP95 => point(handling.detection.p95),
        Measure::MttrMean => mean(&handling.recovery),
        Measure::MttrP50 => point(handling.recovery.p50),
        Measure::MttrP95 => point(handling.recovery.p95),
        Measure::DetectedShare => share(Share::new(handling.detected, handling.injected)),
        Measure::IsolatedShare => share(Share::new(handling.isolated, handling.detected)),
        Measure::IsolatedToTwoShare => share(Share::new(handling.within[1], handling.detected)),
        Measure::IsolatedToThreeShare => share(Share::new(handling.within[2], handling.detected)),
        Measure::BrierScore => point(evidence.measures.isolation.brier),
        Measure::FalseRestorationShare => share(evidence.measures.isolation.false_restorations),
        Measure::RestoredShare => share(Share::new(handling.restored, handling.injected)),
        Measure::FalseAlarms => count(false_alarms),
        Measure::ApprovedShare => {
            let approved = payments.approved.count + payments.stored.count;
            share(Share::new(approved, payments.attempted.count))
        }
        Measure::Attempted => count(payments.attempted.count),
        Measure::Declined => count(payments.declined.count),
        Measure::Abandoned => count(payments.abandoned.count),
        Measure::Reversed => count(payments.reversed),
        Measure::Stored => count(payments.stored.count),
        Measure::Unreversed => count(payments.unreversed),
        Measure::Duplicates => count(payments.duplicates),
        Measure::RecordsLost => count(payments.records_lost),
    }
}

fn words(measure: Measure, value: f64) -> String {
    match measure.kind() {
        MeasureKind::Time => wording::duration(value),
        MeasureKind::Share => wording::percent(value),
        MeasureKind::Count => wording::count(value as i64),
        MeasureKind::Score => format!("{value:.3}"),
    }
}

/// A measure's name in results: `MttdP95` is `mttd-p95`.
fn name(measure: Measure) -> String {
    let mut name = String::new();
    for c in format!("{measure:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_named_as_in_files() {
        assert_eq!(name(Measure::MttdP95), "mttd-p95");
        assert_eq!(name(Measure::FalseAlarms), "false-alarms");
    }
}
