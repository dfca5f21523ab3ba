//! What the back office reads out of a terminal's reports and sales: limits, drifts, silence.

use std::collections::BTreeMap;

use faults::{Context, Finding, RecoveryPolicy};
use sim::{ActorId, Instant, Span};

use super::{Timer, operator};
use crate::control_chart::{Baseline, ControlChart};
use crate::telemetry::Telemetry;
use crate::detector_settings::{ControlChartRule, Silence};
use crate::wire::InterActorMessage;
use crate::{Evidence, Models, Part, Symptom};

/// What is known of one reading of one terminal.
#[derive(Clone, Copy, Debug, Default)]
struct Drift {
    usual: Baseline,
    chart: ControlChart,
}

/// What is known of the sales of one terminal.
#[derive(Clone, Copy, Debug, Default)]
struct Sales {
    last: Instant,
    count: u32,
}

/// What the back office remembers of reports and sales.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings {
    /// By chart rule and terminal.
    drifts: BTreeMap<(usize, ActorId), Drift>,
    /// What it suspects of terminals because of their readings or sales.
    suspected: BTreeMap<ActorId, Vec<Symptom>>,
    sales: Vec<Sales>,
    /// By profile: sales in each hour of the day.
    hours: Vec<[u32; 24]>,
    raised: u64,
}

const HOUR: u64 = Span::hours(1).0;
const DAY: u64 = Span::days(1).0;

/// What a rule finds.
fn finding(symptom: Symptom, evidence: Option<Evidence>) -> Finding<Models> {
    evidence.into_iter().fold(Finding::of(symptom), Finding::with)
}

impl Readings {
    /// Alarms that it has raised because of reports and sales.
    pub(super) fn raised(&self) -> u64 {
        self.raised
    }

    /// Looks at the sales of every terminal from now on, where the policy has silence watched.
    pub(super) fn start(&mut self, cx: &mut Context<'_, Models>) {
        let settings = cx.settings();
        let terminals = settings.directory.gateway.0;
        let Silence { after, improbable, learn, .. } = settings.policy.detectors.silence;
        self.sales = vec![Sales::default(); terminals as usize];
        self.hours = vec![[0; 24]; settings.profiles.len()];
        let first = match (after > Span::ZERO, improbable.0 > 0.0) {
            (true, true) => after.min(learn),
            (true, false) => after,
            (false, true) => learn,
            (false, false) => return,
        };
        if Instant::START + first < settings.end {
            (0..terminals).for_each(|it| cx.after(first, Timer::Sold(ActorId(it))));
        }
    }

    /// A terminal has reported: each rule looks at its reading.
    pub(super) fn report(&mut self, report: &Telemetry, cx: &mut Context<'_, Models>) {
        let detectors = &cx.settings().policy.detectors;
        for rule in &detectors.thresholds {
            if let Some(value) = report.get(rule.gauge) {
                let finding = finding(rule.symptom, rule.evidence);
                self.suspect(report.terminal, finding, rule.passed(value), cx);
            }
        }
        for (number, rule) in detectors.control_charts.iter().enumerate() {
            let Some(value) = report.get(rule.gauge) else { continue };
            if let Some(signal) = self.drifts(number, rule, report.terminal, f64::from(value)) {
                let finding = finding(rule.symptom, rule.evidence);
                self.suspect(report.terminal, finding, signal, cx);
            }
        }
    }

    /// Whether a chart signals; `None` while it learns. After a signal it begins anew from what is usual.
    fn drifts(
        &mut self,
        number: usize,
        rule: &ControlChartRule,
        terminal: ActorId,
        value: f64,
    ) -> Option<bool> {
        debug_assert!(value.is_finite(), "a reading is a number");
        let drift = self.drifts.entry((number, terminal)).or_default();
        if drift.usual.count() < u32::from(rule.learn.max(2)) {
            drift.usual.learn(value);
            return None;
        }
        let reading = drift.usual.standardised(value, rule.min_spread.0);
        let signals = drift.chart.signals(rule.chart, reading);
        if signals {
            drift.chart = ControlChart::default();
        }
        Some(signals)
    }

