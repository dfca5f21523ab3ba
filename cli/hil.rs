//! `posrig hil`, `posrig replay`, `posrig doctor`: real things in the place of simulated parts.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use hil::attachments::{KINDS, Place, Reach, Wanted};
use hil::{Adapter, Ended, Injector, Session, Status};
use programs::Port;
use programs::recording::{Attached, Header, Recorder, Recording, SCHEMA};
use reports::boundary::{Attachment, Boundary, Deadlines, UnderFaults};
use scenarios::{FactFold, Options, Run, Source};
use sim::Pulse;

use crate::arguments::{Doctor, Hil, Replay};
use crate::check;
use crate::end::{End, print, refuse};
use crate::run::{self, Ending, Reader};

/// Runs a scenario in real time.
pub(crate) fn hil(arguments: &Hil) -> End {
    let Some(loaded) = check::load(&arguments.file, arguments.quiet) else { return End::Refused };
    let path = arguments.file.display().to_string();
    let source = Source { scenario: &loaded.scenario, path: &path, text: &loaded.source };
    match attached(arguments, source) {
        Ok(end) => end,
        Err(why) => refuse(&why),
    }
}

fn attached(arguments: &Hil, source: Source<'_>) -> Result<End, String> {
    let given = source.scenario.attach.iter().chain(&arguments.attach);
    let wanted: Vec<Wanted> = given.map(|it| Wanted::parse(it)).collect::<Result<_, _>>()?;
    // Who is who is known when the world is raised, and the world has to know who is attached.
    let mut options = Options { seed: arguments.seed, ..Options::default() };
    let roster = Run::begin(source, &options, 1).map_err(|why| why.to_string())?.roster;
    let ports = wanted.iter().map(|it| it.ports(&roster)).collect::<Result<Vec<_>, _>>()?;
    let mut all: Vec<Port> = ports.concat();
    all.sort_unstable();
    if let Some(twice) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        let part = twice[0].part().map_or("?", models::Part::name);
        return Err(format!("{}'s {part} is attached twice", roster.name(twice[0].actor)));
    }
    options.attached = all.iter().filter_map(|it| Some((it.actor, it.part()?))).collect();
    let seed = arguments.seed.unwrap_or(source.scenario.seed);
    let folder = arguments.out.clone().unwrap_or_else(|| {
        PathBuf::from("runs").join(format!("{}-{seed}-hil", run::file_name(&source.scenario.name)))
    });
    run::make_parent(&folder)?;
    let world = Run::begin(source, &options, 1).map_err(|why| why.to_string())?;
    let mut reader = Reader::begin(&folder, world.outset()).map_err(|why| why.to_string())?;
    let mut under_faults = UnderFaults::new(all.iter().map(|it| it.actor));
    let (injector, arrivals) = Injector::new();
    let mut adapters: Vec<Box<dyn Adapter>> = Vec::new();
    for (wanted, ports) in wanted.iter().zip(&ports) {
        let place = Place { ports, roster: &roster, scenario: &source.scenario.name };
        match wanted.open(&place, injector.clone()) {
            Ok(adapter) => adapters.push(adapter),
            Err(why) => {
                // What is attached already is left as safe as it was found.
                adapters.iter_mut().for_each(|it| it.close());
                return Err(why);
            }
        }
    }
    let recorder = arguments.record.as_deref().map(|path| {
        let of = |(wanted, ports): (&Wanted, &Vec<Port>)| Attached::new(wanted.kind().name, ports);
        let header = Header {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            path: source.path.to_owned(),
            scenario: source.text.to_owned(),
            seed,
            attached: wanted.iter().zip(&ports).map(of).collect(),
        };
        Recorder::begin(path, &header)
    });
    let recorder = match recorder.transpose() {
        Ok(recorder) => recorder,
        Err(why) => {
            adapters.iter_mut().for_each(|it| it.close());
            return Err(why);
        }
    };
    let pulse = Arc::new(Pulse::default());
    run::stop_on_ctrl_c(&pulse);
    let pace = (arguments.speed, arguments.deadline);
    let session = Session::new(world, adapters, arrivals, pace, recorder);
    drop(injector);
    let mut live = Live::new(arguments.quiet);
    let began = Instant::now();
    let mut fold = (&mut reader, &mut under_faults);
    let ended = session.play(&pulse, &mut |status| live.tell(status), &mut fold);
    live.end();
    let ended = ended.map_err(|why| why.to_string())?;
    let boundary = boundary(&ended, &wanted, &ports, arguments.speed);
    let wall_s = began.elapsed().as_secs_f64();
    Ok(finish(arguments, &ended, reader, (&boundary, &under_faults), wall_s))
}

