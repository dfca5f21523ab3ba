//! Terminals and hosts over TLS, by the library that comes with Python; and peers that are not who they should be.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hil::iso8583::client::{self, Client, probe};
use hil::{Adapter, Injector};
use models::Part;
use programs::Port;
use sim::ActorId;

use crate::devices::peer::Peer;
use crate::devices::rig::Rig;
use crate::devices::terminal::server;

const CERTIFICATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates");

fn file(name: &str) -> String {
    format!("{CERTIFICATES}/{name}.pem")
}

fn secured() -> String {
    let (certificate, key) = (file("certificate"), file("key"));
    format!("0,dialect=iso8583-1987-ascii,patience=500ms,cert={certificate},key={key}")
}

fn told(adapter: &dyn Adapter, what: &str) {
    let by = Instant::now() + Duration::from_secs(10);
    while !adapter.troubles().iter().any(|it| it.0.contains(what)) {
        assert!(Instant::now() < by, "`{what}` did not come, only {:?}", adapter.troubles());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_terminal_sells_over_tls() {
    const SHOP: &str = r#"Scenario(
        schema: 2, name: "shop", intent: "does a terminal sell over TLS?", seed: 3, duration: "12s", drain: "2s",
        fleet: [(id: "till", count: 1)],
        platform: (host: (blocked: 0.0, balance: "1000000 CNY", balance_spread: 0.0)),
    )"#;
    let (server, arrivals) = server(&secured());
    let port = server.address().port().to_string();
    let arguments = [port.as_str(), "10", "1.0", "00000000", &file("root")];
    let Some(mut peer) = Peer::python("iso_terminal.py", "iso8583, psec", &arguments) else {
        return;
    };
    let attached = [(0, Part::PaymentApp)];
    let ended = Rig::of(SHOP).play(&attached, 1.0, Box::new(server), arrivals);
    let ledger = peer.all().last().expect("it prints its ledger").clone();
    let ledger: serde_json::Value = serde_json::from_str(&ledger).expect("JSON");
    assert_eq!(
        (ledger["approved"].as_u64(), ledger["agreed"].as_str()),
        (Some(10), Some("1")),
        "{ledger}"
    );
    assert_eq!(ledger["sum"].as_i64(), Some(ended.outcome.audit.host_total.0));
    assert_eq!(ended.troubles, []);
}

#[test]
fn who_does_not_speak_tls_is_let_go() {
    let (server, _arrivals) = server(&secured());
    let connect = || TcpStream::connect(server.address()).expect("it listens");
    let mut plain = connect();
    plain.write_all(b"\x00\x100800AAAAAAAAAAAAAAAAAAAA").expect("it reads");
    plain.set_read_timeout(Some(Duration::from_secs(5))).expect("a socket");
    let mut rest = Vec::new();
    let _ = plain.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"\x00"), "it was answered: {rest:?}");
    told(&server, "TLS: ");
    // One that says nothing at all does not hold its place for ever.
    let _silent = connect();
    told(&server, "TLS was not agreed in time");
}

fn client(address: &str, roots: &str) -> (client::Settings, Client) {
    let text =
        format!("{address},dialect=iso8583-1987-ascii,backoff=50ms,ca={roots},name=localhost");
    let settings = client::Settings::parse(&text).expect("it is well written");
    let (injector, _) = Injector::new();
    let port = Port::new(ActorId(1), Part::Gateway);
    let client = Client::attach(&settings, port, injector).expect("its files are there");
    (settings, client)
}

#[test]
fn a_host_is_reached_over_tls_and_has_to_be_who_it_should_be() {
    let arguments = ["sound", &file("certificate"), &file("key")];
    let Some(mut peer) = Peer::python("iso_host.py", "iso8583, psec", &arguments) else { return };
    let address = format!("127.0.0.1:{}", peer.until("port"));
    let (settings, mut good) = client(&address, &file("root"));
    let found = probe(&settings).expect("it answers");
    assert!(found.contains("answers an echo with 00"), "{found}");
    good.close();
    // The host's own certificate is not a root.
    let (settings, mut stranger) = client(&address, &file("certificate"));
    assert!(probe(&settings).unwrap_err().contains("TLS: "));
    told(&stranger, "TLS: ");
    stranger.close();
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let wrong = |text: &str| {
        let settings = hil::iso8583::server::Settings::parse(text).expect("it is well written");
        let (injector, _arrivals) = Injector::new();
        hil::iso8583::Server::attach(&settings, &[], injector).map(drop).unwrap_err()
    };
    let (certificate, key) = (file("certificate"), file("key"));
    assert!(wrong(&format!("0,cert={key},key={key}")).contains("there is no certificate in it"));
    assert!(wrong(&format!("0,cert=nowhere,key={key}")).starts_with("nowhere: "));
    assert!(wrong(&format!("0,cert={certificate},key={certificate}")).contains("no private key"));
    let half = hil::iso8583::server::Settings::parse("0,cert=a").unwrap_err();
    assert_eq!(half, "TLS needs both `cert` and `key`");
}
