//! Cellular: a mobile carrier's network.

mod modes;

use crate::rare::Rare;
use crate::sensed::Changes;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Mode, ActorPart, DevicePart, Levels, seen, Finding};
use faults::detectors::Side;
use sim::{Instant, Purpose, Span};

use crate::bearer::{Bearer, Disturbances, Radio};
use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::quantity::Decibels;
use crate::sampling::Sampling;
use crate::sensor::{expect, Meter, Metered, SignalLimit, SignalMeter};
use crate::wire::{InterActorMessage, Iso, Mti, Via};
use crate::{Models, Part};
use crate::detectors::{Detector, Place};

/// Settings of the cellular link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CellularSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Latency, losses, time to connect.
    pub radio: Radio,
    /// Time after which a connection is held to be dead because no probe of it was answered.
    pub keepalive: Span,
    /// Strength of the cell's signal (RSRP) at a good place.
    pub strength: Decibels,
    /// The module's meter of it.
    pub meter: SignalMeter,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            radio: Radio::default(),
            // Three probes, half a minute apart: short enough for a carrier that forgets connections after minutes.
            keepalive: Span::secs(90),
            strength: Decibels(-1_000),
            meter: SignalMeter::default(),
        }
    }
}

/// When the terminal holds its cellular link to be in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CellularThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings of the strength below this make a link poor. By default five below -115 dBm: at a place with -100 dBm less than one false alarm in a
    /// thousand years, at the edge of a cell as often as the weather has it.
    pub weak: SignalLimit,
    /// Answers are late when the smoothed time to one is longer than this.
    pub late: Span,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { weak: SignalLimit::at(-115), late: Span::secs(2) }
    }
}

/// State of the link.
#[derive(Clone, Component, Debug, Default)]
pub struct Cellular {
    levels: Levels<Fault>,
    bearer: Bearer,
    /// What was sensed of it.
    sensed: Rare<Sensed>,
    /// What came of the readings of the strength.
    strength: Rare<Metered<1>>,
}

/// What was sensed of it, and how often that has changed.
#[derive(Clone, Copy, Debug, Default)]
struct Sensed {
    /// What was shown last.
    shown: Reading,
    /// Changes of what each fault changes.
    changes: Changes<7>,
    /// The request that is under way: its trace number, and when it went out.
    asked: Option<(u32, Instant)>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// It has connected, if that was not broken off.
    Connected(u32),
    /// What this fault changes has shown since it changed so often.
    Sensed(Fault, u32),
    /// The meter of the strength shows what may change an alarm, by the plan of this number.
    Strength(u32),
}

/// Fault modes of the cellular link.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CellularFault")]
pub enum Fault {
    /// Coverage is poor here: the magnitude is the share of packets that do not arrive.
    PoorCoverage,
    /// The communication module is dead.
    ModuleDead,
    /// The carrier's cell is down: it affects every terminal under it.
    CellOutage,
    /// The cell is overloaded: packets pass, but take long; at magnitude 1 a hundred times as long.
    Congestion,
    /// The carrier has forgotten the connection, and the terminal does not know.
    HalfOpen,
    /// Messages come out changed; the magnitude is the share of them.
    DamagesMessages,
    /// Messages go out a second time, as if they had got lost; the magnitude is the share of them.
    SendsTwice,
}

/// What the terminal's radio says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// The module answers commands.
    module: bool,
    /// There is a cell.
    signal: bool,
    /// Probes of the connection are answered.
    answered: bool,
    /// Strength of the cell's signal (RSRP) when its alarm last changed.
    strength: Decibels,
    /// It has been too weak often enough.
    weak: bool,
    /// Time to an answer, smoothed, in seconds.
    answer_s: f64,
}

impl Default for Reading {
    fn default() -> Self {
        Self { module: true, signal: true, answered: true, strength: Decibels(0), weak: false, answer_s: 0.0 }
    }
}

/// The worst place takes so many dB.
const AWAY_DB: f64 = 50.0;
/// Each answer counts so much in the smoothed time to an answer.
const SMOOTHING: f64 = 0.2;
/// The module is asked every minute, three times within 15 s.
const POLL: Sampling = Sampling::every(Span::secs(60), 1);
const MUTE_AFTER: Span = Span::secs(15);
/// The radio link fails after 15 s; it is said when it has not come back in half a minute.
const LOST_AFTER: Span = Span::secs(45);
/// The cell is back when the modem has registered.
const BACK_AFTER: Span = Span::secs(15);
const STRENGTH: Purpose = Purpose::of("cellular: readings of the strength");
/// Probes of the connection go out twice a minute.
const PROBE: Sampling = Sampling::every(Span::secs(30), 1);
const POLLS: Purpose = Purpose::of("cellular: phase of the module's polls");
const PROBES: Purpose = Purpose::of("cellular: phase of the probes");

