//! Receipt printer: a roll of paper, a feed and a thermal head.

mod attached;
mod head;
mod modes;

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use faults::{Fitting, Context, Mode, ActorPart, DevicePart, Levels, Finding, NoThresholds};
use sim::{Instant, Purpose, Span};

pub use self::attached::{Paper, Said};
use self::head::blackness;
use crate::observation::{self, Observation};
use crate::evidence::{Evidence, EvidenceDefinition, evidence};
use crate::symptom::Symptom;
use crate::rare::Rare;
use crate::sensed::Sensed;
use crate::bus::{LocalMessage, Topic};
use crate::indication::{self, Indication};
use crate::quantity::{Celsius, Millimetres, Millivolts};
use crate::availability::Milestone;
use crate::telemetry::Gauge;
use crate::thermal::ThermalState;
use crate::wear::{WearLife, Wear};
use crate::wire::InterActorMessage;
use crate::{Models, Part};
use crate::vocabulary::indication::{IndicationDefinition, indications};
use crate::recovery_action::{ActionDefinition, actions};
use crate::detectors::{Detector, Place};
use crate::vocabulary::milestone::{MilestoneDefinition, milestones};

/// Settings of the printer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PrinterSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Length of a new roll.
    pub roll: Millimetres,
    /// Length of one line.
    pub line: Millimetres,
    /// Time to print one line.
    pub line_duration: Span,
    /// Below this voltage the print of a new head is faint.
    pub faint_below: Millivolts,
    /// How much warmer one line makes the head: a difference, so `"0.3C"` is 0.3 K.
    pub line_warms_by: Celsius,
    /// Time constant of the head's cooling.
    pub cools_in: Span,
    /// A head as warm as this prints no further line until it has cooled.
    pub cooldown_at: Celsius,
    /// So far it has to cool.
    pub resumes_at: Celsius,
    /// For how many lines the head lasts; none: it does not wear. Receipt printers of leading makes are rated for 10 to 15
    /// million lines.
    pub life_in_lines: Option<WearLife>,
    /// For how many cuts the cutter lasts; none: it does not wear. Receipt printers are rated for 0.2 to 1.5 million.
    pub life_in_cuts: Option<WearLife>,
    /// Lines after which the head is due for exchange; none: nobody counts.
    pub rated_lines: Option<u32>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            roll: Millimetres(30_000),
            line: Millimetres(4),
            line_duration: Span::millis(80),
            faint_below: Millivolts(4_600),
            line_warms_by: Celsius(3),
            cools_in: Span::secs(60),
            cooldown_at: Celsius(650),
            resumes_at: Celsius(550),
            life_in_lines: None,
            life_in_cuts: None,
            rated_lines: None,
        }
    }
}

/// State of the printer.
#[derive(Clone, Component, Debug)]
pub struct Printer {
    levels: Levels<Fault>,
    /// What is left of the roll: it is used up by printing as well as by the fault.
    paper_mm: u32,
    head: ThermalState,
    millivolts: u32,
    prints: u32,
    /// Lines of the receipt that are still to be printed.
    waiting: u8,
    /// The head has had to cool during this receipt.
    rested: bool,
    /// Receipts in a row during which it had to.
    cooldowns: u8,
    lines: Wear,
    cuts: Wear,
    /// Receipts that did not come out, since the last that did.
    lost: u32,
    /// What the status of a real printer in its place says; `None` if it is simulated.
    real: Option<Said>,
    /// What was sensed of it.
    sensed: Rare<Sensed<Shown, 6>>,
}

/// What the sensors showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shown {
    no_paper: bool,
    cover_open: bool,
    /// The blade was not home at the last cut that was due.
    cutter_blocked: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The last line is out.
    Printed(u32),
    /// The head has cooled.
    Cooled(u32),
    /// What this fault changes has shown since it changed so often.
    Sensed(Fault, u32),
}

/// Fault modes of the printer.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PrinterFault")]
pub enum Fault {
    /// The roll is used up. It also happens by itself.
    PaperOut,
    /// The paper is crumpled in the feed.
    Jam,
    /// The head is worn: faint print; the magnitude is the share of its blackness that is gone.
    HeadWorn,
    /// The head is driven too hot: it has to cool in the middle of a receipt; the magnitude is how much too hot.
    HeadHot,
    /// The cutter's blade is blocked.
    CutterBlocked,
    /// The cover is not shut.
    CoverOpen,
}

