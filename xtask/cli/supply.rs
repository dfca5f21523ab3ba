//! What comes from elsewhere.

use std::fs;

use xtask::deny as rules;

use crate::shell::{Failure, output, root};

/// Every workspace of the repository has a lock file of its own.
const WORKSPACES: &[&str] = &["Cargo.toml", "benches/Cargo.toml", "fuzz/Cargo.toml"];

fn metadata(manifest: &str) -> Result<String, Failure> {
    let arguments =
        ["metadata", "--locked", "--format-version", "1", "--all-features", "--manifest-path"];
    output("cargo", &[arguments.as_slice(), &[manifest]].concat())
}

/// Fails where building would change a lock file.
pub(crate) fn locks(_: &[String]) -> Result<(), Failure> {
    for manifest in WORKSPACES {
        metadata(manifest).map_err(|why| {
            format!(
                "{why}`cargo metadata --manifest-path {manifest}` brings its lock file up to date"
            )
        })?;
        println!("{manifest}: its lock file is current");
    }
    Ok(())
}

/// Holds what the product is built from against `deny.toml`.
pub(crate) fn deny(_: &[String]) -> Result<(), Failure> {
    let policy = fs::read_to_string(root().join("deny.toml")).map_err(|why| why.to_string())?;
    let policy = rules::Policy::read(&policy)?;
    let packages = rules::Packages::read(&metadata("Cargo.toml")?)?;
    let wrong = policy.breaches(&packages);
    if !wrong.is_empty() {
        return Err(format!("\n  {}", wrong.join("\n  ")));
    }
    println!(
        "{} crates: licences, versions, bans and sources are as deny.toml says",
        packages.len()
    );
    Ok(())
}
