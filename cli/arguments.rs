//! Commands and flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Simulates fleets of payment terminals, breaks them, and measures how faults are detected and recovered.
#[derive(Debug, Parser)]
#[command(name = "posrig", version, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 passed, 1 an expectation or invariant failed, 2 bad input or usage, 3 inconclusive, 130 interrupted.\n\nExamples:\n  posrig run scenarios/quickstart.ron\n  posrig check scenarios/showcase/*.ron\n  posrig explain printer.jam"
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs a scenario and writes its run folder.
    Run(Run),
    /// Runs a scenario in real time, with real devices in the place of simulated parts.
    Hil(Hil),
    /// Replays a recorded session in virtual time, with the recording in the place of the real devices.
    Replay(Replay),
    /// Lists what can be attached, and tests whether each attachment answers.
    Doctor(Doctor),
    /// Checks scenario files and reports every mistake.
    Check(Check),
    /// Lists the faults, models or scenarios that there are.
    List(List),
    /// Explains a model, a fault, an indication, a recovery action, a detector, a measure or another term.
    Explain(Explain),
    /// Shows which fault modes occurred, were activated, detected, isolated and cleared.
    Coverage(Coverage),
    /// Makes an FMEA worksheet whose occurrence and detection are measured from runs.
    Fmea(Fmea),
    /// Writes a small scenario to start from.
    New(New),
    /// Writes the report of a run folder again.
    Report(Report),
    /// Writes the messages of a run as a packet capture for Wireshark and others.
    Trace(Trace),
    /// Tells what happened at one terminal of a run, in order: what was so, and what was believed.
    Timeline(Timeline),
    /// Compares the simulator with closed-form results.
    Validate(Validate),
}

/// Runs a scenario.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The scenario file.
    pub(crate) file: PathBuf,
    /// Another seed than the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Number of threads; the result does not depend on it.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: u16,
    /// Terminals per cell, a power of two; by default one cell per thread. The result does not depend on it.
    #[arg(long, value_parser = cell_size)]
    pub(crate) cell: Option<u32>,
    /// The run folder; `runs/NAME-SEED` if it is not given.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// A program that decides the recovery actions: asked on its standard input, answers on its standard output. See docs/policy.md.
    #[arg(long, value_name = "COMMAND", conflicts_with = "threads")]
    pub(crate) policy: Option<String>,
    /// How long the program may take to answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10", requires = "policy", value_parser = seconds)]
    pub(crate) policy_timeout: Duration,
    /// Records what the program was asked and what it answered, so that the run can be replayed without it.
    #[arg(long, value_name = "FILE", requires = "policy")]
    pub(crate) policy_record: Option<PathBuf>,
    /// A program that detects: told observations on its standard input, says what it notices on its standard output. See docs/detector.md.
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["threads", "policy"])]
    pub(crate) detector: Option<String>,
    /// How long the detector may take to answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10", requires = "detector", value_parser = seconds)]
    pub(crate) detector_timeout: Duration,
    /// Records what the detector was told and what it said, so that the run can be replayed without it.
    #[arg(long, value_name = "FILE", requires = "detector")]
    pub(crate) detector_record: Option<PathBuf>,
    /// Prints the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| format!("{text} is not a number of seconds"))?;
    let duration = Duration::try_from_secs_f64(seconds).ok();
    let sensible = duration.filter(|it| !it.is_zero() && it.as_secs() <= 86_400);
    sensible.ok_or_else(|| "a program has more than 0 and at most 86400 seconds".to_owned())
}

fn cell_size(text: &str) -> Result<u32, String> {
    let size: u32 = text.parse().map_err(|_| format!("{text} is not a number"))?;
    (size.is_power_of_two() && size <= 1 << 20)
        .then_some(size)
        .ok_or_else(|| "a cell's size is a power of two of at most 1048576".to_owned())
}

/// Runs a scenario in real time.
#[derive(Debug, Args)]
pub(crate) struct Hil {
    /// The scenario file.
    pub(crate) file: PathBuf,
    /// A real device or program and the part that it replaces; may be given several times, in addition to the scenario's `attach`.
    #[arg(long, value_name = "KIND[:WHOSE]=ADDRESS")]
    pub(crate) attach: Vec<String>,
    /// Simulated seconds per second of real time.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// A message sent later than this after its due time counts as a missed deadline.
    #[arg(long, default_value = "2ms", value_parser = span)]
    pub(crate) deadline: Duration,
    /// Records all traffic with the attachments in this file, which must not exist yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Another seed than the scenario's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The run folder; `runs/NAME-SEED-hil` if it is not given.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Prints the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

fn span(text: &str) -> Result<Duration, String> {
    let span = <sim::Span as sim::quantity::Quantity>::parse(text);
    span.map(|it| Duration::from_nanos(it.0)).map_err(|why| why.to_string())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| format!("{text} is not a number"))?;
    (speed.is_finite() && (0.001..=1_000_000.0).contains(&speed))
        .then_some(speed)
        .ok_or_else(|| "a speed lies between 0.001 and 1000000".to_owned())
}

