//! What goes wrong: which fault, where, when, for how long.

use models::availability::Milestone;
use models::{Fault, Models};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Mean, Probability};
use sim::{Law, Span, StableHasher};

use crate::name::Name;

/// One entry of the list of what goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultEntry {
    /// Its name, by which expectations and results refer to it. It also names the entry's random draws: another entry
    /// moves none of them.
    pub id: Name,
    /// What breaks and how: a part and one of its fault modes, such as `Printer(Jam)`.
    pub mode: Fault,
    /// Where it can occur.
    #[serde(default)]
    pub target: Target,
    /// Which of the targets it is planned for.
    #[serde(default)]
    pub sample: Sample,
    /// When it occurs.
    pub when: When,
    /// How long it lasts.
    #[serde(default)]
    pub lasts: Lasts,
    /// How bad it is, from 0 to 1.
    #[serde(default = "certain")]
    pub magnitude: Probability,
    /// How the magnitude goes while it lasts.
    #[serde(default)]
    pub severity_profile: SeverityProfile,
    /// How likely each of the chosen targets has it at all.
    #[serde(default = "certain")]
    pub probability: Probability,
    /// A random delay of up to this long at each target, so that a common cause need not occur all at once.
    #[serde(default)]
    pub stagger: Span,
}

fn certain() -> Probability {
    Probability(1.0)
}

impl FaultEntry {
    /// The entry as the kernel needs it.
    pub fn planned(&self) -> faults::Planned<Models> {
        faults::Planned {
            fault: self.mode,
            when: self.when.law(),
            lasts: self.lasts.law(),
            magnitude: self.magnitude.0,
            severity_profile: self.severity_profile.law(),
            stagger: self.stagger,
            stream: StableHasher::of(&self.id.as_str()),
            common: self.target.is_shared(),
        }
    }
}

/// Where a fault can occur.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Target {
    /// Everywhere where the part is: at every terminal, or at the gateway, every host, the back office.
    #[default]
    All,
    /// The terminals of a group.
    Group(Name),
    /// The terminals of a type.
    Type(Name),
    /// The terminals in a region: all are hit at one time, for one length of time.
    Region(Name),
    /// The terminals that a carrier serves: all are hit at one time, for one length of time.
    Carrier(Name),
    /// The terminals of a firmware batch: all are hit at one time, for one length of time.
    Batch(Name),
    /// The terminals of one site of a group, at one time, for one length of time: `Site("lanes", 0)` is its first.
    Site(Name, u32),
    /// Single terminals of a group, by number: `Terminals("lanes", [0, 17])`.
    Terminals(Name, Vec<u32>),
    /// The gateway.
    Gateway,
    /// A host, by its id.
    Host(Name),
    /// The back office.
    BackOffice,
}

impl Target {
    /// Whether its members are hit by one and the same thing: what they share fails, at one time and for one length of time.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Region(_) | Self::Carrier(_) | Self::Batch(_) | Self::Site(..))
    }
}

/// Which of the targets a fault is planned for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum Sample {
    /// All of them.
    #[default]
    All,
    /// So many, drawn at random.
    Count(u32),
    /// This share of them, drawn at random, rounded to the nearest.
    Share(Probability),
}

/// When a fault occurs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum When {
    /// Once, at this time since the start of the run.
    At(Span),
    /// Again and again.
    Every {
        /// Time from one to the next.
        period: Span,
        /// Time of the first since the start of the run; after one period if it is not given.
        #[serde(default)]
        first: Option<Span>,
    },
    /// At the end of a random life; when it is cleared, a new life begins.
    Random(LifeLaw),
    /// Again and again, ever more seldom or ever more often: a Poisson process whose expected number of occurrences up to time t
    /// is (t / scale)^shape, the power law of Crow and AMSAA.
    PowerLaw {
        /// Below 1 reliability grows, above 1 it deteriorates.
        shape: Factor,
        /// By then one occurrence is expected.
        scale: Span,
    },
    /// After something has happened at the target.
    On {
        /// What has to happen.
        event: Milestone,
        /// How many times it has to happen.
        #[serde(default = "once")]
        nth: u32,
        /// How likely the fault then occurs.
        #[serde(default = "certain")]
        probability: Probability,
        /// How long after it.
        #[serde(default)]
        after: Span,
        /// Only what happens while a fault of this other entry is active at the same target counts.
        #[serde(default)]
        r#while: Option<Name>,
        /// Nothing that happens before this time since the start of the run counts.
        #[serde(default)]
        from: Span,
        /// Nothing that happens at this time since the start of the run or later counts; to the end if it is not given.
        #[serde(default)]
        until: Option<Span>,
    },
}

fn once() -> u32 {
    1
}

impl When {
    /// Whether it says when a fault occurs; if not, it says how likely, and how often is for chance to say.
    pub fn is_scheduled(&self) -> bool {
        match self {
            Self::At(_) | Self::Every { .. } => true,
            Self::Random(_) | Self::PowerLaw { .. } => false,
            Self::On { probability, .. } => probability.0 >= 1.0,
        }
    }

