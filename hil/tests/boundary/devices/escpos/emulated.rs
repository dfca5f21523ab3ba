//! emupos as the printer: over TCP in a whole session, and over a pair of pseudo-terminals that socat joins.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use faults::DomainEvent;
use hil::escpos::Printer;
use hil::{Adapter, Injector};
use models::hardware::printer::{Fault, Said};
use models::note::{Note, Outcome};
use models::outside::Outside;
use models::wire::Pan;
use models::{Part, RecoveryAction};

use super::{attached, came_out, hasty, order, told};
use crate::devices::peer::{Peer, emupos};
use crate::devices::rig::{Played, Rig, port};

/// A busy terminal; the scenario's own fault of the printer cannot reach a real one.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "receipts", intent: "what does a real printer say?", seed: 7, duration: "1h", drain: "1min",
    fleet: [(id: "device", count: 1)],
    people: (merchant: (opens_at: 0, closes_at: 24)),
    workload: [(per_day: 1000, hours: Flat)],
    faults: [(id: "jam", mode: Printer(Jam), when: At("5min"))],
)"#;

struct Emulator {
    peer: Peer,
    api: u16,
    tcp: u16,
    _folder: tempfile::TempDir,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

impl Emulator {
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let (api, tcp) = (free_port(), free_port());
        let path = folder.path().join("emupos.yaml");
        let receipts = folder.path().join("receipts");
        let text = format!(
            "schema: 1\napi: {{ host: 127.0.0.1, port: {api} }}\ndevices:\n  - id: front\n    type: printer\n    \
             profile: epson-tm-t20iii\n    receipts_dir: {}\n    connections:\n      - tcp: {{ port: {tcp} }}\n",
            receipts.display()
        );
        std::fs::write(&path, text).expect("it is written");
        let path = path.to_string_lossy().into_owned();
        let mut peer = Peer::program(&emupos(), &["run", "--config", &path])?;
        peer.until("Showing events");
        Some(Self { peer, api, tcp, _folder: folder })
    }

    fn call(&self, method: &str, path: &str) -> String {
        call(self.api, method, path)
    }

    fn receipts(&self) -> Vec<String> {
        let list = self.call("GET", "receipts");
        let list: serde_json::Value = serde_json::from_str(&list).expect("a list");
        let ids = list.as_array().expect("a list").iter().filter_map(|it| it["id"].as_str());
        ids.map(|id| self.call("GET", &format!("receipts/{id}/text"))).collect()
    }
}

/// Its API, by hand: what is asked is one line.
fn call(api: u16, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", api)).expect("its API listens");
    let asked = format!(
        "{method} /api/v1/devices/front/{path} HTTP/1.1\r\nHost: 127.0.0.1:{api}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).expect("it takes it");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 20"), "{path}: {answer}");
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

fn suspected(ended: &Played) -> Vec<Fault> {
    let alarms = ended.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Alarm { suspect: models::Fault::Printer(suspect), .. } => Some(suspect),
        _ => None,
    });
    alarms.collect()
}

/// What was true of the printer: a fault, and whether it began.
fn truths(ended: &Played) -> Vec<(Fault, bool)> {
    let truths = ended.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Occurred { fault: models::Fault::Printer(fault), .. } => Some((fault, true)),
        DomainEvent::Cleared { fault: models::Fault::Printer(fault), .. } => Some((fault, false)),
        _ => None,
    });
    truths.collect()
}

