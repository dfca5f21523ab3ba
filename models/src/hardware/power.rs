//! Power supply: socket, adapter, plug, charging cable, and the voltage that arrives.

use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, NoThresholds};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::outside::Outside;
use crate::plan::step;
use crate::sampling::Sampling;
use crate::quantity::{Milliamperes, Millivolts, Milliohms};
use crate::wire::InterActorMessage;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};

/// Settings of the power supply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PowerSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Voltage of the adapter without load.
    pub nominal: Millivolts,
    /// Share by which the voltage at the terminal may deviate from it before the terminal takes notice.
    pub tolerance: Probability,
    /// Current that the terminal draws while it works and charges.
    pub load: Milliamperes,
    /// Resistance of a sound cable with its plugs.
    pub cable: Milliohms,
    /// Resistance that a cable break of magnitude 0.5 adds; one of magnitude 1 is open.
    pub broken_cable: Milliohms,
    /// Above this voltage the protection cuts the terminal off from its supply.
    pub cuts_off_above: Millivolts,
    /// Mean time for which a plug that sits loose has no contact, until somebody touches the table again: exponential.
    pub contact_gap: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            nominal: Millivolts(5_000),
            // USB chargers are held to 5 %.
            tolerance: Probability(0.05),
            load: Milliamperes(800),
            cable: Milliohms(100),
            broken_cable: Milliohms(1_000),
            cuts_off_above: Millivolts(5_800),
            contact_gap: Span::secs(20),
        }
    }
}

/// State of the supply.
#[derive(Clone, Component, Debug, Default)]
pub struct Power {
    levels: Levels<Fault>,
    /// The plug has no contact now.
    apart: bool,
    /// Contacts lost and made since the last change of the plug: names the draws with it.
    contacts: u32,
    /// Counts changes of the plug: a note of an earlier state is ignored.
    plug: u32,
    /// What a real supply in its place delivers, in millivolts; `None` if it is simulated.
    delivered: Option<u32>,
    /// What that was last told to deliver.
    told: u32,
    /// What was sensed of it.
    sensed: Rare<Sensed<Shown>>,
}

/// What was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shown {
    /// Under load and without, in mV; `None` before anything else than the nominal voltage was measured.
    volts: Option<(u32, u32)>,
    /// When the input was lost the last times, the latest last.
    losses: [Instant; LOOSE_AFTER],
    /// So many of them came within half an hour.
    flickers: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A plug that sits loose makes or loses contact.
    Contact(u32),
    /// The voltage has changed so often, and what it is now has been seen for long enough.
    Sensed(u32),
}

/// Fault modes of the power supply.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PowerFault")]
pub enum Fault {
    /// The mains are gone.
    SupplyOutage,
    /// The voltage is too low; the magnitude is the share that is missing.
    VoltageSag,
    /// The voltage is too high; the magnitude is the share that is too much.
    VoltageSwell,
    /// The plug sits loose: it has no contact for a share of the time, the magnitude; 1 is out.
    LoosePlug,
    /// The charging cable is broken: the nearer the magnitude to 1, the more the voltage falls under load; 1 is open.
    CableBroken,
    /// An adapter of another device: its voltage is too high, by up to 140 % at magnitude 1 (12 V in place of 5 V).
    WrongAdapter,
}

/// What the terminal can see of its supply: the charger measures with and without its own load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    loaded: u32,
    unloaded: u32,
    low: u32,
    high: u32,
    cuts_off_above: u32,
    /// The input was lost and came back often in a short time.
    flickers: bool,
}

const CONTACT: Purpose = Purpose::of("power: how long a loose plug has contact, or none");

/// How much more than the nominal voltage the wrong adapter of magnitude 1 gives: a 12 V adapter at a 5 V device.
const WRONG_BY: f64 = 1.4;
/// More than half again as much voltage is not a bad mains: it is another adapter.
const NO_MAINS: f64 = 1.5;
/// Contacts that are lost by accident are few; the third is a plug that sits loose.
const LOOSE_AFTER: usize = 4;
/// Losses of contact that come within this time belong together.
const FLICKERS_WITHIN: Span = Span::minutes(30);
/// The pin that says that there is an input, and the bits of the charger that say that it is too high, are held to be right after
/// this time; that the input is good again after five of it.
const PIN: Span = Span::secs(1);
/// The voltage is measured every minute; three readings in a row count.
const METER: Sampling = Sampling::every(Span::secs(60), 3);
const METERS: Purpose = Purpose::of("power: phase of the voltage readings");

