//! Gateway: a queue with c workers, routing to hosts, time-outs, duplicates, and a breaker towards each host.

use std::collections::{BTreeMap, VecDeque};

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{ActorId, Context, Instant, Mode, Model, Performer, Purpose, Span};

use crate::money::Money;
use crate::note::Note;
use crate::plan::step;
use crate::wire::{Code, Iso, Mti, Parcel};
use crate::{Family, Fault as AnyFault, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GatewaySpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How many requests are served at the same time.
    pub workers: u32,
    /// Mean time to serve one: exponential.
    pub serves_in: Span,
    /// How many requests may wait; more are dropped without an answer.
    pub queue: u32,
    /// One way to a host and back.
    pub to_host: Span,
    /// How long it waits for a host.
    pub host_timeout: Span,
    /// Failures in a row after which it sends nothing more to a host.
    pub breaker_trips_after: u32,
    /// How long it then waits before it tries again.
    pub breaker_rests: Span,
    /// A host whose smoothed answering time is longer than this is slow.
    pub slow_after: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            workers: 64,
            serves_in: Span::millis(15),
            queue: 100_000,
            to_host: Span::millis(20),
            // A scheme's usual wait for an issuer at a point of sale.
            host_timeout: Span::secs(10),
            breaker_trips_after: 5,
            breaker_rests: Span::secs(30),
            slow_after: Span::secs(3),
        }
    }
}

/// How a transaction stands in the gateway's books.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Entry {
    #[default]
    None,
    /// Sent to the host.
    Open,
    /// Approved by the host, in time.
    Booked,
    /// Answered without the host's word: what the host says later is taken back.
    Expired,
    Declined,
    Reversed,
}

/// The last transactions of one terminal: what duplicates and reversals are held against.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    entries: [(u32, Entry, Code); 4],
    next: u8,
    /// Approved and not reversed.
    booked: Money,
}

impl Recent {
    fn find(&mut self, stan: u32) -> Option<&mut (u32, Entry, Code)> {
        self.entries.iter_mut().find(|entry| entry.0 == stan && entry.1 != Entry::None)
    }
    fn add(&mut self, stan: u32) {
        self.entries[usize::from(self.next)] = (stan, Entry::Open, Code::NONE);
        self.next = (self.next + 1) % 4;
    }
}

/// A breaker towards one host.
#[derive(Clone, Copy, Debug, Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
    /// One request is let through to see.
    probing: bool,
    /// Smoothed time that the host takes, in seconds: an exponentially weighted mean, a fifth for each new answer.
    smoothed_s: f64,
    slow: bool,
}

/// State of the gateway.
#[derive(Component, Debug, Default)]
pub struct Gateway {
    busy: u32,
    waiting: VecDeque<(Instant, Iso)>,
    /// What workers have in hand, by number.
    in_hand: BTreeMap<u32, Iso>,
    jobs: u32,
    /// Requests that wait for a host, by number, and the number of each.
    flights: BTreeMap<u32, (Instant, Iso)>,
    flight_of: BTreeMap<(ActorId, u32), u32>,
    /// When each of them has waited long enough, oldest first; most have been answered by then, so one note serves all.
    deadlines: VecDeque<(Instant, u32)>,
    breakers: Vec<Breaker>,
    recent: Vec<Recent>,
    rrn: u64,
    workers_lost: f64,
    dropped: u64,
    /// Requests, those that had to wait, and their waiting time: for whoever checks the queue.
    served: u64,
    waited: u64,
    waiting_time: Span,
    struggling: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A worker has finished.
    Served(u32),
    /// The oldest request that waits for a host has waited long enough.
    HostSilent,
    /// A breaker has rested.
    Rested(u8),
}

/// How a gateway breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GatewayFault")]
pub enum Fault {
    /// Workers are lost; the magnitude is their share.
    WorkersLost,
}

/// What the gateway measures of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    waiting: usize,
    /// Requests that wait for each worker that there should be.
    pressure: f64,
}

const SERVES: Purpose = Purpose::of("gateway: time to serve");

impl Gateway {
    /// Requests served so far, how many of them had to wait, and their waiting time in all.
    pub fn queue_figures(&self) -> (u64, u64, Span) {
        (self.served, self.waited, self.waiting_time)
    }
    /// Approved and not reversed, by terminal.
    pub(crate) fn booked(&self, terminal: ActorId) -> Money {
        self.recent.get(terminal.0 as usize).map_or(Money::ZERO, |recent| recent.booked)
    }

