//! The one list of components, and everything that follows from it.

mod dispatch;
mod names;
mod world;

use bevy_ecs::change_detection::{DetectChangesMut, Mut};

/// A part, without a note that it has changed: nobody asks for it, and each would be a write to one more column.
#[doc(hidden)]
#[inline]
pub fn bypass_change_detection<'a, T>(part: &'a mut Mut<'_, T>) -> &'a mut T {
    part.bypass_change_detection()
}

/// Makes the names of all components: the catalogue's own unit type, which [`catalogue!`](crate::catalogue!) makes a
/// [`Catalogue`](crate::Catalogue), and the enum `Part`, which names what an actor is made of and knows nothing of it.
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
                    $(Part::$Model => const { $crate::sim::stable_id(stringify!($module)) },)*
                    $($(Part::$Sound => const { $crate::sim::stable_id(stringify!($smodule)) },)+)?
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
/// a cell; the dispatch of everything that can happen; and [`Catalogue`](crate::Catalogue) for the catalogue's own unit
/// type. What stands under `sound` does not break: it is an [`ActorPart`](crate::ActorPart), but no
/// [`DevicePart`](crate::DevicePart). Adding a component is adding its file and its entry.
#[macro_export]
macro_rules! catalogue {
    ($($catalogue:tt)*) => {
        $crate::catalogue_names! { $($catalogue)* }
        $crate::catalogue_dispatch! { $($catalogue)* }
        $crate::catalogue_world! { $($catalogue)* }
    };
}
