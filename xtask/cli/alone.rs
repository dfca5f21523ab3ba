//! `sim` alone: a new project that has nothing else of this repository, and for its program the example of sim's README.

use std::fs;
use std::path::Path;

use crate::shell::{Failure, output_with, root, target};

const README: &str = "sim/README.md";
/// The README promises that it is no longer.
const MOST_LINES: usize = 30;
/// Mean time in the system of the queue of the README, in seconds: 1 / (1/8 - 1/10).
const KNOWN: f64 = 40.0;

/// The program among the examples of a text.
fn program(text: &str) -> Option<&str> {
    let blocks = text.split("```rust\n").skip(1).filter_map(|it| it.split("```").next());
    blocks.into_iter().find(|it| it.contains("fn main()"))
}

/// The mean and the half-width of its interval, as the program prints them: the first two numbers.
fn mean_and_half(said: &str) -> Option<(f64, f64)> {
    let mut numbers = said.split_whitespace().filter_map(|it| it.parse::<f64>().ok());
    let mean = numbers.next()?;
    // "95 % within" comes between.
    let half = numbers.nth(1)?;
    Some((mean, half))
}

/// Makes the project, builds and runs it, and compares what it prints with what is known.
pub(crate) fn alone(_: &[String]) -> Result<(), Failure> {
    let text = fs::read_to_string(root().join(README)).map_err(|why| why.to_string())?;
    let program = program(&text).ok_or(format!("{README} has no program"))?;
    let lines = program.lines().filter(|it| !it.trim().is_empty()).count();
    if lines > MOST_LINES {
        return Err(format!("the program of {README} has {lines} lines, more than {MOST_LINES}"));
    }
    let folder = target().join("alone");
    make(&folder, program).map_err(|why| why.to_string())?;
    let manifest = folder.join("Cargo.toml").display().to_string();
    // Nothing is fetched, and what the workspace has built need not be built again.
    let shared = target().display().to_string();
    let arguments = ["run", "--release", "--offline", "--manifest-path", &manifest];
    let said = output_with(&[("CARGO_TARGET_DIR", &shared)], "cargo", &arguments)?;
    print!("{said}");
    let (mean, half) = mean_and_half(&said).ok_or("it prints no mean with its interval")?;
    if (mean - KNOWN).abs() > half {
        return Err(format!("{mean} s is further from {KNOWN} s than {half} s"));
    }
    println!("{lines} lines; {KNOWN} s is within {half} s of {mean} s");
    Ok(())
}

/// The project: its manifest, its program, and the versions of the workspace's lock file.
fn make(folder: &Path, program: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let sim = root().join("sim");
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"alone\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nsim = {{ path = {:?} }}\n",
        sim.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), program)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_block_that_has_a_main() {
        let text = "a\n```rust\nlet x = 1;\n```\nb\n```rust\nfn main() {}\n```\n";
        assert_eq!(program(text), Some("fn main() {}\n"));
        assert_eq!(program("```rust\nlet x = 1;\n```"), None);
    }

    #[test]
    fn mean_and_half_width_are_read_from_what_is_printed() {
        let said = "40.12 s in the system, 95 % within 0.31 s; 1 / (1/8 - 1/10) = 40 s";
        assert_eq!(mean_and_half(said), Some((40.12, 0.31)));
        assert_eq!(mean_and_half("nothing"), None);
    }
}
