//! Technicians: a depot with crews and spare terminals.

use std::collections::{BTreeMap, VecDeque};

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Context, ActorPart};
use sim::{Instant, Purpose, Span};

use crate::note::Note;
use crate::platform::gateway::Serving;
use crate::provider;
use crate::recovery_action::RecoveryAction;
use crate::wire::{Job, InterActorMessage};
use crate::{Models, Part};

/// Settings of the technicians.
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
    /// The law of the time that a recovery action takes once they are there; its mean is what the procedure says, times what a provider's
    /// technicians are to the usual ones.
    pub hands_on: Serving,
    /// First hour of the day at which they set out, from 0 to 23.
    pub starts_at: u8,
    /// Hour of the day from which nobody sets out, from 1 to 24.
    pub ends_at: u8,
    /// Spare terminals in stock: the pool that terminals are swapped from.
    pub spares: u32,
    /// Median time until a terminal that was taken back has been repaired at the depot and is in the pool again.
    pub resupplied_in: Span,
    /// Standard deviation of the logarithm of that time; 0 is always the median.
    pub resupply_spread: Factor,
    /// Share of the terminals taken back that cannot be repaired: they are scrapped, and a new one is ordered.
    pub scrapped: Probability,
    /// Median time until an ordered terminal, or an ordered part, has come.
    pub ordered_in: Span,
    /// Standard deviation of the logarithm of that time; 0 is always the median.
    pub order_spread: Factor,
    /// Parts in stock for repairs: batteries, cables, boards. One is ordered for each that is wanted, at once: stock and
    /// orders, less what waits for a part, are always as many (one for one, W. C. Sherbrooke's METRIC).
    pub parts: u32,
    /// The provider does not come: out of contract. Share of the calls.
    pub refuses: Probability,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            crews: 10,
            travels: Span::hours(3),
            spread: Factor(0.5),
            hands_on: Serving::Constant,
            starts_at: 0,
            ends_at: 24,
            spares: 20,
            resupplied_in: Span::days(5),
            resupply_spread: Factor(0.0),
            scrapped: Probability(0.0),
            ordered_in: Span::days(14),
            order_spread: Factor(0.0),
            parts: 1_000,
            refuses: Probability(0.0),
        }
    }
}

/// State of the depot.
#[derive(Clone, Component, Debug, Default)]
pub struct Technicians {
    busy: u32,
    stock: u32,
    parts: u32,
    /// Parts that are on order.
    ordered: u32,
    waiting: VecDeque<Job>,
    /// Where no spares are kept: terminals that were collected, by number.
    away: BTreeMap<u32, Job>,
    collected: u32,
    /// Those of them that are repaired, to be brought back.
    repaired: VecDeque<Job>,
    figures: Figures,
}

/// What the depot has done, and what it has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// Visits that were asked for.
    pub asked: u64,
    /// Visits that were refused.
    pub refused: u64,
    /// Technicians that were sent.
    pub sent: u64,
    /// Visits that did not repair what they were meant to.
    pub in_vain: u64,
    /// Terminals that were swapped.
    pub swapped: u64,
    /// Of these, those that could not be repaired.
    pub scrapped: u64,
    /// Parts that were used.
    pub parts_used: u64,
    /// Jobs that wait for a crew, a spare, a part or the morning.
    pub waiting: u64,
    /// Spare terminals in stock.
    pub stock: u32,
    /// Parts in stock.
    pub parts: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A crew is free again.
    Back,
    /// A spare has come.
    Resupplied,
    /// A part has come.
    PartCame,
    /// They set out.
    Starts,
    /// A terminal that was collected is repaired.
    Repaired(u32),
}

const REFUSES: Purpose = Purpose::of("technicians: whether they come");
const DEPOT: Purpose = Purpose::of("technicians: repair at the depot");
const ORDER: Purpose = Purpose::of("technicians: how long an order takes");
const COLLECTS: Purpose = Purpose::of("technicians: travel to collect a terminal");
const TRAVEL: Purpose = Purpose::of("technicians: travel");
const HANDS_ON: Purpose = Purpose::of("technicians: time with hands on");

