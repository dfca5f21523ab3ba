//! Misuse and fraud: whether the rules of use are kept at a terminal, and who tries to cheat its merchant.
//!
//! The merchant notices messages, complaints and money that is missing; the institution's risk control sees patterns of
//! transactions and counts complaints. Neither sees what was meant.

use crate::symptom::Symptom;
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use faults::{Context, Effects, Mode, Ratings, ActorPart, DevicePart, Levels, Performer, seen, Finding, NoThresholds};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::lifecycle::DeploymentStep;
use crate::note::Note;
use crate::plan::step;
use crate::quantity::Price;
use crate::{Family, Models, Part, RecoveryAction};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};

/// Settings of misuse and fraud. No public figures were found for any of these: they are assumptions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MisuseAndFraudSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Prohibited transactions a day while the merchant makes any, on average.
    pub prohibited_per_day: Factor,
    /// Probability that risk control flags one of them.
    pub flagged: Probability,
    /// Risk control steps in at so many flags.
    pub flags: u8,
    /// Mean time from one complaint of a customer to the next while data leaks.
    pub complaints_every: Span,
    /// Risk control steps in at so many complaints.
    pub complaints: u8,
    /// Probability that a merchant sees through the message of a "free terminal" at once 免费送POS机短消息.
    pub sees_through: Probability,
    /// Mean time until a merchant who does not falls for it.
    pub falls_in: Span,
    /// Mean time until money that is missing shows in the merchant's ledger.
    pub ledger_after: Span,
    /// What a scam takes from a merchant.
    pub amount: Price,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            prohibited_per_day: Factor(6.0),
            flagged: Probability(0.3),
            flags: 3,
            complaints_every: Span::hours(12),
            complaints: 3,
            sees_through: Probability(0.7),
            falls_in: Span::hours(8),
            ledger_after: Span::hours(16),
            amount: Price::yuan(299, 0),
        }
    }
}

/// What goes on at a terminal.
#[derive(Clone, Component, Debug, Default)]
pub struct MisuseAndFraud {
    levels: Levels<Fault>,
    /// Patterns that risk control has flagged, and complaints that have reached it, since it last stepped in.
    flags: u8,
    complaints: u8,
    /// Counts what has begun and ended: a note of something earlier is ignored.
    epoch: u32,
    /// How often each kind of draw has been made: names them.
    draws: [u32; 5],
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A prohibited transaction is made.
    Prohibited(u32),
    /// A customer complains.
    Complaint(u32),
    /// The merchant falls for the message.
    Falls(u32),
    /// Money is found to be missing.
    Missing(u32),
}

/// How the rules are broken, and how merchants are cheated.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MisuseAndFraudFault")]
pub enum Fault {
    /// The merchant makes transactions that the rules prohibit, as paying out cash from cards.
    ProhibitedTransactions,
    /// Customers' data leaks from the shop.
    DataLeak,
    /// A message offers a terminal for nothing.
    FreeOffer,
    /// A third party keeps money that is not its own.
    ThirdPartyFraud,
}

/// What risk control sees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    flags: u8,
    flag_limit: u8,
    complaints: u8,
    complaint_limit: u8,
}

const EVENTS: Purpose = Purpose::of("conduct: what happens and when");

/// What is drawn: each kind is counted for itself.
#[derive(Clone, Copy, Debug)]
enum Drawn {
    Prohibited,
    Flagged,
    Complaint,
    Missing,
    Offer,
}

impl MisuseAndFraud {
    fn stream(&mut self, drawn: Drawn, cx: &Context<'_, Models>) -> sim::Stream {
        let so_far = &mut self.draws[drawn as usize];
        *so_far += 1;
        cx.stream(EVENTS.numbered(drawn as u64), u64::from(*so_far))
    }

