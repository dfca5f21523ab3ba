//! The program under test, as a user starts it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::outputs::Outputs;

/// No finding takes longer than this, not even in a debug build beside other work.
const AMPLE: Duration = Duration::from_secs(300);

/// The flag that lets a run begin whose estimate is beyond the bound. Empty as long as nothing is estimated.
pub(crate) const BEYOND_THE_BOUND: &[&str] = &[];

/// A file of `tests/findings`.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings").join(name)
}

/// The program at work. It ends with the test.
pub(crate) struct Product {
    child: Child,
    room: Rc<TempDir>,
}

impl Product {
    /// `posrig COMMAND FILE ARGUMENTS`.
    pub(crate) fn start(command: &str, name: &str, arguments: &[&str]) -> Self {
        let room = Rc::new(tempfile::tempdir().expect("there is room"));
        let written = |name: &str| File::create(room.path().join(name)).expect("there is room");
        let child = Command::new(env!("CARGO_BIN_EXE_posrig"))
            .current_dir(room.path())
            .env("NO_COLOR", "1")
            .arg(command)
            .arg(file(name))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(written("stdout"))
            .stderr(written("stderr"))
            .spawn()
            .expect("it starts");
        Self { child, room }
    }

    /// As Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let mut kill = Command::new("kill");
        let sent = kill.args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|it| it.success()), "the signal was not sent");
    }

    /// `None` if it does not end within this time; then it is killed.
    pub(crate) fn within(mut self, limit: Duration) -> Option<Ended> {
        let by = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it was started") {
                break status;
            }
            if Instant::now() > by {
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        };
        let text = |name: &str| {
            let bytes = fs::read(self.room.path().join(name)).expect("it was made");
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let said = text("stdout") + &text("stderr");
        Some(Ended { code: status.code(), said, room: self.room.clone() })
    }

    /// However long it takes.
    pub(crate) fn ended(self) -> Ended {
        self.within(AMPLE).expect("it does not end")
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that has ended.
pub(crate) struct Ended {
    /// Exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output, then standard error.
    pub(crate) said: String,
    room: Rc<TempDir>,
}

impl Ended {
    /// What a run left behind, which has come to a verdict: passed, failed or inconclusive.
    pub(crate) fn judged(&self) -> Outputs {
        assert!(
            matches!(self.code, Some(0 | 1 | 3)),
            "exit code {:?} is not a verdict: {}",
            self.code,
            self.said
        );
        Outputs::of(self.room.clone(), "out")
    }

    /// Whether the verdict is that everything expected came out.
    pub(crate) fn passed(&self) -> bool {
        self.code == Some(0)
    }
}

/// Runs a scenario with its own seed.
pub(crate) fn run(name: &str) -> Ended {
    Product::start("run", name, &["--out", "out"]).ended()
}

/// Runs a scenario with another seed.
pub(crate) fn run_with_seed(name: &str, seed: u64) -> Ended {
    let seed = seed.to_string();
    Product::start("run", name, &["--out", "out", "--seed", &seed]).ended()
}
