//! What a terminal does beside selling: it suggests a way to pay, shows its records, and reports its readings.

use faults::{DomainEvent, Planned, When};
use models::hardware::{mainboard, power, printer};
use models::platform::back_office::BackOffice;
use models::wire::Method;
use models::{Fact, Fault, Gauge, Note, Profile};
use sim::quantity::Factor;
use sim::{ActorId, Instant, Span};

use crate::bench::Bench;

fn busy() -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(60.0);
    profile
}

fn planned(fault: Fault, at: Span) -> Planned<models::Models> {
    Planned {
        fault,
        when: When::At(at),
        lasts: None,
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
    }
}

fn notes(facts: &[Fact]) -> impl Iterator<Item = Note> + '_ {
    facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Noted(note) => Some(note),
        _ => None,
    })
}

/// Customers who do not mind pay as the screen suggests.
#[test]
fn the_default_payment_method_is_what_customers_without_a_wish_use() {
    for method in [Method::Code, Method::Stripe] {
        let mut profile = busy();
        let mix = &mut profile.people.customer.mix;
        (mix.chip, mix.contactless, mix.stripe, mix.code) = Default::default();
        mix.as_suggested = Factor(1.0);
        profile.software.payment_app.default_method = method;
        let (_, facts) = Bench::new(20, profile).run();
        let methods: Vec<Method> = notes(&facts)
            .filter_map(|note| match note {
                Note::SaleEnded(sale) => Some(sale.method),
                _ => None,
            })
            .collect();
        assert!(methods.len() > 500, "{} sales", methods.len());
        assert!(methods.iter().all(|it| *it == method), "somebody paid otherwise");
    }
}

/// A receipt that does not come out is answered by a look at the record, which says that the sale is paid; a dead
/// terminal shows no record.
#[test]
fn records_are_looked_up_when_no_receipt_comes_out_and_cannot_be_on_a_dead_terminal() {
    let looked_up = |fault: Option<Fault>| {
        let mut profile = busy();
        profile.people.merchant.look_ups_per_day = Factor(5.0);
        let mut bench = Bench::new(20, profile);
        bench.plan.policy.fallback = None;
        // Nobody clears anything: whatever is suspected, nothing is tried.
        bench.plan.policy.procedures = Fault::all().map(|it| (it, Vec::new())).collect();
        if let Some(fault) = fault {
            bench = bench.with_fault(planned(fault, Span::ZERO), 0..20);
        }
        let (_, facts) = bench.run();
        let all: Vec<(u32, bool)> = notes(&facts)
            .filter_map(|note| match note {
                Note::LookedUp { stan, paid } => Some((stan, paid)),
                _ => None,
            })
            .collect();
        let paid = all.iter().filter(|(_, paid)| *paid).count();
        (all.len(), paid, all.iter().filter(|(stan, _)| *stan == 0).count())
    };
    let (sound, paid, unseen) = looked_up(None);
    assert!((60..140).contains(&sound), "20 terminals, five a day: {sound}");
    assert!(paid > sound / 2 && unseen < sound / 10, "{paid} paid, {unseen} not shown of {sound}");
    let (jammed, paid, _) = looked_up(Some(Fault::Printer(printer::Fault::Jam)));
    assert!(jammed > 5 * sound && paid > jammed / 2, "one a receipt: {jammed}, {paid} paid");
    let (dead, paid, unseen) = looked_up(Some(Fault::Mainboard(mainboard::Fault::Dead)));
    assert!(
        dead > 40 && (paid, unseen) == (0, dead),
        "{dead} look-ups, {paid} paid, {unseen} unseen"
    );
}

/// The back office holds the last report of every terminal: a battery that is not charged runs down in it, and a dead
/// terminal stops reporting.
#[test]
fn reports_of_readings_reach_the_back_office() {
    let (unplugged, dead) = (3, 7);
    let mut bench = Bench::new(10, Profile::default());
    bench.plan.policy.telemetry = Span::hours(1);
    bench.plan.policy.fallback = None;
    let outage = Fault::Power(power::Fault::SupplyOutage);
    let broken = Fault::Mainboard(mainboard::Fault::Dead);
    for fault in [outage, broken] {
        bench.plan.policy.procedures.insert(fault, Vec::new());
    }
    let bench = bench
        .lasting(Span::hours(8))
        .with_fault(planned(outage, Span::hours(1)), [unplugged])
        .with_fault(planned(broken, Span::hours(1)), [dead]);
    let back_office = bench.plan.directory.back_office;
    let (mut simulation, _) = bench.run();
    let world = simulation.world_of(back_office);
    let office = world.query::<&BackOffice>().single(world).expect("one back office");
    let last = |terminal| {
        let (at, report) = office.last_report(ActorId(terminal)).expect("it has reported");
        (at, report.get(Gauge::Charge).expect("a battery"), report.get(Gauge::Paper))
    };
    // Some seven hours of 250 mAh are gone from 2,600 mAh when it last reports, within the hour before the end.
    let (at, charge, paper) = last(unplugged);
    assert!(at > Instant::START + Span::minutes(415), "{at}");
    assert!((30..45).contains(&charge), "{charge} %");
    assert!(paper.is_some());
    assert_eq!(last(0).1, 100);
    assert!(last(dead).0 < Instant::START + Span::minutes(61), "a dead terminal reports nothing");
    assert!((68..=80).contains(&office.reported()), "{} reports", office.reported());
}
