//! What crosses the boundary between a part and the real thing that stands in its place.

use serde::{Deserialize, Serialize};

use crate::hardware::printer::Said;
use crate::receipt::Receipt;

/// Said at the port of an attached part: by the part to the real thing, or by what brings the real thing's doings in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Outside {
    /// Power, out: the supply is to give this voltage at its output.
    Supply {
        /// In millivolts; 0 is nothing at all.
        millivolts: u32,
    },
    /// Power, in: what the supply delivers, as it measures it.
    Delivered {
        /// In millivolts.
        millivolts: u32,
    },
    /// Printer, out: this receipt is to be printed.
    Print {
        /// The printer's count of receipts: the answer names it.
        number: u32,
        /// What stands on it.
        receipt: Receipt,
    },
    /// Printer, in: what became of a receipt.
    Printed {
        /// Which.
        number: u32,
        /// It came out whole.
        ok: bool,
    },
    /// Printer, in: what its status says now.
    Printer(Said),
    /// In: the real thing cannot be reached any more, or had to be stopped.
    Gone,
}
