//! A recorded session that ships: with it a change of the models shows as a departure from what a real terminal program saw.
//!
//! If a model is meant to behave differently, it is recorded again: `posrig hil hil/tests/recordings/terminal.ron --record
//! hil/tests/recordings/terminal.jsonl`, and beside it `tests/peers/iso_terminal.py 18583 25 1.0 00000004`.

use std::path::Path;

use models::Part;
use models::wire::{InterActorMessage, Mti};
use programs::recording::{Crossing, Recording, Way};
use sim::{Instant, Span};

use crate::devices::rig::Rig;

fn shipped() -> Recording {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/terminal.jsonl");
    Recording::read(Path::new(path)).expect("it is shipped whole")
}

#[test]
fn the_session_that_ships_replays_to_the_bit() {
    let recorded = shipped();
    let of = |way, mti| {
        let is = |it: &&Crossing| {
            it.way == way
                && matches!(&it.message, InterActorMessage::Payment(iso) if iso.mti == mti)
        };
        recorded.crossings.iter().filter(is).count()
    };
    assert_eq!(of(Way::In, Mti::Settlement), 1);
    assert!(of(Way::In, Mti::Reversal) >= 2, "the bank was away");
    let rig = Rig::of(&recorded.header.scenario);
    for _ in 0..2 {
        let (again, _) = rig.replay(&recorded);
        assert_eq!((again.same, again.departures.len()), (Some(true), 0), "{:?}", again.departures);
        let audit = &again.outcome.audit;
        assert_eq!((audit.terminal_total.0, audit.host_total), (23_274, audit.terminal_total));
    }
}

#[test]
fn a_changed_scenario_departs_from_it_where_the_bank_comes_back() {
    let recorded = shipped();
    let changed = recorded.header.scenario.replace("Exactly(\"5s\")", "Exactly(\"15s\")");
    assert_ne!(changed, recorded.header.scenario);
    let rig = Rig::of(&changed);
    let (again, _) = rig.replay(&recorded);
    assert_eq!(again.same, Some(false));
    let first = again.departures.first().expect("an answer is missing or another");
    // The outage began three seconds after the start and ended five later: until then all is as it was.
    let (at, _) = first.recorded.as_ref().expect("the bank's first answer is not there yet");
    assert!(*at >= Instant::START + Span::secs(8) && first.after > 2, "{first}");
    assert_eq!(first.port.part(), Some(Part::PaymentApp));
}
