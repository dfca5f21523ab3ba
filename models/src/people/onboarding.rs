//! Onboarding: the ways to a terminal, and the desk that reviews applications.

use std::collections::{BTreeMap, VecDeque};

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use faults::{Context, ActorPart};
use sim::{Purpose, Span};

use crate::provider::Provider;
use crate::duration::DurationLaw;
use crate::lifecycle::{Application, Reason, Way};
use crate::wire::InterActorMessage;
use crate::{Models, Part};

/// One way to a terminal. How long its steps take differs by institution; no public figures were found, so all of these are
/// assumptions of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Time to fill in the form, or to go there.
    pub prepares: DurationLaw,
    /// Probability that somebody there notices a document that is missing, and has it added at once 即时建议.
    #[serde(default)]
    pub advises: Probability,
    /// Time from the decision until the terminal is there: shipping 邮寄.
    pub ships: DurationLaw,
    /// Time to install, sign on and activate it.
    pub installs: DurationLaw,
    /// Probability that whoever is behind it takes the deposit and vanishes.
    #[serde(default)]
    pub fraud: Probability,
}

impl Route {
    const fn usual(prepares: Span, advises: f64, ships: Span, installs: Span) -> Self {
        Self {
            prepares: DurationLaw::about(prepares, 0.5),
            advises: Probability(advises),
            ships: DurationLaw::about(ships, 0.4),
            installs: DurationLaw::about(installs, 0.5),
            fraud: Probability(0.0),
        }
    }
}

/// Complete applications that are refused all the same: shares that exclude each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Refuses {
    /// For a business that may not have a terminal.
    pub prohibited_business: Probability,
    /// For anything else.
    pub other: Probability,
}

impl Default for Refuses {
    fn default() -> Self {
        Self { prohibited_business: Probability(0.01), other: Probability(0.02) }
    }
}

/// Settings of onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OnboardingSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// How many reviewers there are.
    pub reviewers: u32,
    /// Time to review one application 审核.
    pub reviews: DurationLaw,
    /// Probability that a forged document is noticed.
    pub notices_forgery: Probability,
    /// Complete applications that are refused all the same.
    pub refuses: Refuses,
    /// By website or application 线上办理.
    pub online: Route,
    /// At a service centre 线下服务中心.
    pub service_centre: Route,
    /// At a bank 合作银行.
    pub partner_bank: Route,
    /// Through a third party 第三方服务机构.
    pub third_party: Route,
    /// Through an agent 代理模式.
    pub agent: Route,
    /// The providers that merchants choose from, by name 服务商.
    pub providers: BTreeMap<String, Provider>,
}

impl Default for Spec {
    fn default() -> Self {
        let (hour, day) = (Span::hours(1), Span::days(1));
        Self {
            reviewers: 4,
            reviews: DurationLaw::about(Span::minutes(20), 0.5),
            notices_forgery: Probability(0.9),
            refuses: Refuses::default(),
            online: Route::usual(hour, 0.0, day * 3, hour),
            service_centre: Route::usual(hour * 4, 0.8, hour, hour),
            partner_bank: Route::usual(hour * 6, 0.8, day, hour),
            third_party: Route {
                fraud: Probability(0.02),
                ..Route::usual(hour * 2, 0.3, day * 4, hour * 2)
            },
            agent: Route::usual(hour * 3, 0.6, day, hour),
            providers: BTreeMap::new(),
        }
    }
}

impl Spec {
    /// What one way is like.
    pub fn route(&self, way: Way) -> &Route {
        match way {
            Way::Online => &self.online,
            Way::ServiceCentre => &self.service_centre,
            Way::PartnerBank => &self.partner_bank,
            Way::ThirdParty => &self.third_party,
            Way::Agent => &self.agent,
        }
    }
}

/// The desk: who is being served, and what waits.
#[derive(Clone, Component, Debug, Default)]
pub struct Onboarding {
    busy: u32,
    waiting: VecDeque<Application>,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// A reviewer is free.
    Free,
}

const REVIEW: Purpose = Purpose::of("onboarding: the review of an application");

impl Onboarding {
    /// Whether an application is refused, and why: first what is missing, then what is wrong.
    fn judge(spec: &Spec, application: &Application, stream: &mut sim::Stream) -> Option<Reason> {
        let (forgery, refusal) = (stream.unit(), stream.unit());
        if let Some(document) = application.papers.lacks() {
            return Some(Reason::lacking(document));
        }
        if application.papers.forged && forgery < spec.notices_forgery.0 {
            return Some(Reason::NotGenuine);
        }
        let Refuses { prohibited_business, other } = &spec.refuses;
        debug_assert!(prohibited_business.0 + other.0 <= 1.0 + 1e-9, "more are refused than apply");
        if refusal < prohibited_business.0 {
            Some(Reason::ProhibitedBusiness)
        } else {
            (refusal < prohibited_business.0 + other.0).then_some(Reason::Other)
        }
    }

    fn serve(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        while self.busy < spec.reviewers {
            let Some(application) = self.waiting.pop_front() else { return };
            let Application { terminal, attempt, .. } = application;
            self.busy += 1;
            debug_assert!(self.busy <= spec.reviewers, "more review than there are reviewers");
            let mut stream =
                cx.stream(cx.on_behalf_of(terminal, REVIEW), u64::from(attempt));
            let duration = spec.reviews.draw(&mut stream);
            let refused = Self::judge(spec, &application, &mut stream);
            cx.after(duration, Timer::Free);
            cx.post(terminal, Part::Deployment, duration, InterActorMessage::Decided { attempt, refused });
        }
    }
}

impl ActorPart<Models> for Onboarding {
    const NAME: &'static str = "onboarding";
    const ZH: &'static str = "进件审核";
    const ABOUT: &'static str = "The desk that reviews applications for terminals, and the ways by which they come.";
    const HUB: bool = true;
    type Spec = Spec;
    type Timer = Timer;
    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Free = timer;
        debug_assert!(self.busy > 0, "who is free again was busy");
        self.busy -= 1;
        self.serve(spec, cx);
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        if let InterActorMessage::Apply(application) = message {
            self.waiting.push_back(application);
            self.serve(spec, cx);
        }
    }
}
