//! Technicians: a depot with crews and spare terminals.

use std::collections::VecDeque;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Factor;
use sim::{Context, Instant, Mode, Model, Purpose, Span};

use crate::note::Note;
use crate::remedy::Remedy;
use crate::wire::{Job, Parcel};
use crate::{Models, Part};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TechniciansSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How many can be on the road at the same time.
    pub crews: u32,
    /// Median time to a terminal.
    pub travels: Span,
    /// Standard deviation of the logarithm of that time; 0 is always the median.
    pub spread: Factor,
    /// Spare terminals in stock.
    pub spares: u32,
    /// Time until a spare that was taken is replaced.
    pub resupplied_in: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            crews: 10,
            travels: Span::hours(3),
            spread: Factor(0.5),
            spares: 20,
            resupplied_in: Span::days(5),
        }
    }
}

/// State of the depot.
#[derive(Component, Debug, Default)]
pub struct Technicians {
    busy: u32,
    stock: u32,
    waiting: VecDeque<Job>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A crew is free again.
    Back,
    /// A spare has come.
    Resupplied,
}

/// It does not break.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TechniciansFault")]
pub enum Fault {}

/// Nobody reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading;

const TRAVEL: Purpose = Purpose::of("technicians: travel");

impl Technicians {
    /// Sends crews to the first jobs that can be done with what is in stock.
    fn send(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        while self.busy < spec.crews {
            let stock = self.stock;
            let doable = |job: &Job| job.remedy != Remedy::Swap || stock > 0;
            let Some(at) = self.waiting.iter().position(doable) else { return };
            let Some(job) = self.waiting.remove(at) else { return };
            if job.remedy == Remedy::Swap {
                self.stock -= 1;
                cx.after(spec.resupplied_in, Timer::Resupplied);
            }
            self.busy += 1;
            let name = TRAVEL.numbered(u64::from(job.terminal.0));
            let mut stream = cx.stream(name, u64::from(job.incident) << 8 | u64::from(job.rung));
            let travels = Span::from_nanos_f64(stream.lognormal(spec.travels.0 as f64, spec.spread.0));
            cx.note(Note::TechnicianSent { terminal: job.terminal });
            cx.post(job.terminal, Part::Merchant, travels, Parcel::Visit(job));
            // There, hands on, and back.
            cx.after(travels + job.takes + travels, Timer::Back);
        }
    }
}

impl Model<Models> for Technicians {
    const NAME: &'static str = "technicians";
    const ZH: &'static str = "维修人员";
    const ABOUT: &'static str = "A depot of technicians with spare terminals.";
    const MODES: &'static [Mode<Models>] = &[];
    const HUB: bool = true;
    const ON_DEVICE: bool = false;
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(spec: &Spec) -> Self {
        Self { stock: spec.spares, ..Self::default() }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Back => self.busy -= 1,
            Timer::Resupplied => self.stock += 1,
        }
        self.send(spec, cx);
    }
    fn on_parcel(&mut self, spec: &Spec, parcel: Parcel, cx: &mut Context<'_, Models>) {
        if let Parcel::Dispatch(job) = parcel {
            self.waiting.push_back(job);
            self.send(spec, cx);
        }
    }
    fn on_fault(&mut self, _: &Spec, fault: Fault, _: f64, _: &mut Context<'_, Models>) {
        match fault {}
    }
    fn on_clear(&mut self, _: &Spec, fault: Fault, _: &mut Context<'_, Models>) {
        match fault {}
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading
    }
    fn detect((): &mut (), _: &Reading) -> Option<Fault> {
        None
    }
}
