//! Card reader: stripe head, chip contacts and contactless antenna.

mod attached;
mod modes;
mod self_test;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::detectors::{Change, Cusum, Outcome, OutcomeChart, OutcomeRule};
use faults::{Fitting, Context, Mode, ActorPart, DevicePart, Levels, seen, Finding};
use sim::{Instant, Purpose, Span, unit};

pub use attached::CardRead;
pub use self_test::{Coverage, Drawn, SelfTest};

use crate::rare::Rare;
use crate::observation::{self, Observation};
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use crate::symptom::Symptom;
use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::wear::{WearLife, Wear};
use crate::wire::{Method, InterActorMessage};
use crate::telemetry::Gauge;
use crate::{Models, Part};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::detectors::{Detector, Place};

/// Settings of the card reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardReaderSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time for the customer to present the card and for the reader to read it.
    pub duration: Span,
    /// Share of reads that fail with a sound reader.
    pub misread: Probability,
    /// For how many insertions the chip contacts last; none: they do not wear.
    pub life_in_insertions: Option<WearLife>,
    /// For how many swipes the stripe head lasts; none: it does not wear.
    pub life_in_swipes: Option<WearLife>,
    /// Insertions after which the contacts are due for exchange; none: nobody counts. No published figure was found for
    /// the reader of a payment terminal.
    pub rated_insertions: Option<u32>,
    /// Swipes after which the head is due for exchange; none: nobody counts.
    pub rated_swipes: Option<u32>,
    /// Tests its own antenna at regular intervals; without it a dead antenna is found by use alone.
    pub self_test: Option<SelfTest>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            duration: Span::millis(2_500),
            misread: Probability(0.01),
            life_in_insertions: None,
            life_in_swipes: None,
            rated_insertions: None,
            rated_swipes: None,
            self_test: None,
        }
    }
}

/// When the terminal holds a way of reading cards to be bad.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardReaderThresholds")]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// For each way of reading, by what became of the first presentation of each sale's card: later ones of the same card say nothing new. By default
    /// a sum that a failure raises by 9 and a success lowers by 1, alarm at 36: where 1 % of the first reads of a sound reader fail, fewer than
    /// 0.001 false alarms come in a terminal-month, 4 sales find a reader that reads nothing and 34 one that loses a fifth.
    pub reads: OutcomeRule,
}

impl Default for Thresholds {
    fn default() -> Self {
        let reads = Cusum { failed_adds: 9, good_takes: 1, alarm_at: 36, head_start: 0 };
        Self { reads: OutcomeRule::Cusum(reads) }
    }
}

/// State of the reader.
#[derive(Clone, Component, Debug, Default)]
pub struct CardReader {
    levels: Levels<Fault>,
    insertions: Wear,
    swipes: Wear,
    /// Failed reads in a row: chip, contactless, stripe. They are what it reports.
    failed: [u8; 3],
    /// What became of the first reads of sales: chip, contactless, stripe.
    charts: Rare<[OutcomeChart; 3]>,
    /// The card of a sale is presented for the first time.
    first: bool,
    reads: u32,
    /// Whose card is being read and at which attempt: names the draws.
    reading: u64,
    method: Method,
    /// Tests of the antenna so far.
    tests: u32,
    /// The last of them failed.
    test_failed: bool,
    antenna: self_test::AntennaFailures,
    /// The terminal does not run: nothing is tested.
    off: bool,
    /// A real reader stands in its place, and can be reached; `None` if it is simulated.
    real: Option<bool>,
    /// The real one holds the dialogue of the last read.
    awaiting: bool,
    /// It did not answer when it was asked after a read that failed.
    mute: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The card has been presented for long enough.
    Presented(u32),
    /// It is time to test the antenna.
    SelfTest,
}

/// Fault modes of the card reader; the magnitude is the share of reads that fail.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardReaderFault")]
pub enum Fault {
    /// The contacts for the chip are dirty or worn.
    ChipContactsDirty,
    /// The antenna gives no field.
    AntennaDead,
    /// The stripe head is worn.
    StripeHeadWorn,
    /// The contacts for the chip are worn.
    ChipContactsWorn,
    /// The stripe head is dirty.
    StripeHeadDirty,
    /// The whole reader does not react.
    NoReaction,
}

