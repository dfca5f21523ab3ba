//! Power supply: socket, adapter, plug, charging cable, and the voltage that arrives.

mod modes;

use crate::rare::Rare;
use crate::sensed::Changes;
use crate::sensor::{expect, Meter, Metered, Voltmeter};
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, Mode, ActorPart, DevicePart, Levels, Finding};
use faults::detectors::{Limit, Side};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::outside::Outside;
use crate::quantity::{Milliamperes, Millivolts, Milliohms};
use crate::wire::InterActorMessage;
use crate::{Models, Part};
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
    /// The meter of the input's voltage, with the terminal's load and without.
    pub meter: Voltmeter,
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
            meter: Voltmeter::default(),
        }
    }
}

/// When the terminal holds its supply to be bad.
///
/// By default 5 % below or above the nominal voltage, three readings in a row: a sound cable leaves 4.92 V of 5 V, which is 8.5 times the meter's
/// error of 20 mV away. The pin that says that there is an input does not lie: what it says by default after a second is a plug that
/// somebody has pulled, too. Four losses within half an hour are one false alarm in 5,000 terminal-months at one unplugging a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PowerThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings that are lower than the nominal voltage by more than this share are too low.
    pub below_nominal: Probability,
    /// Readings that are higher by more than this share are too high.
    pub above_nominal: Probability,
    /// It is over at the first reading that is back by more than this share of the nominal voltage; one within the band holds the
    /// count.
    pub hysteresis: Probability,
    /// So many readings beyond a limit are an alarm.
    pub readings: NonZeroU8,
    /// An input that is lost, or so high that the charger cuts it off, is held to be so when it has been for so long without a break.
    pub lost_after: Span,
    /// An input that is back is held to be when it has been for so long without a break.
    pub back_after: Span,
    /// So many losses are a contact that comes and goes, at most eight.
    pub losses: NonZeroU8,
    /// Within so long a time.
    pub losses_within: Span,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            below_nominal: Probability(0.05),
            above_nominal: Probability(0.05),
            hysteresis: Probability(0.02),
            readings: NonZeroU8::MIN.saturating_add(2),
            lost_after: Span::secs(1),
            back_after: Span::secs(5),
            losses: NonZeroU8::MIN.saturating_add(3),
            losses_within: Span::minutes(30),
        }
    }
}

impl Thresholds {
    /// Too low and too high, in millivolts.
    fn limits(&self, spec: &Spec) -> [Limit; 2] {
        let of = |share: f64| libm::round(f64::from(spec.nominal.0) * share) as i64;
        let limit = |side, at| Limit { side, at, hysteresis: of(self.hysteresis.0), in_a_row: self.readings.get() };
        [
            limit(Side::Below, of(1.0 - self.below_nominal.0)),
            limit(Side::Above, of(1.0 + self.above_nominal.0)),
        ]
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
    sensed: Rare<Sensed>,
    /// What came of the meter's readings under load: too low, too high.
    with_load: Rare<Metered<2>>,
    /// What came of those without it.
    without_load: Rare<Metered<2>>,
}

/// What was sensed of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sensed {
    /// Changes of the input: a note of an earlier one is ignored.
    changes: Changes<1>,
    /// What pin and charger say of the input.
    input: Input,
    /// What was measured of the input when they last said something else, in mV.
    measured: i64,
    /// When the input was lost the last times, the latest last.
    losses: [Instant; MOST_LOSSES],
}

/// What the pin of the input and the bits of the charger say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
enum Input {
    #[default]
    Good,
    Lost,
    CutOff,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A plug that sits loose makes or loses contact.
    Contact(u32),
    /// The input has changed so often, and pin and charger have said for long enough what it is now.
    Debounced(u32),
    /// The meter shows what may change an alarm, by the plan of this number: under load.
    Loaded(u32),
    /// Without load.
    Unloaded(u32),
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
    input: Input,
    /// What was measured of the input when pin and charger last said something else, in mV.
    measured: i64,
    /// From so much on no mains would bring it through this adapter.
    another_adapter: i64,
    /// How long before the last loss of the input each of the last ones was.
    losses: [Option<Span>; MOST_LOSSES],
    low_loaded: bool,
    low_unloaded: bool,
    high_unloaded: bool,
}

