//! Gateway: a queue with c workers, routing to hosts, time-outs, duplicates, and a breaker towards each host.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use std::collections::{BTreeMap, VecDeque};

mod ledger;
mod breaker;
mod host_answers;
mod management;
mod names;
mod real;
mod serving;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::{ActorId, Arena, Instant, Purpose, Slot, Span};

use ledger::{LedgerEntry, Known, Recent};
use breaker::Breaker;
use real::Real;
pub use real::Score;
pub use serving::{Overflow, Serving};

use crate::money::Money;
use crate::note::Note;
use crate::plan::step;
use crate::rare::Rare;
use crate::sensed::Sensed;
use names::Names;
use crate::wire::{ResponseCode, Iso, Mti, InterActorMessage};
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of the gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GatewaySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How many requests are served at the same time.
    pub workers: u32,
    /// Mean time to serve one.
    pub service_time: Span,
    /// The law of that time.
    pub serving: Serving,
    /// How many requests may wait.
    pub queue: u32,
    /// What becomes of one more.
    pub overflow: Overflow,
    /// Notes each request when it comes and when it is served, for who wants the laws of the queue and not only its means.
    pub notes_requests: bool,
    /// One way to a host and back.
    pub to_host: Span,
    /// How long it waits for a host.
    pub host_timeout: Span,
    /// Failures in a row after which it sends nothing more to a host.
    pub breaker_trips_after: u32,
    /// How long it then waits before it tries again.
    pub breaker_cooldown: Span,
    /// A host whose smoothed answering time is longer than this is slow.
    pub slow_after: Span,
    /// A sale whose time (F12, F13) is further from the gateway's own than this is refused.
    pub clock_tolerance: Span,
    /// For how long a terminal goes by the gateway's address once it has looked it up (the time to live of the name's entry).
    pub address_remembered: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            workers: 64,
            address_remembered: Span::minutes(5),
            service_time: Span::millis(15),
            serving: Serving::Exponential,
            queue: 100_000,
            overflow: Overflow::Drop,
            notes_requests: false,
            to_host: Span::millis(20),
            // A scheme's usual wait for an issuer at a point of sale.
            host_timeout: Span::secs(10),
            breaker_trips_after: 5,
            breaker_cooldown: Span::secs(30),
            slow_after: Span::secs(3),
            clock_tolerance: Span::minutes(10),
        }
    }
}

/// State of the gateway.
#[derive(Clone, Component, Debug, Default)]
pub struct Gateway {
    levels: Levels<Fault>,
    busy: u32,
    waiting: VecDeque<(Instant, Iso)>,
    /// What workers have in hand.
    in_hand: Arena<Iso>,
    /// Requests that wait for a host, and since when; the ledger says whose flight is whose.
    flights: Arena<(Instant, Iso)>,
    /// When each of them has waited long enough, oldest first; most have been answered by then, so one note serves all.
    deadlines: VecDeque<(Instant, ActorId, u32)>,
    breakers: Vec<Breaker>,
    recent: Vec<Recent>,
    rrn: u64,
    /// While answers are lost, how often each has been given: names the draws of their losses.
    given: BTreeMap<(ActorId, u32, u8), u32>,
    /// Smoothed share of reversals among what comes in: a fiftieth for each new message.
    taken_back: f64,
    dropped: u64,
    struggling: bool,
    /// How real terminals last settled.
    settled: management::Settled,
    /// A real gateway or host stands in its place.
    real: Option<Box<Real>>,
    /// Of the last requests of a terminal, the latest in the lowest bit: which came a second time.
    doubled: BTreeMap<ActorId, u32>,
    /// Changes of whether the queue is long.
    queue_changes: u32,
    /// Whether it is found by its name.
    names: Rare<Sensed<Names>>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A worker has finished.
    Served(Slot),
    /// The oldest request that waits for a host has waited long enough.
    HostSilent,
    /// A breaker has rested.
    Rested(u8),
    /// The queue has been long, or short again, since that changed so often.
    Queue(u32),
    /// The probe has shown what it shows since that changed so often.
    Probed(u32),
}

/// Fault modes of the gateway.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GatewayFault")]
pub enum Fault {
    /// Workers are lost; the magnitude is their share.
    WorkersLost,
    /// Answers get lost on their way out; the magnitude is the share of them.
    AnswersLost,
    /// Its name is not resolved by anybody: no terminal finds it, whatever its bearer.
    NameUnresolved,
}

