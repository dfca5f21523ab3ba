//! A programmable bench supply, by SCPI over TCP, in the place of a terminal's mains.
//!
//! What it is told: `VOLT`, `OUTP`; what it is asked: `*IDN?`, `MEAS:VOLT?`, `OUTP?`, `SYST:ERR?`. Whatever goes wrong ends
//! with its output off, and it stays off: see [`Bench`].

pub mod bench;
pub mod supply;

pub use bench::{Bench, Settings};
pub use supply::Supply;
