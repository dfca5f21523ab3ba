//! Facts become stories, in one pass and in the order of time.

use std::collections::BTreeMap;

use faults::{DomainEvent, NATURAL, Performer};
use models::invariants::{Breach, Invariant};
use models::{Fact, Fault, Money, Note, Outcome, Part, RecoveryAction, Sale};
use scenarios::costs::Costs;
use sim::{ActorId, Instant, Span};

use super::attribution::Scene;
use super::bill::{self, Item};
use super::{Alarm, Chronicle, Cleared, Detection, IsolationResult, Story, Tried};

/// Reads facts one by one and keeps one story a fault occurrence.
#[derive(Debug)]
pub struct FaultRecordFold {
    costs: Costs,
    scene: Scene,
    told: Chronicle,
    /// How many incidents of each story are open.
    open: Vec<u32>,
    /// Incidents that are open: by the actor that keeps one and its number there.
    incidents: BTreeMap<(ActorId, u16), Incident>,
    /// The alarm that opened each incident, for what is charged to it later. Numbers are used again after 65,536.
    alarm_of: BTreeMap<(ActorId, u16), usize>,
}

/// An open incident.
#[derive(Clone, Copy, Debug)]
struct Incident {
    /// The alarm that opened it.
    alarm: usize,
    /// Which of its story's recovery actions was begun last for it.
    tried: Option<usize>,
}

/// A recovery action at another actor takes effect when the order has travelled there: well within this.
const TRAVELS: Span = Span::secs(1);
/// How many of a story's last recovery actions are looked at for the one that cleared it from elsewhere.
const LOOKED_AT: usize = 64;

impl FaultRecordFold {
    /// Nothing read yet. Actors from `terminals` on are hubs.
    pub fn new(terminals: u32, costs: &Costs) -> Self {
        Self {
            costs: costs.clone(),
            scene: Scene::new(terminals),
            told: Chronicle::default(),
            open: Vec::new(),
            incidents: BTreeMap::new(),
            alarm_of: BTreeMap::new(),
        }
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        let (at, who) = (fact.at, fact.who);
        match fact.what {
            DomainEvent::Noted(note) => self.noted(at, who, note),
            DomainEvent::Occurred { occurrence, plan, fault } => {
                self.occurred(at, who, occurrence, plan, fault);
            }
            DomainEvent::Cleared { occurrence, by, .. } => self.cleared(at, who, occurrence, by),
            DomainEvent::Activated { part } => self.activated(at, who, part),
            DomainEvent::IndicationShown { indication, .. } => {
                if let Some(story) = self.scene.shown_by(&self.told.stories, who, indication) {
                    self.told.stories[story].first_indication.get_or_insert((at, indication));
                }
            }
            DomainEvent::Service { up } => self.service(at, who, up),
            DomainEvent::Alarm { incident, detector, suspect, about } => {
                self.alarm(at, who, incident, detector, suspect, about);
            }
            DomainEvent::ActionStarted { incident, attempt, action, by } => {
                self.started(at, who, incident, attempt, action, by);
            }
            DomainEvent::ActionApplied { incident, action, by, cleared, .. } => {
                self.applied(at, who, incident, (action, by), cleared > 0);
            }
            DomainEvent::Restored { incident } => self.restored(at, who, incident),
            DomainEvent::Exhausted { incident } => {
                if let Some((story, _)) = self.behind(who, incident) {
                    story.exhausted = true;
                }
            }
            DomainEvent::Unresolved { incident } => {
                if let Some((story, _)) = self.behind(who, incident) {
                    story.unresolved = true;
                }
            }
        }
    }

    /// All facts have been read: what is still open stays so, and time out of service runs to the end.
    pub fn finish(mut self, end: Instant, breaches: &[Breach]) -> Chronicle {
        let down: Vec<ActorId> = self
            .scene
            .watched()
            .filter(|(_, watch)| watch.down.is_some())
            .map(|(actor, _)| actor)
            .collect();
        for actor in down {
            self.close_down(actor, end);
        }
        self.lay_doubled(breaches);
        self.told
    }

    fn occurred(&mut self, at: Instant, who: ActorId, occurrence: u16, plan: u16, fault: Fault) {
        let number = self.told.stories.len();
        let plan = (plan != NATURAL).then_some(plan);
        self.told.stories.push(Story::new(who, occurrence, plan, fault, at));
        self.open.push(0);
        self.scene.begin(who, number);
        if let Some((_, None)) = self.scene.watch_mut(who).down {
            self.close_down(who, at);
            self.open_down(who, at, Some(number));
        }
    }