/// What the gateway measures of itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    waiting: usize,
    /// Requests that wait for each worker that there should be.
    pressure: f64,
    /// Smoothed share of reversals among what comes in.
    taken_back: f64,
    /// A probe from outside finds it.
    found: bool,
}

/// Requests of a terminal that are remembered, and how many of them may come twice.
const REQUESTS: u32 = 20;
const TOO_MANY: u32 = 3;
/// A queue is long, or short again, when it has been so for ten seconds.
const QUEUE: Span = Span::secs(10);
const LOST: Purpose = Purpose::of("gateway: the answer is lost");
const SERVES: Purpose = Purpose::of("gateway: time to serve");

impl Gateway {
    /// What crossed between the terminals and the real gateway in its place.
    pub(crate) fn real(&self) -> Option<&Real> {
        self.real.as_deref()
    }

    /// Approved and not reversed, by terminal.
    pub(crate) fn booked(&self, terminal: ActorId) -> Money {
        if let Some(real) = &self.real {
            return real.booked(terminal);
        }
        self.recent.get(terminal.0 as usize).map_or(Money::ZERO, |recent| recent.booked)
    }

    fn recent(&mut self, terminal: ActorId) -> &mut Recent {
        let row = terminal.0 as usize;
        if self.recent.len() <= row {
            self.recent.resize(row + 1, Recent::default());
        }
        &mut self.recent[row]
    }
    fn workers(&self, spec: &Spec) -> u32 {
        // To the nearest worker: nine tenths of ten leave one.
        let lost = libm::round(f64::from(spec.workers) * self.levels.of(Fault::WorkersLost)) as u32;
        let left = spec.workers - lost.min(spec.workers);
        debug_assert!(left <= spec.workers, "a fault adds no workers: {left} of {}", spec.workers);
        left
    }

    fn receive(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        let before = self.taken_back > 0.2;
        self.taken_back += (f64::from(iso.mti == Mti::Reversal) - self.taken_back) / 50.0;
        if before != (self.taken_back > 0.2) {
            cx.look();
        }
        let free = self.busy < self.workers(spec);
        let room = free || self.waiting.len() < spec.queue as usize;
        if spec.notes_requests {
            cx.note(Note::RequestCame { found: self.busy + self.waiting.len() as u32, room });
        }
        if free {
            self.serve(spec, iso, Span::ZERO, cx);
        } else if room {
            self.waiting.push_back((cx.now(), iso));
            self.pressure_changed(spec, cx);
        } else {
            debug_assert!(self.waiting.len() <= spec.queue as usize, "a queue has outgrown its room");
            self.dropped += 1;
            if spec.overflow == Overflow::Refuse {
                self.answer(iso, ResponseCode::INOPERATIVE, cx);
            }
        }
    }

    fn serve(&mut self, spec: &Spec, iso: Iso, waited: Span, cx: &mut Context<'_, Models>) {
        debug_assert!(self.busy < self.workers(spec), "nobody is free to serve");
        self.busy += 1;
        let job = self.in_hand.insert(iso);
        // Named by the terminal's own message: another terminal moves none of these draws.
        let name = cx.on_behalf_of(iso.terminal, SERVES);
        let bits = cx.draw(name, u64::from(iso.stan) << 8 | iso.mti as u64);
        let service_time = spec.serving.draw(spec.service_time, bits);
        if spec.notes_requests {
            cx.note(Note::RequestServed { waited, service_time });
        }
        cx.after(service_time, Timer::Served(job));
    }

    fn pressure_changed(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let struggling = self.waiting.len() > 4 * spec.workers as usize;
        if struggling != self.struggling {
            self.struggling = struggling;
            self.queue_changes += 1;
            cx.after(QUEUE, Timer::Queue(self.queue_changes));
        }
    }

    fn served(&mut self, spec: &Spec, job: Slot, cx: &mut Context<'_, Models>) {
        debug_assert!(self.busy > 0, "what is served was in somebody's hands");
        debug_assert_eq!(self.in_hand.len(), self.busy as usize, "each who is busy has one request");
        self.busy -= 1;
        let iso = self.in_hand.take(job);
        self.route(spec, iso, cx);
        self.next_in_queue(spec, cx);
    }

