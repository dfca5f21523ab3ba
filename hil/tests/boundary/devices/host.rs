//! A host that others could have written answers the simulated fleet; both sides agree to the cent.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use hil::iso8583::client::{Client, Settings, probe};
use hil::{Adapter, Injector};
use models::Part;
use models::wire::{InterActorMessage, Iso, Mti, Pan};
use programs::Port;
use serde_json::Value;
use sim::ActorId;

use crate::devices::peer::Peer;
use crate::devices::rig::{Played, Rig};

/// Twenty terminals on a network that loses one packet in fifty, for three minutes.
const FLEET: &str = r#"Scenario(
    schema: 2, name: "fleet", intent: "does a fleet keep its ledger at a real host?", seed: 3,
    duration: "3m", drain: "1m",
    fleet: [(id: "till", count: 20)],
    workload: [(per_day: 8000, hours: Flat)],
    types: { "standard": (
        comms: (wifi: (radio: (p_good_to_bad: 0.0, good_loss: 0.02)), cellular: (radio: (p_good_to_bad: 0.0, good_loss: 0.02))),
    ) },
    policies: (transport: (response_timeout: "10s")),
)"#;
const GATEWAY: (u32, Part) = (20, Part::Gateway);

fn port() -> Port {
    Port::new(ActorId(GATEWAY.0), GATEWAY.1)
}

fn settings(address: &str) -> Settings {
    let mut settings = Settings::at(address);
    settings.dialect = "iso8583-1987-ascii".to_owned();
    settings.connections = 3;
    settings.backoff = Duration::from_millis(20);
    settings
}

fn client(settings: &Settings) -> (Client, std::sync::mpsc::Receiver<hil::Arrival>) {
    let (injector, arrivals) = Injector::new();
    (Client::attach(settings, port(), injector).expect("the dialect is there"), arrivals)
}

