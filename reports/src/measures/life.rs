//! The life of terminals: applications, deposits, rules of use, failures by age.

mod ages;
mod applicants;

use faults::DomainEvent;
use models::lifecycle::{DeploymentStep, DepositEntry, Reason, Way};
use models::{Fact, Family, Note};
use scenarios::{Outcome, Outset};
use serde::{Deserialize, Serialize};
use sim::Instant;

use crate::fault_records::FaultRecord;
use crate::statistics::{Lifetime, Times};

pub use ages::AgeBin;
pub use applicants::Applicant;

/// The life of terminals, where a scenario has one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LifeMeasures {
    /// Applicants by the way that they took last.
    pub ways: Vec<WayRow>,
    /// From the first application to the terminal in service.
    pub to_service: Times,
    /// From the first application to the first approved sale.
    pub to_first_sale: Times,
    /// Refusals by reason; an applicant may be refused more than once.
    pub refusals: Vec<(String, u64)>,
    /// What became of terminals by provider.
    pub providers: Vec<ProviderRow>,
    /// Money of deposits and scams.
    pub deposits: Deposits,
    /// Installations that took a second visit.
    pub second_visits: u64,
    /// Planned maintenance that was carried out.
    pub maintained: u64,
    /// Suspensions for a breach of the rules.
    pub suspended: u64,
    /// Terminals that went out of service.
    pub retired: u64,
    /// Breaches of the rules and frauds, found and missed.
    pub breaches: Vec<BreachRow>,
    /// Random failures of the device's parts by their age.
    pub ages: Vec<AgeBin>,
    /// Every applicant, for the table; not part of the page.
    #[serde(skip)]
    pub applicants: Vec<Applicant>,
}

/// Applicants by one way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WayRow {
    /// The way.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// How many applied.
    pub applicants: u64,
    /// How many applications they handed in.
    pub applications: u64,
    /// How many were approved in the end.
    pub approved: u64,
    /// How many gave up.
    pub gave_up: u64,
    /// How many were cheated on the way.
    pub cheated: u64,
    /// From the first application to the terminal in service.
    pub to_service: Times,
}

/// Terminals of one provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderRow {
    /// Its name.
    pub name: String,
    /// How many terminals came into service with it.
    pub terminals: u64,
    /// How long a fault that a technician was sent for took to repair, from its onset.
    pub repair: Times,
    /// What it charged: the fee of each terminal, and its months in service.
    pub fees_minor: i64,
}

/// Money of deposits and scams, in minor units.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Deposits {
    /// What came in.
    pub received_minor: i64,
    /// What damage was paid with.
    pub deducted_minor: i64,
    /// Damage that no deposit was left for.
    pub uncovered_minor: i64,
    /// What was paid back.
    pub refunded_minor: i64,
    /// What is held at the end.
    pub held_minor: i64,
    /// What third parties took that vanished.
    pub cheated_minor: i64,
    /// What other scams took.
    pub scammed_minor: i64,
}

/// One kind of breach or fraud.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BreachRow {
    /// The fault.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// How often it began.
    pub occurred: u64,
    /// How often it led to an alarm.
    pub found: u64,
    /// How often it was over, or the run, before anybody noticed.
    pub missed: u64,
    /// From its beginning to the first alarm.
    pub detection: Times,
}

/// Reads what happens in the lives of terminals.
#[derive(Debug)]
pub struct LifeFold {
    applicants: applicants::ApplicantsFold,
    ages: ages::AgesFold,
    refusals: [u64; Reason::ALL.len()],
    life: LifeMeasures,
    /// There is something to tell.
    any: bool,
}

impl LifeFold {
    /// Nothing read yet.
    pub fn new(outset: Outset<'_>) -> Self {
        let scenario = outset.scenario;
        let aged = scenario.fleet.iter().any(|it| scenario.deployment(it).age.0 > 0);
        Self {
            applicants: applicants::ApplicantsFold::default(),
            ages: ages::AgesFold::new(outset),
            refusals: Default::default(),
            life: LifeMeasures::default(),
            any: aged || scenario.lives(),
        }
    }

    /// Reads one fact.
    pub fn take(&mut self, fact: &Fact) {
        self.ages.take(fact);
        let DomainEvent::Noted(note) = fact.what else { return };
        let money = &mut self.life.deposits;
        match note {
            Note::Life(step) => {
                self.applicants.step(fact.who, fact.at, step);
                match step {
                    DeploymentStep::Refused(reason) => self.refusals[reason as usize] += 1,
                    DeploymentStep::Cheated(amount) => money.cheated_minor += amount.0,
                    DeploymentStep::Scammed(amount) => money.scammed_minor += amount.0,
                    DeploymentStep::SecondVisit => self.life.second_visits += 1,
                    DeploymentStep::Maintained => self.life.maintained += 1,
                    DeploymentStep::Suspended { on: true } => self.life.suspended += 1,
                    DeploymentStep::Retired => self.life.retired += 1,
                    _ => {}
                }
            }
            Note::Deposit { terminal, entry, amount } => {
                self.applicants.deposit(terminal, entry, amount);
                match entry {
                    DepositEntry::Received => money.received_minor += amount.0,
                    DepositEntry::Deducted => money.deducted_minor += amount.0,
                    DepositEntry::Uncovered => money.uncovered_minor += amount.0,
                    DepositEntry::Refunded => money.refunded_minor += amount.0,
                }
            }
            Note::SaleEnded(sale) => self.applicants.sale(fact.who, fact.at, &sale),
            _ => {}
        }
    }

