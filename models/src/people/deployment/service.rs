//! A terminal in service: activation, maintenance, damage, suspension, return.

use faults::{Context, DrawName, FaultName};
use sim::{Purpose, Span};

use super::{Handling, Phase, Retires, Spec, Deployment, Timer, step};
use crate::bus::LocalMessage;
use crate::lifecycle::DeploymentStep;
use crate::money::Money;
use crate::people::onboarding::Spec as Onboarding;
use crate::recovery_action::RecoveryAction;
use crate::availability::Milestone;
use crate::wire::{Job, InterActorMessage};
use crate::{AnyFault, Models, Part};

/// The number of an incident that no incident has: planned maintenance.
pub(crate) const PLANNED: u32 = u32::MAX;

const SERVES: Purpose = Purpose::of("tenure: length of service");
const BLAMED: Purpose = Purpose::of("tenure: whether the merchant is to blame");
const RETURNS: Purpose = Purpose::of("tenure: way back and inspection");
const MAINTAINS: Purpose = Purpose::of("tenure: a planned visit");
const CLEANED: Purpose = Purpose::of("tenure: what maintenance mends");

impl Deployment {
    /// It sells and is watched from now on; what it is made of is new.
    pub(super) fn activate(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.phase, Phase::Coming, "a terminal is activated once");
        self.phase = Phase::InService;
        step(DeploymentStep::InService, cx);
        cx.commission();
        cx.say(LocalMessage::Trading { on: true });
        cx.say(LocalMessage::Watched { on: true });
        cx.milestone(Milestone::InService);
        self.plan_service(spec, cx);
    }

    /// Makes notes of what lies ahead of a terminal that is in service from now on.
    pub(super) fn plan_service(&self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if let Some(maintenance) = &spec.maintenance {
            cx.after(maintenance.every, Timer::Maintenance);
        }
        if let Some(Retires::After(serves)) = &spec.retires {
            let serves = serves.draw(&mut cx.stream(SERVES, 0));
            cx.after(serves, Timer::Retires);
        }
    }

    pub(super) fn maintain(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (Some(maintenance), Phase::InService) = (&spec.maintenance, self.phase) else { return };
        cx.after(maintenance.every, Timer::Maintenance);
        let job = Job {
            terminal: cx.me(),
            incident: PLANNED,
            attempt: 0,
            action: RecoveryAction::Clean,
            duration: maintenance.duration,
            // Nothing in particular: dirt is what maintenance is against.
            suspect: FaultName::of("card-reader.chip-contacts-dirty").fault::<Models>(),
            name: DrawName::planned(MAINTAINS, self.maintenances),
        };
        self.maintenances += 1;
        let depot = cx.settings().directory.technicians;
        cx.post(depot, Part::Technicians, Span::ZERO, InterActorMessage::Dispatch(job));
    }

    /// A technician is at the terminal.
    pub(super) fn serviced(&mut self, spec: &Spec, job: &Job, cx: &mut Context<'_, Models>) {
        if self.phase != Phase::InService {
            return;
        }
        if job.incident == PLANNED {
            return Self::maintained(job.name, cx);
        }
        if !spec.lives() {
            return;
        }
        let tariff = &cx.settings().profile(cx.me()).people.deposits;
        let share = match job.action {
            RecoveryAction::Swap => 1.0,
            RecoveryAction::Repair => tariff.repair.0,
            _ => return,
        };
        let blamed = cx.stream_of_request(BLAMED, job.name).chance(spec.handling.blamed.0);
        debug_assert!((0.0..=1.0).contains(&share), "{share} of a device is charged");
        let amount = part_of(spec.device.costs.amount(), share);
        if blamed && amount.0 > 0 {
            step(DeploymentStep::Blamed(amount), cx);
            let charge = InterActorMessage::Charge { terminal: cx.me(), amount };
            cx.post(cx.settings().directory.deposits, Part::Deposits, Span::ZERO, charge);
        }
    }

    /// Dirt is gone, a new roll is in: what cleaning clears is cleared, as likely as at any other time, and lives anew.
    fn maintained(name: DrawName, cx: &mut Context<'_, Models>) {
        step(DeploymentStep::Maintained, cx);
        let mut stream = cx.stream_of_request(CLEANED, name);
        for fault in AnyFault::all() {
            let clears = fault.mode().cleared_by(RecoveryAction::Clean);
            if clears > 0.0 && stream.chance(clears) {
                cx.cleared(fault, RecoveryAction::Clean);
            }
        }
        cx.say(LocalMessage::NewRoll);
        cx.replaced(RecoveryAction::Clean);
    }

    pub(super) fn suspend(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        if self.phase != Phase::InService {
            return;
        }
        if !std::mem::replace(&mut self.suspended, true) {
            step(DeploymentStep::Suspended { on: true }, cx);
        }
        self.suspensions = self.suspensions.wrapping_add(1);
        cx.say(LocalMessage::Trading { on: false });
        cx.after(spec.suspended_for, Timer::Resumes(self.suspensions));
        cx.look();
    }

    pub(super) fn resume(&mut self, cx: &mut Context<'_, Models>) {
        if !std::mem::take(&mut self.suspended) || self.phase != Phase::InService {
            return;
        }
        step(DeploymentStep::Suspended { on: false }, cx);
        cx.say(LocalMessage::Trading { on: true });
        cx.look();
    }

    /// It goes out of service; an application that is still under way is withdrawn.
    pub(super) fn retire(&mut self, cx: &mut Context<'_, Models>) {
        match self.phase {
            Phase::Retired | Phase::GivenUp => return,
            Phase::Applying => {
                self.phase = Phase::GivenUp;
                return step(DeploymentStep::GaveUp, cx);
            }
            // What has been paid for is sent back as it came.
            Phase::Coming | Phase::InService => {}
        }
        let route = |onboarding: &Onboarding| onboarding.route(self.way()).ships;
        let ships = route(&cx.settings().profile(cx.me()).people.onboarding);
        self.phase = Phase::Retired;
        self.suspended = false;
        step(DeploymentStep::Retired, cx);
        cx.say(LocalMessage::Trading { on: false });
        cx.say(LocalMessage::Watched { on: false });
        debug_assert!(!self.refund_due, "what is on its way back has not come back");
        cx.withdraw();
        cx.look();
        let travels = ships.draw(&mut cx.stream(RETURNS, 0));
        cx.after(travels, Timer::Returned);
    }

    /// It is inspected, and the deposit settled.
    pub(super) fn returned(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let Handling { returned_damaged, returned_ruined, .. } = &spec.handling;
        let tariff = &cx.settings().profile(cx.me()).people.deposits;
        let draw = cx.stream(RETURNS, 1).unit();
        let share = if draw < returned_ruined.0 {
            1.0
        } else if draw < returned_ruined.0 + returned_damaged.0 {
            tariff.repair.0
        } else {
            0.0
        };
        let damage = part_of(spec.device.costs.amount(), share);
        debug_assert_eq!(self.phase, Phase::Retired, "what is given back is in service no more");
        debug_assert!(damage >= Money::ZERO, "damage costs something: {damage}");
        self.refund_due = true;
        self.moved = cx.now();
        let back = InterActorMessage::GiveBack { terminal: cx.me(), damage };
        cx.post(cx.settings().directory.deposits, Part::Deposits, Span::ZERO, back);
    }

    pub(super) fn refunded(&mut self, amount: Money, cx: &mut Context<'_, Models>) {
        debug_assert!(self.refund_due, "what is refunded was due");
        self.got_back += amount;
        debug_assert!(self.got_back <= self.paid, "no more comes back than was paid: {} of {}", self.got_back, self.paid);
        self.refund_due = false;
        self.moved = cx.now();
        step(DeploymentStep::Refunded(amount), cx);
    }
}

/// A share of an amount, rounded to the nearest minor unit.
fn part_of(amount: Money, share: f64) -> Money {
    debug_assert!((0.0..=1.0).contains(&share), "{share} is not a part of {amount}");
    Money((amount.0 as f64 * share + 0.5) as i64)
}