/// The reader's error counters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// First reads of sales have failed too often: chip, contactless, stripe.
    bad: [bool; 3],
    /// It answers the terminal.
    answers: bool,
    /// Contacts or head are past their rated life: chip, contactless, stripe.
    overdue: [bool; 3],
    test_failed: bool,
}

const TRIED: Purpose = Purpose::of("card reader: a card that is tried after a repair fails");
const READ: Purpose = Purpose::of("card reader: the read fails");

const fn kind(method: Method) -> usize {
    match method {
        Method::Chip | Method::Code => 0,
        Method::Contactless => 1,
        Method::Stripe | Method::Fallback => 2,
    }
}

const INSERTIONS: Purpose = Purpose::of("card reader: life in insertions");
const SWIPES: Purpose = Purpose::of("card reader: life in swipes");

impl CardReader {
    /// Share of reads of a kind that fail because of faults: dirt and wear each let their share pass.
    fn bad(&self, kind: usize) -> f64 {
        debug_assert!(kind < 3, "a card is read by chip, contactless or stripe");
        if self.levels.has(Fault::NoReaction) {
            return 1.0;
        }
        let level = |fault| self.levels.of(fault);
        let (dirty, worn) = match kind {
            0 => (level(Fault::ChipContactsDirty), level(Fault::ChipContactsWorn)),
            1 => (0.0, level(Fault::AntennaDead)),
            _ => (level(Fault::StripeHeadDirty), level(Fault::StripeHeadWorn)),
        };
        let bad = 1.0 - (1.0 - dirty) * (1.0 - worn);
        debug_assert!(bad >= dirty.max(worn), "dirt and wear do not make up for each other: {bad}");
        bad
    }

    /// Each insertion scrapes the contacts, each swipe the head.
    fn wears(&mut self, spec: &Spec, method: Method, cx: &mut Context<'_, Models>) {
        match kind(method) {
            0 if self.insertions.used(1, spec.life_in_insertions.as_ref(), INSERTIONS, cx) => {
                cx.broke(Fault::ChipContactsWorn.into());
            }
            2 if self.swipes.used(1, spec.life_in_swipes.as_ref(), SWIPES, cx) => {
                cx.broke(Fault::StripeHeadWorn.into());
            }
            _ => {}
        }
    }

    /// What came of presenting a card; `faulty` if the reader is to blame, truly.
    fn was_read(&mut self, ok: bool, faulty: bool, cx: &mut Context<'_, Models>) {
        let (kind, method) = (kind(self.method), self.method);
        if std::mem::take(&mut self.first) {
            self.judge(kind, ok, cx);
        }
        if ok {
            let spoke = std::mem::take(&mut self.mute);
            if self.failed[kind] > 0 {
                self.failed[kind] = 0;
                indication::gone(cx, Indication::NoReactionToCard);
            }
            if spoke {
                cx.look();
            }
        } else {
            self.failed[kind] = self.failed[kind].saturating_add(1);
            // The terminal asks its reader when reading fails.
            self.mute = self.levels.has(Fault::NoReaction);
            if faulty {
                cx.activated();
                indication::show(cx, Indication::NoReactionToCard);
            }
            if self.mute {
                cx.look();
            }
        }
        cx.say(LocalMessage::WasRead { method, ok });
        observation::tell(cx, Observation::Read { method, ok });
    }

    /// What became of the first read of a sale, for its chart.
    fn judge(&mut self, kind: usize, ok: bool, cx: &mut Context<'_, Models>) {
        let rule = &cx.settings().policy.detectors.parts.card_reader.reads;
        let outcome = if ok { Outcome::Good } else { Outcome::Failed };
        let change = self.charts.consider(|charts| {
            let before = charts[kind];
            let change = charts[kind].observe(rule, outcome);
            (charts[kind] != before).then_some(change)
        });
        if change.is_some_and(|it| it != Change::None) {
            cx.look();
        }
    }