    /// All facts have been read; `None` if no terminal of the scenario has a life.
    pub fn finish(
        self,
        outcome: &Outcome,
        records: &[FaultRecord],
        end: Instant,
    ) -> Option<LifeMeasures> {
        if !self.any {
            return None;
        }
        let applicants = self.applicants.finish();
        let mut life = self.life;
        let money = &mut life.deposits;
        money.held_minor = money.received_minor - money.deducted_minor - money.refunded_minor;
        let named = Reason::ALL.iter().zip(self.refusals);
        life.refusals = named.map(|(reason, count)| (reason.name().to_owned(), count)).collect();
        let until = |to: fn(&Applicant) -> Option<Instant>| {
            let applied = applicants.iter().filter_map(|it| it.lifetime(to(it), end));
            Times::of(&applied.collect::<Vec<Lifetime>>())
        };
        life.to_service = until(|it| it.in_service);
        life.to_first_sale = until(|it| it.first_sale);
        life.ways = Way::ALL.iter().filter_map(|&way| way_row(way, &applicants, end)).collect();
        life.providers = provider_rows(outcome, &applicants, records, end);
        life.breaches = breach_rows(records, end);
        life.ages = self.ages.finish(end);
        life.applicants = applicants;
        Some(life)
    }
}

fn way_row(way: Way, applicants: &[Applicant], end: Instant) -> Option<WayRow> {
    let by: Vec<&Applicant> = applicants.iter().filter(|it| it.way == Some(way)).collect();
    let count = |is: fn(&Applicant) -> bool| by.iter().filter(|it| is(it)).count() as u64;
    let lives = by.iter().filter_map(|it| it.lifetime(it.in_service, end));
    (!by.is_empty()).then(|| WayRow {
        name: way.name().to_owned(),
        zh: way.zh().to_owned(),
        applicants: by.len() as u64,
        applications: by.iter().map(|it| u64::from(it.attempts)).sum(),
        approved: count(|it| it.approved.is_some()),
        gave_up: count(|it| it.gave_up.is_some()),
        cheated: count(|it| it.cheated_minor > 0),
        to_service: Times::of(&lives.collect::<Vec<Lifetime>>()),
    })
}

fn provider_rows(
    outcome: &Outcome,
    applicants: &[Applicant],
    records: &[FaultRecord],
    end: Instant,
) -> Vec<ProviderRow> {
    let providers = &outcome.scenario.people.onboarding.providers;
    let row = |(place, (name, provider)): (usize, (&String, &models::provider::Provider))| {
        let own = |it: &&Applicant| usize::from(it.provider) == place && it.in_service.is_some();
        let months = |it: &Applicant| {
            let until = it.retired.unwrap_or(end);
            until.since(it.in_service.unwrap_or(until)).0 / sim::Span::days(30).0
        };
        let fees =
            |it: &Applicant| provider.fee.minor() + provider.per_month.minor() * months(it) as i64;
        let terminals: Vec<&Applicant> = applicants.iter().filter(own).collect();
        let repaired = records.iter().filter(|record| {
            let sent = record.actions.iter().any(|it| it.by == faults::Performer::Technician);
            sent && terminals.binary_search_by_key(&record.who, |it| it.terminal).is_ok()
        });
        let lives: Vec<Lifetime> =
            repaired.map(|record| super::fault_handling::recovery_time(record, end)).collect();
        ProviderRow {
            name: name.clone(),
            terminals: terminals.len() as u64,
            repair: Times::of(&lives),
            fees_minor: terminals.iter().map(|it| fees(it)).sum(),
        }
    };
    providers.iter().enumerate().map(row).collect()
}

fn breach_rows(records: &[FaultRecord], end: Instant) -> Vec<BreachRow> {
    let faults = models::Fault::all().filter(|it| it.mode().family == Family::MisuseAndFraud);
    let row = |fault: models::Fault| {
        let of: Vec<&FaultRecord> = records.iter().filter(|record| record.fault == fault).collect();
        let found = of.iter().filter(|record| record.detection.is_some()).count() as u64;
        let times: Vec<Lifetime> =
            of.iter().map(|record| super::fault_handling::detection_time(record, end)).collect();
        (!of.is_empty()).then(|| BreachRow {
            name: fault.to_string(),
            zh: fault.mode().zh.to_owned(),
            occurred: of.len() as u64,
            found,
            missed: of.len() as u64 - found,
            detection: Times::of(&times),
        })
    };
    faults.filter_map(row).collect()
}
