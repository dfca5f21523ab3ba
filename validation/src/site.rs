//! A site whose terminals fail by themselves and all together.

use models::Part;
use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::availability::{Quiet, no_recovery};
use crate::case::{Case, Size};
use crate::sight::{downs, hours};

const TERMINALS: usize = 5;

/// One site of five terminals without batteries. Each has a screen that fails and is well again; blackouts take all of them.
fn scenario(lasts: &str) -> String {
    let faults = r#"
        (id: "own", mode: Display(Blank), when: Random(Exponential(mean: "200h")), lasts: Exponential(mean: "8h")),
        (id: "blackout", mode: Power(SupplyOutage), target: Site("tills", 0), when: Random(Exponential(mean: "300h")), lasts: Exponential(mean: "4h"))"#;
    let quiet = Quiet {
        fleet: r#"(id: "tills", count: 5, site_size: 5)"#,
        lasts,
        firmware: "",
        faults,
        procedures: &format!(
            "{}(against: Symptom(SupplyBad), steps: []), (against: Symptom(TerminalDark), steps: [])",
            no_recovery(&["Display(Blank)", "Power(SupplyOutage)"])
        ),
    };
    let without = format!("fitted: (without: [{:?}]),\n        comms: (", Part::Battery);
    quiet.scenario().replacen("comms: (", &without, 1)
}

/// For how many hours so many terminals were down: from 0 to all.
fn spent(run: &RecordedRun) -> [f64; TERMINALS + 1] {
    let mut turns: Vec<(f64, bool)> = downs(run)
        .into_iter()
        .flat_map(|it| [(it.from, true)].into_iter().chain(it.ended.then_some((it.to, false))))
        .collect();
    turns.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mut spent, mut down, mut since) = ([0.0; TERMINALS + 1], 0, 0.0);
    for (at, goes_down) in turns {
        // At one instant beginnings come first: for no time at all one of them may count twice.
        if at > since {
            spent[down] += at - since;
        }
        since = at;
        down = if goes_down { down + 1 } else { down - 1 };
    }
    spent[down] += hours(sim::Instant::START + run.outcome.simulated) - since;
    spent
}

fn see(run: &RecordedRun) -> Vec<Sample> {
    let spent = spent(run);
    let all: f64 = spent.iter().sum();
    let mean_of = |of: &dyn Fn(f64) -> f64| -> f64 {
        (0_u32..).zip(&spent).map(|(down, hours)| of(f64::from(down)) * hours / all).sum()
    };
    let n = TERMINALS as f64;
    let mean = mean_of(&|down| down);
    let variance = mean_of(&|down| (down - mean) * (down - mean));
    let pairs_up = mean_of(&|down| (n - down) * (n - down - 1.0) / (n * (n - 1.0)));
    vec![
        Sample::ratio(mean, n),
        Sample::value(pairs_up),
        Sample::ratio(spent[0], all),
        Sample::ratio(spent[TERMINALS], all),
        Sample::value(mean),
        Sample::value(variance),
    ]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let names = [
        "terminal_unavailability",
        "P_two_given_up",
        "P_all_up",
        "P_all_down",
        "E_down",
        "var_down",
    ];
    vec![Case::new("D13", 0, &names, size.of(60, 30), scenario(size.of("12000d", "400d")), see)]
}
