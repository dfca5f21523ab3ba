//! The report: one page of HTML that needs no network, no script and no other file.

mod ageing;
mod canvas;
pub mod content;
mod figures;
mod lanes;
#[cfg(test)]
mod tests;
mod timeline;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use scenarios::Outcome;
use serde::Serialize;

use crate::analysis::Analysis;
use crate::wording;

pub use content::Content;
pub use timeline::{TimelineAlarm, TimelineRemedy, TimelineView};

const TEMPLATE: &str = include_str!("../templates/report.html");
const BOUNDARY: &str = include_str!("../templates/boundary.html");
const WORKSHEET: &str = include_str!("../templates/fmea.html");
pub(crate) const STYLE: &str = include_str!("../templates/report.css");

/// The page of a run.
pub fn page(outcome: &Outcome, analysis: &Analysis) -> String {
    render(&Content::of(outcome, analysis))
}

/// One record as the template wants it.
#[derive(Serialize)]
struct RenderedTimeline<'a> {
    timeline: &'a TimelineView,
    onset: String,
    lanes: Value,
    events: Vec<(String, String)>,
}

/// The page of what a run folder holds.
pub fn render(content: &Content) -> String {
    let worst: Vec<RenderedTimeline<'_>> = content
        .worst
        .iter()
        .map(|timeline| RenderedTimeline {
            timeline,
            onset: wording::clock(timeline.onset_s),
            lanes: Value::from_safe_string(lanes::draw(timeline)),
            events: timeline.events(),
        })
        .collect();
    let figure = Value::from_safe_string;
    let legend = |curves: &[content::Curve]| {
        let coloured: Vec<_> =
            curves.iter().map(|curve| (figures::colour_of(curve), curve)).collect();
        Value::from(Serde(coloured))
    };
    let pareto = figures::pareto(&content.faults, content.unexplained_s);
    let values = context! {
        it => Value::from(Serde(content)),
        style => figure(STYLE.to_owned()),
        worst => Value::from(Serde(worst)),
        fleet => figure(figures::fleet(&content.fleet)),
        sales_bin => content.fleet.sales_bin_s,
        detection => figure(figures::curves(&content.detection, "share detected")),
        recovery => figure(figures::curves(&content.recovery, "share cleared")),
        detection_legend => legend(&content.detection),
        recovery_legend => legend(&content.recovery),
        pareto => pareto.map(figure),
        life_ages => content.life.as_ref().and_then(|it| ageing::bathtub(&it.ages)).map(figure),
    };
    // The template is part of the program and a test renders all of it.
    environment(content.identity.decimals)
        .get_template("report.html")
        .and_then(|template| template.render(values))
        .expect("the report's own template renders")
}

pub(crate) fn environment(decimals: u32) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let or_nothing = |value: Option<String>| value.unwrap_or_else(|| wording::NOTHING.to_owned());
    environment.add_filter("duration", move |s: Option<f64>| or_nothing(s.map(wording::duration)));
    environment.add_filter("clock", move |s: Option<f64>| or_nothing(s.map(wording::clock)));
    environment.add_filter("percent", move |s: Option<f64>| or_nothing(s.map(wording::percent)));
    environment.add_filter("count", move |n: Option<i64>| or_nothing(n.map(wording::count)));
    let money = move |minor| wording::money(minor, decimals);
    environment.add_filter("money", move |n: Option<i64>| or_nothing(n.map(money)));
    environment.add_filter("number", move |n: Option<f64>| or_nothing(n.map(wording::figures)));
    environment.add_filter("percents", |it: Value| interval(&it, wording::percent));
    environment.add_filter("level", |share: f64| (share * 4.0).ceil() as i64);
    for (name, template) in
        [("report.html", TEMPLATE), ("fmea.html", WORKSHEET), ("boundary.html", BOUNDARY)]
    {
        let added = environment.add_template(name, template);
        // The templates are part of the program and tests render all of them.
        added.expect("the program's own templates are well formed");
    }
    environment
}

fn interval(interval: &Value, said: impl Fn(f64) -> String) -> String {
    let end = |at| f64::try_from(interval.get_item_by_index(at).ok()?).ok();
    match (end(0), end(1)) {
        (Some(lo), Some(hi)) => format!("{} to {}", said(lo), said(hi)),
        _ => wording::NOTHING.to_owned(),
    }
}