impl Technicians {
    /// Sends crews to the first jobs that can be done with what is in stock.
    fn send(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        while self.busy < spec.crews && spec.at_work(cx.now()) {
            if let Some(job) = self.repaired.pop_front() {
                self.figures.swapped += 1;
                self.set_out(spec, job, cx);
                continue;
            }
            let (stock, parts) = (self.stock, self.parts);
            // With no spare of its own a depot collects what failed, and brings it back.
            let collects = spec.spares == 0;
            let doable = |job: &Job| match job.action {
                RecoveryAction::Swap => collects || stock > 0,
                action => !action.needs_part() || parts > 0,
            };
            let Some(at) = self.waiting.iter().position(doable) else { return };
            let Some(job) = self.waiting.remove(at) else { return };
            if job.action == RecoveryAction::Swap && collects {
                self.collect(spec, job, cx);
                continue;
            }
            if job.action == RecoveryAction::Swap {
                self.stock -= 1;
                self.figures.swapped += 1;
                let back = self.repaired_in(spec, &job, cx);
                cx.after(back, Timer::Resupplied);
            } else if job.action.needs_part() {
                self.parts -= 1;
                self.figures.parts_used += 1;
            }
            self.set_out(spec, job, cx);
        }
    }

    /// A crew fetches a terminal for which there is no spare: it is repaired at the depot, and brought back.
    fn collect(&mut self, spec: &Spec, job: Job, cx: &mut Context<'_, Models>) {
        let name = cx.on_behalf_of(job.terminal, COLLECTS);
        let mut stream = cx.stream_of_request(name, job.name);
        let travels = Span::from_nanos_f64(stream.lognormal(spec.travels.0 as f64, spec.spread.0));
        self.busy += 1;
        debug_assert!(self.busy <= spec.crews, "more are on the road than there are crews");
        let Job { terminal, incident, action, .. } = job;
        let charge = provider::of(terminal, cx).and_then(|(_, it)| it.visit).map(|it| it.amount());
        cx.note(Note::TechnicianSent { terminal, incident, action, charge });
        cx.after(travels + travels, Timer::Back);
        let at_depot = self.repaired_in(spec, &job, cx);
        let number = self.collected;
        self.collected = number.checked_add(1).expect("fewer than 2^32 terminals are collected");
        self.away.insert(number, job);
        cx.after(travels + travels + at_depot, Timer::Repaired(number));
    }

    /// A crew sets out with what it needs.
    fn set_out(&mut self, spec: &Spec, job: Job, cx: &mut Context<'_, Models>) {
        self.busy += 1;
        self.figures.sent += 1;
        debug_assert!(self.busy <= spec.crews, "more are on the road than there are crews");
        debug_assert!(self.figures.sent <= self.figures.asked, "who is sent was asked for");
        let name = cx.on_behalf_of(job.terminal, TRAVEL);
        let mut stream = cx.stream_of_request(name, job.name);
        let travels = Span::from_nanos_f64(stream.lognormal(spec.travels.0 as f64, spec.spread.0));
        let provider = provider::of(job.terminal, cx).map(|(_, it)| it);
        let duration = job.duration.scaled(provider.map_or(1.0, |it| it.hands_on.0));
        let name = cx.on_behalf_of(job.terminal, HANDS_ON);
        let duration = spec.hands_on.draw(duration, cx.draw_of_request(name, job.name));
        let fixes = provider.is_none_or(|it| stream.chance(it.first_time_fix.0));
        let charge = provider.and_then(|it| it.visit).map(|it| it.amount());
        let Job { terminal, incident, action, .. } = job;
        cx.note(Note::TechnicianSent { terminal, incident, action, charge });
        let job = Job { duration, ..job };
        self.figures.in_vain += u64::from(!fixes);
        let visit = if fixes { InterActorMessage::Visit(job) } else { InterActorMessage::VisitInVain(job) };
        cx.post(job.terminal, Part::Merchant, travels, visit);
        // There, hands on, and back.
        cx.after(travels + job.duration + travels, Timer::Back);
    }

