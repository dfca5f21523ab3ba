//! Sensors of devices, and the limits of what they show.

use faults::detectors::Unusable;
use models::{Comms, Hardware, Software};

use super::Checker;
use super::devices::Finding;
use super::node_ref::NodeRef;
use crate::diagnostic::Code;

/// Sensors whose settings cannot be used.
pub(super) fn sensors(hardware: &Hardware, comms: &Comms, software: &Software) -> Vec<Finding> {
    let firmware = &software.firmware;
    let sensors = [
        (["hardware", "enclosure", "sensor"], hardware.enclosure.sensor.unusable()),
        (["hardware", "mainboard", "sensor"], hardware.mainboard.sensor.unusable()),
        (["hardware", "power", "meter"], hardware.power.meter.unusable()),
        (["hardware", "tamper", "meter"], hardware.tamper.meter.unusable()),
        (["comms", "wifi", "meter"], comms.wifi.meter.unusable()),
        (["comms", "cellular", "meter"], comms.cellular.meter.unusable()),
        (["comms", "phone_link", "meter"], comms.phone_link.meter.unusable()),
        (["software", "storage", "gauge"], software.storage.gauge.unusable()),
        (["software", "firmware", "memory_gauge"], firmware.memory_gauge.unusable()),
        (["software", "firmware", "processor_gauge"], firmware.processor_gauge.unusable()),
    ];
    let found = sensors.into_iter().filter_map(|(place, wrong)| {
        let Unusable { field, message, hint } = wrong?;
        let [_, part, sensor] = place;
        let message = format!("`{part}.{sensor}.{field}` of type `TYPE`: {message}");
        Some(Finding { code: Code::OutOfRange, places: vec![place], message, hint })
    });
    found.collect()
}

/// So many resets and losses of the input a terminal remembers.
const REMEMBERED: u8 = 8;

impl Checker<'_> {
    /// Limits of the parts that contradict each other, or ask for more than is remembered.
    pub(super) fn limits_of_parts(&mut self, node: &NodeRef<'_>) {
        let parts = &self.scenario.policies.detectors.parts;
        let (enclosure, mainboard, power) = (&parts.enclosure, &parts.mainboard, &parts.power);
        let node = |part: &str| node.field("parts").field(part);
        if enclosure.too_cold >= enclosure.too_warm {
            let at = node("enclosure");
            let at = if at.field("too_cold").is_missing() {
                at.field("too_warm")
            } else {
                at.field("too_cold")
            };
            let message = "a terminal would be too cold where it is too warm";
            self.error(
                Code::Contradiction,
                at.range(),
                message,
                "`too_cold` has to be below `too_warm`",
            );
        }
        let own = |part: &str| node(part).field("hysteresis");
        let of = |part: &str, limit: &str| node(part).field(limit).field("hysteresis");
        let bands = [
            (enclosure.hysteresis.0, own("enclosure")),
            (mainboard.hysteresis.0, own("mainboard")),
            (parts.wifi.noisy.hysteresis.0, of("wifi", "noisy")),
            (parts.cellular.weak.hysteresis.0, of("cellular", "weak")),
            (parts.phone_link.weak.hysteresis.0, of("phone_link", "weak")),
        ];
        for (band, node) in bands {
            if band < 0 {
                let at = node.range();
                let message = "an alarm would be over before it is raised";
                self.error(Code::OutOfRange, at, message, "`hysteresis` has to be at least zero");
            }
        }
        let counts = [
            (mainboard.resets.get(), "mainboard", "resets"),
            (power.losses.get(), "power", "losses"),
        ];
        for (count, part, field) in counts {
            if count > REMEMBERED {
                let at = node(part).field(field).range();
                let message = format!("a terminal remembers the last {REMEMBERED} of them");
                self.error(
                    Code::OutOfRange,
                    at,
                    message,
                    format!("set `{field}` to at most {REMEMBERED}"),
                );
            }
        }
    }
}
