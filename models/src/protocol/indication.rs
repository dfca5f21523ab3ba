//! What shows, and shows no longer, to whoever is at the terminal.

use faults::Context;

use crate::Part;
use crate::bus::LocalMessage;
use crate::parts::Models;
use crate::vocabulary::indication::Channel;

pub use crate::vocabulary::indication::Indication;

/// A person can notice this from now on, or cannot any more.
pub(crate) fn set(cx: &mut Context<'_, Models>, indication: Indication, on: bool) {
    if on { show(cx, indication) } else { gone(cx, indication) }
}

/// From now on a person can notice this. What a screen would say, nobody reads where there is none.
pub(crate) fn show(cx: &mut Context<'_, Models>, indication: Indication) {
    let by_screen = || indication.definition().channel == Channel::Display;
    if !cx.settings().profile(cx.me()).fits(Part::Display) && by_screen() {
        return;
    }
    let from = cx.part();
    cx.say(LocalMessage::Indication { indication, on: true, from });
}

/// A person cannot notice this any more.
pub(crate) fn gone(cx: &mut Context<'_, Models>, indication: Indication) {
    let from = cx.part();
    cx.say(LocalMessage::Indication { indication, on: false, from });
}
