//! Tables for spreadsheets: records, alarms, transactions. Columns name their unit; what did not happen is empty.

use std::io::{self, Write};

use faults::DomainEvent;
use models::{Fact, Fault, Note, Outcome as Ending, Sale};
use scenarios::{Outcome, Outset, Roster, Transactions};
use serde::Serialize;
use sim::Instant;

use crate::fault_records::{Alarm, FaultRecord, RunHistory};
use crate::measures::life::Applicant;
use crate::run_tables::Origin;
use crate::wording::performer;

/// A row of `faults.csv`.
#[derive(Debug, Default, Serialize)]
struct FaultRow<'a> {
    record: usize,
    place: String,
    occurrence: u32,
    entry: &'a str,
    origin: Option<Origin>,
    fault: String,
    family: &'a str,
    onset_s: f64,
    first_error_s: Option<f64>,
    first_failure_s: Option<f64>,
    first_indication_s: Option<f64>,
    first_indication: &'a str,
    detected_s: Option<f64>,
    detector: &'a str,
    symptom: &'a str,
    suspect: String,
    isolation: &'a str,
    truth_rank: Option<u8>,
    alarms: u32,
    actions: usize,
    last_action: &'a str,
    last_action_by: String,
    exhausted: bool,
    unresolved: bool,
    restored_s: Option<f64>,
    relapses: u32,
    cleared_s: Option<f64>,
    cleared_by: &'a str,
    time_to_detect_s: Option<f64>,
    time_to_recover_s: Option<f64>,
    down_s: f64,
    sales_failed: u64,
    sales_abandoned: u64,
    sales_declined_technically: u64,
    sales_reversed: u64,
    sales_delayed: u64,
    sales_duplicate: u64,
    at_risk_minor: i64,
    cost_minor: i64,
    lost_margin_minor: i64,
    outage_minor: i64,
}

impl<'a> FaultRow<'a> {
    fn of(number: usize, record: &FaultRecord, outcome: &'a Outcome) -> Self {
        let entry = record.plan.and_then(|plan| outcome.planned.get(usize::from(plan)));
        let cleared_by = record.cleared.map(|it| it.by.map_or("by itself", |action| action.name()));
        let last = record.actions.iter().rev().find(|tried| tried.applied.is_some());
        let since_onset = |at: Instant| at.since(record.onset).as_secs_f64();
        let impact = &record.impact;
        Self {
            record: number,
            place: outcome.roster.name(record.who),
            occurrence: record.occurrence,
            entry: entry.map_or("", |entry| entry.id.as_str()),
            origin: Some(Origin::of(record, outcome)),
            fault: record.fault.to_string(),
            family: record.fault.mode().family.name(),
            onset_s: record.onset.as_secs_f64(),
            first_error_s: record.first_error.map(Instant::as_secs_f64),
            first_failure_s: record.first_failure.map(Instant::as_secs_f64),
            first_indication_s: record.first_indication.map(|(at, _)| at.as_secs_f64()),
            first_indication: record
                .first_indication
                .map_or("", |(_, indication)| indication.name()),
            detected_s: record.detection.map(|it| it.at.as_secs_f64()),
            detector: record.detection.map_or("", |it| it.detector.name()),
            symptom: record.detection.map_or("", |it| it.symptom.name()),
            suspect: record.detection.map_or_else(String::new, |it| it.suspect.to_string()),
            isolation: record.detection.map_or("", |it| it.isolation.name()),
            truth_rank: record.detection.map(|it| it.rank).filter(|it| *it > 0),
            alarms: record.alarms,
            actions: record.actions.len(),
            last_action: last.map_or("", |tried| tried.action.name()),
            last_action_by: last.map_or_else(String::new, |tried| performer(tried.by).to_owned()),
            exhausted: record.exhausted,
            unresolved: record.unresolved,
            restored_s: record.restored.map(Instant::as_secs_f64),
            relapses: record.relapses,
            cleared_s: record.cleared.map(|it| it.at.as_secs_f64()),
            cleared_by: cleared_by.unwrap_or(""),
            time_to_detect_s: record.detection.map(|it| since_onset(it.at)),
            time_to_recover_s: record.cleared.map(|it| since_onset(it.at)),
            down_s: record.down.as_secs_f64(),
            sales_failed: impact.failed,
            sales_abandoned: impact.abandoned,
            sales_declined_technically: impact.declined_technically,
            sales_reversed: impact.reversed,
            sales_delayed: impact.delayed,
            sales_duplicate: impact.duplicates,
            at_risk_minor: impact.at_risk.0,
            cost_minor: impact.cost.0,
            lost_margin_minor: impact.lost_margin.0,
            outage_minor: impact.outage.0,
        }
    }
}

