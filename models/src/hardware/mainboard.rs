//! Mainboard: what the processor runs on; it watches its voltage and its temperature.

mod modes;

use crate::rare::Rare;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, Mode, ActorPart, DevicePart, Levels, seen, Finding};
use faults::detectors::{Limit, Side};
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::course::Course;
use crate::quantity::{Celsius, Millivolts};
use crate::sensor::{expect, Thermometer, Watch};
use crate::thermal::ThermalState;
use crate::{Models, Part};
use crate::detectors::{Detector, Place};

/// Settings of the mainboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MainboardSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Mean time between resets of a board that resets at random.
    pub resets_every: Span,
    /// Below this the brown-out detector holds the board down.
    pub brown_out: Millivolts,
    /// A board that is down does not start below this.
    pub starts_at: Millivolts,
    /// Between brown-out and this it works abnormally: slow, and with resets.
    pub abnormal_below: Millivolts,
    /// Mean time between resets in that band.
    pub abnormal_resets_every: Span,
    /// Above this voltage of the supply a surge may kill the board.
    pub endures: Millivolts,
    /// Probability that such a surge does.
    pub surge_kills: Probability,
    /// How much warmer than the terminal's body the board gets by its own heat: a difference, so `"20C"` is 20 K.
    pub warms_by: Celsius,
    /// Time constant of its warming and cooling.
    pub warms_in: Span,
    /// From this temperature on the processor is slowed down.
    pub throttles_at: Celsius,
    /// At this temperature the board switches itself off until it is 15 K cooler.
    pub shuts_at: Celsius,
    /// The sensor on the board.
    pub sensor: Thermometer,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            resets_every: Span::minutes(40),
            brown_out: Millivolts(4_400),
            starts_at: Millivolts(4_600),
            abnormal_below: Millivolts(4_550),
            abnormal_resets_every: Span::minutes(25),
            endures: Millivolts(9_000),
            surge_kills: Probability(0.05),
            warms_by: Celsius(200),
            warms_in: Span::minutes(10),
            throttles_at: Celsius(750),
            shuts_at: Celsius(900),
            // Board and body are compared at one calibration: what both sensors are off by for good is known.
            sensor: Thermometer { offset: Celsius(0), ..Thermometer::default() },
        }
    }
}

/// When the terminal holds its board to be in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MainboardThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// It is too warm when it is warmer above the body than its own heat makes it, `warms_by`, by more than this. The body cools
    /// faster than the board: a terminal that is carried from the sun into the shade has no bad board.
    pub above_usual: Celsius,
    /// It is over at the first reading that is back by more than this; one within the band holds the count. At least zero.
    pub hysteresis: Celsius,
    /// So many readings beyond the limit are an alarm. By default ten: with an error of half a degree there is less than one false
    /// alarm in a thousand years on a sound board.
    pub readings: NonZeroU8,
    /// So many resets that nobody ordered are too many, at most eight. By default three in a day: at one in five months, 4 in a million terminal-months
    /// are false alarms.
    pub resets: NonZeroU8,
    /// Within so long a time.
    pub resets_within: Span,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            above_usual: Celsius(200),
            hysteresis: Celsius(20),
            readings: NonZeroU8::MIN.saturating_add(9),
            resets: NonZeroU8::MIN.saturating_add(2),
            resets_within: Span::days(1),
        }
    }
}

/// The board above its body as it goes on, in tenths of a degree.
struct AboveBody {
    board: ThermalState,
    warms_in: Span,
    body: f64,
}

impl Course for AboveBody {
    fn at(&self, when: Instant) -> f64 {
        10.0 * (self.board.at(when, self.warms_in) - self.body)
    }
    fn until_above(&self, level: f64, from: Instant) -> Option<Span> {
        self.board.until_above(self.body + level / 10.0, from, self.warms_in)
    }
    fn until_below(&self, level: f64, from: Instant) -> Option<Span> {
        self.board.until_below(self.body + level / 10.0, from, self.warms_in)
    }
}

