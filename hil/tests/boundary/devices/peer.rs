//! A program that somebody else wrote, as a child of the test.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A peer that is not there: the test is skipped, or fails where peers are promised.
pub(crate) fn missing(what: &str) -> Option<Peer> {
    assert!(env::var_os("POSRIG_PEERS").is_none_or(|it| it != "1"), "{what} is missing");
    println!("skipped: {what} is missing");
    None
}

/// The interpreter that has the peers' libraries.
pub(crate) fn python() -> PathBuf {
    let ours = PathBuf::from(ROOT).join("target/peers/bin/python");
    let given = env::var_os("POSRIG_PYTHON").map(PathBuf::from);
    given.unwrap_or(if ours.exists() { ours } else { "python3".into() })
}

/// The emulator of printers that others wrote.
pub(crate) fn emupos() -> PathBuf {
    let ours = PathBuf::from(ROOT).join("target/peers/bin/emupos");
    let given = env::var_os("POSRIG_EMUPOS").map(PathBuf::from);
    given.unwrap_or(if ours.exists() { ours } else { "emupos".into() })
}

/// A child and the lines that it prints. It ends with the test.
pub(crate) struct Peer {
    child: Child,
    lines: Receiver<String>,
    /// What it has printed so far.
    pub(crate) said: Vec<String>,
}

impl Peer {
    /// Starts a script of `tests/peers` that needs a library. `None` if that is not there.
    pub(crate) fn python(script: &str, library: &str, arguments: &[&str]) -> Option<Self> {
        let mut probe = Command::new(python());
        probe.args(["-c", &format!("import {library}")]).stderr(Stdio::null());
        if !probe.status().is_ok_and(|it| it.success()) {
            return missing(&format!("the Python library {library}"));
        }
        Self::script(&python(), script, arguments)
    }

    /// Starts a script of `tests/peers` by another interpreter.
    pub(crate) fn script(interpreter: &Path, script: &str, arguments: &[&str]) -> Option<Self> {
        let script = PathBuf::from(ROOT).join("tests/peers").join(script);
        let script = script.to_string_lossy();
        Self::program(interpreter, &[&[&*script], arguments].concat())
    }

    /// Starts a program with these arguments. `None` if it is not there.
    pub(crate) fn program(program: &Path, arguments: &[&str]) -> Option<Self> {
        let mut probe = Command::new(program);
        probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        if probe.status().is_err() {
            return missing(&format!("the program {}", program.display()));
        }
        Some(Self::started(Command::new(program).args(arguments)))
    }

    fn started(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let output = child.stdout.take().expect("its output is piped");
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .for_each(|it| drop(sender.send(it)));
        });
        Self { child, lines, said: Vec::new() }
    }

    /// Waits for a line that begins like this; returns what follows.
    pub(crate) fn until(&mut self, begins: &str) -> String {
        let by = Instant::now() + Duration::from_secs(20);
        loop {
            let left = by.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line =
                line.unwrap_or_else(|_| panic!("`{begins}` did not come, only {:?}", self.said));
            self.said.push(line.clone());
            if let Some(rest) = line.strip_prefix(begins) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Everything that it has printed, and prints within a moment.
    pub(crate) fn all(&mut self) -> &[String] {
        while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(300)) {
            self.said.push(line);
        }
        &self.said
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
    }
}
