//! What the product promises. One binary; a module a promise.

mod bench;
mod closed_forms;
