//! What is kept of the faults and incidents of one actor, and how its parts are reached.

use bevy_ecs::component::Component;
use sim::actor::ActorId;
use sim::time::Instant;

use super::naming::Naming;
use crate::context::Context;
use crate::draw_name::DrawName;
use crate::fault::RecoveryStep;
use crate::model::ModelTypes;

/// A row of a cell's columns, seen as the parts of one actor. `catalogue!` implements it.
pub trait Parts<K: ModelTypes> {
    /// Starts every part.
    fn start(&mut self, cx: &mut Context<'_, K>);
    /// A model's note to itself.
    fn on_timer(&mut self, timer: K::Timer, cx: &mut Context<'_, K>);
    /// A message between parts.
    fn on_message(&mut self, message: K::LocalMessage, cx: &mut Context<'_, K>);
    /// A message from another actor for a part.
    fn on_delivery(&mut self, port: u8, message: K::InterActorMessage, cx: &mut Context<'_, K>);
    /// Sets the level of a fault at the part that has it; 0 is absent.
    fn set_level(&mut self, fault: K::Fault, level: f64, cx: &mut Context<'_, K>);
    /// What a part's own detector suspects now. `Err` if nobody can look: the device is off.
    fn look(
        &mut self,
        part: K::Part,
        cx: &mut Context<'_, K>,
    ) -> Result<Option<K::Fault>, DeviceOff>;
    /// Whether a detector would still raise its alarm.
    fn still_sees(&mut self, part: K::Part, suspect: K::Fault, cx: &mut Context<'_, K>) -> bool;
    /// Truth: the actor can do what it is for.
    fn able(&mut self, cx: &Context<'_, K>) -> bool;
    /// The actor's faults and incidents.
    fn care(&mut self) -> &mut Care<K>;
}

/// Nobody can look: the device is off.
#[derive(Clone, Copy, Debug)]
pub struct DeviceOff;

/// A fault that is active.
#[derive(Clone, Copy, Debug)]
pub(super) struct Active<K: ModelTypes> {
    pub(super) occurrence: u32,
    pub(super) plan: u16,
    /// How many times this plan has occurred here before.
    pub(super) round: u32,
    /// Names the random streams of what it happens to: those of its plan, or of the fault that comes by itself.
    pub(super) stream: u64,
    /// It has led to an error.
    pub(super) activated: bool,
    pub(super) fault: K::Fault,
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// A step is being carried out.
    Acting,
    /// It has been carried out, its effect is to be looked at.
    Verifying,
    /// The procedure is used up; a person tries the fallback.
    Escalated,
    /// Nobody works on it.
    Unresolved,
    /// Nobody is sent: a common cause is being worked on that would explain it.
    Suppressed,
    /// Whoever decides outside has been asked what to do.
    AwaitingDecision,
}

/// What an operator believes about one interruption.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incident<K: ModelTypes> {
    pub(super) id: u32,
    pub(super) detector: K::Part,
    pub(super) suspect: K::Fault,
    pub(super) about: ActorId,
    /// One incident for many actors.
    pub(super) common: bool,
    /// Attempts before this one: names the events that belong to it.
    pub(super) attempt: u8,
    /// Where it stands in its procedure: behind `attempt` by what was chosen outside it.
    pub(super) position: u8,
    /// What was chosen for this attempt instead of a step of the procedure.
    pub(super) chosen: Option<RecoveryStep<K>>,
    pub(super) stage: Stage,
    /// Names the draws of those who are asked to help, and is read for nothing else.
    pub(super) cause: DrawName,
}

/// A planned fault that waits for something to happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Armed {
    pub(super) plan: u16,
    pub(super) seen: u32,
}

/// A step that seemed to help.
#[derive(Clone, Copy, Debug)]
pub(super) struct Helped<K: ModelTypes> {
    pub(super) suspect: K::Fault,
    pub(super) position: u8,
    pub(super) at: Instant,
}

/// A random life of a part, and since when it has lasted.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartLife {
    pub(super) plan: u16,
    /// How many lives there were before it.
    pub(super) round: u32,
    pub(super) since: Instant,
}

/// The faults and incidents of one actor. Empty while all is well: then it costs its bytes and nothing else.
#[derive(Clone, Component, Debug)]
pub struct Care<K: ModelTypes> {
    pub(super) active: Vec<Active<K>>,
    pub(super) incidents: Vec<Incident<K>>,
    pub(super) armed: Vec<Armed>,
    pub(super) helped: Vec<Helped<K>>,
    pub(super) lives: Vec<PartLife>,
    /// It is not in service: not yet, or not any more.
    pub(super) withdrawn: bool,
    pub(super) occurrences: u32,
    pub(super) opened: u32,
    pub(super) serving: bool,
    /// A common cause that is being worked on.
    pub(super) held: Option<K::Fault>,
    pub(super) naming: Naming<K>,
}

impl<K: ModelTypes> Default for Care<K> {
    fn default() -> Self {
        Self {
            active: Vec::new(),
            incidents: Vec::new(),
            armed: Vec::new(),
            helped: Vec::new(),
            lives: Vec::new(),
            withdrawn: false,
            occurrences: 0,
            opened: 0,
            serving: true,
            held: None,
            naming: Naming::default(),
        }
    }
}

impl<K: ModelTypes> Care<K> {
    /// Arms a planned fault that waits for something to happen.
    pub fn arm(&mut self, plan: u16) {
        self.armed.push(Armed { plan, seen: 0 });
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
