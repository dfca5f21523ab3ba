//! The network between terminals and the gateway.

use std::collections::BTreeMap;

use models::bearer::Radio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;

use crate::name::Name;

/// The network between terminals and the gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// The least time that a message takes from a terminal to the gateway or back; a shorter one is lengthened to it.
    /// Cells of terminals advance side by side through windows of this length.
    pub min_latency: Span,
    /// Where the radio is other than the terminal types say: by region.
    pub regions: BTreeMap<Name, Region>,
}

impl Default for Network {
    fn default() -> Self {
        Self { min_latency: Span::millis(10), regions: BTreeMap::new() }
    }
}

/// What the radio is like in a region, whatever the terminal types say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Region {
    /// The shops' wireless networks.
    pub wifi: Option<Radio>,
    /// The mobile carrier.
    pub cellular: Option<Radio>,
}
