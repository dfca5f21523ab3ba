//! What the back office notices: drifts, silence, and causes that many terminals have in common.

use faults::{DomainEvent, Performer, Planned, When};
use models::comms::cellular;
use models::control_chart::ControlChart;
use models::detector_settings::{Chart, Zone};
use models::platform::back_office::BackOffice;
use models::quantity::Millimetres;
use models::wire::Via;
use models::{Fact, Fault, Note, Part, Profile, RecoveryAction, Traits};
use sim::quantity::{Factor, Probability};
use sim::{Identity, Instant, Law, Purpose, Span, Streams};

use crate::bench::Bench;

/// Mean and standard error of the number of readings until a chart signals, at this shift in standard deviations.
fn run_length(chart: Chart, shift: f64, runs: u64) -> (f64, f64) {
    let streams = Streams::new(5);
    let lengths: Vec<f64> = (0..runs)
        .map(|run| {
            let mut readings =
                streams.stream(Identity::numbered(0), Purpose::of("run length"), run);
            let mut state = ControlChart::default();
            let mut length = 1.0;
            while !state.signals(chart, readings.normal() + shift) {
                length += 1.0;
            }
            length
        })
        .collect();
    let n = lengths.len() as f64;
    let mean = lengths.iter().sum::<f64>() / n;
    let variance = lengths.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / (n - 1.0);
    (mean, libm::sqrt(variance / n))
}

/// D. Brook and D. A. Evans, Biometrika 59 (1972), as tabulated in D. C. Montgomery, Introduction to Statistical Quality
/// Control, table 9.3: two-sided, k = 1/2.
#[test]
fn cusum_run_lengths_are_those_of_the_tables() {
    for (decision, shift, expected) in
        [(4.0, 0.0, 168.0), (4.0, 1.0, 8.38), (5.0, 0.0, 465.0), (5.0, 1.0, 10.4), (5.0, 2.0, 4.01)]
    {
        let chart = Chart::Cusum { slack: Factor(0.5), decision: Factor(decision) };
        let (mean, error) = run_length(chart, shift, 6_000);
        // The tables give three digits.
        let off = 3.9 * error + expected * 0.005;
        assert!((mean - expected).abs() < off, "h {decision}, shift {shift}: {mean} ± {error}");
    }
}

/// J. M. Lucas and M. S. Saccucci, Technometrics 32 (1990), give 500 readings when nothing has changed and about ten after a
/// shift of one standard deviation, for limits that do not widen with time. Ours do: the lengths here come from integrating
/// the density of the average forward, step by step, over 801 states (after Brook and Evans).
#[test]
fn ewma_run_lengths_are_those_of_the_tables() {
    for (weight, limit, shift, expected) in [
        (0.2, 2.962, 0.0, 494.4),
        (0.1, 2.814, 0.0, 486.4),
        (0.2, 2.962, 1.0, 9.554),
        (0.1, 2.814, 1.0, 8.157),
    ] {
        let chart = Chart::Ewma { weight: Probability(weight), limit: Factor(limit) };
        let (mean, error) = run_length(chart, shift, 6_000);
        let off = 3.9 * error + expected * 0.001;
        assert!((mean - expected).abs() < off, "λ {weight}, shift {shift}: {mean} ± {error}");
    }
}

fn planned(fault: Fault, at: Span, lasts: Option<Law>, stagger: Span) -> Planned<models::Models> {
    let severity_profile = faults::SeverityProfile::Constant;
    Planned {
        fault,
        when: When::At(at),
        lasts,
        magnitude: 1.0,
        stagger,
        stream: 1,
        common: false,
        severity_profile,
    }
}

fn notes(facts: &[Fact]) -> impl Iterator<Item = (&Fact, Note)> {
    facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Noted(note) => Some((fact, note)),
        _ => None,
    })
}

const CARRIER: Fault = Fault::Cellular(cellular::Fault::CellOutage);

/// 400 terminals of one carrier and 400 of another, in two regions each.
fn two_carriers() -> Bench {
    let mut mobile = Profile::default();
    mobile.software.firmware.uplink = Via::Cellular;
    mobile.software.firmware.backup = None;
    let mut bench = Bench::new(800, mobile.clone());
    bench.plan.profiles = vec![mobile; 5];
    for (row, profile) in bench.plan.profile_of.iter_mut().enumerate() {
        *profile = (row / 200).min(4) as u16;
    }
    let of = |carrier, region| Traits { region, carrier, batch: 0 };
    bench.plan.traits = vec![of(0, 0), of(0, 1), of(1, 0), of(1, 1), Traits::default()];
    bench
}

