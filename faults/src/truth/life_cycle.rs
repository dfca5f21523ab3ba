//! A fault occurs, is activated by its first error, and is cleared.

use super::fault_state::{Active, PartLife};
use super::planned::{Planned, RAMP_STEPS, SeverityProfile, When};
use super::{Breakable, FaultSettings, FaultState};
use crate::context::Context;
use crate::event::{DomainEvent, NATURAL, SimEvent};
use crate::model::Catalogue;
use sim::actor::{ActorId, OUTSIDE};
use sim::cell::CellContext;
use sim::fingerprint::StableHasher;
use sim::random::{Purpose, Stream};
use sim::time::{Instant, Span};

/// A planned fault occurs, unless the same fault is active already; then the next round is planned.
pub(crate) fn occur<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    plan: u16,
    round: u32,
) {
    debug_assert_ne!(plan, NATURAL, "what comes by itself is not planned");
    let planned = *cx.settings.planned(plan);
    if !parts.fault_state().counts(plan, round) {
        return;
    }
    debug_assert!((0.0..=1.0).contains(&planned.magnitude), "{} is not a level", planned.magnitude);
    onset(parts, cx, plan, round, planned.fault, planned.magnitude);
    let wait = match planned.when {
        When::Every { period, .. } => period,
        // What members share does not wait for what is done at one of them: its next life begins when this outage ends.
        When::Life(law) if planned.common => {
            let lasts = lasts(cx, &planned, round).unwrap_or(Span::ZERO);
            let name = LIFE.numbered(planned.stream);
            lasts + law.draw(&mut drawn(cx, &planned, name, u64::from(next_round(round))), false)
        }
        When::PowerLaw { scale, shape } => {
            let next = u64::from(next_round(round));
            let mut stream = drawn(cx, &planned, LIFE.numbered(planned.stream), next);
            grown(scale, shape, Span(cx.now().0), stream.unit())
        }
        _ => return,
    };
    let next = SimEvent::Occur { plan, round: next_round(round) };
    cx.cell.after(cx.me, wait, next);
}

/// Time from one occurrence of a power-law process to the next: its expected number grows by a unit exponential meanwhile.
fn grown(scale: Span, shape: f64, now: Span, random: f64) -> Span {
    debug_assert!(shape > 0.0, "a power law grows: its shape is above 0, not {shape}");
    debug_assert!(0.0 < random && random <= 1.0, "a unit draw is within 0 and 1, not {random}");
    let so_far = libm::pow(now.0 as f64 / scale.0.max(1) as f64, shape);
    let next = scale.scaled(libm::pow(so_far - libm::log(random), 1.0 / shape));
    Span(next.0.saturating_sub(now.0))
}

const LASTS: Purpose = Purpose::of("fault: how long it lasts");
const PROFILE: Purpose = Purpose::of("fault: the next step of its course");
const LIFE: Purpose = Purpose::of("fault: the next life");
const STRIKES: Purpose = Purpose::of("fault: whether it strikes");

/// A part broke by itself, without a plan.
pub(crate) fn broke<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    fault: K::Fault,
) {
    let round = parts.draw_counts().came(fault);
    onset(parts, cx, NATURAL, round, fault, 1.0);
}

fn onset<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    plan: u16,
    round: u32,
    fault: K::Fault,
    magnitude: f64,
) {
    debug_assert!((0.0..=1.0).contains(&magnitude), "a magnitude is within 0 and 1");
    let state = parts.fault_state();
    if plan != NATURAL && (state.withdrawn || cx.settings.is_real(cx.me, fault)) {
        return;
    }
    if state.has_fault(fault) {
        // What is broken already cannot break again; its next life begins here.
        if plan != NATURAL {
            renew(parts, cx, plan, round);
        }
        return;
    }
    let occurrence = state.number();
    let severity_profile = if plan == NATURAL {
        SeverityProfile::Constant
    } else {
        cx.settings.planned(plan).severity_profile
    };
    let first = if let SeverityProfile::Ramp(_) = severity_profile {
        magnitude / f64::from(RAMP_STEPS)
    } else {
        magnitude
    };
    let state = parts.fault_state();
    let stream = if plan == NATURAL {
        StableHasher::of(&(K::part_of(fault), K::mode(fault).name))
    } else {
        cx.settings.planned(plan).stream
    };
    state.begin(Active { occurrence, plan, round, stream, activated: false, share: 0, fault });
    cx.cell.note(cx.me, DomainEvent::Occurred { occurrence, plan, fault });
    cx.touch();
    parts.set_level(fault, first, cx);
    if plan == NATURAL {
        return;
    }
    plan_profile(cx, severity_profile, (plan, round), occurrence, 0);
    if let Some(lasts) = lasts(cx, cx.settings.planned(plan), round) {
        cx.cell.after(cx.me, lasts, SimEvent::Clear { occurrence });
    }
}

