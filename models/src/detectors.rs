//! Who can notice trouble, where, by what, and what stays hidden from each.

use crate::{Fault, Part};

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
    pub fn modes(&self) -> impl Iterator<Item = Fault> + use<> {
        let part = self.part;
        Fault::all().filter(move |fault| fault.mode().seen_by.contains(&part))
    }
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
        sees: "the voltage with and without load: outage, sag, swell, plug, cable, adapter",
        sees_zh: "有载与空载电压：断电、欠压、过压、插头、电源线、适配器",
        blind_to: "why the voltage is gone: a blackout of the street looks like a plug that is out",
        blind_to_zh: "电压消失的原因：整条街停电与插头脱落看起来一样",
    },
    Detector {
        name: "battery-gauge",
        zh: "电量检测",
        place: Place::Device,
        part: Part::Battery,
        sees: "charge, charging, cycles, and what the battery can still hold",
        sees_zh: "电量、充电状态、循环次数以及电池还能保持的容量",
        blind_to: "a cell that will fail tomorrow and holds its charge today",
        blind_to_zh: "今天还能存电、明天就会失效的电芯",
    },
    Detector {
        name: "temperature-sensor",
        zh: "温度检测",
        place: Place::Device,
        part: Part::Enclosure,
        sees: "that the terminal's body is warmer or colder than it is made for",
        sees_zh: "机身温度高于或低于允许范围",
        blind_to: "where the heat comes from, and how warm the place around it is",
        blind_to_zh: "热量的来源以及周围环境的温度",
    },
    Detector {
        name: "self-test",
        zh: "自检",
        place: Place::Device,
        part: Part::Mainboard,
        sees: "resets that nobody ordered, a board that is much warmer than the body around it",
        sees_zh: "无人下令的重启，以及电路板远高于机身的温度",
        blind_to: "a board that is dead: it does not test itself",
        blind_to_zh: "已经损坏的电路板：它不会自检",
    },
    Detector {
        name: "tamper-switch",
        zh: "防拆开关",
        place: Place::Device,
        part: Part::Tamper,
        sees: "that the body was opened, and the voltage of the coin cell that watches over it",
        sees_zh: "机身被打开，以及供其值守的纽扣电池电压",
        blind_to: "who opened it, and why: a blow looks like an attack",
        blind_to_zh: "谁打开的、为什么打开：磕碰与攻击看起来一样",
    },
    Detector {
        name: "display-test",
        zh: "显示自检",
        place: Place::Device,
        part: Part::Display,
        sees: "a touch panel that does not answer; where it is measured, the current of the backlight",
        sees_zh: "触摸屏不应答；在可测时还有背光电流",
        blind_to: "the picture: nobody on the terminal looks at the screen",
        blind_to_zh: "画面本身：终端内没有谁在看屏幕",
    },
    Detector {
        name: "key-test",
        zh: "按键自检",
        place: Place::Device,
        part: Part::Keypad,
        sees: "a key that is held down, presses that come twice, presses beyond the rated life",
        sees_zh: "一直按下的键、重复触发的按键、超过额定寿命的按键次数",
        blind_to: "a key that does nothing: nobody presses it, for all that the terminal knows",
        blind_to_zh: "没有反应的键：终端只知道没人按它",
    },
    Detector {
        name: "read-counters",
        zh: "读卡错误计数",
        place: Place::Device,
        part: Part::CardReader,
        sees: "reads that failed in a row, by chip, tap and stripe; a reader that does not answer",
        sees_zh: "芯片、挥卡、磁条连续读卡失败的次数；读卡器不应答",
        blind_to: "bad cards: some in a row look like a bad reader; dirt and wear look alike until the rated life is over",
        blind_to_zh: "坏卡：连续几张坏卡看起来像读卡器坏了；额定寿命之前脏污与磨损无法区分",
    },
    Detector {
        name: "paper-sensor",
        zh: "缺纸检测",
        place: Place::Device,
        part: Part::Printer,
        sees: "no paper, an open cover, a blocked feed or cutter, a head that is too hot, lines beyond the rated life",
        sees_zh: "缺纸、盖未关、走纸或切刀受阻、打印头过热、超过额定寿命的行数",
        blind_to: "a faint print: nobody measures the ink",
        blind_to_zh: "打印不清晰：没有谁测量墨迹",
    },
    Detector {
        name: "scan-test",
        zh: "扫描自检",
        place: Place::Device,
        part: Part::Scanner,
        sees: "a scanner that is not there, codes that are not decoded, a sensor that fails its test",
        sees_zh: "扫描枪不存在、条码无法解码、传感器自检失败",
        blind_to: "a bad code on a customer's phone: some in a row look like a dirty window",
        blind_to_zh: "顾客手机上的坏码：连续几个看起来像窗口脏污",
    },
    Detector {
        name: "phone-watch",
        zh: "手机连接检测",
        place: Place::Device,
        part: Part::PhoneLink,
        sees: "a phone that is not paired, does not answer, or answers and has no network; a weak signal",
        sees_zh: "手机未配对、不应答、应答但无网络；信号弱",
        blind_to: "whether the phone sleeps, is switched off or has gone: it does not answer",
        blind_to_zh: "手机是休眠、关机还是被带走：它只是不应答",
    },
    Detector {
        name: "wifi-watch",
        zh: "无线局域网检测",
        place: Place::Device,
        part: Part::Wifi,
        sees: "no beacon, no name service, noise",
        sees_zh: "无信标、域名解析失败、噪声",
        blind_to: "what is wrong behind the access point; it cannot tell anybody while it is cut off",
        blind_to_zh: "接入点之后的问题；断网期间它无法通知任何人",
    },
    Detector {
        name: "link-state",
        zh: "链路检测",
        place: Place::Device,
        part: Part::Cellular,
        sees: "a module that does not answer, no cell, a weak signal, late, lost or changed packets",
        sees_zh: "模块不应答、无基站、信号弱、报文迟到、丢失或损坏",
        blind_to: "whether the other terminals of the cell fare the same; it cannot tell anybody while it is cut off",
        blind_to_zh: "同一基站下其他终端是否如此；断网期间它无法通知任何人",
    },
    Detector {
        name: "watchdog",
        zh: "看门狗",
        place: Place::Device,
        part: Part::Firmware,
        sees: "that nothing has run for so long, memory and processor in use",
        sees_zh: "多久没有任何程序运行，内存与处理器占用",
        blind_to: "a program that runs and does the wrong thing",
        blind_to_zh: "正在运行但做错事的程序",
    },
    Detector {
        name: "free-space",
        zh: "存储空间检测",
        place: Place::Device,
        part: Part::Storage,
        sees: "how much of the storage is used",
        sees_zh: "存储空间已用的比例",
        blind_to: "what fills it",
        blind_to_zh: "是什么占满了空间",
    },
    Detector {
        name: "clock-check",
        zh: "时钟比对",
        place: Place::Device,
        part: Part::Clock,
        sees: "how far its own time is from that of the gateway's answers",
        sees_zh: "自身时间与网关应答时间的差",
        blind_to: "a wrong clock before the next answer comes; which of the two is wrong",
        blind_to_zh: "下一次应答之前的错误时间；以及两者谁错",
    },
    Detector {
        name: "integrity-check",
        zh: "完整性检查",
        place: Place::Device,
        part: Part::Security,
        sees: "a certificate that has expired, a signature that does not match, connections to strangers",
        sees_zh: "证书过期、签名不符、与陌生地址的连接",
        blind_to: "malware that keeps still, and whatever happens between two checks",
        blind_to_zh: "保持静默的恶意软件，以及两次检查之间发生的事",
    },
    Detector {
        name: "error-counters",
        zh: "错误计数",
        place: Place::Device,
        part: Part::PaymentApp,
        sees: "refused instructions, answers that do not come, a version that does not fit",
        sees_zh: "指令被拒、应答不来、版本不符",
        blind_to: "where on the way an answer was lost: bearer, gateway and host look alike",
        blind_to_zh: "应答在哪一段丢失：承载、网关与发卡行看起来一样",
    },
    Detector {
        name: "circuit-breaker",
        zh: "熔断器",
        place: Place::Gateway,
        part: Part::Gateway,
        sees: "hosts that fail several times in a row or answer slowly, its own queue, sales that terminals reverse",
        sees_zh: "发卡行连续失败或响应缓慢，自身队列，终端冲正的交易",
        blind_to: "a host that nobody asks, and whatever happens before a request reaches it",
        blind_to_zh: "没人访问的发卡行，以及请求到达之前的一切",
    },
    Detector {
        name: "heartbeat-monitor",
        zh: "心跳监测",
        place: Place::BackOffice,
        part: Part::HeartbeatMonitor,
        sees: "heartbeats that do not come",
        sees_zh: "未到的心跳",
        blind_to: "why: power, link, hang and a closed shop are all silence; what breaks while heartbeats go on",
        blind_to_zh: "原因：断电、断网、死机和关店都是静默；心跳照常时的故障",
    },
    Detector {
        name: "telemetry-threshold",
        zh: "遥测阈值",
        place: Place::BackOffice,
        part: Part::HeartbeatMonitor,
        sees: "a reported reading beyond a fixed limit",
        sees_zh: "上报读数超出固定界限",
        blind_to: "what happens between two reports, and slow drift inside the limits",
        blind_to_zh: "两次上报之间发生的事，以及界限之内的缓慢漂移",
    },
    Detector {
        name: "ewma-chart",
        zh: "指数加权移动平均控制图",
        place: Place::BackOffice,
        part: Part::HeartbeatMonitor,
        sees: "a small lasting shift of a reading from the terminal's own usual value",
        sees_zh: "读数相对终端自身常值的小幅持续偏移",
        blind_to: "a single bad reading; a terminal that was bad while it was learnt",
        blind_to_zh: "单个坏读数；学习期间就已不正常的终端",
    },
    Detector {
        name: "cusum-chart",
        zh: "累积和控制图",
        place: Place::BackOffice,
        part: Part::HeartbeatMonitor,
        sees: "a lasting shift of about twice its slack",
        sees_zh: "约为两倍松弛量的持续偏移",
        blind_to: "shifts smaller than its slack; a terminal that was bad while it was learnt",
        blind_to_zh: "小于松弛量的偏移；学习期间就已不正常的终端",
    },
    Detector {
        name: "sales-silence",
        zh: "交易静默检测",
        place: Place::BackOffice,
        part: Part::HeartbeatMonitor,
        sees: "a terminal that usually sells and does not, though its heartbeats come",
        sees_zh: "平时有交易、心跳正常却没有交易的终端",
        blind_to: "holidays; terminals that hardly ever sell; what is wrong with it",
        blind_to_zh: "节假日；很少交易的终端；究竟哪里有问题",
    },
    Detector {
        name: "common-cause",
        zh: "共因识别",
        place: Place::BackOffice,
        part: Part::BackOffice,
        sees: "many terminals in the same kind of trouble at the same time that share a cell, carrier, region or batch",
        sees_zh: "同一时间许多终端出现同类问题，且同属一个基站、运营商、地区或批次",
        blind_to: "causes that the inventory does not list; two groups with the same members cannot be told apart",
        blind_to_zh: "台账中没有的原因；成员相同的两个组无法区分",
    },
    Detector {
        name: "supervisor",
        zh: "系统监控",
        place: Place::BackOffice,
        part: Part::BackOffice,
        sees: "that the back office itself does not answer",
        sees_zh: "后台自身不应答",
        blind_to: "a back office that answers and is wrong",
        blind_to_zh: "有应答但出错的后台",
    },
    Detector {
        name: "risk-control",
        zh: "风险控制",
        place: Place::BackOffice,
        part: Part::MisuseAndFraud,
        sees: "transactions whose pattern the rules prohibit, complaints that pile up about one shop",
        sees_zh: "违反规则的交易模式，针对同一商户积累的投诉",
        blind_to: "a breach that looks like ordinary trade, and one that nobody complains about",
        blind_to_zh: "看似普通交易的违规，以及无人投诉的违规",
    },
    Detector {
        name: "merchant",
        zh: "商户",
        place: Place::People,
        part: Part::Merchant,
        sees: "screen, tones, lights, prints, the terminal's behaviour and the ledger, when somebody is there",
        sees_zh: "有人在场时的屏幕、声音、指示灯、打印、表现以及账目",
        blind_to: "whatever shows nothing; takes the likeliest cause of an indication for the true one",
        blind_to_zh: "没有任何表现的故障；会把征兆最可能的原因当作真正的原因",
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whoever can see a fault mode is a detector here, and no detector is here that can see none.
    #[test]
    fn parts_that_see_something_have_their_detectors() {
        let seers: BTreeSet<Part> =
            Fault::all().flat_map(|fault| fault.mode().seen_by.to_vec()).collect();
        let listed: BTreeSet<Part> = detectors().iter().map(|it| it.part).collect();
        assert_eq!(seers, listed);
        let names: BTreeSet<&str> = detectors().iter().map(|it| it.name).collect();
        assert_eq!(names.len(), detectors().len(), "two detectors share a name");
    }
}
