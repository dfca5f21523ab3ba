//! Checks that read the repository: circles of files, and what comes from elsewhere.

pub mod circles;
pub mod deny;