/// Ohm's law: what is left of a voltage behind a resistance, for a load that draws its current whatever it gets.
pub fn at_terminal(supply: Millivolts, load: Milliamperes, resistance: Milliohms) -> Millivolts {
    debug_assert!(supply.0 < 1_000_000, "no terminal is fed with {} mV", supply.0);
    let drop = u64::from(load.0) * u64::from(resistance.0) / 1_000;
    Millivolts(supply.0.saturating_sub(u32::try_from(drop).unwrap_or(u32::MAX)))
}

impl Power {
    /// Voltage of the adapter, as it would be without any load.
    fn unloaded(&self, spec: &Spec) -> u32 {
        match self.delivered {
            // The resistance of a break is in what the supply was told; the charger sees it under load alone.
            Some(delivered) if delivered > 0 => delivered.saturating_add(self.lost_in_break(spec)),
            Some(_) => 0,
            None => self.source(spec),
        }
    }

    /// Voltage of a simulated adapter without any load.
    fn source(&self, spec: &Spec) -> u32 {
        let level = |fault| self.levels.of(fault);
        if self.levels.has(Fault::SupplyOutage) || self.apart || level(Fault::CableBroken) >= 1.0 {
            return 0;
        }
        let wrong = 1.0 + WRONG_BY * level(Fault::WrongAdapter);
        let mains = (1.0 - level(Fault::VoltageSag)) * (1.0 + level(Fault::VoltageSwell));
        (f64::from(spec.nominal.0) * mains * wrong) as u32
    }

    /// Voltage at the terminal, under its load.
    fn loaded(&self, spec: &Spec) -> u32 {
        let resistance = spec.cable.0.saturating_add(self.break_adds(spec));
        let unloaded = self.unloaded(spec);
        let loaded = at_terminal(Millivolts(unloaded), spec.load, Milliohms(resistance)).0;
        debug_assert!(loaded <= unloaded, "a load adds no voltage: {loaded} of {unloaded} mV");
        loaded
    }

    /// Resistance that a break adds to the cable, in milliohms.
    fn break_adds(&self, spec: &Spec) -> u32 {
        let broken = self.levels.of(Fault::CableBroken);
        debug_assert!((0.0..=1.0).contains(&broken), "a cable is broken by {broken}");
        (f64::from(spec.broken_cable.0) * broken / (1.0 - broken).max(1e-6)) as u32
    }

    /// What the terminal's load loses in a break, in millivolts.
    fn lost_in_break(&self, spec: &Spec) -> u32 {
        let source = self.source(spec);
        source - at_terminal(Millivolts(source), spec.load, Milliohms(self.break_adds(spec))).0
    }

    /// Something has changed. A real supply is told what to give and says later what it does; its own cable is real.
    fn change(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if self.delivered.is_none() {
            return self.tell(spec, cx);
        }
        let millivolts = self.source(spec) - self.lost_in_break(spec);
        if millivolts != self.told {
            self.told = millivolts;
            cx.emit(InterActorMessage::Outside(Outside::Supply { millivolts }));
        }
    }

    fn tell(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let millivolts = self.loaded(spec);
        let on = millivolts > 0 && millivolts <= spec.cuts_off_above.0;
        cx.say(LocalMessage::Mains { on, millivolts });
        // Without a battery the terminal runs on what comes through the cable.
        if !cx.settings().profile(cx.me()).fits(Part::Battery) {
            cx.say(LocalMessage::Rail { on, millivolts });
        }
        let (low, high) = Self::limits(spec);
        if !(low..=high).contains(&millivolts) {
            cx.activated();
        }
        // The light of a charger needs the voltage that charging needs.
        if on && millivolts >= low {
            indication::gone(cx, Indication::ChargeLightOut);
        } else {
            indication::show(cx, Indication::ChargeLightOut);
        }
        let change = self.sensed.get_mut().changes.count(0);
        cx.after(self.shows_after(spec, cx), Timer::Sensed(change));
        cx.touch();
    }

