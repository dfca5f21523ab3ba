//! Fault management: the fault life cycle on the side of truth, detection → isolation → recovery on the side of belief.
//!
//! An incident is a state machine: while a remedy is under way nothing else is tried, and what verification says decides
//! whether the ladder is climbed. All of it is driven by events of the actor; nothing is polled.

use bevy_ecs::component::Component;

use crate::actor::ActorId;
use crate::agenda::Entry;
use crate::fault::{Performer, When};
use crate::model::{Asked, Context, Happening, Kinds, NATURAL, Rules, Scratch, Task, What};
use crate::random::{Purpose, unit};
use crate::time::{Instant, Span};

/// A row of a cell's columns, seen as the parts of one actor. `catalogue!` implements it.
pub trait Body<K: Kinds> {
    /// Starts every part.
    fn start(&mut self, cx: &mut Context<'_, K>);
    /// A model's note to itself.
    fn on_timer(&mut self, timer: K::Timer, cx: &mut Context<'_, K>);
    /// A message between parts.
    fn on_message(&mut self, message: K::Message, cx: &mut Context<'_, K>);
    /// A parcel for a part.
    fn on_parcel(&mut self, port: u8, parcel: K::Parcel, cx: &mut Context<'_, K>);
    /// Damages the part that the fault belongs to.
    fn on_fault(&mut self, fault: K::Fault, magnitude: f64, cx: &mut Context<'_, K>);
    /// Frees the part of the fault.
    fn on_clear(&mut self, fault: K::Fault, cx: &mut Context<'_, K>);
    /// What a part's own detector suspects now. `Err` if nobody can look: the device is off.
    fn look(&mut self, part: K::Part, cx: &mut Context<'_, K>) -> Result<Option<K::Fault>, Dark>;
    /// Whether a detector would still raise its alarm.
    fn still_sees(&mut self, part: K::Part, suspect: K::Fault, cx: &mut Context<'_, K>) -> bool;
    /// Truth: the actor can do what it is for.
    fn able(&mut self, cx: &Context<'_, K>) -> bool;
    /// The actor's faults and incidents.
    fn care(&mut self) -> &mut Care<K>;
}

/// Nobody can look: the device is off.
#[derive(Clone, Copy, Debug)]
pub struct Dark;

/// A fault that is active.
#[derive(Clone, Copy, Debug)]
struct Active<K: Kinds> {
    occurrence: u16,
    plan: u16,
    /// How many times this plan has struck here before.
    round: u16,
    /// How many remedies that could mend it have been tried.
    tries: u16,
    /// It has made itself felt.
    erred: bool,
    fault: K::Fault,
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// A rung is being carried out.
    Remedying,
    /// It has been carried out, its effect is to be looked at.
    Verifying,
    /// The ladder is used up; a person tries the last resort.
    Escalated,
    /// Nobody works on it.
    GivenUp,
}

/// What an operator believes about one interruption.
#[derive(Clone, Copy, Debug)]
struct Incident<K: Kinds> {
    id: u16,
    detector: K::Part,
    suspect: K::Fault,
    about: ActorId,
    rung: u8,
    stage: Stage,
}

/// A planned fault that waits for something to happen.
#[derive(Clone, Copy, Debug)]
struct Armed {
    plan: u16,
    seen: u32,
}

/// A rung that seemed to help.
#[derive(Clone, Copy, Debug)]
struct Helped<K: Kinds> {
    suspect: K::Fault,
    rung: u8,
    at: Instant,
}

/// The faults and incidents of one actor. Empty while all is well: then it costs its bytes and nothing else.
#[derive(Component, Debug)]
pub struct Care<K: Kinds> {
    active: Vec<Active<K>>,
    incidents: Vec<Incident<K>>,
    armed: Vec<Armed>,
    helped: Vec<Helped<K>>,
    occurrences: u16,
    opened: u16,
    serving: bool,
}

impl<K: Kinds> Default for Care<K> {
    fn default() -> Self {
        Self {
            active: Vec::new(),
            incidents: Vec::new(),
            armed: Vec::new(),
            helped: Vec::new(),
            occurrences: 0,
            opened: 0,
            serving: true,
        }
    }
}

impl<K: Kinds> Care<K> {
    /// Arms a planned fault that waits for something to happen.
    pub fn arm(&mut self, plan: u16) {
        self.armed.push(Armed { plan, seen: 0 });
    }
    /// Takes over what another one has armed.
    pub fn adopt(&mut self, other: &mut Self) {
        self.armed.append(&mut other.armed);
    }
    /// Truth: the actor can do what it is for.
    pub fn serving(&self) -> bool {
        self.serving
    }
    /// Truth: the faults that are active.
    pub fn active(&self) -> impl Iterator<Item = K::Fault> + '_ {
        self.active.iter().map(|active| active.fault)
    }
}

/// Handles one event: what happens, then all that follows from it at the same instant.
pub fn handle<K: Kinds, B: Body<K>>(
    body: &mut B,
    cx: &mut Context<'_, K>,
    entry: &Entry<Happening<K>>,
) {
    match entry.event {
        Happening::Timer(timer) => body.on_timer(timer, cx),
        Happening::Arrival { port, slot } => {
            let parcel = cx.desk.take(slot);
            body.on_parcel(port, parcel, cx);
        }
        Happening::Activate { plan, round } => activate(body, cx, plan, round),
        Happening::Clear { occurrence } => end(body, cx, occurrence),
        Happening::Apply { incident, rung } => apply(body, cx, incident, rung),
        Happening::GiveUp { incident, rung } => {
            if standing(body, incident, rung, Stage::Remedying) {
                climb(body, cx, incident);
            }
        }
        Happening::Treat { suspect, rung } => {
            treat(body, cx, suspect, rung);
        }
        Happening::Verify { incident, rung } => verify(body, cx, incident, rung),
    }
    settle(body, cx);
}

/// Does what is left to do at this instant: messages, looks, alarms.
pub fn settle<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>) {
    while let Some(task) = cx.scratch.tasks.pop_front() {
        match task {
            Task::Message(message) => body.on_message(message, cx),
            Task::Look(part) => match body.look(part, cx) {
                Ok(Some(suspect)) => open(body, cx, part, suspect, cx.me),
                Ok(None) => close(body, cx, part),
                Err(Dark) => {}
            },
            Task::Erred(part) => erred(body, cx, part),
            Task::Alarm { detector, suspect, about } => open(body, cx, detector, suspect, about),
            Task::Dismiss { detector } => close(body, cx, detector),
            Task::Milestone(milestone) => reached(body, cx, milestone),
            Task::Broke(fault) => strike(body, cx, NATURAL, 0, fault, 1.0),
            Task::Mended(fault, by) => {
                if let Some(at) = body.care().active.iter().position(|a| a.fault == fault) {
                    clear(body, cx, at, Some(by));
                }
            }
        }
    }
    if cx.scratch.touched {
        cx.scratch.touched = false;
        let up = body.able(cx);
        if up != body.care().serving {
            body.care().serving = up;
            cx.desk.note(cx.me, What::Service { up });
        }
    }
}

/// A planned fault strikes, unless the same fault is active already; then the next round is planned.
fn activate<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, plan: u16, round: u16) {
    let planned = *cx.settings.planned(plan);
    strike(body, cx, plan, round, planned.fault, planned.magnitude);
    if let When::Every { period, .. } = planned.when {
        let next = Happening::Activate { plan, round: round.saturating_add(1) };
        cx.desk.after(cx.me, period, next);
    }
}

const LASTS: Purpose = Purpose::of("fault: how long it lasts");
const LIFE: Purpose = Purpose::of("fault: the next life");
const STRIKES: Purpose = Purpose::of("fault: whether it strikes");
const WORKS: Purpose = Purpose::of("remedy: whether it works");

fn strike<K: Kinds, B: Body<K>>(
    body: &mut B,
    cx: &mut Context<'_, K>,
    plan: u16,
    round: u16,
    fault: K::Fault,
    magnitude: f64,
) {
    let care = body.care();
    if care.active.iter().any(|active| active.fault == fault) {
        // What is broken already cannot break again; its next life begins here.
        if plan != NATURAL {
            renew(cx, plan, round);
        }
        return;
    }
    let occurrence = care.occurrences;
    care.occurrences = care.occurrences.wrapping_add(1);
    care.active.push(Active { occurrence, plan, round, tries: 0, erred: false, fault });
    cx.desk.note(cx.me, What::Activated { occurrence, plan, fault });
    cx.scratch.touched = true;
    body.on_fault(fault, magnitude, cx);
    if plan == NATURAL {
        return;
    }
    let planned = cx.settings.planned(plan);
    if let Some(law) = planned.lasts {
        let mut stream = cx.stream(LASTS.numbered(planned.stream), u64::from(round));
        let lasts = law.draw(&mut stream, true);
        cx.desk.after(cx.me, lasts, Happening::Clear { occurrence });
    }
}

/// A fault ends by itself.
fn end<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, occurrence: u16) {
    let at = body.care().active.iter().position(|active| active.occurrence == occurrence);
    if let Some(at) = at {
        clear(body, cx, at, None);
    }
}

fn clear<K: Kinds, B: Body<K>>(
    body: &mut B,
    cx: &mut Context<'_, K>,
    at: usize,
    by: Option<K::Remedy>,
) {
    let Active { occurrence, plan, round, fault, .. } = body.care().active.remove(at);
    cx.desk.note(cx.me, What::Cleared { occurrence, fault, by });
    cx.scratch.touched = true;
    body.on_clear(fault, cx);
    if plan != NATURAL {
        renew(cx, plan, round);
    }
}

/// Plans the next life of a part that breaks at random.
fn renew<K: Kinds>(cx: &mut Context<'_, K>, plan: u16, round: u16) {
    let planned = cx.settings.planned(plan);
    if let When::Life(law) = planned.when {
        let round = round.saturating_add(1);
        let mut stream = cx.stream(LIFE.numbered(planned.stream), u64::from(round));
        cx.desk.after(cx.me, law.draw(&mut stream, false), Happening::Activate { plan, round });
    }
}

/// Something happened that a planned fault may have waited for.
fn reached<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, milestone: K::Milestone) {
    for index in 0..body.care().armed.len() {
        let armed = &mut body.care().armed[index];
        let planned = cx.settings.planned(armed.plan);
        let When::On { milestone: awaited, nth, probability, after } = planned.when else {
            continue;
        };
        if awaited != milestone {
            continue;
        }
        armed.seen += 1;
        let (plan, seen) = (armed.plan, armed.seen);
        let mut stream = cx.stream(STRIKES.numbered(planned.stream), u64::from(seen));
        if seen.is_multiple_of(nth.max(1)) && stream.chance(probability) {
            let round = (seen / nth.max(1)) as u16;
            cx.desk.after(cx.me, after, Happening::Activate { plan, round });
        }
    }
}

/// A detector says that something is wrong. It keeps one incident open at a time, and none is opened twice.
fn open<K: Kinds, B: Body<K>>(
    body: &mut B,
    cx: &mut Context<'_, K>,
    detector: K::Part,
    suspect: K::Fault,
    about: ActorId,
) {
    let care = body.care();
    let known =
        |i: &Incident<K>| i.about == about && (i.suspect == suspect || i.detector == detector);
    if care.incidents.iter().any(known) {
        return;
    }
    let id = care.opened;
    care.opened = care.opened.wrapping_add(1);
    let stage = Stage::Remedying;
    let now = cx.desk.now();
    let recent =
        |it: &&Helped<K>| it.suspect == suspect && now.since(it.at) < cx.settings.relapse_within();
    // What seemed to help did not last: the next rung is tried at once.
    let above = care.helped.iter().find(recent).map_or(0, |it| it.rung.saturating_add(1));
    let highest = cx.settings.ladder(suspect).len().saturating_sub(1);
    let rung = above.min(u8::try_from(highest).unwrap_or(u8::MAX));
    care.incidents.push(Incident { id, detector, suspect, about, rung, stage });
    cx.desk.note(cx.me, What::Alarm { incident: id, detector, suspect, about });
    begin(body, cx, id);
}

/// A detector sees nothing wrong any more.
fn close<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, detector: K::Part) {
    while let Some(at) = body.care().incidents.iter().position(|i| i.detector == detector) {
        restore(body, cx, at);
    }
}

fn restore<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, at: usize) {
    let now = cx.desk.now();
    let care = body.care();
    let Incident { id, suspect, rung, stage, .. } = care.incidents.remove(at);
    care.helped.retain(|it| it.suspect != suspect);
    // A rung that is still being carried out cannot have helped: the one before it may have.
    let applied = if stage == Stage::Verifying { Some(rung) } else { rung.checked_sub(1) };
    if let Some(rung) = applied {
        care.helped.push(Helped { suspect, rung, at: now });
    }
    cx.desk.note(cx.me, What::Restored { incident: id });
}

fn place<K: Kinds, B: Body<K>>(body: &mut B, incident: u16) -> Option<usize> {
    body.care().incidents.iter().position(|i| i.id == incident)
}

/// Whether an incident is still at this rung and stage; a late event of an earlier one is ignored.
fn standing<K: Kinds, B: Body<K>>(body: &mut B, incident: u16, rung: u8, stage: Stage) -> bool {
    let is = |i: &Incident<K>| i.id == incident && i.rung == rung && i.stage == stage;
    body.care().incidents.iter().any(is)
}

/// The step of the ladder at which an incident stands; past its end, the last resort.
fn step_of<K: Kinds>(
    cx: &Context<'_, K>,
    suspect: K::Fault,
    rung: u8,
) -> Option<crate::fault::Rung<K>> {
    let ladder = cx.settings.ladder(suspect);
    let past = usize::from(rung).checked_sub(ladder.len());
    match past {
        None => ladder.get(usize::from(rung)).copied(),
        Some(past) => {
            let (step, times, _) = cx.settings.last_resort()?;
            (past < usize::from(times)).then_some(step)
        }
    }
}

/// Begins the rung at which an incident stands.
fn begin<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, incident: u16) {
    let Some(at) = place(body, incident) else { return };
    let Incident { suspect, rung, .. } = body.care().incidents[at];
    let Some(step) = step_of(cx, suspect, rung) else {
        body.care().incidents[at].stage = Stage::GivenUp;
        cx.desk.note(cx.me, What::GivenUp { incident });
        return;
    };
    body.care().incidents[at].stage = Stage::Remedying;
    let (remedy, by) = (step.remedy, step.by);
    cx.desk.note(cx.me, What::RemedyStarted { incident, rung, remedy, by });
    if by == Performer::Device {
        cx.desk.after(cx.me, step.takes, Happening::Apply { incident, rung });
    } else {
        cx.say(K::ask(Asked { incident, rung, step, suspect }));
    }
    if by == Performer::Remote {
        let patience = cx.settings.remote_patience() + step.takes;
        cx.desk.after(cx.me, patience, Happening::GiveUp { incident, rung });
    }
}

/// Goes one rung up; past the last one a person takes over.
fn climb<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, incident: u16) {
    let Some(at) = place(body, incident) else { return };
    let entry = &mut body.care().incidents[at];
    entry.rung = entry.rung.saturating_add(1);
    let (suspect, rung) = (entry.suspect, entry.rung);
    let length = cx.settings.ladder(suspect).len();
    if usize::from(rung) < length {
        begin(body, cx, incident);
        return;
    }
    if usize::from(rung) == length {
        cx.desk.note(cx.me, What::Exhausted { incident });
    }
    // The first attempt of the last resort follows at once, the later ones after a while.
    let wait = match cx.settings.last_resort() {
        Some((_, _, apart)) if usize::from(rung) > length => apart,
        _ => Span::ZERO,
    };
    body.care().incidents[at].stage = Stage::Escalated;
    cx.desk.after(cx.me, wait, Happening::Verify { incident, rung });
}

