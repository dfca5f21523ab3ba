//! The gauges of memory and processor, and when what they show is too much.

use std::num::NonZeroU8;

use faults::Context;
use faults::detectors::{Limit, Side};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Purpose;
use sim::quantity::Probability;

use super::{Fault, Firmware, Spec, Timer};
use crate::Models;
use crate::course::{Ramp, Steady};
use crate::sensor::{expect, WHOLE, in_whole};

/// When the terminal holds memory or processor to be short.
///
/// By default memory above 0.85 three times in a row, and the processor above 0.6 for a quarter of an hour: of a sound terminal, half of whose memory
/// and 0.15 of whose processor are in use, no false alarm comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FirmwareThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings above this share of the memory in use.
    pub memory_above: Probability,
    /// So many of them are an alarm.
    pub memory_readings: NonZeroU8,
    /// Readings above this share of the processor in use.
    pub processor_above: Probability,
    /// So many of them are an alarm.
    pub processor_readings: NonZeroU8,
    /// Either is over at the first reading that is back by more than this; one within the band holds the count.
    pub hysteresis: Probability,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            memory_above: Probability(0.85),
            memory_readings: NonZeroU8::MIN.saturating_add(2),
            processor_above: Probability(0.6),
            processor_readings: NonZeroU8::MIN.saturating_add(14),
            hysteresis: Probability(0.1),
        }
    }
}

impl Thresholds {
    fn limit(&self, at: Probability, readings: NonZeroU8) -> [Limit; 1] {
        let (at, hysteresis) = (in_whole(at), in_whole(self.hysteresis));
        [Limit { side: Side::Above, at, hysteresis, in_a_row: readings.get() }]
    }
    fn memory(&self) -> [Limit; 1] {
        self.limit(self.memory_above, self.memory_readings)
    }
    fn processor(&self) -> [Limit; 1] {
        self.limit(self.processor_above, self.processor_readings)
    }
}

pub(super) const MEMORY: Purpose = Purpose::of("firmware: readings of the memory");
pub(super) const PROCESSOR: Purpose = Purpose::of("firmware: readings of the processor");

impl Firmware {
    /// How the memory in use goes on, in ten-thousandths.
    pub(super) fn memory_course(&self) -> Ramp {
        let per_s = WHOLE * self.sensed.get().leaks_per_s;
        Ramp { from: 0.5 * WHOLE, since: self.fresh, per_s, most: WHOLE }
    }

    /// How much of the processor is in use, in ten-thousandths.
    pub(super) fn processor_course(&self, spec: &Spec) -> Steady {
        let idle = spec.idle_load.0;
        Steady(WHOLE * (idle + (1.0 - idle) * self.sensed.get().taken).min(1.0))
    }

    /// Takes the samples of the gauges up to now; whether one has changed an alarm.
    pub(super) fn catch_up(&mut self, spec: &Spec, cx: &Context<'_, Models>) -> bool {
        let thresholds = &cx.settings().policy.detectors.parts.firmware;
        let (memory, processor) = (self.memory_course(), self.processor_course(spec));
        let gauge = spec.memory_gauge.sensor(MEMORY).installed(cx);
        let changed = self.sensed.get_mut().memory.catch_up(&gauge, &thresholds.memory(), &memory, cx.now());
        let gauge = spec.processor_gauge.sensor(PROCESSOR).installed(cx);
        self.sensed.get_mut().processor.catch_up(&gauge, &thresholds.processor(), &processor, cx.now()) | changed
    }

    /// Plans the next samples that may change an alarm.
    pub(super) fn expect_samples(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let thresholds = &cx.settings().policy.detectors.parts.firmware;
        let (memory, processor) = (self.memory_course(), self.processor_course(spec));
        let gauge = spec.memory_gauge.sensor(MEMORY).installed(cx);
        let limits = thresholds.memory();
        let planned = self.sensed.consider(|it| it.memory.plan(&gauge, &limits, &memory, cx.now()));
        let gauge = spec.processor_gauge.sensor(PROCESSOR).installed(cx);
        let limits = thresholds.processor();
        let also = self.sensed.consider(|it| it.processor.plan(&gauge, &limits, &processor, cx.now()));
        expect(planned, Timer::Memory, cx);
        expect(also, Timer::Processor, cx);
    }

    /// A sample is there that may have changed an alarm.
    pub(super) fn sampled(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if self.catch_up(spec, cx) {
            cx.look();
        }
        self.expect_samples(spec, cx);
    }

    /// What is in use of memory and processor goes on otherwise from now.
    pub(super) fn used_otherwise(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let leak = self.levels.of(Fault::MemoryLeak);
        let leaks_per_s = 0.5 * leak / spec.leaks_in.as_secs_f64().max(1.0);
        let taken = self.starved.max(self.burden);
        debug_assert!(leaks_per_s >= 0.0 && (0.0..=1.0).contains(&taken), "{leaks_per_s} and {taken}");
        if leaks_per_s > 0.0 || taken > 0.0 || self.sensed.is_kept() {
            let sensed = self.sensed.get_mut();
            (sensed.leaks_per_s, sensed.taken) = (leaks_per_s, taken);
            self.expect_samples(spec, cx);
        }
    }

    /// Memory and processor are measured now, on demand.
    pub(super) fn measure(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.catch_up(spec, cx);
        let thresholds = &cx.settings().policy.detectors.parts.firmware;
        let (memory, processor) = (self.memory_course(), self.processor_course(spec));
        let gauge = spec.memory_gauge.sensor(MEMORY).installed(cx);
        self.sensed.get_mut().memory.measure(&gauge, &thresholds.memory(), &memory, cx.now());
        let gauge = spec.processor_gauge.sensor(PROCESSOR).installed(cx);
        self.sensed.get_mut().processor.measure(&gauge, &thresholds.processor(), &processor, cx.now());
        self.expect_samples(spec, cx);
    }
}
