//! Security: which keys and certificates the terminal holds, whose software runs, and who else wants its processor.
//!
//! Certificate: no session with the gateway without a valid one. Keys: a message sealed with keys out of step is refused
//! (F39 A0). Signature: checked at every start and from time to time. Egress filter: counts connections to strangers.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::telemetry;
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of keys and certificates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SecuritySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time between two checks of the software's signature while the terminal runs.
    pub checks_every: Span,
    /// Mean time between two attempts of malware to talk to strangers.
    pub talks_every: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { checks_every: Span::hours(4), talks_every: Span::minutes(10) }
    }
}

/// State of the terminal's security.
#[derive(Clone, Component, Debug, Default)]
pub struct Security {
    levels: Levels<Fault>,
    running: bool,
    /// Somebody else's software has been found out: nothing is sold with it.
    refused: bool,
    /// Connections to strangers that the egress filter has refused since it was last put in order.
    strangers: u32,
    /// Counts changes: a note of an earlier state is ignored.
    epoch: u32,
    /// The last session was refused for its certificate.
    session_refused: bool,
    /// The last check of the signature failed.
    check_failed: bool,
    /// Changes of the certificate.
    renewed: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The signature is checked.
    Check(u32),
    /// Malware talks to a stranger: epoch and number.
    Talks(u32, u32),
    /// A session has been asked for with the certificate that has changed so often.
    Session(u32),
}

/// Fault modes of keys and certificates.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SecurityFault")]
pub enum Fault {
    /// The certificate has expired.
    CertificateExpired,
    /// The working keys differ from those of the gateway.
    KeysOutOfStep,
    /// The software is not genuine.
    NotGenuine,
    /// Malware steals time and talks to strangers; the magnitude is the share of the processor that it takes.
    Malware,
}

/// What can be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    certificate_valid: bool,
    signature_refused: bool,
    strangers: u32,
}

/// A session is asked for anew after this time, and refused or not.
const SESSION: Span = Span::secs(15);
const CHECK: Purpose = Purpose::of("security: phase of the signature's check");
const TALKS: Purpose = Purpose::of("security: malware talks to a stranger");

impl Security {
    /// So many refused connections are no chance: a terminal talks to one address.
    const TOO_MANY: u32 = 3;

    fn check(&mut self, cx: &mut Context<'_, Models>) {
        if self.levels.has(Fault::NotGenuine) && self.running && !self.refused {
            self.refused = true;
            cx.activated();
            indication::show(cx, Indication::RefusedText);
            cx.say(LocalMessage::Genuine { ok: false });
        }
        self.check_failed = self.levels.has(Fault::NotGenuine) && self.running;
        cx.look();
    }

    fn plan_talk(&self, spec: &Spec, number: u32, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::Malware), "without malware nobody talks to strangers");
        let draw = u64::from(self.epoch) << 32 | u64::from(number);
        let wait = cx.stream(TALKS, draw).exponential(spec.talks_every);
        cx.after(wait, Timer::Talks(self.epoch, number));
    }
}

evidence! {
    /// A handshake is refused, and the date of the certificate is past.
    CertificatePast: 88, "certificate-past", "证书已过期", ["security.certificate-expired" * 100.0, "clock.wrong" * 5.0];
    /// A signature is wrong.
    SignatureWrong: 89, "signature-wrong", "签名错误", ["security.not-genuine" * 10.0];
    /// It calls addresses that it has no business with.
    CallsToStrangers: 90, "calls-to-strangers", "访问陌生地址", ["security.malware" * 20.0, "security.not-genuine" * 0.1];
}

impl ActorPart<Models> for Security {
    const NAME: &'static str = "security";
    const ZH: &'static str = "安全模块";
    const ABOUT: &'static str = "Keys, certificate, signature of the software, and a filter of outgoing connections.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "integrity-check",
            zh: "完整性检查",
            place: Place::Device,
            part: Part::Security,
            sees: "a certificate that has expired, a signature that does not match, connections to strangers",
            sees_zh: "证书过期、签名不符、与陌生地址的连接",
            blind_to: "malware that keeps still, and whatever happens between two checks",
            blind_to_zh: "保持静默的恶意软件，以及两次检查之间发生的事",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready, Topic::Halt];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { running: true, ..Self::default() }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Check(epoch) if epoch == self.epoch && self.levels.has(Fault::NotGenuine) => {
                self.check(cx);
            }
            Timer::Talks(epoch, number) if epoch == self.epoch && self.levels.has(Fault::Malware) => {
                if self.running {
                    self.strangers = self.strangers.saturating_add(1);
                    cx.activated();
                    cx.look();
                }
                self.plan_talk(spec, number.saturating_add(1), cx);
            }
            Timer::Session(change) if change == self.renewed => {
                debug_assert!(change > 0, "a session is asked for with a certificate that has changed");
                self.session_refused = self.levels.has(Fault::CertificateExpired);
                cx.look();
            }
            Timer::Check(_) | Timer::Talks(..) | Timer::Session(_) => {}
        }
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Halt => self.running = false,
            // The signature is checked at every start.
            LocalMessage::Ready => {
                self.running = true;
                self.check(cx);
            }
            _ => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, cx: &mut Context<'_, Models>) {
        self.session_refused = self.levels.has(Fault::CertificateExpired);
        if symptom == Symptom::SoftwareNotTrusted {
            // Calls that were counted before say nothing of what runs now.
            self.strangers = 0;
        }
        self.check(cx);
    }
    fn able(&self, _: &Spec) -> bool {
        let has = |fault| self.levels.has(fault);
        !has(Fault::CertificateExpired) && !has(Fault::KeysOutOfStep) && !self.refused
    }
}