/// State of the board.
#[derive(Clone, Component, Debug)]
pub struct Mainboard {
    levels: Levels<Fault>,
    rail: u32,
    /// The brown-out detector holds it.
    held: bool,
    /// It has switched itself off for heat.
    shut: bool,
    /// The processor runs, as the others were last told.
    runs: bool,
    thermal: ThermalState,
    /// Temperature of the terminal's body, in degrees Celsius.
    body: f64,
    /// Resets by the brown-out detector, or while the voltage was too low for anything else to blame.
    brown_outs: u32,
    /// Times it has switched itself off for heat.
    heat_stops: u32,
    surges: u32,
    /// Counts beginnings of random resets: a note of an earlier one is ignored.
    epoch: u32,
    /// Intervals between resets drawn since: names the draws with `epoch`.
    intervals: u32,
    /// Counts changes of the voltage's band.
    band: u32,
    /// Intervals between abnormal resets drawn since: names the draws with `band`.
    falters: u32,
    /// Counts changes of the temperature.
    heat: u32,
    slowed: u32,
    /// What was sensed of it.
    sensed: Rare<Sensed>,
}

/// What was sensed of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sensed {
    /// When it was reset and nobody ordered it, the last times.
    reset_at: [Instant; MOST_RESETS],
    /// Stops by heat that a boot has found in the register.
    found_stops: u32,
    /// What came of the readings of temperature.
    watch: Watch<1>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The board resets.
    Reset(u32),
    /// It resets because its voltage is too low to work as it should.
    Falter(u32),
    /// Its temperature passes a threshold.
    Warmed(u32),
    /// The sensor of the board shows what may change an alarm, by the plan of this number.
    Sampled(u32),
}

/// Fault modes of the mainboard.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MainboardFault")]
pub enum Fault {
    /// Nothing runs.
    Dead,
    /// It resets at random.
    RandomResets,
    /// Its heat does not get away: dust or a dried-out pad; the magnitude is how badly.
    Overheating,
}

/// What the boot log and the board's own sensor say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// It was reset several times, and nobody ordered it: how long before the last one each of them was.
    resets: [Option<Span>; MOST_RESETS],
    /// Stops by heat that boots have found since somebody dealt with them.
    heat_stops: u32,
    /// By how much the board was warmer than the body when an alarm last changed.
    above_body: Celsius,
    /// It has shown too much often enough.
    too_warm: bool,
}

/// So many resets that nobody ordered are remembered.
const MOST_RESETS: usize = 8;
const SENSOR: Purpose = Purpose::of("mainboard: readings of temperature");
const RESETS: Purpose = Purpose::of("mainboard: time to the next reset");
const FALTERS: Purpose = Purpose::of("mainboard: time to the next reset by low voltage");
const SURGE: Purpose = Purpose::of("mainboard: the surge kills it");

/// Degrees that a board is warmer than it should be if its heat does not get away at all.
const CLOGGED_BY: f64 = 60.0;
/// A board that has switched itself off for heat starts when it is so many degrees cooler.
const COOLS_BY: f64 = 15.0;
/// How much slower everything gets for each degree above the threshold, in per cent.
const SLOWER_BY: f64 = 5.0;
/// How slow everything is on too low a voltage: the processor falls back to its lowest clock.
const FALTERING: u32 = 150;

impl Mainboard {
    fn up(&self) -> bool {
        !self.held && !self.shut && !self.levels.has(Fault::Dead)
    }

    fn faltering(&self, spec: &Spec) -> bool {
        self.up() && self.rail < spec.abnormal_below.0
    }

