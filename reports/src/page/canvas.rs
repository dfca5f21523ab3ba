//! The canvas that figures are drawn on: plotters' SVG backend, and what makes its output fit a page.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::{DrawingArea, IntoDrawingArea};
use plotters::style::{RGBColor, TextStyle};

use crate::wording::escape;

/// Okabe and Ito's colours, told apart by people who see fewer of them; the style sheet lightens them in the dark.
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// Failed, down, wrong.
pub(super) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// Up, right.
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
/// Declined, half right.
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
/// Text and whatever is as dark.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Labels of axes.
pub(super) const MUTED: RGBColor = RGBColor(0x59, 0x59, 0x59);
/// Lines of a grid.
pub(super) const GRID: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

/// Colours of curves: all faults, then the families in the catalogue's order.
pub(super) const CURVES: [RGBColor; models::Family::ALL.len() + 1] = [
    INK,
    ORANGE,
    BLUE,
    VERMILLION,
    RGBColor(0xCC, 0x79, 0xA7),
    GREEN,
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x8C, 0x6D, 0x31),
    RGBColor(0x5B, 0x6A, 0xA0),
];

/// Where figures are drawn.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Why one could not be: it never happens, for a string takes whatever is drawn.
pub(super) type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Labels of axes.
pub(super) fn small() -> TextStyle<'static> {
    TextStyle::from(("sans-serif", 12)).color(&MUTED)
}

/// An axis of time whose marks are chosen by us: full hours, or round times on a logarithmic scale.
#[derive(Debug)]
pub(super) struct TimeAxis {
    pub(super) from_s: f64,
    pub(super) to_s: f64,
    pub(super) marks_s: Vec<f64>,
    pub(super) logarithmic: bool,
}

impl Ranged for TimeAxis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let bent = |s: f64| if self.logarithmic { libm::log(s) } else { s };
        let (from, to) = (bent(self.from_s), bent(self.to_s));
        let share = (bent(value.clamp(self.from_s, self.to_s)) - from) / (to - from);
        first + (share * f64::from(last - first)).round() as i32
    }
    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        let inside = |mark: &f64| (self.from_s..=self.to_s).contains(mark);
        self.marks_s.iter().copied().filter(inside).collect()
    }
    fn range(&self) -> std::ops::Range<f64> {
        self.from_s..self.to_s
    }
}

/// Draws a figure of this size and makes it fit: as wide as its place, with a title for those who cannot see it.
pub(super) fn figure(
    size: (u32, u32),
    title: &str,
    draw: impl FnOnce(&Area<'_>) -> Drawn,
) -> String {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let drawn = draw(&area).and_then(|()| area.present().map_err(Into::into));
        if let Err(error) = drawn {
            return format!(
                "<p>This figure could not be drawn: {}</p>",
                escape(&error.to_string())
            );
        }
    }
    let (width, height) = size;
    let body = text.split_once('>').map_or("", |(_, body)| body);
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" \
         font-family=\"inherit\"><title>{}</title>{body}",
        escape(title)
    )
    // The sheet's fonts, and no sizes that a backend guesses in pixels of its own.
    .replace("font-family=\"sans-serif\"", "font-family=\"inherit\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_as_wide_as_its_place_and_escapes_its_title() {
        let svg = figure((100, 50), "a < b", |_| Ok(()));
        assert!(svg.starts_with("<svg viewBox=\"0 0 100 50\" role=\"img\""), "{svg}");
        assert!(svg.contains("<title>a &lt; b</title>") && svg.trim_end().ends_with("</svg>"));
    }
}
