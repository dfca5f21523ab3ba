//! Battery and charger: charge, load, age and cold decide how long a terminal lives without its cable.

mod modes;

use crate::rare::Rare;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Fitting, Context, Mode, ActorPart, DevicePart, Levels, Finding, seen};
use sim::{Instant, Purpose, Span, normal};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::sampling::Sampling;
use crate::quantity::{Celsius, MilliampHours, Millivolts};
use crate::telemetry::{self, Gauge};
use crate::wear::{WearLife, Wear};
use crate::{Models, Part};
use crate::detectors::{Detector, Place};

/// Settings of the battery.
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
    pub low: Probability,
    /// Below this voltage the cable brings nothing that charges; up to 300 mV above it, it brings a part.
    pub charges_from: Millivolts,
    /// Share of the capacity that one full charge cycle costs.
    pub fade_per_cycle: Factor,
    /// Share of the capacity that a year costs at 25 °C; it doubles every 10 K.
    pub fade_per_year: Factor,
    /// For how many full charge cycles it lasts before it loses most of its capacity at once; none: it only fades.
    pub life: Option<WearLife>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            capacity: MilliampHours(2_600),
            load: MilliampHours(250),
            charging: MilliampHours(1_000),
            low: Probability(0.15),
            charges_from: Millivolts(4_400),
            // Lithium-ion cells keep 80 % for 300 to 500 cycles; the better ones lose 0.025 to 0.048 % a cycle.
            fade_per_cycle: Factor(0.000_4),
            // Assumed: 4 % a year on the shelf. No figure for a payment terminal was found.
            fade_per_year: Factor(0.04),
            life: None,
        }
    }
}

/// When the terminal holds its battery to be in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BatteryThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// It is aged when the last two deep discharges brought less than this share of what it held when it was new. By default 0.6: of a battery that
    /// holds 0.7, two in ten million are false alarms, the gauge being 3 % off.
    pub health_below: Probability,
    /// The charger is asked every minute: not charging is what it says so many times running, though there is an input, the cell is
    /// not full and neither too hot nor too cold. By default a quarter of an hour.
    pub polls_without_current: NonZeroU8,
    /// It is due for exchange after so many full charge cycles.
    pub cycles: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            health_below: Probability(0.6),
            polls_without_current: NonZeroU8::MIN.saturating_add(14),
            cycles: 1_000,
        }
    }
}

/// State of the battery.
#[derive(Clone, Component, Debug)]
pub struct Battery {
    levels: Levels<Fault>,
    /// Charge at `since`, in mAh.
    charge: f64,
    since: Instant,
    mains: bool,
    millivolts: u32,
    /// Change of the charge since then, in mAh an hour. It is kept because the level of a fault is the new one already when
    /// what has flowed until then is counted.
    flows: f64,
    /// Share of the capacity that is left after all that a fault has taken: a new battery has all of it, even where the
    /// exchange does not end the fault.
    health: f64,
    /// Share of the capacity that cycles and years have taken.
    faded: f64,
    /// What has been drawn from it and not yet counted as a full cycle, in mAh.
    drawn: f64,
    cycles: Wear,
    /// In degrees Celsius.
    temperature: f64,
    /// Counts changes: a note of an earlier state is ignored.
    epoch: u32,
    rail: bool,
    /// What was measured of it.
    gauge: Rare<Shown>,
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    /// Charge when it began to be drawn from, in mAh.
    from: f64,
    /// Whether it is drawn from now.
    draws: bool,
    /// Discharges that were deep enough to learn from.
    learnt: u32,
    /// There is an input, the cell is not full, and no current has charged it for long.
    idle: bool,
    /// What it can still hold by the last two deep discharges, the latest last: shares of what it held when it was new.
    health: [f64; 2],
}

impl Default for Shown {
    fn default() -> Self {
        Self { from: 0.0, draws: false, learnt: 0, idle: false, health: [1.0; 2] }
    }
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The symbol turns red.
    Low(u32),
    /// Nothing is left.
    Empty(u32),
    /// The charger has been asked often enough since the flows changed so often.
    Polled(u32),
    /// The gauge has rested and works out what the cell can hold.
    Learnt,
}

/// Fault modes of the battery.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BatteryFault")]
pub enum Fault {
    /// It holds less than it should; the magnitude is the share that is lost.
    Aged,
    /// The charger puts nothing in, though the cable brings enough.
    ChargerDead,
}

