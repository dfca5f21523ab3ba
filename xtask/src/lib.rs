//! Checks that read the repository: circles of files, assertions, sizes, and what comes from elsewhere.

pub mod assertions;
pub mod circles;
pub mod deny;
pub mod sizes;
mod sources;
