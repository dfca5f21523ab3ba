//! Display: what the merchant and the customer read.

use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::sampling::Sampling;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::detectors::{Detector, Place};

/// Settings of the display.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DisplaySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The terminal measures the current of its backlight, and so notices a dark screen by itself.
    pub measures_backlight: bool,
    /// It is worked by keys alone: a dead touch panel hurts nobody.
    pub keypad_only: bool,
    /// Time to key one digit on the screen, where the terminal has no keys.
    pub touch_duration: Span,
}

impl Default for Spec {
    fn default() -> Self {
        // As on keys: no figure for a screen was found.
        Self { measures_backlight: false, keypad_only: false, touch_duration: Span::millis(500) }
    }
}

/// State of the display.
#[derive(Clone, Component, Debug, Default)]
pub struct Display {
    levels: Levels<Fault>,
    running: bool,
    /// Entries on the screen so far: a note of an earlier one is ignored.
    entries: u32,
    /// What was sensed of it.
    sensed: Rare<Sensed<Reading, 4>>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The last digit has been touched.
    Entered(u32),
    /// What this fault changes has been tested or measured often enough since it changed so often.
    Sensed(Fault, u32),
}

/// Fault modes of the display.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DisplayFault")]
pub enum Fault {
    /// It stays dark.
    Blank,
    /// The picture no longer changes.
    Frozen,
    /// Touches are no longer registered.
    TouchDead,
    /// The backlight is dim; the magnitude is the share that is missing.
    BacklightDim,
}

/// What the terminal can see of its display.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// Share of its current that the backlight draws; `None` where nobody measures it.
    lit: Option<f64>,
    /// The touch controller answers its self-test.
    touch_answers: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { lit: None, touch_answers: true }
    }
}

/// The controller of the panel is asked every two seconds; the current of the backlight is measured every minute.
const CONTROLLER: Sampling = Sampling::every(Span::secs(2), 3);
const BACKLIGHT: Sampling = Sampling::every(Span::secs(60), 3);
const ASKED: Purpose = Purpose::of("display: phase of the controller's polls");
const MEASURED: Purpose = Purpose::of("display: phase of the backlight's readings");
/// A panel that is dead is found by asking its controller in half of all cases: cracked glass answers.
const FINDS: f64 = 0.5;
const FOUND: Purpose = Purpose::of("display: the controller is what is dead");

/// How much longer an entry takes on a screen that is all but dark, in per cent.
const SLOWED_BY: f64 = 150.0;
/// People get used to a screen that loses less than a third of its light.
const NOTICED: f64 = 0.3;

impl Display {
    /// What the meter shows, where there is one.
    fn lit(&self, spec: &Spec) -> Option<f64> {
        let blank = self.levels.has(Fault::Blank);
        let lit = if blank { 0.0 } else { 1.0 - self.levels.of(Fault::BacklightDim) };
        debug_assert!((0.0..=1.0).contains(&lit), "a backlight gives {lit} of its light");
        // In steps of a twentieth: that is how finely the current is known.
        spec.measures_backlight.then(|| libm::round(lit * 20.0) / 20.0)
    }

    /// Whether the controller of the panel answers: a panel is dead in the one way or the other for as long as it is dead.
    fn touch_answers(&self, spec: &Spec, cx: &Context<'_, Models>) -> bool {
        let dead = self.levels.has(Fault::TouchDead) && !spec.keypad_only;
        !dead || unit(cx.draw(FOUND, u64::from(self.sensed.get().changes.of(Fault::TouchDead as usize)))[0]) >= FINDS
    }

    /// All of it is tested and measured.
    fn sense(&mut self, spec: &Spec, cx: &Context<'_, Models>) {
        self.sensed.get_mut().shown = Reading { lit: self.lit(spec), touch_answers: self.touch_answers(spec, cx) };
    }

    fn usable(&self, spec: &Spec) -> bool {
        let has = |fault| self.levels.has(fault);
        !has(Fault::Blank) && !has(Fault::Frozen) && (spec.keypad_only || !has(Fault::TouchDead))
    }

    /// Where there are no keys, amounts and PINs are entered on the screen.
    fn begin(&mut self, spec: &Spec, digits: u8, cx: &mut Context<'_, Models>) {
        if !cx.settings().profile(cx.me()).fits(Part::Keypad) {
            debug_assert!(digits > 0, "an entry has digits");
            self.entries += 1;
            let slowed = 1.0 + SLOWED_BY / 100.0 * self.levels.of(Fault::BacklightDim);
            let duration = (spec.touch_duration * u64::from(digits)).scaled(slowed);
            cx.after(duration, Timer::Entered(self.entries));
        }
    }

