//! What components and their faults are called: `Part`, `Timer`, `Fault`, `Reading`, and the tables of what components bring.
//!
//! A part of [`catalogue!`](crate::catalogue!), in a file of its own.

#[doc(hidden)]
#[macro_export]
macro_rules! catalogue_names {
    (
        types: $ModelTypes:ident;
        local_message: $LocalMessage:ty; topic: $Topic:ty; message: $InterActorMessage:ty;
        action: $RecoveryAction:ty, $ActionDefinition:ty, $actions:path; act: $act:path; ask: $ask:path; update: $update:path; family: $Family:ty; symptom: $Symptom:ty, $SymptomDefinition:ty, $symptoms:path; evidence: $Evidence:ty, $EvidenceDefinition:ty, $evidence:path;
        indication: $Indication:ty, $IndicationDefinition:ty, $indications:path; detector: $Detector:ty;
        milestone: $Milestone:ty, $MilestoneDefinition:ty; hook: $Hook:ty; note: $Note:ty; settings: $Settings:ty; able: $able:path; stops: $stops:path; awake: $awake:path;
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
            #[doc = concat!("A fault mode of `", stringify!($module), "`.")]
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

        impl $crate::Catalogue for $ModelTypes {
            fn ask(request: $crate::StepRequest<Self>) -> $LocalMessage { $ask(request) }
            fn update(update: $crate::IncidentUpdate<Self>) -> $LocalMessage { $update(update) }
            fn act(action: $RecoveryAction) -> Option<$LocalMessage> { $act(action) }
            fn mode(fault: Fault) -> &'static $crate::Mode<Self> { fault.mode() }
        }

        impl $crate::ModelTypes for $ModelTypes {
            type Part = Part;
            type Timer = Timer;
            type Profile = Profile;
            type LocalMessage = $LocalMessage;
            type Topic = $Topic;
            type Fault = Fault;
            type Family = $Family;
            type Symptom = $Symptom;
            type SymptomDefinition = $SymptomDefinition;
            type Evidence = $Evidence;
            type EvidenceDefinition = $EvidenceDefinition;
            type Thresholds = Thresholds;
            type RecoveryAction = $RecoveryAction;
            type ActionDefinition = $ActionDefinition;
            type Indication = $Indication;
            type IndicationDefinition = $IndicationDefinition;
            type Detector = $Detector;
            type Milestone = $Milestone;
            type MilestoneDefinition = $MilestoneDefinition;
            type Hook = $Hook;
            type Note = $Note;
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
            fn symptoms() -> &'static $crate::Table<$SymptomDefinition> {
                static ALL: std::sync::LazyLock<$crate::Table<$SymptomDefinition>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $symptoms,
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::SYMPTOMS,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::SYMPTOMS,)+)?
                        )+
                    ]));
                &ALL
            }
            fn evidence() -> &'static $crate::Table<$EvidenceDefinition> {
                static ALL: std::sync::LazyLock<$crate::Table<$EvidenceDefinition>> =
                    std::sync::LazyLock::new(|| $crate::Table::gather([
                        $evidence,
                        $(
                            $(<$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::EVIDENCE,)*
                            $($(<$group::$smodule::$Sound as $crate::ActorPart<$ModelTypes>>::EVIDENCE,)+)?
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
