//! Circles of files: files of one crate that cannot be understood without each other.
//!
//! ```text
//! files ─▶ modules, names, paths (source) ─▶ file → file (resolve) ─▶ strongly connected components (components)
//! ```
//!
//! Every path counts, not only `use`: in expressions, types, patterns, and in the tokens of macros. A path is followed through
//! re-exports to the file that defines what it names; a name that a macro makes belongs to the file that calls the macro.
//! `mod x;` and `pub use` by themselves join nothing: they say where things are and need none of them.

mod components;
mod graph;
mod resolve;
mod source;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::path::Path;

pub use graph::{Edge, Graph};

/// A circle of so many files can still be held in mind at once; no crate has a larger one.
pub const LIMIT: usize = 5;

/// Each crate's name and the file at its root.
pub const ROOTS: &[(&str, &str)] = &[
    ("sim", "sim/src/lib.rs"),
    ("faults", "faults/src/lib.rs"),
    ("models", "models/src/lib.rs"),
    ("scenarios", "scenarios/src/lib.rs"),
    ("reports", "reports/src/lib.rs"),
    ("validation", "validation/src/lib.rs"),
    ("programs", "programs/src/lib.rs"),
    ("hil", "hil/src/lib.rs"),
    ("cli", "cli/main.rs"),
    ("tests", "tests/acceptance/main.rs"),
    ("hil-tests", "hil/tests/boundary/main.rs"),
    ("xtask", "xtask/src/lib.rs"),
    ("xtask-cli", "xtask/cli/main.rs"),
];

/// The files of one crate and what each names in the others.
///
/// # Errors
/// A file that cannot be read, or is not Rust.
pub fn read(root: &Path, room: &str) -> Result<Graph, String> {
    let entry = ROOTS.iter().find(|(name, _)| *name == room);
    let (_, file) = entry.ok_or_else(|| format!("no crate `{room}` in the list of roots"))?;
    Graph::read(&root.join(file))
}

/// One crate in a line; its largest circle file by file, where that is larger than [`LIMIT`].
pub fn describe(room: &str, graph: &Graph) -> String {
    let sizes: Vec<String> = graph.circles.iter().map(|it| it.len().to_string()).collect();
    let sizes = if sizes.is_empty() { "none".to_owned() } else { sizes.join(", ") };
    let mut text = format!("{room}: {} files; circles: {sizes}", graph.files.len());
    if graph.largest().is_some_and(|largest| largest.len() > LIMIT) {
        if let Some((file, size)) = graph.keystone() {
            let _ = write!(text, "; without {} the largest has {size}", file.display());
        }
        let _ = write!(text, "\n{}", graph.describe_largest());
    }
    text
}

/// Whether the crate keeps to the limit; what is wrong with it otherwise.
///
/// # Errors
/// A circle that is too large.
pub fn judge(room: &str, graph: &Graph) -> Result<(), String> {
    let size = graph.largest().map_or(0, <[usize]>::len);
    if size > LIMIT {
        return Err(format!(
            "{room}: a circle of {size} files; {LIMIT} are allowed. `cargo xtask circles {room}` shows all its edges.\n{}",
            graph.describe_largest()
        ));
    }
    Ok(())
}
