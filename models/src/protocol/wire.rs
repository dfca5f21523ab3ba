//! What crosses between actors: payment messages with every field that the real one needs, and everything else.
//!
//! Field numbers (F2, F39, …) are those of ISO 8583; usage follows the UnionPay POS dialect. Fields that follow from others
//! (F35 from F2, F14 and the service code; F12 and F13 from the terminal's clock) are left to a codec.

use faults::{Candidate, DrawName, Finding, LIKELIEST, StepRequest};
use sim::{ActorId, Instant, Span};

use crate::Symptom;
pub use crate::vocabulary::payment::{Channel, Method, Pan, ResponseCode, Via};

use crate::decision::{Decision, IncidentReport};
use crate::lifecycle::{Application, Reason};
use crate::money::Money;
use crate::observation::Observation;
use crate::operator::Command;
use crate::outside::Outside;
use crate::recovery_action::RecoveryAction;
use crate::telemetry::Telemetry;
use crate::{AnyFault, Models};

/// Message type (MTI).
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize,
)]
pub enum Mti {
    /// 0200: a sale is asked for.
    #[default]
    Request,
    /// 0210: and answered.
    Response,
    /// 0220: a sale that was approved offline is told.
    Advice,
    /// 0230: and acknowledged.
    AdviceResponse,
    /// 0400: a sale is reversed.
    Reversal,
    /// 0410: and that is acknowledged.
    ReversalResponse,
    /// 0800: sign-on, echo, sign-off of a real terminal: asked of the gateway itself.
    Network,
    /// 0810: and answered.
    NetworkResponse,
    /// 0500: a real terminal's totals since it last settled, as one amount: sales less what was paid back.
    Settlement,
    /// 0510: and answered.
    SettlementResponse,
}

impl Mti {
    /// The four digits.
    pub const fn digits(self) -> &'static str {
        match self {
            Self::Request => "0200",
            Self::Response => "0210",
            Self::Advice => "0220",
            Self::AdviceResponse => "0230",
            Self::Reversal => "0400",
            Self::ReversalResponse => "0410",
            Self::Network => "0800",
            Self::NetworkResponse => "0810",
            Self::Settlement => "0500",
            Self::SettlementResponse => "0510",
        }
    }

    /// The answer to it; an answer stays what it is.
    pub const fn response(self) -> Self {
        match self {
            Self::Request | Self::Response => Self::Response,
            Self::Advice | Self::AdviceResponse => Self::AdviceResponse,
            Self::Reversal | Self::ReversalResponse => Self::ReversalResponse,
            Self::Network | Self::NetworkResponse => Self::NetworkResponse,
            Self::Settlement | Self::SettlementResponse => Self::SettlementResponse,
        }
    }

    /// Terminals send it; otherwise they are sent it.
    pub fn asks(self) -> bool {
        self != self.response()
    }
}

/// One ISO 8583 message.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize,
)]
pub struct Iso {
    /// Message type.
    pub mti: Mti,
    /// F2, card number; a token for codes.
    pub pan: Pan,
    /// F3, processing code: 000000 sale.
    pub processing: u32,
    /// F4, amount.
    pub amount: Money,
    /// F11, the terminal's count: a reversal carries that of its original.
    pub stan: u32,
    /// F12 and F13, the terminal's own time.
    pub local: Instant,
    /// F14, expiry as YYMM.
    pub expiry: u16,
    /// F22, how the card was read.
    pub method: Method,
    /// F23, card sequence number.
    pub card_sequence: u16,
    /// F25, point of service condition.
    pub condition: u8,
    /// F37, set by the gateway: unique within a settlement day; 0 until then.
    pub rrn: u64,
    /// F38, authorisation id, set by the host; 0 until then.
    pub authorisation: u32,
    /// F39, the response code; in a reversal its reason.
    pub code: ResponseCode,
    /// F41 and F42: the terminal; a codec derives its eight and fifteen characters.
    pub terminal: ActorId,
    /// F49, currency (ISO 4217 number).
    pub currency: u16,
    /// F52, the PIN as encrypted by the PIN pad; 0 for none.
    pub pin_block: u64,
    /// F55, the chip's cryptogram; 0 for none.
    pub cryptogram: u64,
    /// F60.1, business type: 22 sale.
    pub business: u8,
    /// F60.2, batch.
    pub batch: u32,
    /// F61, of the original: its STAN; 0 for none.
    pub original: u32,
    /// F64, message authentication code.
    pub mac: u32,
    /// The connection that it came in by, so that the answer finds its way.
    pub via: Via,
}

impl Iso {
    /// F64 over the fields that money depends on. A stand-in of 32 bits for the keyed code of a real terminal: it tells a
    /// changed message from an unchanged one.
    pub fn seal(&self) -> u32 {
        let Self { mti, pan, amount, stan, code, terminal, currency, .. } = self;
        sim::StableHasher::of(&(mti, pan, amount, stan, code, terminal, currency)) as u32
    }
}

/// A request to carry out a step at a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Job {
    /// The terminal.
    pub terminal: ActorId,
    /// Its incident.
    pub incident: u32,
    /// Which attempt, counted from 0.
    pub attempt: u8,
    /// What is to be done.
    pub action: RecoveryAction,
    /// Hands-on time.
    pub duration: Span,
    /// What is suspected.
    pub suspect: AnyFault,
    /// What the draws of whoever carries it out are named by, and nothing else.
    #[serde(skip)]
    pub name: DrawName,
}

