//! A terminal's life from application to return: the words that its holder, the reviewing desk and the ledger share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::ActorId;

use crate::money::Money;

/// The way by which a merchant applies for a terminal.
#[derive(
    Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
pub enum Way {
    /// Website, application or e-commerce platform of the institution 线上办理.
    Online,
    /// A service centre of the institution 线下服务中心.
    ServiceCentre,
    /// A bank that works with it 合作银行.
    PartnerBank,
    /// A third party, whose reliability differs 第三方服务机构.
    ThirdParty,
    /// A local agent, who also installs 代理模式.
    Agent,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Online, Self::ServiceCentre, Self::PartnerBank, Self::ThirdParty, Self::Agent];

    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::ServiceCentre => "service-centre",
            Self::PartnerBank => "partner-bank",
            Self::ThirdParty => "third-party",
            Self::Agent => "agent",
        }
    }

    /// Its name in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Online => "线上办理",
            Self::ServiceCentre => "线下服务中心",
            Self::PartnerBank => "合作银行",
            Self::ThirdParty => "第三方服务机构",
            Self::Agent => "代理模式",
        }
    }
}

/// A document that an application needs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Document {
    /// Identity document 身份证.
    Identity,
    /// Business licence, where there is one 营业执照.
    Licence,
    /// Bank account that sales are settled to 银行账户.
    Account,
}

impl Document {
    /// In the order in which the desk looks at them.
    pub const ALL: [Self; 3] = [Self::Identity, Self::Licence, Self::Account];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What lies before the desk: which documents are missing, and whether all are what they seem.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Papers {
    missing: u8,
    /// One of them is forged.
    pub forged: bool,
}

impl Papers {
    /// This document is not there.
    pub fn lose(&mut self, document: Document) {
        self.missing |= document.bit();
    }
    /// This document is there now.
    pub fn add(&mut self, document: Document) {
        self.missing &= !document.bit();
    }
    /// The first document that is missing, in the order in which the desk looks.
    pub fn lacks(self) -> Option<Document> {
        Document::ALL.into_iter().find(|it| self.missing & it.bit() != 0)
    }
}

/// Why an application was refused.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Reason {
    /// There is no identity document.
    NoIdentity,
    /// There is no business licence though there is a business.
    NoLicence,
    /// There is no bank account.
    NoAccount,
    /// A document is forged, or does not fit the applicant.
    NotGenuine,
    /// The business is one that may not have a terminal.
    ProhibitedBusiness,
    /// Anything else: an unpaid debt, an earlier breach.
    Other,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoIdentity,
        Self::NoLicence,
        Self::NoAccount,
        Self::NotGenuine,
        Self::ProhibitedBusiness,
        Self::Other,
    ];

    /// Its name in records and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoIdentity => "no-identity",
            Self::NoLicence => "no-licence",
            Self::NoAccount => "no-account",
            Self::NotGenuine => "not-genuine",
            Self::ProhibitedBusiness => "prohibited-business",
            Self::Other => "other",
        }
    }

    /// The document that would have to be handed in.
    pub const fn document(self) -> Option<Document> {
        match self {
            Self::NoIdentity => Some(Document::Identity),
            Self::NoLicence => Some(Document::Licence),
            Self::NoAccount => Some(Document::Account),
            _ => None,
        }
    }

    /// The reason for a document that is missing.
    pub const fn lacking(document: Document) -> Self {
        match document {
            Document::Identity => Self::NoIdentity,
            Document::Licence => Self::NoLicence,
            Document::Account => Self::NoAccount,
        }
    }
}

/// An application, as it lies before the desk.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// For the terminal that would be this actor.
    pub terminal: ActorId,
    /// How often it has been handed in before.
    pub attempt: u8,
    /// By which way it came.
    pub way: Way,
    /// What was handed in.
    pub papers: Papers,
}

/// What happened in the life of a terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum DeploymentStep {
    /// An application was handed in.
    Applied {
        /// By which way.
        way: Way,
        /// How often before.
        attempt: u8,
        /// Number of the provider that was chosen, in the order of names; 255 if the scenario has none.
        provider: u8,
    },
    /// It was refused.
    Refused(Reason),
    /// It was accepted.
    Approved,
    /// The applicant does not try again.
    GaveUp,
    /// A third party took the deposit and vanished.
    Cheated(Money),
    /// A scam took this from the merchant.
    Scammed(Money),
    /// The terminal has come.
    Delivered,
    /// The installation did not work at once: somebody comes again.
    SecondVisit,
    /// It is installed and activated: it sells from now on.
    InService,
    /// It was looked after as planned.
    Maintained,
    /// A repair or exchange for which the merchant's handling was to blame.
    Blamed(Money),
    /// The institution has suspended it for a breach of its rules, or lets it sell again.
    Suspended {
        /// It is suspended.
        on: bool,
    },
    /// It is out of service and on its way back.
    Retired,
    /// The money has come back.
    Refunded(Money),
}

/// An entry of the ledger of deposits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum DepositEntry {
    /// A deposit came in.
    Received,
    /// Damage was paid for out of it.
    Deducted,
    /// Damage that no deposit was left for.
    Uncovered,
    /// The rest was paid back.
    Refunded,
}
