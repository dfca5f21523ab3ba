//! `posrig run`: loads, runs, analyses, writes the run folder, says how it went.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use models::Fact;
use programs::detector::{self, Detector, run_with_detector};
use programs::policy::{self, Counts, Policy, run_with_policy};
use reports::boundary::{Boundary, UnderFaults};
use reports::{Analysis, AnalysisFold, FolderError, RunFolder, Summary, Verdict};
use scenarios::{FactFold, Failure, Options, Outcome, Outset, Source};
use sim::{Pulse, RunError, Span};

use crate::arguments::Run;
use crate::check;
use crate::end::{End, print, refuse};

/// Runs a scenario.
pub(crate) fn run(arguments: &Run) -> End {
    let Some(loaded) = check::load(&arguments.file, arguments.quiet) else { return End::Refused };
    let path = arguments.file.display().to_string();
    let source = Source { scenario: &loaded.scenario, path: &path, text: &loaded.source };
    let options = Options { seed: arguments.seed, cell_size: arguments.cell, ..Options::default() };
    let folder = arguments.out.clone().unwrap_or_else(|| {
        let seed = arguments.seed.unwrap_or(loaded.scenario.seed);
        PathBuf::from("runs").join(format!("{}-{seed}", file_name(&loaded.scenario.name)))
    });
    if let Err(why) = make_parent(&folder) {
        return refuse(&why);
    }
    let pulse = Arc::new(Pulse::default());
    stop_on_ctrl_c(&pulse);
    let began = Instant::now();
    let shown = Progress::show(&pulse, loaded.scenario.duration, arguments.quiet);
    let played = play(arguments, source, &options, &folder, &pulse);
    shown.end();
    let wall_s = began.elapsed().as_secs_f64();
    match played {
        Ok((outcome, reader)) => {
            let ending = Ending { json: arguments.json, quiet: arguments.quiet };
            finish(ending, &outcome, reader, wall_s, None)
        }
        Err(Stopped::Run(programs::Failure::Run(Failure::Run(RunError::Interrupted(at))))) => {
            refuse(&format!("interrupted at {at} of simulated time; nothing was written"));
            End::Interrupted
        }
        Err(Stopped::Run(why)) => refuse(&why.to_string()),
        Err(Stopped::Folder(why)) => refuse(&why.to_string()),
    }
}

/// Why there is no outcome.
enum Stopped {
    Run(programs::Failure),
    Folder(FolderError),
}

impl From<Failure> for Stopped {
    fn from(why: Failure) -> Self {
        Self::Run(programs::Failure::Run(why))
    }
}

/// Runs it to its end, by itself or with a program that decides the recovery actions.
fn play(
    arguments: &Run,
    source: Source<'_>,
    options: &Options,
    folder: &Path,
    pulse: &Pulse,
) -> Result<(Outcome, Reader), Stopped> {
    if let Some(command) = &arguments.detector {
        return watched(command, arguments, source, options, folder, pulse);
    }
    let Some(command) = &arguments.policy else {
        let threads = usize::from(arguments.threads);
        let run = scenarios::Run::begin(source, options, threads)?;
        let mut reader = Reader::begin(folder, run.outset()).map_err(Stopped::Folder)?;
        let outcome = run.complete(threads, pulse, &mut reader)?;
        return Ok((outcome, reader));
    };
    let policy = Policy {
        command: command.to_owned(),
        patience: arguments.policy_timeout,
        record: arguments.policy_record.clone(),
    };
    let run = policy::begin(source, options).map_err(Stopped::Run)?;
    let mut reader = Reader::begin(folder, run.outset()).map_err(Stopped::Folder)?;
    let (outcome, counts) =
        run_with_policy(run, &policy, pulse, &mut reader).map_err(Stopped::Run)?;
    if !arguments.quiet {
        let Counts { asked, default } = counts;
        eprintln!("policy: asked {asked} times, {default} times it left it to the procedure");
    }
    Ok((outcome, reader))
}

/// Runs it to its end with a program that detects.
fn watched(
    command: &str,
    arguments: &Run,
    source: Source<'_>,
    options: &Options,
    folder: &Path,
    pulse: &Pulse,
) -> Result<(Outcome, Reader), Stopped> {
    let detector = Detector {
        command: command.to_owned(),
        patience: arguments.detector_timeout,
        record: arguments.detector_record.clone(),
    };
    let run = detector::begin(source, options).map_err(Stopped::Run)?;
    let mut reader = Reader::begin(folder, run.outset()).map_err(Stopped::Folder)?;
    let (outcome, counts) =
        run_with_detector(run, &detector, pulse, &mut reader).map_err(Stopped::Run)?;
    if !arguments.quiet {
        let detector::Counts { told, alarms } = counts;
        eprintln!("detector: told {told} observations, raised {alarms} alarms");
    }
    Ok((outcome, reader))
}

/// Reads a run as it goes, for its run folder.
pub(crate) struct Reader {
    analysis: AnalysisFold,
    folder: RunFolder,
}

impl Reader {
    /// Of a run that is about to begin.
    pub(crate) fn begin(folder: &Path, outset: Outset<'_>) -> Result<Self, FolderError> {
        let folder = RunFolder::begin(folder, outset)?;
        Ok(Self { analysis: AnalysisFold::new(outset), folder })
    }
}

impl FactFold for Reader {
    fn take(&mut self, facts: &[Fact]) {
        self.analysis.take(facts);
        self.folder.take(facts);
    }
}

/// How the end of a run is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// As JSON.
    pub(crate) json: bool,
    /// Not at all.
    pub(crate) quiet: bool,
}

