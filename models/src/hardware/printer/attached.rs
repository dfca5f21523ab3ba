//! A real printer in the place of the simulated one.
//!
//! The simulated one then prints nothing itself: no paper is used, nothing wears or warms up. What is wrong with the real one
//! is the truth: a fault begins and ends as its status says, and counts as one that came by itself. A scenario's faults of this
//! printer do not occur, and simulated people repair nothing: see [`crate::plan::Plan`].

use faults::Context;

use super::{Fault, Printer, Reading};
use crate::Models;
use crate::indication::{self, Indication};
pub use crate::outside::{Paper, Said};
use crate::outside::Outside;
use crate::receipt::Receipt;
use crate::wire::InterActorMessage;

impl Said {
    /// The faults of the catalogue that a status can stand for, whether it does, and what the terminal's screen says then.
    /// A printer that has stopped for another reason is the one of which nothing comes out: its procedure begins at the lid and
    /// ends with a repair.
    fn faults(self) -> [(Fault, bool, Indication); 5] {
        [
            (Fault::CoverOpen, self.cover_open, Indication::CoverText),
            (Fault::PaperOut, self.paper == Paper::Out, Indication::PaperText),
            (Fault::CutterBlocked, self.cutter_blocked, Indication::CutterText),
            (Fault::HeadHot, self.hot, Indication::PrinterRestsText),
            (Fault::Jam, self.stopped, Indication::JamText),
        ]
    }
}

impl Printer {
    /// What the detector of an attached printer sees.
    pub(super) fn reads(&self, said: Said) -> Reading {
        Reading {
            paper: said.paper != Paper::Out,
            cover_open: said.cover_open,
            cutter_blocked: said.cutter_blocked,
            cooldowns: self.cooldowns,
            lost: self.lost,
            lines: 0,
            rated: None,
            stopped: said.stopped,
        }
    }

    /// A receipt goes to the real printer.
    pub(super) fn hand_out(&mut self, receipt: Receipt, cx: &mut Context<'_, Models>) {
        debug_assert!(self.real.is_some(), "a receipt is handed out to a printer that is real");
        self.prints += 1;
        self.waiting = receipt.lines.max(1);
        self.rested = self.real.is_some_and(|said| said.hot);
        cx.emit(InterActorMessage::Outside(Outside::Print { number: self.prints, receipt }));
    }

    /// The real printer has said or done something.
    pub(super) fn hears(&mut self, outside: Outside, cx: &mut Context<'_, Models>) {
        let Some(before) = self.real else { return };
        match outside {
            Outside::Printer(said) => self.said(before, said, cx),
            Outside::Gone => self.said(before, Said { stopped: true, ..before }, cx),
            Outside::Printed { number, ok } if number == self.prints && self.waiting > 0 => {
                self.waiting = 0;
                if ok {
                    self.printed(cx);
                } else {
                    let shown = before.faults().into_iter().find(|(_, is, _)| *is);
                    self.lose(shown.map_or(Indication::JamText, |(_, _, indication)| indication), cx);
                }
            }
            _ => {}
        }
    }

    fn said(&mut self, before: Said, now: Said, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.real, Some(before), "it is compared with what was said last");
        self.real = Some(now);
        if now.hot && !before.hot {
            self.rested = true;
            self.cooldowns = self.cooldowns.saturating_add(1);
        }
        let mut well = true;
        for ((fault, was, _), (_, is, indication)) in before.faults().into_iter().zip(now.faults()) {
            well &= !is;
            match (was, is) {
                (false, true) => {
                    cx.broke(fault.into());
                    cx.activated();
                    indication::show(cx, indication);
                }
                (true, false) => {
                    cx.ended(fault.into());
                    indication::gone(cx, indication);
                }
                _ => {}
            }
        }
        if well {
            // What was lost was lost for that; whether there is more to it the next receipt will show.
            self.lost = 0;
            indication::gone(cx, Indication::JamText);
        }
        cx.look();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AnyFault;
    use crate::diagnosis::suspect_of_last;
    use faults::NoThresholds;
    use crate::hardware::printer::Spec;
    use faults::{ActorPart, DevicePart};
use sim::Instant;

    fn suspects(said: Said) -> Option<AnyFault> {
        let mut printer = Printer::build(&Spec::default());
        printer.real = Some(said);
        // Whatever the simulated one would say of itself is not asked.
        printer.paper_mm = 0;
        printer.levels.set(Fault::CoverOpen, 1.0);
        suspect_of_last(&Printer::detect(&NoThresholds {}, &mut (), &printer.reading(&Spec::default(), Instant::START)))
    }

    #[test]
    fn what_a_real_printer_says_is_what_the_terminal_sees() {
        assert_eq!(suspects(Said::default()), None);
        assert_eq!(suspects(Said { paper: Paper::NearEnd, ..Said::default() }), None);
        assert_eq!(suspects(Said { paper: Paper::Out, ..Said::default() }), Some(Fault::PaperOut.into()));
        assert_eq!(suspects(Said { cover_open: true, ..Said::default() }), Some(Fault::CoverOpen.into()));
        let cutter = Said { cutter_blocked: true, ..Said::default() };
        assert_eq!(suspects(cutter), Some(Fault::CutterBlocked.into()));
        assert_eq!(suspects(Said { stopped: true, ..Said::default() }), Some(Fault::Jam.into()));
        assert_eq!(suspects(Said { hot: true, ..Said::default() }), None, "one rest is a busy hour");
    }
}