/// What the fuel gauge says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    fitted: bool,
    /// There is an input, the cell is not full, and no current has charged it for long.
    idle: bool,
    /// What it can still hold by the last two deep discharges.
    health: [f64; 2],
    cycles: u32,
}

/// Full voltage of the rail behind the battery's converter, and what is left of it while the charge is low, in millivolts.
const RAIL: u32 = 5_000;
const RAIL_LOW: u32 = 4_550;
/// Volts of the cable over which the charger goes from nothing to its full current, in millivolts.
const CHARGES_FULLY_OVER: f64 = 300.0;
/// A charger does not charge a lithium-ion cell that is colder or hotter than this, in degrees Celsius.
const CHARGES_BETWEEN: std::ops::RangeInclusive<f64> = 0.0..=45.0;
/// Charge from which on a cell is held to be full.
const FULL: f64 = 0.95;
/// The charger is asked so often.
const ASKED_EVERY: Span = Span::secs(60);
const POLLS: Purpose = Purpose::of("battery: phase of the charger's polls");
/// A gauge learns from a discharge of so much of the capacity, to three per cent.
const LEARNS_FROM: f64 = 0.37;
const LEARNS_TO: f64 = 0.03;
/// It rests so long before it does.
const LEARNT_AFTER: Span = Span::minutes(1);
const LEARNS: Purpose = Purpose::of("battery: what the gauge learns");
const LIFE: Purpose = Purpose::of("battery: life in cycles");
const YEAR: f64 = 365.0 * 86_400.0;

/// Share of a lithium-ion cell's charge that can be drawn at a temperature: all of it at 25 °C and above, four fifths at
/// freezing point, half at -20 °C, straight lines between. A rule of thumb, not a data sheet: discharge curves of
/// different cells lie 10 % apart.
pub fn usable(celsius: Celsius) -> f64 {
    let degrees = celsius.degrees();
    let share = match degrees {
        25.0.. => 1.0,
        0.0.. => 0.8 + 0.2 * degrees / 25.0,
        _ => (0.8 + 0.3 * degrees / 20.0).max(0.2),
    };
    debug_assert!((0.2..=1.0).contains(&share), "{share} of a capacity at {degrees} degrees");
    share
}

/// How long a full battery drives a load at a temperature, if this share of its capacity is left.
pub fn runtime(capacity: MilliampHours, load: MilliampHours, health: f64, at: Celsius) -> Span {
    debug_assert!((0.0..=1.0).contains(&health), "{health} is not a share of a capacity");
    let hours = f64::from(capacity.0) * health * usable(at) / f64::from(load.0.max(1));
    Span::from_secs_f64(hours * 3_600.0)
}

impl Battery {
    fn health(&self) -> f64 {
        (self.health * (1.0 - self.faded)).clamp(0.01, 1.0)
    }

    fn capacity(&self, spec: &Spec) -> f64 {
        let capacity = f64::from(spec.capacity.0) * self.health();
        debug_assert!(capacity <= f64::from(spec.capacity.0), "age adds nothing: {capacity} mAh");
        capacity
    }

    /// What cannot be drawn because of the cold, in mAh: it is there again when it is warm.
    fn frozen(&self, spec: &Spec) -> f64 {
        debug_assert!(self.temperature.is_finite(), "a temperature is a number");
        self.capacity(spec) * (1.0 - usable(Celsius::of(self.temperature)))
    }

