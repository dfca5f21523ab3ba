//! Support, technicians and the depot: queues that conserve calls, hours that hold, stocks that never go below nothing,
//! and costs that add up.

use faults::{DomainEvent, Performer, Planned, RecoveryStep, When};
use models::hardware::display;
use models::people::support::{Figures, Support};
use models::people::technicians::Technicians;
use models::provider::{Choice, Provider};
use models::software::firmware;
use models::wire::Job;
use models::{Fact, Fault, Note, Part, Profile, RecoveryAction};
use reports::analyse;
use scenarios::{Options, RecordedRun, Source, load_text, record};
use sim::quantity::{Factor, Probability};
use sim::{ActorId, Instant, Law, Pulse, Simulation, Span};

use crate::bench::Bench;

/// What happens: only people can see it, and they take it for a hang.
const FROZEN: Fault = Fault::Display(display::Fault::Frozen);
const HANG: Fault = Fault::Firmware(firmware::Fault::Hang);

/// Nobody buys anything, everybody notices at once, and a frozen screen makes the merchant call and nothing else.
fn callers(terminals: u32, every: Span, days: u64) -> Bench {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(0.0);
    let merchant = &mut profile.people.merchant;
    (merchant.notices_in, merchant.reacts_in) = (Span::secs(1), Span::secs(1));
    (merchant.opens_at, merchant.closes_at) = (0, 0);
    merchant.channels.phone = Factor(1.0);
    (merchant.channels.website, merchant.channels.wechat) = (Factor(0.0), Factor(0.0));
    merchant.calls_again = Probability(0.0);
    merchant.look_ups_per_day = Factor(0.0);
    profile.people.support.script_right = Probability(1.0);
    let mut bench = Bench::new(terminals, profile).lasting(Span::days(days));
    let policy = &mut bench.plan.policy;
    policy.fallback = None;
    policy.common_causes.enabled = false;
    policy.heartbeat = Span::days(300);
    policy.relapse_within = Span::ZERO;
    let call = RecoveryStep {
        action: RecoveryAction::RestartTerminal,
        by: Performer::Support,
        duration: Span::ZERO,
        works: Some(1.0),
    };
    for fault in Fault::all() {
        policy.procedures.insert(fault, vec![call]);
    }
    let life = Planned {
        fault: FROZEN,
        when: When::Life(Law::Exponential(every)),
        lasts: Some(Law::Exactly(Span::minutes(2))),
        magnitude: 1.0,
        stagger: Span::ZERO,
        stream: 1,
        common: false,
        severity_profile: faults::SeverityProfile::Constant,
    };
    bench.with_fault(life, 0..terminals)
}

fn desk(simulation: &mut Simulation<models::Models>, support: ActorId) -> Figures {
    let world = simulation.world_of(support);
    world.query::<&Support>().single(world).expect("one support desk").figures()[0]
}

fn conserved(it: &Figures) -> bool {
    it.arrived == it.answered + it.abandoned + it.turned_away + it.waiting
}

/// Erlang B: nobody can wait, c agents, offered load a. B(c, a) = a·B(c−1, a) / (c + a·B(c−1, a)).
#[test]
fn a_desk_without_a_waiting_room_loses_as_many_calls_as_erlang_b_says() {
    let mut bench = callers(2_000, Span::hours(20), 4);
    let phone = &mut bench.plan.profiles[0].people.support.phone;
    (phone.agents, phone.waiting_room, phone.talks) = (10, 0, Span::minutes(5));
    let support = bench.plan.directory.support;
    let end = bench.plan.end.as_secs_f64();
    let (mut simulation, _) = bench.run();
    let figures = desk(&mut simulation, support);
    assert!(conserved(&figures), "{figures:?}");
    let load = figures.arrived as f64 / end * Span::minutes(5).as_secs_f64();
    let blocked = (1..=10).fold(1.0, |b, c| load * b / (f64::from(c) + load * b));
    let lost = figures.turned_away as f64 / figures.arrived as f64;
    assert!(figures.arrived > 5_000 && blocked > 0.05, "{figures:?}, {load} erlang");
    // Calls that are lost come together: the spread is wider than that of independent ones.
    let off = 8.0 * libm::sqrt(blocked * (1.0 - blocked) / figures.arrived as f64);
    assert!((lost - blocked).abs() < off, "{lost} lost, Erlang B says {blocked}");
}

