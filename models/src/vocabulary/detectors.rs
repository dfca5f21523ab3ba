//! Who can notice trouble, where, by what, and what stays hidden from each.

use faults::{Declared, ModelTypes};

use crate::parts::{AnyFault, Models, Part};

/// Where a detector looks from.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// On the terminal.
    Device,
    /// At the gateway.
    Gateway,
    /// In the back office.
    BackOffice,
    /// People around the terminal.
    People,
}

impl Place {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Gateway => "gateway",
            Self::BackOffice => "back office",
            Self::People => "people",
        }
    }
    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Device => "终端",
            Self::Gateway => "网关",
            Self::BackOffice => "后台",
            Self::People => "人员",
        }
    }
}

/// One way to notice trouble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detector {
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Where it looks from.
    pub place: Place,
    /// The part whose name its alarms carry.
    pub part: Part,
    /// What it reads, and what it can tell from that.
    pub sees: &'static str,
    /// The same in Chinese.
    pub sees_zh: &'static str,
    /// What it cannot see, or takes for something else.
    pub blind_to: &'static str,
    /// The same in Chinese.
    pub blind_to_zh: &'static str,
}

impl Detector {
    /// The fault modes that alarms of its part can be about, in the order of the models. Detectors of one part share them.
    pub fn modes(&self) -> impl Iterator<Item = AnyFault> + use<> {
        let part = self.part;
        AnyFault::all().filter(move |fault| fault.mode().seen_by.contains(&part))
    }
}

impl Declared for Detector {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.place as u16
    }
}

/// Every detector, from the device outwards.
pub fn detectors() -> &'static [&'static Detector] {
    <Models as ModelTypes>::detectors().all()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whoever can see a fault mode is a detector here, and no detector is here that can see none.
    #[test]
    fn parts_that_see_something_have_their_detectors() {
        let seers: BTreeSet<Part> =
            AnyFault::all().flat_map(|fault| fault.mode().seen_by.to_vec()).collect();
        // What a program outside sees is its own affair.
        let own = detectors().iter().filter(|it| it.part != Part::ExternalDetector);
        let listed: BTreeSet<Part> = own.map(|it| it.part).collect();
        assert_eq!(seers, listed);
        let names: BTreeSet<&str> = detectors().iter().map(|it| it.name).collect();
        assert_eq!(names.len(), detectors().len(), "two detectors share a name");
    }
}
