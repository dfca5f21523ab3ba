//! What one run says and should not be believed.

use crate::product::{run, run_with_seed};

const HOUR: f64 = 3600.0;

/// Four hundred repairs of 8 h on average, seen for 10 h. Restricted to that horizon the mean is 8 h x (1 - exp(-10/8)) = 5.7 h.
#[test]
#[ignore = "issue 7: a mean of what ended leaves out what did not"]
fn mttr_bias_repairs_that_did_not_end_count() {
    for seed in 1..=5 {
        let run = run_with_seed("scenarios/mttr_bias.ron", seed);
        let outputs = run.judged();
        if let Some(mean) = outputs.mean_time_to_restore_s() {
            let hours = mean / HOUR;
            assert!(
                (5.2..=9.5).contains(&hours),
                "seed {seed}: {hours:.1} h, 8 h (5.7 h of the first 10 h) is right"
            );
        }
        assert!(!run.passed(), "seed {seed}: passed, though 5 h at most was expected");
    }
}

#[test]
#[ignore = "issue 7: availability does not see the gateway and the hosts"]
fn hostdown_availability_sees_the_host() {
    let run = run("scenarios/hostdown.ron");
    let outputs = run.judged();
    let available = outputs.availability_of_service();
    assert!(
        (0.45..=0.55).contains(&available),
        "{available}, with the only host down for 12 h of 24"
    );
    assert!(!run.passed(), "passed, though 0.9999 was expected");
}

#[test]
#[ignore = "issue 7: warmup is left out by availability alone"]
fn warmup_is_left_out_by_every_measure() {
    let outputs = run("scenarios/warmup.ron").judged();
    // All faults begin and end in the warm-up.
    assert_eq!(outputs.faults_counted(), 0, "faults of the warm-up count");
    assert_eq!(outputs.restorations(), 0, "restorations of the warm-up count");
    assert_eq!(outputs.mean_time_to_restore_s(), None, "there is nothing to estimate it from");
    let after = outputs.sales_between(12.0 * HOUR, 24.0 * HOUR).len();
    assert!(after > 4_000, "{after} sales after the warm-up");
    assert_eq!(outputs.sales_counted(), after as u64, "sales of the warm-up count");
}