    /// The voltages that charging needs and stands, in mV.
    fn limits(spec: &Spec) -> (u32, u32) {
        let nominal = f64::from(spec.nominal.0);
        let of = |share: f64| (nominal * share) as u32;
        let (low, high) = (of(1.0 - spec.tolerance.0), of(1.0 + spec.tolerance.0));
        debug_assert!(low <= high, "what is too low is not too high: {low} and {high} mV");
        (low, high)
    }

    /// How long it takes until what the voltage is now has been seen: by the pin and the bits of the charger, or by the meter.
    fn shows_after(&self, spec: &Spec, cx: &Context<'_, Models>) -> Span {
        let input = |unloaded: u32| unloaded > 0 && unloaded <= spec.cuts_off_above.0;
        let (is, was) = (self.unloaded(spec), self.sensed.get().shown.volts.map_or(spec.nominal.0, |it| it.1));
        match (input(is), input(was)) {
            (false, true) => PIN,
            (true, false) => PIN * 5,
            // Another reason for no input is in the bits of the charger at once.
            (false, false) => PIN,
            (true, true) => METER.shows_after(Span::ZERO, METERS, cx),
        }
    }

    /// What the voltage is now has been seen.
    fn sense(&mut self, spec: &Spec, cx: &Context<'_, Models>) {
        let (loaded, unloaded) = (self.loaded(spec), self.unloaded(spec));
        let had = self.sensed.get().shown.volts.is_none_or(|it| it.1 > 0);
        self.sensed.get_mut().shown.volts = Some((loaded, unloaded));
        if had && unloaded == 0 {
            self.sensed.get_mut().shown.losses.rotate_left(1);
            self.sensed.get_mut().shown.losses[LOOSE_AFTER - 1] = cx.now();
        }
        let first = self.sensed.get().shown.losses[0];
        debug_assert!(self.sensed.get().shown.losses.is_sorted(), "losses come one after the other");
        self.sensed.get_mut().shown.flickers = first > Instant::START && cx.now().since(first) <= FLICKERS_WITHIN;
    }

    /// A plug that sits loose: exponential times with and without contact, whose means give the share of the time.
    fn next_contact(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let gap = spec.contact_gap;
        let loose = self.levels.of(Fault::LoosePlug);
        debug_assert!(loose > 0.0, "a plug that sits fast does not lose contact");
        let mean = if self.apart { gap } else { gap.scaled((1.0 - loose) / loose) };
        self.contacts += 1;
        let draw = u64::from(self.plug) << 32 | u64::from(self.contacts);
        let wait = cx.stream(CONTACT, draw).exponential(mean);
        cx.after(wait, Timer::Contact(self.plug));
    }

    /// How loose the plug sits has changed: from here on its contacts are other ones.
    fn loosen(&mut self, spec: &Spec, share: f64, cx: &mut Context<'_, Models>) {
        debug_assert!((0.0..=1.0).contains(&share), "{share} is not a share of the time");
        self.plug += 1;
        self.contacts = 0;
        self.apart = share > 0.0;
        if share > 0.0 && share < 1.0 {
            self.next_contact(spec, cx);
        }
    }
}

indications! {
    /// The charging light is out though the cable is in.
    ChargeLightOut: 12, "charge-light-out", "充电灯不亮", Lights, SupplyBad { at_a_glance: true };
}

actions! {
    /// Brings a new charging cable.
    ReplaceCable: 9, "replace-cable", "更换电源线" { needs_part: true };
}

