//! What stands on a receipt.

use serde::{Deserialize, Serialize};
use sim::{ActorId, Instant};

use crate::money::Money;
use crate::wire::{Method, Pan};

/// A receipt as the payment application has it printed. The simulated printer needs its length only, a real one all of it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its length in lines.
    pub lines: u8,
    /// The terminal; a printer's adapter derives F41 and F42 from it.
    pub terminal: ActorId,
    /// The card number; whoever shows it masks it.
    pub pan: Pan,
    /// How the card was read.
    pub method: Method,
    /// What was paid.
    pub amount: Money,
    /// Its currency, ISO 4217 number.
    pub currency: u16,
    /// The terminal's own time, which need not be right.
    pub at: Instant,
    /// F11 of the sale.
    pub stan: u32,
    /// F37; 0 for a sale that was approved offline.
    pub rrn: u64,
    /// F38; 0 for none.
    pub authorisation: u32,
}
