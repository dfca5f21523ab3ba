//! Coin tray: has to be shut before a sale begins. Never part of the tree: `cargo xtask extension` adds it to a copy.

use bevy_ecs::component::Component;
use faults::{
    ActorPart, Context, DevicePart, Effects, Finding, Fitting, Levels, Mode, NoThresholds, Performer, Ratings,
    seen,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Instant, Span};

use crate::bus::{LocalMessage, Topic};
use crate::detectors::{Detector, Place};
use crate::indication::{self, Indication};
use crate::plan::step;
use crate::recovery_action::{ActionDefinition, actions};
use crate::vocabulary::hook::Hook;
use crate::symptom::{Symptom, SymptomDefinition, symptoms};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::{Family, Models, Part, RecoveryAction};

/// Settings of the coin tray.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CoinTraySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time to push it in.
    pub duration: Span,
}

symptoms! {
    /// The tray does not shut.
    TrayStaysOpen: 250, "tray-stays-open", "钱箱未关", 0.1, [FreeTray by Attendant secs 30];
}

impl Default for Spec {
    fn default() -> Self {
        Self { duration: Span::millis(500) }
    }
}

/// State of the tray.
#[derive(Clone, Component, Debug, Default)]
pub struct CoinTray {
    levels: Levels<Fault>,
    /// Times in a row that it did not shut.
    failed: u8,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// It has been pushed in.
    Pushed,
}

/// Fault modes of the coin tray.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "CoinTrayFault")]
pub enum Fault {
    /// A coin lies in its way.
    Blocked,
}

/// What the terminal can see of its tray.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    failed: u8,
}

indications! {
    /// The screen says that the tray is open.
    TrayOpen: 250, "tray-open", "提示钱箱未关", Display, TrayStaysOpen;
}

actions! {
    /// Takes the coin out of its way.
    FreeTray: 250, "free-tray", "清理钱箱";
}

impl ActorPart<Models> for CoinTray {
    const NAME: &'static str = "coin-tray";
    const ZH: &'static str = "钱箱";
    const ABOUT: &'static str = "Has to be shut before a sale begins.";
    const FITTING: Fitting = Fitting::Optional;
    const HOOKS: &'static [(Hook, u8)] = &[(Hook::BeforeSale, 20)];
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const SYMPTOMS: &'static [SymptomDefinition] = SYMPTOMS;
    const DETECTORS: &'static [Detector] = &[Detector {
        name: "tray-switch",
        zh: "钱箱开关",
        place: Place::Device,
        part: Part::CoinTray,
        sees: "a tray that was pushed in and is not shut",
        sees_zh: "推入后未关闭的钱箱",
        blind_to: "what lies in its way",
        blind_to_zh: "阻挡钱箱的物体",
    }];
    const HEARS: &'static [Topic] = &[Topic::BeforeSale];
    type Spec = Spec;
    type Timer = Timer;

    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, _: Timer, cx: &mut Context<'_, Models>) {
        let ok = !self.levels.has(Fault::Blocked);
        self.failed = if ok { 0 } else { self.failed.saturating_add(1) };
        if !ok {
            cx.activated();
        }
        indication::set(cx, Indication::TrayOpen, !ok);
        cx.look();
        cx.say(LocalMessage::BeforeSaleDone { ok });
    }
    fn retest(&mut self, _: &Spec, _: Symptom, _: &mut Context<'_, Models>) {
        // Whoever has freed it pushes it in.
        if self.levels.is_sound() {
            self.failed = 0;
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::BeforeSale { part: Part::CoinTray, .. } = message {
            cx.after(spec.duration, Timer::Pushed);
        }
    }
}

impl DevicePart<Models> for CoinTray {
    const MODES: &'static [(Fault, Mode<Models>)] = &[(
        Fault::Blocked,
        Mode {
            name: "blocked",
            zh: "钱箱卡住",
            family: Family::Hardware,
            shows: &[(Symptom::TrayStaysOpen, 0.95)],
            cause: "a coin in its way",
            effects: Effects::of(
                "the tray does not shut",
                "no sale begins",
                "customers leave until somebody takes the coin out",
            ),
            ratings: Ratings::of(7, 6, 1),
            indications: &[Indication::TrayOpen],
            seen_by: &[Part::CoinTray, Part::Merchant],
            cleared_by: &[(RecoveryAction::FreeTray, 0.95), (RecoveryAction::Swap, 1.0)],
            procedure: &[step(RecoveryAction::FreeTray, Performer::Attendant, Span::secs(30))],
        },
    )];
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();

    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { failed: self.failed }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([(reading.failed > 0, Finding::of(Symptom::TrayStaysOpen))])
    }
}
