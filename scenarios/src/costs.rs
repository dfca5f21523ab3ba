//! What trouble costs: prices of everything that is done about it, and of what it does to business.

use models::quantity::Price;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;

/// What faults cost. The prices are assumptions, in the scenario's currency; what they are multiplied by is counted in
/// the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Costs {
    /// A minute of an agent of the support desk.
    pub call_minute: Price,
    /// A visit of a technician, with travel and hands-on time.
    pub visit: Price,
    /// A part that a technician puts in.
    pub part: Price,
    /// A swap of a terminal: handling, repair at the depot, wear of the pool; the visit comes on top.
    pub swap: Price,
    /// A remote command.
    pub command: Price,
    /// A recovery action that the merchant carries out: some minutes of the merchant's time.
    pub merchant: Price,
    /// What a merchant would have earned of a sale that was lost: share of its amount.
    pub margin: Probability,
    /// A minute in which a terminal is out of service, beside the sales that it loses.
    pub outage_minute: Price,
}

impl Default for Costs {
    fn default() -> Self {
        let zero = Price::default().currency();
        let price = |minor: i64| Price::new(minor, zero);
        Self {
            call_minute: price(200),
            visit: price(20_000),
            part: price(5_000),
            swap: price(10_000),
            command: price(100),
            merchant: price(500),
            margin: Probability(0.2),
            outage_minute: price(0),
        }
    }
}