/// How long an occurrence lasts, if it ends by itself.
fn lasts<K: Catalogue>(cx: &Context<'_, K>, planned: &Planned<K>, round: u32) -> Option<Span> {
    let law = planned.lasts?;
    let mut stream = drawn(cx, planned, LASTS.numbered(planned.stream), u64::from(round));
    Some(law.draw(&mut stream, true))
}

/// The draws of a plan: of this actor, or of what its members share.
fn drawn<K: Catalogue>(cx: &Context<'_, K>, planned: &Planned<K>, name: Purpose, n: u64) -> Stream {
    cx.cell.stream(owner(planned, cx.me), name, n)
}

/// Whose draws decide when it strikes and ends. What members share is nobody of the run.
fn owner<K: Catalogue>(planned: &Planned<K>, actor: ActorId) -> ActorId {
    if planned.common { OUTSIDE } else { actor }
}

/// Plans the next step of a fault's severity profile, if it has one.
fn plan_profile<K: Catalogue>(
    cx: &mut Context<'_, K>,
    severity_profile: SeverityProfile,
    (plan, round): (u16, u32),
    occurrence: u32,
    step: u32,
) {
    debug_assert_ne!(plan, NATURAL, "what comes by itself has no severity profile");
    let wait = match severity_profile {
        SeverityProfile::Constant => return,
        SeverityProfile::Ramp(_) if step + 1 >= u32::from(RAMP_STEPS) => return,
        SeverityProfile::Ramp(over) => Span(over.0 / u64::from(RAMP_STEPS - 1)),
        SeverityProfile::Intermittent { on, off } => {
            let law = if step.is_multiple_of(2) { on } else { off };
            let planned = cx.settings.planned(plan);
            let name = PROFILE.numbered(planned.stream);
            let n = u64::from(round) << 32 | u64::from(step);
            law.draw(&mut drawn(cx, planned, name, n), false)
        }
    };
    cx.cell.after(cx.me, wait, SimEvent::ProfileStep { occurrence, step: step + 1 });
}

/// An active fault has come to the next step of its severity profile: it grows, goes off for a while, or comes on again.
pub(crate) fn proceed<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    occurrence: u32,
    step: u32,
) {
    let Some(&active) = parts.fault_state().active.iter().find(|it| it.occurrence == occurrence)
    else {
        return;
    };
    let Active { plan, round, fault, .. } = active;
    let planned = *cx.settings.planned(plan);
    cx.touch();
    match planned.severity_profile {
        SeverityProfile::Constant => return,
        SeverityProfile::Ramp(_) => {
            let share = f64::from(step + 1) / f64::from(RAMP_STEPS);
            debug_assert!(share <= 1.0, "a ramp ends at its whole magnitude");
            parts.set_level(fault, planned.magnitude * share, cx);
        }
        SeverityProfile::Intermittent { .. } if step.is_multiple_of(2) => {
            parts.set_level(fault, planned.magnitude, cx);
        }
        SeverityProfile::Intermittent { .. } => parts.set_level(fault, 0.0, cx),
    }
    plan_profile(cx, planned.severity_profile, (plan, round), occurrence, step);
}

/// A fault ends by itself.
pub(crate) fn end<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    occurrence: u32,
) {
    let at = parts.fault_state().active.iter().position(|active| active.occurrence == occurrence);
    if let Some(at) = at {
        clear(parts, cx, at, None, None);
    }
}

/// A fault is over because of something that no incident asked for; nothing happens if it is not active.
pub(crate) fn ended<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    fault: K::Fault,
    by: Option<K::RecoveryAction>,
) {
    if let Some(at) = parts.fault_state().active.iter().position(|it| it.fault == fault) {
        clear(parts, cx, at, by, None);
    }
}

pub(super) fn clear<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    at: usize,
    by: Option<K::RecoveryAction>,
    comes_back: Option<Span>,
) {
    let over = parts.fault_state().remove(at);
    let Active { occurrence, plan, round, fault, .. } = over;
    debug_assert!(!parts.fault_state().has_fault(fault), "a fault is active once");
    parts.draw_counts().over(occurrence);
    cx.cell.note(cx.me, DomainEvent::Cleared { occurrence, fault, by });
    cx.touch();
    cx.scratch.names_over = true;
    parts.set_level(fault, 0.0, cx);
    debug_assert!(comes_back.is_none() || by.is_some(), "what ends by itself does not come back");
    match comes_back {
        // The same life goes on: it is no new one that a recovery action for a while has begun.
        Some(wait) => cx.cell.after(cx.me, wait, SimEvent::Recur { plan, round }),
        None if plan != NATURAL => renew(parts, cx, plan, round),
        None => {}
    }
}

