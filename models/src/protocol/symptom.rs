//! Every symptom: how often it means nothing, and what is done about it while nobody knows what is behind it.

use faults::{Declared, RecoveryStep};

use crate::Models;

pub use crate::vocabulary::symptom::Symptom;

/// What a component declares of a symptom.
#[derive(Clone, Copy, Debug)]
pub struct SymptomDefinition {
    /// How code and files write it.
    pub ident: &'static str,
    /// Its name in records and reports.
    pub name: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Where it stands in lists.
    pub rank: u16,
    /// Share of the alarms that name it without anything being broken: the detector erred, or the cause is ordinary use.
    /// From 0 to below 1. Assumed, as no public figures were found: a policy may set others.
    pub none: f64,
    /// What is tried while no candidate stands out, in this order.
    pub procedure: &'static [RecoveryStep<Models>],
}

impl SymptomDefinition {
    /// One that has nothing yet.
    pub(crate) const BLANK: Self =
        Self { ident: "", name: "", zh: "", about: "", rank: u16::MAX, none: 0.1, procedure: &[] };
}

impl Declared for SymptomDefinition {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.rank
    }
}

/// Declares symptoms: each with its rank in lists, its names, how often it means nothing, and its procedure. It adds them to
/// [`Symptom`] as an enum's variants would be, and makes the table `SYMPTOMS`, which the component hands to the catalogue.
macro_rules! symptoms {
    ($(
        $(#[doc = $about:literal])+
        $Ident:ident: $rank:expr, $name:literal, $zh:literal, $none:literal, [
            $($action:ident by $by:ident $duration:ident $count:literal),* $(,)?
        ];
    )+) => {
        #[allow(non_upper_case_globals, reason = "members of an open enum are written as those of any enum")]
        impl crate::vocabulary::symptom::Symptom {
            $($(#[doc = $about])+ pub const $Ident: Self = Self::of($name);)+
        }
        #[allow(clippy::needless_update, reason = "one of them may say all that there is to say")]
        const SYMPTOMS: &[crate::symptom::SymptomDefinition] = &[$(
            crate::symptom::SymptomDefinition {
                ident: stringify!($Ident),
                name: $name,
                zh: $zh,
                about: concat!($($about),+),
                rank: $rank,
                none: $none,
                procedure: &[$(
                    crate::plan::step(
                        crate::RecoveryAction::$action,
                        faults::Performer::$by,
                        sim::Span::$duration($count),
                    ),
                )*],
                ..crate::symptom::SymptomDefinition::BLANK
            },
        )+];
    };
}
pub(crate) use symptoms;

/// Those that several components share.
pub(crate) const SHARED: &[SymptomDefinition] = SYMPTOMS;

symptoms! {
    /// Too much, too little or no voltage comes in.
    SupplyBad: 1, "supply-bad", "供电异常", 0.15, [
        Replug by Attendant minutes 1, Retry by Device minutes 30, ReplaceCable by Attendant minutes 30,
        Repair by Technician minutes 30,
    ];
    /// The charge falls too fast, or does not rise.
    BatteryRunsDown: 2, "battery-runs-down", "电量下降过快或不充电", 0.2, [
        Replug by Attendant minutes 1, Relocate by Attendant minutes 5, ReplaceBattery by Technician minutes 15,
        Repair by Technician minutes 30,
    ];
    /// Warmer or colder than it is made for.
    TemperatureOutOfRange: 3, "temperature-out-of-range", "温度超限", 0.1, [
        Relocate by Attendant minutes 5, Clean by Attendant minutes 3, Relocate by Support minutes 10,
        Repair by Technician minutes 30,
    ];
    /// It boots and nobody ordered it.
    Restarts: 4, "restarts", "无故重启", 0.1, [
        Replug by Attendant minutes 1, Update by Remote minutes 5, Repair by Technician minutes 30,
    ];
    /// Nothing shows on it.
    TerminalDark: 5, "terminal-dark", "终端无显示", 0.1, [
        Replug by Attendant minutes 1, RestartTerminal by Attendant minutes 1, Retry by Device minutes 30,
        Swap by Technician minutes 40,
    ];
    /// The picture stands, or touches do nothing.
    ScreenStuck: 6, "screen-stuck", "画面或触摸无响应", 0.05, [
        RestartTerminal by Attendant minutes 1, RestartTerminal by Support minutes 3, Repair by Technician minutes 30,
    ];
    /// A tone, a light or brightness is missing.
    IndicationMissing: 7, "indication-missing", "提示缺失（灯、声、亮度）", 0.1, [
        RestartTerminal by Attendant minutes 1, Repair by Technician minutes 30,
    ];
    /// Entries come out wrong, or not at all.
    KeysMisbehave: 8, "keys-misbehave", "按键输入异常", 0.1, [
        Clean by Attendant minutes 3, RestartTerminal by Support minutes 3, Repair by Technician minutes 30,
    ];
    /// More chips than usual are not read.
    ChipReadsFail: 9, "chip-reads-fail", "芯片读卡失败增多", 0.15, [
        RestartTerminal by Device secs 5, Clean by Attendant minutes 2, Clean by Support minutes 4,
        Repair by Technician minutes 30,
    ];
    /// More taps than usual are not read.
    TapReadsFail: 10, "tap-reads-fail", "挥卡失败增多", 0.25, [
        RestartTerminal by Device secs 5, RestartTerminal by Support minutes 3, Repair by Technician minutes 30,
    ];
    /// More stripes than usual are not read.
    StripeReadsFail: 11, "stripe-reads-fail", "磁条读卡失败增多", 0.15, [
        Clean by Attendant minutes 2, Clean by Support minutes 4, Repair by Technician minutes 30,
    ];
    /// The reader answers no command.
    ReaderSilent: 12, "reader-silent", "读卡器不应答", 0.05, [
        RestartTerminal by Device secs 5, RestartTerminal by Attendant minutes 1, Repair by Technician minutes 30,
    ];
    /// More codes than usual are not read.
    CodesNotRead: 13, "codes-not-read", "扫码失败增多", 0.15, [
        Clean by Attendant minutes 1, Replug by Attendant minutes 1, Repair by Technician minutes 20,
    ];
    /// No receipt comes out.
    PrinterStopped: 14, "printer-stopped", "打印机停止", 0.02, [
        OpenLid by Attendant minutes 1, ReplaceRoll by Attendant secs 90, OpenLid by Support minutes 4,
        Repair by Technician minutes 30,
    ];
    /// Receipts are hard to read.
    PrintsFaint: 15, "prints-faint", "打印不清晰", 0.2, [
        ReplaceRoll by Attendant secs 90, Clean by Support minutes 5, Replug by Support minutes 3,
        Repair by Technician minutes 30,
    ];
    /// It has locked itself.
    TamperLocked: 16, "tamper-locked", "防拆锁机", 0.02, [
        RestartTerminal by Attendant minutes 1, InjectKeys by Technician minutes 30, Swap by Technician minutes 40,
    ];
    /// Its software is not what it should be, or does what it should not.
    SoftwareNotTrusted: 17, "software-not-trusted", "软件不可信", 0.03, [
        Update by Remote minutes 10, Update by Support minutes 20, Swap by Technician minutes 40,
    ];
    /// A date or a counter says that it will fail.
    DueSoon: 18, "due-soon", "即将到期或到寿", 0.05, [
        Update by Support minutes 15, Repair by Technician minutes 30, Swap by Technician minutes 40,
    ];
    /// The application begins no sale.
    WillNotSell: 19, "will-not-sell", "应用拒绝交易", 0.05, [
        RestartApp by Device secs 10, Configure by Remote minutes 2, Update by Remote minutes 5,
        Update by Support minutes 15, Swap by Technician minutes 40,
    ];
    /// Everything takes longer than usual.
    SlowOperation: 20, "slow-operation", "操作迟缓", 0.15, [
        RestartTerminal by Remote secs 30, Update by Remote minutes 5, RestartTerminal by Support minutes 4,
        Swap by Technician minutes 40,
    ];
    /// Memory, processor or storage is nearly used up.
    ResourcesShort: 21, "resources-short", "资源不足", 0.05, [
        RestartTerminal by Remote secs 30, Configure by Remote minutes 2, Update by Remote minutes 5,
        Swap by Technician minutes 40,
    ];
    /// A bearer carries nothing.
    BearerUnusable: 22, "bearer-unusable", "承载不可用", 0.1, [
        Reconnect by Device secs 10, FailOver by Device secs 5, Replug by Attendant minutes 4,
        RestartPhone by Support minutes 5, Repair by Technician minutes 45,
    ];
    /// A bearer loses much of what it carries.
    LinkPoor: 23, "link-poor", "链路质量差", 0.1, [
        Reconnect by Device secs 15, ClearObstruction by Attendant minutes 3, ClearObstruction by Support minutes 4,
        Repair by Technician minutes 45,
    ];
    /// Requests are sent and no answer comes.
    RequestsUnanswered: 24, "requests-unanswered", "请求无应答", 0.1, [
        Reconnect by Device secs 15, FailOver by Device secs 5, Retry by Device minutes 20,
        RestartTerminal by Support minutes 4, Repair by Technician minutes 45,
    ];
    /// Answers take longer than usual.
    AnswersLate: 25, "answers-late", "应答变慢", 0.1, [
        Reconnect by Device secs 15, RestoreService by Device minutes 40, RestoreService by Device hours 2,
    ];
    /// A session or the authentication code of a message is refused.
    SessionRefused: 26, "session-refused", "会话或报文认证被拒", 0.03, [
        SignOn by Device secs 10, SignOn by Support minutes 5, Update by Support minutes 15,
        Swap by Technician minutes 40,
    ];
    /// What a request asks for is refused.
    InstructionRefused: 27, "instruction-refused", "交易指令被拒", 0.1, [
        RestartApp by Device secs 10, Configure by Remote minutes 1, Configure by Support minutes 6,
        Swap by Technician minutes 40,
    ];
    /// The back office hears nothing of a terminal.
    NoHeartbeat: 28, "no-heartbeat", "心跳缺失", 0.45, [
        // It may be restarting, or a beat may come yet: the first that is not due at the same moment.
        Retry by Device secs 190, RestartTerminal by Support minutes 4, Replug by Support minutes 3,
        Repair by Technician minutes 45,
    ];
    /// Heartbeats come and sales do not.
    SalesSilent: 29, "sales-silent", "有心跳无交易", 0.4, [
        RestartTerminal by Support minutes 4, Update by Remote minutes 5, Repair by Technician minutes 30,
    ];
    /// An issuer does not answer, or late.
    IssuerUnavailable: 30, "issuer-unavailable", "发卡行不可用", 0.03, [
        Retry by Device minutes 1, RestoreService by Device minutes 20, RestoreService by Device minutes 60,
    ];
    /// The gateway does not keep up, or loses what it should hand on.
    GatewayDegraded: 31, "gateway-degraded", "网关处理异常", 0.05, [
        RestoreService by Device minutes 5, RestoreService by Device minutes 30,
    ];
    /// The same request comes twice.
    DuplicatesSurge: 32, "duplicates-surge", "重复请求增多", 0.1, [
        Reconnect by Device secs 15, Configure by Remote minutes 2, Configure by Support minutes 6,
        Repair by Technician minutes 45,
    ];
    /// The back office does not answer.
    PlatformSilent: 33, "platform-silent", "后台无应答", 0.1, [
        RestoreService by Device minutes 10, RestoreService by Device minutes 60,
    ];
    /// Sales look like what the rules prohibit.
    OddTrade: 34, "odd-trade", "交易模式异常", 0.5, [
        Instruct by Support minutes 15, Suspend by Remote minutes 1,
    ];
    /// Somebody reports money or data as lost.
    LossReported: 35, "loss-reported", "上报损失或泄露", 0.3, [
        Investigate by Support minutes 30, Instruct by Support minutes 20, Investigate by Support hours 4,
    ];
}
