//! What is called many times a day.

use xtask::circles as found;

use crate::shell::{Failure, cargo, root, run_with};

/// The gates before the tests. In the profile of this program: macros of others are not optimised for one use, and those
/// that this program has are built already.
pub(crate) fn check(_: &[String]) -> Result<(), Failure> {
    cargo(&["fmt", "--all", "--check"])?;
    let clippy = "clippy --profile xtask --workspace --all-targets -- -D warnings";
    cargo(&clippy.split(' ').collect::<Vec<_>>())?;
    let doc = ["doc", "--profile", "xtask", "--workspace", "--no-deps"];
    run_with(&[("RUSTDOCFLAGS", "-D warnings")], "cargo", &doc)
}

/// The README's test command, or a crate's part of it.
pub(crate) fn test(arguments: &[String]) -> Result<(), Failure> {
    match arguments.split_first() {
        None => cargo(&["test", "--release", "--workspace"]),
        Some((room, filter)) => {
            let mut all = vec!["test", "--release", "-p", room.as_str()];
            all.extend(filter.iter().map(String::as_str));
            cargo(&all)
        }
    }
}

/// Circles of files: `tests/acceptance/architecture/circles.rs` refuses those that are too large.
pub(crate) fn circles(arguments: &[String]) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for (room, _) in found::ROOTS {
        if arguments.first().is_some_and(|wanted| wanted != room) {
            continue;
        }
        let graph = found::read(root(), room)?;
        println!("{}", found::describe(room, &graph));
        if !arguments.is_empty() {
            println!("all edges of the largest:\n{}", graph.describe_edges());
        }
        wrong.extend(found::judge(room, &graph).err());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Golden values, which a test holds: it compares, or writes them where it is asked to.
pub(crate) fn golden(arguments: &[String]) -> Result<(), Failure> {
    let test = ["test", "--release", "--test", "acceptance", "golden"];
    match arguments.first().map(String::as_str) {
        None => cargo(&test),
        Some("--move") => run_with(&[("UPDATE", "1")], "cargo", &test),
        Some(other) => Err(format!("`{other}`: --move is all that can be said")),
    }
}

/// Pages and schemas that tests compare with the types, written anew.
pub(crate) fn reference(_: &[String]) -> Result<(), Failure> {
    let update = [("UPDATE", "1")];
    run_with(&update, "cargo", &["test", "--release", "-p", "scenarios", "reference"])?;
    run_with(&update, "cargo", &["test", "--release", "-p", "hil", "the_schema_file"])
}
