//! `posrig fmea`: the FMEA worksheet of some runs.

use std::path::Path;

use reports::fmea::output::{Shown, csv, table};
use reports::fmea::{page, worksheet};
use reports::run_tables::RunTables;

use crate::arguments::Fmea;
use crate::end::{End, print, refuse};
use crate::run;

/// Writes the files that are asked for, and prints the table.
pub(crate) fn fmea(arguments: &Fmea) -> End {
    let runs = match RunTables::read_all(&arguments.runs) {
        Ok(runs) => runs,
        Err(why) => return refuse(&why.to_string()),
    };
    let sheet = worksheet(&runs);
    let written =
        arguments.csv.iter().try_for_each(|file| write(file, &spreadsheet(&sheet)?)).and_then(
            |()| arguments.html.iter().try_for_each(|file| write(file, &page::page(&sheet))),
        );
    if let Err(why) = written {
        return refuse(&why);
    }
    if arguments.json {
        match serde_json::to_string_pretty(&sheet) {
            Ok(text) => print(&text),
            Err(why) => return refuse(&why.to_string()),
        }
    } else {
        print(&table(&sheet, Shown { all: arguments.all, texts: arguments.long }));
    }
    End::Passed
}

fn spreadsheet(sheet: &reports::fmea::Worksheet) -> Result<String, String> {
    let mut text = Vec::new();
    csv(sheet, &mut text).map_err(|why| why.to_string())?;
    String::from_utf8(text).map_err(|why| why.to_string())
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    run::write_whole(file, text).map_err(|why| format!("cannot write {}: {why}", file.display()))
}
