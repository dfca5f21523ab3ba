//! Back office: who is missing, what was booked, what reports and sales say, what many have in common, and commands.

mod common_cause;
mod operator;
mod readings;
mod rollouts;
mod zones;

use crate::symptom::Symptom;
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, IncidentChange, seen, Finding, NoThresholds};
use sim::{ActorId, Instant, Purpose, Span};

use common_cause::{CommonCauses, SILENT};
use operator::Operator;
use readings::Readings;
use rollouts::Rollouts;

use crate::bus::{LocalMessage, Topic};
use crate::money::Money;
use crate::operator::CommandEnd;
use crate::outside::Outside;
use crate::plan::step;
use crate::sampling::Sampling;
use crate::telemetry::Telemetry;
use crate::wire::InterActorMessage;
use crate::{Family, Models, Part, RecoveryAction};
use crate::detectors::{Detector, Place};

/// Settings of the back office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BackOfficeSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time from a request for a command to its sending.
    pub commands_in: Span,
}

impl Default for Spec {
    fn default() -> Self {
        Self { commands_in: Span::secs(5) }
    }
}

/// State of the back office.
#[derive(Clone, Component, Debug, Default)]
pub struct BackOffice {
    levels: Levels<Fault>,
    /// Terminals that are missing.
    missing: u32,
    /// The most that were ever missing at the same time.
    max_missing: u32,
    /// What it holds as booked, by terminal: its copy of the transactions.
    booked: Vec<Money>,
    /// Transactions in its copy.
    records: u64,
    commands: u64,
    /// The last report of each terminal, and how many have come in all.
    reports: Vec<Option<(Instant, Telemetry)>>,
    reported: u64,
    /// Which terminals are missing.
    gone: Vec<bool>,
    common_causes: CommonCauses,
    readings: Readings,
    rollouts: Rollouts,
    operator: Operator,
    /// The probe from outside was not answered three times in a row.
    silent: bool,
    /// Changes of whether it answers.
    changes: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A common cause of this kind of trouble is to be looked for.
    Names(u8),
    /// A terminal has been silent for too long, unless it has sold meanwhile.
    Sold(ActorId),
    /// The next terminal of a roll-out is to be sent its version.
    SendsVersion(u8),
    /// A command of an operator outside has not been answered, unless it has.
    Unanswered(u32),
    /// The probe has shown whether it answers since that changed so often.
    Probed(u32),
}

/// Fault modes of the back office.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BackOfficeFault")]
pub enum Fault {
    /// It sends no commands and hears nobody.
    Down,
}

/// How many terminals are missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    silent: bool,
}

/// A probe from outside goes out twice a minute, and waits five seconds; three in a row count.
const PROBE: Sampling = Sampling::every(Span::secs(30), 3);
const PROBE_WAITS: Span = Span::secs(5);
const PROBES: Purpose = Purpose::of("back office: phase of the probe");

impl BackOffice {
    fn is_down(&self) -> bool {
        self.levels.has(Fault::Down)
    }
    /// What it holds as booked for a terminal.
    pub fn booked(&self, terminal: ActorId) -> Money {
        self.booked.get(terminal.0 as usize).copied().unwrap_or_default()
    }
    /// Terminals that are missing, and the most that ever were at the same time.
    pub fn missing(&self) -> (u32, u32) {
        (self.missing, self.max_missing)
    }
    /// Commands that it has sent.
    pub fn commands(&self) -> u64 {
        self.commands
    }
    /// The last report of a terminal's readings, and when it came.
    pub fn last_report(&self, terminal: ActorId) -> Option<(Instant, &Telemetry)> {
        let last = self.reports.get(terminal.0 as usize)?.as_ref();
        last.map(|(at, report)| (*at, report))
    }
    /// Reports of readings that have come in.
    pub fn reported(&self) -> u64 {
        self.reported
    }
    /// Common-cause incidents that it has opened, and how many of them are open.
    pub fn common_causes(&self) -> (u32, usize) {
        self.common_causes.figures()
    }
    /// Alarms that it has raised because of reports and sales.
    pub fn raised(&self) -> u64 {
        self.readings.raised()
    }
    fn is_gone(&mut self, terminal: ActorId) -> &mut bool {
        let row = terminal.0 as usize;
        if self.gone.len() <= row {
            self.gone.resize(row + 1, false);
        }
        &mut self.gone[row]
    }
    /// Transactions that it holds a copy of.
    pub fn records(&self) -> u64 {
        self.records
    }
}

