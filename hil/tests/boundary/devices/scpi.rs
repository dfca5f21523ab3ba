//! The bench supply: a scenario's blackout and sag drive an instrument, and its output is off at the end, whatever happens.

use std::time::Duration;

use faults::DomainEvent;
use hil::scpi::{Bench, Settings};
use hil::{Adapter, Injector};
use models::Part;
use models::hardware::power;

use crate::devices::peer::Peer;
use crate::devices::rig::{Played, Rig, port};

/// A minute of one terminal with a battery: a sag to 70 %, a blackout, and the adapter of another device.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "bench", intent: "what reaches a terminal?", seed: 7, duration: "70s", drain: "1s",
    fleet: [(id: "device", count: 1)],
    workload: [(per_day: 0)],
    faults: [
        (id: "sag", mode: Power(VoltageSag), magnitude: 0.3, when: At("10s"), lasts: Exactly("10s")),
        (id: "blackout", mode: Power(SupplyOutage), when: At("30s"), lasts: Exactly("10s")),
        (id: "adapter", mode: Power(WrongAdapter), when: At("50s"), lasts: Exactly("10s")),
    ],
)"#;

fn supply(mode: &str) -> Option<(Peer, Settings)> {
    let mut peer = Peer::python("scpi_supply.py", "scpipy", &[mode])?;
    let address = format!("127.0.0.1:{}", peer.until("port"));
    let mut settings = Settings::at(&address);
    settings.watch = Duration::from_millis(100);
    settings.limits.patience = Duration::from_millis(500);
    Some((peer, settings))
}

fn suspected(ended: &Played) -> Vec<power::Fault> {
    let alarms = ended.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Alarm { suspect: models::Fault::Power(suspect), .. } => Some(suspect),
        _ => None,
    });
    alarms.collect()
}

fn played(settings: Settings) -> Played {
    let (injector, arrivals) = Injector::new();
    let bench = Bench::attach(settings, port(Part::Power), injector).expect("it answers");
    Rig::of(SCENARIO).play(&[(0, Part::Power)], 20.0, Box::new(bench), arrivals)
}

#[test]
fn a_scenario_drives_a_supply_and_hears_what_it_delivers() {
    let Some((mut peer, settings)) = supply("sound") else { return };
    let ended = played(settings);
    let said: Vec<&str> = peer.all().iter().map(String::as_str).skip(1).collect();
    assert_eq!(
        said,
        [
            "output off",
            "volt 5.000",
            "output on", // the start
            "volt 3.500",
            "volt 5.000", // the sag
            "output off",
            "volt 5.000",
            "output on", // the blackout
            "volt 5.500",
            "volt 5.000", // the wrong adapter, held at the limit
            "output off", // the end
        ]
    );
    // From inside, a plug and an outage look alike, and are as likely. The voltage is measured once a minute: a sag and a swell of ten seconds pass between
    // two readings. 12 V were not let through, only 5.5, which the charger takes.
    assert_eq!(suspected(&ended), [power::Fault::SupplyOutage]);
    assert_eq!(ended.troubles.len(), 1, "{:?}", ended.troubles);
    assert!(ended.troubles[0].1.contains("12000 mV were wanted, its limit is 5500 mV"));
}

#[test]
fn an_answer_that_means_nothing_stops_it_for_good() {
    let Some((mut peer, settings)) = supply("nonsense") else { return };
    let ended = played(settings);
    assert_eq!(peer.all().last().map(String::as_str), Some("output off"));
    assert!(!peer.said.contains(&"volt 3.500".into()), "the sag is not set any more");
    let troubles = &ended.troubles;
    assert!(troubles.iter().any(|it| it.1 == "to `MEAS:VOLT?` it answered `OVLD`"), "{troubles:?}");
    assert_eq!(suspected(&ended), [power::Fault::SupplyOutage]);
}

#[test]
fn contact_that_is_lost_is_made_again_to_switch_it_off() {
    let Some((mut peer, settings)) = supply("gone") else { return };
    let ended = played(settings);
    assert_eq!(peer.all().last().map(String::as_str), Some("output off"));
    assert!(ended.troubles.iter().any(|it| it.1.starts_with("no contact")), "{:?}", ended.troubles);
}

#[test]
fn an_output_that_stays_on_is_told_to_whoever_can_reach_the_switch() {
    let Some((_peer, settings)) = supply("stuck") else { return };
    let (injector, _arrivals) = Injector::new();
    let mut bench = Bench::attach(settings.clone(), port(Part::Power), injector.clone())
        .expect("it is off yet");
    let set = models::outside::Outside::Supply { millivolts: 5_000 };
    bench.deliver(port(Part::Power), &models::wire::InterActorMessage::Outside(set));
    std::thread::sleep(Duration::from_millis(500));
    assert!(bench.status().contains("5000 mV delivered"), "{}", bench.status());
    bench.close();
    assert!(bench.status().starts_with("NOT REACHED"), "{}", bench.status());
    let again = Bench::attach(settings, port(Part::Power), injector);
    assert!(again.is_err(), "who finds it on and cannot switch it off does not begin");
}

#[test]
fn a_supply_that_dies_is_reported() {
    let Some((mut peer, settings)) = supply("sound") else { return };
    let (injector, arrivals) = Injector::new();
    let mut bench = Bench::attach(settings, port(Part::Power), injector).expect("it answers");
    peer.kill();
    let gone = arrivals.recv_timeout(Duration::from_secs(5)).expect("the world is told");
    assert_eq!(
        gone.message,
        models::wire::InterActorMessage::Outside(models::outside::Outside::Gone)
    );
    bench.close();
    assert!(bench.status().starts_with("NOT REACHED"));
}

#[test]
fn settings_are_read_and_mistakes_are_named() {
    let read = Settings::parse("10.0.0.7:5025,limit=12V,first=INST:NSEL 2;CURR 2,settle=50ms");
    let read = read.expect("it is well written");
    assert_eq!((read.max, read.settle), (12_000, Duration::from_millis(50)));
    assert_eq!(read.first, ["INST:NSEL 2", "CURR 2"]);
    assert_eq!(Settings::parse("bench").unwrap_err(), "`bench` is not a HOST:PORT");
    let wrong = Settings::parse("a:1,limit=12A").unwrap_err();
    assert_eq!(wrong, "limit: unknown unit \"A\" for a voltage; known are mV, V");
}