    /// Who reads on a dim screen looks twice at each key.
    fn dimmed(&self, cx: &mut Context<'_, Models>) {
        let dim = self.levels.of(Fault::BacklightDim);
        debug_assert!((0.0..=1.0).contains(&dim), "a screen is dim by a share of its light: {dim}");
        cx.say(LocalMessage::Dim { percent: 100 + (SLOWED_BY * dim) as u32 });
        let noticed = dim >= NOTICED;
        if noticed {
            cx.activated();
        }
        indication::set(cx, Indication::DimScreen, noticed);
    }

    fn tell(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        cx.say(LocalMessage::Screen { readable: self.usable(spec) });
        let dark = self.levels.has(Fault::Blank) || !self.running;
        indication::set(cx, Indication::BlankScreen, dark);
        let sounds = self.levels.has(Fault::Frozen) && self.running;
        indication::set(cx, Indication::KeysStillSound, sounds);
        cx.touch();
    }
}

indications! {
    /// The screen is so dim that it is hard to read.
    DimScreen: 24, "dim-screen", "屏幕昏暗", Display, IndicationMissing { evidence: Some(crate::Evidence::ScreenDim) };
    /// The screen is touched and nothing happens.
    NoReactionToTouch: 31, "no-reaction-to-touch", "触摸无反应", Behaviour, ScreenStuck { evidence: Some(crate::Evidence::TouchIgnored) };
    /// Keys sound when they are pressed, though the screen does not follow them.
    KeysStillSound: 32, "keys-still-sound", "画面不动但按键有声", Sound, ScreenStuck { evidence: Some(crate::Evidence::KeysSound) };
}

evidence! {
    /// The backlight draws no current, and the terminal runs.
    BacklightDark: 33, "backlight-dark", "背光无电流", ["display.blank" * 500.0];
    /// The touch controller fails its self-test.
    TouchTestFailed: 34, "touch-test-failed", "触摸自检失败", ["display.touch-dead" * 30.0, "firmware.hang" * 0.1];
    /// The backlight draws less than it should.
    BacklightLow: 35, "backlight-low", "背光电流低", ["display.backlight-dim" * 10.0];
    /// The screen is dim to the eye.
    ScreenDim: 36, "screen-dim", "屏幕昏暗可见", ["display.backlight-dim" * 5.0];
    /// Keys work and touch does not.
    TouchIgnored: 37, "touch-ignored", "仅触摸无响应", ["display.touch-dead" * 30.0, "firmware.hang" * 0.1];
}

impl ActorPart<Models> for Display {
    const NAME: &'static str = "display";
    const ZH: &'static str = "显示屏";
    const ABOUT: &'static str = "The screen that merchant and customer read.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "display-test",
            zh: "显示自检",
            place: Place::Device,
            part: Part::Display,
            sees: "a touch panel that does not answer; where it is measured, the current of the backlight",
            sees_zh: "触摸屏不应答；在可测时还有背光电流",
            blind_to: "the picture: nobody on the terminal looks at the screen",
            blind_to_zh: "画面本身：终端内没有谁在看屏幕",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready, Topic::Halt, Topic::EnterAmount, Topic::EnterPin];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { running: true, ..Self::default() }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let entry = match timer {
            Timer::Entered(entry) => entry,
            Timer::Sensed(fault, change) => {
                debug_assert!(change <= self.sensed.get().changes.of(fault as usize), "what is measured has changed");
                if self.sensed.get().changes.is_latest(fault as usize, change) {
                    self.sense(spec, cx);
                    cx.look();
                }
                return;
            }
        };
        debug_assert!(entry <= self.entries, "nothing is entered that was not asked for");
        if entry == self.entries {
            cx.say(LocalMessage::Keyed { ok: self.usable(spec) });
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Ready => {
                self.running = true;
                self.sense(spec, cx);
                cx.look();
            }
            LocalMessage::Halt => {
                self.running = false;
                // What was being entered is forgotten.
                self.entries += 1;
            }
            LocalMessage::EnterAmount { keys, .. } => return self.begin(spec, keys, cx),
            // Six digits and the enter key.
            LocalMessage::EnterPin { .. } => return self.begin(spec, 7, cx),
            _ => return,
        }
        self.tell(spec, cx);
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.sense(spec, cx);
    }
    fn able(&self, spec: &Spec) -> bool {
        self.usable(spec)
    }
}

