//! The hosts behind the gateway.

use models::platform::host;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Factor;

use crate::name::Name;

/// A host behind the gateway: the issuer of some of the cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostEntry {
    /// Its name.
    pub id: Name,
    /// Weight of its cards among those of all hosts.
    #[serde(default = "equal")]
    pub share: Factor,
    /// What it is set to, if other than `platform.host`.
    #[serde(default)]
    pub settings: Option<host::Spec>,
}

fn equal() -> Factor {
    Factor(1.0)
}
