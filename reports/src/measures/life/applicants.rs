//! What became of every merchant who applied for a terminal.

use std::collections::BTreeMap;

use models::lifecycle::{DeploymentStep, DepositEntry, Reason, Way};
use models::{Money, Outcome as Ending, Sale};
use sim::{ActorId, Instant};

use crate::statistics::Lifetime;

/// One applicant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applicant {
    /// The terminal that the application is for.
    pub terminal: ActorId,
    /// The way that was taken last.
    pub way: Option<Way>,
    /// Number of the provider, in the order of names; 255 for none.
    pub provider: u8,
    /// Applications handed in.
    pub attempts: u32,
    /// When the first was.
    pub applied: Option<Instant>,
    /// Why it was refused, one entry a refusal.
    pub refused: Vec<Reason>,
    /// When it was accepted.
    pub approved: Option<Instant>,
    /// When the applicant gave up.
    pub gave_up: Option<Instant>,
    /// When the terminal came.
    pub delivered: Option<Instant>,
    /// When it was in service.
    pub in_service: Option<Instant>,
    /// The first sale that was approved.
    pub first_sale: Option<Instant>,
    /// When it went out of service.
    pub retired: Option<Instant>,
    /// When the rest of the deposit was back.
    pub refunded: Option<Instant>,
    /// The deposit, in minor units.
    pub received_minor: i64,
    /// What of it damage was paid with.
    pub deducted_minor: i64,
    /// What of it was paid back.
    pub refunded_minor: i64,
    /// What third parties took that vanished.
    pub cheated_minor: i64,
}

impl Applicant {
    /// How long something took from the first application, or at least how long; `None` if there was no application.
    pub(super) fn lifetime(&self, reached: Option<Instant>, end: Instant) -> Option<Lifetime> {
        let applied = self.applied?;
        // Who gave up or gave back is watched no longer.
        let watched = self.gave_up.or(self.retired).unwrap_or(end);
        let until = reached.unwrap_or(watched);
        Some(Lifetime { time_s: until.since(applied).as_secs_f64(), ended: reached.is_some() })
    }

    /// How it stands at the end, in a word.
    pub fn state(&self) -> &'static str {
        if self.refunded.is_some() {
            "refunded"
        } else if self.retired.is_some() {
            "retired"
        } else if self.gave_up.is_some() {
            "gave-up"
        } else if self.in_service.is_some() {
            "in-service"
        } else if self.approved.is_some() {
            "approved"
        } else {
            "applying"
        }
    }
}

/// Follows every applicant.
#[derive(Debug, Default)]
pub(super) struct ApplicantsFold(BTreeMap<ActorId, Applicant>);

impl ApplicantsFold {
    pub(super) fn step(&mut self, who: ActorId, at: Instant, step: DeploymentStep) {
        if let DeploymentStep::Applied { .. } | DeploymentStep::Cheated(_) = step {
            let fresh = || Applicant { terminal: who, provider: u8::MAX, ..Applicant::default() };
            self.0.entry(who).or_insert_with(fresh);
        }
        let Some(one) = self.0.get_mut(&who) else { return };
        match step {
            DeploymentStep::Applied { way, provider, .. } => {
                one.way = Some(way);
                one.provider = provider;
                one.attempts += 1;
                one.applied.get_or_insert(at);
            }
            DeploymentStep::Refused(reason) => one.refused.push(reason),
            DeploymentStep::Approved => one.approved = Some(at),
            DeploymentStep::GaveUp => one.gave_up = Some(at),
            DeploymentStep::Cheated(amount) => one.cheated_minor += amount.0,
            DeploymentStep::Delivered => one.delivered = Some(at),
            DeploymentStep::InService => one.in_service = Some(at),
            DeploymentStep::Retired => one.retired = Some(at),
            DeploymentStep::Refunded(_) => one.refunded = Some(at),
            _ => {}
        }
    }

    pub(super) fn deposit(&mut self, terminal: ActorId, entry: DepositEntry, amount: Money) {
        let Some(one) = self.0.get_mut(&terminal) else { return };
        match entry {
            DepositEntry::Received => one.received_minor += amount.0,
            DepositEntry::Deducted => one.deducted_minor += amount.0,
            DepositEntry::Refunded => one.refunded_minor += amount.0,
            DepositEntry::Uncovered => {}
        }
    }

    pub(super) fn sale(&mut self, who: ActorId, at: Instant, sale: &Sale) {
        if let Ending::Approved | Ending::Stored = sale.outcome
            && let Some(one) = self.0.get_mut(&who)
        {
            one.first_sale.get_or_insert(at);
        }
    }

    /// In the order of their terminals.
    pub(super) fn finish(self) -> Vec<Applicant> {
        self.0.into_values().collect()
    }
}
