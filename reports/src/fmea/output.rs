//! The worksheet as a table for a terminal, and as one for spreadsheets.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Rating, Row, Worksheet};
use crate::statistics::Interval;
use crate::wording::figures;

/// How much a table for a terminal shows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shown {
    /// Modes that did not occur in the runs, too.
    pub all: bool,
    /// Cause, effects, detection and recovery action under each row.
    pub texts: bool,
}

/// The worksheet as a table for a terminal: one row a mode, the highest risk first.
pub fn table(sheet: &Worksheet, shown: Shown) -> String {
    let rows: Vec<&Row> =
        sheet.rows.iter().filter(|row| shown.all || row.measured.is_some()).collect();
    let name = |row: &Row| format!("{}.{}", row.item, row.mode);
    let wide = rows.iter().map(|row| name(row).len()).max().unwrap_or(0).max(5);
    let mut lines = vec![
        format!(
            "{} run{}, {} terminal-years",
            sheet.runs.len(),
            if sheet.runs.len() == 1 { "" } else { "s" },
            figures(sheet.terminal_years)
        ),
        format!(
            "{:<wide$}   S   O   D  RPN │ {:>5}  {:<28} {:<9} {:<28} {:<9}  RPN",
            "mode", "count", "a year, by chance or use", "O", "detected", "D"
        ),
    ];
    for row in &rows {
        let (declared, name) = (row.declared, name(row));
        let said = format!(
            "{name:<wide$}  {:>2}  {:>2}  {:>2}  {:>3} │",
            declared.severity, declared.occurrence, declared.detection, declared.rpn
        );
        let measured = row.measured.as_ref().map(|it| {
            let share = it.detected.value.map_or_else(String::new, percent);
            let limits = it.detected.ci95.map_or_else(String::new, |it| between(it, percent));
            format!(
                " {:>5}  {:<28} {:<9} {:<28} {:<9} {:>4}{}",
                it.occurred,
                it.rate.map_or_else(
                    || "– (all scheduled)".to_owned(),
                    |it| format!("{} {}", figures(it.per_year), between(it.ci95, figures))
                ),
                it.occurrence.map_or_else(|| "–".to_owned(), rated),
                format!("{share} {limits}"),
                rated(it.detection),
                it.rpn,
                if it.occurrence.is_none() { "*" } else { "" },
            )
        });
        lines.push(said + measured.as_deref().unwrap_or("     –"));
        if shown.texts {
            lines.extend(
                texts(row).into_iter().map(|(head, text)| format!("    {head:<10} {text}")),
            );
        }
    }
    lines.extend(legend(sheet, &rows));
    lines.join("\n")
}

/// What the columns of words say of a mode.
fn texts(row: &Row) -> Vec<(&'static str, String)> {
    let seen = |counts: &BTreeMap<&'static str, u64>| {
        let all: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
        if all.is_empty() { "nobody".to_owned() } else { all.join(", ") }
    };
    let mut texts = vec![
        ("item", format!("{} {}, {} {}", row.item_zh, row.item, row.mode_zh, row.mode)),
        ("cause", row.cause.to_owned()),
        ("local", row.effect_local.to_owned()),
        ("next", row.effect_next.to_owned()),
        ("end", row.effect_end.to_owned()),
        ("detection", row.current_detection.join(", ")),
        ("recovery", row.recovery_actions.join(", ")),
    ];
    if let Some(it) = &row.measured {
        texts.push(("alarms of", seen(&it.detectors)));
        texts.push(("cleared by", seen(&it.actions)));
    }
    texts
}

fn legend(sheet: &Worksheet, rows: &[&Row]) -> Vec<String> {
    let mut lines = Vec::new();
    if rows.iter().any(|it| it.measured.as_ref().is_some_and(|it| it.occurrence.is_none())) {
        lines.push("* the scenario schedules it, so the declared occurrence stands in".to_owned());
    }
    let missing = sheet.rows.len() - rows.len();
    if missing > 0 {
        lines.push(format!("{missing} modes did not occur in these runs; --all shows them too"));
    }
    lines.push("left of the bar as declared, right of it as measured, with 95 % CI".to_owned());
    lines
}

fn rated(rating: Rating) -> String {
    let Rating { rating, from, to } = rating;
    if from == to { rating.to_string() } else { format!("{rating} [{from}–{to}]") }
}

