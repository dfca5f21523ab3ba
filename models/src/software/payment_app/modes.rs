//! How the application breaks: its catalogue entries.

use crate::symptom::Symptom;
use faults::{Effects, Mode, Ratings, Performer, RecoveryStep};
use sim::Span;

use super::Fault;
use crate::plan::step;
use crate::{Indication, Family, Models, Part, RecoveryAction};

/// Against instructions that are refused: the right parameters, then another terminal.
const MEND_INSTRUCTION: &[RecoveryStep<Models>] = &[
    step(RecoveryAction::RestartApp, Performer::Device, Span::secs(10)),
    step(RecoveryAction::Configure, Performer::Remote, Span::minutes(1)),
    step(RecoveryAction::Configure, Performer::Support, Span::minutes(6)),
    step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
];

/// All of them.
pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
        (Fault::WrongType, Mode {
            name: "wrong-type",
            zh: "交易类型错误",
            family: Family::Transaction,
            shows: &[(Symptom::InstructionRefused, 0.95), (Symptom::SalesSilent, 0.11)],
            cause: "a wrong parameter",
            effects: Effects::of(
                "the application asks for a transaction that is not supported",
                "every sale is refused",
                "no sale until the parameter is right",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::RefusedText],
            seen_by: &[Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::Configure, 0.95), (RecoveryAction::Update, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: MEND_INSTRUCTION,
        }),
        (Fault::WrongAmount, Mode {
            name: "wrong-amount",
            zh: "交易金额错误",
            family: Family::Transaction,
            shows: &[(Symptom::InstructionRefused, 0.95), (Symptom::SalesSilent, 0.11)],
            cause: "a wrong parameter",
            effects: Effects::of(
                "the application sends an amount that is not valid",
                "every sale is refused",
                "no sale until the parameter is right",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::RefusedText],
            seen_by: &[Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::Configure, 0.95), (RecoveryAction::Update, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: MEND_INSTRUCTION,
        }),
        (Fault::WrongCurrency, Mode {
            name: "wrong-currency",
            zh: "交易指令错误",
            family: Family::Transaction,
            shows: &[(Symptom::InstructionRefused, 0.95), (Symptom::SalesSilent, 0.11)],
            cause: "a wrong parameter",
            effects: Effects::of(
                "the application sends a wrong currency",
                "every sale is refused with a format error",
                "no sale until the parameter is right",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::RefusedText],
            seen_by: &[Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::Configure, 0.95), (RecoveryAction::Update, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: MEND_INSTRUCTION,
        }),
        (Fault::IncompatibleVersion, Mode {
            name: "incompatible-version",
            zh: "版本不兼容",
            family: Family::Software,
            shows: &[(Symptom::WillNotSell, 0.95), (Symptom::SalesSilent, 0.52), (Symptom::ScreenStuck, 0.1)],
            cause: "firmware, application and gateway that were updated out of step",
            effects: Effects::of(
                "the application does not start a sale",
                "the terminal only shows that its version does not fit",
                "no sale until the right version is installed",
            ),
            ratings: Ratings::of(8, 5, 1),
            indications: &[Indication::FrozenScreen],
            seen_by: &[Part::PaymentApp],
            cleared_by: &[(RecoveryAction::Update, 0.95), (RecoveryAction::RollBack, 0.98), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartApp, Performer::Device, Span::secs(10)),
                step(RecoveryAction::Update, Performer::Remote, Span::minutes(5)),
                step(RecoveryAction::Update, Performer::Support, Span::minutes(15)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
];