    fn next_reset(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::RandomResets), "a sound board does not reset itself");
        let occurrence = u64::from(self.epoch) << 32 | u64::from(self.intervals);
        let wait = cx.stream(RESETS, occurrence).exponential(spec.resets_every);
        self.intervals += 1;
        cx.after(wait, Timer::Reset(self.epoch));
    }

    fn next_falter(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.faltering(spec), "a board with enough voltage does not falter");
        let occurrence = u64::from(self.band) << 32 | u64::from(self.falters);
        let wait = cx.stream(FALTERS, occurrence).exponential(spec.abnormal_resets_every);
        self.falters += 1;
        cx.after(wait, Timer::Falter(self.band));
    }

    /// A reset that nobody asked for: what was not yet written is lost.
    fn reset(cx: &mut Context<'_, Models>) {
        cx.activated();
        indication::show(cx, Indication::RestartsByItself);
        cx.say(LocalMessage::PowerLost);
        cx.say(LocalMessage::Restart);
    }

    /// Says whether the processor runs; what it held in passing is lost when it stops.
    fn tell(&mut self, cx: &mut Context<'_, Models>) {
        let on = self.up();
        if std::mem::replace(&mut self.runs, on) && !on {
            cx.say(LocalMessage::PowerLost);
        }
        cx.say(LocalMessage::Supplied { on });
    }

    fn supplied(&mut self, spec: &Spec, on: bool, millivolts: u32, cx: &mut Context<'_, Models>) {
        let (was_up, was_faltering) = (self.up(), self.faltering(spec));
        debug_assert_eq!(was_up, self.runs, "who depends on it knows how it stands");
        self.rail = millivolts;
        if !on || millivolts < spec.brown_out.0 {
            self.brown_outs += u32::from(!self.held && on);
            self.held = true;
        } else if self.held && millivolts >= spec.starts_at.0 {
            self.held = false;
        }
        self.tell(cx);
        if was_up != self.up() {
            self.warm(spec, cx);
        }
        if was_faltering != self.faltering(spec) {
            self.band += 1;
            self.falters = 0;
            if self.faltering(spec) {
                self.next_falter(spec, cx);
            } else {
                indication::gone(cx, Indication::RestartsByItself);
            }
        }
        self.pace(spec, cx);
    }

    /// A surge may be too much for the protection.
    fn surge(&mut self, spec: &Spec, millivolts: u32, cx: &mut Context<'_, Models>) {
        if millivolts <= spec.endures.0 {
            return;
        }
        debug_assert!(spec.endures.0 > 0, "what endures nothing cannot have run until now");
        self.surges += 1;
        if unit(cx.draw(SURGE, u64::from(self.surges))[0]) < spec.surge_kills.0 {
            cx.broke(Fault::Dead.into());
        }
    }

    /// The limit of what the board is warmer than its body, in tenths of a degree.
    fn limits(spec: &Spec, cx: &Context<'_, Models>) -> [Limit; 1] {
        let thresholds = &cx.settings().policy.detectors.parts.mainboard;
        let at = spec.warms_by.0 + thresholds.above_usual.0;
        let (hysteresis, in_a_row) = (thresholds.hysteresis.0.into(), thresholds.readings.get());
        [Limit { side: Side::Above, at: at.into(), hysteresis, in_a_row }]
    }

    fn above_body(&self, spec: &Spec) -> AboveBody {
        AboveBody { board: self.thermal, warms_in: spec.warms_in, body: self.body }
    }

    /// Takes the samples up to now; whether one has changed an alarm.
    fn catch_up(&mut self, spec: &Spec, cx: &Context<'_, Models>) -> bool {
        let (sensor, above) = (spec.sensor.sensor(SENSOR).installed(cx), self.above_body(spec));
        self.sensed.get_mut().watch.catch_up(&sensor, &Self::limits(spec, cx), &above, cx.now())
    }

    /// Plans the next sample that may change an alarm.
    fn expect_sample(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (sensor, above) = (spec.sensor.sensor(SENSOR).installed(cx), self.above_body(spec));
        let limits = Self::limits(spec, cx);
        let planned = self.sensed.consider(|it| it.watch.plan(&sensor, &limits, &above, cx.now()));
        expect(planned, Timer::Sampled, cx);
    }

    /// Something about its heat has changed: what follows from it, and when.
    fn warm(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (now, tau) = (cx.now(), spec.warms_in);
        self.catch_up(spec, cx);
        self.heat += 1;
        let own = spec.warms_by.degrees() + CLOGGED_BY * self.levels.of(Fault::Overheating);
        let to = if self.up() { self.body + own } else { self.body };
        self.thermal.towards(to, now, tau);
        let shuts = spec.shuts_at.degrees();
        let next = if self.shut {
            self.thermal.until_below(shuts - COOLS_BY, now, tau)
        } else {
            let throttles = spec.throttles_at.degrees();
            let up = self.thermal.until_above(throttles, now, tau).filter(|it| *it > Span::ZERO);
            up.or_else(|| self.thermal.until_above(shuts, now, tau).filter(|_| self.up()))
        };
        debug_assert!(to.is_finite(), "what it warms to is a temperature: {to}");
        // Where heat slows the processor, it is looked at from time to time until it has settled.
        let is = self.thermal.at(now, tau);
        let matters = is.max(to) > spec.throttles_at.degrees() && libm::fabs(to - is) > 1.0;
        let step = matters.then(|| tau.scaled(0.5));
        if let Some(wait) = next.into_iter().chain(step).min() {
            // A little later, so that rounding does not leave it just short of the threshold.
            cx.after(wait + Span::secs(1), Timer::Warmed(self.heat));
        }
        self.pace(spec, cx);
        cx.touch();
        self.expect_sample(spec, cx);
    }

    fn warmed(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let is = self.thermal.at(cx.now(), spec.warms_in);
        let was_up = self.up();
        let shuts = spec.shuts_at.degrees();
        debug_assert!(is > -100.0 && is < 400.0, "no board is at {is} degrees");
        if self.shut && is <= shuts - COOLS_BY {
            self.shut = false;
        } else if !self.shut && was_up && is >= shuts {
            self.shut = true;
            self.heat_stops += 1;
        }
        if is >= spec.throttles_at.degrees() {
            cx.activated();
            indication::show(cx, Indication::HotCase);
        }
        if was_up != self.up() {
            self.tell(cx);
        }
        self.warm(spec, cx);
    }

    /// How slow the processor is for voltage and heat: 100 is as usual.
    fn pace(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let too_warm = self.thermal.at(cx.now(), spec.warms_in) - spec.throttles_at.degrees();
        let by_heat = 100 + (SLOWER_BY * too_warm.max(0.0)) as u32;
        debug_assert!(by_heat >= 100, "heat makes no board faster: {by_heat} %");
        let slowed = by_heat.max(if self.faltering(spec) { FALTERING } else { 100 });
        if slowed == self.slowed {
            return;
        }
        self.slowed = slowed;
        cx.say(LocalMessage::Slowed { percent: slowed });
        if slowed > 120 { indication::show(cx, Indication::SlowOperation) } else { indication::gone(cx, Indication::SlowOperation) }
        if by_heat == 100 {
            indication::gone(cx, Indication::HotCase);
        }
    }
}

