//! `posrig validate`: is the simulator right where the answer is known?

use std::io::IsTerminal;

use validation::{Options, Size};

use crate::arguments::Validate;
use crate::end::{End, print, refuse};

pub(crate) fn validate(arguments: &Validate) -> End {
    let threads = arguments
        .threads
        .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let size = if arguments.quick { Size::Quick } else { Size::Whole };
    if arguments.scenarios {
        return show(&arguments.laws, size);
    }
    let options = Options { size, seed: arguments.seed, threads, only: arguments.laws.clone() };
    let shown = !arguments.quiet && std::io::stderr().is_terminal();
    let progress = |done: usize, all: usize| {
        if shown {
            eprint!("\r{done} of {all} replications{}", if done == all { "\n" } else { "" });
        }
    };
    let table = match validation::validate(&options, &progress) {
        Ok(table) => table,
        Err(why) => return refuse(&why),
    };
    if arguments.json {
        match table.to_json() {
            Ok(json) => print(&json),
            Err(why) => return refuse(&why),
        }
    } else if !arguments.quiet {
        print(&table.to_text());
    }
    if table.passed { End::Passed } else { End::Failed }
}

/// Prints the scenarios by which laws are seen: `posrig run` takes them as they are.
fn show(laws: &[String], size: Size) -> End {
    let known = match validation::truths() {
        Ok(known) => known,
        Err(why) => return refuse(&why),
    };
    for law in known.iter().filter(|it| laws.is_empty() || laws.contains(&it.id)) {
        for (number, text) in validation::scenarios(&law.id, size).iter().enumerate() {
            print(&format!("// {} {}: {}\n{text}", law.id, number + 1, law.name));
        }
    }
    End::Passed
}
