//! Heartbeat monitor: the back office's record of one terminal, kept beside it: does it send its heartbeats?
//!
//! A heartbeat that arrives as expected changes nothing, so it is no event. Whether beat n is lost is a function of
//! (seed, terminal, n); when what decides it changes, the record looks ahead for the first m misses in a row and makes a
//! note of that moment. `simulate_every_heartbeat` simulates each beat instead: the alarms are the same to the nanosecond.

mod bursts;
mod freshness;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{ActorPart, Context, FaultName, Finding, IncidentChange, IncidentUpdate};
use sim::{Instant, Purpose, Span, unit};

use crate::observation::{self, Observation};
use crate::rare::Rare;
use crate::bus::{LocalMessage, Topic};
use crate::decision::IncidentReport;
use crate::note::Note;
use crate::wire::{Job, InterActorMessage, Via};
use crate::{Models, Part, Symptom};
use crate::detectors::{Detector, Place};
use freshness::delays;

/// Settings of the heartbeat monitor. The period and the number of misses are the policy's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HeartbeatMonitorSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Heartbeats share the bursts of their channel: neighbours are lost together. If not, each is lost by itself with the
    /// channel's mean loss, which is less work, and the same where beats are much further apart than bursts last.
    pub bursts: bool,
    /// Mean of the exponential law of a heartbeat's time on its way; `"0s"` has all arrive at once. With it every heartbeat
    /// is an event, and a terminal is missing when by the time at which a beat is late neither that one nor a later one
    /// has come: the detector NFD-S of W. Chen, S. Toueg and M. Aguilera (IEEE Transactions on Computers 51(5), 2002).
    pub delays: Span,
}

/// What the back office believes of a terminal, and what it will hear of it.
#[derive(Clone, Component, Debug, Default)]
pub struct HeartbeatMonitor {
    /// Heartbeats go out and can pass.
    alive: bool,
    loss_ppm: u32,
    via: Via,
    /// The first beat that is not accounted for.
    next: u64,
    /// Misses in a row before it.
    run: u32,
    /// State of the channel at the last beat that is accounted for, where beats share its bursts.
    channel: sim::Channel,
    /// So many misses in a row that it is missing.
    missing: bool,
    /// The same, as of what is known: a beat is missed when it is late, not when it is sent.
    known_missing: bool,
    epoch: u32,
    /// Where heartbeats take their time: which have come.
    fresh: Rare<freshness::Fresh>,
    started: bool,
    /// Nobody expects its heartbeats: it is not in service.
    unwatched: bool,
    /// Incidents of the terminal that the operator was told of.
    told: thin_vec::ThinVec<u32>,
    /// What the back office suspects because of readings or sales.
    suspected: Option<Symptom>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A beat is sent that ends a run of misses, or makes it long enough.
    Burst(u32),
    /// Nothing turned up to here: look further ahead.
    Ahead(u32),
    /// The last of the misses that make it missing is late.
    Missing,
    /// Its heartbeats are received again.
    Received,
    /// A beat is sent, where every beat is an event.
    Beat,
    /// A beat arrives, where they take a time of their own.
    Arrives(u32),
    /// A beat is late, or would be had it not come.
    Late(u32),
}

const BEAT: Purpose = Purpose::of("presence: the beat is lost");
const PHASE: Purpose = Purpose::of("presence: phase of the beats");

/// How many beats it looks ahead at a time: a week of them at one a minute.
const AHEAD: u64 = 10_080;

/// Whether beats share the bursts of their channel.
fn shares_bursts(cx: &Context<'_, Models>) -> bool {
    cx.settings().profile(cx.me()).platform.heartbeat_monitor.bursts
}

/// Whether every beat is an event.
fn simulate_every_heartbeat(cx: &Context<'_, Models>) -> bool {
    cx.settings().policy.simulate_every_heartbeat || delays(cx) > Span::ZERO
}

/// When the beats of a terminal are sent.
#[derive(Clone, Copy, Debug)]
struct Rhythm {
    phase: u64,
    period: u64,
}

