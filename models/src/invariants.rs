//! What must hold of the money in every run.

use sim::{ActorId, Instant};

use crate::money::Money;

/// Something that must hold in every run.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub enum Invariant {
    /// No customer's purchase is charged twice.
    NoDoubleCharge,
    /// No approved sale that the terminal gave up on stays unreversed after the quiet period.
    NoUnreversedSale,
    /// The sums of the ledgers of terminal, gateway and host agree to the cent.
    LedgersAgree,
    /// No full card number is in any record or file.
    NoCardNumber,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::NoDoubleCharge, Self::NoUnreversedSale, Self::LedgersAgree, Self::NoCardNumber];

    /// Its name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDoubleCharge => "no-double-charge",
            Self::NoUnreversedSale => "no-unreversed-sale",
            Self::LedgersAgree => "ledgers-agree",
            Self::NoCardNumber => "no-card-number",
        }
    }
}

/// Where an invariant does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Breach {
    /// Which one.
    pub invariant: Invariant,
    /// The terminal.
    pub terminal: ActorId,
    /// When the money moved.
    pub at: Instant,
    /// The transaction's trace number.
    pub stan: u32,
    /// The money in question.
    pub amount: Money,
    /// What is wrong, in one sentence.
    pub detail: String,
}

/// What the ledgers say at the end of a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Audit {
    /// Everything that does not hold.
    pub breaches: Vec<Breach>,
    /// Sales that the host holds and the terminal gave up on, unreversed at the end, excused ones included.
    pub unreversed: u64,
    /// Purchases that were charged more than once at the end.
    pub doubled: u64,
    /// Unreversed sales that are excused: their terminal was cut off or down during the quiet period.
    pub excused: u64,
    /// What the terminals hold as approved.
    pub terminal_total: Money,
    /// What the gateway holds as approved and not reversed.
    pub gateway_total: Money,
    /// What the hosts hold as approved and not reversed.
    pub host_total: Money,
}