const CONTACT: Purpose = Purpose::of("power: how long a loose plug has contact, or none");

/// How much more than the nominal voltage the wrong adapter of magnitude 1 gives: a 12 V adapter at a 5 V device.
const WRONG_BY: f64 = 1.4;
/// More than half again as much voltage is not a bad mains: it is another adapter.
const NO_MAINS: f64 = 1.5;
/// So many losses of the input are remembered.
const MOST_LOSSES: usize = 8;
const LOADED: Purpose = Purpose::of("power: readings of the voltage under load");
const UNLOADED: Purpose = Purpose::of("power: readings of the voltage without load");
const LOW: usize = 0;
const HIGH: usize = 1;

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
        let (is, said) = (self.input(spec), self.sensed.get().input);
        if is != said {
            let thresholds = &cx.settings().policy.detectors.parts.power;
            let wait = if is == Input::Good { thresholds.back_after } else { thresholds.lost_after };
            cx.after(wait, Timer::Debounced(change));
        }
        self.meter_again(spec, cx);
        cx.touch();
    }

    /// What pin and charger would say now.
    fn input(&self, spec: &Spec) -> Input {
        match self.unloaded(spec) {
            0 => Input::Lost,
            volts if volts > spec.cuts_off_above.0 => Input::CutOff,
            _ => Input::Good,
        }
    }

    /// The meter under load and the meter without.
    fn meters(spec: &Spec, cx: &Context<'_, Models>) -> (Meter<2>, Meter<2>) {
        let limits = cx.settings().policy.detectors.parts.power.limits(spec);
        let sound = at_terminal(spec.nominal, spec.load, spec.cable).0.into();
        let with = Meter { sensor: spec.meter.sensor(LOADED), limits, sound };
        (with, Meter { sensor: spec.meter.sensor(UNLOADED), sound: spec.nominal.0.into(), ..with })
    }

    /// The voltage has changed. Without an input the meter is off: what it would show counts as nothing.
    fn meter_again(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (with, without) = Self::meters(spec, cx);
        let on = self.input(spec) == Input::Good;
        let off = |volts: u32, sound: f64| if on { f64::from(volts) - sound } else { 0.0 };
        let (loaded, unloaded) = (off(self.loaded(spec), with.sound), off(self.unloaded(spec), without.sound));
        let planned = with.differs(&mut self.with_load, loaded, cx);
        expect(planned, Timer::Loaded, cx);
        let planned = without.differs(&mut self.without_load, unloaded, cx);
        expect(planned, Timer::Unloaded, cx);
    }

    /// The voltages that charging needs and stands, in mV.
    fn limits(spec: &Spec) -> (u32, u32) {
        let nominal = f64::from(spec.nominal.0);
        let of = |share: f64| (nominal * share) as u32;
        let (low, high) = (of(1.0 - spec.tolerance.0), of(1.0 + spec.tolerance.0));
        debug_assert!(low <= high, "what is too low is not too high: {low} and {high} mV");
        (low, high)
    }

    /// Pin and charger have said for long enough what the input is now; the meter is read with it.
    fn sense(&mut self, spec: &Spec, cx: &Context<'_, Models>) {
        let is = self.input(spec);
        let meter = spec.meter.sensor(UNLOADED).installed(cx);
        let measured = meter.shows_now(self.unloaded(spec).into(), cx.now());
        let sensed = self.sensed.get_mut();
        let said = std::mem::replace(&mut sensed.input, is);
        sensed.measured = measured;
        if said != Input::Lost && is == Input::Lost {
            sensed.losses.rotate_left(1);
            sensed.losses[MOST_LOSSES - 1] = cx.now();
        }
        debug_assert!(sensed.losses.is_sorted(), "losses come one after the other");
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
        let (with, without) = Self::meters(spec, cx);
        let planned = with.begin(&mut self.with_load, cx);
        expect(planned, Timer::Loaded, cx);
        let planned = without.begin(&mut self.without_load, cx);
        expect(planned, Timer::Unloaded, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let plug = match timer {
            Timer::Contact(plug) => plug,
            Timer::Debounced(change) => {
                if self.sensed.get().changes.is_latest(0, change) {
                    self.sense(spec, cx);
                    cx.look();
                }
                return;
            }
            Timer::Loaded(plan) => {
                let planned = Self::meters(spec, cx).0.sampled(&mut self.with_load, plan, cx);
                return expect(planned, Timer::Loaded, cx);
            }
            Timer::Unloaded(plan) => {
                let planned = Self::meters(spec, cx).1.sampled(&mut self.without_load, plan, cx);
                return expect(planned, Timer::Unloaded, cx);
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
        self.sensed.get_mut().losses = [Instant::START; MOST_LOSSES];
        self.sense(spec, cx);
        let (with, without) = Self::meters(spec, cx);
        let planned = with.measure(&mut self.with_load, cx);
        expect(planned, Timer::Loaded, cx);
        let planned = without.measure(&mut self.without_load, cx);
        expect(planned, Timer::Unloaded, cx);
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
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
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
        let Sensed { input, measured, losses, .. } = self.sensed.get();
        let (loaded, unloaded) = (self.with_load.get(), self.without_load.get());
        let last = losses[MOST_LOSSES - 1];
        let high = f64::from(Self::limits(spec).1.max(spec.cuts_off_above.0));
        Reading {
            input,
            measured,
            another_adapter: (high * NO_MAINS) as i64,
            losses: losses.map(|it| (it > Instant::START).then(|| last.since(it))),
            low_loaded: loaded.stands(LOW),
            low_unloaded: unloaded.stands(LOW),
            high_unloaded: unloaded.stands(HIGH),
        }
    }
    fn detect(thresholds: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let first = reading.losses[MOST_LOSSES.saturating_sub(usize::from(thresholds.losses.get()))];
        let flickers = first.is_some_and(|it| it <= thresholds.losses_within);
        let seen = match reading.input {
            _ if flickers => Some(Evidence::ContactLosses),
            Input::Lost => Some(Evidence::InputLost),
            Input::CutOff if reading.measured > reading.another_adapter => Some(Evidence::HighFromTheStart),
            Input::CutOff => Some(Evidence::InputHigh),
            Input::Good if reading.high_unloaded => Some(Evidence::InputHigh),
            Input::Good if reading.low_unloaded => Some(Evidence::LowAlways),
            Input::Good if reading.low_loaded => Some(Evidence::LowUnderLoad),
            Input::Good => None,
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

    /// What meters without an error show.
    fn exactly(power: &Power) -> Reading {
        let spec = Spec::default();
        let [low, high] = Thresholds::default().limits(&spec).map(|it| it.at);
        let (loaded, unloaded) = (i64::from(power.loaded(&spec)), i64::from(power.unloaded(&spec)));
        Reading {
            input: power.input(&spec),
            measured: unloaded,
            low_loaded: loaded < low,
            low_unloaded: unloaded < low,
            high_unloaded: unloaded > high,
            ..power.reading(&spec, Instant::START)
        }
    }

    #[test]
    fn the_charger_tells_a_bad_cable_from_a_bad_supply_by_its_own_load() {
        let sees = |power: Power| suspect_of_last(&Power::detect(&Thresholds::default(), &mut (), &exactly(&power)));
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
        let real = |delivered, broken| {
            Power { delivered: Some(delivered), ..with(Fault::CableBroken, broken) }
        };
        let sees = |power: Power| suspect_of_last(&Power::detect(&Thresholds::default(), &mut (), &exactly(&power)));
        assert_eq!(sees(real(5_010, 0.0)), None);
        assert_eq!(sees(real(4_300, 0.0)), Some(Fault::VoltageSag.into()), "whatever the scenario wanted");
        assert_eq!(sees(real(0, 0.0)), Some(Fault::SupplyOutage.into()));
        // The break was in what the supply was told: 800 mA through one ohm more.
        assert_eq!(sees(real(4_200, 0.5)), Some(Fault::CableBroken.into()));
    }
}
