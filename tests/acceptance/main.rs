//! What the product promises. One binary; a module a promise.

mod architecture;
mod back_office;
mod bench;
mod catalogue;
mod closed_forms;
mod command_line;
mod common_random_numbers;
mod conformance;
mod determinism;
mod evidence;
mod fitted;
mod folds;
mod fork;
mod golden;
mod identities;
mod life;
mod people;
mod rollouts;
mod scenarios;
mod severity_profiles;
mod terminals;
mod worksheet;
