//! Firmware: boots, watches itself, shares out memory and processor, and chooses the way to the network.

mod gauges;
mod modes;
mod report;
mod update;
mod uplink;


use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, Mode, ActorPart, DevicePart, Levels, seen, Finding};
use sim::{Instant, Span};
use thin_vec::ThinVec;

use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use crate::symptom::Symptom;
use crate::rare::Rare;
use crate::sensor::{ShareGauge, Watch};
use crate::bus::{Leg, LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::quantity::Mebibytes;
use crate::availability::Milestone;
use crate::telemetry::Telemetry;
use crate::operator::Command;
use crate::wire::{Iso, InterActorMessage, Via};
use crate::{Models, Part};
pub use gauges::Thresholds;
use crate::detectors::{Detector, Place};
use crate::vocabulary::milestone::{MilestoneDefinition, milestones};

/// Settings of the firmware.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FirmwareSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time from power to a running payment application.
    pub boots_in: Span,
    /// A hang is noticed when nobody has fed the watchdog for so long.
    pub watchdog: Span,
    /// Memory of the terminal.
    pub memory: Mebibytes,
    /// Time in which a leak of magnitude 1 uses up half of the memory.
    pub leaks_in: Span,
    /// The bearer that it normally uses.
    pub uplink: Via,
    /// The bearer that it changes to when the first is down, if the policy lets it.
    pub backup: Option<Via>,
    /// The terminal reaches its bearers through the merchant's phone or tablet.
    pub through_phone: bool,
    /// How likely the change to the other bearer works when the one in use goes down (failover coverage). If it does not,
    /// the terminal is offline until its first bearer is back or it is restarted.
    pub failover_works: Probability,
    /// Share of the processor that a terminal uses where nothing is wrong.
    pub idle_load: Probability,
    /// The gauge of the share of the memory in use.
    pub memory_gauge: ShareGauge,
    /// The gauge of the share of the processor in use.
    pub processor_gauge: ShareGauge,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            boots_in: Span::secs(45),
            watchdog: Span::secs(90),
            memory: Mebibytes(512),
            leaks_in: Span::hours(4),
            uplink: Via::Wifi,
            backup: Some(Via::Cellular),
            through_phone: false,
            failover_works: Probability(1.0),
            idle_load: Probability(0.15),
            memory_gauge: ShareGauge::default(),
            processor_gauge: ShareGauge { noise: Probability(0.05), ..ShareGauge::default() },
        }
    }
}

/// What a link has said of itself.
#[derive(Clone, Copy, Debug, Default)]
struct Link {
    up: bool,
    loss_ppm: u32,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    Off,
    Booting,
    #[default]
    Running,
}

/// State of the firmware.
#[derive(Clone, Component, Debug, Default)]
pub struct Firmware {
    levels: Levels<Fault>,
    state: State,
    supplied: bool,
    /// Counts starts and stops: a note of an earlier one is ignored.
    boot: u32,
    /// Commands of operators outside that are being carried out, and since which start.
    orders: ThinVec<(Command, u32)>,
    /// By the fault, or because a leak has taken all memory: a restart ends the latter alone.
    hung: bool,
    hung_since: Instant,
    /// When the memory was last all free.
    fresh: Instant,
    /// Share of the processor that is taken, by the fault or by a shortage of memory.
    starved: f64,
    /// How slow the processor is by itself: 100 is as usual.
    slowed: u32,
    /// Share of the processor that others take.
    burden: f64,
    /// The gateway refuses sessions.
    untrusted: bool,
    phone: Link,
    wifi: Link,
    cellular: Link,
    /// Somebody chose the other uplink.
    swapped: bool,
    online: Option<Via>,
    /// A change of the bearer did not work.
    stranded: bool,
    /// Changes of the bearer so far, where they can fail.
    failovers: u32,
    /// Reports of readings that have fallen due, sent or not.
    reports: u32,
    /// The report that is being put together.
    report: Option<Box<Telemetry>>,
    update: update::Update,
    /// What was sensed of it.
    sensed: Rare<Sensed>,
}

/// What was sensed of it.
#[derive(Clone, Copy, Debug, Default)]
struct Sensed {
    /// The watchdog was not fed for its time.
    unfed: bool,
    /// By how much of itself the memory in use grows in a second, since `fresh`.
    leaks_per_s: f64,
    /// Share of the processor that is taken.
    taken: f64,
    /// What came of the readings of the memory.
    memory: Watch<1>,
    /// What came of the readings of the processor.
    processor: Watch<1>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The terminal has booted.
    Booted(u32),
    /// Nobody has fed the watchdog.
    Watchdog(u32),
    /// A good part of the memory is gone.
    MemoryLow(u32),
    /// The memory is gone.
    MemoryGone(u32),
    /// Readings are to be reported.
    Report,
    /// A version has been loaded and installed.
    Installed(u16),
    /// An operator's command has been carried out, if the terminal still runs.
    Ordered(u32),
    /// The gauge of the memory shows what may change an alarm, by the plan of this number.
    Memory(u32),
    /// That of the processor does.
    Processor(u32),
}

