//! What crosses the boundary where a real fleet management system stands beside the simulated back office: copies of what
//! that hears, and commands of its operators.

use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant, Span};

use crate::Symptom;
use crate::telemetry::Telemetry;
use crate::wire::Via;
use crate::{AnyFault, RecoveryAction};

/// Out: something that the back office has received or concluded.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// When.
    pub at: Instant,
    /// Of which terminal.
    pub terminal: ActorId,
    /// What.
    pub what: News,
}

/// What a back office hears of a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// A heartbeat has come, by this bearer.
    Heartbeat(Via),
    /// Readings of its parts.
    Telemetry(Telemetry),
    /// Its heartbeats have been missed, or come again.
    Missing(bool),
    /// Something is suspected, or no longer.
    Alarm {
        /// What was noticed.
        symptom: Symptom,
        /// The likeliest fault behind it.
        suspect: AnyFault,
        /// By whom.
        by: Source,
        /// It is suspected.
        raised: bool,
    },
    /// What became of a command.
    Result {
        /// Its number.
        command: u32,
        /// What became of it.
        end: CommandEnd,
    },
}

/// Whose suspicion an alarm is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// A detector on the terminal.
    Terminal,
    /// The back office, because of the terminal's reports or sales.
    BackOffice,
}

/// In: a command for a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Number of the command: the result carries it.
    pub number: u32,
    /// For which terminal.
    pub terminal: ActorId,
    /// What it is to do.
    pub order: Order,
}

/// What a terminal can be told to do from afar.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// Restart.
    Restart,
    /// Take the right parameters.
    Configure,
    /// Install the right version of firmware and application.
    Update,
    /// Stop selling: the terminal is suspended.
    Lock,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Restart, Self::Configure, Self::Update, Self::Lock];

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Configure => "configure",
            Self::Update => "update",
            Self::Lock => "lock",
        }
    }
    /// What it does to the terminal.
    pub const fn action(self) -> RecoveryAction {
        match self {
            Self::Restart => RecoveryAction::RestartTerminal,
            Self::Configure => RecoveryAction::Configure,
            Self::Update => RecoveryAction::Update,
            Self::Lock => RecoveryAction::Suspend,
        }
    }
    /// How long the terminal is at it: as in the procedures of the catalogue.
    pub const fn duration(self) -> Span {
        match self {
            Self::Restart => Span::secs(30),
            Self::Configure => Span::minutes(2),
            Self::Update => Span::minutes(5),
            Self::Lock => Span::secs(1),
        }
    }
}

/// What became of a command.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum CommandEnd {
    /// The terminal has carried it out; whether that helped is another question.
    Done,
    /// The terminal has not answered in time: it is off, hangs, or cannot be reached.
    NoAnswer,
    /// The back office is down and sends no commands.
    BackOfficeDown,
    /// There is no such terminal.
    UnknownTerminal,
}
