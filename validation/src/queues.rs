//! The gateway as a queue: customers at many tills make a Poisson stream of requests, and the gateway notes each of them.

use reports::statistics::Sample;
use scenarios::RecordedRun;

use crate::case::{Case, Size};
use crate::sight::{arrivals, count, quantile, requests};

/// So many that a till which waits for its answer is not missed among those that make requests.
fn tills(size: Size) -> f64 {
    size.of(20_000.0, 8_000.0)
}

/// So many requests a second at a gateway of these settings, for so long.
fn scenario(tills: f64, gateway: &str, per_second: f64, lasts: &str) -> String {
    let per_day = per_second * 86_400.0 / tills;
    format!(
        r#"Scenario(
    schema: 2, name: "queue", intent: "does the gateway wait, serve and refuse as queueing theory says?",
    duration: "{lasts}", warmup: "15min", drain: "0s",
    fleet: [(id: "tills", count: {tills})],
    types: {{ "standard": (
        hardware: (card_reader: (misread: 0.0)),
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.0)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.0))),
    ) }},
    workload: [(per_day: {per_day}, hours: Flat, patience: "30d")],
    platform: (gateway: (notes_requests: true, {gateway})),
    policies: (
        heartbeat: (period: "10d"), telemetry: (period: "0s"),
        transport: (response_timeout: "3h"),
        recovery: (fallback: None),
        procedures: [(against: Mode(Gateway(WorkersLost)), steps: [])],
    ),
)"#
    )
}

/// Means of what requests found and how long they took, for c workers.
fn means(run: &RecordedRun, workers: f64) -> [Sample; 4] {
    let found = arrivals(run);
    let n = found.len() as f64;
    let requests = requests(run);
    let served = requests.len() as f64;
    [
        Sample::ratio(found.iter().map(|it| it.0).sum(), n),
        Sample::ratio(found.iter().map(|it| (it.0 - workers).max(0.0)).sum(), n),
        Sample::ratio(requests.iter().map(|it| it.stayed).sum(), served),
        Sample::ratio(requests.iter().map(|it| it.waited).sum(), served),
    ]
}

/// Q1. By PASTA, what arriving requests find is what there is at any time.
fn one_worker(run: &RecordedRun) -> Vec<Sample> {
    let found = arrivals(run);
    let n = found.len() as f64;
    let mut stays: Vec<f64> = requests(run).iter().map(|it| it.stayed).collect();
    let mut samples = means(run, 1.0).to_vec();
    samples.extend([
        Sample::value(quantile(&mut stays, 0.95)),
        Sample::value(quantile(&mut stays, 0.99)),
        Sample::ratio(count(&found, |it| it.0 == 0.0), n),
        Sample::ratio(count(&found, |it| it.0 >= 10.0), n),
    ]);
    samples
}

/// Q2.
fn five_workers(run: &RecordedRun) -> Vec<Sample> {
    let found = arrivals(run);
    let n = found.len() as f64;
    let mut waits: Vec<f64> = requests(run).iter().map(|it| it.waited).collect();
    let [number, waiting, stay, wait] = means(run, 5.0);
    vec![
        Sample::ratio(count(&found, |it| it.0 >= 5.0), n),
        wait,
        waiting,
        stay,
        number,
        Sample::ratio(count(&waits, |it| *it > 1.0), waits.len() as f64),
        Sample::value(quantile(&mut waits, 0.95)),
    ]
}

/// Q3.
fn waiting_time(run: &RecordedRun) -> Vec<Sample> {
    let [.., wait] = means(run, 1.0);
    vec![wait]
}

/// Q4: what is turned away, and what is carried.
fn sessions(run: &RecordedRun) -> Vec<Sample> {
    let found = arrivals(run);
    let n = found.len() as f64;
    vec![
        Sample::ratio(count(&found, |it| !it.1), n),
        Sample::ratio(found.iter().map(|it| it.0).sum(), n),
    ]
}

/// Q5.
fn bounded(run: &RecordedRun) -> Vec<Sample> {
    let found = arrivals(run);
    let turned_away = count(&found, |it| !it.1);
    let [number, _, stay, _] = means(run, 1.0);
    let span = run.outcome.simulated - run.outcome.scenario.warmup;
    vec![
        Sample::ratio(turned_away, found.len() as f64),
        number,
        stay,
        Sample::ratio(found.len() as f64 - turned_away, span.as_secs_f64()),
    ]
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    let lasts = |whole, quick| size.of(whole, quick);
    let mut cases = vec![
        Case::new(
            "Q1",
            0,
            &["L", "Lq", "W", "Wq", "W_p95", "W_p99", "P0", "P_N_ge_10"],
            runs,
            scenario(tills(size), r#"workers: 1, service_time: "1s""#, 0.8, lasts("52h", "2h")),
            one_worker,
        ),
        Case::new(
            "Q2",
            0,
            &["erlang_C", "Wq", "Lq", "W", "L", "P_wait_gt_1s", "Wq_p95"],
            runs,
            scenario(tills(size), r#"workers: 5, service_time: "1s""#, 4.0, lasts("19h", "40min")),
            five_workers,
        ),
        Case::new(
            "Q5",
            0,
            &["P_block", "L", "W_accepted", "throughput"],
            runs,
            scenario(
                tills(size),
                r#"workers: 1, service_time: "1s", queue: 9, overflow: Refuse"#,
                0.9,
                lasts("36h", "2h"),
            ),
            bounded,
        ),
    ];
    // The mixture is of two exponentials with balanced means: squared coefficient of variation 4.
    let laws = [
        ("Wq_D", "Constant", "12h"),
        ("Wq_M", "Exponential", "24h"),
        ("Wq_LN_scv2", "Lognormal(sigma: 1.048147073968205)", "26h"),
        ("Wq_H2_scv4", "Mixture(share: 0.8872983346207417, factor: 0.5635083268962915)", "36h"),
    ];
    for (number, (name, law, whole)) in laws.into_iter().enumerate() {
        let gateway = format!(r#"workers: 1, service_time: "1s", serving: {law}"#);
        let text = scenario(tills(size), &gateway, 0.7, lasts(whole, "2h"));
        cases.push(Case::new("Q3", number as u8, &[name], runs, text, waiting_time));
    }
    // Erlang's loss formula does not know the law of the holding time, only its mean.
    let long_tail = "Lognormal(sigma: 1.048147073968205)";
    let laws: [(&[&'static str], &str, u32, &str); 4] = [
        (&["B", "carried"], "Exponential", 15, "240min"),
        (&["B_constant", "carried_constant"], "Constant", 15, "160min"),
        (&["B_lognormal", "carried_lognormal"], long_tail, 15, "4h"),
        (&["B_c10", "carried_c10"], "Exponential", 10, "45min"),
    ];
    for (number, (names, law, workers, whole)) in laws.into_iter().enumerate() {
        let gateway = format!(
            r#"workers: {workers}, service_time: "1s", serving: {law}, queue: 0, overflow: Refuse"#
        );
        let text = scenario(tills(size), &gateway, 10.0, lasts(whole, "25min"));
        cases.push(Case::new("Q4", number as u8, names, runs, text, sessions));
    }
    cases
}
