//! Which fault an alarm, a stop or a lost sale is attributed to.
//!
//! What happened at an actor is attributed to a fault of that actor if one is active, else to one of a hub (host, gateway,
//! back office): a hub's outage reaches every terminal. Time out of service belongs to the faults that stop the actor then, by the
//! shares that the run notes; a sale that is lost meanwhile to the one with the largest share. Of several faults that stop nothing, the
//! earliest is held responsible for a sale.

use models::Fault;
use sim::{ActorId, Instant};

use super::FaultRecord;

/// What is known of one actor while facts are read.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Records that are active here, by onset.
    pub(super) active: Vec<usize>,
    /// The record that ended last here.
    pub(super) recent: Option<usize>,
    /// The last recovery action that was carried out here, and the record that it was meant for.
    pub(super) treated: Option<(Instant, Option<usize>)>,
    /// When a recovery action was carried out here last that cleared nothing and interrupted what went on.
    pub(super) needless: Option<Instant>,
    /// Out of service.
    pub(super) down: Option<Down>,
}

/// A stretch of time for which an actor stands still.
#[derive(Clone, Debug)]
pub(super) struct Down {
    pub(super) since: Instant,
    /// Records that it stands still for, and their shares in parts per million.
    pub(super) by: Vec<(usize, u32)>,
    /// The record that it stands still for if it is none of those: one whose repair goes on.
    pub(super) rest: Option<usize>,
}

impl Down {
    /// The record with the largest share.
    fn foremost(&self) -> Option<usize> {
        self.by
            .iter()
            .max_by_key(|(record, share)| (*share, std::cmp::Reverse(*record)))
            .map(|it| it.0)
            .or(self.rest)
    }
}

/// Who is affected by what, at the moment of the fact that is read.
#[derive(Debug)]
pub(super) struct Scene {
    terminals: u32,
    /// By actor; empty for those at whom nothing was ever wrong.
    watches: Vec<Option<Box<Watch>>>,
    /// Records that are active at hubs, by onset.
    hubs: Vec<usize>,
    /// The record that ended last at a hub.
    recent_hub: Option<usize>,
}

impl Scene {
    pub(super) fn new(terminals: u32) -> Self {
        Self { terminals, watches: Vec::new(), hubs: Vec::new(), recent_hub: None }
    }

    pub(super) fn is_hub(&self, actor: ActorId) -> bool {
        actor.0 >= self.terminals
    }

    pub(super) fn watch(&self, actor: ActorId) -> Option<&Watch> {
        self.watches.get(actor.0 as usize)?.as_deref()
    }

    pub(super) fn watch_mut(&mut self, actor: ActorId) -> &mut Watch {
        let at = actor.0 as usize;
        if at >= self.watches.len() {
            self.watches.resize_with(at + 1, || None);
        }
        self.watches[at].get_or_insert_default()
    }

    /// All actors at whom something was ever wrong.
    pub(super) fn watched(&mut self) -> impl Iterator<Item = (ActorId, &mut Watch)> {
        let numbered = self.watches.iter_mut().enumerate();
        numbered.filter_map(|(at, watch)| Some((ActorId(at as u32), watch.as_deref_mut()?)))
    }

    pub(super) fn begin(&mut self, actor: ActorId, record: usize) {
        self.watch_mut(actor).active.push(record);
        if self.is_hub(actor) {
            self.hubs.push(record);
        }
    }

    pub(super) fn end(&mut self, actor: ActorId, record: usize) {
        let watch = self.watch_mut(actor);
        watch.active.retain(|&active| active != record);
        watch.recent = Some(record);
        if self.is_hub(actor) {
            self.hubs.retain(|&active| active != record);
            self.recent_hub = Some(record);
        }
    }

    /// Records that are active at an actor, by onset.
    pub(super) fn active(&self, actor: ActorId) -> &[usize] {
        self.watch(actor).map_or(&[], |watch| &watch.active)
    }

    /// The record that is active at an actor and began first; if there is none, the one that ended at or after `since`.
    fn own(&self, records: &[FaultRecord], actor: ActorId, since: Instant) -> Option<usize> {
        let watch = self.watch(actor)?;
        let stops = watch.down.as_ref().and_then(Down::foremost);
        stops
            .or(watch.active.first().copied())
            .or_else(|| ended_after(records, watch.recent, since))
    }

    /// The same for all hubs together.
    fn hub(&self, records: &[FaultRecord], since: Instant) -> Option<usize> {
        self.hubs.first().copied().or_else(|| ended_after(records, self.recent_hub, since))
    }

    /// The fault that a sale at a terminal is attributed to which began at `since` and ends now. What a host says is attributed to a
    /// hub first, what the terminal does to the terminal.
    pub(super) fn blame(
        &self,
        records: &[FaultRecord],
        terminal: ActorId,
        since: Instant,
        said_by_host: bool,
    ) -> Option<usize> {
        let own = || self.own(records, terminal, since);
        let hub = || self.hub(records, since);
        if said_by_host { hub().or_else(own) } else { own().or_else(hub) }
    }

    /// The record behind an alarm. Of several the one that it names, then one of the part that it names, then one of the
    /// actor that it is about, then the earliest.
    pub(super) fn explain(
        &self,
        records: &[FaultRecord],
        about: ActorId,
        suspect: Fault,
    ) -> Option<usize> {
        let own = self.active(about).iter().map(|&record| (record, false));
        let hubs = self.hubs.iter().map(|&record| (record, true));
        let nearness = |&(record, hub): &(usize, bool)| {
            let truth = records[record].fault;
            let distance = match () {
                () if truth == suspect => 0,
                () if truth.part() == suspect.part() => 1,
                () => 2,
            };
            (distance, hub, record)
        };
        own.chain(hubs).min_by_key(nearness).map(|(record, _)| record)
    }

    /// The record behind an indication: one whose catalogue entry lists it, else the earliest of the actor.
    pub(super) fn shown_by(
        &self,
        records: &[FaultRecord],
        actor: ActorId,
        indication: models::Indication,
    ) -> Option<usize> {
        let own = self.active(actor);
        let lists =
            |&&record: &&usize| records[record].fault.mode().indications.contains(&indication);
        let listed = own.iter().find(lists).or_else(|| own.first());
        listed.or_else(|| self.hubs.iter().find(lists)).copied()
    }
}

fn ended_after(records: &[FaultRecord], recent: Option<usize>, since: Instant) -> Option<usize> {
    recent.filter(|&record| records[record].cleared.is_some_and(|cleared| cleared.at >= since))
}
