//! Deployment: a merchant's time with a terminal, from the application to its return.
//!
//! ```text
//!  prepare ─▶ apply ═▶ review ─▶ pay ═▶ ship ─▶ install ─▶ in service ─▶ retire ═▶ paid back
//!     ▲                 │ refused        a third party may vanish here     │ ▲
//!     └─────────────────┘ with what was missing        planned maintenance └─┘
//! ```
//!
//! Without settings a terminal is in service from the start and stays there; then nothing of this happens.

mod service;
mod settings;

pub(crate) use service::PLANNED;
pub use settings::{Again, Applies, Device, Handed, Handling, Maintenance, Retires, Spec, Ways};

use bevy_ecs::component::Component;
use faults::{Context, ActorPart};
use sim::{Instant, Purpose, Span};

use crate::bus::{LocalMessage, Topic};
use crate::lifecycle::{Application, Document, Papers, Reason, DeploymentStep, Way};
use crate::money::Money;
use crate::note::Note;
use crate::people::deposits::TerminalKind;
use crate::provider;
use crate::wire::InterActorMessage;
use crate::{Models, Part};
use crate::vocabulary::milestone::{MilestoneDefinition, milestones};

/// Where a terminal stands in its life.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Phase {
    /// It is not applied for yet, or the application is under way.
    Applying,
    /// It has been approved and is on its way, or being installed.
    Coming,
    #[default]
    InService,
    /// It is out of service.
    Retired,
    /// There never will be one.
    GivenUp,
}

/// A merchant's deployment of a terminal.
#[derive(Clone, Component, Debug, Default)]
pub struct Deployment {
    phase: Phase,
    way: Option<Way>,
    attempt: u8,
    papers: Papers,
    /// Third parties that have vanished with a deposit.
    cheated: u8,
    suspended: bool,
    /// Suspensions and planned visits so far: they name notes and draws.
    suspensions: u16,
    maintenances: u32,
    /// What the merchant has paid as deposit, and got back.
    paid: Money,
    got_back: Money,
    /// When money was last on its way.
    moved: Instant,
    refund_due: bool,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The merchant begins to look for a terminal.
    Begins,
    /// The application is ready.
    Applies,
    /// The third party has vanished with the deposit.
    Cheated,
    /// The terminal is there.
    Delivered,
    /// It is installed, or somebody has to come again.
    Installed(bool),
    /// It is time for planned maintenance.
    Maintenance,
    /// The suspension is over.
    Resumes(u16),
    /// It is given back.
    Retires,
    /// It has arrived where it came from.
    Returned,
}

const BEGINS: Purpose = Purpose::of("tenure: when the merchant begins");
const WAY: Purpose = Purpose::of("tenure: way of an application");
const PAPERS: Purpose = Purpose::of("tenure: what is handed in");
const AGAIN: Purpose = Purpose::of("tenure: whether and when to apply again");
const COMING: Purpose = Purpose::of("tenure: shipping and installation");

fn step(step: DeploymentStep, cx: &mut Context<'_, Models>) {
    cx.note(Note::Life(step));
}

impl Deployment {
    /// What the merchant has paid, got back, and whether a refund is on its way; and when money last moved.
    pub(crate) fn purse(&self) -> (Money, Money, bool, Instant) {
        (self.paid, self.got_back, self.refund_due, self.moved)
    }

    fn way(&self) -> Way {
        self.way.unwrap_or(Way::Online)
    }

    /// The deposit that is asked for.
    fn quote(spec: &Spec, cx: &Context<'_, Models>) -> Money {
        let tariff = &cx.settings().profile(cx.me()).people.deposits;
        let factor = provider::of(cx.me(), cx).map_or(1.0, |(_, provider)| provider.deposit.0);
        let kind = spec.device.kind.unwrap_or(TerminalKind::Wired);
        tariff.quote(kind, &spec.device, &spec.region, factor)
    }

    fn pay(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let amount = Self::quote(spec, cx);
        debug_assert!(amount >= Money::ZERO, "nobody is paid for taking a terminal: {amount}");
        debug_assert_eq!(self.paid, Money::ZERO, "a deposit is paid once");
        self.paid += amount;
        self.moved = cx.now();
        let pay = InterActorMessage::Pay { terminal: cx.me(), amount };
        cx.post(cx.settings().directory.deposits, Part::Deposits, Span::ZERO, pay);
    }

