//! Programs that others wrote, at the other end of the attachments.

use crate::shell::{Failure, output, root, run, run_with};

/// What Debian calls them.
const PACKAGES: &[&str] = &[
    "socat",
    "mosquitto",
    "mosquitto-clients",
    "tshark",
    "pcscd",
    "libpcsclite-dev",
    "vsmartcard-vpcd",
    "swig",
];

/// Installs what is missing where it may, and runs the tests that need it.
pub(crate) fn peers(_: &[String]) -> Result<(), Failure> {
    let is_root = output("id", &["-u"])?.trim() == "0";
    if is_root && output("apt-get", &["--version"]).is_ok() {
        let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
        run("apt-get", &["update", "-qq"])?;
        run_with(&quiet, "apt-get", &[&["install", "-y", "-qq"], PACKAGES].concat())?;
    }
    for (folder, list) in [("peers", "requirements"), ("peers-card", "requirements-card")] {
        let (folder, list) = (format!("target/{folder}"), format!("tests/peers/{list}.txt"));
        run("python3", &["-m", "venv", &folder])?;
        run(&format!("{folder}/bin/pip"), &["install", "-q", "-r", &list])?;
    }
    let python = root().join("target/peers/bin/python").display().to_string();
    let with = [("POSRIG_PEERS", "1"), ("POSRIG_PYTHON", python.as_str())];
    // The printer emulator needs a newer Python than every machine has.
    // The whole workspace, so that what is shared keeps the features with which it was built for the other tests.
    // They wait for each other more than they work: more of them at a time than there are cores.
    let test = "test --release --workspace --features pcsc --test boundary -- --skip emulated --test-threads 6";
    run_with(&with, "cargo", &test.split(' ').collect::<Vec<_>>())
}