    /// Share of the charger's current that the cable's voltage allows.
    fn fed(&self, spec: &Spec) -> f64 {
        let above = f64::from(self.millivolts) - f64::from(spec.charges_from.0);
        if self.mains { (above / CHARGES_FULLY_OVER).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Change of the charge in mAh an hour: what goes in, less what goes out.
    fn rate(&self, spec: &Spec) -> f64 {
        let (charging, load) = (f64::from(spec.charging.0), f64::from(spec.load.0));
        let fed = if self.levels.has(Fault::ChargerDead) { 0.0 } else { self.fed(spec) };
        if CHARGES_BETWEEN.contains(&self.temperature) {
            fed * (charging + load) - load
        } else {
            // The terminal may run on its cable, but the cell gets nothing.
            load * (fed - 1.0)
        }
    }

    /// Whether it should be charged and is not, as far as the charger and the gauge can tell now.
    fn is_idle(&self, spec: &Spec) -> bool {
        let cable = spec.capacity.0 > 0 && self.fed(spec) >= 1.0;
        let waits = !CHARGES_BETWEEN.contains(&self.temperature);
        cable && !waits && self.flows <= 0.0
    }

    /// Plans when the charger will have been asked for long enough.
    fn expect_idle(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let idle = self.is_idle(spec);
        if idle == self.gauge.get().idle {
            return;
        }
        let above = (self.charge - FULL * self.capacity(spec)).max(0.0);
        let until = if above > 0.0 && self.flows < 0.0 { above / -self.flows } else { 0.0 };
        let wait = Span::from_secs_f64(until * 3_600.0);
        let polls = cx.settings().policy.detectors.parts.battery.polls_without_current;
        let asked = Sampling::every(ASKED_EVERY, polls.get().into());
        cx.after(asked.shows_after(wait, POLLS, cx), Timer::Polled(self.epoch));
    }

    /// It begins to be drawn from, or does so no more: the gauge learns from a discharge that was deep enough.
    fn turns(&mut self, spec: &Spec, draws: bool, cx: &mut Context<'_, Models>) {
        let Shown { from, draws: drew, .. } = self.gauge.get();
        if draws == drew {
            return;
        }
        if draws {
            self.gauge.get_mut().from = self.charge;
        } else if from - self.charge >= LEARNS_FROM * self.capacity(spec) {
            self.learn(cx);
            cx.after(LEARNT_AFTER, Timer::Learnt);
        }
        debug_assert!(from >= 0.0, "it is drawn from {from} mAh");
        self.gauge.get_mut().draws = draws;
    }

    /// The gauge measures what the cell can hold.
    fn learn(&mut self, cx: &Context<'_, Models>) {
        let Shown { learnt, health, .. } = self.gauge.get();
        let bits = cx.draw(LEARNS, u64::from(learnt + 1));
        let measured = self.health() * (1.0 + LEARNS_TO * normal([bits[0], bits[1]]));
        debug_assert!(measured.is_finite(), "a gauge shows a number");
        let gauge = self.gauge.get_mut();
        (gauge.learnt, gauge.health) = (learnt + 1, [health[1], measured.clamp(0.0, 1.0)]);
    }

    /// Something has changed: from now on it flows otherwise. Makes notes of what will follow from that.
    fn update(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.epoch += 1;
        let (charge, rate) = (self.charge - self.frozen(spec), self.rate(spec));
        debug_assert!(rate.is_finite(), "a current is a number, not {rate}");
        self.flows = rate;
        self.turns(spec, rate < 0.0, cx);
        self.expect_idle(spec, cx);
        if spec.capacity.0 > 0 && rate < 0.0 {
            let until = |level: f64| Span::from_secs_f64(((charge - level) / -rate).max(0.0) * 3_600.0);
            let low = (self.capacity(spec) - self.frozen(spec)) * spec.low.0;
            cx.after(until(low), Timer::Low(self.epoch));
            cx.after(until(0.0), Timer::Empty(self.epoch));
        } else {
            indication::gone(cx, Indication::LowBatteryText);
        }
        let fitted = spec.capacity.0 > 0;
        let on = if fitted { charge > 0.0 || rate >= 0.0 } else { self.mains };
        if on != self.rail || !fitted || rate >= 0.0 {
            self.rail = on;
            cx.say(LocalMessage::Rail { on, millivolts: if fitted { RAIL } else { self.millivolts } });
        }
        cx.touch();
    }

    /// What it holds when it has flowed as it does for so many seconds, in mAh.
    fn charge_after(&self, spec: &Spec, secs: f64) -> f64 {
        debug_assert!(secs >= 0.0, "what will have flowed in {secs} seconds has flowed already");
        (self.charge + self.flows * secs / 3_600.0).clamp(0.0, self.capacity(spec))
    }

    /// Brings charge and age up to date, by the rate since then: whoever changes it calls this first and [`Self::update`]
    /// afterwards.
    fn flow(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let now = cx.now();
        debug_assert!(now >= self.since, "the time of a battery does not go back");
        let secs = now.since(self.since).as_secs_f64();
        let before = self.charge;
        self.charge = self.charge_after(spec, secs);
        self.since = now;
        let warmer = libm::exp2((self.temperature - 25.0) / 10.0);
        self.faded += spec.fade_per_year.0 * warmer * secs / YEAR;
        let full = f64::from(spec.capacity.0);
        self.drawn += (before - self.charge).max(0.0);
        if full > 0.0 && self.drawn >= full {
            let cycles = (self.drawn / full) as u32;
            self.drawn -= full * f64::from(cycles);
            self.faded += spec.fade_per_cycle.0 * f64::from(cycles);
            if self.cycles.used(cycles, spec.life.as_ref(), LIFE, cx) {
                cx.broke(Fault::Aged.into());
            }
        }
        self.charge = self.charge.min(self.capacity(spec));
        debug_assert!(self.charge >= 0.0, "a battery holds no less than nothing: {}", self.charge);
        debug_assert!(self.faded >= 0.0, "no battery gets younger: {}", self.faded);
        debug_assert!(self.drawn >= 0.0, "what is drawn is not put in: {}", self.drawn);
    }

    /// A new battery comes charged.
    fn renew(&mut self, spec: &Spec) {
        (self.health, self.faded, self.drawn) = (1.0, 0.0, 0.0);
        self.cycles.renew();
        self.charge = f64::from(spec.capacity.0);
        if self.gauge.get().draws {
            self.gauge.get_mut().draws = false;
        }
    }
}

evidence! {
    /// There is an input, the cell is not full, and no current charges it.
    NoChargeCurrent: 20, "no-charge-current", "无充电电流", ["battery.charger-dead" * 20.0, "battery.aged" * 0.2];
    /// The last two deep discharges brought less than they should.
    HealthLow: 21, "health-low", "电池健康度低", ["battery.aged" * 20.0, "battery.charger-dead" * 0.1];
    /// It has been charged as often as it is made for.
    CyclesUsedUp: 22, "cycles-used-up", "循环次数到寿", ["battery.aged" * 100.0];
}

impl ActorPart<Models> for Battery {
    const NAME: &'static str = "battery";
    const ZH: &'static str = "电池";
    const ABOUT: &'static str = "Battery and charger: how long the terminal lives without its cable.";
    const FITTING: Fitting = Fitting::Standard;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "battery-gauge",
            zh: "电量检测",
            place: Place::Device,
            part: Part::Battery,
            sees: "charge, charging, cycles, and what the battery can still hold",
            sees_zh: "电量、充电状态、循环次数以及电池还能保持的容量",
            blind_to: "a cell that will fail tomorrow and holds its charge today",
            blind_to_zh: "今天还能存电、明天就会失效的电芯",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Mains, Topic::Temperature, Topic::Swapped, Topic::NewBattery, Topic::Ready,
        Topic::Report,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        let mut battery = Self {
            levels: Levels::default(),
            charge: f64::from(spec.capacity.0),
            since: Instant::START,
            mains: true,
            millivolts: RAIL,
            flows: 0.0,
            health: 1.0,
            faded: 0.0,
            drawn: 0.0,
            cycles: Wear::default(),
            temperature: 25.0,
            epoch: 0,
            rail: true,
            gauge: Rare::default(),
        };
        battery.flows = battery.rate(spec);
        battery
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Low(epoch) if epoch == self.epoch => {
                cx.activated();
                indication::show(cx, Indication::LowBatteryText);
                // The cell's voltage falls with its charge; the print head is the first to feel it.
                cx.say(LocalMessage::Rail { on: self.rail, millivolts: RAIL_LOW });
            }
            Timer::Empty(epoch) if epoch == self.epoch => {
                self.flow(spec, cx);
                self.charge = self.charge.min(self.frozen(spec));
                debug_assert!(self.charge >= 0.0, "an empty battery holds nothing, not less");
                self.rail = false;
                cx.say(LocalMessage::Rail { on: false, millivolts: 0 });
                cx.touch();
            }
            Timer::Polled(epoch) if epoch == self.epoch => {
                self.flow(spec, cx);
                self.gauge.get_mut().idle = self.is_idle(spec);
                cx.look();
            }
            Timer::Learnt => cx.look(),
            Timer::Low(_) | Timer::Empty(_) | Timer::Polled(_) => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Mains { on, millivolts } => {
                self.flow(spec, cx);
                (self.mains, self.millivolts) = (on, millivolts);
                self.update(spec, cx);
            }
            LocalMessage::Temperature(celsius) => {
                self.flow(spec, cx);
                self.temperature = celsius.degrees();
                self.update(spec, cx);
            }
            LocalMessage::NewBattery | LocalMessage::Swapped => {
                self.renew(spec);
                // Whoever puts in another cell tells the gauge.
                self.gauge.get_mut().health = [1.0; 2];
                self.update(spec, cx);
            }
            LocalMessage::Ready => cx.look(),
            LocalMessage::Report if spec.capacity.0 > 0 => {
                self.flow(spec, cx);
                let charge = telemetry::percent(self.charge / self.capacity(spec));
                cx.say(LocalMessage::Measured { gauge: Gauge::Charge, value: charge });
                let health = telemetry::percent(self.gauge.get().health[1]);
                cx.say(LocalMessage::Measured { gauge: Gauge::BatteryHealth, value: health });
                cx.say(LocalMessage::Measured { gauge: Gauge::Supply, value: self.millivolts });
            }
            _ => {}
        }
    }
    fn able(&self, _: &Spec) -> bool {
        self.rail
    }
    fn retest(&mut self, spec: &Spec, symptom: Symptom, cx: &mut Context<'_, Models>) {
        self.flow(spec, cx);
        self.gauge.get_mut().idle = self.is_idle(spec);
        if symptom == Symptom::BatteryRunsDown {
            self.learn(cx);
            self.learn(cx);
        }
    }
}

