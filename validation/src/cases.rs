//! The cases of all laws.

use crate::case::{Case, Size};
use crate::{
    availability, charts, detection, freshness, growth, links, losses, network, queues, redundancy,
    repairmen, samples, self_tests, site, spares,
};

/// All cases. Queues come first: they take longest, and no thread should be left alone with one at the end.
pub(crate) fn all(size: Size) -> Vec<Case> {
    let mut all = queues::cases(size);
    all.extend(redundancy::cases(size));
    all.extend(availability::cases(size));
    all.extend(detection::cases(size));
    all.extend(samples::cases(size));
    all.extend(site::cases(size));
    all.extend(charts::cases(size));
    all.extend(self_tests::cases(size));
    all.extend(links::cases(size));
    all.extend(freshness::cases(size));
    all.extend(spares::cases(size));
    all.push(repairmen::case(size));
    all.extend(losses::cases(size));
    all.extend(growth::cases(size));
    all.extend(network::cases(size));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use scenarios::load_text;

    use super::*;
    use crate::truths;

    #[test]
    fn every_value_is_seen_by_one_case_and_nothing_else_is() {
        for size in [Size::Whole, Size::Quick] {
            let mut seen = BTreeSet::new();
            for case in all(size) {
                assert!(case.runs >= 30, "{case:?} has too few replications");
                for name in &case.quantities {
                    assert!(
                        seen.insert((case.law.to_owned(), (*name).to_owned())),
                        "{case:?}: {name} twice"
                    );
                }
            }
            let truths = truths().expect("the file of truths");
            let known: BTreeSet<_> = truths
                .iter()
                .flat_map(|it| it.values.iter().map(|value| (it.id.clone(), value.name.clone())))
                .collect();
            assert_eq!(seen, known);
        }
    }

    #[test]
    fn every_scenario_is_sound() {
        for size in [Size::Whole, Size::Quick] {
            for case in all(size) {
                let Some(text) = &case.scenario else { continue };
                let loaded = load_text(case.law, text);
                let found = loaded.map_or_else(|found| found, |it| it.warnings);
                assert!(found.is_empty(), "{case:?}: {found:?}\n{text}");
            }
        }
    }
}