evidence! {
    /// The input was lost and came back often in a short time.
    ContactLosses: 10, "contact-losses", "接触反复中断", [
        "power.loose-plug" * 8.0, "power.voltage-sag" * 0.2, "power.voltage-swell" * 0.1, "power.wrong-adapter" * 0.1,
        "power.supply-outage" * 0.2,
    ];
    /// Nothing comes in.
    InputLost: 11, "input-lost", "输入丢失", [
        "power.voltage-sag" * 0.1, "power.voltage-swell" * 0.05, "power.wrong-adapter" * 0.1,
    ];
    /// More comes in than any mains that this adapter fits would bring.
    HighFromTheStart: 12, "high-from-the-start", "插入后即过高", [
        "power.wrong-adapter" * 50.0, "power.supply-outage" * 0.01, "power.loose-plug" * 0.01,
        "power.cable-broken" * 0.01, "power.voltage-sag" * 0.01,
    ];
    /// Too much comes in.
    InputHigh: 13, "input-high", "输入过高", [
        "power.voltage-swell" * 50.0, "power.wrong-adapter" * 5.0, "power.supply-outage" * 0.01,
        "power.loose-plug" * 0.01, "power.cable-broken" * 0.01, "power.voltage-sag" * 0.01,
    ];
    /// Too little comes in, with load and without.
    LowAlways: 14, "low-always", "输入偏低", [
        "power.voltage-sag" * 10.0, "power.supply-outage" * 0.1, "power.loose-plug" * 0.1, "power.cable-broken" * 0.2,
    ];
    /// Too little comes in under load, and enough without.
    LowUnderLoad: 15, "low-under-load", "带载偏低", [
        "power.cable-broken" * 15.0, "power.supply-outage" * 0.05, "power.loose-plug" * 0.2,
    ];
}

impl ActorPart<Models> for Power {
    const NAME: &'static str = "power";
    const ZH: &'static str = "电源";
    const ABOUT: &'static str = "Supply, adapter, plug and charging cable: the voltage that reaches the terminal.";
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "brown-out-detector",
            zh: "欠压检测",
            place: Place::Device,
            part: Part::Power,
            sees: "the voltage with and without load: outage, sag, swell, plug, cable, adapter",
            sees_zh: "有载与空载电压：断电、欠压、过压、插头、电源线、适配器",
            blind_to: "why the voltage is gone: a blackout of the street looks like a plug that is out",
            blind_to_zh: "电压消失的原因：整条街停电与插头脱落看起来一样",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if cx.settings().is_attached(cx.me(), cx.part()) {
            self.delivered = Some(spec.nominal.0);
            self.change(spec, cx);
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let plug = match timer {
            Timer::Contact(plug) => plug,
            Timer::Sensed(change) => {
                if self.sensed.get().changes.is_latest(0, change) {
                    self.sense(spec, cx);
                    cx.look();
                }
                return;
            }
        };
        debug_assert!(plug <= self.plug, "a plug has contact after it was loosened");
        if plug != self.plug {
            return;
        }
        self.apart = !self.apart;
        self.next_contact(spec, cx);
        self.change(spec, cx);
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Ready = message {
            cx.look();
        }
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        // Contacts that were lost before say nothing of how the plug sits now.
        self.sensed.get_mut().shown.losses = [Instant::START; LOOSE_AFTER];
        self.sense(spec, cx);
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        let (InterActorMessage::Outside(outside), Some(_)) = (message, self.delivered) else { return };
        let delivered = match outside {
            Outside::Delivered { millivolts } => millivolts,
            // What cannot be reached is taken to give nothing: that is how it is left where it can still be stopped.
            Outside::Gone => 0,
            _ => return,
        };
        if self.delivered != Some(delivered) {
            self.delivered = Some(delivered);
            self.tell(spec, cx);
        }
    }
}

