//! Fault modes of the power supply: what they look like, and how they are cleared.

use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::symptom::Symptom;
use crate::{Family, Models, Part, RecoveryAction};

pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::SupplyOutage, Mode {
        name: "supply-outage",
        zh: "供电中断",
        family: Family::Power,
        shows: &[(Symptom::SupplyBad, 0.95), (Symptom::TerminalDark, 0.3), (Symptom::NoHeartbeat, 0.3)],
        cause: "the mains of the street or the shop are cut",
        effects: Effects::of(
            "no voltage arrives at the terminal",
            "it runs on its battery and then not at all",
            "sales stop until the mains are back",
        ),
        ratings: Ratings::of(8, 8, 1),
        indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Replug, 0.2), (RecoveryAction::Repair, 0.5)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Retry, Performer::Device, Span::minutes(30)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::VoltageSag, Mode {
        name: "voltage-sag",
        zh: "电压异常",
        family: Family::Power,
        shows: &[
            (Symptom::SupplyBad, 0.84),
            (Symptom::Restarts, 0.26),
            (Symptom::PrintsFaint, 0.068),
            (Symptom::SlowOperation, 0.053),
            (Symptom::BatteryRunsDown, 0.03),
            (Symptom::IndicationMissing, 0.0053),
        ],
        cause: "weak mains, or a heavy load beside the terminal",
        effects: Effects::of(
            "the voltage is too low to charge with, and at times to work with",
            "the terminal is slow, restarts and prints faintly",
            "sales are slow or break off",
        ),
        ratings: Ratings::of(6, 8, 2),
        indications: &[Indication::ChargeLightOut, Indication::RestartsByItself, Indication::SlowOperation, Indication::FaintPrint],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Replug, 0.5), (RecoveryAction::Repair, 0.9)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::VoltageSwell, Mode {
        name: "voltage-swell",
        zh: "电压过高",
        family: Family::Power,
        shows: &[(Symptom::SupplyBad, 0.93), (Symptom::TerminalDark, 0.39), (Symptom::NoHeartbeat, 0.24)],
        cause: "a fault or a switching surge in the mains",
        effects: Effects::of(
            "the protection cuts the terminal off",
            "it runs on its battery; a surge beyond the protection kills the board",
            "sales stop when the battery is empty, for good if the board is dead",
        ),
        ratings: Ratings::of(8, 4, 2),
        indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Replug, 0.5), (RecoveryAction::Repair, 0.9)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::LoosePlug, Mode {
        name: "loose-plug",
        zh: "插头松动",
        family: Family::Power,
        shows: &[
            (Symptom::SupplyBad, 0.95),
            (Symptom::TerminalDark, 0.3),
            (Symptom::NoHeartbeat, 0.25),
            (Symptom::Restarts, 0.1),
        ],
        cause: "the plug was pulled or sits loose",
        effects: Effects::of(
            "the contact comes and goes, or nothing arrives from the socket",
            "the battery carries the terminal, then it stops",
            "sales stop until somebody pushes the plug in",
        ),
        ratings: Ratings::of(7, 8, 2),
        indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        // Who puts in another cable pushes its plug in.
        cleared_by: &[(RecoveryAction::Replug, 0.95), (RecoveryAction::ReplaceCable, 0.95), (RecoveryAction::Repair, 1.0)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::CableBroken, Mode {
        name: "cable-broken",
        zh: "电源线损坏",
        family: Family::Power,
        shows: &[
            (Symptom::SupplyBad, 0.95),
            (Symptom::Restarts, 0.42),
            (Symptom::TerminalDark, 0.3),
            (Symptom::NoHeartbeat, 0.21),
            (Symptom::SlowOperation, 0.11),
            (Symptom::BatteryRunsDown, 0.099),
            (Symptom::PrintsFaint, 0.068),
        ],
        cause: "a cable that is bent and pulled until its strands break",
        effects: Effects::of(
            "the voltage falls under load, or nothing arrives through the cable",
            "charging is slow, the terminal restarts, the battery runs down",
            "sales stop until there is a new cable",
        ),
        ratings: Ratings::of(7, 6, 2),
        indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen, Indication::RestartsByItself, Indication::SlowOperation],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::ReplaceCable, 0.98), (RecoveryAction::Repair, 1.0), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::WrongAdapter, Mode {
        name: "wrong-adapter",
        zh: "电压不符合设备要求",
        family: Family::Power,
        shows: &[(Symptom::SupplyBad, 0.93), (Symptom::TerminalDark, 0.39), (Symptom::NoHeartbeat, 0.24)],
        cause: "the adapter of another device was plugged in",
        effects: Effects::of(
            "a voltage arrives that the terminal is not made for",
            "the protection cuts the terminal off, and the board may die",
            "sales stop until the right adapter is in, for good if the board is dead",
        ),
        ratings: Ratings::of(8, 4, 2),
        indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::ReplaceCable, 0.95), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
];
