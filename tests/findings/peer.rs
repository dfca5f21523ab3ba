//! Programs that others wrote, or that use what others wrote, at the other end of a session.
//!
//! They are there only where they are promised: with `POSRIG_PEERS=1` a program that is missing is a failure, without it the test
//! says that it is skipped. `POSRIG_PYTHON` names the interpreter that has the libraries of `tests/peers/requirements.txt`.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::product::file;

/// Whether peers are to be had here. A test that needs one returns if not.
pub(crate) fn promised() -> bool {
    let promised = env::var_os("POSRIG_PEERS").is_some_and(|it| it == "1");
    if !promised {
        println!("skipped: it needs a peer (POSRIG_PEERS=1)");
    }
    promised
}

fn python(script: &str) -> Command {
    let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    let given = env::var_os("POSRIG_PYTHON").map(PathBuf::from);
    let mut python =
        Command::new(given.unwrap_or(if ours.exists() { ours } else { "python3".into() }));
    python.arg(file(script)).env("PYTHONPATH", file("peers")).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    free.local_addr().expect("it is bound").port()
}

/// One question of a terminal, and what came back.
pub(crate) struct Asked {
    /// The message's type.
    pub(crate) mti: String,
    /// Its trace number, F11.
    pub(crate) stan: String,
    answer: Value,
}

impl Asked {
    /// A field of the answer, by its number.
    pub(crate) fn field(&self, number: u8) -> Option<&str> {
        assert!(self.answer.is_object(), "{} {} was not answered", self.mti, self.stan);
        self.answer[number.to_string()].as_str()
    }
}

/// Lets a terminal ask what its script has it ask, at this port; returns when it is done.
pub(crate) fn asks(script: &str, port: u16) -> Vec<Asked> {
    let done = python(script).arg(port.to_string()).output().expect("the interpreter starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    let asked = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line is a JSON object");
        let text = |key: &str| line[key].as_str().expect("it is text").to_owned();
        Asked { mti: text("mti"), stan: text("stan"), answer: line["answer"].clone() }
    };
    said.lines().map(asked).collect()
}

/// A child that listens. It ends with the test.
pub(crate) struct Listener {
    child: Child,
    pub(crate) port: u16,
    // What the child reads stays until it ends.
    _config: Option<NamedTempFile>,
}

impl Listener {
    /// A script that prints `port N` when it listens.
    pub(crate) fn python(script: &str) -> Self {
        let mut child = python(script).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let port = first.strip_prefix("port ").and_then(|it| it.parse().ok());
        // Whatever else it says must not fill the pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let listener = Self { child, port: port.unwrap_or(0), _config: None };
        assert!(listener.port != 0, "{script} does not listen: {first}");
        listener
    }

    /// A broker.
    pub(crate) fn mosquitto() -> Self {
        let places = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"];
        let program = places.iter().map(PathBuf::from).find(|it| it.exists());
        let program = program.expect("mosquitto is missing");
        let port = free_port();
        let config = NamedTempFile::new().expect("there is room");
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(config.path(), text).expect("there is room");
        let mut command = Command::new(program);
        command.arg("-c").arg(config.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("it starts");
        let listener = Self { child, port, _config: Some(config) };
        let by = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < by, "mosquitto does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        listener
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
