//! What must hold of the money in every run.

mod deposits;

use std::collections::BTreeMap;
use std::ops::Range;

use faults::FaultState;
use sim::{ActorId, Instant, Simulation};

use crate::journal::{Line, LineState};
use crate::money::Money;
use crate::platform::gateway::{Gateway, Score};
use crate::platform::host::{Host, Posting};
use crate::software::payment_app::PaymentApp;
use crate::{Models, Part};
pub use deposits::DepositTotals;

/// Something that must hold in every run.
#[derive(
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
pub enum Invariant {
    /// No customer's purchase is charged twice.
    NoDoubleCharge,
    /// No approved sale that the terminal gave up on stays unreversed after the drain period.
    NoUnreversedSale,
    /// The sums of the ledgers of terminal, gateway and host agree to the cent.
    LedgersAgree,
    /// No full card number is in any record or file.
    NoCardNumber,
    /// What merchants paid as deposits is held, deducted or paid back, to the cent.
    DepositsAgree,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::NoDoubleCharge,
        Self::NoUnreversedSale,
        Self::LedgersAgree,
        Self::NoCardNumber,
        Self::DepositsAgree,
    ];

    /// Its name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDoubleCharge => "no-double-charge",
            Self::NoUnreversedSale => "no-unreversed-sale",
            Self::LedgersAgree => "ledgers-agree",
            Self::NoCardNumber => "no-card-number",
            Self::DepositsAgree => "deposits-agree",
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
    pub duplicates: u64,
    /// Unreversed sales that are excused: their terminal was cut off or down during the drain period.
    pub excused: u64,
    /// Records that terminals lost with their power.
    pub forgotten: u64,
    /// Money that hangs on them: charged though the terminal gave up, sold and never handed in, approved and reversed.
    pub at_risk: Money,
    /// What the terminals hold as approved.
    pub terminal_total: Money,
    /// What the gateway holds as approved and not reversed.
    pub gateway_total: Money,
    /// What the hosts hold as approved and not reversed.
    pub host_total: Money,
    /// Deposits.
    pub deposits: DepositTotals,
    /// What a real host did, where one stands in the place of the gateway. Its ledger cannot be seen: what crossed the
    /// boundary stands in its place.
    pub real_host: Option<Score>,
}

/// What one terminal holds about its sales.
struct Till<'a> {
    terminal: ActorId,
    lines: &'a [Line],
    /// Lines that it has lost.
    lost: &'a [Line],
    /// Approved sales that it reversed because it had lost their answer.
    undone: &'a [Line],
    /// It can sell at the end of the run.
    serving: bool,
    /// When it last began to be able to.
    since: Instant,
}

/// Holds the ledgers of terminals, gateway and hosts against each other.
///
/// A sale that the terminal gave up on and the host still holds is a breach only if the terminal could have reversed it:
/// it has been in service, without a break, since `quiet_from`. What a terminal that is cut off still owes is counted as
/// excused.
pub fn audit(
    simulation: &mut Simulation<Models>,
    served_since: &[Option<Instant>],
    quiet_from: Instant,
) -> Audit {
    let layout = simulation.layout();
    let mut audit = Audit { real_host: real_host(simulation), ..Audit::default() };
    let booked = gateway_ledger(simulation);
    for cell in 0..layout.cells() {
        let (first, count) = layout.members(cell);
        if first.0 >= layout.grouped() {
            break;
        }
        let last = layout.grouped().min(first.0 + count);
        // In portions: a copy of all that the hosts hold would be the largest thing in memory.
        for begin in (first.0..last).step_by(AT_ONCE as usize) {
            let portion = begin..last.min(begin + AT_ONCE);
            let mut postings = host_ledger(simulation, portion.clone());
            let world = simulation.world_of(first);
            let mut tills = world.query::<(&ActorId, &PaymentApp, &FaultState<Models>)>();
            // A query has no order of its own: put it into that of the terminals.
            let its = tills.iter(world).filter(|(terminal, ..)| portion.contains(&terminal.0));
            let mut rows: Vec<_> = its.collect();
            rows.sort_unstable_by_key(|(terminal, ..)| **terminal);
            debug_assert_eq!(rows.len(), portion.len(), "every terminal has an application");
            for ((&terminal, app, faults), held) in rows.into_iter().zip(&mut postings) {
                let row = terminal.0 as usize;
                let since = served_since.get(row).copied().flatten().unwrap_or_default();
                let journal = app.journal();
                let (lines, lost, undone) = (journal.lines(), journal.lost(), journal.undone());
                let till = Till { terminal, lines, lost, undone, serving: faults.serving(), since };
                held.sort_unstable_by_key(|(stan, _)| *stan);
                let booked = booked.get(row).copied().unwrap_or_default();
                check_terminal(&mut audit, &till, held, booked, quiet_from);
            }
        }
    }
    deposits::audit(simulation, &mut audit, quiet_from);
    audit
}

