//! Wi-Fi: the shop's own wireless network.

use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding};
use faults::detectors::Side;
use sim::{Instant, Purpose, Span};

use crate::bearer::{Bearer, Disturbances, Radio};
use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::quantity::Decibels;
use crate::sampling::Sampling;
use crate::sensor::{expect, Meter, Metered, SignalLimit, SignalMeter};
use crate::wire::{InterActorMessage, Via};
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of the Wi-Fi link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WifiSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Latency, losses, time to connect.
    pub radio: Radio,
    /// Noise of the place without other networks.
    pub noise: Decibels,
    /// The radio's meter of it.
    pub meter: SignalMeter,
}

impl Default for Spec {
    fn default() -> Self {
        Self { radio: Radio::default(), noise: Decibels(-950), meter: SignalMeter::default() }
    }
}

/// When the terminal holds its Wi-Fi link to be in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WifiThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings of the noise above this make a link poor. By default five above -80 dBm: at a place with -95 dBm less than one false alarm in a
    /// thousand years.
    pub noisy: SignalLimit,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { noisy: SignalLimit::at(-80) }
    }
}

/// State of the link.
#[derive(Clone, Component, Debug, Default)]
pub struct Wifi {
    levels: Levels<Fault>,
    bearer: Bearer,
    /// What was sensed of it.
    sensed: Rare<Sensed<Reading, 3>>,
    /// What came of the readings of the noise.
    noise: Rare<Metered<1>>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// It has connected, if that was not broken off.
    Connected(u32),
    /// What this fault changes has been read often enough since it changed so often.
    Sensed(Fault, u32),
    /// The meter of the noise shows what may change an alarm, by the plan of this number.
    Noise(u32),
}

/// Fault modes of the Wi-Fi link.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "WifiFault")]
pub enum Fault {
    /// Something else transmits: the magnitude is the share of packets that it destroys.
    Interference,
    /// The access point is off.
    AccessPointDown,
    /// Names are not resolved (DNS): packets could pass, but have no address.
    NameServiceDown,
}

/// What the terminal's radio says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// Beacons of the access point come.
    beacon: bool,
    /// Names are resolved.
    names: bool,
    /// Noise when its alarm last changed.
    noise: Decibels,
    /// It has been too high often enough.
    noisy: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { beacon: true, names: true, noise: Decibels(0), noisy: false }
    }
}

/// The worst interference raises it by so many dB.
const NOISE_DB: f64 = 50.0;
/// A link that is gone is said to be when it has not come back: the beacons of seven intervals and the probes, and half a minute.
const LOST_AFTER: Span = Span::secs(34);
/// A beacon is enough to know that it is back.
const BACK_AFTER: Span = Span::secs(4);
/// A name is looked up when its entry in the cache has ended; two servers are asked three times.
const LOOK_UP: Sampling = Sampling::every(Span::secs(300), 1);
const UNRESOLVED_AFTER: Span = Span::secs(10);
const NOISE: Purpose = Purpose::of("wifi: readings of the noise");
const LOOK_UPS: Purpose = Purpose::of("wifi: phase of the look-ups");

const PACKET: Purpose = Purpose::of("wifi: packet");
const VIA: Via = Via::Wifi;

impl Wifi {
    /// What the sensors show, where the radio is as it is now.
    fn senses(&self) -> Reading {
        Reading {
            beacon: !self.levels.has(Fault::AccessPointDown),
            names: !self.levels.has(Fault::NameServiceDown),
            ..self.sensed.get().shown
        }
    }

    /// How long it takes until the sensors show that this has begun, or ended.
    fn shows_after(fault: Fault, on: bool, cx: &Context<'_, Models>) -> Option<Span> {
        match fault {
            Fault::AccessPointDown if on => Some(LOST_AFTER),
            Fault::AccessPointDown => Some(BACK_AFTER),
            Fault::NameServiceDown => Some(LOOK_UP.shows_after(Span::ZERO, LOOK_UPS, cx) + UNRESOLVED_AFTER),
            Fault::Interference => None,
        }
    }

    /// The meter of the noise.
    fn meter(spec: &Spec, cx: &Context<'_, Models>) -> Meter<1> {
        let limits = cx.settings().policy.detectors.parts.wifi.noisy.limit(Side::Above);
        Meter { sensor: spec.meter.sensor(NOISE), limits, sound: spec.noise.0.into() }
    }

    /// What its faults do to the link.
    fn disturbances(&self) -> Disturbances {
        Disturbances {
            cut: self.levels.has(Fault::AccessPointDown) || self.levels.has(Fault::NameServiceDown),
            extra_loss: self.levels.of(Fault::Interference),
            ..Disturbances::default()
        }
    }
}

evidence! {
    /// No beacon of the access point comes.
    NoBeacon: 50, "no-beacon", "无信标", ["wifi.access-point-down" * 20.0];
    /// The link is up and no name is resolved.
    NamesFail: 51, "names-fail", "域名解析失败", ["wifi.name-service-down" * 50.0, "wifi.access-point-down" * 0.05];
    /// There is much noise in the channel.
    NoiseHigh: 52, "noise-high", "噪声高", ["wifi.interference" * 10.0];
}

