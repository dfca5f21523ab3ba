//! Indicators: the lights and the buzzer, by which a terminal is heard and seen from across the counter.

use crate::symptom::Symptom;
use crate::evidence::{EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, NoThresholds};
use sim::{Instant, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};

/// Settings of lights and buzzer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "IndicatorsSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How long an error tone is worth a look.
    pub tone_lingers: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { tone_lingers: Span::secs(10) }
    }
}

/// State of lights and buzzer.
#[derive(Clone, Component, Debug, Default)]
pub struct Indicators {
    levels: Levels<Fault>,
    /// The processor does not run, so no light is lit but that of the charger.
    off: bool,
    tones: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The error tone is forgotten.
    Faded(u32),
}

/// Fault modes of lights and buzzer.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "IndicatorsFault")]
pub enum Fault {
    /// No tone.
    BuzzerDead,
    /// No lights.
    LightsDead,
}

impl Indicators {
    fn light(&self, cx: &mut Context<'_, Models>) {
        let dark = self.off || self.levels.has(Fault::LightsDead);
        indication::set(cx, Indication::PowerLightOut, dark);
    }
}

/// The terminal cannot see its own lights nor hear itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading;

indications! {
    /// No tone where one belongs.
    Silence: 10, "silence", "无提示音", Sound, IndicationMissing { evidence: Some(crate::Evidence::ToneMissing) };
}

evidence! {
    /// It is a tone that is missing.
    ToneMissing: 82, "tone-missing", "提示音缺失", ["indicators.buzzer-dead" * 50.0, "display.backlight-dim" * 0.05];
}

impl ActorPart<Models> for Indicators {
    const NAME: &'static str = "indicators";
    const ZH: &'static str = "指示灯与蜂鸣器";
    const ABOUT: &'static str = "The lights and the buzzer.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const HEARS: &'static [Topic] = &[Topic::Beep];
    const HEARS_LATER: &'static [Topic] = &[Topic::Supplied];
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Faded(tone) = timer;
        debug_assert!(tone <= self.tones, "what fades has sounded");
        if tone == self.tones {
            indication::gone(cx, Indication::ErrorTone);
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        let good = match message {
            LocalMessage::Beep { good } => good,
            LocalMessage::Supplied { on } if on == self.off => {
                self.off = !on;
                return self.light(cx);
            }
            _ => return,
        };
        if self.levels.has(Fault::BuzzerDead) {
            cx.activated();
            indication::show(cx, Indication::Silence);
        } else if !good {
            self.tones += 1;
            indication::show(cx, Indication::ErrorTone);
            cx.after(spec.tone_lingers, Timer::Faded(self.tones));
        }
    }
}

impl DevicePart<Models> for Indicators {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::BuzzerDead, Mode {
            name: "buzzer-dead",
            zh: "无提示音",
            family: Family::Hardware,
            shows: &[(Symptom::IndicationMissing, 0.95)],
            cause: "a buzzer that is broken",
            effects: Effects::of(
                "there is no tone",
                "no tone tells that a card was read or a sale approved",
                "cards are presented again, or pulled out too early",
            ),
            ratings: Ratings::of(4, 3, 3),
            indications: &[Indication::Silence],
            seen_by: &[Part::Merchant],
            cleared_by: &[(RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::LightsDead, Mode {
            name: "lights-dead",
            zh: "指示灯不亮",
            family: Family::Hardware,
            shows: &[(Symptom::IndicationMissing, 0.94)],
            cause: "a broken light board",
            effects: Effects::of(
                "there is no light",
                "no light shows power, charge or link",
                "people look for faults that are not there",
            ),
            ratings: Ratings::of(3, 3, 3),
            indications: &[Indication::PowerLightOut],
            seen_by: &[Part::Merchant],
            cleared_by: &[(RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
    ];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        match fault {
            // Silence is noticed when there should be a tone.
            Fault::BuzzerDead if on => {}
            Fault::BuzzerDead => indication::gone(cx, Indication::Silence),
            Fault::LightsDead => {
                if on {
                    cx.activated();
                }
                self.light(cx);
            }
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading
    }
    fn detect(_: &NoThresholds, (): &mut (), _: &Reading) -> Vec<Finding<Models>> {
        Vec::new()
    }
}
