//! What the back office watches for: settings of its detectors, and the groups that terminals with trouble are looked for
//! in.

use faults::detectors::{KOfN, OutcomeRule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::{Factor, Probability};

use crate::evidence::Evidence;
use crate::telemetry::Gauge;
use crate::{AnyThresholds, Symptom};

/// Terminals that have something in common, by the numbers of the inventory.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Zone {
    /// Those that one carrier serves in one region: what hangs on the same cells.
    Cell {
        /// The carrier.
        carrier: u16,
        /// The region.
        region: u16,
    },
    /// Those that one carrier serves.
    Carrier(u16),
    /// Those of one region.
    Region(u16),
    /// Those of one batch.
    Batch(u16),
    /// All of them: gateway, hosts, the back office itself.
    Fleet,
}

impl Zone {
    /// What its members have in common, as a word.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Cell { .. } => "cell",
            Self::Carrier(_) => "carrier",
            Self::Region(_) => "region",
            Self::Batch(_) => "batch",
            Self::Fleet => "fleet",
        }
    }
}

/// When faults of many terminals are taken to have one cause: an expectation-based scan statistic over all cells, carriers,
/// regions, batches and the fleet.
///
/// For a zone of n terminals of which c got into the same kind of trouble within the window, the score is the logarithm
/// of the likelihood ratio of "each with probability c/n" against "each with the background's probability p":
/// c·ln(c/np) + (n−c)·ln((n−c)/n(1−p)). The zone with the highest score is named. (D. B. Neill, "Expectation-based scan
/// statistics for monitoring spatial time series data", International Journal of Forecasting 25(3), 2009; after
/// M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26(6), 1997.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CommonCauseSearch {
    /// Common causes are looked for at all.
    pub enabled: bool,
    /// Trouble that began within this time of each other may have one cause.
    pub window: Span,
    /// How long it waits for more before it names a cause: what is named early is named by less.
    pub settle: Span,
    /// Fewer terminals than this have no common cause.
    pub min_terminals: u32,
    /// Share of terminals that get into trouble within the window by chance.
    pub background: Probability,
    /// The score from which a cause is named: 20 is a likelihood ratio of e^20.
    pub score: Factor,
    /// A common-cause incident is over when no more than this share of its members is still in trouble.
    pub over_at: Probability,
}

impl Default for CommonCauseSearch {
    fn default() -> Self {
        Self {
            enabled: true,
            window: Span::minutes(15),
            settle: Span::minutes(1),
            min_terminals: 5,
            background: Probability(0.01),
            score: Factor(20.0),
            over_at: Probability(0.1),
        }
    }
}

/// Limits of the detectors: what the parts of a terminal watch themselves for, and what the back office reads out of terminals'
/// reports and sales.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Detectors {
    /// Limits of the detectors of each part, by the part's name.
    pub parts: AnyThresholds,
    /// Readings beyond a fixed limit.
    pub thresholds: Vec<Threshold>,
    /// Readings that drift away from their own usual value.
    pub control_charts: Vec<ControlChartRule>,
    /// Terminals that usually sell and do not.
    pub silence: Silence,
    /// Sales that end technically, on each terminal: no answer, no network, a code that says that something is wrong. By default 3 of
    /// the last 5; it is over when 3 in a row have gone well. Where 1 % of the sales of a sound terminal end so, that is one false
    /// alarm in 172,930 sales: 0.007 a month at 40 sales a day.
    pub sale_outcomes: OutcomeRule,
}

impl Default for Detectors {
    fn default() -> Self {
        let memory = Threshold {
            gauge: Gauge::Memory,
            above: Some(90),
            below: None,
            symptom: Symptom::ResourcesShort,
            evidence: Some(Evidence::MemoryHigh),
        };
        // Below six tenths of its capacity a battery is usually replaced.
        let battery = Threshold {
            gauge: Gauge::BatteryHealth,
            above: None,
            below: Some(60),
            symptom: Symptom::BatteryRunsDown,
            evidence: Some(Evidence::HealthLow),
        };
        Self {
            parts: AnyThresholds::default(),
            thresholds: vec![memory, battery],
            control_charts: Vec::new(),
            silence: Silence::default(),
            sale_outcomes: OutcomeRule::KOfN(KOfN { k: 3, n: 5, clears_after_good: 3 }),
        }
    }
}

/// A reading beyond a fixed limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Which reading.
    pub gauge: Gauge,
    /// Too much is more than this, in the gauge's unit.
    #[serde(default)]
    pub above: Option<u32>,
    /// Too little is less than this, in the gauge's unit.
    #[serde(default)]
    pub below: Option<u32>,
    /// What that is a sign of.
    pub symptom: Symptom,
    /// What it says of the cause.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

impl Threshold {
    /// A reading is beyond it.
    pub(crate) fn passed(&self, value: u32) -> bool {
        self.above.is_some_and(|it| value > it) || self.below.is_some_and(|it| value < it)
    }
}

/// A control chart of one reading, for each terminal against its own usual value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlChartRule {
    /// Which reading.
    pub gauge: Gauge,
    /// Which chart.
    pub chart: Chart,
    /// From how many reports of a terminal its usual value and spread are learnt.
    #[serde(default = "twenty")]
    pub learn: u16,
    /// The least standard deviation that is believed, in the gauge's unit: a reading that never moved says nothing of its
    /// spread.
    #[serde(default = "one")]
    pub min_spread: Factor,
    /// What it is a sign of when the chart signals.
    pub symptom: Symptom,
    /// What that says of the cause.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

fn twenty() -> u16 {
    20
}

fn one() -> Factor {
    Factor(1.0)
}

/// A control chart, in units of the standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Chart {
    /// Exponentially weighted moving average: sees small lasting shifts. (S. W. Roberts, Technometrics 1(3), 1959; run
    /// lengths in J. M. Lucas, M. S. Saccucci, Technometrics 32(1), 1990.)
    Ewma {
        /// λ: weight of the newest reading, above 0 and at most 1.
        weight: Probability,
        /// L: distance of the limits, in standard deviations of the average.
        limit: Factor,
    },
    /// Tabular two-sided CUSUM: sums what goes beyond a slack. (E. S. Page, Biometrika 41, 1954; run lengths in
    /// D. Brook, D. A. Evans, Biometrika 59, 1972.)
    Cusum {
        /// k: slack, half of the shift that is to be found.
        slack: Factor,
        /// h: the sum at which it signals.
        decision: Factor,
    },
}

/// A terminal that usually sells and does not, though it sends its heartbeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Silence {
    /// Alarm when there has been no sale for so long, whatever the hour; `"0s"` for never.
    pub after: Span,
    /// Alarm when so long a silence is less probable than this, by the terminal's own rate and its group's hours; 0 for
    /// never.
    pub improbable: Probability,
    /// For how long rates are learnt before they are believed.
    pub learn: Span,
    /// What that is a sign of.
    pub symptom: Symptom,
}

impl Default for Silence {
    fn default() -> Self {
        Self {
            after: Span::ZERO,
            // A terminal has some forty gaps between sales a day: one false alarm in 25,000 terminal-days.
            improbable: Probability(0.000_001),
            learn: Span::days(3),
            symptom: Symptom::SalesSilent,
        }
    }
}