/// Erlang A (M/M/c+M): the share that gives up, from the steady state of the birth and death process.
#[test]
fn an_overloaded_desk_loses_as_many_patient_callers_as_erlang_a_says() {
    let (agents, talks, patience) = (5_u32, Span::minutes(10), Span::minutes(5));
    let mut bench = callers(2_000, Span::hours(40), 4);
    let phone = &mut bench.plan.profiles[0].people.support.phone;
    (phone.agents, phone.talks, phone.patience) = (agents, talks, patience);
    let support = bench.plan.directory.support;
    let end = bench.plan.end.as_secs_f64();
    let (mut simulation, _) = bench.run();
    let figures = desk(&mut simulation, support);
    assert!(conserved(&figures), "{figures:?}");
    let arrivals = figures.arrived as f64 / end;
    let (serves, leaves) = (1.0 / talks.as_secs_f64(), 1.0 / patience.as_secs_f64());
    let (mut weight, mut all, mut leaving) = (1.0, 1.0, 0.0);
    for n in 1..400_u32 {
        let behind = n.saturating_sub(agents);
        weight *= arrivals / (f64::from(n.min(agents)) * serves + f64::from(behind) * leaves);
        all += weight;
        leaving += weight * f64::from(behind) * leaves;
    }
    let expected = leaving / all / arrivals;
    let lost = figures.abandoned as f64 / figures.arrived as f64;
    assert!(expected > 0.2, "{figures:?}: {expected} is not an overload");
    let off = 8.0 * libm::sqrt(expected * (1.0 - expected) / figures.arrived as f64);
    assert!((lost - expected).abs() < off, "{lost} hung up, Erlang A says {expected}");
}

#[test]
fn no_case_is_taken_up_outside_opening_hours() {
    let mut bench = callers(200, Span::hours(20), 3);
    let phone = &mut bench.plan.profiles[0].people.support.phone;
    (phone.opens_at, phone.closes_at, phone.patience) = (9, 17, Span::hours(30));
    let support = bench.plan.directory.support;
    let (mut simulation, facts) = bench.run();
    let hours: Vec<u64> = facts
        .iter()
        .filter(|it| matches!(it.what, DomainEvent::Noted(Note::CaseServed { .. })))
        .map(|it| it.at.0 / Span::hours(1).0 % 24)
        .collect();
    assert!(hours.len() > 200, "{} cases", hours.len());
    assert!(hours.iter().all(|hour| (9..17).contains(hour)), "{hours:?}");
    assert!(conserved(&desk(&mut simulation, support)));
}

#[test]
fn stocks_never_go_below_nothing_and_a_depot_has_all_its_terminals_back() {
    let mut bench = callers(100, Span::days(4), 30);
    let policy = &mut bench.plan.policy;
    for (fault, procedure) in &mut policy.procedures {
        let action = if *fault == HANG { RecoveryAction::Swap } else { RecoveryAction::Repair };
        *procedure = vec![RecoveryStep {
            action,
            by: Performer::Technician,
            duration: Span::minutes(30),
            works: Some(1.0),
        }];
    }
    bench.plan.planned[0].lasts = None;
    let depot = &mut bench.plan.profiles[0].people.technicians;
    // Crews enough for whatever is suspected beside the hang, so that parts do not lie about waiting for one.
    (depot.spares, depot.parts, depot.crews) = (3, 2, 30);
    depot.resupplied_in = Span::days(2);
    (depot.starts_at, depot.ends_at) = (8, 18);
    let technicians = bench.plan.directory.technicians;
    let (mut simulation, facts) = bench.run();
    let world = simulation.world_of(technicians);
    let figures = world.query::<&Technicians>().single(world).expect("one depot").figures();
    assert!(figures.swapped > 20 && figures.stock <= 3 && figures.parts <= 2, "{figures:?}");
    assert_eq!(figures.asked, figures.sent + figures.refused + figures.waiting, "{figures:?}");
    // No more than three at a time can be out of the pool: in any two days no more than three are swapped.
    let swaps: Vec<Instant> = facts
        .iter()
        .filter(|it| {
            matches!(
                it.what,
                DomainEvent::Noted(Note::TechnicianSent { action: RecoveryAction::Swap, .. })
            )
        })
        .map(|it| it.at)
        .collect();
    for four in swaps.windows(4) {
        assert!(four[3].since(four[0]) >= Span::days(2), "{four:?}");
    }
    let set_out = swaps.iter().map(|at| at.0 / Span::hours(1).0 % 24);
    assert!(set_out.into_iter().all(|hour| (8..18).contains(&hour)));
}