    fn overdue(&self, spec: &Spec) -> [bool; 3] {
        let past = |uses: u32, rated: Option<u32>| rated.is_some_and(|rated| uses >= rated);
        let chip = past(self.insertions.uses(), spec.rated_insertions);
        [chip, false, past(self.swipes.uses(), spec.rated_swipes)]
    }
}

indications! {
    /// A card is presented and nothing happens.
    NoReactionToCard: 15, "no-reaction-to-card", "刷卡无反应", Behaviour, ChipReadsFail;
}

evidence! {
    /// The antenna has failed the test of its field.
    FieldTestFailed: 43, "field-test-failed", "天线场强自检失败", ["card-reader.antenna-dead" * 50.0];
    /// More chip cards were put in than its contacts are made for.
    ChipContactsPastLife: 44, "chip-contacts-past-life", "芯片触点到寿", ["card-reader.chip-contacts-worn" * 200.0];
    /// More cards were drawn through than its head is made for.
    StripeHeadPastLife: 45, "stripe-head-past-life", "磁头到寿", ["card-reader.stripe-head-worn" * 200.0];
}

impl ActorPart<Models> for CardReader {
    const NAME: &'static str = "card-reader";
    const ZH: &'static str = "读卡器";
    const ABOUT: &'static str = "Reads cards by chip, contactless or stripe.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "read-counters",
            zh: "读卡错误计数",
            place: Place::Device,
            part: Part::CardReader,
            sees: "reads that failed in a row, by chip, tap and stripe; a reader that does not answer",
            sees_zh: "芯片、挥卡、磁条连续读卡失败的次数；读卡器不应答",
            blind_to: "bad cards: some in a row look like a bad reader; dirt and wear look alike until the rated life is over",
            blind_to_zh: "坏卡：连续几张坏卡看起来像读卡器坏了；额定寿命之前脏污与磨损无法区分",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Swapped, Topic::Overhauled, Topic::Ready, Topic::Halt, Topic::Report,
        Topic::Read,
    ];
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if cx.settings().is_attached(cx.me(), cx.part()) {
            self.real = Some(true);
            return;
        }
        if let Some(test) = spec.self_test.filter(|it| it.every > Span::ZERO) {
            cx.after(test.every, Timer::SelfTest);
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Presented(read) = timer else {
            return self.test(spec, cx);
        };
        if read != self.reads {
            return;
        }
        debug_assert!(self.real.is_none(), "a real reader says itself what it has read");
        let kind = kind(self.method);
        let bits = cx.draw(READ, self.reading);
        let faulty = unit(bits[1]) < self.bad(kind);
        let ok = !faulty && unit(bits[0]) >= spec.misread.0;
        self.was_read(ok, faulty, cx);
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Read { method, amount, attempt, .. } if self.real.is_some() && kind(method) < 2 => {
                self.first = attempt == 0;
                self.present(method, amount, cx);
            }
            LocalMessage::Read { method, customer, attempt, .. } => {
                if self.real.is_none() {
                    self.wears(spec, method, cx);
                }
                self.awaiting = false;
                self.method = method;
                self.first = attempt == 0;
                self.reading = u64::from(customer) << 8 | u64::from(attempt);
                self.reads += 1;
                cx.after(spec.duration, Timer::Presented(self.reads));
            }
            // The counters start anew; what was being read is forgotten.
            LocalMessage::Halt => {
                self.off = true;
                self.reads += 1;
                self.failed = [0; 3];
                self.charts = Rare::default();
            }
            LocalMessage::Ready => {
                self.off = false;
                cx.look();
                self.test_at_boot(spec, cx);
            }
            LocalMessage::Overhauled => {
                let overdue = self.overdue(spec);
                if overdue[0] {
                    self.insertions.renew();
                }
                if overdue[2] {
                    self.swipes.renew();
                }
                cx.look();
            }
            LocalMessage::Swapped => {
                self.insertions.renew();
                self.swipes.renew();
            }
            LocalMessage::Report => {
                let worst = self.failed.into_iter().max().unwrap_or_default();
                cx.say(LocalMessage::Measured { gauge: Gauge::FailedReads, value: u32::from(worst) });
            }
            _ => {}
        }
    }
    fn on_delivery(&mut self, _: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if let (InterActorMessage::Outside(outside), Some(_)) = (message, self.real) {
            self.hears(outside, cx);
        }
    }
    /// It sells as long as one way of reading is left.
    fn retest(&mut self, _: &Spec, _: Symptom, cx: &mut Context<'_, Models>) {
        let rule = &cx.settings().policy.detectors.parts.card_reader.reads;
        if self.real.is_some() {
            // A real reader has to be tried by somebody.
            return;
        }
        self.mute = self.levels.has(Fault::NoReaction);
        self.test_failed &= self.bad(kind(Method::Contactless)) >= 0.5;
        // Whoever has cleaned or mended it tries a card of each kind that failed.
        for kind in 0..3 {
            let bits = cx.draw(TRIED.numbered(kind as u64), u64::from(self.reads));
            if unit(bits[0]) >= self.bad(kind) {
                self.failed[kind] = 0;
                if self.charts.is_kept() {
                    self.charts.get_mut()[kind].put_on_probation(rule);
                }
            }
        }
    }
    fn able(&self, _: &Spec) -> bool {
        (0..3).any(|kind| self.bad(kind) < 0.5)
    }
}