impl Job {
    /// What fault management asks for at a terminal.
    pub fn of(terminal: ActorId, asked: &StepRequest<Models>) -> Self {
        let StepRequest { incident, attempt, step, suspect, name } = *asked;
        let (action, duration) = (step.action, step.duration);
        Self { terminal, incident, attempt, action, duration, suspect, name }
    }
}

/// What one actor sends to another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum InterActorMessage {
    /// A payment message.
    Payment(Iso),
    /// Heartbeat monitor to back office: a terminal is missing, or back.
    Seen {
        /// The terminal.
        terminal: ActorId,
        /// It is missing.
        missing: bool,
    },
    /// Heartbeat monitor to back office: please send this command. Back office to terminal: the command.
    Command(Job, Via),
    /// Merchant to support: I need help with this.
    Call(Job, Channel),
    /// Support to merchant: do this now. With the time waited, in milliseconds.
    Advice(Job, u32),
    /// The merchant has hung up. With the time waited, in milliseconds.
    NoHelp(Job, u32),
    /// Merchant to technicians: please come.
    Dispatch(Job),
    /// Support to merchant: do this now, which is not what was needed. With the time waited, in milliseconds.
    Misled(Job, u32),
    /// A technician is here.
    Visit(Job),
    /// A technician was here and could not do it at the first visit.
    VisitInVain(Job),
    /// Technicians to merchant: nobody comes.
    Refused(Job),
    /// The back office's record of a terminal: an incident has been opened or closed there that the operator knows of.
    Ticket {
        /// The terminal.
        terminal: ActorId,
        /// What was noticed.
        symptom: Symptom,
        /// What is suspected.
        suspect: AnyFault,
        /// It has been opened.
        open: bool,
    },
    /// Back office to its record of a terminal: the terminal is, or is no longer, one of those with a common cause.
    Common {
        /// Number of the common-cause incident.
        number: u32,
        /// The cause that is suspected.
        cause: AnyFault,
        /// The terminal is one of its members.
        member: bool,
    },
    /// To the back office's record of a terminal: this was found out about it elsewhere, or is over.
    Suspicion {
        /// What.
        finding: Finding<Models>,
        /// It is found, and not over.
        raised: bool,
    },
    /// Terminal to back office: readings of its parts.
    Report(Telemetry),
    /// Gateway to back office: a sale is final.
    Booked {
        /// The terminal.
        terminal: ActorId,
        /// Positive for a sale, negative for a reversal.
        amount: Money,
    },
    /// Back office to terminal: this roll-out's version is ready to be loaded.
    Install {
        /// Which roll-out.
        rollout: u8,
    },
    /// Back office to terminal: back to the version before this roll-out.
    RollBack {
        /// Which roll-out.
        rollout: u8,
    },
    /// Terminal to back office: a roll-out's version has been installed.
    Installed {
        /// The terminal.
        terminal: ActorId,
        /// Which roll-out.
        rollout: u8,
    },
    /// Merchant to the reviewing desk: an application.
    Apply(Application),
    /// The desk to the merchant: accepted, or refused and why.
    Decided {
        /// Which attempt it was.
        attempt: u8,
        /// Why not.
        refused: Option<Reason>,
    },
    /// Merchant to the ledger: the deposit.
    Pay {
        /// The terminal.
        terminal: ActorId,
        /// What is paid.
        amount: Money,
    },
    /// To the ledger: damage that the merchant is to blame for.
    Charge {
        /// The terminal.
        terminal: ActorId,
        /// What it costs.
        amount: Money,
    },
    /// To the ledger: the terminal is back.
    GiveBack {
        /// The terminal.
        terminal: ActorId,
        /// What the inspection found, in money.
        damage: Money,
    },
    /// The ledger to the merchant: the rest of the deposit.
    Refund {
        /// How much.
        amount: Money,
    },
    /// Between an attached part and the real thing in its place.
    Outside(Outside),
    /// Where fault management is decided outside, out: what became of an incident of a terminal, or that it waits.
    IncidentReport(IncidentReport),
    /// Where fault management is decided outside, in: what is done about an incident.
    Decision {
        /// The incident, within its terminal.
        incident: u32,
        /// The attempt that waits.
        attempt: u8,
        /// What is done.
        decision: Decision,
    },
    /// Where a detector outside is attached, out: what it gets to see of a terminal.
    Observation(Observation),
    /// Where a detector outside is attached, in: what it makes of that.
    Verdict {
        /// What it notices.
        finding: Finding<Models>,
        /// It notices it now; otherwise it does not any more.
        raised: bool,
        /// What may be behind it by its own weights; none leaves that to the policy.
        candidates: [Option<Candidate<Models>>; LIKELIEST],
    },
    /// Heartbeat monitor to back office, where someone outside listens in: a heartbeat has come.
    Beat {
        /// The terminal.
        terminal: ActorId,
        /// By which bearer it came.
        via: Via,
    },
    /// Back office to terminal: a command of an operator outside.
    Order(Command),
    /// Terminal to back office: that has been carried out.
    Ordered(Command),
}
