//! Merchant: notices what can be noticed, does what can be done at the counter, and calls for help.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{StepRequest, Context, DrawName, ActorPart, Performer};
use sim::{Instant, Purpose, Span};
use thin_vec::ThinVec;

use crate::Symptom;
use crate::bus::{LocalMessage, Topic};
use crate::vocabulary::indication::{Indication, Indications};
use crate::note::Note;
use crate::people::deployment::PLANNED;
use crate::provider;
use crate::wire::{Channel, Job, InterActorMessage};
use crate::{Models, Part};
use crate::detectors::{Detector, Place};

/// By which channel a merchant contacts support: weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Channels {
    /// Telephone 客服电话.
    pub phone: Factor,
    /// Website 官方网站.
    pub website: Factor,
    /// WeChat account 微信公众号.
    pub wechat: Factor,
}

impl Default for Channels {
    fn default() -> Self {
        Self { phone: Factor(0.6), website: Factor(0.1), wechat: Factor(0.3) }
    }
}

/// Settings of merchants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MerchantSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Mean time until a merchant who is there notices an indication: exponential.
    pub notices_in: Span,
    /// Mean time until a merchant who was asked gets to it: exponential.
    pub reacts_in: Span,
    /// First hour of the day at which somebody is there, from 0 to 23.
    pub opens_at: u8,
    /// Hour of the day from which nobody is there, from 1 to 24.
    pub closes_at: u8,
    /// By which channel merchants contact support.
    pub channels: Channels,
    /// How likely a merchant who has hung up calls again.
    pub calls_again: Probability,
    /// How long that takes on average: exponential.
    pub calls_again_in: Span,
    /// How likely a merchant does not have a technician come, for what it costs or for the trouble.
    pub refuses_visit: Probability,
    /// How often a day a merchant looks up a record of the terminal 查询交易记录, on average.
    pub look_ups_per_day: Factor,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            notices_in: Span::minutes(4),
            reacts_in: Span::minutes(2),
            opens_at: 7,
            closes_at: 22,
            channels: Channels::default(),
            calls_again: Probability(0.5),
            calls_again_in: Span::minutes(20),
            refuses_visit: Probability(0.0),
            look_ups_per_day: Factor(1.0),
        }
    }
}

/// The merchant at one terminal.
#[derive(Clone, Component, Debug, Default)]
pub struct Merchant {
    /// Indications that can be noticed now.
    shown: Indications,
    /// Indications that have been noticed.
    noticed: Indications,
    /// How often each indication has appeared so far: names the draws.
    appearances: ThinVec<(Indication, u32)>,
}

/// A merchant's notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// Notices an indication, if it is still there.
    Notices(Indication),
    /// Sees that an indication which was noticed is gone, if it is.
    SeesGone(Indication),
    /// Looks up a record for the n-th time.
    LooksUp(u32),
}

const NOTICES: Purpose = Purpose::of("merchant: time to notice");
const SEES_GONE: Purpose = Purpose::of("merchant: time to see that it is gone");
const REACTS: Purpose = Purpose::of("merchant: time to react");
const LOOKS_UP: Purpose = Purpose::of("merchant: the next look-up");
const CHANNEL: Purpose = Purpose::of("merchant: way to support");
const REFUSES: Purpose = Purpose::of("merchant: whether a visit is refused");
const AGAIN: Purpose = Purpose::of("merchant: whether to call again");
const DAY: u64 = Span::days(1).0;
const HOUR: u64 = Span::hours(1).0;

impl Merchant {
    /// This much time spent at the counter, counted in hours at which somebody is there.
    fn at_counter(spec: &Spec, now: Instant, span: Span) -> Span {
        let (opens, closes) = (u64::from(spec.opens_at) * HOUR, u64::from(spec.closes_at) * HOUR);
        if closes <= opens || closes - opens >= DAY {
            return span;
        }
        debug_assert!(closes <= DAY, "a day has 24 hours");
        let of_day = now.0 % DAY;
        let (day, open) = (now.0 - of_day, closes - opens);
        let from = of_day.max(opens);
        let today = closes.saturating_sub(from);
        if span.0 <= today {
            return Span(day + from + span.0 - now.0);
        }
        // Whole days at the counter, and what is left of it on the last one.
        let left = span.0 - today;
        let days = (left - 1) / open;
        let until = (days + 1).saturating_mul(DAY).saturating_add(opens + (left - days * open));
        Span(until.saturating_sub(of_day))
    }

