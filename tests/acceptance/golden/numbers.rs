//! Frozen numbers of everything else that a fact can name. The rule is that of [`super::faults`].

use super::faults::LATER;
use faults::Performer;
use models::lifecycle::{DepositEntry, Reason, Way};
use models::wire::{Channel, Method};
use models::{Indication, Outcome, RecoveryAction};
use reports::Verdict;

/// The number of a recovery action.
pub(crate) fn action(action: RecoveryAction) -> u64 {
    match action {
        RecoveryAction::Retry => 1,
        RecoveryAction::Reconnect => 2,
        RecoveryAction::FailOver => 3,
        RecoveryAction::RestartApp => 4,
        RecoveryAction::RestartTerminal => 5,
        RecoveryAction::RestartPhone => 6,
        RecoveryAction::PairAgain => 7,
        RecoveryAction::Replug => 8,
        RecoveryAction::ReplaceCable => 9,
        RecoveryAction::ReplaceBattery => 10,
        RecoveryAction::ClearObstruction => 11,
        RecoveryAction::ReplaceRoll => 12,
        RecoveryAction::OpenLid => 13,
        RecoveryAction::Clean => 14,
        RecoveryAction::Configure => 15,
        RecoveryAction::SignOn => 16,
        RecoveryAction::TopUp => 17,
        RecoveryAction::Update => 18,
        RecoveryAction::RollBack => 19,
        RecoveryAction::Repair => 20,
        RecoveryAction::Relocate => 21,
        RecoveryAction::InjectKeys => 22,
        RecoveryAction::Swap => 23,
        RecoveryAction::RestoreService => 24,
        RecoveryAction::Instruct => 25,
        RecoveryAction::Suspend => 26,
        RecoveryAction::Investigate => 27,
        // Of what came later its name is the number: see `faults::LATER`.
        later => LATER | u64::from(sim::stable_id(later.name())),
    }
}

/// The number of what a person can notice.
pub(crate) fn indication(indication: Indication) -> u64 {
    match indication {
        Indication::BlankScreen => 1,
        Indication::FrozenScreen => 2,
        Indication::NoNetworkText => 3,
        Indication::NoAnswerText => 4,
        Indication::RefusedText => 5,
        Indication::PaperText => 6,
        Indication::JamText => 7,
        Indication::LowBatteryText => 8,
        Indication::ErrorTone => 9,
        Indication::Silence => 10,
        Indication::PowerLightOut => 11,
        Indication::ChargeLightOut => 12,
        Indication::LinkLightBlinks => 13,
        Indication::SlowOperation => 14,
        Indication::NoReactionToCard => 15,
        Indication::NoReactionToCode => 16,
        Indication::WrongKey => 17,
        Indication::NoReactionToKey => 18,
        Indication::FaintPrint => 19,
        Indication::RestartsByItself => 20,
        Indication::FreeOfferMessage => 21,
        Indication::Complaint => 22,
        Indication::MoneyMissing => 23,
        Indication::DimScreen => 24,
        Indication::TamperText => 25,
        Indication::ColdText => 26,
        Indication::CoverText => 27,
        Indication::CutterText => 28,
        Indication::PrinterRestsText => 29,
        Indication::HotCase => 30,
        Indication::NoReactionToTouch => 31,
        Indication::KeysStillSound => 32,
        // Of what came later its name is the number: see `faults::LATER`.
        later => LATER | u64::from(sim::stable_id(later.name())),
    }
}

/// The number of whoever carries out a recovery action.
pub(crate) fn performer(performer: Performer) -> u64 {
    match performer {
        Performer::Device => 1,
        Performer::Attendant => 2,
        Performer::Remote => 3,
        Performer::Support => 4,
        Performer::Technician => 5,
    }
}

/// The number of how a purchase ended.
pub(crate) fn outcome(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Approved => 1,
        Outcome::Stored => 2,
        Outcome::Declined => 3,
        Outcome::Abandoned => 4,
        Outcome::Failed => 5,
    }
}

/// The number of how a purchase is paid.
pub(crate) fn method(method: Method) -> u64 {
    match method {
        Method::Chip => 1,
        Method::Contactless => 2,
        Method::Stripe => 3,
        Method::Fallback => 4,
        Method::Code => 5,
    }
}

/// The number of a way to reach support.
pub(crate) fn channel(channel: Channel) -> u64 {
    match channel {
        Channel::Phone => 1,
        Channel::Website => 2,
        Channel::Wechat => 3,
    }
}

/// The number of a way to apply for a terminal.
pub(crate) fn way(way: Way) -> u64 {
    match way {
        Way::Online => 1,
        Way::ServiceCentre => 2,
        Way::PartnerBank => 3,
        Way::ThirdParty => 4,
        Way::Agent => 5,
    }
}

/// The number of a reason to refuse an application.
pub(crate) fn reason(reason: Reason) -> u64 {
    match reason {
        Reason::NoIdentity => 1,
        Reason::NoLicence => 2,
        Reason::NoAccount => 3,
        Reason::NotGenuine => 4,
        Reason::ProhibitedBusiness => 5,
        Reason::Other => 6,
    }
}

/// The number of a kind of entry of the ledger of deposits.
pub(crate) fn entry(entry: DepositEntry) -> u64 {
    match entry {
        DepositEntry::Received => 1,
        DepositEntry::Deducted => 2,
        DepositEntry::Uncovered => 3,
        DepositEntry::Refunded => 4,
    }
}

/// The number of a verdict.
pub(crate) fn verdict(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Passed => 1,
        Verdict::Inconclusive => 2,
        Verdict::Failed => 3,
    }
}
