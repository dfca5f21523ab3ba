//! A session with a printer whose paper runs out, told again without the printer.

use std::thread;
use std::time::Duration;

use faults::DomainEvent;
use hil::escpos::Printer;
use hil::{Adapter, Injector, Session};
use models::Part;
use models::hardware::printer::Fault;
use models::wire::Pan;
use programs::recording::{Attached, Header, Recorder, Recording, SCHEMA};

use super::broken::{Manners, printer, shared};
use super::hasty;
use crate::devices::rig::{Played, Rig, port};

const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "paper", intent: "the same without the printer?", seed: 9, duration: "20min", drain: "1min",
    fleet: [(id: "device", count: 1)],
    workload: [(per_day: 1500, hours: Flat)],
)"#;

#[test]
fn what_a_printer_did_is_told_again_without_it_to_the_bit() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("printer.jsonl");
    let manners = shared(Manners::default());
    let (address, _) = printer(&manners);
    let rig = Rig::of(SCENARIO);
    let (injector, arrivals) = Injector::new();
    let device =
        Printer::attach(hasty(&address), port(Part::Printer), injector).expect("it answers");
    let header = Header {
        schema: SCHEMA.into(),
        version: "test".into(),
        path: "test.ron".into(),
        scenario: SCENARIO.into(),
        seed: 9,
        attached: vec![Attached::new("escpos", &device.ports())],
    };
    let recorder = Recorder::begin(&path, &header).expect("it is written");
    let hands = thread::spawn(move || {
        for answers in [[0x1A, 0x32, 0x12, 0x7E], [0x12; 4]] {
            thread::sleep(Duration::from_millis(1_300));
            manners.lock().expect("not poisoned").answers = answers;
        }
    });
    let run = rig.run(&[(0, Part::Printer)]);
    let pace = (300.0, Duration::from_millis(5));
    let session = Session::new(run, vec![Box::new(device)], arrivals, pace, Some(recorder));
    let ended = Played::of(session);
    hands.join().expect("it does what it should");
    let ran_out = |what: &DomainEvent<_>| {
        matches!(what, DomainEvent::Occurred { fault: models::Fault::Printer(Fault::PaperOut), .. })
    };
    assert_eq!(ended.facts.iter().filter(|it| ran_out(&it.what)).count(), 1);
    assert!(ended.crossed[0] > 5 && ended.crossed[1] > 5, "{:?}", ended.crossed);

    let text = std::fs::read_to_string(&path).expect("it is there");
    assert!(text.contains("\"Print\"") && !Pan::appears_in(&text), "no card number is recorded");
    let recording = Recording::read(&path).expect("it is whole");
    for _ in 0..2 {
        let (again, facts) = rig.replay(&recording);
        assert_eq!((again.same, again.departures.len()), (Some(true), 0));
        assert_eq!(facts, ended.facts);
    }
}
