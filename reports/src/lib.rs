//! What a run was worth: facts become fault records, these become measures, measures become a verdict and a report.
//!
//! ```text
//! facts, as they come ─▶ records, measures ─┐
//!                    └▶ transactions.csv     ├▶ verdict ─▶ page, summary, tables ─▶ run folder
//!                                  outcome ─┘
//! ```
//!
//! The same outcome gives the same bytes: there is no clock here, no random order, and what a machine computes
//! differently in its last digits is not written.

pub mod analysis;
pub mod boundary;
pub mod coverage;
pub mod explain;
pub mod export;
pub mod fault_records;
pub mod fmea;
pub mod folder;
pub mod glossary;
pub mod manifest;
pub mod measures;
pub mod page;
pub mod run_tables;
pub mod statistics;
pub mod summary;
pub mod verdict;
pub(crate) mod wording;

pub use wording::performer;

#[cfg(test)]
mod handmade_run;

pub use analysis::{Analysis, AnalysisFold, analyse};
pub use fault_records::{Alarm, FaultRecord, RunHistory};
pub use folder::{FolderError, RunFolder, Written, page_from_folder};
pub use measures::Measures;
pub use page::page;
pub use summary::Summary;
pub use verdict::{Judgement, Verdict};
