//! Facts become records, in one pass and in the order of time.

use std::collections::BTreeMap;

use faults::{Candidate, DomainEvent, Finding, NATURAL, NOBODY, Performer};
use models::invariants::{Breach, Invariant};
use models::{Fact, Fault, Models, Money, Note, Outcome, Part, RecoveryAction, Sale};
use scenarios::costs::Costs;
use sim::{ActorId, Instant, Span};

use super::attribution::{Down, Scene};
use super::cost_breakdown::{self, Item};
use super::{Alarm, Cleared, Detection, FaultRecord, IsolationResult, RunHistory, Tried, Weights};

/// Reads facts one by one and keeps one record a fault occurrence.
#[derive(Debug)]
pub struct FaultRecordFold {
    costs: Costs,
    scene: Scene,
    history: RunHistory,
    /// How many incidents of each record are open.
    open: Vec<u32>,
    /// Incidents that are open: by the actor that keeps one and its number there.
    incidents: BTreeMap<(ActorId, u32), Incident>,
    /// The alarm that opened each incident, for what is charged to it later: a technician may come when it is closed.
    alarm_of: BTreeMap<(ActorId, u32), usize>,
}

/// An open incident.
#[derive(Clone, Copy, Debug)]
struct Incident {
    /// The alarm that opened it.
    alarm: usize,
    /// Which of its record's recovery actions was begun last for it.
    tried: Option<usize>,
    /// The record that better evidence has found it to be about as well, where that is another one than its alarm's.
    refined: Option<usize>,
}

/// A recovery action at another actor takes effect when the order has travelled there: well within this.
const TRAVELS: Span = Span::secs(1);
/// How many of a record's last recovery actions are looked at for the one that cleared it from elsewhere.
const LOOKED_AT: usize = 64;

