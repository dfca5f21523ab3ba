//! What has to come out of a run.

use std::borrow::Cow;
use std::fmt;

use models::invariants::Invariant;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use sim::Span;
use sim::quantity::{Quantity, note};

use crate::name::Name;

/// A requirement on the results; a run that does not meet it has failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Expectation {
    /// An invariant holds. All of them are checked in every run; to name one here shows it among the expectations.
    Holds(Invariant),
    /// A measure lies within bounds.
    Measure {
        /// What is measured.
        measure: Measure,
        /// Only of this fault: the id of an entry of `faults`. Of all faults, or the whole fleet, if it is not given.
        #[serde(default)]
        of: Option<Name>,
        /// It is not smaller: a number, or a length of time such as `"5min"`.
        #[serde(default)]
        at_least: Option<Bound>,
        /// It is not larger: a number, or a length of time such as `"5min"`.
        #[serde(default)]
        at_most: Option<Bound>,
    },
    /// A fault occurred often enough to judge; if not, the run is inconclusive.
    Covers {
        /// The id of an entry of `faults`.
        fault: Name,
        /// How often it has to occur at the least.
        #[serde(default = "once")]
        occurrences: u32,
    },
}

fn once() -> u32 {
    1
}

/// What can be measured of a run.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
pub enum Measure {
    /// Share of time in which a terminal is able to sell, over all terminals.
    Availability,
    /// Time from the onset of a fault to its detection: the mean.
    MttdMean,
    /// Time from the onset of a fault to its detection: the median.
    MttdP50,
    /// Time from the onset of a fault to its detection: the 95th percentile.
    MttdP95,
    /// Time from the onset of a fault to its clearing: the mean.
    MttrMean,
    /// Time from the onset of a fault to its clearing: the median.
    MttrP50,
    /// Time from the onset of a fault to its clearing: the 95th percentile.
    MttrP95,
    /// Share of occurrences that were detected.
    DetectedShare,
    /// Share of detected occurrences for which the right fault was suspected.
    IsolatedShare,
    /// Share of detected occurrences for which the fault was one of the two likeliest candidates.
    IsolatedToTwoShare,
    /// Share of detected occurrences for which the fault was one of the three likeliest candidates.
    IsolatedToThreeShare,
    /// Mean Brier score of the candidates' weights over all alarms: 0 is best, 2 is worst.
    BrierScore,
    /// Share of the incidents about a fault that were closed while the fault was still there.
    FalseRestorationShare,
    /// Share of occurrences after which service was restored.
    RestoredShare,
    /// Number of alarms with no fault behind them.
    FalseAlarms,
    /// Share of attempted sales that were approved, online or offline.
    ApprovedShare,
    /// Number of sales that were attempted.
    Attempted,
    /// Number of sales that were declined.
    Declined,
    /// Number of customers who left before their sale was decided.
    Abandoned,
    /// Number of sales that were reversed.
    Reversed,
    /// Number of sales that were approved offline and stored.
    Stored,
    /// Number of approved sales that the terminal gave up on and that nobody reversed.
    Unreversed,
    /// Number of purchases that were charged more than once.
    Duplicates,
    /// Number of records of sales that terminals lost with their power.
    RecordsLost,
}

