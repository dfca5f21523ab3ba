//! What a detector outside gets to see: what was done, and what came of it, when the device or the back office knows it.

use faults::Context;
use serde::{Deserialize, Serialize};

use crate::bus::LocalMessage;
use crate::note::Outcome;
use crate::telemetry::Telemetry;
use crate::wire::{Method, ResponseCode};
use crate::{Models, Part, Symptom};

/// One observation about a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Observation {
    /// Device: a request to the gateway has come to its end.
    Request {
        /// An answer came in time.
        answered: bool,
        /// What it said; nothing if none came.
        code: ResponseCode,
    },
    /// Device: a sale is over.
    Sale {
        /// How it ended.
        outcome: Outcome,
        /// The last response code, if there was one.
        code: ResponseCode,
        /// How it was to be paid.
        method: Method,
    },
    /// Device: a card or a code was presented.
    Read {
        /// How.
        method: Method,
        /// It was read.
        ok: bool,
    },
    /// Device: a receipt was to be printed.
    Print {
        /// As far as the printer knows, it was.
        ok: bool,
    },
    /// Device: it has booted.
    Boot,
    /// Back office: a report of the terminal's readings has arrived.
    Report(Telemetry),
    /// Back office: so many heartbeats have not come that the terminal is missing, or one has come again.
    Missing {
        /// It is missing.
        missing: bool,
    },
    /// A shipped detector has opened an incident, or sees nothing wrong any more.
    Incident {
        /// Whose.
        detector: Part,
        /// What it noticed.
        symptom: Symptom,
        /// It has been opened.
        open: bool,
    },
}

/// Tells the detector outside, where one is attached to this terminal.
pub(crate) fn tell(cx: &mut Context<'_, Models>, observation: Observation) {
    if cx.settings().is_attached(cx.me(), Part::ExternalDetector) {
        cx.say(LocalMessage::Observed(observation));
    }
}