/// Fault modes of the firmware.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FirmwareFault")]
pub enum Fault {
    /// Nothing runs on: a deadlock.
    Hang,
    /// Memory leaks; the magnitude is its speed.
    MemoryLeak,
    /// Something takes the processor; the magnitude is how much of it.
    ProcessorStarved,
}

/// Watchdog and resource counters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// The watchdog was not fed for its time.
    unfed: bool,
    /// What the gauge of the memory showed when its alarm last changed: ten-thousandths.
    memory_used: i64,
    /// It has shown too much often enough.
    memory_short: bool,
    /// What the gauge of the processor showed when its alarm last changed: ten-thousandths.
    processor_used: i64,
    /// It has shown too much often enough.
    processor_busy: bool,
}

impl Firmware {
    fn halt(&mut self, cx: &mut Context<'_, Models>, next: State) {
        debug_assert!(next != State::Running, "what stops does not run on");
        self.boot += 1;
        self.state = next;
        self.stranded = false;
        self.update.break_off();
        cx.say(LocalMessage::Halt);
        self.tell(cx);
    }

    fn restart(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if !self.supplied {
            return;
        }
        self.halt(cx, State::Booting);
        cx.after(spec.boots_in, Timer::Booted(self.boot));
    }

    /// An operator's command takes effect, and the back office is told.
    fn ordered(&mut self, number: u32, cx: &mut Context<'_, Models>) {
        let Some(at) = self.orders.iter().position(|(it, _)| it.number == number) else { return };
        let (command, boot) = self.orders.swap_remove(at);
        debug_assert!(boot <= self.boot, "what was ordered was ordered before");
        // Whoever has been restarted meanwhile has forgotten it.
        if self.state != State::Running || self.hung || boot != self.boot || self.online.is_none() {
            return;
        }
        let back_office = cx.settings().directory.back_office;
        cx.post(back_office, Part::BackOffice, Span::ZERO, InterActorMessage::Ordered(command));
        cx.treat(command.order.action());
    }

    /// Makes notes of what a leak will do.
    fn expect_leak(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let leak = self.levels.of(Fault::MemoryLeak);
        if leak > 0.0 {
            let all = spec.leaks_in.scaled(1.0 / leak);
            cx.after(all.scaled(0.8), Timer::MemoryLow(self.boot));
            cx.after(all, Timer::MemoryGone(self.boot));
        }
    }

    fn hang(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.hung_since <= cx.now(), "what hangs has hung from some time on");
        if !self.hung {
            self.hung_since = cx.now();
        }
        self.hung = true;
        cx.activated();
        indication::show(cx, Indication::FrozenScreen);
        cx.after(spec.watchdog, Timer::Watchdog(self.boot));
        self.pace(cx);
        self.tell(cx);
    }

    fn unhang(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.hung = false;
        indication::gone(cx, Indication::FrozenScreen);
        self.pace(cx);
        // Heartbeats go out again, too: not only a restart ends a hang.
        self.choose(spec, cx);
        // It is fed again, and that is seen within a second.
        cx.after(Span::secs(1), Timer::Watchdog(self.boot));
    }

    /// How slow everything is: 100 is as usual, 0 is not at all.
    fn pace(&self, cx: &mut Context<'_, Models>) {
        debug_assert!((0.0..=1.0).contains(&self.starved), "{} is not a share", self.starved);
        debug_assert!((0.0..=1.0).contains(&self.burden), "{} is not a share", self.burden);
        let busy = 100 + (400.0 * self.starved.max(self.burden)) as u32;
        let percent = if self.hung { 0 } else { busy * self.slowed / 100 };
        cx.say(LocalMessage::Pace { percent });
    }

    /// A person notices when something takes a good part of the processor.
    fn show_slowness(&self, cx: &mut Context<'_, Models>) {
        if self.starved.max(self.burden) > 0.0 {
            indication::show(cx, Indication::SlowOperation);
        } else if !self.levels.has(Fault::MemoryLeak) {
            indication::gone(cx, Indication::SlowOperation);
        }
    }

    fn tell(&self, cx: &mut Context<'_, Models>) {
        let running = self.state == State::Running;
        cx.say(LocalMessage::Online { up: running && self.online.is_some() });
        if running && self.online.is_none() {
            indication::show(cx, Indication::NoNetworkText);
        } else {
            indication::gone(cx, Indication::NoNetworkText);
        }
        if !running || self.hung {
            cx.say(LocalMessage::Beats { alive: false, loss_ppm: 1_000_000, via: Via::Wifi });
        }
        cx.touch();
    }

    fn transmit(&self, spec: &Spec, mut iso: Iso, delay: Span, cx: &mut Context<'_, Models>) {
        if self.state != State::Running || self.hung {
            return;
        }
        let Some(via) = self.online else { return };
        debug_assert_eq!(iso.terminal, cx.me(), "a terminal sends messages of its own");
        iso.via = via;
        let leg = if spec.through_phone { Leg::ToPhone } else { Leg::Out(via) };
        cx.say(LocalMessage::Carry { leg, iso, via, delay });
    }
}

