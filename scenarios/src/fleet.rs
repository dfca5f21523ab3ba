//! The fleet: groups of terminals, and the types that they are of.

use std::collections::BTreeMap;

use faults::Fitted;
use models::people::deployment;
use models::wire::Via;
use models::{Comms, Hardware, Part, Software};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::scenario::Scenario;

/// The terminal type that is always known.
pub const STANDARD: &str = "standard";

/// Terminals that are alike: of one type, in one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name; terminals are called after it: `lanes-0`, `lanes-1`.
    pub id: Name,
    /// How many terminals.
    pub count: u32,
    /// Their type: an entry of `types`, or `"standard"`.
    #[serde(default = "standard", rename = "type")]
    pub terminal_type: Name,
    /// Where they are: a name of your choice, by which faults and `network.regions` find them.
    #[serde(default = "home")]
    pub region: Name,
    /// How many terminals stand at one site; a site shares what happens to it.
    #[serde(default = "one")]
    pub site_size: u32,
    /// The mobile carrier that serves them: a name of your choice, by which faults and the back office find what it takes
    /// down with it.
    #[serde(default = "carrier")]
    pub carrier: Name,
    /// Their firmware batch: a name of your choice; their type's name if it is not given.
    #[serde(default)]
    pub batch: Option<Name>,
    /// The bearer that they normally use, if another than their type's.
    #[serde(default)]
    pub uplink: Option<Via>,
    /// The bearer that they change to when the first is down, if another than their type's.
    #[serde(default)]
    pub backup: Option<Via>,
    /// What the terminals go through before and after their service, and how old they are, if other than
    /// `people.deployment`.
    #[serde(default)]
    pub deployment: Option<deployment::Spec>,
}

impl FittedParts {
    /// The same, as a profile has it.
    pub fn as_fitted(&self) -> Fitted<Part> {
        let set = |parts: &[Part]| parts.iter().copied().collect();
        Fitted { with: set(&self.with), without: set(&self.without) }
    }
}

impl TerminalType {
    /// Whether terminals of this type have a part.
    pub fn fits(&self, part: Part) -> bool {
        self.fitted.as_fitted().has(part, part.fitting())
    }

    /// Uplink and backup of a group of this type, of those that are fitted: without the bearer that it would normally use, a
    /// terminal uses its backup.
    pub fn bearers(&self, group: &Group) -> (Option<Via>, Option<Via>) {
        let firmware = &self.software.firmware;
        let first = Some(group.uplink.unwrap_or(firmware.uplink));
        let fitted = |via: &Via| self.fits(via.part());
        let (first, second) =
            (first.filter(fitted), group.backup.or(firmware.backup).filter(fitted));
        if first.is_some() { (first, second) } else { (second, None) }
    }

    /// Whether terminals of a group of this type have a part that something can become of: a bearer that is neither uplink nor
    /// backup does nothing, nor does a battery that holds nothing.
    pub fn uses(&self, part: Part, group: &Group) -> bool {
        let (first, second) = self.bearers(group);
        let carries = |via: Via| first == Some(via) || second == Some(via);
        let used = match part {
            Part::Battery => self.hardware.battery.capacity.0 > 0,
            Part::PhoneLink => self.software.firmware.through_phone,
            Part::Wifi => carries(Via::Wifi),
            Part::Cellular => carries(Via::Cellular),
            _ => true,
        };
        used && self.fits(part)
    }
}

impl Scenario {
    /// How many terminals use each part of a terminal; what none of them has is not there. Its types must be whole, as they are
    /// once it is loaded.
    pub fn fitted(&self) -> BTreeMap<Part, u32> {
        let usual = TerminalType::default();
        let mut counts = BTreeMap::new();
        for group in &self.fleet {
            let of = self.types.get(&group.terminal_type).unwrap_or(&usual);
            for &part in Part::ALL.iter().filter(|it| !it.is_hub() && of.uses(**it, group)) {
                *counts.entry(part).or_default() += group.count;
            }
        }
        counts
    }
}

fn standard() -> Name {
    Name::from(STANDARD)
}

fn home() -> Name {
    Name::from("home")
}

fn carrier() -> Name {
    Name::from("carrier")
}

fn one() -> u32 {
    1
}

impl Group {
    /// Its firmware batch.
    pub fn batch(&self) -> &Name {
        self.batch.as_ref().unwrap_or(&self.terminal_type)
    }
    /// How many sites it has; the last one may be smaller than the others.
    pub fn sites(&self) -> u32 {
        self.count.div_ceil(self.site_size.max(1))
    }
}

/// Which parts a type of terminal has: faults reach terminals that have the part, and no others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FittedParts {
    /// Parts that it has and that other terminals have not: `[FingerprintReader]`.
    pub with: Vec<Part>,
    /// Parts that it lacks: `[Printer, Scanner]`. Without `Battery` it runs on its cable; without `Wifi` or `Cellular` it uses the
    /// other bearer; without `Keypad` amounts and PINs are entered on the screen, and without `Display` as well the till says
    /// the amount and no PIN can be entered. What no terminal can do without cannot be left out.
    pub without: Vec<Part>,
}

/// A terminal type: what its parts are set to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TerminalType {
    /// Another type that it is like, but for what is said here.
    pub base: Option<Name>,
    /// Which parts it has beyond what every terminal has, and which it lacks.
    pub fitted: FittedParts,
    /// Its body and what is plugged into it.
    pub hardware: Hardware,
    /// Its links to the network.
    pub comms: Comms,
    /// What runs on it.
    pub software: Software,
}
