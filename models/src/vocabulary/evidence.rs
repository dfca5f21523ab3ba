//! What a detector may see beside a symptom, and for which causes that speaks.

use faults::{Declared, FaultName};

super::open_enum! {
    /// Something that a detector or a person sees beside a symptom, and that speaks for one cause or against another.
    Evidence: EvidenceDefinition of evidence
}

/// What a component declares of evidence.
#[derive(Clone, Copy, Debug)]
pub struct EvidenceDefinition {
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
    /// How many times likelier each of these is once it has been seen; what is not named stays as likely as it was. The factors are
    /// likelihood ratios, and rough: no public figures were found for them, so a policy may set others.
    pub factors: &'static [(FaultName, f64)],
    /// The same for "nothing is broken".
    pub none: f64,
}

impl EvidenceDefinition {
    /// Evidence of nothing yet.
    pub(crate) const BLANK: Self =
        Self { ident: "", name: "", zh: "", about: "", rank: u16::MAX, factors: &[], none: 1.0 };
}

impl Declared for EvidenceDefinition {
    fn name(&self) -> &'static str {
        self.name
    }
    fn rank(&self) -> u16 {
        self.rank
    }
}

/// Declares evidence: each with its rank in lists, its names and the causes that it speaks for. It adds them to [`Evidence`] as an
/// enum's variants would be, and makes the table `EVIDENCE`, which the component hands to the catalogue.
macro_rules! evidence {
    ($(
        $(#[doc = $about:literal])+
        $Ident:ident: $rank:expr, $name:literal, $zh:literal, [$($fault:literal * $factor:literal),* $(,)?]
        $(, none * $none:literal)?;
    )+) => {
        #[allow(non_upper_case_globals, reason = "members of an open enum are written as those of any enum")]
        impl crate::vocabulary::evidence::Evidence {
            $($(#[doc = $about])+ pub const $Ident: Self = Self::of($name);)+
        }
        #[allow(clippy::needless_update, reason = "one of them may say all that there is to say")]
        const EVIDENCE: &[crate::vocabulary::evidence::EvidenceDefinition] = &[$(
            crate::vocabulary::evidence::EvidenceDefinition {
                ident: stringify!($Ident),
                name: $name,
                zh: $zh,
                about: concat!($($about),+),
                rank: $rank,
                factors: &[$((faults::FaultName::of($fault), $factor)),*],
                $(none: $none,)?
                ..crate::vocabulary::evidence::EvidenceDefinition::BLANK
            },
        )+];
    };
}
pub(crate) use evidence;

/// What people see at a terminal, and the back office of many terminals at the same time.
pub(crate) const SHARED: &[EvidenceDefinition] = EVIDENCE;

evidence! {
    /// No light burns and nothing shows: no power.
    NoLightAtAll: 1, "no-light-at-all", "所有指示灯不亮", [
        "power.supply-outage" * 10.0, "power.loose-plug" * 10.0, "power.cable-broken" * 10.0,
        "power.wrong-adapter" * 10.0, "power.voltage-swell" * 10.0,
    ];
    /// The charge light burns, and nothing else.
    ChargeLightOnly: 2, "charge-light-only", "仅充电灯亮", [
        "mainboard.dead" * 20.0, "power.supply-outage" * 0.05, "power.loose-plug" * 0.05, "power.cable-broken" * 0.05,
    ];
    /// The screen is dark and lights burn.
    OtherLightsBurn: 3, "other-lights-burn", "其他指示灯亮", [
        "display.blank" * 50.0, "power.supply-outage" * 0.1, "power.loose-plug" * 0.1, "power.cable-broken" * 0.1,
    ];
    /// Keys sound though the picture stands.
    KeysSound: 4, "keys-sound", "按键有声", [
        "display.frozen" * 15.0, "display.touch-dead" * 15.0, "firmware.hang" * 0.1,
    ];
    /// It is a light that is missing.
    LightMissing: 5, "light-missing", "指示灯缺失", ["indicators.lights-dead" * 50.0, "display.backlight-dim" * 0.05];
    /// It is warm to the hand.
    WarmToTheHand: 6, "warm-to-the-hand", "手感发热", [
        "enclosure.heat" * 3.0, "mainboard.overheating" * 3.0, "enclosure.cold" * 0.01,
    ];
    /// Many terminals of one carrier in one region at the same time.
    ManyOfACell: 200, "many-of-a-cell", "同一小区多台终端", [
        "cellular.cell-outage" * 50.0, "cellular.congestion" * 15.0,
    ], none * 0.1;
    /// Many terminals of one carrier at the same time.
    ManyOfACarrier: 201, "many-of-a-carrier", "同一运营商多台终端", [
        "cellular.cell-outage" * 50.0, "cellular.congestion" * 15.0,
    ], none * 0.1;
    /// Many terminals of one region at the same time.
    ManyOfARegion: 202, "many-of-a-region", "同一地区多台终端", ["power.supply-outage" * 50.0], none * 0.1;
    /// Many terminals of one batch at the same time.
    ManyOfABatch: 203, "many-of-a-batch", "同一批次多台终端", [
        "firmware.hang" * 10.0, "firmware.memory-leak" * 10.0, "payment-app.incompatible-version" * 20.0,
        "payment-app.wrong-currency" * 5.0, "payment-app.wrong-type" * 5.0, "payment-app.wrong-amount" * 5.0,
        "security.certificate-expired" * 10.0,
    ], none * 0.1;
    /// Many terminals of all kinds at the same time.
    ManyOfAll: 204, "many-of-all", "全网多台终端", [
        "gateway.workers-lost" * 200.0, "gateway.answers-lost" * 50.0, "host.outage" * 20.0, "host.slow" * 20.0,
        "back-office.down" * 20.0, "security.certificate-expired" * 5.0,
    ], none * 0.1;
}
