//! Versions: what a roll-out has sent is loaded while there is a way to the network, installed, and taken back when the
//! back office says so.

use faults::{Context, FaultName};
use sim::{Purpose, unit};

use super::{Firmware, Spec, State, Timer};
use crate::note::Note;
use crate::rollout::RolloutStep;
use crate::availability::Milestone;
use crate::wire::InterActorMessage;
use crate::{Models, Part, RecoveryAction};

/// What is to become of the version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Install(u8),
    RollBack(u8),
}

/// Where the version stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Update {
    order: Option<Order>,
    /// Loading and installing is under way.
    under_way: bool,
    /// Counts attempts: a note of an earlier one is ignored.
    attempt: u16,
    /// The roll-out that brought the present version; `None` for the one that it came with.
    version: Option<u8>,
}

const FAILS: Purpose = Purpose::of("firmware: an installation fails");

impl Update {
    /// The terminal stops or goes offline: what was being loaded is begun anew later.
    pub(super) fn break_off(&mut self) {
        self.under_way = false;
        self.attempt = self.attempt.wrapping_add(1);
    }
}

impl Firmware {
    pub(super) fn is_to_install(&mut self, spec: &Spec, rollout: u8, cx: &mut Context<'_, Models>) {
        debug_assert!(usize::from(rollout) < cx.settings().rollouts.len(), "there is no roll-out {rollout}");
        self.update.order = Some(Order::Install(rollout));
        self.go_on_updating(spec, cx);
    }

    pub(super) fn is_to_roll_back(&mut self, spec: &Spec, rollout: u8, cx: &mut Context<'_, Models>) {
        let waits = self.update.order == Some(Order::Install(rollout));
        if waits {
            self.update.order = None;
            self.update.break_off();
        }
        if self.update.version == Some(rollout) {
            self.update.order = Some(Order::RollBack(rollout));
            self.go_on_updating(spec, cx);
        }
    }

    /// Does what is ordered as soon as the terminal runs and has a way to the network.
    pub(super) fn go_on_updating(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Some(order) = self.update.order else { return };
        let ready = self.state == State::Running && !self.hung && self.online.is_some();
        if !ready {
            return self.update.break_off();
        }
        match order {
            Order::Install(_) if self.update.under_way => {}
            Order::Install(rollout) => {
                self.update.break_off();
                debug_assert!(!self.update.under_way, "one update at a time");
                self.update.under_way = true;
                let duration = cx.settings().rollouts[usize::from(rollout)].version.installs_in;
                cx.after(duration, Timer::Installed(self.update.attempt));
            }
            Order::RollBack(rollout) => {
                (self.update.order, self.update.version) = (None, None);
                cx.note(Note::Rollout { rollout, step: RolloutStep::RolledBack });
                cx.treat(RecoveryAction::RollBack);
                self.restart(spec, cx);
            }
        }
    }

    pub(super) fn installed(&mut self, spec: &Spec, attempt: u16, cx: &mut Context<'_, Models>) {
        let Some(Order::Install(rollout)) = self.update.order else { return };
        if !self.update.under_way || attempt != self.update.attempt {
            return;
        }
        debug_assert!(self.state == State::Running, "what is off installs nothing");
        (self.update.order, self.update.under_way) = (None, false);
        self.update.version = Some(rollout);
        let fails = cx.settings().rollouts[usize::from(rollout)].version.fails.0;
        let name = FAILS.numbered(u64::from(rollout));
        if unit(cx.draw(name, u64::from(attempt))[0]) < fails {
            cx.note(Note::Rollout { rollout, step: RolloutStep::Failed });
            cx.broke(FaultName::of("payment-app.incompatible-version").fault::<Models>());
        } else {
            cx.note(Note::Rollout { rollout, step: RolloutStep::Installed });
            cx.milestone(Milestone::Updated);
        }
        let back_office = cx.settings().directory.back_office;
        let told = InterActorMessage::Installed { terminal: cx.me(), rollout };
        cx.post(back_office, Part::BackOffice, sim::Span::ZERO, told);
        self.restart(spec, cx);
    }
}
