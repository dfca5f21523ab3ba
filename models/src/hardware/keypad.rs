//! Keypad: amounts and PINs are keyed here.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, NoThresholds, seen};
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::wear::{WearLife, Wear};
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::detectors::{Detector, Place};

/// Settings of the keypad.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeypadSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time to key one digit.
    pub key_duration: Span,
    /// For how many key presses the most used key lasts; none: it does not wear.
    pub life: Option<WearLife>,
    /// Key presses after which the keys are due for exchange; none: nobody counts. No published figure was found for the
    /// keys of a payment terminal.
    pub rated: Option<u32>,
}

impl Default for Spec {
    fn default() -> Self {
        Self { key_duration: Span::millis(500), life: None, rated: None }
    }
}

/// State of the keys.
#[derive(Clone, Component, Debug, Default)]
pub struct Keypad {
    levels: Levels<Fault>,
    /// How long an entry takes on this screen: 0 and 100 are as usual.
    slowed: u32,
    presses: Wear,
    /// Entries so far: a note of an earlier one is ignored.
    entries: u32,
    /// Who makes the entry under way, and how many they had made before it: names the draws.
    customer: (u32, u32),
    /// Number of keys of the entry under way.
    keys: u8,
    /// A key has been held down for longer than anybody presses one.
    held: bool,
    /// Changes of the key that is stuck.
    stuck: u32,
    /// Of the last entries, the latest in the lowest bit: in which a key came twice at once.
    doubled: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The last key has been pressed.
    Entered(u32),
    /// The same key has been closed for so long since it changed so often.
    Held(u32),
}

/// Fault modes of the keypad.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeypadFault")]
pub enum Fault {
    /// One key stays down.
    StuckKey,
    /// One key does nothing.
    DeadKey,
    /// One key counts twice; the magnitude is how often.
    BouncingKey,
}

/// What the terminal can see of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// A key is held down.
    held: bool,
    /// Of the last twenty entries, in how many a key came twice at once.
    bounces: u32,
    presses: u32,
    rated: Option<u32>,
}

/// Nobody presses a key for so long.
const HELD: Span = Span::secs(20);
/// Entries that are remembered, and in how many of them a key may come twice at once.
const ENTRIES: u32 = 20;
const LIFE: Purpose = Purpose::of("keypad: life in presses");
const TOUCHES: Purpose = Purpose::of("keypad: the bad key is needed");
/// Digits, enter, clear.
const KEYS: f64 = 12.0;

impl Keypad {
    fn begin(&mut self, spec: &Spec, keys: u8, customer: u32, cx: &mut Context<'_, Models>) {
        debug_assert!(keys > 0, "an entry has keys");
        self.keys = keys;
        self.entries += 1;
        let before = if self.customer.0 == customer { self.customer.1 + 1 } else { 0 };
        self.customer = (customer, before);
        if self.presses.used(u32::from(keys), spec.life.as_ref(), LIFE, cx) {
            cx.broke(Fault::DeadKey.into());
        }
        let duration = spec.key_duration * u64::from(keys);
        let duration = duration.scaled(f64::from(self.slowed.max(100)) / 100.0);
        cx.after(duration, Timer::Entered(self.entries));
    }

    /// A dead key spoils an entry that needs it; a stuck one spoils every entry; a bouncing one those in which it bounces.
    /// Returns what whoever makes the entry notices.
    fn spoiled(&mut self, cx: &mut Context<'_, Models>) -> Option<Indication> {
        if self.levels.has(Fault::StuckKey) {
            return Some(Indication::WrongKey);
        }
        let (dead, bounce) = (self.levels.has(Fault::DeadKey), self.levels.of(Fault::BouncingKey));
        if !dead && bounce == 0.0 {
            return None;
        }
        debug_assert!((0.0..=1.0).contains(&bounce), "a level is within 0 and 1: {bounce}");
        let (customer, entry) = self.customer;
        let bits = cx.draw(TOUCHES, u64::from(customer) << 32 | u64::from(entry));
        let any = |each: f64| 1.0 - libm::pow(1.0 - each / KEYS, f64::from(self.keys));
        if unit(bits[1]) < any(bounce) {
            self.doubled |= 1;
            cx.look();
            return Some(Indication::WrongKey);
        }
        (dead && unit(bits[0]) < any(1.0)).then_some(Indication::NoReactionToKey)
    }
}

indications! {
    /// What is keyed is not what appears.
    WrongKey: 17, "wrong-key", "按键不对", Behaviour, KeysMisbehave { evidence: Some(crate::Evidence::WrongDigits) };
    /// A key is pressed and nothing happens.
    NoReactionToKey: 18, "no-reaction-to-key", "按键无反应", Behaviour, KeysMisbehave { evidence: Some(crate::Evidence::KeyIgnored) };
}

evidence! {
    /// A key is held for longer than anybody holds one.
    KeyHeld: 38, "key-held", "按键持续按下", ["keypad.stuck-key" * 30.0];
    /// Presses come in pairs that no finger makes.
    DoublePresses: 39, "double-presses", "按键连击", ["keypad.bouncing-key" * 30.0];
    /// A key has been pressed as often as it is made for.
    PressesUsedUp: 40, "presses-used-up", "按键次数到寿", ["keypad.dead-key" * 100.0];
    /// A key does nothing.
    KeyIgnored: 41, "key-ignored", "按键无响应", ["keypad.dead-key" * 5.0];
    /// Another digit appears than was pressed.
    WrongDigits: 42, "wrong-digits", "数字不符", ["keypad.stuck-key" * 3.0, "keypad.bouncing-key" * 3.0, "keypad.dead-key" * 0.3];
}