impl Rhythm {
    fn of(cx: &Context<'_, Models>) -> Self {
        let period = cx.settings().policy.heartbeat.0.max(1);
        let phase = (unit(cx.draw(PHASE, 0)[0]) * period as f64) as u64;
        Self { phase, period }
    }
    fn sent(self, beat: u64) -> Instant {
        debug_assert!(self.phase < self.period, "the first beat comes within a period");
        Instant(self.phase.saturating_add(beat.saturating_mul(self.period)))
    }
    /// The first beat that is sent at this moment or later.
    fn first_from(self, now: Instant) -> u64 {
        let first = now.0.saturating_sub(self.phase).div_ceil(self.period);
        debug_assert!(self.sent(first) >= now, "what was sent before {now} is past");
        first
    }
}

impl HeartbeatMonitor {
    fn lost(&self, beat: u64, cx: &Context<'_, Models>) -> bool {
        !self.alive || self.loses(cx.draw(BEAT, beat)[0])
    }

    /// A beat that is sent is lost, given its random number.
    fn loses(&self, bits: u32) -> bool {
        f64::from(self.loss_ppm) > unit(bits) * 1e6
    }

    /// What decides the beats has changed: takes stock of those that were sent before, and looks ahead.
    fn change(&mut self, alive: bool, loss_ppm: u32, via: Via, cx: &mut Context<'_, Models>) {
        if alive {
            self.via = via;
        }
        if (alive, loss_ppm) == (self.alive, self.loss_ppm) && self.started {
            return;
        }
        debug_assert!(loss_ppm <= 1_000_000, "{loss_ppm} of a million beats are lost");
        let rhythm = Rhythm::of(cx);
        let simulate_every_heartbeat = simulate_every_heartbeat(cx);
        if !self.started {
            self.next = rhythm.first_from(cx.now());
            if simulate_every_heartbeat {
                cx.after(rhythm.sent(self.next).since(cx.now()), Timer::Beat);
            }
        } else if !simulate_every_heartbeat {
            self.account(rhythm.first_from(cx.now()), cx);
        }
        (self.started, self.alive, self.loss_ppm) = (true, alive, loss_ppm);
        if !simulate_every_heartbeat && !self.unwatched {
            self.look_ahead(rhythm, cx);
        }
    }

    /// Its heartbeats count from now on, or no longer; what was missed before does not.
    fn watch(&mut self, on: bool, cx: &mut Context<'_, Models>) {
        self.unwatched = !on;
        self.epoch += 1;
        (self.run, self.missing) = (0, false);
        if std::mem::take(&mut self.known_missing) {
            self.found(false, cx);
        }
        let rhythm = Rhythm::of(cx);
        debug_assert!(!self.known_missing, "who is not watched is not missed");
        if on && self.started && !simulate_every_heartbeat(cx) {
            self.next = rhythm.first_from(cx.now());
            self.look_ahead(rhythm, cx);
        }
    }

    /// Takes stock of the beats before `upto`: how many misses in a row they end with.
    fn account(&mut self, upto: u64, cx: &Context<'_, Models>) {
        if shares_bursts(cx) {
            return self.account_in_order(Rhythm::of(cx), upto, cx);
        }
        let enough = cx.settings().policy.misses.max(1);
        let mut run = 0;
        for beat in (self.next..upto).rev() {
            if run >= enough || !self.lost(beat, cx) {
                (self.run, self.next) = (run, upto);
                return;
            }
            run += 1;
        }
        self.run = self.run.saturating_add(run).min(enough);
        self.next = self.next.max(upto);
    }

