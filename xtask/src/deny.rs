//! `deny.toml` against what cargo resolves: licences, crates that are there twice, banned crates, sources.
//!
//! cargo-deny reads the same file and does more, but to build it takes longer than a fifth of what CI may take.

mod licence;
mod policy;
mod resolved;
#[cfg(test)]
mod tests;

pub use policy::Policy;
pub use resolved::Packages;
