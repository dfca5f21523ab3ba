//! The table: law, parameters, expected, simulated with its interval, verdict.

use std::fmt::Write;

use reports::statistics::{Estimate, Sample, estimate};
use serde::Serialize;

use crate::case::{Case, Size};
use crate::{Expected, Options, Truth};

/// How a value came out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The exact value lies in the interval, and the interval is as narrow as it is declared.
    Holds,
    /// The exact value lies in the interval, and the interval is wider than it is declared: nothing is shown yet.
    Wide,
    /// The exact value lies outside the interval.
    Off,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Id of its law.
    pub law: String,
    /// Of what.
    pub quantity: String,
    /// The exact value.
    pub expected: f64,
    /// What came out; `None` if nothing was seen of it.
    pub simulated: Option<f64>,
    /// Half of the interval.
    pub half_width: Option<f64>,
    /// The same as a share of the exact value.
    pub relative_half_width: Option<f64>,
    /// The widest that share may be; in the quick run it is not asked for.
    pub within: f64,
    /// Why that is more than two per cent.
    pub because: Option<String>,
    /// Number of replications.
    pub replications: u32,
    /// How it came out.
    pub verdict: Verdict,
}

/// A law's head and its rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Law {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its parameters.
    pub parameters: String,
    /// Its closed form.
    pub formula: String,
    /// How it is expressed here.
    pub remark: Option<String>,
    /// Its values.
    pub rows: Vec<Row>,
}

/// The whole table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// Level of each interval.
    pub level: f64,
    /// Whether the width of the intervals counts.
    pub widths_count: bool,
    /// The seed that all others were made from.
    pub seed: u64,
    /// The laws.
    pub laws: Vec<Law>,
    /// Every value holds.
    pub passed: bool,
}

/// Level of an interval: 99.9 %.
const LEVEL: f64 = 0.999;

/// Puts the samples of all cases beside the values that they are samples of.
pub(crate) fn table(
    truths: &[Truth],
    cases: &[Case],
    samples: &[Vec<Vec<Sample>>],
    options: &Options,
) -> Result<Table, String> {
    let values: usize = truths.iter().map(|it| it.values.len()).sum();
    let level = match options.seed {
        None => LEVEL,
        Some(_) => 1.0 - (1.0 - LEVEL) / values.max(1) as f64,
    };
    let widths_count = options.size == Size::Whole;
    let mut laws = Vec::new();
    for truth in truths {
        let mut rows = Vec::new();
        for value in &truth.values {
            let (case, place) = seen_by(cases, &truth.id, &value.name)
                .ok_or_else(|| format!("{}: nobody sees {}", truth.id, value.name))?;
            let own: Vec<Sample> =
                samples[case].iter().filter_map(|it| it.get(place)).copied().collect();
            let estimate = estimate(&own, level);
            let verdict = judge(value, estimate, widths_count);
            rows.push(row(&truth.id, value, estimate, cases[case].runs, verdict));
        }
        let Truth { id, name, parameters, formula, remark, .. } = truth.clone();
        laws.push(Law { id, name, parameters, formula, remark, rows });
    }
    let passed = laws.iter().flat_map(|it| &it.rows).all(|it| it.verdict == Verdict::Holds);
    Ok(Table { level, widths_count, seed: options.seed.unwrap_or(1), laws, passed })
}

/// The case that sees a quantity, and the place of the quantity in its samples.
fn seen_by(cases: &[Case], law: &str, name: &str) -> Option<(usize, usize)> {
    cases.iter().enumerate().filter(|(_, it)| it.law == law).find_map(|(number, case)| {
        let place = case.quantities.iter().position(|it| *it == name)?;
        Some((number, place))
    })
}

fn judge(value: &Expected, estimate: Option<Estimate>, widths_count: bool) -> Verdict {
    let Some(Estimate { value: simulated, half_width }) = estimate else { return Verdict::Wide };
    // A value that comes out without any spread has an interval of no width; nine digits are what a file gives.
    let rounding = 1e-6 * value.is.abs();
    // What is not a number holds nothing.
    let near = (simulated - value.is).abs() <= half_width + rounding;
    let narrow = half_width <= value.within * value.is.abs();
    match (near, narrow || !widths_count) {
        (false, _) => Verdict::Off,
        (true, false) => Verdict::Wide,
        (true, true) => Verdict::Holds,
    }
}

