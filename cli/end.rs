//! How commands end, and what they say.

use std::io::Write;

/// How a command ended; its number is the exit code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// All is well.
    Passed = 0,
    /// An expectation or an invariant does not hold.
    Failed = 1,
    /// The input or its use was wrong.
    Refused = 2,
    /// What the run is about never happened.
    Inconclusive = 3,
    /// Ctrl-C: what shells expect of a program that was interrupted.
    Interrupted = 130,
}

/// Prints a result. A reader that has gone away is no error: there is nobody left to tell.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
}

/// Says on stderr why a command was refused.
pub(crate) fn refuse(why: &str) -> End {
    eprintln!("error: {why}");
    End::Refused
}
