//! Laws whose answer is known: the table of `posrig validate`, and what must hold exactly. Seeds are fixed, so a test that
//! passes keeps passing.

use faults::{DomainEvent, Performer, Planned, RecoveryStep, SeverityProfile, When};
use models::comms::cellular;
use models::quantity::Price;
use models::software::firmware;
use models::{Fact, Fault, Note, Part, Profile, RecoveryAction};
use sim::quantity::{Factor, Probability};
use sim::{ActorId, Instant, Law, Span};
use validation::{Options, Size, truths, validate};

use crate::bench::Bench;

/// The quick table holds, whatever the number of threads. Queues take millions of sales: a build with checks runs the others.
#[test]
fn every_law_holds_in_the_quick_table() {
    let all = truths().expect("the table of laws").into_iter().map(|it| it.id);
    let only = all.filter(|id| !cfg!(debug_assertions) || !id.starts_with('Q')).collect();
    let options = Options { size: Size::Quick, seed: None, threads: 2, only };
    let table = validate(&options, &|_, _| {}).expect("every law can be run");
    assert!(table.passed, "{}", table.to_text());
    let one = Options { threads: 1, only: vec!["A11".to_owned()], ..options };
    let alone = validate(&one, &|_, _| {}).expect("every law can be run");
    let same = table.laws.iter().find(|it| it.id == "A11");
    assert_eq!(alone.laws.first(), same);
}

/// Mean and half-width of the 99.9 % t-interval of some batches.
fn interval(batches: &[f64]) -> (f64, f64) {
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    // Student's t for 99.9 % two-sided and 19 degrees of freedom or more is at most this.
    (mean, 3.883 * libm::sqrt(variance / n))
}

/// A terminal that nobody comes to, with one link of this loss.
fn idle(loss: f64) -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(0.0);
    profile.people.merchant.notices_in = Span::days(365_000);
    profile.software.firmware.backup = None;
    let radio = &mut profile.comms.wifi.radio;
    (radio.p_good_to_bad, radio.good_loss) = (Probability(0.0), Probability(loss));
    profile
}

/// The policy of F3: thirty seconds, three misses, judged when expected; nobody does anything about it.
fn miss_counting(bench: &mut Bench) {
    let policy = &mut bench.plan.policy;
    (policy.heartbeat, policy.misses, policy.grace) = (Span::secs(30), 3, Span::ZERO);
    policy.symptom_procedures.insert(models::Symptom::NoHeartbeat, Vec::new());
    policy.fallback = None;
}

/// When each alarm of the heartbeat monitor was raised, and how long it lasted.
fn silences(facts: &[Fact]) -> Vec<(ActorId, Instant, Option<Span>)> {
    let mut all: Vec<(ActorId, u32, Instant, Option<Span>)> = Vec::new();
    for fact in facts {
        match fact.what {
            DomainEvent::Alarm { incident, detector: Part::HeartbeatMonitor, .. } => {
                all.push((fact.who, incident, fact.at, None));
            }
            DomainEvent::Restored { incident } => {
                let open = |it: &&mut (ActorId, u32, Instant, Option<Span>)| {
                    it.0 == fact.who && it.1 == incident
                };
                if let Some(it) = all.iter_mut().rev().find(open) {
                    it.3 = Some(fact.at.since(it.2));
                }
            }
            _ => {}
        }
    }
    all.into_iter().map(|(who, _, at, lasted)| (who, at, lasted)).collect()
}

/// Contract 7: a heartbeat that arrives as expected is no event, and it makes no difference to any alarm.
#[test]
fn simulating_every_heartbeat_changes_no_alarm() {
    let outage = Planned {
        fault: Fault::Cellular(cellular::Fault::CellOutage),
        when: When::Every { first: Span::hours(1), period: Span::hours(5) },
        lasts: Some(Law::Exponential(Span::minutes(8))),
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::minutes(10),
        stream: 5,
        common: false,
    };
    let alarms = |simulate_every_heartbeat: bool| {
        let mut profile = idle(0.0);
        profile.software.firmware.uplink = models::wire::Via::Cellular;
        profile.comms.cellular.radio.good_loss = Probability(0.12);
        let mut bench = Bench::new(300, profile).lasting(Span::days(2));
        miss_counting(&mut bench);
        bench.plan.policy.grace = Span::secs(5);
        bench.plan.policy.simulate_every_heartbeat = simulate_every_heartbeat;
        let (simulation, facts) = bench.with_fault(outage, 0..300).run();
        (silences(&facts), simulation.fingerprint().events())
    };
    let (lazy, few) = alarms(false);
    let (stepped, many) = alarms(true);
    assert!(lazy.len() > 1_000, "{} alarms", lazy.len());
    assert_eq!(lazy, stepped);
    assert!(many > 10 * few, "{many} events against {few}");
}

