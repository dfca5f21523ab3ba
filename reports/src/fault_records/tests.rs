use faults::{DomainEvent, Performer};
use models::wire::ResponseCode;
use models::{Indication, Money, Note, Outcome as Ending, Part, RecoveryAction};
use sim::{ActorId, Instant, Span};

use super::IsolationResult;
use crate::handmade_run::{BANK, CABLE, HandmadeRun, PAPER, PLUG, alarm};
use crate::statistics::Interval;

fn second(seconds: u64) -> Instant {
    Instant::START + Span::secs(seconds)
}

/// A plug that slips out at 100 s, is detected at 160 s and pushed in at 300 s.
fn cleared() -> HandmadeRun {
    let mut handmade = HandmadeRun::new(2);
    handmade.at(100).occurs(0, 0, PLUG).says(0, DomainEvent::Activated { part: Part::Power });
    handmade.at(110).shows(0, Part::Power, Indication::ChargeLightOut);
    handmade.service(0, false).stopped(0, &[(0, 1_000_000)]);
    handmade.at(130).sale(0, Ending::Failed, ResponseCode::NONE).sale(
        1,
        Ending::Approved,
        ResponseCode::APPROVED,
    );
    handmade.at(160).alarm(0, 0, PLUG).starts(0, 0, RecoveryAction::Replug, Performer::Attendant);
    handmade.at(300).clears(0, 0, PLUG, Some(RecoveryAction::Replug)).applies(
        0,
        0,
        RecoveryAction::Replug,
        Performer::Attendant,
    );
    handmade.stopped(0, &[]);
    handmade.at(340).service(0, true).restores(0, 0);
    handmade
}

#[test]
fn a_cleared_fault_is_told_from_onset_to_the_end() {
    let history = cleared().analyse().history;
    let [record] = &history.records[..] else {
        panic!("one record, not {}", history.records.len())
    };
    assert_eq!((record.onset, record.first_error), (second(100), Some(second(100))));
    assert_eq!(
        (record.first_failure, record.first_indication),
        (Some(second(110)), Some((second(110), Indication::ChargeLightOut)))
    );
    let detection = record.detection.unwrap();
    assert_eq!((detection.at, detection.isolation), (second(160), IsolationResult::Right));
    let [tried] = &record.actions[..] else { panic!("one recovery action") };
    assert_eq!(
        (tried.started, tried.applied, tried.cleared),
        (second(160), Some(second(300)), true)
    );
    assert_eq!((record.restored, record.relapses), (Some(second(340)), 0));
    assert_eq!(
        record.cleared.map(|it| (it.at, it.by)),
        Some((second(300), Some(RecoveryAction::Replug)))
    );
    // The terminal boots for 40 s after the plug is in: that is the plug's doing too.
    assert_eq!(
        (record.down, &record.downs[..]),
        (Span::secs(230), &[(second(110), second(340))][..])
    );
    assert_eq!(
        (record.impact.failed, record.impact.at_risk, record.impact.cost),
        (1, Money(1_000), Money(500))
    );
}

#[test]
fn measures_add_up_what_the_records_hold() {
    let analysis = cleared().analyse();
    let measures = &analysis.measures;
    let all = &measures.all;
    assert_eq!(
        (all.injected, all.detected, all.isolated, all.restored, all.cleared),
        (1, 1, 1, 1, 1)
    );
    assert_eq!(
        (all.detection.p50, all.recovery.p50, all.repair.p50),
        (Some(60.0), Some(200.0), Some(140.0))
    );
    assert_eq!(all.detection.ci95, None, "one fault has no spread");
    let availability = &measures.availability;
    let worst = 1.0 - 230.0 / 3_600.0;
    assert!((availability.mean.unwrap() - (1.0 + worst) / 2.0).abs() < 1e-9);
    let Interval(lo, hi) = availability.ci95.unwrap();
    assert!(lo >= 0.0 && hi <= 1.0, "a share stays one: {lo} to {hi}");
    assert_eq!((availability.by_sale.count, availability.by_sale.of), (1, 2));
    assert_eq!(measures.false_alarms.count, 0);
}

