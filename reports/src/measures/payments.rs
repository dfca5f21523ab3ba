//! Sales and money: how purchases ended, and what is left to put right.

use faults::DomainEvent;
use models::invariants::Audit;
use models::{Fact, Money, Note, Outcome};
use serde::{Deserialize, Serialize};

/// How many purchases ended in one way, and what they were worth.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// How many.
    pub count: u64,
    /// Their sum, in minor units.
    pub amount_minor: i64,
}

impl Bucket {
    fn add(&mut self, amount: Money) {
        self.count += 1;
        self.amount_minor += amount.0;
    }
}

/// What became of all purchases.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Payments {
    /// All that ended.
    pub attempted: Bucket,
    /// Approved online.
    pub approved: Bucket,
    /// Approved offline and stored.
    pub stored: Bucket,
    /// Declined, for whatever reason.
    pub declined: Bucket,
    /// Those of them that the system is to blame for.
    pub declined_technically: Bucket,
    /// The customer left.
    pub abandoned: Bucket,
    /// The terminal could not carry it out.
    pub failed: Bucket,
    /// Reversals that a terminal wanted.
    pub reversals_queued: Bucket,
    /// Reversals that were acknowledged.
    pub reversed: u64,
    /// Stored sales that the host has taken in.
    pub stored_sent: u64,
    /// Records of sales that somebody looked up at a terminal.
    #[serde(default)]
    pub looked_up: u64,
    /// Those of them that the terminal could not show.
    #[serde(default)]
    pub look_ups_failed: u64,
    /// Answers that came after the terminal had given up.
    pub late_answers: u64,
    /// Approved sales that the terminal gave up on and that stayed unreversed.
    pub unreversed: u64,
    /// Those of them that are excused: the terminal was cut off or down during the drain period.
    pub excused: u64,
    /// Records of sales that terminals lost with their power.
    #[serde(default)]
    pub records_lost: u64,
    /// What hangs on them, in minor units: charged though given up, sold and never handed in, approved and reversed.
    #[serde(default)]
    pub at_risk_minor: i64,
    /// Purchases that were charged more than once.
    pub duplicates: u64,
    /// What the terminals hold as approved, in minor units.
    pub terminal_total_minor: i64,
    /// What the gateway holds as approved and not reversed, in minor units.
    pub gateway_total_minor: i64,
    /// What the hosts hold as approved and not reversed, in minor units.
    pub host_total_minor: i64,
}

/// Counts purchases and what follows them.
#[derive(Debug, Default)]
pub struct PaymentsFold(Payments);

impl PaymentsFold {
    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        let DomainEvent::Noted(note) = fact.what else { return };
        let all = &mut self.0;
        match note {
            Note::SaleEnded(sale) => {
                all.attempted.add(sale.amount);
                match sale.outcome {
                    Outcome::Approved => all.approved.add(sale.amount),
                    Outcome::Stored => all.stored.add(sale.amount),
                    Outcome::Abandoned => all.abandoned.add(sale.amount),
                    Outcome::Failed => all.failed.add(sale.amount),
                    Outcome::Declined => all.declined.add(sale.amount),
                }
                if sale.outcome == Outcome::Declined && sale.code.technical() {
                    all.declined_technically.add(sale.amount);
                }
            }
            Note::ReversalQueued { amount, .. } => all.reversals_queued.add(amount),
            Note::ReversalDone { .. } => all.reversed += 1,
            Note::StoredSent { .. } => all.stored_sent += 1,
            Note::LookedUp { stan, .. } => {
                all.looked_up += 1;
                all.look_ups_failed += u64::from(stan == 0);
            }
            Note::LateAnswer { .. } => all.late_answers += 1,
            _ => {}
        }
    }

    /// All facts have been read; the ledgers add what only they know.
    pub fn finish(self, audit: &Audit) -> Payments {
        Payments {
            unreversed: audit.unreversed,
            excused: audit.excused,
            records_lost: audit.forgotten,
            at_risk_minor: audit.at_risk.0,
            duplicates: audit.duplicates,
            terminal_total_minor: audit.terminal_total.0,
            gateway_total_minor: audit.gateway_total.0,
            host_total_minor: audit.host_total.0,
            ..self.0
        }
    }
}
