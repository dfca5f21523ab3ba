//! What models note for the measures, in the past tense.

use sim::{ActorId, Instant, Span};

use crate::detector_settings::Zone;
use crate::lifecycle::{DeploymentStep, DepositEntry};
use crate::money::Money;
use crate::recovery_action::RecoveryAction;
use crate::wire::{Channel, Method, ResponseCode};
use crate::{AnyFault, Part};

/// How a customer's purchase ended.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize,
)]
pub enum Outcome {
    /// Approved online.
    Approved,
    /// Approved offline and stored.
    Stored,
    /// Refused by the host, for a reason of the customer's or of the system's: see the code.
    Declined,
    /// The customer left before it was decided.
    Abandoned,
    /// The terminal could not carry it out: nothing was read, shown or answered.
    Failed,
}

impl Outcome {
    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Stored => "stored",
            Self::Declined => "declined",
            Self::Abandoned => "abandoned",
            Self::Failed => "failed",
        }
    }
}

/// A purchase that is over.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Sale {
    /// The terminal's count of customers.
    pub customer: u32,
    /// When the customer came.
    pub began: Instant,
    /// What was to be paid.
    pub amount: Money,
    /// How it ended.
    pub outcome: Outcome,
    /// The last response code (F39), if there was one.
    pub code: ResponseCode,
    /// How it was to be paid.
    pub method: Method,
    /// The last trace number that was used; 0 if none was.
    pub stan: u32,
    /// The reference number of the answer; 0 if there was none.
    pub rrn: u64,
    /// How often a request was sent for it.
    pub tries: u8,
    /// If it did not come to a payment here: the customer pays in cash, or comes back, so that the shop loses nothing.
    pub alternative_tender: bool,
}

/// What models note for the measures.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Note {
    /// A purchase is over.
    SaleEnded(Sale),
    /// The terminal wants a sale reversed.
    ReversalQueued {
        /// Of the original.
        stan: u32,
        /// Of the original.
        amount: Money,
        /// F39 of the reversal: why.
        reason: ResponseCode,
    },
    /// A reversal was acknowledged.
    ReversalDone {
        /// Of the original.
        stan: u32,
        /// How often it was sent.
        tries: u16,
    },
    /// An answer came after the terminal had given up.
    LateAnswer {
        /// Of the request.
        stan: u32,
        /// What it said.
        code: ResponseCode,
    },
    /// Somebody looked up the record of the terminal's last sale.
    LookedUp {
        /// Of that sale; 0 if the terminal could not show a record.
        stan: u32,
        /// It is on record as paid for.
        paid: bool,
    },
    /// A loss of power took records that the terminal had not yet written.
    RecordsLost {
        /// Requests that the terminal no longer knows of.
        requests: u32,
        /// Reversals among them that were still to be sent.
        reversals: u32,
        /// Stored sales that nobody will hand in.
        stored: u32,
        /// What requests and stored sales are worth.
        amount: Money,
    },
    /// A stored sale was taken in by the host.
    StoredSent {
        /// Of the stored sale.
        stan: u32,
    },
    /// The gateway stopped, or began again, to send to a host.
    Breaker {
        /// The host.
        host: ActorId,
        /// It lets nothing through.
        open: bool,
    },
    /// A merchant reached support, or gave up waiting.
    SupportCall {
        /// The incident that it was about.
        incident: u32,
        /// Time from the call to an agent, or to hanging up.
        waited_ms: u32,
        /// Nobody answered in time.
        abandoned: bool,
        /// The advice was not what was needed.
        misled: bool,
    },
    /// Support: a case has been taken up.
    CaseServed {
        /// Whose.
        terminal: ActorId,
        /// The incident that it is about.
        incident: u32,
        /// What the merchant is guided to do.
        action: RecoveryAction,
        /// How.
        channel: Channel,
        /// For how long an agent is busy with it.
        talks_ms: u32,
        /// Whoever calls has called not long ago.
        repeated: bool,
    },
    /// A visit ended without success, or was refused.
    VisitFailed {
        /// The incident that it was about.
        incident: u32,
        /// Nobody came at all.
        refused: bool,
    },
    /// Something happened in the life of the terminal.
    Life(DeploymentStep),
    /// The ledger of deposits has a new entry.
    Deposit {
        /// The terminal.
        terminal: ActorId,
        /// What it is.
        entry: DepositEntry,
        /// How much.
        amount: Money,
    },
    /// The back office holds that many terminals have one cause in common.
    CommonCauseOpened {
        /// Its number.
        number: u32,
        /// Who has it.
        zone: Zone,
        /// The cause.
        cause: AnyFault,
        /// How many terminals it explained then.
        members: u32,
    },
    /// A common-cause incident is closed: nearly all of its members are well.
    CommonCauseClosed {
        /// Its number.
        number: u32,
    },
    /// A terminal's trouble was attributed to a common-cause incident.
    CommonCauseJoined {
        /// Its number.
        number: u32,
    },
    /// Nobody is sent for an incident of a terminal, because its common cause is being worked on.
    Suppressed {
        /// The incident.
        incident: u32,
    },
    /// A technician was sent to a terminal.
    TechnicianSent {
        /// The terminal.
        terminal: ActorId,
        /// The incident that it is about.
        incident: u32,
        /// What is to be done.
        action: RecoveryAction,
        /// What the provider charges, if other than usual.
        charge: Option<Money>,
    },
    /// A visit needs a part from the depot; one is ordered for it.
    PartWanted {
        /// Parts in stock.
        stock: u32,
        /// Parts that were on order already.
        on_order: u32,
    },
    /// A roll-out got on.
    Rollout {
        /// Which one.
        rollout: u8,
        /// What became of it.
        step: crate::rollout::RolloutStep,
    },
    /// A request came to the gateway.
    RequestCame {
        /// Requests that it found there: those being served and those waiting.
        found: u32,
        /// There was room for it.
        room: bool,
    },
    /// The gateway began to serve a request.
    RequestServed {
        /// How long it had waited.
        waited: Span,
        /// How long it takes to serve it.
        service_time: Span,
    },
    /// An attempt of a link to connect is over, where that takes more than a fixed time.
    Connecting {
        /// The link.
        part: Part,
        /// It has connected; if not, it stays down until somebody has it connect anew.
        connected: bool,
        /// Handshakes that it took.
        tries: u8,
        /// Time from the first of them.
        took: Span,
    },
}
