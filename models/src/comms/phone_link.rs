//! Phone link: the merchant's phone or tablet, over Bluetooth or a wire, between terminal and network.

use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding};
use faults::detectors::Side;
use sim::{Instant, Purpose, Span};

use crate::bearer::{Bearer, Disturbances, Packet, Radio};
use crate::bus::{Leg, LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::quantity::Decibels;
use crate::sampling::Sampling;
use crate::sensor::{expect, Meter, Metered, SignalLimit, SignalMeter};
use crate::wire::InterActorMessage;
use crate::{Family, Models, Part, RecoveryAction};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};

/// How terminal and phone are connected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Medium {
    /// Over the air.
    #[default]
    Bluetooth,
    /// By a wire: it cannot lose its pairing.
    Wire,
}

/// Settings of the link to the phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhoneLinkSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Bluetooth or a wire.
    pub medium: Medium,
    /// Latency, losses, time to connect.
    pub radio: Radio,
    /// Strength of the signal of a phone that lies beside the terminal.
    pub strength: Decibels,
    /// The radio's meter of it.
    pub meter: SignalMeter,
}

/// When the terminal holds the link to its phone to be in trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhoneLinkThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings of the strength below this make a link poor. By default five below -85 dBm: beside the phone less than one false alarm in a
    /// thousand years.
    pub weak: SignalLimit,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { weak: SignalLimit::at(-85) }
    }
}

impl Default for Spec {
    fn default() -> Self {
        let radio = Radio {
            latency: Span::millis(25),
            spread: Factor(0.3),
            good_loss: Probability(0.000_2),
            connects_in: Span::secs(3),
            ..Radio::default()
        };
        let (strength, meter) = (Decibels(-650), SignalMeter::default());
        Self { medium: Medium::Bluetooth, radio, strength, meter }
    }
}

/// State of the link.
#[derive(Clone, Component, Debug, Default)]
pub struct PhoneLink {
    levels: Levels<Fault>,
    bearer: Bearer,
    /// What was sensed of it.
    sensed: Rare<Sensed<Reading, 4>>,
    /// What came of the readings of the strength.
    strength: Rare<Metered<1>>,
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

/// Fault modes of the link to the phone.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhoneLinkFault")]
pub enum Fault {
    /// Terminal and phone are no longer paired.
    PairingLost,
    /// The phone sleeps, hangs or has no credit.
    PhoneAsleep,
    /// Something stands between terminal and phone; the magnitude is the share of packets that it stops.
    Obstructed,
    /// The phone's contract is not paid: it carries nothing on.
    NoCredit,
}

/// What the terminal can see of its phone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// The phone knows the key.
    paired: bool,
    /// The phone answers.
    answers: bool,
    /// What the phone carries on arrives.
    carried: bool,
    /// Strength of the phone's signal when its alarm last changed.
    strength: Decibels,
    /// It has been too weak often enough.
    weak: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { paired: true, answers: true, carried: true, strength: Decibels(0), weak: false }
    }
}

/// The worst obstacle takes so many dB.
const BEHIND_DB: f64 = 65.0;
/// A phone that is gone is missed after the supervision time-out of the link, and the attempt to connect again.
const MISSED_AFTER: Span = Span::secs(30);
/// Three probes over the phone, half a minute apart.
const KEEPALIVE: Sampling = Sampling::every(Span::secs(30), 3);
const PROBES: Purpose = Purpose::of("phone link: phase of the probes");
const STRENGTH: Purpose = Purpose::of("phone link: readings of the strength");

const PACKET: Purpose = Purpose::of("phone link: packet");

impl PhoneLink {
    fn tell(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (up, loss_ppm) = (self.bearer.up(), self.bearer.loss_ppm(&spec.radio));
        cx.say(LocalMessage::PhoneLinked { up, loss_ppm });
        cx.touch();
    }
    /// There is no pairing to lose where a wire is.
    fn unpaired(&self, spec: &Spec) -> bool {
        spec.medium == Medium::Bluetooth && self.levels.has(Fault::PairingLost)
    }

    /// What the link shows, where it is as it is now.
    fn senses(&self, spec: &Spec) -> Reading {
        Reading {
            paired: !self.unpaired(spec),
            answers: !self.levels.has(Fault::PhoneAsleep),
            carried: !self.levels.has(Fault::NoCredit),
            ..self.sensed.get().shown
        }
    }

    /// How long it takes until the link shows that this has begun, or ended.
    fn shows_after(fault: Fault, cx: &Context<'_, Models>) -> Option<Span> {
        match fault {
            Fault::PairingLost | Fault::PhoneAsleep => Some(MISSED_AFTER),
            Fault::NoCredit => Some(KEEPALIVE.shows_after(Span::ZERO, PROBES, cx)),
            Fault::Obstructed => None,
        }
    }
    /// The meter of the strength.
    fn meter(spec: &Spec, cx: &Context<'_, Models>) -> Meter<1> {
        let limits = cx.settings().policy.detectors.parts.phone_link.weak.limit(Side::Below);
        Meter { sensor: spec.meter.sensor(STRENGTH), limits, sound: spec.strength.0.into() }
    }