/// A fault comes back that a recovery action had cleared for a while only, unless something new has been put in meanwhile.
pub(crate) fn recur<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    plan: u16,
    round: u32,
) {
    debug_assert_ne!(plan, NATURAL, "what came by itself does not come back");
    if parts.fault_state().withdrawn || !parts.fault_state().counts(plan, round) {
        return;
    }
    // Named apart from the first time, so that the same recovery action is not bound to help for the same while.
    let round = round.checked_add(RECURRENCE).expect("a fault comes back fewer than 2^16 times");
    if let Some(life) = parts.fault_state().lives.iter_mut().find(|life| life.plan == plan) {
        debug_assert!(life.round < round, "a life that comes back comes after itself");
        life.round = round;
    }
    let planned = *cx.settings.planned(plan);
    onset(parts, cx, plan, round, planned.fault, planned.magnitude);
}

/// How far the rounds of a fault that came back are from those of its lives.
const RECURRENCE: u32 = 1 << 16;

/// The round after this one.
fn next_round(round: u32) -> u32 {
    round.checked_add(1).expect("fewer than 2^32 lives")
}

/// Plans the next life of a part that breaks at random; what is not in service does not age.
pub(super) fn renew<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    plan: u16,
    round: u32,
) {
    debug_assert_ne!(plan, NATURAL, "what comes by itself has no lives");
    let planned = cx.settings.planned(plan);
    let When::Life(law) = planned.when else { return };
    if planned.common {
        return;
    }
    let round = next_round(round);
    let now = cx.now();
    let state = parts.fault_state();
    if let Some(life) = state.lives.iter_mut().find(|life| life.plan == plan) {
        debug_assert!(life.since <= now, "a life begins before it ends");
        *life = PartLife { plan, round, since: now };
    }
    if state.withdrawn {
        return;
    }
    let mut stream = cx.stream(LIFE.numbered(cx.settings.planned(plan).stream), u64::from(round));
    cx.cell.after(cx.me, law.draw(&mut stream, false), SimEvent::Occur { plan, round });
}

/// Something happened that a planned fault may have waited for.
pub(crate) fn reached<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    milestone: K::Milestone,
) {
    for index in 0..parts.fault_state().armed.len() {
        let state = parts.fault_state();
        let planned = cx.settings.planned(state.armed[index].plan);
        let When::On { milestone: awaited, nth, probability, after, counts } = planned.when else {
            continue;
        };
        let active = |stream| state.active.iter().any(|it| it.stream == stream);
        if awaited != milestone || !counts.holds(cx.now(), active) {
            continue;
        }
        let armed = &mut state.armed[index];
        armed.seen = armed.seen.checked_add(1).expect("fewer than 2^32 milestones");
        let (plan, seen) = (armed.plan, armed.seen);
        debug_assert!((0.0..=1.0).contains(&probability), "a probability is within 0 and 1");
        let mut stream = cx.stream(STRIKES.numbered(planned.stream), u64::from(seen));
        if seen.is_multiple_of(nth.max(1)) && stream.chance(probability) {
            let round = seen / nth.max(1);
            cx.cell.after(cx.me, after, SimEvent::Occur { plan, round });
        }
    }
}

/// A part's wrong state led to an error: noted once for each of its active faults.
pub(crate) fn activated<K: Catalogue, P: Breakable<K>>(
    parts: &mut P,
    cx: &mut Context<'_, K>,
    part: K::Part,
) {
    let mut first = false;
    for active in parts
        .fault_state()
        .active
        .iter_mut()
        .filter(|a| K::part_of(a.fault) == part && !a.activated)
    {
        active.activated = true;
        first = true;
    }
    if first {
        cx.cell.note(cx.me, DomainEvent::Activated { part });
    }
}

/// Plans the first occurrence of a fault at an actor of this age, before the run begins.
pub fn plan<K: Catalogue>(
    cell: &mut CellContext<K>,
    state: &mut FaultState<K>,
    actor: ActorId,
    number: u16,
    planned: &Planned<K>,
    age: Span,
) {
    let stagger = if planned.stagger > Span::ZERO {
        let mut stream =
            cell.stream(actor, Purpose::of("fault: stagger").numbered(planned.stream), 0);
        planned.stagger.scaled(stream.unit())
    } else {
        Span::ZERO
    };
    debug_assert_ne!(number, NATURAL, "a plan has a number of its own");
    debug_assert_eq!(cell.now(), Instant::START, "faults are planned before the run begins");
    let by = owner(planned, actor);
    let first = match planned.when {
        When::At(at) => at,
        When::Every { first, .. } => first,
        When::PowerLaw { scale, shape } => {
            let mut stream = cell.stream(by, LIFE.numbered(planned.stream), 0);
            grown(scale, shape, Span::ZERO, stream.unit())
        }
        When::Life(law) => {
            let (law, name) =
                (if planned.common { law } else { law.aged(age) }, LIFE.numbered(planned.stream));
            if !planned.common {
                state.lives(number);
            }
            law.draw(&mut cell.stream(by, name, 0), true)
        }
        When::On { .. } => {
            state.arm(number);
            return;
        }
    };
    cell.after(actor, first + stagger, SimEvent::Occur { plan: number, round: 0 });
}
