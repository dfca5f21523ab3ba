//! Receipt printer: a roll of paper, a feed and a thermal head.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Context, Instant, Mode, Model, Performer, Span};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::quantity::{Millimetres, Millivolts};
use crate::service::Milestone;
use crate::telemetry::Gauge;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PrinterSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Length of a new roll.
    pub roll: Millimetres,
    /// Length of one line.
    pub line: Millimetres,
    /// Time to print one line.
    pub line_takes: Span,
    /// Below this voltage the print is faint.
    pub faint_below: Millivolts,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            roll: Millimetres(30_000),
            line: Millimetres(4),
            line_takes: Span::millis(80),
            faint_below: Millivolts(4_600),
        }
    }
}

/// State of the printer.
#[derive(Component, Debug)]
pub struct Printer {
    paper_mm: u32,
    jammed: bool,
    worn: bool,
    millivolts: u32,
    prints: u32,
    /// Receipts that did not come out, since the last that did.
    lost: u32,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The last line is out.
    Printed(u32),
}

/// How a printer breaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PrinterFault")]
pub enum Fault {
    /// The roll is used up. It also happens by itself.
    PaperOut,
    /// The paper is crumpled in the feed.
    Jam,
    /// The head is worn: faint print.
    HeadWorn,
}

/// The printer's status bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    paper: bool,
    lost: u32,
}

impl Printer {
    fn ran_out(&mut self, cx: &mut Context<'_, Models>) {
        self.paper_mm = 0;
        cx.error_state();
        cue::show(cx, Cue::PaperText);
        cx.look();
    }

    fn print(&mut self, spec: &Spec, lines: u8, cx: &mut Context<'_, Models>) {
        let needed = u32::from(lines) * spec.line.0;
        if self.jammed || self.paper_mm == 0 {
            self.lost += 1;
            if self.jammed {
                cx.error_state();
                cue::show(cx, Cue::JamText);
            }
            cx.look();
            cx.say(Message::Printed { ok: false });
            return;
        }
        self.prints += 1;
        if self.paper_mm <= needed {
            // The last receipt comes out; the next will not.
            self.paper_mm = 0;
            cx.broke(Fault::PaperOut.into());
        } else {
            self.paper_mm -= needed;
        }
        if self.worn || self.millivolts < spec.faint_below.0 {
            cx.error_state();
            cue::show(cx, Cue::FaintPrint);
        }
        cx.after(spec.line_takes * u64::from(lines), Timer::Printed(self.prints));
    }
}

impl Model<Models> for Printer {
    const NAME: &'static str = "printer";
    const ZH: &'static str = "打印机";
    const ABOUT: &'static str = "Prints receipts: a roll of paper, a feed and a thermal head.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::Printer(Fault::PaperOut),
            name: "paper-out",
            zh: "缺纸",
            family: Family::Printer,
            effect: "sales go on, but without receipts",
            cues: &[Cue::PaperText],
            seen_by: &[Part::Printer, Part::Merchant],
            mended_by: &[(Remedy::ReplaceRoll, 1.0), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::ReplaceRoll, Performer::Attendant, Span::secs(90)),
                step(Remedy::ReplaceRoll, Performer::Technician, Span::minutes(10)),
            ],
        },
        Mode {
            fault: crate::Fault::Printer(Fault::Jam),
            name: "jam",
            zh: "卡纸",
            family: Family::Printer,
            effect: "nothing comes out of the printer",
            cues: &[Cue::JamText],
            seen_by: &[Part::Printer, Part::Merchant],
            mended_by: &[(Remedy::OpenLid, 0.85), (Remedy::Repair, 0.98), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::OpenLid, Performer::Attendant, Span::secs(60)),
                step(Remedy::OpenLid, Performer::Support, Span::minutes(4)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::Printer(Fault::HeadWorn),
            name: "head-worn",
            zh: "打印不清晰",
            family: Family::Printer,
            effect: "receipts are faint or unreadable",
            cues: &[Cue::FaintPrint],
            seen_by: &[Part::Merchant],
            mended_by: &[(Remedy::Clean, 0.3), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::ReplaceRoll, Performer::Attendant, Span::secs(90)),
                step(Remedy::Clean, Performer::Support, Span::minutes(5)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
    ];
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(spec: &Spec) -> Self {
        Self { paper_mm: spec.roll.0, jammed: false, worn: false, millivolts: 5_000, prints: 0, lost: 0 }
    }
    fn on_timer(&mut self, _: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Printed(print) = timer;
        if print == self.prints {
            self.lost = 0;
            cx.milestone(Milestone::ReceiptPrinted);
            cx.say(Message::Printed { ok: true });
        }
    }
    fn on_message(&mut self, spec: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::Print { lines } => self.print(spec, lines, cx),
            Message::Rail { millivolts, .. } => self.millivolts = millivolts,
            Message::NewRoll => {
                self.paper_mm = spec.roll.0;
                cue::gone(cx, Cue::PaperText);
            }
            // What was being printed stays half printed.
            Message::Halt => self.prints += 1,
            Message::Ready => cx.look(),
            Message::Report => cx.say(Message::Measured { gauge: Gauge::Paper, value: self.paper_mm }),
            _ => {}
        }
    }
    fn on_fault(&mut self, _: &Spec, fault: Fault, _: f64, cx: &mut Context<'_, Models>) {
        match fault {
            Fault::PaperOut => self.ran_out(cx),
            Fault::Jam => self.jammed = true,
            Fault::HeadWorn => self.worn = true,
        }
    }
    fn on_clear(&mut self, spec: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        self.lost = 0;
        match fault {
            Fault::PaperOut => {
                self.paper_mm = spec.roll.0;
                cue::gone(cx, Cue::PaperText);
            }
            Fault::Jam => {
                self.jammed = false;
                cue::gone(cx, Cue::JamText);
            }
            Fault::HeadWorn => {
                self.worn = false;
                cue::gone(cx, Cue::FaintPrint);
            }
        }
        cx.look();
    }
    fn reading(&self, _: &Spec, _: Instant) -> Reading {
        Reading { paper: self.paper_mm > 0, lost: self.lost }
    }
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        match *reading {
            Reading { paper: false, .. } => Some(Fault::PaperOut),
            Reading { lost: 1.., .. } => Some(Fault::Jam),
            Reading { lost: 0, .. } => None,
        }
    }
}
