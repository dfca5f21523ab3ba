//! What a person can notice, and what people think that it means.

use faults::{Declared, Finding};

use crate::parts::Models;
use crate::{Evidence, Symptom};

super::open_enum! {
    /// Something that can be seen, heard or missed at a terminal.
    Indication: IndicationDefinition of indications
}

/// How an indication reaches a person: the catalogue's ways.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Channel {
    /// By what the screen shows.
    Display,
    /// By a tone, or the lack of one.
    Sound,
    /// By a light.
    Lights,
    /// By what the terminal does, or does not do.
    Behaviour,
}

impl Channel {
    /// Its name, in both languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Display => "display 显示屏",
            Self::Sound => "sound 声音",
            Self::Lights => "lights 指示灯",
            Self::Behaviour => "behaviour 表现",
        }
    }
}

/// What an indication says to a person who sees other indications beside it.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// The symptom, if it is another one.
    pub symptom: Option<Symptom>,
    /// What that says of the cause.
    pub evidence: Option<Evidence>,
    /// All of these are seen or have been heard of.
    pub with: &'static [Indication],
    /// None of these is.
    pub without: &'static [Indication],
}

/// What a component declares of an indication.
#[derive(Clone, Copy, Debug)]
pub struct IndicationDefinition {
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
    /// How it reaches a person.
    pub channel: Channel,
    /// Whoever looks at a terminal sees it at once.
    pub at_a_glance: bool,
    /// The symptom that a person reports who notices it. What only says that somebody should look has none.
    pub symptom: Option<Symptom>,
    /// What it says of the cause by itself.
    pub evidence: Option<Evidence>,
    /// What it says beside others: the first that fits.
    pub beside: &'static [Beside],
}

impl IndicationDefinition {
    /// One that has nothing yet.
    pub(crate) const BLANK: Self = Self {
        ident: "",
        name: "",
        zh: "",
        about: "",
        rank: u16::MAX,
        channel: Channel::Behaviour,
        at_a_glance: false,
        symptom: None,
        evidence: None,
        beside: &[],
    };
}

impl Declared for IndicationDefinition {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.rank
    }
}