    fn recent(&mut self, terminal: ActorId) -> &mut Recent {
        let row = terminal.0 as usize;
        if self.recent.len() <= row {
            self.recent.resize(row + 1, Recent::default());
        }
        &mut self.recent[row]
    }
    fn breaker(&mut self, host: usize) -> &mut Breaker {
        if self.breakers.len() <= host {
            self.breakers.resize(host + 1, Breaker::default());
        }
        &mut self.breakers[host]
    }

    fn workers(&self, spec: &Spec) -> u32 {
        (f64::from(spec.workers) * (1.0 - self.workers_lost)) as u32
    }

    fn receive(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        if self.busy < self.workers(spec) {
            self.served += 1;
            self.serve(spec, iso, cx);
        } else if self.waiting.len() < spec.queue as usize {
            self.waiting.push_back((cx.now(), iso));
            self.pressure_changed(spec, cx);
        } else {
            self.dropped += 1;
        }
    }

    fn serve(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        self.busy += 1;
        self.jobs = self.jobs.wrapping_add(1);
        self.in_hand.insert(self.jobs, iso);
        // Named by the terminal's own message: another terminal moves none of these draws.
        let name = SERVES.numbered(u64::from(iso.terminal.0));
        let bits = cx.draw(name, u64::from(iso.stan) << 8 | iso.mti as u64);
        let takes = spec.serves_in.scaled(-libm::log(sim::unit(bits[0])));
        cx.after(takes, Timer::Served(self.jobs));
    }

    fn pressure_changed(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let struggling = self.waiting.len() > 4 * spec.workers as usize;
        if struggling != self.struggling {
            self.struggling = struggling;
            cx.look();
        }
    }

    fn served(&mut self, spec: &Spec, job: u32, cx: &mut Context<'_, Models>) {
        self.busy -= 1;
        if let Some(iso) = self.in_hand.remove(&job) {
            self.route(spec, iso, cx);
        }
        while self.busy < self.workers(spec)
            && let Some((since, iso)) = self.waiting.pop_front()
        {
            self.served += 1;
            self.waited += 1;
            self.waiting_time += cx.now().since(since);
            self.serve(spec, iso, cx);
            self.pressure_changed(spec, cx);
        }
    }

    /// Decides what becomes of a request.
    fn route(&mut self, spec: &Spec, mut iso: Iso, cx: &mut Context<'_, Models>) {
        let host = usize::from(iso.pan.host());
        let Some(&to) = cx.settings().directory.hosts.get(host) else {
            return self.answer(iso, Code(*b"15"), cx);
        };
        let known = self.recent(iso.terminal).find(iso.stan).copied();
        match (iso.mti, known) {
            // The same again: answered as before, or the answer is on its way.
            (Mti::Request | Mti::Advice, Some((_, Entry::Booked | Entry::Declined, code))) => {
                return self.answer(iso, code, cx);
            }
            (Mti::Request | Mti::Advice, Some((_, Entry::Open, _))) => return,
            (Mti::Request, Some(_)) => return self.answer(iso, Code::DUPLICATE, cx),
            _ => {}
        }
        if iso.mti == Mti::Request && !self.lets_through(spec, host, cx) {
            return self.answer(iso, Code::INOPERATIVE, cx);
        }
        self.rrn += 1;
        if iso.mti != Mti::Reversal {
            iso.rrn = self.rrn;
            if known.is_none() {
                self.recent(iso.terminal).add(iso.stan);
            }
            if let Some((_, entry, _)) = self.recent(iso.terminal).find(iso.stan) {
                *entry = Entry::Open;
            }
            self.jobs = self.jobs.wrapping_add(1);
            let flight = self.jobs;
            self.flights.insert(flight, (cx.now(), iso));
            self.flight_of.insert((iso.terminal, iso.stan), flight);
            if self.deadlines.is_empty() {
                cx.after(spec.host_timeout, Timer::HostSilent);
            }
            self.deadlines.push_back((cx.now() + spec.host_timeout, flight));
        }
        cx.post(to, Part::Host, spec.to_host, Parcel::Payment(iso));
    }

    fn lets_through(&mut self, spec: &Spec, host: usize, cx: &mut Context<'_, Models>) -> bool {
        let now = cx.now();
        let breaker = self.breaker(host);
        match breaker.open_until {
            None => true,
            Some(until) if now < until || breaker.probing => false,
            Some(_) => {
                breaker.probing = true;
                cx.after(spec.breaker_rests, Timer::Rested(host as u8));
                true
            }
        }
    }

