//! What happens to an actor, and which of its components it reaches.
//!
//! A part of [`catalogue!`](crate::catalogue!), in a file of its own.

#[doc(hidden)]
#[macro_export]
macro_rules! catalogue_dispatch {
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
        /// What detectors remember of their readings, part by part.
        #[derive(bevy_ecs::component::Component, Clone, Copy, Debug, Default)]
        pub struct Beliefs { $($(
            $module: <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::Belief,
        )*)+ }

        /// Prepared access to each component: to look one up by its type for every event would cost twice as much.
        #[derive(Debug)]
        struct Access {
            $(
                $($module: bevy_ecs::query::QueryState<&'static mut $group::$module::$Model>,)*
                $($($smodule: bevy_ecs::query::QueryState<&'static mut $group::$smodule::$Sound>,)+)?
            )+
            fault_state: bevy_ecs::query::QueryState<&'static mut $crate::FaultState<$ModelTypes>>,
            incident_state: bevy_ecs::query::QueryState<&'static mut $crate::IncidentState<$ModelTypes>>,
            draw_counts: bevy_ecs::query::QueryState<&'static mut $crate::DrawCounts<$ModelTypes>>,
            beliefs: bevy_ecs::query::QueryState<&'static mut Beliefs>,
        }

        impl Access {
            fn new(world: &mut bevy_ecs::world::World) -> Self {
                Self {
                    $(
                        $($module: world.query(),)*
                        $($($smodule: world.query(),)+)?
                    )+
                    fault_state: world.query(),
                    incident_state: world.query(),
                    draw_counts: world.query(),
                    beliefs: world.query(),
                }
            }
            /// Takes note of the actors that have been spawned.
            fn update(&mut self, world: &bevy_ecs::world::World) {
                $(
                    $(self.$module.update_archetypes(world);)*
                    $($(self.$smodule.update_archetypes(world);)+)?
                )+
                self.fault_state.update_archetypes(world);
                self.incident_state.update_archetypes(world);
                self.draw_counts.update_archetypes(world);
                self.beliefs.update_archetypes(world);
            }
        }

        /// What a cell keeps beside its world: the entity of each row, access to the components, and scratch room.
        #[derive(Debug)]
        pub struct Columns {
            entities: Vec<bevy_ecs::entity::Entity>,
            access: Access,
            scratch: $crate::Scratch<$ModelTypes>,
        }

        impl Columns {
            /// The entity of each row: actors never leave, so it is made once. A query has no order of its own.
            #[inline]
            fn entities(&mut self, world: &mut bevy_ecs::world::World) {
                if self.entities.is_empty() {
                    self.find_entities(world);
                }
            }
            #[cold]
            fn find_entities(&mut self, world: &mut bevy_ecs::world::World) {
                let mut query = world.query::<(bevy_ecs::entity::Entity, &$crate::sim::ActorId)>();
                let mut rows: Vec<_> = query.iter(world).map(|(entity, id)| (*id, entity)).collect();
                rows.sort_unstable_by_key(|(id, _)| *id);
                self.entities = rows.into_iter().map(|(_, entity)| entity).collect();
                self.access.update(world);
            }
        }

        /// The parts of one actor: an entity of its cell's world.
        ///
        /// Parts are fetched one by one. Most windows of a fleet hold one event a cell, which touches a handful of the
        /// parts; taking the slices of all columns, as the PHOLD bench does, costs more than it saves here.
        struct ActorParts<'r> {
            world: &'r mut bevy_ecs::world::World,
            entity: bevy_ecs::entity::Entity,
            access: &'r mut Access,
            profile: &'r Profile,
        }

        impl ActorParts<'_> {
            $(
                $(fn $module(&mut self) -> Option<bevy_ecs::change_detection::Mut<'_, $group::$module::$Model>> {
                    self.access.$module.get_mut(self.world, self.entity).ok()
                })*
                $($(fn $smodule(&mut self) -> Option<bevy_ecs::change_detection::Mut<'_, $group::$smodule::$Sound>> {
                    self.access.$smodule.get_mut(self.world, self.entity).ok()
                })+)?
            )+
            /// The device runs, so that a detector on it can look. The watchdog and what measures the supply always can.
            fn awake(&mut self, part: Part) -> bool {
                let able = $awake;
                able(part, &mut |it| self.part_able(it))
            }
            /// A detector on a device that does not run sees nothing. Who watches others from elsewhere looks when something is
            /// brought to notice.
            fn blind(&mut self, part: Part) -> bool {
                let on_device = match part { $(
                    $(Part::$Model => <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::ON_DEVICE,)*
                    $($(Part::$Sound => false,)+)?
                )+ };
                on_device && !self.awake(part)
            }
            /// Truth: a part does what a sale needs of it; a part that is not there cannot fail.
            fn part_able(&mut self, part: Part) -> bool {
                let profile = self.profile;
                match part { $(
                    $(Part::$Model => self.access.$module.get_manual(self.world, self.entity).ok().is_none_or(|it| {
                        $crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$module)
                    }),)*
                    $($(Part::$Sound => self.access.$smodule.get_manual(self.world, self.entity).ok().is_none_or(|it| {
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
            access: &Access,
            entity: bevy_ecs::entity::Entity,
            entry: &$crate::sim::ScheduledEvent<$crate::SimEvent<$ModelTypes>>,
        ) -> u64 {
            let part = match &entry.event {
                $crate::SimEvent::Timer(timer) => match timer { $(
                    $(Timer::$Model(_) => Part::$Model,)*
                    $($(Timer::$Sound(_) => Part::$Sound,)+)?
                )+ },
                $crate::SimEvent::Arrival { port, .. } => match Part::ALL.get(usize::from(*port)) {
                    Some(part) => *part,
                    None => return 0,
                },
                _ => return 0,
            };
            let profile = settings.profile(entry.to);
            let able = match part { $(
                $(Part::$Model => access.$module.get_manual(world, entity).is_ok_and(|it| {
                    $crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$module)
                }),)*
                $($(Part::$Sound => access.$smodule.get_manual(world, entity).is_ok_and(|it| {
                    $crate::ActorPart::<$ModelTypes>::able(it, &profile.$group.$smodule)
                }),)+)?
            )+ };
            u64::from(able)
        }

        /// `spawn` gives what is kept to every actor, and nothing takes it away.
        const KEPT: &str = "every actor has its faults, its incidents and what names their draws";

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
                    assert!(heard.count < Part::ALL.len(), "a part hears of a topic once");
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
                let Some(&part) = Part::ALL.get(usize::from(port)) else { return };
                match part { $(
                    $(Part::$Model => if let Some(mut it) = self.$module() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Model);
                        $crate::ActorPart::<$ModelTypes>::on_delivery(it, &profile.$group.$module, message, cx);
                    },)*
                    $($(Part::$Sound => if let Some(mut it) = self.$smodule() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Sound);
                        $crate::ActorPart::<$ModelTypes>::on_delivery(it, &profile.$group.$smodule, message, cx);
                    },)+)?
                )+ }
            }
        }

        impl $crate::Counted<$ModelTypes> for ActorParts<'_> {
            fn draw_counts(&mut self) -> &mut $crate::DrawCounts<$ModelTypes> {
                let counts = self.access.draw_counts.get_mut(self.world, self.entity);
                counts.expect(KEPT).into_inner()
            }
        }

        impl $crate::Breakable<$ModelTypes> for ActorParts<'_> {
            fn set_level(&mut self, fault: Fault, level: f64, cx: &mut $crate::Context<'_, $ModelTypes>) {
                let profile = self.profile;
                match fault { $($(Fault::$Model(fault) => if let Some(mut it) = self.$module() {
                    let it = $crate::catalogue::bypass_change_detection(&mut it);
                    cx.enter(Part::$Model);
                    $crate::set_level::<$ModelTypes, _>(it, &profile.$group.$module, fault, level, cx);
                },)*)+ }
            }
            fn able(&mut self, _cx: &$crate::Context<'_, $ModelTypes>) -> bool {
                $able(self.profile, &mut |part| self.part_able(part))
            }
            fn able_without(&mut self, cured: &[Fault]) -> bool {
                let active: Vec<Fault> = $crate::Breakable::fault_state(self).active().collect();
                let profile = self.profile;
                $able(profile, &mut |part| {
                    let mut stopped_by = active.iter().filter(|it| $stops(**it, part)).peekable();
                    self.part_able(part) || stopped_by.peek().is_some() && stopped_by.all(|it| cured.contains(it))
                })
            }
            fn fault_state(&mut self) -> &mut $crate::FaultState<$ModelTypes> {
                let faults = self.access.fault_state.get_mut(self.world, self.entity);
                faults.expect(KEPT).into_inner()
            }
        }

        impl $crate::Observed<$ModelTypes> for ActorParts<'_> {
            fn look(
                &mut self,
                part: Part,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) -> Result<Vec<$crate::Finding<$ModelTypes>>, $crate::DeviceOff> {
                let profile = self.profile;
                if self.blind(part) {
                    return Err($crate::DeviceOff);
                }
                let now = cx.now();
                let thresholds = cx.settings().thresholds();
                let found = match part { $(
                    $(Part::$Model => {
                        let Some(reading) = self.access.$module.get_manual(self.world, self.entity).ok().map(|it| {
                            $crate::DevicePart::<$ModelTypes>::reading(it, &profile.$group.$module, now)
                        }) else { return Ok(Vec::new()) };
                        let Some(mut beliefs) = self.access.beliefs.get_mut(self.world, self.entity).ok() else { return Ok(Vec::new()) };
                        <$group::$module::$Model as $crate::DevicePart<$ModelTypes>>::detect(&thresholds.$module, &mut beliefs.$module, &reading)
                    })*
                    $($(Part::$Sound => Vec::new(),)+)?
                )+ };
                Ok(found)
            }
            fn retest(
                &mut self,
                part: Part,
                symptom: $Symptom,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) {
                let profile = self.profile;
                if self.blind(part) {
                    return;
                }
                match part { $(
                    $(Part::$Model => if let Some(mut it) = self.$module() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Model);
                        $crate::ActorPart::<$ModelTypes>::retest(it, &profile.$group.$module, symptom, cx);
                    },)*
                    $($(Part::$Sound => if let Some(mut it) = self.$smodule() {
                        let it = $crate::catalogue::bypass_change_detection(&mut it);
                        cx.enter(Part::$Sound);
                        $crate::ActorPart::<$ModelTypes>::retest(it, &profile.$group.$smodule, symptom, cx);
                    },)+)?
                )+ }
            }
            fn still_sees(
                &mut self,
                part: Part,
                symptom: $Symptom,
                cx: &mut $crate::Context<'_, $ModelTypes>,
            ) -> bool {
                let profile = self.profile;
                let now = cx.now();
                match part { $(
                    $(Part::$Model => self.access.$module.get_manual(self.world, self.entity).ok().is_some_and(|it| {
                        $crate::ActorPart::<$ModelTypes>::still_sees(it, &profile.$group.$module, symptom, now)
                    }),)*
                    $($(Part::$Sound => self.access.$smodule.get_manual(self.world, self.entity).ok().is_some_and(|it| {
                        $crate::ActorPart::<$ModelTypes>::still_sees(it, &profile.$group.$smodule, symptom, now)
                    }),)+)?
                )+ }
            }
            fn incident_state(&mut self) -> &mut $crate::IncidentState<$ModelTypes> {
                let incidents = self.access.incident_state.get_mut(self.world, self.entity);
                incidents.expect(KEPT).into_inner()
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
            fn columns(world: &mut bevy_ecs::world::World) -> Columns {
                Columns {
                    entities: Vec::new(),
                    access: Access::new(world),
                    scratch: $crate::Scratch::default(),
                }
            }
            fn fork(
                world: &bevy_ecs::world::World,
                columns: &Columns,
            ) -> (bevy_ecs::world::World, Columns) {
                let mut forked = bevy_ecs::world::World::new();
                let entities = columns.entities.iter().map(|&entity| copy(world, entity, &mut forked));
                let entities = entities.collect();
                let mut access = Access::new(&mut forked);
                access.update(&forked);
                (forked, Columns { entities, access, scratch: $crate::Scratch::default() })
            }
            fn advance(
                columns: &mut Columns,
                world: &mut bevy_ecs::world::World,
                settings: &$Settings,
                cell: &mut $crate::sim::CellContext<$ModelTypes>,
            ) {
                columns.entities(world);
                let Columns { entities, access, scratch } = columns;
                while let Some(entry) = cell.next_prefetching(|row, entry| {
                    prefetch(world, settings, access, entities[row], entry)
                }) {
                    let entity = entities[cell.row(entry.to)];
                    let profile = settings.profile(entry.to);
                    let mut parts = ActorParts { world, entity, access, profile };
                    let mut cx = $crate::context::<$ModelTypes>(entry.to, Part::ALL[0], settings, cell, scratch);
                    $crate::handle(&mut parts, &mut cx, &entry);
                }
            }
        }
    };
}
