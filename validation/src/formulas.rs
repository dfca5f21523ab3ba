//! The closed forms once more, in code: no figure of the file of truths is only copied.

mod absent;
mod charts;
mod samples;
mod self_tests;

use statrs::function::gamma::gamma;

use crate::truths;

type Values = Vec<(&'static str, f64)>;

fn erlang_b(load: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |b, c| load * b / (f64::from(c) + load * b))
}

fn one_worker() -> Values {
    let (rate, serves): (f64, f64) = (0.8, 1.0);
    let (load, spare) = (rate / serves, serves - rate);
    let number = load / (1.0 - load);
    vec![
        ("L", number),
        ("Lq", number - load),
        ("W", 1.0 / spare),
        ("Wq", load / spare),
        ("W_p95", -0.05f64.ln() / spare),
        ("W_p99", -0.01f64.ln() / spare),
        ("P0", 1.0 - load),
        ("P_N_ge_10", load.powi(10)),
    ]
}

fn five_workers() -> Values {
    let (rate, load, spare) = (4.0, 0.8, 1.0);
    let b = erlang_b(4.0, 5);
    let c = b / (1.0 - load * (1.0 - b));
    let wait = c / spare;
    vec![
        ("erlang_C", c),
        ("Wq", wait),
        ("Lq", rate * wait),
        ("W", wait + 1.0),
        ("L", rate * (wait + 1.0)),
        ("P_wait_gt_1s", c * (-spare).exp()),
        ("Wq_p95", (c / 0.05).ln() / spare),
    ]
}

fn any_service() -> Values {
    let wait = |variance: f64| 0.7 * (1.0 + variance) / (2.0 * 0.3);
    vec![
        ("Wq_D", wait(0.0)),
        ("Wq_M", wait(1.0)),
        ("Wq_LN_scv2", wait(2.0)),
        ("Wq_H2_scv4", wait(4.0)),
    ]
}

fn sessions() -> Values {
    let (b, small) = (erlang_b(10.0, 15), erlang_b(10.0, 10));
    let carried = 10.0 * (1.0 - b);
    vec![
        ("B", b),
        ("B_constant", b),
        ("B_lognormal", b),
        ("carried", carried),
        ("carried_constant", carried),
        ("carried_lognormal", carried),
        ("B_c10", small),
        ("carried_c10", 10.0 * (1.0 - small)),
    ]
}

fn bounded() -> Values {
    let (rate, most): (f64, i32) = (0.9, 10);
    let all: f64 = (0..=most).map(|n| rate.powi(n)).sum();
    let blocked = rate.powi(most) / all;
    let number = (0..=most).map(|n| f64::from(n) * rate.powi(n)).sum::<f64>() / all;
    let throughput = rate * (1.0 - blocked);
    vec![
        ("P_block", blocked),
        ("L", number),
        ("W_accepted", number / throughput),
        ("throughput", throughput),
    ]
}

fn two_states() -> Values {
    let (fails, repairs, year) = (1.0 / 500.0, 1.0 / 8.0, 8_760.0);
    let both: f64 = fails + repairs;
    let available = repairs / both;
    let at = |t: f64| available + (1.0 - available) * (-both * t).exp();
    let interval = available + (1.0 - available) * (1.0 - (-both * year).exp()) / (both * year);
    vec![
        ("A", available),
        ("A_4h", at(4.0)),
        ("A_24h", at(24.0)),
        ("A_interval_1y", interval),
        ("sd_A_interval_1y", (2.0 * fails * repairs / (both.powi(3) * year)).sqrt()),
        ("downtime_h_per_year", (1.0 - available) * year),
        ("fail_per_year_asym", year / 508.0),
    ]
}

fn renewal() -> Values {
    let (up, down, year) = (1_000.0 * gamma(1.0 + 1.0 / 1.5), 6.0, 8_760.0);
    let up_variance =
        1_000.0f64.powi(2) * (gamma(1.0 + 2.0 / 1.5) - gamma(1.0 + 1.0 / 1.5).powi(2));
    let down_variance = (1.2f64 * down).powi(2);
    let cycle: f64 = up + down;
    let variance = year * (up_variance * down * down + down_variance * up * up) / cycle.powi(3);
    vec![
        ("E_U", up),
        ("A", up / cycle),
        ("E_down_1y_asym", year * down / cycle),
        ("sd_down_1y_asym", variance.sqrt()),
    ]
}