impl DevicePart<Models> for Security {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::CertificateExpired, Mode {
            name: "certificate-expired",
            zh: "证书过期",
            family: Family::Software,
            shows: &[(Symptom::SessionRefused, 0.95), (Symptom::DueSoon, 0.94), (Symptom::NoHeartbeat, 0.89)],
            cause: "nobody renewed it in time",
            effects: Effects::of(
                "the certificate is not valid any more",
                "the gateway refuses every session",
                "no sale until the certificate is renewed",
            ),
            ratings: Ratings::of(8, 5, 1),
            indications: &[Indication::NoNetworkText],
            seen_by: &[Part::Security, Part::HeartbeatMonitor, Part::Merchant],
            cleared_by: &[(RecoveryAction::Update, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Reconnect, Performer::Device, Span::secs(15)),
                step(RecoveryAction::Update, Performer::Support, Span::minutes(15)),
                step(RecoveryAction::Update, Performer::Technician, Span::minutes(20)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::KeysOutOfStep, Mode {
            name: "keys-out-of-step",
            zh: "密钥不同步",
            family: Family::Transaction,
            shows: &[(Symptom::SessionRefused, 0.95), (Symptom::SalesSilent, 0.1)],
            cause: "an exchange of working keys that broke off",
            effects: Effects::of(
                "terminal and gateway hold different keys",
                "every message is refused because its authentication code is wrong",
                "no sale until the terminal has signed on again",
            ),
            ratings: Ratings::of(8, 5, 2),
            indications: &[Indication::NoAnswerText],
            seen_by: &[Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::SignOn, 0.85), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::SignOn, Performer::Device, Span::secs(10)),
                step(RecoveryAction::SignOn, Performer::Support, Span::minutes(5)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::NotGenuine, Mode {
            name: "not-genuine",
            zh: "非正版软件",
            family: Family::Software,
            shows: &[
                (Symptom::SoftwareNotTrusted, 0.95),
                (Symptom::WillNotSell, 0.9),
                (Symptom::SalesSilent, 0.53),
            ],
            cause: "software that does not come from the maker",
            effects: Effects::of(
                "its signature does not match",
                "when it is checked, the terminal refuses to sell",
                "no sale; until then nobody knows what the software does",
            ),
            ratings: Ratings::of(9, 3, 2),
            indications: &[Indication::RefusedText],
            seen_by: &[Part::Security, Part::Merchant],
            cleared_by: &[(RecoveryAction::Update, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Update, Performer::Remote, Span::minutes(10)),
                step(RecoveryAction::Update, Performer::Support, Span::minutes(20)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::Malware, Mode {
            name: "malware",
            zh: "恶意软件",
            family: Family::Software,
            shows: &[
                (Symptom::SoftwareNotTrusted, 0.63),
                (Symptom::SlowOperation, 0.86),
                (Symptom::ResourcesShort, 0.61),
            ],
            cause: "an application from an unknown source",
            effects: Effects::of(
                "a foreign program takes the processor and talks to strangers",
                "everything takes long",
                "card data may be carried away",
            ),
            ratings: Ratings::of(10, 3, 4),
            indications: &[Indication::SlowOperation],
            seen_by: &[Part::Security, Part::Firmware, Part::Merchant],
            cleared_by: &[(RecoveryAction::Update, 0.8), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Remote, Span::secs(30)),
                step(RecoveryAction::Update, Performer::Remote, Span::minutes(10)),
                step(RecoveryAction::Update, Performer::Support, Span::minutes(20)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
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
        let on = level > 0.0;
        match fault {
            Fault::CertificateExpired => {
                if on {
                    cx.activated();
                }
                cx.say(LocalMessage::Certificate { valid: !on });
                self.renewed += 1;
                cx.after(SESSION, Timer::Session(self.renewed));
            }
            Fault::KeysOutOfStep => cx.say(LocalMessage::Keys { in_step: !on }),
            Fault::NotGenuine if on => {
                self.epoch += 1;
                let wait = spec.checks_every.scaled(unit(cx.draw(CHECK, u64::from(self.epoch))[0]));
                cx.after(wait, Timer::Check(self.epoch));
            }
            Fault::NotGenuine => {
                self.refused = false;
                indication::gone(cx, Indication::RefusedText);
                cx.say(LocalMessage::Genuine { ok: true });
            }
            Fault::Malware => {
                cx.say(LocalMessage::Burden { share: telemetry::percent(level) });
                if on {
                    self.epoch += 1;
                    self.plan_talk(spec, 0, cx);
                }
            }
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let (certificate_valid, signature_refused) = (!self.session_refused, self.check_failed);
        Reading { certificate_valid, signature_refused, strangers: self.strangers }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { certificate_valid, signature_refused, strangers } = *reading;
        let (session, software) = (Finding::of(Symptom::SessionRefused), Finding::of(Symptom::SoftwareNotTrusted));
        seen([
            (!certificate_valid, session.with(Evidence::CertificatePast)),
            (signature_refused, software.with(Evidence::SignatureWrong)),
            (strangers >= Security::TOO_MANY, software.with(Evidence::CallsToStrangers)),
        ])
    }
}