evidence! {
    /// The board is much warmer than the body.
    BoardAlone: 28, "board-alone", "仅主板过热", [
        "mainboard.overheating" * 10.0, "enclosure.heat" * 0.3, "enclosure.cold" * 0.01,
    ];
    /// A boot has found that heat stopped it.
    ThermalTrip: 29, "thermal-trip", "过热停机", ["mainboard.overheating" * 50.0, "enclosure.cold" * 0.01];
    /// Boots find no cause of the resets: neither watchdog nor brown-out nor heat.
    NoResetCause: 30, "no-reset-cause", "复位原因不明", [
        "mainboard.random-resets" * 20.0, "firmware.hang" * 0.1, "firmware.memory-leak" * 0.1,
        "power.voltage-sag" * 0.3, "power.cable-broken" * 0.3, "power.loose-plug" * 0.3,
    ];
}

impl ActorPart<Models> for Mainboard {
    const NAME: &'static str = "mainboard";
    const ZH: &'static str = "电路板";
    const ABOUT: &'static str = "The board that the processor and everything else runs on: it watches voltage and heat.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "self-test",
            zh: "自检",
            place: Place::Device,
            part: Part::Mainboard,
            sees: "resets that nobody ordered, a board that is much warmer than the body around it",
            sees_zh: "无人下令的重启，以及电路板远高于机身的温度",
            blind_to: "a board that is dead: it does not test itself",
            blind_to_zh: "已经损坏的电路板：它不会自检",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Mains, Topic::Rail, Topic::Temperature, Topic::Ready];
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        Self {
            levels: Levels::default(),
            rail: 5_000,
            held: false,
            shut: false,
            runs: true,
            thermal: ThermalState::settled(25.0 + spec.warms_by.degrees()),
            body: 25.0,
            sensed: Rare::default(),
            brown_outs: 0,
            heat_stops: 0,
            surges: 0,
            epoch: 0,
            intervals: 0,
            band: 0,
            falters: 0,
            heat: 0,
            slowed: 100,
        }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.expect_sample(spec, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Reset(epoch) if epoch == self.epoch && self.levels.has(Fault::RandomResets) => {
                if self.up() {
                    let reset_at = &mut self.sensed.get_mut().reset_at;
                    reset_at.rotate_left(1);
                    reset_at[MOST_RESETS - 1] = cx.now();
                    Self::reset(cx);
                }
                self.next_reset(spec, cx);
            }
            Timer::Falter(band) if band == self.band && self.faltering(spec) => {
                self.brown_outs += 1;
                Self::reset(cx);
                self.next_falter(spec, cx);
            }
            Timer::Warmed(heat) if heat == self.heat => self.warmed(spec, cx),
            Timer::Sampled(plan) if self.sensed.get().watch.is_latest(plan) => {
                if self.catch_up(spec, cx) {
                    cx.look();
                }
                self.expect_sample(spec, cx);
            }
            _ => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Mains { millivolts, .. } => self.surge(spec, millivolts, cx),
            LocalMessage::Rail { on, millivolts } => self.supplied(spec, on, millivolts, cx),
            LocalMessage::Temperature(celsius) => {
                self.catch_up(spec, cx);
                self.body = celsius.degrees();
                debug_assert!(self.body > -273.15, "no body is as cold as {} degrees", self.body);
                self.warm(spec, cx);
            }
            LocalMessage::Ready => {
                // The register says why it was off.
                if self.heat_stops != self.sensed.get().found_stops {
                    self.sensed.get_mut().found_stops = self.heat_stops;
                }
                cx.look();
            }
            _ => {}
        }
    }
    fn able(&self, _: &Spec) -> bool {
        self.up()
    }
    fn retest(&mut self, spec: &Spec, symptom: Symptom, cx: &mut Context<'_, Models>) {
        // What was counted before something was done says nothing of what it is after.
        if symptom == Symptom::Restarts {
            self.sensed.get_mut().reset_at = [Instant::START; MOST_RESETS];
        } else {
            self.heat_stops = 0;
            self.sensed.get_mut().found_stops = 0;
        }
        self.catch_up(spec, cx);
        let (limits, above) = (Self::limits(spec, cx), self.above_body(spec));
        let sensor = spec.sensor.sensor(SENSOR).installed(cx);
        self.sensed.get_mut().watch.measure(&sensor, &limits, &above, cx.now());
        self.expect_sample(spec, cx);
    }
}

