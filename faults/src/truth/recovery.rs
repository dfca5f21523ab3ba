//! What a recovery action does to the faults of an actor, whoever asked for it and for whatever reason.

use sim::fingerprint::StableHasher;
use sim::random::{Purpose, unit};
use sim::time::Span;

use super::fault_state::{Active, PartLife};
use super::life_cycle::{clear, renew};
use super::planned::When;
use super::{Breakable, FaultSettings};
use crate::context::Context;
use crate::event::NATURAL;
use crate::model::Catalogue;

const LASTS: Purpose = Purpose::of("remedy: how long it lasts");
const WORKS: Purpose = Purpose::of("remedy: whether it works");

/// What a recovery action does to every fault that is active: returns how many it cleared. `works` stands for the catalogue's
/// probability where a scenario's own procedure has one.
pub(crate) fn act<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    action: K::RecoveryAction,
    works: Option<f64>,
) -> u8 {
    let before = parts.fault_state().active.len();
    let mut cleared: u8 = 0;
    let mut index = 0;
    while index < parts.fault_state().active.len() {
        let Active { fault, plan, occurrence, stream, round, .. } =
            parts.fault_state().active[index];
        let reaches = !cx.settings.is_real(cx.me, fault)
            && (plan == NATURAL || cx.settings.reaches(plan, action));
        let known = if reaches { K::mode(fault).cleared_by(action) } else { 0.0 };
        let probability = if known > 0.0 { works.unwrap_or(known) } else { 0.0 };
        // Named by the fault's own round, the action, and how often that had been tried on it: neither another incident nor
        // another action moves any of these draws.
        debug_assert!((0.0..=1.0).contains(&probability), "a probability is within 0 and 1");
        let named = stream ^ StableHasher::of(&action);
        let works = (probability > 0.0)
            .then(|| {
                u64::from(round) << 32 | u64::from(parts.draw_counts().tried(occurrence, action))
            })
            .filter(|&draw| unit(cx.draw(WORKS.numbered(named), draw)[0]) < probability);
        if let Some(draw) = works {
            let lasts = if plan == NATURAL { None } else { comes_back(cx, action, named, draw) };
            clear(parts, cx, index, Some(action), lasts);
            cleared += 1;
        } else {
            index += 1;
        }
    }
    debug_assert_eq!(
        before,
        parts.fault_state().active.len() + usize::from(cleared),
        "an action ends what it cleared, and begins nothing"
    );
    replaced(parts, cx, action);
    cx.touch();
    if let Some(message) = K::act(action) {
        cx.say(message);
    }
    cleared
}

/// For how long a fault stays away that a recovery action has cleared; `None` for good.
fn comes_back<K: Catalogue>(
    cx: &Context<'_, K>,
    action: K::RecoveryAction,
    named: u64,
    draw: u64,
) -> Option<Span> {
    let (probability, law) = cx.settings.imperfect(action)?;
    let mut stream = cx.stream(LASTS.numbered(named), draw);
    debug_assert!((0.0..=1.0).contains(&probability), "a probability is within 0 and 1");
    stream.chance(probability).then(|| law.draw(&mut stream, false))
}

/// A recovery action has put something new in: the random lives of what it replaces begin again. Those that ended in a fault which
/// has just been cleared have begun already, and what is still broken does not live.
pub(crate) fn replaced<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    action: K::RecoveryAction,
) {
    for index in 0..parts.fault_state().lives.len() {
        let PartLife { plan, round, since } = parts.fault_state().lives[index];
        let planned = cx.settings.planned(plan);
        debug_assert!(since <= cx.now(), "no part is newer than new");
        let broken = parts.fault_state().active.iter().any(|active| active.fault == planned.fault);
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
