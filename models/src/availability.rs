//! When a terminal is up, and what a scenario may wait for.

use crate::wire::Via;
use crate::{AnyProfile, Part};

/// Something that a fault may wait for.
#[derive(
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
pub enum Milestone {
    /// A customer has begun to pay.
    SaleStarted,
    /// A request (0200) has been sent.
    RequestSent,
    /// A sale has been approved.
    SaleApproved,
    /// A reversal (0400) has been sent.
    ReversalSent,
    /// A receipt has been printed.
    ReceiptPrinted,
    /// The terminal has booted.
    Booted,
    /// The terminal runs a new version, by a roll-out of `policies.rollouts`. What is to occur a while after it does so
    /// even if the version has been rolled back by then.
    Updated,
    /// The terminal has been installed and activated. It happens only where `people.deployment` has it applied for.
    InService,
}

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
