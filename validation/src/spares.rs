//! A stock of spares: how many are on order, and how often and how long somebody waits for one.

use faults::DomainEvent;
use models::{Fact, Note};
use reports::statistics::Sample;
use scenarios::RecordedRun;
use sim::Instant;

use crate::availability::{Quiet, tills};
use crate::case::{Case, Size};
use crate::sight::count;

/// Four hundred tills whose boards live for 8,000 hours, ten boards in stock, and this law of an order's time.
fn scenario(lasts: &str, orders: &str) -> String {
    let repair = r#"(action: Repair, by: Technician, duration: "0s", works: 1.0)"#;
    let quiet = Quiet {
        fleet: &tills(400),
        lasts,
        firmware: "backup: None",
        faults: r#"(id: "board", mode: Mainboard(Dead), when: Random(Exponential(mean: "8000h")))"#,
        // What is missing is attributed to its network first. A board that dies before the next heartbeat is repaired once more.
        procedures: &format!(
            "(against: Symptom(NoHeartbeat), steps: [{repair}, {repair}, {repair}])"
        ),
    };
    let detected = r#"period: "300d", grace: "0s""#;
    let text = quiet.scenario().replace(detected, r#"period: "6h", misses: 1, grace: "0s""#);
    let text = text.replace(r#"verify_after: "0s""#, r#"verify_after: "7h""#);
    text.replace("spares: 1000000", &format!("parts: 10, {orders}"))
}

/// What each demand finds, which is what there is at any time (PASTA); and how many wait, from how long each does: whoever
/// came first is served first.
fn stock(run: &RecordedRun) -> Vec<Sample> {
    let wanted: Vec<(f64, f64)> = run
        .facts
        .iter()
        .filter_map(|fact| match fact.what {
            DomainEvent::Noted(Note::PartWanted { stock, on_order }) => {
                Some((f64::from(stock), f64::from(on_order)))
            }
            _ => None,
        })
        .collect();
    let n = wanted.len() as f64;
    let served = count(&wanted, |it| it.0 > 0.0);
    let end = Instant::START + run.outcome.simulated;
    let when = |wanted: bool| {
        let is = move |fact: &&Fact| match fact.what {
            DomainEvent::Noted(Note::PartWanted { .. }) => wanted,
            DomainEvent::Noted(Note::TechnicianSent { .. }) => !wanted,
            _ => false,
        };
        run.facts.iter().filter(is).map(|fact| fact.at)
    };
    let sent = when(false).chain(std::iter::repeat(end));
    let waited: f64 = when(true).zip(sent).map(|(from, to)| to.since(from).as_secs_f64()).sum();
    vec![
        Sample::ratio(wanted.iter().map(|it| it.1).sum(), n),
        Sample::ratio(served, n),
        Sample::ratio(waited, run.outcome.simulated.as_secs_f64()),
        Sample::ratio(n - served, n),
    ]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let lasts = size.of("90000h", "15000h");
    vec![
        Case::new(
            "A8",
            0,
            &["mean_pipeline", "fill_rate", "EBO", "P_stockout"],
            runs,
            scenario(lasts, r#"ordered_in: "120h", order_spread: 0.0"#),
            stock,
        ),
        // A lognormal law of the same mean: its median is the mean over exp(1/2).
        Case::new(
            "A8",
            1,
            &["mean_pipeline_lognormal", "fill_rate_lognormal"],
            runs,
            scenario(lasts, r#"ordered_in: "262021s", order_spread: 1.0"#),
            |run| stock(run)[..2].to_vec(),
        ),
    ]
}
