//! Scanner: reads bar codes and QR codes from a customer's phone.

use crate::rare::Rare;
use crate::observation::{self, Observation};
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::detectors::{Change, Cusum, Outcome, OutcomeChart, OutcomeRule};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, Finding};
use sim::{Instant, Purpose, Span, unit};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::wire::Method;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::detectors::{Detector, Place};

/// Settings of the scanner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ScannerSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time to present and read a code.
    pub duration: Span,
    /// Share of scans that fail with a sound scanner.
    pub misread: Probability,
}

impl Default for Spec {
    fn default() -> Self {
        Self { duration: Span::millis(1_500), misread: Probability(0.01) }
    }
}

/// When the terminal holds its scanner to be bad.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ScannerThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// By what became of the first presentation of each sale's code, as `card_reader.reads`.
    pub codes: OutcomeRule,
}

impl Default for Thresholds {
    fn default() -> Self {
        let codes = Cusum { failed_adds: 9, good_takes: 1, alarm_at: 36, head_start: 0 };
        Self { codes: OutcomeRule::Cusum(codes) }
    }
}

/// State of the scanner.
#[derive(Clone, Component, Debug, Default)]
pub struct Scanner {
    levels: Levels<Fault>,
    scans: u32,
    /// Whose code is being read and at which attempt: names the draws.
    scanning: u64,
    /// Codes in a row that were not read.
    failed: u8,
    /// What became of the first codes of sales.
    chart: Rare<OutcomeChart>,
    /// The scanner has gone from the bus.
    gone: bool,
    /// Its self-test, which it makes when reading fails, has failed.
    test_failed: bool,
    /// Changes of the cable.
    plugged: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The code has been presented for long enough.
    Presented(u32),
    /// The bus has said that it has gone, or is back, since that changed so often.
    Sensed(u32),
}

/// Fault modes of the scanner.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ScannerFault")]
pub enum Fault {
    /// The window is dirty; the magnitude is the share of scans that fail.
    WindowDirty,
    /// Its cable has come out.
    CableLoose,
    /// Its light or its decoder has died: it is there, and reads nothing.
    CannotRead,
}

/// What the terminal can see of its scanner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    present: bool,
    /// It reads the pattern of its self-test.
    decodes: bool,
    /// First codes of sales have not been read too often.
    bad: bool,
}

/// The hub of the bus waits so long before it says so.
const HUB: Span = Span::millis(300);
/// A sensor or lamp that is broken is found by the self-test in so many of ten cases: what decodes passes it.
const FINDS: f64 = 0.7;
const FOUND: Purpose = Purpose::of("scanner: the self-test finds it");
const SCAN: Purpose = Purpose::of("scanner: the scan fails");

indications! {
    /// A code is presented and nothing happens.
    NoReactionToCode: 16, "no-reaction-to-code", "扫码无反应", Behaviour, CodesNotRead;
}

impl Scanner {
    /// What became of the first code of a sale, for its chart.
    fn judge(&mut self, ok: bool, cx: &Context<'_, Models>) -> Change {
        let rule = &cx.settings().policy.detectors.parts.scanner.codes;
        let outcome = if ok { Outcome::Good } else { Outcome::Failed };
        let change = self.chart.consider(|chart| {
            let before = *chart;
            let change = chart.observe(rule, outcome);
            (*chart != before).then_some(change)
        });
        change.unwrap_or_default()
    }

    /// Whether the self-test fails: a broken sensor passes it always or never.
    fn fails_test(&self, cx: &Context<'_, Models>) -> bool {
        self.levels.has(Fault::CannotRead) && unit(cx.draw(FOUND, 0)[0]) < FINDS
    }
}

evidence! {
    /// The device is not on the bus.
    GoneFromTheBus: 76, "gone-from-the-bus", "总线上消失", ["scanner.cable-loose" * 100.0];
    /// It is there, and cannot read the pattern of its self-test.
    CodeTestFailed: 77, "code-test-failed", "扫码自检失败", ["scanner.cannot-read" * 20.0, "scanner.cable-loose" * 0.05];
    /// It is there, reads its own pattern, and not what is shown to it.
    PictureBlurred: 78, "picture-blurred", "图像模糊", [
        "scanner.window-dirty" * 5.0, "scanner.cable-loose" * 0.05, "scanner.cannot-read" * 0.3,
    ];
}

