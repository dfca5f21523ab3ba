//! Enclosure: the terminal's body and the place where it stands, which make it warm or cold.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, seen};
use faults::detectors::{Limit, Side};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::course::Course;
use crate::quantity::Celsius;
use crate::rare::Rare;
use crate::sensor::{expect, Thermometer, Watch};
use crate::thermal::ThermalState;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};

/// Settings of the enclosure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EnclosureSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Temperature of the place.
    pub place: Celsius,
    /// Temperature of the place in a heat of magnitude 1: behind glass in the sun.
    pub heat: Celsius,
    /// Temperature of the place in a cold of magnitude 1: a stall in a hard winter.
    pub cold: Celsius,
    /// Time constant with which the body follows the place.
    pub follows_in: Span,
    /// The sensor in the body.
    pub sensor: Thermometer,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            place: Celsius(250),
            heat: Celsius(650),
            cold: Celsius(-250),
            follows_in: Span::minutes(30),
            sensor: Thermometer::default(),
        }
    }
}

/// When the terminal holds its body to be too warm or too cold.
///
/// By default above 50 °C and below 0 °C: that is what terminals are made for. A false alarm takes a place within some degrees of a
/// limit: at 45 °C and 5 °C there is less than one in a thousand years, nearer it is the weather and the sensor's error for good
/// that decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EnclosureThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings above this are too warm.
    pub too_warm: Celsius,
    /// Readings below this are too cold.
    pub too_cold: Celsius,
    /// It is over at the first reading that is back by more than this; one within the band holds the count. At least zero.
    pub hysteresis: Celsius,
    /// So many readings beyond a limit are an alarm.
    pub readings: NonZeroU8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            too_warm: Celsius(500),
            too_cold: Celsius(0),
            hysteresis: Celsius(50),
            readings: NonZeroU8::MIN.saturating_add(2),
        }
    }
}

impl Thresholds {
    /// Too warm and too cold, in tenths of a degree.
    fn limits(&self) -> [Limit; 2] {
        let limit = |side, at: Celsius| Limit {
            side,
            at: at.0.into(),
            hysteresis: self.hysteresis.0.into(),
            in_a_row: self.readings.get(),
        };
        [limit(Side::Above, self.too_warm), limit(Side::Below, self.too_cold)]
    }
}

/// State of the body.
#[derive(Clone, Component, Debug)]
pub struct Enclosure {
    levels: Levels<Fault>,
    thermal: ThermalState,
    /// Counts changes: a note of an earlier one is ignored.
    change: u32,
    /// Parts of the way that are still to be told.
    left: u8,
    /// What came of the sensor's readings.
    watch: Rare<Watch<2>>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The body is another part of the way.
    Followed(u32),
    /// The sensor shows what may change an alarm, by the plan of this number.
    Sampled(u32),
}

/// What a place does to a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EnclosureFault")]
pub enum Fault {
    /// The place is hot: the sun, a hot week, a stove; the magnitude is how far on the way to `heat`.
    Heat,
    /// The place is cold; the magnitude is how far on the way to `cold`.
    Cold,
}

/// What the sensor in the body says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// What it showed when one of the others last changed.
    celsius: Celsius,
    /// It has shown too much often enough.
    too_warm: bool,
    /// It has shown too little often enough.
    too_cold: bool,
}

/// The body's temperature is told to the parts in so many steps, each half a time constant after the other: the last is
/// within 5 % of the whole way.
const STEPS: u8 = 6;
const SENSOR: Purpose = Purpose::of("enclosure: readings of temperature");
const TOO_WARM: usize = 0;
const TOO_COLD: usize = 1;
/// What the body is made for: a case that is warmer than this feels hot to the hand, in one that is colder the screen turns pale.
const FEELS: (Celsius, Celsius) = (Celsius(0), Celsius(500));

/// The temperature of the body as it goes on, in tenths of a degree.
struct Body<'a>(&'a ThermalState, Span);

impl Course for Body<'_> {
    fn at(&self, when: Instant) -> f64 {
        10.0 * self.0.at(when, self.1)
    }
    fn until_above(&self, level: f64, from: Instant) -> Option<Span> {
        self.0.until_above(level / 10.0, from, self.1)
    }
    fn until_below(&self, level: f64, from: Instant) -> Option<Span> {
        self.0.until_below(level / 10.0, from, self.1)
    }
}