fn two_of_three() -> Values {
    let (fails, repairs): (f64, f64) = (1.0 / 1_000.0, 1.0 / 24.0);
    let lives = |t: f64| 3.0 * (-2.0 * fails * t).exp() - 2.0 * (-3.0 * fails * t).exp();
    let up = repairs / (fails + repairs);
    let available = 3.0 * up * up * (1.0 - up) + up.powi(3);
    vec![
        ("R_1000h", lives(1_000.0)),
        ("MTTF_norepair", 5.0 / (6.0 * fails)),
        ("MTTFF_repair", (5.0 * fails + repairs) / (6.0 * fails * fails)),
        ("A_indep_repair", available),
        ("1-A_indep_repair", 1.0 - available),
    ]
}

fn dual_uplink() -> Values {
    let fails: f64 = 1.0 / 1_000.0;
    let lives = |beta: f64, t: f64| {
        let own = (1.0 - beta) * fails * t;
        (-beta * fails * t).exp() * (2.0 * (-own).exp() - (-2.0 * own).exp())
    };
    let mean = |beta: f64| 2.0 / fails - 1.0 / ((2.0 - beta) * fails);
    let (common, single) = (lives(0.05, 100.0), lives(0.0, 100.0));
    vec![
        ("MTTF", mean(0.05)),
        ("MTTF_beta0", mean(0.0)),
        ("R_100h", common),
        ("R_100h_beta0", single),
        ("unrel_ratio", (1.0 - common) / (1.0 - single)),
    ]
}

fn series() -> Values {
    let rates = [4_000.0, 6_000.0, 12_000.0, 9_000.0].map(|mean: f64| 1.0 / mean);
    let all: f64 = rates.iter().sum();
    vec![
        ("MTTF", 1.0 / all),
        ("P_printer", rates[0] / all),
        ("P_reader", rates[1] / all),
        ("P_nfc", rates[2] / all),
        ("P_battery", rates[3] / all),
        ("fleet1000_MTTF_first", 1.0 / all / 1_000.0),
    ]
}

fn wear_out() -> Values {
    let (shape, scale): (f64, f64) = (2.2, 20_000.0);
    let failed = |t: f64| 1.0 - (-(t / scale).powf(shape)).exp();
    let (first, second) = (failed(8_760.0), failed(17_520.0));
    vec![
        ("MTTF", scale * gamma(1.0 + 1.0 / shape)),
        ("B10", scale * (-0.9f64.ln()).powf(1.0 / shape)),
        ("F_1y", first),
        ("eta_min100", scale * 100.0f64.powf(-1.0 / shape)),
        ("cond_fail_yr2_given_yr1", (second - first) / (1.0 - first)),
    ]
}

fn procedure() -> Values {
    let down = |restart: f64| 90.0 + 60.0 + (1.0 - restart) * (300.0 + 0.5 * 26.0 * 3_600.0);
    let up = 2_000.0 * 3_600.0;
    vec![
        ("E_down_s", down(0.6)),
        ("A", up / (up + down(0.6))),
        ("P_visit", 0.4 * 0.5),
        ("A_if_p1_0_8", up / (up + down(0.8))),
    ]
}

fn misses() -> Values {
    let (period, lost, enough): (f64, f64, i32) = (30.0, 0.02, 3);
    let between = period / (lost.powi(enough) * (1.0 - lost));
    let length = period / (1.0 - lost);
    // Losses just before the crash, given that they were too few for an alarm.
    let weights: Vec<f64> = (0..enough).map(|g| (1.0 - lost) * lost.powi(g)).collect();
    let mean = weights.iter().zip(0..).map(|(w, g)| w * f64::from(g)).sum::<f64>()
        / weights.iter().sum::<f64>();
    vec![
        ("E_TMR_s", between),
        ("E_TM_s", length),
        ("P_suspect", length / between),
        ("E_TD_trusting_at_crash", (f64::from(enough) - mean) * period - period / 2.0),
    ]
}

fn breaker() -> Values {
    let length = |p: f64, r: i32| (1.0 - p.powi(r)) / ((1.0 - p) * p.powi(r));
    vec![
        ("ARL1_tx", length(0.6, 5)),
        ("ARL1_p1_0_9", length(0.9, 5)),
        ("ARL0_r2_tx", length(0.05, 2)),
    ]
}