impl DevicePart<Models> for CardReader {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = Thresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, _: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        self.note_antenna();
        if level > 0.0 {
            // Nothing is to be seen before a card is read.
            return;
        }
        match fault {
            Fault::ChipContactsWorn => self.insertions.renew(),
            Fault::StripeHeadWorn => self.swipes.renew(),
            _ => {}
        }
        indication::gone(cx, Indication::NoReactionToCard);
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading {
            bad: self.charts.get().map(|it| it.stands()),
            answers: !self.mute,
            overdue: self.overdue(spec),
            test_failed: self.test_failed,
        }
    }
    /// From inside, dirt looks like wear.
    fn detect(_: &Thresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let Reading { bad, answers, overdue, test_failed } = *reading;
        let due = [
            (overdue[0], Finding::of(Symptom::DueSoon).with(Evidence::ChipContactsPastLife)),
            (overdue[2], Finding::of(Symptom::DueSoon).with(Evidence::StripeHeadPastLife)),
        ];
        // The terminal asks its reader when reading fails.
        if !answers {
            let silent = Finding::of(Symptom::ReaderSilent);
            return std::iter::once(silent).chain(seen(due)).collect();
        }
        let [chip, tap, stripe] = [Symptom::ChipReadsFail, Symptom::TapReadsFail, Symptom::StripeReadsFail];
        let reads = [
            (test_failed || bad[1], Finding::of(tap).with_if(test_failed, Evidence::FieldTestFailed)),
            (bad[0], Finding::of(chip).with_if(overdue[0], Evidence::ChipContactsPastLife)),
            (bad[2], Finding::of(stripe).with_if(overdue[2], Evidence::StripeHeadPastLife)),
        ];
        seen(reads).into_iter().chain(seen(due)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::suspect_of_last;

    #[test]
    fn dirt_and_wear_each_let_their_share_pass() {
        let mut reader = CardReader::default();
        reader.levels.set(Fault::ChipContactsDirty, 0.5);
        reader.levels.set(Fault::ChipContactsWorn, 0.6);
        assert!((reader.bad(0) - 0.8).abs() < 1e-12);
        reader.levels.set(Fault::ChipContactsDirty, 0.0);
        assert!((reader.bad(0) - 0.6).abs() < 1e-12, "cleaning leaves the wear");
    }

    #[test]
    fn failures_are_taken_for_wear_only_past_the_rated_life() {
        let sees = |bad, overdue| {
            let reading = Reading { bad, answers: true, overdue, test_failed: false };
            suspect_of_last(&CardReader::detect(&Thresholds::default(), &mut (), &reading))
        };
        let stripe = [false, false, true];
        assert_eq!(sees([false; 3], [false; 3]), None);
        assert_eq!(sees(stripe, [false; 3]), Some(Fault::StripeHeadDirty.into()));
        assert_eq!(sees(stripe, stripe), Some(Fault::StripeHeadWorn.into()));
        let due = sees([false; 3], [true, false, false]);
        assert_eq!(due, Some(Fault::ChipContactsWorn.into()), "a warning before anything fails");
    }
}
