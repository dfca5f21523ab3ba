//! What a model is, and what can happen to it.

use std::fmt::Debug;
use std::hash::Hash;

use bevy_ecs::component::{Component, Mutable};

use sim::{ActorId, Actors, Instant, Law, Slot, Span};

use crate::context::Context;
use crate::draw_name::DrawName;
use crate::fault::{Mode, Performer, Planned, RecoveryStep};
use crate::fitted::Fitting;
use crate::levels::Levels;
use crate::table::{Declared, Table};

/// Plain data that an enum of the catalogue is made of.
pub trait PlainData: Copy + Debug + Eq + Hash + PartialEq + Send + Sync + 'static {}
impl<T: Copy + Debug + Eq + Hash + PartialEq + Send + Sync + 'static> PlainData for T {}

/// The types that a catalogue of models is made of. `catalogue!` implements it.
pub trait ModelTypes:
    Actors<Event = SimEvent<Self>, Fact = DomainEvent<Self>, Settings: FaultSettings<Self>> + PlainData
{
    /// Names of models: what an actor is made of.
    type Part: PlainData + Ord;
    /// Notes of models to themselves.
    type Timer: PlainData;
    /// What the parts of an actor are set to.
    type Profile: Clone + Debug + Default + PartialEq;
    /// What the parts of one actor say to each other at the same instant.
    type LocalMessage: Copy + Debug;
    /// What such a message is about.
    type Topic: Copy + Debug + 'static;
    /// Everything that can break.
    type Fault: PlainData + Ord;
    /// Groups of faults.
    type Family: PlainData + Ord;
    /// Everything that can be done against a fault.
    type RecoveryAction: PlainData + Ord;
    /// What a component declares of a recovery action that it brings.
    type ActionDefinition: Declared;
    /// Everything that a person can notice.
    type Indication: PlainData + Ord;
    /// What a component declares of an indication that it brings.
    type IndicationDefinition: Declared;
    /// One way to notice trouble, as a component declares it.
    type Detector: Declared;
    /// What a scenario may wait for before a fault occurs.
    type Milestone: PlainData;
    /// What a component declares of a milestone that it brings.
    type MilestoneDefinition: Declared;
    /// Places in what one component does at which others may add a step of their own.
    type Hook: PlainData;
    /// What models note for the measures.
    type Note: Copy + Debug + PartialEq + Send + 'static;

    /// The bus message that asks somebody other than the device to carry out a step.
    fn ask(asked: StepRequest<Self>) -> Self::LocalMessage;
    /// The bus message by which fault management tells the parts of an actor what became of an incident kept there.
    fn update(update: IncidentUpdate<Self>) -> Self::LocalMessage;
    /// The bus message by which a recovery action acts on the parts; `None` if it acts on faults only.
    fn act(action: Self::RecoveryAction) -> Option<Self::LocalMessage>;
    /// The catalogue entry of a fault.
    fn mode(fault: Self::Fault) -> &'static Mode<Self>;
    /// The part that a fault belongs to.
    fn part_of(fault: Self::Fault) -> Self::Part;
    /// The fault of this name, as `printer.jam`.
    fn fault_named(name: &str) -> Option<Self::Fault> {
        Self::fault_with_id(sim::stable_id(name))
    }
    /// The fault whose name has this [`sim::stable_id`].
    fn fault_with_id(id: u32) -> Option<Self::Fault>;
    /// Every indication.
    fn indications() -> &'static Table<Self::IndicationDefinition>;
    /// Every recovery action.
    fn actions() -> &'static Table<Self::ActionDefinition>;
    /// The components that add a step at this place, in the order in which they are asked.
    fn hooked(hook: Self::Hook) -> Vec<Self::Part>;
    /// Every milestone.
    fn milestones() -> &'static Table<Self::MilestoneDefinition>;
    /// Every detector.
    fn detectors() -> &'static Table<Self::Detector>;
}

/// A request to carry out a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRequest<K: ModelTypes> {
    /// The incident, within its actor.
    pub incident: u32,
    /// Which attempt, counted from 0.
    pub attempt: u8,
    /// What to do, by whom, how long.
    pub step: RecoveryStep<K>,
    /// What is suspected.
    pub suspect: K::Fault,
    /// What the draws of whoever carries it out are named by, and nothing else.
    pub name: DrawName,
}

