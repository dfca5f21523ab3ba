//! Power supply: socket, plug, charging cable, and the voltage that arrives.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Span};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::quantity::Millivolts;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PowerSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Voltage at the terminal while all is well.
    pub nominal: Millivolts,
    /// Below this the brown-out detector holds the terminal down, unless a battery helps.
    pub brown_out: Millivolts,
}

impl Default for Spec {
    fn default() -> Self {
        Self { nominal: Millivolts(5_000), brown_out: Millivolts(4_400) }
    }
}

/// State of the supply.
#[derive(Component, Debug, Default)]
pub struct Power {
    outage: bool,
    plug_loose: bool,
    cable_broken: bool,
    /// Share of the voltage that is missing.
    sag: f64,
}

/// It makes no notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

/// How a supply breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PowerFault")]
pub enum Fault {
    /// The mains are gone.
    SupplyOutage,
    /// The voltage is too low; the magnitude is the share that is missing.
    VoltageSag,
    /// The plug does not sit in its socket.
    LoosePlug,
    /// The charging cable is broken.
    CableBroken,
}

/// What the terminal can see of its supply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    millivolts: u32,
    brown_out: u32,
}

impl Power {
    fn millivolts(&self, spec: &Spec) -> u32 {
        if self.outage || self.plug_loose || self.cable_broken {
            return 0;
        }
        (f64::from(spec.nominal.0) * (1.0 - self.sag)) as u32
    }

    fn tell(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let millivolts = self.millivolts(spec);
        let on = millivolts >= spec.brown_out.0;
        cx.say(Message::Mains { on, millivolts });
        if on {
            cue::gone(cx, Cue::ChargeLightOut);
        } else {
            cx.error_state();
            cue::show(cx, Cue::ChargeLightOut);
        }
        cx.look();
    }
}

impl Model<Models> for Power {
    const NAME: &'static str = "power";
    const ZH: &'static str = "电源";
    const ABOUT: &'static str = "Supply, plug and charging cable: the voltage that reaches the terminal.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Power(Fault::SupplyOutage),
            name: "supply-outage",
            zh: "供电中断",
            family: Family::Power,
            effect: "the terminal runs on its battery and then not at all",
            cues: &[Cue::ChargeLightOut, Cue::BlankScreen],
            seen_by: &[Part::Power, Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::Replug, 0.2), (Remedy::Repair, 0.5)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(2)),
                step(Remedy::Retry, Performer::Device, Span::minutes(30)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::Power(Fault::VoltageSag),
            name: "voltage-sag",
            zh: "电压异常",
            family: Family::Power,
            effect: "the terminal works abnormally, charges no longer, or restarts",
            cues: &[Cue::ChargeLightOut, Cue::RestartsByItself, Cue::FaintPrint],
            seen_by: &[Part::Power, Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::Replug, 0.5), (Remedy::Repair, 0.9)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(2)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::Power(Fault::LoosePlug),
            name: "loose-plug",
            zh: "插头松动",
            family: Family::Power,
            effect: "nothing arrives from the socket",
            cues: &[Cue::ChargeLightOut, Cue::BlankScreen],
            seen_by: &[Part::Power, Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::Replug, 0.95), (Remedy::Repair, 1.0)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(1)),
                step(Remedy::ReplaceCable, Performer::Attendant, Span::minutes(30)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::Power(Fault::CableBroken),
            name: "cable-broken",
            zh: "电源线损坏",
            family: Family::Power,
            effect: "nothing arrives through the cable",
            cues: &[Cue::ChargeLightOut, Cue::BlankScreen],
            seen_by: &[Part::Power, Part::Presence, Part::Merchant],
            mended_by: &[(Remedy::ReplaceCable, 0.98), (Remedy::Repair, 1.0), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Replug, Performer::Attendant, Span::minutes(1)),
                step(Remedy::ReplaceCable, Performer::Attendant, Span::minutes(30)),
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
    fn on_timer(&mut self, _: &Spec, timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_message(&mut self, _: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        if let Message::Ready = message {
            cx.look();
        }
    }
    fn on_fault(&mut self, spec: &Spec, fault: Fault, magnitude: f64, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::SupplyOutage => self.outage = true,
            Fault::LoosePlug => self.plug_loose = true,
            Fault::CableBroken => self.cable_broken = true,
            Fault::VoltageSag => self.sag = magnitude,
        }
        self.tell(spec, cx);
    }
    fn on_clear(&mut self, spec: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::SupplyOutage => self.outage = false,
            Fault::LoosePlug => self.plug_loose = false,
            Fault::CableBroken => self.cable_broken = false,
            Fault::VoltageSag => self.sag = 0.0,
        }
        self.tell(spec, cx);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading { millivolts: self.millivolts(spec), brown_out: spec.brown_out.0 }
    }
    /// Nothing at all is taken for the plug, the likeliest of three causes that look alike from inside.
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        match reading.millivolts {
            0 => Some(Fault::LoosePlug),
            low if low < reading.brown_out => Some(Fault::VoltageSag),
            _ => None,
        }
    }
}