const PACKET: Purpose = Purpose::of("cellular: packet");
const VIA: Via = Via::Cellular;
/// How many times longer a packet takes in a cell that is as full as can be, less one.
const SLOWER_BY: f64 = 99.0;

impl Cellular {
    /// What the radio shows, where it is as it is now. Times to an answer are measured, not shown.
    fn senses(&self) -> Reading {
        Reading {
            module: !self.levels.has(Fault::ModuleDead),
            signal: !self.levels.has(Fault::CellOutage),
            answered: !self.levels.has(Fault::HalfOpen),
            ..self.sensed.get().shown
        }
    }

    /// How long it takes until it shows that this has begun, or ended; `None` where only exchanges show it.
    fn shows_after(spec: &Spec, fault: Fault, on: bool, cx: &Context<'_, Models>) -> Option<Span> {
        let probed = PROBE.shows_after(Span::ZERO, PROBES, cx);
        match fault {
            Fault::ModuleDead => Some(POLL.shows_after(Span::ZERO, POLLS, cx) + MUTE_AFTER),
            Fault::CellOutage => Some(if on { LOST_AFTER } else { BACK_AFTER }),
            Fault::HalfOpen => Some(if on { probed + spec.keepalive } else { probed }),
            Fault::PoorCoverage | Fault::Congestion | Fault::DamagesMessages | Fault::SendsTwice => None,
        }
    }

    /// The time to an answer of this request, if it is the one under way, goes into the smoothed one.
    fn clocked(&mut self, iso: &Iso, cx: &mut Context<'_, Models>) {
        let Some((_, sent)) = self.sensed.get_mut().asked.take_if(|(stan, _)| *stan == iso.stan) else { return };
        debug_assert!(cx.now() >= sent, "no answer comes before its request");
        let took = cx.now().since(sent).as_secs_f64();
        let late_s = cx.settings().policy.detectors.parts.cellular.late.as_secs_f64();
        let was_late = self.sensed.get().shown.answer_s > late_s;
        self.sensed.get_mut().shown.answer_s += SMOOTHING * (took - self.sensed.get().shown.answer_s);
        // Whether it was a little more or less, nobody is to know.
        if was_late != (self.sensed.get().shown.answer_s > late_s) {
            cx.look();
        }
    }

    /// The meter of the strength.
    fn meter(spec: &Spec, cx: &Context<'_, Models>) -> Meter<1> {
        let limits = cx.settings().policy.detectors.parts.cellular.weak.limit(Side::Below);
        Meter { sensor: spec.meter.sensor(STRENGTH), limits, sound: spec.strength.0.into() }
    }

    /// What its faults do to the link.
    fn disturbances(&self) -> Disturbances {
        let (has, level) = (|fault| self.levels.has(fault), |fault| self.levels.of(fault));
        Disturbances {
            cut: has(Fault::ModuleDead) || has(Fault::CellOutage),
            half_open: has(Fault::HalfOpen),
            slower: SLOWER_BY * level(Fault::Congestion),
            damages: level(Fault::DamagesMessages),
            doubles: level(Fault::SendsTwice),
            extra_loss: level(Fault::PoorCoverage),
        }
    }
}

evidence! {
    /// The module answers no command.
    ModuleSilent: 60, "module-silent", "通信模块无应答", ["cellular.module-dead" * 50.0];
    /// The module searches for a cell.
    Searching: 61, "searching", "搜索网络中", [
        "cellular.cell-outage" * 5.0, "cellular.poor-coverage" * 2.0, "cellular.module-dead" * 0.05,
    ];
    /// The cell's signal is weak.
    CellSignalWeak: 62, "cell-signal-weak", "蜂窝信号弱", ["cellular.poor-coverage" * 5.0];
    /// Probes of the connection are not answered, though the link is up.
    KeepaliveUnanswered: 63, "keepalive-unanswered", "保活探测无应答", [
        "cellular.half-open" * 5.0, "wifi.interference" * 0.5, "host.slow" * 0.05, "host.outage" * 0.05,
        "gateway.answers-lost" * 0.2,
    ];
    /// Answers come late over a link that repeats nothing.
    LongWaits: 64, "long-waits", "等待时间长", ["cellular.congestion" * 10.0, "wifi.interference" * 0.1];
}

