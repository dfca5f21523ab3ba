//! `posrig list` and `posrig new`.

use std::path::{Path, PathBuf};

use models::{Fault, Part};
use reports::explain;
use serde_json::{Value, json};

use crate::arguments::{List, Listed, New};
use crate::end::{End, print, refuse};
use crate::run;

/// Lists what there is.
pub(crate) fn list(arguments: &List) -> End {
    let (lines, data) = match arguments.what {
        Listed::Faults => faults(),
        Listed::Models => models(),
        Listed::Scenarios => match scenarios() {
            Ok(found) => found,
            Err(why) => return refuse(&why),
        },
    };
    if arguments.json {
        print(&data.to_string())
    } else {
        print(&lines.join("\n"))
    }
    End::Passed
}

fn faults() -> (Vec<String>, Value) {
    let line = |fault: Fault| {
        let mode = fault.mode();
        format!(
            "{:<32} {:<12} {} {}",
            fault.to_string(),
            mode.family.name(),
            mode.zh,
            mode.effects.next
        )
    };
    let data = Fault::all().map(explain::fault_data).collect();
    (Fault::all().map(line).collect(), Value::Array(data))
}

fn models() -> (Vec<String>, Value) {
    let line = |part: &Part| {
        format!("{:<14} {:<9} {} {}", part.name(), part.group(), part.zh(), part.about())
    };
    let data = Part::ALL.iter().map(|part| explain::model_data(*part)).collect();
    (Part::ALL.iter().map(line).collect(), Value::Array(data))
}

fn scenarios() -> Result<(Vec<String>, Value), String> {
    let folder = Path::new("scenarios");
    let mut files = Vec::new();
    collect(folder, &mut files)
        .map_err(|why| format!("cannot read {}: {why}", folder.display()))?;
    files.sort();
    let (mut lines, mut data) = (Vec::new(), Vec::new());
    for file in files {
        let path = file.display().to_string();
        let (name, intent) = match scenarios::load(&file) {
            Ok(loaded) => (loaded.scenario.name, loaded.scenario.intent),
            Err(mistakes) => (String::new(), format!("not valid: {} mistakes", mistakes.len())),
        };
        lines.push(format!("{path:<44} {intent}"));
        data.push(json!({ "path": path, "name": name, "intent": intent }));
    }
    Ok((lines, Value::Array(data)))
}

/// The scenario files of a folder and of the folders in it.
pub(crate) fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "ron") {
            files.push(path);
        }
    }
    Ok(())
}

/// The scenario that `posrig new` writes.
const TEMPLATE: &str = include_str!("template.ron");

/// Writes a small scenario to start from.
pub(crate) fn new_scenario(new: &New) -> End {
    let name = new.name.strip_suffix(".ron").unwrap_or(&new.name);
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 60 || !name.chars().all(plain) {
        return refuse("a scenario's name has letters, digits, - and _, at most 60 of them");
    }
    let path = PathBuf::from(format!("{name}.ron"));
    if path.exists() {
        return refuse(&format!("{} is there already", path.display()));
    }
    match run::write_whole(&path, &TEMPLATE.replace("NAME", name)) {
        Ok(()) => {
            print(&format!("{}\nnext: posrig run {0}", path.display()));
            End::Passed
        }
        Err(why) => refuse(&format!("cannot write {}: {why}", path.display())),
    }
}
