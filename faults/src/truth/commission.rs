//! When an actor is in use, and when what it is made of is new.
//!
//! Before an actor is put into service and after it is withdrawn no planned fault affects it, and nothing of it ages.

use super::Breakable;
use super::fault_state::PartLife;
use super::life_cycle::{clear, renew};
use crate::context::Context;
use crate::model::Catalogue;

/// It is put into service, new: every random life begins now.
pub(crate) fn commission<K: Catalogue, P: Breakable<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    parts.fault_state().withdrawn = false;
    for index in 0..parts.fault_state().lives.len() {
        let PartLife { plan, round, .. } = parts.fault_state().lives[index];
        renew(parts, cx, plan, round);
    }
}

/// It is taken out of service: its faults end with it.
pub(crate) fn withdraw<K: Catalogue, P: Breakable<K>>(parts: &mut P, cx: &mut Context<'_, K>) {
    parts.fault_state().withdrawn = true;
    while !parts.fault_state().active.is_empty() {
        clear(parts, cx, 0, None, None);
    }
}