    fn next_prohibited(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::ProhibitedTransactions), "only who does so goes on");
        if spec.prohibited_per_day.0 > 0.0 {
            let mean = Span::days(1).scaled(1.0 / spec.prohibited_per_day.0);
            let wait = self.stream(Drawn::Prohibited, cx).exponential(mean);
            cx.after(wait, Timer::Prohibited(self.epoch));
        }
    }

    fn next_complaint(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::DataLeak), "customers complain of a leak");
        let wait = self.stream(Drawn::Complaint, cx).exponential(spec.complaints_every);
        cx.after(wait, Timer::Complaint(self.epoch));
    }

    fn expect_missing(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.cheats(), "money is missing where somebody cheats");
        let wait = self.stream(Drawn::Missing, cx).exponential(spec.ledger_after);
        cx.after(wait, Timer::Missing(self.epoch));
    }

    fn prohibited(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::ProhibitedTransactions), "only who does so is flagged");
        cx.activated();
        if self.stream(Drawn::Flagged, cx).chance(spec.flagged.0) {
            self.flags = self.flags.saturating_add(1);
            cx.look();
        }
        self.next_prohibited(spec, cx);
    }

    fn complaint(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::DataLeak), "without a leak nobody complains of one");
        cx.activated();
        self.complaints = self.complaints.saturating_add(1);
        indication::show(cx, Indication::Complaint);
        cx.look();
        self.next_complaint(spec, cx);
    }

    /// Somebody has taken the merchant's money, or still may.
    fn cheats(&self) -> bool {
        self.levels.has(Fault::FreeOffer) || self.levels.has(Fault::ThirdPartyFraud)
    }

    fn offer(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.levels.has(Fault::FreeOffer), "an offer is made before it is looked at");
        let mut stream = self.stream(Drawn::Offer, cx);
        if stream.chance(spec.sees_through.0) {
            indication::show(cx, Indication::FreeOfferMessage);
        } else {
            cx.after(stream.exponential(spec.falls_in), Timer::Falls(self.epoch));
        }
    }
}

impl MisuseAndFraud {
    /// Somebody has stopped it, or it has stopped. What goes on beside it goes on, from a new epoch.
    fn ended(&mut self, spec: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        debug_assert!(!self.levels.has(fault), "what has ended is not there any more");
        match fault {
            Fault::ProhibitedTransactions => {}
            Fault::DataLeak => {
                indication::gone(cx, Indication::Complaint);
            }
            Fault::FreeOffer => indication::gone(cx, Indication::FreeOfferMessage),
            Fault::ThirdPartyFraud => {}
        }
        self.epoch += 1;
        if self.levels.has(Fault::ProhibitedTransactions) {
            self.next_prohibited(spec, cx);
        }
        if self.levels.has(Fault::DataLeak) {
            self.next_complaint(spec, cx);
        }
        if self.cheats() {
            self.expect_missing(spec, cx);
        } else {
            indication::gone(cx, Indication::MoneyMissing);
        }
    }
}

indications! {
    /// A message offers a terminal for nothing.
    FreeOfferMessage: 21, "free-offer-message", "免费送机短信", Behaviour, LossReported { evidence: Some(crate::Evidence::OfferMessage) };
    /// A customer complains that their data got into other hands.
    Complaint: 22, "complaint", "客户投诉", Behaviour, LossReported { evidence: Some(crate::Evidence::DataMisused) };
    /// Money is missing in the ledger.
    MoneyMissing: 23, "money-missing", "账款短缺", Behaviour, LossReported { evidence: Some(crate::Evidence::MoneyNotArrived) };
}

actions! {
    /// Instructs or warns the merchant about the rules of use.
    Instruct: 25, "instruct", "合规培训与警告";
    /// Looks into a fraud and gets back what can be got.
    Investigate: 27, "investigate", "调查追回";
}

