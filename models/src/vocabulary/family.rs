//! The families of faults of the catalogue: seven of the device and its surroundings, one of people.

/// A family of faults. Its names are the catalogue's.
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
pub enum Family {
    /// Supply, voltage, cable, plug, battery.
    Power,
    /// Coverage, interference, module, obstruction, pairing.
    Comms,
    /// Balance, network at the moment of a sale, instruction, hosts.
    Transaction,
    /// Version, resources, hang, malware.
    Software,
    /// Mainboard, display, keys, lights, sound.
    Hardware,
    /// Faint print, no print.
    Printer,
    /// A card is swiped, inserted or tapped, and nothing happens.
    CardReader,
    /// Rules of use, scams and leaks: what people do.
    MisuseAndFraud,
}

impl Family {
    /// All of them, in the catalogue's order.
    pub const ALL: [Self; 8] = [
        Self::Power,
        Self::Comms,
        Self::Transaction,
        Self::Software,
        Self::Hardware,
        Self::Printer,
        Self::CardReader,
        Self::MisuseAndFraud,
    ];

    /// Its id in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Comms => "comms",
            Self::Transaction => "transaction",
            Self::Software => "software",
            Self::Hardware => "hardware",
            Self::Printer => "printer",
            Self::CardReader => "card-reader",
            Self::MisuseAndFraud => "misuse-and-fraud",
        }
    }

    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Power => "电源故障",
            Self::Comms => "通信故障",
            Self::Transaction => "交易故障",
            Self::Software => "软件故障",
            Self::Hardware => "硬件故障",
            Self::Printer => "打印问题",
            Self::CardReader => "刷卡无反应",
            Self::MisuseAndFraud => "使用规则与诈骗",
        }
    }
}
