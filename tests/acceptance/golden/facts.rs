//! Facts as numbers: the frozen number of each kind, then what it carries, in a frozen order.
//!
//! Nothing is left to a wildcard: a new kind of fact, or a new field of one, does not compile before it has its place here.

use faults::DomainEvent;
use models::detector_settings::Zone;
use models::lifecycle::DeploymentStep;
use models::{Models, Note, Sale, rollout};

use super::digest::Digest;
use super::faults::{fault as fault_number, part as part_number};
use super::numbers;

/// Folds one fact.
pub(crate) fn fold(d: &mut Digest, what: &DomainEvent<Models>) {
    match *what {
        DomainEvent::Occurred { occurrence, plan, fault } => {
            d.put(1u8).put(occurrence).plan(plan).put(fault_number(fault));
        }
        DomainEvent::Cleared { occurrence, fault, by } => {
            d.put(2u8).put(occurrence).put(fault_number(fault));
            d.put(by.map_or(0, numbers::action));
        }
        DomainEvent::Activated { part } => {
            d.put(3u8).put(part_number(part));
        }
        DomainEvent::IndicationShown { part, indication } => {
            d.put(4u8).put(part_number(part)).put(numbers::indication(indication));
        }
        DomainEvent::Service { up } => {
            d.put(5u8).put(up);
        }
        DomainEvent::Stopped { occurrence, share } => {
            d.put(15u8).put(occurrence).put(share);
        }
        DomainEvent::Alarm { incident, detector, finding, suspect, about } => {
            d.put(6u8).put(incident).put(part_number(detector)).put(fault_number(suspect));
            d.put(sim::stable_id(finding.symptom.name())).actor(about);
            for evidence in finding.evidence() {
                d.put(sim::stable_id(evidence.name()));
            }
        }
        DomainEvent::Refined { incident, finding, suspect } => {
            d.put(17u8).put(incident).put(fault_number(suspect));
            d.put(sim::stable_id(finding.symptom.name()));
        }
        DomainEvent::Weighed { incident, candidate } => {
            d.put(16u8).put(incident).put(candidate.weight_ppm);
            d.put(candidate.fault.map_or(0, fault_number));
        }
        DomainEvent::ActionStarted { incident, attempt, action, by } => {
            d.put(7u8).put(incident).put(attempt);
            d.put(numbers::action(action)).put(numbers::performer(by));
        }
        DomainEvent::ActionApplied { incident, attempt, action, by, cleared } => {
            d.put(8u8).put(incident).put(attempt);
            d.put(numbers::action(action)).put(numbers::performer(by)).put(cleared);
        }
        DomainEvent::Restored { incident } => {
            d.put(9u8).put(incident);
        }
        DomainEvent::Exhausted { incident } => {
            d.put(10u8).put(incident);
        }
        DomainEvent::Unresolved { incident } => {
            d.put(11u8).put(incident);
        }
        DomainEvent::Noted(note) => noted(d, note),
    }
}

