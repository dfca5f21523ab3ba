//! Keypad: amounts and PINs are keyed here.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Purpose, Span, unit};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeypadSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time to key one digit.
    pub key_takes: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { key_takes: Span::millis(500) }
    }
}

/// State of the keys.
#[derive(Component, Debug, Default)]
pub struct Keypad {
    stuck: bool,
    dead: bool,
    /// Entries so far: names the draws.
    entries: u32,
    /// Number of keys of the entry under way.
    keys: u8,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The last key has been pressed.
    Entered(u32),
}

/// How a keypad breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeypadFault")]
pub enum Fault {
    /// One key stays down.
    StuckKey,
    /// One key does nothing.
    DeadKey,
}

/// What the terminal can see of its keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// A key has been down for longer than anybody presses one.
    held: bool,
}

const TOUCHES: Purpose = Purpose::of("keypad: the bad key is needed");
/// Digits, enter, clear.
const KEYS: f64 = 12.0;

impl Keypad {
    fn begin(&mut self, spec: &Spec, keys: u8, cx: &mut Context<'_, Models>) {
        self.keys = keys;
        self.entries += 1;
        cx.after(spec.key_takes * u64::from(keys), Timer::Entered(self.entries));
    }

    /// A dead key spoils an entry that needs it; a stuck one spoils every entry.
    fn spoiled(&self, cx: &Context<'_, Models>) -> bool {
        let needs = 1.0 - libm::pow(1.0 - 1.0 / KEYS, f64::from(self.keys));
        self.stuck || self.dead && unit(cx.draw(TOUCHES, u64::from(self.entries))[0]) < needs
    }
}

impl Model<Models> for Keypad {
    const NAME: &'static str = "keypad";
    const ZH: &'static str = "按键";
    const ABOUT: &'static str = "The keys by which amounts and PINs are entered.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Keypad(Fault::StuckKey),
            name: "stuck-key",
            zh: "按键卡住",
            family: Family::Hardware,
            effect: "every entry is wrong",
            cues: &[Cue::WrongKey],
            seen_by: &[Part::Keypad, Part::Merchant],
            mended_by: &[(Remedy::Clean, 0.6), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Clean, Performer::Attendant, Span::minutes(3)),
                step(Remedy::RestartTerminal, Performer::Support, Span::minutes(3)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::Keypad(Fault::DeadKey),
            name: "dead-key",
            zh: "按键失灵",
            family: Family::Hardware,
            effect: "entries that need the key cannot be made",
            cues: &[Cue::WrongKey],
            seen_by: &[Part::Merchant],
            mended_by: &[(Remedy::Clean, 0.2), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Clean, Performer::Attendant, Span::minutes(3)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
    ];
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Entered(entry) = timer;
        if entry != self.entries {
            return;
        }
        let ok = !self.spoiled(cx);
        if !ok {
            cx.error_state();
            cue::show(cx, Cue::WrongKey);
        }
        cx.say(Message::Keyed { ok });
    }
    fn on_message(&mut self, spec: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::EnterAmount { keys } => self.begin(spec, keys, cx),
            // Six digits and the enter key.
            Message::EnterPin => self.begin(spec, 7, cx),
            Message::Ready => cx.look(),
            // What was being keyed is forgotten.
            Message::Halt => self.entries += 1,
            _ => {}
        }
    }
    fn on_fault(&mut self, _: &Spec, fault: Fault, _: f64, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::StuckKey => self.stuck = true,
            Fault::DeadKey => self.dead = true,
        }
        cx.look();
    }
    fn on_clear(&mut self, _: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::StuckKey => self.stuck = false,
            Fault::DeadKey => self.dead = false,
        }
        cue::gone(cx, Cue::WrongKey);
        cx.look();
    }
    fn able(&self, _: &Spec) -> bool {
        !self.stuck && !self.dead
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { held: self.stuck }
    }
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        reading.held.then_some(Fault::StuckKey)
    }
}