    /// Tells the record of a terminal when a suspicion arises or goes.
    fn suspect(
        &mut self,
        terminal: ActorId,
        finding: Finding<Models>,
        seen: bool,
        cx: &mut Context<'_, Models>,
    ) {
        let symptom = finding.symptom;
        let suspected = self.suspected.entry(terminal).or_default();
        let at = suspected.iter().position(|it| *it == symptom);
        match (at, seen) {
            (None, true) => {
                suspected.push(symptom);
                self.raised += 1;
            }
            (Some(at), false) => {
                suspected.swap_remove(at);
            }
            // Still so: what was believed to have helped did not.
            (Some(_), true) => {}
            (None, false) => return,
        }
        debug_assert_eq!(suspected.contains(&symptom), seen, "what is seen is suspected");
        if at.is_none() || !seen {
            let suspect = cx.settings().diagnose(terminal, &finding, &[]).suspect;
            operator::suspects(terminal, (symptom, suspect), seen, cx);
        }
        let message = InterActorMessage::Suspicion { finding, raised: seen };
        cx.post(terminal, Part::HeartbeatMonitor, Span::ZERO, message);
    }

    /// A sale of a terminal is final.
    pub(super) fn sold(&mut self, terminal: ActorId, cx: &mut Context<'_, Models>) {
        let finding = Finding::of(cx.settings().policy.detectors.silence.symptom);
        let Some(sales) = self.sales.get_mut(terminal.0 as usize) else { return };
        debug_assert!(cx.now() >= sales.last, "no sale is before the last one");
        sales.last = cx.now();
        sales.count = sales.count.saturating_add(1);
        let profile = cx.settings().profile_of[terminal.0 as usize];
        let hour = (cx.now().0 % DAY / HOUR) as usize;
        self.hours[usize::from(profile)][hour] += 1;
        if self.suspected.contains_key(&terminal) {
            self.suspect(terminal, finding, false, cx);
        }
    }

    /// The moment has come at which a terminal has been silent for too long, unless it has sold meanwhile. One that is
    /// missing anyway is not reported twice.
    pub(super) fn look_at_sales(
        &mut self,
        terminal: ActorId,
        missing: bool,
        cx: &mut Context<'_, Models>,
    ) {
        let due = self.due(terminal, cx);
        let finding = Finding::of(cx.settings().policy.detectors.silence.symptom);
        let mut again = due;
        if due <= cx.now() {
            if !missing {
                self.suspect(terminal, finding, true, cx);
            }
            // It is looked at again before it can have sold and been silent anew for as long.
            let after = cx.settings().policy.detectors.silence.after;
            let soon = Span::hours(1);
            again = cx.now() + if after > Span::ZERO { after.min(soon) } else { soon };
        }
        debug_assert!(again > cx.now(), "sales are looked at again later");
        if again < cx.settings().end {
            cx.after(again.since(cx.now()), Timer::Sold(terminal));
        }
    }

    /// When the silence since a terminal's last sale is too long.
    fn due(&self, terminal: ActorId, cx: &Context<'_, Models>) -> Instant {
        let Silence { after, improbable, learn, .. } = cx.settings().policy.detectors.silence;
        let sales = self.sales[terminal.0 as usize];
        let fixed = if after > Span::ZERO { sales.last + after } else { Instant::NEVER };
        let learnt = cx.now() >= Instant::START + learn;
        if improbable.0 <= 0.0 || !learnt {
            let learnt_at = if improbable.0 > 0.0 { Instant::START + learn } else { Instant::NEVER };
            return fixed.min(learnt_at);
        }
        fixed.min(self.improbable_from(terminal, sales, improbable.0, cx))
    }

    /// When no sale since the last one is less probable than `share`: sales come as a Poisson process whose rate is the
    /// terminal's own, dealt over the day as those of its group.
    fn improbable_from(
        &self,
        terminal: ActorId,
        sales: Sales,
        share: f64,
        cx: &Context<'_, Models>,
    ) -> Instant {
        let hours = &self.hours[usize::from(cx.settings().profile_of[terminal.0 as usize])];
        let all: u32 = hours.iter().sum();
        let days = cx.now().as_secs_f64() / Span::days(1).as_secs_f64();
        if sales.count == 0 || all == 0 || days <= 0.0 {
            return Instant::NEVER;
        }
        debug_assert!(share > 0.0 && share <= 1.0, "{share} is not a probability of so long a silence");
        let daily = f64::from(sales.count) / days;
        let mut left = -libm::log(share);
        let mut at = sales.last.0;
        // A terminal that sells less than once in half a year is not watched.
        for _ in 0..200 * 24 {
            let hour = (at % DAY / HOUR) as usize;
            let rate = daily * f64::from(hours[hour]) / f64::from(all) / HOUR as f64;
            let rest = HOUR - at % HOUR;
            if rate * rest as f64 >= left {
                return Instant(at + (left / rate) as u64);
            }
            left -= rate * rest as f64;
            at += rest;
        }
        Instant::NEVER
    }
}
