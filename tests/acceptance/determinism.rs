//! The same scenario and seed give the same run, to the bit, whatever the threads, the cells or the process.

use faults::{Planned, SimEvent, When};
use models::{Fault, Models, Profile};
use sim::{ActorId, Instant, Keep, Law, RunError, Span, first_difference};

use crate::bench::Bench;

fn hang() -> Planned<Models> {
    Planned {
        fault: Fault::Firmware(models::software::firmware::Fault::Hang),
        when: When::Life(Law::Exponential(Span::hours(10))),
        lasts: None,
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 3,
        common: false,
    }
}

fn outage() -> Planned<Models> {
    Planned {
        fault: Fault::Cellular(models::comms::cellular::Fault::CellOutage),
        when: When::At(Span::hours(11)),
        lasts: Some(Law::Exactly(Span::minutes(20))),
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::secs(20),
        stream: 4,
        common: false,
    }
}

fn busy(terminals: u32) -> Bench {
    let mut profile = Profile::default();
    profile.software.firmware.uplink = models::wire::Via::Cellular;
    profile.software.firmware.backup = None;
    Bench::new(terminals, profile)
        .with_fault(hang(), 0..terminals)
        .with_fault(outage(), 0..terminals / 2)
}

#[test]
fn threads_and_cells_do_not_matter() {
    let run = |threads: usize, cell_size: u32| {
        let mut bench = busy(130);
        bench.stage.cell_size = cell_size;
        let (simulation, facts) = bench.run_on(threads);
        (simulation.fingerprint(), facts)
    };
    let (fingerprint, facts) = run(1, 64);
    assert!(fingerprint.events() > 50_000 && facts.len() > 4_000);
    for (threads, cell_size) in [(1, 1), (1, 4_096), (2, 64), (4, 64), (2, 1)] {
        let (other, others) = run(threads, cell_size);
        assert_eq!(fingerprint, other, "{threads} threads, cells of {cell_size}");
        assert_eq!(facts, others, "{threads} threads, cells of {cell_size}");
    }
}

#[test]
fn another_seed_is_another_run() {
    let run = |seed| {
        let mut bench = busy(20);
        bench.stage.seed = seed;
        bench.run().0.fingerprint()
    };
    assert_ne!(run(1), run(2));
    assert_eq!(run(1), run(1));
}

/// A run in uneven steps, which brings in from outside what is given, each when its time has come.
fn stepped(
    bench: Bench,
    steps: &[Span],
    brought: &[(Instant, models::wire::InterActorMessage)],
) -> sim::Fingerprint {
    let (end, gateway) = (bench.plan.end, bench.plan.directory.gateway);
    let mut simulation = models::world::raise(bench.plan, &bench.stage);
    let pulse = sim::Pulse::default();
    let (mut now, mut brought) = (Instant::START, brought.iter());
    let mut ahead = brought.next();
    for step in steps.iter().cycle() {
        while let Some((at, message)) = ahead.filter(|(at, _)| *at < now + *step) {
            assert_eq!(
                simulation.inject(*at, gateway, models::Part::Gateway.into(), *message),
                *at
            );
            ahead = brought.next();
        }
        now = (now + *step).min(end);
        simulation.run(now, 1, &pulse).expect("in order");
        if now == end {
            return simulation.fingerprint();
        }
    }
    simulation.fingerprint()
}

#[test]
fn a_run_in_steps_is_the_same_run() {
    let whole = busy(20).run().0.fingerprint();
    let steps = [Span::millis(1), Span::minutes(7), Span(1), Span::secs(1), Span::hours(1)];
    assert_eq!(stepped(busy(20), &steps, &[]), whole);
}

#[test]
fn what_comes_from_outside_is_an_event_in_its_place_however_time_is_cut() {
    let sale = |stan| {
        let iso = models::wire::Iso { stan, ..models::wire::Iso::default() };
        models::wire::InterActorMessage::Payment(iso)
    };
    let brought = [(10, sale(1)), (10, sale(2)), (11, sale(3))];
    let brought = brought.map(|(hour, message)| (Instant::START + Span::hours(hour), message));
    let day = [Span::days(1)];
    let run = stepped(busy(20), &day, &brought);
    assert_eq!(stepped(busy(20), &[Span::minutes(13), Span::secs(3)], &brought), run);
    assert_ne!(stepped(busy(20), &day, &brought[..2]), run, "what came enters the fingerprint");
    assert_ne!(run, busy(20).run().0.fingerprint());
}

#[test]
fn an_event_out_of_order_is_caught_and_named() {
    let bench = busy(20);
    let end = bench.plan.end;
    let mut simulation = models::world::raise(bench.plan, &bench.stage);
    let pulse = sim::Pulse::default();
    simulation.run(Instant::START + Span::hours(9), 1, &pulse).expect("in order so far");
    let (past, who) = (Instant::START + Span::hours(8), ActorId(7));
    simulation.plant(past, who, 123_456, SimEvent::Clear { occurrence: 9 });
    match simulation.run(end, 1, &pulse) {
        Err(RunError::OutOfOrder(disorder)) => {
            assert_eq!((disorder.due, disorder.who), (past, who));
            assert_eq!((disorder.key.from(), disorder.key.sequence()), (who, 123_456));
            assert!(RunError::OutOfOrder(disorder).to_string().contains("actor 7"));
        }
        other => panic!("not caught: {other:?}"),
    }
}

#[test]
fn the_first_event_that_differs_is_named() {
    let run = |planted: bool| {
        let mut bench = busy(4);
        bench.stage.keep = Keep::Actors(vec![ActorId(2)]);
        let end = bench.plan.end;
        let mut simulation = models::world::raise(bench.plan, &bench.stage);
        if planted {
            let at = Instant::START + Span::hours(10);
            simulation.plant(at, ActorId(2), 999_999, SimEvent::Clear { occurrence: 77 });
        }
        simulation.run(end, 1, &sim::Pulse::default()).expect("in order");
        simulation.take_records()
    };
    let (plain, planted) = (run(false), run(true));
    assert!(plain.len() > 300 && plain.iter().all(|record| record.who == ActorId(2)));
    assert_eq!(first_difference(&plain, &run(false)), None);
    let difference = first_difference(&plain, &planted).expect("one event more");
    let second = difference.second.expect("the planted one");
    assert_eq!(second.at, Instant::START + Span::hours(10));
    assert_eq!(second.what, SimEvent::Clear { occurrence: 77 });
    assert!(difference.to_string().contains("occurrence: 77"), "{difference}");
}

/// A terminal's draws are its own: a fault at its neighbour moves none of them.
#[test]
fn a_fault_elsewhere_moves_nobody_elses_customers() {
    let customers = |faulty: bool| {
        let mut bench = Bench::new(10, Profile::default());
        if faulty {
            bench = bench.with_fault(hang(), [3]);
        }
        let (_, facts) = bench.run();
        let sale = |fact: &models::Fact| match fact.what {
            faults::DomainEvent::Noted(models::Note::SaleEnded(sale)) => {
                Some((fact.who, sale.customer, sale.began, sale.amount, sale.method))
            }
            _ => None,
        };
        let mut all: Vec<_> =
            facts.iter().filter_map(sale).filter(|it| it.0 != ActorId(3)).collect();
        all.sort_unstable();
        all
    };
    let plain = customers(false);
    assert!(plain.len() > 250);
    assert_eq!(plain, customers(true));
}
