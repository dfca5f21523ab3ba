//! A Python program that answers questions, one JSON line each.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A peer that judges what we wrote. It ends with the test.
pub(crate) struct Judge {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// Starts a script of `tests/peers` that needs a library. `None` if that is not there and need not be.
    pub(crate) fn python(script: &str, library: &str) -> Option<Self> {
        let ours = PathBuf::from(ROOT).join("target/peers/bin/python");
        let given = env::var_os("POSRIG_PYTHON").map(PathBuf::from);
        let python = given.unwrap_or(if ours.exists() { ours } else { "python3".into() });
        let mut probe = Command::new(&python);
        probe.args(["-c", &format!("import {library}")]).stderr(Stdio::null());
        if !probe.status().is_ok_and(|it| it.success()) {
            let promised = env::var_os("POSRIG_PEERS").is_some_and(|it| it == "1");
            assert!(!promised, "the Python library {library} is missing");
            println!("skipped: the Python library {library} is missing");
            return None;
        }
        let mut command = Command::new(python);
        command.arg(PathBuf::from(ROOT).join("tests/peers").join(script));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let questions = child.stdin.take().expect("its input is piped");
        let answers = BufReader::new(child.stdout.take().expect("its output is piped"));
        Some(Self { child, questions, answers })
    }

    /// Asks; returns the answer.
    pub(crate) fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").expect("it reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line:?} to {question}"))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
