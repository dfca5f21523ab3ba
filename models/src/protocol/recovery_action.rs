//! Everything that can be done against a fault, by whomever, and what it does to a terminal.

use faults::Declared;

use crate::bus::LocalMessage;
use crate::parts::AnyFault;

pub use crate::vocabulary::recovery_action::RecoveryAction;

/// What a recovery action puts in that is new.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renews {
    /// Nothing.
    Nothing,
    /// What it clears: it had worn or become dirty.
    WhatItClears,
    /// The whole terminal.
    Terminal,
}

/// What a component declares of a recovery action.
#[derive(Clone, Copy, Debug)]
pub struct ActionDefinition {
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
    /// How it acts on the parts of a terminal, whether or not it clears anything.
    pub acts: Option<LocalMessage>,
    /// What it puts in that is new.
    pub renews: Renews,
    /// It needs a part from the depot's stock.
    pub needs_part: bool,
    /// It interrupts whatever goes on at the terminal.
    pub interrupts: bool,
    /// It can be done for many terminals at the same time: by their operator, carrier or host, or by command.
    pub for_many: bool,
}

impl ActionDefinition {
    /// One that has nothing yet.
    pub(crate) const BLANK: Self = Self {
        ident: "",
        name: "",
        zh: "",
        about: "",
        rank: u16::MAX,
        acts: None,
        renews: Renews::Nothing,
        needs_part: false,
        interrupts: false,
        for_many: false,
    };
}

impl Declared for ActionDefinition {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.rank
    }
}

/// Declares recovery actions: each with its rank in lists, its names, and what is particular to it. It adds them to
/// [`RecoveryAction`] as an enum's variants would be, and makes the table `ACTIONS`, which the component hands to the
/// catalogue.
macro_rules! actions {
    ($(
        $(#[doc = $about:literal])+
        $Ident:ident: $rank:expr, $name:literal, $zh:literal $({ $($field:ident: $value:expr),* $(,)? })? ;
    )+) => {
        #[allow(non_upper_case_globals, reason = "members of an open enum are written as those of any enum")]
        impl crate::vocabulary::recovery_action::RecoveryAction {
            $($(#[doc = $about])+ pub const $Ident: Self = Self::of($name);)+
        }
        #[allow(clippy::needless_update, reason = "one of them may say all that there is to say")]
        const ACTIONS: &[crate::recovery_action::ActionDefinition] = &[$(
            crate::recovery_action::ActionDefinition {
                ident: stringify!($Ident),
                name: $name,
                zh: $zh,
                about: concat!($($about),+),
                rank: $rank,
                $($($field: $value,)*)?
                ..crate::recovery_action::ActionDefinition::BLANK
            },
        )+];
    };
}
pub(crate) use actions;

/// Those that several components share.
pub(crate) const SHARED: &[ActionDefinition] = ACTIONS;

actions! {
    /// Tries the same again, or waits for better times.
    Retry: 1, "retry", "重试";
    /// Drops the connection and makes a new one.
    Reconnect: 2, "reconnect", "重新连接" { acts: Some(LocalMessage::Reconnect) };
    /// Changes to the other uplink.
    FailOver: 3, "fail-over", "切换线路" { acts: Some(LocalMessage::FailOver) };
    /// Restarts the payment application.
    RestartApp: 4, "restart-app", "重启应用" { acts: Some(LocalMessage::RestartApp), interrupts: true };
    /// Restarts the terminal.
    RestartTerminal: 5, "restart-terminal", "重启终端" { acts: Some(LocalMessage::Restart), interrupts: true };
    /// Pushes the plug in, checks the socket.
    Replug: 8, "replug", "检查插头";
    /// Brings a new battery.
    ReplaceBattery: 10, "replace-battery", "更换电池" { acts: Some(LocalMessage::NewBattery), needs_part: true };
    /// Moves the terminal, removes what is in the way of the signal.
    ClearObstruction: 11, "clear-obstruction", "移除阻挡物";
    /// Wipes heads, contacts, window or keys.
    Clean: 14, "clean", "清洁" { renews: Renews::WhatItClears };
    /// Sets the right parameters.
    Configure: 15, "configure", "修改参数" { for_many: true };
    /// Signs on at the gateway again: new working keys, and the gateway's date and time.
    SignOn: 16, "sign-on", "重新签到";
    /// Installs the right version of firmware and application.
    Update: 18, "update", "更新" { acts: Some(LocalMessage::Restart), interrupts: true, for_many: true };
    /// Goes back to the version before the last update: clears what came with that.
    RollBack: 19, "roll-back", "回退版本" { acts: Some(LocalMessage::Restart) };
    /// Repairs or exchanges the part on the spot.
    Repair: 20, "repair", "维修" { acts: Some(LocalMessage::Overhauled), needs_part: true };
    /// Exchanges the whole terminal.
    Swap: 23, "swap", "换机" { acts: Some(LocalMessage::Swapped), renews: Renews::Terminal, interrupts: true };
    /// The operator of the host or gateway restores its service.
    RestoreService: 24, "restore-service", "恢复服务" { for_many: true };
    /// Suspends the terminal until the merchant keeps the rules.
    Suspend: 26, "suspend", "暂停使用" { acts: Some(LocalMessage::Suspend) };
}

impl RecoveryAction {
    /// Whether it puts in something new: an exchange renews the whole terminal, cleaning what gets dirty.
    pub fn renews(self, fault: AnyFault) -> bool {
        match self.definition().renews {
            Renews::Nothing => false,
            Renews::WhatItClears => fault.mode().cleared_by(self) > 0.0,
            Renews::Terminal => matches!(fault.part().group(), "hardware" | "software"),
        }
    }
    /// It needs a part from the depot's stock.
    pub fn needs_part(self) -> bool {
        self.definition().needs_part
    }
    /// It interrupts whatever goes on at the terminal.
    pub fn interrupts(self) -> bool {
        self.definition().interrupts
    }
    /// It can be done for many terminals at the same time.
    pub fn for_many(self) -> bool {
        self.definition().for_many
    }
}

/// How a recovery action acts on the parts of a terminal, whether or not it clears anything.
pub(crate) fn act(action: RecoveryAction) -> Option<LocalMessage> {
    action.definition().acts
}
