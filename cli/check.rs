//! `posrig check`: every mistake in a scenario file, at once.

use std::io::IsTerminal;
use std::path::Path;

use scenarios::{Diagnostic, Loaded};

use crate::arguments::Check;
use crate::end::{End, print};

/// Checks scenario files.
pub(crate) fn check(arguments: &Check) -> End {
    let mut found = Vec::new();
    let mut refused = false;
    for file in &arguments.files {
        match scenarios::load(file) {
            Ok(loaded) => {
                if !arguments.json && !arguments.quiet {
                    show(&loaded.warnings);
                    print(&format!("{}: ok", file.display()));
                }
                found.extend(loaded.warnings);
            }
            Err(mistakes) => {
                refused = true;
                if !arguments.json {
                    show(&mistakes);
                }
                found.extend(mistakes);
            }
        }
    }
    if arguments.json {
        match serde_json::to_string(&found) {
            Ok(text) => print(&text),
            Err(why) => return crate::end::refuse(&why.to_string()),
        }
    }
    if refused { End::Refused } else { End::Passed }
}

/// Loads a scenario; its mistakes go to stderr.
pub(crate) fn load(file: &Path, quiet: bool) -> Option<Loaded> {
    match scenarios::load(file) {
        Ok(loaded) => {
            if !quiet {
                show(&loaded.warnings);
            }
            Some(loaded)
        }
        Err(mistakes) => {
            show(&mistakes);
            None
        }
    }
}

/// Colour is for people at a terminal who have not said that they do not want it.
fn coloured() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !unwanted
}

pub(crate) fn show(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        eprintln!("{}", diagnostic.render(coloured()));
    }
}
