//! What a part says of what is true.

use super::{Context, Task};
use crate::event::DomainEvent;
use crate::model::Catalogue;

impl<K: Catalogue> Context<'_, K> {
    /// the part's wrong state led to an error: its faults are activated. Noted once for each of its active faults.
    pub fn activated(&mut self) {
        self.scratch.tasks.push_back(Task::Activated(self.part));
    }
    /// a person could notice this now.
    pub fn indication(&mut self, part: K::Part, indication: K::Indication) {
        self.cell.note(self.me, DomainEvent::IndicationShown { part, indication });
    }
    /// Something happened that a scenario may wait for.
    #[inline]
    pub fn milestone(&mut self, milestone: K::Milestone) {
        self.scratch.tasks.push_back(Task::Milestone(milestone));
    }
    /// The part broke by itself, without a plan.
    pub fn broke(&mut self, fault: K::Fault) {
        self.scratch.tasks.push_back(Task::Broke(fault));
    }
    /// The part was cleared outside of any incident, by somebody in passing.
    pub fn cleared(&mut self, fault: K::Fault, by: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Cleared(fault, Some(by)));
    }
    /// The fault is over, and nobody here knows what ended it: a real thing says that it is sound again.
    pub fn ended(&mut self, fault: K::Fault) {
        self.scratch.tasks.push_back(Task::Cleared(fault, None));
    }
    /// The actor is put into service, new: its random lives begin now.
    pub fn commission(&mut self) {
        self.scratch.tasks.push_back(Task::Commission);
    }
    /// The actor is taken out of service, or is not in it yet: no planned fault affects it, and its faults are over.
    pub fn withdraw(&mut self) {
        self.scratch.tasks.push_back(Task::Withdraw);
    }
    /// Something new was put in outside of any incident: the lives of what it replaces begin again.
    pub fn replaced(&mut self, by: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Replaced(by));
    }
    /// A recovery action is applied here outside of any incident, to many at once: what it can clear may be gone.
    pub fn treat(&mut self, action: K::RecoveryAction) {
        self.scratch.tasks.push_back(Task::Treat(action));
    }
}
