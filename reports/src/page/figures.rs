//! The figures: the fleet over time, how fast faults are detected and recovered, where time out of service comes from.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::canvas::{
    Area, BLUE, CURVES, Drawn, GRID, INK, MUTED, ORANGE, TimeAxis, VERMILLION, figure, small,
};
use super::content::{Curve, Row};
use crate::measures::Fleet;
use crate::wording::{axis_percent, count, duration};

/// Width of all figures, in units of their own.
const WIDTH: u32 = 960;
/// Room for the labels left of a plot.
const LEFT: u32 = 64;

/// The fleet over time: terminals up, sales by their end, active faults.
pub(super) fn fleet(fleet: &Fleet) -> String {
    let title =
        "Share of terminals up, sales and active faults over time, with fault windows shaded";
    figure((WIDTH, 560), title, |area| {
        let (up, rest) = area.split_vertically(190);
        let (sales, active) = rest.split_vertically(200);
        draw_up(&up, fleet)?;
        draw_sales(&sales, fleet)?;
        draw_active(&active, fleet)
    })
}

/// Where the axis of a run's time has its marks: a dozen at most, on full hours or days where it can be.
fn hours(end_s: f64) -> Vec<f64> {
    let widths =
        [60.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0];
    let width = widths.iter().copied().find(|width| end_s / width <= 12.0);
    let width = width.unwrap_or((end_s / 10.0 / 86_400.0).ceil() * 86_400.0);
    (0..=(end_s / width) as u32).map(|at| f64::from(at) * width).collect()
}

fn hour(seconds: &f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match (minutes / 1_440, minutes % 1_440) {
        (0, rest) => format!("{:02}:{:02}", rest / 60, rest % 60),
        (days, 0) => format!("day {}", days + 1),
        (days, rest) => format!("d{} {:02}:{:02}", days + 1, rest / 60, rest % 60),
    }
}

/// A plot whose axis is the time of the run.
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<TimeAxis, RangedCoordf64>>;

/// A plot over the time of the run, with the windows shaded in which much was broken.
fn over_time<'a, 'b>(
    area: &'a Area<'b>,
    fleet: &Fleet,
    y: std::ops::Range<f64>,
    (what, label): (&str, &dyn Fn(&f64) -> String),
) -> Result<Plot<'a, 'b>, Box<dyn std::error::Error>> {
    let end_s = fleet.end_s.max(1.0);
    let x = TimeAxis { from_s: 0.0, to_s: end_s, marks_s: hours(end_s), logarithmic: false };
    let mut plot = ChartBuilder::on(area)
        .margin_top(10)
        .margin_right(16)
        .set_label_area_size(LabelAreaPosition::Left, LEFT)
        .set_label_area_size(LabelAreaPosition::Bottom, 24)
        .build_cartesian_2d(x, y.clone())?;
    for &(from, to) in &fleet.windows {
        // A short window is drawn wide enough to be seen.
        let to = to.max(from + end_s / 500.0).min(end_s);
        plot.draw_series([Rectangle::new(
            [(from, y.start), (to, y.end)],
            MUTED.mix(0.16).filled(),
        )])?;
    }
    plot.configure_mesh()
        .max_light_lines(0)
        .disable_x_mesh()
        .bold_line_style(GRID)
        .axis_style(MUTED)
        .y_labels(5)
        .x_label_style(small())
        .y_label_style(small())
        .axis_desc_style(small())
        .x_label_formatter(&hour)
        .y_label_formatter(&label)
        .y_desc(what)
        .draw()?;
    Ok(plot)
}

fn draw_up(area: &Area<'_>, fleet: &Fleet) -> Drawn {
    let min = fleet.up.iter().copied().fold(1.0, f64::min);
    // From the next round share below the worst moment, so that a small dip in a large fleet can be seen.
    let floors = [0.99, 0.98, 0.95, 0.9, 0.8, 0.5];
    let floor = floors.into_iter().find(|&floor| floor <= min).unwrap_or(0.0);
    let mut plot =
        over_time(area, fleet, floor..1.0, ("terminals up", &|share| axis_percent(*share)))?;
    let steps = fleet.up.iter().enumerate().flat_map(|(at, &share)| {
        let from = at as f64 * fleet.bin_s;
        [(from, share), ((from + fleet.bin_s).min(fleet.end_s), share)]
    });
    plot.draw_series(LineSeries::new(steps, BLUE.stroke_width(2)))?;
    Ok(())
}

