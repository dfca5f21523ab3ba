//! Payment application: the transaction flow of a sale, its time-outs, reversals and stored transactions.
//!
//! ```text
//!  Idle ─▶ Amount ─▶ Reading ─▶ Pin ─▶ Waiting ─▶ Printing ─▶ Idle
//!            ▲                           │ time-out: 0400 until 0410
//!            └────────── Blocked ◀───────┘ no new request while a reversal is pending
//! ```

mod transaction_flow;
mod modes;
pub(crate) mod outside;
mod power_lost;
mod request;
mod reversal;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::detectors::{self, OutcomeChart};
use faults::{ActorPart, Context, DevicePart, Finding, Levels, Mode, NoThresholds};
use sim::quantity::Offset;
use sim::{Instant, Span};

use crate::observation::{self, Observation};
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use crate::symptom::Symptom;
use crate::bus::{LocalMessage, Purchase, Topic};
use crate::journal::{Journal, LineState, Writing};
use crate::note::{Note, Outcome};
use crate::quantity::Price;
use crate::availability::Milestone;
use crate::telemetry::Gauge;
use crate::wire::{ResponseCode, Iso, Method, Mti, InterActorMessage};
use crate::{Models, Part};
use crate::detectors::{Detector, Place};
use crate::vocabulary::milestone::{MilestoneDefinition, milestones};

/// Settings of the payment application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PaymentAppSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// What the screen suggests, and how a customer pays who does not mind 默认支付方式.
    pub default_method: Method,
    /// Without a network, sales up to this are approved offline and stored; zero stores none.
    pub offline_limit: Price,
    /// How many sales it stores at the most.
    pub max_offline: u16,
    /// Time to build and encrypt a request.
    pub build_time: Span,
    /// Lines of a receipt.
    pub receipt_lines: u8,
    /// Attempts to read a card, all methods together.
    pub read_attempts: u8,
    /// When it writes its journal: `Buffered("30s")` loses what is newer when power goes.
    pub journal: Writing,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            default_method: Method::Contactless,
            offline_limit: Price::yuan(0, 0),
            max_offline: 50,
            build_time: Span::millis(300),
            receipt_lines: 24,
            read_attempts: 4,
            journal: Writing::WrittenAtOnce,
        }
    }
}

/// Where the transaction stands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum SaleStep {
    #[default]
    Idle,
    /// A part that has a step of its own before a sale is asked: the place of the next in the list.
    Before(u8),
    Amount,
    Reading {
        method: Method,
        attempt: u8,
    },
    Pin,
    /// Until no reversal is pending.
    Blocked,
    Waiting,
    Printing,
}

/// State of the application.
#[derive(Clone, Component, Debug, Default)]
pub struct PaymentApp {
    levels: Levels<Fault>,
    running: bool,
    readable: bool,
    online: bool,
    /// 100 is as usual, 0 is not at all.
    pace: u32,
    step: SaleStep,
    sale: Purchase,
    began: Instant,
    tries: u8,
    /// An entry has gone wrong once.
    rekeyed: bool,
    code: ResponseCode,
    rrn: u64,
    /// The terminal's trace number (F11): one a message.
    stan: u32,
    /// What survives a loss of power.
    journal: Journal,
    /// Counts repetitions of the pending reversal or advice.
    resend: u16,
    /// A reversal or advice is on its way: a note of an earlier one is ignored.
    sending: u32,
    /// It has no keys: nothing can be encrypted.
    locked: bool,
    /// The software may not be used.
    not_genuine: bool,
    /// Nothing can be written, so nothing can be journalled.
    storage_full: bool,
    /// Its messages are sealed with keys that the gateway does not know.
    keys_out_of_step: bool,
    /// How far the terminal's clock is behind, or ahead.
    behind: Offset,
    /// Technical failures in a row: no answer, or a technical code.
    failures: u8,
    /// Of these, refused instructions, and the last one's code.
    refusals: u8,
    refused_with: ResponseCode,
    /// The versions did not fit when they were compared last.
    misfits: bool,
    /// The gateway's time and the own one differed beyond what messages take, in the last answer.
    strays: bool,
    /// What its detector remembers of the outcomes of sales.
    outcomes: OutcomeChart,
    /// This sale has had its outcome: one a sale, that of its first request. What a repetition comes to says nothing new.
    judged: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// No answer came in time.
    TimedOut(u32),
    /// A reversal or advice has not been acknowledged.
    Resend(u32),
}

