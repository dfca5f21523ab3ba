//! Roll-outs: who is sent a new version when, and whether those who have it got into trouble.

use std::collections::BTreeSet;

use faults::Context;
use sim::{ActorId, Instant, Span};

use super::Timer;
use crate::note::Note;
use crate::rollout::RolloutStep;
use crate::wire::InterActorMessage;
use crate::{Models, Part};

/// How one roll-out stands.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// Terminals that have been sent it.
    sent: u32,
    installed: BTreeSet<ActorId>,
    troubled: BTreeSet<ActorId>,
    halted: bool,
}

/// All roll-outs of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Rollouts {
    all: Vec<Progress>,
}

/// A back office that is down looks again after so long.
const LATER: Span = Span::minutes(5);

impl Rollouts {
    pub(super) fn start(&mut self, cx: &mut Context<'_, Models>) {
        let rollouts = &cx.settings().rollouts;
        self.all = rollouts.iter().map(|_| Progress::default()).collect();
        for (number, rollout) in rollouts.iter().enumerate() {
            cx.after(rollout.due(0), Timer::SendsVersion(number as u8));
        }
    }

    /// The next terminal is due.
    pub(super) fn send(&mut self, number: u8, down: bool, cx: &mut Context<'_, Models>) {
        let at = usize::from(number);
        let rollout = &cx.settings().rollouts[at];
        let progress = &mut self.all[at];
        if progress.halted {
            return;
        }
        if down {
            return cx.after(LATER, Timer::SendsVersion(number));
        }
        if let Some(terminal) = rollout.terminals.get(progress.sent as usize) {
            let install = InterActorMessage::Install { rollout: number };
            cx.post(*terminal, Part::Firmware, Span::ZERO, install);
            progress.sent += 1;
            debug_assert!(progress.sent as usize <= rollout.terminals.len(), "nobody is sent it twice");
        }
        if (progress.sent as usize) < rollout.terminals.len() {
            let due = Instant::START + rollout.due(progress.sent);
            cx.after(due.since(cx.now()), Timer::SendsVersion(number));
        } else {
            cx.note(Note::Rollout { rollout: number, step: RolloutStep::Done });
        }
    }

    pub(super) fn installed(&mut self, number: u8, terminal: ActorId, cx: &mut Context<'_, Models>) {
        let progress = &mut self.all[usize::from(number)];
        progress.installed.insert(terminal);
        debug_assert!(progress.installed.len() <= progress.sent as usize, "who installs was sent it");
        // It was under way when the roll-out was stopped.
        let halts = cx.settings().rollouts[usize::from(number)].halt;
        if progress.halted && halts.is_some_and(|it| it.rolls_back) {
            cx.post(terminal, Part::Firmware, Span::ZERO, InterActorMessage::RollBack { rollout: number });
        }
    }

    /// A terminal got into trouble: if it has a new version, that may be why.
    pub(super) fn trouble(&mut self, terminal: ActorId, cx: &mut Context<'_, Models>) {
        for (at, rollout) in cx.settings().rollouts.iter().enumerate() {
            let progress = &mut self.all[at];
            if !progress.installed.contains(&terminal) || !progress.troubled.insert(terminal) {
                continue;
            }
            let Some(halt) = rollout.halt.filter(|_| !progress.halted) else { continue };
            let (troubled, installed) = (progress.troubled.len(), progress.installed.len());
            debug_assert!(troubled <= installed, "who has trouble with a version has installed it");
            let share = troubled as f64 / installed as f64;
            if troubled < halt.min_terminals as usize || share < halt.troubled.0 {
                continue;
            }
            progress.halted = true;
            let number = at as u8;
            let (installed, troubled) = (installed as u32, troubled as u32);
            cx.note(Note::Rollout { rollout: number, step: RolloutStep::Halted { installed, troubled } });
            if halt.rolls_back {
                for &terminal in &rollout.terminals[..progress.sent as usize] {
                    let back = InterActorMessage::RollBack { rollout: number };
                    cx.post(terminal, Part::Firmware, Span::ZERO, back);
                }
            }
        }
    }
}