/// What became of an incident: told to the parts of its own actor that keep the record of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncidentUpdate<K: ModelTypes> {
    /// The incident, within its actor.
    pub incident: u32,
    /// Whose detector opened it.
    pub detector: K::Part,
    /// What is suspected.
    pub suspect: K::Fault,
    /// Which actor it is about.
    pub about: ActorId,
    /// One incident for many actors: see [`Context::alarm_common`].
    pub common: bool,
    /// What became of it.
    pub change: IncidentChange,
}

/// What can become of an incident.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum IncidentChange {
    /// An alarm has opened it.
    Opened,
    /// A step of its procedure has been carried out.
    Applied {
        /// Which.
        attempt: u8,
    },
    /// What to do is to be decided outside: see [`FaultSettings::decided_outside`] and [`Context::decide`].
    AwaitingDecision {
        /// How many attempts there were before this one: the answer names it.
        attempt: u8,
        /// Where it stands in its procedure; past its end it is the fallback's turn.
        position: u8,
    },
    /// A step is not begun, because a common cause is being worked on.
    Suppressed,
    /// Everything in its procedure has been tried, the fallback included.
    Unresolved,
    /// It has been closed.
    Closed,
}

/// What can be decided about an incident from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision<K: ModelTypes> {
    /// The next step of its procedure; past its end the fallback, and past that nobody works on it any more.
    Procedure,
    /// This, whatever the procedure says. The procedure stays where it is.
    Step(RecoveryStep<K>),
    /// Nothing for so long. Then, if it still looks wrong, the same is asked again.
    Wait(Span),
    /// The rest of the procedure is skipped: the fallback.
    Escalate,
    /// It is believed to be over.
    Close,
    /// Nobody works on it any more.
    GiveUp,
}

/// What the kernel asks of a run's settings.
pub trait FaultSettings<K: ModelTypes> {
    /// An entry of the scenario's faults.
    fn planned(&self, plan: u16) -> &Planned<K>;
    /// What to try against a suspected fault, in this order.
    fn procedure(&self, suspect: K::Fault) -> &[RecoveryStep<K>];
    /// A recovery action has to do with how this planned fault came about; if not, it cannot clear it.
    fn reaches(&self, _plan: u16, _action: K::RecoveryAction) -> bool {
        true
    }
    /// What to try against a suspected cause that many actors have in common, in this order.
    fn common_procedure(&self, suspect: K::Fault) -> &[RecoveryStep<K>] {
        self.procedure(suspect)
    }
    /// Whether someone outside decides what is done about incidents of this actor. Each attempt then waits, at its moment,
    /// until [`Context::decide`] says what it is.
    fn decided_outside(&self, _actor: ActorId) -> bool {
        false
    }
    /// Whether nobody is to take this step against what a detector suspects at one actor, because a common cause is being
    /// worked on that would explain it.
    fn suppresses(
        &self,
        _cause: K::Fault,
        _detector: K::Part,
        _suspect: K::Fault,
        _step: &RecoveryStep<K>,
    ) -> bool {
        false
    }
    /// Whether something real stands in the place of the part that has this fault: then neither a plan nor a recovery action reaches
    /// it, and it begins and ends as the real thing says.
    fn is_real(&self, _actor: ActorId, _fault: K::Fault) -> bool {
        false
    }
    /// With which probability a recovery action that cleared a fault did so for a while only, and for how long.
    fn imperfect(&self, _action: K::RecoveryAction) -> Option<(f64, Law)> {
        None
    }
    /// How long after a recovery action its effect is looked at.
    fn verify_after(&self, action: K::RecoveryAction) -> Span;
    /// How long a remote command may take before it is given up.
    fn remote_patience(&self) -> Span;
    /// A suspicion that comes back within this time begins one step after the one that seemed to help.
    fn relapse_within(&self) -> Span;
    /// Whether a recovery action puts in something new, so that what this fault happens to begins another life.
    fn renews(&self, _actor: ActorId, _action: K::RecoveryAction, _fault: K::Fault) -> bool {
        false
    }
    /// How old an actor is at the start of the run, on top of what a life says of itself.
    fn age(&self, _actor: ActorId) -> Span {
        Span::ZERO
    }
    /// What a person tries when the procedure is exhausted, how often, and how long apart; `None` leaves it at that.
    fn fallback(&self) -> Option<(RecoveryStep<K>, u8, Span)>;
}

