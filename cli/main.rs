//! The program: arguments in, results on stdout, everything else on stderr, one exit code.

#![allow(clippy::print_stdout, clippy::print_stderr)] // The only place that prints.

mod arguments;
mod check;
mod coverage;
mod end;
mod fmea;
mod hil;
mod list;
mod run;
mod timeline;
mod trace;
mod validate;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, Explain, Report};
use end::{End, print, refuse};

fn main() -> ExitCode {
    // Clap ends the program by itself with code 2 on wrong usage, and 0 on help.
    let end = match Arguments::parse().command {
        Command::Run(run) => run::run(&run),
        Command::Check(check) => check::check(&check),
        Command::Hil(hil) => hil::hil(&hil),
        Command::Replay(replay) => hil::replay(&replay),
        Command::Doctor(doctor) => hil::doctor(&doctor),
        Command::List(list) => list::list(&list),
        Command::Explain(explain) => explain_term(&explain),
        Command::Coverage(coverage) => coverage::coverage_of(&coverage),
        Command::Fmea(arguments) => fmea::fmea(&arguments),
        Command::New(new) => list::new_scenario(&new),
        Command::Report(report) => make_report(&report),
        Command::Trace(trace) => trace::trace(&trace),
        Command::Timeline(arguments) => timeline::timeline(&arguments),
        Command::Validate(validate) => validate::validate(&validate),
    };
    ExitCode::from(end as u8)
}

fn explain_term(explain: &Explain) -> End {
    let lang = explain.lang.into();
    match reports::explain::explain(&explain.term) {
        Ok(found) if explain.json => {
            let found = found.iter().map(|entry| entry.json(lang)).collect();
            print(&serde_json::Value::Array(found).to_string());
        }
        Ok(found) => {
            let found: Vec<_> = found.iter().map(|entry| entry.text(lang)).collect();
            print(&found.join("\n\n"));
        }
        Err(near) => {
            let hint = if near.is_empty() {
                "see posrig list faults|models".to_owned()
            } else {
                format!("did you mean {}?", near.join(", "))
            };
            return refuse(&format!("\"{}\" is not known; {hint}", explain.term));
        }
    }
    End::Passed
}

fn make_report(report: &Report) -> End {
    let page = match reports::page_from_folder(&report.run) {
        Ok(page) => page,
        Err(why) => return refuse(&why.to_string()),
    };
    let path = report.run.join("report.html");
    match run::write_whole(&path, &page) {
        Ok(()) => {
            print(&path.display().to_string());
            End::Passed
        }
        Err(why) => refuse(&format!("cannot write {}: {why}", path.display())),
    }
}
