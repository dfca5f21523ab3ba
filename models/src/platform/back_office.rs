//! Back office: who is missing, what was booked, and commands to terminals.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{ActorId, Context, Instant, Mode, Model, Performer, Span};

use crate::money::Money;
use crate::plan::step;
use crate::telemetry::Telemetry;
use crate::wire::Parcel;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
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
#[derive(Component, Debug, Default)]
pub struct BackOffice {
    /// Terminals that are missing.
    missing: u32,
    /// The most that were ever missing at the same time.
    most_missing: u32,
    down: bool,
    /// What it holds as booked, by terminal: its copy of the transactions.
    booked: Vec<Money>,
    /// Transactions in its copy.
    records: u64,
    commands: u64,
    /// The last report of each terminal, and how many have come in all.
    reports: Vec<Option<(Instant, Telemetry)>>,
    reported: u64,
}

/// It makes no notes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {}

/// How a back office breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BackOfficeFault")]
pub enum Fault {
    /// It sends no commands and hears nobody.
    Down,
}

/// How many terminals are missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    silent: bool,
}

impl BackOffice {
    /// What it holds as booked for a terminal.
    pub fn booked(&self, terminal: ActorId) -> Money {
        self.booked.get(terminal.0 as usize).copied().unwrap_or_default()
    }
    /// Terminals that are missing, and the most that ever were at the same time.
    pub fn missing(&self) -> (u32, u32) {
        (self.missing, self.most_missing)
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
    /// Transactions that it holds a copy of.
    pub fn records(&self) -> u64 {
        self.records
    }
}

impl Model<Models> for BackOffice {
    const NAME: &'static str = "back-office";
    const ZH: &'static str = "后台管理系统";
    const ABOUT: &'static str = "The management system: who is missing, what was booked, remote commands.";
    const MODES: &'static [Mode<Models>] = &[Mode {
        fault: crate::Fault::BackOffice(Fault::Down),
        name: "down",
        zh: "后台系统中断",
        family: Family::Software,
        effect: "no terminal is commanded, and nobody's booking is copied",
        cues: &[],
        seen_by: &[Part::BackOffice],
        mended_by: &[(Remedy::RestoreService, 0.95)],
        ladder: &[
            step(Remedy::RestoreService, Performer::Device, Span::minutes(10)),
            step(Remedy::RestoreService, Performer::Device, Span::minutes(60)),
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
    fn on_timer(&mut self, _: &Spec, timer: Timer, _: &mut Context<'_, Models>) {
        match timer {}
    }
    fn on_parcel(&mut self, spec: &Spec, parcel: Parcel, cx: &mut Context<'_, Models>) {
        match parcel {
            // Its copy of the books is made from the gateway's log, so nothing is missing from it after an outage.
            Parcel::Booked { terminal, amount } => {
                let row = terminal.0 as usize;
                if self.booked.len() <= row {
                    self.booked.resize(row + 1, Money::ZERO);
                }
                self.booked[row] += amount;
                self.records += 1;
            }
            _ if self.down => cx.error_state(),
            Parcel::Report(report) => {
                let row = report.terminal.0 as usize;
                if self.reports.len() <= row {
                    self.reports.resize(row + 1, None);
                }
                self.reports[row] = Some((cx.now(), report));
                self.reported += 1;
            }
            Parcel::Seen { missing: true, .. } => {
                self.missing += 1;
                self.most_missing = self.most_missing.max(self.missing);
            }
            Parcel::Seen { missing: false, .. } => self.missing = self.missing.saturating_sub(1),
            Parcel::Command(job, via) => {
                self.commands += 1;
                cx.post(job.terminal, via.part(), spec.commands_in, parcel);
            }
            _ => {}
        }
    }
    fn on_fault(&mut self, _: &Spec, _: Fault, _: f64, cx: &mut Context<'_, Models>) {
        self.down = true;
        cx.look();
    }
    fn on_clear(&mut self, _: &Spec, _: Fault, cx: &mut Context<'_, Models>) {
        self.down = false;
        cx.look();
    }
    fn able(&self, _: &Spec) -> bool {
        !self.down
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { silent: self.down }
    }
    /// Its own supervisor sees that it does not answer.
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        reading.silent.then_some(Fault::Down)
    }
}
