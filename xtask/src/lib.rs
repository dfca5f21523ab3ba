//! Checks that read the repository: circles of files, assertions, and what comes from elsewhere.

pub mod assertions;
pub mod circles;
pub mod deny;
