//! Assertions per function, and the draw of those that are to be tripped.

use xtask::assertions::{Counted, drawn, of_crate};

use crate::shell::{Failure, root};

/// The crates in which rules are kept by assertions.
const CRATES: &[&str] = &["sim", "faults", "models"];
/// How many are drawn.
const DRAWN: usize = 20;

/// The number that follows an option.
fn number<T: std::str::FromStr>(arguments: &[String], option: &str, or: T) -> Result<T, Failure> {
    let Some(at) = arguments.iter().position(|it| it == option) else { return Ok(or) };
    let said = arguments.get(at + 1).and_then(|it| it.parse().ok());
    said.ok_or_else(|| format!("{option} wants a number"))
}

fn line(name: &str, counted: &Counted) -> String {
    let (functions, assertions) = (counted.functions, counted.assertions.len());
    let ratio = counted.per_function();
    format!("{name:<8} {functions:>9} {assertions:>10} {ratio:>12.3} {:>8}", counted.expectations)
}

/// Prints the table, and what a seed draws.
pub(crate) fn assertions(arguments: &[String]) -> Result<(), Failure> {
    let seed = number(arguments, "--seed", 1)?;
    let count = number(arguments, "--draw", DRAWN)?;
    println!("crate    functions assertions per function  expects");
    let mut all = Vec::new();
    for name in CRATES {
        let counted = of_crate(root(), &format!("{name}/src"))?;
        println!("{}", line(name, &counted));
        all.extend(counted.assertions);
    }
    println!("\n{count} of {} drawn by seed {seed}:", all.len());
    for it in drawn(all, seed, count) {
        println!("{}:{} {}! {}", it.file, it.line, it.name, it.rule);
    }
    Ok(())
}
