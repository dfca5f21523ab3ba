//! The lane diagram of one fault: truth, indication, detection, recovery actions and service above each other on one axis of time.

use std::fmt::Write;

use super::timeline::TimelineView;
use crate::fault_records::IsolationResult;
use crate::wording::{duration, escape};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = 24.0;
/// Height of one row of a lane.
const ROW: f64 = 20.0;
/// The most rows that a lane has; what finds no room in them keeps its mark and loses its label.
const MOST_ROWS: usize = 6;

/// Time since onset to a place on the axis: linear for what is short, logarithmic for what is long, so that a detection
/// after a minute and a visit after five hours can both be seen.
struct Axis {
    knee_s: f64,
    until_s: f64,
}

impl Axis {
    fn new(until_s: f64) -> Self {
        Self { knee_s: (until_s / 100.0).clamp(1.0, 60.0), until_s }
    }
    fn at(&self, seconds: f64) -> f64 {
        let bent = |s: f64| libm::log1p(s.clamp(0.0, self.until_s) / self.knee_s);
        LEFT + bent(seconds) / bent(self.until_s) * (WIDTH - LEFT - RIGHT)
    }
    fn marks(&self) -> Vec<f64> {
        let marks = [
            1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 36_000.0, 86_400.0, 259_200.0,
            864_000.0,
        ];
        let mut kept = vec![0.0];
        for mark in marks.into_iter().filter(|&mark| mark < self.until_s) {
            if self.at(mark) - kept.last().map_or(0.0, |&last| self.at(last)) > 62.0 {
                kept.push(mark);
            }
        }
        kept
    }
}

/// Deals labels to rows so that none covers another.
#[derive(Default)]
struct Rows {
    /// By row: from where to where it is taken.
    taken: Vec<Vec<(f64, f64)>>,
}

impl Rows {
    /// The first row that is free from one place to another; `None` if there is none.
    fn place(&mut self, from: f64, to: f64) -> Option<usize> {
        let free =
            |row: &Vec<(f64, f64)>| row.iter().all(|&(first, last)| to < first || last < from);
        let row = self.taken.iter().position(free);
        let row = row.or_else(|| (self.taken.len() < MOST_ROWS).then_some(self.taken.len()))?;
        if row == self.taken.len() {
            self.taken.push(Vec::new());
        }
        self.taken[row].push((from, to));
        Some(row)
    }
    fn height(&self) -> f64 {
        self.taken.len().max(1) as f64 * ROW
    }
}

/// Where a label stands that belongs to something from `from` to `to`: within it, right of it, or left of it.
fn beside((from, to): (f64, f64), width: f64) -> (f64, &'static str) {
    match () {
        () if width < to - from => (from + 5.0, "on"),
        () if to + width < WIDTH => (to + 5.0, "off"),
        () => (from - width, "off"),
    }
}

/// About how wide a text of this size comes out: Chinese characters are twice as wide as Latin ones.
fn width_of(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.4 } else { 12.0 }).sum::<f64>() + 8.0
}

/// The diagram of a fault.
pub(super) fn draw(timeline: &TimelineView) -> String {
    let axis = Axis::new(timeline.until_s);
    let lanes: [(&str, Lane); 5] = [
        ("truth 事实", truth),
        ("indication 征兆", indication),
        ("detection 检测", detection),
        ("recovery 处置", actions),
        ("service 服务", service),
    ];
    let (mut body, mut top) = (String::new(), 6.0);
    for (name, lane) in lanes {
        push(
            &mut body,
            format_args!(
                "<line class=\"rule\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{top}\" y2=\"{top}\"/>\
             <text class=\"lane\" x=\"4\" y=\"{}\">{name}</text>",
                top + 18.0
            ),
        );
        top += lane(&mut body, &axis, timeline, top + 4.0) + 10.0;
    }
    belief(&mut body, &axis, timeline, top);
    let mut svg = String::new();
    let title = format!(
        "{} at {}: truth, indication, detection, recovery actions and service",
        timeline.fault.name, timeline.place
    );
    push(
        &mut svg,
        format_args!(
            "<svg class=\"lanes\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title>",
            top + 22.0,
            escape(&title)
        ),
    );
    scale(&mut svg, &axis, top);
    svg + &body + "</svg>"
}

