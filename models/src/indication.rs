//! What a person can notice, and what people think that it means.

use faults::Context;

use crate::bus::LocalMessage;
use crate::{Fault, Models};

/// Something that can be seen, heard or missed at a terminal.
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
pub enum Indication {
    /// The screen is dark.
    BlankScreen,
    /// The screen does not change any more.
    FrozenScreen,
    /// The screen says that there is no network.
    NoNetworkText,
    /// The screen says that the system is busy or the bank does not answer.
    NoAnswerText,
    /// The screen says that the instruction was refused.
    RefusedText,
    /// The screen asks for paper.
    PaperText,
    /// The screen says that the printer is blocked.
    JamText,
    /// The battery symbol is red.
    LowBatteryText,
    /// The error tone.
    ErrorTone,
    /// No tone where one belongs.
    Silence,
    /// The power light is out.
    PowerLightOut,
    /// The charging light is out though the cable is in.
    ChargeLightOut,
    /// The link light blinks.
    LinkLightBlinks,
    /// Everything takes long.
    SlowOperation,
    /// A card is presented and nothing happens.
    NoReactionToCard,
    /// A code is presented and nothing happens.
    NoReactionToCode,
    /// What is keyed is not what appears.
    WrongKey,
    /// A key is pressed and nothing happens.
    NoReactionToKey,
    /// The receipt is faint.
    FaintPrint,
    /// The terminal starts again by itself.
    RestartsByItself,
    /// A message offers a terminal for nothing.
    FreeOfferMessage,
    /// A customer complains that their data got into other hands.
    Complaint,
    /// Money is missing in the ledger.
    MoneyMissing,
    /// The screen is so dim that it is hard to read.
    DimScreen,
    /// The screen says that the terminal is locked.
    TamperText,
    /// The screen says that the terminal is too cold.
    ColdText,
    /// The screen says that the printer's cover is open.
    CoverText,
    /// The screen says that the cutter is blocked.
    CutterText,
    /// The screen says that the printer waits until its head has cooled.
    PrinterRestsText,
    /// The terminal is hot to the hand.
    HotCase,
    /// The screen is touched and nothing happens.
    NoReactionToTouch,
    /// Keys sound when they are pressed, though the screen does not follow them.
    KeysStillSound,
}

