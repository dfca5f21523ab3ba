//! Truth: when an actor is in use, and when what it is made of is new.
//!
//! Before an actor is put into service and after it is withdrawn no planned fault affects it, and nothing of it ages.

use super::incidents::dismiss_all;
use super::life_cycle::{clear, renew};
use super::state::{Care, PartLife, Parts};
use crate::context::Context;
use crate::fault::When;
use crate::model::{FaultSettings, ModelTypes};
use sim::time::Instant;

impl<K: ModelTypes> Care<K> {
    /// Keeps account of a random life that was drawn before the run began.
    pub(super) fn lives(&mut self, plan: u16) {
        self.lives.push(PartLife { plan, round: 0, since: Instant::START });
    }

    /// Whether a life that ends now is still the one that counts: a new unit has begun another one.
    pub(super) fn counts(&self, plan: u16, round: u32) -> bool {
        self.lives.iter().all(|life| life.plan != plan || life.round == round)
    }
}

/// It is put into service, new: every random life begins now.
pub(super) fn commission<K: ModelTypes, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    parts.care().withdrawn = false;
    for index in 0..parts.care().lives.len() {
        let PartLife { plan, round, .. } = parts.care().lives[index];
        renew(parts, cx, plan, round);
    }
}

/// It is taken out of service: its faults end with it, and nobody works on it any more.
pub(super) fn withdraw<K: ModelTypes, P: Parts<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    parts.care().withdrawn = true;
    while !parts.care().active.is_empty() {
        clear(parts, cx, 0, None, None);
    }
    dismiss_all(parts, cx);
}

/// A recovery action has put something new in: the random lives of what it replaces begin again. Those that ended in a fault which
/// has just been cleared have begun already, and what is still broken does not live.
pub(super) fn replaced<K: ModelTypes, P: Parts<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    action: K::RecoveryAction,
) {
    for index in 0..parts.care().lives.len() {
        let PartLife { plan, round, since } = parts.care().lives[index];
        let planned = cx.settings.planned(plan);
        let broken = parts.care().active.iter().any(|active| active.fault == planned.fault);
        let random = matches!(planned.when, When::Life(_));
        if random
            && !broken
            && since != cx.now()
            && cx.settings.renews(cx.me, action, planned.fault)
        {
            renew(parts, cx, plan, round);
        }
    }
}