    fn next_in_queue(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        while self.busy < self.workers(spec)
            && let Some((since, iso)) = self.waiting.pop_front()
        {
            debug_assert!(since <= cx.now(), "who is served has come");
            let waited = cx.now().since(since);
            self.serve(spec, iso, waited, cx);
            self.pressure_changed(spec, cx);
        }
    }

    /// A request has come, for the first time or again. Of a terminal that sends many twice the back office is told.
    fn count_doubled(&mut self, terminal: ActorId, again: bool, cx: &mut Context<'_, Models>) {
        if !again && !self.doubled.contains_key(&terminal) {
            return;
        }
        let history = self.doubled.entry(terminal).or_default();
        let before = *history;
        *history = if again { before | 1 } else { before << 1 & ((1 << REQUESTS) - 1) };
        debug_assert!(*history < 1 << REQUESTS, "no more is remembered");
        let finding = Finding::of(Symptom::DuplicatesSurge).with(Evidence::SameBytesAtOnce);
        let raised = history.count_ones() >= TOO_MANY;
        let over = *history == 0;
        if over {
            self.doubled.remove(&terminal);
        }
        if again && raised || over {
            let message = InterActorMessage::Suspicion { finding, raised };
            cx.post(terminal, Part::HeartbeatMonitor, Span::ZERO, message);
        }
    }

    /// Decides what becomes of a request.
    fn route(&mut self, spec: &Spec, mut iso: Iso, cx: &mut Context<'_, Models>) {
        if matches!(iso.mti, Mti::Network | Mti::Settlement) {
            return self.manage(iso, cx);
        }
        let host = usize::from(iso.pan.host());
        let Some(&to) = cx.settings().directory.hosts.get(host) else {
            return self.answer(iso, ResponseCode(*b"15"), cx);
        };
        if iso.mac != iso.seal() {
            return self.answer(iso, ResponseCode::MAC_WRONG, cx);
        }
        let (now, at) = (cx.now(), iso.local);
        if iso.mti == Mti::Request && now.since(at).max(at.since(now)) > spec.clock_tolerance {
            return self.answer(iso, ResponseCode::OUT_OF_STEP, cx);
        }
        let known = self.recent(iso.terminal).find(iso.stan).copied();
        if iso.mti == Mti::Request {
            self.count_doubled(iso.terminal, known.is_some(), cx);
        }
        match (iso.mti, known) {
            // The same again: answered as before, or the answer is on its way.
            (Mti::Request | Mti::Advice, Some(Known { entry: LedgerEntry::Booked | LedgerEntry::Declined, code, .. })) => {
                return self.answer(iso, code, cx);
            }
            (Mti::Request | Mti::Advice, Some(Known { entry: LedgerEntry::Open(_), .. })) => return,
            (Mti::Request, Some(_)) => return self.answer(iso, ResponseCode::DUPLICATE, cx),
            _ => {}
        }
        if iso.mti == Mti::Request && !self.lets_through(spec, host, cx) {
            return self.answer(iso, ResponseCode::INOPERATIVE, cx);
        }
        self.rrn += 1;
        if iso.mti != Mti::Reversal {
            debug_assert!(iso.amount >= Money::ZERO, "nobody asks for {}", iso.amount);
            iso.rrn = self.rrn;
            let flight = self.flights.insert((cx.now(), iso));
            if let Some(forgotten) = self.recent(iso.terminal).open(iso.stan, flight) {
                self.flights.take(forgotten);
            }
            if self.deadlines.is_empty() {
                cx.after(spec.host_timeout, Timer::HostSilent);
            }
            self.deadlines.push_back((cx.now() + spec.host_timeout, iso.terminal, iso.stan));
        }
        cx.post(to, Part::Host, spec.to_host, InterActorMessage::Payment(iso));
    }

    /// Answers a terminal without the host, or passes on what the host said.
    fn answer(&mut self, mut iso: Iso, code: ResponseCode, cx: &mut Context<'_, Models>) {
        debug_assert_ne!(iso.terminal, cx.me(), "answers go to terminals");
        iso.mti = iso.mti.response();
        iso.code = code;
        // F12 and F13 of an answer are the gateway's own time.
        iso.local = cx.now();
        iso.mac = iso.seal();
        let port = iso.via.part();
        let lost = self.levels.of(Fault::AnswersLost);
        if lost > 0.0 {
            // Named by the answer itself: what other terminals ask for moves none of these draws.
            let times = self.given.entry((iso.terminal, iso.stan, iso.mti as u8)).or_default();
            let name = cx.on_behalf_of(iso.terminal, LOST).numbered(u64::from(*times));
            *times += 1;
            let draw = u64::from(iso.stan) << 8 | iso.mti as u64;
            if sim::unit(cx.draw(name, draw)[0]) < lost {
                return cx.activated();
            }
        }
        capture(iso, cx);
        cx.post(iso.terminal, port, Span::ZERO, InterActorMessage::Payment(iso));
    }
}

