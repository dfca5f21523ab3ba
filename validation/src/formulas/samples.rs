//! Sampled limits, a debounced switch, and a person who looks at Poisson times in opening hours.

use faults::detectors::{Debounce, Limit, Side};
use sim::Span;

use super::Values;

const YEAR_S: f64 = 31_536_000.0;

/// D1. A clear sample is seen by the m-th of them; one that shows it with probability s needs a run of m.
pub(super) fn sampled() -> Values {
    let (every, m, s): (f64, f64, f64) = (30.0, 3.0, 0.8);
    let drifts = 0.45 / 0.0005;
    let p95 = |from: f64| from + (m - 1.0) * every + 0.95 * every;
    // The number of samples to a run of three: P(N = n), by the number of successes at the end.
    let (mut state, mut law) = ([1.0, 0.0, 0.0], Vec::new());
    for _ in 0..2_000 {
        let done = state[2] * s;
        let missed = (1.0 - s) * (state[0] + state[1] + state[2]);
        state = [missed, state[0] * s, state[1] * s];
        law.push(done);
    }
    let mean: f64 = (1_u32..).zip(&law).map(|(n, p)| f64::from(n) * p).sum();
    let square: f64 = (1_u32..).zip(&law).map(|(n, p)| f64::from(n).powi(2) * p).sum();
    let variance = every * every * (square - mean * mean + 1.0 / 12.0);
    // Between samples the delay is uniform: the quantile lies within the period in which the sum passes it.
    let mut before = 0.0;
    let mut seen_p95 = 0.0;
    for (n, p) in (0_u32..).zip(&law) {
        if before + p >= 0.95 {
            seen_p95 = every * (f64::from(n) + (0.95 - before) / p);
            break;
        }
        before += p;
    }
    vec![
        ("mean_s", (m - 0.5) * every),
        ("sd_s", every / 12.0_f64.sqrt()),
        ("p95_s", p95(0.0)),
        ("drift_mean_s", drifts + (m - 0.5) * every),
        ("drift_p95_s", p95(drifts)),
        ("seen_s_mean_s", (mean - 0.5) * every),
        ("seen_s_sd_s", variance.sqrt()),
        ("seen_s_p95_s", seen_p95),
    ]
}

/// D2, by the chain of counts.
pub(super) fn noisy() -> Values {
    let limit = Limit { side: Side::Above, at: 750, hysteresis: 20, in_a_row: 3 };
    let (sound, step) = (limit.law(700.0, 40.0, 5.0), limit.law(800.0, 40.0, 5.0));
    let every = 60.0;
    let cycle = sound.run_length() + sound.stands_for();
    vec![
        ("ARL0_samples", sound.run_length()),
        ("false_alarms_per_year", YEAR_S / (every * cycle)),
        ("false_alarm_len_s", every * sound.stands_for()),
        ("share_in_false_alarm", sound.share_in_alarm()),
        ("ARL1_samples", step.run_length()),
        ("delay1_mean_s", (step.run_length() - 0.5) * every),
    ]
}

/// D3. Quiet for a minute, closed for 50 ms.
pub(super) fn debounced() -> Values {
    let trips = |alarm_after| {
        let debounce = Debounce { alarm_after, clear_after: Span::ZERO };
        debounce.false_alarms_per_s(1.0 / 60.0, 0.05) * YEAR_S
    };
    vec![
        ("trips_per_year", trips(Span::millis(250))),
        ("trips_per_year_no_debounce", trips(Span::ZERO)),
    ]
}

/// D8. Looks six times an hour from 9 to 18, one in twenty of which notices.
pub(super) fn at_counter() -> Values {
    let (opens, closes) = (9.0_f64, 18.0_f64);
    let nu = 6.0 * 0.05_f64;
    let (open, closed) = (closes - opens, 24.0 - (closes - opens));
    let nights = closed / ((nu * open).exp() - 1.0);
    let mean = 1.0 / nu + closed / 24.0 * (closed / 2.0 + 1.0 / nu + nights);
    // Hours of opening within t from s on.
    let open_in = |s: f64, t: f64| {
        let until = |x: f64| {
            let days = (x / 24.0).floor();
            days * open + (x - 24.0 * days - opens).clamp(0.0, open)
        };
        until(s + t) - until(s)
    };
    // The mean over onsets of a day, by the midpoints of stretches of an hour's thousandth.
    let exceeds = |t: f64| {
        let n = 24_000_u32;
        let sum: f64 =
            (0..n).map(|i| (-nu * open_in((f64::from(i) + 0.5) / 1_000.0, t)).exp()).sum();
        sum / f64::from(n)
    };
    let quantile = |p: f64| {
        let (mut low, mut high) = (0.0, 400.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if exceeds(middle) > 1.0 - p { low = middle } else { high = middle }
        }
        low
    };
    vec![
        ("mean_h", mean),
        ("P_within_1h", 1.0 - exceeds(1.0)),
        ("P_within_24h", 1.0 - exceeds(24.0)),
        ("p50_h", quantile(0.5)),
        ("p95_h", quantile(0.95)),
        // A time of looking that spans a closing spans a night: from within opening hours 1 / (nu W) of them on average.
        ("mean_h_onset_in_open_hours", 1.0 / nu + closed / (nu * open)),
        ("mean_h_onset_at_closing", closed + 1.0 / nu + nights),
        ("mean_h_if_always_open", 1.0 / nu),
    ]
}

/// D13. Each of five terminals is down by itself for q of the time, all of them together for s.
pub(super) fn site() -> Values {
    let (m, q, s): (i32, f64, f64) = (5, 8.0 / 208.0, 4.0 / 304.0);
    let up = 1.0 - q;
    let n = f64::from(m);
    let mean = s * n + (1.0 - s) * n * q;
    let square = s * n * n + (1.0 - s) * (n * q * up + n * n * q * q);
    vec![
        ("terminal_unavailability", 1.0 - (1.0 - s) * up),
        ("P_two_given_up", (1.0 - s) * up * up),
        ("P_all_up", (1.0 - s) * up.powi(m)),
        ("P_all_down", s + (1.0 - s) * q.powi(m)),
        ("E_down", mean),
        ("var_down", square - mean * mean),
    ]
}

/// D14. Seen at 1/2 an hour, over by itself at 1/5.
pub(super) fn competing() -> Values {
    let (d, s, t, tau): (f64, f64, f64, f64) = (1.0 / 2.0, 1.0 / 5.0, 3.0, 8.0);
    let h = d + s;
    let by = |rate: f64| rate / h * (1.0 - (-h * t).exp());
    let open = (1.0 - (-h * tau).exp()) / h;
    let lost = |rate: f64| rate / h * (tau - open);
    vec![
        ("F1_t", by(d)),
        ("F2_t", by(s)),
        ("P_detected", d / h),
        ("mean_delay_of_detected_h", 1.0 / h),
        ("naive_one_minus_KM_t", 1.0 - (-d * t).exp()),
        ("restricted_mean_open_h", open),
        ("restricted_lost_to_detected_h", lost(d)),
        ("restricted_lost_to_cleared_h", lost(s)),
    ]
}
