//! What merchants paid as deposits against what the ledger holds of it.

use sim::{ActorId, Instant, Simulation};

use super::{Audit, Breach, Invariant};
use crate::Models;
use crate::money::Money;
use crate::people::deployment::Deployment;
use crate::people::deposits::{Account, Deposits};

/// Deposits at the end of a run.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DepositTotals {
    /// What merchants have paid.
    pub paid: Money,
    /// What the ledger has received.
    pub received: Money,
    /// What damage was paid with.
    pub deducted: Money,
    /// What the ledger has paid back.
    pub refunded: Money,
    /// What of it has reached merchants.
    pub got_back: Money,
    /// What is still held.
    pub held: Money,
}

/// Holds the merchants' purses against the ledger, terminal by terminal, to the cent.
///
/// A refund may be on its way; a payment only if it was made after `quiet_from`.
pub(super) fn audit(simulation: &mut Simulation<Models>, audit: &mut Audit, quiet_from: Instant) {
    let layout = simulation.layout();
    let mut accounts = vec![Account::default(); layout.grouped() as usize];
    for number in layout.grouped()..layout.actors() {
        let world = simulation.world_of(ActorId(number));
        for (terminal, account) in
            world.query::<&Deposits>().iter(world).flat_map(Deposits::accounts)
        {
            if let Some(entry) = accounts.get_mut(terminal.0 as usize) {
                *entry = account;
            }
        }
    }
    for cell in 0..layout.cells() {
        let (first, _) = layout.members(cell);
        if first.0 >= layout.grouped() {
            break;
        }
        let world = simulation.world_of(first);
        let mut query = world.query::<(&ActorId, &Deployment)>();
        let mut rows: Vec<_> =
            query.iter(world).map(|(id, deployment)| (*id, deployment.purse())).collect();
        rows.sort_unstable_by_key(|(terminal, _)| *terminal);
        for (terminal, (paid, got_back, refund_due, moved)) in rows {
            let account = accounts[terminal.0 as usize];
            let held = account.held();
            let all = &mut audit.deposits;
            all.paid += paid;
            all.got_back += got_back;
            all.received += account.received;
            all.deducted += account.deducted;
            all.refunded += account.refunded;
            all.held += held;
            let agree = paid == account.received
                && held >= Money::ZERO
                && (refund_due || got_back == account.refunded)
                && got_back <= account.refunded;
            if !agree && moved < quiet_from {
                let detail = format!(
                    "paid {paid}, received {}, deducted {}, refunded {}, got back {got_back}",
                    account.received, account.deducted, account.refunded
                );
                audit.breaches.push(Breach {
                    invariant: Invariant::DepositsAgree,
                    terminal,
                    at: moved,
                    stan: 0,
                    amount: Money(paid.0 - account.received.0),
                    detail,
                });
            }
        }
    }
}
