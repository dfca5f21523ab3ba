//! Which crate may know which: the list, the manifests and the drawing in `docs/architecture.md` say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::ROOT;

/// Each crate of the workspace and those that it depends on. `posrig` is the program in `cli/`.
const ARROWS: &[(&str, &[&str])] = &[
    ("sim", &[]),
    ("faults", &["sim"]),
    ("models", &["faults", "sim"]),
    ("scenarios", &["models", "faults", "sim"]),
    ("reports", &["scenarios", "models", "faults", "sim"]),
    ("programs", &["scenarios", "models", "faults", "sim"]),
    ("validation", &["reports", "scenarios", "models", "faults", "sim"]),
    ("hil", &["programs", "scenarios", "models", "faults", "sim"]),
    (
        "posrig",
        &["validation", "hil", "reports", "programs", "scenarios", "models", "faults", "sim"],
    ),
    ("xtask", &[]),
];

/// What tests need besides.
const DEV_ARROWS: &[(&str, &[&str])] = &[("posrig", &["xtask"])];

type Arrows = BTreeMap<String, BTreeSet<String>>;

fn arrows(list: &[(&str, &[&str])]) -> Arrows {
    let names = |it: &[&str]| it.iter().map(|name| (*name).to_owned()).collect();
    list.iter().map(|(from, to)| ((*from).to_owned(), names(to))).collect()
}

/// The names in the sections of a manifest whose title ends so: `[dependencies]`, `[target.'cfg(unix)'.dependencies]`.
fn depends(manifest: &str, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_in = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[') {
            let title = title.split(']').next().unwrap_or_default();
            let last = title.rsplit('.').next().unwrap_or_default();
            // `[workspace.dependencies]` says which versions, not who needs them.
            is_in = is_wanted(last) && !title.starts_with("workspace");
            // `[dependencies.sim]` is another way to say it.
            if let Some((section, name)) = title.rsplit_once('.')
                && is_wanted(section.rsplit('.').next().unwrap_or_default())
            {
                found.insert(name.to_owned());
            }
        } else if is_in && !line.starts_with('#') && line.contains('=') {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            found.insert(name.trim_matches('"').to_owned());
        }
    }
    found
}

fn manifest(room: &str) -> String {
    let folder =
        if room == "posrig" { Path::new(ROOT).to_path_buf() } else { Path::new(ROOT).join(room) };
    fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest")
}

/// What the manifests say about crates of this workspace.
fn declared(is_wanted: impl Fn(&str) -> bool) -> Arrows {
    let own: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let of = |room: &String| {
        let all = depends(&manifest(room), &is_wanted);
        (room.clone(), all.intersection(&own).cloned().collect())
    };
    own.iter().map(of).collect()
}

/// The lines `a, b ▶ c, d` of the drawing.
fn drawn(page: &str) -> Arrows {
    let drawing = page.split("```arrows").nth(1).expect("a drawing in a block of its own");
    let drawing = drawing.split("```").next().unwrap_or_default();
    let mut found = Arrows::new();
    for line in drawing.lines().filter(|line| !line.trim().is_empty()) {
        let (from, to) = line.split_once('▶').unwrap_or((line, ""));
        let names = |text: &str| -> Vec<String> {
            text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
        };
        for name in names(from) {
            found.entry(name).or_default().extend(names(to));
        }
    }
    found
}

#[test]
fn a_crate_knows_only_what_is_to_its_right() {
    let is_built = |section: &str| matches!(section, "dependencies" | "build-dependencies");
    assert_eq!(declared(is_built), arrows(ARROWS), "the manifests (left) and the list of arrows");
    let mut dev = declared(|section| section == "dev-dependencies");
    dev.retain(|_, to| !to.is_empty());
    assert_eq!(dev, arrows(DEV_ARROWS), "what tests need (left), and its list");
}

#[test]
fn every_crate_is_in_the_list_of_arrows() {
    let root = manifest("posrig");
    let members = root.lines().find(|line| line.starts_with("members")).expect("members");
    let mut members: BTreeSet<&str> = members.split('"').skip(1).step_by(2).collect();
    members.insert("posrig");
    assert_eq!(members, ARROWS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn the_arrows_that_are_drawn_are_those_that_hold() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/architecture.md")).expect("the page");
    assert_eq!(drawn(&page), arrows(ARROWS), "docs/architecture.md (left) and the list of arrows");
}

#[test]
fn a_manifest_is_read_in_each_of_its_forms() {
    let text = "[package]\nname = \"x\"\n[workspace.dependencies]\nxtask = \"1\"\n[dependencies]\nsim.workspace = true\nfaults = { path = \"f\" }\n# hil = 1\n\
                [target.'cfg(unix)'.dependencies]\n\"models\" = \"1\"\n[dependencies.reports]\npath = \"r\"\n\
                [dev-dependencies]\ncli = \"1\"\n[build-dependencies]\nhil = \"1\"\n";
    let names = |found: BTreeSet<String>| found.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names(depends(text, |it| it == "dependencies")), "faults models reports sim");
    assert_eq!(names(depends(text, |it| it == "dev-dependencies")), "cli");
    assert_eq!(names(depends(text, |it| it == "build-dependencies")), "hil");
}
