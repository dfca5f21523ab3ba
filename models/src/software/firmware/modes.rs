//! How firmware breaks: its catalogue entries.

use crate::symptom::Symptom;
use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::{Family, Models, Part, RecoveryAction};

/// All of them.
pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
        (Fault::Hang, Mode {
            name: "hang",
            zh: "系统死机",
            family: Family::Software,
            shows: &[
                (Symptom::ScreenStuck, 0.15),
                (Symptom::Restarts, 0.83),
                (Symptom::NoHeartbeat, 0.4),
                (Symptom::ReaderSilent, 0.0021),
            ],
            cause: "a deadlock in the software",
            effects: Effects::of(
                "nothing goes on",
                "the watchdog or somebody at the counter has to restart it",
                "no sale until then; what was under way is reversed",
            ),
            ratings: Ratings::of(7, 8, 1),
            indications: &[Indication::FrozenScreen],
            seen_by: &[Part::Firmware, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[
                (RecoveryAction::RestartApp, 0.6),
                (RecoveryAction::RestartTerminal, 0.95),
                (RecoveryAction::Update, 0.98),
                (RecoveryAction::RollBack, 0.98),
                (RecoveryAction::Repair, 1.0),
                (RecoveryAction::Swap, 1.0),
            ],
            procedure: &[
                step(RecoveryAction::RestartApp, Performer::Device, Span::secs(10)),
                step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(10)),
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::MemoryLeak, Mode {
            name: "memory-leak",
            zh: "内存泄漏",
            family: Family::Software,
            shows: &[
                (Symptom::ResourcesShort, 0.95),
                (Symptom::SlowOperation, 0.74),
                (Symptom::Restarts, 0.52),
                (Symptom::NoHeartbeat, 0.3),
                (Symptom::ScreenStuck, 0.15),
            ],
            cause: "memory that is never given back",
            effects: Effects::of(
                "free memory shrinks",
                "the terminal gets slow and then hangs, again after every restart",
                "customers wait, then no sale until a restart",
            ),
            ratings: Ratings::of(6, 6, 2),
            indications: &[Indication::SlowOperation, Indication::FrozenScreen],
            seen_by: &[Part::Firmware, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Update, 0.9), (RecoveryAction::RollBack, 0.95), (RecoveryAction::Swap, 0.9)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Remote, Span::secs(30)),
                step(RecoveryAction::Update, Performer::Remote, Span::minutes(5)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::ProcessorStarved, Mode {
            name: "processor-starved",
            zh: "资源占用过高",
            family: Family::Software,
            shows: &[
                (Symptom::SlowOperation, 0.95),
                (Symptom::ResourcesShort, 0.9),
                (Symptom::ScreenStuck, 0.1),
                (Symptom::AnswersLate, 0.1),
            ],
            cause: "a process that takes the processor, a bad update",
            effects: Effects::of(
                "programs wait for the processor",
                "every transaction takes longer",
                "customers wait, and some leave",
            ),
            ratings: Ratings::of(6, 6, 2),
            indications: &[Indication::SlowOperation],
            seen_by: &[Part::Firmware, Part::Merchant],
            cleared_by: &[
                (RecoveryAction::RestartTerminal, 0.7),
                (RecoveryAction::Update, 0.95),
                (RecoveryAction::RollBack, 0.95),
                (RecoveryAction::Swap, 0.9),
            ],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Remote, Span::secs(30)),
                step(RecoveryAction::Update, Performer::Remote, Span::minutes(5)),
                step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(4)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
    ];