    fn law(&self) -> faults::When<Models> {
        match *self {
            Self::At(time) => faults::When::At(time),
            Self::Every { period, first } => {
                faults::When::Every { first: first.unwrap_or(period), period }
            }
            Self::Random(life) => faults::When::Life(life.law()),
            Self::PowerLaw { shape, scale } => faults::When::PowerLaw { scale, shape: shape.0 },
            Self::On { event, nth, probability, after, ref r#while, from, until } => {
                let while_active = r#while.as_ref().map(|it| StableHasher::of(&it.as_str()));
                let counts = faults::OnlyIf { while_active, from, until };
                faults::When::On {
                    milestone: event,
                    nth,
                    probability: probability.0,
                    after,
                    counts,
                }
            }
        }
    }
}

/// How long something lives before it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum LifeLaw {
    /// It does not age: a breakdown is as likely at any time.
    Exponential {
        /// Mean life.
        mean: Mean,
    },
    /// It wears out, or fails early.
    Weibull {
        /// Above 1 it wears out, below 1 it fails early, at 1 it does not age.
        shape: Factor,
        /// 63.2 % have failed by then.
        scale: Mean,
        /// Age at the start of the run.
        #[serde(default)]
        age: Span,
    },
    /// It breaks by slow damage that grows in proportion to itself.
    Lognormal {
        /// Half have failed by then.
        median: Mean,
        /// Standard deviation of the logarithm.
        sigma: Factor,
    },
    /// Early failures, failures by chance and wear-out compete: the first of them counts, and their hazards add up.
    Bathtub {
        /// Early failures: a shape below 1.
        early: Ageing,
        /// Mean time between failures by chance.
        mean: Mean,
        /// Wear-out: a shape above 1.
        late: Ageing,
        /// Age at the start of the run.
        #[serde(default)]
        age: Span,
    },
}

/// One of the lives that compete in a bathtub.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ageing {
    /// Below 1 it fails early, above 1 it wears out.
    pub shape: Factor,
    /// 63.2 % have failed by then.
    pub scale: Mean,
}

impl LifeLaw {
    pub(crate) fn law(self) -> Law {
        match self {
            Self::Exponential { mean } => Law::Exponential(mean.0),
            Self::Weibull { shape, scale, age } => {
                Law::Weibull { shape: shape.0, scale: scale.0, age }
            }
            Self::Lognormal { median, sigma } => {
                Law::Lognormal { median: median.0, sigma: sigma.0 }
            }
            Self::Bathtub { early, mean, late, age } => Law::Bathtub {
                early: (early.shape.0, early.scale.0),
                chance: mean.0,
                late: (late.shape.0, late.scale.0),
                age,
            },
        }
    }
}

/// How a fault's magnitude goes while it lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum SeverityProfile {
    /// The same from the first moment to the last.
    #[default]
    Constant,
    /// It grows from a tenth to the whole magnitude, in ten equal steps.
    Ramp {
        /// Time from the first step to the last; longer than zero.
        over: Span,
    },
    /// It comes and goes. It is active all along: while it is off, nobody has cleared it.
    Intermittent {
        /// Mean time for which it is on, exponential; longer than zero.
        on: Span,
        /// Mean time for which it is off, exponential; longer than zero.
        off: Span,
    },
}

impl SeverityProfile {
    fn law(self) -> faults::SeverityProfile {
        match self {
            Self::Constant => faults::SeverityProfile::Constant,
            Self::Ramp { over } => faults::SeverityProfile::Ramp(over),
            Self::Intermittent { on, off } => faults::SeverityProfile::Intermittent {
                on: Law::Exponential(on),
                off: Law::Exponential(off),
            },
        }
    }
}

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum Lasts {
    /// Until somebody or something clears it.
    #[default]
    UntilCleared,
    /// Always so long, unless it is cleared before.
    Exactly(Span),
    /// Random, without memory, unless it is cleared before.
    Exponential {
        /// Mean length.
        mean: Span,
    },
    /// Random, with a long tail, unless it is cleared before.
    Lognormal {
        /// Half are shorter.
        median: Span,
        /// Standard deviation of the logarithm.
        sigma: Factor,
    },
    /// Random, all lengths in between alike, unless it is cleared before.
    Uniform {
        /// The shortest.
        from: Span,
        /// The longest.
        to: Span,
    },
}

impl Lasts {
    fn law(self) -> Option<Law> {
        match self {
            Self::UntilCleared => None,
            Self::Exactly(span) => Some(Law::Exactly(span)),
            Self::Exponential { mean } => Some(Law::Exponential(mean)),
            Self::Lognormal { median, sigma } => Some(Law::Lognormal { median, sigma: sigma.0 }),
            Self::Uniform { from, to } => Some(Law::Uniform(from, to)),
        }
    }
}