fn noted(d: &mut Digest, note: Note) {
    match note {
        Note::SaleEnded(it) => sale(d.put(101u8), it),
        Note::ReversalQueued { stan, amount, reason } => {
            d.put(102u8).put(stan).money(amount).code(reason);
        }
        Note::ReversalDone { stan, tries } => {
            d.put(103u8).put(stan).put(tries);
        }
        Note::LateAnswer { stan, code } => {
            d.put(104u8).put(stan).code(code);
        }
        Note::LookedUp { stan, paid } => {
            d.put(105u8).put(stan).put(paid);
        }
        Note::RecordsLost { requests, reversals, stored, amount } => {
            d.put(106u8).put(requests).put(reversals).put(stored).money(amount);
        }
        Note::StoredSent { stan } => {
            d.put(107u8).put(stan);
        }
        Note::Breaker { host, open } => {
            d.put(108u8).actor(host).put(open);
        }
        Note::SupportCall { incident, waited_ms, abandoned, misled } => {
            d.put(109u8).put(incident).put(waited_ms).put(abandoned).put(misled);
        }
        Note::CaseServed { terminal, incident, action, channel, talks_ms, repeated } => {
            d.put(110u8).actor(terminal).put(incident).put(numbers::action(action));
            d.put(numbers::channel(channel)).put(talks_ms).put(repeated);
        }
        Note::VisitFailed { incident, refused } => {
            d.put(111u8).put(incident).put(refused);
        }
        Note::Life(step) => life(d.put(112u8), step),
        Note::Deposit { terminal, entry, amount } => {
            d.put(113u8).actor(terminal).put(numbers::entry(entry)).money(amount);
        }
        Note::CommonCauseOpened { number, zone, cause, members } => {
            zoned(d.put(114u8).put(number), zone);
            d.put(fault_number(cause)).put(members);
        }
        Note::CommonCauseClosed { number } => {
            d.put(115u8).put(number);
        }
        Note::CommonCauseJoined { number } => {
            d.put(116u8).put(number);
        }
        Note::Suppressed { incident } => {
            d.put(117u8).put(incident);
        }
        Note::TechnicianSent { terminal, incident, action, charge } => {
            d.put(118u8).actor(terminal).put(incident).put(numbers::action(action));
            d.maybe(charge, |d, charge| {
                d.money(charge);
            });
        }
        Note::PartWanted { stock, on_order } => {
            d.put(119u8).put(stock).put(on_order);
        }
        Note::Rollout { rollout, step } => installed(d.put(120u8).put(rollout), step),
        Note::RequestCame { found, room } => {
            d.put(121u8).put(found).put(room);
        }
        Note::RequestServed { waited, service_time: takes } => {
            d.put(122u8).span(waited).span(takes);
        }
        Note::Connecting { part, connected, tries, took } => {
            d.put(123u8).put(part_number(part)).put(connected).put(tries).span(took);
        }
    }
}

fn sale(d: &mut Digest, it: Sale) {
    let Sale {
        customer,
        began,
        amount,
        outcome,
        code,
        method,
        stan,
        rrn,
        tries,
        alternative_tender: kept,
    } = it;
    d.put(customer).time(began).money(amount).put(numbers::outcome(outcome)).code(code);
    d.put(numbers::method(method)).put(stan).put(rrn).put(tries).put(kept);
}

fn life(d: &mut Digest, step: DeploymentStep) {
    match step {
        DeploymentStep::Applied { way, attempt, provider } => {
            d.put(1u8).put(numbers::way(way)).put(attempt);
            d.put(if provider == u8::MAX { 0 } else { u64::from(provider) + 1 })
        }
        DeploymentStep::Refused(reason) => d.put(2u8).put(numbers::reason(reason)),
        DeploymentStep::Approved => d.put(3u8),
        DeploymentStep::GaveUp => d.put(4u8),
        DeploymentStep::Cheated(amount) => d.put(5u8).money(amount),
        DeploymentStep::Scammed(amount) => d.put(6u8).money(amount),
        DeploymentStep::Delivered => d.put(7u8),
        DeploymentStep::SecondVisit => d.put(8u8),
        DeploymentStep::InService => d.put(9u8),
        DeploymentStep::Maintained => d.put(10u8),
        DeploymentStep::Blamed(amount) => d.put(11u8).money(amount),
        DeploymentStep::Suspended { on } => d.put(12u8).put(on),
        DeploymentStep::Retired => d.put(13u8),
        DeploymentStep::Refunded(amount) => d.put(14u8).money(amount),
    };
}

fn zoned(d: &mut Digest, zone: Zone) {
    match zone {
        Zone::Cell { carrier, region } => d.put(1u8).put(carrier).put(region),
        Zone::Carrier(number) => d.put(2u8).put(number),
        Zone::Region(number) => d.put(3u8).put(number),
        Zone::Batch(number) => d.put(4u8).put(number),
        Zone::Fleet => d.put(5u8),
    };
}

fn installed(d: &mut Digest, step: rollout::RolloutStep) {
    match step {
        rollout::RolloutStep::Installed => d.put(1u8),
        rollout::RolloutStep::Failed => d.put(2u8),
        rollout::RolloutStep::RolledBack => d.put(3u8),
        rollout::RolloutStep::Halted { installed, troubled } => {
            d.put(4u8).put(installed).put(troubled)
        }
        rollout::RolloutStep::Done => d.put(5u8),
    };
}
