//! A terminal's whole life: what it promises, from the application to the return.

use faults::DomainEvent;
use models::lifecycle::{DeploymentStep, DepositEntry, Reason};
use models::{Note, Part};
use reports::measures::LifeMeasures;
use scenarios::{Options, RecordedRun, Source, load_text, record};
use sim::{Pulse, Span};

fn run_on(text: &str, threads: usize) -> RecordedRun {
    let loaded = load_text("life.ron", text).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    let source = Source { scenario: &loaded.scenario, path: "life.ron", text };
    let options = Options { cell_size: Some(8), ..Options::default() };
    record(source, &options, threads, &Pulse::default()).expect("it runs")
}

fn run(text: &str) -> RecordedRun {
    run_on(text, 1)
}

/// A scenario of so many days with these groups, people and faults.
fn scenario(days: u32, fleet: &str, people: &str, faults: &str) -> String {
    format!(
        "Scenario(schema: 2, name: \"t\", intent: \"t\", duration: \"{days}d\", drain: \"1d\", fleet: [{fleet}],
          people: ({people}), faults: [{faults}], policies: (heartbeat: (period: \"4h\"), telemetry: (period: \"0s\")))"
    )
}

fn life(recorded: &RecordedRun) -> LifeMeasures {
    reports::analyse(recorded).measures.life.expect("the scenario has a life")
}

fn steps(
    recorded: &RecordedRun,
) -> impl Iterator<Item = (sim::ActorId, sim::Instant, DeploymentStep)> + '_ {
    recorded.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Noted(Note::Life(step)) => Some((fact.who, fact.at, step)),
        _ => None,
    })
}

/// Every step takes exactly so long: an hour to prepare, two to review, three days to come, four hours to install.
const EXACT: &str = "onboarding: (reviewers: REVIEWERS, reviews: (median: \"2h\"),
    refuses: (prohibited_business: 0, other: 0),
    online: (prepares: (median: \"1h\"), ships: (median: \"3d\"), installs: (median: \"4h\")))";
const ONLINE: &str =
    "ways: (online: 1, service_centre: 0, partner_bank: 0, third_party: 0, agent: 0)";
const COMPLETE: &str = "papers: (lacks_identity: 0, lacks_licence: 0, lacks_account: 0, forged: 0)";

/// With deterministic stages the time to activation is their sum, and at one reviewer a batch waits its turn: the k-th
/// decision falls k reviews after the first application (D/D/1).
#[test]
fn the_time_to_activation_is_the_sum_of_its_stages() {
    let fleet = format!(
        "(id: \"all\", count: 30, deployment: (applies: (from: \"1d\"), {ONLINE}, {COMPLETE}))"
    );
    for (reviewers, waits) in [(30, false), (1, true)] {
        let people = EXACT.replace("REVIEWERS", &reviewers.to_string());
        let recorded = run(&scenario(20, &fleet, &format!("customer: (per_day: 0), {people}"), ""));
        let mut active: Vec<Span> = steps(&recorded)
            .filter(|(.., step)| *step == DeploymentStep::InService)
            .map(|(_, at, _)| at.since(sim::Instant::START + Span::hours(24 + 1)))
            .collect();
        active.sort_unstable();
        assert_eq!(active.len(), 30);
        for (number, took) in active.into_iter().enumerate() {
            let reviews = if waits { number as u64 + 1 } else { 1 };
            let sum = Span::hours(2 * reviews + 3 * 24 + 4);
            // A message takes the lookahead to the desk and back.
            let off = took.0.abs_diff(sum.0);
            assert!(off <= Span::millis(50).0, "{reviewers} reviewers, {number}: {off} ns");
        }
    }
}

#[test]
fn an_application_that_lacks_a_document_is_refused_for_it() {
    let lacks = [
        ("lacks_identity: 1, lacks_licence: 0, lacks_account: 0", Reason::NoIdentity),
        ("lacks_identity: 0, lacks_licence: 1, lacks_account: 0", Reason::NoLicence),
        ("lacks_identity: 0, lacks_licence: 0, lacks_account: 1", Reason::NoAccount),
    ];
    for (papers, expected) in lacks {
        let fleet = format!(
            "(id: \"all\", count: 20, deployment: (applies: (from: \"1d\"), {ONLINE},
              papers: (licensed: 1, forged: 0, {papers}), again: (probability: 1)))"
        );
        let people = EXACT.replace("REVIEWERS", "5");
        let recorded = run(&scenario(40, &fleet, &format!("customer: (per_day: 1), {people}"), ""));
        let refused: Vec<Reason> = steps(&recorded)
            .filter_map(|(.., step)| match step {
                DeploymentStep::Refused(reason) => Some(reason),
                _ => None,
            })
            .collect();
        // Once each: the second time it is there.
        assert_eq!(refused, vec![expected; 20]);
        let life = life(&recorded);
        assert_eq!(life.ways.len(), 1);
        assert_eq!((life.ways[0].applications, life.ways[0].approved), (40, 20));
        let counted = life.refusals.iter().find(|(name, _)| name == expected.name());
        assert_eq!(counted.map(|it| it.1), Some(20));
    }
}

