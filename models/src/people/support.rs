//! Support desk: a limited number of agents, three ways to reach them, opening hours, and people who hang up.

use std::collections::{BTreeMap, VecDeque};

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, ActorPart};
use sim::{ActorId, Instant, Purpose, Span};

use crate::Models;
use crate::note::Note;
use crate::wire::{Channel, Job, InterActorMessage};

/// One way to reach support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SupportDesk {
    /// How many agents serve it.
    pub agents: u32,
    /// Mean time that an agent needs for one case: exponential.
    pub talks: Span,
    /// Whoever has waited for so long hangs up, on average: exponential. Before it opens nobody's patience is tried.
    pub patience: Span,
    /// How many can wait; whoever finds more is turned away.
    pub waiting_room: u32,
    /// First hour of the day at which it answers, from 0 to 23.
    pub opens_at: u8,
    /// Hour of the day from which it takes up no case, from 1 to 24.
    pub closes_at: u8,
}

impl Default for SupportDesk {
    fn default() -> Self {
        Self {
            agents: 4,
            talks: Span::minutes(6),
            patience: Span::minutes(12),
            waiting_room: 1_000,
            opens_at: 0,
            closes_at: 24,
        }
    }
}

/// Settings of the support desks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SupportSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Telephone 客服电话.
    pub phone: SupportDesk,
    /// Website 官方网站.
    pub website: SupportDesk,
    /// WeChat account 微信公众号.
    pub wechat: SupportDesk,
    /// Triage: how often the script leads to what is needed. Otherwise the merchant is guided to something in vain.
    pub script_right: Probability,
    /// Whoever calls again within this time is a repeat caller.
    pub repeats_within: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            phone: SupportDesk::default(),
            website: SupportDesk {
                agents: 2,
                talks: Span::minutes(15),
                patience: Span::hours(4),
                ..SupportDesk::default()
            },
            wechat: SupportDesk {
                agents: 3,
                talks: Span::minutes(10),
                patience: Span::hours(1),
                ..SupportDesk::default()
            },
            script_right: Probability(0.95),
            repeats_within: Span::hours(24),
        }
    }
}

impl SupportDesk {
    fn always_open(&self) -> bool {
        self.closes_at <= self.opens_at || self.closes_at - self.opens_at >= 24
    }
    /// When it answers that is reached now: now, or at its next opening.
    fn opens(&self, now: Instant) -> Instant {
        let day = Span::days(1).0;
        let (start, of_day) = (now.0 - now.0 % day, now.0 % day);
        let (opens, closes) =
            (Span::hours(u64::from(self.opens_at)).0, Span::hours(u64::from(self.closes_at)).0);
        match of_day {
            _ if self.always_open() => now,
            early if early < opens => Instant(start + opens),
            late if late >= closes => Instant(start + day + opens),
            _ => now,
        }
    }
}

impl Spec {
    fn desk(&self, channel: Channel) -> &SupportDesk {
        match channel {
            Channel::Phone => &self.phone,
            Channel::Website => &self.website,
            Channel::Wechat => &self.wechat,
        }
    }
}

/// Who waits, and who is being served.
#[derive(Clone, Debug, Default)]
struct Line {
    busy: u32,
    waiting: VecDeque<Case>,
    figures: Figures,
}

/// What a desk has done: whoever called was answered, has given up, was turned away, or waits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// Calls.
    pub arrived: u64,
    /// Those that were taken up.
    pub answered: u64,
    /// Those that were given up.
    pub abandoned: u64,
    /// Those that found the waiting room full.
    pub turned_away: u64,
    /// Those that wait.
    pub waiting: u64,
    /// Those from terminals that had called not long before.
    pub repeated: u64,
    /// The time in all that those who were taken up had waited.
    pub waited: Span,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    number: u32,
    job: Job,
    since: Instant,
    gives_up: Instant,
    repeated: bool,
}

/// State of the desk.
#[derive(Clone, Component, Debug, Default)]
pub struct Support {
    lines: [Line; 3],
    cases: u32,
    /// When each terminal called last.
    callers: BTreeMap<ActorId, Instant>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// An agent is free.
    Free(u8),
    /// Somebody hangs up, if still waiting.
    HangsUp(u8, u32),
    /// A desk opens.
    Opens(u8),
}

const CASE: Purpose = Purpose::of("support: patience and time of a case");
const CHANNELS: [Channel; 3] = [Channel::Phone, Channel::Website, Channel::Wechat];

impl Support {
    fn draws(case: &Case, cx: &Context<'_, Models>) -> sim::Stream {
        let Job { terminal, name, .. } = case.job;
        cx.stream_of_request(cx.on_behalf_of(terminal, CASE), name)
    }

