//! The card: pcscd with vsmartcard's virtual reader, a card behind it that behaves in many ways, and the library emv, by
//! others, as the judge of what is said to it.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use faults::DomainEvent;
use hil::pcsc::{Reader, Settings, probe};
use hil::{Adapter, Injector};
use models::Part;
use models::hardware::card_reader::{CardRead, Fault};
use models::money::Money;
use models::note::{Note, Outcome};
use models::outside::Outside;
use models::wire::{InterActorMessage, Method};

use crate::devices::peer::{Peer, python};
use crate::devices::rig::{Played, Rig, port};

/// There is one daemon and one virtual reader on a machine.
static READER: Mutex<()> = Mutex::new(());

fn settings() -> Settings {
    let patience = Duration::from_millis(1_500);
    Settings { name: "Virtual PCD".into(), patience, watch: Duration::from_millis(200) }
}

/// The daemon, ours or the system's, with the virtual reader; `None` if it is not installed.
fn daemon() -> Option<Option<Peer>> {
    if probe(&settings()).is_ok() {
        return Some(None);
    }
    let daemon = Peer::program(Path::new("/usr/sbin/pcscd"), &["--foreground"])?;
    let by = Instant::now() + Duration::from_secs(10);
    while let Err(why) = probe(&settings()) {
        assert!(Instant::now() < by, "pcscd has no virtual reader (vsmartcard-vpcd): {why}");
        thread::sleep(Duration::from_millis(100));
    }
    Some(Some(daemon))
}

fn card(behaves: &str) -> Peer {
    // The daemon looks now and then: a card that is exchanged faster is taken for the same.
    thread::sleep(Duration::from_millis(1_500));
    let mut card = Peer::script(&python(), "virtual_card.py", &[behaves]).expect("python is there");
    card.until("in");
    card
}

/// What comes of presenting a card once, and whatever else is told.
fn presented(settings: Settings) -> (CardRead, Reader) {
    let (injector, arrivals) = Injector::new();
    let mut reader =
        Reader::attach(settings, port(Part::CardReader), injector).expect("it is there");
    let present =
        Outside::Present { number: 7, method: Method::Chip, amount: Money(1_234), currency: 156 };
    reader.deliver(port(Part::CardReader), &InterActorMessage::Outside(present));
    loop {
        let arrival = arrivals.recv_timeout(Duration::from_secs(10)).expect("it is told");
        if let InterActorMessage::Outside(Outside::Card { number: 7, read }) = arrival.message {
            return (read, reader);
        }
    }
}

fn emv() -> PathBuf {
    let given = env::var_os("POSRIG_EMV_PYTHON").map(PathBuf::from);
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/peers-card/bin/python");
    given.unwrap_or_else(|| ours.into())
}

#[test]
fn every_way_in_which_a_card_behaves_is_told_apart() {
    let _one = READER.lock().unwrap_or_else(|it| it.into_inner());
    let Some(_daemon) = daemon() else { return };
    for (behaves, read) in [
        ("sound", CardRead::Read),
        ("refuses", CardRead::Refused),
        ("nonsense", CardRead::Nonsense),
        ("torn", CardRead::TornOut),
        ("slow", CardRead::Slow),
        ("mute", CardRead::Mute),
    ] {
        let mut card = card(behaves);
        assert_eq!(presented(settings()).0, read, "{behaves}");
        card.kill();
    }
    thread::sleep(Duration::from_millis(1_500));
    assert_eq!(presented(settings()).0, CardRead::Absent);
}