/// The printer's status bytes and its counter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    paper: bool,
    cover_open: bool,
    cutter_blocked: bool,
    cooldowns: u8,
    lost: u32,
    lines: u32,
    rated: Option<u32>,
    /// It says that it prints nothing, and nothing of the above is why.
    stopped: bool,
}

/// How long the switch of the cover and the sensor of the paper have to show the same.
const COVER: Span = Span::millis(100);
const PAPER: Span = Span::millis(500);
const HEAD: Purpose = Purpose::of("printer: life of the head in lines");
const CUTTER: Purpose = Purpose::of("printer: life of the cutter in cuts");
/// How many times the heat of a line a head gets that is driven as hot as can be.
const OVERDRIVEN: f64 = 9.0;

impl Printer {
    fn ran_out(&mut self, cx: &mut Context<'_, Models>) {
        self.paper_mm = 0;
        cx.activated();
        indication::show(cx, Indication::PaperText);
    }

    /// What keeps it from printing at all, and what it says about that.
    fn blocked(&self) -> Option<Indication> {
        let stops = [Fault::CoverOpen, Fault::Jam, Fault::CutterBlocked];
        let cause = stops.into_iter().find(|fault| self.levels.has(*fault));
        cause.or((self.paper_mm == 0).then_some(Fault::PaperOut)).map(Self::shows)
    }

    /// How a fault is noticed, by what the screen says or by what comes out.
    const fn shows(fault: Fault) -> Indication {
        match fault {
            Fault::PaperOut => Indication::PaperText,
            Fault::Jam => Indication::JamText,
            Fault::HeadWorn => Indication::FaintPrint,
            Fault::HeadHot => Indication::PrinterRestsText,
            Fault::CutterBlocked => Indication::CutterText,
            Fault::CoverOpen => Indication::CoverText,
        }
    }

    /// The sensors of paper and cover are read.
    fn sense(&mut self) {
        self.sensed.get_mut().shown.no_paper = self.paper_mm == 0;
        self.sensed.get_mut().shown.cover_open = self.levels.has(Fault::CoverOpen);
    }