milestones! {
    /// The terminal has booted.
    Booted: 6, "booted", "启动完成";
    /// The terminal runs a new version, by a roll-out of `policies.rollouts`. What is to occur a while after it does so
    /// even if the version has been rolled back by then.
    Updated: 7, "updated", "新版本已运行";
}

evidence! {
    /// The watchdog was not fed for its time.
    WatchdogUnfed: 83, "watchdog-unfed", "看门狗超时", [
        "firmware.hang" * 50.0, "firmware.memory-leak" * 5.0, "display.frozen" * 0.02, "display.touch-dead" * 0.02,
    ];
    /// Memory is nearly used up.
    MemoryHigh: 84, "memory-high", "内存占用高", ["firmware.memory-leak" * 20.0, "storage.fills" * 0.05];
    /// The processor has been busy for long.
    ProcessorBusy: 85, "processor-busy", "处理器占用高", [
        "firmware.processor-starved" * 20.0, "security.malware" * 8.0, "cellular.congestion" * 0.05,
        "firmware.memory-leak" * 0.5,
    ];
}

impl ActorPart<Models> for Firmware {
    const NAME: &'static str = "firmware";
    const ZH: &'static str = "操作系统";
    const ABOUT: &'static str = "The embedded operating system: boot, watchdog, memory, processor, choice of the uplink.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "watchdog",
            zh: "看门狗",
            place: Place::Device,
            part: Part::Firmware,
            sees: "that nothing has run for so long, memory and processor in use",
            sees_zh: "多久没有任何程序运行，内存与处理器占用",
            blind_to: "a program that runs and does the wrong thing",
            blind_to_zh: "正在运行但做错事的程序",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Slowed, Topic::Supplied, Topic::Restart, Topic::FailOver, Topic::Transmit,
        Topic::Link, Topic::PhoneLinked, Topic::Measured, Topic::Certificate, Topic::Burden,
        Topic::Reported,
    ];
    const HEARS_LATER: &'static [Topic] = &[Topic::Swapped];
    const MILESTONES: &'static [MilestoneDefinition] = MILESTONES;
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self { supplied: true, slowed: 100, ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.begin_reports(cx);
        self.expect_samples(spec, cx);
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Report => {
                self.collect(spec, cx);
                self.plan_report(cx.settings().policy.telemetry, cx);
            }
            Timer::Booted(boot) if boot == self.boot => {
                debug_assert_eq!(self.state, State::Booting, "what has booted was booting");
                self.state = State::Running;
                // What the boot finds: memory is free, and the watchdog is fed unless it hangs again.
                if self.sensed.is_kept() {
                    self.catch_up(spec, cx);
                    self.sensed.get_mut().unfed &= self.hung;
                }
                self.fresh = cx.now();
                self.used_otherwise(spec, cx);
                cx.look();
                cx.milestone(Milestone::Booted);
                cx.say(LocalMessage::Ready);
                self.pace(cx);
                self.choose(spec, cx);
                self.expect_leak(spec, cx);
                if self.hung {
                    // The cause is still there: it hangs again.
                    self.hang(spec, cx);
                }
            }
            Timer::Ordered(number) => self.ordered(number, cx),
            Timer::Installed(attempt) => self.installed(spec, attempt, cx),
            Timer::Watchdog(boot) if boot == self.boot => {
                self.sensed.get_mut().unfed = self.hung && cx.now().since(self.hung_since) >= spec.watchdog;
                cx.look();
            }
            Timer::Memory(plan) if self.sensed.get().memory.is_latest(plan) => self.sampled(spec, cx),
            Timer::Processor(plan) if self.sensed.get().processor.is_latest(plan) => self.sampled(spec, cx),
            Timer::MemoryLow(boot) if boot == self.boot && self.levels.has(Fault::MemoryLeak) => {
                cx.activated();
                self.catch_up(spec, cx);
                self.starved = self.starved.max(0.5);
                self.used_otherwise(spec, cx);
                indication::show(cx, Indication::SlowOperation);
                self.pace(cx);
            }
            Timer::MemoryGone(boot) if boot == self.boot && self.levels.has(Fault::MemoryLeak) => {
                self.hang(spec, cx);
            }
            _ => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Supplied { on } if on != self.supplied => {
                self.supplied = on;
                if on {
                    self.restart(spec, cx);
                } else {
                    self.halt(cx, State::Off);
                }
            }
            LocalMessage::Slowed { percent } => {
                self.slowed = percent;
                self.pace(cx);
            }
            LocalMessage::Restart | LocalMessage::Swapped => {
                if self.levels.has(Fault::MemoryLeak) {
                    // A restart gives the memory back; the leak stays.
                    self.catch_up(spec, cx);
                    (self.hung, self.starved) = (false, 0.0);
                    self.used_otherwise(spec, cx);
                    indication::gone(cx, Indication::FrozenScreen);
                    indication::gone(cx, Indication::SlowOperation);
                }
                self.restart(spec, cx);
            }
            LocalMessage::FailOver => {
                self.swapped = !self.swapped;
                self.choose(spec, cx);
            }
            LocalMessage::Link { via, up, loss_ppm } => {
                let link = Link { up, loss_ppm };
                match via {
                    Via::Wifi => self.wifi = link,
                    Via::Cellular => self.cellular = link,
                }
                self.choose(spec, cx);
            }
            LocalMessage::PhoneLinked { up, loss_ppm } => {
                self.phone = Link { up, loss_ppm };
                self.choose(spec, cx);
            }
            LocalMessage::Certificate { valid } => {
                self.untrusted = !valid;
                self.choose(spec, cx);
            }
            LocalMessage::Burden { share } => {
                debug_assert!(share <= 100, "no program takes {share} % of a processor");
                self.catch_up(spec, cx);
                self.burden = f64::from(share) / 100.0;
                self.used_otherwise(spec, cx);
                self.pace(cx);
                self.show_slowness(cx);
            }
            LocalMessage::Measured { gauge, value } => {
                if let Some(report) = &mut self.report {
                    report.set(gauge, value);
                }
            }
            LocalMessage::Reported => self.send_report(spec, cx),
            LocalMessage::Transmit { iso, delay } => self.transmit(spec, iso, delay, cx),
            _ => {}
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Command(job, _) if self.state == State::Running && !self.hung => {
                cx.apply_after(job.duration, job.incident, job.attempt);
            }
            InterActorMessage::Order(command) if self.state == State::Running && !self.hung => {
                self.orders.push((command, self.boot));
                cx.after(command.order.duration(), Timer::Ordered(command.number));
            }
            InterActorMessage::Install { rollout } => self.is_to_install(spec, rollout, cx),
            InterActorMessage::RollBack { rollout } => self.is_to_roll_back(spec, rollout, cx),
            _ => {}
        }
    }
    fn retest(&mut self, spec: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        self.sensed.get_mut().unfed = self.hung && cx.now().since(self.hung_since) >= spec.watchdog;
        self.measure(spec, cx);
    }
    fn able(&self, _: &Spec) -> bool {
        self.state == State::Running && !self.hung && !self.stranded
    }
}