impl DevicePart<Models> for Battery {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        self.flow(spec, cx);
        match fault {
            Fault::Aged if level > 0.0 => {
                self.health = 1.0 - level.min(0.99);
                debug_assert!(self.health > 0.0, "an aged battery still holds something");
                self.charge = self.charge.min(self.capacity(spec));
            }
            Fault::Aged => self.renew(spec),
            Fault::ChargerDead => {}
        }
        self.update(spec, cx);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let Shown { idle, health, .. } = self.gauge.get();
        Reading { fitted: spec.capacity.0 > 0, idle, health, cycles: self.cycles.uses() }
    }
    fn detect(thresholds: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { fitted, idle, health, cycles } = *reading;
        let aged = fitted && health.iter().all(|it| *it < thresholds.health_below.0);
        let idle = fitted && idle;
        seen([
            (idle, Finding::of(Symptom::BatteryRunsDown).with(Evidence::NoChargeCurrent)),
            (aged && !idle, Finding::of(Symptom::BatteryRunsDown).with(Evidence::HealthLow)),
            (fitted && cycles >= thresholds.cycles, Finding::of(Symptom::DueSoon).with(Evidence::CyclesUsedUp)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_battery_lasts_capacity_over_load_and_less_in_the_cold_and_with_age() {
        let hours = |health, degrees| {
            let at = Celsius::of(degrees);
            let lasts = runtime(MilliampHours(2_600), MilliampHours(250), health, at);
            lasts.as_secs_f64() / 3_600.0
        };
        assert!((hours(1.0, 25.0) - 10.4).abs() < 1e-6);
        assert!((hours(1.0, 40.0) - 10.4).abs() < 1e-6, "heat gives no more");
        assert!((hours(1.0, 0.0) - 8.32).abs() < 1e-6);
        assert!((hours(1.0, -20.0) - 5.2).abs() < 1e-6);
        assert!((hours(0.8, 0.0) - 6.656).abs() < 1e-6, "after some 500 cycles");
    }

    #[test]
    fn a_weak_cable_charges_less_and_then_not_at_all() {
        let spec = Spec::default();
        let rate = |millivolts| {
            let battery = Battery { millivolts, ..Battery::build(&spec) };
            battery.rate(&spec)
        };
        assert!((rate(4_920) - 1_000.0).abs() < 1e-9);
        assert!((rate(4_550) - 375.0).abs() < 1e-9, "half of what the cable brings, less the load");
        assert!((rate(4_300) + 250.0).abs() < 1e-9, "it drives the terminal alone");
    }

    #[test]
    fn a_charger_that_dies_takes_nothing_of_what_it_has_charged() {
        let spec = Spec::default();
        let mut battery = Battery { charge: 0.0, ..Battery::build(&spec) };
        battery.levels.set(Fault::ChargerDead, 1.0);
        assert!((battery.rate(&spec) + 250.0).abs() < 1e-9, "from now on the load is all that flows");
        let charged = battery.charge_after(&spec, 3_600.0);
        assert!((charged - 1_000.0).abs() < 1e-9, "until now it charged for an hour: {charged}");
    }

    #[test]
    fn a_cell_that_is_too_hot_or_too_cold_is_not_charged_and_that_is_no_fault() {
        let spec = Spec::default();
        for temperature in [-5.0, 50.0] {
            let battery = Battery { temperature, ..Battery::build(&spec) };
            assert_eq!(battery.rate(&spec), 0.0);
            let reading = battery.reading(&spec, Instant::START);
            assert_eq!(Battery::detect(&Thresholds::default(), &mut (), &reading), []);
        }
    }
}