    /// What a host's silence or word means for the breaker.
    fn judge(&mut self, spec: &Spec, host: usize, failed: bool, cx: &mut Context<'_, Models>) {
        let Some(&actor) = cx.settings().directory.hosts.get(host) else { return };
        let until = cx.now() + spec.breaker_rests;
        let breaker = self.breaker(host);
        breaker.probing = false;
        if !failed {
            breaker.failures = 0;
            if breaker.open_until.take().is_some() {
                cx.note(Note::Breaker { host: actor, open: false });
                self.all_clear(cx);
            }
            return;
        }
        breaker.failures = breaker.failures.saturating_add(1);
        if breaker.failures < spec.breaker_trips_after {
            return;
        }
        if breaker.open_until.replace(until).is_none() {
            cx.note(Note::Breaker { host: actor, open: true });
            cx.alarm_about(AnyFault::Host(super::host::Fault::Outage), actor);
        }
    }

    /// One more answer of a host; of one that came too late only that is known. Silence is the breaker's matter.
    fn clocked(&mut self, spec: &Spec, host: usize, took: Span, cx: &mut Context<'_, Models>) {
        let Some(&actor) = cx.settings().directory.hosts.get(host) else { return };
        let limit = spec.slow_after.as_secs_f64();
        let breaker = self.breaker(host);
        breaker.smoothed_s += (took.as_secs_f64() - breaker.smoothed_s) / 5.0;
        if !breaker.slow && breaker.smoothed_s > limit {
            breaker.slow = true;
            cx.alarm_about(AnyFault::Host(super::host::Fault::Slow), actor);
        } else if breaker.slow && breaker.smoothed_s < limit / 2.0 {
            breaker.slow = false;
            self.all_clear(cx);
        }
    }

    /// No host is silent or slow: what was opened about them is closed.
    fn all_clear(&self, cx: &mut Context<'_, Models>) {
        if !self.breakers.iter().any(|it| it.slow || it.open_until.is_some()) {
            cx.dismiss();
        }
    }

    /// Answers a terminal without the host, or passes on what the host said.
    fn answer(&mut self, mut iso: Iso, code: Code, cx: &mut Context<'_, Models>) {
        iso.mti = match iso.mti {
            Mti::Request | Mti::Response => Mti::Response,
            Mti::Advice | Mti::AdviceResponse => Mti::AdviceResponse,
            Mti::Reversal | Mti::ReversalResponse => Mti::ReversalResponse,
        };
        iso.code = code;
        iso.mac = iso.seal();
        let port = iso.via.part();
        cx.post(iso.terminal, port, Span::ZERO, Parcel::Payment(iso));
    }

    /// A host's word on a request or an advice.
    fn host_answered(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        let host = usize::from(iso.pan.host());
        let approved = iso.code == Code::APPROVED;
        // An answer that comes too late is no sign that the host is well.
        if let Some(flight) = self.flight_of.remove(&(iso.terminal, iso.stan)) {
            if let Some((sent, _)) = self.flights.remove(&flight) {
                self.clocked(spec, host, cx.now().since(sent), cx);
            }
            self.judge(spec, host, iso.code == Code::INOPERATIVE, cx);
        } else {
            self.clocked(spec, host, spec.host_timeout, cx);
        }
        let recent = self.recent(iso.terminal);
        let Some((_, entry, code)) = recent.find(iso.stan) else { return };
        match (*entry, approved) {
            (Entry::Open, true) => {
                (*entry, *code) = (Entry::Booked, iso.code);
                recent.booked += iso.amount;
                self.tell_back_office(iso.terminal, iso.amount, cx);
                self.answer(iso, iso.code, cx);
            }
            (Entry::Open, false) => {
                (*entry, *code) = (Entry::Declined, iso.code);
                self.answer(iso, iso.code, cx);
            }
            // Too late: the terminal was told otherwise, so the host must take it back.
            (Entry::Expired, true) => {
                let to = cx.settings().directory.hosts.get(host).copied();
                let reversal = Iso { mti: Mti::Reversal, code: Code::NO_ANSWER, original: iso.stan, ..iso };
                if let Some(to) = to {
                    cx.post(to, Part::Host, spec.to_host, Parcel::Payment(reversal));
                }
            }
            _ => {}
        }
    }

    /// A host's word on a reversal.
    fn host_reversed(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        let recent = self.recent(iso.terminal);
        if let Some((_, entry, _)) = recent.find(iso.stan) {
            let was = std::mem::replace(entry, Entry::Reversed);
            if was == Entry::Booked && iso.code == Code::APPROVED {
                recent.booked -= iso.amount;
                self.tell_back_office(iso.terminal, -iso.amount, cx);
            }
        }
        self.answer(iso, iso.code, cx);
    }