#[test]
fn what_is_said_to_a_card_is_emv_by_another_library() {
    let _one = READER.lock().unwrap_or_else(|it| it.into_inner());
    let Some(_daemon) = daemon() else { return };
    let mut card = card("sound");
    let (read, reader) = presented(settings());
    assert_eq!(read, CardRead::Read);
    assert!(reader.status().contains("622588******5672"), "{}", reader.status());
    let said: Vec<String> =
        card.all().iter().filter_map(|it| it.strip_prefix("apdu ")).map(str::to_owned).collect();
    let turns: Vec<&str> = said.iter().flat_map(|it| it.split(' ')).collect();
    let Some(mut judge) = Peer::script(&emv(), "emv_judge.py", &turns) else { return };
    judge.until("end");
    let judged: Vec<&str> = judge.said.iter().map(String::as_str).collect();
    let (commands, rest) = judged.split_at(judged.len() - 2);
    assert_eq!(
        commands,
        [
            "command SelectCommand",
            "command ReadCommand",
            "command ReadCommand",
            "command SelectCommand",
            "data GetProcessingOptions",
            "command ReadCommand",
            "command ReadCommand",
            "data GenerateApplicationCryptogramCommand",
        ]
    );
    assert!(rest[0].starts_with("cryptogram 80 0001 "), "{rest:?}");
    // 12.34, in China, in yuan; the amount stands first in what the card asked for.
    assert!(
        turns[14].starts_with("80ae80001d000000001234000000000000015600000000000156260101"),
        "{}",
        turns[14]
    );

    // The library's own dialogue with the same card finds the same application and number.
    let Some(mut judge) = Peer::script(&emv(), "emv_judge.py", &["card"]) else { return };
    judge.until("end");
    assert_eq!(judge.said[..2], ["aid a000000333010101", "number 6225880312345672"]);
}

/// Twelve busy minutes of a counter where everybody inserts a card. The reader is suspected after four sales whose first reads fail, and a
/// card that is not there is waited for at each attempt.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "cards", intent: "what does a real card say?", seed: 7, duration: "12min", drain: "1min",
    fleet: [(id: "device", count: 1)],
    workload: [(
        per_day: 4000, hours: Flat, mix: (chip: 1.0, contactless: 0.0, stripe: 0.0, code: 0.0),
    )],
    faults: [(id: "dirt", mode: CardReader(ChipContactsDirty), when: At("1min"))],
)"#;

fn alarms(ended: &Played) -> Vec<Fault> {
    let alarms = ended.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Alarm { suspect: models::Fault::CardReader(suspect), .. } => Some(suspect),
        _ => None,
    });
    alarms.collect()
}

#[test]
fn a_session_is_paid_by_chip_until_the_card_is_gone() {
    let _one = READER.lock().unwrap_or_else(|it| it.into_inner());
    let Some(_daemon) = daemon() else { return };
    let mut card = card("sound");
    let (injector, arrivals) = Injector::new();
    let reader = Reader::attach(settings(), port(Part::CardReader), injector).expect("it is there");
    let hands = thread::spawn(move || {
        thread::sleep(Duration::from_secs(9));
        card.kill();
    });
    let ended = Rig::of(SCENARIO).play(&[(0, Part::CardReader)], 20.0, Box::new(reader), arrivals);
    hands.join().expect("it does what it should");
    let paid = |wanted| {
        let by = |what: &DomainEvent<_>| {
            matches!(what, DomainEvent::Noted(Note::SaleEnded(sale))
                if sale.outcome == Outcome::Approved && sale.method == wanted)
        };
        ended.facts.iter().filter(|fact| by(&fact.what)).count()
    };
    assert!(paid(Method::Chip) >= 3, "{}", paid(Method::Chip));
    assert!(paid(Method::Fallback) >= 1, "stripes are still simulated");
    // It may be suspected again after a step that did not help: how many come depends on how long the real reader takes.
    let mut suspects = alarms(&ended);
    suspects.dedup();
    assert_eq!(suspects, [Fault::ChipContactsDirty], "chips fail, stripes do not");
    let occurred = |what: &DomainEvent<_>| matches!(what, DomainEvent::Occurred { .. });
    assert!(!ended.facts.iter().any(|it| occurred(&it.what)), "no dirt on a real reader");
    assert!(
        ended.troubles.iter().any(|it| it.1 == "no card was presented"),
        "{:?}",
        ended.troubles
    );
}
