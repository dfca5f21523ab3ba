//! Storage: where the journal, the logs and the updates lie.

use crate::rare::Rare;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding};
use faults::detectors::{Limit, Side};
use sim::quantity::Probability;
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::course::Ramp;
use crate::sensor::{expect, ShareGauge, WHOLE, Watch, in_whole};
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of the storage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StorageSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time in which a fault of magnitude 1 fills what is free: half of the whole.
    pub fills_in: Span,
    /// The gauge of the share in use.
    pub gauge: ShareGauge,
}

impl Default for Spec {
    fn default() -> Self {
        Self { fills_in: Span::hours(6), gauge: ShareGauge::default() }
    }
}

/// When the terminal holds its storage to be short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StorageThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings above this share in use. By default 0.85, three in a row: of a store that is half full no false alarm comes.
    pub above: Probability,
    /// It is over at the first reading that is back by more than this; one within the band holds the count.
    pub hysteresis: Probability,
    /// So many readings beyond the limit are an alarm.
    pub readings: NonZeroU8,
}

impl Default for Thresholds {
    fn default() -> Self {
        let readings = NonZeroU8::MIN.saturating_add(2);
        Self { above: Probability(0.85), hysteresis: Probability(0.1), readings }
    }
}

impl Thresholds {
    fn limits(&self) -> [Limit; 1] {
        let (at, hysteresis) = (in_whole(self.above), in_whole(self.hysteresis));
        [Limit { side: Side::Above, at, hysteresis, in_a_row: self.readings.get() }]
    }
}

/// State of the storage.
#[derive(Clone, Component, Debug, Default)]
pub struct Storage {
    levels: Levels<Fault>,
    full: bool,
    filled: Rare<Filled>,
}

/// How it fills.
#[derive(Clone, Copy, Debug, Default)]
struct Filled {
    /// How fast, as a share of the worst.
    filling: f64,
    /// Filled at that speed, it would have been half full then.
    since: Instant,
    /// What came of the gauge's readings.
    watch: Watch<1>,
    /// The journal could not be written.
    unwritten: bool,
    /// Counts changes of the speed: a note of an earlier one is ignored.
    epoch: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// Nothing is free.
    Full(u32),
    /// The gauge shows what may change an alarm, by the plan of this number.
    Sampled(u32),
}

/// Fault modes of the storage.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StorageFault")]
pub enum Fault {
    /// Logs fill it up; the magnitude is their speed.
    Fills,
}

/// How much is in use.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// What the gauge showed when an alarm last changed: ten-thousandths.
    used: i64,
    /// It has shown too much often enough, or the journal could not be written.
    short: bool,
}

const GAUGE: Purpose = Purpose::of("storage: readings of the gauge");

impl Storage {
    /// So much is in use; it fills from here on at the speed of now.
    fn fill(&mut self, spec: &Spec, used: f64, cx: &mut Context<'_, Models>) {
        // Seconds to fill the whole at this speed; what is in use counts as filled at it.
        debug_assert!((0.0..=1.0).contains(&used), "a store is filled by {used}");
        let whole = spec.fills_in.scaled(2.0 / self.filled.get().filling.max(1e-6));
        self.filled.get_mut().since = Instant(cx.now().0.saturating_sub(whole.scaled(used - 0.5).0));
        let until = |level: f64| whole.scaled((level - used).max(0.0));
        cx.after(until(1.0), Timer::Full(self.filled.get().epoch));
    }

    /// How it fills, in ten-thousandths.
    fn course(&self, spec: &Spec) -> Ramp {
        let Filled { filling, since, .. } = self.filled.get();
        if self.full {
            return Ramp { from: WHOLE, since: Instant::START, per_s: 0.0, most: WHOLE };
        }
        let per_s = 0.5 * WHOLE * filling / spec.fills_in.as_secs_f64().max(1.0);
        Ramp { from: 0.5 * WHOLE, since, per_s, most: WHOLE }
    }

    /// Takes the samples up to now; whether one has changed an alarm.
    fn catch_up(&mut self, spec: &Spec, cx: &Context<'_, Models>) -> bool {
        let limits = cx.settings().policy.detectors.parts.storage.limits();
        let (gauge, course) = (spec.gauge.sensor(GAUGE).installed(cx), self.course(spec));
        self.filled.get_mut().watch.catch_up(&gauge, &limits, &course, cx.now())
    }

    /// Plans the next sample that may change an alarm.
    fn expect_sample(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let limits = cx.settings().policy.detectors.parts.storage.limits();
        let (gauge, course) = (spec.gauge.sensor(GAUGE).installed(cx), self.course(spec));
        let planned = self.filled.consider(|it| it.watch.plan(&gauge, &limits, &course, cx.now()));
        expect(planned, Timer::Sampled, cx);
    }

