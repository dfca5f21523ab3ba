//! External detector: the place in the back office for a detector that is a program outside.

use bevy_ecs::component::Component;
use faults::{ActorPart, Context, IncidentChange};
use sim::Instant;

use crate::bus::{LocalMessage, Topic};
use crate::detectors::{Detector, Place};
use crate::observation::{self, Observation};
use crate::rare::Rare;
use crate::wire::InterActorMessage;
use crate::{Models, Part, Symptom};

/// What the program outside sees at one terminal.
#[derive(Clone, Component, Debug, Default)]
pub struct ExternalDetector {
    /// Symptoms that it has said it sees, a bit for each by its place in the list of all.
    sees: Rare<u64>,
}

/// It makes no notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

fn bit(symptom: Symptom) -> u64 {
    let place = Symptom::all().position(|it| it == symptom).unwrap_or(0);
    debug_assert!(place < 64, "{place} symptoms have a bit each");
    1 << (place % 64)
}

impl ActorPart<Models> for ExternalDetector {
    const NAME: &'static str = "external-detector";
    const ZH: &'static str = "外部检测程序";
    const ABOUT: &'static str = "The place for a detector that is a program outside: `posrig run --detector`.";
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "external-detector",
            zh: "外部检测程序",
            place: Place::BackOffice,
            part: Part::ExternalDetector,
            sees: "what a program outside makes of requests, sales, reads, prints, boots, reports and missing heartbeats",
            sees_zh: "外部程序根据请求、交易、读卡、打印、启动、上报和缺失心跳得出的判断",
            blind_to: "what none of these shows",
            blind_to_zh: "以上都不反映的情况",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Observed, Topic::IncidentUpdate, Topic::Ready];
    type Spec = ();
    type Timer = Timer;
    fn build((): &()) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, (): &(), timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_message(&mut self, (): &(), message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Observed(observation) => cx.emit(InterActorMessage::Observation(observation)),
            LocalMessage::Ready => observation::tell(cx, Observation::Boot),
            LocalMessage::IncidentUpdate(update) if update.detector != Part::ExternalDetector => {
                let open = match update.change {
                    IncidentChange::Opened => true,
                    IncidentChange::Closed => false,
                    _ => return,
                };
                let (detector, symptom) = (update.detector, update.finding.symptom);
                observation::tell(cx, Observation::Incident { detector, symptom, open });
            }
            _ => {}
        }
    }
    fn on_delivery(&mut self, (): &(), message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Report(report) => observation::tell(cx, Observation::Report(report)),
            InterActorMessage::Verdict { finding, raised: true, candidates } => {
                *self.sees.get_mut() |= bit(finding.symptom);
                cx.alarm_weighed(finding, candidates);
            }
            InterActorMessage::Verdict { finding, raised: false, .. } => {
                *self.sees.get_mut() &= !bit(finding.symptom);
                cx.dismiss_one(finding.symptom, cx.me());
            }
            _ => {}
        }
    }
    fn retest(&mut self, (): &(), symptom: Symptom, _: &mut Context<'_, Models>) {
        // Nobody can be asked at this instant: what it saw is held to be over until it says so again.
        if self.sees.get() & bit(symptom) != 0 {
            *self.sees.get_mut() &= !bit(symptom);
        }
    }
    fn still_sees(&self, (): &(), symptom: Symptom, _: Instant) -> bool {
        self.sees.get() & bit(symptom) != 0
    }
}