/// Fault modes of the payment application.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PaymentAppFault")]
pub enum Fault {
    /// It sends a wrong currency: every instruction is refused with a format error.
    WrongCurrency,
    /// It asks for a kind of transaction that nobody here knows.
    WrongType,
    /// It sends no amount: every instruction is refused.
    WrongAmount,
    /// Its version does not fit the firmware: it does not start a sale.
    IncompatibleVersion,
}

/// The application's error counters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    refusals: u8,
    refused_with: ResponseCode,
    version_check_failed: bool,
}

impl PaymentApp {
    /// What it holds about its sales, for the audit.
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    fn answered(&mut self, spec: &Spec, iso: &Iso, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(iso.terminal, cx.me(), "an answer comes to the terminal that asked");
        debug_assert!(!iso.mti.asks(), "an answer asks nothing");
        let (own, theirs) = (self.local_time(cx), iso.local);
        let difference = own.since(theirs).max(theirs.since(own));
        // A message takes its time, so small differences say nothing.
        let strays = difference > Span::minutes(1);
        if strays || self.strays {
            self.strays = strays;
            cx.say(LocalMessage::GatewayTime { difference });
        }
        if self.step != SaleStep::Waiting || iso.stan != self.stan {
            cx.note(Note::LateAnswer { stan: iso.stan, code: iso.code });
            return;
        }
        (self.code, self.rrn) = (iso.code, iso.rrn);
        observation::tell(cx, Observation::Request { answered: true, code: iso.code });
        if iso.code == ResponseCode::APPROVED {
            self.journal.settle(iso.stan, LineState::Approved, cx.now());
            self.succeeded(cx);
            cx.milestone(Milestone::SaleApproved);
            cx.say(LocalMessage::Beep { good: true });
            if !cx.settings().profile(cx.me()).fits(Part::Printer) {
                return self.finish(Outcome::Approved, cx);
            }
            self.step = SaleStep::Printing;
            cx.say(LocalMessage::Print(self.receipt(spec, iso, cx)));
            return;
        }
        self.journal.settle(iso.stan, LineState::Declined, cx.now());
        if iso.code.technical() {
            if iso.code.refuses_the_instruction() {
                self.refused_with = iso.code;
                self.refusals = self.refusals.saturating_add(1);
                cx.activated();
                crate::indication::show(cx, crate::Indication::RefusedText);
                cx.look();
            }
            self.failed(cx);
        } else {
            self.succeeded(cx);
        }
        self.finish(Outcome::Declined, cx);
    }

    /// A technical failure; enough of them make an alarm, whatever their cause, and each that comes while it stands says so again.
    fn failed(&mut self, cx: &mut Context<'_, Models>) {
        self.failures = self.failures.saturating_add(1);
        self.judge(detectors::Outcome::Failed, cx);
        debug_assert!(self.refusals <= self.failures, "a refusal is one of the failures in a row");
        if self.outcomes.stands() && self.refusals == 0 {
            crate::indication::show(cx, crate::Indication::NoAnswerText);
            // Refused, not answered, or not sent: that much it can tell apart.
            let finding = if self.code == ResponseCode::MAC_WRONG {
                Finding::of(Symptom::SessionRefused).with(Evidence::MacRefused)
            } else if self.online {
                Finding::of(Symptom::RequestsUnanswered).with(Evidence::LinkUp)
            } else {
                Finding::of(Symptom::BearerUnusable)
            };
            cx.alarm(finding);
        }
    }

