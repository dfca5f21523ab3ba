//! Clock: the terminal's own time, which goes into every message.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::quantity::Offset;
use sim::{Instant, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::Indication;
use crate::plan::step;
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of the clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClockSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How far behind a fault of magnitude 1 makes it; with a minus it runs ahead: `"-30min"`.
    pub wrong_by: Offset,
    /// A difference to the gateway's time that is larger than this is a fault of the clock.
    pub tolerance: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { wrong_by: Offset { by: Span::days(1), negative: false }, tolerance: Span::minutes(2) }
    }
}

/// State of the clock.
#[derive(Clone, Component, Debug, Default)]
pub struct Clock {
    levels: Levels<Fault>,
    /// What the last answer of the gateway said about it.
    difference: Span,
}

/// It makes no notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

/// Fault modes of the clock.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClockFault")]
pub enum Fault {
    /// It is behind, or ahead; the magnitude is the share of `wrong_by`.
    Wrong,
}

/// Its difference to the gateway's time, as of the last answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    difference: Span,
    tolerance: Span,
}

impl Clock {
    /// How far it is off the time, either way.
    fn off(&self, spec: &Spec) -> Span {
        let off = spec.wrong_by.by.scaled(self.levels.of(Fault::Wrong));
        debug_assert!(off.0 <= spec.wrong_by.by.0 + 1_000_000_000, "a clock is off by {off}");
        off
    }
}

evidence! {
    /// The terminal's time and the gateway's differ.
    TimeDiffers: 87, "time-differs", "时间不符", ["clock.wrong" * 30.0];
}

impl ActorPart<Models> for Clock {
    const NAME: &'static str = "clock";
    const ZH: &'static str = "时钟";
    const ABOUT: &'static str = "The terminal's own time, which goes into every message.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "clock-check",
            zh: "时钟比对",
            place: Place::Device,
            part: Part::Clock,
            sees: "how far its own time is from that of the gateway's answers",
            sees_zh: "自身时间与网关应答时间的差",
            blind_to: "a wrong clock before the next answer comes; which of the two is wrong",
            blind_to_zh: "下一次应答之前的错误时间；以及两者谁错",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::GatewayTime];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::GatewayTime { difference } = message {
            let changed = difference != self.difference;
            self.difference = difference;
            if changed {
                cx.look();
            }
        }
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, _: &mut Context<'_, Models>) {
        // Whoever signs on is told the gateway's time.
        self.difference = self.off(spec);
    }
    fn able(&self, spec: &Spec) -> bool {
        self.off(spec) <= spec.tolerance
    }
}

impl DevicePart<Models> for Clock {
    const MODES: &'static [(Fault, Mode<Models>)] = &[(Fault::Wrong, Mode {
        name: "wrong",
        zh: "终端时钟错误",
        family: Family::Transaction,
        shows: &[(Symptom::SessionRefused, 0.87)],
        cause: "drift, an empty coin cell, a wrong setting",
        effects: Effects::of(
            "the terminal's time is wrong",
            "the gateway doubts every message",
            "sales are refused until the terminal has signed on again",
        ),
        ratings: Ratings::of(8, 4, 1),
        indications: &[Indication::NoAnswerText],
        seen_by: &[Part::Clock, Part::PaymentApp, Part::Merchant],
        cleared_by: &[
            (RecoveryAction::SignOn, 0.9),
            (RecoveryAction::Configure, 0.9),
            (RecoveryAction::Repair, 0.95),
            (RecoveryAction::Swap, 1.0),
        ],
        procedure: &[
            step(RecoveryAction::SignOn, Performer::Device, Span::secs(10)),
            step(RecoveryAction::Configure, Performer::Support, Span::minutes(5)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(20)),
        ],
    })];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, _: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let wrong = level > 0.0;
        if wrong {
            cx.activated();
        }
        let behind = Offset { by: self.off(spec), negative: spec.wrong_by.negative };
        cx.say(LocalMessage::Clock { behind });

    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading { difference: self.difference, tolerance: spec.tolerance }
    }
    /// A clock cannot see itself: it is held against the time in the gateway's answers.
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let off = Finding::of(Symptom::SessionRefused).with(Evidence::TimeDiffers);
        seen([(reading.difference > reading.tolerance, off)])
    }
}