    /// Plans a look-up of a record: a Poisson process in the hours at which somebody is there.
    fn plan_look_up(spec: &Spec, number: u32, cx: &mut Context<'_, Models>) {
        let hours = u64::from(spec.closes_at.saturating_sub(spec.opens_at));
        if spec.look_ups_per_day.0 <= 0.0 || hours == 0 {
            return;
        }
        let mean = Span::hours(hours).scaled(1.0 / spec.look_ups_per_day.0);
        let wait = cx.stream(LOOKS_UP, u64::from(number)).exponential(mean);
        let wait = Self::at_counter(spec, cx.now(), wait);
        if cx.now() + wait < cx.settings().sales_end {
            cx.after(wait, Timer::LooksUp(number));
        }
    }

    fn indication(&mut self, spec: &Spec, indication: Indication, on: bool, from: Part, cx: &mut Context<'_, Models>) {
        if !on {
            self.shown.remove(indication);
            if self.noticed.has(indication) {
                // That it is gone is seen as it was: when somebody looks.
                let times = self.appearances.iter().find(|it| it.0 == indication).map_or(0, |it| it.1);
                let name = SEES_GONE.numbered(u64::from(sim::stable_id(indication.name())));
                let wait = cx.stream(name, u64::from(times)).exponential(spec.notices_in);
                cx.after(Self::at_counter(spec, cx.now(), wait), Timer::SeesGone(indication));
            }
            return;
        }
        if self.shown.has(indication) {
            return;
        }
        self.shown.insert(indication);
        cx.indication(from, indication);
        if indication.definition().symptom.is_some() {
            let name = NOTICES.numbered(u64::from(sim::stable_id(indication.name())));
            let wait = cx.stream(name, self.appears(indication)).exponential(spec.notices_in);
            cx.after(Self::at_counter(spec, cx.now(), wait), Timer::Notices(indication));
        }
    }

    /// An indication appears: how often it had before.
    fn appears(&mut self, indication: Indication) -> u64 {
        let known = self.appearances.iter().position(|it| it.0 == indication);
        let at = known.unwrap_or_else(|| {
            self.appearances.push((indication, 0));
            self.appearances.len() - 1
        });
        self.appearances[at].1 += 1;
        debug_assert!(self.shown.has(indication), "what appears is shown");
        u64::from(self.appearances[at].1 - 1)
    }

    /// Whether this merchant does not want the technician that was just asked for.
    fn refuses(spec: &Spec, name: DrawName, cx: &Context<'_, Models>) -> bool {
        spec.refuses_visit.0 > 0.0
            && cx.stream_of_request(REFUSES, name).chance(spec.refuses_visit.0)
    }

    /// Who has hung up calls again, or leaves it.
    fn hung_up(&self, spec: &Spec, job: Job, cx: &mut Context<'_, Models>) {
        let mut stream = cx.stream_of_request(AGAIN, job.name);
        // Who sees nothing wrong any more lets it be.
        if self.shown.is_empty() || !stream.chance(spec.calls_again.0) {
            return cx.time_out_after(Span::ZERO, job.incident, job.attempt);
        }
        let wait = Self::at_counter(spec, cx.now(), stream.exponential(spec.calls_again_in));
        // Another call, with a wait and an answer of its own.
        let job = Job { name: job.name.again(), ..job };
        Self::call(spec, job, wait, cx);
    }

    fn call( spec: &Spec, job: Job, wait: Span, cx: &mut Context<'_, Models>) {
        let weights = [spec.channels.phone.0, spec.channels.website.0, spec.channels.wechat.0];
        let choice = cx.stream_of_request(CHANNEL, job.name).pick(&weights);
        let channel = [Channel::Phone, Channel::Website, Channel::Wechat][choice];
        let support = cx.settings().directory.support;
        cx.post(support, Part::Support, wait, InterActorMessage::Call(job, channel));
    }

    /// Somebody asks for a step.
    fn asked(spec: &Spec, asked: &StepRequest<Models>, cx: &mut Context<'_, Models>) {
        let reacts = cx.stream_of_request(REACTS, asked.name).exponential(spec.reacts_in);
        let wait = Self::at_counter(spec, cx.now(), reacts);
        let job = Job::of(cx.me(), asked);
        debug_assert!(wait >= reacts, "nobody reacts before the shop is open");
        let directory = &cx.settings().directory;
        match asked.step.by {
            Performer::Attendant => cx.apply_after(wait + job.duration, job.incident, job.attempt),
            Performer::Support => {
                Self::call(spec, job, wait, cx);
            }
            Performer::Technician if Self::refuses(spec, job.name, cx) => {
                cx.note(Note::VisitFailed { incident: job.incident, refused: true });
                cx.time_out_after(wait, job.incident, job.attempt);
            }
            Performer::Technician => {
                // The provider's after-sales support takes its time before anybody is sent.
                let wait = wait + provider::reacts(job.name, cx);
                cx.post(directory.technicians, Part::Technicians, wait, InterActorMessage::Dispatch(job));
            }
            // These are carried out elsewhere: see the route of the message.
            Performer::Device | Performer::Remote => {}
        }
    }
}