/// Writes the run folder, and says how it went.
pub(crate) fn finish(
    ending: Ending,
    outcome: &Outcome,
    reader: Reader,
    wall_s: f64,
    boundary: Option<(&Boundary, &UnderFaults)>,
) -> End {
    let mut analysis = reader.analysis.finish(outcome);
    let written = match reader.folder.finish(outcome, &analysis, Some(wall_s)) {
        Ok(written) => written,
        Err(why) => return refuse(&why.to_string()),
    };
    analysis.judgement = written.judgement;
    if let Some(boundary) = boundary
        && let Err(why) = write_boundary(boundary, outcome, &analysis, &written.folder)
    {
        return refuse(&why);
    }
    let summary = Summary::of(outcome, &analysis, Some(wall_s));
    if ending.json {
        print(summary.to_json().trim_end());
    } else if !ending.quiet {
        print(&in_words(&summary, &analysis, wall_s, &written.folder));
    }
    match analysis.judgement.verdict {
        Verdict::Passed => End::Passed,
        Verdict::Inconclusive => End::Inconclusive,
        Verdict::Failed => End::Failed,
    }
}

/// Adds what was real to a run folder.
fn write_boundary(
    (boundary, under_faults): (&Boundary, &UnderFaults),
    outcome: &Outcome,
    analysis: &Analysis,
    folder: &Path,
) -> Result<(), String> {
    let data = serde_json::to_string_pretty(boundary).map_err(|why| why.to_string())?;
    let page = reports::boundary::page(boundary, outcome, analysis, under_faults);
    for (name, text) in [("boundary.json", data + "\n"), ("boundary.html", page)] {
        let path = folder.join(name);
        write_whole(&path, &text)
            .map_err(|why| format!("cannot write {}: {why}", path.display()))?;
    }
    Ok(())
}

/// The result as a person reads it in a terminal.
fn in_words(summary: &Summary, analysis: &Analysis, wall_s: f64, folder: &Path) -> String {
    let mut lines = Vec::new();
    let judgement = &analysis.judgement;
    lines.push(format!("{}: {}", summary.scenario, judgement.verdict.name().to_uppercase()));
    for reason in &judgement.reasons {
        lines.push(format!("  ! {reason}"));
    }
    for it in &judgement.expectations {
        let mark = if it.verdict == Verdict::Passed { "ok" } else { it.verdict.name() };
        lines.push(format!("  {mark:<12} {}: {} (measured {})", it.name, it.target, it.measured));
    }
    let faults = &summary.faults;
    lines.push(format!(
        "faults       {} injected, {} detected, {} isolated correctly, {} restored, {} cleared; {} false alarms",
        faults.injected,
        faults.detected,
        faults.isolated_correctly,
        faults.restored,
        faults.cleared,
        faults.false_alarms
    ));
    let sales = &summary.transactions;
    lines.push(format!(
        "sales        {} attempted: {} approved, {} declined, {} abandoned, {} failed, {} stored; {} reversed, {} unreversed, {} charged twice",
        sales.attempted,
        sales.approved,
        sales.declined,
        sales.abandoned,
        sales.failed,
        sales.stored,
        sales.reversed,
        sales.unreversed,
        sales.duplicates
    ));
    lines.push(format!(
        "run          {} terminals, {} events in {wall_s:.2} s, seed {}, fingerprint {}",
        summary.terminals, summary.events, summary.seed, summary.fingerprint
    ));
    lines.push(format!("report       {}", folder.join("report.html").display()));
    lines.join("\n")
}

/// A scenario's name as the name of a folder.
pub(crate) fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '-' };
    let name: String = name.chars().map(plain).take(60).collect();
    if name.is_empty() { "run".to_owned() } else { name }
}

/// Makes the folder that will hold the run folder, so that the run does not end in a refusal.
pub(crate) fn make_parent(folder: &Path) -> Result<(), String> {
    let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(parent)
        .map_err(|why| format!("cannot make {}: {why}", parent.display()))
}

/// The first Ctrl-C stops the run after the window under way.
pub(crate) fn stop_on_ctrl_c(pulse: &Arc<Pulse>) {
    let pulse = Arc::clone(pulse);
    // Without a handler Ctrl-C ends the program at once; nothing has been written by then either.
    let _ = ctrlc::set_handler(move || pulse.stop());
}

/// Writes a file whole or not at all: beside, then renamed.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let why = format!("there is no folder {}", folder.display());
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, why));
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // As readable to others as any file that the user makes.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}

/// Progress on stderr, from a thread of its own.
struct Progress {
    done: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Progress {
    fn show(pulse: &Arc<Pulse>, whole: Span, quiet: bool) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        if quiet {
            return Self { done, thread: None };
        }
        let (pulse, until) = (Arc::clone(pulse), Arc::clone(&done));
        let thread = std::thread::spawn(move || watch(&pulse, whole, &until));
        Self { done, thread: Some(thread) }
    }

    fn end(mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It cannot fail in a way that matters: it only draws.
            let _ = thread.join();
        }
    }
}

fn watch(pulse: &Pulse, whole: Span, done: &AtomicBool) {
    let bar = ProgressBar::with_draw_target(Some(1_000), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  ETA {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let tty = std::io::stderr().is_terminal();
    let began = Instant::now();
    let mut told = began;
    while !done.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(200));
        let share = pulse.now().0 as f64 / whole.0.max(1) as f64;
        let rate = pulse.events() as f64 / began.elapsed().as_secs_f64().max(1e-3) / 1e6;
        let message = format!("{} simulated, {rate:.1} M events/s", Span(pulse.now().0));
        if tty {
            bar.set_position((share * 1_000.0) as u64);
            bar.set_message(message);
        } else if told.elapsed() >= Duration::from_secs(5) {
            told = Instant::now();
            eprintln!("{:.0} %: {message}", share * 100.0);
        }
    }
    bar.finish_and_clear();
}