/// Runs a recorded session again. Exit code 1 if the run is not the recorded one.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The recording.
    pub(crate) recording: PathBuf,
    /// Another scenario than the recorded one: reports where it departs from what the real devices saw.
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// Writes a run folder.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Prints the result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Lists what can be attached, and tests attachments. Exit code 1 if one does not answer.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A scenario whose `attach` list is tested, too.
    pub(crate) file: Option<PathBuf>,
    /// An attachment to test; may be given several times.
    #[arg(long, value_name = "KIND[:WHOSE]=ADDRESS")]
    pub(crate) attach: Vec<String>,
}

/// Checks scenario files.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The scenario files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Prints the mistakes as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints nothing but mistakes.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Lists faults, models or scenarios.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// What to list.
    pub(crate) what: Listed,
    /// Prints it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Listed {
    /// Everything that can break.
    Faults,
    /// Everything that is simulated.
    Models,
    /// Scenario files under ./scenarios.
    Scenarios,
}

/// Explains a term.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A fault such as printer.jam, a model, an indication, a recovery action, a detector, a measure, a family, or a term such as MTTD.
    pub(crate) term: String,
    /// The language.
    #[arg(long, default_value = "both")]
    pub(crate) lang: Language,
    /// Prints it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Counts occurrences, detections and recoveries of every fault mode in runs.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// Run folders; the scenarios under ./scenarios are run if none is given.
    pub(crate) runs: Vec<PathBuf>,
    /// Prints it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Makes an FMEA worksheet (IEC 60812) from runs.
#[derive(Debug, Args)]
pub(crate) struct Fmea {
    /// Run folders.
    #[arg(required = true)]
    pub(crate) runs: Vec<PathBuf>,
    /// Writes the worksheet for spreadsheets, all modes and all columns.
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Writes the worksheet as a page, all modes and all columns.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Prints it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints cause, effects, detection and recovery action under each row.
    #[arg(long)]
    pub(crate) long: bool,
    /// Also prints modes that did not occur in the runs.
    #[arg(long)]
    pub(crate) all: bool,
}

/// The language of explanations.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Language {
    /// English.
    En,
    /// 中文.
    Zh,
    /// English, then 中文.
    Both,
}

impl From<Language> for reports::explain::Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
            Language::Both => Self::Both,
        }
    }
}

/// Writes a small scenario.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Its name; the file becomes NAME.ron in the current folder.
    pub(crate) name: String,
}

/// Writes the messages of a run as a packet capture for Wireshark and others.
///
/// The scenario is run again, as a run folder holds no messages. Nothing is written if the result differs from the recorded one.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// The run folder.
    pub(crate) run: PathBuf,
    /// The capture file: all traffic at the gateway's network port.
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: PathBuf,
    /// The dialect of messages: a built-in one or a file. Wireshark decodes those without TPDU and header.
    #[arg(long, default_value = "iso8583-1987-ascii")]
    pub(crate) dialect: String,
    /// The TCP port of the gateway in the capture.
    #[arg(long, default_value_t = 8583, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// Prints the counts as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Tells what happened at one terminal of a run, in order: the truth on the left, what was believed on the right.
///
/// The scenario is run again, as a run folder holds no events.
#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// The run folder.
    pub(crate) run: PathBuf,
    /// The terminal, such as `cafes-29`; the gateway, a host or another hub by the name that `faults.csv` has.
    pub(crate) terminal: String,
    /// Leaves approved sales out.
    #[arg(long)]
    pub(crate) brief: bool,
    /// Prints the events as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes a report again.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The run folder.
    pub(crate) run: PathBuf,
}

/// Runs models whose result is known in closed form, and compares. Exit code 1 if a value does not hold.
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Ids of laws, such as Q1; all if none is given.
    pub(crate) laws: Vec<String>,
    /// Short runs, under a minute; intervals are wider.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Fresh seeds, made from this one; intervals are widened for the number of values (Bonferroni).
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Number of threads; by default as many as the machine has. The table does not depend on it.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Prints the scenarios of the laws instead of running them.
    #[arg(long)]
    pub(crate) scenarios: bool,
    /// Prints the table as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}
