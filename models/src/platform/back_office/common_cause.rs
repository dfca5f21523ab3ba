//! Common causes: which carrier, region or batch explains that many terminals got into trouble at the same time.

use std::collections::{BTreeMap, VecDeque};

use faults::{Context, Finding, RecoveryPolicy};
use sim::{ActorId, Instant, Span};

use super::Timer;
use super::zones::Zones;
use crate::note::Note;
use crate::detector_settings::Zone;
use crate::wire::InterActorMessage;
use crate::{AnyFault, Evidence, Family, Models, Part, Symptom};

/// A kind of trouble: silence, or alarms of one family.
pub(super) type TroubleKind = u8;
/// Nothing is received from the terminal.
pub(super) const SILENT: TroubleKind = 0;
const KINDS: usize = 1 + Family::ALL.len();
// Kinds are kept as a set of 16 bits.
const _: () = assert!(KINDS <= u16::BITS as usize);

/// The kind of trouble that a suspicion at a terminal belongs to.
pub(super) fn kind_of(suspect: AnyFault) -> TroubleKind {
    1 + suspect.mode().family as TroubleKind
}

/// What the back office believes of the trouble of one terminal.
#[derive(Clone, Copy, Debug, Default)]
struct Trouble {
    /// Kinds of trouble that it is in, as a set.
    is: u16,
    /// The open common-cause incident that it was attributed to: its place among all, and the kind.
    member: Option<(u32, TroubleKind)>,
}

/// A cause that was named and stands.
#[derive(Clone, Debug)]
struct CommonCause {
    number: u32,
    zone: usize,
    kind: TroubleKind,
    /// What its members have in common.
    symptom: Symptom,
    cause: AnyFault,
    example: ActorId,
    members: u32,
    max: u32,
    /// Nothing that can be done for many has helped: each member is seen to by itself again.
    released: bool,
}

/// Terminals in trouble, and what explains them.
#[derive(Clone, Debug, Default)]
pub(super) struct CommonCauses {
    zones: Zones,
    troubles: Vec<Trouble>,
    /// Trouble that counts for a cause that has not been named, and since when.
    counted: BTreeMap<(ActorId, TroubleKind), Instant>,
    /// What began to count within the window, oldest first; some of it counts no more.
    recent: VecDeque<(Instant, ActorId, TroubleKind)>,
    /// How many terminals of each zone have recent trouble of each kind.
    counts: Vec<[u32; KINDS]>,
    /// A cause of this kind is about to be named.
    about_to: [bool; KINDS],
    /// What is suspected at terminals, as far as the operator was told.
    tickets: BTreeMap<ActorId, Vec<(Symptom, AnyFault)>>,
    standing: Vec<CommonCause>,
    named: u32,
}

impl CommonCauses {
    pub(super) fn new(cx: &Context<'_, Models>) -> Self {
        let zones = Zones::of(cx.settings());
        let counts = vec![[0; KINDS]; zones.len()];
        Self { zones, counts, ..Self::default() }
    }

    /// Causes that were named so far, and those that stand.
    pub(super) fn figures(&self) -> (u32, usize) {
        (self.named, self.standing.len())
    }

    /// A cause stands whose members have this in common.
    pub(super) fn stands(&self, symptom: Symptom) -> bool {
        self.standing.iter().any(|it| it.symptom == symptom)
    }

    fn trouble_of(&mut self, terminal: ActorId) -> &mut Trouble {
        let row = terminal.0 as usize;
        if self.troubles.len() <= row {
            self.troubles.resize(row + 1, Trouble::default());
        }
        &mut self.troubles[row]
    }

    /// A suspicion at a terminal has reached the operator, or is over.
    pub(super) fn ticket(
        &mut self,
        terminal: ActorId,
        said: (Symptom, AnyFault),
        open: bool,
        cx: &mut Context<'_, Models>,
    ) {
        let tickets = self.tickets.entry(terminal).or_default();
        // The suspect may have been isolated meanwhile: an incident is known by its symptom and part.
        let same = |it: &(Symptom, AnyFault)| it.0 == said.0 && it.1.part() == said.1.part();
        if open {
            debug_assert!(!tickets.iter().any(same), "a ticket for {said:?} is open already");
            tickets.push(said);
            return self.trouble(terminal, kind_of(said.1), cx);
        }
        let Some(at) = tickets.iter().position(same) else { return };
        let kind = kind_of(tickets.swap_remove(at).1);
        let others = tickets.iter().any(|it| kind_of(it.1) == kind);
        if tickets.is_empty() {
            self.tickets.remove(&terminal);
        }
        if !others {
            self.well(terminal, kind, cx);
        }
    }