/// Declares indications: each with its rank in lists, its names, the channel by which it reaches a person and the
/// symptom that is then reported. It adds them to [`Indication`] as an enum's variants would be, and makes the table `INDICATIONS`, which the
/// component hands to the catalogue.
macro_rules! indications {
    ($(
        $(#[doc = $about:literal])+
        $Ident:ident: $rank:expr, $name:literal, $zh:literal, $channel:ident $(, $symptom:ident)?
        $({ $($field:ident: $value:expr),* $(,)? })? ;
    )+) => {
        #[allow(non_upper_case_globals, reason = "members of an open enum are written as those of any enum")]
        impl crate::vocabulary::indication::Indication {
            $($(#[doc = $about])+ pub const $Ident: Self = Self::of($name);)+
        }
        #[allow(clippy::needless_update, reason = "one of them may say all that there is to say")]
        const INDICATIONS: &[crate::vocabulary::indication::IndicationDefinition] = &[$(
            crate::vocabulary::indication::IndicationDefinition {
                ident: stringify!($Ident),
                name: $name,
                zh: $zh,
                about: concat!($($about),+),
                rank: $rank,
                channel: crate::vocabulary::indication::Channel::$channel,
                $(symptom: Some(crate::vocabulary::symptom::Symptom::$symptom),)?
                $($($field: $value,)*)?
                ..crate::vocabulary::indication::IndicationDefinition::BLANK
            },
        )+];
    };
}
pub(crate) use indications;

/// Those that several components share.
pub(crate) const SHARED: &[IndicationDefinition] = INDICATIONS;

indications! {
    /// The screen is dark.
    BlankScreen: 1, "blank-screen", "黑屏", Display, TerminalDark {
        at_a_glance: true,
        beside: &[
            // The charger has its voltage, and nothing else lights up.
            Beside {
                symptom: None,
                evidence: Some(Evidence::ChargeLightOnly),
                with: &[Indication::PowerLightOut],
                without: &[Indication::of("charge-light-out")],
            },
            // Nothing lights up at all: no power.
            Beside {
                symptom: None,
                evidence: Some(Evidence::NoLightAtAll),
                with: &[Indication::of("charge-light-out")],
                without: &[],
            },
            Beside {
                symptom: None,
                evidence: Some(Evidence::OtherLightsBurn),
                with: &[],
                without: &[Indication::PowerLightOut],
            },
        ]
    };
    /// The screen does not change any more.
    FrozenScreen: 2, "frozen-screen", "画面卡死", Display, ScreenStuck {
        beside: &[Beside {
            symptom: None,
            evidence: Some(Evidence::KeysSound),
            with: &[Indication::of("keys-still-sound")],
            without: &[],
        }]
    };
    /// The screen says that there is no network.
    NoNetworkText: 3, "no-network-text", "提示无网络", Display, BearerUnusable;
    /// The screen says that the system is busy or the bank does not answer.
    NoAnswerText: 4, "no-answer-text", "提示系统繁忙", Display, RequestsUnanswered;
    /// The screen says that the instruction was refused.
    RefusedText: 5, "refused-text", "提示指令被拒", Display, InstructionRefused;
    /// The battery symbol is red.
    LowBatteryText: 8, "low-battery-text", "电量低", Display, BatteryRunsDown;
    /// The error tone.
    ErrorTone: 9, "error-tone", "错误提示音", Sound;
    /// The power light is out.
    PowerLightOut: 11, "power-light-out", "电源灯不亮", Lights, TerminalDark {
        at_a_glance: true,
        beside: &[
            Beside {
                symptom: None,
                evidence: Some(Evidence::ChargeLightOnly),
                with: &[Indication::BlankScreen],
                without: &[Indication::of("charge-light-out")],
            },
            // What shows a picture has power.
            Beside {
                symptom: Some(Symptom::IndicationMissing),
                evidence: Some(Evidence::LightMissing),
                with: &[],
                without: &[Indication::BlankScreen],
            },
            Beside {
                symptom: None,
                evidence: Some(Evidence::NoLightAtAll),
                with: &[Indication::of("charge-light-out")],
                without: &[],
            },
        ]
    };
    /// The link light blinks.
    LinkLightBlinks: 13, "link-light-blinks", "联网灯闪烁", Lights, LinkPoor;
    /// Everything takes long.
    SlowOperation: 14, "slow-operation", "操作迟缓", Behaviour, SlowOperation;
    /// The receipt is faint.
    FaintPrint: 19, "faint-print", "打印不清晰", Behaviour, PrintsFaint;
    /// The terminal starts again by itself.
    RestartsByItself: 20, "restarts-by-itself", "自行重启", Behaviour, Restarts;
    /// The terminal is hot to the hand.
    HotCase: 30, "hot-case", "机身发烫", Behaviour, TemperatureOutOfRange { evidence: Some(Evidence::WarmToTheHand) };
}

impl Indication {
    /// How it reaches a person.
    pub fn channel(self) -> &'static str {
        self.definition().channel.name()
    }

    /// The symptoms that a person may report because of it: the usual one first.
    pub fn symptoms(self) -> impl Iterator<Item = Symptom> {
        let definition = self.definition();
        definition.symptom.into_iter().chain(definition.beside.iter().filter_map(|it| it.symptom))
    }

    /// What a person who notices it says, to whom these are known too; `None` if it only says that somebody should look.
    pub(crate) fn finding(self, beside: impl Fn(Self) -> bool) -> Option<Finding<Models>> {
        let definition = self.definition();
        let fits = |it: &&Beside| {
            it.with.iter().all(|it| beside(*it)) && !it.without.iter().any(|it| beside(*it))
        };
        let clue = definition.beside.iter().find(fits);
        let symptom = clue.and_then(|it| it.symptom).or(definition.symptom)?;
        debug_assert!(self.symptoms().any(|it| it == symptom), "{self:?} stands for {symptom:?}");
        let evidence = [definition.evidence, clue.and_then(|it| it.evidence)];
        Some(evidence.into_iter().flatten().fold(Finding::of(symptom), Finding::with))
    }
}

/// Some indications. There are never many at the same time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indications(thin_vec::ThinVec<Indication>);

impl Indications {
    /// This one is among them.
    pub(crate) fn has(&self, indication: Indication) -> bool {
        self.0.contains(&indication)
    }
    /// Puts one in, if it is not in already.
    pub(crate) fn insert(&mut self, indication: Indication) {
        if !self.has(indication) {
            self.0.push(indication);
        }
    }
    /// Takes one out, if it is in.
    pub(crate) fn remove(&mut self, indication: Indication) {
        self.0.retain(|it| *it != indication);
    }
    /// Leaves those of which this holds.
    pub(crate) fn retain(&mut self, holds: impl Fn(Indication) -> bool) {
        self.0.retain(|it| holds(*it));
    }
    /// There is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Indication> {
        self.0.iter().copied()
    }
}
