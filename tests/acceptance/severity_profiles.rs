//! How faults go while they last: growing, coming and going.

use faults::{DomainEvent, Planned, SeverityProfile, When};
use models::comms::{cellular, wifi};
use models::quantity::Decibels;
use models::wire::Via;
use models::{Fact, Fault, Part, Profile};
use sim::{Instant, Law, Span};

use crate::bench::Bench;

fn run(fault: Fault, severity_profile: SeverityProfile, lasting: Span) -> Vec<Fact> {
    let mut profile = Profile::default();
    let firmware = &mut profile.software.firmware;
    firmware.backup = None;
    if fault.part() == Part::Cellular {
        firmware.uplink = Via::Cellular;
    }
    profile.people.customer.per_day = sim::quantity::Factor(0.0);
    let meter = &mut profile.comms.cellular.meter;
    (meter.noise, meter.offset) = (Decibels(0), Decibels(0));
    let mut bench = Bench::new(20, profile).lasting(lasting);
    bench.plan.policy.procedures = Fault::all().map(|it| (it, Vec::new())).collect();
    // Only the radio itself looks: nobody counts heartbeats, and nobody is at the counter before seven.
    (bench.plan.policy.fallback, bench.plan.policy.misses) = (None, 100_000);
    let planned = Planned {
        fault,
        when: When::At(Span::minutes(1)),
        lasts: None,
        magnitude: 1.0,
        severity_profile,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
    };
    bench.with_fault(planned, 0..20).run().1
}

/// A ramp passes the detector's threshold at the step that it should: 0.1 at once, 0.4 after three of nine steps. Five readings of the
/// strength, half a minute apart, have to show it, with a phase of each terminal's own.
#[test]
fn a_ramp_is_noticed_when_it_has_grown_enough() {
    let weak = Fault::Cellular(cellular::Fault::PoorCoverage);
    let facts = run(weak, SeverityProfile::Ramp(Span::minutes(90)), Span::hours(4));
    let own =
        |fact: &&Fact| matches!(fact.what, DomainEvent::Alarm { detector: Part::Cellular, .. });
    let alarms: Vec<Instant> = facts.iter().filter(own).map(|fact| fact.at).collect();
    let shown = |from: u64| {
        let from = Instant::START + Span::minutes(from);
        from + Span::minutes(2)..=from + Span::secs(150)
    };
    assert_eq!(alarms.len(), 20);
    assert!(alarms.iter().all(|at| shown(31).contains(at)), "{alarms:?}");
    assert!(!alarms.is_sorted_by(|a, b| a == b), "each has a phase of its own");
    let constant = run(weak, SeverityProfile::Constant, Span::hours(4));
    let first = constant.iter().find(own).expect("it is noticed").at;
    assert!(shown(1).contains(&first), "{first}");
}

/// On for ten minutes and off for twenty on average: a third of the time nobody can sell, and the fault stays one
/// fault all along.
#[test]
fn an_intermittent_fault_is_present_for_its_share_of_the_time() {
    let down = Fault::Wifi(wifi::Fault::AccessPointDown);
    let severity_profile = SeverityProfile::Intermittent {
        on: Law::Exponential(Span::minutes(10)),
        off: Law::Exponential(Span::minutes(20)),
    };
    let end = Instant::START + Span::days(30);
    let facts = run(down, severity_profile, Span::days(30));
    let count = |is: fn(&DomainEvent<models::Models>) -> bool| {
        facts.iter().filter(|it| is(&it.what)).count()
    };
    assert_eq!(count(|what| matches!(what, DomainEvent::Occurred { .. })), 20);
    assert_eq!(count(|what| matches!(what, DomainEvent::Cleared { .. })), 0);
    let mut out = Span::ZERO;
    for terminal in 0..20 {
        let mut since = None;
        for fact in facts.iter().filter(|fact| fact.who.0 == terminal) {
            match fact.what {
                DomainEvent::Service { up: false } => since = Some(fact.at),
                DomainEvent::Service { up: true } => {
                    out += fact.at.since(since.take().unwrap_or(fact.at))
                }
                _ => {}
            }
        }
        out += end.since(since.unwrap_or(end));
    }
    let share = out.as_secs_f64() / (20.0 * 30.0 * 86_400.0);
    // 20 terminals, 1,440 turns each: the share has a standard deviation of about 0.0019.
    assert!((share - 1.0 / 3.0).abs() < 0.008, "{share}");
}