    fn tickets_of(&self, terminal: ActorId) -> impl Iterator<Item = (Symptom, AnyFault)> + '_ {
        self.tickets.get(&terminal).into_iter().flatten().copied()
    }

    /// A terminal got into trouble.
    pub(super) fn trouble(&mut self, terminal: ActorId, kind: TroubleKind, cx: &mut Context<'_, Models>) {
        let settings = &cx.settings().policy.common_causes;
        debug_assert!(usize::from(kind) < KINDS, "there is no kind {kind} of trouble");
        let bit = 1 << kind;
        if !settings.enabled || self.trouble_of(terminal).is & bit != 0 {
            return;
        }
        self.trouble_of(terminal).is |= bit;
        let profile = cx.settings().profile_of[terminal.0 as usize];
        let fits = |it: &CommonCause| it.kind == kind && self.zones.holds(it.zone, profile);
        if let Some(at) = self.standing.iter().position(fits) {
            return self.join(terminal, at, cx);
        }
        self.forget_old(settings.window, cx);
        self.counted.insert((terminal, kind), cx.now());
        self.recent.push_back((cx.now(), terminal, kind));
        let mut significant = false;
        for &zone in self.zones.of_profile(profile) {
            self.counts[zone][usize::from(kind)] += 1;
            let count = self.counts[zone][usize::from(kind)];
            significant |= count >= settings.min_terminals
                && self.zones.score(zone, count, settings.background.0) >= settings.score.0;
        }
        if significant && !std::mem::replace(&mut self.about_to[usize::from(kind)], true) {
            cx.after(settings.settle, Timer::Names(kind));
        }
    }

    /// A terminal is no longer in this kind of trouble.
    pub(super) fn well(&mut self, terminal: ActorId, kind: TroubleKind, cx: &mut Context<'_, Models>) {
        let bit = 1 << kind;
        self.trouble_of(terminal).is &= !bit;
        self.uncount(terminal, kind, cx);
        if let Some((number, of)) = self.trouble_of(terminal).member
            && of == kind
        {
            self.leave(terminal, number, cx);
        }
    }

    fn uncount(&mut self, terminal: ActorId, kind: TroubleKind, cx: &Context<'_, Models>) {
        if self.counted.remove(&(terminal, kind)).is_none() {
            return;
        }
        for &zone in self.zones.of_profile(cx.settings().profile_of[terminal.0 as usize]) {
            debug_assert!(self.counts[zone][usize::from(kind)] > 0, "who is counted out was in");
            self.counts[zone][usize::from(kind)] -= 1;
        }
    }

    fn forget_old(&mut self, window: Span, cx: &Context<'_, Models>) {
        while let Some(&(at, terminal, kind)) = self.recent.front() {
            debug_assert!(at <= cx.now(), "what is recent has happened");
            if cx.now().since(at) <= window {
                return;
            }
            self.recent.pop_front();
            // It may have been over, and have begun anew, since.
            if self.counted.get(&(terminal, kind)) == Some(&at) {
                self.uncount(terminal, kind, cx);
            }
        }
    }

    /// Enough has been waited for more: names the zone that explains best what is there.
    pub(super) fn name(&mut self, kind: TroubleKind, cx: &mut Context<'_, Models>) {
        self.about_to[usize::from(kind)] = false;
        let settings = &cx.settings().policy.common_causes;
        self.forget_old(settings.window, cx);
        let mut best: Option<(f64, usize)> = None;
        // Of zones that explain as much, the smallest kind comes first and is kept.
        for zone in 0..self.zones.len() {
            let count = self.counts[zone][usize::from(kind)];
            let score = self.zones.score(zone, count, settings.background.0);
            debug_assert!(!score.is_nan(), "zone {zone} has a score");
            let significant = count >= settings.min_terminals && score >= settings.score.0;
            if significant && best.is_none_or(|(max, _)| score > max) {
                best = Some((score, zone));
            }
        }
        if let Some((_, zone)) = best {
            self.stand(zone, kind, cx);
        }
    }

    fn stand(&mut self, zone: usize, kind: TroubleKind, cx: &mut Context<'_, Models>) {
        let profile = |it: ActorId| cx.settings().profile_of[it.0 as usize];
        let counted = self.counted.keys().filter(|(_, of)| *of == kind).map(|(it, _)| *it);
        let members = counted.filter(|it| self.zones.holds(zone, profile(*it)));
        let members: Vec<ActorId> = members.collect();
        let Some(&example) = members.first() else { return };
        let finding = self.finding(self.zones.zone(zone), kind, &members);
        let cause = cx.settings().diagnose_common(example, &finding).suspect;
        let number = self.named;
        self.named = self.named.checked_add(1).expect("fewer than 2^32 common causes");
        let count = members.len() as u32;
        debug_assert!(members.is_sorted(), "members are named in the order of their numbers");
        let named = self.zones.zone(zone);
        cx.note(Note::CommonCauseOpened { number, zone: named, cause, members: count });
        // What the gateway suspects of a host it has said itself, and it has its own incident about it.
        if cause.part() != Part::Host {
            cx.alarm_common(finding, example);
        }
        self.standing.push(CommonCause { number, zone, kind, symptom: finding.symptom, cause, example, members: 0, max: 0, released: false });
        let at = self.standing.len() - 1;
        for terminal in members {
            self.uncount(terminal, kind, cx);
            self.join(terminal, at, cx);
        }
    }

    /// What members of a zone have in common: of silence, that; otherwise what the operator was told most often.
    fn finding(&self, zone: Zone, kind: TroubleKind, members: &[ActorId]) -> Finding<Models> {
        debug_assert!(!members.is_empty(), "a common cause has members");
        let many = match zone {
            Zone::Cell { .. } => Evidence::ManyOfACell,
            Zone::Carrier(_) => Evidence::ManyOfACarrier,
            Zone::Region(_) => Evidence::ManyOfARegion,
            Zone::Batch(_) => Evidence::ManyOfABatch,
            Zone::Fleet => Evidence::ManyOfAll,
        };
        let mut said: BTreeMap<Symptom, u32> = BTreeMap::new();
        for (symptom, suspect) in members.iter().flat_map(|&it| self.tickets_of(it)) {
            if kind != SILENT && kind_of(suspect) == kind {
                *said.entry(symptom).or_default() += 1;
            }
        }
        let most = said.into_iter().max_by_key(|&(symptom, count)| (count, std::cmp::Reverse(symptom)));
        let symptom = most.map_or(Symptom::NoHeartbeat, |(symptom, _)| symptom);
        Finding::of(symptom).with(many)
    }

    fn join(&mut self, terminal: ActorId, at: usize, cx: &mut Context<'_, Models>) {
        if self.trouble_of(terminal).member.is_some() {
            return;
        }
        let incident = &mut self.standing[at];
        incident.members += 1;
        incident.max = incident.max.max(incident.members);
        debug_assert!(
            incident.members as usize <= cx.settings().profile_of.len(),
            "no more members than actors"
        );
        let CommonCause { number, kind, cause, released, .. } = *incident;
        self.trouble_of(terminal).member = Some((number, kind));
        if released {
            return;
        }
        let common = InterActorMessage::Common { number, cause, member: true };
        cx.post(terminal, Part::HeartbeatMonitor, Span::ZERO, common);
    }

    fn leave(&mut self, terminal: ActorId, number: u32, cx: &mut Context<'_, Models>) {
        self.trouble_of(terminal).member = None;
        let Some(at) = self.standing.iter().position(|it| it.number == number) else { return };
        let incident = &mut self.standing[at];
        debug_assert!(incident.members > 0, "who leaves had joined");
        incident.members -= 1;
        let common = InterActorMessage::Common { number, cause: incident.cause, member: false };
        cx.post(terminal, Part::HeartbeatMonitor, Span::ZERO, common);
        let few = cx.settings().policy.common_causes.over_at.0 * f64::from(incident.max);
        if f64::from(incident.members) <= few {
            self.over(at, cx);
        }
    }

    /// A common-cause incident is closed; who is still in trouble is on its own again.
    fn over(&mut self, at: usize, cx: &mut Context<'_, Models>) {
        let CommonCause { number, symptom, cause, example, kind, .. } = self.standing.remove(at);
        debug_assert!(self.standing.iter().all(|it| it.number != number), "a common cause stands once");
        cx.note(Note::CommonCauseClosed { number });
        cx.dismiss_one(symptom, example);
        for row in 0..self.troubles.len() {
            if self.troubles[row].member == Some((number, kind)) {
                self.troubles[row].member = None;
                let common = InterActorMessage::Common { number, cause, member: false };
                cx.post(ActorId(row as u32), Part::HeartbeatMonitor, Span::ZERO, common);
            }
        }
    }

    /// Nothing that can be done for many has helped. People are sent to the members again, one by one; the common-cause incident goes on
    /// to stand, so that it is not named anew.
    pub(super) fn release(&mut self, cause: AnyFault, example: ActorId, cx: &mut Context<'_, Models>) {
        let is = |it: &&mut CommonCause| it.cause == cause && it.example == example;
        let Some(incident) = self.standing.iter_mut().find(is) else { return };
        incident.released = true;
        let (number, of) = (incident.number, Some((incident.number, incident.kind)));
        for (row, trouble) in self.troubles.iter().enumerate() {
            if trouble.member == of {
                let common = InterActorMessage::Common { number, cause, member: false };
                cx.post(ActorId(row as u32), Part::HeartbeatMonitor, Span::ZERO, common);
            }
        }
    }

    /// A step was carried out against a common cause: it reaches every member, not only the example.
    pub(super) fn treat(&self, cause: AnyFault, example: ActorId, position: u8, cx: &mut Context<'_, Models>) {
        let is = |it: &&CommonCause| it.cause == cause && it.example == example;
        let Some(incident) = self.standing.iter().find(is) else { return };
        let of = Some((incident.number, incident.kind));
        for (row, trouble) in self.troubles.iter().enumerate() {
            let terminal = ActorId(row as u32);
            if trouble.member == of && terminal != example {
                cx.treat_at(terminal, cause, position);
            }
        }
    }
}