fn between(Interval(low, high): Interval, said: impl Fn(f64) -> String) -> String {
    format!("[{}, {}]", said(low), said(high))
}

/// A share in per cent; what is not all of them does not look like all of them.
fn percent(share: f64) -> String {
    match share {
        all if all >= 1.0 => "100 %".to_owned(),
        most if most > 0.999 => ">99.9 %".to_owned(),
        none if none <= 0.0 => "0 %".to_owned(),
        few if few < 0.001 => "<0.1 %".to_owned(),
        share => format!("{:.1} %", share * 100.0),
    }
}

/// A row of the table for spreadsheets.
#[derive(Debug, Serialize)]
struct Line<'a> {
    item: &'a str,
    item_zh: &'a str,
    mode: &'a str,
    mode_zh: &'a str,
    family: &'a str,
    cause: &'a str,
    effect_local: &'a str,
    effect_next: &'a str,
    effect_end: &'a str,
    current_detection: String,
    recovery_actions: String,
    severity: u8,
    occurrence: u8,
    detection: u8,
    rpn: u16,
    occurred: Option<u64>,
    scheduled: Option<u64>,
    years: Option<f64>,
    per_year: Option<f64>,
    per_year_low: Option<f64>,
    per_year_high: Option<f64>,
    occurrence_measured: Option<u8>,
    occurrence_low: Option<u8>,
    occurrence_high: Option<u8>,
    detected: Option<u64>,
    detected_share: Option<f64>,
    detected_share_low: Option<f64>,
    detected_share_high: Option<f64>,
    detection_measured: Option<u8>,
    detection_low: Option<u8>,
    detection_high: Option<u8>,
    rpn_measured: Option<u16>,
    detected_after_s: Option<f64>,
    isolated: Option<u64>,
    cleared: Option<u64>,
    failed: Option<u64>,
    down_s: Option<f64>,
    sales_lost: Option<u64>,
}

impl<'a> Line<'a> {
    fn of(row: &'a Row) -> Self {
        let it = row.measured.as_ref();
        let rate = it.and_then(|it| it.rate);
        let occurrence = it.and_then(|it| it.occurrence);
        let detected = it.and_then(|it| it.detected.ci95);
        Self {
            item: row.item,
            item_zh: row.item_zh,
            mode: row.mode,
            mode_zh: row.mode_zh,
            family: row.family,
            cause: row.cause,
            effect_local: row.effect_local,
            effect_next: row.effect_next,
            effect_end: row.effect_end,
            current_detection: row.current_detection.join(", "),
            recovery_actions: row.recovery_actions.join(", "),
            severity: row.declared.severity,
            occurrence: row.declared.occurrence,
            detection: row.declared.detection,
            rpn: row.declared.rpn,
            occurred: it.map(|it| it.occurred),
            scheduled: it.map(|it| it.scheduled),
            years: rate.map(|it| it.years),
            per_year: rate.map(|it| it.per_year),
            per_year_low: rate.map(|it| it.ci95.0),
            per_year_high: rate.map(|it| it.ci95.1),
            occurrence_measured: occurrence.map(|it| it.rating),
            occurrence_low: occurrence.map(|it| it.from),
            occurrence_high: occurrence.map(|it| it.to),
            detected: it.map(|it| it.detected.count),
            detected_share: it.and_then(|it| it.detected.value),
            detected_share_low: detected.map(|it| it.0),
            detected_share_high: detected.map(|it| it.1),
            detection_measured: it.map(|it| it.detection.rating),
            detection_low: it.map(|it| it.detection.from),
            detection_high: it.map(|it| it.detection.to),
            rpn_measured: it.map(|it| it.rpn),
            detected_after_s: it.and_then(|it| it.detected_after_s),
            isolated: it.map(|it| it.isolated),
            cleared: it.map(|it| it.cleared),
            failed: it.map(|it| it.failed),
            down_s: it.map(|it| it.down_s),
            sales_lost: it.map(|it| it.sales_lost),
        }
    }
}

/// Writes the worksheet as a table for spreadsheets: one row a mode, the highest risk first; what was not measured is
/// empty.
///
/// # Errors
/// What the writer says.
pub fn csv(sheet: &Worksheet, out: impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    for row in &sheet.rows {
        table.serialize(Line::of(row)).map_err(io::Error::other)?;
    }
    table.flush()
}
