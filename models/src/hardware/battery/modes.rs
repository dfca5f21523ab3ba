//! Fault modes of the battery: what they look like, and how they are cleared.

use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::symptom::Symptom;
use crate::{Family, Models, Part, RecoveryAction};

pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::Aged, Mode {
        name: "aged",
        zh: "电池老化",
        family: Family::Power,
        shows: &[
            (Symptom::BatteryRunsDown, 0.9),
            (Symptom::DueSoon, 0.52),
            (Symptom::NoHeartbeat, 0.21),
            (Symptom::TerminalDark, 0.2),
        ],
        cause: "charge cycles, heat and years",
        effects: Effects::of(
            "the battery holds less than it should",
            "without its cable the terminal dies sooner than it should",
            "sales away from the socket break off",
        ),
        ratings: Ratings::of(5, 6, 2),
        indications: &[Indication::LowBatteryText, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Battery, Part::Merchant],
        cleared_by: &[(RecoveryAction::ReplaceBattery, 0.98), (RecoveryAction::Repair, 0.98), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::ReplaceBattery, Performer::Technician, Span::minutes(15)),
        ],
    }),
    (Fault::ChargerDead, Mode {
        name: "charger-dead",
        zh: "无法充电",
        family: Family::Power,
        shows: &[
            (Symptom::BatteryRunsDown, 0.95),
            (Symptom::TerminalDark, 0.59),
            (Symptom::NoHeartbeat, 0.24),
        ],
        cause: "a charging circuit or a contact that has failed",
        effects: Effects::of(
            "the battery is not charged",
            "it runs down though the cable is in, and the terminal stops",
            "sales stop until a repair",
        ),
        ratings: Ratings::of(8, 4, 2),
        indications: &[Indication::LowBatteryText, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Battery, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
];