/// Waits until so many connections stand.
fn stand(client: &Client, connections: usize) {
    let by = Instant::now() + Duration::from_secs(10);
    while client.connected() < connections {
        assert!(Instant::now() < by, "{}: {:?}", client.status(), client.troubles());
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn played(mood: &str) -> Option<(Played, Value)> {
    let mut peer = Peer::python("iso_host.py", "iso8583, psec", &[mood])?;
    let settings = settings(&format!("127.0.0.1:{}", peer.until("port")));
    let found = probe(&settings).expect("it answers");
    assert!(found.contains("answers an echo with 00"), "{found}");
    let (client, arrivals) = client(&settings);
    stand(&client, settings.connections);
    let ended = Rig::of(FLEET).play(&[GATEWAY], 10.0, Box::new(client), arrivals);
    std::thread::sleep(Duration::from_secs(1));
    let said = peer.all().iter().rev().find_map(|it| it.strip_prefix("ledger ").map(str::to_owned));
    Some((ended, serde_json::from_str(&said.expect("it prints its ledger")).expect("JSON")))
}

#[test]
fn a_host_that_others_wrote_serves_the_fleet() {
    let Some((ended, ledger)) = played("sound") else { return };
    let audit = &ended.outcome.audit;
    let score = audit.real_host.expect("one was there");
    assert!(score.right > 200, "{score:?}");
    let faults = (score.late, score.wrong, score.duplicate, score.unknown, score.missing);
    assert_eq!(faults, (0, 0, 0, 0, 0), "{score:?}, {:?}", ended.troubles);
    assert!(score.reversals > 0, "the network lost something: {score:?}");
    assert_eq!(audit.breaches, []);
    assert_eq!(ledger["wrong_codes"], 0, "{ledger}");
    assert_eq!(ledger["sum"].as_i64(), Some(audit.terminal_total.0), "{ledger}");
    assert_eq!(audit.terminal_total, audit.host_total);
    assert_eq!(ended.troubles, []);
}

#[test]
fn a_host_that_is_unruly_is_scored_and_the_fleet_takes_its_money_back() {
    let Some((ended, ledger)) = played("unruly") else { return };
    let audit = &ended.outcome.audit;
    let score = audit.real_host.expect("one was there");
    for (what, count) in [
        ("right", score.right),
        ("late", score.late),
        ("wrong", score.wrong),
        ("duplicate", score.duplicate),
        ("unknown", score.unknown),
        ("missing", score.missing),
    ] {
        assert!(count > 0, "{what}: {score:?}, {:?}", ended.troubles);
    }
    assert!(ended.troubles.iter().any(|it| it.1 == "the host has hung up"), "{:?}", ended.troubles);
    // Whatever it did to the answers, what it was told to reverse it reversed. A terminal that is out of service at the end
    // may still owe a reversal, so that the host never holds less than the terminals do.
    assert_eq!(audit.breaches, []);
    assert!(ledger["sum"].as_i64() >= Some(audit.terminal_total.0), "{ledger}, {audit:?}");
    let reversed = ledger["reversed"].as_u64().map(|it| it + score.unacknowledged);
    assert!(reversed >= Some(score.reversals), "{ledger}, {score:?}");
}

fn sale(stan: u32) -> InterActorMessage {
    let iso = Iso { pan: Pan::of(0, 7), stan, expiry: 3_512, currency: 156, ..Iso::default() };
    InterActorMessage::Payment(Iso { mac: iso.seal(), ..iso })
}

/// A host without manners: what it does with its first connection is said here.
fn hostile(serve: impl FnOnce(std::net::TcpStream) + Send + 'static) -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let accepts = listener.try_clone().expect("a socket");
    std::thread::spawn(move || {
        if let Ok((stream, _)) = accepts.accept() {
            serve(stream);
        }
    });
    (address, listener)
}

fn told(client: &Client, what: &str) -> u64 {
    let by = Instant::now() + Duration::from_secs(10);
    loop {
        let all = client.troubles();
        let of = all.iter().filter(|it| it.0.contains(what)).map(|it| it.1).sum();
        if of > 0 {
            return of;
        }
        assert!(Instant::now() < by, "`{what}` did not come, only {all:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_host_that_talks_nonsense_is_connected_to_again() {
    for (bytes, what) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "4096 are taken"),
        (b"\x00\x10garbage garbage!", "byte"),
        (b"\x00\x40half", "not whole in time"),
        (b"", "hung up"),
    ] {
        let (address, _listener) = hostile(move |mut stream| {
            let _ = stream.write_all(bytes);
            if !bytes.is_empty() {
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
        let mut settings = settings(&address);
        (settings.connections, settings.patience) = (1, Duration::from_millis(300));
        let (mut client, _arrivals) = client(&settings);
        assert!(told(&client, what) > 0);
        // The listener still takes connections: the next one stands.
        stand(&client, 1);
        client.close();
    }
}

#[test]
fn what_nobody_takes_is_lost_and_said_so() {
    let (mut client, _arrivals) = client(&settings("127.0.0.1:1"));
    client.deliver(port(), &sale(1));
    assert_eq!(told(&client, "there is no connection to the host"), 1);
    assert!(client.status().contains("0 of 3 connections, 1 asked, 0 answered, 1 lost"));
    client.close();
}

#[test]
fn a_host_that_never_reads_holds_nothing_up() {
    let (over, until_over) = std::sync::mpsc::channel::<()>();
    let (address, _listener) = hostile(move |stream| {
        let _ = until_over.recv();
        drop(stream);
    });
    let mut settings = settings(&address);
    (settings.connections, settings.patience) = (1, Duration::from_millis(500));
    let (mut client, _arrivals) = client(&settings);
    stand(&client, 1);
    let by = Instant::now() + Duration::from_secs(30);
    let tells =
        |client: &Client, what: &str| client.troubles().iter().any(|it| it.0.contains(what));
    // Until every buffer on the way is full.
    for stan in 1.. {
        client.deliver(port(), &sale(stan));
        if stan % 10_000 == 0 {
            if tells(&client, "the host does not read") {
                break;
            }
            assert!(Instant::now() < by, "{:?}", client.troubles());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    assert!(tells(&client, "a message was lost"), "{:?}", client.troubles());
    drop(over);
    client.close();
}

#[test]
fn an_answer_that_nobody_asked_for_comes_in_to_be_judged() {
    use hil::iso8583::{Dialect, Mapper, Message};
    let (address, _listener) = hostile(|mut stream| {
        let dialect = Dialect::load("iso8583-1987-ascii").expect("it is built in");
        let mapper = Mapper::new(std::sync::Arc::new(dialect));
        let iso = Iso {
            mti: Mti::Response,
            code: models::wire::ResponseCode::APPROVED,
            stan: 7,
            ..Iso::default()
        };
        let (mut body, mut whole) = (Vec::new(), Vec::new());
        mapper.write(&Message::Payment(iso), &mut body).expect("it can be written");
        let framing = mapper.dialect().framing();
        framing.close(&framing.envelope(), &body, &mut whole).expect("it is short");
        stream.write_all(&whole).expect("it reads");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut settings = settings(&address);
    settings.connections = 1;
    let (mut client, arrivals) = client(&settings);
    let came = arrivals.recv_timeout(Duration::from_secs(5)).expect("it comes in");
    let InterActorMessage::Payment(iso) = came.message else { panic!("{came:?}") };
    assert_eq!((came.port, iso.mti, iso.stan), (port(), Mti::Response, 7));
    client.close();
}