impl Indication {
    /// All of them.
    pub const ALL: [Self; 32] = [
        Self::BlankScreen,
        Self::FrozenScreen,
        Self::NoNetworkText,
        Self::NoAnswerText,
        Self::RefusedText,
        Self::PaperText,
        Self::JamText,
        Self::LowBatteryText,
        Self::ErrorTone,
        Self::Silence,
        Self::PowerLightOut,
        Self::ChargeLightOut,
        Self::LinkLightBlinks,
        Self::SlowOperation,
        Self::NoReactionToCard,
        Self::NoReactionToCode,
        Self::WrongKey,
        Self::NoReactionToKey,
        Self::FaintPrint,
        Self::RestartsByItself,
        Self::FreeOfferMessage,
        Self::Complaint,
        Self::MoneyMissing,
        Self::DimScreen,
        Self::TamperText,
        Self::ColdText,
        Self::CoverText,
        Self::CutterText,
        Self::PrinterRestsText,
        Self::HotCase,
        Self::NoReactionToTouch,
        Self::KeysStillSound,
    ];

    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlankScreen => "blank-screen",
            Self::FrozenScreen => "frozen-screen",
            Self::NoNetworkText => "no-network-text",
            Self::NoAnswerText => "no-answer-text",
            Self::RefusedText => "refused-text",
            Self::PaperText => "paper-text",
            Self::JamText => "jam-text",
            Self::LowBatteryText => "low-battery-text",
            Self::ErrorTone => "error-tone",
            Self::Silence => "silence",
            Self::PowerLightOut => "power-light-out",
            Self::ChargeLightOut => "charge-light-out",
            Self::LinkLightBlinks => "link-light-blinks",
            Self::SlowOperation => "slow-operation",
            Self::NoReactionToCard => "no-reaction-to-card",
            Self::NoReactionToCode => "no-reaction-to-code",
            Self::WrongKey => "wrong-key",
            Self::NoReactionToKey => "no-reaction-to-key",
            Self::FaintPrint => "faint-print",
            Self::RestartsByItself => "restarts-by-itself",
            Self::FreeOfferMessage => "free-offer-message",
            Self::Complaint => "complaint",
            Self::MoneyMissing => "money-missing",
            Self::DimScreen => "dim-screen",
            Self::TamperText => "tamper-text",
            Self::ColdText => "cold-text",
            Self::CoverText => "cover-text",
            Self::CutterText => "cutter-text",
            Self::PrinterRestsText => "printer-rests-text",
            Self::HotCase => "hot-case",
            Self::NoReactionToTouch => "no-reaction-to-touch",
            Self::KeysStillSound => "keys-still-sound",
        }
    }

    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BlankScreen => "黑屏",
            Self::FrozenScreen => "画面卡死",
            Self::NoNetworkText => "提示无网络",
            Self::NoAnswerText => "提示系统繁忙",
            Self::RefusedText => "提示指令被拒",
            Self::PaperText => "提示缺纸",
            Self::JamText => "提示卡纸",
            Self::LowBatteryText => "电量低",
            Self::ErrorTone => "错误提示音",
            Self::Silence => "无提示音",
            Self::PowerLightOut => "电源灯不亮",
            Self::ChargeLightOut => "充电灯不亮",
            Self::LinkLightBlinks => "联网灯闪烁",
            Self::SlowOperation => "操作迟缓",
            Self::NoReactionToCard => "刷卡无反应",
            Self::NoReactionToCode => "扫码无反应",
            Self::WrongKey => "按键不对",
            Self::NoReactionToKey => "按键无反应",
            Self::FaintPrint => "打印不清晰",
            Self::RestartsByItself => "自行重启",
            Self::FreeOfferMessage => "免费送机短信",
            Self::Complaint => "客户投诉",
            Self::MoneyMissing => "账款短缺",
            Self::DimScreen => "屏幕昏暗",
            Self::TamperText => "提示终端已锁定",
            Self::ColdText => "提示温度过低",
            Self::CoverText => "提示纸仓盖未关",
            Self::CutterText => "提示切刀卡住",
            Self::PrinterRestsText => "提示打印头冷却中",
            Self::HotCase => "机身发烫",
            Self::NoReactionToTouch => "触摸无反应",
            Self::KeysStillSound => "画面不动但按键有声",
        }
    }

    /// How it reaches a person: the catalogue's five ways.
    pub const fn channel(self) -> &'static str {
        match self {
            Self::BlankScreen
            | Self::FrozenScreen
            | Self::NoNetworkText
            | Self::NoAnswerText
            | Self::RefusedText
            | Self::PaperText
            | Self::JamText
            | Self::LowBatteryText
            | Self::DimScreen
            | Self::TamperText
            | Self::ColdText
            | Self::CoverText
            | Self::CutterText
            | Self::PrinterRestsText => "display 显示屏",
            Self::ErrorTone | Self::Silence | Self::KeysStillSound => "sound 声音",
            Self::PowerLightOut | Self::ChargeLightOut | Self::LinkLightBlinks => "lights 指示灯",
            Self::SlowOperation
            | Self::NoReactionToCard
            | Self::NoReactionToCode
            | Self::WrongKey
            | Self::NoReactionToKey
            | Self::FaintPrint
            | Self::RestartsByItself
            | Self::FreeOfferMessage
            | Self::Complaint
            | Self::MoneyMissing
            | Self::HotCase
            | Self::NoReactionToTouch => "behaviour 表现",
        }
    }

    /// Bit of this indication in a set.
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u32
    }

    /// What a person who notices it takes for its cause: the likeliest one, which need not be the true one.
    pub fn suspicion(self) -> Option<Fault> {
        use crate::comms::cellular;
        use crate::hardware::{
            battery, card_reader, display, enclosure, indicators, keypad, mainboard, power,
            printer, scanner, tamper,
        };
        use crate::people::misuse_and_fraud;
        use crate::platform::host;
        use crate::software::{firmware, payment_app};
        Some(match self {
            // A tone says that somebody should look, not at what.
            Self::ErrorTone => return None,
            Self::BlankScreen => Fault::Display(display::Fault::Blank),
            Self::FrozenScreen => Fault::Firmware(firmware::Fault::Hang),
            Self::NoNetworkText | Self::LinkLightBlinks => {
                Fault::Cellular(cellular::Fault::PoorCoverage)
            }
            Self::NoAnswerText => Fault::Host(host::Fault::Outage),
            Self::RefusedText => Fault::PaymentApp(payment_app::Fault::WrongCurrency),
            Self::PaperText => Fault::Printer(printer::Fault::PaperOut),
            Self::JamText => Fault::Printer(printer::Fault::Jam),
            Self::LowBatteryText => Fault::Battery(battery::Fault::Aged),
            Self::Silence => Fault::Indicators(indicators::Fault::BuzzerDead),
            Self::PowerLightOut | Self::ChargeLightOut => Fault::Power(power::Fault::LoosePlug),
            Self::SlowOperation => Fault::Firmware(firmware::Fault::ProcessorStarved),
            Self::NoReactionToCard => Fault::CardReader(card_reader::Fault::ChipContactsDirty),
            Self::NoReactionToCode => Fault::Scanner(scanner::Fault::WindowDirty),
            Self::WrongKey => Fault::Keypad(keypad::Fault::StuckKey),
            Self::NoReactionToKey => Fault::Keypad(keypad::Fault::DeadKey),
            Self::FaintPrint => Fault::Printer(printer::Fault::HeadWorn),
            Self::RestartsByItself => Fault::Mainboard(mainboard::Fault::RandomResets),
            Self::FreeOfferMessage => Fault::MisuseAndFraud(misuse_and_fraud::Fault::FreeOffer),
            Self::Complaint => Fault::MisuseAndFraud(misuse_and_fraud::Fault::DataLeak),
            Self::MoneyMissing => Fault::MisuseAndFraud(misuse_and_fraud::Fault::ThirdPartyFraud),
            Self::DimScreen => Fault::Display(display::Fault::BacklightDim),
            Self::TamperText => Fault::Tamper(tamper::Fault::Triggered),
            Self::ColdText => Fault::Enclosure(enclosure::Fault::Cold),
            Self::CoverText => Fault::Printer(printer::Fault::CoverOpen),
            Self::CutterText => Fault::Printer(printer::Fault::CutterBlocked),
            Self::PrinterRestsText => Fault::Printer(printer::Fault::HeadHot),
            Self::HotCase => Fault::Enclosure(enclosure::Fault::Heat),
            Self::NoReactionToTouch => Fault::Display(display::Fault::TouchDead),
            Self::KeysStillSound => Fault::Display(display::Fault::Frozen),
        })
    }

    /// What else it may be taken for, by whoever sees other indications beside it.
    pub fn also_suspected(self) -> &'static [Fault] {
        match self {
            Self::BlankScreen => &[BOARD, PLUG],
            Self::PowerLightOut => &[BOARD, LIGHTS],
            Self::FrozenScreen => &[PICTURE],
            _ => &[],
        }
    }

    /// What a person who notices it takes for its cause, who also sees or has heard these.
    pub(crate) fn taken_for(self, beside: u64) -> Option<Fault> {
        let is = |indication: Self| beside & indication.bit() != 0;
        let dark = is(Self::BlankScreen);
        Some(match self {
            // Nothing lights up at all: no power.
            Self::BlankScreen if is(Self::ChargeLightOut) => PLUG,
            // The charger has its voltage, and nothing else lights up.
            Self::BlankScreen | Self::PowerLightOut
                if dark && is(Self::PowerLightOut) && !is(Self::ChargeLightOut) =>
            {
                BOARD
            }
            // What shows a picture has power.
            Self::PowerLightOut if !dark => LIGHTS,
            Self::FrozenScreen if is(Self::KeysStillSound) => PICTURE,
            _ => return self.suspicion(),
        })
    }

    /// Whether it can be what makes a person suspect this.
    pub(crate) fn may_mean(self, suspect: Fault) -> bool {
        self.suspicion() == Some(suspect) || self.also_suspected().contains(&suspect)
    }
}

