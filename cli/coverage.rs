//! `posrig coverage`: what the shipped scenarios, or some runs, have seen of every fault mode.

use std::path::{Path, PathBuf};

use reports::AnalysisFold;
use reports::coverage::{coverage, table};
use reports::run_tables::RunTables;
use scenarios::{Options, Run, Source, load};
use serde_json::json;
use sim::Pulse;

use crate::arguments::Coverage;
use crate::end::{End, print, refuse};
use crate::list;

/// Prints the coverage; fails if a fault mode lacks a step.
pub(crate) fn coverage_of(arguments: &Coverage) -> End {
    let runs = if arguments.runs.is_empty() {
        shipped()
    } else {
        RunTables::read_all(&arguments.runs).map_err(|why| why.to_string())
    };
    let runs = match runs {
        Ok(runs) => runs,
        Err(why) => return refuse(&why),
    };
    let rows = coverage(&runs);
    let complete = rows.iter().all(|row| row.missing().is_empty());
    if arguments.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let mut data = json!(row);
                data["lacks"] = json!(row.missing());
                data
            })
            .collect();
        print(
            &json!({ "schema": "posrig.coverage/1", "complete": complete, "rows": rows })
                .to_string(),
        );
    } else {
        print(&table(&rows));
    }
    if complete { End::Passed } else { End::Failed }
}

/// Runs every scenario that ships, one after the other.
fn shipped() -> Result<Vec<RunTables>, String> {
    let folder = Path::new("scenarios");
    let mut files: Vec<PathBuf> = Vec::new();
    list::collect(folder, &mut files).map_err(|why| {
        format!(
            "cannot read {}: {why}; name run folders, or call it where scenarios/ is",
            folder.display()
        )
    })?;
    files.sort();
    if files.is_empty() {
        return Err(format!("{} holds no scenario", folder.display()));
    }
    files.iter().map(|file| run(file)).collect()
}

fn run(file: &Path) -> Result<RunTables, String> {
    let loaded = load(file).map_err(|found| {
        format!("{} has {} mistakes; see posrig check {0}", file.display(), found.len())
    })?;
    let path = file.display().to_string();
    let source = Source { scenario: &loaded.scenario, path: &path, text: &loaded.source };
    let told = |why: scenarios::Failure| format!("{path}: {why}");
    let run = Run::begin(source, &Options::default(), 1).map_err(told)?;
    let mut fold = AnalysisFold::new(run.outset());
    let outcome = run.complete(1, &Pulse::default(), &mut fold).map_err(told)?;
    let analysis = fold.finish(&outcome);
    Ok(RunTables::of(&outcome, &analysis))
}