    /// Makes a note of the next beat at which the record changes its mind.
    fn look_ahead(&mut self, rhythm: Rhythm, cx: &mut Context<'_, Models>) {
        self.epoch += 1;
        let last = rhythm.first_from(cx.settings().end).min(self.next + AHEAD);
        let turn = if shares_bursts(cx) {
            self.turn_in_order(rhythm, last, cx)
        } else if self.missing {
            (self.next..last).take_while(|_| self.alive).find(|&beat| !self.lost(beat, cx))
        } else {
            self.next_missing(last, cx)
        };
        debug_assert!(turn.is_none_or(|beat| beat >= self.next), "what is accounted for is past");
        let (beat, timer) = match turn {
            Some(beat) => (beat, Timer::Burst(self.epoch)),
            None if self.missing && !self.alive => return,
            None => (last, Timer::Ahead(self.epoch)),
        };
        if rhythm.sent(beat) < cx.settings().end {
            cx.after(rhythm.sent(beat).since(cx.now()), timer);
        }
    }

    /// The first beat before `last` that makes enough misses in a row.
    fn next_missing(&self, last: u64, cx: &Context<'_, Models>) -> Option<u64> {
        let enough = u64::from(cx.settings().policy.misses.max(1));
        // A run of m that begins at `start` ends at `start + m - 1`. Look from its end: a beat that was heard there
        // rules out every run that contains it, so only every m-th beat is looked at while all is well.
        let mut first = self.next;
        let mut needed = enough.saturating_sub(u64::from(self.run)).max(1);
        loop {
            debug_assert!(needed >= 1 && needed <= enough, "{needed} of {enough} misses are wanted");
            let end = first + needed - 1;
            if end >= last {
                return None;
            }
            // All is well for nearly all of the time: four ends are drawn at once, and those that were heard passed over.
            let ends = [0, 1, 2, 3].map(|run| end + run * enough);
            let drawn = cx.first_draws(BEAT, ends);
            let heard = drawn.iter().take_while(|bits| self.alive && !self.loses(**bits)).count();
            if heard > 0 {
                (first, needed) = (ends[heard - 1] + 1, enough);
                continue;
            }
            match (first..=end).rev().find(|&beat| !self.lost(beat, cx)) {
                None => return Some(end),
                Some(received) => (first, needed) = (received + 1, enough),
            }
        }
    }

    /// The beat that is sent now makes it missing, or ends that.
    fn turn(&mut self, cx: &mut Context<'_, Models>) {
        debug_assert!(self.started, "who has sent no heartbeat yet is not missed");
        let grace = cx.settings().policy.grace;
        self.missing = !self.missing;
        self.run = if self.missing { cx.settings().policy.misses.max(1) } else { 0 };
        cx.after(grace, if self.missing { Timer::Missing } else { Timer::Received });
    }

    /// One beat, where every beat is an event.
    fn beat(&mut self, rhythm: Rhythm, cx: &mut Context<'_, Models>) {
        let lost = if shares_bursts(cx) {
            let mut march = self.march();
            let lost = self.stride(&mut march, rhythm, self.next, cx);
            self.halt(march);
            lost && !self.unwatched
        } else {
            self.lost(self.next, cx) && !self.unwatched
        };
        if delays(cx) > Span::ZERO {
            self.set_out(self.next, lost, cx);
            self.next += 1;
            if rhythm.sent(self.next) < cx.settings().end {
                cx.after(rhythm.sent(self.next).since(cx.now()), Timer::Beat);
            }
            return;
        }
        debug_assert!(rhythm.sent(self.next) <= cx.now(), "a beat is accounted for when it is due");
        if !lost {
            self.heard_outside(cx);
        }
        self.next += 1;
        self.run = if lost { self.run.saturating_add(1) } else { 0 };
        let enough = cx.settings().policy.misses.max(1);
        if self.missing != (self.run >= enough) && (lost || self.missing) {
            self.turn(cx);
        }
        if rhythm.sent(self.next) < cx.settings().end {
            cx.after(rhythm.sent(self.next).since(cx.now()), Timer::Beat);
        }
    }

    /// A beat is received: told where someone outside listens in, and otherwise no news.
    fn heard_outside(&self, cx: &mut Context<'_, Models>) {
        let back_office = cx.settings().directory.back_office;
        if !self.unwatched && cx.settings().is_attached(back_office, Part::BackOffice) {
            let beat = InterActorMessage::Beat { terminal: cx.me(), via: self.via };
            cx.post(back_office, Part::BackOffice, Span::ZERO, beat);
        }
    }