fn row(
    law: &str,
    value: &Expected,
    estimate: Option<Estimate>,
    replications: u32,
    verdict: Verdict,
) -> Row {
    let half_width = estimate.map(|it| it.half_width);
    Row {
        law: law.to_owned(),
        quantity: value.name.clone(),
        expected: value.is,
        simulated: estimate.map(|it| it.value),
        half_width,
        relative_half_width: half_width.filter(|_| value.is != 0.0).map(|it| it / value.is.abs()),
        within: value.within,
        because: value.because.clone(),
        replications,
        verdict,
    }
}

impl Table {
    /// The table as JSON.
    ///
    /// # Errors
    /// If a number cannot be written.
    pub fn to_json(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map_err(|why| why.to_string())
    }

    /// The table as a person reads it.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for law in &self.laws {
            let _ = writeln!(text, "{}  {}: {}", law.id, law.name, law.parameters);
            let _ = writeln!(text, "      {}", law.formula);
            if let Some(remark) = &law.remark {
                let _ = writeln!(text, "      {remark}");
            }
            for row in &law.rows {
                let _ = writeln!(text, "{}", line(row));
            }
        }
        let rows = || self.laws.iter().flat_map(|it| &it.rows);
        let of = |verdict| rows().filter(|it| it.verdict == verdict).count();
        let (holds, wide, off) = (of(Verdict::Holds), of(Verdict::Wide), of(Verdict::Off));
        let _ = write!(
            text,
            "{} laws, {} values: {holds} hold, {wide} too wide, {off} off (intervals of {:.6} %, {})",
            self.laws.len(),
            rows().count(),
            100.0 * self.level,
            if self.widths_count { "as narrow as declared" } else { "however wide: a quick look" },
        );
        text
    }
}

fn line(row: &Row) -> String {
    let verdict = match row.verdict {
        Verdict::Holds => "holds",
        Verdict::Wide => "TOO WIDE",
        Verdict::Off => "OFF",
    };
    let seen = match (row.simulated, row.half_width, row.relative_half_width) {
        (Some(simulated), Some(half), Some(relative)) => {
            format!("{} ± {} ({:.2} %)", digits(simulated), digits(half), 100.0 * relative)
        }
        (Some(simulated), Some(half), None) => format!("{} ± {}", digits(simulated), digits(half)),
        _ => "nothing seen".to_owned(),
    };
    let mut line = format!(
        "    {:<24} expected {:>12}  simulated {seen:<34}  {verdict}",
        row.quantity,
        digits(row.expected)
    );
    if let Some(because) = &row.because {
        let _ = write!(line, "  [within {:.0} %: {because}]", 100.0 * row.within);
    }
    line
}

/// Seven digits.
fn digits(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        let whole = value.abs().max(1.0).log10() as usize;
        format!("{value:.*}", 6usize.saturating_sub(whole))
    } else {
        format!("{value:.5e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(is: f64, within: f64) -> Expected {
        Expected { name: "x".to_owned(), is, within, because: None }
    }

    #[test]
    fn a_value_holds_only_if_it_lies_in_a_narrow_interval() {
        let judged = |simulated, half_width, widths_count| {
            judge(
                &expected(10.0, 0.02),
                Some(Estimate { value: simulated, half_width }),
                widths_count,
            )
        };
        assert_eq!(judged(10.1, 0.15, true), Verdict::Holds);
        assert_eq!(judged(10.1, 0.05, true), Verdict::Off);
        assert_eq!(judged(10.1, 0.3, true), Verdict::Wide);
        assert_eq!(judged(10.1, 0.3, false), Verdict::Holds);
        assert_eq!(judged(f64::NAN, 0.3, false), Verdict::Off);
        assert_eq!(judge(&expected(10.0, 0.02), None, false), Verdict::Wide);
    }
}
