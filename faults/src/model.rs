//! What a model is.

use std::fmt::Debug;

use bevy_ecs::component::{Component, Mutable};

use sim::{Actors, Instant};

use crate::belief::{Finding, IncidentUpdate, RecoveryPolicy, StepRequest};
use crate::context::Context;
use crate::event::{DomainEvent, SimEvent};
use crate::fault::Mode;
use crate::fitted::Fitting;
use crate::model_types::{ModelTypes, PlainData};
use crate::truth::{FaultSettings, Levels};

/// A catalogue of models, as the kernel drives it and fault management reads it. `catalogue!` implements it.
pub trait Catalogue:
    ModelTypes
    + Actors<
        Event = SimEvent<Self>,
        Fact = DomainEvent<Self>,
        Settings: FaultSettings<Self> + RecoveryPolicy<Self>,
    >
{
    /// The bus message that asks somebody other than the device to carry out a step.
    fn ask(asked: StepRequest<Self>) -> Self::LocalMessage;
    /// The bus message by which fault management tells the parts of an actor what became of an incident kept there.
    fn update(update: IncidentUpdate<Self>) -> Self::LocalMessage;
    /// The bus message by which a recovery action acts on the parts; `None` if it acts on faults only.
    fn act(action: Self::RecoveryAction) -> Option<Self::LocalMessage>;
    /// The catalogue entry of a fault.
    fn mode(fault: Self::Fault) -> &'static Mode<Self>;
}

/// One component of an actor. A component is one file.
pub trait ActorPart<K: Catalogue>: Clone + Component<Mutability = Mutable> {
    /// Its name in scenarios, records and reports.
    const NAME: &'static str;
    /// Its name in Chinese.
    const ZH: &'static str;
    /// What it is, in one sentence.
    const ABOUT: &'static str;
    /// What a scenario may set.
    type Spec: Clone + Debug + Default + Send + Sync + 'static;
    /// Its notes to itself.
    type Timer: PlainData;

    /// It serves many: an actor of its own, not a part of a terminal.
    const HUB: bool = false;
    /// Whether a terminal has it.
    const FITTING: Fitting = Fitting::Always;
    /// What other parts of the same actor say that it hears.
    const HEARS: &'static [K::Topic] = &[];
    /// The same, after all who [hear it at once](Self::HEARS).
    const HEARS_LATER: &'static [K::Topic] = &[];
    /// Indications that it brings.
    const INDICATIONS: &'static [K::IndicationDefinition] = &[];
    /// Recovery actions that it brings.
    const ACTIONS: &'static [K::ActionDefinition] = &[];
    /// Milestones that it brings.
    const MILESTONES: &'static [K::MilestoneDefinition] = &[];
    /// Steps that it adds to what other components do: where, and its place among those who do so there.
    const HOOKS: &'static [(K::Hook, u8)] = &[];
    /// Symptoms that it brings.
    const SYMPTOMS: &'static [K::SymptomDefinition] = &[];
    /// Evidence that its detectors bring.
    const EVIDENCE: &'static [K::EvidenceDefinition] = &[];
    /// Detectors whose alarms carry its name.
    const DETECTORS: &'static [K::Detector] = &[];

    /// A sound one, new.
    fn build(spec: &Self::Spec) -> Self;
    /// What it does at the start of the run.
    fn start(&mut self, _spec: &Self::Spec, _cx: &mut Context<'_, K>) {}
    /// A note to itself falls due.
    fn on_timer(&mut self, spec: &Self::Spec, timer: Self::Timer, cx: &mut Context<'_, K>);
    /// Another part of the same actor says something that it [hears](Self::HEARS).
    fn on_message(
        &mut self,
        _spec: &Self::Spec,
        _message: K::LocalMessage,
        _cx: &mut Context<'_, K>,
    ) {
    }
    /// Another actor has sent something.
    fn on_delivery(
        &mut self,
        _spec: &Self::Spec,
        _message: K::InterActorMessage,
        _cx: &mut Context<'_, K>,
    ) {
    }
    /// Truth: it does what a sale needs of it.
    fn able(&self, _spec: &Self::Spec) -> bool {
        true
    }
    /// For those who detect faults of others: whether they would still say so.
    fn still_sees(&self, _spec: &Self::Spec, _symptom: K::Symptom, _now: Instant) -> bool {
        false
    }
    /// Something was done against what its detector has noticed: a sensor is read, a test is run, somebody tries it or looks. What
    /// that shows is written down as any other observation is; the detector looks at it next.
    fn retest(&mut self, _spec: &Self::Spec, _symptom: K::Symptom, _cx: &mut Context<'_, K>) {}
}

/// A component that can break.
pub trait DevicePart<K: Catalogue>: ActorPart<K> {
    /// Every way in which it can break.
    const MODES: &'static [(Self::Fault, Mode<K>)];
    /// How it breaks.
    type Fault: PlainData;
    /// What an outsider can see of it.
    type Reading: Copy + Debug + PartialEq + serde::Serialize;
    /// Limits of its detector: what a policy may set.
    type Thresholds: Clone + Debug + Default + PartialEq + Send + Sync + 'static;
    /// What a detector remembers of its readings.
    type Belief: Copy + Debug + Default + Send + Sync + 'static;

    /// Its own detector runs on the device, and is blind while the device is off.
    const ON_DEVICE: bool = true;

    /// How bad each of its faults is now.
    fn levels(&mut self) -> &mut Levels<Self::Fault>;
    /// The level of a fault has changed: it has occurred, grown, gone away for a while, or been cleared (0). It changes what the
    /// part does and when its sensors will show something new. It tells nobody, and no reading changes with it: noticing is the
    /// detectors' work.
    fn on_level(
        &mut self,
        _spec: &Self::Spec,
        _fault: Self::Fault,
        _level: f64,
        _cx: &mut Context<'_, K>,
    ) {
    }
    /// What was observed of it: what its operations came to, what its sensors and tests showed last.
    fn reading(&self, spec: &Self::Spec, now: Instant) -> Self::Reading;
    /// There is no `self`: a detector has its limits, its own belief and what was observed, never the state.
    /// It says all that it notices, so that one finding hides no other.
    fn detect(
        thresholds: &Self::Thresholds,
        belief: &mut Self::Belief,
        reading: &Self::Reading,
    ) -> Vec<Finding<K>>;
}

/// Sets the level of a fault at the part that has it.
pub fn set_level<K: Catalogue, M: DevicePart<K>>(
    part: &mut M,
    spec: &M::Spec,
    fault: M::Fault,
    level: f64,
    cx: &mut Context<'_, K>,
) {
    part.levels().set(fault, level);
    cx.scratch.changes_level = true;
    part.on_level(spec, fault, level, cx);
    cx.scratch.changes_level = false;
}

/// A detector without a limit that could be set.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    PartialEq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct NoThresholds {}

/// Of what a detector may find, that which it does: each with whether it is seen.
pub fn seen<F, const N: usize>(all: [(bool, F); N]) -> Vec<F> {
    all.into_iter().filter_map(|(seen, finding)| seen.then_some(finding)).collect()
}