impl ActorPart<Models> for Keypad {
    const NAME: &'static str = "keypad";
    const ZH: &'static str = "按键";
    const ABOUT: &'static str = "The keys by which amounts and PINs are entered.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "key-test",
            zh: "按键自检",
            place: Place::Device,
            part: Part::Keypad,
            sees: "a key that is held down, presses that come twice, presses beyond the rated life",
            sees_zh: "一直按下的键、重复触发的按键、超过额定寿命的按键次数",
            blind_to: "a key that does nothing: nobody presses it, for all that the terminal knows",
            blind_to_zh: "没有反应的键：终端只知道没人按它",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Dim, Topic::Ready, Topic::Halt, Topic::EnterAmount, Topic::EnterPin,
    ];
    const HEARS_LATER: &'static [Topic] = &[Topic::Overhauled, Topic::Swapped];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let entry = match timer {
            Timer::Entered(entry) => entry,
            Timer::Held(change) => {
                if change == self.stuck {
                    self.held = self.levels.has(Fault::StuckKey);
                    cx.look();
                }
                return;
            }
        };
        debug_assert!(entry <= self.entries, "nothing is keyed that was not asked for");
        if entry != self.entries {
            return;
        }
        self.doubled = self.doubled << 1 & ((1 << ENTRIES) - 1);
        let spoiled = self.spoiled(cx);
        debug_assert!(self.doubled < 1 << ENTRIES, "no more entries are remembered");
        if let Some(indication) = spoiled {
            cx.activated();
            indication::show(cx, indication);
        }
        cx.say(LocalMessage::Keyed { ok: spoiled.is_none() });
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::EnterAmount { keys, customer } => self.begin(spec, keys, customer, cx),
            // Six digits and the enter key.
            LocalMessage::EnterPin { customer } => self.begin(spec, 7, customer, cx),
            LocalMessage::Ready => cx.look(),
            LocalMessage::Dim { percent } => self.slowed = percent,
            LocalMessage::Overhauled if spec.rated.is_some_and(|rated| self.presses.uses() >= rated) => {
                self.presses.renew();
                cx.look();
            }
            LocalMessage::Swapped => self.presses.renew(),
            // What was being keyed is forgotten.
            LocalMessage::Halt => self.entries += 1,
            _ => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, _: &mut Context<'_, Models>) {
        self.held = self.levels.has(Fault::StuckKey);
        if symptom == Symptom::KeysMisbehave {
            // Entries that were made before say nothing of the key now.
            self.doubled = 0;
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.levels.has(Fault::StuckKey) && !self.levels.has(Fault::DeadKey)
    }
}

impl DevicePart<Models> for Keypad {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::StuckKey, Mode {
            name: "stuck-key",
            zh: "按键卡住",
            family: Family::Hardware,
            shows: &[(Symptom::KeysMisbehave, 0.95), (Symptom::SalesSilent, 0.94)],
            cause: "dirt, or a drink that was spilt",
            effects: Effects::of(
                "a key is held down",
                "every entry is wrong",
                "no sale with an amount or a PIN until the key is free",
            ),
            ratings: Ratings::of(7, 5, 2),
            indications: &[Indication::WrongKey],
            seen_by: &[Part::Keypad, Part::Merchant],
            cleared_by: &[(RecoveryAction::Clean, 0.6), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(3)),
                step(RecoveryAction::RestartTerminal, Performer::Support, Span::minutes(3)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::DeadKey, Mode {
            name: "dead-key",
            zh: "按键失灵",
            family: Family::Hardware,
            shows: &[(Symptom::KeysMisbehave, 0.8), (Symptom::DueSoon, 0.31), (Symptom::SalesSilent, 0.21)],
            cause: "a contact that is worn",
            effects: Effects::of(
                "a key does nothing",
                "entries that need the key cannot be made",
                "sales with that digit fail",
            ),
            ratings: Ratings::of(6, 6, 3),
            indications: &[Indication::NoReactionToKey],
            seen_by: &[Part::Keypad, Part::Merchant],
            cleared_by: &[(RecoveryAction::Clean, 0.2), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(3)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::BouncingKey, Mode {
            name: "bouncing-key",
            zh: "按键连击",
            family: Family::Hardware,
            shows: &[(Symptom::KeysMisbehave, 0.9)],
            cause: "a worn contact that makes twice",
            effects: Effects::of(
                "a digit appears twice",
                "entries have to be made again",
                "wrong amounts and PINs; customers wait",
            ),
            ratings: Ratings::of(5, 5, 4),
            indications: &[Indication::WrongKey],
            seen_by: &[Part::Keypad, Part::Merchant],
            cleared_by: &[(RecoveryAction::Clean, 0.3), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(3)),
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
        if fault == Fault::StuckKey {
            self.stuck += 1;
            cx.after(HELD, Timer::Held(self.stuck));
        }
        if level == 0.0 {
            if fault == Fault::DeadKey {
                self.presses.renew();
            }
            indication::gone(cx, Indication::WrongKey);
            indication::gone(cx, Indication::NoReactionToKey);
        }
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let (bounces, presses) = (self.doubled.count_ones(), self.presses.uses());
        Reading { held: self.held, bounces, presses, rated: spec.rated }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { held, bounces, presses, rated } = *reading;
        seen([
            (held, Finding::of(Symptom::KeysMisbehave).with(Evidence::KeyHeld)),
            (!held && bounces >= 3, Finding::of(Symptom::KeysMisbehave).with(Evidence::DoublePresses)),
            (rated.is_some_and(|it| presses >= it), Finding::of(Symptom::DueSoon).with(Evidence::PressesUsedUp)),
        ])
    }
}
