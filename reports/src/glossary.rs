//! The glossary: the words of scenarios and reports, with the standard that each comes from, in English and Chinese.
//!
//! `docs/glossary.md` is generated from here, and `posrig explain` finds these terms.

mod dependability;
mod fault_management;
mod payments;
mod simulation;

/// A word of the field as it is used here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Term {
    /// The word.
    pub term: &'static str,
    /// The Chinese word.
    pub zh: &'static str,
    /// The standard or publication that it comes from; `posrig` for words of this program alone.
    pub source: &'static str,
    /// What it means here.
    pub english: &'static str,
    /// The same in Chinese.
    pub chinese: &'static str,
}

const fn term(
    term: &'static str,
    zh: &'static str,
    source: &'static str,
    english: &'static str,
    chinese: &'static str,
) -> Term {
    Term { term, zh, source, english, chinese }
}

/// Groups of terms, each with its heading.
const GROUPS: &[(&str, &[Term])] = &[
    ("Dependability 可信性", dependability::TERMS),
    ("Fault management 故障管理", fault_management::TERMS),
    ("Payments 支付", payments::TERMS),
    ("Simulation and statistics 仿真与统计", simulation::TERMS),
];

/// All terms, group by group.
pub fn terms() -> impl Iterator<Item = &'static Term> {
    GROUPS.iter().flat_map(|(_, terms)| terms.iter())
}

/// The glossary as a page, `docs/glossary.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# Glossary\n\nThe words of scenarios and reports. The last column names the standard or publication that a word comes from;\n\
         `posrig` marks words of this program alone. `posrig explain TERM` prints the same. Generated from `reports/src/glossary/`.\n",
    );
    for (heading, terms) in GROUPS {
        page += &format!(
            "\n## {heading}\n\n| term | 中文 | meaning | 含义 | source |\n|---|---|---|---|---|\n"
        );
        for Term { term, zh, source, english, chinese } in *terms {
            page += &format!("| {term} | {zh} | {english} | {chinese} | {source} |\n");
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/glossary.md");

    #[test]
    fn the_glossary_is_current() {
        let page = page();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PAGE, &page).expect("the page can be written");
        }
        let written = std::fs::read_to_string(PAGE).unwrap_or_default();
        assert!(written == page, "the terms have changed: UPDATE=1 cargo test -p reports glossary");
    }

    #[test]
    fn every_term_is_there_once_and_whole() {
        let mut known = BTreeSet::new();
        for it in terms() {
            assert!(known.insert(it.term.to_lowercase()), "{} is there twice", it.term);
            for text in [it.term, it.zh, it.source, it.english, it.chinese] {
                assert!(!text.trim().is_empty() && !text.contains(['|', '\n']), "{it:?}");
            }
            assert!(it.english.ends_with('.') && it.chinese.ends_with('。'), "{it:?}");
        }
    }

    #[test]
    fn the_words_of_reports_and_scenarios_are_covered() {
        for word in [
            "fault",
            "error",
            "failure",
            "onset",
            "detection",
            "isolation",
            "recovery",
            "recovery action",
            "recovery procedure",
            "fallback",
            "escalation",
            "indication",
            "observation",
            "symptom",
            "alarm",
            "incident",
            "common-cause incident",
            "false alarm",
            "severity profile",
            "availability",
            "MTTD",
            "MTTR",
            "censored",
            "coverage",
            "restoration",
            "downtime",
            "store and forward",
            "reversal",
            "settlement",
            "F39",
            "MTI",
            "STAN",
            "heartbeat",
            "lookahead",
            "cell",
            "fingerprint",
            "severity rating",
            "occurrence rating",
            "detection rating",
        ] {
            assert!(terms().any(|it| it.term == word), "{word}");
        }
    }
}
