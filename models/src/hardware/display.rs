//! Display: what the merchant and the customer read.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Span};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DisplaySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The terminal measures the current of its backlight, and so notices a dark screen by itself.
    pub measures_backlight: bool,
}

/// State of the display.
#[derive(Component, Debug, Default)]
pub struct Display {
    running: bool,
    blank: bool,
    frozen: bool,
}

/// It makes no notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

/// How a display breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DisplayFault")]
pub enum Fault {
    /// It stays dark.
    Blank,
    /// It shows the same for ever.
    Frozen,
}

/// What the terminal can see of its display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The backlight draws current; `None` where nobody measures it.
    lit: Option<bool>,
}

impl Display {
    fn tell(&self, cx: &mut Context<'_, Models>) {
        cx.say(Message::Screen { readable: !self.blank && !self.frozen });
        let dark = self.blank || !self.running;
        if dark { cue::show(cx, Cue::BlankScreen) } else { cue::gone(cx, Cue::BlankScreen) }
        cx.look();
    }
}

impl Model<Models> for Display {
    const NAME: &'static str = "display";
    const ZH: &'static str = "显示屏";
    const ABOUT: &'static str = "The screen that merchant and customer read.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Display(Fault::Blank),
            name: "blank",
            zh: "黑屏",
            family: Family::Hardware,
            effect: "nothing can be read, so nothing can be sold",
            cues: &[Cue::BlankScreen],
            seen_by: &[Part::Display, Part::Merchant],
            mended_by: &[(Remedy::RestartTerminal, 0.1), (Remedy::Repair, 0.9), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(Remedy::Replug, Performer::Support, Span::minutes(3)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
                step(Remedy::Swap, Performer::Technician, Span::minutes(40)),
            ],
        },
        Mode {
            fault: crate::Fault::Display(Fault::Frozen),
            name: "frozen",
            zh: "屏幕卡死",
            family: Family::Hardware,
            effect: "the screen does not follow what the terminal does",
            cues: &[Cue::FrozenScreen],
            seen_by: &[Part::Merchant],
            mended_by: &[(Remedy::RestartTerminal, 0.7), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(Remedy::RestartTerminal, Performer::Support, Span::minutes(3)),
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
        Self { running: true, ..Self::default() }
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_message(&mut self, _: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::Ready => self.running = true,
            Message::Halt => self.running = false,
            _ => return,
        }
        self.tell(cx);
    }
    fn on_fault(&mut self, _: &Spec, fault: Fault, _: f64, cx: &mut Context<'_, Models>) {
        cx.error_state();
        match fault {
            Fault::Blank => self.blank = true,
            Fault::Frozen => {
                self.frozen = true;
                cue::show(cx, Cue::FrozenScreen);
            }
        }
        self.tell(cx);
    }
    fn on_clear(&mut self, _: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::Blank => self.blank = false,
            Fault::Frozen => {
                self.frozen = false;
                cue::gone(cx, Cue::FrozenScreen);
            }
        }
        self.tell(cx);
    }
    fn able(&self, _: &Spec) -> bool {
        !self.blank && !self.frozen
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading { lit: spec.measures_backlight.then_some(!self.blank) }
    }
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        (reading.lit == Some(false)).then_some(Fault::Blank)
    }
}
