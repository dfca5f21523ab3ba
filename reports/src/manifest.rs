//! What a run folder is known by: where its run came from, and how to see it again.

use scenarios::Outcome;
use serde::{Deserialize, Serialize};

/// Version of a run folder's layout. A folder whose manifest begins with `posrig.` may be replaced by another run.
pub const SCHEMA: &str = "posrig.run/3";

/// Where a run comes from, and what it is known by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// Where the scenario was read from, as it was given.
    pub scenario: String,
    /// BLAKE3 hash of the scenario's text.
    pub hash: String,
    /// The seed.
    pub seed: u64,
    /// Fingerprint of all handled events.
    pub fingerprint: String,
    /// The command that replays the run.
    pub replay: String,
}

/// The command that replays a run.
pub fn replay_command(outcome: &Outcome) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    let path = if !outcome.path.is_empty() && outcome.path.chars().all(plain) {
        outcome.path.clone()
    } else {
        format!("'{}'", outcome.path.replace('\'', r"'\''"))
    };
    format!("posrig run {path} --seed {}", outcome.seed)
}