impl DevicePart<Models> for Firmware {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        if fault != Fault::Hang {
            self.catch_up(spec, cx);
        }
        match fault {
            _ if level == 0.0 => {
                if fault != Fault::Hang {
                    self.starved = 0.0;
                }
                self.show_slowness(cx);
                self.unhang(spec, cx);
            }
            Fault::Hang => self.hang(spec, cx),
            Fault::MemoryLeak => {
                self.fresh = cx.now();
                self.expect_leak(spec, cx);
            }
            Fault::ProcessorStarved => {
                self.starved = level;
                cx.activated();
                indication::show(cx, Indication::SlowOperation);
                self.pace(cx);
            }
        }
        if fault != Fault::Hang {
            self.used_otherwise(spec, cx);
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        let Sensed { unfed, memory, processor, .. } = self.sensed.get();
        Reading {
            unfed,
            memory_used: memory.shown(),
            memory_short: memory.stands(0),
            processor_used: processor.shown(),
            processor_busy: processor.stands(0),
        }
    }
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([
            (reading.unfed, Finding::of(Symptom::ScreenStuck).with(Evidence::WatchdogUnfed)),
            (reading.memory_short, Finding::of(Symptom::ResourcesShort).with(Evidence::MemoryHigh)),
            (reading.processor_busy, Finding::of(Symptom::SlowOperation).with(Evidence::ProcessorBusy)),
        ])
    }
}
