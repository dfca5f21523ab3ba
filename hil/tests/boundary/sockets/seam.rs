//! What crosses at an attached payment application and at an attached gateway, without any socket.

use models::Money;
use models::Part;
use models::invariants::Invariant;
use models::wire::{InterActorMessage, Iso, Mti, Pan, ResponseCode};
use scenarios::{Loaded, Options, Outcome, Run, Source, load_text};
use sim::{ActorId, Instant, Pulse, Span};

fn loaded(text: &str) -> Loaded {
    load_text("seam.ron", text).unwrap_or_else(|found| panic!("{found:?}"))
}

/// Plays a scenario in steps of 100 ms. After each one `outside` hears what was handed out, and says what comes back.
fn played(
    text: &str,
    attached: (u32, Part),
    mut outside: impl FnMut(Instant, &[Iso]) -> Vec<Iso>,
) -> Outcome {
    let loaded = loaded(text);
    let attached = (ActorId(attached.0), attached.1);
    let options = Options { attached: vec![attached], ..Options::default() };
    let source = Source { scenario: &loaded.scenario, path: "seam.ron", text };
    let mut run = Run::begin(source, &options, 1).expect("it can be put together");
    let (end, mut now) = (run.end(), Instant::START);
    while now < end {
        now = (now + Span::millis(100)).min(end);
        run.simulation.run(now, 1, &Pulse::default()).expect("in order");
        let emissions = run.simulation.take_emissions();
        let out: Vec<Iso> = emissions
            .iter()
            .map(|it| {
                assert_eq!((it.who, it.port), (attached.0, attached.1.into()));
                let InterActorMessage::Payment(iso) = it.message else { panic!("{it:?}") };
                iso
            })
            .collect();
        for iso in outside(now, &out) {
            run.simulation.inject(
                now,
                attached.0,
                attached.1.into(),
                InterActorMessage::Payment(iso),
            );
        }
    }
    run.finish(&mut ())
}

const TERMINAL: (u32, Part) = (0, Part::PaymentApp);

/// A terminal that is busy if its customers are simulated; answers get lost in the third minute, its uplink is down in the sixth.
const LAB: &str = r#"Scenario(
    schema: 2, name: "lab", intent: "what does a real terminal do?", seed: 5, duration: "10m", drain: "3m",
    fleet: [(id: "device", count: 1)],
    workload: [(per_day: 20000, hours: Flat)],
    faults: [
        (id: "lost", mode: Gateway(AnswersLost), when: At("2m"), lasts: Exactly("1m")),
        (id: "wifi", mode: Wifi(AccessPointDown), when: At("5m"), lasts: Exactly("1m")),
        (id: "cell", mode: Cellular(CellOutage), when: At("5m"), lasts: Exactly("1m")),
        (id: "own", mode: PaymentApp(WrongAmount), when: At("1s")),
    ],
)"#;

fn sealed(iso: Iso) -> Iso {
    Iso { mac: iso.seal(), ..iso }
}

fn sale(stan: u32, cents: i64, now: Instant) -> Iso {
    let (pan, amount, local) = (Pan::of(0, 77), Money(cents), now);
    sealed(Iso {
        pan,
        amount,
        stan,
        local,
        expiry: 3_512,
        currency: 156,
        business: 22,
        ..Iso::default()
    })
}

fn reversal(of: Iso) -> Iso {
    sealed(Iso { mti: Mti::Reversal, code: ResponseCode::NO_ANSWER, original: of.stan, ..of })
}

fn settlement(stan: u32, cents: i64) -> Iso {
    sealed(Iso { mti: Mti::Settlement, stan, amount: Money(cents), ..Iso::default() })
}

