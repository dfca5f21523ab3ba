//! Redundancy: two of three, pairs with a change-over that may fail, pairs with a common cause, and how rarely both fail.

use faults::DomainEvent;
use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::availability::{Quiet, alternating, no_recovery, tills};
use crate::case::{Case, Size};
use crate::sight::{count, downs, first_downs};

/// When at least two of three neighbours are out of service, in hours.
fn two_of_three_down(run: &RecordedRun) -> Vec<Vec<(f64, f64)>> {
    let sites = run.outcome.roster.terminals() as usize / 3;
    let mut changes: Vec<Vec<(f64, i32)>> = vec![Vec::new(); sites];
    for down in downs(run) {
        let site = &mut changes[down.who.0 as usize / 3];
        site.push((down.from, 1));
        site.push((down.to, -1));
    }
    let failed = |mut site: Vec<(f64, i32)>| {
        site.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut down, mut times, mut since) = (0, Vec::new(), None);
        for (at, change) in site {
            down += change;
            match (down >= 2, since) {
                (true, None) => since = Some(at),
                (false, Some(from)) => {
                    times.push((from, at));
                    since = None;
                }
                _ => {}
            }
        }
        times
    };
    changes.into_iter().map(failed).collect()
}

/// A4, no repair.
fn two_of_three(run: &RecordedRun) -> Vec<Sample> {
    let lives: Vec<f64> =
        two_of_three_down(run).iter().filter_map(|it| it.first()).map(|it| it.0).collect();
    vec![Sample::ratio(count(&lives, |it| *it > 1_000.0), lives.len() as f64), Sample::mean(&lives)]
}

/// Time to the first failure of each system that was watched for so long: hours lived over failures, so that those that
/// did not fail count too.
fn mean_time_to_first(first: &[Option<f64>], watched: f64) -> Sample {
    let lived: f64 = first.iter().map(|it| it.unwrap_or(watched)).sum();
    Sample::ratio(lived, count(first, Option::is_some))
}

/// A4, each cleared by itself.
fn two_of_three_cleared(run: &RecordedRun) -> Vec<Sample> {
    let sites = two_of_three_down(run);
    let watched = run.outcome.simulated.as_secs_f64() / 3_600.0;
    let first: Vec<Option<f64>> = sites.iter().map(|it| it.first().map(|it| it.0)).collect();
    // The start is forgotten after some repairs.
    let from = 500.0;
    let down: f64 = sites.iter().flatten().map(|it| (it.1 - it.0.max(from)).max(0.0)).sum();
    let all = sites.len() as f64 * (watched - from);
    vec![
        mean_time_to_first(&first, watched),
        Sample::ratio(all - down, all),
        Sample::ratio(down, all),
    ]
}

/// A6, to the end: the group with a common cause, and the one without.
fn dual_uplink(run: &RecordedRun) -> Vec<Sample> {
    let first = first_downs(run);
    let half = run.outcome.roster.groups[1].first as usize;
    let watched = run.outcome.simulated.as_secs_f64() / 3_600.0;
    vec![mean_time_to_first(&first[..half], watched), mean_time_to_first(&first[half..], watched)]
}

/// A6, the first hundred hours.
fn dual_uplink_early(run: &RecordedRun) -> Vec<Sample> {
    let first = first_downs(run);
    let half = run.outcome.roster.groups[1].first as usize;
    let failed = |group: &[Option<f64>]| count(group, |it| it.is_some_and(|at| at <= 100.0));
    let (common, single) = (failed(&first[..half]), failed(&first[half..]));
    let n = half as f64;
    vec![Sample::ratio(n - common, n), Sample::ratio(n - single, n), Sample::ratio(common, single)]
}

