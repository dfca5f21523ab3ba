//! Reports of readings to the back office.

use faults::Context;
use sim::{Purpose, Span, unit};

use super::gauges::{MEMORY, PROCESSOR};
use super::{Firmware, Spec, State, Timer};
use crate::bus::LocalMessage;
use crate::course::Course;
use crate::sensor::WHOLE;
use crate::telemetry::{self, Gauge, Telemetry};
use crate::wire::InterActorMessage;
use crate::{Models, Part};

const REPORT_PHASE: Purpose = Purpose::of("firmware: phase of the reports");
const REPORT_LOST: Purpose = Purpose::of("firmware: the report is lost");

impl Firmware {
    /// Plans the first report: each terminal has its own place in the period.
    pub(super) fn begin_reports(&self, cx: &mut Context<'_, Models>) {
        let period = cx.settings().policy.telemetry;
        self.plan_report(period.scaled(unit(cx.draw(REPORT_PHASE, 0)[0])), cx);
    }

    /// Plans the next report. Terminals do not report at the same moment: each has its own place in the period.
    pub(super) fn plan_report(&self, wait: Span, cx: &mut Context<'_, Models>) {
        if wait > Span::ZERO && cx.now() + wait < cx.settings().end {
            cx.after(wait, Timer::Report);
        }
    }

    /// Has everybody say what they measure, and sends it when they have.
    pub(super) fn collect(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        self.reports += 1;
        if self.state != State::Running || self.hung || self.online.is_none() {
            return;
        }
        let mut report = Telemetry::of(cx.me());
        let (memory, processor) = (self.memory_course(), self.processor_course(spec));
        let shown = spec.memory_gauge.sensor(MEMORY).installed(cx).shows_now(memory.at(cx.now()), cx.now());
        report.set(Gauge::Memory, telemetry::percent(shown as f64 / WHOLE));
        let shown = spec.processor_gauge.sensor(PROCESSOR).installed(cx).shows_now(processor.at(cx.now()), cx.now());
        report.set(Gauge::Processor, telemetry::percent(shown as f64 / WHOLE));
        self.report = Some(Box::new(report));
        cx.say(LocalMessage::Report);
        cx.say(LocalMessage::Reported);
    }

    /// What is said at one instant is heard in turn: behind the first `Reported` stand the answers, behind the second
    /// nothing.
    pub(super) fn send_report(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Some(via) = self.online else { return };
        let loss_ppm = self.link(spec, via).loss_ppm;
        let Some(report) = &mut self.report else { return };
        if report.get(Gauge::Loss).is_none() {
            report.set(Gauge::Loss, loss_ppm);
            return cx.say(LocalMessage::Reported);
        }
        let report = **report;
        self.report = None;
        debug_assert_eq!(report.terminal, cx.me(), "a terminal reports its own readings");
        let lost = f64::from(loss_ppm) / 1e6;
        debug_assert!((0.0..=1.0).contains(&lost), "a report is lost with a probability, not {lost}");
        if unit(cx.draw(REPORT_LOST, u64::from(self.reports))[0]) >= lost {
            let back_office = cx.settings().directory.back_office;
            cx.post(back_office, Part::BackOffice, Span::ZERO, InterActorMessage::Report(report));
        }
    }
}