    fn found(&mut self, missing: bool, cx: &mut Context<'_, Models>) {
        self.known_missing = missing;
        observation::tell(cx, Observation::Missing { missing });
        let back_office = cx.settings().directory.back_office;
        let seen = InterActorMessage::Seen { terminal: cx.me(), missing };
        cx.post(back_office, Part::BackOffice, Span::ZERO, seen);
        if missing {
            // Late by the grace: that was when the last of them was due.
            let due = Instant(cx.now().0.saturating_sub(cx.settings().policy.grace.0));
            cx.alarm(Finding::of(Symptom::NoHeartbeat).observed(due));
        } else {
            cx.dismiss_one(Symptom::NoHeartbeat, cx.me());
        }
    }

    /// Tells the operator what a detector on the terminal suspects, as far as the terminal can say it, and when that is
    /// over. What the back office has opened itself it need not be told; a roll of paper is nobody's concern.
    fn incident_update(&mut self, update: &IncidentUpdate<Models>, cx: &mut Context<'_, Models>) {
        let IncidentUpdate { incident, detector, finding, suspect, likeliest, procedure, change, .. } = *update;
        let symptom = finding.symptom;
        if cx.settings().is_attached(cx.me(), Part::HeartbeatMonitor) {
            let report = IncidentReport { incident, detector, finding, suspect, likeliest, procedure, change };
            cx.emit(InterActorMessage::IncidentReport(report));
        }
        match change {
            IncidentChange::AwaitingDecision { .. } => return,
            IncidentChange::Suppressed => return cx.note(Note::Suppressed { incident }),
            IncidentChange::Unresolved => return,
            IncidentChange::Applied { .. } => {
                // Believed to have helped until the next report says otherwise.
                if detector == Part::HeartbeatMonitor && self.suspected == Some(symptom) {
                    self.suspected = None;
                }
                return;
            }
            IncidentChange::Opened => {
                let on_device = !matches!(detector, Part::HeartbeatMonitor | Part::Merchant);
                let paper = suspect == FaultName::of("printer.paper-out").fault::<Models>();
                if !on_device || paper || !self.alive {
                    return;
                }
                debug_assert!(!self.told.contains(&incident), "incident {incident} is opened once");
                self.told.push(incident);
            }
            IncidentChange::Closed => {
                let Some(at) = self.told.iter().position(|it| *it == incident) else { return };
                self.told.swap_remove(at);
            }
        }
        let ticket = InterActorMessage::Ticket { terminal: cx.me(), symptom, suspect, open: change == IncidentChange::Opened };
        cx.post(cx.settings().directory.back_office, Part::BackOffice, Span::ZERO, ticket);
    }
}

