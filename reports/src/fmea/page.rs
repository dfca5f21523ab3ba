//! The worksheet as one page of HTML that needs no network, no script and no other file.

use minijinja::value::Serde;
use minijinja::{Value, context};
use models::ratings;
use serde::Serialize;

use super::{Rating, Row, Worksheet};
use crate::page::{STYLE, environment};
use crate::wording::figures;

/// A row as the template wants it.
#[derive(Serialize)]
struct Line<'a> {
    row: &'a Row,
    occurrence: Option<String>,
    detection: Option<String>,
    rate: Option<String>,
    rate_limits: Option<String>,
}

impl<'a> Line<'a> {
    fn of(row: &'a Row) -> Self {
        let it = row.measured.as_ref();
        let rate = it.and_then(|it| it.rate);
        Self {
            row,
            occurrence: it.and_then(|it| it.occurrence).map(limits),
            detection: it.map(|it| limits(it.detection)),
            rate: rate.map(|it| figures(it.per_year)),
            rate_limits: rate.map(|it| format!("{} to {}", figures(it.ci95.0), figures(it.ci95.1))),
        }
    }
}

fn limits(Rating { from, to, .. }: Rating) -> String {
    if from == to { String::new() } else { format!("{from} to {to}") }
}

/// A step of the three scales.
#[derive(Serialize)]
struct ScaleRow {
    rating: usize,
    severity: &'static str,
    occurrence: String,
    detection: String,
}

fn scales() -> Vec<ScaleRow> {
    let step = |at: usize| ScaleRow {
        rating: at + 1,
        severity: ratings::SEVERITIES[at],
        occurrence: match at.checked_sub(1).map(|it| ratings::OCCURRENCES[it]) {
            Some(min) => format!("from {min}"),
            None => format!("below {}", ratings::OCCURRENCES[0]),
        },
        detection: match ratings::DETECTIONS.get(at) {
            Some(min) => format!("from {} %", figures(min * 100.0)),
            None => format!("below {} %", figures(ratings::DETECTIONS[8] * 100.0)),
        },
    };
    (0..10).map(step).collect()
}

/// The page.
pub fn page(sheet: &Worksheet) -> String {
    let lines: Vec<Line<'_>> = sheet.rows.iter().map(Line::of).collect();
    let values = context! {
        it => Value::from(Serde(sheet)),
        lines => Value::from(Serde(lines)),
        scales => Value::from(Serde(scales())),
        style => Value::from_safe_string(STYLE.to_owned()),
        version => env!("CARGO_PKG_VERSION"),
    };
    // The template is part of the program and a test renders all of it.
    environment(0)
        .get_template("fmea.html")
        .and_then(|template| template.render(values))
        .expect("the worksheet's own template renders")
}
