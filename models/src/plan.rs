//! What a run is set to: who is who, what parts are set to, what is planned, what is tried.

use std::collections::BTreeMap;

use sim::{ActorId, Instant, Performer, Planned, Rules, Rung, Span};

use crate::remedy::Remedy;
use crate::{Fault, Models, Profile};

/// Where the hubs are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The gateway.
    pub gateway: ActorId,
    /// The hosts, in the order of their numbers in a card's digits.
    pub hosts: Vec<ActorId>,
    /// The weight of each host's cards.
    pub shares: Vec<f64>,
    /// The back office.
    pub back_office: ActorId,
    /// The support desk.
    pub support: ActorId,
    /// The technicians' depot.
    pub technicians: ActorId,
    /// The reviewing desk; nobody's number where no terminal has a life.
    pub onboarding: ActorId,
    /// The ledger of deposits; the same holds.
    pub deposits: ActorId,
}

/// The fault-handling policy: the thing under test.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Time between heartbeats.
    pub heartbeat: Span,
    /// A terminal is missing after so many heartbeats in a row did not come.
    pub misses: u32,
    /// A heartbeat is missed when it is this late.
    pub grace: Span,
    /// Time between two reports of readings from a terminal to the back office; zero for none.
    pub telemetry: Span,
    /// Simulates every heartbeat as an event, to show that it makes no difference.
    pub every_beat: bool,
    /// How long a terminal waits for an answer.
    pub response_timeout: Span,
    /// How often a customer's sale is tried again after a time-out.
    pub retries: u8,
    /// Pause before the first repetition of a reversal; doubled each time up to `backoff_most`.
    pub backoff: Span,
    /// The longest pause between repetitions of a reversal.
    pub backoff_most: Span,
    /// The terminal changes to its other uplink by itself.
    pub failover: bool,
    /// How long after a remedy its effect is looked at.
    pub verify_after: Span,
    /// A suspicion that comes back within this time begins one rung above the one that seemed to help.
    pub relapse_within: Span,
    /// How long a remote command may take before it is given up.
    pub remote_patience: Span,
    /// What a person tries when a ladder is exhausted, how often, how long apart.
    pub last_resort: Option<(Rung<Models>, u8, Span)>,
    /// Ladders that replace those of the catalogue.
    pub ladders: BTreeMap<Fault, Vec<Rung<Models>>>,
}

impl Default for Policy {
    fn default() -> Self {
        let swap = Rung {
            remedy: Remedy::Swap,
            by: Performer::Technician,
            takes: Span::minutes(40),
            works: None,
        };
        Self {
            heartbeat: Span::secs(60),
            misses: 3,
            grace: Span::secs(5),
            telemetry: Span::hours(6),
            every_beat: false,
            // 60 s is the default of deployed UnionPay terminals.
            response_timeout: Span::secs(60),
            retries: 1,
            backoff: Span::secs(2),
            backoff_most: Span::minutes(2),
            failover: true,
            // A terminal that was restarted has booted and connected by then.
            verify_after: Span::secs(60),
            relapse_within: Span::hours(24),
            remote_patience: Span::minutes(5),
            last_resort: Some((swap, 2, Span::hours(4))),
            ladders: BTreeMap::new(),
        }
    }
}

/// Everything that a run is set to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What parts are set to; actors share these.
    pub profiles: Vec<Profile>,
    /// Which profile each actor has.
    pub profile_of: Vec<u16>,
    /// The scenario's faults.
    pub planned: Vec<Planned<Models>>,
    /// The policy under test.
    pub policy: Policy,
    /// Where the hubs are.
    pub directory: Directory,
    /// No customer comes from here on, so that what is under way can finish.
    pub sales_end: Instant,
    /// The end of the run.
    pub end: Instant,
    /// ISO 4217 number of the currency.
    pub currency: u16,
}

impl Plan {
    /// What the parts of an actor are set to.
    #[inline]
    pub fn profile(&self, actor: ActorId) -> &Profile {
        &self.profiles[usize::from(self.profile_of[actor.0 as usize])]
    }
}

impl Rules<Models> for Plan {
    fn planned(&self, plan: u16) -> &Planned<Models> {
        &self.planned[usize::from(plan)]
    }
    fn ladder(&self, suspect: Fault) -> &[Rung<Models>] {
        match self.policy.ladders.get(&suspect) {
            Some(ladder) => ladder,
            None => suspect.mode().ladder,
        }
    }
    fn verify_after(&self, _remedy: Remedy) -> Span {
        self.policy.verify_after
    }
    fn remote_patience(&self) -> Span {
        self.policy.remote_patience
    }
    fn relapse_within(&self) -> Span {
        self.policy.relapse_within
    }
    /// Where terminals age, an exchange brings a new unit, and cleaning a clean one. Elsewhere only what broke begins anew.
    fn renews(&self, actor: ActorId, remedy: Remedy, fault: Fault) -> bool {
        self.profile(actor).people.tenure.ages() && crate::remedy::renews(remedy, fault)
    }
    fn age(&self, actor: ActorId) -> Span {
        self.profile(actor).people.tenure.age
    }
    fn last_resort(&self) -> Option<(Rung<Models>, u8, Span)> {
        self.policy.last_resort
    }
}

/// A step of a catalogue's ladder: what, by whom, hands-on time.
pub(crate) const fn step(remedy: Remedy, by: Performer, takes: Span) -> Rung<Models> {
    Rung { remedy, by, takes, works: None }
}