fn bursts() -> Values {
    let (p_good_to_bad, p_bad_to_good): (f64, f64) = (0.01, 0.2);
    let bad = p_good_to_bad / (p_good_to_bad + p_bad_to_good);
    let loss = [0.001, 0.5];
    let triple = |gap: i32| {
        let left = (1.0 - p_good_to_bad - p_bad_to_good).powi(gap);
        // From each state to each state, `gap` slots later.
        let step = |from: usize, to: usize| {
            let share = if to == 1 { bad } else { 1.0 - bad };
            share + (f64::from(u8::from(from == to)) - share) * left
        };
        let mut sum = 0.0;
        for path in 0..8usize {
            let [a, b, c] = [path & 1, path >> 1 & 1, path >> 2];
            let start = if a == 1 { bad } else { 1.0 - bad };
            sum += start * loss[a] * step(a, b) * loss[b] * step(b, c) * loss[c];
        }
        sum
    };
    vec![
        ("loss", bad * loss[1] + (1.0 - bad) * loss[0]),
        ("P_3_lost_back2back", triple(1)),
        ("P_3_lost_gap10", triple(10)),
    ]
}

fn pair() -> Values {
    let (fails, repairs): (f64, f64) = (1.0 / 2_000.0, 1.0 / 4.0);
    let mean = |c: f64| {
        (1.0 / (2.0 * fails) + c / (fails + repairs)) / (1.0 - c * repairs / (fails + repairs))
    };
    vec![("MTTF_c1", mean(1.0)), ("MTTF_c099", mean(0.99)), ("MTTF_c09", mean(0.9))]
}

fn self_test() -> Values {
    let (rate, every): (f64, f64) = (1.0 / 720.0, 24.0);
    let fails = 1.0 - (-rate * every).exp();
    vec![("MTTD_h", every / fails - 1.0 / rate), ("PFD_avg", 1.0 - fails / (rate * every))]
}

fn duplex() -> Values {
    let (fails, repairs) = (1e-4, 0.5);
    vec![
        ("P_hit", fails / (fails + repairs)),
        ("MTTF_h", (3.0 * fails + repairs) / (2.0 * fails * fails)),
    ]
}

fn predictive() -> Values {
    let (share, sensitivity, specificity): (f64, f64, f64) = (0.01, 0.95, 0.98);
    let (found, missed) = (share * sensitivity, share * (1.0 - sensitivity));
    let (silent, wrong) = ((1.0 - share) * specificity, (1.0 - share) * (1.0 - specificity));
    let product = (found + wrong) * (found + missed) * (silent + wrong) * (silent + missed);
    vec![
        ("PPV", found / (found + wrong)),
        ("NPV", silent / (silent + missed)),
        ("MCC", (found * silent - wrong * missed) / product.sqrt()),
    ]
}

fn bursty_misses() -> Values {
    let (p_good_to_bad, p_bad_to_good, period): (f64, f64, f64) = (1.0 / 600.0, 1.0 / 30.0, 30.0);
    let bad = p_good_to_bad / (p_good_to_bad + p_bad_to_good);
    let share = [1.0 - bad, bad];
    let loss = [0.001, 0.9];
    let left = (-(p_good_to_bad + p_bad_to_good) * period).exp();
    // A beat that arrives, then three that do not.
    let mut weight = [share[0] * (1.0 - loss[0]), share[1] * (1.0 - loss[1])];
    for _ in 0..3 {
        let sum = weight[0] + weight[1];
        weight = [0, 1].map(|to| loss[to] * (share[to] * sum * (1.0 - left) + weight[to] * left));
    }
    vec![("E_TMR_s", period / (weight[0] + weight[1]))]
}

fn growth() -> Values {
    let (scale, slope, year): (f64, f64, f64) = (0.02, 0.7, 8_760.0);
    let number = scale * year.powf(slope);
    vec![
        ("E_N", number),
        ("inst_MTBF", 1.0 / (scale * slope * year.powf(slope - 1.0))),
        ("cum_MTBF", year / number),
        ("E_beta_hat_bias_n50", slope * 50.0 / 48.0),
    ]
}

fn retries() -> Values {
    let (fails, answer, timeout): (f64, f64, f64) = (0.3, 0.4, 2.0);
    let time = |jitter: f64| {
        let (mut mean, mut waited) = (0.0, 0.0);
        for k in 0..5 {
            let before = f64::from(k) * timeout + waited;
            mean += fails.powi(k) * (1.0 - fails) * (before + answer);
            if k < 4 {
                waited += jitter * 2f64.powi(k).min(10.0);
            }
        }
        (mean, mean + fails.powi(5) * (5.0 * timeout + waited), 5.0 * timeout + waited)
    };
    let success = 1.0 - fails.powi(5);
    let (good, all, failed) = time(1.0);
    vec![
        ("P_success", success),
        ("E_attempts", success / (1.0 - fails)),
        ("E_T", all),
        ("E_T_given_success", good / success),
        ("T_fail", failed),
        ("E_T_full_jitter", time(0.5).1),
    ]
}

