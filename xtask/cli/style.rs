//! The table by which the code can be held against that of others.

use xtask::assertions::{Counted, of_crate};
use xtask::sizes::{Sizes, of_folder, spread};

use crate::shell::{Failure, output, root};

/// Each crate's name and the folder of its sources.
const CRATES: &[(&str, &str)] = &[
    ("sim", "sim/src"),
    ("faults", "faults/src"),
    ("models", "models/src"),
    ("scenarios", "scenarios/src"),
    ("reports", "reports/src"),
    ("validation", "validation/src"),
    ("programs", "programs/src"),
    ("hil", "hil/src"),
    ("cli", "cli"),
    ("xtask", "xtask/src"),
];

/// How many subjects of commits are looked at.
const SUBJECTS: &str = "-300";

fn line(name: &str, sizes: &Sizes, counted: &Counted) -> String {
    let ([file, file_90, file_max], [function, function_90, function_max]) =
        (spread(sizes.files.clone()), spread(sizes.functions.clone()));
    let (files, functions) = (sizes.files.len(), sizes.functions.len());
    let (docs, comments) = (sizes.percent(sizes.docs), sizes.percent(sizes.comments));
    let (parameters, asserts) = (sizes.parameters, counted.per_function());
    format!(
        "{name:<10} {files:>5} {file:>4} {file_90:>4} {file_max:>5} {functions:>9} {function:>4} {function_90:>4} {function_max:>4} \
         {parameters:>10} {docs:>5.1} {comments:>8.2} {asserts:>7.3}"
    )
}

/// Prints it, crate by crate, and for all of them.
pub(crate) fn style(_: &[String]) -> Result<(), Failure> {
    println!(
        "lines of files and functions: median, ninth decile, maximum; shares in per cent of lines"
    );
    println!(
        "crate      files   50   90   max functions   50   90  max parameters  docs comments asserts"
    );
    let (mut all, mut asserted) = (Sizes::default(), Counted::default());
    for (name, folder) in CRATES {
        let (sizes, counted) = (of_folder(&root().join(folder))?, of_crate(root(), folder)?);
        println!("{}", line(name, &sizes, &counted));
        all.add(sizes);
        asserted.add(counted);
    }
    println!("{}", line("all", &all, &asserted));
    let long = all.functions.iter().filter(|it| **it > 60).count();
    println!("functions longer than 60 lines: {long}");
    let subjects = output("git", &["log", SUBJECTS, "--no-merges", "--format=%s"])?;
    let [median, most_of_them, longest] =
        spread(subjects.lines().map(|it| it.chars().count()).collect());
    println!("subjects of the last commits: {median}, {most_of_them}, {longest} characters");
    Ok(())
}