/// A11: detect in 90 s; restart 60 s, p = 0.6; reboot 300 s, p = 0.5; visit 26 h, p = 1.
#[test]
fn a_procedure_is_down_as_long_as_its_steps_say() {
    let hang = Fault::Firmware(firmware::Fault::Hang);
    let planned = Planned {
        fault: hang,
        when: When::Life(Law::Exponential(Span::hours(2_000))),
        lasts: None,
        magnitude: 1.0,
        severity_profile: faults::SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 11,
        common: false,
    };
    let step =
        |action, by, duration, works| RecoveryStep { action, by, duration, works: Some(works) };
    let mut profile = idle(0.0);
    profile.software.firmware.boots_in = Span::ZERO;
    profile.software.firmware.watchdog = Span::secs(90);
    profile.comms.wifi.radio.connects_in = Span::ZERO;
    profile.comms.cellular.radio.connects_in = Span::ZERO;
    profile.people.merchant.reacts_in = Span::ZERO;
    (profile.people.merchant.opens_at, profile.people.merchant.closes_at) = (0, 24);
    profile.people.technicians.travels = Span::ZERO;
    profile.people.technicians.crews = 1_000_000;
    profile.people.technicians.spares = 1_000_000;
    let mut bench = Bench::new(3_000, profile).lasting(Span::days(365));
    miss_counting(&mut bench);
    let policy = &mut bench.plan.policy;
    // Silence would be noticed as well, and laid to the hang that is known already.
    (policy.heartbeat, policy.verify_after) = (Span::days(300), Span::ZERO);
    policy.relapse_within = Span::ZERO;
    // Reports of readings would be most of the events, and nobody needs them here.
    policy.telemetry = Span::ZERO;
    policy.procedures.insert(
        hang,
        vec![
            step(RecoveryAction::RestartApp, Performer::Device, Span::secs(60), 0.6),
            step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(300), 0.5),
            step(RecoveryAction::Swap, Performer::Technician, Span::hours(26), 1.0),
        ],
    );
    let (_, facts) = bench.with_fault(planned, 0..3_000).run_on(2);
    let mut down_since = vec![None; 3_000];
    let (mut downs, mut visits) = (Vec::new(), 0u32);
    for fact in &facts {
        match fact.what {
            DomainEvent::Service { up: false } => down_since[fact.who.0 as usize] = Some(fact.at),
            DomainEvent::Service { up: true } => {
                if let Some(since) = down_since[fact.who.0 as usize].take() {
                    downs.push(fact.at.since(since).as_secs_f64());
                }
            }
            DomainEvent::ActionApplied { by: Performer::Technician, .. } => visits += 1,
            _ => {}
        }
    }
    assert!(downs.len() > 12_000, "{} failures", downs.len());
    let (mean, half) = interval(&downs);
    assert!((mean - 18_990.0).abs() < half && half / mean < 0.08, "{mean} ± {half}");
    let share = f64::from(visits) / downs.len() as f64;
    assert!((share - 0.2).abs() < 0.015, "{share} of the failures needed a visit");
    // Two of the four ways to be down take exactly what their steps say.
    let exactly = |seconds: f64| downs.iter().filter(|it| (**it - seconds).abs() < 1e-6).count();
    assert!(exactly(150.0) > downs.len() / 2 && exactly(450.0) > downs.len() / 10);
}

/// A note that only its being there matters for: sales have ended and nothing is left of them.
#[test]
fn all_ledgers_agree_to_the_cent_after_a_day_of_losses() {
    let mut profile = Profile::default();
    profile.comms.wifi.radio.good_loss = Probability(0.08);
    profile.comms.cellular.radio.good_loss = Probability(0.08);
    let (mut simulation, facts) = Bench::new(200, profile).run();
    let reversals = facts
        .iter()
        .filter(|f| matches!(f.what, DomainEvent::Noted(Note::ReversalDone { .. })))
        .count();
    assert!(reversals > 300, "{reversals} reversals");
    let late = facts
        .iter()
        .filter(|f| matches!(f.what, DomainEvent::Noted(Note::LateAnswer { .. })))
        .count();
    let since = vec![None; 200];
    let quiet_from = Instant::START + Span::hours(23);
    let audit = models::invariants::audit(&mut simulation, &since, quiet_from);
    assert_eq!(audit.breaches, []);
    assert_eq!((audit.unreversed, audit.duplicates), (0, 0));
    assert_eq!(audit.terminal_total, audit.host_total);
    assert_eq!(audit.gateway_total, audit.host_total);
    assert!(audit.host_total > models::Money(30_000_000), "{}", audit.host_total);
    println!("{reversals} reversals, {late} late answers");
}

/// Stored sales are handed in while the hosts need longer than the gateway waits: each is booked once, by its late answer or by the
/// answer to a repetition, and none is taken back.
#[test]
fn stored_sales_that_hosts_answer_too_late_are_booked_once() {
    let mut profile = Profile::default();
    profile.software.payment_app.offline_limit = Price::yuan(100_000, 0);
    profile.fitted.without.insert(Part::Wifi);
    profile.software.firmware.uplink = models::wire::Via::Cellular;
    let planned = |fault: Fault, at, lasts, magnitude| Planned {
        fault,
        when: When::At(at),
        lasts: Some(Law::Exactly(lasts)),
        magnitude,
        severity_profile: SeverityProfile::Constant,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
    };
    let outage = Fault::named("cellular.cell-outage").expect("a mode");
    let slow = Fault::named("host.slow").expect("a mode");
    let bench = Bench::new(50, profile);
    let hosts: Vec<u32> = bench.plan.directory.hosts.iter().map(|it| it.0).collect();
    let bench = bench
        .with_fault(planned(outage, Span::hours(10), Span::hours(2), 1.0), 0..50)
        .with_fault(planned(slow, Span::hours(10), Span::hours(6), 1.0), hosts);
    let (mut simulation, facts) = bench.run();
    let noted = |is: fn(&Note) -> bool| {
        let noted = |it: &&Fact| matches!(&it.what, DomainEvent::Noted(note) if is(note));
        facts.iter().filter(noted).count()
    };
    let handed_in = noted(|it| matches!(it, Note::StoredSent { .. }));
    assert!(handed_in > 100, "{handed_in} stored sales were handed in");
    let quiet_from = Instant::START + Span::hours(23);
    let audit = models::invariants::audit(&mut simulation, &[None; 50], quiet_from);
    assert_eq!(audit.breaches, []);
    assert_eq!((audit.terminal_total, audit.gateway_total), (audit.host_total, audit.host_total));
}