    /// What failed sales are a sign of.
    fn of_answers(symptom: Symptom) -> bool {
        [Symptom::SessionRefused, Symptom::RequestsUnanswered, Symptom::BearerUnusable].contains(&symptom)
    }

    /// The outcome of the sale, for its detector.
    fn judge(&mut self, outcome: detectors::Outcome, cx: &Context<'_, Models>) -> detectors::Change {
        if std::mem::replace(&mut self.judged, true) {
            return detectors::Change::None;
        }
        let rule = &cx.settings().policy.detectors.sale_outcomes;
        debug_assert_eq!(rule.unusable(), None, "a scenario with such a rule is refused");
        self.outcomes.observe(rule, outcome)
    }

    fn succeeded(&mut self, cx: &mut Context<'_, Models>) {
        let change = self.judge(detectors::Outcome::Good, cx);
        debug_assert!(self.refusals <= self.failures, "a refusal is one of the failures in a row");
        if self.failures > 0 {
            (self.failures, self.refusals) = (0, 0);
            crate::indication::gone(cx, crate::Indication::NoAnswerText);
            crate::indication::gone(cx, crate::Indication::RefusedText);
            cx.look();
        }
        // One sale may go through by luck: the rule says how many it takes.
        if change == detectors::Change::Over {
            cx.dismiss();
        }
    }

    /// Power or processor is gone, or the application is restarted: what was volatile is lost.
    fn stop(&mut self, cx: &mut Context<'_, Models>) {
        self.sending += 1;
        match self.step {
            SaleStep::Waiting if self.journal.open(self.stan) => {
                self.give_up_on(ResponseCode::TERMINAL_FAILED, cx);
                self.finish(Outcome::Failed, cx);
            }
            SaleStep::Printing => self.finish(Outcome::Approved, cx),
            SaleStep::Idle => {}
            _ => self.finish(Outcome::Failed, cx),
        }
        debug_assert_eq!(self.step, SaleStep::Idle, "a terminal that has stopped sells nothing");
    }

    fn customer_leaves(&mut self, customer: u32, cx: &mut Context<'_, Models>) {
        if customer != self.sale.customer {
            return;
        }
        match self.step {
            // It is paid: only the receipt is not waited for.
            SaleStep::Printing => self.finish(Outcome::Approved, cx),
            SaleStep::Waiting if self.journal.open(self.stan) => {
                self.give_up_on(ResponseCode::NO_ANSWER, cx);
                self.finish(Outcome::Abandoned, cx);
                self.send_pending(cx);
            }
            // The terminal never reacted: that is its failure, not the customer's choice.
            SaleStep::Idle => self.finish(Outcome::Failed, cx),
            _ if self.pace == 0 => self.finish(Outcome::Failed, cx),
            _ => self.finish(Outcome::Abandoned, cx),
        }
        debug_assert_eq!(self.step, SaleStep::Idle, "whoever has left is not served any more");
    }
}

milestones! {
    /// A customer has begun to pay.
    SaleStarted: 1, "sale-started", "开始付款";
    /// A request (0200) has been sent.
    RequestSent: 2, "request-sent", "已发送请求";
    /// A sale has been approved.
    SaleApproved: 3, "sale-approved", "交易已批准";
    /// A reversal (0400) has been sent.
    ReversalSent: 4, "reversal-sent", "已发送冲正";
}