impl DevicePart<Models> for Display {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::Blank, Mode {
            name: "blank",
            zh: "黑屏",
            family: Family::Hardware,
            shows: &[(Symptom::TerminalDark, 0.95), (Symptom::SalesSilent, 0.95)],
            cause: "a broken backlight, panel or cable",
            effects: Effects::of(
                "the screen stays dark",
                "amounts and prompts cannot be read",
                "no sale until a repair",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::BlankScreen],
            seen_by: &[Part::Display, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestartTerminal, 0.1), (RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Replug, Performer::Support, Span::minutes(3)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::Frozen, Mode {
            name: "frozen",
            zh: "屏幕卡死",
            family: Family::Hardware,
            shows: &[(Symptom::ScreenStuck, 0.95), (Symptom::SalesSilent, 0.73)],
            cause: "a display controller that hangs",
            effects: Effects::of(
                "the picture stands still",
                "the screen does not follow what the terminal does",
                "no sale until a restart",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::FrozenScreen, Indication::KeysStillSound],
            seen_by: &[Part::Merchant],
            cleared_by: &[(RecoveryAction::RestartTerminal, 0.7), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(3)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::TouchDead, Mode {
            name: "touch-dead",
            zh: "触摸失灵",
            family: Family::Hardware,
            shows: &[(Symptom::ScreenStuck, 0.9), (Symptom::SalesSilent, 0.95), (Symptom::KeysMisbehave, 0.1)],
            cause: "a cracked or worn touch panel",
            effects: Effects::of(
                "touches are not felt",
                "nothing can be chosen on the screen",
                "no sale where keys cannot stand in",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::NoReactionToTouch],
            seen_by: &[Part::Display, Part::Merchant],
            cleared_by: &[
                (RecoveryAction::RestartTerminal, 0.2),
                (RecoveryAction::Clean, 0.2),
                (RecoveryAction::Repair, 0.9),
                (RecoveryAction::Swap, 1.0),
            ],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Device, Span::secs(5)),
                step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::BacklightDim, Mode {
            name: "backlight-dim",
            zh: "屏幕变暗",
            family: Family::Hardware,
            shows: &[(Symptom::IndicationMissing, 0.95)],
            cause: "a backlight that has aged",
            effects: Effects::of(
                "the picture is dim",
                "entries take longer",
                "customers wait",
            ),
            ratings: Ratings::of(4, 5, 4),
            indications: &[Indication::DimScreen],
            seen_by: &[Part::Display, Part::Merchant],
            cleared_by: &[(RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
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
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        // A dead touch panel hurts nobody who has keys.
        let hurts = on && !(fault == Fault::TouchDead && spec.keypad_only);
        match fault {
            Fault::BacklightDim => self.dimmed(cx),
            Fault::Frozen => indication::set(cx, Indication::FrozenScreen, on),
            Fault::TouchDead => indication::set(cx, Indication::NoReactionToTouch, hurts),
            Fault::Blank => {}
        }
        let change = self.sensed.get_mut().changes.count(fault as usize);
        let sensed = Timer::Sensed(fault, change);
        match fault {
            Fault::TouchDead => cx.after(CONTROLLER.shows_after(Span::ZERO, ASKED, cx), sensed),
            Fault::Blank | Fault::BacklightDim if spec.measures_backlight => {
                cx.after(BACKLIGHT.shows_after(Span::ZERO, MEASURED, cx), sensed);
            }
            // Nothing on the terminal looks at the picture.
            Fault::Blank | Fault::BacklightDim | Fault::Frozen => {}
        }
        // A dim screen is still read: nobody but its meter is to know.
        if hurts && fault != Fault::BacklightDim {
            cx.activated();
        }
        if fault != Fault::BacklightDim || !on {
            self.tell(spec, cx);
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        self.sensed.get().shown
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let (dark, dim) = (
            reading.lit.is_some_and(|it| it < 0.05),
            reading.lit.is_some_and(|it| it < 1.0 - NOTICED),
        );
        seen([
            (dark, Finding::of(Symptom::TerminalDark).with(Evidence::BacklightDark)),
            (!reading.touch_answers, Finding::of(Symptom::ScreenStuck).with(Evidence::TouchTestFailed)),
            (dim && !dark, Finding::of(Symptom::IndicationMissing).with(Evidence::BacklightLow)),
        ])
    }
}