/// A row of `alarms.csv`.
#[derive(Debug, Default, Serialize)]
struct AlarmRow<'a> {
    at_s: f64,
    about: String,
    detector: &'a str,
    raised_by: String,
    symptom: &'a str,
    evidence: String,
    observed_s: f64,
    suspect: String,
    candidates: String,
    truth_weight: f64,
    truth_rank: Option<u8>,
    real: bool,
    record: Option<usize>,
    fault: String,
    closed_s: Option<f64>,
    actions: u32,
    cost_minor: i64,
    since_last_fault_s: Option<f64>,
}

/// A row of `applications.csv`.
#[derive(Debug, Default, Serialize)]
struct ApplicationRow<'a> {
    terminal: String,
    way: &'a str,
    provider: &'a str,
    state: &'a str,
    applications: u32,
    refused_for: String,
    applied_s: Option<f64>,
    approved_s: Option<f64>,
    delivered_s: Option<f64>,
    in_service_s: Option<f64>,
    first_sale_s: Option<f64>,
    gave_up_s: Option<f64>,
    retired_s: Option<f64>,
    refunded_s: Option<f64>,
    deposit_minor: i64,
    deducted_minor: i64,
    refunded_minor: i64,
    cheated_minor: i64,
}

/// A row of `transactions.csv`.
#[derive(Debug, Default, Serialize)]
struct SaleRow<'a> {
    terminal: &'a str,
    customer: u32,
    began_s: f64,
    ended_s: f64,
    amount_minor: i64,
    outcome: &'a str,
    response_code: &'a str,
    technical: bool,
    method: &'a str,
    stan: Option<u32>,
    rrn: Option<u64>,
    tries: u8,
}

/// A table with its head, which is there even if no row follows.
fn table<R: Serialize + Default, W: Write>(mut out: W) -> io::Result<csv::Writer<W>> {
    let mut sample = csv::Writer::from_writer(Vec::new());
    sample.serialize(R::default()).map_err(io::Error::other)?;
    let text = sample.into_inner().map_err(|error| error.into_error())?;
    let head = text.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
    out.write_all(head)?;
    Ok(csv::WriterBuilder::new().has_headers(false).from_writer(out))
}

/// Writes `faults.csv`: one row a fault occurrence.
pub fn faults(out: impl Write, outcome: &Outcome, history: &RunHistory) -> io::Result<()> {
    let mut table = table::<FaultRow, _>(out)?;
    for (number, record) in history.records.iter().enumerate() {
        table.serialize(FaultRow::of(number, record, outcome)).map_err(io::Error::other)?;
    }
    table.flush()
}

/// Writes `alarms.csv`: one row an alarm.
pub fn alarms(out: impl Write, outcome: &Outcome, history: &RunHistory) -> io::Result<()> {
    let mut table = table::<AlarmRow, _>(out)?;
    for alarm in &history.alarms {
        let fault = alarm.record.map(|record| history.records[record].fault.to_string());
        let ended = alarm.echo_of.and_then(|record| history.records[record].cleared);
        let row = AlarmRow {
            at_s: alarm.at.as_secs_f64(),
            about: outcome.roster.name(alarm.about),
            detector: alarm.detector.name(),
            raised_by: outcome.roster.name(alarm.who),
            symptom: alarm.finding.symptom.name(),
            evidence: evidence(alarm),
            observed_s: alarm.finding.observed.unwrap_or(alarm.at).as_secs_f64(),
            suspect: alarm.suspect.to_string(),
            candidates: candidates(alarm),
            truth_weight: f64::from(alarm.weights.truth_ppm) / 1e6,
            truth_rank: (alarm.weights.rank > 0).then_some(alarm.weights.rank),
            real: alarm.record.is_some(),
            record: alarm.record,
            fault: fault.unwrap_or_default(),
            closed_s: alarm.closed.map(Instant::as_secs_f64),
            actions: alarm.actions,
            cost_minor: alarm.cost.0,
            since_last_fault_s: ended.map(|it| alarm.at.since(it.at).as_secs_f64()),
        };
        table.serialize(row).map_err(io::Error::other)?;
    }
    table.flush()
}

/// What was seen beside the symptom, as names with spaces between them.
fn evidence(alarm: &Alarm) -> String {
    let names: Vec<&str> = alarm.finding.evidence().map(|it| it.name()).collect();
    names.join(" ")
}

