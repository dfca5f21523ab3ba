//! Truth: what is broken, since when, how badly, and what ended it.
//!
//! Nothing here knows what anybody believes: no alarm, no incident, no procedure.

mod commission;
mod fault_state;
mod levels;
mod life_cycle;
mod planned;
mod recovery;
mod settings;
mod shares;

use crate::context::Context;
use crate::draw_counts::Counted;
use crate::model::Catalogue;

pub(crate) use commission::{commission, withdraw};
pub use fault_state::FaultState;
pub use levels::Levels;
pub use life_cycle::plan;
pub(crate) use life_cycle::{activated, broke, end, ended, occur, proceed, reached, recur};
pub use planned::{OnlyIf, Planned, SeverityProfile, When};
pub(crate) use recovery::{act, replaced};
pub use settings::FaultSettings;
pub(crate) use shares::attribute;

/// The parts of one actor as faults change them. `catalogue!` implements it.
pub trait Breakable<K: Catalogue>: Counted<K> {
    /// Sets the level of a fault at the part that has it; 0 is absent.
    fn set_level(&mut self, fault: K::Fault, level: f64, cx: &mut Context<'_, K>);
    /// The actor can do what it is for.
    fn able(&mut self, cx: &Context<'_, K>) -> bool;
    /// Whether the actor could do its work if these of its active faults were not there, and everything else stands.
    fn able_without(&mut self, cured: &[K::Fault]) -> bool;
    /// The actor's faults.
    fn fault_state(&mut self) -> &mut FaultState<K>;
}
