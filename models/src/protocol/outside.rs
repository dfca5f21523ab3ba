//! What crosses the boundary between a part and the real thing that stands in its place.

use serde::{Deserialize, Serialize};

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

/// What the status of a real printer says.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Its paper.
    pub paper: Paper,
    /// Its cover is not shut.
    pub cover_open: bool,
    /// Its cutter is blocked.
    pub cutter_blocked: bool,
    /// Its head is too hot; it goes on by itself when it has cooled.
    pub hot: bool,
    /// It prints nothing for another reason, or cannot be reached.
    pub stopped: bool,
}

/// What a printer's paper sensors say.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Paper {
    /// There is enough.
    #[default]
    Enough,
    /// The roll is nearly used up.
    NearEnd,
    /// There is none.
    Out,
}

impl Paper {
    /// What telemetry says, in millimetres, where a roll has so many. A sensor at the roll's end knows no length: near the end
    /// is taken for a tenth.
    pub(crate) fn length(self, roll: u32) -> u32 {
        match self {
            Self::Enough => roll,
            Self::NearEnd => roll / 10,
            Self::Out => 0,
        }
    }
}

/// What came of a dialogue with a real card.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum CardRead {
    /// It has answered everything, and wants the issuer to be asked or agrees without.
    Read,
    /// It has answered everything, and refuses the payment.
    Refused,
    /// No card was presented in time.
    Absent,
    /// It answers nothing at all.
    Mute,
    /// It began to answer, and did not come to an end in time.
    Slow,
    /// It was taken out in the middle.
    TornOut,
    /// What it answered means nothing, or is an error.
    Nonsense,
}
