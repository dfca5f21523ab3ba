//! The one list of components, and everything that follows from it.

use bevy_ecs::change_detection::{DetectChangesMut, Mut};

/// A part, without a note that it has changed: nobody asks for it, and each would be a write to one more column.
#[doc(hidden)]
#[inline]
pub fn bypass_change_detection<'a, T>(part: &'a mut Mut<'_, T>) -> &'a mut T {
    part.bypass_change_detection()
}

/// Makes the names of all components: the catalogue's own unit type, which [`catalogue!`](crate::catalogue!) makes a
/// [`ModelTypes`](crate::ModelTypes), and the enum `Part`, which names what an actor is made of and knows nothing of it.
///
/// It takes the same list as `catalogue!`, so that components can name each other without knowing each other.
#[macro_export]
macro_rules! part_names {
    (
        types: $ModelTypes:ident;
        $($(#[$gdoc:meta])* $group:ident: $Group:ident {
            $($module:ident :: $Model:ident),* $(,)?
            $(; sound $($smodule:ident :: $Sound:ident),+ $(,)?)?
        })+
    ) => {
        /// The catalogue of all components, as the kernel sees it.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub struct $ModelTypes;

        /// Names of components: what an actor is made of.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[repr(u8)]
        pub enum Part { $(
            $(#[doc = concat!("`", stringify!($group), "::", stringify!($module), "`.")] $Model,)*
            $($(#[doc = concat!("`", stringify!($group), "::", stringify!($smodule), "`.")] $Sound,)+)?
        )+ }

        impl From<Part> for u8 {
            fn from(part: Part) -> u8 { part as u8 }
        }

        impl Part {
            /// Every component, in the order of the list.
            pub const ALL: &'static [Part] = &[$($(Part::$Model,)* $($(Part::$Sound,)+)?)+];

            /// The group that it belongs to.
            pub const fn group(self) -> &'static str {
                match self { $(
                    $(Part::$Model => stringify!($group),)*
                    $($(Part::$Sound => stringify!($group),)+)?
                )+ }
            }
            /// A number made of its name: where in the list it stands does not matter.
            pub const fn stable_id(self) -> u32 {
                match self { $(
                    $(Part::$Model => $crate::sim::stable_id(stringify!($module)),)*
                    $($(Part::$Sound => $crate::sim::stable_id(stringify!($smodule)),)+)?
                )+ }
            }
        }

        /// By its name, so that fingerprints do not depend on the order of the list.
        impl std::hash::Hash for Part {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                state.write_u32(self.stable_id());
            }
        }
    };
}

/// Builds the closed types of a catalogue from its list of components.
///
/// For each entry `module::Model` of a group it declares `pub mod group { pub mod module; }`, and then: the enums `Timer`
/// and `Fault`; a settings struct a group with one field a component, and `Profile` with one field a group; the columns of
/// a cell; the dispatch of everything that can happen; and [`ModelTypes`](crate::ModelTypes) for the catalogue's own unit
/// type. What stands under `sound` does not break: it is an [`ActorPart`](crate::ActorPart), but no
/// [`DevicePart`](crate::DevicePart). Adding a component is adding its file and its entry.
#[macro_export]
macro_rules! catalogue {
    (
        types: $ModelTypes:ident; parts: $parts:path;
        local_message: $LocalMessage:ty; topic: $Topic:ty; message: $InterActorMessage:ty;
        action: $RecoveryAction:ty, $ActionDefinition:ty, $actions:path; act: $act:path; ask: $ask:path; update: $update:path; family: $Family:ty;
        indication: $Indication:ty, $IndicationDefinition:ty, $indications:path; detector: $Detector:ty;
        milestone: $Milestone:ty, $MilestoneDefinition:ty; hook: $Hook:ty; note: $Note:ty; settings: $Settings:ty; able: $able:path; awake: $awake:path;
        $($(#[$gdoc:meta])* $group:ident: $Group:ident {
            $($module:ident :: $Model:ident),* $(,)?
            $(; sound $($smodule:ident :: $Sound:ident),+ $(,)?)?
        })+
    ) => {
        $($(#[$gdoc])* pub mod $group { $(pub mod $module;)* $($(pub mod $smodule;)+)? })+

        impl Part {
            /// Its name in scenarios, records and reports.
            pub const fn name(self) -> &'static str {
                match self { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::NAME,)*
                    $($(Part::$Sound => <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::NAME,)+)?
                )+ }
            }
            /// Its name in Chinese.
            pub const fn zh(self) -> &'static str {
                match self { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::ZH,)*
                    $($(Part::$Sound => <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::ZH,)+)?
                )+ }
            }
            /// What it is, in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::ABOUT,)*
                    $($(Part::$Sound => <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::ABOUT,)+)?
                )+ }
            }
            /// It serves many: an actor of its own, not a part of a terminal.
            pub const fn is_hub(self) -> bool {
                match self { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::HUB,)*
                    $($(Part::$Sound => <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::HUB,)+)?
                )+ }
            }
            /// Whether a terminal has it.
            pub const fn fitting(self) -> $crate::Fitting {
                match self { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::FITTING,)*
                    $($(Part::$Sound => <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::FITTING,)+)?
                )+ }
            }
            /// Every way in which it can break.
            pub fn modes(self) -> Vec<(Fault, &'static $crate::Mode<$ModelTypes>)> {
                match self { $(
                    $(Part::$Model => {
                        let modes = <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::MODES;
                        modes.iter().map(|(fault, mode)| (Fault::$Model(*fault), mode)).collect()
                    })*
                    $($(Part::$Sound => Vec::new(),)+)?
                )+ }
            }
        }

        /// Notes of components to themselves.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Timer { $(
            $(
                #[doc = concat!("Of the ", stringify!($module), ".")]
                $Model(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::Timer),
            )*
            $($(
                #[doc = concat!("Of the ", stringify!($smodule), ".")]
                $Sound(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::Timer),
            )+)?
        )+ }
        $(
            $(impl From<$group::$module::Timer> for Timer {
                fn from(timer: $group::$module::Timer) -> Self { Timer::$Model(timer) }
            })*
            $($(impl From<$group::$smodule::Timer> for Timer {
                fn from(timer: $group::$smodule::Timer) -> Self { Timer::$Sound(timer) }
            })+)?
        )+
        /// By the component's name, so that fingerprints do not depend on the order of the list.
        impl std::hash::Hash for Timer {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                match self { $(
                    $(Timer::$Model(timer) => (Part::$Model, timer).hash(state),)*
                    $($(Timer::$Sound(timer) => (Part::$Sound, timer).hash(state),)+)?
                )+ }
            }
        }

        /// What can be seen of a part.
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum Reading { $($(
            #[doc = concat!("Of the ", stringify!($module), ".")]
            $Model(<$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::Reading),
        )*)+ }

        /// Everything that can break: a part and one of its fault modes.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum Fault { $($(
            #[doc = concat!("A fault of the ", stringify!($module), ".")]
            $Model(<$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::Fault),
        )*)+ }
        $($(impl From<$group::$module::Fault> for Fault {
            fn from(fault: $group::$module::Fault) -> Self { Fault::$Model(fault) }
        })*)+
        /// By the component's name, so that fingerprints do not depend on the order of the list.
        impl std::hash::Hash for Fault {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                match self { $($(Fault::$Model(fault) => (Part::$Model, fault).hash(state),)*)+ }
            }
        }

        impl Fault {
            /// The part that it belongs to.
            pub const fn part(self) -> Part {
                match self { $($(Fault::$Model(_) => Part::$Model,)*)+ }
            }
            /// Its catalogue entry.
            pub fn mode(self) -> &'static $crate::Mode<$ModelTypes> {
                match self { $($(Fault::$Model(fault) => {
                    let modes = <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::MODES;
                    let entry = modes.iter().find(|(known, _)| *known == fault);
                    // The conformance test walks every variant of every fault enum.
                    &entry.expect("every fault has an entry in the MODES of its component").1
                })*)+ }
            }
            /// Every fault, in the order of the list.
            pub fn all() -> impl Iterator<Item = Fault> {
                Part::ALL.iter().flat_map(|part| part.modes()).map(|(fault, _)| fault)
            }
            /// The fault of this name, as `printer.jam`.
            pub fn named(name: &str) -> Option<Fault> {
                Fault::with_id($crate::sim::stable_id(name)).filter(|it| it.to_string() == name)
            }
            /// The fault whose name has this stable id.
            pub fn with_id(id: u32) -> Option<Fault> {
                static BY_ID: std::sync::LazyLock<Vec<(u32, Fault)>> = std::sync::LazyLock::new(|| {
                    let id = |fault: Fault| ($crate::sim::stable_id(&fault.to_string()), fault);
                    let mut all: Vec<_> = Fault::all().map(id).collect();
                    all.sort_unstable();
                    all
                });
                let at = BY_ID.binary_search_by_key(&id, |(id, _)| *id).ok()?;
                Some(BY_ID[at].1)
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
            pub struct $Group {
                $(
                    #[doc = concat!("Settings of the ", stringify!($module), ".")]
                    pub $module: <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::Spec,
                )*
                $($(
                    #[doc = concat!("Settings of the ", stringify!($smodule), ".")]
                    pub $smodule: <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::Spec,
                )+)?
            }
        )+

        $(impl $Group {
            /// This on top of a base: a part that is not set here is set as in the base.
            #[must_use]
            pub fn over(&self, base: &Self) -> Self {
                let usual = Self::default();
                Self {
                    $($module: if self.$module == usual.$module {
                        base.$module.clone()
                    } else {
                        self.$module.clone()
                    },)*
                    $($($smodule: if self.$smodule == usual.$smodule {
                        base.$smodule.clone()
                    } else {
                        self.$smodule.clone()
                    },)+)?
                }
            }
        })+

        /// What the parts of an actor are set to, and which of them it has.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Profile {
            $($(#[$gdoc])* pub $group: $Group,)+
            /// What a terminal has beyond what every terminal has, and what it lacks.
            pub fitted: $crate::Fitted<Part>,
        }

        impl Profile {
            /// Whether a terminal of this profile has a part.
            #[inline]
            pub fn fits(&self, part: Part) -> bool {
                self.fitted.has(part, part.fitting())
            }
        }

        /// What detectors remember of their readings, part by part.
        #[derive(bevy_ecs::component::Component, Clone, Copy, Debug, Default)]
        pub struct Beliefs { $($(
            $module: <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::Belief,
        )*)+ }

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
            $(
                $(fn $module(&mut self) -> Option<bevy_ecs::change_detection::Mut<'_, $group::$module::$Model>> {
                    self.entity.get_mut()
                })*
                $($(fn $smodule(&mut self) -> Option<bevy_ecs::change_detection::Mut<'_, $group::$smodule::$Sound>> {
                    self.entity.get_mut()
                })+)?
            )+
            /// The device runs, so that a detector on it can look. The watchdog and what measures the supply always can.
            fn awake(&mut self, part: Part) -> bool {
                let able = $awake;
                able(part, &mut |it| self.part_able(it))
            }
            /// Truth: a part does what a sale needs of it; a part that is not there cannot fail.
            fn part_able(&mut self, part: Part) -> bool {
                let profile = self.profile;
                match part { $(
                    $(Part::$Model => self.entity.get::<$group::$module::$Model>().is_none_or(|it| {
                        $crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$module)
                    }),)*
                    $($(Part::$Sound => self.entity.get::<$group::$smodule::$Sound>().is_none_or(|it| {
                        $crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$smodule)
                    }),)+)?
                )+ }
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
            $(
                $({
                    let due = match &entry.event {
                        $crate::SimEvent::Timer(Timer::$Model(_)) => true,
                        $crate::SimEvent::Arrival { port, .. } => *port == Part::$Model as u8,
                        _ => false,
                    };
                    if due && let Some(it) = entity.get::<$group::$module::$Model>() {
                        seen = u64::from($crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$module));
                    }
                })*
                $($({
                    let due = match &entry.event {
                        $crate::SimEvent::Timer(Timer::$Sound(_)) => true,
                        $crate::SimEvent::Arrival { port, .. } => *port == Part::$Sound as u8,
                        _ => false,
                    };
                    if due && let Some(it) = entity.get::<$group::$smodule::$Sound>() {
                        seen = u64::from($crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$smodule));
                    }
                })+)?
            )+
            seen
        }

        /// Who hears of a topic.
        #[derive(Clone, Copy)]
        struct Heard {
            parts: [Part; Part::ALL.len()],
            count: usize,
        }

        /// Who hears of each topic: first those who hear it at once, then the others, each in the order of the list.
        static HEARD: [Heard; <$Topic>::COUNT] = {
            let nobody = Heard { parts: [Part::ALL[0]; Part::ALL.len()], count: 0 };
            let mut all = [nobody; <$Topic>::COUNT];
            let everybody: &[(Part, &[$Topic])] = &[
                $(
                    $((Part::$Model, <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::HEARS),)*
                    $($((Part::$Sound, <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::HEARS),)+)?
                )+
                $(
                    $((Part::$Model, <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::HEARS_LATER),)*
                    $($((Part::$Sound, <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::HEARS_LATER),)+)?
                )+
            ];
            let mut at = 0;
            while at < everybody.len() {
                let (part, topics) = everybody[at];
                let mut topic = 0;
                while topic < topics.len() {
                    let heard = &mut all[topics[topic] as usize];
                    heard.parts[heard.count] = part;
                    heard.count += 1;
                    topic += 1;
                }
                at += 1;
            }
            all
        };

        impl $crate::Parts<$ModelTypes> for ActorParts<'_> {
            fn start(&mut self, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                $(
                    $(if let Some(mut it) = self.$module() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Model);
                        $crate::ActorPart::<$ModelTypes>::start(it, &profile.$group.$module, cx);
                    })*
                    $($(if let Some(mut it) = self.$smodule() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Sound);
                        $crate::ActorPart::<$ModelTypes>::start(it, &profile.$group.$smodule, cx);
                    })+)?
                )+
            }
            fn on_timer(&mut self, timer: Timer, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match timer { $(
                    $(Timer::$Model(timer) => if let Some(mut it) = self.$module() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Model);
                        $crate::ActorPart::<$ModelTypes>::on_timer(it, &profile.$group.$module, timer, cx);
                    },)*
                    $($(Timer::$Sound(timer) => if let Some(mut it) = self.$smodule() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Sound);
                        $crate::ActorPart::<$ModelTypes>::on_timer(it, &profile.$group.$smodule, timer, cx);
                    },)+)?
                )+ }
            }
            fn on_message(&mut self, message: $LocalMessage, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                let heard = &HEARD[message.topic() as usize];
                for &part in &heard.parts[..heard.count] {
                    match part { $(
                        $(Part::$Model => if let Some(mut it) = self.$module() {
                            let it = $crate::catalogue::bypass_change_detection(&mut it);
                            cx.enter(Part::$Model);
                            $crate::ActorPart::<$ModelTypes>::on_message(it, &profile.$group.$module, message, cx);
                        },)*
                        $($(Part::$Sound => if let Some(mut it) = self.$smodule() {
                            let it = $crate::catalogue::bypass_change_detection(&mut it);
                            cx.enter(Part::$Sound);
                            $crate::ActorPart::<$ModelTypes>::on_message(it, &profile.$group.$smodule, message, cx);
                        },)+)?
                    )+ }
                }
            }
            fn on_delivery(&mut self, port: u8, message: $InterActorMessage, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                $(
                    $(if port == Part::$Model as u8 && let Some(mut it) = self.$module() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Model);
                        $crate::ActorPart::<$ModelTypes>::on_delivery(it, &profile.$group.$module, message, cx);
                    })*
                    $($(if port == Part::$Sound as u8 && let Some(mut it) = self.$smodule() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Sound);
                        $crate::ActorPart::<$ModelTypes>::on_delivery(it, &profile.$group.$smodule, message, cx);
                    })+)?
                )+
            }
            fn set_level(&mut self, fault: Fault, level: f64, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match fault { $($(Fault::$Model(fault) => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$Model);
                    $crate::set_level::<$ModelTypes, _>(it, &profile.$group.$module, fault, level, cx);
                },)*)+ }
            }
            fn look(
                &mut self,
                part: Part,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) -> Result<Option<Fault>, $crate::DeviceOff> {
                let profile = self.profile;
                let on_device = match part { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::ON_DEVICE,)*
                    // Who watches others from elsewhere looks when something is brought to notice.
                    $($(Part::$Sound => false,)+)?
                )+ };
                if on_device && !self.awake(part) {
                    return Err($crate::DeviceOff);
                }
                let now = cx.now();
                let suspect = match part { $(
                    $(Part::$Model => {
                        let Some(reading) = self.entity.get::<$group::$module::$Model>().map(|it| {
                            $crate::DevicePart::<$ModelTypes>::reading(it, &profile.$group.$module, now)
                        }) else { return Ok(None) };
                        let Some(mut beliefs) = self.entity.get_mut::<Beliefs>() else { return Ok(None) };
                        <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::detect(&mut beliefs.$module, &reading)
                            .map(Fault::$Model)
                    })*
                    $($(Part::$Sound => None,)+)?
                )+ };
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
                match part { $(
                    $(Part::$Model => self.entity.get::<$group::$module::$Model>().is_some_and(|it| {
                        $crate::ActorPart::<$ModelTypes>::still_sees(it, &profile.$group.$module, suspect, now)
                    }),)*
                    $($(Part::$Sound => self.entity.get::<$group::$smodule::$Sound>().is_some_and(|it| {
                        $crate::ActorPart::<$ModelTypes>::still_sees(it, &profile.$group.$smodule, suspect, now)
                    }),)+)?
                )+ }
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
            type Profile = Profile;
            type LocalMessage = $LocalMessage;
            type Topic = $Topic;
            type Fault = Fault;
            type Family = $Family;
            type RecoveryAction = $RecoveryAction;
            type ActionDefinition = $ActionDefinition;
            type Indication = $Indication;
            type IndicationDefinition = $IndicationDefinition;
            type Detector = $Detector;
            type Milestone = $Milestone;
            type MilestoneDefinition = $MilestoneDefinition;
            type Hook = $Hook;
            type Note = $Note;
            fn ask(request: $crate::StepRequest<Self>) -> $LocalMessage { $ask(request) }
            fn update(update: $crate::IncidentUpdate<Self>) -> $LocalMessage { $update(update) }
            fn act(action: $RecoveryAction) -> Option<$LocalMessage> { $act(action) }
            fn mode(fault: Fault) -> &'static $crate::Mode<Self> { fault.mode() }
            fn part_of(fault: Fault) -> Part { fault.part() }
            fn fault_with_id(id: u32) -> Option<Fault> { Fault::with_id(id) }
            fn indications() -> &'static $crate::Table<$IndicationDefinition> {
                static ALL: std::sync::LazyLock<$crate::Table<$IndicationDefinition>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $indications,
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::INDICATIONS,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::INDICATIONS,)+)?
                        )+
                    ]));
                &ALL
            }
            fn actions() -> &'static $crate::Table<$ActionDefinition> {
                static ALL: std::sync::LazyLock<$crate::Table<$ActionDefinition>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $actions,
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::ACTIONS,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::ACTIONS,)+)?
                        )+
                    ]));
                &ALL
            }
            fn hooked(hook: $Hook) -> Vec<Part> {
                let mut found: Vec<(u8, &'static str, Part)> = Vec::new();
                let mut add = |part: Part, hooks: &[($Hook, u8)]| {
                    let here = hooks.iter().filter(|(it, _)| *it == hook);
                    found.extend(here.map(|&(_, place)| (place, part.name(), part)));
                };
                $(
                    $(add(Part::$Model, <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::HOOKS);)*
                    $($(add(Part::$Sound, <$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::HOOKS);)+)?
                )+
                // By name where two want the same place: the order of the list does not matter.
                found.sort_unstable();
                found.into_iter().map(|(_, _, part)| part).collect()
            }
            fn milestones() -> &'static $crate::Table<$MilestoneDefinition> {
                static ALL: std::sync::LazyLock<$crate::Table<$MilestoneDefinition>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::MILESTONES,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::MILESTONES,)+)?
                        )+
                    ]));
                &ALL
            }
            fn detectors() -> &'static $crate::Table<$Detector> {
                static ALL: std::sync::LazyLock<$crate::Table<$Detector>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::DETECTORS,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::DETECTORS,)+)?
                        )+
                    ]));
                &ALL
            }
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
                    $(pub(super) $module: super::$group::$module::$Model,)*
                    $($(pub(super) $smodule: super::$group::$smodule::$Sound,)+)?
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
                if let ($(Some($module),)* $($(Some($smodule),)+)?) = (
                    $(from.get::<$group::$module::$Model>(),)*
                    $($(from.get::<$group::$smodule::$Sound>(),)+)?
                ) {
                    to.insert(together::$Group {
                        $($module: $module.clone(),)*
                        $($($smodule: $smodule.clone(),)+)?
                    });
                } else {
                    $(if let Some(it) = from.get::<$group::$module::$Model>() {
                        to.insert(it.clone());
                    })*
                    $($(if let Some(it) = from.get::<$group::$smodule::$Sound>() {
                        to.insert(it.clone());
                    })+)?
                }
            )+
            to.id()
        }

        /// Puts an actor into the world of its cell: a terminal with the parts that are fitted, or, if `hub` says which, a
        /// hub.
        pub fn spawn(
            simulation: &mut $crate::sim::Simulation<$ModelTypes>,
            actor: $crate::sim::ActorId,
            profile: &Profile,
            hub: Option<Part>,
        ) {
            let world = simulation.world_of(actor);
            let mut entity = world.spawn((actor, $crate::Care::<$ModelTypes>::default(), Beliefs::default()));
            let has = |part: Part| match hub {
                Some(hub) => part == hub,
                None => !part.is_hub() && profile.fits(part),
            };
            $(
                if true $(&& has(Part::$Model))* $($(&& has(Part::$Sound))+)? {
                    entity.insert(together::$Group {
                        $($module: $crate::ActorPart::<$ModelTypes>::build(&profile.$group.$module),)*
                        $($($smodule: $crate::ActorPart::<$ModelTypes>::build(&profile.$group.$smodule),)+)?
                    });
                } else {
                    $(if has(Part::$Model) {
                        entity.insert(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::build(&profile.$group.$module));
                    })*
                    $($(if has(Part::$Sound) {
                        entity.insert(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::build(&profile.$group.$smodule));
                    })+)?
                }
            )+
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
                    let on_device = <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::ON_DEVICE;
                    if (!on_device || parts.awake(Part::$Model)) && let Some(it) = parts.$module() {
                        let reading = $crate::DevicePart::<$ModelTypes>::reading(&*it, &profile.$group.$module, now);
                        seen.push((Part::$Model, Reading::$Model(reading)));
                    }
                })*)+
            });
            seen
        }

        /// Is shown every component, in the order of the list.
        pub trait Visitor {
            /// A component that can break.
            fn visit<M: $crate::DevicePart<$ModelTypes>>(&mut self, part: Part);
            /// A component that does not break.
            fn visit_sound<M: $crate::ActorPart<$ModelTypes>>(&mut self, _part: Part) {}
        }
        /// Shows every component to a visitor.
        pub fn for_each_model(visitor: &mut impl Visitor) {
            $(
                $(visitor.visit::<$group::$module::$Model>(Part::$Model);)*
                $($(visitor.visit_sound::<$group::$smodule::$Sound>(Part::$Sound);)+)?
            )+
        }
    };
}