/// A copy for who writes down what crosses the gateway's network port.
fn capture(iso: Iso, cx: &mut Context<'_, Models>) {
    if cx.settings().captured {
        cx.emit(InterActorMessage::Payment(iso));
    }
}

evidence! {
    /// More wait than the workers that there should be can serve.
    QueueLong: 100, "queue-long", "排队过长", ["gateway.workers-lost" * 20.0];
    /// Many transactions are taken back, and nobody waits.
    ReversalsWithoutQueue: 101, "reversals-without-queue", "无排队而冲正多", ["gateway.answers-lost" * 20.0];
    /// A probe from outside does not resolve its name.
    NameNotFound: 99, "name-not-found", "网关域名无法解析", ["gateway.name-unresolved" * 500.0];
    /// A host does not answer at all.
    NoAnswerAtAll: 102, "no-answer-at-all", "发卡行无应答", ["host.outage" * 5.0, "host.slow" * 0.3];
    /// A host answers later than usual.
    AnswersSlow: 103, "answers-slow", "发卡行应答慢", ["host.slow" * 20.0, "host.outage" * 0.1];
    /// The second comes within a second of the first, and is the same to the byte.
    SameBytesAtOnce: 104, "same-bytes-at-once", "瞬间重复", ["cellular.sends-twice" * 20.0];
}

impl ActorPart<Models> for Gateway {
    const NAME: &'static str = "gateway";
    const ZH: &'static str = "支付网关";
    const ABOUT: &'static str = "The bridge between terminals and the hosts behind it.";
    const HUB: bool = true;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "circuit-breaker",
            zh: "熔断器",
            place: Place::Gateway,
            part: Part::Gateway,
            sees: "hosts that fail several times in a row or answer slowly, its own queue, sales that terminals reverse, requests that come twice",
            sees_zh: "发卡行连续失败或响应缓慢，自身队列，终端冲正的交易，重复到达的请求",
            blind_to: "a host that nobody asks, and whatever happens before a request reaches it",
            blind_to_zh: "没人访问的发卡行，以及请求到达之前的一切",
        },
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, _: &Spec, cx: &mut Context<'_, Models>) {
        self.real = cx.settings().is_attached(cx.me(), cx.part()).then(Box::default);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Served(job) => self.served(spec, job, cx),
            Timer::Queue(change) if change == self.queue_changes => cx.look(),
            Timer::Queue(_) => {}
            Timer::Probed(change) => self.probed(change, cx),
            Timer::HostSilent => self.look_at_deadlines(spec, cx),
            Timer::Rested(host) => self.rested(usize::from(host)),
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        let InterActorMessage::Payment(iso) = message else { return };
        if iso.mti.asks() && !self.is_found_by(spec, iso.terminal, cx) {
            return cx.activated();
        }
        if let Some(real) = &mut self.real
            && !matches!(iso.mti, Mti::Network | Mti::Settlement)
        {
            return real.crosses(iso, cx);
        }
        match iso.mti {
            Mti::Request | Mti::Advice | Mti::Reversal | Mti::Network | Mti::Settlement => {
                capture(iso, cx);
                self.receive(spec, iso, cx);
            }
            Mti::Response | Mti::AdviceResponse => self.host_answered(spec, iso, cx),
            Mti::ReversalResponse => self.host_reversed(iso, cx),
            Mti::NetworkResponse | Mti::SettlementResponse => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, _: &mut Context<'_, Models>) {
        if symptom == Symptom::GatewayDegraded {
            // Reversals that came before say nothing of what is lost now.
            self.taken_back = 0.0;
            // Whoever restores it looks its name up.
            self.names.get_mut().shown.unfound = self.levels.has(Fault::NameUnresolved);
        }
    }
    fn able(&self, spec: &Spec) -> bool {
        self.workers(spec) > 0 && !self.levels.has(Fault::NameUnresolved)
    }
    fn still_sees(&self, _: &Spec, symptom: Symptom, _: Instant) -> bool {
        symptom == Symptom::IssuerUnavailable && self.breakers.iter().any(Breaker::troubled)
    }
}