#[test]
fn what_nobody_notices_is_kept_as_censored() {
    let mut handmade = HandmadeRun::new(2);
    handmade.at(600).occurs(0, 0, PLUG);
    handmade.at(900).occurs(1, 0, PAPER);
    handmade.at(1_000).clears(1, 0, PAPER, None);
    let analysis = handmade.analyse();
    let all = &analysis.measures.all;
    assert_eq!((all.injected, all.detected, all.undetected(), all.cleared), (2, 0, 2, 1));
    assert_eq!((all.detection.n, all.detection.censored, all.detection.p50), (2, 2, None));
    assert_eq!((all.recovery.censored, all.recovery.p50), (1, Some(100.0)));
    assert_eq!(all.detection.mean, None);
    assert_eq!(analysis.history.records[1].plan, None, "paper runs out by itself");
}

#[test]
fn an_alarm_without_a_fault_is_false() {
    let mut handmade = cleared();
    handmade.at(400).alarm(0, 1, CABLE).starts(0, 1, RecoveryAction::Replug, Performer::Technician);
    let (terminal, action) = (ActorId(0), RecoveryAction::Replug);
    handmade.says(
        0,
        DomainEvent::Noted(Note::TechnicianSent { terminal, incident: 1, action, charge: None }),
    );
    handmade.at(500).applies(0, 1, RecoveryAction::Replug, Performer::Technician).restores(0, 1);
    handmade.at(900).alarm(1, 0, PAPER);
    let analysis = handmade.analyse();
    let false_alarms = analysis.measures.false_alarms;
    assert_eq!((false_alarms.count, false_alarms.echoes), (2, 1));
    assert_eq!(false_alarms.cost_minor, 20_000);
    assert!((false_alarms.precision.unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(analysis.measures.isolation.counts[&(None, Some(PAPER))], 1);
    assert_eq!(analysis.history.records[0].alarms, 1, "the record has only its own alarm");
}

#[test]
fn believed_over_while_it_is_not_is_a_relapse() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    handmade.at(160).alarm(0, 0, PLUG);
    handmade.at(200).restores(0, 0);
    handmade.at(260).alarm(0, 1, PLUG);
    let relapsed = handmade.analyse();
    let record = &relapsed.history.records[0];
    assert_eq!((record.relapses, record.restored, record.alarms), (1, None, 2));
    handmade.at(400).clears(0, 0, PLUG, None).restores(0, 1);
    let over = handmade.analyse();
    let record = &over.history.records[0];
    assert_eq!((record.relapses, record.restored), (1, Some(second(400))));
    assert_eq!(over.measures.all.relapsed, 1);
}

#[test]
fn service_is_restored_only_when_the_last_incident_is_closed() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    handmade.at(160).alarm(0, 0, PLUG).alarm(0, 1, CABLE);
    handmade.at(200).restores(0, 1);
    assert_eq!(handmade.analyse().history.records[0].relapses, 0, "one incident is still open");
    handmade.at(300).clears(0, 0, PLUG, None).restores(0, 0);
    assert_eq!(handmade.analyse().history.records[0].restored, Some(second(300)));
}

#[test]
fn a_wrong_suspicion_is_told_from_a_wrong_part() {
    let mut handmade = HandmadeRun::new(2);
    handmade.at(100).occurs(0, 0, CABLE).occurs(1, 0, PLUG);
    handmade.at(160).alarm(0, 0, PLUG).alarm(1, 0, PAPER);
    let analysis = handmade.analyse();
    let isolations: Vec<IsolationResult> =
        analysis.history.records.iter().map(|record| record.detection.unwrap().isolation).collect();
    assert_eq!(isolations, [IsolationResult::WrongFaultRightPart, IsolationResult::WrongPart]);
    let isolation = &analysis.measures.isolation;
    assert_eq!((isolation.right.count, isolation.right_part.count, isolation.right.of), (0, 1, 2));
    assert_eq!(isolation.counts[&(Some(CABLE), Some(PLUG))], 1);
}