fn finish(
    arguments: &Hil,
    ended: &Ended,
    reader: Reader,
    (boundary, under_faults): (&Boundary, &UnderFaults),
    wall_s: f64,
) -> End {
    if let Some(why) = &ended.unrecorded {
        return refuse(why);
    }
    let ending = Ending { json: arguments.json, quiet: arguments.quiet };
    let real = Some((boundary, under_faults));
    let end = run::finish(ending, &ended.outcome, reader, wall_s, real);
    if !arguments.quiet && !arguments.json {
        let Deadlines { count, p50_us, p99_us, p999_us, max_us, missed, deadline_us } =
            boundary.deadlines;
        print(&format!(
            "boundary     {} in, {} out; lateness of {count}: p50 {p50_us:.0} µs, p99 {p99_us:.0} µs, p99.9 {p999_us:.0} µs, max {max_us:.0} µs; {missed} later than {deadline_us:.0} µs",
            boundary.came_in, boundary.went_out
        ));
        if let Some(host) = ended.outcome.audit.real_host {
            print(&format!(
                "real host    {} asked: {} right, {} late, {} wrong, {} more often than asked, {} to what nobody asked, {} never answered; {} reversals, {} never acknowledged",
                host.asked,
                host.right,
                host.late,
                host.wrong,
                host.duplicate,
                host.unknown,
                host.missing,
                host.reversals,
                host.unacknowledged
            ));
        }
        for it in &boundary.attachments {
            for (what, times) in &it.troubles {
                print(&format!("  ! {}: {what} ({times} times)", it.kind));
            }
        }
    }
    if ended.interrupted { End::Interrupted } else { end }
}

/// What the report says of the boundary.
fn boundary(ended: &Ended, wanted: &[Wanted], ports: &[Vec<Port>], speed: f64) -> Boundary {
    let late = &ended.lateness;
    let attachments = wanted.iter().zip(ports).map(|(wanted, ports)| Attachment {
        kind: wanted.kind().name.to_owned(),
        what: wanted.kind().what.to_owned(),
        part: wanted.kind().part.name().to_owned(),
        actors: ports.iter().map(|it| it.actor).collect(),
        troubles: {
            let own = ended.troubles.iter().filter(|it| it.0 == wanted.kind().name);
            own.map(|(_, what, times)| (what.clone(), *times)).collect()
        },
    });
    Boundary {
        speed,
        attachments: attachments.collect(),
        came_in: ended.crossed[0],
        went_out: ended.crossed[1],
        deadlines: Deadlines {
            count: late.count,
            p50_us: late.p50_us,
            p99_us: late.p99_us,
            p999_us: late.p999_us,
            max_us: late.max_us,
            missed: late.missed,
            deadline_us: late.deadline_us,
        },
    }
}

/// The live status, on stderr.
struct Live {
    quiet: bool,
    tty: bool,
    lines: usize,
    crossed: u64,
    told: Instant,
}

impl Live {
    fn new(quiet: bool) -> Self {
        let tty = std::io::stderr().is_terminal();
        Self { quiet, tty, lines: 0, crossed: 0, told: Instant::now() }
    }

    fn tell(&mut self, status: &Status) {
        let since = self.told.elapsed().as_secs_f64();
        if self.quiet || (!self.tty && since < 5.0 && status.now < status.end) {
            return;
        }
        let crossed = status.crossed[0] + status.crossed[1];
        let rate = (crossed - self.crossed) as f64 / since.max(1e-3);
        (self.crossed, self.told) = (crossed, Instant::now());
        let late = &status.lateness;
        let mut lines = vec![format!(
            "{} of {}  {} in, {} out, {rate:.0}/s  lateness p99 {:.0} µs, {} missed",
            status.now, status.end, status.crossed[0], status.crossed[1], late.p99_us, late.missed
        )];
        lines.extend(status.adapters.iter().map(|(name, how)| format!("  {name}: {how}")));
        lines.push(format!(
            "  faults active: {}; last alarms: {}",
            or_none(&status.active.join(", ")),
            or_none(&status.alarms.join(", "))
        ));
        let mut err = std::io::stderr().lock();
        if self.tty && self.lines > 0 {
            // Back to where the last status began, and away with it.
            let _ = write!(err, "\x1b[{}F\x1b[J", self.lines);
        }
        self.lines = lines.len();
        let _ = writeln!(err, "{}", lines.join("\n"));
    }

