//! Other programs, called from the root of the workspace. Each call is shown, so that it can be repeated by hand.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a command did not succeed.
pub(crate) type Failure = String;

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The program of that profile's folder, built before.
pub(crate) fn posrig(folder: &str) -> String {
    target().join(folder).join("posrig").display().to_string()
}

fn command(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let shown: Vec<String> =
        variables.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
    eprintln!("$ {}{program} {}", shown.concat(), arguments.join(" "));
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().copied()).current_dir(root());
    command
}

/// Runs a program to its end.
pub(crate) fn run_with(
    variables: &[(&str, &str)],
    program: &str,
    arguments: &[&str],
) -> Result<(), Failure> {
    let ended = command(program, arguments, variables).status();
    let ended = ended.map_err(|why| format!("{program}: {why}"))?;
    if ended.success() { Ok(()) } else { Err(format!("{program} failed: {ended}")) }
}

/// Runs a program to its end.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), Failure> {
    run_with(&[], program, arguments)
}

/// Runs cargo to its end.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failure> {
    run("cargo", arguments)
}

/// The program as the README's test command has left it: of the whole workspace, so that what is shared has the same features
/// and need not be built again.
pub(crate) const BUILD: &[&str] = &["build", "--release", "--workspace", "--bin", "posrig"];

/// What a program writes to its standard output.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String, Failure> {
    output_with(&[], program, arguments)
}

/// What a program writes to its standard output, with variables set.
pub(crate) fn output_with(
    variables: &[(&str, &str)],
    program: &str,
    arguments: &[&str],
) -> Result<String, Failure> {
    let ended = command(program, arguments, variables).output();
    let ended = ended.map_err(|why| format!("{program}: {why}"))?;
    if !ended.status.success() {
        return Err(format!("{program} failed: {}", String::from_utf8_lossy(&ended.stderr)));
    }
    String::from_utf8(ended.stdout).map_err(|why| format!("{program}: {why}"))
}