impl DevicePart<Models> for Mainboard {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        match fault {
            Fault::Dead => {
                if on {
                    cx.activated();
                }
                self.tell(cx);
            }
            Fault::RandomResets if on => {
                self.epoch += 1;
                self.next_reset(spec, cx);
            }
            Fault::RandomResets => {
                indication::gone(cx, Indication::RestartsByItself);
            }
            Fault::Overheating => {
                self.warm(spec, cx);
            }
        }
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let Sensed { reset_at, found_stops, watch } = self.sensed.get();
        let last = reset_at[MOST_RESETS - 1];
        Reading {
            resets: reset_at.map(|it| (it > Instant::START).then(|| last.since(it))),
            heat_stops: found_stops,
            above_body: Celsius(i32::try_from(watch.shown()).unwrap_or(spec.warms_by.0)),
            too_warm: watch.stands(0),
        }
    }
    fn detect(thresholds: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { resets, heat_stops, too_warm: warm, .. } = *reading;
        let first = resets[MOST_RESETS.saturating_sub(usize::from(thresholds.resets.get()))];
        let resets = first.is_some_and(|it| it <= thresholds.resets_within);
        let heat = Finding::of(Symptom::TemperatureOutOfRange);
        seen([
            (
                warm || heat_stops > 0,
                heat.with_if(warm, Evidence::BoardAlone).with_if(heat_stops > 0, Evidence::ThermalTrip),
            ),
            (resets, Finding::of(Symptom::Restarts).with(Evidence::NoResetCause)),
        ])
    }
}
