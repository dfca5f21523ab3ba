//! What a scenario may wait for before a fault occurs.

use faults::Declared;

super::open_enum! {
    /// Something that a fault may wait for.
    Milestone: MilestoneDefinition of milestones
}

/// What a component declares of a milestone.
#[derive(Clone, Copy, Debug)]
pub struct MilestoneDefinition {
    /// How code and files write it.
    pub ident: &'static str,
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// What has happened then.
    pub about: &'static str,
    /// Where it stands in lists.
    pub rank: u16,
}

impl Declared for MilestoneDefinition {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.rank
    }
}

/// Declares milestones: each with its rank in lists and its names. It adds them to [`Milestone`] as an enum's variants
/// would be, and makes the table `MILESTONES`, which the component hands to the catalogue.
macro_rules! milestones {
    ($( $(#[doc = $about:literal])+ $Ident:ident: $rank:expr, $name:literal, $zh:literal; )+) => {
        #[allow(non_upper_case_globals, reason = "members of an open enum are written as those of any enum")]
        impl crate::vocabulary::milestone::Milestone {
            $($(#[doc = $about])+ pub const $Ident: Self = Self::of($name);)+
        }
        const MILESTONES: &[crate::vocabulary::milestone::MilestoneDefinition] = &[$(
            crate::vocabulary::milestone::MilestoneDefinition {
                ident: stringify!($Ident),
                name: $name,
                zh: $zh,
                about: concat!($($about),+),
                rank: $rank,
            },
        )+];
    };
}
pub(crate) use milestones;