const BOARD: Fault = Fault::Mainboard(crate::hardware::mainboard::Fault::Dead);
const PLUG: Fault = Fault::Power(crate::hardware::power::Fault::LoosePlug);
const LIGHTS: Fault = Fault::Indicators(crate::hardware::indicators::Fault::LightsDead);
const PICTURE: Fault = Fault::Display(crate::hardware::display::Fault::Frozen);

/// What whoever looks at a terminal sees of it at once: a dark screen and the lights.
pub(crate) const AT_A_GLANCE: u64 = Indication::BlankScreen.bit()
    | Indication::PowerLightOut.bit()
    | Indication::ChargeLightOut.bit();

/// A person can notice this from now on, or cannot any more.
pub(crate) fn set(cx: &mut Context<'_, Models>, indication: Indication, on: bool) {
    if on { show(cx, indication) } else { gone(cx, indication) }
}

/// From now on a person can notice this.
pub(crate) fn show(cx: &mut Context<'_, Models>, indication: Indication) {
    let from = cx.part();
    cx.say(LocalMessage::Indication { indication, on: true, from });
}

/// A person cannot notice this any more.
pub(crate) fn gone(cx: &mut Context<'_, Models>, indication: Indication) {
    let from = cx.part();
    cx.say(LocalMessage::Indication { indication, on: false, from });
}