impl ActorPart<Models> for Wifi {
    const NAME: &'static str = "wifi";
    const ZH: &'static str = "无线网络";
    const ABOUT: &'static str = "The shop's wireless network, as a bearer of payment messages.";
    const FITTING: Fitting = Fitting::Standard;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "wifi-watch",
            zh: "无线局域网检测",
            place: Place::Device,
            part: Part::Wifi,
            sees: "no beacon, no name service, noise",
            sees_zh: "无信标、域名解析失败、噪声",
            blind_to: "what is wrong behind the access point; it cannot tell anybody while it is cut off",
            blind_to_zh: "接入点之后的问题；断网期间它无法通知任何人",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Ready, Topic::Halt, Topic::Reconnect, Topic::CarryWifi,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { bearer: Bearer::connected(), ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.bearer.tell(&spec.radio, VIA, cx);
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
                    Fault::AccessPointDown => self.sensed.get_mut().shown.beacon = now.beacon,
                    Fault::NameServiceDown => self.sensed.get_mut().shown.names = now.names,
                    Fault::Interference => {}
                }
                cx.look();
            }
            Timer::Sensed(..) => {}
            Timer::Noise(plan) => {
                let planned = Self::meter(spec, cx).sampled(&mut self.noise, plan, cx);
                expect(planned, Timer::Noise, cx);
            }
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Carry { iso, delay, .. } = message {
            self.bearer.carry_out(&spec.radio, PACKET, (iso, delay), cx);
        } else if self.bearer.hears(&spec.radio, &message, Timer::Connected, cx) {
            self.bearer.tell(&spec.radio, VIA, cx);
            if let LocalMessage::Ready = message {
                cx.look();
            }
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        self.bearer.carry_in(&spec.radio, PACKET, (VIA, message), cx);
    }
    fn able(&self, _: &Spec) -> bool {
        self.bearer.up()
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        let planned = Self::meter(spec, cx).measure(&mut self.noise, cx);
        expect(planned, Timer::Noise, cx);
        self.sensed.get_mut().shown = self.senses();
    }
}

impl DevicePart<Models> for Wifi {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::Interference, Mode {
            name: "interference",
            zh: "信号干扰",
            family: Family::Comms,
            shows: &[
                (Symptom::LinkPoor, 0.95),
                (Symptom::AnswersLate, 0.32),
                (Symptom::RequestsUnanswered, 0.16),
                (Symptom::NoHeartbeat, 0.052),
                (Symptom::BearerUnusable, 0.048),
            ],
            cause: "other networks, a microwave oven",
            effects: Effects::of(
                "packets are lost and late",
                "answers come late or not at all",
                "sales are slow or fail",
            ),
            ratings: Ratings::of(6, 8, 2),
            indications: &[Indication::LinkLightBlinks],
            seen_by: &[Part::Wifi, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::ClearObstruction, 0.6), (RecoveryAction::Repair, 0.8)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::ClearObstruction, Performer::Attendant, Span::minutes(3)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
            ],
        }),
        (Fault::AccessPointDown, Mode {
            name: "access-point-down",
            zh: "无法连接网络",
            family: Family::Comms,
            shows: &[(Symptom::BearerUnusable, 0.95), (Symptom::NoHeartbeat, 0.5)],
            cause: "an access point that hangs or has no power",
            effects: Effects::of(
                "nothing is sent or received by this bearer",
                "the terminal changes to its other bearer, if it has one",
                "no sale where there is no other bearer",
            ),
            ratings: Ratings::of(7, 8, 1),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::Wifi, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.7), (RecoveryAction::Repair, 0.95)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::FailOver, Performer::Device, Span::secs(5)),
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(4)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
            ],
        }),
        (Fault::NameServiceDown, Mode {
            name: "name-service-down",
            zh: "域名解析失败",
            family: Family::Comms,
            shows: &[(Symptom::BearerUnusable, 0.95), (Symptom::NoHeartbeat, 0.47)],
            cause: "a name server that does not answer, or a wrong setting",
            effects: Effects::of(
                "the gateway's address is not found",
                "nothing is sent by this bearer",
                "no sale where there is no other bearer",
            ),
            ratings: Ratings::of(7, 5, 2),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::Wifi, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.6), (RecoveryAction::Configure, 0.8), (RecoveryAction::Repair, 0.95)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::FailOver, Performer::Device, Span::secs(5)),
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(4)),
                step(RecoveryAction::Configure, Performer::Support, Span::minutes(8)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(45)),
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
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        if on {
            cx.activated();
        }
        if fault == Fault::Interference {
            indication::set(cx, Indication::LinkLightBlinks, on);
        }
        self.bearer.disturb(self.disturbances());
        self.bearer.tell(&spec.radio, VIA, cx);
        if fault == Fault::Interference {
            let planned = Self::meter(spec, cx).differs(&mut self.noise, 10.0 * NOISE_DB * level, cx);
            return expect(planned, Timer::Noise, cx);
        }
        let change = self.sensed.get_mut().changes.count(fault as usize);
        if let Some(wait) = Self::shows_after(fault, on, cx) {
            cx.after(wait, Timer::Sensed(fault, change));
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let noise = self.noise.get();
        let shown = Decibels(i32::try_from(noise.shown()).unwrap_or(0));
        Reading { noise: shown, noisy: noise.stands(0), ..self.sensed.get().shown }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let bearer = match *reading {
            Reading { beacon: false, .. } => Some(Evidence::NoBeacon),
            Reading { names: false, .. } => Some(Evidence::NamesFail),
            _ => None,
        };
        let bearer = bearer.map(|it| Finding::of(Symptom::BearerUnusable).within(Part::Wifi).with(it));
        let noisy = Finding::of(Symptom::LinkPoor).within(Part::Wifi).with(Evidence::NoiseHigh);
        bearer.into_iter().chain(reading.noisy.then_some(noisy)).collect()
    }
}
