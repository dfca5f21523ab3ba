//! What can be said across runs: the FMEA worksheet and the coverage, as a user gets them.

use std::fs;
use std::path::Path;

use models::{Fault, Part, ratings};
use serde_json::Value;

use crate::command_line::{code, posrig, refused, room, small, text};

/// How many fault modes its terminals and hubs have: there is no fingerprint reader, and no phone in between.
fn modes() -> usize {
    let absent = [Part::FingerprintReader, Part::PhoneLink];
    Fault::all().filter(|it| !absent.contains(&it.part())).count()
}

/// Runs the small scenario with a seed, into a folder of that name.
fn run(folder: &Path, seed: &str) {
    let output = posrig(folder, &["run", "small.ron", "-q", "--seed", seed, "--out", seed]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}

#[test]
fn a_worksheet_is_made_from_runs_as_table_spreadsheet_json_and_page() {
    let room = room();
    small(room.path(), "0.5");
    run(room.path(), "1");
    run(room.path(), "2");
    let files = ["--csv", "sheet.csv", "--html", "sheet.html"];
    let output = posrig(room.path(), &[&["fmea", "1", "2"][..], &files[..]].concat());
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(table.contains("2 runs") && table.contains("printer.jam"), "{table}");
    assert!(!table.contains("keypad.stuck-key"), "what did not occur is left out:\n{table}");
    let long = posrig(room.path(), &["fmea", "1", "2", "--long", "--all"]);
    let long = text(&long.stdout);
    assert!(long.contains("keypad.stuck-key") && long.contains("a key is held down"), "{long}");

    let spreadsheet = fs::read_to_string(room.path().join("sheet.csv")).expect("written");
    assert_eq!(spreadsheet.lines().count(), 1 + modes());
    let page = fs::read_to_string(room.path().join("sheet.html")).expect("written");
    assert!(page.contains("卡纸") && page.contains("id=\"scales\""));

    let json = posrig(room.path(), &["fmea", "1", "2", "--json"]);
    let sheet: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(sheet["schema"], "posrig.fmea/2");
    let rows = sheet["rows"].as_array().expect("rows");
    let of = |item: &str, mode: &str| {
        let is = |row: &&Value| row["item"] == item && row["mode"] == mode;
        rows.iter().find(is).unwrap_or_else(|| panic!("{item}.{mode}"))
    };
    // Eight in each run, at a time that the scenario says: that tells nothing of how often it occurs.
    let jam = &of("printer", "jam")["measured"];
    assert_eq!((&jam["occurred"], &jam["scheduled"]), (&16.into(), &16.into()));
    assert!(jam["rate"].is_null() && jam["occurrence"].is_null(), "{jam}");
    assert_eq!(jam["detected"]["of"], 16);
    let share = jam["detected"]["count"].as_f64().expect("a number") / 16.0;
    assert!((jam["detected"]["value"].as_f64().expect("a number") - share).abs() < 1e-6);
    for row in rows {
        let rating = |name: &str| row["declared"][name].as_u64().expect("a rating");
        let product = rating("severity") * rating("occurrence") * rating("detection");
        assert_eq!(rating("rpn"), product, "{row}");
    }
}

#[test]
fn what_is_no_run_and_what_is_counted_twice_is_refused() {
    let room = room();
    let folder = room.path();
    small(folder, "0.5");
    run(folder, "1");
    for command in ["fmea", "coverage"] {
        refused(folder, &[command, "1", "1"], "same run");
        run(folder, "2");
        fs::rename(folder.join("2"), folder.join("copy")).expect("moved");
        run(folder, "2");
        refused(folder, &[command, "1", "2", "copy"], "2 and copy are the same run");
        refused(folder, &[command, "nowhere"], "nowhere is not a run folder");
        refused(folder, &[command, "."], "is not a run folder");
        refused(folder, &[command, "small.ron"], "is not a run folder");
        fs::remove_dir_all(folder.join("copy")).expect("removed");
    }
    refused(folder, &["fmea"], "Usage");
    refused(folder, &["fmea", "1", "--csv", "no/such/sheet.csv"], "there is no folder no/such");
    refused(folder, &["fmea", "1", "--html", "."], "cannot write .");
    assert!(!folder.join("sheet.csv").exists());
}

#[test]
fn a_run_folder_that_is_damaged_or_of_another_version_is_refused_with_its_place() {
    let room = room();
    let folder = room.path();
    small(folder, "0.5");
    let with = |file: &str, from: &str, to: &str, says: &str| {
        run(folder, "1");
        let path = folder.join("1").join(file);
        let whole = fs::read_to_string(&path).expect("a file of the run");
        assert!(whole.contains(from), "{file} holds no {from}");
        fs::write(&path, whole.replacen(from, to, 1)).expect("written");
        refused(folder, &["fmea", "1"], says);
        // A folder whose manifest is damaged is not taken for a run that may be replaced.
        fs::remove_dir_all(folder.join("1")).expect("removed");
    };
    with("manifest.json", "posrig.run/", "posrig.run/9", "its layout is \"posrig.run/9");
    with("summary.json", "posrig.summary/", "posrig.summary/9", "make the run again");
    with("manifest.json", "{", "", "manifest.json:");
    with("faults.csv", "printer.jam", "printer.jamm", "faults.csv:2: this version knows no fault");
    with("faults.csv", "scheduled", "destined", "faults.csv:2:");
    with("alarms.csv", ",true,0,", ",true,999,", "faults.csv has no record 999");
    run(folder, "1");
    fs::remove_file(folder.join("1/alarms.csv")).expect("removed");
    refused(folder, &["fmea", "1"], "the run folder is not whole");
}

#[test]
fn coverage_of_a_run_says_what_no_fault_has_gone_through() {
    let room = room();
    small(room.path(), "0.5");
    run(room.path(), "1");
    let output = posrig(room.path(), &["coverage", "1"]);
    assert_eq!(code(&output), 1, "one run does not cover everything");
    let table = text(&output.stdout);
    assert!(
        table.lines().any(|line| line.starts_with("keypad.stuck-key") && line.contains("LACKS"))
    );
    let json = posrig(room.path(), &["coverage", "1", "--json"]);
    let found: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(found["complete"], false);
    let rows = found["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), modes());
    let jam = rows.iter().find(|row| row["fault"] == "printer.jam").expect("a row");
    assert_eq!(jam["activated"], 8);
}

/// The page about the worksheet shows the scales of the program.
#[test]
fn the_scales_of_the_docs_are_those_of_the_program() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fmea.md");
    let page = fs::read_to_string(page).expect("the page");
    let line = |rating: usize| {
        let head = format!("| {rating} | ");
        page.lines()
            .find(|it| it.starts_with(&head))
            .unwrap_or_else(|| panic!("no rating {rating}"))
    };
    for rating in 1..=10 {
        let occurrence = match rating {
            1 => format!("below {}", ratings::OCCURRENCES[0]),
            _ => format!("from {}", ratings::OCCURRENCES[rating - 2]),
        };
        let detection = match rating {
            10 => format!("below {} %", ratings::DETECTIONS[8] * 100.0),
            _ => format!("from {} %", ratings::DETECTIONS[rating - 1] * 100.0),
        };
        let says = format!(
            "| {rating} | {} | {occurrence} | {detection} |",
            ratings::SEVERITIES[rating - 1]
        );
        assert_eq!(line(rating), says);
    }
}