#[test]
fn a_hub_answers_for_what_no_fault_of_the_terminal_explains() {
    let mut handmade = HandmadeRun::new(2);
    handmade.at(100).occurs(0, 0, PLUG).occurs(2, 0, BANK);
    // Terminal 1 has no fault of its own; terminal 0 has, but a host's refusal is the host's doing.
    handmade.at(150).sale(1, Ending::Abandoned, ResponseCode::NONE).sale(
        0,
        Ending::Declined,
        ResponseCode::INOPERATIVE,
    );
    handmade.at(160).alarm(1, 0, PAPER);
    handmade.at(170).alarm(0, 0, BANK);
    let history = handmade.analyse().history;
    let bank = &history.records[1];
    assert_eq!((bank.impact.abandoned, bank.impact.declined_technically), (1, 1));
    assert_eq!(bank.first_failure, Some(second(150)));
    assert_eq!(bank.detection.map(|it| it.isolation), Some(IsolationResult::WrongPart));
    assert_eq!(bank.alarms, 2, "an alarm goes to the fault that it names");
    assert!(history.false_alarms().next().is_none());
    assert!(history.records[0].detection.is_none());
}

#[test]
fn overlapping_faults_share_the_time_out_of_service() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    handmade.at(110).service(0, false).stopped(0, &[(0, 1_000_000)]);
    // Each of the two suffices.
    handmade.at(200).occurs(0, 1, CABLE).stopped(0, &[(0, 500_000), (1, 500_000)]);
    handmade.at(300).clears(0, 0, PLUG, None).stopped(0, &[(1, 1_000_000)]);
    handmade.at(500).clears(0, 1, CABLE, None).stopped(0, &[]);
    handmade.at(520).service(0, true);
    handmade.at(700).service(0, false);
    handmade.at(760).service(0, true);
    let history = handmade.analyse().history;
    let downs: Vec<Span> = history.records.iter().map(|record| record.down).collect();
    assert_eq!(downs, [Span::secs(90 + 50), Span::secs(50 + 200 + 20)]);
    assert_eq!(history.unexplained, Span::secs(60), "nothing was wrong when it stopped again");
}

#[test]
fn a_restart_that_clears_is_laid_to_the_fault_that_it_cleared() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PAPER).alarm(0, 0, PAPER);
    handmade.at(200).starts(0, 0, RecoveryAction::RestartTerminal, Performer::Remote);
    handmade
        .at(210)
        .clears(0, 0, PAPER, Some(RecoveryAction::RestartTerminal))
        .applies(0, 0, RecoveryAction::RestartTerminal, Performer::Remote)
        .service(0, false);
    handmade.at(250).service(0, true).restores(0, 0);
    assert_eq!(handmade.analyse().history.records[0].down, Span::secs(40));
}

#[test]
fn weights_are_scored_by_rank_and_brier() {
    let mut handmade = HandmadeRun::new(3);
    handmade.at(100).occurs(0, 0, CABLE);
    let weights = [(Some(PLUG), 500_000), (Some(CABLE), 300_000), (None, 200_000)];
    handmade.at(160).alarm(0, 0, PLUG).weighs(0, 0, &weights);
    // A fault that is none of the candidates, and an alarm behind which nothing is broken.
    handmade.at(200).occurs(1, 0, PAPER);
    handmade.at(260).alarm(1, 0, PLUG).weighs(1, 0, &[(Some(PLUG), 1_000_000)]);
    handmade.at(300).alarm(2, 0, PAPER).weighs(2, 0, &[(None, 600_000), (Some(PAPER), 400_000)]);
    handmade.at(400).says(0, DomainEvent::Restored { incident: 0 });
    handmade.at(500).clears(0, 0, CABLE, None);
    let analysis = handmade.analyse();
    let isolation = &analysis.measures.isolation;
    let within: Vec<_> = isolation.groups.iter().map(|it| (it.count, it.of)).collect();
    assert_eq!(within, [(0, 2), (1, 2), (1, 2)]);
    // 0.25 + 0.49 + 0.04; a sure mistake is 2; 0.16 + 0.16.
    let mean = (0.78 + 2.0 + 0.32) / 3.0;
    assert!((isolation.brier.unwrap() - mean).abs() < 1e-9, "{:?}", isolation.brier);
    let wrong = isolation.false_restorations;
    assert_eq!((wrong.count, wrong.of), (1, 1), "closed before the cable was mended");
}