evidence! {
    /// Round sums, credit cards only, the same cards again, at night.
    ManyFlags: 105, "many-flags", "多次可疑标记", ["misuse-and-fraud.prohibited-transactions" * 10.0];
    /// Several customers of one shop complain that their data were misused.
    ComplaintsOfOneShop: 106, "complaints-of-one-shop", "同店多起投诉", ["misuse-and-fraud.data-leak" * 20.0];
    /// A message offers a terminal for nothing.
    OfferMessage: 107, "offer-message", "免费送机信息", ["misuse-and-fraud.free-offer" * 30.0];
    /// A customer says that card data were misused.
    DataMisused: 108, "data-misused", "卡数据被滥用", ["misuse-and-fraud.data-leak" * 10.0];
    /// A settlement or deposit has not arrived.
    MoneyNotArrived: 109, "money-not-arrived", "款项未到账", ["misuse-and-fraud.third-party-fraud" * 10.0];
}

impl ActorPart<Models> for MisuseAndFraud {
    const NAME: &'static str = "misuse-and-fraud";
    const ZH: &'static str = "合规与风控";
    const ABOUT: &'static str = "Rules of use at a terminal: prohibited transactions, customers' data, scams against merchants.";
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "risk-control",
            zh: "风险控制",
            place: Place::BackOffice,
            part: Part::MisuseAndFraud,
            sees: "transactions whose pattern the rules prohibit, complaints that pile up about one shop",
            sees_zh: "违反规则的交易模式，针对同一商户积累的投诉",
            blind_to: "a breach that looks like ordinary trade, and one that nobody complains about",
            blind_to_zh: "看似普通交易的违规，以及无人投诉的违规",
        },
    ];
    const HEARS: &'static [Topic] = &[Topic::Cheated];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let has = |fault| self.levels.has(fault);
        match timer {
            Timer::Prohibited(epoch) if epoch == self.epoch && has(Fault::ProhibitedTransactions) => {
                self.prohibited(spec, cx);
            }
            Timer::Complaint(epoch) if epoch == self.epoch && has(Fault::DataLeak) => {
                self.complaint(spec, cx);
            }
            Timer::Falls(epoch) if epoch == self.epoch && has(Fault::FreeOffer) => {
                cx.activated();
                cx.note(Note::Life(DeploymentStep::Scammed(spec.amount.amount())));
                self.expect_missing(spec, cx);
            }
            Timer::Missing(epoch) if epoch == self.epoch && self.cheats() => {
                cx.activated();
                indication::show(cx, Indication::MoneyMissing);
            }
            _ => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, _: &mut Context<'_, Models>) {
        // Flags and complaints that came before say nothing of what is done now.
        if symptom == Symptom::OddTrade {
            self.flags = 0;
        } else {
            self.complaints = 0;
        }
    }
    fn on_message(&mut self, _: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        if let LocalMessage::Cheated = message {
            cx.broke(Fault::ThirdPartyFraud.into());
        }
    }
}

