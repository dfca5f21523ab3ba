//! Runs made by hand, fact by fact, for tests.

use std::collections::BTreeMap;

use faults::{Candidate, DomainEvent, Finding, NATURAL, Performer};
use models::hardware::{power, printer};
use models::invariants::Audit;
use models::platform::host;
use models::wire::{Method, ResponseCode};
use models::{Fault, Models, Money, Note, Outcome as Ending, Part, RecoveryAction, Sale};
use scenarios::{FactFold, Outcome, Places, PlannedFault, Roster, RosterGroup, Scenario};
use sim::{ActorId, Fact, Fingerprint, Instant, Span};

/// The plug has slipped out.
pub(crate) const PLUG: Fault = Fault::Power(power::Fault::LoosePlug);
/// The cable is broken: looks like the plug from inside.
pub(crate) const CABLE: Fault = Fault::Power(power::Fault::CableBroken);
/// The roll is used up.
pub(crate) const PAPER: Fault = Fault::Printer(printer::Fault::PaperOut);
/// A bank does not answer.
pub(crate) const BANK: Fault = Fault::Host(host::Fault::Outage);

/// An alarm that names the symptom that the suspect shows most, without evidence.
pub(crate) fn alarm(
    incident: u32,
    detector: Part,
    suspect: Fault,
    about: ActorId,
) -> DomainEvent<Models> {
    let finding = Finding::of(suspect.mode().symptom());
    DomainEvent::Alarm { incident, detector, finding, suspect, about }
}

/// A fixture of tests: facts written by hand, and the outcome that they make.
pub(crate) struct HandmadeRun {
    now: Instant,
    sequences: BTreeMap<ActorId, u32>,
    pub(crate) outcome: Outcome,
    pub(crate) facts: Vec<Fact<DomainEvent<Models>>>,
}

impl HandmadeRun {
    /// An hour of some terminals and one bank behind them; entry 0 of the scenario is a plug, entry 1 the bank.
    pub(crate) fn new(terminals: u32) -> Self {
        let planned = |id: &str, fault| PlannedFault { id: id.to_owned(), fault, targets: 1 };
        let group = RosterGroup {
            id: "lanes".to_owned(),
            terminal_type: "standard".to_owned(),
            region: "north".to_owned(),
            first: 0,
            count: terminals,
        };
        let outcome = Outcome {
            scenario: Scenario {
                name: "an hour by hand".to_owned(),
                intent: "do measures say what happened?".to_owned(),
                duration: Span::hours(1),
                ..Scenario::default()
            },
            path: "scenarios/by hand.ron".to_owned(),
            hash: "00".repeat(32),
            seed: 7,
            simulated: Span::hours(1),
            fingerprint: Fingerprint::default(),
            roster: Roster::new(
                vec![group],
                vec![(ActorId(terminals), "host bank-a".to_owned())],
                Places::default(),
            ),
            planned: vec![planned("plug", PLUG), planned("bank", BANK)],
            rollouts: Vec::new(),
            targets: vec![Vec::new(); 2],
            audit: Audit::default(),
        };
        Self { now: Instant::START, sequences: BTreeMap::new(), outcome, facts: Vec::new() }
    }

    /// From here on it is this many seconds after the start.
    pub(crate) fn at(&mut self, seconds: u64) -> &mut Self {
        self.now = Instant::START + Span::secs(seconds);
        self
    }

    pub(crate) fn says(&mut self, who: u32, what: DomainEvent<Models>) -> &mut Self {
        let who = ActorId(who);
        let count = self.sequences.entry(who).or_default();
        self.facts.push(Fact { at: self.now, who, sequence: *count, what });
        *count += 1;
        self
    }

    pub(crate) fn occurs(&mut self, who: u32, occurrence: u32, fault: Fault) -> &mut Self {
        let planned = self.outcome.planned.iter().position(|planned| planned.fault == fault);
        let plan = planned.map_or(NATURAL, |at| at as u16);
        self.says(who, DomainEvent::Occurred { occurrence, plan, fault })
    }

    pub(crate) fn clears(
        &mut self,
        who: u32,
        occurrence: u32,
        fault: Fault,
        by: Option<RecoveryAction>,
    ) -> &mut Self {
        self.says(who, DomainEvent::Cleared { occurrence, fault, by })
    }

    pub(crate) fn alarm(&mut self, who: u32, incident: u32, suspect: Fault) -> &mut Self {
        let (detector, about) = (suspect.part(), ActorId(who));
        self.says(who, alarm(incident, detector, suspect, about))
    }

    /// The candidates of the alarm just raised, with their weights.
    pub(crate) fn weighs(
        &mut self,
        who: u32,
        incident: u32,
        candidates: &[(Option<Fault>, u32)],
    ) -> &mut Self {
        for &(fault, weight_ppm) in candidates {
            let candidate = Candidate { fault, weight_ppm };
            self.says(who, DomainEvent::Weighed { incident, candidate });
        }
        self
    }

    pub(crate) fn starts(
        &mut self,
        who: u32,
        incident: u32,
        action: RecoveryAction,
        by: Performer,
    ) -> &mut Self {
        self.says(who, DomainEvent::ActionStarted { incident, attempt: 0, action, by })
    }

    pub(crate) fn applies(
        &mut self,
        who: u32,
        incident: u32,
        action: RecoveryAction,
        by: Performer,
    ) -> &mut Self {
        self.says(who, DomainEvent::ActionApplied { incident, attempt: 0, action, by, cleared: 0 })
    }

    pub(crate) fn restores(&mut self, who: u32, incident: u32) -> &mut Self {
        self.says(who, DomainEvent::Restored { incident })
    }

    pub(crate) fn service(&mut self, who: u32, up: bool) -> &mut Self {
        self.says(who, DomainEvent::Service { up })
    }

    /// An actor stands still for these faults, by occurrence, to these shares in parts per million.
    pub(crate) fn stopped(&mut self, who: u32, by: &[(u32, u32)]) -> &mut Self {
        self.says(who, DomainEvent::Stopped { occurrence: faults::NOBODY, share: 0 });
        for &(occurrence, share) in by {
            self.says(who, DomainEvent::Stopped { occurrence, share });
        }
        self
    }

    pub(crate) fn sale(&mut self, who: u32, outcome: Ending, code: ResponseCode) -> &mut Self {
        let sale = Sale {
            customer: 1,
            began: Instant(self.now.0.saturating_sub(Span::secs(30).0)),
            amount: Money(1_000),
            outcome,
            code,
            method: Method::Chip,
            stan: 12,
            rrn: 0,
            tries: 1,
            alternative_tender: false,
        };
        self.says(who, DomainEvent::Noted(Note::SaleEnded(sale)))
    }

    /// An indication of the part that a fault belongs to.
    pub(crate) fn shows(
        &mut self,
        who: u32,
        part: Part,
        indication: models::Indication,
    ) -> &mut Self {
        self.says(who, DomainEvent::IndicationShown { part, indication })
    }

    pub(crate) fn analyse(&self) -> crate::analysis::Analysis {
        let mut fold = crate::analysis::AnalysisFold::new(self.outcome.outset());
        fold.take(&self.facts);
        fold.finish(&self.outcome)
    }
}
