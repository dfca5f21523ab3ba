//! Mainboard: what the processor runs on.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Purpose, Span};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MainboardSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Mean time between resets of a board that resets at random.
    pub resets_every: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { resets_every: Span::minutes(40) }
    }
}

/// State of the board.
#[derive(Component, Debug, Default)]
pub struct Mainboard {
    rail: bool,
    dead: bool,
    resets: bool,
    /// Resets that nobody asked for, as the boot log counts them; cleared by whoever mends the board.
    unasked: u32,
    epoch: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The board resets.
    Reset(u32),
}

/// How a board breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MainboardFault")]
pub enum Fault {
    /// Nothing runs.
    Dead,
    /// It resets at random.
    RandomResets,
}

/// What the boot log says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    unasked: u32,
}

const RESETS: Purpose = Purpose::of("mainboard: time to the next reset");

impl Mainboard {
    fn next_reset(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let occurrence = u64::from(self.epoch) << 32 | u64::from(self.unasked);
        let wait = cx.stream(RESETS, occurrence).exponential(spec.resets_every);
        cx.after(wait, Timer::Reset(self.epoch));
    }
    fn tell(&self, cx: &mut Context<'_, Models>) {
        cx.say(Message::Supplied { on: self.rail && !self.dead });
    }
}

impl Model<Models> for Mainboard {
    const NAME: &'static str = "mainboard";
    const ZH: &'static str = "电路板";
    const ABOUT: &'static str = "The board that the processor and everything else runs on.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Mainboard(Fault::Dead),
            name: "dead",
            zh: "电路板损坏",
            family: Family::Hardware,
            effect: "the terminal will not start",
            cues: &[Cue::BlankScreen, Cue::PowerLightOut],
            seen_by: &[Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::Repair, 0.6), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(Remedy::Replug, Performer::Support, Span::minutes(3)),
                step(Remedy::Swap, Performer::Technician, Span::minutes(40)),
            ],
        },
        Mode {
            fault: crate::Fault::Mainboard(Fault::RandomResets),
            name: "random-resets",
            zh: "无故重启",
            family: Family::Hardware,
            effect: "the terminal restarts in the middle of sales",
            cues: &[Cue::RestartsByItself],
            seen_by: &[Part::Mainboard, Part::Merchant],
            mended_by: &[(Remedy::Repair, 0.8), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Update, Performer::Remote, Span::minutes(5)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
                step(Remedy::Swap, Performer::Technician, Span::minutes(40)),
            ],
        },
    ];
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(_: &Spec) -> Self {
        Self { rail: true, ..Self::default() }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Reset(epoch) = timer;
        if epoch != self.epoch || !self.resets {
            return;
        }
        if self.rail && !self.dead {
            self.unasked += 1;
            cx.error_state();
            cue::show(cx, Cue::RestartsByItself);
            cx.say(Message::Restart);
        }
        self.next_reset(spec, cx);
    }
    fn on_message(&mut self, _: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::Rail { on, .. } => {
                self.rail = on;
                self.tell(cx);
            }
            Message::Ready => cx.look(),
            _ => {}
        }
    }
    fn on_fault(&mut self, spec: &Spec, fault: Fault, _: f64, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::Dead => {
                self.dead = true;
                cx.error_state();
                cue::show(cx, Cue::PowerLightOut);
                self.tell(cx);
            }
            Fault::RandomResets => {
                self.resets = true;
                self.epoch += 1;
                self.next_reset(spec, cx);
            }
        }
    }
    fn on_clear(&mut self, _: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::Dead => {
                self.dead = false;
                cue::gone(cx, Cue::PowerLightOut);
                self.tell(cx);
            }
            Fault::RandomResets => {
                self.resets = false;
                self.unasked = 0;
                cue::gone(cx, Cue::RestartsByItself);
                cx.look();
            }
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.dead
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { unasked: self.unasked }
    }
    /// One restart may be anything; the third that nobody asked for is the board.
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        (reading.unasked >= 3).then_some(Fault::RandomResets)
    }
}
