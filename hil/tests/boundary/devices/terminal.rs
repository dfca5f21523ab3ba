//! A terminal program that others could have written sells over the simulated network; both sides agree to the cent.

use hil::iso8583::server::Settings;
use hil::{Injector, Session};
use models::Part;
use programs::Port;
use programs::recording::{Attached, Header, Recorder, Recording, SCHEMA, Way};
use serde_json::Value;
use sim::ActorId;
use std::path::Path;
use std::time::Duration;

use crate::devices::peer::Peer;
use crate::devices::rig::{Played, Rig};

/// One terminal on a network that loses one packet in fifty, and a bank that does
/// not answer for four seconds.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "terminal", intent: "does a real terminal keep its ledger over a bad network?", seed: 3,
    duration: "30s", drain: "5s",
    fleet: [(id: "till", count: 1)],
    types: { "standard": (
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.02)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.02))),
    ) },
    faults: [(id: "bank", mode: Host(Outage), when: At("700ms"), lasts: Exactly("4s"))],
    platform: (host: (blocked: 0.0, balance: "1000000 CNY", balance_spread: 0.0)),
)"#;

pub(crate) fn server(
    text: &str,
) -> (hil::iso8583::Server, std::sync::mpsc::Receiver<hil::Arrival>) {
    let (injector, arrivals) = Injector::new();
    let settings = Settings::parse(text).expect("it is well written");
    let port = Port::new(ActorId(0), Part::PaymentApp);
    (hil::iso8583::Server::attach(&settings, &[port], injector).expect("it listens"), arrivals)
}

fn played(rig: &Rig, recording: &Path, sales: &str) -> Option<(Played, Value)> {
    let (server, arrivals) = server("0,dialect=iso8583-1987-ascii");
    let port = server.address().port().to_string();
    let mut peer = Peer::python("iso_terminal.py", "iso8583, psec", &[&port, sales, "1.0"])?;
    let port = Port::new(ActorId(0), Part::PaymentApp);
    let header = Header {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        path: "terminal.ron".to_owned(),
        scenario: rig.text.clone(),
        seed: rig.scenario.seed,
        attached: vec![Attached::new("iso8583-server", &[port])],
    };
    let recorder = Recorder::begin(recording, &header).expect("it can be written");
    let pace = (1.0, Duration::from_millis(5));
    let run = rig.run(&[(0, Part::PaymentApp)]);
    let session = Session::new(run, vec![Box::new(server)], arrivals, pace, Some(recorder));
    let ended = Played::of(session);
    let ledger = peer.all().last().expect("it prints its ledger").clone();
    Some((ended, serde_json::from_str(&ledger).expect("JSON")))
}

#[test]
fn a_terminal_that_others_wrote_sells_and_settles() {
    let rig = Rig::of(SCENARIO);
    let room = tempfile::tempdir().expect("a folder");
    let recording = room.path().join("terminal.jsonl");
    let Some((ended, ledger)) = played(&rig, &recording, "15") else { return };
    let outcome = &ended.outcome;
    assert_eq!(ledger["signed"], "00", "{ledger}");
    assert_eq!(ledger["echo"], "00", "{ledger}");
    assert_eq!(ledger["wrong_codes"], 0, "{ledger}");
    assert_eq!(ledger["agreed"], "1", "{ledger}; {:?}", ended.troubles);
    let (approved, reversed) = (ledger["approved"].as_u64(), ledger["reversed"].as_u64());
    assert!(approved >= Some(8) && reversed >= Some(1), "{ledger}");
    assert_eq!(Some(outcome.audit.terminal_total.0), ledger["sum"].as_i64(), "{ledger}");
    assert!(outcome.audit.breaches.is_empty(), "{:?}", outcome.audit.breaches);
    assert_eq!(outcome.audit.terminal_total, outcome.audit.host_total);
    assert_eq!(outcome.audit.terminal_total, outcome.audit.gateway_total);

    // Nothing that was recorded shows a card number, and it is the same run without the terminal, as often as one likes.
    let text = std::fs::read_to_string(&recording).expect("it is there");
    assert!(!models::wire::Pan::appears_in(&text));
    let recorded = Recording::read(&recording).expect("it is whole");
    assert!(recorded.crossings.iter().any(|it| it.way == Way::Out));
    for _ in 0..2 {
        let (again, _) = rig.replay(&recorded);
        assert_eq!((again.same, again.departures.len()), (Some(true), 0), "{:?}", again.departures);
    }
}
