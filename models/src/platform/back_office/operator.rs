//! A real fleet management system beside the back office: it hears what the back office hears, and its commands go the way of
//! every command.

use std::collections::BTreeMap;

use faults::Context;
use sim::{ActorId, Span};

use super::Timer;
use crate::Symptom;
use crate::operator::{Command, CommandEnd, News, Source, OperatorReport};
use crate::outside::Outside;
use crate::wire::{InterActorMessage, Via};
use crate::{AnyFault, Models, Part};

/// The commands that are under way, and by which bearer each terminal's last message was received.
#[derive(Clone, Debug, Default)]
pub(super) struct Operator {
    heard_by: Vec<Via>,
    pending: BTreeMap<u32, Command>,
}

/// Hands out a copy of what the back office has received, if anybody outside hears it.
fn tell(terminal: ActorId, what: News, cx: &mut Context<'_, Models>) {
    if cx.settings().is_attached(cx.me(), Part::BackOffice) {
        let at = cx.now();
        cx.emit(InterActorMessage::Outside(Outside::Report(OperatorReport { at, terminal, what })));
    }
}

/// The back office suspects something, or no longer.
pub(super) fn suspects(
    terminal: ActorId,
    (symptom, suspect): (Symptom, AnyFault),
    raised: bool,
    cx: &mut Context<'_, Models>,
) {
    tell(terminal, News::Alarm { symptom, suspect, by: Source::BackOffice, raised }, cx);
}

impl Operator {
    /// The back office hears something.
    pub(super) fn hears(&mut self, message: &InterActorMessage, cx: &mut Context<'_, Models>) {
        match *message {
            InterActorMessage::Beat { terminal, via } => {
                let row = terminal.0 as usize;
                if self.heard_by.len() <= row {
                    self.heard_by.resize(row + 1, Via::default());
                }
                self.heard_by[row] = via;
                tell(terminal, News::Heartbeat(via), cx);
            }
            InterActorMessage::Report(report) => tell(report.terminal, News::Telemetry(report), cx),
            InterActorMessage::Seen { terminal, missing } => tell(terminal, News::Missing(missing), cx),
            InterActorMessage::Ticket { terminal, symptom, suspect, open: raised } => {
                tell(terminal, News::Alarm { symptom, suspect, by: Source::Terminal, raised }, cx);
            }
            InterActorMessage::Ordered(command) => self.ends(command.number, CommandEnd::Done, cx),
            _ => {}
        }
    }

    /// An operator sends a command.
    pub(super) fn command(
        &mut self,
        command: Command,
        (down, sent_in): (bool, Span),
        cx: &mut Context<'_, Models>,
    ) -> bool {
        let Command { number, terminal, order } = command;
        let refused = if terminal >= cx.settings().directory.gateway {
            Some(CommandEnd::UnknownTerminal)
        } else {
            down.then_some(CommandEnd::BackOfficeDown)
        };
        if let Some(end) = refused {
            tell(terminal, News::Result { command: number, end }, cx);
            return false;
        }
        self.pending.insert(number, command);
        let via = self.heard_by.get(terminal.0 as usize).copied().unwrap_or_default();
        cx.post(terminal, via.part(), sent_in, InterActorMessage::Order(command));
        let patience = sent_in + cx.settings().policy.remote_patience + order.duration();
        cx.after(patience, Timer::Unanswered(number));
        true
    }

    /// A command has come to its end, unless it has already.
    pub(super) fn ends(&mut self, number: u32, end: CommandEnd, cx: &mut Context<'_, Models>) {
        if let Some(command) = self.pending.remove(&number) {
            tell(command.terminal, News::Result { command: number, end }, cx);
        }
    }
}
