//! Enclosure: the terminal's body and the place where it stands, which make it warm or cold.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding, NoThresholds};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::sampling::Sampling;
use crate::quantity::Celsius;
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
    /// From this on the terminal says that it is too warm.
    pub too_warm: Celsius,
    /// From this down it says that it is too cold.
    pub too_cold: Celsius,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            place: Celsius(250),
            heat: Celsius(650),
            cold: Celsius(-250),
            follows_in: Span::minutes(30),
            // Terminals are specified from 0 to 40 or 50 °C.
            too_warm: Celsius(500),
            too_cold: Celsius(0),
        }
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
    /// What the sensor showed last, in tenths of a degree.
    shown: Celsius,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The body is another part of the way.
    Followed(u32),
    /// The sensor has shown often enough what the body was on its way to at that change.
    Sensed(u32),
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
    celsius: Celsius,
    too_warm: Celsius,
    too_cold: Celsius,
}

/// The body's temperature is told to the parts in so many steps, each half a time constant after the other: the last is
/// within 5 % of the whole way.
const STEPS: u8 = 6;
/// The sensor is read every minute; three readings in a row count.
const SENSOR: Sampling = Sampling::every(Span::secs(60), 3);
const READINGS: Purpose = Purpose::of("enclosure: phase of the readings of temperature");
/// What has been too warm or too cold is held to be so until it is so many degrees better.
const HYSTERESIS: f64 = 5.0;

impl Enclosure {
    fn change(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let place = spec.place.degrees();
        let to = place
            + (spec.heat.degrees() - place) * self.levels.of(Fault::Heat)
            + (spec.cold.degrees() - place) * self.levels.of(Fault::Cold);
        debug_assert!(self.levels.of(Fault::Heat) + self.levels.of(Fault::Cold) <= 2.0 && to.is_finite(), "it is {to} degrees around the body");
        self.thermal.towards(to, cx.now(), spec.follows_in);
        self.change += 1;
        self.left = STEPS;
        cx.after(spec.follows_in.scaled(0.5), Timer::Followed(self.change));
        self.expect_crossing(spec, cx);
    }

    /// Plans when the sensor will have shown a limit to be passed.
    fn expect_crossing(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (now, tau) = (cx.now(), spec.follows_in);
        let (warm, cold) = (spec.too_warm.degrees(), spec.too_cold.degrees());
        let above = |level: f64| self.thermal.until_above(level, now, tau);
        let below = |level: f64| self.thermal.until_below(level, now, tau);
        let crosses = if self.shown >= spec.too_warm {
            below(warm - HYSTERESIS)
        } else if self.shown <= spec.too_cold {
            above(cold + HYSTERESIS)
        } else {
            above(warm).into_iter().chain(below(cold)).min()
        };
        if let Some(wait) = crosses {
            // A little later, so that rounding does not leave it just short of the limit.
            let wait = SENSOR.shows_after(wait + Span::secs(1), READINGS, cx);
            cx.after(wait, Timer::Sensed(self.change));
        }
    }

    /// The sensor is read.
    fn sense(&mut self, spec: &Spec, cx: &Context<'_, Models>) {
        self.shown = Celsius::of(self.thermal.at(cx.now(), spec.follows_in));
        debug_assert!(self.shown.degrees() > -273.15, "a sensor shows a temperature");
    }

    fn followed(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let celsius = Celsius::of(self.thermal.at(cx.now(), spec.follows_in));
        cx.say(LocalMessage::Temperature(celsius));
        debug_assert!(spec.too_cold < spec.too_warm, "what is too cold is not too warm");
        if celsius >= spec.too_warm {
            cx.activated();
            indication::show(cx, Indication::HotCase);
        } else if celsius <= spec.too_cold {
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
        Self { levels: Levels::default(), thermal, change: 0, left: 0, shown: spec.place }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        // Parts are built for a room; who stands elsewhere is told.
        if spec.place != Self::ROOM {
            self.followed(spec, cx);
            cx.after(SENSOR.shows_after(Span::ZERO, READINGS, cx), Timer::Sensed(self.change));
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let change = match timer {
            Timer::Followed(change) => change,
            Timer::Sensed(change) => {
                if change == self.change {
                    self.sense(spec, cx);
                    cx.look();
                    self.expect_crossing(spec, cx);
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
        self.sense(spec, cx);
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
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, _: Fault, _: f64, cx: &mut Context<'_, Models>) {
        // The body takes its time: its sensor has nothing to say yet.
        self.change(spec, cx);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading { celsius: self.shown, too_warm: spec.too_warm, too_cold: spec.too_cold }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let seen = match reading.celsius {
            it if it >= reading.too_warm => Some(Evidence::BodyWarm),
            it if it <= reading.too_cold => Some(Evidence::BodyCold),
            _ => None,
        };
        seen.map(|it| Finding::of(Symptom::TemperatureOutOfRange).with(it)).into_iter().collect()
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
    fn the_body_follows_the_place_and_the_sensor_says_when_it_is_too_warm() {
        let spec = Spec::default();
        let mut enclosure = Enclosure::build(&spec);
        let seen = |enclosure: &mut Enclosure, minutes| {
            let now = Instant::START + Span::minutes(minutes);
            enclosure.shown = Celsius::of(enclosure.thermal.at(now, spec.follows_in));
            suspect_of_last(&Enclosure::detect(&NoThresholds {}, &mut (), &enclosure.reading(&spec, now)))
        };
        assert_eq!(seen(&mut enclosure, 0), None);
        // On its way to 65 °C from 25 °C it passes 50 °C after ln(40 / 15) time constants: 29 minutes.
        enclosure.thermal.towards(65.0, Instant::START, spec.follows_in);
        assert_eq!(seen(&mut enclosure, 29), None);
        assert_eq!(seen(&mut enclosure, 30), Some(Fault::Heat.into()));
    }
}