/// The likeliest candidates and their weights, as `printer.jam:0.830 none:0.020`.
fn candidates(alarm: &Alarm) -> String {
    let named = |&(fault, ppm): &(Option<Fault>, u32)| {
        let name = fault.map_or_else(|| "none".to_owned(), |it| it.to_string());
        format!("{name}:{:.3}", f64::from(ppm) / 1e6)
    };
    let top: Vec<String> = alarm.weights.top.iter().flatten().map(named).collect();
    top.join(" ")
}

/// Writes `applications.csv`: one row an applicant.
pub fn applications(
    out: impl Write,
    outcome: &Outcome,
    applicants: &[Applicant],
) -> io::Result<()> {
    let mut table = table::<ApplicationRow, _>(out)?;
    let providers = &outcome.scenario.people.onboarding.providers;
    for one in applicants {
        let provider = providers.keys().nth(usize::from(one.provider));
        let reasons: Vec<&str> = one.refused.iter().map(|reason| reason.name()).collect();
        let row = ApplicationRow {
            terminal: outcome.roster.name(one.terminal),
            way: one.way.map_or("", |way| way.name()),
            provider: provider.map_or("", String::as_str),
            state: one.state(),
            applications: one.attempts,
            refused_for: reasons.join(" "),
            applied_s: one.applied.map(Instant::as_secs_f64),
            approved_s: one.approved.map(Instant::as_secs_f64),
            delivered_s: one.delivered.map(Instant::as_secs_f64),
            in_service_s: one.in_service.map(Instant::as_secs_f64),
            first_sale_s: one.first_sale.map(Instant::as_secs_f64),
            gave_up_s: one.gave_up.map(Instant::as_secs_f64),
            retired_s: one.retired.map(Instant::as_secs_f64),
            refunded_s: one.refunded.map(Instant::as_secs_f64),
            deposit_minor: one.received_minor,
            deducted_minor: one.deducted_minor,
            refunded_minor: one.refunded_minor,
            cheated_minor: one.cheated_minor,
        };
        table.serialize(row).map_err(io::Error::other)?;
    }
    table.flush()
}

/// Writes `transactions.csv` as the facts come: one row a purchase, in the order in which they ended.
pub struct TransactionsTable<W: Write> {
    table: csv::Writer<W>,
    which: Transactions,
    roster: Roster,
    /// Used again for each row: there may be millions of them.
    name: String,
}

impl<W: Write> TransactionsTable<W> {
    /// A table with its head.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W, outset: Outset<'_>) -> io::Result<Self> {
        let (table, which) = (table::<SaleRow, W>(out)?, outset.scenario.record.transactions);
        Ok(Self { table, which, roster: outset.roster.clone(), name: String::new() })
    }

    /// Writes the purchases among these facts.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn take(&mut self, facts: &[Fact]) -> io::Result<()> {
        if self.which == Transactions::None {
            return Ok(());
        }
        for Fact { at, who, what, .. } in facts {
            let DomainEvent::Noted(Note::SaleEnded(sale)) = what else { continue };
            if self.which == Transactions::Troubled && simple(sale) {
                continue;
            }
            place(&mut self.name, &self.roster, *who);
            let row = SaleRow {
                terminal: &self.name,
                customer: sale.customer,
                began_s: sale.began.as_secs_f64(),
                ended_s: at.as_secs_f64(),
                amount_minor: sale.amount.0,
                outcome: sale.outcome.name(),
                response_code: sale.code.text().trim(),
                technical: sale.code.technical(),
                method: sale.method.name(),
                stan: (sale.stan > 0).then_some(sale.stan),
                rrn: (sale.rrn > 0).then_some(sale.rrn),
                tries: sale.tries,
            };
            self.table.serialize(row).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// All of it has been written.
    ///
    /// # Errors
    /// If it has not.
    pub fn finish(self) -> io::Result<W> {
        self.table.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Approved at once, or declined for a reason of the customer's.
fn simple(sale: &Sale) -> bool {
    match sale.outcome {
        Ending::Approved => sale.tries <= 1,
        Ending::Declined => !sale.code.technical(),
        Ending::Stored | Ending::Abandoned | Ending::Failed => false,
    }
}

/// As [`Roster::name`], into a buffer that is used again: there may be millions of rows.
fn place(name: &mut String, roster: &Roster, who: sim::ActorId) {
    use std::fmt::Write as _;
    name.clear();
    let written = match roster.group_of(who) {
        Some(group) => write!(name, "{}-{}", group.id, who.0 - group.first),
        None => write!(name, "{}", roster.name(who)),
    };
    debug_assert!(written.is_ok(), "a string takes whatever is written to it");
}