/// A terminal behind a phone: both bearers are independent, the phone is what they have in common.
fn uplinks(count: u32, lasts: &str) -> String {
    let life = |mean: &str| format!(r#"when: Random(Exponential(mean: "{mean}"))"#);
    // Rates add up: (1 - 0.05) / 1000 h for each bearer, 0.05 / 1000 h for the phone.
    let (own, common, alone) = (life("3789473684211us"), life("20000h"), life("1000h"));
    let own = own.replace("3789473684211us", "3789473s 684ms");
    let faults = [
        format!(r#"(id: "wifi", mode: Wifi(AccessPointDown), target: Group("both"), {own})"#),
        format!(r#"(id: "cell", mode: Cellular(CellOutage), target: Group("both"), {own})"#),
        format!(r#"(id: "phone", mode: PhoneLink(PairingLost), target: Group("both"), {common})"#),
        format!(r#"(id: "wifi-0", mode: Wifi(AccessPointDown), target: Group("single"), {alone})"#),
        format!(r#"(id: "cell-0", mode: Cellular(CellOutage), target: Group("single"), {alone})"#),
    ];
    Quiet {
        fleet: &format!(r#"(id: "both", count: {count}), (id: "single", count: {count})"#),
        lasts,
        firmware: "through_phone: true",
        faults: &faults.join(", "),
        procedures: &no_recovery(&[
            "Wifi(AccessPointDown)",
            "Cellular(CellOutage)",
            "PhoneLink(PairingLost)",
        ]),
    }
    .scenario()
}

/// Two uplinks that fail and are repaired, each by itself.
fn pair(count: u32, lasts: &str, mean: &str, repaired_in: &str, failover_works: f64) -> String {
    let law = format!(
        r#"when: Random(Exponential(mean: "{mean}")), lasts: Exponential(mean: "{repaired_in}")"#
    );
    Quiet {
        fleet: &tills(count),
        lasts,
        firmware: &format!("failover_works: {failover_works:?}"),
        faults: &format!(
            r#"(id: "wifi", mode: Wifi(AccessPointDown), {law}), (id: "cell", mode: Cellular(CellOutage), {law})"#
        ),
        procedures: &no_recovery(&["Wifi(AccessPointDown)", "Cellular(CellOutage)"]),
    }
    .scenario()
}

/// A5.
fn pair_lives(run: &RecordedRun) -> Vec<Sample> {
    let watched = run.outcome.simulated.as_secs_f64() / 3_600.0;
    vec![mean_time_to_first(&first_downs(run), watched)]
}

/// R2: regenerations begin when the first of two fails, and hit when the second fails before the first is cleared.
fn regenerations(run: &RecordedRun) -> Vec<Sample> {
    let mut broken = vec![0u8; run.outcome.roster.terminals() as usize];
    let (mut begun, mut hits) = (0.0, 0.0);
    for fact in &run.facts {
        let place = &mut broken[fact.who.0 as usize];
        match fact.what {
            DomainEvent::Occurred { .. } => {
                *place += 1;
                if *place == 1 { begun += 1.0 } else { hits += 1.0 }
            }
            DomainEvent::Cleared { .. } => *place -= 1,
            _ => {}
        }
    }
    let mut samples = vec![Sample::ratio(hits, begun)];
    samples.extend(pair_lives(run));
    samples
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let life = r#"when: Random(Exponential(mean: "1000h"))"#;
    let exponential = |mean: &str| format!(r#"{life}, lasts: Exponential(mean: "{mean}")"#);
    vec![
        Case::new(
            "A4",
            0,
            &["R_1000h", "MTTF_norepair"],
            runs,
            alternating(size.of(9_000, 900), "40000h", life),
            two_of_three,
        ),
        Case::new(
            "A4",
            1,
            &["MTTFF_repair", "A_indep_repair", "1-A_indep_repair"],
            runs,
            alternating(size.of(3_000, 240), "40000h", &exponential("24h")),
            two_of_three_cleared,
        ),
        Case::new(
            "A5",
            0,
            &["MTTF_c1"],
            runs,
            pair(size.of(900, 60), "87600h", "2000h", "4h", 1.0),
            pair_lives,
        ),
        // Only the uplink in use needs the change-over: 0.98 and 0.8 of it are 0.99 and 0.9 of all first failures.
        Case::new(
            "A5",
            1,
            &["MTTF_c099"],
            runs,
            pair(size.of(1_200, 60), "175200h", "2000h", "4h", 0.98),
            pair_lives,
        ),
        Case::new(
            "A5",
            2,
            &["MTTF_c09"],
            runs,
            pair(size.of(1_200, 60), "43800h", "2000h", "4h", 0.8),
            pair_lives,
        ),
        Case::new(
            "R2",
            0,
            &["P_hit", "MTTF_h"],
            runs,
            pair(size.of(1_000, 20), "875000h", "10000h", "2h", 1.0),
            regenerations,
        ),
        Case::new(
            "A6",
            0,
            &["MTTF", "MTTF_beta0"],
            runs,
            uplinks(size.of(1_200, 200), "20000h"),
            dual_uplink,
        ),
        Case::new(
            "A6",
            1,
            &["R_100h", "R_100h_beta0", "unrel_ratio"],
            runs,
            uplinks(size.of(60_000, 4_000), "101h"),
            dual_uplink_early,
        ),
    ]
}