    /// Chooses a way and sets about it. Who was cheated once goes to no third party again.
    fn begin(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let mut stream = cx.stream(WAY, u64::from(self.cheated));
        let mut weights = spec.ways.weights();
        if self.cheated > 0 && weights.iter().any(|it| *it > 0.0) {
            weights[Way::ThirdParty as usize] = 0.0;
            if weights.iter().all(|it| *it == 0.0) {
                weights[Way::Online as usize] = 1.0;
            }
        }
        debug_assert!(weights.iter().all(|it| *it >= 0.0), "weights are shares: {weights:?}");
        let way = Way::ALL[stream.pick(&weights)];
        self.way = Some(way);
        let route = cx.settings().profile(cx.me()).people.onboarding.route(way);
        let prepares = route.prepares.draw(&mut stream);
        let fraud = stream.chance(route.fraud.0);
        cx.after(prepares, if fraud { Timer::Cheated } else { Timer::Applies });
    }

    fn cheated(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.phase, Phase::Applying, "only who applies is cheated");
        self.cheated = self.cheated.saturating_add(1);
        step(DeploymentStep::Cheated(Self::quote(spec, cx)), cx);
        cx.say(LocalMessage::Cheated);
        // The merchant waits as long as shipping should take, then goes elsewhere.
        let mut stream = cx.stream(AGAIN, 1 << 32 | u64::from(self.cheated));
        let route = cx.settings().profile(cx.me()).people.onboarding.route(self.way());
        let waits = route.ships.draw(&mut stream) + spec.again.after.draw(&mut stream);
        cx.after(waits, Timer::Begins);
    }

    fn apply(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.phase, Phase::Applying, "only a merchant without a terminal applies");
        if self.attempt == 0 {
            self.papers = Self::first_papers(spec, self.way(), cx);
        }
        let provider = provider::of(cx.me(), cx).map_or(u8::MAX, |(place, _)| place as u8);
        let (way, attempt) = (self.way(), self.attempt);
        step(DeploymentStep::Applied { way, attempt, provider }, cx);
        let application = Application { terminal: cx.me(), attempt, way, papers: self.papers };
        let directory = &cx.settings().directory;
        cx.post(directory.onboarding, Part::Onboarding, Span::ZERO, InterActorMessage::Apply(application));
    }

    /// What is handed in at the first attempt: whoever gives advice may notice what is missing.
    fn first_papers(spec: &Spec, way: Way, cx: &Context<'_, Models>) -> Papers {
        let Handed { licensed, lacks_identity, lacks_licence, lacks_account, forged } = &spec.papers;
        let mut stream = cx.stream(PAPERS, 0);
        let mut papers = Papers::default();
        let licensed = stream.chance(licensed.0);
        let licence = if licensed { lacks_licence.0 } else { 0.0 };
        let advises = cx.settings().profile(cx.me()).people.onboarding.route(way).advises.0;
        for (document, share) in
            Document::ALL.into_iter().zip([lacks_identity.0, licence, lacks_account.0])
        {
            let (missing, noticed) = (stream.chance(share), stream.chance(advises));
            if missing && !noticed {
                papers.lose(document);
            }
        }
        papers.forged = stream.chance(forged.0);
        papers
    }

    fn decided(&mut self, spec: &Spec, refused: Option<Reason>, cx: &mut Context<'_, Models>) {
        let occurrence = u64::from(self.attempt);
        debug_assert!(self.phase == Phase::Applying, "only who applies is decided about");
        let Some(reason) = refused else {
            step(DeploymentStep::Approved, cx);
            self.phase = Phase::Coming;
            self.pay(spec, cx);
            let route = cx.settings().profile(cx.me()).people.onboarding.route(self.way());
            let ships = route.ships.draw(&mut cx.stream(COMING, 0));
            return cx.after(ships, Timer::Delivered);
        };
        step(DeploymentStep::Refused(reason), cx);
        let mut stream = cx.stream(AGAIN, occurrence);
        let again = stream.chance(spec.again.probability.0);
        let most = self.attempt.saturating_add(1) >= spec.again.attempts;
        if !again || most || reason == Reason::ProhibitedBusiness {
            self.phase = Phase::GivenUp;
            return step(DeploymentStep::GaveUp, cx);
        }
        self.attempt += 1;
        match reason.document() {
            Some(document) => self.papers.add(document),
            None => self.papers.forged = false,
        }
        cx.after(spec.again.after.draw(&mut stream), Timer::Applies);
    }

    fn install(&mut self, again: bool, cx: &mut Context<'_, Models>) {
        debug_assert_eq!(self.phase, Phase::Coming, "what is installed has been delivered");
        let mut stream = cx.stream(COMING, 1 + u64::from(again));
        let route = cx.settings().profile(cx.me()).people.onboarding.route(self.way());
        let installs = route.installs.draw(&mut stream);
        let quality = provider::of(cx.me(), cx).map_or(1.0, |(_, provider)| provider.quality.0);
        // The second visit succeeds: whoever comes then knows why.
        let works = again || stream.unit() < quality;
        cx.after(installs, Timer::Installed(works));
    }
}

