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

/// A circle of so many files can still be held in mind at once.
pub const TARGET: usize = 5;

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

/// Crates with a larger circle than [`TARGET`], and its present size, which may only fall.
pub const LIMITS: &[(&str, usize)] = &[("reports", 14)];

/// How large the largest circle of a crate may be.
pub fn limit(room: &str) -> usize {
    LIMITS.iter().find(|(name, _)| *name == room).map_or(TARGET, |(_, size)| *size)
}

/// The files of one crate and what each names in the others.
///
/// # Errors
/// A file that cannot be read, or is no Rust.
pub fn read(root: &Path, room: &str) -> Result<Graph, String> {
    let entry = ROOTS.iter().find(|(name, _)| *name == room);
    let (_, file) = entry.ok_or_else(|| format!("no crate `{room}` in the list of roots"))?;
    Graph::read(&root.join(file))
}

/// One crate in a line; its largest circle file by file, where that is larger than [`TARGET`].
pub fn describe(room: &str, graph: &Graph, limit: usize) -> String {
    let sizes: Vec<String> = graph.circles.iter().map(|it| it.len().to_string()).collect();
    let sizes = if sizes.is_empty() { "none".to_owned() } else { sizes.join(", ") };
    let mut text = format!("{room}: {} files; circles: {sizes}; limit {limit}", graph.files.len());
    if graph.largest().is_some_and(|largest| largest.len() > TARGET) {
        if let Some((file, size)) = graph.keystone() {
            let _ = write!(text, "; without {} the largest has {size}", file.display());
        }
        let _ = write!(text, "\n{}", graph.describe_largest());
    }
    text
}

/// Whether the crate keeps to its limit; what is wrong with it otherwise.
///
/// # Errors
/// A circle that is too large, or a limit that could be lower.
pub fn judge(room: &str, graph: &Graph, limit: usize) -> Result<(), String> {
    let size = graph.largest().map_or(0, <[usize]>::len);
    if size > limit {
        return Err(format!(
            "{room}: a circle of {size} files; {limit} are allowed. `cargo xtask circles {room}` shows all its edges.\n{}",
            graph.describe_largest()
        ));
    }
    if limit > TARGET && size < limit {
        let lower = size.max(TARGET);
        return Err(format!(
            "{room}: the largest circle has {size} files now, and {limit} are allowed: set its limit to {lower} in \
             xtask/src/circles.rs (or take the line out, if that is {TARGET})"
        ));
    }
    Ok(())
}