/// Everything that can happen to an actor.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SimEvent<K: ModelTypes> {
    /// A model's note to itself.
    Timer(K::Timer),
    /// A message from another actor reaches a part.
    Arrival {
        /// Which part.
        port: u8,
        /// Where the message waits.
        slot: Slot,
    },
    /// A planned fault occurs.
    Occur {
        /// Entry of the scenario's faults.
        plan: u16,
        /// How many times it has occurred here before.
        round: u32,
    },
    /// A fault ends by itself.
    Clear {
        /// Which of the actor's faults.
        occurrence: u32,
    },
    /// An active fault grows, goes off for a while, or comes on again.
    ProfileStep {
        /// Which of the actor's faults.
        occurrence: u32,
        /// Steps of its severity profile so far.
        step: u32,
    },
    /// A step is carried out.
    Apply {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
    /// A step was not carried out in time.
    StepTimedOut {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
    /// Somebody elsewhere carries out a step of a procedure here.
    Treat {
        /// What is suspected.
        suspect: K::Fault,
        /// Step of its procedure.
        position: u8,
        /// The procedure is that of a common cause.
        common: bool,
    },
    /// A fault comes back that a recovery action had cleared for a while only.
    Recur {
        /// Entry of the scenario's faults.
        plan: u16,
        /// How many times it has occurred here before.
        round: u32,
    },
    /// A step's effect is looked at.
    Verify {
        /// Which of the actor's incidents.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
    },
}

/// What is noted about faults, beliefs and service, in the past tense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DomainEvent<K: ModelTypes> {
    /// Truth: a fault occurred; this is its onset.
    Occurred {
        /// Number within the actor.
        occurrence: u32,
        /// Entry of the scenario's faults; [`NATURAL`] if it came by itself (paper that ran out).
        plan: u16,
        /// The fault.
        fault: K::Fault,
    },
    /// Truth: a fault is gone.
    Cleared {
        /// Number within the actor.
        occurrence: u32,
        /// The fault.
        fault: K::Fault,
        /// What cleared it; `None` if it ended by itself.
        by: Option<K::RecoveryAction>,
    },
    /// Truth: the first error of a part's wrong state: its faults are activated.
    Activated {
        /// The part.
        part: K::Part,
    },
    /// Truth: somebody could have noticed this now.
    IndicationShown {
        /// The part that shows it.
        part: K::Part,
        /// What is shown.
        indication: K::Indication,
    },
    /// Truth: the terminal began or ceased to be able to sell.
    Service {
        /// Able to sell.
        up: bool,
    },
    /// Belief: a detector says that something is wrong.
    Alarm {
        /// Number within the actor at which the incident is kept.
        incident: u32,
        /// Whose detector.
        detector: K::Part,
        /// What it suspects.
        suspect: K::Fault,
        /// Which actor it is about.
        about: ActorId,
    },
    /// A step was begun.
    ActionStarted {
        /// The incident.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
        /// What is done.
        action: K::RecoveryAction,
        /// By whom.
        by: Performer,
    },
    /// A step was carried out.
    ActionApplied {
        /// The incident.
        incident: u32,
        /// Which attempt, counted from 0.
        attempt: u8,
        /// What was done.
        action: K::RecoveryAction,
        /// By whom.
        by: Performer,
        /// Truth: how many active faults it cleared.
        cleared: u8,
    },
    /// Belief: service is good again.
    Restored {
        /// The incident.
        incident: u32,
    },
    /// Nothing in the procedure helped; a person takes over.
    Exhausted {
        /// The incident.
        incident: u32,
    },
    /// The fallback has failed too: nobody works on it any more.
    Unresolved {
        /// The incident.
        incident: u32,
    },
    /// What a model noted.
    Noted(K::Note),
}

/// The plan of a fault that no scenario planned: paper that ran out, a roll that wore down.
pub const NATURAL: u16 = u16::MAX;