#[test]
fn receipts_of_a_session_come_out_and_what_the_printer_says_is_detected() {
    let Some(mut emulator) = Emulator::start() else { return };
    let settings = hasty(&format!("127.0.0.1:{}", emulator.tcp));
    let (injector, arrivals) = Injector::new();
    let printer = Printer::attach(settings, port(Part::Printer), injector).expect("it answers");
    let api = emulator.api;
    // An hour in nine seconds: paper is out for half of it, the cover is open for ten minutes.
    let hands = thread::spawn(move || {
        for (wait, method, fault) in [
            (1_000, "PUT", "paper-out"),
            (4_500, "DELETE", "paper-out"),
            (1_000, "PUT", "cover-open"),
            (1_500, "DELETE", "cover-open"),
        ] {
            thread::sleep(Duration::from_millis(wait));
            call(api, method, &format!("faults/{fault}"));
        }
    });
    let ended = Rig::of(SCENARIO).play(&[(0, Part::Printer)], 400.0, Box::new(printer), arrivals);
    hands.join().expect("it does what it should");

    let seen = [Fault::PaperOut, Fault::CoverOpen];
    assert_eq!(suspected(&ended), seen);
    assert_eq!(truths(&ended), seen.map(|it| [(it, true), (it, false)]).concat(), "no jam");
    let applied: Vec<(RecoveryAction, u8)> = ended
        .facts
        .iter()
        .filter_map(|fact| match fact.what {
            DomainEvent::ActionApplied { action, cleared, .. } => Some((action, cleared)),
            _ => None,
        })
        .collect();
    // Somebody simulated has tried, which clears no real printer.
    assert!(applied.contains(&(RecoveryAction::ReplaceRoll, 0)), "{applied:?}");
    assert!(applied.iter().all(|(_, cleared)| *cleared == 0), "{applied:?}");

    let receipts = emulator.receipts();
    assert!(receipts.len() >= 5, "{}", receipts.len());
    for text in &receipts {
        assert!(text.contains("TOTAL") && text.contains("APPROVED"), "{text}");
        assert!(text.contains("******") && !Pan::appears_in(text), "{text}");
    }
    // The emulator cannot drop what waits: a receipt during which the cover was opened comes out when it is shut.
    let unknown = |it: &&String| it.contains("command.unknown");
    let unknown: Vec<&String> = emulator.peer.all().iter().filter(unknown).collect();
    let drops = "10 14 08 01 03 14 01 06 02 08";
    assert!(unknown.iter().all(|it| it.ends_with(drops)), "{unknown:?}");
    let late = unknown.len();
    let approved = ended.facts.iter().filter(|fact| {
        matches!(fact.what, DomainEvent::Noted(Note::SaleEnded(sale)) if sale.outcome == Outcome::Approved)
    });
    let lost: u64 = ended.troubles.iter().map(|(_, _, times)| times).sum();
    assert!(lost > 0, "somebody bought while there was no paper");
    assert_eq!(approved.count() + late, receipts.len() + lost as usize, "{:?}", ended.troubles);
}

#[test]
fn a_serial_line_prints_and_is_found_gone_and_back() {
    let Some(emulator) = Emulator::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("printer");
    let path = path.to_string_lossy().into_owned();
    let line = format!("PTY,link={path},raw,echo=0");
    let lay = || {
        let to = format!("TCP:127.0.0.1:{}", emulator.tcp);
        let socat = Peer::program(Path::new("socat"), &[&line, &to])?;
        let by = Instant::now() + Duration::from_secs(5);
        while !Path::new(&path).exists() && Instant::now() < by {
            thread::sleep(Duration::from_millis(10));
        }
        Some(socat)
    };
    let Some(mut socat) = lay() else { return };
    let (mut printer, arrivals) = attached(hasty(&path));
    order(&mut printer, 1);
    assert!(came_out(&arrivals, 1));
    emulator.call("PUT", "faults/cover-open");
    let open = Said { cover_open: true, ..Said::default() };
    told(&arrivals, |it| it == Outside::Printer(open));
    emulator.call("DELETE", "faults/cover-open");
    told(&arrivals, |it| it == Outside::Printer(Said::default()));
    socat.kill();
    told(&arrivals, |it| it == Outside::Gone);
    let _ = std::fs::remove_file(&path);
    let Some(_again) = lay() else { return };
    told(&arrivals, |it| it == Outside::Printer(Said::default()));
    order(&mut printer, 2);
    assert!(came_out(&arrivals, 2));
    printer.close();
    assert_eq!(emulator.receipts().len(), 2);
}