#[test]
fn a_hub_can_be_cleared_from_elsewhere() {
    let mut handmade = HandmadeRun::new(2);
    let about = |who| alarm(0, Part::Gateway, BANK, sim::ActorId(who));
    handmade.at(100).occurs(2, 0, BANK);
    // Both terminals keep an incident of the same number about the bank: neither takes the other's recovery action.
    handmade.at(110).says(0, about(2)).starts(0, 0, RecoveryAction::Retry, Performer::Device);
    handmade.at(120).says(1, about(2)).starts(
        1,
        0,
        RecoveryAction::RestoreService,
        Performer::Remote,
    );
    handmade.at(200).applies(1, 0, RecoveryAction::RestoreService, Performer::Remote);
    handmade.clears(2, 0, BANK, Some(RecoveryAction::RestoreService));
    handmade.at(230).restores(0, 0).restores(1, 0);
    let history = handmade.analyse().history;
    let tried: Vec<_> = history.records[0]
        .actions
        .iter()
        .map(|it| (it.kept_by.0, it.applied, it.dropped, it.cleared))
        .collect();
    assert_eq!(tried, [(0, None, Some(second(230)), false), (1, Some(second(200)), None, true)]);
}

/// What comes while an incident of its symptom is open is detected by better evidence about that incident, and restored with it.
#[test]
fn better_evidence_detects_what_came_meanwhile() {
    let mut handmade = HandmadeRun::new(1);
    handmade.at(100).occurs(0, 0, PLUG);
    handmade.at(160).alarm(0, 0, PLUG);
    handmade.at(200).clears(0, 0, PLUG, None).occurs(0, 1, CABLE);
    let raised = alarm(0, Part::Power, CABLE, ActorId(0));
    let DomainEvent::Alarm { finding, .. } = raised else { panic!("an alarm") };
    handmade.at(300).says(0, DomainEvent::Refined { incident: 0, finding, suspect: CABLE });
    handmade.at(400).clears(0, 1, CABLE, None);
    handmade.at(450).restores(0, 0);
    let history = handmade.analyse().history;
    let [plug, cable] = &history.records[..] else { panic!("two records") };
    let detection = cable.detection.expect("the refinement says it");
    assert_eq!(
        (detection.at, detection.isolation, detection.rank),
        (second(300), IsolationResult::Right, 1)
    );
    assert_eq!((plug.restored, cable.restored), (Some(second(450)), Some(second(450))));
    assert_eq!((cable.relapses, cable.alarms), (0, 0));
}

#[test]
fn each_detector_is_scored_by_its_own_alarms() {
    let mut handmade = cleared();
    handmade.at(400).alarm(0, 1, CABLE).restores(0, 1);
    let scores = handmade.analyse().measures.detectors;
    let [score] = &scores[..] else { panic!("one detector raised them all: {scores:?}") };
    assert_eq!((score.detector.as_str(), score.alarms, score.first), ("power", 2, 1));
    assert_eq!((score.false_alarms.count, score.detected.count, score.detected.of), (1, 1, 1));
    assert_eq!((score.isolated.count, score.isolated.of), (1, 1));
    assert_eq!(score.detection_s.p50, Some(60.0));
    let months = 2.0 * 1.0 / 720.0;
    let expected = 1.0 / months;
    assert!(
        (score.false_alarms_per_terminal_month / expected - 1.0).abs() < 1e-6,
        "{}",
        score.false_alarms_per_terminal_month
    );
}