    /// Share in use.
    fn used(&self, spec: &Spec, now: Instant) -> f64 {
        let Filled { filling, since, .. } = self.filled.get();
        let filled = now.since(since).as_secs_f64() / spec.fills_in.as_secs_f64().max(1.0);
        let used = if self.full { 1.0 } else { (0.5 + 0.5 * filled * filling).min(1.0) };
        debug_assert!((0.5..=1.0).contains(&used), "half of it holds the software: {used}");
        used
    }
}

evidence! {
    /// Storage is nearly full.
    StorageHigh: 86, "storage-high", "存储占用高", ["storage.fills" * 50.0, "firmware.memory-leak" * 0.05, "firmware.processor-starved" * 0.05];
}

impl ActorPart<Models> for Storage {
    const NAME: &'static str = "storage";
    const ZH: &'static str = "存储";
    const ABOUT: &'static str = "The memory that keeps its content: journal, logs, updates.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "free-space",
            zh: "存储空间检测",
            place: Place::Device,
            part: Part::Storage,
            sees: "how much of the storage is used",
            sees_zh: "存储空间已用的比例",
            blind_to: "what fills it",
            blind_to_zh: "是什么占满了空间",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.expect_sample(spec, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Sampled(plan) if self.filled.get().watch.is_latest(plan) => {
                if self.catch_up(spec, cx) {
                    cx.look();
                }
                self.expect_sample(spec, cx);
            }
            Timer::Full(epoch) if epoch == self.filled.get().epoch => {
                debug_assert!(self.filled.get().filling > 0.0, "what is full was being filled");
                self.catch_up(spec, cx);
                self.full = true;
                self.expect_sample(spec, cx);
                cx.activated();
                indication::show(cx, Indication::RefusedText);
                cx.say(LocalMessage::Storage { free: false });
                // The journal cannot be written: that is an observation by itself.
                self.filled.get_mut().unwritten = true;
                cx.look();
            }
            Timer::Sampled(_) | Timer::Full(_) => {}
        }
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Ready = message {
            cx.look();
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.full
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.catch_up(spec, cx);
        let limits = cx.settings().policy.detectors.parts.storage.limits();
        let (gauge, course) = (spec.gauge.sensor(GAUGE).installed(cx), self.course(spec));
        let filled = self.filled.get_mut();
        filled.watch.measure(&gauge, &limits, &course, cx.now());
        filled.unwritten = self.full;
        self.expect_sample(spec, cx);
    }
}

impl DevicePart<Models> for Storage {
    const MODES: &'static [(Fault, Mode<Models>)] = &[(Fault::Fills, Mode {
        name: "fills",
        zh: "存储空间已满",
        family: Family::Software,
        shows: &[
            (Symptom::WillNotSell, 0.9),
            (Symptom::ResourcesShort, 0.95),
            (Symptom::SalesSilent, 0.52),
        ],
        cause: "logs that nobody deletes",
        effects: Effects::of(
            "there is no room left",
            "no sale can be journalled, so none is begun",
            "no sale until there is room",
        ),
        ratings: Ratings::of(8, 5, 2),
        indications: &[Indication::RefusedText],
        seen_by: &[Part::Storage, Part::Merchant],
        cleared_by: &[
            (RecoveryAction::Configure, 0.9),
            (RecoveryAction::Update, 0.7),
            (RecoveryAction::Repair, 1.0),
            (RecoveryAction::Swap, 1.0),
        ],
        procedure: &[
            step(RecoveryAction::RestartApp, Performer::Device, Span::secs(10)),
            step(RecoveryAction::Configure, Performer::Remote, Span::minutes(2)),
            step(RecoveryAction::Configure, Performer::Support, Span::minutes(8)),
            step(RecoveryAction::Repair, Performer::Technician, Span::minutes(30)),
        ],
    })];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, _: Fault, level: f64, cx: &mut Context<'_, Models>) {
        self.catch_up(spec, cx);
        let used = self.used(spec, cx.now());
        debug_assert!((0.5..=1.0).contains(&used), "half of it holds the software: {used}");
        let filled = self.filled.get_mut();
        (filled.filling, filled.epoch) = (level, filled.epoch + 1);
        if level > 0.0 {
            self.fill(spec, used, cx);
            self.expect_sample(spec, cx);
            return;
        }
        self.full = false;
        indication::gone(cx, Indication::RefusedText);
        cx.say(LocalMessage::Storage { free: true });
        self.expect_sample(spec, cx);
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let Filled { watch, unwritten, .. } = self.filled.get();
        Reading { used: watch.shown(), short: watch.stands(0) || unwritten }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([(reading.short, Finding::of(Symptom::ResourcesShort).with(Evidence::StorageHigh))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_in_until_a_change_came_at_the_speed_before() {
        let spec = Spec::default();
        let mut storage = Storage::default();
        storage.filled.get_mut().filling = 0.5;
        storage.levels.set(Fault::Fills, 1.0);
        // Half of the time to fill the other half, at half the speed: an eighth of the whole.
        let used = storage.used(&spec, Instant::START + spec.fills_in.scaled(0.5));
        assert!((used - 0.625).abs() < 1e-9, "{used}");
    }
}
