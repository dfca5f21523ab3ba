//! What somebody notices, before anybody knows why.

/// What a detector or a person notices: several fault modes may show the same. An incident is about a symptom, so that what is
/// noticed as the same while it is open is no second one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Symptom {
    /// With hyphens.
    pub name: &'static str,
    /// In Chinese.
    pub zh: &'static str,
}

impl Symptom {
    /// One that no other component has.
    pub const fn of(name: &'static str, zh: &'static str) -> Self {
        assert!(!name.is_empty() && !zh.is_empty(), "a symptom has a name in both languages");
        Self { name, zh }
    }

    /// Too much, too little or no voltage comes in.
    pub const SUPPLY_BAD: Self = Self::of("supply-bad", "供电异常");
    /// The charge falls too fast, or does not rise.
    pub const BATTERY_RUNS_DOWN: Self = Self::of("battery-runs-down", "电量下降过快或不充电");
    /// Warmer or colder than it is made for.
    pub const TEMPERATURE_OUT_OF_RANGE: Self = Self::of("temperature-out-of-range", "温度超限");
    /// It boots and nobody ordered it.
    pub const RESTARTS: Self = Self::of("restarts", "无故重启");
    /// Nothing shows on it.
    pub const TERMINAL_DARK: Self = Self::of("terminal-dark", "终端无显示");
    /// The picture stands, or touches do nothing.
    pub const SCREEN_STUCK: Self = Self::of("screen-stuck", "画面或触摸无响应");
    /// A tone, a light or brightness is missing.
    pub const INDICATION_MISSING: Self = Self::of("indication-missing", "提示缺失（灯、声、亮度）");
    /// Entries come out wrong, or not at all.
    pub const KEYS_MISBEHAVE: Self = Self::of("keys-misbehave", "按键输入异常");
    /// More chips than usual are not read.
    pub const CHIP_READS_FAIL: Self = Self::of("chip-reads-fail", "芯片读卡失败增多");
    /// More taps than usual are not read.
    pub const TAP_READS_FAIL: Self = Self::of("tap-reads-fail", "挥卡失败增多");
    /// More stripes than usual are not read.
    pub const STRIPE_READS_FAIL: Self = Self::of("stripe-reads-fail", "磁条读卡失败增多");
    /// The reader answers no command.
    pub const READER_SILENT: Self = Self::of("reader-silent", "读卡器不应答");
    /// More codes than usual are not read.
    pub const CODES_NOT_READ: Self = Self::of("codes-not-read", "扫码失败增多");
    /// No receipt comes out.
    pub const PRINTER_STOPPED: Self = Self::of("printer-stopped", "打印机停止");
    /// Receipts are hard to read.
    pub const PRINTS_FAINT: Self = Self::of("prints-faint", "打印不清晰");
    /// It has locked itself.
    pub const TAMPER_LOCKED: Self = Self::of("tamper-locked", "防拆锁机");
    /// Its software is not what it should be, or does what it should not.
    pub const SOFTWARE_NOT_TRUSTED: Self = Self::of("software-not-trusted", "软件不可信");
    /// A date or a counter says that it will fail.
    pub const DUE_SOON: Self = Self::of("due-soon", "即将到期或到寿");
    /// The application begins no sale.
    pub const WILL_NOT_SELL: Self = Self::of("will-not-sell", "应用拒绝交易");
    /// Everything takes longer than usual.
    pub const SLOW_OPERATION: Self = Self::of("slow-operation", "操作迟缓");
    /// Memory, processor or storage is nearly used up.
    pub const RESOURCES_SHORT: Self = Self::of("resources-short", "资源不足");
    /// A bearer carries nothing.
    pub const BEARER_UNUSABLE: Self = Self::of("bearer-unusable", "承载不可用");
    /// A bearer loses much of what it carries.
    pub const LINK_POOR: Self = Self::of("link-poor", "链路质量差");
    /// Requests are sent and no answer comes.
    pub const REQUESTS_UNANSWERED: Self = Self::of("requests-unanswered", "请求无应答");
    /// Answers take longer than usual.
    pub const ANSWERS_LATE: Self = Self::of("answers-late", "应答变慢");
    /// A session or the authentication code of a message is refused.
    pub const SESSION_REFUSED: Self = Self::of("session-refused", "会话或报文认证被拒");
    /// What a request asks for is refused.
    pub const INSTRUCTION_REFUSED: Self = Self::of("instruction-refused", "交易指令被拒");
    /// An issuer does not answer, or late.
    pub const ISSUER_UNAVAILABLE: Self = Self::of("issuer-unavailable", "发卡行不可用");
    /// The gateway does not keep up, or loses what it should hand on.
    pub const GATEWAY_DEGRADED: Self = Self::of("gateway-degraded", "网关处理异常");
    /// The same request comes twice.
    pub const DUPLICATES_SURGE: Self = Self::of("duplicates-surge", "重复请求增多");
    /// The back office does not answer.
    pub const PLATFORM_SILENT: Self = Self::of("platform-silent", "后台无应答");
    /// Sales look like what the rules prohibit.
    pub const ODD_TRADE: Self = Self::of("odd-trade", "交易模式异常");
    /// Somebody reports money or data as lost.
    pub const LOSS_REPORTED: Self = Self::of("loss-reported", "上报损失或泄露");
}
