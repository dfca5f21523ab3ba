//! Tamper switch: guards the keys; whoever opens the case, or lets the coin cell run down, wipes them.

use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::sampling::Sampling;
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
}

impl Default for Spec {
    fn default() -> Self {
        Self { coin_cell: Millivolts(3_000), holds_from: Millivolts(2_200) }
    }
}

/// State of the guard.
#[derive(Clone, Component, Debug, Default)]
pub struct Tamper {
    levels: Levels<Fault>,
    /// What was sensed of it.
    sensed: Rare<Sensed<Shown, 2>>,
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shown {
    triggered: bool,
    /// Voltage of the coin cell under load, in mV; `None` before it has been measured.
    coin_cell: Option<u32>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// What this fault changes has been read since it changed so often.
    Sensed(Fault, u32),
}

/// The register is read at its interrupt.
const LATCHED: Span = Span::secs(1);
/// The coin cell is measured once a day; two readings in a row count.
const MONITOR: Sampling = Sampling::every(Span::days(1), 2);
const READINGS: Purpose = Purpose::of("tamper: phase of the readings of the coin cell");

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
    coin_cell: u32,
    holds_from: u32,
}

impl Tamper {
    fn coin_cell(&self, spec: &Spec) -> u32 {
        let drained = self.levels.of(Fault::CoinCellEmpty);
        let left = (f64::from(spec.coin_cell.0) * (1.0 - drained * 2.0 / 3.0)) as u32;
        debug_assert!(left <= spec.coin_cell.0, "nobody charges a coin cell: {left} mV");
        left
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
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Sensed(fault, change) = timer;
        debug_assert!(change > 0 && change <= self.sensed.get().changes.of(fault as usize), "what is read has changed");
        if !self.sensed.get().changes.is_latest(fault as usize, change) {
            return;
        }
        match fault {
            Fault::Triggered => self.sensed.get_mut().shown.triggered = self.levels.has(fault),
            Fault::CoinCellEmpty => self.sensed.get_mut().shown.coin_cell = Some(self.coin_cell(spec)),
        }
        cx.look();
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, _: &mut Context<'_, Models>) {
        let triggered = self.levels.has(Fault::Triggered);
        self.sensed.get_mut().shown = Shown { triggered, coin_cell: Some(self.coin_cell(spec)) };
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
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        if fault == Fault::Triggered {
            let on = level > 0.0;
            cx.say(LocalMessage::Locked { on });
            if on {
                cx.activated();
            }
            indication::set(cx, Indication::TamperText, on);
        }
        let change = self.sensed.get_mut().changes.count(fault as usize);
        let wait = match fault {
            Fault::Triggered => LATCHED,
            Fault::CoinCellEmpty => MONITOR.shows_after(Span::ZERO, READINGS, cx),
        };
        cx.after(wait, Timer::Sensed(fault, change));
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        let Shown { triggered, coin_cell } = self.sensed.get().shown;
        let coin_cell = coin_cell.unwrap_or(spec.coin_cell.0);
        Reading { triggered, coin_cell, holds_from: spec.holds_from.0 }
    }
    /// The secure element keeps a register of what has triggered it, and measures its cell.
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([
            (reading.triggered, Finding::of(Symptom::TamperLocked).with(Evidence::SwitchTriggered)),
            (reading.coin_cell < reading.holds_from, Finding::of(Symptom::DueSoon).with(Evidence::CoinCellLow)),
        ])
    }
}