impl ActorPart<Models> for Cellular {
    const NAME: &'static str = "cellular";
    const ZH: &'static str = "移动网络";
    const ABOUT: &'static str = "A mobile carrier's network, as a bearer of payment messages.";
    const FITTING: Fitting = Fitting::Standard;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "link-state",
            zh: "链路检测",
            place: Place::Device,
            part: Part::Cellular,
            sees: "a module that does not answer, no cell, a weak signal, probes without answer, answers that come late",
            sees_zh: "模块不应答、无基站、信号弱、探测无应答、应答迟到",
            blind_to: "whether the other terminals of the cell fare the same; it cannot tell anybody while it is cut off",
            blind_to_zh: "同一基站下其他终端是否如此；断网期间它无法通知任何人",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Ready, Topic::Halt, Topic::Reconnect, Topic::CarryCellular,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { bearer: Bearer::connected(), ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.bearer.tell(&spec.radio, VIA, cx);
        let planned = Self::meter(spec, cx).begin(&mut self.strength, cx);
        expect(planned, Timer::Strength, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Connected(attempt) => {
                if self.bearer.connect_step(&spec.radio, PACKET, attempt, Timer::Connected, cx) {
                    self.bearer.tell(&spec.radio, VIA, cx);
                }
            }
            Timer::Sensed(fault, change) if self.sensed.get().changes.is_latest(fault as usize, change) => {
                debug_assert!(change > 0, "what has shown has changed");
                let now = self.senses();
                match fault {
                    Fault::ModuleDead => self.sensed.get_mut().shown.module = now.module,
                    Fault::CellOutage => self.sensed.get_mut().shown.signal = now.signal,
                    Fault::HalfOpen => self.sensed.get_mut().shown.answered = now.answered,
                    Fault::PoorCoverage | Fault::Congestion | Fault::DamagesMessages | Fault::SendsTwice => {}
                }
                cx.look();
            }
            Timer::Sensed(..) => {}
            Timer::Strength(plan) => {
                let planned = Self::meter(spec, cx).sampled(&mut self.strength, plan, cx);
                expect(planned, Timer::Strength, cx);
            }
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Carry { iso, delay, .. } = message {
            if iso.mti == Mti::Request {
                self.sensed.get_mut().asked = Some((iso.stan, cx.now() + delay));
            }
            self.bearer.carry_out(&spec.radio, PACKET, (iso, delay), cx);
        } else if self.bearer.hears(&spec.radio, &message, Timer::Connected, cx) {
            self.bearer.tell(&spec.radio, VIA, cx);
            if let LocalMessage::Ready = message {
                cx.look();
            }
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if let InterActorMessage::Payment(iso) = &message {
            self.clocked(iso, cx);
        }
        self.bearer.carry_in(&spec.radio, PACKET, (VIA, message), cx);
    }
    fn able(&self, _: &Spec) -> bool {
        self.bearer.up()
    }
    fn retest(&mut self, spec: &Spec, symptom: Symptom, cx: &mut Context<'_, Models>) {
        let planned = Self::meter(spec, cx).measure(&mut self.strength, cx);
        expect(planned, Timer::Strength, cx);
        self.sensed.get_mut().shown = self.senses();
        if symptom == Symptom::AnswersLate {
            // What was measured before says nothing of how it is after.
            self.sensed.get_mut().shown.answer_s = 0.0;
        }
    }
}

impl DevicePart<Models> for Cellular {
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
        if on {
            cx.activated();
        }
        match fault {
            Fault::PoorCoverage => {
                indication::set(cx, Indication::LinkLightBlinks, on);
                let planned = Self::meter(spec, cx).differs(&mut self.strength, -10.0 * AWAY_DB * level, cx);
                expect(planned, Timer::Strength, cx);
            }
            Fault::Congestion => indication::set(cx, Indication::SlowOperation, on),
            Fault::ModuleDead
            | Fault::CellOutage
            | Fault::HalfOpen
            | Fault::DamagesMessages
            | Fault::SendsTwice => {}
        }
        self.bearer.disturb(self.disturbances());
        self.bearer.tell(&spec.radio, VIA, cx);
        let change = self.sensed.get_mut().changes.count(fault as usize);
        if let Some(wait) = Self::shows_after(spec, fault, on, cx) {
            cx.after(wait, Timer::Sensed(fault, change));
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let strength = self.strength.get();
        let shown = Decibels(i32::try_from(strength.shown()).unwrap_or(0));
        Reading { strength: shown, weak: strength.stands(0), ..self.sensed.get().shown }
    }
    fn detect(thresholds: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { module, signal, answered, weak, answer_s, .. } = *reading;
        let of = |symptom: Symptom, evidence: Evidence| Finding::of(symptom).within(Part::Cellular).with(evidence);
        let bearer = match () {
            () if !module => Some(of(Symptom::BearerUnusable, Evidence::ModuleSilent)),
            () if !signal => Some(of(Symptom::BearerUnusable, Evidence::Searching)),
            () => None,
        };
        let others = [
            (weak, of(Symptom::LinkPoor, Evidence::CellSignalWeak)),
            // Nobody knows where the answer was lost: link, gateway and host look alike.
            (!answered, Finding::of(Symptom::RequestsUnanswered).with(Evidence::KeepaliveUnanswered)),
            (answer_s > thresholds.late.as_secs_f64(), Finding::of(Symptom::AnswersLate).with(Evidence::LongWaits)),
        ];
        bearer.into_iter().chain(seen(others)).collect()
    }
}
