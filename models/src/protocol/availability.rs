//! When a terminal is up, and what a scenario may wait for.

use crate::wire::Via;
use crate::{AnyProfile, Part};

pub use crate::vocabulary::milestone::Milestone;

/// Truth: a terminal is up when it has power, has booted, can be read and keyed, can read a card in some way, runs the
/// payment application and reaches the network by a bearer that it is set to use. A hub is up when its own part is.
pub(crate) fn able(profile: &AnyProfile, part: &mut dyn FnMut(Part) -> bool) -> bool {
    let essential = |it: &&Part| it.group() != "comms";
    if !Part::ALL.iter().filter(essential).all(|&it| part(it)) {
        return false;
    }
    let route = &profile.software.firmware;
    if route.through_phone && !part(Part::PhoneLink) {
        return false;
    }
    let mut bearer = |via: Via| part(via.part());
    bearer(route.uplink) || route.backup.is_some_and(bearer)
}

/// Whether a detector on the device can look: its processor runs. A watchdog and a gauge need power only.
pub(crate) fn awake(detector: Part, able: &mut dyn FnMut(Part) -> bool) -> bool {
    let powered = able(Part::Battery) && able(Part::Mainboard);
    powered
        && (matches!(detector, Part::Firmware | Part::Power | Part::Battery)
            || able(Part::Firmware))
}
