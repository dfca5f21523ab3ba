//! The values that are kept, and what has moved since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use reports::{Analysis, Summary};
use serde_json::{Map, Value, json};

/// The golden values of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Golden {
    /// The kernel's own sum over all handled events.
    pub(crate) fingerprint: String,
    /// What the run was, in numbers that outlive every name.
    pub(crate) outcome: String,
    /// The main figures, so that a move can say by how much; `None` where there was nothing to measure.
    pub(crate) figures: BTreeMap<String, Option<f64>>,
}

/// The golden values of all scenarios, by the name of their file.
pub(crate) type Values = BTreeMap<String, Golden>;

/// The figures that a person looks at first.
pub(crate) fn main_figures(
    summary: &Summary,
    analysis: &Analysis,
    facts: u64,
) -> BTreeMap<String, Option<f64>> {
    let (faults, sales, cost) = (&summary.faults, &summary.transactions, &summary.cost);
    let availability = &analysis.measures.availability;
    let count = |count: u64| Some(count as f64);
    let amount = |minor: i64| Some(minor as f64);
    let figures = [
        ("alarms", count(analysis.history.alarms.len() as u64)),
        ("alarms false", count(faults.false_alarms)),
        ("availability", availability.mean),
        ("availability by sale", summary.measures.availability_by_sale),
        ("availability of the worst", availability.min),
        ("causes named", count(summary.common_causes.incidents.len() as u64)),
        ("cost", amount(cost.total_minor)),
        ("cost of needless actions: sales", count(cost.needless_lost_sales)),
        ("down, s", Some(summary.measures.down_s)),
        ("events", count(summary.events)),
        ("facts", count(facts)),
        ("faults", count(faults.injected)),
        ("faults cleared", count(faults.cleared)),
        ("faults detected", count(faults.detected)),
        ("faults isolated", count(faults.isolated_correctly)),
        ("faults relapsed", count(faults.relapsed)),
        ("faults restored", count(faults.restored)),
        ("money at risk", amount(sales.at_risk_minor)),
        ("money lost", amount(sales.lost_minor)),
        ("money sold", amount(sales.approved_minor)),
        ("mttd, s", summary.measures.mttd_s.mean),
        ("mttr, s", summary.measures.mttr_s.mean),
        ("actions needless", count(cost.needless)),
        ("sales", count(sales.attempted)),
        ("sales abandoned", count(sales.abandoned)),
        ("sales approved", count(sales.approved)),
        ("sales declined", count(sales.declined)),
        ("sales doubled", count(sales.duplicates)),
        ("sales failed", count(sales.failed)),
        ("sales reversed", count(sales.reversed)),
        ("sales stored", count(sales.stored)),
        ("sales unreversed", count(sales.unreversed)),
        ("support cases", count(cost.support.served)),
        ("technicians sent", count(cost.support.visits)),
    ];
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Where they are kept.
fn file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/values.json"))
}

/// The values that are kept; none if there is no file yet.
pub(crate) fn read() -> Values {
    let Ok(text) = std::fs::read_to_string(file()) else { return Values::new() };
    let kept: Map<String, Value> = serde_json::from_str(&text).expect("tests/golden/values.json");
    kept.iter().map(|(name, value)| (name.clone(), from_json(value))).collect()
}

/// Keeps these from now on.
pub(crate) fn write(values: &Values) {
    let all: Map<String, Value> =
        values.iter().map(|(name, golden)| (name.clone(), to_json(golden))).collect();
    let text = serde_json::to_string_pretty(&all).expect("plain values") + "\n";
    std::fs::write(file(), text).expect("tests/golden can be written");
}

fn to_json(golden: &Golden) -> Value {
    let figure = |value: f64| {
        // What is a whole number is written as one.
        if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
    };
    let figures = golden.figures.iter();
    let figures: Map<String, Value> =
        figures.map(|(name, value)| (name.clone(), value.map_or(Value::Null, figure))).collect();
    json!({ "figures": figures, "fingerprint": golden.fingerprint, "outcome": golden.outcome })
}

fn from_json(value: &Value) -> Golden {
    let text = |key: &str| value[key].as_str().unwrap_or("none").to_owned();
    let figures = value["figures"].as_object().into_iter().flatten();
    Golden {
        fingerprint: text("fingerprint"),
        outcome: text("outcome"),
        figures: figures.map(|(name, value)| (name.clone(), value.as_f64())).collect(),
    }
}

/// A figure to nine digits: what follows is lost in reading it back, and the digest has it to the bit.
fn shown(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.fract() == 0.0 => format!("{value}"),
        Some(value) => {
            let settled: f64 = format!("{value:.8e}").parse().unwrap_or(value);
            format!("{settled}")
        }
    }
}

/// What has moved and by how much, as a table; empty if nothing has.
pub(crate) fn moves(kept: &Values, now: &Values) -> String {
    let names: BTreeSet<&String> = kept.keys().chain(now.keys()).collect();
    let mut table = String::new();
    for name in names {
        let rows = match (kept.get(name), now.get(name)) {
            (Some(kept), Some(now)) => rows(kept, now),
            (Some(_), None) => "  it is no longer there\n".to_owned(),
            (None, Some(now)) => format!("  new: {} {}\n", now.fingerprint, now.outcome),
            (None, None) => String::new(),
        };
        if !rows.is_empty() {
            let _ = write!(table, "{name}\n{rows}");
        }
    }
    table
}

fn rows(kept: &Golden, now: &Golden) -> String {
    let mut rows = String::new();
    let mut row = |name: &str, was: &str, is: &str, by: &str| {
        let _ = writeln!(rows, "  {}", format!("{name:<34} {was} → {is}  {by}").trim_end());
    };
    let digests = [
        ("fingerprint", &kept.fingerprint, &now.fingerprint),
        ("outcome digest", &kept.outcome, &now.outcome),
    ];
    for (name, was, is) in digests.into_iter().filter(|(_, was, is)| was != is) {
        row(name, was, is, "");
    }
    let names: BTreeSet<&String> = kept.figures.keys().chain(now.figures.keys()).collect();
    let mut same = 0;
    for name in names {
        let of = |golden: &Golden| golden.figures.get(name).copied().flatten();
        let (was, is) = (of(kept), of(now));
        let texts = (shown(was), shown(is));
        if texts.0 == texts.1 {
            same += 1;
        } else {
            row(name, &texts.0, &texts.1, &difference(was, is));
        }
    }
    if !rows.is_empty() {
        let _ = writeln!(rows, "  {same} figures as they were");
    }
    rows
}

/// By how much a figure has moved, and in percent of what it was.
fn difference(was: Option<f64>, is: Option<f64>) -> String {
    let (Some(was), Some(is)) = (was, is) else { return String::new() };
    let by = is - was;
    let sign = if by > 0.0 { "+" } else { "" };
    let percent = if was == 0.0 {
        String::new()
    } else {
        format!(" ({sign}{:.2} %)", 100.0 * by / was.abs())
    };
    format!("{sign}{}{percent}", shown(Some(by)))
}