    fn end(&self) {
        let _ = std::io::stderr().flush();
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Runs a recorded session again in virtual time, with the recording in the place of the real things.
pub(crate) fn replay(arguments: &Replay) -> End {
    let recording = match Recording::read(&arguments.recording) {
        Ok(recording) => recording,
        Err(why) => return refuse(&why.to_string()),
    };
    let loaded = match &arguments.scenario {
        Some(file) => check::load(file, arguments.quiet),
        None => match scenarios::load_text(&recording.header.path, &recording.header.scenario) {
            Ok(loaded) => Some(loaded),
            Err(mistakes) => {
                check::show(&mistakes);
                None
            }
        },
    };
    let Some(loaded) = loaded else { return End::Refused };
    let path = arguments.scenario.as_ref().map(|it| it.display().to_string());
    let path = path.unwrap_or_else(|| recording.header.path.clone());
    let source = Source { scenario: &loaded.scenario, path: &path, text: &loaded.source };
    let pulse = Arc::new(Pulse::default());
    run::stop_on_ctrl_c(&pulse);
    let run = match programs::replay::begin(source, &recording) {
        Ok(run) => run,
        Err(why) => return refuse(&why.to_string()),
    };
    let reader = arguments.out.as_ref().map(|folder| Reader::begin(folder, run.outset()));
    let mut reader = match reader.transpose() {
        Ok(reader) => reader,
        Err(why) => return refuse(&why.to_string()),
    };
    let nobody: &mut dyn FactFold = &mut ();
    let fold = reader.as_mut().map_or(nobody, |it| it);
    let replayed = match programs::replay(run, &recording, &pulse, fold) {
        Ok(replayed) => replayed,
        Err(why) => return refuse(&why.to_string()),
    };
    if let Some(reader) = reader {
        let ending = Ending { json: false, quiet: true };
        if run::finish(ending, &replayed.outcome, reader, 0.0, None) == End::Refused {
            return End::Refused;
        }
    }
    let fingerprint = replayed.outcome.fingerprint.to_string();
    let verdict = match (replayed.departures.is_empty(), replayed.same) {
        (true, Some(true)) => "the same run, to the bit",
        (true, Some(false)) => "the devices were asked the same, the rest of the run differs",
        (true, None) => "the session was killed; it is the same as far as it was recorded",
        (false, _) => "it departs from what the devices saw",
    };
    let departures: Vec<String> = replayed.departures.iter().map(ToString::to_string).collect();
    if arguments.json {
        print(
            &serde_json::json!({
                "schema": "posrig.replay/1",
                "fingerprint": fingerprint,
                "recorded": recording.end.as_ref().map(|it| &it.fingerprint),
                "same": replayed.same,
                "crossings": recording.crossings.len(),
                "departures": departures,
            })
            .to_string(),
        );
    } else if !arguments.quiet {
        let recorded = recording.end.as_ref().map_or("none", |it| it.fingerprint.as_str());
        print(&format!(
            "{}: {} crossings, fingerprint {fingerprint} (recorded {recorded})\n{verdict}",
            arguments.recording.display(),
            recording.crossings.len()
        ));
        departures.iter().for_each(|it| print(it));
    }
    if departures.is_empty() && replayed.same != Some(false) { End::Passed } else { End::Failed }
}

/// Says what can be attached, and what answers where it is said to be.
pub(crate) fn doctor(arguments: &Doctor) -> End {
    let mut attach = arguments.attach.clone();
    if let Some(file) = &arguments.file {
        let Some(loaded) = check::load(file, false) else { return End::Refused };
        attach.splice(0..0, loaded.scenario.attach.iter().cloned());
    }
    let wanted = attach.iter().map(|it| Wanted::parse(it)).collect::<Result<Vec<_>, _>>();
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(why) => return refuse(&why),
    };
    if wanted.is_empty() {
        print(
            "What can be attached, and how (`posrig doctor --attach …` asks whether it answers):",
        );
        for kind in KINDS {
            let whose = match kind.reach {
                Reach::One => "[:TERMINAL]",
                Reach::Many => "[:GROUP or TERMINAL]",
                Reach::Hub(_) => "",
            };
            print(&format!("  {}{whose}={}\n      {}", kind.name, kind.syntax, kind.what));
        }
        return End::Passed;
    }
    let mut all = End::Passed;
    for wanted in &wanted {
        match wanted.probe() {
            Ok(who) => print(&format!("ok    {wanted}: {who}")),
            Err(why) => {
                print(&format!("FAIL  {wanted}: {why}"));
                all = End::Failed;
            }
        }
    }
    all
}