evidence! {
    /// Refused as a kind of transaction that nobody knows (F39 40 or 12).
    TypeRefused: 91, "type-refused", "交易类型被拒", ["payment-app.wrong-type" * 10.0];
    /// Refused for its amount (F39 13).
    AmountRefused: 92, "amount-refused", "金额被拒", ["payment-app.wrong-amount" * 10.0];
    /// Refused for its format (F39 30).
    FormatRefused: 93, "format-refused", "报文格式被拒", ["payment-app.wrong-currency" * 5.0];
    /// The versions of application and firmware do not fit.
    VersionMisfit: 94, "version-misfit", "版本不符", ["payment-app.incompatible-version" * 50.0];
    /// The authentication code of every message is refused (F39 A0).
    MacRefused: 95, "mac-refused", "报文认证码被拒", [
        "security.keys-out-of-step" * 10.0, "security.certificate-expired" * 0.1, "clock.wrong" * 0.1,
    ];
    /// The link is up.
    LinkUp: 96, "link-up", "链路正常", ["cellular.poor-coverage" * 0.5, "phone-link.obstructed" * 0.5];
}

impl ActorPart<Models> for PaymentApp {
    const NAME: &'static str = "payment-app";
    const ZH: &'static str = "支付应用";
    const ABOUT: &'static str = "The payment application: transaction flow, time-outs, reversals, stored transactions.";
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "error-counters",
            zh: "错误计数",
            place: Place::Device,
            part: Part::PaymentApp,
            sees: "refused instructions, answers that do not come, a version that does not fit",
            sees_zh: "指令被拒、应答不来、版本不符",
            blind_to: "where on the way an answer was lost: bearer, gateway and host look alike",
            blind_to_zh: "应答在哪一段丢失：承载、网关与发卡行看起来一样",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::PowerLost, Topic::Locked, Topic::Ready, Topic::Halt, Topic::Report,
        Topic::RestartApp, Topic::LookUp, Topic::Keys, Topic::Genuine, Topic::Clock, Topic::Storage,
        Topic::Screen, Topic::Pace, Topic::SaleWanted, Topic::BeforeSaleDone, Topic::CustomerLeaves, Topic::Keyed,
        Topic::WasRead, Topic::Printed, Topic::Online,
    ];
    const MILESTONES: &'static [MilestoneDefinition] = MILESTONES;
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        let journal = Journal::new(spec.journal);
        Self { running: true, readable: true, pace: 100, journal, ..Self::default() }
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::TimedOut(stan) => {
                debug_assert!(stan <= self.stan, "what has timed out was sent");
                if self.step == SaleStep::Waiting && stan == self.stan && self.journal.open(stan) {
                    self.timed_out(cx);
                }
            }
            Timer::Resend(sending) if sending == self.sending => {
                self.resend = self.resend.saturating_add(1);
                self.send_pending(cx);
            }
            Timer::Resend(_) => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if self.pace == 0 && matches!(message, LocalMessage::Keyed { .. } | LocalMessage::WasRead { .. }) {
            return;
        }
        match message {
            LocalMessage::SaleWanted(purchase) => self.begin(purchase, cx),
            LocalMessage::CustomerLeaves { customer } => self.customer_leaves(customer, cx),
            LocalMessage::BeforeSaleDone { ok } => self.before_sale_done(ok, cx),
            LocalMessage::Keyed { ok } => self.keyed(spec, ok, cx),
            LocalMessage::WasRead { ok, .. } => self.was_read(spec, ok, cx),
            // A receipt that does not come out takes nothing from the sale: the record shows that it is paid.
            LocalMessage::Printed { ok } if self.step == SaleStep::Printing => {
                if !ok {
                    self.look_up(cx);
                }
                self.finish(Outcome::Approved, cx);
            }
            LocalMessage::LookUp => self.look_up(cx),
            LocalMessage::Keys { in_step } => self.keys_out_of_step = !in_step,
            LocalMessage::Genuine { ok } => self.not_genuine = !ok,
            LocalMessage::Clock { behind } => self.behind = behind,
            LocalMessage::Storage { free } => self.storage_full = !free,
            LocalMessage::Report => {
                let stored = u32::try_from(self.journal.stored()).unwrap_or(u32::MAX);
                cx.say(LocalMessage::Measured { gauge: Gauge::Stored, value: stored });
                cx.say(LocalMessage::Measured { gauge: Gauge::Failures, value: self.failures.into() });
            }
            LocalMessage::Screen { readable } => self.readable = readable,
            LocalMessage::Pace { percent } => self.pace = percent,
            // What crossed is the truth about a real terminal, whatever happens to the simulated one's memory.
            LocalMessage::PowerLost if outside::is_real(cx) => {}
            LocalMessage::PowerLost => self.power_lost(cx),
            LocalMessage::Locked { on } => {
                self.locked = on;
                self.stop(cx);
            }
            LocalMessage::Online { up } => {
                let back = up && !self.online;
                self.online = up;
                if back {
                    self.resend = 0;
                    self.send_pending(cx);
                }
            }
            LocalMessage::Ready => {
                self.running = true;
                // Versions are compared at every start.
                self.misfits = self.levels.has(Fault::IncompatibleVersion);
                cx.look();
                self.send_pending(cx);
            }
            LocalMessage::Halt => {
                self.running = false;
                self.stop(cx);
            }
            LocalMessage::RestartApp => {
                self.stop(cx);
                self.send_pending(cx);
            }
            _ => {}
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        let InterActorMessage::Payment(iso) = message else { return };
        if outside::is_real(cx) {
            return match iso.mti.asks() {
                true => self.sends(iso, cx),
                false => self.hears(iso, cx),
            };
        }
        if !self.running || self.pace == 0 {
            return;
        }
        match iso.mti {
            Mti::Response => self.answered(spec, &iso, cx),
            Mti::ReversalResponse => self.acknowledged(spec, &iso, cx),
            Mti::AdviceResponse => self.advised(&iso, cx),
            _ => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, cx: &mut Context<'_, Models>) {
        self.misfits = self.levels.has(Fault::IncompatibleVersion);
        // An instruction is tried: it is refused as a sale would be.
        let wrong = [Fault::WrongCurrency, Fault::WrongType, Fault::WrongAmount];
        let refused = wrong.iter().any(|it| self.levels.has(*it));
        if symptom == Symptom::InstructionRefused && self.refusals > 0 && !refused {
            (self.failures, self.refusals) = (0, 0);
            crate::indication::gone(cx, crate::Indication::RefusedText);
            crate::indication::gone(cx, crate::Indication::NoAnswerText);
        }
        // What was counted before says nothing of who answers now: the next sales will show it.
        if Self::of_answers(symptom) {
            self.outcomes.put_on_probation(&cx.settings().policy.detectors.sale_outcomes);
        }
    }
    fn able(&self, _: &Spec) -> bool {
        // Each of its faults keeps it from selling.
        self.levels.is_sound()
    }
    fn still_sees(&self, _: &Spec, symptom: Symptom, _: Instant) -> bool {
        Self::of_answers(symptom) && self.outcomes.stands()
    }
}

impl DevicePart<Models> for PaymentApp {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        let on = level > 0.0;
        match fault {
            Fault::IncompatibleVersion => {
                if on {
                    cx.activated();
                }
                crate::indication::set(cx, crate::Indication::FrozenScreen, on);
            }
            // What is wrong with a request is seen when it is refused, that it is right when it is not.
            Fault::WrongCurrency | Fault::WrongType | Fault::WrongAmount => {}
        }
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading {
            refusals: self.refusals,
            refused_with: self.refused_with,
            version_check_failed: self.misfits,
        }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let refused = match reading.refused_with {
            _ if reading.refusals == 0 => None,
            ResponseCode::NOT_SUPPORTED => Some(Evidence::TypeRefused),
            ResponseCode::WRONG_AMOUNT => Some(Evidence::AmountRefused),
            _ => Some(Evidence::FormatRefused),
        };
        let refused = refused.map(|it| Finding::of(Symptom::InstructionRefused).with(it));
        let misfits = Finding::of(Symptom::WillNotSell).with(Evidence::VersionMisfit);
        reading.version_check_failed.then_some(misfits).into_iter().chain(refused).collect()
    }
}