/// Draws one lane from a height on and says how high it is.
type Lane = fn(&mut String, &Axis, &TimelineView, f64) -> f64;

fn push(svg: &mut String, what: std::fmt::Arguments<'_>) {
    let written = svg.write_fmt(what);
    debug_assert!(written.is_ok(), "a string takes whatever is written to it");
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, said: &str) {
    push(
        svg,
        format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escape(said)),
    );
}

fn bar(svg: &mut String, class: &str, (from, to): (f64, f64), y: f64, said: &str) {
    push(
        svg,
        format_args!(
            "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"12\" rx=\"2\"><title>{}</title></rect>",
            (to - from).max(2.0),
            escape(said)
        ),
    );
}

fn scale(svg: &mut String, axis: &Axis, bottom: f64) {
    for mark in axis.marks() {
        let x = axis.at(mark);
        push(
            svg,
            format_args!(
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"4\" y2=\"{bottom}\"/>"
            ),
        );
        push(
            svg,
            format_args!(
                "<text class=\"mark\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                bottom + 16.0,
                if mark > 0.0 { format!("+{}", duration(mark)) } else { "onset".to_owned() }
            ),
        );
    }
}

fn truth(svg: &mut String, axis: &Axis, timeline: &TimelineView, top: f64) -> f64 {
    let place = (axis.at(0.0), axis.at(timeline.cleared_s.unwrap_or(timeline.until_s)));
    let said = match (timeline.cleared_s, timeline.cleared_by.as_str()) {
        (None, _) => "active to the end of the run".to_owned(),
        (Some(at), "") => format!("over by itself after {}", duration(at)),
        (Some(at), by) => format!("cleared by {by} after {}", duration(at)),
    };
    bar(svg, "bad", place, top + 2.0, &said);
    let (x, class) = beside(place, width_of(&said));
    text(svg, class, x, top + 12.0, &said);
    for (at, name) in
        [(timeline.first_error_s, "first error state"), (timeline.first_failure_s, "first failure")]
    {
        if let Some(at) = at {
            let (x, y) = (axis.at(at), top + 16.0);
            push(
                svg,
                format_args!(
                    "<path class=\"tick\" d=\"M{x:.1} {y}l-4 6h8z\"><title>{name} at +{}</title></path>",
                    duration(at)
                ),
            );
        }
    }
    ROW
}

fn indication(svg: &mut String, axis: &Axis, timeline: &TimelineView, top: f64) -> f64 {
    let Some((at, name)) = &timeline.indication else {
        text(svg, "off", axis.at(0.0) + 2.0, top + 12.0, "none");
        return ROW;
    };
    let x = axis.at(*at);
    let said = format!("{name} (+{})", duration(*at));
    let (beside, _) = beside((x - 4.0, x + 4.0), width_of(&said));
    push(
        svg,
        format_args!("<circle class=\"indication\" cx=\"{x:.1}\" cy=\"{}\" r=\"5\"/>", top + 8.0),
    );
    text(svg, "off", beside, top + 12.0, &said);
    ROW
}

fn detection(svg: &mut String, axis: &Axis, timeline: &TimelineView, top: f64) -> f64 {
    if timeline.alarms.is_empty() {
        text(svg, "off", axis.at(0.0) + 2.0, top + 12.0, "never detected");
    }
    let mut rows = Rows::default();
    for alarm in &timeline.alarms {
        let (class, word) = match alarm.isolation {
            IsolationResult::Right => ("right", "right"),
            IsolationResult::WrongFaultRightPart => ("near", "right part"),
            IsolationResult::WrongPart => ("wrong", "wrong part"),
        };
        let said = format!("{}: {}", alarm.detector, alarm.suspect);
        let (x, width) = (axis.at(alarm.at_s), width_of(&said));
        let (label, _) = beside((x - 6.0, x + 6.0), width);
        let row = rows.place(label.min(x - 6.0), (label + width).max(x + 6.0));
        let y = top + row.unwrap_or(MOST_ROWS - 1) as f64 * ROW + 8.0;
        push(
            svg,
            format_args!(
                "<path class=\"{class}\" d=\"M{x:.1} {:.1}l6 6l-6 6l-6 -6z\"><title>+{} {} ({word})</title></path>",
                y - 6.0,
                duration(alarm.at_s),
                escape(&said)
            ),
        );
        if row.is_some() {
            text(svg, "off", label, y + 4.0, &said);
        }
    }
    rows.height()
}