impl Enclosure {
    fn change(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.catch_up(spec, cx);
        let place = spec.place.degrees();
        let to = place
            + (spec.heat.degrees() - place) * self.levels.of(Fault::Heat)
            + (spec.cold.degrees() - place) * self.levels.of(Fault::Cold);
        debug_assert!(self.levels.of(Fault::Heat) + self.levels.of(Fault::Cold) <= 2.0 && to.is_finite(), "it is {to} degrees around the body");
        self.thermal.towards(to, cx.now(), spec.follows_in);
        self.change += 1;
        self.left = STEPS;
        cx.after(spec.follows_in.scaled(0.5), Timer::Followed(self.change));
        self.expect_sample(spec, cx);
    }

    /// Takes the samples up to now; whether one has changed an alarm.
    fn catch_up(&mut self, spec: &Spec, cx: &Context<'_, Models>) -> bool {
        let limits = cx.settings().policy.detectors.parts.enclosure.limits();
        let body = Body(&self.thermal, spec.follows_in);
        self.watch.get_mut().catch_up(&spec.sensor.sensor(SENSOR).installed(cx), &limits, &body, cx.now())
    }

    /// Plans the next sample that may change an alarm.
    fn expect_sample(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let limits = cx.settings().policy.detectors.parts.enclosure.limits();
        let body = Body(&self.thermal, spec.follows_in);
        let sensor = spec.sensor.sensor(SENSOR).installed(cx);
        let planned = self.watch.consider(|it| it.plan(&sensor, &limits, &body, cx.now()));
        expect(planned, Timer::Sampled, cx);
    }

    fn followed(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let celsius = Celsius::of(self.thermal.at(cx.now(), spec.follows_in));
        cx.say(LocalMessage::Temperature(celsius));
        if celsius >= FEELS.1 {
            cx.activated();
            indication::show(cx, Indication::HotCase);
        } else if celsius <= FEELS.0 {
            cx.activated();
            indication::show(cx, Indication::ColdText);
        } else {
            indication::gone(cx, Indication::HotCase);
            indication::gone(cx, Indication::ColdText);
        }
        cx.touch();
    }
}

indications! {
    /// The screen says that the terminal is too cold.
    ColdText: 26, "cold-text", "提示温度过低", Display, TemperatureOutOfRange { evidence: Some(crate::Evidence::BodyCold) };
}

actions! {
    /// Moves the terminal to where it is neither too hot nor too cold.
    Relocate: 21, "relocate", "移动终端";
}

evidence! {
    /// The body is too warm.
    BodyWarm: 25, "body-warm", "机身过热", ["enclosure.heat" * 10.0, "enclosure.cold" * 0.001];
    /// The body is too cold.
    BodyCold: 26, "body-cold", "机身过冷", [
        "enclosure.cold" * 20.0, "enclosure.heat" * 0.001, "mainboard.overheating" * 0.001,
    ];
}

impl ActorPart<Models> for Enclosure {
    const NAME: &'static str = "enclosure";
    const ZH: &'static str = "机身";
    const ABOUT: &'static str = "The terminal's body and the place where it stands, which make it warm or cold.";
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "temperature-sensor",
            zh: "温度检测",
            place: Place::Device,
            part: Part::Enclosure,
            sees: "that the terminal's body is warmer or colder than it is made for",
            sees_zh: "机身温度高于或低于允许范围",
            blind_to: "where the heat comes from, and how warm the place around it is",
            blind_to_zh: "热量的来源以及周围环境的温度",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready];
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        let thermal = ThermalState::settled(spec.place.degrees());
        Self { levels: Levels::default(), thermal, change: 0, left: 0, watch: Rare::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        // Parts are built for a room; who stands elsewhere is told.
        if spec.place != Self::ROOM {
            self.followed(spec, cx);
        }
        self.expect_sample(spec, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let change = match timer {
            Timer::Followed(change) => change,
            Timer::Sampled(plan) => {
                if self.watch.get().is_latest(plan) {
                    if self.catch_up(spec, cx) {
                        cx.look();
                    }
                    self.expect_sample(spec, cx);
                }
                return;
            }
        };
        debug_assert!(change <= self.change, "the body follows what has changed");
        if change != self.change {
            return;
        }
        self.followed(spec, cx);
        debug_assert!(self.left > 0, "a body that has settled is looked at no more");
        self.left = self.left.saturating_sub(1);
        if self.left > 0 {
            cx.after(spec.follows_in.scaled(0.5), timer);
        }
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.catch_up(spec, cx);
        let limits = cx.settings().policy.detectors.parts.enclosure.limits();
        let body = Body(&self.thermal, spec.follows_in);
        self.watch.get_mut().measure(&spec.sensor.sensor(SENSOR).installed(cx), &limits, &body, cx.now());
        self.expect_sample(spec, cx);
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Ready = message {
            cx.look();
        }
    }
}