    /// Whoever clears a fault leaves it as it should be: a new roll, a new head, a new blade.
    fn put_right(&mut self, spec: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::PaperOut => self.paper_mm = spec.roll.0,
            Fault::HeadWorn => self.lines.renew(),
            Fault::CutterBlocked => self.cuts.renew(),
            Fault::HeadHot | Fault::Jam | Fault::CoverOpen => {}
        }
        indication::gone(cx, Self::shows(fault));
    }

    fn print(&mut self, spec: &Spec, lines: u8, cx: &mut Context<'_, Models>) {
        if let Some(indication) = self.blocked() {
            return self.lose(indication, cx);
        }
        debug_assert!(self.real.is_none(), "what prints is real: it is not simulated beside that");
        self.prints += 1;
        (self.waiting, self.rested) = (lines, false);
        self.put_out(spec, cx);
    }

    /// The head is too hot: the rest of the receipt waits.
    fn rest(&mut self, spec: &Spec, printed: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(self.waiting > 0, "a head rests when lines wait for it");
        if !self.rested {
            self.rested = true;
            self.cooldowns = self.cooldowns.saturating_add(1);
            cx.activated();
            indication::show(cx, Indication::PrinterRestsText);
            cx.look();
        }
        match self.head.until_below(spec.resumes_at.degrees(), cx.now(), spec.cools_in) {
            Some(wait) => {
                let feeds = spec.line_duration * u64::from(printed);
                cx.after(feeds + wait, Timer::Cooled(self.prints));
            }
            // In a place as hot as this the head never cools.
            None => self.lose(Indication::PrinterRestsText, cx),
        }
    }

    /// The receipt is out.
    fn printed(&mut self, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.waiting, 0, "a receipt is out when no line of it waits");
        let troubled = self.lost > 0 || self.cooldowns > 0 && !self.rested;
        if troubled {
            (self.lost, self.cooldowns) = (0, if self.rested { self.cooldowns } else { 0 });
            indication::gone(cx, Indication::PrinterRestsText);
            cx.look();
        }
        cx.milestone(Milestone::ReceiptPrinted);
        cx.say(LocalMessage::Printed { ok: true });
        observation::tell(cx, Observation::Print { ok: true });
    }

    /// The receipt does not come out.
    fn lose(&mut self, indication: Indication, cx: &mut Context<'_, Models>) {
        self.lost += 1;
        // The blade's switch is asked when a cut is due.
        self.sensed.get_mut().shown.cutter_blocked = self.levels.has(Fault::CutterBlocked);
        self.sensed.get_mut().shown.no_paper = self.paper_mm == 0;
        cx.activated();
        indication::show(cx, indication);
        cx.look();
        cx.say(LocalMessage::Printed { ok: false });
        observation::tell(cx, Observation::Print { ok: false });
    }

    /// Prints as many lines as the head's temperature allows; its sensor is read line by line.
    fn put_out(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (now, tau) = (cx.now(), spec.cools_in);
        let heat = spec.line_warms_by.degrees() * (1.0 + OVERDRIVEN * self.levels.of(Fault::HeadHot));
        let room = spec.cooldown_at.degrees() - self.head.at(now, tau);
        let lines = if room >= heat * f64::from(self.waiting) {
            self.waiting
        } else {
            // The line at which it gets too hot is still printed.
            (libm::ceil(room.max(0.0) / heat.max(0.01)) as u8).min(self.waiting)
        };
        debug_assert!(lines <= self.waiting, "no more is printed than waits: {lines}");
        self.waiting -= lines;
        if lines > 0 {
            self.head.raise(heat * f64::from(lines), now, tau);
            self.feed(spec, lines, cx);
        }
        if self.waiting > 0 {
            return self.rest(spec, lines, cx);
        }
        if self.cuts.used(1, spec.life_in_cuts.as_ref(), CUTTER, cx) {
            cx.broke(Fault::CutterBlocked.into());
        }
        cx.after(spec.line_duration * u64::from(lines), Timer::Printed(self.prints));
    }

    fn feed(&mut self, spec: &Spec, lines: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(lines > 0, "the paper moves when something is printed");
        debug_assert!(self.paper_mm <= spec.roll.0, "a roll of {} mm has grown", spec.roll.0);
        let needed = u32::from(lines) * spec.line.0;
        if self.paper_mm <= needed {
            // The last receipt comes out; the next will not.
            self.paper_mm = 0;
            cx.broke(Fault::PaperOut.into());
        } else {
            self.paper_mm -= needed;
        }
        if self.lines.used(u32::from(lines), spec.life_in_lines.as_ref(), HEAD, cx) {
            cx.broke(Fault::HeadWorn.into());
        }
        let worn = self.levels.of(Fault::HeadWorn);
        if blackness(Millivolts(self.millivolts), spec.faint_below, worn) < 1.0 {
            cx.activated();
            indication::show(cx, Indication::FaintPrint);
        }
    }
}

indications! {
    /// The screen asks for paper.
    PaperText: 6, "paper-text", "提示缺纸", Display, PrinterStopped { evidence: Some(crate::Evidence::PaperEnd) };
    /// The screen says that the printer is blocked.
    JamText: 7, "jam-text", "提示卡纸", Display, PrinterStopped { evidence: Some(crate::Evidence::FeedError) };
    /// The screen says that the printer's cover is open.
    CoverText: 27, "cover-text", "提示纸仓盖未关", Display, PrinterStopped { evidence: Some(crate::Evidence::CoverOpenBit) };
    /// The screen says that the cutter is blocked.
    CutterText: 28, "cutter-text", "提示切刀卡住", Display, PrinterStopped { evidence: Some(crate::Evidence::CutterError) };
    /// The screen says that the printer waits until its head has cooled.
    PrinterRestsText: 29, "printer-rests-text", "提示打印头冷却中", Display, PrinterStopped { evidence: Some(crate::Evidence::HeadRested) };
}

actions! {
    /// Puts in a new roll of paper.
    ReplaceRoll: 12, "replace-roll", "更换打印纸" { acts: Some(LocalMessage::NewRoll) };
    /// Opens the lid, takes the crumpled paper out, closes it.
    OpenLid: 13, "open-lid", "开盖清除卡纸";
}

