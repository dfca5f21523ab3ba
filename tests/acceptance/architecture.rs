//! The house: who may know whom, which words a room must not hold, how long a file may be.

mod arrows;
mod circles;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the kernel does not know: faults, terminals, payments, the machine that it runs on.
const KERNEL: &[&str] = &[
    "fault",
    "faults",
    "alarm",
    "incident",
    "remedy",
    "terminal",
    "terminals",
    "payment",
    "payments",
    "card",
    "merchant",
    "reversal",
    "SystemTime",
    "HashMap",
    "println",
];

/// Words that a room must not hold, as whole words of its code and comments.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("sim/src", KERNEL),
    (
        "faults/src",
        &[
            "payment",
            "payments",
            "card",
            "merchant",
            "reversal",
            "SystemTime",
            "HashMap",
            "println",
        ],
    ),
    (
        // Detectors get settings, memory and observations; they can name nothing that is true.
        "faults/src/detectors",
        &[
            "truth",
            "Levels",
            "FaultState",
            "FaultSettings",
            "Planned",
            "Context",
            "Catalogue",
            "magnitude",
            "level_of",
            "occurrence",
        ],
    ),
    ("models/src", &["SystemTime", "HashMap", "HashSet", "println", "File"]),
    ("scenarios/src", &["SystemTime", "println"]),
    ("reports/src", &["SystemTime", "HashMap", "println"]),
    ("validation/src", &["SystemTime", "HashMap", "println"]),
];

#[test]
fn a_room_does_not_hold_what_belongs_elsewhere() {
    for (folder, words) in FORBIDDEN {
        for file in sources(&Path::new(ROOT).join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in text.lines().enumerate() {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let found = line.split(|c| !is_word(c)).find(|word| words.contains(word));
                assert!(found.is_none(), "{}:{}: {found:?}", file.display(), number + 1);
            }
        }
    }
}

#[test]
fn files_are_rooms_not_halls() {
    for folder in [
        "sim/src",
        "faults/src",
        "models/src",
        "scenarios/src",
        "reports/src",
        "validation/src",
        "programs/src",
        "hil/src",
        "xtask/src",
        "xtask/cli",
        "cli",
        "tests/acceptance",
    ] {
        for file in sources(&Path::new(ROOT).join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().count();
            assert!(lines <= 600, "{} has {lines} lines without its tests", file.display());
            let name = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
            assert!(
                !["utils", "common", "helpers", "misc", "mod"].contains(&name),
                "{}",
                file.display()
            );
        }
    }
}

/// All Rust files of a folder and of those in it.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