impl DevicePart<Models> for Enclosure {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::Heat, Mode {
            name: "heat",
            zh: "环境高温",
            family: Family::Hardware,
            shows: &[
                (Symptom::TemperatureOutOfRange, 0.95),
                (Symptom::SlowOperation, 0.21),
                (Symptom::BatteryRunsDown, 0.049),
                (Symptom::PrinterStopped, 0.045),
            ],
            cause: "sun, a stove, a hot week",
            effects: Effects::of(
                "the body gets warmer than it is made for",
                "the processor is slowed down, the battery is not charged and ages, the print head rests",
                "sales are slow, and devices die younger",
            ),
            ratings: Ratings::of(6, 7, 2),
            indications: &[Indication::HotCase, Indication::SlowOperation],
            seen_by: &[Part::Enclosure, Part::Merchant],
            cleared_by: &[(RecoveryAction::Relocate, 0.8)],
            procedure: &[
                step(RecoveryAction::Relocate, Performer::Attendant, Span::minutes(5)),
                step(RecoveryAction::Relocate, Performer::Support, Span::minutes(10)),
                step(RecoveryAction::Relocate, Performer::Technician, Span::minutes(20)),
            ],
        }),
        (Fault::Cold, Mode {
            name: "cold",
            zh: "环境低温",
            family: Family::Power,
            shows: &[
                (Symptom::TemperatureOutOfRange, 0.95),
                (Symptom::BatteryRunsDown, 0.3),
                (Symptom::PrintsFaint, 0.013),
                (Symptom::TamperLocked, 0.0049),
            ],
            cause: "a stall in winter, a cold store",
            effects: Effects::of(
                "the body gets colder than it is made for",
                "the battery gives less and is not charged",
                "sales away from the socket break off",
            ),
            ratings: Ratings::of(5, 6, 2),
            indications: &[Indication::ColdText, Indication::LowBatteryText],
            seen_by: &[Part::Enclosure, Part::Merchant],
            cleared_by: &[(RecoveryAction::Relocate, 0.8)],
            procedure: &[
                step(RecoveryAction::Relocate, Performer::Attendant, Span::minutes(5)),
                step(RecoveryAction::Relocate, Performer::Support, Span::minutes(10)),
                step(RecoveryAction::Relocate, Performer::Technician, Span::minutes(20)),
            ],
        }),
    ];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, _: Fault, _: f64, cx: &mut Context<'_, Models>) {
        // The body takes its time: its sensor has nothing to say yet.
        self.change(spec, cx);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let celsius = Celsius(i32::try_from(self.watch.get().shown()).unwrap_or(spec.place.0));
        Reading { celsius, too_warm: self.watch.get().stands(TOO_WARM), too_cold: self.watch.get().stands(TOO_COLD) }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let finding = Finding::of(Symptom::TemperatureOutOfRange);
        seen([
            (reading.too_warm, finding.with(Evidence::BodyWarm)),
            (reading.too_cold, finding.with(Evidence::BodyCold)),
        ])
    }
}

impl Enclosure {
    /// What parts take for the temperature around them until they are told otherwise.
    pub const ROOM: Celsius = Celsius(250);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::suspect_of_last;

    #[test]
    fn the_body_follows_the_place() {
        let spec = Spec::default();
        let mut enclosure = Enclosure::build(&spec);
        // On its way to 65 °C from 25 °C it passes 50 °C after ln(40 / 15) time constants: 29 minutes.
        enclosure.thermal.towards(65.0, Instant::START, spec.follows_in);
        let body = Body(&enclosure.thermal, spec.follows_in);
        let wait = body.until_above(500.0, Instant::START).expect("it gets there");
        assert!((wait.as_secs_f64() - 1_765.5).abs() < 1.0, "{wait}");
        assert!((body.at(Instant::START + wait) - 500.0).abs() < 1e-6);
    }

    #[test]
    fn what_stands_is_named_by_its_side() {
        let reading = |too_warm, too_cold| Reading { celsius: Celsius(0), too_warm, too_cold };
        let sees = |reading| suspect_of_last(&Enclosure::detect(&Thresholds::default(), &mut (), &reading));
        assert_eq!(sees(reading(false, false)), None);
        assert_eq!(sees(reading(true, false)), Some(Fault::Heat.into()));
        assert_eq!(sees(reading(false, true)), Some(Fault::Cold.into()));
    }
}