    /// When the terminal that is taken back, or a new one for it, is in the pool.
    fn repaired_in(&mut self, spec: &Spec, job: &Job, cx: &Context<'_, Models>) -> Span {
        let name = cx.on_behalf_of(job.terminal, DEPOT);
        let mut stream = cx.stream_of_request(name, job.name);
        if stream.chance(spec.scrapped.0) {
            self.figures.scrapped += 1;
            return spec.order(stream.normal());
        }
        let median = spec.resupplied_in.0 as f64;
        Span::from_nanos_f64(stream.lognormal(median, spec.resupply_spread.0))
    }

    /// What the depot has done, and what it has.
    pub fn figures(&self) -> Figures {
        let Self { stock, parts, waiting, figures, .. } = self;
        Figures { waiting: waiting.len() as u64, stock: *stock, parts: *parts, ..*figures }
    }
}

impl Spec {
    fn round_the_clock(&self) -> bool {
        self.ends_at <= self.starts_at || self.ends_at - self.starts_at >= 24
    }
    /// How long an order takes, by a standard normal number.
    fn order(&self, normal: f64) -> Span {
        debug_assert!(normal.is_finite(), "an order takes a number of days");
        let spread = libm::exp(self.order_spread.0 * normal);
        Span::from_nanos_f64(self.ordered_in.0 as f64 * spread)
    }
    fn at_work(&self, now: Instant) -> bool {
        let hour = now.0 % Span::days(1).0 / Span::hours(1).0;
        let hours = u64::from(self.starts_at)..u64::from(self.ends_at);
        self.round_the_clock() || hours.contains(&hour)
    }
}

impl ActorPart<Models> for Technicians {
    const NAME: &'static str = "technicians";
    const ZH: &'static str = "维修人员";
    const ABOUT: &'static str = "A depot of technicians with spare terminals.";
    const HUB: bool = true;
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        Self { stock: spec.spares, parts: spec.parts, ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if !spec.round_the_clock() {
            cx.after(Span::hours(u64::from(spec.starts_at)), Timer::Starts);
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Back => {
                debug_assert!(self.busy > 0, "who is back was away");
                self.busy -= 1;
            }
            Timer::Resupplied => {
                debug_assert!(self.stock < spec.spares, "more spares come back than went out");
                self.stock += 1;
            }
            Timer::PartCame => {
                debug_assert!(self.ordered > 0, "what comes was ordered");
                self.parts += 1;
                self.ordered -= 1;
            }
            Timer::Repaired(number) => {
                let job = self.away.remove(&number);
                self.repaired.push_back(job.expect("what is repaired was collected"));
            }
            Timer::Starts if cx.now() + Span::days(1) < cx.settings().end => {
                cx.after(Span::days(1), Timer::Starts);
            }
            Timer::Starts => {}
        }
        self.send(spec, cx);
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if let InterActorMessage::Dispatch(job) = message {
            self.figures.asked += 1;
            let name = cx.on_behalf_of(job.terminal, REFUSES);
            if spec.refuses.0 > 0.0 && cx.stream_of_request(name, job.name).chance(spec.refuses.0) {
                self.figures.refused += 1;
                return cx.post(job.terminal, Part::Merchant, Span::ZERO, InterActorMessage::Refused(job));
            }
            debug_assert!(self.figures.refused <= self.figures.asked, "more was refused than asked");
            if job.action.needs_part() {
                let (stock, on_order) = (self.parts, self.ordered);
                cx.note(Note::PartWanted { stock, on_order });
                self.ordered += 1;
                let name = cx.on_behalf_of(job.terminal, ORDER);
                let duration = spec.order(cx.stream_of_request(name, job.name).normal());
                cx.after(duration, Timer::PartCame);
            }
            self.waiting.push_back(job);
            self.send(spec, cx);
        }
    }
}
