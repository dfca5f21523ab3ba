//! Fingerprint reader: whoever sells puts a finger on it before each sale.
//!
//! Optional: a terminal has one where its type says so. Its step before a sale is the hook
//! [`BeforeSale`](crate::vocabulary::hook::Hook::BeforeSale).

use crate::symptom::{Symptom, SymptomDefinition, symptoms};
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use faults::{ActorPart, Context, DevicePart, Effects, Fitting, Levels, Mode, Performer, Ratings, Finding, NoThresholds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::detectors::{Detector, Place};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::vocabulary::hook::Hook;
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::{Family, Models, Part, RecoveryAction};

/// Settings of the fingerprint reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FingerprintReaderSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time to put a finger on it and have it read.
    pub duration: Span,
    /// Share of touches that a sound reader does not recognise.
    pub false_rejection: Probability,
    /// Touches before it gives up and the sale does not begin.
    pub attempts: u8,
}

impl Default for Spec {
    fn default() -> Self {
        Self { duration: Span::secs(1), false_rejection: Probability(0.02), attempts: 3 }
    }
}

/// State of the reader.
#[derive(Clone, Component, Debug, Default)]
pub struct FingerprintReader {
    levels: Levels<Fault>,
    /// The customer for whom it was asked last, and how many touches there were for this sale.
    asked: (u32, u8),
    /// Sales in a row that it refused.
    refused: u8,
    /// The check value of the templates was wrong when a touch was refused.
    templates_bad: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A finger has been on it for long enough.
    Touched {
        /// For which customer's sale.
        customer: u32,
        /// Which touch, counted from 0.
        attempt: u8,
    },
}

/// Fault modes of the fingerprint reader.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "FingerprintReaderFault")]
pub enum Fault {
    /// The glass is greasy; the level is the share of touches that are not recognised because of it.
    GlassGreasy,
    /// Its template store is lost: no finger is recognised.
    TemplatesLost,
}

/// What the terminal can see of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    refused: u8,
    /// The check value of its template store is right.
    templates: bool,
}

const TOUCH: Purpose = Purpose::of("fingerprint reader: a touch is recognised");

indications! {
    /// The screen says that the finger was not recognised.
    FingerNotRecognised: 33, "finger-not-recognised", "提示指纹不匹配", Display, FingersRefused;
}

actions! {
    /// Enrols the fingers of those who sell anew.
    EnrolFingers: 28, "enrol-fingers", "重新录入指纹";
}

symptoms! {
    /// Fingers are refused more often than usual.
    FingersRefused: 40, "fingers-refused", "指纹识别失败增多", 0.15, [
        Clean by Attendant minutes 1, EnrolFingers by Support minutes 10, Repair by Technician minutes 20,
    ];
}

impl FingerprintReader {
    fn touch(&mut self, spec: &Spec, customer: u32, attempt: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(attempt < spec.attempts.max(1), "nobody is asked for touch {attempt}");
        self.asked = (customer, attempt);
        cx.after(spec.duration, Timer::Touched { customer, attempt });
    }
}

evidence! {
    /// The check value of the template store is wrong.
    TemplatesBad: 80, "templates-bad", "模板校验失败", ["fingerprint-reader.templates-lost" * 100.0];
    /// The template store is right, and fingers are refused.
    ImagePoor: 81, "image-poor", "指纹图像差", ["fingerprint-reader.templates-lost" * 0.05];
}