    fn cleared(&mut self, at: Instant, who: ActorId, occurrence: u16, by: Option<RecoveryAction>) {
        let is = |&&story: &&usize| self.told.stories[story].occurrence == occurrence;
        let Some(&number) = self.scene.active(who).iter().find(is) else { return };
        self.told.stories[number].cleared = Some(Cleared { at, by });
        if let Some(action) = by {
            self.cleared_from_elsewhere(number, at, action);
        }
        self.scene.end(who, number);
        let watch = self.scene.watch_mut(who);
        let heir = watch.active.first().copied();
        // The rest of an interruption stays with the fault that caused it, unless another one is still there.
        if watch.down.is_some_and(|(_, story)| story == Some(number)) && heir.is_some() {
            self.close_down(who, at);
            self.open_down(who, at, heir);
        }
    }

    fn activated(&mut self, at: Instant, who: ActorId, part: Part) {
        let active = self.scene.active(who);
        let of_part = |&&story: &&usize| self.told.stories[story].fault.part() == part;
        if let Some(&story) = active.iter().find(of_part).or_else(|| active.first()) {
            self.told.stories[story].first_error.get_or_insert(at);
        }
    }

    fn service(&mut self, at: Instant, who: ActorId, up: bool) {
        if up {
            self.close_down(who, at);
            return;
        }
        for &story in self.scene.active(who) {
            self.told.stories[story].first_failure.get_or_insert(at);
        }
        let story = self.responsible(who, at);
        self.open_down(who, at, story);
    }

    /// Whom an actor that stops now stops for: its earliest active fault; the one that has just been cleared, or whose
    /// incident is still open; the one that a recovery action was meant for which has just been carried out.
    fn responsible(&self, who: ActorId, at: Instant) -> Option<usize> {
        let watch = self.scene.watch(who)?;
        let lingers = |story: &usize| {
            let just = self.told.stories[*story].cleared.is_some_and(|cleared| cleared.at == at);
            just || self.open[*story] > 0
        };
        let treated = || watch.treated.filter(|&(when, _)| when == at).and_then(|(_, story)| story);
        watch.active.first().copied().or_else(|| watch.recent.filter(lingers)).or_else(treated)
    }

    fn open_down(&mut self, who: ActorId, at: Instant, story: Option<usize>) {
        self.scene.watch_mut(who).down.get_or_insert((at, story));
    }

    fn close_down(&mut self, who: ActorId, at: Instant) {
        let hub = self.scene.is_hub(who);
        let Some((since, story)) = self.scene.watch_mut(who).down.take() else { return };
        if !hub {
            let milliseconds = at.since(since).0 / 1_000_000;
            let amount = bill::by_minute(self.costs.outage_minute.amount(), milliseconds);
            self.told.bill.add(Item::Outage, amount);
            match story {
                Some(story) => self.told.stories[story].toll.outage += amount,
                None => self.told.bill.elsewhere += amount,
            }
            if self.scene.watch(who).is_some_and(|it| it.needless == Some(since)) {
                self.told.bill.harm.down += at.since(since);
            }
        }
        let Some(story) = story else {
            if !hub {
                self.told.unexplained += at.since(since);
            }
            return;
        };
        let story = &mut self.told.stories[story];
        story.down += at.since(since);
        if story.who == who {
            match story.downs.last_mut() {
                Some((_, until)) if *until == since => *until = at,
                _ => story.downs.push((since, at)),
            }
        }
    }

    fn alarm(
        &mut self,
        at: Instant,
        who: ActorId,
        incident: u16,
        detector: Part,
        suspect: Fault,
        about: ActorId,
    ) {
        let number = self.scene.explain(&self.told.stories, about, suspect);
        let echo_of = match number {
            Some(_) => None,
            None => self.scene.watch(about).and_then(|watch| watch.recent),
        };
        if let Some(number) = number {
            let story = &mut self.told.stories[number];
            let isolation = IsolationResult::of(suspect, story.fault);
            let detection = Detection { at, detector, raised_by: who, suspect, isolation };
            story.detection.get_or_insert(detection);
            story.alarms += 1;
            story.restored = None;
            self.open[number] += 1;
        }
        self.alarm_of.insert((who, incident), self.told.alarms.len());
        self.incidents
            .insert((who, incident), Incident { alarm: self.told.alarms.len(), tried: None });
        self.told.alarms.push(Alarm {
            at,
            who,
            about,
            incident,
            detector,
            suspect,
            story: number,
            echo_of,
            closed: None,
            actions: 0,
            cost: Money::ZERO,
        });
    }

