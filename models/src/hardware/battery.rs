//! Battery and charger: charge, load and age decide how long a terminal lives without its cable.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Span};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::quantity::MilliampHours;
use crate::telemetry::{self, Gauge};
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BatterySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Charge of a new battery; `"0mAh"` is a terminal without one.
    pub capacity: MilliampHours,
    /// What the terminal draws in an hour of normal use.
    pub load: MilliampHours,
    /// What the charger puts in, an hour.
    pub charging: MilliampHours,
    /// The battery symbol turns red below this share of the charge, from 0 to 1.
    pub low: sim::quantity::Probability,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            capacity: MilliampHours(2_600),
            load: MilliampHours(250),
            charging: MilliampHours(1_000),
            low: sim::quantity::Probability(0.15),
        }
    }
}

/// State of the battery.
#[derive(Component, Debug)]
pub struct Battery {
    /// Charge at `since`, in mAh.
    charge: f64,
    since: Instant,
    mains: bool,
    millivolts: u32,
    charger_dead: bool,
    /// Share of the capacity that is left.
    health: f64,
    /// Counts changes: a note of an earlier state is ignored.
    epoch: u32,
    rail: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The symbol turns red.
    Low(u32),
    /// Nothing is left.
    Empty(u32),
}

/// How a battery breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BatteryFault")]
pub enum Fault {
    /// It holds less than it should; the magnitude is the share that is lost.
    Aged,
    /// The charger puts nothing in, though the cable brings enough.
    ChargerDead,
}

/// What the fuel gauge says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    fitted: bool,
    cable: bool,
    charging: bool,
    health: f64,
}

impl Battery {
    fn capacity(&self, spec: &Spec) -> f64 {
        f64::from(spec.capacity.0) * self.health
    }

    /// Change of the charge in mAh an hour: what goes in, less what goes out.
    fn rate(&self, spec: &Spec) -> f64 {
        if self.mains && !self.charger_dead {
            f64::from(spec.charging.0)
        } else {
            -f64::from(spec.load.0)
        }
    }

    /// Brings the charge up to date, and makes notes of what will follow from it.
    fn update(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.epoch += 1;
        let (charge, rate) = (self.charge, self.rate(spec));
        if spec.capacity.0 > 0 && rate < 0.0 {
            let until = |level: f64| Span::from_secs_f64(((charge - level) / -rate).max(0.0) * 3_600.0);
            let low = self.capacity(spec) * spec.low.0;
            cx.after(until(low), Timer::Low(self.epoch));
            cx.after(until(0.0), Timer::Empty(self.epoch));
        } else {
            cue::gone(cx, Cue::LowBatteryText);
        }
        let fitted = spec.capacity.0 > 0;
        let on = if fitted { charge > 0.0 || self.mains && !self.charger_dead } else { self.mains };
        if on != self.rail || !fitted {
            self.rail = on;
            cx.say(Message::Rail { on, millivolts: if fitted { 5_000 } else { self.millivolts } });
        }
        cx.look();
    }

    fn flow(&mut self, spec: &Spec, now: Instant) {
        let hours = now.since(self.since).as_secs_f64() / 3_600.0;
        self.charge = (self.charge + self.rate(spec) * hours).clamp(0.0, self.capacity(spec));
        self.since = now;
    }
}

impl Model<Models> for Battery {
    const NAME: &'static str = "battery";
    const ZH: &'static str = "电池";
    const ABOUT: &'static str = "Battery and charger: how long the terminal lives without its cable.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Battery(Fault::Aged),
            name: "aged",
            zh: "电池老化",
            family: Family::Power,
            effect: "without its cable the terminal dies sooner than it should",
            cues: &[Cue::LowBatteryText, Cue::BlankScreen],
            seen_by: &[Part::Battery, Part::Merchant],
            mended_by: &[(Remedy::ReplaceBattery, 0.98), (Remedy::Repair, 0.98), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(1)),
                step(Remedy::ReplaceBattery, Performer::Technician, Span::minutes(15)),
            ],
        },
        Mode {
            fault: crate::Fault::Battery(Fault::ChargerDead),
            name: "charger-dead",
            zh: "无法充电",
            family: Family::Power,
            effect: "the battery runs down though the cable is in",
            cues: &[Cue::LowBatteryText, Cue::BlankScreen],
            seen_by: &[Part::Battery, Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(1)),
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

    fn build(spec: &Spec) -> Self {
        Self {
            charge: f64::from(spec.capacity.0),
            since: Instant::START,
            mains: true,
            millivolts: 5_000,
            charger_dead: false,
            health: 1.0,
            epoch: 0,
            rail: true,
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Low(epoch) if epoch == self.epoch => {
                cx.error_state();
                cue::show(cx, Cue::LowBatteryText);
            }
            Timer::Empty(epoch) if epoch == self.epoch => {
                self.flow(spec, cx.now());
                self.charge = 0.0;
                self.rail = false;
                cx.say(Message::Rail { on: false, millivolts: 0 });
                cx.look();
            }
            Timer::Low(_) | Timer::Empty(_) => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::Mains { on, millivolts } => {
                self.flow(spec, cx.now());
                (self.mains, self.millivolts) = (on, millivolts);
                self.update(spec, cx);
            }
            Message::Ready => cx.look(),
            Message::Report if spec.capacity.0 > 0 => {
                self.flow(spec, cx.now());
                let charge = telemetry::percent(self.charge / self.capacity(spec));
                cx.say(Message::Measured { gauge: Gauge::Charge, value: charge });
                let health = telemetry::percent(self.health);
                cx.say(Message::Measured { gauge: Gauge::BatteryHealth, value: health });
                cx.say(Message::Measured { gauge: Gauge::Supply, value: self.millivolts });
            }
            _ => {}
        }
    }
    fn on_fault(&mut self, spec: &Spec, fault: Fault, magnitude: f64, cx: &mut Context<'_, Models>) {
        self.flow(spec, cx.now());
        match fault {
            Fault::Aged => {
                self.health = 1.0 - magnitude.clamp(0.0, 0.99);
                self.charge = self.charge.min(self.capacity(spec));
            }
            Fault::ChargerDead => self.charger_dead = true,
        }
        self.update(spec, cx);
    }
    fn on_clear(&mut self, spec: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        self.flow(spec, cx.now());
        match fault {
            // A new battery comes charged.
            Fault::Aged => {
                self.health = 1.0;
                self.charge = f64::from(spec.capacity.0);
            }
            Fault::ChargerDead => self.charger_dead = false,
        }
        self.update(spec, cx);
    }
    fn able(&self, _: &Spec) -> bool {
        self.rail
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading {
            fitted: spec.capacity.0 > 0,
            cable: self.mains,
            charging: self.rate(spec) > 0.0,
            health: self.health,
        }
    }
    /// The gauge estimates the health at every full charge; half of the capacity is when a battery is changed.
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        match *reading {
            Reading { fitted: false, .. } => None,
            Reading { cable: true, charging: false, .. } => Some(Fault::ChargerDead),
            Reading { health, .. } if health < 0.5 => Some(Fault::Aged),
            _ => None,
        }
    }
}
