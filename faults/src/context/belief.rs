//! What a detector says of what it believes, and what belief may use.

use std::fmt;

use super::{Context, Task};
use crate::belief::{
    Alarmed, Candidate, Decision, DeviceOff, Finding, LIKELIEST, Observed, ProcedureKey,
    RecoveryPolicy,
};
use crate::draw_name::DrawName;
use crate::event::{DomainEvent, SimEvent};
use crate::fault::Performer;
use crate::model::Catalogue;
use sim::actor::ActorId;
use sim::time::{Instant, Span};

impl<K: Catalogue> Context<'_, K> {
    /// The part's reading has changed, or a deadline of its detector is due: have it looked at.
    ///
    /// # Panics
    /// In a debug build, if it is called because the level of a fault has changed: a fault is noticed by what it does.
    pub fn look(&mut self) {
        debug_assert!(!self.scratch.changes_level, "the change of a level is nothing to look at");
        self.scratch.touched = true;
        self.scratch.tasks.push_back(Task::Look(self.part));
    }
    /// Raises an alarm about this actor.
    pub fn alarm(&mut self, finding: Finding<K>) {
        self.alarm_about(finding, self.me);
    }
    /// Raises an alarm about another actor.
    pub fn alarm_about(&mut self, finding: Finding<K>, about: ActorId) {
        self.raise(finding, about, false, None);
    }
    /// Raises an alarm about this actor, with candidates that the detector has weighed itself; what they leave of a million is for
    /// "nothing is broken".
    pub fn alarm_weighed(
        &mut self,
        finding: Finding<K>,
        candidates: [Option<Candidate<K>>; LIKELIEST],
    ) {
        self.raise(finding, self.me, false, Some(candidates));
    }
    /// Raises one alarm about a cause that many actors have in common; `example` is one of them. Its incident goes through the
    /// common procedure, and whoever raised it hears of each step that was carried out and passes it on to the others.
    pub fn alarm_common(&mut self, finding: Finding<K>, example: ActorId) {
        self.raise(finding, example, true, None);
    }
    fn raise(
        &mut self,
        finding: Finding<K>,
        about: ActorId,
        common: bool,
        weighed: Option<[Option<Candidate<K>>; LIKELIEST]>,
    ) {
        let detector = self.part;
        let alarm = Alarmed { detector, finding, about, common, weighed };
        self.scratch.tasks.push_back(Task::Alarm(alarm));
    }
    /// A step of a common procedure, carried out here for many, takes effect at one of them.
    pub fn treat_at(&mut self, actor: ActorId, cause: K::Fault, position: u8) {
        debug_assert_ne!(actor, self.me, "who acts at its own actor sends nothing");
        let treat = SimEvent::Treat { procedure: ProcedureKey::Common(cause), position };
        self.cell.send(self.me, actor, Span::ZERO, treat);
    }
    /// From now on nobody is sent because of what this common cause explains; `None` ends that.
    pub fn suppress(&mut self, cause: Option<K::Fault>) {
        self.scratch.tasks.push_back(Task::Hold(cause));
    }
    /// What was decided outside about an incident that waits for it at this attempt; ignored if it does not, or not any more.
    pub fn decide(&mut self, incident: u32, attempt: u8, decision: Decision<K>) {
        self.scratch.tasks.push_back(Task::Decide { incident, attempt, decision });
    }
    /// This detector sees one thing no more: the incident that it opened about it is closed.
    pub fn dismiss_one(&mut self, symptom: K::Symptom, about: ActorId) {
        let detector = self.part;
        self.scratch.tasks.push_back(Task::DismissOne { detector, symptom, about });
    }
    /// This detector sees nothing wrong any more: incidents that it opened are closed.
    pub fn dismiss(&mut self) {
        let detector = self.part;
        self.scratch.tasks.push_back(Task::Dismiss { detector });
    }
    /// A step will have been carried out after this delay.
    pub fn apply_after(&mut self, delay: Span, incident: u32, attempt: u8) {
        self.cell.after(self.me, delay, SimEvent::Apply { incident, attempt });
    }
    /// A step will not be carried out.
    pub fn time_out_after(&mut self, delay: Span, incident: u32, attempt: u8) {
        self.cell.after(self.me, delay, SimEvent::StepTimedOut { incident, attempt });
    }
}

/// An event of an actor as belief sees it: the policy, the agenda and the record, and no way to what is true.
pub struct BeliefContext<'c, 'a, K: Catalogue> {
    // Private: whoever has a `BeliefContext` cannot get at the faults and plans behind it.
    cx: &'c mut Context<'a, K>,
}

impl<K: Catalogue> fmt::Debug for BeliefContext<'_, '_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeliefContext").field("me", &self.cx.me).finish_non_exhaustive()
    }
}

impl<'c, 'a, K: Catalogue> BeliefContext<'c, 'a, K> {
    pub(super) fn of(cx: &'c mut Context<'a, K>) -> Self {
        Self { cx }
    }
    /// Now.
    pub(crate) fn now(&self) -> Instant {
        self.cx.now()
    }
    /// The actor at which the incidents are kept.
    pub(crate) fn me(&self) -> ActorId {
        self.cx.me
    }
    /// What the operator is set to do.
    pub(crate) fn policy(&self) -> &'a dyn RecoveryPolicy<K> {
        self.cx.settings
    }
    /// Notes what became of an incident.
    pub(crate) fn note(&mut self, event: DomainEvent<K>) {
        self.cx.cell.note(self.cx.me, event);
    }
    /// An event of an incident, after a delay.
    pub(crate) fn after(&mut self, delay: Span, event: SimEvent<K>) {
        self.cx.cell.after(self.cx.me, delay, event);
    }
    /// Says something to the parts of the same actor, at this instant.
    pub(crate) fn say(&mut self, message: K::LocalMessage) {
        self.cx.say(message);
    }
    /// What a detector finds now; see [`Observed::look`].
    pub(crate) fn look<P: Observed<K>>(
        &mut self,
        parts: &mut P,
        detector: K::Part,
    ) -> Result<Vec<Finding<K>>, DeviceOff> {
        parts.look(detector, self.cx)
    }
    /// Whether a detector would still raise its alarm.
    pub(crate) fn retest<P: Observed<K>>(
        &mut self,
        parts: &mut P,
        detector: K::Part,
        symptom: K::Symptom,
    ) {
        parts.retest(detector, symptom, self.cx);
    }
    pub(crate) fn still_sees<P: Observed<K>>(
        &mut self,
        parts: &mut P,
        detector: K::Part,
        symptom: K::Symptom,
    ) -> bool {
        parts.still_sees(detector, symptom, self.cx)
    }
    /// What the draws of one more request because of an incident are named by.
    pub(crate) fn name_request<P: Observed<K>>(
        &mut self,
        parts: &mut P,
        incident: u32,
        by: Performer,
    ) -> DrawName {
        parts.draw_counts().request(incident, by)
    }
    /// An incident has been closed.
    pub(crate) fn closed<P: Observed<K>>(&mut self, parts: &mut P, incident: u32) {
        parts.draw_counts().closed(incident);
        self.cx.scratch.names_over = true;
    }
}