const PAYING: &str = "(id: \"wired\", count: 60, region: \"north\", type: \"cable\",
      deployment: (applies: (from: \"1d\", within: \"10d\"), retires: After(median: \"60d\", spread: 0.3),
               device: (costs: \"333.33 CNY\"), handling: (blamed: 0.5, returned_damaged: 0.4, returned_ruined: 0.2))),
     (id: \"mobile\", count: 60, region: \"south\",
      deployment: (retires: At(\"100d\"), provider: Named(\"dear\"), handling: (blamed: 0.5)))";
const TARIFF: &str = "customer: (per_day: 1), deposits: (regions: {\"north\": 1.17}),
    onboarding: (providers: {\"dear\": (deposit: 1.5, responds_in: \"5h\"), \"near\": ()})";
const BREAKS: &str =
    "(id: \"boards\", mode: Mainboard(Dead), when: Random(Exponential(mean: \"40d\")))";

fn paying() -> RecordedRun {
    let text = scenario(140, PAYING, TARIFF, BREAKS);
    let text = text.replace(
        "fleet:",
        "types: {\"cable\": (hardware: (battery: (capacity: \"0mAh\")))}, fleet:",
    );
    run(&text)
}

#[test]
fn the_money_of_deposits_is_conserved_to_the_cent() {
    let recorded = paying();
    assert_eq!(recorded.outcome.audit.breaches, []);
    let all = recorded.outcome.audit.deposits;
    assert!(all.received.0 > 0 && all.deducted.0 > 0 && all.refunded.0 > 0, "{all:?}");
    assert_eq!(all.paid, all.received);
    assert_eq!(all.received.0, all.deducted.0 + all.refunded.0 + all.held.0);
    assert!(all.got_back.0 <= all.refunded.0);
    // The ledger's notes say the same as its ledger.
    let mut sums = [0i64; 4];
    for fact in &recorded.facts {
        if let DomainEvent::Noted(Note::Deposit { entry, amount, .. }) = fact.what {
            assert!(amount.0 >= 0);
            sums[entry as usize] += amount.0;
        }
    }
    assert_eq!(sums[DepositEntry::Received as usize], all.received.0);
    assert_eq!(sums[DepositEntry::Deducted as usize], all.deducted.0);
    assert_eq!(sums[DepositEntry::Refunded as usize], all.refunded.0);
    // What a single terminal paid follows from the tariff: (99 + 10 + a tenth of 333.33) times 1.17.
    let wired = recorded.facts.iter().find_map(|fact| match fact.what {
        DomainEvent::Noted(Note::Deposit { terminal, entry: DepositEntry::Received, amount })
            if terminal.0 >= 60 =>
        {
            Some(amount.0)
        }
        _ => None,
    });
    assert_eq!(wired, Some(16_653));
    let money = life(&recorded).deposits;
    assert_eq!(money.held_minor, all.held.0);
}

#[test]
fn threads_do_not_matter_to_a_life() {
    let fleet = "(id: \"all\", count: 24, deployment: (applies: (from: \"0s\", within: \"2d\"),
        retires: After(median: \"9d\", spread: 0.2), maintenance: (every: \"3d\", duration: \"1h\")))";
    let text = scenario(20, fleet, TARIFF, &BREAKS.replace("40d", "6d"));
    let text = text.replace("\"north\"", "\"home\"");
    let one = run_on(&text, 1);
    assert!(life(&one).retired > 10 && life(&one).maintained > 10);
    for threads in [2, 4] {
        let other = run_on(&text, threads);
        assert_eq!(one.outcome.fingerprint, other.outcome.fingerprint, "{threads} threads");
        assert!(one.facts == other.facts, "{threads} threads: the facts differ");
    }
}

/// Nothing about lives costs a fleet without one an event, a draw or an actor.
#[test]
fn a_fleet_without_a_life_runs_as_if_there_were_none() {
    let fleet = "(id: \"all\", count: 40)";
    let plain = run(&scenario(2, fleet, "", BREAKS));
    let people = "onboarding: (reviewers: 9, providers: {\"x\": (responds_in: \"9h\")}),
        deposits: (wired: \"5 CNY\"), deployment: (ways: (online: 9), device: (functions: 7))";
    let set = run(&scenario(2, fleet, people, BREAKS));
    assert_eq!(plain.outcome.fingerprint, set.outcome.fingerprint);
    assert!(plain.facts == set.facts);
    assert_eq!(
        plain.outcome.roster.hubs.len(),
        5,
        "the gateway, the back office, support, technicians, a bank"
    );
    assert!(reports::analyse(&plain).measures.life.is_none());
}

#[test]
fn a_terminal_that_is_not_in_service_neither_sells_nor_is_missed() {
    let recorded = paying();
    let mut serving = [false; 120];
    // Terminals are numbered by the names of their groups: those of "mobile" come first.
    serving[..60].fill(true);
    let (mut sales, mut begun) = (0, 0);
    for fact in &recorded.facts {
        let Some(serves) = serving.get_mut(fact.who.0 as usize) else { continue };
        match fact.what {
            DomainEvent::Noted(Note::Life(DeploymentStep::InService)) => {
                (*serves, begun) = (true, begun + 1)
            }
            DomainEvent::Noted(Note::Life(DeploymentStep::Retired)) => *serves = false,
            // Who was inside when it closed is still served.
            DomainEvent::Noted(Note::SaleEnded(_)) if *serves => sales += 1,
            DomainEvent::Noted(Note::SaleEnded(sale)) => {
                assert!(fact.at.since(sale.began) < Span::minutes(10));
            }
            DomainEvent::Alarm { detector: Part::HeartbeatMonitor | Part::PaymentApp, .. } => {
                assert!(*serves, "{}: a terminal that is not in service is missed", fact.who.0);
            }
            DomainEvent::Occurred { .. } => {
                assert!(*serves, "what is not in service does not break")
            }
            _ => {}
        }
    }
    assert!(begun > 40 && sales > 5_000, "{begun} in service, {sales} sales");
}

/// Hazard of competing lives, integrated up to an age in days.
fn cumulative(days: f64) -> f64 {
    libm::pow(days / 20_000.0, 0.4) + days / 4_000.0 + libm::pow(days / 1_250.0, 6.0)
}

#[test]
fn the_hazard_of_failures_falls_and_then_rises_over_three_years() {
    let board = "(id: \"boards\", mode: Mainboard(Dead), when: Random(Bathtub(early: (shape: 0.4, scale: \"20000d\"),
        mean: \"4000d\", late: (shape: 6, scale: \"1250d\"))))";
    let fleet = "(id: \"new\", count: 1500, deployment: (applies: (from: \"1d\", within: \"5d\"))),
        (id: \"old\", count: 500, deployment: (age: \"900d\"))";
    let people = "customer: (per_day: 0), merchant: (opens_at: 0, closes_at: 24),
        technicians: (crews: 500, spares: 5000)";
    let recorded = run(&scenario(1_095, fleet, people, board));
    let ages = life(&recorded).ages;
    let failures: u64 = ages.iter().map(|bin| bin.failures).sum();
    assert!(failures > 1_000, "{failures}");
    let (mut chi, mut bins) = (0.0, 0);
    for bin in &ages {
        if bin.failures < 5 {
            continue;
        }
        // Time in a bin is not quite even: units are exchanged. Bins are narrow where the hazard is steep.
        let expected = (cumulative(bin.to_d.min(1_900.0)) - cumulative(bin.from_d))
            / (bin.to_d.min(1_900.0) - bin.from_d)
            * 365.0
            * bin.years;
        if bin.to_d <= 1_095.0 {
            let off = bin.failures as f64 - expected;
            chi += off * off / expected;
            bins += 1;
        }
    }
    // Nine bins or fewer: 99.9 % of the chi-square law with nine degrees of freedom lie below 27.9.
    assert!(bins >= 8 && chi < 27.9, "{bins} bins, chi-square {chi}: {ages:#?}");
    let rate = |day: f64| {
        *ages.iter().find(|bin| bin.from_d <= day && day < bin.to_d).expect("a bin of this age")
    };
    let (young, useful, worn) = (rate(1.0), rate(300.0), rate(1_000.0));
    assert!(young.ci95.0 > useful.ci95.1, "infant mortality: {young:?} {useful:?}");
    assert!(worn.ci95.0 > useful.ci95.1, "wear-out: {worn:?} {useful:?}");
}

#[test]
fn a_slow_provider_repairs_later() {
    let fleet = "(id: \"prompt\", count: 60, deployment: (applies: (from: \"0s\"), provider: Named(\"prompt\"))),
        (id: \"slow\", count: 60, deployment: (applies: (from: \"0s\"), provider: Named(\"slow\")))";
    let people = "customer: (per_day: 1), technicians: (crews: 100, spares: 500),
        onboarding: (providers: {\"prompt\": (fee: \"10 CNY\"), \"slow\": (responds_in: \"48h\")})";
    let recorded = run(&scenario(120, fleet, people, BREAKS));
    let rows = life(&recorded).providers;
    assert_eq!((rows[0].name.as_str(), rows[1].name.as_str()), ("prompt", "slow"));
    let mean = |at: usize| rows[at].repair.mean.expect("some were repaired") / 3_600.0;
    // The reaction takes 48 hours more on average; the rest is the same.
    let later = mean(1) - mean(0);
    assert!((30.0..66.0).contains(&later), "{later} hours later");
    assert_eq!(rows[0].fees_minor, 1_000 * rows[0].terminals as i64);
}

#[test]
fn who_breaks_the_rules_is_found_and_suspended_and_then_sells_again() {
    let faults = "(id: \"cash-out\", mode: MisuseAndFraud(ProhibitedTransactions), sample: Count(30), when: At(\"3d\"))";
    let people = "customer: (per_day: 24), deployment: (suspended_for: \"12h\")";
    let recorded = run(&scenario(12, "(id: \"all\", count: 60)", people, faults));
    let analysis = reports::analyse(&recorded);
    assert_eq!(analysis.measures.all.injected, 30);
    assert!(analysis.measures.all.detected >= 28, "{:?}", analysis.measures.all);
    let on = |wanted: bool| {
        steps(&recorded).filter(move |it| it.2 == DeploymentStep::Suspended { on: wanted }).count()
    };
    // A warning helps every other one; the rest is suspended.
    assert!((6..=24).contains(&on(true)), "{} suspended", on(true));
    assert_eq!(on(true), on(false));
    let (who, at, _) = steps(&recorded)
        .find(|it| it.2 == DeploymentStep::Suspended { on: true })
        .expect("somebody is suspended");
    let during = |fact: &&models::Fact| {
        let since = fact.at.since(at);
        let sale = matches!(fact.what, DomainEvent::Noted(Note::SaleEnded(_)));
        fact.who == who && sale && since > Span::minutes(10) && since < Span::hours(12)
    };
    assert_eq!(recorded.facts.iter().filter(during).count(), 0);
    let later = |fact: &&models::Fact| {
        let sale = matches!(fact.what, DomainEvent::Noted(Note::SaleEnded(_)));
        fact.who == who && sale && fact.at.since(at) > Span::hours(12)
    };
    assert!(recorded.facts.iter().filter(later).count() > 20);
}

#[test]
fn a_third_party_that_vanishes_takes_the_deposit_and_the_merchant_goes_elsewhere() {
    let fleet = format!(
        "(id: \"all\", count: 40, deployment: (applies: (from: \"1d\"), {COMPLETE},
          ways: (third_party: 1, online: 0, service_centre: 0, partner_bank: 0, agent: 0)))"
    );
    let people = "customer: (per_day: 4), onboarding: (reviewers: 9, refuses: (prohibited_business: 0, other: 0),
        third_party: (prepares: (median: \"2h\"), ships: (median: \"4d\"), installs: (median: \"2h\"), fraud: 1))";
    let recorded = run(&scenario(40, &fleet, people, ""));
    assert_eq!(recorded.outcome.audit.breaches, []);
    let life = life(&recorded);
    assert_eq!((life.ways.len(), life.ways[0].name.as_str()), (1, "online"));
    assert_eq!((life.ways[0].cheated, life.ways[0].approved), (40, 40));
    // The ledger never saw what was paid to them.
    assert_eq!(life.deposits.cheated_minor, life.deposits.received_minor);
    let fraud = &life.breaches[0];
    assert_eq!((fraud.name.as_str(), fraud.occurred), ("misuse-and-fraud.third-party-fraud", 40));
    assert!(fraud.found >= 38, "{fraud:?}");
}
