//! What a user sees: exit codes, messages, files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

pub(crate) fn posrig(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_posrig"));
    command.current_dir(folder).args(arguments).env("NO_COLOR", "1").output().expect("it starts")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal ended it")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn room() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

const SMALL: &str = r#"Scenario(
    schema: 2, name: "small", intent: "is a jam repaired?", duration: "1d", drain: "1h",
    fleet: [(id: "shops", count: 30)],
    faults: [(id: "jam", mode: Printer(Jam), sample: Count(8), when: At("9h"), stagger: "4h")],
    expectations: [Holds(LedgersAgree), Measure(measure: DetectedShare, at_least: EXPECTED)],
)"#;

pub(crate) fn small(folder: &Path, expected: &str) -> PathBuf {
    let path = folder.join("small.ron");
    fs::write(&path, SMALL.replace("EXPECTED", expected)).expect("written");
    path
}

#[test]
fn a_run_leaves_a_whole_folder_and_says_where() {
    let room = room();
    small(room.path(), "0.5");
    let output = posrig(room.path(), &["run", "small.ron", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("PASSED"), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("report.html"));
    for file in [
        "manifest.json",
        "summary.json",
        "faults.csv",
        "alarms.csv",
        "transactions.csv",
        "report.html",
    ] {
        assert!(room.path().join("out").join(file).is_file(), "{file} is missing");
    }
    let summary = fs::read_to_string(room.path().join("out/summary.json")).expect("a summary");
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["faults"]["injected"], 8);
    assert_eq!(summary["terminals"], 30);
    for path in ["mttd_s", "mttr_s", "availability"] {
        for figure in ["mean", "p50", "p95", "ci95", "n", "censored"] {
            assert!(summary["measures"][path].get(figure).is_some(), "{path}.{figure}");
        }
    }
    let again = posrig(room.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
}

#[test]
fn two_processes_with_other_threads_and_cells_write_the_same_files() {
    let room = room();
    small(room.path(), "0.5");
    let first = posrig(room.path(), &["run", "small.ron", "--out", "a", "-q"]);
    let second = posrig(
        room.path(),
        &["run", "small.ron", "--out", "b", "-q", "--threads", "3", "--cell", "4"],
    );
    assert_eq!((code(&first), code(&second)), (0, 0));
    assert!(first.stdout.is_empty());
    for file in ["manifest.json", "faults.csv", "alarms.csv", "transactions.csv"] {
        let read = |run: &str| fs::read(room.path().join(run).join(file)).expect("a file");
        assert_eq!(read("a"), read("b"), "{file}");
    }
    let summary = |run: &str| {
        let text =
            fs::read_to_string(room.path().join(run).join("summary.json")).expect("a summary");
        let mut summary: Value = serde_json::from_str(&text).expect("JSON");
        summary["wall_s"] = Value::Null;
        summary["events_per_s"] = Value::Null;
        summary
    };
    assert_eq!(summary("a"), summary("b"));
}

#[test]
fn an_expectation_that_is_not_met_is_exit_code_1() {
    let room = room();
    small(room.path(), "1.0");
    let path = room.path().join("small.ron");
    let strict = fs::read_to_string(&path).expect("text").replace("at_least: 1.0", "at_most: 0.01");
    fs::write(&path, strict).expect("written");
    let output = posrig(room.path(), &["run", "small.ron", "--out", "out", "--json"]);
    assert_eq!(code(&output), 1, "{}", text(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    assert_eq!(summary["verdict"], "failed");
}

#[test]
fn a_run_in_which_nothing_happens_is_inconclusive() {
    let room = room();
    let quiet = SMALL
        .replace("EXPECTED", "0.0")
        .replace("duration: \"1d\"", "duration: \"3h\"")
        .replace("fleet:", "workload: [(per_day: 0)], fleet:");
    let quiet = quiet.replace("when: At(\"9h\"), stagger: \"4h\"", "when: At(\"1h\")");
    fs::write(room.path().join("quiet.ron"), quiet).expect("written");
    let output = posrig(room.path(), &["run", "quiet.ron", "--out", "out"]);
    assert_eq!(code(&output), 3, "{}{}", text(&output.stdout), text(&output.stderr));
}

/// One clear message, exit code 2, and nothing left behind.
pub(crate) fn refused(folder: &Path, arguments: &[&str], says: &str) {
    let output = posrig(folder, arguments);
    let stderr = text(&output.stderr);
    assert_eq!(code(&output), 2, "{arguments:?}: {stderr}");
    assert!(stderr.contains(says), "{arguments:?} says: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(!folder.join("runs").join("small-1").exists());
}

#[test]
fn bad_input_is_refused_with_one_clear_message() {
    let room = room();
    let folder = room.path();
    refused(folder, &["run", "nothing.ron"], "nothing.ron");
    refused(folder, &["check", "."], "directory");
    fs::write(folder.join("junk.ron"), [0u8, 159, 146, 150, 255, 0]).expect("written");
    refused(folder, &["check", "junk.ron"], "junk.ron");
    let big = fs::File::create(folder.join("big.ron")).expect("made");
    big.set_len(100 << 20).expect("100 MiB of nothing");
    refused(folder, &["run", "big.ron"], "big.ron");
    fs::write(folder.join("deep.ron"), "(".repeat(10_000)).expect("written");
    refused(folder, &["check", "deep.ron"], "deep.ron:1:");
    fs::write(folder.join("empty.ron"), "").expect("written");
    refused(folder, &["check", "empty.ron"], "empty.ron");
    refused(folder, &["run"], "Usage");
    refused(folder, &["run", "small.ron", "--threads", "0"], "--threads");
    refused(folder, &["explain", "printer.jan"], "printer.jam");
    refused(folder, &["report", "."], "analysis.json");
    let wrong = |from: &str, to: &str, says: &str| {
        let name = "wrong.ron";
        let text = SMALL.replace("EXPECTED", "0.5").replace(from, to);
        fs::write(folder.join(name), text).expect("written");
        refused(folder, &["run", name], says);
    };
    wrong("count: 30", "count: 0", "count");
    wrong("\"1d\"", "\"-1d\"", "negative");
    wrong("\"1d\"", "\"1 fortnight\"", "wrong.ron:2:");
    wrong("at_least: 0.5", "at_least: NaN", "wrong.ron:5:");
    wrong("Printer(Jam)", "Printer(Jamm)", "Jam");
    wrong("Count(8)", "Count(8), target: Group(\"shop\")", "shops");
    wrong("drain: \"1h\"", "drain: \"2d\"", "drain");
}

#[test]
fn every_mistake_is_reported_at_once() {
    let room = room();
    let text = SMALL
        .replace("EXPECTED", "0.5")
        .replace("\"1d\"", "\"1 fortnight\"")
        .replace("count: 30", "cuont: 30")
        .replace("Printer(Jam)", "Printer(Jamm)");
    fs::write(room.path().join("wrong.ron"), text).expect("written");
    let output = posrig(room.path(), &["check", "wrong.ron"]);
    let stderr = self::text(&output.stderr);
    for says in ["wrong.ron:2:", "wrong.ron:3:", "wrong.ron:4:", "fortnight", "cuont", "Jamm"] {
        assert!(stderr.contains(says), "{says} is missing in: {stderr}");
    }
    let json = posrig(room.path(), &["check", "--json", "wrong.ron"]);
    let found: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert!(found.as_array().is_some_and(|all| all.len() >= 3));
}

#[test]
fn a_folder_that_is_not_a_run_is_not_replaced() {
    let room = room();
    small(room.path(), "0.5");
    fs::create_dir(room.path().join("precious")).expect("made");
    fs::write(room.path().join("precious/thesis.txt"), "years of work").expect("written");
    refused(room.path(), &["run", "small.ron", "--out", "precious"], "precious");
    assert!(room.path().join("precious/thesis.txt").is_file());
    fs::write(room.path().join("file"), "a file").expect("written");
    refused(room.path(), &["run", "small.ron", "--out", "file/run"], "file");
}

#[test]
fn new_makes_a_scenario_that_passes_and_lists_speak_chinese() {
    let room = room();
    let made = posrig(room.path(), &["new", "first"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let run = posrig(room.path(), &["run", "first.ron"]);
    assert_eq!(code(&run), 0, "{}{}", text(&run.stdout), text(&run.stderr));
    refused(room.path(), &["new", "first"], "already");
    refused(room.path(), &["new", "../escape"], "letters");
    let faults = posrig(room.path(), &["list", "faults"]);
    assert!(text(&faults.stdout).contains("printer.jam") && text(&faults.stdout).contains("卡纸"));
    let explained = posrig(room.path(), &["explain", "卡纸"]);
    assert!(text(&explained.stdout).contains("mode: Printer(Jam)"));
    let scenarios = posrig(Path::new(ROOT), &["list", "scenarios"]);
    assert!(text(&scenarios.stdout).contains("quickstart.ron"));
}

#[test]
fn no_full_card_number_is_in_any_file() {
    let room = room();
    small(room.path(), "0.5");
    assert_eq!(code(&posrig(room.path(), &["run", "small.ron", "--out", "out", "-q"])), 0);
    for entry in fs::read_dir(room.path().join("out")).expect("a run") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        assert!(!models::wire::Pan::appears_in(&text), "{}", path.display());
    }
}

/// A jam strikes before anybody suspects anything, and is seen to be gone after it was cleared; who does not exist has no timeline.
#[test]
fn a_timeline_tells_truth_and_belief_in_order() {
    let room = room();
    let file = small(room.path(), "0.5");
    let file = file.file_name().expect("a name").to_str().expect("text").to_owned();
    let ran = posrig(room.path(), &["run", &file, "--out", "run", "-q"]);
    assert_eq!(code(&ran), 0, "{}", text(&ran.stderr));
    let faults = fs::read_to_string(room.path().join("run/faults.csv")).expect("a table");
    let place = faults.lines().nth(1).expect("a fault").split(',').nth(1).expect("a place");
    let told = posrig(room.path(), &["timeline", "run", place, "--json"]);
    assert_eq!(code(&told), 0, "{}", text(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let events = told["events"].as_array().expect("a list");
    let at = |side: &str, part: &str| {
        let is = |it: &&Value| {
            it["side"] == side && it["text"].as_str().is_some_and(|text| text.contains(part))
        };
        let found = events.iter().find(is).unwrap_or_else(|| panic!("no {part}: {events:?}"));
        found["at_s"].as_f64().expect("a time")
    };
    let (strikes, alarm) = (at("truth", "printer.jam strikes"), at("belief", "printer-stopped"));
    let (cleared, well) = (at("truth", "printer.jam is cleared"), at("belief", "seen to be well"));
    assert!(strikes < alarm && alarm < cleared && cleared < well, "{events:?}");
    assert!(events.is_sorted_by_key(|it| it["at_s"].as_f64().map(f64::to_bits)), "in order");
    let nobody = posrig(room.path(), &["timeline", "run", "shops-99"]);
    assert_eq!(code(&nobody), 2);
    assert!(text(&nobody.stderr).contains("\"shops-99\" is nobody of that run; shops-0 is"));
    let nothing = posrig(room.path(), &["timeline", "no-folder", "shops-0"]);
    assert_eq!(code(&nothing), 2);
    assert!(text(&nothing.stderr).contains("is not a run folder"));
}
