use std::collections::BTreeMap;

use faults::{DomainEvent, Performer};
use models::wire::ResponseCode;
use models::{Indication, Outcome as Ending, RecoveryAction};
use sim::Span;

use super::*;
use crate::handmade_run::{BANK, CABLE, HandmadeRun, PAPER, PLUG, alarm};

/// What happens, by the second and the actor: a map keeps it in order.
type Script = BTreeMap<(u64, u32), Vec<DomainEvent<models::Models>>>;

/// Numbers by a fixed rule.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One fault of one terminal, some of them never noticed.
fn broken(script: &mut Script, who: u32, draw: &mut Draw) {
    let fault = [PLUG, CABLE, PAPER][draw.below(3) as usize];
    let suspect = [fault, fault, PLUG, PAPER][draw.below(4) as usize];
    let onset = 20_000 + draw.below(50_000);
    let (seen, repair) = (onset + 20 + draw.below(900), 300 + draw.below(9_000));
    let mut then = |at: u64, what| script.entry((at, who)).or_default().push(what);
    let plan = if fault == PLUG { 0 } else { faults::NATURAL };
    then(onset, DomainEvent::Occurred { occurrence: 0, plan, fault });
    then(
        onset + 2,
        DomainEvent::IndicationShown { part: fault.part(), indication: Indication::ChargeLightOut },
    );
    then(onset + 5, DomainEvent::Service { up: false });
    then(onset + 5, DomainEvent::Stopped { occurrence: faults::NOBODY, share: 0 });
    then(onset + 5, DomainEvent::Stopped { occurrence: 0, share: 1_000_000 });
    if draw.below(7) == 0 {
        return;
    }
    let about = sim::ActorId(who);
    then(seen, alarm(0, suspect.part(), suspect, about));
    let procedure = [
        (RecoveryAction::Retry, Performer::Device),
        (RecoveryAction::Replug, Performer::Attendant),
        (RecoveryAction::Repair, Performer::Technician),
    ];
    for (attempt, (action, by)) in (0u8..).zip(procedure) {
        let done = seen + repair * (u64::from(attempt) + 1) / 3;
        then(
            seen + repair * u64::from(attempt) / 3,
            DomainEvent::ActionStarted { incident: 0, attempt, action, by },
        );
        if attempt == 2 {
            then(done, DomainEvent::Cleared { occurrence: 0, fault, by: Some(action) });
            then(done, DomainEvent::Stopped { occurrence: faults::NOBODY, share: 0 });
        }
        then(done, DomainEvent::ActionApplied { incident: 0, attempt, action, by, cleared: 0 });
    }
    then(seen + repair + 30, DomainEvent::Service { up: true });
    then(seen + repair + 60, DomainEvent::Restored { incident: 0 });
}

/// A day of a shop: sales all day, faults of several kinds, an outage of the bank, a false alarm.
fn day(terminals: u32) -> HandmadeRun {
    let (mut draw, mut script) = (Draw(1), Script::new());
    for who in (0..terminals).step_by(4) {
        broken(&mut script, who, &mut draw);
    }
    let mut then = |at: u64, who, what| script.entry((at, who)).or_default().push(what);
    then(40_000, terminals, DomainEvent::Occurred { occurrence: 0, plan: 1, fault: BANK });
    then(42_700, terminals, DomainEvent::Cleared { occurrence: 0, fault: BANK, by: None });
    for (at, who, about, suspect) in [(40_090, 1, terminals, BANK), (77_000, 2, 2, PAPER)] {
        let (detector, about) = (suspect.part(), sim::ActorId(about));
        then(at, who, alarm(9, detector, suspect, about));
    }
    let mut handmade = HandmadeRun::new(terminals);
    handmade.outcome.simulated = Span::hours(24);
    handmade.outcome.scenario.duration = Span::hours(24);
    let mut at = 25_200;
    while at < 79_200 {
        handmade.play(&mut script, at);
        let (outcome, code) = match (draw.below(100), (40_000..42_700).contains(&at)) {
            (0..60, true) => (Ending::Declined, ResponseCode::INOPERATIVE),
            (0..4, _) => (Ending::Declined, ResponseCode::NO_FUNDS),
            (4..5, _) => (Ending::Abandoned, ResponseCode::NONE),
            (5..7, _) => (Ending::Failed, ResponseCode::NONE),
            _ => (Ending::Approved, ResponseCode::APPROVED),
        };
        handmade.at(at).sale(draw.below(u64::from(terminals)) as u32, outcome, code);
        at += 1 + draw.below(12);
    }
    handmade.play(&mut script, 86_400);
    handmade
}

impl HandmadeRun {
    /// Moves what is due from a script into the run.
    fn play(&mut self, script: &mut Script, until: u64) {
        while let Some(entry) = script.first_entry().filter(|entry| entry.key().0 <= until) {
            let ((at, who), facts) = entry.remove_entry();
            for what in facts {
                self.at(at).says(who, what);
            }
        }
    }
}

/// What a page must be, whatever it tells: whole, closed, and on its own.
fn check(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for tag in ["section", "table", "svg", "figure", "article", "dl", "ul", "ol"] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let own = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for word in
        ["http:", "https:", "<script", "src=", "NaN", "inf ", "undefined", "could not be drawn"]
    {
        assert!(!own.contains(word), "{word} has no place in a page");
    }
}

#[test]
fn a_busy_day_fills_every_section() {
    let handmade = day(400);
    let text = page(&handmade.outcome, &handmade.analyse());
    check(&text);
    assert_eq!(text.matches("class=\"lanes\"").count(), 10, "ten worst faults");
    for word in [
        "插头松动",
        "电源故障",
        "power.loose-plug",
        "host bank-a",
        "never detected",
        "Time to detect",
    ] {
        assert!(text.contains(word), "{word}");
    }
    if let Some(path) = std::env::var_os("REPORT_OUT") {
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn a_page_can_tell_of_next_to_nothing() {
    let mut alone = HandmadeRun::new(1);
    check(&page(&alone.outcome, &alone.analyse()));
    alone.at(10).occurs(0, 0, PLUG);
    check(&page(&alone.outcome, &alone.analyse()));
    alone.outcome.simulated = Span::ZERO;
    check(&page(&alone.outcome, &alone.analyse()));
    let mut nobody = HandmadeRun::new(0);
    nobody.outcome.planned.clear();
    check(&page(&nobody.outcome, &nobody.analyse()));
}

#[test]
fn names_cannot_become_markup() {
    let evil = "<script>alert('x')</script>&\"";
    let mut handmade = HandmadeRun::new(1);
    handmade.outcome.scenario.name = evil.to_owned();
    handmade.outcome.scenario.intent = evil.to_owned();
    handmade.outcome.path = evil.to_owned();
    handmade.outcome.roster.groups[0].id = evil.to_owned();
    handmade.outcome.roster.hubs[0].1 = evil.to_owned();
    handmade.outcome.planned[0].id = evil.to_owned();
    handmade.at(10).occurs(0, 0, PLUG).service(0, false);
    handmade.at(20).alarm(0, 0, PLUG);
    let text = page(&handmade.outcome, &handmade.analyse());
    check(&text);
    assert!(!text.contains("alert('x')"));
}

#[test]
fn a_page_is_the_same_to_the_byte() {
    let handmade = day(60);
    assert_eq!(
        page(&handmade.outcome, &handmade.analyse()),
        page(&handmade.outcome, &handmade.analyse())
    );
}