/// A provider that repairs at the first visit in two of five cases needs more visits than one that always does.
#[test]
fn a_provider_of_poor_quality_comes_more_often() {
    let visits = |first_time_fix: f64| {
        let mut bench = callers(200, Span::days(3), 20);
        let people = &mut bench.plan.profiles[0].people;
        let provider =
            Provider { first_time_fix: Probability(first_time_fix), ..Provider::default() };
        people.onboarding.providers.insert("one".into(), provider);
        people.deployment.provider = Choice::Named("one".into());
        people.technicians.spares = 10_000;
        let visit = RecoveryStep {
            action: RecoveryAction::Swap,
            by: Performer::Technician,
            duration: Span::minutes(30),
            works: Some(1.0),
        };
        for procedure in bench.plan.policy.procedures.values_mut() {
            *procedure = vec![visit; 6];
        }
        bench.plan.planned[0].lasts = None;
        let (_, facts) = bench.run();
        let count = |of: fn(&Note) -> bool| {
            let notes =
                facts.iter().filter(|it| matches!(&it.what, DomainEvent::Noted(note) if of(note)));
            notes.count() as f64
        };
        let sent = count(|it| matches!(it, Note::TechnicianSent { .. }));
        (sent, count(|it| matches!(it, Note::VisitFailed { refused: false, .. })) / sent)
    };
    let ((good, none), (_, poor)) = (visits(1.0), visits(0.4));
    assert!(good > 300.0 && none == 0.0, "{good} visits");
    assert!((poor - 0.6).abs() < 0.06, "{poor} of the visits in vain");
}

const DAY: &str = include_str!("../../scenarios/showcase/support.ron");

fn recorded(text: &str) -> RecordedRun {
    let scenario = load_text("support.ron", text).expect("a sound scenario").scenario;
    let source = Source { scenario: &scenario, path: "support.ron", text };
    record(source, &Options::default(), 1, &Pulse::default()).expect("it runs")
}

/// A bad update of many terminals makes people call, and hang up; what that costs adds up to the cent.
#[test]
fn a_bad_update_overloads_support_and_its_costs_add_up() {
    let recorded = recorded(DAY);
    let analysis = analyse(&recorded);
    let cost = &analysis.measures.cost;
    assert!(cost.support.abandoned > 50, "{:?}", cost.support);
    assert!(cost.support.repeated > 20, "{:?}", cost.support);
    let items: i64 = cost.items.iter().map(|it| it.minor).sum();
    let faults =
        cost.faults.iter().map(|it| it.actions_minor + it.lost_sales_minor + it.outage_minor);
    let parts = faults.sum::<i64>() + cost.false_alarms_minor + cost.elsewhere_minor;
    assert_eq!((items, parts), (cost.total_minor, cost.total_minor));
    let actions: i64 = cost.actions.iter().map(|it| it.minor).sum();
    let lost =
        |name: &str| cost.items.iter().filter(|it| it.name == name).map(|it| it.minor).sum::<i64>();
    assert_eq!(actions + lost("lost-sales") + lost("outage"), cost.total_minor);
    // The calls alone, from the facts.
    let talked = recorded.facts.iter().filter_map(|it| match it.what {
        DomainEvent::Noted(Note::CaseServed { talks_ms, .. }) => {
            Some(i64::from(talks_ms) * 200 / 60_000)
        }
        _ => None,
    });
    assert_eq!(talked.sum::<i64>(), lost("call"));
}

/// A recovery action that helps for a while only: the fault is back, and is counted again.
#[test]
fn an_imperfect_repair_comes_back() {
    let occurrences = |imperfect: Option<(f64, Law)>| {
        let mut bench = callers(50, Span::days(2), 4);
        bench.plan.planned[0].when = When::At(Span::hours(5));
        bench.plan.planned[0].lasts = None;
        bench.plan.policy.imperfect = imperfect;
        bench.plan.profiles[0].people.support.phone.agents = 100;
        let (_, facts) = bench.run();
        facts.iter().filter(|it: &&Fact| matches!(it.what, DomainEvent::Occurred { .. })).count()
    };
    assert_eq!(occurrences(None), 50);
    let back = occurrences(Some((0.5, Law::Exponential(Span::hours(4)))));
    // Each repair lasts with probability 1/2: two occurrences a terminal in the long run.
    assert!((75..=125).contains(&back), "{back} occurrences");
}

/// What a job carries.
#[test]
fn a_job_says_what_is_suspected() {
    let asked = faults::StepRequest {
        incident: 3,
        attempt: 1,
        step: RecoveryStep {
            action: RecoveryAction::Clean,
            by: Performer::Support,
            duration: Span::ZERO,
            works: None,
        },
        suspect: FROZEN,
        name: faults::DrawName::default(),
    };
    assert_eq!(Job::of(ActorId(7), &asked).suspect.part(), Part::Display);
}