/// So many terminals are looked at in one go.
const AT_ONCE: u32 = 512;

/// What the hosts hold of these terminals, by terminal.
fn host_ledger(
    simulation: &mut Simulation<Models>,
    terminals: Range<u32>,
) -> Vec<Vec<(u32, Posting)>> {
    let layout = simulation.layout();
    let mut ledger = vec![Vec::new(); terminals.len()];
    debug_assert!(terminals.end <= layout.grouped(), "hosts keep books of terminals");
    for number in layout.grouped()..layout.actors() {
        let hub = ActorId(number);
        let world = simulation.world_of(hub);
        let mut hosts = world.query::<(&ActorId, &Host)>();
        for (_, host) in hosts.iter(world).filter(|(it, _)| **it == hub) {
            for (book, terminal) in ledger.iter_mut().zip(terminals.clone()) {
                book.extend_from_slice(host.ledger_of(ActorId(terminal)));
            }
        }
        let mut gateways = world.query::<(&ActorId, &Gateway)>();
        let its = gateways.iter(world).filter(|(it, _)| **it == hub);
        for real in its.filter_map(|(_, gateway)| gateway.real()) {
            for (book, terminal) in ledger.iter_mut().zip(terminals.clone()) {
                book.extend(real.ledger_of(ActorId(terminal)));
            }
        }
    }
    ledger
}

/// What a real host did, if there is one.
fn real_host(simulation: &mut Simulation<Models>) -> Option<Score> {
    let settings = simulation.settings();
    let (gateway, patience) = (settings.directory.gateway, settings.policy.response_timeout);
    if !settings.is_attached(gateway, Part::Gateway) {
        return None;
    }
    let now = simulation.now();
    let world = simulation.world_of(gateway);
    let mut gateways = world.query::<&Gateway>();
    gateways.iter(world).find_map(Gateway::real).map(|real| real.score(now, patience))
}

/// What the gateway holds as approved and not reversed, by terminal.
fn gateway_ledger(simulation: &mut Simulation<Models>) -> Vec<Money> {
    let layout = simulation.layout();
    let mut ledger = vec![Money::ZERO; layout.grouped() as usize];
    for number in layout.grouped()..layout.actors() {
        let hub = ActorId(number);
        let world = simulation.world_of(hub);
        let mut gateways = world.query::<(&ActorId, &Gateway)>();
        for (_, gateway) in gateways.iter(world).filter(|(it, _)| **it == hub) {
            for (terminal, total) in ledger.iter_mut().enumerate() {
                *total += gateway.booked(ActorId(terminal as u32));
                debug_assert!(*total >= Money::ZERO, "the gateways owe no terminal: {total}");
            }
        }
    }
    ledger
}

