//! Everything that can be done against a fault, by whomever.

use crate::bus::LocalMessage;

/// One recovery action.
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
pub enum RecoveryAction {
    /// Tries the same again, or waits for better times.
    Retry,
    /// Drops the connection and makes a new one.
    Reconnect,
    /// Changes to the other uplink.
    FailOver,
    /// Restarts the payment application.
    RestartApp,
    /// Restarts the terminal.
    RestartTerminal,
    /// Restarts the merchant's phone or tablet.
    RestartPhone,
    /// Pairs terminal and phone anew.
    PairAgain,
    /// Pushes the plug in, checks the socket.
    Replug,
    /// Brings a new charging cable.
    ReplaceCable,
    /// Brings a new battery.
    ReplaceBattery,
    /// Moves the terminal, removes what is in the way of the signal.
    ClearObstruction,
    /// Puts in a new roll of paper.
    ReplaceRoll,
    /// Opens the lid, takes the crumpled paper out, closes it.
    OpenLid,
    /// Wipes heads, contacts, window or keys.
    Clean,
    /// Sets the right parameters.
    Configure,
    /// Signs on at the gateway again: new working keys, and the gateway's date and time.
    SignOn,
    /// Pays what is owed for the phone's contract.
    TopUp,
    /// Installs the right version of firmware and application.
    Update,
    /// Goes back to the version before the last update: clears what came with that.
    RollBack,
    /// Repairs or exchanges the part on the spot.
    Repair,
    /// Moves the terminal to where it is neither too hot nor too cold.
    Relocate,
    /// A professional injects new keys.
    InjectKeys,
    /// Exchanges the whole terminal.
    Swap,
    /// The operator of the host or gateway restores its service.
    RestoreService,
    /// Instructs or warns the merchant about the rules of use.
    Instruct,
    /// Suspends the terminal until the merchant keeps the rules.
    Suspend,
    /// Looks into a fraud and gets back what can be got.
    Investigate,
}

impl RecoveryAction {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::Retry,
        Self::Reconnect,
        Self::FailOver,
        Self::RestartApp,
        Self::RestartTerminal,
        Self::RestartPhone,
        Self::PairAgain,
        Self::Replug,
        Self::ReplaceCable,
        Self::ReplaceBattery,
        Self::ClearObstruction,
        Self::ReplaceRoll,
        Self::OpenLid,
        Self::Clean,
        Self::Configure,
        Self::SignOn,
        Self::TopUp,
        Self::Update,
        Self::RollBack,
        Self::Repair,
        Self::Relocate,
        Self::InjectKeys,
        Self::Swap,
        Self::RestoreService,
        Self::Instruct,
        Self::Suspend,
        Self::Investigate,
    ];

    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Reconnect => "reconnect",
            Self::FailOver => "fail-over",
            Self::RestartApp => "restart-app",
            Self::RestartTerminal => "restart-terminal",
            Self::RestartPhone => "restart-phone",
            Self::PairAgain => "pair-again",
            Self::Replug => "replug",
            Self::ReplaceCable => "replace-cable",
            Self::ReplaceBattery => "replace-battery",
            Self::ClearObstruction => "clear-obstruction",
            Self::ReplaceRoll => "replace-roll",
            Self::OpenLid => "open-lid",
            Self::Clean => "clean",
            Self::Configure => "configure",
            Self::SignOn => "sign-on",
            Self::TopUp => "top-up",
            Self::Update => "update",
            Self::RollBack => "roll-back",
            Self::Repair => "repair",
            Self::Relocate => "relocate",
            Self::InjectKeys => "inject-keys",
            Self::Swap => "swap",
            Self::RestoreService => "restore-service",
            Self::Instruct => "instruct",
            Self::Suspend => "suspend",
            Self::Investigate => "investigate",
        }
    }

    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Retry => "重试",
            Self::Reconnect => "重新连接",
            Self::FailOver => "切换线路",
            Self::RestartApp => "重启应用",
            Self::RestartTerminal => "重启终端",
            Self::RestartPhone => "重启手机",
            Self::PairAgain => "重新配对",
            Self::Replug => "检查插头",
            Self::ReplaceCable => "更换电源线",
            Self::ReplaceBattery => "更换电池",
            Self::ClearObstruction => "移除阻挡物",
            Self::ReplaceRoll => "更换打印纸",
            Self::OpenLid => "开盖清除卡纸",
            Self::Clean => "清洁",
            Self::Configure => "修改参数",
            Self::SignOn => "重新签到",
            Self::TopUp => "充值缴费",
            Self::Update => "更新",
            Self::RollBack => "回退版本",
            Self::Repair => "维修",
            Self::Relocate => "移动终端",
            Self::InjectKeys => "注入密钥",
            Self::Swap => "换机",
            Self::RestoreService => "恢复服务",
            Self::Instruct => "合规培训与警告",
            Self::Suspend => "暂停使用",
            Self::Investigate => "调查追回",
        }
    }
}

/// Whether a recovery action puts in something new: an exchange renews the whole device, cleaning what gets dirty.
pub fn renews(action: RecoveryAction, fault: crate::Fault) -> bool {
    match action {
        RecoveryAction::Swap => matches!(fault.part().group(), "hardware" | "software"),
        RecoveryAction::Clean => fault.mode().cleared_by(action) > 0.0,
        _ => false,
    }
}

/// How a recovery action acts on the parts of a terminal, whether or not it clears anything.
pub(crate) fn act(action: RecoveryAction) -> Option<LocalMessage> {
    match action {
        RecoveryAction::RestartApp => Some(LocalMessage::RestartApp),
        RecoveryAction::RestartTerminal | RecoveryAction::Update | RecoveryAction::RollBack => {
            Some(LocalMessage::Restart)
        }
        RecoveryAction::Swap => Some(LocalMessage::Swapped),
        RecoveryAction::Reconnect => Some(LocalMessage::Reconnect),
        RecoveryAction::FailOver => Some(LocalMessage::FailOver),
        RecoveryAction::ReplaceRoll => Some(LocalMessage::NewRoll),
        RecoveryAction::ReplaceBattery => Some(LocalMessage::NewBattery),
        RecoveryAction::Repair => Some(LocalMessage::Overhauled),
        RecoveryAction::Suspend => Some(LocalMessage::Suspend),
        _ => None,
    }
}