impl ActorPart<Models> for Scanner {
    const NAME: &'static str = "scanner";
    const ZH: &'static str = "扫描枪";
    const ABOUT: &'static str = "Reads bar codes and QR codes from a customer's phone.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "scan-test",
            zh: "扫描自检",
            place: Place::Device,
            part: Part::Scanner,
            sees: "a scanner that is not there, codes that are not decoded, a sensor that fails its test",
            sees_zh: "扫描枪不存在、条码无法解码、传感器自检失败",
            blind_to: "a bad code on a customer's phone: some in a row look like a dirty window",
            blind_to_zh: "顾客手机上的坏码：连续几个看起来像窗口脏污",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready, Topic::Halt, Topic::ReadCode];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let scan = match timer {
            Timer::Presented(scan) => scan,
            Timer::Sensed(change) => {
                debug_assert!(change <= self.plugged, "the bus says what has changed");
                if change == self.plugged {
                    self.gone = self.levels.has(Fault::CableLoose);
                    cx.look();
                }
                return;
            }
        };
        debug_assert!(scan <= self.scans, "a code is presented when it is asked for");
        if scan != self.scans {
            return;
        }
        let bits = cx.draw(SCAN, self.scanning);
        let faulty = self.levels.has(Fault::CableLoose)
            || self.levels.has(Fault::CannotRead)
            || unit(bits[1]) < self.levels.of(Fault::WindowDirty);
        let ok = !faulty && unit(bits[0]) >= spec.misread.0;
        let (before, passed) = (self.failed, !self.test_failed);
        self.failed = if ok { 0 } else { self.failed.saturating_add(1) };
        if faulty {
            cx.activated();
            indication::show(cx, Indication::NoReactionToCode);
        }
        // The self-test runs when reading fails.
        let tests = !ok && self.failed >= 2;
        self.test_failed = tests && self.fails_test(cx);
        // The code of a sale counts once: whoever shows it again shows the same.
        let change = if self.scanning & 0xff == 0 { self.judge(ok, cx) } else { Change::None };
        if change != Change::None || passed == self.test_failed || before > 0 && self.failed == 0 {
            cx.look();
        }
        cx.say(LocalMessage::WasRead { method: Method::Code, ok });
        observation::tell(cx, Observation::Read { method: Method::Code, ok });
    }
    fn retest(&mut self, _: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        let rule = &cx.settings().policy.detectors.parts.scanner.codes;
        self.gone = self.levels.has(Fault::CableLoose);
        self.test_failed = self.fails_test(cx);
        // Whoever has cleaned or mended it shows it a printed code.
        let bad = self.gone || self.levels.has(Fault::CannotRead);
        if !bad && unit(cx.draw(SCAN, u64::from(self.scans) << 32)[0]) >= self.levels.of(Fault::WindowDirty) {
            self.failed = 0;
            if self.chart.is_kept() {
                self.chart.get_mut().put_on_probation(rule);
            }
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Read { customer, attempt, .. } => {
                self.scanning = u64::from(customer) << 8 | u64::from(attempt);
                self.scans += 1;
                cx.after(spec.duration, Timer::Presented(self.scans));
            }
            LocalMessage::Halt => {
                self.scans += 1;
                self.failed = 0;
                self.chart = Rare::default();
            }
            LocalMessage::Ready => cx.look(),
            _ => {}
        }
    }
}

impl DevicePart<Models> for Scanner {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::WindowDirty, Mode {
            name: "window-dirty",
            zh: "扫描窗口脏污",
            family: Family::CardReader,
            shows: &[(Symptom::CodesNotRead, 0.89)],
            cause: "fingers and dust",
            effects: Effects::of(
                "the picture is blurred",
                "codes are not read",
                "customers pay otherwise or leave",
            ),
            ratings: Ratings::of(6, 7, 2),
            indications: &[Indication::NoReactionToCode],
            seen_by: &[Part::Scanner, Part::Merchant],
            cleared_by: &[(RecoveryAction::Clean, 0.95), (RecoveryAction::Repair, 1.0), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Clean, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(20)),
            ],
        }),
        (Fault::CableLoose, Mode {
            name: "cable-loose",
            zh: "扫描枪连线松动",
            family: Family::Hardware,
            shows: &[(Symptom::CodesNotRead, 0.94)],
            cause: "a cable that is pulled",
            effects: Effects::of(
                "the scanner is not there",
                "codes are not read",
                "customers pay otherwise or leave",
            ),
            ratings: Ratings::of(6, 6, 2),
            indications: &[Indication::NoReactionToCode],
            seen_by: &[Part::Scanner, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.95), (RecoveryAction::Repair, 1.0), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(20)),
            ],
        }),
        (Fault::CannotRead, Mode {
            name: "cannot-read",
            zh: "扫描枪无法识读",
            family: Family::CardReader,
            shows: &[(Symptom::CodesNotRead, 0.95), (Symptom::SalesSilent, 0.047)],
            cause: "a broken sensor or lamp",
            effects: Effects::of(
                "there is no picture",
                "no code is read, however clean the window",
                "customers pay otherwise or leave",
            ),
            ratings: Ratings::of(6, 4, 2),
            indications: &[Indication::NoReactionToCode],
            seen_by: &[Part::Scanner, Part::Merchant],
            cleared_by: &[(RecoveryAction::Replug, 0.2), (RecoveryAction::Repair, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::Replug, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::Clean, Performer::Support, Span::minutes(4)),
                step(RecoveryAction::Repair, Performer::Technician, Span::minutes(20)),
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
    fn on_level(&mut self, _: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        if fault == Fault::CableLoose {
            self.plugged += 1;
            cx.after(HUB, Timer::Sensed(self.plugged));
        }
        if level == 0.0 {
            indication::gone(cx, Indication::NoReactionToCode);
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { present: !self.gone, decodes: !self.test_failed, bad: self.chart.get().stands() }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let seen = match *reading {
            Reading { present: false, .. } => Some(Evidence::GoneFromTheBus),
            // The self-test runs when reading fails.
            Reading { decodes: false, .. } => Some(Evidence::CodeTestFailed),
            Reading { bad: true, .. } => Some(Evidence::PictureBlurred),
            _ => None,
        };
        seen.map(|it| Finding::of(Symptom::CodesNotRead).with(it)).into_iter().collect()
    }
}
