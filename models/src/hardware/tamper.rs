//! Tamper switch: guards the keys; whoever opens the case, or lets the coin cell run down, wipes them.

use crate::rare::Rare;
use crate::sensed::Changes;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::num::NonZeroU8;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding};
use faults::detectors::{Limit, Side};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::sensor::{expect, Meter, Metered, Voltmeter};
use crate::quantity::Millivolts;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};

/// Settings of the tamper guard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TamperSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Voltage of a new coin cell; a cell at its end has a third of it.
    pub coin_cell: Millivolts,
    /// Below this the coin cell does not hold the keys when the terminal has no other power.
    pub holds_from: Millivolts,
    /// The meter of the coin cell, which is loaded for it; a reading a day.
    pub meter: Voltmeter,
}

impl Default for Spec {
    fn default() -> Self {
        let meter = Voltmeter { every: Span::days(1), ..Voltmeter::default() };
        Self { coin_cell: Millivolts(3_000), holds_from: Millivolts(2_200), meter }
    }
}

/// When the terminal holds its coin cell to be nearly empty, and its case to have been opened.
///
/// By default below 2.4 V in two readings running, where the keys are held from 2.2 V: at 3.0 V and an error of 20 mV no false alarm
/// comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TamperThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Readings of the coin cell below this are too low.
    pub cell_below: Millivolts,
    /// It is over at the first reading that is back by more than this; one within the band holds the count.
    pub hysteresis: Millivolts,
    /// So many readings beyond the limit are an alarm.
    pub readings: NonZeroU8,
}

impl Default for Thresholds {
    fn default() -> Self {
        let readings = NonZeroU8::MIN.saturating_add(1);
        Self { cell_below: Millivolts(2_400), hysteresis: Millivolts(100), readings }
    }
}

impl Thresholds {
    fn limits(&self) -> [Limit; 1] {
        let (at, hysteresis) = (self.cell_below.0.into(), self.hysteresis.0.into());
        [Limit { side: Side::Below, at, hysteresis, in_a_row: self.readings.get() }]
    }
}

/// State of the guard.
#[derive(Clone, Component, Debug, Default)]
pub struct Tamper {
    levels: Levels<Fault>,
    /// What was sensed of it.
    sensed: Rare<Sensed>,
    /// What came of the readings of the coin cell.
    cell: Rare<Metered<1>>,
}

/// What was sensed of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sensed {
    /// What the register holds.
    triggered: bool,
    /// Changes of the latch: a note of an earlier one is ignored.
    latched: Changes<1>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The register is read, since the latch changed so often.
    Latched(u32),
    /// The meter of the coin cell shows what may change an alarm, by the plan of this number.
    Sampled(u32),
}

/// The register is read at its interrupt.
const LATCHED: Span = Span::secs(1);
const METER: Purpose = Purpose::of("tamper: readings of the coin cell");

/// Fault modes of the tamper guard.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TamperFault")]
pub enum Fault {
    /// The switch has triggered and wiped the keys: the case was opened or dropped.
    Triggered,
    /// The coin cell runs down: the next time that the terminal is without power, its keys are lost.
    CoinCellEmpty,
}

/// What the secure element says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    triggered: bool,
    /// What the meter of the coin cell showed when its alarm last changed, in mV.
    coin_cell: i64,
    /// It has shown too little often enough.
    cell_low: bool,
}

impl Tamper {
    fn coin_cell(&self, spec: &Spec) -> u32 {
        let drained = self.levels.of(Fault::CoinCellEmpty);
        let left = (f64::from(spec.coin_cell.0) * (1.0 - drained * 2.0 / 3.0)) as u32;
        debug_assert!(left <= spec.coin_cell.0, "nobody charges a coin cell: {left} mV");
        left
    }

    /// The meter of the coin cell.
    fn meter(spec: &Spec, cx: &Context<'_, Models>) -> Meter<1> {
        let limits = cx.settings().policy.detectors.parts.tamper.limits();
        Meter { sensor: spec.meter.sensor(METER), limits, sound: spec.coin_cell.0.into() }
    }

}

indications! {
    /// The screen says that the terminal is locked.
    TamperText: 25, "tamper-text", "提示终端已锁定", Display, TamperLocked;
}

actions! {
    /// A professional injects new keys.
    InjectKeys: 22, "inject-keys", "注入密钥";
}

evidence! {
    /// The register names the case switch or the mesh.
    SwitchTriggered: 31, "switch-triggered", "防拆开关触发", ["tamper.triggered" * 20.0];
    /// The voltage of the cell that keeps the keys is low.
    CoinCellLow: 32, "coin-cell-low", "纽扣电池电压低", ["tamper.coin-cell-empty" * 400.0];
}