impl DevicePart<Models> for Gateway {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::WorkersLost, Mode {
        name: "workers-lost",
        zh: "网关处理能力下降",
        family: Family::Transaction,
        shows: &[
            (Symptom::GatewayDegraded, 0.95),
            (Symptom::AnswersLate, 0.64),
            (Symptom::RequestsUnanswered, 0.63),
            (Symptom::NoHeartbeat, 0.05),
        ],
        cause: "processes that die, servers that fail",
        effects: Effects::of(
            "fewer requests are served at a time",
            "requests wait, and terminals give up on them",
            "sales of the whole fleet are slow or fail",
        ),
        ratings: Ratings::of(9, 6, 1),
        indications: &[crate::Indication::NoAnswerText],
        seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
        cleared_by: &[(RecoveryAction::RestoreService, 0.95)],
        procedure: &[
            step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(5)),
            step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(30)),
        ],
        }),
        (Fault::AnswersLost, Mode {
            name: "answers-lost",
            zh: "应答丢失",
            family: Family::Transaction,
            shows: &[
                (Symptom::GatewayDegraded, 0.9),
                (Symptom::RequestsUnanswered, 0.95),
                (Symptom::IssuerUnavailable, 0.3),
                (Symptom::LossReported, 0.11),
            ],
            cause: "a network fault behind the gateway",
            effects: Effects::of(
                "answers of hosts vanish",
                "hosts approve, terminals never hear of it and take the sale back",
                "sales of the whole fleet fail; customers are charged for a while",
            ),
            ratings: Ratings::of(9, 5, 2),
            indications: &[crate::Indication::NoAnswerText],
            seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestoreService, 0.95)],
            procedure: &[
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(5)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(30)),
            ],
        }),
        (Fault::NameUnresolved, Mode {
            name: "name-unresolved",
            zh: "网关域名无法解析",
            family: Family::Transaction,
            shows: &[(Symptom::GatewayDegraded, 0.9), (Symptom::RequestsUnanswered, 0.95)],
            cause: "the provider's name service fails, or an entry in it is wrong",
            effects: Effects::of(
                "nobody finds the gateway's address, whatever the bearer",
                "terminals send requests to nobody, and another bearer does not help",
                "no sale of the whole fleet is authorised",
            ),
            ratings: Ratings::of(9, 3, 1),
            indications: &[crate::Indication::NoAnswerText],
            seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
            cleared_by: &[(RecoveryAction::RestoreService, 0.9)],
            procedure: &[
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(15)),
                step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(60)),
            ],
        }),
    ];
    const ON_DEVICE: bool = false;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        match fault {
            // The gateway sees the reversals that follow, and nothing before.
            Fault::NameUnresolved => self.name_changes(on, cx),
            Fault::AnswersLost if on => {}
            Fault::AnswersLost => self.given.clear(),
            Fault::WorkersLost => {
                if on {
                    cx.activated();
                } else {
                    // Workers are back: whoever waits is served.
                    self.next_in_queue(spec, cx);
                }
                self.pressure_changed(spec, cx);
            }
        }
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading {
            waiting: self.waiting.len(),
            pressure: self.waiting.len() as f64 / f64::from(spec.workers.max(1)),
            taken_back: self.taken_back,
            found: !self.names.get().shown.unfound,
        }
    }
    /// Four waiting for each worker that there should be: at ordinary load that does not happen by chance. A sound terminal
    /// reverses what was not answered: a fifth of all traffic is no chance. If requests wait meanwhile, they were not
    /// answered because nobody served them; if none does, they were, and the answers vanished.
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let taken_back = reading.taken_back > 0.2;
        let queues = reading.waiting > 0 && (reading.pressure > 4.0 || taken_back);
        let finding = Finding::of(Symptom::GatewayDegraded);
        seen([
            (!reading.found, finding.with(Evidence::NameNotFound)),
            (queues, finding.with(Evidence::QueueLong)),
            (taken_back && !queues, finding.with(Evidence::ReversalsWithoutQueue)),
        ])
    }
}
