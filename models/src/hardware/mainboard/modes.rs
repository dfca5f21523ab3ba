//! Fault modes of the mainboard: what they look like, and how they are cleared.

use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::symptom::Symptom;
use crate::{Family, Models, Part, RecoveryAction};

pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::Dead, Mode {
        name: "dead",
        zh: "电路板损坏",
        family: Family::Hardware,
        shows: &[(Symptom::TerminalDark, 0.95), (Symptom::NoHeartbeat, 0.95)],
        cause: "age, a surge, moisture, a fall",
        effects: Effects::of(
            "the board does not start",
            "nothing of the terminal runs",
            "no sale until an exchange",
        ),
        ratings: Ratings::of(8, 5, 2),
        indications: &[Indication::BlankScreen, Indication::PowerLightOut],
        seen_by: &[Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Repair, 0.6), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::Replug, Performer::Support, Span::minutes(3)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
    (Fault::RandomResets, Mode {
        name: "random-resets",
        zh: "无故重启",
        family: Family::Hardware,
        shows: &[(Symptom::Restarts, 0.95)],
        cause: "a cracked joint or a part that is failing",
        effects: Effects::of(
            "the board resets itself",
            "the terminal boots again, and what was under way is lost",
            "sales break off and are reversed",
        ),
        ratings: Ratings::of(7, 4, 2),
        indications: &[Indication::RestartsByItself],
        seen_by: &[Part::Mainboard, Part::Merchant],
        cleared_by: &[(RecoveryAction::Repair, 0.8), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Update, Performer::Remote, Span::minutes(5)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
    (Fault::Overheating, Mode {
        name: "overheating",
        zh: "设备过热",
        family: Family::Hardware,
        shows: &[
            (Symptom::TemperatureOutOfRange, 0.84),
            (Symptom::SlowOperation, 0.74),
            (Symptom::Restarts, 0.52),
            (Symptom::TerminalDark, 0.3),
            (Symptom::NoHeartbeat, 0.24),
        ],
        cause: "dust in the vents, a dried-out pad",
        effects: Effects::of(
            "the heat of the board does not get away",
            "the terminal gets slow, switches itself off and starts again when it has cooled",
            "sales are slow, then stop for a while",
        ),
        ratings: Ratings::of(7, 4, 2),
        indications: &[Indication::HotCase, Indication::SlowOperation, Indication::PowerLightOut, Indication::BlankScreen],
        seen_by: &[Part::Mainboard, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.7), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(3)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
];