/// A rung is carried out: faults that it can mend may be gone, and it acts on the parts in any case.
fn apply<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, incident: u16, rung: u8) {
    if !standing(body, incident, rung, Stage::Remedying) {
        return;
    }
    let Some(at) = place(body, incident) else { return };
    let suspect = body.care().incidents[at].suspect;
    let about = body.care().incidents[at].about;
    let Some(step) = step_of(cx, suspect, rung) else { return };
    body.care().incidents[at].stage = Stage::Verifying;
    let mended = if about == cx.me {
        treat(body, cx, suspect, rung)
    } else {
        cx.desk.send(cx.me, about, Span::ZERO, Happening::Treat { suspect, rung });
        0
    };
    let (remedy, by) = (step.remedy, step.by);
    cx.desk.note(cx.me, What::RemedyApplied { incident, rung, remedy, by, mended });
    let wait = cx.settings.verify_after(step.remedy);
    cx.desk.after(cx.me, wait, Happening::Verify { incident, rung });
}

/// A remedy at work: returns how many faults it mended. It acts on the parts in any case.
fn treat<K: Kinds, B: Body<K>>(
    body: &mut B,
    cx: &mut Context<'_, K>,
    suspect: K::Fault,
    rung: u8,
) -> u8 {
    let Some(step) = step_of(cx, suspect, rung) else { return 0 };
    let mut mended = 0;
    let mut index = 0;
    while index < body.care().active.len() {
        let active = &mut body.care().active[index];
        let Active { fault, plan, round, tries, .. } = *active;
        active.tries += 1;
        let known = K::mode(fault).mended_by(step.remedy);
        let probability = if known > 0.0 { step.works.unwrap_or(known) } else { 0.0 };
        // Named by the fault's own round and try: another incident or policy moves none of these draws.
        let named = if plan == NATURAL { u64::MAX } else { cx.settings.planned(plan).stream };
        let draw = u64::from(round) << 16 | u64::from(tries);
        if unit(cx.draw(WORKS.numbered(named), draw)[0]) < probability {
            clear(body, cx, index, Some(step.remedy));
            mended += 1;
        } else {
            index += 1;
        }
    }
    cx.scratch.touched = true;
    if let Some(message) = K::act(step.remedy) {
        cx.say(message);
    }
    mended
}