#[test]
fn a_carrier_outage_is_named_as_one_cause_within_minutes_and_nobody_is_sent() {
    let outage = Law::Exactly(Span::hours(1));
    let planned = planned(CARRIER, Span::hours(10), Some(outage), Span::secs(20));
    let (mut simulation, facts) = two_carriers().with_fault(planned, 0..400).run();
    let named: Vec<(Instant, Zone, Fault)> = notes(&facts)
        .filter_map(|(fact, note)| match note {
            Note::CommonCauseOpened { zone, cause, .. } => Some((fact.at, zone, cause)),
            _ => None,
        })
        .collect();
    assert_eq!(named.len(), 1, "{named:?}");
    let (at, zone, cause) = named[0];
    assert_eq!((zone, cause), (Zone::Carrier(0), CARRIER));
    // Three heartbeats a minute apart, a minute to settle.
    let after = at.since(Instant::START + Span::hours(10));
    assert!(after > Span::minutes(2) && after < Span::minutes(5), "named after {after:?}");
    let joined =
        notes(&facts).filter(|(_, it)| matches!(it, Note::CommonCauseJoined { .. })).count();
    assert_eq!(joined, 400);
    let sent = |it: &&Fact| {
        matches!(
            it.what,
            DomainEvent::ActionStarted { by: Performer::Support | Performer::Technician, .. }
        )
    };
    let during = |it: &&Fact| it.at > at && it.at < Instant::START + Span::hours(11);
    assert!(facts.iter().filter(during).filter(sent).count() < 20, "somebody was sent");
    // The common cause has an incident of its own, with its own procedure.
    let directory = &two_carriers().plan.directory;
    let alarms = facts.iter().filter(|it| it.who == directory.back_office);
    let alarms = alarms
        .filter(|it| matches!(it.what, DomainEvent::Alarm { detector: Part::BackOffice, .. }));
    assert_eq!(alarms.count(), 1);
    let over = notes(&facts).find(|(_, it)| matches!(it, Note::CommonCauseClosed { .. }));
    let (over, _) = over.expect("it ends when they are back");
    assert!(over.at > Instant::START + Span::hours(11), "not before the outage");
    assert!(over.at < Instant::START + Span::minutes(11 * 60 + 10), "soon after it");
    let world = simulation.world_of(directory.back_office);
    let office = world.query::<&BackOffice>().single(world).expect("one back office");
    assert_eq!(office.common_causes(), (1, 0));
}

#[test]
fn without_the_search_for_common_causes_people_are_sent() {
    let planned =
        || planned(CARRIER, Span::hours(10), Some(Law::Exactly(Span::hours(3))), Span::ZERO);
    let begun = |enabled: bool| {
        let mut bench = two_carriers().with_fault(planned(), 0..400);
        bench.plan.policy.common_causes.enabled = enabled;
        let (_, facts) = bench.run();
        let sent = facts.iter().filter(|it| {
            let visit = |by| matches!(by, Performer::Support | Performer::Technician);
            matches!(it.what, DomainEvent::ActionStarted { by, .. } if visit(by))
        });
        sent.count()
    };
    let (with, without) = (begun(true), begun(false));
    // When it is over, who has not sold since still has "no answer" on the screen, and calls.
    assert!(with * 3 < without, "{with} calls and visits with it, {without} without");
}

/// What the carrier's operator restores comes back at every member, not at one of them.
#[test]
fn a_step_against_a_common_cause_reaches_every_member() {
    let planned = planned(CARRIER, Span::hours(10), None, Span::secs(10));
    let mut bench = two_carriers().with_fault(planned, 0..400);
    // Terminals do nothing about it by themselves.
    bench.plan.policy.procedures.insert(CARRIER, Vec::new());
    bench.plan.policy.fallback = None;
    let (_, facts) = bench.run();
    let restored = facts.iter().filter(|it| {
        matches!(it.what, DomainEvent::Cleared { by: Some(RecoveryAction::RestoreService), .. })
    });
    let (mut count, mut moments) = (0, Vec::new());
    for fact in restored {
        count += 1;
        moments.push(fact.at.0 / Span::minutes(1).0);
    }
    moments.dedup();
    assert_eq!(count, 400);
    assert!(moments.len() <= 3, "at the same time: minutes {moments:?}");
}

/// F7: a terminal that sells as a Poisson process of rate λ is silent for T now and then by chance.
#[test]
fn silence_of_a_terminal_is_noticed_and_false_alarms_are_as_rare_as_they_should_be() {
    const TERMINALS: u32 = 200;
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(24.0 * 12.0);
    profile.people.customer.hours = vec![Factor(1.0); 24];
    profile.people.merchant.notices_in = Span::days(365_000);
    // A terminal without paper is silent, too.
    profile.hardware.printer.roll = Millimetres(u32::MAX);
    let mut bench = Bench::new(TERMINALS, profile).lasting(Span::days(6));
    // Sales go on to the end: the drain period would be silence everywhere.
    bench.plan.sales_end = bench.plan.end;
    let silence = &mut bench.plan.policy.detectors.silence;
    (silence.after, silence.improbable) = (Span::minutes(40), Probability(0.0));
    bench.plan.policy.common_causes.enabled = false;
    // Nothing is done about what is found, so that nothing disturbs the sales.
    bench.plan.policy.fallback = None;
    bench.plan.policy.symptom_procedures.insert(silence_symptom(), Vec::new());
    let back_office = bench.plan.directory.back_office;
    let end = bench.plan.sales_end;
    let (mut simulation, facts) = bench.run();
    let world = simulation.world_of(back_office);
    let raised = world.query::<&BackOffice>().single(world).expect("one back office").raised();
    let approved = notes(&facts).filter(
        |(_, it)| matches!(it, Note::SaleEnded(sale) if sale.outcome == models::Outcome::Approved),
    );
    // Only approved sales are heard of: theirs is the rate.
    let seconds = end.as_secs_f64() * f64::from(TERMINALS);
    let rate = approved.count() as f64 / seconds;
    let silence = Span::minutes(40).as_secs_f64();
    // After an alarm the next one needs a sale first: 1/λ more than the time to a silence.
    let between = (libm::exp(rate * silence) - 1.0) / rate + 1.0 / rate;
    let expected = seconds / between;
    let off = 4.0 * libm::sqrt(expected);
    assert!(expected > 100.0 && (raised as f64 - expected).abs() < off, "{raised}, not {expected}");
}

fn silence_symptom() -> models::Symptom {
    models::detector_settings::Silence::default().symptom
}