    /// What its faults do to the link.
    fn disturbances(&self, spec: &Spec) -> Disturbances {
        let has = |fault| self.levels.has(fault);
        Disturbances {
            cut: self.unpaired(spec) || has(Fault::PhoneAsleep) || has(Fault::NoCredit),
            extra_loss: self.levels.of(Fault::Obstructed),
            ..Disturbances::default()
        }
    }
    fn used(cx: &Context<'_, Models>) -> bool {
        cx.settings().profile(cx.me()).software.firmware.through_phone
    }
}

actions! {
    /// Restarts the merchant's phone or tablet.
    RestartPhone: 6, "restart-phone", "重启手机";
    /// Pairs terminal and phone anew.
    PairAgain: 7, "pair-again", "重新配对";
    /// Pays what is owed for the phone's contract.
    TopUp: 17, "top-up", "充值缴费";
}

evidence! {
    /// The phone refuses the key of the pairing.
    PairingRefused: 55, "pairing-refused", "配对被拒", ["phone-link.pairing-lost" * 50.0];
    /// The phone does not answer at all.
    PhoneSilent: 56, "phone-silent", "手机无应答", [
        "phone-link.phone-asleep" * 3.0, "phone-link.pairing-lost" * 0.1, "phone-link.no-credit" * 0.1,
    ];
    /// The phone answers, and nothing that it takes arrives.
    NothingCarried: 57, "nothing-carried", "数据未送达", [
        "phone-link.no-credit" * 50.0, "phone-link.phone-asleep" * 0.1, "phone-link.pairing-lost" * 0.1,
    ];
    /// The phone's signal is weak.
    PhoneSignalWeak: 58, "phone-signal-weak", "手机信号弱", ["phone-link.obstructed" * 5.0];
}

