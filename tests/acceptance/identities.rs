//! An actor's draws belong to who it is, not to where it stands: what happens to the rest of the fleet moves none of them.

use faults::DomainEvent;
use models::note::Note;
use scenarios::{Options, RecordedRun, Scenario, Source, load_text, record};
use sim::quantity::{Factor, Probability};
use sim::{Instant, Pulse};

const SHOPS: &str = r#"(id: "shops", count: 12, site_size: 3)"#;
const CAFES: &str = r#"(id: "cafes", count: 8, uplink: Cellular, backup: Wifi)"#;
const TAXIS: &str = r#"(id: "taxis", count: 5, uplink: Cellular)"#;

/// A fleet in which no terminal waits for what another one does: no queue is full, no account is spent by two, and no
/// cause is common.
fn scenario(groups: &[&str], hosts: &str) -> Scenario {
    let text = format!(
        r#"Scenario(
            schema: 2, name: "t", intent: "t", duration: "2d", fleet: [{groups}], hosts: [{hosts}],
            faults: [
                (id: "hang", mode: Firmware(Hang), when: Random(Exponential(mean: "15h"))),
                (id: "jam", mode: Printer(Jam), target: Group("shops"), sample: Count(6), when: At("9h"), stagger: "5h"),
                (id: "key", mode: Keypad(StuckKey), target: Group("cafes"), sample: Share(0.5), probability: 0.8, when: At("11h"), stagger: "5h"),
                (id: "radio", mode: Wifi(Interference), magnitude: 0.3, when: At("8h"), lasts: Exponential(mean: "6h"), stagger: "10h"),
                (id: "board", mode: Mainboard(Dead), target: Group("shops"), sample: Count(2), when: At("10h"), stagger: "2h"),
            ],
        )"#,
        groups = groups.join(", ")
    );
    let loaded = load_text("test.ron", &text).unwrap_or_else(|why| panic!("{why:#?}"));
    let mut scenario = loaded.scenario;
    scenario.policies.common_causes.enabled = false;
    scenario.platform.gateway.workers = 10_000;
    scenario.platform.host.balance = models::quantity::Price::yuan(100_000_000, 0);
    scenario.platform.host.balance_spread = Factor(0.0);
    let people = &mut scenario.people;
    people.customer.wrong_pin = Probability(0.0);
    (people.technicians.crews, people.technicians.spares) = (500, 500);
    for desk in [&mut people.support.phone, &mut people.support.website, &mut people.support.wechat]
    {
        desk.agents = 200;
    }
    scenario
}

const ONE_HOST: &str = r#"(id: "bank", share: 1)"#;

fn run(scenario: &Scenario) -> RecordedRun {
    let source = Source { scenario, path: "test.ron", text: "" };
    record(source, &Options::default(), 1, &Pulse::default()).expect("it runs")
}

/// What happened at the terminals of these groups, by their names.
fn facts(recorded: &RecordedRun, groups: &[&str]) -> Vec<(Instant, String, String)> {
    let mut all = Vec::new();
    for fact in &recorded.facts {
        let group = recorded.outcome.roster.group_of(fact.who);
        if !group.is_some_and(|it| groups.contains(&it.id.as_str())) {
            continue;
        }
        let mut what = fact.what;
        match &mut what {
            // The gateway's count over all terminals, and a number that is shown by name.
            DomainEvent::Noted(Note::SaleEnded(sale)) => sale.rrn = 0,
            DomainEvent::Alarm { about, .. } if *about == fact.who => about.0 = 0,
            _ => {}
        }
        all.push((fact.at, recorded.outcome.roster.name(fact.who), format!("{what:?}")));
    }
    all.sort();
    all
}

fn assert_same(first: &RecordedRun, second: &RecordedRun, groups: &[&str]) {
    let (one, other) = (facts(first, groups), facts(second, groups));
    assert!(one.len() > 1_000, "only {} facts", one.len());
    if let Some((a, b)) = one.iter().zip(&other).find(|(a, b)| a != b) {
        panic!("{a:?}\n{b:?}");
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn a_group_that_is_deleted_or_enlarged_moves_no_draw_of_another() {
    let all = run(&scenario(&[SHOPS, CAFES, TAXIS], ONE_HOST));
    assert_same(&all, &run(&scenario(&[SHOPS, CAFES], ONE_HOST)), &["shops", "cafes"]);
    let more = r#"(id: "brokers", count: 7)"#;
    let enlarged = run(&scenario(&[SHOPS, CAFES, more, &TAXIS.replace('5', "50")], ONE_HOST));
    assert_same(&all, &enlarged, &["shops", "cafes"]);
    // Those that a group already had are who they were.
    let grown = run(&scenario(&[SHOPS, CAFES, &TAXIS.replace('5', "9")], ONE_HOST));
    let first = |recorded: &RecordedRun| {
        let mut all = facts(recorded, &["taxis"]);
        all.retain(|it| it.1.ends_with("-0") || it.1.ends_with("-4"));
        all
    };
    assert_eq!(first(&all), first(&grown));
}

#[test]
fn the_order_of_groups_and_hosts_does_not_matter() {
    let second = r#"(id: "agency", share: 0)"#;
    let all = run(&scenario(&[SHOPS, CAFES, TAXIS], &format!("{ONE_HOST}, {second}")));
    let turned = run(&scenario(&[TAXIS, SHOPS, CAFES], &format!("{ONE_HOST}, {second}")));
    assert_eq!(all.outcome.fingerprint, turned.outcome.fingerprint);
    assert_same(&all, &turned, &["shops", "cafes", "taxis"]);
}

#[test]
fn a_host_that_is_added_moves_no_draw() {
    let all = run(&scenario(&[SHOPS, CAFES], ONE_HOST));
    // Its place is before the other's, by name; nobody has its cards.
    let added =
        run(&scenario(&[SHOPS, CAFES], &format!(r#"{ONE_HOST}, (id: "agency", share: 0)"#)));
    assert_same(&all, &added, &["shops", "cafes"]);
}

#[test]
fn names_go_with_numbers_whatever_the_order_of_groups() {
    let recorded = run(&scenario(&[SHOPS, CAFES, TAXIS], ONE_HOST));
    let roster = &recorded.outcome.roster;
    let order: Vec<&str> = roster.groups.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(order, ["shops", "cafes", "taxis"], "as the scenario has them");
    let numbers: Vec<u32> = roster.groups.iter().map(|it| it.first).collect();
    assert_eq!(numbers, [8, 0, 20], "as their names are ordered");
    assert_eq!(roster.name(sim::ActorId(7)), "cafes-7");
    assert_eq!(roster.name(sim::ActorId(8)), "shops-0");
    assert_eq!(roster.name(sim::ActorId(24)), "taxis-4");
    assert_eq!(roster.name(sim::ActorId(25)), "gateway");
    let struck = |group: &str, plan: usize| {
        recorded.outcome.targets[plan].iter().all(|it| roster.name(*it).starts_with(group))
    };
    assert!(struck("shops", 1) && struck("cafes", 2) && struck("shops", 4));
}
