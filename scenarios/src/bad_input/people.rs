//! People, detectors and depots that cannot work.

use super::{Severity, mistakes, with};

/// Each line: what is written into `people` or `policies`, and the place, the words and the hint that answer it.
#[test]
fn people_and_detectors_that_cannot_work_are_refused() {
    let cases = [
        (
            "people: (support: (phone: (opens_at: 17, closes_at: 9))),",
            "the hours end at 9, before they begin at 17",
            "set `closes_at` to more than `opens_at`",
        ),
        (
            "people: (technicians: (starts_at: 8, ends_at: 25)),",
            "a day has no such hour",
            "`starts_at` is from 0 to 23, `ends_at` from 1 to 24",
        ),
        (
            "people: (technicians: (refuses: 0.7), merchant: (refuses_visit: 0.4)),",
            "merchants and technicians together refuse more visits than there are",
            "`technicians.refuses` and `merchant.refuses_visit` have to add up to at most 1",
        ),
        (
            "people: (deployment: (provider: Named(\"nobody\"))),",
            "there is no provider `nobody`",
            "add it to `people.onboarding.providers`",
        ),
        (
            "policies: (common_causes: (min_terminals: 1)),",
            "one terminal has no cause in common",
            "set `min_terminals` to 2 or more",
        ),
        (
            "policies: (diagnosis: (unrelated: 0.0)),",
            "a symptom that a fault never shows would rule that fault out",
            "set `unrelated` above 0, usually about 0.05",
        ),
        (
            "policies: (diagnosis: (symptoms: [(symptom: PrintsFaint, none: 0.2, candidates: [])])),",
            "nothing would be behind prints-faint",
            "give it one candidate or more, or leave it out",
        ),
        (
            "policies: (diagnosis: (symptoms: [(symptom: PrintsFaint, none: 1.0, candidates: [(Printer(HeadWorn), 1.0)])])),",
            "behind prints-faint there would never be a fault",
            "set `none` below 1",
        ),
        (
            "policies: (diagnosis: (evidence: [(evidence: InputLost, factors: [(Power(LoosePlug), 0.0)])])),",
            "input-lost would rule power.loose-plug out for good",
            "give it a factor above 0, such as 0.01",
        ),
        (
            "policies: (detectors: (thresholds: [(gauge: Memory, symptom: ResourcesShort)])),",
            "this threshold has no limit",
            "give it `above` or `below`",
        ),
        (
            "policies: (detectors: (control_charts: [(gauge: Loss, chart: Cusum(slack: 0.5, decision: 0), symptom: LinkPoor)])),",
            "this chart signals always or never",
            "usual are `Ewma(weight: 0.2, limit: 2.96)` and `Cusum(slack: 0.5, decision: 5)`",
        ),
        (
            "policies: (detectors: (sale_outcomes: KOfN(k: 6, n: 5))),",
            "6 of the last 5 operations can never fail",
            "`k` has to be at most `n`",
        ),
        (
            "policies: (detectors: (sale_outcomes: KOfN(k: 3, n: 65))),",
            "a window of 65 operations is longer than is remembered",
            "set `n` to at most 64",
        ),
        (
            "policies: (detectors: (sale_outcomes: InARow(failures: 0))),",
            "an alarm would be raised before anything has failed",
            "set `failures` to 1 or more",
        ),
        (
            "policies: (detectors: (sale_outcomes: InARow(failures: 3, clears_after_good: 0))),",
            "an alarm would be over before anything has gone well",
            "set `clears_after_good` to 1 or more",
        ),
        (
            "policies: (detectors: (sale_outcomes: Cusum(failed_adds: 9, good_takes: 1, alarm_at: 36, head_start: 36))),",
            "a sum that starts at 36 is beyond the alarm at 36 from the first",
            "`alarm_at` has to be 1 or more, and more than `head_start`",
        ),
        (
            "policies: (detectors: (sale_outcomes: Cusum(failed_adds: 9, good_takes: 0, alarm_at: 36))),",
            "an alarm would never be over",
            "set `good_takes` to 1 or more",
        ),
        (
            "policies: (detectors: (sale_outcomes: Ewma(weight_shift: 3, scale_bits: 12, starts_at: 0, alarm_above: 4096))),",
            "no average of outcomes is above 4096 of 4096",
            "set `alarm_above` to less than 2^`scale_bits`",
        ),
        (
            "policies: (detectors: (parts: (enclosure: (too_cold: \"60C\")))),",
            "a terminal would be too cold where it is too warm",
            "`too_cold` has to be below `too_warm`",
        ),
        (
            "policies: (detectors: (parts: (mainboard: (hysteresis: \"-1C\")))),",
            "an alarm would be over before it is raised",
            "`hysteresis` has to be at least zero",
        ),
        (
            "policies: (detectors: (parts: (power: (losses: 9)))),",
            "a terminal remembers the last 8 of them",
            "set `losses` to at most 8",
        ),
    ];
    for (written, message, hint) in cases {
        let source = with("warmup: \"1h\",", &format!("warmup: \"1h\",¶    {written}"));
        let found = mistakes(&source);
        let errors: Vec<_> = found.iter().filter(|it| it.severity == Severity::Error).collect();
        let [error] = errors[..] else { panic!("{written}: {found:?}") };
        assert_eq!(
            (error.message.as_str(), error.hint.as_deref()),
            (message, Some(hint)),
            "{written}"
        );
        assert_eq!(error.line, 8, "{written}");
    }
}