impl DevicePart<Models> for MisuseAndFraud {
    const MODES: &'static [(Fault, Mode<Models>)] = &[
        (Fault::ProhibitedTransactions, Mode {
            name: "prohibited-transactions",
            zh: "违规交易",
            family: Family::MisuseAndFraud,
            shows: &[(Symptom::OddTrade, 0.95)],
            cause: "a merchant who turns credit into cash by pretended sales",
            effects: Effects::of(
                "transactions are made that the rules of use prohibit",
                "the institution is liable for what its terminal is used for",
                "the merchant is warned or suspended",
            ),
            ratings: Ratings::of(9, 5, 2),
            indications: &[],
            seen_by: &[Part::MisuseAndFraud],
            cleared_by: &[(RecoveryAction::Instruct, 0.5), (RecoveryAction::Suspend, 0.95)],
            procedure: &[
                step(RecoveryAction::Instruct, Performer::Support, Span::minutes(15)),
                step(RecoveryAction::Suspend, Performer::Remote, Span::minutes(1)),
                step(RecoveryAction::Suspend, Performer::Remote, Span::minutes(1)),
            ],
        }),
        (Fault::DataLeak, Mode {
            name: "data-leak",
            zh: "客户信息泄露",
            family: Family::MisuseAndFraud,
            shows: &[(Symptom::LossReported, 0.85), (Symptom::OddTrade, 0.023)],
            cause: "card data that is copied or left lying",
            effects: Effects::of(
                "customers' data leaves the shop",
                "customers complain, the institution has to investigate",
                "customers lose money elsewhere",
            ),
            ratings: Ratings::of(10, 4, 3),
            indications: &[Indication::Complaint],
            seen_by: &[Part::MisuseAndFraud, Part::Merchant],
            cleared_by: &[(RecoveryAction::Instruct, 0.7), (RecoveryAction::Suspend, 0.9)],
            procedure: &[
                step(RecoveryAction::Instruct, Performer::Support, Span::minutes(20)),
                step(RecoveryAction::Suspend, Performer::Remote, Span::minutes(1)),
                step(RecoveryAction::Instruct, Performer::Support, Span::minutes(20)),
            ],
        }),
        (Fault::FreeOffer, Mode {
            name: "free-offer",
            zh: "免费POS机诈骗",
            family: Family::MisuseAndFraud,
            shows: &[(Symptom::LossReported, 0.63)],
            cause: "a message that offers a terminal for nothing",
            effects: Effects::of(
                "the merchant answers it",
                "money is paid for a terminal that does not come",
                "the merchant loses money",
            ),
            ratings: Ratings::of(6, 6, 2),
            indications: &[Indication::FreeOfferMessage, Indication::MoneyMissing],
            seen_by: &[Part::Merchant],
            cleared_by: &[(RecoveryAction::Instruct, 0.95), (RecoveryAction::Investigate, 0.8)],
            procedure: &[
                step(RecoveryAction::Instruct, Performer::Support, Span::minutes(10)),
                step(RecoveryAction::Investigate, Performer::Support, Span::minutes(30)),
            ],
        }),
        (Fault::ThirdPartyFraud, Mode {
            name: "third-party-fraud",
            zh: "第三方欺诈",
            family: Family::MisuseAndFraud,
            shows: &[(Symptom::LossReported, 0.95)],
            cause: "a third party that keeps what is not its own",
            effects: Effects::of(
                "a deposit or a settlement does not arrive",
                "money is missing in the ledger",
                "the merchant loses a deposit or a settlement",
            ),
            ratings: Ratings::of(9, 4, 2),
            indications: &[Indication::MoneyMissing],
            seen_by: &[Part::Merchant],
            cleared_by: &[(RecoveryAction::Investigate, 0.7), (RecoveryAction::Swap, 0.9)],
            procedure: &[
                step(RecoveryAction::Investigate, Performer::Support, Span::minutes(45)),
                step(RecoveryAction::Investigate, Performer::Support, Span::hours(4)),
                step(RecoveryAction::Investigate, Performer::Support, Span::hours(8)),
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
        match fault {
            _ if level == 0.0 => self.ended(spec, fault, cx),
            Fault::ProhibitedTransactions => self.next_prohibited(spec, cx),
            Fault::DataLeak => self.next_complaint(spec, cx),
            Fault::FreeOffer => self.offer(spec, cx),
            Fault::ThirdPartyFraud => self.expect_missing(spec, cx),
        }
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading {
            flags: self.flags,
            flag_limit: spec.flags.max(1),
            complaints: self.complaints,
            complaint_limit: spec.complaints.max(1),
        }
    }
    /// One odd transaction may be anything, and so may one complaint.
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        seen([
            (reading.flags >= reading.flag_limit, Finding::of(Symptom::OddTrade).with(Evidence::ManyFlags)),
            (
                reading.complaints >= reading.complaint_limit,
                Finding::of(Symptom::LossReported).with(Evidence::ComplaintsOfOneShop),
            ),
        ])
    }
}
