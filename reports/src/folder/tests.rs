use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use models::wire::Pan;

use super::*;
use crate::handmade_run::{HandmadeRun, PLUG};
use crate::page::page;
use crate::verdict::Verdict;

fn small() -> HandmadeRun {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    handmade.at(160).alarm(0, 0, PLUG);
    handmade
}

fn write(handmade: &HandmadeRun, target: &Path) -> Result<Written, FolderError> {
    let mut folder = RunFolder::begin(target, handmade.outcome.outset())?;
    folder.take(&handmade.facts);
    folder.finish(&handmade.outcome, &handmade.analyse(), None)
}

/// Everything in a folder, by name.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_run_leaves_everything_behind_and_nothing_beside() {
    let room = tempfile::tempdir().unwrap();
    let target = room.path().join("run");
    write(&small(), &target).unwrap();
    let files = contents(&target);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "alarms.csv",
            "analysis.json",
            "faults.csv",
            "manifest.json",
            "report.html",
            "summary.json",
            "transactions.csv"
        ]
    );
    assert_eq!(contents(room.path()).len(), 1, "no temporary folder is left");
    let manifest: Manifest = serde_json::from_slice(&files[3].1).unwrap();
    assert_eq!(manifest.replay, "posrig run 'scenarios/by hand.ron' --seed 7");
    let head = String::from_utf8(files[6].1.clone()).unwrap();
    assert_eq!(
        head.trim_end(),
        "terminal,customer,began_s,ended_s,amount_minor,outcome,response_code,technical,method,stan,rrn,tries",
        "a table without rows has its head"
    );
}

#[test]
fn the_same_run_leaves_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    let (first, second) = (room.path().join("first"), room.path().join("second"));
    write(&small(), &first).unwrap();
    write(&small(), &second).unwrap();
    assert_eq!(contents(&first), contents(&second));
}

#[test]
fn the_page_can_be_made_anew_from_the_folder() {
    let room = tempfile::tempdir().unwrap();
    let target = room.path().join("run");
    let handmade = small();
    write(&handmade, &target).unwrap();
    assert_eq!(page_from_folder(&target).unwrap(), page(&handmade.outcome, &handmade.analyse()));
    let error = page_from_folder(room.path()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read ") && error.contains("analysis.json"), "{error}");
}

#[test]
fn a_run_is_replaced_and_nothing_else_is() {
    let room = tempfile::tempdir().unwrap();
    let target = room.path().join("run");
    fs::create_dir(&target).unwrap();
    write(&small(), &target).unwrap();
    fs::write(target.join("note.txt"), "left by somebody").unwrap();
    write(&small(), &target).unwrap();
    assert!(!target.join("note.txt").exists(), "a run is replaced as a whole");

    for other in ["file", "folder"] {
        let other = room.path().join(other);
        if other.ends_with("file") {
            fs::write(&other, "precious").unwrap();
        } else {
            fs::create_dir(&other).unwrap();
            fs::write(other.join("manifest.json"), r#"{"schema":"somebody.else/1"}"#).unwrap();
        }
        let error = write(&small(), &other).unwrap_err();
        assert!(matches!(error, FolderError::NotARun(_)), "{error}");
    }
    assert_eq!(fs::read(room.path().join("file")).unwrap(), b"precious");
    assert_eq!(contents(room.path()).len(), 3, "nothing half-written is left");
}

#[test]
fn a_place_that_cannot_be_written_is_one_clear_error() {
    let room = tempfile::tempdir().unwrap();
    let error = write(&small(), &room.path().join("no/such/run")).unwrap_err();
    assert!(matches!(error, FolderError::NoParent(_)), "{error}");
    fs::write(room.path().join("file"), "").unwrap();
    let error = write(&small(), &room.path().join("file/run")).unwrap_err();
    assert!(matches!(error, FolderError::NoParent(_)), "{error}");
    // Nobody, root included, makes a folder here.
    if Path::new("/proc/self").is_dir() {
        let error = write(&small(), Path::new("/proc/posrig-run")).unwrap_err();
        assert!(error.to_string().starts_with("cannot make a folder in /proc: "), "{error}");
    }
    assert_eq!(contents(room.path()).len(), 1);
}

#[test]
fn a_card_number_in_any_file_fails_the_run() {
    let room = tempfile::tempdir().unwrap();
    let target = room.path().join("run");
    let mut handmade = small();
    handmade.at(200).sale(0, models::Outcome::Approved, models::wire::ResponseCode::APPROVED);
    let clean = write(&handmade, &target).unwrap();
    assert!(clean.judgement.invariants.iter().all(|it| it.holds));
    for leak in ["tables", "texts"] {
        let mut handmade = small();
        let number = Pan::of(1, 42).digits().to_string();
        if leak == "tables" {
            handmade.outcome.roster.groups[0].id = number;
        } else {
            handmade.outcome.scenario.intent = number;
        }
        let written = write(&handmade, &target).unwrap();
        assert_eq!(written.judgement.verdict, Verdict::Failed);
        assert!(written.judgement.reasons[0].starts_with("no-card-number: "), "{leak}");
        let summary = fs::read_to_string(target.join("summary.json")).unwrap();
        assert!(summary.contains("\"verdict\": \"failed\""), "the folder tells the same verdict");
    }
}

#[test]
fn a_card_number_is_found_wherever_it_is_in_a_file() {
    let number = Pan::of(1, 42).digits();
    let many = "clean line, 622588******0001\n".repeat(100_000);
    assert!(!holds_card_number(many.as_bytes()).unwrap());
    assert!(holds_card_number(format!("{many}x,{number}").as_bytes()).unwrap());
}

#[test]
fn a_full_disk_is_one_clear_error() {
    // Everything that is written to this device fails as on a full disk.
    let Ok(full) = File::create("/dev/full") else { return };
    let mut out = BufWriter::with_capacity(8, full);
    let error =
        out.write_all(b"more than eight bytes").map_err(io_error("write", Path::new("x.csv")));
    assert!(error.unwrap_err().to_string().starts_with("cannot write x.csv: No space left"));
}
