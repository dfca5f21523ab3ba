//! Everything that crossed the boundary, as it happened: one JSON object a line.
//!
//! The first line is the [`Header`]; each further one a [`Crossing`], `in` or `out`, in the order in which they crossed; the last one,
//! if the session came to its end, an [`End`]. Lines are handed to the operating system at least twice a second, so that a
//! session that is killed loses no more than that; a last line that is not whole is left out when it is read.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use models::Part;
use models::wire::InterActorMessage;
use serde::{Deserialize, Serialize};
use sim::ActorId;

use crate::port::Port;

/// Version of the format.
pub const SCHEMA: &str = "posrig.recording/1";

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format: [`SCHEMA`].
    pub schema: String,
    /// Version of the program that wrote it.
    pub version: String,
    /// Where the scenario was read from, as it was given.
    pub path: String,
    /// The scenario's text.
    pub scenario: String,
    /// The seed that was used.
    pub seed: u64,
    /// What was attached, as it was given on the command line, and what each of them stood in for.
    pub attached: Vec<Attached>,
}

/// One attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// Name of its adapter.
    pub adapter: String,
    /// Its ports: number of the actor and name of the part.
    pub ports: Vec<(u32, String)>,
}

impl Attached {
    /// An adapter's ports, by the parts' names.
    pub fn new(adapter: &str, ports: &[Port]) -> Self {
        let name = |it: &Port| Some((it.actor.0, it.part()?.name().to_owned()));
        Self { adapter: adapter.to_owned(), ports: ports.iter().filter_map(name).collect() }
    }
    /// Its ports. `None` if a part is not known here.
    pub fn ports(&self) -> Option<Vec<Port>> {
        self.ports.iter().map(|(actor, part)| port(*actor, part)).collect()
    }
}

fn port(actor: u32, part: &str) -> Option<Port> {
    let part = Part::ALL.iter().find(|it| it.name() == part)?;
    Some(Port::new(ActorId(actor), *part))
}

/// One message that crossed the boundary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// When, in nanoseconds of simulated time.
    pub at_ns: u64,
    /// Number of the actor.
    pub actor: u32,
    /// Name of the part.
    pub part: String,
    /// Which way.
    pub way: Way,
    /// What.
    pub message: InterActorMessage,
}

impl Crossing {
    /// Its port. `None` if its part is not known here.
    pub fn port(&self) -> Option<Port> {
        port(self.actor, &self.part)
    }
}

/// Which way something crossed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// From the real thing into the world.
    In,
    /// Out of the world to the real thing.
    Out,
}

/// The session came to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// When, in nanoseconds of simulated time.
    pub end_ns: u64,
    /// Fingerprint of the run.
    pub fingerprint: String,
}

/// Writes a recording.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
    path: PathBuf,
    flushed: Instant,
    trouble: Option<String>,
}

/// How long a line may wait in memory.
const AT_MOST: Duration = Duration::from_millis(500);

impl Recorder {
    /// Begins a recording.
    ///
    /// # Errors
    /// If the file is there already, or cannot be written.
    pub fn begin(path: &Path, header: &Header) -> Result<Self, String> {
        let file = File::create_new(path)
            .map_err(|why| format!("cannot record into {}: {why}", path.display()))?;
        let (file, path) = (BufWriter::new(file), path.to_owned());
        let mut recorder = Self { file, path, flushed: Instant::now(), trouble: None };
        recorder.line(header);
        recorder.flush();
        recorder.trouble.clone().map_or(Ok(recorder), Err)
    }

    fn line(&mut self, value: &impl Serialize) {
        let written = serde_json::to_writer(&mut self.file, value).map_err(std::io::Error::from);
        if let Err(why) = written.and_then(|()| self.file.write_all(b"\n")) {
            self.trouble
                .get_or_insert(format!("cannot record into {}: {why}", self.path.display()));
        }
    }

    /// Something crossed the boundary.
    pub fn crossed(&mut self, at: sim::Instant, port: Port, way: Way, message: &InterActorMessage) {
        let part = port.part().map_or("", Part::name).to_owned();
        self.line(&Crossing { at_ns: at.0, actor: port.actor.0, part, way, message: *message });
        self.breathe();
    }

    /// Hands what was recorded to the operating system if it has waited for long.
    pub fn breathe(&mut self) {
        if self.flushed.elapsed() >= AT_MOST {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.flushed = Instant::now();
        if let Err(why) = self.file.flush() {
            self.trouble
                .get_or_insert(format!("cannot record into {}: {why}", self.path.display()));
        }
    }

    /// The session has come to its end.
    ///
    /// # Errors
    /// If anything could not be written: the recording is not whole then.
    pub fn end(mut self, at: sim::Instant, fingerprint: &str) -> Result<(), String> {
        self.line(&End { end_ns: at.0, fingerprint: fingerprint.to_owned() });
        self.flush();
        self.trouble.map_or(Ok(()), Err)
    }
}

/// A recording that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What was recorded.
    pub header: Header,
    /// What crossed, in its order.
    pub crossings: Vec<Crossing>,
    /// How it ended; `None` if the session was killed.
    pub end: Option<End>,
}

/// Why a recording cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// Why.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path.display(), self.why),
            line => write!(f, "{}:{line}: {}", self.path.display(), self.why),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The longest line that is read, in bytes: a header holds a scenario.
const LONGEST: u64 = 64 << 20;

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// If the file cannot be read, is not a recording, or has a line that is whole and not understood.
    pub fn read(path: &Path) -> Result<Self, Unreadable> {
        let refuse = |line, why: String| Unreadable { path: path.to_owned(), line, why };
        let file = File::open(path).map_err(|why| refuse(0, format!("cannot be read: {why}")))?;
        let mut reader = BufReader::new(file);
        let mut next = |number: usize| -> Result<Option<String>, Unreadable> {
            let mut line = String::new();
            let mut limited = std::io::Read::take(&mut reader, LONGEST);
            let read = limited.read_line(&mut line);
            read.map_err(|why| refuse(number, format!("cannot be read: {why}")))?;
            // What does not end in a line break was being written when the session was killed.
            Ok(line.strip_suffix('\n').map(str::to_owned))
        };
        let first = next(1)?.ok_or_else(|| refuse(1, "this is not a recording".into()))?;
        let header: Header = serde_json::from_str(&first)
            .map_err(|why| refuse(1, format!("this is not a recording: {why}")))?;
        if header.schema != SCHEMA {
            let why = format!("the format is {}; this version reads {SCHEMA}", header.schema);
            return Err(refuse(1, why));
        }
        let mut recording = Self { header, crossings: Vec::new(), end: None };
        let mut number = 1;
        loop {
            number += 1;
            let Some(line) = next(number)? else { return Ok(recording) };
            if recording.end.is_some() {
                return Err(refuse(number, "something follows the end".into()));
            }
            match serde_json::from_str::<Crossing>(&line) {
                Ok(crossing) if crossing.port().is_some() => recording.crossings.push(crossing),
                Ok(crossing) => {
                    return Err(refuse(number, format!("there is no part `{}`", crossing.part)));
                }
                Err(why) => match serde_json::from_str::<End>(&line) {
                    Ok(end) => recording.end = Some(end),
                    Err(_) => return Err(refuse(number, why.to_string())),
                },
            }
        }
    }
}
