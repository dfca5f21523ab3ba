//! Runs of the program that was built.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::shell::{BUILD, Failure, cargo, posrig, root, run, run_with, target};

/// Every scenario that ships, as the commands want it.
fn shipped() -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(root().join("scenarios/showcase")).map_err(|why| why.to_string())?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut files: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|it| it == "ron"))
        .map(|name| format!("scenarios/showcase/{name}"))
        .collect();
    files.sort();
    files.insert(0, "scenarios/quickstart.ron".to_owned());
    Ok(files)
}

/// A folder for what is of no use later.
pub(crate) fn scratch(name: &str) -> Result<PathBuf, Failure> {
    let folder = target().join("xtask-runs").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|why| why.to_string())?;
    }
    fs::create_dir_all(&folder).map_err(|why| why.to_string())?;
    Ok(folder)
}

/// Checks and runs every shipped scenario; the first that does not pass ends it.
pub(crate) fn scenarios(_: &[String]) -> Result<(), Failure> {
    cargo(BUILD)?;
    let program = posrig("release");
    let files = shipped()?;
    let mut arguments = vec!["check"];
    arguments.extend(files.iter().map(String::as_str));
    run(&program, &arguments)?;
    let folder = scratch("scenarios")?;
    // Two at a time: a run has one thread, and a machine two cores.
    let next = AtomicUsize::new(0);
    let worker = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let stem = Path::new(file).file_stem().unwrap_or_default();
            let out = folder.join(stem).display().to_string();
            run(&program, &["run", file, "--out", &out])?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let own = worker();
        own.and(other.join().unwrap_or_else(|_| Err("a run was broken off".to_owned())))
    })
}

/// Threads and actors of a cell. The first is what the others are compared with.
const SHAPES: &[(&str, &str)] = &[("1", "64"), ("1", "1"), ("1", "4096"), ("2", "64"), ("4", "64")];

/// Fingerprint of quickstart by a program, on so many threads and with cells of so many actors.
fn fingerprint(program: &str, threads: &str, cell: &str) -> Result<String, Failure> {
    let out = scratch("matrix")?.join("run");
    let shown = out.display().to_string();
    let shape = ["--threads", threads, "--cell", cell, "--out", &shown, "-q"];
    run(program, &[&["run", "scenarios/quickstart.ron"], shape.as_slice()].concat())?;
    let text = fs::read_to_string(out.join("manifest.json")).map_err(|why| why.to_string())?;
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|why| why.to_string())?;
    let found = manifest["fingerprint"].as_str().ok_or("a manifest without fingerprint")?;
    Ok(found.to_owned())
}

/// The crates of the product.
const PRODUCT: &[&str] =
    &["sim", "faults", "models", "scenarios", "reports", "validation", "programs", "hil", "posrig"];

/// Builds the product of this tree, or of a copy, as a debug build does, with its assertions and checks of overflow, on the
/// dependencies of the release build, which are there already; leaves it in a place of its own.
pub(crate) fn checked_build(copy: Option<&str>) -> Result<String, Failure> {
    let settings = PRODUCT.iter().flat_map(|room| {
        ["opt-level=1", "debug-assertions=true", "overflow-checks=true"]
            .map(|setting| format!("profile.release.package.{room}.{setting}"))
    });
    let settings: Vec<String> = settings.collect();
    let settings = settings.iter().flat_map(|setting| ["--config", setting.as_str()]);
    let of = copy.iter().flat_map(|manifest| ["--manifest-path", manifest]);
    let arguments: Vec<&str> = BUILD.iter().copied().chain(settings).chain(of).collect();
    let there = target().display().to_string();
    run_with(&[("CARGO_TARGET_DIR", &there)], "cargo", &arguments)?;
    let place = scratch("checked")?.join("posrig");
    fs::copy(posrig("release"), &place).map_err(|why| why.to_string())?;
    Ok(place.display().to_string())
}

/// One fingerprint, whatever the threads, the size of cells, the process and the build.
pub(crate) fn matrix(_: &[String]) -> Result<(), Failure> {
    let checked = checked_build(None)?;
    cargo(BUILD)?;
    one_fingerprint(&[("release", posrig("release")), ("with assertions", checked)])
}

/// Quickstart comes out the same from each of these programs, in every shape.
pub(crate) fn one_fingerprint(programs: &[(&str, String)]) -> Result<(), Failure> {
    let mut wanted = None;
    for (build, program) in programs {
        for (threads, cell) in SHAPES {
            let found = fingerprint(program, threads, cell)?;
            println!("{build}, {threads} threads, cells of {cell}: {found}");
            let wanted = wanted.get_or_insert_with(|| found.clone());
            if *wanted != found {
                return Err(format!("differs from {wanted}"));
            }
        }
    }
    Ok(())
}

/// Compares two builds: `mix OLD NEW`, and whatever else `benches/mix.sh` takes.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Failure> {
    match arguments.split_first() {
        Some((name, rest)) if name == "mix" && rest.len() >= 2 => {
            let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
            run("benches/mix.sh", &rest)
        }
        _ => Err("bench mix OLD NEW [OLD_SCENARIO [PAIRS]]".to_owned()),
    }
}

/// What is longer than CI allows. Whoever cuts a test down for CI adds its full size here.
pub(crate) fn nightly(_: &[String]) -> Result<(), Failure> {
    cargo(&["build", "--profile", "dist"])?;
    let program = posrig("dist");
    run(&program, &["validate"])?;
    let folder = scratch("nightly")?;
    for name in ["three-years", "hundred-thousand"] {
        let (file, out) = (format!("benches/{name}.ron"), folder.join(name).display().to_string());
        run(&program, &["run", &file, "--threads", "2", "--out", &out])?;
    }
    let long = [("POSRIG_FUZZ_SECONDS", "600")];
    run_with(&long, "cargo", &["test", "--release", "-p", "hil", "endurance"])
}
