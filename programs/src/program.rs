//! A program that is asked by lines on its standard input and answers by lines on its standard output.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

/// The longest line that is taken from a program, in bytes.
pub const LONGEST_LINE: u64 = 64 * 1024;
/// How many lines may wait for a program that does not read.
const MOST_WAITING: usize = 1_024;
/// What of a line is shown in a message, in characters.
const SHOWN: usize = 300;

/// A child process in lockstep: one line is asked, one is answered. It is ended with this value.
#[derive(Debug)]
pub struct Program {
    /// What it is there for, as messages say it.
    role: &'static str,
    name: String,
    child: Child,
    lines: Option<SyncSender<String>>,
    answers: Receiver<Result<String, String>>,
    patience: Duration,
}

impl Program {
    /// Starts a program for a role, such as `policy`, by its command line, split as a shell splits it; nothing of it is expanded. It may take so long over
    /// each answer. What it writes to its standard error goes to ours.
    ///
    /// # Errors
    /// If the command line is not whole, or the program cannot be started.
    pub fn start(role: &'static str, command: &str, patience: Duration) -> Result<Self, String> {
        let words = shlex::split(command).filter(|words| !words.is_empty());
        let words = words
            .ok_or_else(|| format!("`{command}` is not a command line: is a quote left open?"))?;
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("the {role} program `{command}` cannot be started: {why}"))?;
        let (lines, to_write) = sync_channel(MOST_WAITING);
        // One answer is waited for at a time: a program that says more is not read further.
        let (answered, answers) = sync_channel(1);
        if let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) {
            thread::spawn(move || write_lines(input, &to_write));
            thread::spawn(move || read_lines(output, &answered));
        }
        Ok(Self { role, name: command.to_owned(), child, lines: Some(lines), answers, patience })
    }

    /// Tells it something that it does not answer.
    ///
    /// # Errors
    /// If it has ended, or does not read what it is told.
    pub fn tell(&mut self, line: &str) -> Result<(), String> {
        let by = Instant::now() + self.patience;
        let mut line = line.to_owned();
        loop {
            let Some(lines) = &self.lines else { return Err(self.ended(&line)) };
            match lines.try_send(line) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(line)) => return Err(self.ended(&line)),
                Err(TrySendError::Full(_)) if Instant::now() >= by => {
                    let waited = self.patience.as_secs_f64();
                    return Err(format!(
                        "the {} program `{}` has not read its input for {waited} s",
                        self.role, self.name
                    ));
                }
                Err(TrySendError::Full(back)) => line = back,
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Asks it something, and waits for its answer.
    ///
    /// # Errors
    /// If it has ended, says nothing in time, says something that it was not asked, or says what is not a line of text.
    pub fn ask(&mut self, line: &str) -> Result<String, String> {
        self.unasked()?;
        self.tell(line)?;
        match self.answers.recv_timeout(self.patience) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(why)) => {
                Err(format!("the {} program `{}` answered {why}", self.role, self.name))
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.ended(line)),
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "the {} program `{}` has not answered within {} s; it was asked: {}",
                self.role,
                self.name,
                self.patience.as_secs_f64(),
                shown(line)
            )),
        }
    }

    /// The run is over: closes its input and gives it as long to end as it has for an answer.
    ///
    /// # Errors
    /// If it said something that it was not asked.
    pub fn finish(mut self, last: &str) -> Result<(), String> {
        self.unasked()?;
        // Who has ended by now has ended well: nothing more is asked of it.
        let _ = self.tell(last);
        self.lines = None;
        let by = Instant::now() + self.patience;
        while Instant::now() < by && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn unasked(&self) -> Result<(), String> {
        match self.answers.try_recv() {
            Ok(Ok(line)) => Err(format!(
                "the {} program `{}` said something that it was not asked: {}",
                self.role,
                self.name,
                shown(&line)
            )),
            Ok(Err(why)) => Err(format!("the {} program `{}` said {why}", self.role, self.name)),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => Ok(()),
        }
    }

    fn ended(&mut self, line: &str) -> String {
        // Its output is closed a moment before it can be waited for.
        let by = Instant::now() + Duration::from_millis(500);
        let mut how = "closed its output".to_owned();
        while Instant::now() < by {
            if let Ok(Some(status)) = self.child.try_wait() {
                how = format!("ended ({status})");
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        format!(
            "the {} program `{}` {how} without an answer to: {}",
            self.role,
            self.name,
            shown(line)
        )
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.lines = None;
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line as a message shows it.
pub(crate) fn shown(line: &str) -> String {
    let mut chars = line.trim_end().chars();
    let head: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() { format!("{head}…") } else { head }
}

fn write_lines(mut input: ChildStdin, lines: &Receiver<String>) {
    for line in lines {
        let written = input.write_all(line.as_bytes()).and_then(|()| input.write_all(b"\n"));
        // Flushed line by line: it is waited for.
        if written.and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}

fn read_lines(output: ChildStdout, answers: &SyncSender<Result<String, String>>) {
    let mut output = BufReader::new(output);
    loop {
        let mut bytes = Vec::new();
        match output.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = if bytes.len() as u64 > LONGEST_LINE {
            Err(format!("a line of more than {LONGEST_LINE} bytes"))
        } else {
            String::from_utf8(bytes).map_err(|why| {
                let text = String::from_utf8_lossy(why.as_bytes()).into_owned();
                format!("what is not UTF-8: {}", shown(&text))
            })
        };
        let stop = line.is_err();
        if answers.send(line).is_err() || stop {
            return;
        }
    }
}