fn actions(svg: &mut String, axis: &Axis, timeline: &TimelineView, top: f64) -> f64 {
    if timeline.actions.is_empty() {
        text(svg, "off", axis.at(0.0) + 2.0, top + 12.0, "none tried");
    }
    let mut rows = Rows::default();
    for tried in &timeline.actions {
        let from = axis.at(tried.started_s);
        let to = tried.applied_s.or(tried.dropped_s).unwrap_or(timeline.until_s);
        let to = axis.at(to).max(from + 3.0);
        let (class, word) = match (tried.applied_s, tried.dropped_s) {
            (Some(_), _) if tried.cleared => ("good", "cleared it"),
            (Some(_), _) => ("idle", "did not help"),
            (None, Some(_)) => ("undone", "was given up"),
            (None, None) => ("undone", "still under way at the end"),
        };
        let said = format!("{} ({})", tried.action.name, tried.by);
        let width = width_of(&said);
        let (label, inside) = beside((from, to), width);
        let row = rows.place(label.min(from), (label + width).max(to));
        let y = top + row.unwrap_or(MOST_ROWS - 1) as f64 * ROW + 2.0;
        let all = format!(
            "{} {}, by {}, +{}: {word}",
            tried.action.name,
            tried.action.zh,
            tried.by,
            duration(tried.started_s)
        );
        bar(svg, class, (from, to), y, &all);
        if row.is_some() {
            let class = if tried.applied_s.is_none() { "off" } else { inside };
            text(svg, class, label, y + 10.0, &said);
        }
    }
    rows.height()
}

fn service(svg: &mut String, axis: &Axis, timeline: &TimelineView, top: f64) -> f64 {
    bar(svg, "up", (axis.at(0.0), axis.at(timeline.until_s)), top + 2.0, "in service");
    for &(from, to) in &timeline.downs {
        let said = format!("out of service for {}, from +{}", duration(to - from), duration(from));
        bar(svg, "down", (axis.at(from), axis.at(to)), top + 2.0, &said);
    }
    ROW
}

/// When the operator believed that all was well.
fn belief(svg: &mut String, axis: &Axis, timeline: &TimelineView, bottom: f64) {
    if let Some(at) = timeline.restored_s {
        let x = axis.at(at);
        push(
            svg,
            format_args!(
                "<line class=\"restored\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"4\" y2=\"{bottom}\"><title>believed restored at +{}</title></line>",
                duration(at)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_cover_each_other() {
        let mut rows = Rows::default();
        assert_eq!(rows.place(0.0, 50.0), Some(0));
        assert_eq!(rows.place(10.0, 60.0), Some(1));
        assert_eq!(rows.place(55.0, 105.0), Some(0));
        assert_eq!(rows.place(56.0, 100.0), Some(2));
        for _ in 3..MOST_ROWS {
            assert!(rows.place(0.0, 200.0).is_some());
        }
        assert_eq!(rows.place(0.0, 200.0), None);
    }

    #[test]
    fn a_label_stays_in_the_picture() {
        assert_eq!(beside((100.0, 300.0), 90.0), (105.0, "on"));
        assert_eq!(beside((100.0, 110.0), 90.0), (115.0, "off"));
        assert_eq!(beside((930.0, 940.0), 90.0), (840.0, "off"));
    }

    #[test]
    fn the_axis_runs_from_onset_to_the_end() {
        let axis = Axis::new(18_000.0);
        assert_eq!(axis.at(0.0), LEFT);
        assert!((axis.at(18_000.0) - (WIDTH - RIGHT)).abs() < 1e-9);
        assert!(axis.at(60.0) > LEFT + 50.0, "a minute of five hours can be seen");
    }
}