fn store_and_forward() -> Values {
    let (rate, ends, room) = (0.05, 1.0 / 600.0, 50);
    let share: f64 = rate / (rate + ends);
    vec![
        ("E_stored", rate / ends),
        ("P_overflow", share.powi(room + 1)),
        ("P_reach_full", share.powi(room)),
        ("E_lost", share.powi(room) * rate / ends),
    ]
}

fn tcp() -> Values {
    let fails: f64 = 1.0 - 0.95 * 0.95;
    let connects = 1.0 - fails.powi(7);
    let mean =
        (0..7).map(|k| fails.powi(k) * (1.0 - fails) * (2f64.powi(k) - 1.0 + 0.1)).sum::<f64>();
    vec![
        ("syn_giveup_s", (0..7).map(|k| 2f64.powi(k)).sum()),
        ("retries2_s", (0..16).map(|k| (0.2 * 2f64.powi(k)).min(120.0)).sum()),
        ("P_connect", connects),
        ("E_connect_given_ok", mean / connects),
    ]
}

fn storm() -> Values {
    let (all, share): (i32, f64) = (10_000, 1.0 / 60.0);
    // The binomial law by its recurrence; its first term is small but not too small.
    let mut term = (1.0 - share).powi(all);
    let mut below = 0.0;
    for n in 0..=200 {
        below += term;
        term *= f64::from(all - n) / f64::from(n + 1) * share / (1.0 - share);
    }
    let mean = f64::from(all) * share;
    vec![
        ("mean_per_s", mean),
        ("sd_per_s", (mean * (1.0 - share)).sqrt()),
        ("P_slot_gt_200", 1.0 - below),
        ("E_slots_gt_200", 60.0 * (1.0 - below)),
    ]
}

fn recomputed(law: &str) -> Values {
    match law {
        "Q1" => one_worker(),
        "Q2" => five_workers(),
        "Q3" => any_service(),
        "Q4" => sessions(),
        "Q5" => bounded(),
        "Q6" => absent::repairmen(),
        "A1" => two_states(),
        "A2" => renewal(),
        "A4" => two_of_three(),
        "A6" => dual_uplink(),
        "A9" => series(),
        "A10" => wear_out(),
        "A11" => procedure(),
        "F3" => misses(),
        "F4" => breaker(),
        "N1" => bursts(),
        "A5" => pair(),
        "A7" => self_test(),
        "R2" => duplex(),
        "F5" => predictive(),
        "F6" => bursty_misses(),
        "G1" => growth(),
        "F1" => absent::freshness(),
        "F7" => absent::silence(),
        "A8" => absent::spares(),
        "C1" => absent::losses(),
        "N2" => retries(),
        "N4" => store_and_forward(),
        "N5" => tcp(),
        "N6" => storm(),
        "D1" => samples::sampled(),
        "D2" => samples::noisy(),
        "D3" => samples::debounced(),
        "D8" => samples::at_counter(),
        "D13" => samples::site(),
        "D14" => samples::competing(),
        "D4" => charts::k_of_n(),
        "D5" => charts::ewma(),
        "D6" => charts::cusum(),
        "D7" => charts::in_a_row(),
        "D9" => self_tests::periodic(),
        "D10" => self_tests::at_boot(),
        _ => Vec::new(),
    }
}

#[test]
fn every_value_follows_from_its_formula() {
    for truth in truths().expect("the file of truths") {
        let values = recomputed(&truth.id);
        for expected in &truth.values {
            let again = values.iter().find(|it| it.0 == expected.name);
            let (_, again) =
                again.unwrap_or_else(|| panic!("{}: no formula of {}", truth.id, expected.name));
            assert!(
                (again - expected.is).abs() <= 1e-9 * expected.is.abs(),
                "{} {}: {} by the formula, {} in the file",
                truth.id,
                expected.name,
                again,
                expected.is
            );
        }
    }
}

#[test]
fn what_may_be_wider_than_two_per_cent_says_why() {
    for truth in truths().expect("the file of truths") {
        for value in truth.values {
            assert!(value.within <= 0.02 || value.because.is_some(), "{} {}", truth.id, value.name);
        }
    }
}
