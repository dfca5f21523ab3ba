//! Support desk: a limited number of agents, three ways to reach them, and people who hang up.

use std::collections::VecDeque;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Purpose, Span};

use crate::Models;
use crate::wire::{Channel, Job, Parcel};

/// One way to reach support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Desk {
    /// How many agents serve it.
    pub agents: u32,
    /// Mean time that an agent needs for one case: exponential.
    pub talks: Span,
    /// Whoever has waited for so long hangs up, on average: exponential.
    pub patience: Span,
}

impl Default for Desk {
    fn default() -> Self {
        Self { agents: 4, talks: Span::minutes(6), patience: Span::minutes(12) }
    }
}

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SupportSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Telephone 客服电话.
    pub phone: Desk,
    /// Website 官方网站.
    pub website: Desk,
    /// WeChat account 微信公众号.
    pub wechat: Desk,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            phone: Desk::default(),
            website: Desk { agents: 2, talks: Span::minutes(15), patience: Span::hours(4) },
            wechat: Desk { agents: 3, talks: Span::minutes(10), patience: Span::hours(1) },
        }
    }
}

impl Spec {
    fn desk(&self, channel: Channel) -> &Desk {
        match channel {
            Channel::Phone => &self.phone,
            Channel::Website => &self.website,
            Channel::Wechat => &self.wechat,
        }
    }
}

/// Who waits, and who is being served.
#[derive(Debug, Default)]
struct Line {
    busy: u32,
    waiting: VecDeque<Case>,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    number: u32,
    job: Job,
    since: Instant,
    gives_up: Instant,
}

/// State of the desk.
#[derive(Component, Debug, Default)]
pub struct Support {
    lines: [Line; 3],
    cases: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// An agent is free.
    Free(u8),
    /// Somebody hangs up, if still waiting.
    HangsUp(u8, u32),
}

/// It does not break.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SupportFault")]
pub enum Fault {}

/// Nobody reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading;

const CASE: Purpose = Purpose::of("support: patience and time of a case");
const CHANNELS: [Channel; 3] = [Channel::Phone, Channel::Website, Channel::Wechat];

impl Support {
    fn draws(case: &Case, cx: &Context<'_, Models>) -> sim::Stream {
        let Job { terminal, incident, rung, .. } = case.job;
        let occurrence = u64::from(incident) << 8 | u64::from(rung);
        cx.stream(CASE.numbered(u64::from(terminal.0)), occurrence)
    }

    fn call(&mut self, spec: &Spec, job: Job, channel: Channel, cx: &mut Context<'_, Models>) {
        self.cases += 1;
        let (number, now) = (self.cases, cx.now());
        let desk = spec.desk(channel);
        let mut case = Case { number, job, since: now, gives_up: Instant::NEVER };
        let patience = Self::draws(&case, cx).exponential(desk.patience);
        case.gives_up = now + patience;
        let line = &mut self.lines[channel as usize];
        if line.busy < desk.agents {
            self.serve(spec, channel, &case, cx);
        } else {
            line.waiting.push_back(case);
            cx.after(patience, Timer::HangsUp(channel as u8, number));
        }
    }

    fn serve(&mut self, spec: &Spec, channel: Channel, case: &Case, cx: &mut Context<'_, Models>) {
        self.lines[channel as usize].busy += 1;
        let mut stream = Self::draws(case, cx);
        // The first number of the case is its patience.
        let _ = stream.unit();
        let talks = stream.exponential(spec.desk(channel).talks);
        cx.after(talks, Timer::Free(channel as u8));
        let advice = Parcel::Advice(case.job, waited_ms(case.since, cx.now()));
        cx.post(case.job.terminal, crate::Part::Merchant, talks, advice);
    }
}

fn waited_ms(since: Instant, now: Instant) -> u32 {
    u32::try_from(now.since(since).0 / 1_000_000).unwrap_or(u32::MAX)
}

impl Model<Models> for Support {
    const NAME: &'static str = "support";
    const ZH: &'static str = "客服";
    const ABOUT: &'static str = "The support desk: telephone, website, WeChat account, each with its agents.";
    const MODES: &'static [Mode<Models>] = &[];
    const HUB: bool = true;
    const ON_DEVICE: bool = false;
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Free(channel) => {
                let line = &mut self.lines[usize::from(channel)];
                line.busy -= 1;
                if let Some(case) = line.waiting.pop_front() {
                    self.serve(spec, CHANNELS[usize::from(channel)], &case, cx);
                }
            }
            Timer::HangsUp(channel, number) => {
                let waiting = &mut self.lines[usize::from(channel)].waiting;
                let Some(at) = waiting.iter().position(|case| case.number == number) else { return };
                let Some(case) = waiting.remove(at) else { return };
                let waited = waited_ms(case.since, case.gives_up);
                let no_help = Parcel::NoHelp(case.job, waited);
                cx.post(case.job.terminal, crate::Part::Merchant, Span::ZERO, no_help);
            }
        }
    }
    fn on_parcel(&mut self, spec: &Spec, parcel: Parcel, cx: &mut Context<'_, Models>) {
        if let Parcel::Call(job, channel) = parcel {
            self.call(spec, job, channel, cx);
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
