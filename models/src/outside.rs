//! What crosses the boundary between a part and the real thing that stands in its place.

use serde::{Deserialize, Serialize};

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
    /// In: the real thing cannot be reached any more, or had to be stopped.
    Gone,
}