fn draw_sales(area: &Area<'_>, fleet: &Fleet) -> Drawn {
    let max = fleet.sales.iter().map(|bin| bin.approved + bin.declined + bin.failed).max();
    let top = max.unwrap_or(0).max(1) as f64 * 1.05;
    let what = format!("sales per {}", duration(fleet.sales_bin_s));
    let label = |sales: &f64| count(*sales as i64);
    let mut plot = over_time(area, fleet, 0.0..top, (&what, &label))?;
    let gap = fleet.sales_bin_s * 0.08;
    for (at, bin) in fleet.sales.iter().enumerate() {
        let from = at as f64 * fleet.sales_bin_s;
        let to = (from + fleet.sales_bin_s).min(fleet.end_s);
        let mut floor = 0.0;
        for (count, colour) in
            [(bin.approved, BLUE), (bin.declined, ORANGE), (bin.failed, VERMILLION)]
        {
            let ceiling = floor + count as f64;
            if count > 0 {
                let corners = [(from + gap, floor), ((to - gap).max(from + gap), ceiling)];
                plot.draw_series([Rectangle::new(corners, colour.filled())])?;
            }
            floor = ceiling;
        }
    }
    Ok(())
}

fn draw_active(area: &Area<'_>, fleet: &Fleet) -> Drawn {
    let top = fleet.active.iter().copied().fold(0.0, f64::max).max(1.0) * 1.08;
    let label = |faults: &f64| format!("{}", (faults * 10.0).round() / 10.0);
    let mut plot = over_time(area, fleet, 0.0..top, ("active faults", &label))?;
    let steps = fleet.active.iter().enumerate().flat_map(|(at, &faults)| {
        let from = at as f64 * fleet.bin_s;
        [(from, faults), ((from + fleet.bin_s).min(fleet.end_s), faults)]
    });
    plot.draw_series(AreaSeries::new(steps, 0.0, MUTED.mix(0.35)).border_style(MUTED))?;
    Ok(())
}

/// What a curve is drawn in: by its name, so that a family keeps its colour from run to run.
pub(super) fn colour_of(curve: &Curve) -> usize {
    let family = models::Family::ALL.iter().position(|family| family.name() == curve.name);
    family.map_or(0, |at| at + 1)
}

/// Share that something had happened to, over time since onset, on a logarithmic axis.
pub(super) fn curves(curves: &[Curve], what: &str) -> String {
    let marks = [
        0.1,
        1.0,
        10.0,
        60.0,
        600.0,
        3_600.0,
        21_600.0,
        86_400.0,
        604_800.0,
        2_592_000.0,
        31_536_000.0,
    ];
    let times = || curves.iter().flat_map(|curve| curve.points.iter().map(|&(at, _)| at));
    let min = times().filter(|&at| at > 0.0).fold(f64::INFINITY, f64::min);
    let watched = curves.iter().map(|curve| curve.watched_s).fold(1.0, f64::max);
    let from = marks.iter().copied().rfind(|&mark| mark < min.min(watched)).unwrap_or(0.1);
    let to = marks
        .iter()
        .copied()
        .find(|&mark| mark > watched)
        .unwrap_or(watched * 2.0)
        .max(from * 10.0);
    figure((WIDTH, 300), what, |area| {
        let x = TimeAxis { from_s: from, to_s: to, marks_s: marks.to_vec(), logarithmic: true };
        let mut plot = ChartBuilder::on(area)
            .margin_top(12)
            .margin_right(24)
            .set_label_area_size(LabelAreaPosition::Left, LEFT)
            .set_label_area_size(LabelAreaPosition::Bottom, 44)
            .build_cartesian_2d(x, 0.0..1.0)?;
        plot.configure_mesh()
            .max_light_lines(0)
            .bold_line_style(GRID)
            .axis_style(MUTED)
            .y_labels(6)
            .x_label_style(small())
            .y_label_style(small())
            .axis_desc_style(small())
            .x_label_formatter(&|at| duration(*at))
            .y_label_formatter(&|share| axis_percent(*share))
            .x_desc("time since onset, logarithmic")
            .y_desc(what)
            .draw()?;
        // The sum of all is drawn last, over its parts.
        for curve in curves.iter().rev() {
            let colour = CURVES[colour_of(curve)];
            let width = if colour_of(curve) == 0 { 3 } else { 2 };
            let line = steps(curve, from, to);
            if line.is_empty() {
                continue;
            }
            plot.draw_series(LineSeries::new(line, colour.stroke_width(width)))?;
        }
        Ok(())
    })
}

