//! What a terminal tells the back office of itself from time to time: readings of its parts, as they are at that instant.

use sim::ActorId;

/// Something that a part measures of itself and reports.
#[derive(
    Clone,
    Copy,
    Debug,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
pub enum Gauge {
    /// Voltage at the terminal, in millivolts.
    Supply,
    /// Charge of the battery, in per cent of what it can hold.
    Charge,
    /// What the battery can hold, in per cent of a new one.
    BatteryHealth,
    /// Memory in use, in per cent.
    Memory,
    /// Processor taken by others than the payment application, in per cent.
    Processor,
    /// Mean loss of packets on the way to the gateway, in parts per million.
    Loss,
    /// Technical failures of sales in a row.
    Failures,
    /// Stored sales that no host has taken in.
    Stored,
    /// Failed reads of a card in a row, the worst of the three ways to read one.
    FailedReads,
    /// Paper that is left, in millimetres.
    Paper,
}

impl Gauge {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Supply,
        Self::Charge,
        Self::BatteryHealth,
        Self::Memory,
        Self::Processor,
        Self::Loss,
        Self::Failures,
        Self::Stored,
        Self::FailedReads,
        Self::Paper,
    ];

    /// Its name in records and reports; the unit is its last word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supply => "supply_mv",
            Self::Charge => "charge_pct",
            Self::BatteryHealth => "battery_health_pct",
            Self::Memory => "memory_pct",
            Self::Processor => "processor_pct",
            Self::Loss => "loss_ppm",
            Self::Failures => "failures_in_a_row",
            Self::Stored => "stored_sales",
            Self::FailedReads => "failed_reads_in_a_row",
            Self::Paper => "paper_mm",
        }
    }
}

/// One report. A gauge that no part of the terminal has is missing from it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Telemetry {
    /// Whose.
    pub terminal: ActorId,
    values: [Option<u32>; Gauge::ALL.len()],
}

impl Telemetry {
    /// An empty report.
    pub fn of(terminal: ActorId) -> Self {
        Self { terminal, values: [None; Gauge::ALL.len()] }
    }
    /// A part reports a reading.
    pub fn set(&mut self, gauge: Gauge, value: u32) {
        self.values[gauge as usize] = Some(value);
    }
    /// What was reported of this.
    pub fn get(&self, gauge: Gauge) -> Option<u32> {
        self.values[gauge as usize]
    }
}

/// A share from 0 to 1 as per cent.
pub(crate) fn percent(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 100.0 + 0.5) as u32
}