/// Sends each message when its second has come; what came back, in its order: type, trace number, code.
fn told(sent: &[(u64, Iso)]) -> (Outcome, Vec<(Mti, u32, ResponseCode)>) {
    let mut came = Vec::new();
    let outcome = played(LAB, TERMINAL, |now, out| {
        came.extend(out.iter().map(|iso| (iso.mti, iso.stan, iso.code)));
        let due = |at: &u64| now == Instant::START + Span::secs(*at);
        let due = sent.iter().filter(|(at, _)| due(at));
        due.map(|(_, iso)| sealed(Iso { local: now, ..*iso })).collect()
    });
    (outcome, came)
}

fn breaches(outcome: &Outcome) -> Vec<(Invariant, u32)> {
    outcome.audit.breaches.iter().map(|it| (it.invariant, it.stan)).collect()
}

#[test]
fn a_real_terminal_sells_over_the_simulated_network() {
    let sale = |stan| sale(stan, 1_999, Instant::START);
    let echo = Iso { mti: Mti::Network, stan: 1, ..Iso::default() };
    let sent = [(5, echo), (10, sale(2)), (20, sale(3)), (30, reversal(sale(3)))];
    let (outcome, came) = told(&sent);
    let approved = ResponseCode::APPROVED;
    assert_eq!(
        came,
        [
            (Mti::NetworkResponse, 1, approved),
            (Mti::Response, 2, approved),
            (Mti::Response, 3, approved),
            (Mti::ReversalResponse, 3, approved),
        ],
        "and no simulated customer came, and the fault of the simulated application did not occur"
    );
    let audit = &outcome.audit;
    assert_eq!(breaches(&outcome), []);
    assert_eq!(
        (audit.terminal_total, audit.gateway_total, audit.host_total),
        (Money(1_999), Money(1_999), Money(1_999))
    );
}

#[test]
fn an_approval_that_was_lost_and_never_taken_back_is_named() {
    let lost = sale(2, 500, Instant::START);
    let (outcome, came) = told(&[(130, lost)]);
    assert_eq!(came, []);
    assert_eq!(breaches(&outcome), [(Invariant::NoUnreversedSale, 2)]);
    let (outcome, came) = told(&[(130, lost), (200, reversal(lost))]);
    assert_eq!(came, [(Mti::ReversalResponse, 2, ResponseCode::APPROVED)]);
    assert_eq!(breaches(&outcome), []);
    assert_eq!((outcome.audit.terminal_total, outcome.audit.host_total), (Money(0), Money(0)));
}

#[test]
fn nothing_passes_while_its_links_are_down() {
    let (outcome, came) = told(&[(310, sale(2, 500, Instant::START))]);
    assert_eq!(came, []);
    assert_eq!((breaches(&outcome), outcome.audit.host_total), (Vec::new(), Money(0)));
}

#[test]
fn a_message_sent_twice_is_one_sale_and_a_wrong_code_is_none() {
    let once = sale(2, 700, Instant::START);
    let (outcome, came) = told(&[(10, once), (20, once)]);
    assert_eq!(came.len(), 2);
    assert_eq!((breaches(&outcome), outcome.audit.host_total), (Vec::new(), Money(700)));
    let mut broken = Vec::new();
    let outcome = played(LAB, TERMINAL, |now, out| {
        broken.extend(out.iter().map(|iso| iso.code));
        let wrong = Iso { mac: 7, ..sale(2, 700, now) };
        if now == Instant::START + Span::secs(10) { vec![wrong] } else { Vec::new() }
    });
    assert_eq!((broken, outcome.audit.host_total), (vec![ResponseCode::MAC_WRONG], Money(0)));
    assert_eq!(breaches(&outcome), []);
}

#[test]
fn both_sides_settle_what_was_sold_since_the_last_time() {
    let sale = |stan| sale(stan, 1_000, Instant::START);
    let sent = [
        (10, sale(1)),
        (20, sale(2)),
        (30, settlement(3, 2_000)),
        (40, settlement(3, 2_000)),
        (50, settlement(4, 1)),
        (60, settlement(5, 0)),
    ];
    let (_, came) = told(&sent);
    let codes: Vec<_> = came.iter().skip(2).map(|(_, stan, code)| (*stan, *code)).collect();
    let (same, differs) = (ResponseCode::APPROVED, ResponseCode::TOTALS_DIFFER);
    assert_eq!(codes, [(3, same), (3, same), (4, differs), (5, same)]);
}