/// The corners of a step curve from the left edge of the plot to where the last one was watched.
fn steps(curve: &Curve, from: f64, to: f64) -> Vec<(f64, f64)> {
    let mut corners = vec![(from, 0.0)];
    let mut height = 0.0;
    for &(at, share) in &curve.points {
        let at = at.clamp(from, to);
        corners.push((at, height));
        corners.push((at, share));
        height = share;
    }
    corners.push((curve.watched_s.clamp(from, to), height));
    corners
}

/// How many faults the Pareto names; the others are one bar.
const NAMED: usize = 14;

/// Where time out of service comes from: a bar a fault, the largest first, with the sum so far. `None` if nothing was
/// out of service.
pub(super) fn pareto(faults: &[Row], unexplained_s: f64) -> Option<String> {
    let mut bars: Vec<(String, f64)> = faults
        .iter()
        .filter(|row| row.handling.down_s > 0.0)
        .map(|row| (format!("{} {}", row.name, row.zh), row.handling.down_s))
        .collect();
    if bars.len() > NAMED + 1 {
        let rest: f64 = bars.iter().skip(NAMED).map(|(_, down_s)| down_s).sum();
        let others = bars.len() - NAMED;
        bars.truncate(NAMED);
        bars.push((format!("{others} other faults"), rest));
    }
    if unexplained_s > 0.0 {
        bars.push(("no fault behind it 无故障".to_owned(), unexplained_s));
    }
    let all: f64 = bars.iter().map(|(_, down_s)| down_s).sum();
    if all <= 0.0 {
        return None;
    }
    let size = (WIDTH, 26 * bars.len() as u32 + 12);
    Some(figure(size, "Time out of service by fault, the largest first", |area| {
        draw_bars(area, &bars, all)
    }))
}

fn label(horizontal: HPos, colour: &RGBColor) -> TextStyle<'_> {
    TextStyle::from(("sans-serif", 13)).color(colour).pos(Pos::new(horizontal, VPos::Center))
}

fn draw_bars(area: &Area<'_>, bars: &[(String, f64)], all: f64) -> Drawn {
    const BARS: i32 = 330;
    const LONGEST: f64 = 360.0;
    let max = bars.iter().map(|&(_, down_s)| down_s).fold(0.0, f64::max);
    let mut sum = 0.0;
    for (at, (name, down_s)) in bars.iter().enumerate() {
        let middle = 26 * at as i32 + 18;
        sum += down_s;
        let length = (down_s / max * LONGEST).max(1.0) as i32;
        let corners = [(BARS, middle - 8), (BARS + length, middle + 8)];
        area.draw(&Rectangle::new(corners, if at == 0 { VERMILLION } else { BLUE }.filled()))?;
        area.draw(&Text::new(name.as_str(), (BARS - 10, middle), label(HPos::Right, &INK)))?;
        let said = format!("{} · {}", duration(*down_s), axis_percent(down_s / all));
        area.draw(&Text::new(said, (BARS + length + 8, middle), label(HPos::Left, &INK)))?;
        let so_far = format!("Σ {}", axis_percent(sum / all));
        area.draw(&Text::new(so_far, (WIDTH as i32 - 8, middle), label(HPos::Right, &MUTED)))?;
    }
    let axis = [(BARS, 4), (BARS, 26 * bars.len() as i32 + 8)];
    area.draw(&PathElement::new(axis, MUTED.stroke_width(1)))?;
    Ok(())
}