    fn tell_back_office(&self, terminal: ActorId, amount: Money, cx: &mut Context<'_, Models>) {
        let back_office = cx.settings().directory.back_office;
        let booked = Parcel::Booked { terminal, amount };
        cx.post(back_office, Part::BackOffice, Span::ZERO, booked);
    }

    /// Gives up on every request that has waited long enough, and makes a note of the next one that may.
    fn look_at_deadlines(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        while let Some(&(due, flight)) = self.deadlines.front() {
            if due > cx.now() && self.flights.contains_key(&flight) {
                return cx.after(due.since(cx.now()), Timer::HostSilent);
            }
            self.deadlines.pop_front();
            if due <= cx.now() {
                self.host_silent(spec, flight, cx);
            }
        }
    }

    fn host_silent(&mut self, spec: &Spec, flight: u32, cx: &mut Context<'_, Models>) {
        let Some((_, iso)) = self.flights.remove(&flight) else { return };
        self.flight_of.remove(&(iso.terminal, iso.stan));
        self.judge(spec, usize::from(iso.pan.host()), true, cx);
        if let Some((_, entry, _)) = self.recent(iso.terminal).find(iso.stan)
            && *entry == Entry::Open
        {
            *entry = Entry::Expired;
            self.answer(iso, Code::NO_ANSWER, cx);
        }
    }
}

impl Model<Models> for Gateway {
    const NAME: &'static str = "gateway";
    const ZH: &'static str = "支付网关";
    const ABOUT: &'static str = "The bridge between terminals and the hosts behind it.";
    const MODES: &'static [Mode<Models>] = &[Mode {
        fault: AnyFault::Gateway(Fault::WorkersLost),
        name: "workers-lost",
        zh: "网关处理能力下降",
        family: Family::Transaction,
        effect: "requests wait, and terminals give up on them",
        cues: &[crate::Cue::NoAnswerText],
        seen_by: &[Part::Gateway, Part::PaymentApp, Part::Merchant],
        mended_by: &[(Remedy::RestoreService, 0.95)],
        ladder: &[
            step(Remedy::RestoreService, Performer::Device, Span::minutes(5)),
            step(Remedy::RestoreService, Performer::Device, Span::minutes(30)),
        ],
    }];
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
            Timer::Served(job) => self.served(spec, job, cx),
            Timer::HostSilent => self.look_at_deadlines(spec, cx),
            Timer::Rested(host) => self.breaker(usize::from(host)).probing = false,
        }
    }
    fn on_parcel(&mut self, spec: &Spec, parcel: Parcel, cx: &mut Context<'_, Models>) {
        let Parcel::Payment(iso) = parcel else { return };
        match iso.mti {
            Mti::Request | Mti::Advice | Mti::Reversal => self.receive(spec, iso, cx),
            Mti::Response | Mti::AdviceResponse => self.host_answered(spec, iso, cx),
            Mti::ReversalResponse => self.host_reversed(iso, cx),
        }
    }
    fn on_fault(&mut self, spec: &Spec, _: Fault, magnitude: f64, cx: &mut Context<'_, Models>) {
        self.workers_lost = magnitude.clamp(0.0, 1.0);
        cx.error_state();
        self.pressure_changed(spec, cx);
    }
    fn on_clear(&mut self, spec: &Spec, _: Fault, cx: &mut Context<'_, Models>) {
        self.workers_lost = 0.0;
        while self.busy < self.workers(spec)
            && let Some((since, iso)) = self.waiting.pop_front()
        {
            self.served += 1;
            self.waited += 1;
            self.waiting_time += cx.now().since(since);
            self.serve(spec, iso, cx);
        }
        self.pressure_changed(spec, cx);
    }
    fn able(&self, spec: &Spec) -> bool {
        self.workers(spec) > 0
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading {
            waiting: self.waiting.len(),
            pressure: self.waiting.len() as f64 / f64::from(spec.workers.max(1)),
        }
    }
    /// Four waiting for each worker that there should be: at ordinary load that does not happen by chance.
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        (reading.waiting > 0 && reading.pressure > 4.0).then_some(Fault::WorkersLost)
    }
    fn still_sees(&self, _: &Spec, suspect: AnyFault, _: Instant) -> bool {
        suspect.part() == Part::Host && self.breakers.iter().any(|it| it.slow || it.open_until.is_some())
    }
}