impl DevicePart<Models> for Power {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::SupplyOutage, Mode {
            name: "supply-outage",
            zh: "供电中断",
            family: Family::Power,
            shows: &[(Symptom::SupplyBad, 0.95), (Symptom::TerminalDark, 0.3), (Symptom::NoHeartbeat, 0.3)],
            cause: "the mains of the street or the shop are cut",
            effects: Effects::of(
                "no voltage arrives at the terminal",
                "it runs on its battery and then not at all",
                "sales stop until the mains are back",
            ),
            ratings: Ratings::of(8, 8, 1),
            indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.2), (RecoveryAction::Repair, 0.5)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::Retry, Performer::Device, Span::minutes(30)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::VoltageSag, Mode {
            name: "voltage-sag",
            zh: "电压异常",
            family: Family::Power,
            shows: &[
                (Symptom::SupplyBad, 0.84),
                (Symptom::Restarts, 0.26),
                (Symptom::PrintsFaint, 0.068),
                (Symptom::SlowOperation, 0.053),
                (Symptom::BatteryRunsDown, 0.03),
                (Symptom::IndicationMissing, 0.0053),
            ],
            cause: "weak mains, or a heavy load beside the terminal",
            effects: Effects::of(
                "the voltage is too low to charge with, and at times to work with",
                "the terminal is slow, restarts and prints faintly",
                "sales are slow or break off",
            ),
            ratings: Ratings::of(6, 8, 2),
            indications: &[Indication::ChargeLightOut, Indication::RestartsByItself, Indication::SlowOperation, Indication::FaintPrint],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.5), (RecoveryAction::Repair, 0.9)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::VoltageSwell, Mode {
            name: "voltage-swell",
            zh: "电压过高",
            family: Family::Power,
            shows: &[(Symptom::SupplyBad, 0.93), (Symptom::TerminalDark, 0.39), (Symptom::NoHeartbeat, 0.24)],
            cause: "a fault or a switching surge in the mains",
            effects: Effects::of(
                "the protection cuts the terminal off",
                "it runs on its battery; a surge beyond the protection kills the board",
                "sales stop when the battery is empty, for good if the board is dead",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.5), (RecoveryAction::Repair, 0.9)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::LoosePlug, Mode {
            name: "loose-plug",
            zh: "插头松动",
            family: Family::Power,
            shows: &[
                (Symptom::SupplyBad, 0.95),
                (Symptom::TerminalDark, 0.3),
                (Symptom::NoHeartbeat, 0.25),
                (Symptom::Restarts, 0.1),
            ],
            cause: "the plug was pulled or sits loose",
            effects: Effects::of(
                "the contact comes and goes, or nothing arrives from the socket",
                "the battery carries the terminal, then it stops",
                "sales stop until somebody pushes the plug in",
            ),
            ratings: Ratings::of(7, 8, 2),
            indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            // Who puts in another cable pushes its plug in.
            cleared_by: &[(RecoveryAction::Replug, 0.95), (RecoveryAction::ReplaceCable, 0.95), (RecoveryAction::Repair, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::CableBroken, Mode {
            name: "cable-broken",
            zh: "电源线损坏",
            family: Family::Power,
            shows: &[
                (Symptom::SupplyBad, 0.95),
                (Symptom::Restarts, 0.42),
                (Symptom::TerminalDark, 0.3),
                (Symptom::NoHeartbeat, 0.21),
                (Symptom::SlowOperation, 0.11),
                (Symptom::BatteryRunsDown, 0.099),
                (Symptom::PrintsFaint, 0.068),
            ],
            cause: "a cable that is bent and pulled until its strands break",
            effects: Effects::of(
                "the voltage falls under load, or nothing arrives through the cable",
                "charging is slow, the terminal restarts, the battery runs down",
                "sales stop until there is a new cable",
            ),
            ratings: Ratings::of(7, 6, 2),
            indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen, Indication::RestartsByItself, Indication::SlowOperation],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::ReplaceCable, 0.98), (RecoveryAction::Repair, 1.0), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::WrongAdapter, Mode {
            name: "wrong-adapter",
            zh: "电压不符合设备要求",
            family: Family::Power,
            shows: &[(Symptom::SupplyBad, 0.93), (Symptom::TerminalDark, 0.39), (Symptom::NoHeartbeat, 0.24)],
            cause: "the adapter of another device was plugged in",
            effects: Effects::of(
                "a voltage arrives that the terminal is not made for",
                "the protection cuts the terminal off, and the board may die",
                "sales stop until the right adapter is in, for good if the board is dead",
            ),
            ratings: Ratings::of(8, 4, 2),
            indications: &[Indication::ChargeLightOut, Indication::PowerLightOut, Indication::BlankScreen],
            seen_by: &[Part::Power, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::ReplaceCable, 0.95), (RecoveryAction::Repair, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::ReplaceCable, Performer::Attendant, Span::minutes(30)),
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
        if fault == Fault::LoosePlug {
            self.loosen(spec, level, cx);
        }
        self.change(spec, cx);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let (low, high) = Self::limits(spec);
        let (loaded, unloaded) = self.sensed.get().shown.volts.unwrap_or((spec.nominal.0, spec.nominal.0));
        let (cuts_off_above, flickers) = (spec.cuts_off_above.0, self.sensed.get().shown.flickers);
        Reading { loaded, unloaded, low, high, cuts_off_above, flickers }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { loaded, unloaded, low, high, cuts_off_above, flickers } = *reading;
        let another_adapter = (f64::from(high.max(cuts_off_above)) * NO_MAINS) as u32;
        let seen = match unloaded {
            _ if flickers => Some(Evidence::ContactLosses),
            0 => Some(Evidence::InputLost),
            volts if volts > another_adapter => Some(Evidence::HighFromTheStart),
            volts if volts > high => Some(Evidence::InputHigh),
            volts if volts < low => Some(Evidence::LowAlways),
            _ if loaded < low => Some(Evidence::LowUnderLoad),
            _ => None,
        };
        seen.map(|it| Finding::of(Symptom::SupplyBad).with(it)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::suspect_of_last;

    fn with(fault: Fault, level: f64) -> Power {
        Power { levels: Levels::from([(fault, level)]), ..Power::default() }
    }

    fn broken(level: f64) -> u32 {
        with(Fault::CableBroken, level).loaded(&Spec::default())
    }

    #[test]
    fn the_voltage_at_the_terminal_is_supply_less_load_times_resistance() {
        let at = |load, resistance| {
            at_terminal(Millivolts(5_000), Milliamperes(load), Milliohms(resistance)).0
        };
        assert_eq!(at(800, 100), 4_920);
        assert_eq!(at(800, 1_100), 4_120);
        assert_eq!(at(0, 1_100), 5_000, "no load, no drop");
        assert_eq!(at(2_000, 10_000), 0, "there is no negative voltage");
    }

    #[test]
    fn a_cable_break_is_a_resistance_that_grows_without_bound() {
        assert_eq!(broken(0.0), 4_920);
        assert_eq!(broken(0.5), 4_120, "one ohm more");
        assert!(broken(0.25) > broken(0.3) && broken(0.3) > broken(0.4));
        assert_eq!(broken(1.0), 0);
    }

    #[test]
    fn the_charger_tells_a_bad_cable_from_a_bad_supply_by_its_own_load() {
        let spec = Spec::default();
        let sees = |mut power: Power| {
            power.sensed.get_mut().shown.volts = Some((power.loaded(&spec), power.unloaded(&spec)));
            suspect_of_last(&Power::detect(&NoThresholds {}, &mut (), &power.reading(&spec, Instant::START)))
        };
        assert_eq!(sees(Power::default()), None);
        assert_eq!(sees(with(Fault::CableBroken, 0.4)), Some(Fault::CableBroken.into()));
        assert_eq!(sees(with(Fault::VoltageSag, 0.1)), Some(Fault::VoltageSag.into()));
        assert_eq!(sees(with(Fault::VoltageSwell, 0.2)), Some(Fault::VoltageSwell.into()));
        assert_eq!(sees(with(Fault::WrongAdapter, 1.0)), Some(Fault::WrongAdapter.into()));
        // From inside, plug, mains and an open cable look alike: the commonest comes first, and of equals the first of the catalogue.
        assert_eq!(sees(with(Fault::SupplyOutage, 1.0)), Some(Fault::SupplyOutage.into()));
        assert_eq!(sees(with(Fault::CableBroken, 1.0)), Some(Fault::SupplyOutage.into()));
    }

    #[test]
    fn what_a_real_supply_delivers_is_what_the_charger_sees() {
        let spec = Spec::default();
        let real = |delivered, broken| {
            Power { delivered: Some(delivered), ..with(Fault::CableBroken, broken) }
        };
        let sees = |mut power: Power| {
            power.sensed.get_mut().shown.volts = Some((power.loaded(&spec), power.unloaded(&spec)));
            suspect_of_last(&Power::detect(&NoThresholds {}, &mut (), &power.reading(&spec, Instant::START)))
        };
        assert_eq!(sees(real(5_010, 0.0)), None);
        assert_eq!(sees(real(4_300, 0.0)), Some(Fault::VoltageSag.into()), "whatever the scenario wanted");
        assert_eq!(sees(real(0, 0.0)), Some(Fault::SupplyOutage.into()));
        // The break was in what the supply was told: 800 mA through one ohm more.
        assert_eq!(sees(real(4_200, 0.5)), Some(Fault::CableBroken.into()));
    }
}