    /// The story that an incident is about, and its number.
    fn behind(&mut self, who: ActorId, incident: u16) -> Option<(&mut Story, usize)> {
        let alarm = self.incidents.get(&(who, incident))?.alarm;
        let number = self.told.alarms[alarm].story?;
        Some((&mut self.told.stories[number], number))
    }

    /// The recovery action that was begun last for an incident.
    fn last_tried(&mut self, who: ActorId, incident: u16) -> Option<&mut Tried> {
        let last = self.incidents.get(&(who, incident))?.tried?;
        self.behind(who, incident)?.0.actions.get_mut(last)
    }

    /// What was begun for an incident and not carried out will not be.
    fn drop_unfinished(&mut self, at: Instant, who: ActorId, incident: u16) {
        if let Some(tried) = self.last_tried(who, incident).filter(|tried| tried.applied.is_none())
        {
            tried.dropped.get_or_insert(at);
        }
    }

    fn started(
        &mut self,
        at: Instant,
        who: ActorId,
        incident: u16,
        attempt: u8,
        action: RecoveryAction,
        by: Performer,
    ) {
        self.drop_unfinished(at, who, incident);
        let tried = Tried {
            kept_by: who,
            incident,
            attempt,
            action,
            by,
            started: at,
            applied: None,
            dropped: None,
            cleared: false,
        };
        let Some((story, _)) = self.behind(who, incident) else { return };
        story.actions.push(tried);
        let place = story.actions.len() - 1;
        if let Some(open) = self.incidents.get_mut(&(who, incident)) {
            open.tried = Some(place);
        }
    }

    /// Charges what was spent because of an incident to its alarm and to the story behind it.
    fn charge(
        &mut self,
        (who, incident): (ActorId, u16),
        (action, by): (RecoveryAction, Performer),
        (item, amount): (Item, Money),
    ) {
        self.told.bill.spend(item, action, by, amount);
        // What is closed is remembered: a technician on the way comes and is paid.
        let Some(&alarm) = self.alarm_of.get(&(who, incident)) else {
            self.told.bill.elsewhere += amount;
            return;
        };
        let alarm = &mut self.told.alarms[alarm];
        alarm.cost += amount;
        if let Some(story) = alarm.story {
            self.told.stories[story].toll.cost += amount;
        }
    }

    fn applied(
        &mut self,
        at: Instant,
        who: ActorId,
        incident: u16,
        (action, by): (RecoveryAction, Performer),
        cleared: bool,
    ) {
        if let Some(open) = self.incidents.get(&(who, incident)) {
            self.told.alarms[open.alarm].actions += 1;
        }
        if let Some(spent) = bill::of_action(&self.costs, action, by) {
            self.charge((who, incident), (action, by), spent);
        }
        if !self.scene.is_hub(who) {
            let needless = !cleared && bill::interrupts(action);
            self.told.bill.harm.needless += u64::from(needless);
            self.scene.watch_mut(who).needless = needless.then_some(at);
        }
        let mut meant_for = None;
        if let Some((story, number)) = self.behind(who, incident) {
            meant_for = Some(number);
            // At its own actor a fault is cleared before the recovery action is noted, at the same instant.
            let cleared =
                story.who == who && story.cleared == Some(Cleared { at, by: Some(action) });
            if let Some(tried) = self.last_tried(who, incident) {
                (tried.applied, tried.cleared) = (Some(at), cleared);
            }
        }
        self.scene.watch_mut(who).treated = Some((at, meant_for));
    }

    /// A fault that a recovery action has cleared which was ordered by another actor: the order is known by its time.
    fn cleared_from_elsewhere(&mut self, number: usize, at: Instant, by: RecoveryAction) {
        let story = &mut self.told.stories[number];
        let who = story.who;
        let ordered = |tried: &&mut Tried| {
            let just = tried.applied.is_some_and(|applied| at.since(applied) <= TRAVELS);
            tried.kept_by != who && tried.action == by && just
        };
        if let Some(tried) = story.actions.iter_mut().rev().take(LOOKED_AT).find(ordered) {
            tried.cleared = true;
        }
    }