fn check_terminal(
    audit: &mut Audit,
    till: &Till<'_>,
    held: &[(u32, Posting)],
    booked: Money,
    quiet_from: Instant,
) {
    debug_assert!(
        held.is_sorted_by_key(|(stan, _)| *stan),
        "what is looked for by halves is sorted"
    );
    let terminal = till.terminal;
    let could_reverse = till.serving && till.since <= quiet_from;
    let posting = |stan: u32| {
        let at = held.binary_search_by_key(&stan, |(stan, _)| *stan).ok()?;
        Some(held[at].1)
    };
    let standing = |stan: u32| posting(stan).filter(|it| it.taken > 0 && !it.reversed);
    let breach = |invariant, line: &Line, detail: String| {
        let Line { at, stan, amount, .. } = *line;
        Breach { invariant, terminal, at, stan, amount: amount.money(), detail }
    };
    // What the terminal holds as paid, and what is under way and explains a difference.
    let (mut own, mut host, mut on_the_way) = (Money::ZERO, Money::ZERO, Money::ZERO);
    let mut paid: BTreeMap<u32, u32> = BTreeMap::new();
    for line in till.lines {
        let stands = standing(line.stan);
        if let Some(it) = stands {
            host += it.amount.money();
            *paid.entry(line.customer).or_default() += u32::from(it.taken);
        }
        match (line.state, stands.is_some()) {
            (LineState::Approved, true) | (LineState::Declined | LineState::Reversed, false) => {}
            (LineState::GivenUp | LineState::Sent, false) => {}
            (LineState::Stored, in_already) => {
                if !in_already {
                    on_the_way += line.amount.money();
                }
            }
            (LineState::GivenUp | LineState::Sent, true) => {
                on_the_way -= line.amount.money();
                audit.unreversed += 1;
                if could_reverse && line.at <= quiet_from {
                    let detail = "the host holds a sale that the terminal gave up on".to_owned();
                    audit.breaches.push(breach(Invariant::NoUnreversedSale, line, detail));
                } else {
                    audit.excused += 1;
                }
            }
            (state, stands) => {
                let word = if stands { "holds" } else { "does not hold" };
                let detail = format!("the terminal says {state:?}, the host {word} it");
                audit.breaches.push(breach(Invariant::LedgersAgree, line, detail));
            }
        }
        if matches!(line.state, LineState::Approved | LineState::Stored) {
            own += line.amount.money();
        }
    }
    // What a terminal has lost with its power it cannot put right: it is counted, not excused away.
    for line in till.lost {
        audit.forgotten += 1;
        let stands = standing(line.stan);
        match (line.state, stands) {
            (LineState::Stored, None) => audit.at_risk += line.amount.money(),
            (LineState::Sent | LineState::GivenUp, Some(_)) => {
                audit.at_risk += line.amount.money();
                audit.unreversed += 1;
                audit.excused += 1;
            }
            _ => {}
        }
        if let Some(it) = stands {
            host += it.amount.money();
            on_the_way -= it.amount.money();
            *paid.entry(line.customer).or_default() += u32::from(it.taken);
        }
    }
    for line in till.undone {
        audit.forgotten += 1;
        audit.at_risk += line.amount.money();
    }
    debug_assert!(own >= Money::ZERO && host >= Money::ZERO, "sales add up to {own} and {host}");
    audit.terminal_total += own;
    audit.host_total += host;
    audit.gateway_total += booked;
    duplicates(audit, till, &paid);
    let Some(last) = till.lines.last() else { return };
    // Stored sales that no host has taken in yet, and sales that are still to be reversed, are known differences.
    if own - host != on_the_way || booked != host {
        let detail =
            format!("terminal {own}, gateway {booked}, host {host}, on the way {on_the_way}");
        audit.breaches.push(breach(Invariant::LedgersAgree, last, detail));
    }
}

/// Purchases that were charged more than once. One of the charges may be one that is still to be reversed.
fn duplicates(audit: &mut Audit, till: &Till<'_>, paid: &BTreeMap<u32, u32>) {
    for (&customer, _) in paid.iter().filter(|(_, times)| **times > 1) {
        let mut lines = till.lines.iter().filter(|line| line.customer == customer);
        let pending = lines.clone().any(|line| line.state == LineState::GivenUp)
            || till.lost.iter().any(|line| line.customer == customer);
        let Some(line) = lines.next_back() else { continue };
        debug_assert!(lines.next().is_none_or(|it| it.at <= line.at), "lines stand in their order");
        audit.duplicates += 1;
        if !pending {
            audit.breaches.push(Breach {
                invariant: Invariant::NoDoubleCharge,
                terminal: till.terminal,
                at: line.at,
                stan: line.stan,
                amount: line.amount.money(),
                detail: format!("customer {customer} of this terminal was charged more than once"),
            });
        }
    }
}
