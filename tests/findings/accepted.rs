//! Which of the findings can be said at all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::product::{Product, file};

/// Scenarios that ask for what cannot be said yet, and what `check` says of that, an error each. Whoever makes one sayable takes
/// it off this list.
const NOT_SAYABLE_YET: &[(&str, &[&str])] = &[];

fn scenarios_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(scenarios_in(&path));
        } else if path.extension().is_some_and(|it| it == "ron") {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn every_finding_passes_check_or_is_listed() {
    let root = file("");
    let found = scenarios_in(&root);
    assert!(found.len() >= 30, "only {} scenarios", found.len());
    let mut listed = 0;
    for path in found {
        let name = path.strip_prefix(&root).expect("it is below").to_str().expect("it is text");
        let checked = Product::start("check", name, &[]).ended();
        if let Some((_, words)) = NOT_SAYABLE_YET.iter().find(|(it, _)| name.ends_with(it)) {
            assert_eq!(checked.code, Some(2), "{name} can be said now: take it off the list");
            // A word that was renamed everywhere else would hide behind a refusal.
            let mut errors = checked.said.lines().filter(|it| it.starts_with("error["));
            let expected = errors.all(|error| words.iter().any(|it| error.contains(it)));
            assert!(expected, "{name} is refused for another reason, too: {}", checked.said);
            listed += 1;
        } else {
            assert_eq!(checked.code, Some(0), "{name}: {}", checked.said);
        }
    }
    assert_eq!(listed, NOT_SAYABLE_YET.len(), "the list names a file that is not there");
}
