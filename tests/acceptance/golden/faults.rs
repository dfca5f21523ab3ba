//! Frozen numbers of parts and of fault modes: a digest is made of these, not of names or discriminants.
//!
//! A number once given stays. A new part or mode gets one that was never used; a renamed one keeps its own.

use models::comms::{cellular, phone_link, wifi};
use models::hardware::{
    battery, card_reader, display, enclosure, indicators, keypad, mainboard, power, printer,
    scanner, tamper,
};
use models::people::misuse_and_fraud;
use models::platform::{back_office, gateway, host};
use models::software::{clock, firmware, payment_app, security, storage};
use models::{Fault, Part};

/// Numbers of what came after the first freeze.
pub(crate) const LATER: u64 = 1 << 32;

/// The number of a part.
pub(crate) fn part(part: Part) -> u64 {
    match part {
        Part::Power => 1,
        Part::Battery => 2,
        Part::Enclosure => 3,
        Part::Mainboard => 4,
        Part::Tamper => 5,
        Part::Display => 6,
        Part::Keypad => 7,
        Part::CardReader => 8,
        Part::Printer => 9,
        Part::Scanner => 10,
        Part::Indicators => 11,
        Part::PhoneLink => 12,
        Part::Wifi => 13,
        Part::Cellular => 14,
        Part::Firmware => 15,
        Part::Storage => 16,
        Part::Clock => 17,
        Part::Security => 18,
        Part::PaymentApp => 19,
        Part::HeartbeatMonitor => 20,
        Part::Gateway => 21,
        Part::Host => 22,
        Part::BackOffice => 23,
        Part::Customer => 24,
        Part::Merchant => 25,
        Part::Support => 26,
        Part::Technicians => 27,
        Part::Deployment => 28,
        Part::MisuseAndFraud => 29,
        Part::Onboarding => 30,
        Part::Deposits => 31,
        // Of what came later its name is the number, so that a new component edits nothing here.
        later => LATER | u64::from(later.stable_id()),
    }
}

/// The number of a fault mode.
pub(crate) fn fault(fault: Fault) -> u64 {
    match fault {
        Fault::Power(mode) => match mode {
            power::Fault::SupplyOutage => 101,
            power::Fault::VoltageSag => 102,
            power::Fault::VoltageSwell => 103,
            power::Fault::LoosePlug => 104,
            power::Fault::CableBroken => 105,
            power::Fault::WrongAdapter => 106,
        },
        Fault::Battery(mode) => match mode {
            battery::Fault::Aged => 201,
            battery::Fault::ChargerDead => 202,
        },
        Fault::Enclosure(mode) => match mode {
            enclosure::Fault::Heat => 301,
            enclosure::Fault::Cold => 302,
        },
        Fault::Mainboard(mode) => match mode {
            mainboard::Fault::Dead => 401,
            mainboard::Fault::RandomResets => 402,
            mainboard::Fault::Overheating => 403,
        },
        Fault::Tamper(mode) => match mode {
            tamper::Fault::Triggered => 501,
            tamper::Fault::CoinCellEmpty => 502,
        },
        Fault::Display(mode) => match mode {
            display::Fault::Blank => 601,
            display::Fault::Frozen => 602,
            display::Fault::TouchDead => 603,
            display::Fault::BacklightDim => 604,
        },
        Fault::Keypad(mode) => match mode {
            keypad::Fault::StuckKey => 701,
            keypad::Fault::DeadKey => 702,
            keypad::Fault::BouncingKey => 703,
        },
        Fault::CardReader(mode) => match mode {
            card_reader::Fault::ChipContactsDirty => 801,
            card_reader::Fault::AntennaDead => 802,
            card_reader::Fault::StripeHeadWorn => 803,
            card_reader::Fault::ChipContactsWorn => 804,
            card_reader::Fault::StripeHeadDirty => 805,
            card_reader::Fault::NoReaction => 806,
        },
        Fault::Printer(mode) => match mode {
            printer::Fault::PaperOut => 901,
            printer::Fault::Jam => 902,
            printer::Fault::HeadWorn => 903,
            printer::Fault::HeadHot => 904,
            printer::Fault::CutterBlocked => 905,
            printer::Fault::CoverOpen => 906,
        },
        Fault::Scanner(mode) => match mode {
            scanner::Fault::WindowDirty => 1001,
            scanner::Fault::CableLoose => 1002,
            scanner::Fault::CannotRead => 1003,
        },
        Fault::Indicators(mode) => match mode {
            indicators::Fault::BuzzerDead => 1101,
            indicators::Fault::LightsDead => 1102,
        },
        Fault::PhoneLink(mode) => match mode {
            phone_link::Fault::PairingLost => 1201,
            phone_link::Fault::PhoneAsleep => 1202,
            phone_link::Fault::Obstructed => 1203,
            phone_link::Fault::NoCredit => 1204,
        },
        Fault::Wifi(mode) => match mode {
            wifi::Fault::Interference => 1301,
            wifi::Fault::AccessPointDown => 1302,
            wifi::Fault::NameServiceDown => 1303,
        },
        Fault::Cellular(mode) => match mode {
            cellular::Fault::PoorCoverage => 1401,
            cellular::Fault::ModuleDead => 1402,
            cellular::Fault::CellOutage => 1403,
            cellular::Fault::Congestion => 1404,
            cellular::Fault::HalfOpen => 1405,
            cellular::Fault::DamagesMessages => 1406,
            cellular::Fault::SendsTwice => 1407,
        },
        Fault::Firmware(mode) => match mode {
            firmware::Fault::Hang => 1501,
            firmware::Fault::MemoryLeak => 1502,
            firmware::Fault::ProcessorStarved => 1503,
        },
        Fault::Storage(mode) => match mode {
            storage::Fault::Fills => 1601,
        },
        Fault::Clock(mode) => match mode {
            clock::Fault::Wrong => 1701,
        },
        Fault::Security(mode) => match mode {
            security::Fault::CertificateExpired => 1801,
            security::Fault::KeysOutOfStep => 1802,
            security::Fault::NotGenuine => 1803,
            security::Fault::Malware => 1804,
        },
        Fault::PaymentApp(mode) => match mode {
            payment_app::Fault::WrongCurrency => 1901,
            payment_app::Fault::WrongType => 1902,
            payment_app::Fault::WrongAmount => 1903,
            payment_app::Fault::IncompatibleVersion => 1904,
        },
        Fault::Gateway(mode) => match mode {
            gateway::Fault::WorkersLost => 2101,
            gateway::Fault::AnswersLost => 2102,
            gateway::Fault::NameUnresolved => 2103,
        },
        Fault::Host(mode) => match mode {
            host::Fault::Outage => 2201,
            host::Fault::Slow => 2202,
        },
        Fault::BackOffice(mode) => match mode {
            back_office::Fault::Down => 2301,
        },
        Fault::MisuseAndFraud(mode) => match mode {
            misuse_and_fraud::Fault::ProhibitedTransactions => 2901,
            misuse_and_fraud::Fault::DataLeak => 2902,
            misuse_and_fraud::Fault::FreeOffer => 2903,
            misuse_and_fraud::Fault::ThirdPartyFraud => 2904,
        },
        later => LATER | u64::from(sim::stable_id(&later.to_string())),
    }
}
