//! The one list of models, and everything that follows from it.

use bevy_ecs::change_detection::{DetectChangesMut, Mut};

/// A part, without a note that it has changed: nobody asks for it, and each would be a write to one more column.
#[doc(hidden)]
#[inline]
pub fn bypass_change_detection<'a, T>(part: &'a mut Mut<'_, T>) -> &'a mut T {
    part.bypass_change_detection()
}

/// Builds the closed types of a catalogue from its list of models.
///
/// For each entry `group: Group { module::Model }` it declares `pub mod group { pub mod module; }`, and then: the enums
/// `Part`, `Timer` and `Fault`; a settings struct a group with one field a model, and `Profile` with one field a group;
/// the columns of a cell; the dispatch of everything that can happen; `MODES`, the list of all fault modes; and
/// [`ModelTypes`](crate::ModelTypes) for the catalogue's own unit type. Adding a model is adding its file and its entry.
#[macro_export]
macro_rules! catalogue {
    (
        types: $ModelTypes:ident; local_message: $LocalMessage:ty; route: $route:path; message: $InterActorMessage:ty;
        action: $RecoveryAction:ty; act: $act:path; ask: $ask:path; update: $update:path; family: $Family:ty; indication: $Indication:ty;
        milestone: $Milestone:ty; note: $Note:ty; settings: $Settings:ty; able: $able:path; awake: $awake:path;
        $($(#[$gdoc:meta])* $group:ident: $Group:ident { $($module:ident :: $DevicePart:ident),+ $(,)? })+
    ) => {
        $($(#[$gdoc])* pub mod $group { $(pub mod $module;)+ })+

        /// The catalogue of all models, as the kernel sees it.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub struct $ModelTypes;

        /// Names of models: what an actor is made of.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[repr(u8)]
        pub enum Part { $($(
            #[doc = concat!("See [`", stringify!($group), "::", stringify!($module), "`].")] $DevicePart
        ),+),+ }

        impl From<Part> for u8 {
            fn from(part: Part) -> u8 { part as u8 }
        }

        impl Part {
            /// Every part, in the order of the list.
            pub const ALL: &'static [Part] = &[$($(Part::$DevicePart),+),+];

            /// Its name in scenarios, records and reports.
            pub const fn name(self) -> &'static str {
                match self { $($(Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::NAME),+),+ }
            }
            /// Its name in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $($(Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::ZH),+),+ }
            }
            /// What it is, in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $($(Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::ABOUT),+),+ }
            }
            /// It serves many: an actor of its own, not a part of a terminal.
            pub const fn is_hub(self) -> bool {
                match self { $($(Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::HUB),+),+ }
            }
            /// The group that it belongs to.
            pub const fn group(self) -> &'static str {
                match self { $($(Part::$DevicePart => stringify!($group)),+),+ }
            }
            /// Every way in which it can break.
            pub const fn modes(self) -> &'static [$crate::Mode<$ModelTypes>] {
                match self { $($(Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::MODES),+),+ }
            }
        }

        /// Notes of models to themselves.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Timer { $($(
            #[doc = concat!("Of the ", stringify!($module), ".")]
            $DevicePart(<$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::Timer)
        ),+),+ }
        $($(impl From<$group::$module::Timer> for Timer {
            fn from(timer: $group::$module::Timer) -> Self { Timer::$DevicePart(timer) }
        })+)+

        /// What can be seen of a part.
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum Reading { $($(
            #[doc = concat!("Of the ", stringify!($module), ".")]
            $DevicePart(<$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::Reading)
        ),+),+ }

        /// Everything that can break: a part and one of its fault modes.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum Fault { $($(
            #[doc = concat!("A fault of the ", stringify!($module), ".")]
            $DevicePart(<$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::Fault)
        ),+),+ }
        $($(impl From<$group::$module::Fault> for Fault {
            fn from(fault: $group::$module::Fault) -> Self { Fault::$DevicePart(fault) }
        })+)+

        impl Fault {
            /// The part that it belongs to.
            pub const fn part(self) -> Part {
                match self { $($(Fault::$DevicePart(_) => Part::$DevicePart),+),+ }
            }
            /// Its catalogue entry.
            pub fn mode(self) -> &'static $crate::Mode<$ModelTypes> {
                let entry = self.part().modes().iter().find(|mode| mode.fault == self);
                // The conformance test walks every variant of every fault enum.
                entry.expect("every fault has an entry in the MODES of its model")
            }
            /// Every fault, in the order of the list.
            pub fn all() -> impl Iterator<Item = Fault> {
                Part::ALL.iter().flat_map(|part| part.modes()).map(|mode| mode.fault)
            }
        }

        impl std::fmt::Display for Fault {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}.{}", self.part().name(), self.mode().name)
            }
        }

        $(
            $(#[$gdoc])*
            #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
            #[serde(default, deny_unknown_fields)]
            pub struct $Group { $(
                #[doc = concat!("Settings of the ", stringify!($module), ".")]
                pub $module: <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::Spec
            ),+ }
        )+

        $(impl $Group {
            /// This on top of a base: a part that is not set here is set as in the base.
            #[must_use]
            pub fn over(&self, base: &Self) -> Self {
                let usual = Self::default();
                Self { $($module: if self.$module == usual.$module {
                    base.$module.clone()
                } else {
                    self.$module.clone()
                }),+ }
            }
        })+

        /// What the parts of an actor are set to.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Profile { $($(#[$gdoc])* pub $group: $Group),+ }

        /// What detectors remember of their readings, part by part.
        #[derive(bevy_ecs::component::Component, Clone, Copy, Debug, Default)]
        pub struct Beliefs { $($(
            $module: <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::Belief
        ),+),+ }

        /// What a cell keeps beside its world: the entity of each row, and scratch room.
        #[derive(Debug)]
        pub struct Columns {
            entities: Vec<bevy_ecs::entity::Entity>,
            scratch: $crate::Scratch<$ModelTypes>,
        }

        impl Columns {
            /// The entity of each row: actors never leave, so it is made once. A query has no order of its own.
            fn entities(&mut self, world: &mut bevy_ecs::world::World) {
                if self.entities.is_empty() {
                    let mut query = world.query::<(bevy_ecs::entity::Entity, &$crate::sim::ActorId)>();
                    let mut rows: Vec<_> = query.iter(world).map(|(entity, id)| (*id, entity)).collect();
                    rows.sort_unstable_by_key(|(id, _)| *id);
                    self.entities = rows.into_iter().map(|(_, entity)| entity).collect();
                }
            }
        }

        /// The parts of one actor: an entity of its cell's world.
        ///
        /// Parts are fetched one by one. Most windows of a fleet hold one event a cell, which touches a handful of the
        /// parts; taking the slices of all columns, as the PHOLD bench does, costs more than it saves here.
        struct ActorParts<'r> {
            entity: bevy_ecs::world::EntityMut<'r>,
            profile: &'r Profile,
        }

        impl ActorParts<'_> {
            $($(
                fn $module(&mut self) -> Option<bevy_ecs::change_detection::Mut<'_, $group::$module::$DevicePart>> {
                    self.entity.get_mut()
                }
            )+)+
            /// The device runs, so that a detector on it can look. The watchdog and what measures the supply always can.
            fn awake(&mut self, part: Part) -> bool {
                let able = $awake;
                able(part, &mut |it| self.part_able(it))
            }
            /// Truth: a part does what a sale needs of it; a part that is not there cannot fail.
            fn part_able(&mut self, part: Part) -> bool {
                let profile = self.profile;
                match part { $($(
                    Part::$DevicePart => self.entity.get::<$group::$module::$DevicePart>().is_none_or(|it| {
                        $crate::DevicePart::<$ModelTypes>::able(it, &profile.$group.$module)
                    })
                ),+),+ }
            }
        }

        /// Reads something of the part that an event is for: what it reads changes nothing, but is near from then on.
        #[inline]
        fn prefetch(
            world: &bevy_ecs::world::World,
            settings: &$Settings,
            entity: bevy_ecs::entity::Entity,
            entry: &$crate::sim::ScheduledEvent<$crate::SimEvent<$ModelTypes>>,
        ) -> u64 {
            let Ok(entity) = world.get_entity(entity) else { return 0 };
            let profile = settings.profile(entry.to);
            let mut seen = 0;
            $($({
                let due = match &entry.event {
                    $crate::SimEvent::Timer(Timer::$DevicePart(_)) => true,
                    $crate::SimEvent::Arrival { port, .. } => *port == Part::$DevicePart as u8,
                    _ => false,
                };
                if due && let Some(it) = entity.get::<$group::$module::$DevicePart>() {
                    seen = u64::from($crate::DevicePart::<$ModelTypes>::able(it, &profile.$group.$module));
                }
            })+)+
            seen
        }

        impl $crate::Parts<$ModelTypes> for ActorParts<'_> {
            fn start(&mut self, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                $($(if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$DevicePart);
                    $crate::DevicePart::<$ModelTypes>::start(it, &profile.$group.$module, cx);
                })+)+
            }
            fn on_timer(&mut self, timer: Timer, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match timer { $($(Timer::$DevicePart(timer) => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$DevicePart);
                    $crate::DevicePart::<$ModelTypes>::on_timer(it, &profile.$group.$module, timer, cx);
                }),+),+ }
            }
            fn on_message(&mut self, message: $LocalMessage, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                for &part in $route(&message) {
                    match part { $($(Part::$DevicePart => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$DevicePart);
                        $crate::DevicePart::<$ModelTypes>::on_message(it, &profile.$group.$module, message, cx);
                    }),+),+ }
                }
            }
            fn on_delivery(&mut self, port: u8, message: $InterActorMessage, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                $($(if port == Part::$DevicePart as u8 && let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$DevicePart);
                    $crate::DevicePart::<$ModelTypes>::on_delivery(it, &profile.$group.$module, message, cx);
                })+)+
            }
            fn on_fault(&mut self, fault: Fault, magnitude: f64, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match fault { $($(Fault::$DevicePart(fault) => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$DevicePart);
                    $crate::DevicePart::<$ModelTypes>::on_fault(it, &profile.$group.$module, fault, magnitude, cx);
                }),+),+ }
            }
            fn on_clear(&mut self, fault: Fault, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match fault { $($(Fault::$DevicePart(fault) => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$DevicePart);
                    $crate::DevicePart::<$ModelTypes>::on_clear(it, &profile.$group.$module, fault, cx);
                }),+),+ }
            }
            fn look(
                &mut self,
                part: Part,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) -> Result<Option<Fault>, $crate::DeviceOff> {
                let profile = self.profile;
                let on_device = match part { $($(
                    Part::$DevicePart => <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::ON_DEVICE
                ),+),+ };
                if on_device && !self.awake(part) {
                    return Err($crate::DeviceOff);
                }
                let now = cx.now();
                let suspect = match part { $($(Part::$DevicePart => {
                    let Some(reading) = self.entity.get::<$group::$module::$DevicePart>().map(|it| {
                        $crate::DevicePart::<$ModelTypes>::reading(it, &profile.$group.$module, now)
                    }) else { return Ok(None) };
                    let Some(mut beliefs) = self.entity.get_mut::<Beliefs>() else { return Ok(None) };
                    <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::detect(&mut beliefs.$module, &reading)
                        .map(Fault::$DevicePart)
                }),+),+ };
                Ok(suspect)
            }
            fn still_sees(
                &mut self,
                part: Part,
                suspect: Fault,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) -> bool {
                let profile = self.profile;
                let now = cx.now();
                match part { $($(Part::$DevicePart => self.entity.get::<$group::$module::$DevicePart>().is_some_and(|it| {
                    $crate::DevicePart::<$ModelTypes>::still_sees(it, &profile.$group.$module, suspect, now)
                })),+),+ }
            }
            fn able(&mut self, _cx: &$crate::Context<'_, $ModelTypes>) -> bool {
                $able(self.profile, &mut |part| self.part_able(part))
            }
            fn care(&mut self) -> &mut $crate::Care<$ModelTypes> {
                let care = self.entity.get_mut::<$crate::Care<$ModelTypes>>();
                // `spawn` gives one to every actor, and nothing takes it away.
                care.expect("every actor has its faults and incidents").into_inner()
            }
        }

        impl $crate::ModelTypes for $ModelTypes {
            type Part = Part;
            type Timer = Timer;
            type LocalMessage = $LocalMessage;
            type Fault = Fault;
            type Family = $Family;
            type RecoveryAction = $RecoveryAction;
            type Indication = $Indication;
            type Milestone = $Milestone;
            type Note = $Note;
            fn ask(asked: $crate::StepRequest<Self>) -> $LocalMessage { $ask(asked) }
            fn update(update: $crate::IncidentUpdate<Self>) -> $LocalMessage { $update(update) }
            fn act(action: $RecoveryAction) -> Option<$LocalMessage> { $act(action) }
            fn mode(fault: Fault) -> &'static $crate::Mode<Self> { fault.mode() }
            fn part_of(fault: Fault) -> Part { fault.part() }
        }

        impl $crate::sim::Actors for $ModelTypes {
            type Event = $crate::SimEvent<$ModelTypes>;
            type InterActorMessage = $InterActorMessage;
            type Fact = $crate::DomainEvent<$ModelTypes>;
            type Columns = Columns;
            type Settings = $Settings;

            fn arrival(port: u8, slot: $crate::sim::Slot) -> Self::Event {
                $crate::SimEvent::Arrival { port, slot }
            }
            fn carries(event: &Self::Event) -> Option<$crate::sim::Slot> {
                match event { $crate::SimEvent::Arrival { slot, .. } => Some(*slot), _ => None }
            }
            fn columns(_: &mut bevy_ecs::world::World) -> Columns {
                Columns { entities: Vec::new(), scratch: $crate::Scratch::default() }
            }
            fn fork(
                world: &bevy_ecs::world::World,
                columns: &Columns,
            ) -> (bevy_ecs::world::World, Columns) {
                let mut forked = bevy_ecs::world::World::new();
                let entities = columns.entities.iter().map(|&entity| copy(world, entity, &mut forked));
                let entities = entities.collect();
                (forked, Columns { entities, scratch: $crate::Scratch::default() })
            }
            fn advance(
                columns: &mut Columns,
                world: &mut bevy_ecs::world::World,
                settings: &$Settings,
                cell: &mut $crate::sim::CellContext<$ModelTypes>,
            ) {
                columns.entities(world);
                let Columns { entities, scratch } = columns;
                while let Some(entry) =
                    cell.next_prefetching(|row, entry| prefetch(world, settings, entities[row], entry))
                {
                    let entity = entities[cell.row(entry.to)];
                    let profile = settings.profile(entry.to);
                    let entity = world.entity_mut(entity).into();
                    let mut parts = ActorParts { entity, profile };
                    let mut cx = $crate::context::<$ModelTypes>(entry.to, Part::ALL[0], settings, cell, scratch);
                    $crate::handle(&mut parts, &mut cx, &entry);
                }
            }
        }

        /// The parts of a group, put into the store in one move.
        mod together {
            $(
                #[derive(bevy_ecs::bundle::Bundle)]
                pub(super) struct $Group {
                    $(pub(super) $module: super::$group::$module::$DevicePart),+
                }
            )+
        }

        /// Copies one actor with all that it is made of into another store.
        fn copy(
            world: &bevy_ecs::world::World,
            entity: bevy_ecs::entity::Entity,
            into: &mut bevy_ecs::world::World,
        ) -> bevy_ecs::entity::Entity {
            let from = world.entity(entity);
            let id = *from.get::<$crate::sim::ActorId>().expect("every row is an actor");
            let care = from.get::<$crate::Care<$ModelTypes>>().cloned().unwrap_or_default();
            let beliefs = from.get::<Beliefs>().copied().unwrap_or_default();
            let mut to = into.spawn((id, care, beliefs));
            $(
                // A group that is all there goes in one move; each move copies what is there already.
                if let ($(Some($module),)+) = ($(from.get::<$group::$module::$DevicePart>(),)+) {
                    to.insert(together::$Group { $($module: $module.clone()),+ });
                } else {
                    $(if let Some(it) = from.get::<$group::$module::$DevicePart>() {
                        to.insert(it.clone());
                    })+
                }
            )+
            to.id()
        }

        /// Puts an actor into the world of its cell: a terminal with all its parts, or, if `hub` says which, a hub.
        pub fn spawn(
            simulation: &mut $crate::sim::Simulation<$ModelTypes>,
            actor: $crate::sim::ActorId,
            profile: &Profile,
            hub: Option<Part>,
        ) {
            let world = simulation.world_of(actor);
            let mut entity = world.spawn((actor, $crate::Care::<$ModelTypes>::default(), Beliefs::default()));
            $($(
                let serves = <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::HUB;
                if hub.map_or(!serves, |part| part == Part::$DevicePart) {
                    entity.insert(<$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::build(&profile.$group.$module));
                }
            )+)+
        }

        /// Starts every part of an actor that has been spawned, before the run begins.
        pub fn start(simulation: &mut $crate::sim::Simulation<$ModelTypes>, actor: $crate::sim::ActorId) {
            simulation.begin(actor, |columns, world, settings, cell| {
                columns.entities(world);
                let Columns { entities, scratch } = columns;
                let entity = world.entity_mut(entities[cell.row(actor)]).into();
                let mut parts = ActorParts { entity, profile: settings.profile(actor) };
                let mut cx = $crate::context::<$ModelTypes>(actor, Part::ALL[0], settings, cell, scratch);
                $crate::Parts::start(&mut parts, &mut cx);
                $crate::settle(&mut parts, &mut cx);
            });
        }

        /// Plans a fault of the scenario at an actor that has been spawned, before the run begins.
        pub fn plan_fault(simulation: &mut $crate::sim::Simulation<$ModelTypes>, actor: $crate::sim::ActorId, number: u16) {
            simulation.begin(actor, |columns, world, settings, cell| {
                columns.entities(world);
                let entity = world.entity_mut(columns.entities[cell.row(actor)]).into();
                let mut parts = ActorParts { entity, profile: settings.profile(actor) };
                let planned = $crate::FaultSettings::<$ModelTypes>::planned(settings, number);
                let age = $crate::FaultSettings::<$ModelTypes>::age(settings, actor);
                $crate::plan(cell, $crate::Parts::<$ModelTypes>::care(&mut parts), actor, number, planned, age);
            });
        }

        /// What can be seen of the parts of an actor that somebody can look at now, in the order of the list.
        pub fn readings(
            simulation: &mut $crate::sim::Simulation<$ModelTypes>,
            actor: $crate::sim::ActorId,
        ) -> Vec<(Part, Reading)> {
            let mut seen = Vec::new();
            simulation.begin(actor, |columns, world, settings, cell| {
                columns.entities(world);
                let entity = world.entity_mut(columns.entities[cell.row(actor)]).into();
                let profile = settings.profile(actor);
                let mut parts = ActorParts { entity, profile };
                let now = cell.now();
                $($({
                    let on_device = <$group::$module::$DevicePart as $crate::DevicePart<$ModelTypes>>::ON_DEVICE;
                    if (!on_device || parts.awake(Part::$DevicePart)) && let Some(it) = parts.$module() {
                        let reading = $crate::DevicePart::<$ModelTypes>::reading(&*it, &profile.$group.$module, now);
                        seen.push((Part::$DevicePart, Reading::$DevicePart(reading)));
                    }
                })+)+
            });
            seen
        }

        /// Calls `visit` once for every model, in the order of the list.
        pub trait Visitor {
            /// One model.
            fn visit<M: $crate::DevicePart<$ModelTypes>>(&mut self, part: Part);
        }
        /// Shows every model to a visitor.
        pub fn for_each_model(visitor: &mut impl Visitor) {
            $($(visitor.visit::<$group::$module::$DevicePart>(Part::$DevicePart);)+)+
        }
    };
}