impl ActorPart<Models> for PhoneLink {
    const NAME: &'static str = "phone-link";
    const ZH: &'static str = "与移动设备的连接";
    const ABOUT: &'static str = "The link between the terminal and the merchant's phone or tablet.";
    const FITTING: Fitting = Fitting::Standard;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "phone-watch",
            zh: "手机连接检测",
            place: Place::Device,
            part: Part::PhoneLink,
            sees: "a phone that is not paired, does not answer, or answers and has no network; a weak signal",
            sees_zh: "手机未配对、不应答、应答但无网络；信号弱",
            blind_to: "whether the phone sleeps, is switched off or has gone: it does not answer",
            blind_to_zh: "手机是休眠、关机还是被带走：它只是不应答",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Ready, Topic::Halt, Topic::Reconnect, Topic::Carry,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { bearer: Bearer::connected(), ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if Self::used(cx) {
            self.tell(spec, cx);
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Connected(attempt) => {
                if self.bearer.connect_step(&spec.radio, PACKET, attempt, Timer::Connected, cx) {
                    self.tell(spec, cx);
                }
            }
            Timer::Sensed(fault, change) if self.sensed.get().changes.is_latest(fault as usize, change) => {
                debug_assert!(change > 0, "what has shown has changed");
                let now = self.senses(spec);
                match fault {
                    Fault::PairingLost => self.sensed.get_mut().shown.paired = now.paired,
                    Fault::PhoneAsleep => self.sensed.get_mut().shown.answers = now.answers,
                    Fault::NoCredit => self.sensed.get_mut().shown.carried = now.carried,
                    Fault::Obstructed => {}
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
        if let LocalMessage::Carry { leg, iso, via, delay } = message {
            let packet = (PACKET, Packet::of_payment(&iso));
            let Some(duration) = self.bearer.pass(&spec.radio, packet, cx) else { return };
            let delay = delay + duration;
            if let Leg::FromPhone = leg {
                cx.post(cx.me(), Part::PaymentApp, delay, InterActorMessage::Payment(iso));
            } else {
                cx.say(LocalMessage::Carry { leg: Leg::Out(via), iso, via, delay });
            }
        } else if Self::used(cx) && self.bearer.hears(&spec.radio, &message, Timer::Connected, cx) {
            self.tell(spec, cx);
            if let LocalMessage::Ready = message {
                cx.look();
            }
        }
    }
    fn able(&self, _: &Spec) -> bool {
        self.bearer.up()
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        if Self::used(cx) {
            self.sensed.get_mut().shown = self.senses(spec);
            let planned = Self::meter(spec, cx).measure(&mut self.strength, cx);
            expect(planned, Timer::Strength, cx);
        }
    }
}

impl DevicePart<Models> for PhoneLink {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::PairingLost, Mode {
            name: "pairing-lost",
            zh: "配对丢失",
            family: Family::Comms,
            shows: &[(Symptom::BearerUnusable, 0.9), (Symptom::NoHeartbeat, 0.91)],
            cause: "another device took the pairing, or the phone forgot it",
            effects: Effects::of(
                "terminal and phone do not find each other",
                "the terminal has no way to the network",
                "no sale until they are paired again",
            ),
            ratings: Ratings::of(8, 7, 1),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::PhoneLink, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::PairAgain, 0.9), (RecoveryAction::Repair, 1.0), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::PairAgain, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::PairAgain, Performer::Support, Span::minutes(5)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::PhoneAsleep, Mode {
            name: "phone-asleep",
            zh: "手机休眠或欠费",
            family: Family::Comms,
            shows: &[(Symptom::BearerUnusable, 0.9), (Symptom::NoHeartbeat, 0.91)],
            cause: "a phone that saves power or is switched off",
            effects: Effects::of(
                "the phone carries nothing on",
                "the terminal has no way to the network",
                "no sale until the phone is awake",
            ),
            ratings: Ratings::of(8, 8, 1),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::PhoneLink, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestartPhone, 0.85), (RecoveryAction::Repair, 1.0)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::RestartPhone, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::RestartPhone, Performer::Support, Span::minutes(5)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::Obstructed, Mode {
            name: "obstructed",
            zh: "阻挡物",
            family: Family::Comms,
            shows: &[
                (Symptom::LinkPoor, 0.95),
                (Symptom::AnswersLate, 0.31),
                (Symptom::RequestsUnanswered, 0.16),
                (Symptom::BearerUnusable, 0.096),
            ],
            cause: "something that stands between terminal and phone",
            effects: Effects::of(
                "packets between terminal and phone are lost and late",
                "answers come late or not at all",
                "sales are slow, given up and reversed",
            ),
            ratings: Ratings::of(6, 7, 2),
            indications: &[Indication::LinkLightBlinks],
            seen_by: &[Part::PhoneLink, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::ClearObstruction, 0.9), (RecoveryAction::Repair, 0.9)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::ClearObstruction, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::ClearObstruction, Performer::Support, Span::minutes(4)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
            ],
        }),
        (Fault::NoCredit, Mode {
            name: "no-credit",
            zh: "手机欠费",
            family: Family::Comms,
            shows: &[
                (Symptom::BearerUnusable, 0.31),
                (Symptom::NoHeartbeat, 0.89),
                (Symptom::RequestsUnanswered, 0.84),
            ],
            cause: "a contract that has not been paid",
            effects: Effects::of(
                "the phone's carrier carries nothing on",
                "the terminal has no way to the network",
                "no sale until the contract is paid",
            ),
            ratings: Ratings::of(8, 5, 2),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::PhoneLink, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::TopUp, 0.95)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(10)),
                step(RecoveryAction::RestartPhone, Performer::Attendant, Span::minutes(2)),
                step(RecoveryAction::TopUp, Performer::Support, Span::minutes(10)),
                step(RecoveryAction::TopUp, Performer::Technician, Span::minutes(20)),
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
        if fault == Fault::Obstructed {
            indication::set(cx, Indication::LinkLightBlinks, on);
        }
        self.bearer.disturb(self.disturbances(spec));
        if Self::used(cx) {
            if on {
                cx.activated();
            }
            self.tell(spec, cx);
            if fault == Fault::Obstructed {
                let planned = Self::meter(spec, cx).differs(&mut self.strength, -10.0 * BEHIND_DB * level, cx);
                return expect(planned, Timer::Strength, cx);
            }
            let change = self.sensed.get_mut().changes.count(fault as usize);
            if let Some(wait) = Self::shows_after(fault, cx) {
                cx.after(wait, Timer::Sensed(fault, change));
            }
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let strength = self.strength.get();
        let shown = Decibels(i32::try_from(strength.shown()).unwrap_or(0));
        Reading { strength: shown, weak: strength.stands(0), ..self.sensed.get().shown }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let bearer = match *reading {
            Reading { paired: false, .. } => Some(Evidence::PairingRefused),
            Reading { answers: false, .. } => Some(Evidence::PhoneSilent),
            Reading { carried: false, .. } => Some(Evidence::NothingCarried),
            _ => None,
        };
        let bearer = bearer.map(|it| Finding::of(Symptom::BearerUnusable).within(Part::PhoneLink).with(it));
        let weak = Finding::of(Symptom::LinkPoor).within(Part::PhoneLink).with(Evidence::PhoneSignalWeak);
        bearer.into_iter().chain(reading.weak.then_some(weak)).collect()
    }
}
