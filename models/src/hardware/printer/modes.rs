//! How a printer breaks, as catalogue entries.

use crate::symptom::Symptom;
use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::{Family, Models, Part, RecoveryAction};

/// Every way in which a printer can break.
pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::PaperOut, Mode {
        name: "paper-out",
        zh: "缺纸",
        family: Family::Printer,
        shows: &[(Symptom::PrinterStopped, 0.94)],
        cause: "the roll is used up",
        effects: Effects::of(
            "no paper is under the head",
            "no receipt is printed",
            "sales go on, but without receipts",
        ),
        ratings: Ratings::of(5, 10, 1),
        indications: &[Indication::PaperText],
        seen_by: &[Part::Printer, Part::Merchant],
        cleared_by: &[(RecoveryAction::ReplaceRoll, 1.0), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::ReplaceRoll, Performer::Attendant, Span::secs(90)),
            step(RecoveryAction::ReplaceRoll, Performer::Technician, Span::minutes(10)),
        ],
    }),
    (Fault::Jam, Mode {
        name: "jam",
        zh: "卡纸",
        family: Family::Printer,
        shows: &[(Symptom::PrinterStopped, 0.94)],
        cause: "paper that is crumpled in the feed",
        effects: Effects::of(
            "the paper does not move",
            "nothing comes out of the printer",
            "sales go on, but without receipts",
        ),
        ratings: Ratings::of(5, 7, 1),
        indications: &[Indication::JamText],
        seen_by: &[Part::Printer, Part::Merchant],
        cleared_by: &[(RecoveryAction::OpenLid, 0.85), (RecoveryAction::Repair, 0.98), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::OpenLid, Performer::Attendant, Span::secs(60)),
            step(RecoveryAction::OpenLid, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::HeadWorn, Mode {
        name: "head-worn",
        zh: "打印不清晰",
        family: Family::Printer,
        shows: &[(Symptom::PrintsFaint, 0.95), (Symptom::DueSoon, 0.53)],
        cause: "kilometres of paper",
        effects: Effects::of(
            "dots of the head are burnt out",
            "receipts are faint or unreadable",
            "receipts prove nothing when a sale is disputed",
        ),
        ratings: Ratings::of(4, 5, 4),
        indications: &[Indication::FaintPrint],
        seen_by: &[Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.3), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::ReplaceRoll, Performer::Attendant, Span::secs(90)),
            step(RecoveryAction::Clean, Performer::Support, Span::minutes(5)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::HeadHot, Mode {
        name: "head-hot",
        zh: "打印头过热",
        family: Family::Printer,
        shows: &[(Symptom::PrinterStopped, 0.9)],
        cause: "long receipts in a row, a warm place, a wrong setting",
        effects: Effects::of(
            "the head reaches its limit of temperature",
            "the printer stops in the middle of receipts until its head has cooled",
            "customers wait for their receipts",
        ),
        ratings: Ratings::of(4, 5, 2),
        indications: &[Indication::PrinterRestsText],
        seen_by: &[Part::Printer, Part::Merchant],
        cleared_by: &[(RecoveryAction::Configure, 0.5), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Retry, Performer::Attendant, Span::minutes(5)),
            step(RecoveryAction::Configure, Performer::Remote, Span::minutes(1)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::CutterBlocked, Mode {
        name: "cutter-blocked",
        zh: "切刀卡住",
        family: Family::Printer,
        shows: &[(Symptom::PrinterStopped, 0.95)],
        cause: "scraps of paper at the blade",
        effects: Effects::of(
            "the blade does not move",
            "nothing comes out until the blade is free",
            "sales go on, but without receipts",
        ),
        ratings: Ratings::of(5, 6, 1),
        indications: &[Indication::CutterText],
        seen_by: &[Part::Printer, Part::Merchant],
        cleared_by: &[(RecoveryAction::OpenLid, 0.6), (RecoveryAction::Repair, 0.98), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::OpenLid, Performer::Attendant, Span::secs(60)),
            step(RecoveryAction::OpenLid, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::CoverOpen, Mode {
        name: "cover-open",
        zh: "纸仓盖未关",
        family: Family::Printer,
        shows: &[(Symptom::PrinterStopped, 0.94)],
        cause: "it was not shut after a new roll",
        effects: Effects::of(
            "the paper is not pressed to the head",
            "the printer refuses to print until the cover is shut",
            "sales go on, but without receipts",
        ),
        ratings: Ratings::of(5, 8, 1),
        indications: &[Indication::CoverText],
        seen_by: &[Part::Printer, Part::Merchant],
        cleared_by: &[
            (RecoveryAction::OpenLid, 0.98),
            (RecoveryAction::ReplaceRoll, 0.9),
            (RecoveryAction::Repair, 1.0),
            (RecoveryAction::Swap, 1.0),
        ],
        procedure: &[
            step(RecoveryAction::OpenLid, Performer::Attendant, Span::secs(20)),
            step(RecoveryAction::OpenLid, Performer::Support, Span::minutes(3)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
];
