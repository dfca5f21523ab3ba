//! A receipt printer that speaks ESC/POS, over TCP (port 9100) or a serial line, in the place of a terminal's printer.
//!
//! Before a receipt its status is asked (`DLE EOT 1` to `4`), and a printer that cannot print is not sent one. A receipt
//! counts as printed when the printer answers a question that it comes to only after the last line (`GS r 1`). Its status is
//! asked again afterwards, and at regular intervals; every change becomes a reading of the terminal.

mod channel;
mod device;
mod paper;
mod printer;
mod settings;
pub mod status;

pub use paper::{Layout, bytes};
pub use printer::Printer;
pub use settings::{Settings, probe};