milestones! {
    /// The terminal has been installed and activated. It happens only where `people.deployment` has it applied for.
    InService: 8, "in-service", "已投入使用";
}

impl ActorPart<Models> for Deployment {
    const NAME: &'static str = "deployment";
    const ZH: &'static str = "终端生命周期";
    const ABOUT: &'static str =
        "A merchant's time with a terminal: application, deposit, activation, maintenance, return.";
    const HEARS: &'static [Topic] = &[Topic::Serviced, Topic::Suspend];
    const MILESTONES: &'static [MilestoneDefinition] = MILESTONES;
    type Spec = Spec;
    type Timer = Timer;
    fn build(spec: &Spec) -> Self {
        let phase = if spec.applies.is_some() { Phase::Applying } else { Phase::InService };
        Self { phase, ..Self::default() }
    }
    fn start(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        match &spec.applies {
            Some(Applies { from, within }) => {
                cx.withdraw();
                cx.say(LocalMessage::Trading { on: false });
                cx.say(LocalMessage::Watched { on: false });
                let begins = *from + within.scaled(cx.stream(BEGINS, 0).unit());
                cx.after(begins, Timer::Begins);
                if let Some(Retires::At(at)) = spec.retires {
                    cx.after(at, Timer::Retires);
                }
            }
            None if spec.lives() => {
                // What was paid before the run is paid at its start.
                self.pay(spec, cx);
                self.plan_service(spec, cx);
                if let Some(Retires::At(at)) = spec.retires {
                    cx.after(at, Timer::Retires);
                }
            }
            None => {}
        }
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        match timer {
            Timer::Retires => self.retire(cx),
            Timer::Returned => self.returned(spec, cx),
            Timer::Maintenance => self.maintain(spec, cx),
            Timer::Resumes(count) if count == self.suspensions => self.resume(cx),
            Timer::Resumes(_) => {}
            // Whoever gave up or gave back meanwhile is not waiting any more.
            _ if matches!(self.phase, Phase::Retired | Phase::GivenUp) => {}
            Timer::Begins => self.begin(spec, cx),
            Timer::Applies => self.apply(spec, cx),
            Timer::Cheated => self.cheated(spec, cx),
            Timer::Delivered => {
                step(DeploymentStep::Delivered, cx);
                self.install(false, cx);
            }
            Timer::Installed(true) => self.activate(spec, cx),
            Timer::Installed(false) => {
                step(DeploymentStep::SecondVisit, cx);
                self.install(true, cx);
            }
        }
    }
    fn on_message(&mut self, spec: &Spec, message: LocalMessage, cx: &mut Context<'_, Models>) {
        match message {
            LocalMessage::Serviced(job) => self.serviced(spec, &job, cx),
            LocalMessage::Suspend => self.suspend(spec, cx),
            _ => {}
        }
    }
    fn on_delivery(&mut self, spec: &Spec, message: InterActorMessage, cx: &mut Context<'_, Models>) {
        match message {
            InterActorMessage::Decided { attempt, refused }
                if attempt == self.attempt && self.phase == Phase::Applying =>
            {
                self.decided(spec, refused, cx);
            }
            InterActorMessage::Refund { amount } => self.refunded(amount, cx),
            _ => {}
        }
    }
    /// A suspended terminal sells nothing. One that is not in service is not counted at all.
    fn able(&self, _: &Spec) -> bool {
        !self.suspended
    }
}
