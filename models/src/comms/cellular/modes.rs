//! Fault modes of the cellular link: what they look like, and how they are cleared.

use faults::{Effects, Mode, Performer, Ratings};
use sim::Span;

use super::Fault;
use crate::indication::Indication;
use crate::plan::step;
use crate::symptom::Symptom;
use crate::{Family, Models, Part, RecoveryAction};

pub(super) const MODES: &[(Fault, Mode<Models>)] = &[
    (Fault::PoorCoverage, Mode {
        name: "poor-coverage",
        zh: "信号覆盖不佳",
        family: Family::Comms,
        shows: &[
            (Symptom::LinkPoor, 0.95),
            (Symptom::AnswersLate, 0.31),
            (Symptom::RequestsUnanswered, 0.16),
            (Symptom::BearerUnusable, 0.1),
            (Symptom::NoHeartbeat, 0.1),
            (Symptom::DuplicatesSurge, 0.005),
        ],
        cause: "a cellar, thick walls, the edge of a cell",
        effects: Effects::of(
            "the signal is weak",
            "packets are lost and late",
            "sales are slow or fail",
        ),
        ratings: Ratings::of(6, 7, 2),
        indications: &[Indication::LinkLightBlinks],
        seen_by: &[Part::Cellular, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::ClearObstruction, 0.5), (RecoveryAction::Repair, 0.7)],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::ClearObstruction, Performer::Attendant, Span::minutes(3)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
        ],
    }),
    (Fault::ModuleDead, Mode {
        name: "module-dead",
        zh: "通信模块损坏",
        family: Family::Comms,
        shows: &[(Symptom::BearerUnusable, 0.87), (Symptom::NoHeartbeat, 0.59)],
        cause: "a radio module or an antenna that has failed",
        effects: Effects::of(
            "the module does not answer",
            "nothing is sent or received by this bearer",
            "no sale where there is no other bearer",
        ),
        ratings: Ratings::of(8, 4, 1),
        indications: &[Indication::NoNetworkText],
        seen_by: &[Part::Cellular, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(10)),
            step(RecoveryAction::FailOver, Performer::Device, Span::secs(5)),
            step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
    (Fault::CellOutage, Mode {
        name: "cell-outage",
        zh: "基站中断",
        family: Family::Comms,
        shows: &[
            (Symptom::BearerUnusable, 0.95),
            (Symptom::NoHeartbeat, 0.71),
            (Symptom::GatewayDegraded, 0.05),
        ],
        cause: "a base station without power or line",
        effects: Effects::of(
            "there is no cell",
            "no terminal under the cell reaches the network by it",
            "many shops at once cannot sell, or sell by their other bearer",
        ),
        ratings: Ratings::of(9, 6, 1),
        indications: &[Indication::NoNetworkText],
        seen_by: &[Part::Cellular, Part::HeartbeatMonitor, Part::Merchant],
        cleared_by: &[(RecoveryAction::RestoreService, 1.0)],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::FailOver, Performer::Device, Span::secs(5)),
            step(RecoveryAction::RestoreService, Performer::Device, Span::hours(4)),
        ],
    }),
    (Fault::Congestion, Mode {
        name: "congestion",
        zh: "网络拥塞",
        family: Family::Comms,
        shows: &[
            (Symptom::AnswersLate, 0.95),
            (Symptom::SlowOperation, 0.42),
            (Symptom::RequestsUnanswered, 0.42),
            (Symptom::LinkPoor, 0.21),
            (Symptom::GatewayDegraded, 0.05),
            (Symptom::DuplicatesSurge, 0.0099),
        ],
        cause: "a market day, a match, a holiday",
        effects: Effects::of(
            "packets queue in the cell",
            "answers come so late that sales are slow or given up",
            "customers wait; sales are reversed",
        ),
        ratings: Ratings::of(6, 6, 3),
        indications: &[Indication::SlowOperation],
        seen_by: &[Part::Cellular, Part::PaymentApp, Part::Merchant],
        cleared_by: &[(RecoveryAction::RestoreService, 0.9)],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(40)),
            step(RecoveryAction::RestoreService, Performer::Device, Span::hours(2)),
        ],
    }),
    (Fault::HalfOpen, Mode {
        name: "half-open",
        zh: "连接半开",
        family: Family::Comms,
        shows: &[
            (Symptom::RequestsUnanswered, 0.95),
            (Symptom::NoHeartbeat, 0.61),
            (Symptom::DuplicatesSurge, 0.005),
        ],
        cause: "a gateway or an address translator that forgot the connection",
        effects: Effects::of(
            "what is sent vanishes, though the link looks sound",
            "requests are not answered until the connection is made anew",
            "sales are given up and reversed",
        ),
        ratings: Ratings::of(7, 7, 2),
        indications: &[Indication::NoAnswerText],
        seen_by: &[Part::Cellular, Part::HeartbeatMonitor, Part::PaymentApp, Part::Merchant],
        cleared_by: &[
            (RecoveryAction::Reconnect, 0.95),
            (RecoveryAction::RestartTerminal, 1.0),
            (RecoveryAction::Repair, 1.0),
            (RecoveryAction::Swap, 1.0),
        ],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(2)),
            step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(4)),
        ],
    }),
    (Fault::DamagesMessages, Mode {
        name: "damages-messages",
        zh: "报文损坏",
        family: Family::Transaction,
        shows: &[(Symptom::SessionRefused, 0.78), (Symptom::RequestsUnanswered, 0.43)],
        cause: "a defective module or driver",
        effects: Effects::of(
            "messages come out changed",
            "their authentication code is wrong and they are refused",
            "sales are refused",
        ),
        ratings: Ratings::of(7, 3, 2),
        indications: &[Indication::NoAnswerText],
        seen_by: &[Part::PaymentApp, Part::Merchant],
        cleared_by: &[(RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(4)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
            step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
        ],
    }),
    (Fault::SendsTwice, Mode {
        name: "sends-twice",
        zh: "重复发送",
        family: Family::Transaction,
        shows: &[(Symptom::DuplicatesSurge, 0.95), (Symptom::LossReported, 0.055)],
        cause: "a module that takes acknowledged messages for lost ones",
        effects: Effects::of(
            "messages go out a second time",
            "the gateway gets the same request twice and has to know it again",
            "none as long as it does; a sale would be charged twice otherwise",
        ),
        ratings: Ratings::of(4, 3, 3),
        indications: &[],
        seen_by: &[Part::HeartbeatMonitor],
        cleared_by: &[
            (RecoveryAction::Reconnect, 0.3),
            (RecoveryAction::Configure, 0.9),
            (RecoveryAction::Repair, 0.9),
            (RecoveryAction::Swap, 1.0),
        ],
        procedure: &[
            step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
            step(RecoveryAction::Configure, Performer::Remote, Span::minutes(2)),
            step(RecoveryAction::Configure, Performer::Support, Span::minutes(6)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
        ],
    }),
];