milestones! {
    /// A receipt has been printed.
    ReceiptPrinted: 5, "receipt-printed", "小票已打印";
}

evidence! {
    /// The cover switch is open.
    CoverOpenBit: 70, "cover-open-bit", "纸仓盖开关", ["printer.cover-open" * 200.0];
    /// The paper sensor sees no paper.
    PaperEnd: 71, "paper-end", "纸尽", ["printer.paper-out" * 50.0];
    /// The cutter reports an error.
    CutterError: 72, "cutter-error", "切刀错误", ["printer.cutter-blocked" * 400.0];
    /// The head has had to rest twice within an hour.
    HeadRested: 73, "head-rested", "打印头多次冷却", ["printer.head-hot" * 800.0, "enclosure.heat" * 100.0];
    /// What was sent was not printed, with paper and the cover shut.
    FeedError: 74, "feed-error", "走纸错误", ["printer.jam" * 200.0];
    /// More lines were printed than the head is made for.
    HeadPastLife: 75, "head-past-life", "打印头到寿", ["printer.head-worn" * 200.0];
}

impl ActorPart<Models> for Printer {
    const NAME: &'static str = "printer";
    const ZH: &'static str = "打印机";
    const ABOUT: &'static str = "Prints receipts: a roll of paper, a feed and a thermal head.";
    const FITTING: Fitting = Fitting::Standard;
    const INDICATIONS: &'static [IndicationDefinition] = INDICATIONS;
    const ACTIONS: &'static [ActionDefinition] = ACTIONS;
    const EVIDENCE: &'static [EvidenceDefinition] = EVIDENCE;
    const DETECTORS: &'static [Detector] = &[
        Detector {
            name: "paper-sensor",
            zh: "缺纸检测",
            place: Place::Device,
            part: Part::Printer,
            sees: "no paper, an open cover, a blocked feed or cutter, a head that is too hot, lines beyond the rated life",
            sees_zh: "缺纸、盖未关、走纸或切刀受阻、打印头过热、超过额定寿命的行数",
            blind_to: "a faint print: nobody measures the ink",
            blind_to_zh: "打印不清晰：没有谁测量墨迹",
        },
    ];
    const HEARS: &'static [Topic] = &[
        Topic::Rail, Topic::Temperature, Topic::Ready, Topic::Halt, Topic::Report, Topic::NewRoll,
        Topic::Print,
    ];
    const HEARS_LATER: &'static [Topic] = &[Topic::Overhauled, Topic::Swapped];
    const MILESTONES: &'static [MilestoneDefinition] = MILESTONES;
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        Self {
            levels: Levels::default(),
            paper_mm: spec.roll.0,
            head: ThermalState::settled(25.0),
            millivolts: 5_000,
            prints: 0,
            waiting: 0,
            rested: false,
            cooldowns: 0,
            lines: Wear::default(),
            cuts: Wear::default(),
            lost: 0,
            real: None,
            sensed: Rare::default(),
        }
    }
    fn start(&mut self, _: &Spec, cx: &mut Context<'_, Models>) {
        if cx.settings().is_attached(cx.me(), cx.part()) {
            self.real = Some(Said::default());
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Printed(print) if print == self.prints => self.printed(cx),
            Timer::Cooled(print) if print == self.prints => {
                debug_assert!(self.waiting > 0, "a head cools for the lines that wait");
                self.put_out(spec, cx);
            }
            Timer::Sensed(fault, change) if self.sensed.get().changes.is_latest(fault as usize, change) => {
                debug_assert!(change > 0, "what has shown has changed");
                self.sense();
                cx.look();
            }
            _ => {}
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Print(receipt) if self.real.is_some() => self.hand_out(receipt, cx),
            LocalMessage::Print(receipt) => self.print(spec, receipt.lines, cx),
            LocalMessage::Rail { millivolts, .. } => self.millivolts = millivolts,
            LocalMessage::Temperature(body) => {
                self.head.towards(body.degrees(), cx.now(), spec.cools_in);
            }
            LocalMessage::NewRoll if self.real.is_none() => {
                self.paper_mm = spec.roll.0;
                let change = self.sensed.get_mut().changes.count(Fault::PaperOut as usize);
                cx.after(PAPER, Timer::Sensed(Fault::PaperOut, change));
                indication::gone(cx, Indication::PaperText);
            }
            LocalMessage::Overhauled if spec.rated_lines.is_some_and(|rated| self.lines.uses() >= rated) => {
                self.lines.renew();
                cx.look();
            }
            LocalMessage::Swapped => {
                self.lines.renew();
                self.cuts.renew();
            }
            // What was being printed stays half printed.
            LocalMessage::Halt => self.prints += 1,
            LocalMessage::Ready => cx.look(),
            LocalMessage::Report => {
                let value = self.real.map_or(self.paper_mm, |said| said.paper.length(spec.roll.0));
                cx.say(LocalMessage::Measured { gauge: Gauge::Paper, value });
            }
            _ => {}
        }
    }
    fn retest(&mut self, _: &Spec, symptom: Symptom, _: &mut Context<'_, Models>) {
        if self.real.is_some() {
            return;
        }
        self.sense();
        self.sensed.get_mut().shown.cutter_blocked &= self.levels.has(Fault::CutterBlocked);
        // Whoever has put it right has it print a line.
        if self.blocked().is_none() {
            self.lost = 0;
        }
        if symptom == Symptom::PrinterStopped {
            self.cooldowns = 0;
        }
    }
    fn on_delivery(&mut self, _: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        let InterActorMessage::Outside(outside) = message else { return };
        self.hears(outside, cx);
    }
}

