//! The bathtub: failures a part and year by its age, bin by bin with their intervals.

use plotters::prelude::*;

use super::canvas::{BLUE, GRID, MUTED, figure, small};
use crate::measures::life::AgeBin;

/// The last bin is open: it is drawn as long as this, in days, or as the one before it.
const OPEN_DAYS: f64 = 365.0;

/// The figure; `None` if nothing was in service.
pub(super) fn bathtub(bins: &[AgeBin]) -> Option<String> {
    let last = bins.last()?;
    let end = |bin: &AgeBin| bin.to_d.min(bin.from_d + OPEN_DAYS);
    // A bin of a few days of service says nothing: its interval would squash the rest.
    let shown: Vec<&AgeBin> = bins.iter().filter(|bin| bin.years * 365.0 >= 100.0).collect();
    let max = shown.iter().map(|bin| bin.ci95.1).fold(0.0, f64::max);
    if max <= 0.0 {
        return None;
    }
    let drawn = figure((960, 280), "failures a part and year by age", |area| {
        let mut plot = ChartBuilder::on(area)
            .margin_top(12)
            .margin_right(24)
            .set_label_area_size(LabelAreaPosition::Left, 64)
            .set_label_area_size(LabelAreaPosition::Bottom, 44)
            .build_cartesian_2d(0.0..end(last), 0.0..max * 1.05)?;
        plot.configure_mesh()
            .max_light_lines(0)
            .bold_line_style(GRID)
            .axis_style(MUTED)
            .y_labels(6)
            .x_label_style(small())
            .y_label_style(small())
            .axis_desc_style(small())
            .x_desc("age of the part, days")
            .y_desc("failures a year")
            .draw()?;
        for bin in shown {
            let (from, to) = (bin.from_d, end(bin));
            let span = [(from, bin.ci95.0), (to, bin.ci95.1)];
            plot.draw_series([Rectangle::new(span, GRID.filled())])?;
            let line = [(from, bin.per_year), (to, bin.per_year)];
            plot.draw_series(LineSeries::new(line, BLUE.stroke_width(3)))?;
        }
        Ok(())
    });
    Some(drawn)
}