/// One component of an actor. A component is one file.
pub trait ActorPart<K: ModelTypes>: Clone + Component<Mutability = Mutable> {
    /// Its name in scenarios, records and reports.
    const NAME: &'static str;
    /// Its name in Chinese.
    const ZH: &'static str;
    /// What it is, in one sentence.
    const ABOUT: &'static str;
    /// What a scenario may set.
    type Spec: Clone + Debug + Default + Send + Sync + 'static;
    /// Its notes to itself.
    type Timer: PlainData;

    /// It serves many: an actor of its own, not a part of a terminal.
    const HUB: bool = false;
    /// Whether a terminal has it.
    const FITTING: Fitting = Fitting::Always;
    /// What other parts of the same actor say that it hears.
    const HEARS: &'static [K::Topic] = &[];
    /// The same, after all who [hear it at once](Self::HEARS).
    const HEARS_LATER: &'static [K::Topic] = &[];
    /// Indications that it brings.
    const INDICATIONS: &'static [K::IndicationDefinition] = &[];
    /// Recovery actions that it brings.
    const ACTIONS: &'static [K::ActionDefinition] = &[];
    /// Milestones that it brings.
    const MILESTONES: &'static [K::MilestoneDefinition] = &[];
    /// Steps that it adds to what other components do: where, and its place among those who do so there.
    const HOOKS: &'static [(K::Hook, u8)] = &[];
    /// Detectors whose alarms carry its name.
    const DETECTORS: &'static [K::Detector] = &[];

    /// A sound one, new.
    fn build(spec: &Self::Spec) -> Self;
    /// What it does at the start of the run.
    fn start(&mut self, _spec: &Self::Spec, _cx: &mut Context<'_, K>) {}
    /// A note to itself falls due.
    fn on_timer(&mut self, spec: &Self::Spec, timer: Self::Timer, cx: &mut Context<'_, K>);
    /// Another part of the same actor says something that it [hears](Self::HEARS).
    fn on_message(
        &mut self,
        _spec: &Self::Spec,
        _message: K::LocalMessage,
        _cx: &mut Context<'_, K>,
    ) {
    }
    /// Another actor has sent something.
    fn on_delivery(
        &mut self,
        _spec: &Self::Spec,
        _message: K::InterActorMessage,
        _cx: &mut Context<'_, K>,
    ) {
    }
    /// Truth: it does what a sale needs of it.
    fn able(&self, _spec: &Self::Spec) -> bool {
        true
    }
    /// For those who detect faults of others: whether they would still say so.
    fn still_sees(&self, _spec: &Self::Spec, _suspect: K::Fault, _now: Instant) -> bool {
        false
    }
}

/// A component that can break.
pub trait DevicePart<K: ModelTypes>: ActorPart<K> {
    /// Every way in which it can break.
    const MODES: &'static [(Self::Fault, Mode<K>)];
    /// How it breaks.
    type Fault: PlainData;
    /// What an outsider can see of it.
    type Reading: Copy + Debug + PartialEq + serde::Serialize;
    /// What a detector remembers of its readings.
    type Belief: Copy + Debug + Default + Send + Sync + 'static;

    /// Its own detector runs on the device, and is blind while the device is off.
    const ON_DEVICE: bool = true;

    /// How bad each of its faults is now.
    fn levels(&mut self) -> &mut Levels<Self::Fault>;
    /// The level of a fault has changed: it has occurred, grown, gone away for a while, or been cleared (0). It tells nobody:
    /// noticing is the detectors' work.
    fn on_level(
        &mut self,
        _spec: &Self::Spec,
        _fault: Self::Fault,
        _level: f64,
        cx: &mut Context<'_, K>,
    ) {
        cx.look();
    }
    /// What can be seen of it now.
    fn reading(&self, spec: &Self::Spec, now: Instant) -> Self::Reading;
    /// There is no `self`: a detector sees readings and its own belief, never the state.
    fn detect(belief: &mut Self::Belief, reading: &Self::Reading) -> Option<Self::Fault>;
}

/// Sets the level of a fault at the part that has it.
pub fn set_level<K: ModelTypes, M: DevicePart<K>>(
    part: &mut M,
    spec: &M::Spec,
    fault: M::Fault,
    level: f64,
    cx: &mut Context<'_, K>,
) {
    part.levels().set(fault, level);
    part.on_level(spec, fault, level, cx);
}
