//! What a contributor does daily: `cargo xtask help`.

#![allow(clippy::print_stdout, clippy::print_stderr)] // A tool prints.

mod alone;
mod assertions;
mod daily;
mod extension;
mod peers;
mod runs;
mod shell;
mod style;
mod supply;

use std::process::ExitCode;

use shell::Failure;

/// One command: how it is called, what it does, and the function that does it.
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "check",
        arguments: "",
        about: "format, lints and docs, as CI wants them",
        run: daily::check,
    },
    Command {
        name: "test",
        arguments: "[CRATE [FILTER...]]",
        about: "all tests, or those of one crate",
        run: daily::test,
    },
    Command {
        name: "circles",
        arguments: "[CRATE]",
        about: "circles of files of all crates; of one crate with every edge of its largest",
        run: daily::circles,
    },
    Command {
        name: "golden",
        arguments: "[--move]",
        about: "compares golden values of the shipped scenarios; --move writes them and says what moved",
        run: daily::golden,
    },
    Command {
        name: "reference",
        arguments: "",
        about: "writes what is generated: scenarios/REFERENCE.md, schemas",
        run: daily::reference,
    },
    Command {
        name: "scenarios",
        arguments: "",
        about: "checks and runs every shipped scenario",
        run: runs::scenarios,
    },
    Command {
        name: "matrix",
        arguments: "",
        about: "the fingerprint of quickstart on threads, sizes of cells, builds",
        run: runs::matrix,
    },
    Command {
        name: "extension",
        arguments: "",
        about: "a component more in a copy (one file, one line) works; quickstart is not moved, as in matrix",
        run: extension::extension,
    },
    Command {
        name: "alone",
        arguments: "",
        about: "a new project with sim alone: the M/M/1 of its README prints the known answer",
        run: alone::alone,
    },
    Command {
        name: "assertions",
        arguments: "[--seed N] [--draw N]",
        about: "assertions per function of each crate, and some of them drawn by a seed",
        run: assertions::assertions,
    },
    Command {
        name: "style",
        arguments: "",
        about: "sizes of files and functions, shares of docs and comments, assertions per function",
        run: style::style,
    },
    Command {
        name: "peers",
        arguments: "",
        about: "tests against programs that others wrote; as root it installs them",
        run: peers::peers,
    },
    Command {
        name: "deny",
        arguments: "",
        about: "licences, versions twice, banned crates, sources: deny.toml",
        run: supply::deny,
    },
    Command {
        name: "locks",
        arguments: "",
        about: "whether every lock file is current",
        run: supply::locks,
    },
    Command {
        name: "bench",
        arguments: "mix OLD NEW [...]",
        about: "processor time per sale of two builds on a day of 10,000 terminals",
        run: runs::bench,
    },
    Command {
        name: "nightly",
        arguments: "",
        about: "what is too long for CI: laws at full size, long runs, the codec for ten minutes",
        run: runs::nightly,
    },
];

fn help() -> String {
    let mut text = "cargo xtask COMMAND\n\n".to_owned();
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        text += &format!("  {usage:<26} {}\n", command.about);
    }
    text
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprint!("no command `{name}`\n\n{}", help());
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{name}: {why}");
            ExitCode::FAILURE
        }
    }
}