impl FaultRecordFold {
    /// Nothing read yet. Actors from `terminals` on are hubs.
    pub fn new(terminals: u32, costs: &Costs) -> Self {
        Self {
            costs: costs.clone(),
            scene: Scene::new(terminals),
            history: RunHistory::default(),
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
                if let Some(record) = self.scene.shown_by(&self.history.records, who, indication) {
                    self.history.records[record].first_indication.get_or_insert((at, indication));
                }
            }
            DomainEvent::Service { up } => self.service(at, who, up),
            DomainEvent::Stopped { occurrence, share } => self.stopped(at, who, occurrence, share),
            DomainEvent::Alarm { incident, detector, finding, suspect, about } => {
                self.alarm((at, who), incident, detector, (finding, suspect), about);
            }
            DomainEvent::Weighed { incident, candidate } => self.weighed(who, incident, candidate),
            DomainEvent::Refined { incident, suspect, .. } => {
                self.refined(at, who, incident, suspect)
            }
            DomainEvent::ActionStarted { incident, attempt, action, by } => {
                self.started(at, who, incident, attempt, action, by);
            }
            DomainEvent::ActionApplied { incident, action, by, cleared, .. } => {
                self.applied(at, who, incident, (action, by), cleared > 0);
            }
            DomainEvent::Restored { incident } => self.restored(at, who, incident),
            DomainEvent::Exhausted { incident } => {
                if let Some((record, _)) = self.behind(who, incident) {
                    record.exhausted = true;
                }
            }
            DomainEvent::Unresolved { incident } => {
                if let Some((record, _)) = self.behind(who, incident) {
                    record.unresolved = true;
                }
            }
        }
    }

    /// All facts have been read: what is still open stays so, and time out of service runs to the end.
    pub fn finish(mut self, end: Instant, breaches: &[Breach]) -> RunHistory {
        let down: Vec<ActorId> = self
            .scene
            .watched()
            .filter(|(_, watch)| watch.down.is_some())
            .map(|(actor, _)| actor)
            .collect();
        for actor in down {
            self.close_down(actor, end);
        }
        self.attribute_duplicates(breaches);
        self.history
    }

    fn occurred(&mut self, at: Instant, who: ActorId, occurrence: u32, plan: u16, fault: Fault) {
        let number = self.history.records.len();
        let plan = (plan != NATURAL).then_some(plan);
        self.history.records.push(FaultRecord::new(who, occurrence, plan, fault, at));
        self.open.push(0);
        self.scene.begin(who, number);
    }

    fn cleared(&mut self, at: Instant, who: ActorId, occurrence: u32, by: Option<RecoveryAction>) {
        let is = |&&record: &&usize| self.history.records[record].occurrence == occurrence;
        let Some(&number) = self.scene.active(who).iter().find(is) else { return };
        self.history.records[number].cleared = Some(Cleared { at, by });
        if let Some(action) = by {
            self.cleared_from_elsewhere(number, at, action);
        }
        self.scene.end(who, number);
    }

    fn activated(&mut self, at: Instant, who: ActorId, part: Part) {
        let active = self.scene.active(who);
        let of_part = |&&record: &&usize| self.history.records[record].fault.part() == part;
        if let Some(&record) = active.iter().find(of_part).or_else(|| active.first()) {
            self.history.records[record].first_error.get_or_insert(at);
        }
    }

    fn service(&mut self, at: Instant, who: ActorId, up: bool) {
        if up {
            self.close_down(who, at);
            return;
        }
        for &record in self.scene.active(who) {
            self.history.records[record].first_failure.get_or_insert(at);
        }
        self.open_down(who, at);
    }

    /// A list of the faults that an actor stands still for: it begins with nobody.
    fn stopped(&mut self, at: Instant, who: ActorId, occurrence: u32, share: u32) {
        if occurrence == NOBODY {
            self.close_down(who, at);
            return self.open_down(who, at);
        }
        let is = |&&record: &&usize| self.history.records[record].occurrence == occurrence;
        let Some(&record) = self.scene.active(who).iter().find(is) else { return };
        if let Some(down) = &mut self.scene.watch_mut(who).down {
            down.by.push((record, share));
        }
    }

    /// Whom an actor stands still for that no active fault stops: the one that has just been cleared, or whose incident is still
    /// open; the one that a recovery action was meant for which has just been carried out.
    fn lingering(&self, who: ActorId, at: Instant) -> Option<usize> {
        let watch = self.scene.watch(who)?;
        let lingers = |record: &usize| {
            let just =
                self.history.records[*record].cleared.is_some_and(|cleared| cleared.at == at);
            just || self.open[*record] > 0
        };
        let treated =
            || watch.treated.filter(|&(when, _)| when == at).and_then(|(_, record)| record);
        watch.recent.filter(lingers).or_else(treated)
    }

    fn open_down(&mut self, who: ActorId, at: Instant) {
        let rest = self.lingering(who, at);
        self.scene.watch_mut(who).down.get_or_insert(Down { since: at, by: Vec::new(), rest });
    }

    fn close_down(&mut self, who: ActorId, at: Instant) {
        let hub = self.scene.is_hub(who);
        let Some(Down { since, by, rest }) = self.scene.watch_mut(who).down.take() else { return };
        let whole = at.since(since);
        if !hub && self.scene.watch(who).is_some_and(|it| it.needless == Some(since)) {
            self.history.breakdown.harm.down += whole;
        }
        let Some(last) = by.len().checked_sub(1) else {
            return self.charge_down((who, hub), rest, (since, at), whole);
        };
        let mut left = whole;
        for (place, (record, share)) in by.into_iter().enumerate() {
            let part = Span((u128::from(whole.0) * u128::from(share) / 1_000_000) as u64);
            // What rounding leaves is the last one's, so that the parts add up.
            let part = if place == last { left } else { part };
            left = left - part;
            self.charge_down((who, hub), Some(record), (since, at), part);
        }
    }

    /// So much of a stretch of time out of service is charged to a record.
    fn charge_down(
        &mut self,
        (who, hub): (ActorId, bool),
        record: Option<usize>,
        (since, at): (Instant, Instant),
        part: Span,
    ) {
        if !hub {
            let milliseconds = part.0 / 1_000_000;
            let amount = cost_breakdown::by_minute(self.costs.outage_minute.amount(), milliseconds);
            self.history.breakdown.add(Item::Outage, amount);
            match record {
                Some(record) => self.history.records[record].impact.outage += amount,
                None => self.history.breakdown.elsewhere += amount,
            }
        }
        let Some(record) = record else {
            if !hub {
                self.history.unexplained += part;
            }
            return;
        };
        let record = &mut self.history.records[record];
        record.down += part;
        if record.who == who {
            match record.downs.last_mut() {
                Some((_, until)) if *until == since => *until = at,
                _ => record.downs.push((since, at)),
            }
        }
    }

    fn alarm(
        &mut self,
        (at, who): (Instant, ActorId),
        incident: u32,
        detector: Part,
        (finding, suspect): (Finding<Models>, Fault),
        about: ActorId,
    ) {
        let number = self.scene.explain(&self.history.records, about, suspect);
        let echo_of = match number {
            Some(_) => None,
            None => self.scene.watch(about).and_then(|watch| watch.recent),
        };
        if let Some(number) = number {
            let record = &mut self.history.records[number];
            let isolation = IsolationResult::of(suspect, record.fault);
            let (symptom, alarm) = (finding.symptom, self.history.alarms.len());
            let detection = Detection {
                at,
                detector,
                raised_by: who,
                symptom,
                suspect,
                isolation,
                alarm,
                rank: 0,
            };
            record.detection.get_or_insert(detection);
            record.alarms += 1;
            record.restored = None;
            self.open[number] += 1;
        }
        self.alarm_of.insert((who, incident), self.history.alarms.len());
        self.incidents.insert(
            (who, incident),
            Incident { alarm: self.history.alarms.len(), tried: None, refined: None },
        );
        self.history.alarms.push(Alarm {
            at,
            who,
            about,
            incident,
            detector,
            suspect,
            finding,
            weights: Weights::default(),
            record: number,
            echo_of,
            closed: None,
            actions: 0,
            cost: Money::ZERO,
        });
    }

    /// One more candidate of the alarm that has just been raised.
    fn weighed(&mut self, who: ActorId, incident: u32, candidate: Candidate<Models>) {
        let Some(&alarm) = self.alarm_of.get(&(who, incident)) else { return };
        let record = self.history.alarms[alarm].record;
        let truth = record.map(|it| self.history.records[it].fault);
        let weights = &mut self.history.alarms[alarm].weights;
        weights.add(candidate, truth);
        let first = record.and_then(|it| self.history.records[it].detection.as_mut());
        if let Some(detection) = first.filter(|it| it.alarm == alarm) {
            detection.rank = weights.rank;
        }
    }

    /// Better evidence has come about what an incident is open for: a fault that came meanwhile is detected by that, as by an alarm
    /// of its own.
    fn refined(&mut self, at: Instant, who: ActorId, incident: u32, suspect: Fault) {
        let Some(open) = self.incidents.get(&(who, incident)).copied() else { return };
        let alarm = &self.history.alarms[open.alarm];
        let (detector, symptom) = (alarm.detector, alarm.finding.symptom);
        let Some(number) = self.scene.explain(&self.history.records, alarm.about, suspect) else {
            return;
        };
        if alarm.record == Some(number) {
            return;
        }
        let record = &mut self.history.records[number];
        let isolation = IsolationResult::of(suspect, record.fault);
        // The other candidates of better evidence are not on record: that the likeliest is the right one is.
        let rank = u8::from(isolation == IsolationResult::Right);
        let detection = Detection {
            at,
            detector,
            raised_by: who,
            symptom,
            suspect,
            isolation,
            alarm: open.alarm,
            rank,
        };
        record.detection.get_or_insert(detection);
        record.restored = None;
        self.open[number] += 1;
        if let Some(open) = self.incidents.get_mut(&(who, incident)) {
            debug_assert_eq!(open.refined, None, "what is isolated is not isolated again");
            open.refined = Some(number);
        }
    }

    /// The record that an incident is about, and its number.
    fn behind(&mut self, who: ActorId, incident: u32) -> Option<(&mut FaultRecord, usize)> {
        let alarm = self.incidents.get(&(who, incident))?.alarm;
        let number = self.history.alarms[alarm].record?;
        Some((&mut self.history.records[number], number))
    }

    /// The recovery action that was begun last for an incident.
    fn last_tried(&mut self, who: ActorId, incident: u32) -> Option<&mut Tried> {
        let last = self.incidents.get(&(who, incident))?.tried?;
        self.behind(who, incident)?.0.actions.get_mut(last)
    }

    /// What was begun for an incident and not carried out will not be.
    fn drop_unfinished(&mut self, at: Instant, who: ActorId, incident: u32) {
        if let Some(tried) = self.last_tried(who, incident).filter(|tried| tried.applied.is_none())
        {
            tried.dropped.get_or_insert(at);
        }
    }

    fn started(
        &mut self,
        at: Instant,
        who: ActorId,
        incident: u32,
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
        let Some((record, _)) = self.behind(who, incident) else { return };
        record.actions.push(tried);
        let place = record.actions.len() - 1;
        if let Some(open) = self.incidents.get_mut(&(who, incident)) {
            open.tried = Some(place);
        }
    }

    /// Charges what was spent because of an incident to its alarm and to the record behind it.
    fn charge(
        &mut self,
        (who, incident): (ActorId, u32),
        (action, by): (RecoveryAction, Performer),
        (item, amount): (Item, Money),
    ) {
        self.history.breakdown.spend(item, action, by, amount);
        // What is closed is remembered: a technician on the way comes and is paid.
        let Some(&alarm) = self.alarm_of.get(&(who, incident)) else {
            self.history.breakdown.elsewhere += amount;
            return;
        };
        let alarm = &mut self.history.alarms[alarm];
        alarm.cost += amount;
        if let Some(record) = alarm.record {
            self.history.records[record].impact.cost += amount;
        }
    }

    fn applied(
        &mut self,
        at: Instant,
        who: ActorId,
        incident: u32,
        (action, by): (RecoveryAction, Performer),
        cleared: bool,
    ) {
        if let Some(open) = self.incidents.get(&(who, incident)) {
            self.history.alarms[open.alarm].actions += 1;
        }
        if let Some(spent) = cost_breakdown::of_action(&self.costs, action, by) {
            self.charge((who, incident), (action, by), spent);
        }
        if !self.scene.is_hub(who) {
            let needless = !cleared && action.interrupts();
            self.history.breakdown.harm.needless += u64::from(needless);
            self.scene.watch_mut(who).needless = needless.then_some(at);
        }
        let mut meant_for = None;
        if let Some((record, number)) = self.behind(who, incident) {
            meant_for = Some(number);
            // At its own actor a fault is cleared before the recovery action is noted, at the same instant.
            let cleared =
                record.who == who && record.cleared == Some(Cleared { at, by: Some(action) });
            if let Some(tried) = self.last_tried(who, incident) {
                (tried.applied, tried.cleared) = (Some(at), cleared);
            }
        }
        self.scene.watch_mut(who).treated = Some((at, meant_for));
    }

    /// A fault that a recovery action has cleared which was ordered by another actor: the order is known by its time.
    fn cleared_from_elsewhere(&mut self, number: usize, at: Instant, by: RecoveryAction) {
        let record = &mut self.history.records[number];
        let who = record.who;
        let ordered = |tried: &&mut Tried| {
            let just = tried.applied.is_some_and(|applied| at.since(applied) <= TRAVELS);
            tried.kept_by != who && tried.action == by && just
        };
        if let Some(tried) = record.actions.iter_mut().rev().take(LOOKED_AT).find(ordered) {
            tried.cleared = true;
        }
    }

    fn restored(&mut self, at: Instant, who: ActorId, incident: u32) {
        self.drop_unfinished(at, who, incident);
        let Some(open) = self.incidents.remove(&(who, incident)) else { return };
        let alarm = &mut self.history.alarms[open.alarm];
        alarm.closed = Some(at);
        for number in alarm.record.into_iter().chain(open.refined) {
            self.open[number] -= 1;
            if self.open[number] == 0 {
                let record = &mut self.history.records[number];
                record.restored = Some(at);
                record.relapses += u32::from(record.cleared.is_none());
            }
        }
    }

    fn noted(&mut self, at: Instant, who: ActorId, note: Note) {
        match note {
            Note::SaleEnded(sale) => self.sale(at, who, &sale),
            Note::CaseServed { terminal, incident, action, talks_ms, .. } => {
                let amount =
                    cost_breakdown::by_minute(self.costs.call_minute.amount(), u64::from(talks_ms));
                let by = (action, Performer::Support);
                self.charge((terminal, incident), by, (Item::Call, amount));
            }
            Note::TechnicianSent { terminal, incident, action, charge } => {
                let amount = charge.unwrap_or(self.costs.visit.amount());
                let by = (action, Performer::Technician);
                self.charge((terminal, incident), by, (Item::Visit, amount));
            }
            Note::ReversalQueued { .. } => {
                if let Some(record) = self.scene.blame(&self.history.records, who, at, false) {
                    self.history.records[record].impact.reversed += 1;
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
            for &record in self.scene.active(who) {
                self.history.records[record].first_failure.get_or_insert(at);
            }
        }
        // Who pays in cash or comes back costs the shop nothing.
        let share = if sale.alternative_tender { 0.0 } else { self.costs.margin.0 };
        let margin = cost_breakdown::share(sale.amount, share);
        if !delayed {
            self.history.breakdown.add(Item::LostSales, margin);
            if lost
                && !sale.alternative_tender
                && self.scene.watch(who).is_some_and(|it| it.needless == Some(at))
            {
                let harm = &mut self.history.breakdown.harm;
                harm.sales_lost += 1;
                harm.lost_minor += sale.amount.0;
            }
        }
        let Some(number) = self.scene.blame(&self.history.records, who, sale.began, technical)
        else {
            if !delayed {
                self.history.breakdown.elsewhere += margin;
            }
            return;
        };
        let record = &mut self.history.records[number];
        let impact = &mut record.impact;
        match sale.outcome {
            Outcome::Failed => impact.failed += 1,
            Outcome::Abandoned => impact.abandoned += 1,
            Outcome::Declined => impact.declined_technically += 1,
            Outcome::Stored | Outcome::Approved => impact.delayed += 1,
        }
        if !delayed {
            impact.at_risk += sale.amount;
            impact.lost_margin += margin;
            if record.who != who && record.cleared.is_none() {
                record.first_failure.get_or_insert(at);
            }
        }
    }

    /// Double charges are found after the run: each is attributed to the last fault that had begun at its terminal by then.
    fn attribute_duplicates(&mut self, breaches: &[Breach]) {
        let mut duplicates =
            breaches.iter().filter(|it| it.invariant == Invariant::NoDoubleCharge).peekable();
        if duplicates.peek().is_none() {
            return;
        }
        let numbered = self.history.records.iter().enumerate();
        let by_onset: BTreeMap<(ActorId, Instant), usize> =
            numbered.map(|(number, record)| ((record.who, record.onset), number)).collect();
        for breach in duplicates {
            let until = (breach.terminal, breach.at);
            let last = by_onset.range((breach.terminal, Instant::START)..=until).next_back();
            if let Some((_, &number)) = last {
                self.history.records[number].impact.duplicates += 1;
            }
        }
    }
}
