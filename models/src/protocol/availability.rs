//! When a terminal is up, and what a scenario may wait for.

use crate::wire::Via;
use crate::{AnyFault, AnyProfile, Part};

pub use crate::vocabulary::milestone::Milestone;

/// Truth: a terminal is up when it has power, has booted, can be read and keyed, can read a card in some way, runs the
/// payment application and reaches the network by a bearer that it is set to use. A hub is up when its own part is.
pub(crate) fn able(profile: &AnyProfile, part: &mut dyn FnMut(Part) -> bool) -> bool {
    let essential = |it: &&Part| it.group() != "comms";
    if !Part::ALL.iter().filter(essential).all(|&it| part(it)) {
        return false;
    }
    let route = &profile.software.firmware;
    // A part that is not there cannot fail, but nothing passes by a bearer that is not there.
    let mut reaches = |it: Part| profile.fits(it) && part(it);
    if route.through_phone && !reaches(Part::PhoneLink) {
        return false;
    }
    let mut bearer = |via: Via| reaches(via.part());
    bearer(route.uplink) || route.backup.is_some_and(bearer)
}

/// Whether a terminal of this profile has a part and uses it: by the inventory, which also says by which bearers it is set to go.
pub(crate) fn in_use(profile: &AnyProfile, part: Part) -> bool {
    if part.is_hub() {
        return true;
    }
    let route = &profile.software.firmware;
    let bearer = |via: Via| via.part() == part;
    profile.fits(part)
        && match part {
            Part::PhoneLink => route.through_phone,
            _ if part.group() == "comms" => {
                bearer(route.uplink) || route.backup.is_some_and(bearer)
            }
            _ => true,
        }
}

/// Truth: whether a fault can be why a part does not work: its own part, and whatever needs what the fault takes away.
pub(crate) fn stops(fault: AnyFault, part: Part) -> bool {
    let of = fault.part();
    match of {
        _ if of == part => true,
        // Without power nothing runs, and no bearer is connected.
        Part::Power | Part::Battery | Part::Mainboard | Part::Enclosure => {
            matches!(part, Part::Battery | Part::Mainboard | Part::Firmware)
                || part.group() == "comms"
        }
        _ => false,
    }
}

/// Whether a detector on the device can look: its processor runs. A watchdog and a gauge need power only.
pub(crate) fn awake(detector: Part, able: &mut dyn FnMut(Part) -> bool) -> bool {
    let powered = able(Part::Battery) && able(Part::Mainboard);
    powered
        && (matches!(detector, Part::Firmware | Part::Power | Part::Battery)
            || able(Part::Firmware))
}