impl ActorPart<Models> for Tamper {
    const NAME: &'static str = "tamper";
    const ZH: &'static str = "防拆开关";
    const ABOUT: &'static str = "The tamper switch and the coin cell that guard the keys.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "tamper-switch",
            zh: "防拆开关",
            place: Place::Device,
            part: Part::Tamper,
            sees: "that the body was opened, and the voltage of the coin cell that watches over it",
            sees_zh: "机身被打开，以及供其值守的纽扣电池电压",
            blind_to: "who opened it, and why: a blow looks like an attack",
            blind_to_zh: "谁打开的、为什么打开：磕碰与攻击看起来一样",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Ready];
    const HEARS_LATER: &'static [Topic] = &[Topic::Rail];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let planned = Self::meter(spec, cx).begin(&mut self.cell, cx);
        expect(planned, Timer::Sampled, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Latched(change) if self.sensed.get().latched.is_latest(0, change) => {
                self.sensed.get_mut().triggered = self.levels.has(Fault::Triggered);
                cx.look();
            }
            Timer::Sampled(plan) => {
                let planned = Self::meter(spec, cx).sampled(&mut self.cell, plan, cx);
                expect(planned, Timer::Sampled, cx);
            }
            Timer::Latched(_) => {}
        }
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.sensed.get_mut().triggered = self.levels.has(Fault::Triggered);
        let planned = Self::meter(spec, cx).measure(&mut self.cell, cx);
        expect(planned, Timer::Sampled, cx);
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            // Without any other power the keys are left to the coin cell.
            LocalMessage::Rail { on: false, .. }
                if self.coin_cell(spec) < spec.holds_from.0 && !self.levels.has(Fault::Triggered) =>
            {
                cx.broke(Fault::Triggered.into());
            }
            LocalMessage::Ready => cx.look(),
            _ => {}
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.levels.has(Fault::Triggered)
    }
}

impl DevicePart<Models> for Tamper {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::Triggered, Mode {
            name: "triggered",
            zh: "防拆锁机",
            family: Family::Hardware,
            shows: &[
                (Symptom::TamperLocked, 0.95),
                (Symptom::SalesSilent, 0.53),
                (Symptom::WillNotSell, 0.098),
            ],
            cause: "the body was opened or hit",
            effects: Effects::of(
                "the keys are wiped",
                "the terminal locks itself",
                "no sale until a professional has injected new keys",
            ),
            ratings: Ratings::of(8, 4, 1),
            indications: &[Indication::TamperText],
            seen_by: &[Part::Tamper, Part::Merchant],
            cleared_by: &[(RecoveryAction::InjectKeys, 0.9), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::RestartTerminal, Performer::Attendant, Span::minutes(1)),
                step(RecoveryAction::InjectKeys, Performer::Technician, Span::minutes(30)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
            ],
        }),
        (Fault::CoinCellEmpty, Mode {
            name: "coin-cell-empty",
            zh: "纽扣电池耗尽",
            family: Family::Power,
            shows: &[(Symptom::DueSoon, 0.95), (Symptom::TamperLocked, 0.48)],
            cause: "years without exchange",
            effects: Effects::of(
                "the tamper circuit has no supply of its own",
                "nothing, until the terminal is without power: then its keys are lost",
                "the next blackout locks the terminal",
            ),
            ratings: Ratings::of(5, 3, 2),
            indications: &[Indication::TamperText],
            seen_by: &[Part::Tamper],
            cleared_by: &[(RecoveryAction::ReplaceBattery, 0.98), (RecoveryAction::Repair, 0.98), (RecoveryAction::Swap, 1.0)],
            procedure: &[
                step(RecoveryAction::ReplaceBattery, Performer::Technician, Span::minutes(15)),
                step(RecoveryAction::Swap, Performer::Technician, Span::minutes(40)),
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
        if fault == Fault::Triggered {
            let on = level > 0.0;
            cx.say(LocalMessage::Locked { on });
            if on {
                cx.activated();
            }
            indication::set(cx, Indication::TamperText, on);
        }
        match fault {
            Fault::Triggered => {
                let change = self.sensed.get_mut().latched.count(0);
                cx.after(LATCHED, Timer::Latched(change));
            }
            Fault::CoinCellEmpty => {
                let off = f64::from(self.coin_cell(spec)) - f64::from(spec.coin_cell.0);
                let planned = Self::meter(spec, cx).differs(&mut self.cell, off, cx);
                expect(planned, Timer::Sampled, cx);
            }
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let (triggered, cell) = (self.sensed.get().triggered, self.cell.get());
        Reading { triggered, coin_cell: cell.shown(), cell_low: cell.stands(0) }
    }
    /// The secure element keeps a register of what has triggered it, and measures its cell.
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([
            (reading.triggered, Finding::of(Symptom::TamperLocked).with(Evidence::SwitchTriggered)),
            (reading.cell_low, Finding::of(Symptom::DueSoon).with(Evidence::CoinCellLow)),
        ])
    }
}
