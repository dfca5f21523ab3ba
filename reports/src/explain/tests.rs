use std::collections::BTreeSet;

use models::{Evidence, Family, Fault, Indication, Part, RecoveryAction, Symptom};
use scenarios::Measure;

use super::*;

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn every_name_explains_in_both_languages() {
    let all = all();
    for entry in &all {
        let name = format!("{} {}", entry.kind, entry.term);
        assert!(!entry.english.is_empty() && !entry.chinese.is_empty(), "{name}: says nothing");
        assert!(
            entry.english.iter().all(|it| !it.trim().is_empty()),
            "{name}: {:?}",
            entry.english
        );
        assert!(entry.chinese.iter().all(|it| chinese(it)), "{name}: {:?}", entry.chinese);
        assert!(chinese(&entry.zh), "{name} has no Chinese name");
        let found = explain(&entry.term).unwrap_or_else(|near| panic!("{name}: {near:?}"));
        assert!(found.contains(entry), "{name} is not found by its name");
        let found = explain(&entry.zh).unwrap_or_else(|near| panic!("{name}: {near:?}"));
        assert!(found.contains(entry), "{name} is not found by {}", entry.zh);
        assert_ne!(entry.text(Lang::En), entry.text(Lang::Zh), "{name}");
    }
    let of = |kind: &str| all.iter().filter(|it| it.kind == kind).count();
    assert_eq!(of("model"), Part::ALL.len());
    assert_eq!(of("fault"), Fault::all().count());
    assert_eq!(of("detector"), models::detectors().len());
    assert_eq!(of("indication"), Indication::all().len());
    assert_eq!(of("symptom"), Symptom::all().len());
    assert_eq!(of("evidence"), Evidence::all().len());
    assert_eq!(of("recovery action"), RecoveryAction::all().len());
    assert_eq!(of("measure"), Measure::ALL.len());
    assert_eq!(of("family"), Family::ALL.len());
}

#[test]
fn two_of_a_kind_do_not_share_a_name() {
    let mut seen = BTreeSet::new();
    for entry in all() {
        assert!(seen.insert((entry.kind, entry.term.clone())), "{} {}", entry.kind, entry.term);
    }
}

#[test]
fn an_unknown_term_gets_the_nearest_known_ones() {
    assert_eq!(
        explain("printer.jan").unwrap_err().first().map(String::as_str),
        Some("printer.jam")
    );
    assert!(explain("MTTrMean").is_ok(), "case does not matter");
    assert!(explain("").unwrap_err().len() <= 5);
    assert!(explain("qqqqqq").unwrap_err().is_empty());
}