/// What kind of value a measure has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MeasureKind {
    /// A length of time.
    Time,
    /// A number from 0 to 1.
    Share,
    /// A number from 0 to 2; the less the better.
    Score,
    /// A whole number.
    Count,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Availability,
        Self::MttdMean,
        Self::MttdP50,
        Self::MttdP95,
        Self::MttrMean,
        Self::MttrP50,
        Self::MttrP95,
        Self::DetectedShare,
        Self::IsolatedShare,
        Self::IsolatedToTwoShare,
        Self::IsolatedToThreeShare,
        Self::BrierScore,
        Self::FalseRestorationShare,
        Self::RestoredShare,
        Self::FalseAlarms,
        Self::ApprovedShare,
        Self::Attempted,
        Self::Declined,
        Self::Abandoned,
        Self::Reversed,
        Self::Stored,
        Self::Unreversed,
        Self::Duplicates,
        Self::RecordsLost,
    ];

    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Availability => "可用性",
            Self::MttdMean => "平均故障检测时间",
            Self::MttdP50 => "故障检测时间中位数",
            Self::MttdP95 => "故障检测时间第95百分位",
            Self::MttrMean => "平均修复时间",
            Self::MttrP50 => "修复时间中位数",
            Self::MttrP95 => "修复时间第95百分位",
            Self::DetectedShare => "故障检出率",
            Self::IsolatedShare => "故障定位正确率",
            Self::IsolatedToTwoShare => "前两位候选命中率",
            Self::IsolatedToThreeShare => "前三位候选命中率",
            Self::BrierScore => "候选权重布赖尔分数",
            Self::FalseRestorationShare => "误判恢复率",
            Self::RestoredShare => "服务恢复率",
            Self::FalseAlarms => "误报次数",
            Self::ApprovedShare => "交易成功率",
            Self::Attempted => "交易笔数",
            Self::Declined => "拒绝笔数",
            Self::Abandoned => "客户放弃笔数",
            Self::Reversed => "冲正笔数",
            Self::Stored => "存储转发笔数",
            Self::Unreversed => "未冲正笔数",
            Self::Duplicates => "重复扣款笔数",
            Self::RecordsLost => "断电丢失的交易记录数",
        }
    }

    /// What kind of value it has.
    pub const fn kind(self) -> MeasureKind {
        match self {
            Self::MttdMean | Self::MttdP50 | Self::MttdP95 => MeasureKind::Time,
            Self::MttrMean | Self::MttrP50 | Self::MttrP95 => MeasureKind::Time,
            Self::Availability | Self::DetectedShare | Self::IsolatedShare => MeasureKind::Share,
            Self::RestoredShare | Self::ApprovedShare => MeasureKind::Share,
            Self::IsolatedToTwoShare | Self::IsolatedToThreeShare => MeasureKind::Share,
            Self::FalseRestorationShare => MeasureKind::Share,
            Self::BrierScore => MeasureKind::Score,
            Self::FalseAlarms | Self::Attempted | Self::Declined | Self::Abandoned => {
                MeasureKind::Count
            }
            Self::Reversed | Self::Stored | Self::Unreversed | Self::Duplicates => {
                MeasureKind::Count
            }
            Self::RecordsLost => MeasureKind::Count,
        }
    }

    /// It can be measured of one fault alone.
    pub const fn of_a_fault(self) -> bool {
        matches!(
            self,
            Self::MttdMean
                | Self::MttdP50
                | Self::MttdP95
                | Self::MttrMean
                | Self::MttrP50
                | Self::MttrP95
                | Self::DetectedShare
                | Self::IsolatedShare
                | Self::IsolatedToTwoShare
                | Self::IsolatedToThreeShare
                | Self::RestoredShare
        )
    }
}

/// A bound of a measure: a number, or a length of time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Bound {
    /// For counts and shares.
    Number(f64),
    /// For times.
    Time(Span),
}

impl Bound {
    /// As a number: times in seconds.
    pub fn value(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Time(span) => span.as_secs_f64(),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Time(span) => f.write_str(&span.write()),
        }
    }
}

struct Bounding;

impl<'de> Visitor<'de> for Bounding {
    type Value = Bound;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number such as 0.99, or a length of time such as \"5min\"")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Bound, E> {
        let span = Span::parse(text).or_else(|message| {
            let hint =
                "a bound is a number such as 0.99, or a length of time such as \"5min\"".into();
            if note(text, message.clone(), hint) { Ok(Span::stand_in()) } else { Err(message) }
        });
        span.map(Bound::Time).map_err(E::custom)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Bound, E> {
        Span::parse(text).map(Bound::Time).map_err(E::custom)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Bound, E> {
        Ok(Bound::Number(number as f64))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Bound, E> {
        self.visit_f64(number as f64)
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Bound, E> {
        if number.is_finite() && number >= 0.0 {
            return Ok(Bound::Number(number));
        }
        Err(E::custom(format!("{number} is not a finite number of at least 0")))
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Bounding)
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => to.serialize_f64(*number),
            Self::Time(span) => span.serialize(to),
        }
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A bound: a number for counts and shares, such as `0.99`; a length of time for times, such as `\"5min\"`.";
        json_schema!({ "type": ["number", "string"], "description": description, "examples": [0.99, "5min"] })
    }
}
