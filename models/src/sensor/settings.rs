//! Settings of sensors and of limits, with the units of what they measure.

use std::num::NonZeroU8;

use faults::detectors::{Limit, Side, Unusable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use sim::{Purpose, Span};

use super::{CHECKED, Sensor};
use crate::quantity::{Celsius, Decibels, Millivolts};

/// A sensor of temperature: how often it is read, and how far its readings are off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Thermometer {
    /// Time between two readings; above zero.
    pub every: Span,
    /// Steps in which it shows: readings are rounded to them; above zero.
    pub resolution: Celsius,
    /// Standard deviation of a reading's own error, normal.
    pub noise: Celsius,
    /// Standard deviation among terminals of the error that a sensor has for good, normal.
    pub offset: Celsius,
}

impl Default for Thermometer {
    /// Every minute, in whole degrees, with an error of half a degree; a sensor is off by one degree for good.
    fn default() -> Self {
        Self {
            every: Span::secs(60),
            resolution: Celsius(10),
            noise: Celsius(5),
            offset: Celsius(10),
        }
    }
}

impl Thermometer {
    /// What makes these settings unusable; `None` if they can be used.
    pub fn unusable(self) -> Option<Unusable> {
        self.sensor(CHECKED).unusable()
    }

    /// In tenths of a degree.
    pub(crate) const fn sensor(self, name: Purpose) -> Sensor {
        Sensor {
            every: self.every,
            resolution: self.resolution.0 as i64,
            noise: self.noise.0 as f64,
            offset: self.offset.0 as f64,
            name,
        }
    }
}

/// A meter of voltage: how often it is read, and how far its readings are off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Voltmeter {
    /// Time between two readings; above zero.
    pub every: Span,
    /// Steps in which it shows: readings are rounded to them; above zero.
    pub resolution: Millivolts,
    /// Standard deviation of a reading's own error, normal.
    pub noise: Millivolts,
    /// Standard deviation among terminals of the error that a meter has for good, normal.
    pub offset: Millivolts,
}

impl Default for Voltmeter {
    /// Every minute, in steps of 10 mV, with an error of 20 mV; no error for good.
    fn default() -> Self {
        Self {
            every: Span::secs(60),
            resolution: Millivolts(10),
            noise: Millivolts(20),
            offset: Millivolts(0),
        }
    }
}

impl Voltmeter {
    /// What makes these settings unusable; `None` if they can be used.
    pub fn unusable(self) -> Option<Unusable> {
        self.sensor(CHECKED).unusable()
    }

    /// In millivolts.
    pub(crate) const fn sensor(self, name: Purpose) -> Sensor {
        Sensor {
            every: self.every,
            resolution: self.resolution.0 as i64,
            noise: self.noise.0 as f64,
            offset: self.offset.0 as f64,
            name,
        }
    }
}

/// A radio's meter of a level: how often it is read, and how far its readings are off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignalMeter {
    /// Time between two readings; above zero.
    pub every: Span,
    /// Steps in which it shows: readings are rounded to them; above zero.
    pub resolution: Decibels,
    /// Standard deviation of a reading's own error, normal: what fading leaves after the radio's own filter.
    pub noise: Decibels,
    /// Standard deviation among terminals of what a place takes or adds for good, normal.
    pub offset: Decibels,
}

impl Default for SignalMeter {
    /// Twice a minute, in whole dB. Fading of 4 dB leaves 1.3 dB after a filter that gives the newest sample a weight of 0.2. All
    /// places are alike: those at the edge of a cell are a type of their own.
    fn default() -> Self {
        Self {
            every: Span::secs(30),
            resolution: Decibels(10),
            noise: Decibels(13),
            offset: Decibels(0),
        }
    }
}

impl SignalMeter {
    /// What makes these settings unusable; `None` if they can be used.
    pub fn unusable(self) -> Option<Unusable> {
        self.sensor(CHECKED).unusable()
    }

    /// In tenths of a dB.
    pub(crate) const fn sensor(self, name: Purpose) -> Sensor {
        Sensor {
            every: self.every,
            resolution: self.resolution.0 as i64,
            noise: self.noise.0 as f64,
            offset: self.offset.0 as f64,
            name,
        }
    }
}

/// When a level is held to make a link poor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalLimit {
    /// Readings beyond this level.
    pub at: Decibels,
    /// It is over at the first reading that is back by more than this; one within the band holds the count. At least zero.
    pub hysteresis: Decibels,
    /// So many readings beyond the limit are an alarm.
    pub readings: NonZeroU8,
}

impl SignalLimit {
    /// At so many dBm, five readings, a band of 6 dB.
    pub(crate) const fn at(dbm: i32) -> Self {
        let readings = NonZeroU8::MIN.saturating_add(4);
        Self { at: Decibels(dbm * 10), hysteresis: Decibels(60), readings }
    }

    pub(crate) fn limit(&self, side: Side) -> [Limit; 1] {
        let (at, hysteresis) = (self.at.0.into(), self.hysteresis.0.into());
        [Limit { side, at, hysteresis, in_a_row: self.readings.get() }]
    }
}

/// A gauge of the share that is in use: how often it is read, and how far its readings are off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ShareGauge {
    /// Time between two readings; above zero.
    pub every: Span,
    /// Steps in which it shows: readings are rounded to them; at least 0.0001.
    pub resolution: Probability,
    /// Standard deviation of a reading's own error, normal.
    pub noise: Probability,
}

impl Default for ShareGauge {
    /// Every minute, in whole per cent, with an error of half a per cent.
    fn default() -> Self {
        Self { every: Span::secs(60), resolution: Probability(0.01), noise: Probability(0.005) }
    }
}

/// What a share is counted in: ten-thousandths.
pub(crate) const WHOLE: f64 = 10_000.0;

/// A share in ten-thousandths.
pub(crate) fn in_whole(share: Probability) -> i64 {
    libm::round(share.0 * WHOLE) as i64
}

impl ShareGauge {
    /// What makes these settings unusable; `None` if they can be used.
    pub fn unusable(self) -> Option<Unusable> {
        self.sensor(CHECKED).unusable()
    }

    /// In ten-thousandths.
    pub(crate) fn sensor(self, name: Purpose) -> Sensor {
        Sensor {
            every: self.every,
            resolution: in_whole(self.resolution),
            noise: self.noise.0 * WHOLE,
            offset: 0.0,
            name,
        }
    }
}