/// A part's wrong state has made itself felt: noted once for each of its active faults.
fn erred<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, part: K::Part) {
    let mut first = false;
    for active in body.care().active.iter_mut().filter(|a| K::part_of(a.fault) == part && !a.erred)
    {
        active.erred = true;
        first = true;
    }
    if first {
        cx.desk.note(cx.me, What::ErrorState { part });
    }
}

/// Looks whether the detector that opened an incident would still open it.
fn verify<K: Kinds, B: Body<K>>(body: &mut B, cx: &mut Context<'_, K>, incident: u16, rung: u8) {
    let Some(at) = place(body, incident) else { return };
    let Incident { detector, suspect, rung: now, stage, .. } = body.care().incidents[at];
    if now != rung || !matches!(stage, Stage::Verifying | Stage::Escalated) {
        return;
    }
    let own = match body.look(detector, cx) {
        Ok(seen) => seen.is_some(),
        // Who cannot look cannot say that all is well.
        Err(Dark) => true,
    };
    let seen = body.still_sees(detector, suspect, cx) || own;
    if !seen {
        restore(body, cx, at);
    } else if stage == Stage::Escalated {
        begin(body, cx, incident);
    } else {
        climb(body, cx, incident);
    }
}

/// Plans the first strike of a fault at an actor, before the run begins.
pub fn plan<K: Kinds>(
    desk: &mut crate::cell::Desk<K>,
    care: &mut Care<K>,
    actor: ActorId,
    number: u16,
    planned: &crate::fault::Planned<K>,
) {
    let stagger = if planned.stagger > Span::ZERO {
        let mut stream =
            desk.streams().stream(actor, Purpose::of("fault: stagger").numbered(planned.stream), 0);
        planned.stagger.scaled(stream.unit())
    } else {
        Span::ZERO
    };
    let first = match planned.when {
        When::At(at) => at,
        When::Every { first, .. } => first,
        When::Life(law) => {
            law.draw(&mut desk.streams().stream(actor, LIFE.numbered(planned.stream), 0), true)
        }
        When::On { .. } => {
            care.arm(number);
            return;
        }
    };
    desk.after(actor, first + stagger, Happening::Activate { plan: number, round: 0 });
}

/// A context for one event of an actor.
pub fn context<'a, K: Kinds>(
    me: ActorId,
    part: K::Part,
    settings: &'a K::Settings,
    desk: &'a mut crate::cell::Desk<K>,
    scratch: &'a mut Scratch<K>,
) -> Context<'a, K> {
    Context { me, part, settings, desk, scratch }
}
