//! Few technicians for many terminals: how many wait for one, and how long.

use faults::DomainEvent;
use models::Note;
use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::availability::{Quiet, tills};
use crate::case::{Case, Size};
use crate::sight::{downs, hours};

const TERMINALS: u32 = 100;
const CREWS: f64 = 2.0;
/// The start, at which all terminals work, is forgotten after that, in hours.
const FORGOTTEN: f64 = 500.0;

/// A hundred tills that hang every 500 hours, and two crews whose work takes eight, both exponential.
fn scenario(lasts: &str) -> String {
    let quiet = Quiet {
        fleet: &tills(TERMINALS),
        lasts,
        firmware: r#"backup: None, watchdog: "30s""#,
        faults: r#"(id: "hang", mode: Firmware(Hang), when: Random(Exponential(mean: "500h")))"#,
        procedures: r#"(against: Mode(Firmware(Hang)), steps: [(action: Swap, by: Technician, duration: "8h", works: 1.0)])"#,
    };
    quiet.scenario().replace("crews: 1000000", "crews: 2, hands_on: Exponential")
}

/// For how much of the time between two moments how many things were so, from the moments at which each began and ended.
fn levels(spells: &[(f64, f64)], from: f64, to: f64) -> Vec<f64> {
    let mut changes: Vec<(f64, bool)> =
        spells.iter().flat_map(|it| [(it.0, true), (it.1, false)]).collect();
    // Ends before beginnings, so that no level is counted that never was.
    changes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut times, mut level, mut since) = (Vec::new(), 0usize, 0.0);
    for (at, up) in changes.into_iter().chain([(to, true)]) {
        if times.len() <= level {
            times.resize(level + 1, 0.0);
        }
        times[level] += (at.min(to) - f64::max(since, from)).max(0.0);
        since = at;
        level = if up { level + 1 } else { level.saturating_sub(1) };
    }
    times
}

/// What is down, and what waits for a crew that is not free.
fn see(run: &RecordedRun) -> Vec<Sample> {
    let end = hours(sim::Instant::START + run.outcome.simulated);
    let downs = downs(run);
    let down: Vec<(f64, f64)> = downs.iter().map(|it| (it.from, it.to)).collect();
    // Who comes to a terminal that works again by then, or is sent twice, has nothing in hand.
    let mut sent: Vec<Vec<f64>> = vec![Vec::new(); TERMINALS as usize];
    for fact in &run.facts {
        if let DomainEvent::Noted(Note::TechnicianSent { terminal, .. }) = fact.what {
            sent[terminal.0 as usize].push(hours(fact.at));
        }
    }
    let served: Vec<(f64, f64)> = downs
        .iter()
        .filter_map(|it| {
            let visits = &sent[it.who.0 as usize];
            let first = visits[visits.partition_point(|at| *at < it.from)..].first();
            first.filter(|at| **at < it.to).map(|at| (*at, it.to))
        })
        .collect();
    let watched = end - FORGOTTEN;
    let times = levels(&down, FORGOTTEN, end);
    let sum = |times: &[f64]| times.iter().zip(0u32..).map(|(time, n)| f64::from(n) * time).sum();
    let all_down: f64 = sum(&times);
    let in_hand: f64 = sum(&levels(&served, FORGOTTEN, end));
    let ended: Vec<f64> = downs
        .iter()
        .filter(|it| it.ended && it.from >= FORGOTTEN)
        .map(|it| it.to - it.from)
        .collect();
    let share = |time: f64| Sample::ratio(time, watched);
    vec![
        share(all_down),
        Sample::ratio(watched * f64::from(TERMINALS) - all_down, watched * f64::from(TERMINALS)),
        share(all_down - in_hand),
        Sample::mean(&ended),
        Sample::ratio(in_hand, watched * CREWS),
        share(times.iter().skip(10).sum()),
        share(times.first().copied().unwrap_or_default()),
    ]
}

pub(crate) fn case(size: Size) -> Case {
    let names = [
        "E_down",
        "availability",
        "E_waiting",
        "MDT_h",
        "tech_util",
        "P_any_down_ge_10",
        "P_all_up",
    ];
    let lasts = size.of("180000h", "6000h");
    Case::new("Q6", 0, &names, size.of(40, 30), scenario(lasts), see)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_add_up_to_the_time_that_was_watched() {
        let times = levels(&[(0.0, 4.0), (2.0, 6.0), (6.0, 7.0), (9.0, 20.0)], 1.0, 10.0);
        // One from 1 to 2, two to 4, one to 7, none to 9, one to 10.
        assert_eq!(times, [2.0, 5.0, 2.0]);
    }
}
