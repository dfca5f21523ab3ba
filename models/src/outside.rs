//! What crosses the boundary between a part and the real thing that stands in its place.

use serde::{Deserialize, Serialize};

use crate::hardware::card_reader::CardRead;
use crate::hardware::printer::Said;
use crate::money::Money;
use crate::operator::{Command, OperatorReport};
use crate::receipt::Receipt;
use crate::wire::Method;

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
    /// Card reader, out: a card is presented, and is to be asked for its consent.
    Present {
        /// The reader's count of reads: the answer names it.
        number: u32,
        /// With contacts, or without.
        method: Method,
        /// What is to be paid.
        amount: Money,
        /// Its currency, ISO 4217 number.
        currency: u16,
    },
    /// Card reader, in: what came of it.
    Card {
        /// Which read.
        number: u32,
        /// What.
        read: CardRead,
    },
    /// In: the real thing can be reached again.
    Back,
    /// Back office, out: what it has heard.
    Report(OperatorReport),
    /// Back office, in: an operator sends a command.
    Command(Command),
    /// In: the real thing cannot be reached any more, or had to be stopped.
    Gone,
}