/// Twenty terminals, and the gateway's number behind them.
const FLEET: &str = r#"Scenario(
    schema: 2, name: "fleet", intent: "what does a real host do?", seed: 5, duration: "1h", drain: "10m",
    fleet: [(id: "device", count: 20)],
    workload: [(per_day: 600, hours: Flat)],
    faults: [(id: "bursts", mode: Cellular(PoorCoverage), magnitude: 0.3, when: At("10m"), lasts: Exactly("10m"))],
)"#;
const HOST: (u32, Part) = (20, Part::Gateway);

fn answer(iso: &Iso) -> Iso {
    sealed(Iso {
        mti: iso.mti.response(),
        code: ResponseCode::APPROVED,
        rrn: iso.stan.into(),
        ..*iso
    })
}

#[test]
fn a_fleet_sells_at_a_real_host() {
    let outcome = played(FLEET, HOST, |_, out| out.iter().map(answer).collect());
    let audit = &outcome.audit;
    let score = audit.real_host.expect("one was there");
    assert!(score.right > 100, "{score:?}");
    let faults = (score.late, score.wrong, score.duplicate, score.unknown, score.missing);
    assert_eq!(faults, (0, 0, 0, 0, 0), "{score:?}");
    assert_eq!(audit.breaches, []);
    assert!(audit.terminal_total > Money(0));
    assert_eq!(audit.terminal_total, audit.host_total);
    assert_eq!(audit.terminal_total, audit.gateway_total);
}

#[test]
fn a_host_that_is_late_wrong_and_deaf_is_scored() {
    let mut late = Vec::new();
    let outcome = played(FLEET, HOST, |now, out| {
        let mut back = Vec::new();
        for iso in out {
            match (iso.mti, iso.stan % 5) {
                // It answers one terminal too late and acknowledges none of its reversals.
                (Mti::Reversal, _) if iso.terminal == ActorId(0) => {}
                (Mti::Reversal, _) => back.push(answer(iso)),
                _ if iso.terminal == ActorId(0) => late.push((now + Span::secs(90), answer(iso))),
                (_, 0) => late.push((now + Span::secs(90), answer(iso))),
                (_, 1) => {
                    let more = Iso { amount: iso.amount + Money(1), ..answer(iso) };
                    back.push(sealed(more));
                }
                (_, 2) => back.extend([answer(iso), answer(iso)]),
                (_, 3) => back.push(sealed(Iso { stan: iso.stan + 1_000, ..answer(iso) })),
                _ => back.push(answer(iso)),
            }
        }
        let (due, rest) = late.iter().partition(|(at, _)| *at <= now);
        late = rest;
        let due: Vec<(Instant, Iso)> = due;
        back.extend(due.into_iter().map(|(_, iso)| iso));
        back
    });
    let score = outcome.audit.real_host.expect("one was there");
    for (what, count) in [
        ("right", score.right),
        ("late", score.late),
        ("wrong", score.wrong),
        ("duplicate", score.duplicate),
        ("unknown", score.unknown),
        ("missing", score.missing),
        ("reversals", score.reversals),
    ] {
        assert!(count > 0, "{what}: {score:?}");
    }
    assert_eq!(score.unacknowledged, 1, "that terminal waits for it and sells nothing more");
    // What it approved too late and never reversed: the terminals' ledger and its own word differ.
    let breaches = &outcome.audit.breaches;
    let of = |it: &models::invariants::Breach| (it.terminal, it.invariant);
    let all: Vec<_> = breaches.iter().map(of).collect();
    assert_eq!(all, [(ActorId(0), Invariant::NoUnreversedSale)], "{breaches:?}");
}