impl DevicePart<Models> for Printer {
    const MODES: &'static [(Fault, Mode<Models>)] = modes::MODES;
    type Fault = Fault;
    type Reading = Reading;
    type Thresholds = NoThresholds;
    type Belief = ();
    fn levels(&mut self) -> &mut Levels<Fault> {
        &mut self.levels
    }
    fn on_level(&mut self, spec: &Spec, fault: Fault, level: f64, cx: &mut Context<'_, Models>) {
        if self.real.is_some() {
            // The level is the record of what the real one has said; what follows from that, it has said itself.
            return;
        }
        let change = self.sensed.get_mut().changes.count(fault as usize);
        let sensed = Timer::Sensed(fault, change);
        match fault {
            Fault::PaperOut => cx.after(PAPER, sensed),
            Fault::CoverOpen => cx.after(COVER, sensed),
            Fault::Jam | Fault::HeadWorn | Fault::HeadHot | Fault::CutterBlocked => {}
        }
        match fault {
            _ if level == 0.0 => self.put_right(spec, fault, cx),
            Fault::PaperOut => self.ran_out(cx),
            Fault::CoverOpen => {
                // The text about the cover comes at once, the others when a receipt is due.
                indication::show(cx, Self::shows(fault));
                cx.activated();
            }
            Fault::Jam | Fault::HeadWorn | Fault::HeadHot | Fault::CutterBlocked => {}
        }
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        if let Some(said) = self.real {
            return self.reads(said);
        }
        let Shown { no_paper, cover_open, cutter_blocked } = self.sensed.get().shown;
        Reading {
            paper: !no_paper,
            cover_open,
            cutter_blocked,
            cooldowns: self.cooldowns,
            lost: self.lost,
            lines: self.lines.uses(),
            rated: spec.rated_lines,
            stopped: false,
        }
    }
    fn detect(_: &NoThresholds, (): &mut (), reading: &Reading) -> Vec<Finding<Models>> {
        let stopped = match *reading {
            Reading { cover_open: true, .. } => Some(Evidence::CoverOpenBit),
            Reading { paper: false, .. } => Some(Evidence::PaperEnd),
            Reading { cutter_blocked: true, .. } => Some(Evidence::CutterError),
            Reading { cooldowns: 2.., .. } => Some(Evidence::HeadRested),
            Reading { stopped: true, .. } | Reading { lost: 1.., .. } => Some(Evidence::FeedError),
            Reading { .. } => None,
        };
        let stopped = stopped.map(|it| Finding::of(Symptom::PrinterStopped).with(it));
        let worn = reading.rated.is_some_and(|rated| reading.lines >= rated);
        let due = worn.then(|| Finding::of(Symptom::DueSoon).with(Evidence::HeadPastLife));
        stopped.into_iter().chain(due).collect()
    }
}