impl ActorPart<Models> for BackOffice {
    const NAME: &'static str = "back-office";
    const ZH: &'static str = "后台管理系统";
    const ABOUT: &'static str = "The management system: who is missing, what was booked, remote commands.";
    const HUB: bool = true;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "common-cause",
            zh: "共因识别",
            place: Place::BackOffice,
            part: Part::BackOffice,
            sees: "many terminals in the same kind of trouble at the same time that share a cell, carrier, region or batch",
            sees_zh: "同一时间许多终端出现同类问题，且同属一个基站、运营商、地区或批次",
            blind_to: "causes that the inventory does not list; two groups with the same members cannot be told apart",
            blind_to_zh: "台账中没有的原因；成员相同的两个组无法区分",
        },
        Detector {
            name: "supervisor",
            zh: "系统监控",
            place: Place::BackOffice,
            part: Part::BackOffice,
            sees: "that the back office itself does not answer",
            sees_zh: "后台自身不应答",
            blind_to: "a back office that answers and is wrong",
            blind_to_zh: "有应答但出错的后台",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::IncidentUpdate];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, _: &Spec, cx: &mut Context<'_, Models>) {
        self.common_causes = CommonCauses::new(cx);
        self.readings.start(cx);
        self.rollouts.start(cx);
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Probed(change) => {
                debug_assert!(change <= self.changes, "a probe shows what has changed");
                if change == self.changes {
                    self.silent = self.is_down();
                    cx.look();
                }
            }
            Timer::Names(kind) => self.common_causes.name(kind, cx),
            Timer::Unanswered(number) => self.operator.ends(number, CommandEnd::NoAnswer, cx),
            Timer::SendsVersion(rollout) => self.rollouts.send(rollout, self.is_down(), cx),
            Timer::Sold(terminal) => {
                // While it is down it hears of no sale and says nothing.
                let missing = *self.is_gone(terminal) || self.is_down();
                self.readings.look_at_sales(terminal, missing, cx);
            }
        }
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        let LocalMessage::IncidentUpdate(update) = message else { return };
        match update.change {
            IncidentChange::Applied { attempt } if update.common => {
                self.common_causes.treat(update.suspect, update.about, attempt, cx);
            }
            IncidentChange::Unresolved if update.common => self.common_causes.release(update.suspect, update.about, cx),
            _ => {}
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if !self.is_down() {
            self.operator.hears(&message, cx);
        }
        match message {
            InterActorMessage::Outside(Outside::Command(command)) => {
                let how = (self.is_down(), spec.commands_in);
                self.commands += u64::from(self.operator.command(command, how, cx));
            }
            // Its copy of the ledger is made from the gateway's log, so nothing is missing from it after an outage.
            InterActorMessage::Booked { terminal, amount } => {
                let row = terminal.0 as usize;
                if self.booked.len() <= row {
                    self.booked.resize(row + 1, Money::ZERO);
                }
                self.booked[row] += amount;
                debug_assert!(self.booked[row] >= Money::ZERO, "more is taken back than was booked");
                self.records += 1;
                if amount > Money::ZERO {
                    self.readings.sold(terminal, cx);
                }
            }
            _ if self.is_down() => cx.activated(),
            InterActorMessage::Report(report) => {
                if cx.settings().is_attached(report.terminal, Part::ExternalDetector) {
                    let copy = InterActorMessage::Report(report);
                    cx.post(report.terminal, Part::ExternalDetector, Span::ZERO, copy);
                }
                let row = report.terminal.0 as usize;
                if self.reports.len() <= row {
                    self.reports.resize(row + 1, None);
                }
                self.reports[row] = Some((cx.now(), report));
                self.reported += 1;
                self.readings.report(&report, cx);
            }
            InterActorMessage::Seen { terminal, missing: true } => {
                self.missing += 1;
                self.max_missing = self.max_missing.max(self.missing);
                *self.is_gone(terminal) = true;
                self.common_causes.trouble(terminal, SILENT, cx);
                self.rollouts.trouble(terminal, cx);
            }
            InterActorMessage::Seen { terminal, missing: false } => {
                self.missing = self.missing.saturating_sub(1);
                *self.is_gone(terminal) = false;
                self.common_causes.well(terminal, SILENT, cx);
            }
            InterActorMessage::Ticket { terminal, symptom, suspect, open } => {
                self.common_causes.ticket(terminal, (symptom, suspect), open, cx);
                if open {
                    self.rollouts.trouble(terminal, cx);
                }
            }
            InterActorMessage::Installed { terminal, rollout } => {
                self.rollouts.installed(rollout, terminal, cx);
            }
            InterActorMessage::Command(job, via) => {
                self.commands += 1;
                cx.post(job.terminal, via.part(), spec.commands_in, message);
            }
            _ => {}
        }
    }
    fn able(&self, _: &Spec) -> bool {
        !self.is_down()
    }
    fn retest(&mut self, _: &Spec, _: Symptom, _: &mut Context<'_, Models>) {
        self.silent = self.is_down();
    }
    /// A suspected common cause stands as long as its incident does.
    fn still_sees(&self, _: &Spec, symptom: Symptom, _: Instant) -> bool {
        self.common_causes.stands(symptom)
    }
}

impl DevicePart<Models> for BackOffice {
    const MODES: &'static [(Fault, Mode<Models>)] = &[(Fault::Down, Mode {
        name: "down",
        zh: "后台系统中断",
        family: Family::Software,
        shows: &[(Symptom::PlatformSilent, 0.95), (Symptom::LossReported, 0.053)],
        cause: "a server that fails",
        effects: Effects::of(
            "the management system does not answer",
            "no terminal is commanded, and nobody's booking is copied",
            "no sale is lost, but faults are found and cleared later",
        ),
        ratings: Ratings::of(5, 6, 1),
        indications: &[],
        seen_by: &[Part::BackOffice],
        cleared_by: &[(RecoveryAction::RestoreService, 0.95)],
        procedure: &[
            step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(10)),
            step(RecoveryAction::RestoreService, Performer::Device, Span::minutes(60)),
        ],
    })];
    const ON_DEVICE: bool = false;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, _: Fault, _: f64, cx: &mut Context<'_, Models>) {
        self.changes += 1;
        let wait = PROBE.shows_after(Span::ZERO, PROBES, cx) + PROBE_WAITS;
        cx.after(wait, Timer::Probed(self.changes));
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { silent: self.silent }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([(reading.silent, Finding::of(Symptom::PlatformSilent))])
    }
}