impl ActorPart<Models> for HeartbeatMonitor {
    const NAME: &'static str = "heartbeat-monitor";
    const ZH: &'static str = "心跳监测";
    const ABOUT: &'static str = "The back office's record of a terminal's heartbeats.";
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "heartbeat-monitor",
            zh: "心跳监测",
            place: Place::BackOffice,
            part: Part::HeartbeatMonitor,
            sees: "heartbeats that do not come",
            sees_zh: "未到的心跳",
            blind_to: "why: power, link, hang and a closed shop are all silence; what breaks while heartbeats go on",
            blind_to_zh: "原因：断电、断网、死机和关店都是静默；心跳照常时的故障",
        },
        Detector {
            name: "telemetry-threshold",
            zh: "遥测阈值",
            place: Place::BackOffice,
            part: Part::HeartbeatMonitor,
            sees: "a reported reading beyond a fixed limit",
            sees_zh: "上报读数超出固定界限",
            blind_to: "what happens between two reports, and slow drift inside the limits",
            blind_to_zh: "两次上报之间发生的事，以及界限之内的缓慢漂移",
        },
        Detector {
            name: "ewma-chart",
            zh: "指数加权移动平均控制图",
            place: Place::BackOffice,
            part: Part::HeartbeatMonitor,
            sees: "a small lasting shift of a reading from the terminal's own usual value",
            sees_zh: "读数相对终端自身常值的小幅持续偏移",
            blind_to: "a single bad reading; a terminal that was bad while it was learnt",
            blind_to_zh: "单个坏读数；学习期间就已不正常的终端",
        },
        Detector {
            name: "cusum-chart",
            zh: "累积和控制图",
            place: Place::BackOffice,
            part: Part::HeartbeatMonitor,
            sees: "a lasting shift of about twice its slack",
            sees_zh: "约为两倍松弛量的持续偏移",
            blind_to: "shifts smaller than its slack; a terminal that was bad while it was learnt",
            blind_to_zh: "小于松弛量的偏移；学习期间就已不正常的终端",
        },
        Detector {
            name: "sales-silence",
            zh: "交易静默检测",
            place: Place::BackOffice,
            part: Part::HeartbeatMonitor,
            sees: "a terminal that usually sells and does not, though its heartbeats come",
            sees_zh: "平时有交易、心跳正常却没有交易的终端",
            blind_to: "holidays; terminals that hardly ever sell; what is wrong with it",
            blind_to_zh: "节假日；很少交易的终端；究竟哪里有问题",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Beats, Topic::Watched, Topic::IncidentUpdate, Topic::StepRemote,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let rhythm = Rhythm::of(cx);
        match timer {
            Timer::Burst(epoch) if epoch == self.epoch => {
                let after = rhythm.first_from(cx.now()) + 1;
                // The channel's state at this beat is where the next ones go on from.
                if shares_bursts(cx) {
                    self.account(after, cx);
                }
                self.turn(cx);
                self.next = after;
                self.look_ahead(rhythm, cx);
            }
            Timer::Ahead(epoch) if epoch == self.epoch => {
                self.account(rhythm.first_from(cx.now()), cx);
                self.look_ahead(rhythm, cx);
            }
            Timer::Burst(_) | Timer::Ahead(_) => {}
            Timer::Missing | Timer::Received if self.unwatched => {}
            Timer::Missing => self.found(true, cx),
            Timer::Received => self.found(false, cx),
            Timer::Beat => self.beat(rhythm, cx),
            Timer::Arrives(beat) => self.arrives(u64::from(beat), cx),
            Timer::Late(beat) => self.late(u64::from(beat), cx),
        }
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Watched { on } => self.watch(on, cx),
            LocalMessage::Beats { alive, loss_ppm, via } => self.change(alive, loss_ppm, via, cx),
            LocalMessage::StepRequested(asked) => {
                let back_office = cx.settings().directory.back_office;
                let job = Job::of(cx.me(), &asked);
                cx.post(back_office, Part::BackOffice, Span::ZERO, InterActorMessage::Command(job, self.via));
            }
            LocalMessage::IncidentUpdate(update) => self.incident_update(&update, cx),
            _ => {}
        }
    }
    fn on_delivery(&mut self, _: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Common { number, cause, member } => {
                if member {
                    cx.note(Note::CommonCauseJoined { number });
                }
                cx.suppress(member.then_some(cause));
            }
            // By the inventory it is not in service: that it sells nothing is as it should be.
            InterActorMessage::Suspicion { raised: true, .. } if self.unwatched => {}
            InterActorMessage::Suspicion { finding, raised: true } => {
                self.suspected = Some(finding.symptom);
                cx.alarm(finding);
            }
            InterActorMessage::Suspicion { finding, raised: false } => {
                self.suspected = self.suspected.filter(|it| *it != finding.symptom);
                cx.dismiss_one(finding.symptom, cx.me());
            }
            InterActorMessage::Decision { incident, attempt, decision } => {
                cx.decide(incident, attempt, decision.into());
            }
            _ => {}
        }
    }
    fn still_sees(&self, _: &Spec, symptom: Symptom, _: Instant) -> bool {
        if symptom == Symptom::NoHeartbeat { self.known_missing } else { self.suspected == Some(symptom) }
    }
}