impl ActorPart<Models> for Merchant {
    const NAME: &'static str = "merchant";
    const ZH: &'static str = "商户";
    const ABOUT: &'static str = "The person at the terminal: notices, restarts, replugs, changes paper, calls.";
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "merchant",
            zh: "商户",
            place: Place::People,
            part: Part::Merchant,
            sees: "screen, tones, lights, prints, the terminal's behaviour and the ledger, when somebody is there",
            sees_zh: "有人在场时的屏幕、声音、指示灯、打印、表现以及账目",
            blind_to: "whatever shows nothing; takes the likeliest cause of an indication for the true one",
            blind_to_zh: "没有任何表现的故障；会把征兆最可能的原因当作真正的原因",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Indication, Topic::StepRequested];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        Self::plan_look_up(spec, 0, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let indication = match timer {
            Timer::Notices(indication) => indication,
            Timer::SeesGone(indication) => {
                if !self.shown.has(indication) {
                    self.noticed.remove(indication);
                    // What else is noticed still stands.
                    cx.look();
                }
                return;
            }
            Timer::LooksUp(number) => {
                cx.say(LocalMessage::LookUp);
                return Self::plan_look_up(spec, number + 1, cx);
            }
        };
        if !self.shown.has(indication) || self.noticed.has(indication) {
            return;
        }
        self.noticed.insert(indication);
        debug_assert!(self.shown.has(indication), "what is noticed shows");
        let seen = |it: Indication| self.shown.has(it) && it.definition().at_a_glance;
        let beside = |it: Indication| self.noticed.has(it) || seen(it);
        if let Some(finding) = indication.finding(beside) {
            cx.alarm(finding);
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Indication { indication, on, from } => self.indication(spec, indication, on, from, cx),
            LocalMessage::StepRequested(asked) => Self::asked(spec, &asked, cx),
            _ => {}
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Advice(job, waited_ms) => {
                let incident = job.incident;
                cx.note(Note::SupportCall { incident, waited_ms, abandoned: false, misled: false });
                cx.apply_after(job.duration, job.incident, job.attempt);
            }
            InterActorMessage::NoHelp(job, waited_ms) => {
                let incident = job.incident;
                cx.note(Note::SupportCall { incident, waited_ms, abandoned: true, misled: false });
                self.hung_up(spec, job, cx);
            }
            InterActorMessage::Misled(job, waited_ms) => {
                let incident = job.incident;
                cx.note(Note::SupportCall { incident, waited_ms, abandoned: false, misled: true });
                cx.time_out_after(job.duration, job.incident, job.attempt);
            }
            InterActorMessage::VisitInVain(job) | InterActorMessage::Refused(job) => {
                let refused = matches!(message, InterActorMessage::Refused(_));
                cx.note(Note::VisitFailed { incident: job.incident, refused });
                let stays = if refused { Span::ZERO } else { job.duration };
                cx.time_out_after(stays, job.incident, job.attempt);
            }
            InterActorMessage::Visit(job) => {
                cx.say(LocalMessage::Serviced(job));
                if job.incident != PLANNED {
                    cx.apply_after(job.duration, job.incident, job.attempt);
                }
            }
            _ => {}
        }
    }
    /// As long as an indication is there that made the merchant report it.
    fn retest(&mut self, _: &Spec, _: Symptom, _: &mut Context<'_, Models>) {
        // Whoever was asked to do something looks whether it has helped.
        let shown = self.shown.clone();
        self.noticed.retain(|it| shown.has(it));
    }
    fn still_sees(&self, _: &Spec, symptom: Symptom, _: Instant) -> bool {
        self.noticed.iter().any(|it| it.symptoms().any(|it| it == symptom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_at_the_counter_at_night() {
        let spec = Spec::default(); // from seven to ten
        let at = |hour: u64| Instant(hour * HOUR);
        assert_eq!(Merchant::at_counter(&spec, at(10), Span::hours(1)), Span::hours(1));
        assert_eq!(Merchant::at_counter(&spec, at(3), Span::hours(1)), Span::hours(5));
        // Half an hour left today, the other half tomorrow.
        let late = Instant(21 * HOUR + HOUR / 2);
        assert_eq!(Merchant::at_counter(&spec, late, Span::hours(1)), Span::hours(10));
    }
}
