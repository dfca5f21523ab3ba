use models::hardware::{mainboard, printer};
use models::platform::host;

use super::output::{Shown, csv, table};
use super::*;

const JAM: Fault = Fault::Printer(printer::Fault::Jam);
const DEAD: Fault = Fault::Mainboard(mainboard::Fault::Dead);
const OUTAGE: Fault = Fault::Host(host::Fault::Outage);

fn occurrence(fault: Fault, origin: Origin, detected: bool) -> Occurrence {
    Occurrence {
        fault,
        origin,
        detected_after_s: detected.then_some(60.0),
        activated: true,
        failed: false,
        alarms: if detected { vec![(Part::Merchant, fault)] } else { Vec::new() },
        last_action: None,
        cleared: detected,
        cleared_by: detected.then_some(RecoveryAction::Swap),
        down_s: 120.0,
        sales_lost: 1,
    }
}

/// A hundred terminals for a hundredth of a year each: one terminal-year.
fn run(seed: u64, faults: Vec<Occurrence>) -> RunTables {
    RunTables {
        from: format!("runs/{seed}"),
        scenario: "made".to_owned(),
        seed,
        fingerprint: seed.to_string(),
        terminals: 100,
        parts: Part::ALL.iter().filter(|it| !it.is_hub()).map(|it| (*it, 100)).collect(),
        simulated_s: YEAR_S / 100.0,
        faults,
    }
}

fn row(sheet: &Worksheet, fault: Fault) -> &Row {
    let mut rows = sheet.rows.iter();
    rows.find(|row| format!("{}.{}", row.item, row.mode) == fault.to_string()).expect("every mode")
}

fn measured(sheet: &Worksheet, fault: Fault) -> &Measured {
    row(sheet, fault).measured.as_ref().expect("it occurred")
}

#[test]
fn rates_are_counted_over_the_years_of_all_runs_with_exact_limits() {
    let jams = |n| (0..n).map(|_| occurrence(JAM, Origin::Use, true)).collect();
    let sheet = worksheet(&[run(1, jams(2)), run(2, jams(3))]);
    assert!((sheet.terminal_years - 2.0).abs() < 1e-9, "{}", sheet.terminal_years);
    let rate = measured(&sheet, JAM).rate.expect("by use");
    // Five in two years; scipy.stats.chi2.ppf([.025, .975], [10, 12]) / 2 / 2.
    assert_eq!((rate.count, rate.per_year), (5, 2.5));
    assert!((rate.ci95.0 - 1.623_486 / 2.0).abs() < 1e-5, "{:?}", rate.ci95);
    assert!((rate.ci95.1 - 11.668_332 / 2.0).abs() < 1e-5, "{:?}", rate.ci95);
    assert_eq!(measured(&sheet, JAM).occurrence, Some(Rating { rating: 8, from: 7, to: 9 }));
}

#[test]
fn what_the_scenario_appoints_says_nothing_of_how_often_it_occurs() {
    let faults = vec![
        occurrence(JAM, Origin::Scheduled, true),
        occurrence(DEAD, Origin::Scheduled, true),
        occurrence(DEAD, Origin::Chance, true),
    ];
    let sheet = worksheet(&[run(1, faults)]);
    let jam = measured(&sheet, JAM);
    assert_eq!((jam.occurred, jam.scheduled, jam.rate), (1, 1, None));
    let declared = row(&sheet, JAM).declared;
    let detected = u16::from(jam.detection.rating);
    assert_eq!(jam.rpn, u16::from(declared.severity) * u16::from(declared.occurrence) * detected);
    let dead = measured(&sheet, DEAD);
    assert_eq!((dead.occurred, dead.scheduled, dead.rate.map(|it| it.count)), (2, 1, Some(1)));
}

#[test]
fn detection_is_rated_by_the_share_that_was_noticed() {
    // O5: proportion_confint(188, 200, method='wilson') is 0.898068 to 0.965348.
    let jams = (0..200).map(|n| occurrence(JAM, Origin::Chance, n < 188)).collect();
    let sheet = worksheet(&[run(1, jams)]);
    let jam = measured(&sheet, JAM);
    assert_eq!((jam.detected.count, jam.detected.of), (188, 200));
    let Interval(low, high) = jam.detected.ci95.expect("of some");
    assert!((low - 0.898_068).abs() < 1e-6 && (high - 0.965_348).abs() < 1e-6, "{low} {high}");
    assert_eq!(jam.detection, Rating { rating: 3, from: 2, to: 4 });
    assert_eq!((jam.detected_after_s, jam.cleared, jam.isolated), (Some(60.0), 188, 188));
    assert_eq!(jam.rpn, 5 * 10 * 3);
}

#[test]
fn a_hub_is_counted_by_years_of_the_system() {
    let sheet = worksheet(&[run(1, vec![occurrence(OUTAGE, Origin::Chance, true)])]);
    let rate = measured(&sheet, OUTAGE).rate.expect("by chance");
    assert!((rate.per_year - 100.0).abs() < 1e-6, "once in a hundredth of a year: {rate:?}");
}

#[test]
fn every_mode_has_a_row_and_the_highest_risk_comes_first() {
    let sheet = worksheet(&[run(1, vec![occurrence(JAM, Origin::Chance, false)])]);
    assert_eq!(sheet.rows.len(), Fault::all().count());
    assert!(sheet.rows.is_sorted_by(|a, b| a.rpn() >= b.rpn()));
    assert_eq!(measured(&sheet, JAM).detection.rating, 10, "nobody detected the one there was");
}

#[test]
fn the_table_the_spreadsheet_and_the_page_say_the_same() {
    let faults =
        vec![occurrence(JAM, Origin::Use, true), occurrence(DEAD, Origin::Scheduled, true)];
    let sheet = worksheet(&[run(1, faults)]);
    let short = table(&sheet, Shown::default());
    assert!(short.contains("printer.jam") && !short.contains("scanner"), "{short}");
    assert!(short.contains(&format!("{} modes did not occur", Fault::all().count() - 2)));
    let long = table(&sheet, Shown { all: true, texts: true });
    for fault in Fault::all() {
        assert!(long.contains(&fault.to_string()) && long.contains(fault.mode().cause), "{fault}");
    }
    let mut text = Vec::new();
    csv(&sheet, &mut text).expect("written");
    let mut lines = ::csv::Reader::from_reader(text.as_slice());
    let head = lines.headers().expect("a head").clone();
    for column in ["item", "cause", "effect_local", "effect_next", "effect_end", "rpn_measured"] {
        assert!(head.iter().any(|it| it == column), "{column}");
    }
    let records: Vec<_> = lines.records().map(|it| it.expect("a record")).collect();
    assert_eq!(records.len(), Fault::all().count());
    let page = page::page(&sheet);
    for said in ["卡纸", "did not occur", "FMEA worksheet", "from 0.3", "below 0.001"] {
        assert!(page.contains(said), "{said}");
    }
    for fault in Fault::all() {
        assert!(page.contains(fault.mode().effects.end), "{fault}");
    }
}