    fn restored(&mut self, at: Instant, who: ActorId, incident: u16) {
        self.drop_unfinished(at, who, incident);
        let Some(open) = self.incidents.remove(&(who, incident)) else { return };
        let alarm = &mut self.told.alarms[open.alarm];
        alarm.closed = Some(at);
        let Some(number) = alarm.story else { return };
        self.open[number] -= 1;
        if self.open[number] == 0 {
            let story = &mut self.told.stories[number];
            story.restored = Some(at);
            story.relapses += u32::from(story.cleared.is_none());
        }
    }

    fn noted(&mut self, at: Instant, who: ActorId, note: Note) {
        match note {
            Note::SaleEnded(sale) => self.sale(at, who, &sale),
            Note::CaseServed { terminal, incident, action, talks_ms, .. } => {
                let amount = bill::by_minute(self.costs.call_minute.amount(), u64::from(talks_ms));
                let by = (action, Performer::Support);
                self.charge((terminal, incident), by, (Item::Call, amount));
            }
            Note::TechnicianSent { terminal, incident, action, charge } => {
                let amount = charge.unwrap_or(self.costs.visit.amount());
                let by = (action, Performer::Technician);
                self.charge((terminal, incident), by, (Item::Visit, amount));
            }
            Note::ReversalQueued { .. } => {
                if let Some(story) = self.scene.blame(&self.told.stories, who, at, false) {
                    self.told.stories[story].toll.reversed += 1;
                }
            }
            _ => {}
        }
    }

    fn sale(&mut self, at: Instant, who: ActorId, sale: &Sale) {
        let technical = sale.outcome == Outcome::Declined && sale.code.technical();
        let delayed =
            sale.outcome == Outcome::Stored || sale.outcome == Outcome::Approved && sale.tries > 1;
        let lost = matches!(sale.outcome, Outcome::Failed | Outcome::Abandoned);
        if !(technical || delayed || lost) {
            return;
        }
        if !delayed {
            for &story in self.scene.active(who) {
                self.told.stories[story].first_failure.get_or_insert(at);
            }
        }
        // Who pays in cash or comes back costs the shop nothing.
        let share = if sale.kept { 0.0 } else { self.costs.margin.0 };
        let margin = bill::share(sale.amount, share);
        if !delayed {
            self.told.bill.add(Item::LostSales, margin);
            if lost && !sale.kept && self.scene.watch(who).is_some_and(|it| it.needless == Some(at))
            {
                let harm = &mut self.told.bill.harm;
                harm.sales_lost += 1;
                harm.lost_minor += sale.amount.0;
            }
        }
        let Some(number) = self.scene.blame(&self.told.stories, who, sale.began, technical) else {
            if !delayed {
                self.told.bill.elsewhere += margin;
            }
            return;
        };
        let story = &mut self.told.stories[number];
        let toll = &mut story.toll;
        match sale.outcome {
            Outcome::Failed => toll.failed += 1,
            Outcome::Abandoned => toll.abandoned += 1,
            Outcome::Declined => toll.declined_technically += 1,
            Outcome::Stored | Outcome::Approved => toll.delayed += 1,
        }
        if !delayed {
            toll.at_risk += sale.amount;
            toll.lost_margin += margin;
            if story.who != who && story.cleared.is_none() {
                story.first_failure.get_or_insert(at);
            }
        }
    }

    /// Double charges are found after the run: each is laid to the last fault that had begun at its terminal by then.
    fn lay_doubled(&mut self, breaches: &[Breach]) {
        let mut doubled =
            breaches.iter().filter(|it| it.invariant == Invariant::NoDoubleCharge).peekable();
        if doubled.peek().is_none() {
            return;
        }
        let numbered = self.told.stories.iter().enumerate();
        let by_onset: BTreeMap<(ActorId, Instant), usize> =
            numbered.map(|(number, story)| ((story.who, story.onset), number)).collect();
        for breach in doubled {
            let until = (breach.terminal, breach.at);
            let last = by_onset.range((breach.terminal, Instant::START)..=until).next_back();
            if let Some((_, &number)) = last {
                self.told.stories[number].toll.doubled += 1;
            }
        }
    }
}
