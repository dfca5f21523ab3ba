//! Who can notice trouble, where, by what, and what stays hidden from each.

use crate::Part;

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
    /// What it cannot see, or takes for something else.
    pub blind_to: &'static str,
}

/// Every detector.
pub const fn detectors() -> &'static [Detector] {
    DETECTORS
}

const DETECTORS: &[Detector] = &[
    Detector {
        name: "brown-out-detector",
        zh: "欠压检测",
        place: Place::Device,
        part: Part::Power,
        sees: "the voltage at the terminal: outage, sag, plug, cable",
        blind_to: "why the voltage is gone: a blackout of the street looks like a loose plug",
    },
    Detector {
        name: "battery-gauge",
        zh: "电量检测",
        place: Place::Device,
        part: Part::Battery,
        sees: "charge, and what the battery can still hold",
        blind_to: "a cell that will fail tomorrow and holds its charge today",
    },
    Detector {
        name: "watchdog",
        zh: "看门狗",
        place: Place::Device,
        part: Part::Firmware,
        sees: "that nothing has run for so long, memory and processor in use",
        blind_to: "a program that runs and does the wrong thing",
    },
    Detector {
        name: "self-test",
        zh: "自检",
        place: Place::Device,
        part: Part::Mainboard,
        sees: "resets that nobody ordered",
        blind_to: "a board that is dead: it does not test itself",
    },
    Detector {
        name: "tamper-switch",
        zh: "防拆开关",
        place: Place::Device,
        part: Part::Tamper,
        sees: "that the body was opened or moved as it must not be: it locks the terminal and wipes its keys",
        blind_to: "who opened it, and why: a blow or an empty coin cell looks like an attack",
    },
    Detector {
        name: "error-counters",
        zh: "错误计数",
        place: Place::Device,
        part: Part::PaymentApp,
        sees: "refused instructions, answers that do not come, a version that does not fit",
        blind_to: "where on the way an answer was lost: bearer, gateway and host look alike",
    },
    Detector {
        name: "read-counters",
        zh: "读卡错误计数",
        place: Place::Device,
        part: Part::CardReader,
        sees: "reads that failed in a row, by chip, tap and stripe",
        blind_to: "bad cards: some in a row look like a bad reader",
    },
    Detector {
        name: "paper-sensor",
        zh: "缺纸检测",
        place: Place::Device,
        part: Part::Printer,
        sees: "no paper, a blocked feed",
        blind_to: "a faint print: nobody measures the ink",
    },
    Detector {
        name: "link-state",
        zh: "链路检测",
        place: Place::Device,
        part: Part::Cellular,
        sees: "a module that does not answer, no cell, a weak signal",
        blind_to: "whether the other terminals of the cell fare the same; it cannot tell anybody while it is cut off",
    },
    Detector {
        name: "circuit-breaker",
        zh: "熔断器",
        place: Place::Gateway,
        part: Part::Gateway,
        sees: "hosts that fail several times in a row, or answer slowly, and its own queue",
        blind_to: "a host that nobody asks, and whatever happens before a request reaches it",
    },
    Detector {
        name: "heartbeat-monitor",
        zh: "心跳监测",
        place: Place::BackOffice,
        part: Part::Presence,
        sees: "heartbeats that do not come",
        blind_to: "why: power, link, hang and a closed shop are all silence; what breaks while heartbeats go on",
    },
    Detector {
        name: "telemetry-threshold",
        zh: "遥测阈值",
        place: Place::BackOffice,
        part: Part::Presence,
        sees: "a reported reading beyond a fixed limit",
        blind_to: "what happens between two reports, and slow drift inside the limits",
    },
    Detector {
        name: "ewma-chart",
        zh: "指数加权移动平均控制图",
        place: Place::BackOffice,
        part: Part::Presence,
        sees: "a small lasting shift of a reading from the terminal's own usual value",
        blind_to: "a single bad reading; a terminal that was bad while it was learnt",
    },
    Detector {
        name: "cusum-chart",
        zh: "累积和控制图",
        place: Place::BackOffice,
        part: Part::Presence,
        sees: "a lasting shift of about twice its slack",
        blind_to: "shifts smaller than its slack; a terminal that was bad while it was learnt",
    },
    Detector {
        name: "sales-silence",
        zh: "交易静默检测",
        place: Place::BackOffice,
        part: Part::Presence,
        sees: "a terminal that usually sells and does not, though its heartbeats come",
        blind_to: "holidays; terminals that hardly ever sell; what is wrong with it",
    },
    Detector {
        name: "common-cause",
        zh: "共因识别",
        place: Place::BackOffice,
        part: Part::BackOffice,
        sees: "many terminals in the same kind of trouble at the same time that share a cell, carrier, region or batch",
        blind_to: "causes that the inventory does not list; two groups with the same members cannot be told apart",
    },
    Detector {
        name: "supervisor",
        zh: "系统监控",
        place: Place::BackOffice,
        part: Part::BackOffice,
        sees: "that the back office itself does not answer",
        blind_to: "a back office that answers and is wrong",
    },
    Detector {
        name: "merchant",
        zh: "商户",
        place: Place::People,
        part: Part::Merchant,
        sees: "screen, tones, lights, prints and how the terminal behaves, when somebody is there",
        blind_to: "whatever shows nothing; takes the likeliest cause of a cue for the true one",
    },
];
