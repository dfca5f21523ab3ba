//! The fleet back office: a broker that others wrote, and a management system in another language that listens and commands.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use faults::DomainEvent;
use hil::Injector;
use hil::mqtt::{Mqtt, Settings, probe};
use models::software::firmware;
use models::{Fault, Part, RecoveryAction};
use programs::Port;

use crate::devices::peer::{Peer, missing};
use crate::devices::rig::{Played, Rig};

/// Forty minutes of twelve terminals. Five have their processor taken from them, and nobody in the scenario does anything
/// about it in that time; paper runs out at one.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "fleet", intent: "who repairs it?", seed: 11, duration: "40min", drain: "5min",
    fleet: [(id: "shops", count: 8), (id: "lanes", count: 4)],
    workload: [(per_day: 1500)],
    faults: [
        (id: "starved", mode: Firmware(ProcessorStarved), sample: Count(5), when: At("8min"), stagger: "2min",
         magnitude: 0.8),
    ],
    policies: (
        telemetry: (period: "5min"),
        procedures: [
            (against: Mode(Firmware(ProcessorStarved)), steps: [(action: Retry, by: Device, duration: "10h")]),
        ],
    ),
)"#;

const STARVED: Fault = Fault::Firmware(firmware::Fault::ProcessorStarved);
const SPEED: f64 = 100.0;

/// A broker of the machine's own.
struct Broker {
    child: Child,
    port: u16,
    config: tempfile::NamedTempFile,
}

fn program() -> Option<PathBuf> {
    let places = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"];
    places.iter().map(PathBuf::from).find(|it| it.exists())
}

