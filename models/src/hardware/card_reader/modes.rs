//! How a card reader breaks, as catalogue entries.

use crate::symptom::Symptom;
use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::{Family, Models, Part, RecoveryAction};

/// Every way in which a card reader can break.
pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::ChipContactsDirty, Mode {
        name: "chip-contacts-dirty",
        zh: "芯片触点脏污",
        family: Family::CardReader,
        shows: &[(Symptom::ChipReadsFail, 0.95)],
        cause: "dust and the grease of many cards",
        effects: Effects::of(
            "the contacts do not touch the chip",
            "chips are not read; cards with a stripe fall back to it",
            "customers try again, pay otherwise or leave",
        ),
        ratings: Ratings::of(6, 7, 2),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.7), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(5)),
            step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Clean, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::AntennaDead, Mode {
        name: "antenna-dead",
        zh: "非接触天线失效",
        family: Family::CardReader,
        shows: &[(Symptom::TapReadsFail, 0.95), (Symptom::ReaderSilent, 0.052)],
        cause: "a broken antenna, or the circuit that feeds it",
        effects: Effects::of(
            "there is no field",
            "a card is tapped and nothing happens",
            "customers insert the card, or leave",
        ),
        ratings: Ratings::of(6, 4, 2),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::RestartTerminal, 0.3), (RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(5)),
            step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(3)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::StripeHeadWorn, Mode {
        name: "stripe-head-worn",
        zh: "磁头磨损",
        family: Family::CardReader,
        shows: &[(Symptom::StripeReadsFail, 0.95), (Symptom::DueSoon, 0.52)],
        cause: "hundreds of thousands of swipes",
        effects: Effects::of(
            "the head's gap is worn",
            "a card is swiped and nothing happens",
            "who has a stripe only cannot pay by card",
        ),
        ratings: Ratings::of(6, 5, 3),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.3), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Clean, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::ChipContactsWorn, Mode {
        name: "chip-contacts-worn",
        zh: "芯片触点磨损",
        family: Family::CardReader,
        shows: &[(Symptom::ChipReadsFail, 0.95), (Symptom::DueSoon, 0.52)],
        cause: "hundreds of thousands of insertions",
        effects: Effects::of(
            "the contacts have lost their spring",
            "chips are not read, however clean the contacts; cards with a stripe fall back to it",
            "customers try again, pay otherwise or leave",
        ),
        ratings: Ratings::of(6, 5, 3),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.1), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
    (Fault::StripeHeadDirty, Mode {
        name: "stripe-head-dirty",
        zh: "磁头脏污",
        family: Family::CardReader,
        shows: &[(Symptom::StripeReadsFail, 0.95)],
        cause: "dust and the grease of many cards",
        effects: Effects::of(
            "the head does not touch the stripe",
            "a card is swiped and nothing happens, until the head is cleaned",
            "who has a stripe only cannot pay by card",
        ),
        ratings: Ratings::of(6, 6, 2),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::Clean, 0.8), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::Clean, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
    (Fault::NoReaction, Mode {
        name: "no-reaction",
        zh: "读卡器无反应",
        family: Family::CardReader,
        shows: &[
            (Symptom::ReaderSilent, 0.95),
            (Symptom::SalesSilent, 0.53),
            (Symptom::TapReadsFail, 0.11),
            (Symptom::StripeReadsFail, 0.11),
            (Symptom::ChipReadsFail, 0.1),
        ],
        cause: "a reader whose controller hangs or has died",
        effects: Effects::of(
            "the reader answers nothing",
            "no card is read in any way",
            "only codes can be sold by",
        ),
        ratings: Ratings::of(7, 4, 2),
        indications: &[Indication::NoReactionToCard, Indication::ErrorTone],
        seen_by: &[Part::CardReader, Part::Merchant],
        cleared_by: &[(RecoveryAction::RestartTerminal, 0.3), (RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(5)),
            step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    }),
];
