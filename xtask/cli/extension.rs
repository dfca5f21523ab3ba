//! A component that is never in the tree, added to a copy: one file and one line.

use std::fs;
use std::path::Path;

use crate::runs;
use crate::shell::{BUILD, Failure, cargo, output, posrig, root, run, target};

/// What is added to the list of components, behind what.
const LINE: (&str, &str) = ("printer::Printer,", "coin_tray::CoinTray, printer::Printer,");
const FILE: &str = "models/src/hardware/coin_tray.rs";

/// Copies what git knows of into a folder.
fn copy_tree(to: &Path) -> Result<(), Failure> {
    for file in output("git", &["ls-files"])?.lines() {
        let (from, to) = (root().join(file), to.join(file));
        // What was deleted and not committed is known and not there.
        if from.is_file() {
            fs::create_dir_all(to.parent().unwrap_or(to.as_path()))
                .map_err(|why| why.to_string())?;
            fs::copy(&from, &to).map_err(|why| format!("{file}: {why}"))?;
        }
    }
    Ok(())
}

/// Adds the component to a copy, builds it, runs its scenario, and compares the fingerprint of quickstart with this tree's.
pub(crate) fn extension(_: &[String]) -> Result<(), Failure> {
    let copy = target().join("extension");
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(|why| why.to_string())?;
    }
    copy_tree(&copy)?;
    let list = copy.join("models/src/components.rs");
    let text = fs::read_to_string(&list).map_err(|why| why.to_string())?;
    let longer = text.replacen(LINE.0, LINE.1, 1);
    if longer == text {
        return Err(format!("{}: no `{}` in it", list.display(), LINE.0));
    }
    fs::write(&list, longer).map_err(|why| why.to_string())?;
    fs::copy(root().join("tests/extension/coin_tray.rs"), copy.join(FILE))
        .map_err(|why| why.to_string())?;
    let manifest = copy.join("Cargo.toml").display().to_string();
    // With assertions: what the component must not move, a debug build must not move either, and one build shows both.
    let extended = runs::checked_build(Some(&manifest))?;
    // This tree's program is put back into its place.
    cargo(BUILD)?;
    let out = runs::scratch("extension")?.join("run").display().to_string();
    run(&extended, &["run", "tests/extension/coin-tray.ron", "--out", &out])?;
    runs::one_fingerprint(&[
        ("release", posrig("release")),
        ("extended, with assertions", extended),
    ])
}