impl ActorPart<Models> for FingerprintReader {
    const NAME: &'static str = "fingerprint-reader";
    const ZH: &'static str = "指纹识别器";
    const ABOUT: &'static str = "Recognises the finger of whoever sells, before each sale.";
    const FITTING: Fitting = Fitting::Optional;
    const HOOKS: &'static [(Hook, u8)] = &[(Hook::BeforeSale, 10)];
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const SYMPTOMS: &'static [SymptomDefinition] = SYMPTOMS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[Detector {
        name: "finger-rejections",
        zh: "指纹拒识计数",
        place: Place::Device,
        part: Part::FingerprintReader,
        sees: "sales in a row that were refused, and a template store whose check value is wrong",
        sees_zh: "连续被拒绝的交易以及校验值错误的指纹模板库",
        blind_to: "whose finger it was: a stranger looks like a greasy glass",
        blind_to_zh: "手指属于谁：陌生人的手指与脏污的玻璃看起来一样",
    }];
    const HEARS: &'static [Topic] = &[Topic::BeforeSale, Topic::Ready];
    type Spec = Spec;
    type Timer = Timer;

    fn build(_: &Spec) -> Self {
        Self::default()
    }
    /// Nobody is recognised without templates: no sale begins.
    fn able(&self, _: &Spec) -> bool {
        !self.levels.has(Fault::TemplatesLost)
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Touched { customer, attempt } = timer;
        if self.asked != (customer, attempt) {
            return;
        }
        // Named by the sale and the touch, so that nothing else moves the draw.
        let bits = cx.draw(TOUCH, u64::from(customer) << 8 | u64::from(attempt));
        let faulty = self.levels.has(Fault::TemplatesLost)
            || unit(bits[0]) < self.levels.of(Fault::GlassGreasy);
        if faulty {
            cx.activated();
        }
        let ok = !faulty && unit(bits[1]) >= spec.false_rejection.0;
        if !ok && attempt + 1 < spec.attempts {
            return self.touch(spec, customer, attempt + 1, cx);
        }
        debug_assert!(attempt < spec.attempts.max(1), "touch {attempt} is one too many");
        let refused = if ok { 0 } else { self.refused.saturating_add(1) };
        if refused != self.refused {
            self.refused = refused;
            // The check value is looked at when a touch is refused.
            self.templates_bad = !ok && self.levels.has(Fault::TemplatesLost);
            indication::set(cx, Indication::FingerNotRecognised, !ok);
            cx.look();
        }
        cx.say(LocalMessage::BeforeSaleDone { ok });
    }
    fn retest(&mut self, _: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.templates_bad = self.levels.has(Fault::TemplatesLost);
        // Whoever has cleaned the glass lays a finger on it.
        let bad = unit(cx.draw(TOUCH, u64::from(self.asked.0) << 8 | 0xff)[0]) < self.levels.of(Fault::GlassGreasy);
        if !self.templates_bad && !bad {
            self.refused = 0;
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::BeforeSale { part: Part::FingerprintReader, customer } => {
                self.touch(spec, customer, 0, cx);
            }
            LocalMessage::Ready => cx.look(),
            _ => {}
        }
    }
}

impl DevicePart<Models> for FingerprintReader {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (
            Fault::GlassGreasy,
            Mode {
                name: "glass-greasy",
                zh: "指纹玻璃脏污",
                family: Family::Hardware,
                shows: &[(Symptom::FingersRefused, 0.95)],
                cause: "fingers",
                effects: Effects::of(
                    "the picture of the finger is smeared",
                    "sales begin late or not at all",
                    "customers wait or leave",
                ),
                ratings: Ratings::of(6, 7, 3),
                indications: &[Indication::FingerNotRecognised],
                seen_by: &[Part::FingerprintReader, Part::Merchant],
                cleared_by: &[
                    (RecoveryAction::Clean, 0.95),
                    (RecoveryAction::Repair, 1.0),
                    (RecoveryAction::Swap, 1.0),
                ],
                procedure: &[
                    step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(1)),
                    step(RecoveryAction::Repair, Performer::Technician, Span::minutes(20)),
                ],
            },
        ),
        (
            Fault::TemplatesLost,
            Mode {
                name: "templates-lost",
                zh: "指纹模板丢失",
                family: Family::Software,
                shows: &[(Symptom::FingersRefused, 0.95)],
                cause: "a store that was not written to its end",
                effects: Effects::of(
                    "there is nothing to compare a finger with",
                    "nobody is recognised",
                    "the terminal sells nothing until fingers are enrolled anew",
                ),
                ratings: Ratings::of(8, 3, 1),
                indications: &[Indication::FingerNotRecognised],
                seen_by: &[Part::FingerprintReader, Part::Merchant],
                cleared_by: &[
                    (RecoveryAction::EnrolFingers, 0.98),
                    (RecoveryAction::Swap, 1.0),
                ],
                procedure: &[
                    step(RecoveryAction::EnrolFingers, Performer::Attendant, Span::minutes(5)),
                    step(RecoveryAction::EnrolFingers, Performer::Support, Span::minutes(10)),
                ],
            },
        ),
    ];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();

    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, _: Fault, level: f64, cx: &mut Context<'_, Models>) {
        if level == 0.0 {
            indication::gone(cx, Indication::FingerNotRecognised);
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { refused: self.refused, templates: !self.templates_bad }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let finding = Finding::of(Symptom::FingersRefused);
        let seen = match *reading {
            Reading { templates: false, .. } => Some(Evidence::TemplatesBad),
            Reading { refused: 2.., .. } => Some(Evidence::ImagePoor),
            _ => None,
        };
        seen.map(|it| finding.with(it)).into_iter().collect()
    }
}