    fn call(&mut self, spec: &Spec, job: Job, channel: Channel, cx: &mut Context<'_, Models>) {
        self.cases += 1;
        let (number, now) = (self.cases, cx.now());
        let desk = spec.desk(channel);
        let last = self.callers.insert(job.terminal, now);
        let repeated = last.is_some_and(|last| now.since(last) <= spec.repeats_within);
        let mut case = Case { number, job, since: now, gives_up: Instant::NEVER, repeated };
        let opens = desk.opens(now);
        let patience = Self::draws(&case, cx).exponential(desk.patience);
        debug_assert!(opens >= now, "a desk that is closed opens later");
        case.gives_up = opens + patience;
        debug_assert!(case.gives_up >= now, "who calls is patient until later");
        let line = &mut self.lines[channel as usize];
        line.figures.arrived += 1;
        line.figures.repeated += u64::from(repeated);
        if opens <= now && line.busy < desk.agents {
            self.serve(spec, channel, &case, cx);
        } else if line.waiting.len() < desk.waiting_room as usize {
            line.waiting.push_back(case);
            cx.after(case.gives_up.since(now), Timer::HangsUp(channel as u8, number));
        } else {
            line.figures.turned_away += 1;
            let no_help = InterActorMessage::NoHelp(job, 0);
            cx.post(job.terminal, crate::Part::Merchant, Span::ZERO, no_help);
        }
    }

    /// What each desk has done: telephone, website, WeChat account.
    pub fn figures(&self) -> [Figures; 3] {
        self.lines.each_ref().map(|line| Figures { waiting: line.waiting.len() as u64, ..line.figures })
    }

    /// Takes up whoever waits, as far as there are agents and the desk is open.
    fn next(&mut self, spec: &Spec, channel: u8, cx: &mut Context<'_, Models>) {
        let channel = CHANNELS[usize::from(channel)];
        let desk = spec.desk(channel);
        while self.lines[channel as usize].busy < desk.agents && desk.opens(cx.now()) <= cx.now() {
            let Some(case) = self.lines[channel as usize].waiting.pop_front() else { return };
            self.serve(spec, channel, &case, cx);
        }
    }

    fn serve(&mut self, spec: &Spec, channel: Channel, case: &Case, cx: &mut Context<'_, Models>) {
        let line = &mut self.lines[channel as usize];
        debug_assert!(line.busy < spec.desk(channel).agents, "nobody is free to answer");
        debug_assert!(cx.now() >= case.since, "nobody is answered before calling");
        line.busy += 1;
        line.figures.answered += 1;
        debug_assert!(line.figures.answered <= line.figures.arrived, "who is answered has called");
        line.figures.waited += cx.now().since(case.since);
        let mut stream = Self::draws(case, cx);
        // The first number of the case is its patience.
        let _ = stream.unit();
        let talks = stream.exponential(spec.desk(channel).talks);
        cx.after(talks, Timer::Free(channel as u8));
        let right = stream.chance(spec.script_right.0);
        let waited = waited_ms(case.since, cx.now());
        let advice =
            if right { InterActorMessage::Advice(case.job, waited) } else { InterActorMessage::Misled(case.job, waited) };
        let Job { terminal, incident, action, .. } = case.job;
        let talks_ms = u32::try_from(talks.0 / 1_000_000).unwrap_or(u32::MAX);
        let repeated = case.repeated;
        cx.note(Note::CaseServed { terminal, incident, action, channel, talks_ms, repeated });
        cx.post(case.job.terminal, crate::Part::Merchant, talks, advice);
    }
}

fn waited_ms(since: Instant, now: Instant) -> u32 {
    debug_assert!(now >= since, "nobody waits from {since} to {now}");
    u32::try_from(now.since(since).0 / 1_000_000).unwrap_or(u32::MAX)
}

impl ActorPart<Models> for Support {
    const NAME: &'static str = "support";
    const ZH: &'static str = "客服";
    const ABOUT: &'static str = "The support desk: telephone, website, WeChat account, each with its agents.";
    const HUB: bool = true;
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        for channel in CHANNELS {
            let desk = spec.desk(channel);
            if !desk.always_open() {
                cx.after(Span::hours(u64::from(desk.opens_at)), Timer::Opens(channel as u8));
            }
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Free(channel) => {
                let line = &mut self.lines[usize::from(channel)];
                debug_assert!(line.busy > 0, "who hangs up has talked");
                line.busy -= 1;
                self.next(spec, channel, cx);
            }
            Timer::Opens(channel) => {
                self.next(spec, channel, cx);
                if cx.now() + Span::days(1) < cx.settings().end {
                    cx.after(Span::days(1), Timer::Opens(channel));
                }
            }
            Timer::HangsUp(channel, number) => {
                let waiting = &mut self.lines[usize::from(channel)].waiting;
                let Some(at) = waiting.iter().position(|case| case.number == number) else { return };
                let Some(case) = waiting.remove(at) else { return };
                debug_assert_eq!(case.gives_up, cx.now(), "who hangs up has lost patience");
                self.lines[usize::from(channel)].figures.abandoned += 1;
                let waited = waited_ms(case.since, case.gives_up);
                let no_help = InterActorMessage::NoHelp(case.job, waited);
                cx.post(case.job.terminal, crate::Part::Merchant, Span::ZERO, no_help);
            }
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if let InterActorMessage::Call(job, channel) = message {
            self.call(spec, job, channel, cx);
        }
    }
}
