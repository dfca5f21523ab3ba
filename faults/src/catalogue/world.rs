//! What components are set to; how actors are put into the store, copied, started and looked at.
//!
//! A part of [`catalogue!`](crate::catalogue!), in a file of its own.

#[doc(hidden)]
#[macro_export]
macro_rules! catalogue_world {
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
        $(
            $(#[$gdoc])*
            #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
            #[serde(default, deny_unknown_fields)]
            pub struct $Group {
                $(
                    #[doc = concat!("Settings of `", stringify!($module), "`.")]
                    pub $module: <$group::$module::$Model as $crate::ActorPart<$ModelTypes>>::Spec,
                )*
                $($(
                    #[doc = concat!("Settings of `", stringify!($smodule), "`.")]
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

        /// Limits of the detectors of every part that can break.
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct Thresholds { $($(
            #[doc = concat!("Of `", stringify!($module), "`.")]
            pub $module: <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::Thresholds,
        )*)+ }

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
            let faults = from.get::<$crate::FaultState<$ModelTypes>>().cloned().unwrap_or_default();
            let incidents = from.get::<$crate::IncidentState<$ModelTypes>>().cloned().unwrap_or_default();
            let counts = from.get::<$crate::DrawCounts<$ModelTypes>>().cloned().unwrap_or_default();
            let beliefs = from.get::<Beliefs>().copied().unwrap_or_default();
            let mut to = into.spawn((id, (faults, incidents, counts), beliefs));
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
            let mut entity = world.spawn((actor, $crate::Kept::<$ModelTypes>::default(), Beliefs::default()));
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
                let Columns { entities, access, scratch } = columns;
                let entity = entities[cell.row(actor)];
                let mut parts = ActorParts { world, entity, access, profile: settings.profile(actor) };
                let mut cx = $crate::context::<$ModelTypes>(actor, Part::ALL[0], settings, cell, scratch);
                $crate::Parts::start(&mut parts, &mut cx);
                $crate::settle(&mut parts, &mut cx);
            });
        }

        /// Plans a fault of the scenario at an actor that has been spawned, before the run begins.
        pub fn plan_fault(simulation: &mut $crate::sim::Simulation<$ModelTypes>, actor: $crate::sim::ActorId, number: u16) {
            simulation.begin(actor, |columns, world, settings, cell| {
                columns.entities(world);
                let Columns { entities, access, .. } = columns;
                let entity = entities[cell.row(actor)];
                let mut parts = ActorParts { world, entity, access, profile: settings.profile(actor) };
                let planned = $crate::FaultSettings::<$ModelTypes>::planned(settings, number);
                let age = $crate::FaultSettings::<$ModelTypes>::age(settings, actor);
                $crate::plan(cell, $crate::Breakable::<$ModelTypes>::fault_state(&mut parts), actor, number, planned, age);
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
                let Columns { entities, access, .. } = columns;
                let entity = entities[cell.row(actor)];
                let profile = settings.profile(actor);
                let mut parts = ActorParts { world, entity, access, profile };
                let now = cell.now();
                $($({
                    if !parts.blind(Part::$Model) && let Some(it) = parts.$module() {
                        let reading = $crate::DevicePart::<$ModelTypes>::reading(&*it, &profile.$group.$module, now);
                        seen.push((Part::$Model, Reading::$Model(reading)));
                    }
                })*)+
            });
            seen
        }
    };
}