impl Broker {
    fn start() -> Option<Self> {
        let Some(program) = program() else {
            missing("mosquitto");
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        let config = tempfile::NamedTempFile::new().expect("there is room");
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(config.path(), text).expect("there is room");
        let child = Self::run(&program, config.path());
        let broker = Self { child, port, config };
        broker.listens();
        Some(broker)
    }
    fn run(program: &PathBuf, config: &std::path::Path) -> Child {
        let mut command = Command::new(program);
        command.arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    }
    fn listens(&self) {
        let by = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < by, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
    fn start_again(&mut self) {
        self.child = Self::run(&program().expect("it was there"), self.config.path());
        self.listens();
    }
    fn settings(&self, more: &str) -> Settings {
        Settings::parse(&format!("127.0.0.1:{}{more}", self.port)).expect("they are well written")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A back office that sends this order when a processor is taken.
fn back_office(broker: &Broker, order: &str) -> Option<Peer> {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/mqtt.json");
    let port = broker.port.to_string();
    let arguments = ["127.0.0.1", &port, schema, "firmware.processor-starved", order];
    let mut peer = Peer::python("mqtt_back_office.py", "paho.mqtt, jsonschema", &arguments)?;
    peer.until("ready");
    Some(peer)
}

fn played(rig: &Rig, settings: Settings) -> Played {
    let run = rig.run(&[]);
    let back_office = run.simulation.settings().directory.back_office;
    let port = Port::new(back_office, Part::BackOffice);
    let (injector, arrivals) = Injector::new();
    let names = (&run.roster, rig.scenario.name.as_str());
    let mqtt = Mqtt::attach(settings, port, names, injector).expect("the broker answers");
    rig.play(&[(back_office.0, Part::BackOffice)], SPEED, Box::new(mqtt), arrivals)
}

fn summary(peer: &mut Peer) -> serde_json::Value {
    serde_json::from_str(&peer.until("summary")).expect("it is JSON")
}

/// Which of the starved terminals were cleared, and by what.
fn cleared(ended: &Played) -> Vec<(u32, Option<RecoveryAction>)> {
    let all = ended.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Cleared { fault: STARVED, by, .. } => Some((fact.who.0, by)),
        _ => None,
    });
    all.collect()
}

#[test]
fn a_real_back_office_sees_an_alarm_and_a_restart_clears_it() {
    let Some(mut broker) = Broker::start() else { return };
    let Some(mut peer) = back_office(&broker, "restart") else { return };
    assert!(probe(&broker.settings("")).is_ok_and(|it| it.contains("MQTT broker")));
    let rig = Rig::of(SCENARIO);
    let ended = played(&rig, broker.settings(""));
    let summary = summary(&mut peer);
    let count = |key: &str| summary[key].as_u64().unwrap_or(0);

    assert_eq!(ended.troubles, [], "{summary}");
    let cleared = cleared(&ended);
    let by_restart =
        cleared.iter().filter(|(_, by)| *by == Some(RecoveryAction::RestartTerminal)).count();
    assert_eq!((cleared.len(), by_restart), (5, 5), "{cleared:?}");
    assert_eq!(count("open"), 0, "{summary}");
    assert!(count("done") >= 5 && count("ordered") == count("result"), "{summary}");
    // Nothing of it was done by the scenario's own people.
    let restarts = ended.facts.iter().filter(|it| {
        let restart = RecoveryAction::RestartTerminal;
        matches!(it.what, DomainEvent::ActionStarted { action, .. } if action == restart)
    });
    assert_eq!(restarts.count(), 0);
    // Both sides have counted the same.
    let beats = 12 * 40;
    assert!((beats - 60..=beats).contains(&(count("heartbeat") as i64)), "{summary}");
    assert!((12 * 6..=12 * 8).contains(&count("telemetry")), "{summary}");
    assert!(ended.outcome.audit.breaches.is_empty(), "{:?}", ended.outcome.audit.breaches);
    assert!(peer.said.contains(&"session ended live".to_owned()), "{:?}", peer.said);
    broker.kill();
    assert!(probe(&broker.settings(",patience=1s")).is_err());
}

#[test]
fn nonsense_ghosts_and_a_flood_of_commands_are_answered_and_the_session_goes_on() {
    let Some(broker) = Broker::start() else { return };
    let port = broker.port.to_string();
    let rig = Rig::of(SCENARIO);
    let arguments = ["127.0.0.1", port.as_str(), "shops", "shops-3"];
    let Some(mut peer) = Peer::python("mqtt_hostile.py", "paho.mqtt", &arguments) else { return };
    peer.until("ready");
    let ended = played(&rig, broker.settings(",commands=50"));
    peer.until("session ended");
    let results = peer.said.iter().filter_map(|it| it.strip_prefix("result "));
    let results: Vec<serde_json::Value> =
        results.map(|it| serde_json::from_str(it).expect("it is JSON")).collect();
    let count = |key: &str, begins: &str| {
        let of =
            |it: &&serde_json::Value| it[key].as_str().is_some_and(|it| it.starts_with(begins));
        results.iter().filter(of).count()
    };
    assert_eq!(count("why", "no command: "), 9);
    assert_eq!((count("why", "oversized: "), count("why", "duplicate: ")), (1, 1));
    assert_eq!(count("result", "unknown-terminal"), 2);
    // What is live when it is sent carries no mark of being retained: it is taken, and at the next start it is refused.
    let done = count("result", "done");
    // The restart is carried out, and makes the terminal forget what it had only begun.
    assert!((2..=3_002).contains(&done), "{done} done");
    let busy = count("why", "busy: ");
    let ends = done + busy + count("result", "no-answer");
    assert!(busy > 1_000 && ends == 3_002, "{done} done, {busy} busy of {}", results.len());
    // The ledgers agree, the end was reached, and every kind of nonsense was counted.
    assert_eq!(ended.outcome.simulated, rig.scenario.duration);
    assert!(ended.outcome.audit.breaches.is_empty());
    let kinds: Vec<&str> = ended.troubles.iter().map(|(_, what, _)| what.as_str()).collect();
    for kind in ["no command", "oversized", "duplicate", "busy", "that does not exist"] {
        assert!(kinds.iter().any(|it| it.contains(kind)), "{kind}: {kinds:?}");
    }
    // A session that begins now finds the retained command, and does not carry it out.
    let (told, mut again) = (broker.settings(",linger=1s"), Rig::of(SCENARIO));
    again.scenario.duration = sim::Span::minutes(6);
    let ended = played(&again, told);
    let kinds: Vec<_> =
        ended.troubles.iter().map(|(_, what, times)| (what.as_str(), *times)).collect();
    assert_eq!(kinds, [("a command was refused: retained", 1)]);
}

#[test]
fn a_broker_that_goes_away_and_comes_back_loses_no_alarm() {
    let Some(mut broker) = Broker::start() else { return };
    let Some(mut peer) = back_office(&broker, "restart") else { return };
    let settings = broker.settings(",queue=5,linger=5s");
    let outage = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(3));
        broker.kill();
        std::thread::sleep(Duration::from_secs(7));
        broker.start_again();
        broker
    });
    let ended = played(&Rig::of(SCENARIO), settings);
    let broker = outage.join().expect("it comes back");
    let kinds: Vec<&str> = ended.troubles.iter().map(|(_, what, _)| what.as_str()).collect();
    assert!(kinds.iter().any(|it| it.starts_with("the broker: ")), "{kinds:?}");
    assert!(
        kinds.iter().any(|it| it.starts_with("heartbeats and reports were dropped")),
        "{kinds:?}"
    );
    assert!(!kinds.iter().any(|it| it.contains("were lost")), "{kinds:?}");
    let summary = summary(&mut peer);
    assert!(summary["session"].as_u64() >= Some(3), "{summary}");
    assert!(ended.outcome.audit.breaches.is_empty());
    drop(broker);
}
