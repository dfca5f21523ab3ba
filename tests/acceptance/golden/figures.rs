//! The summary's figures: each in its frozen place of the digest, and the main ones under a name for people.
//!
//! They are taken from the typed summary field by field, so that neither a renamed field or key nor another order of fields
//! moves the digest. A list whose order is that of the models or of names is folded as a bag, without the names: who did
//! what is in the facts. Left out are what the run was asked (name, hash), what it took (events, wall-clock time), and the
//! fingerprint, which is a value of its own.

use reports::measures::common_cause::CommonCauseIncident;
use reports::measures::cost::{ByFault, CostItem as Line, Support};
use reports::measures::life::{AgeBin, BreachRow, Deposits, ProviderRow, WayRow};
use reports::measures::{Availability, CommonCauses, Cost, LifeMeasures, Rollout};
use reports::statistics::{Interval, Share, Times};
use reports::summary::{EntrySummary, Expected, Faults, Headline, Held, Testability, Transactions};
use reports::{Analysis, Summary};

use super::digest::Digest;
use super::numbers;

/// Folds all figures of a summary.
pub(crate) fn fold(d: &mut Digest, summary: &Summary, analysis: &Analysis) {
    let Summary {
        schema: _,
        scenario: _,
        hash: _,
        seed,
        simulated_s,
        wall_s: _,
        events: _,
        events_per_s: _,
        fingerprint: _,
        terminals,
        // Those of the scenario.
        parts: _,
        verdict,
        faults: all_faults,
        measures,
        detectors,
        testability,
        common_causes,
        rollouts,
        cost: costs,
        transactions,
        invariants,
        expectations,
        entries,
        life: lives,
    } = summary;
    d.put(*seed).real(*simulated_s).put(*terminals).put(numbers::verdict(*verdict));
    faults(d, all_faults);
    headline(d, measures, &analysis.measures.availability);
    scores(d, testability);
    for it in detectors {
        d.put(it.alarms).put(it.first).put(it.false_alarms.count).put(it.detected.count);
        d.put(it.isolated.count).real(it.brier.unwrap_or(-1.0));
    }
    common_cause_incidents(d, common_causes);
    list(d, rollouts, rollout);
    cost(d, costs);
    sales(d, transactions);
    // What holds moves nothing, so that another invariant may come.
    d.bag(invariants.iter().filter(|it| !it.holds), |d, Held { name: _, holds }| {
        d.put(*holds);
    });
    list(d, expectations, |d, Expected { name: _, verdict }| {
        d.put(numbers::verdict(*verdict));
    });
    list(d, entries, |d, it| {
        let EntrySummary { id: _, fault: _, targets, injected, detected, cleared } = it;
        d.put(*targets).put(*injected).put(*detected).put(*cleared);
    });
    d.maybe(lives.as_ref(), life);
}

/// Folds things in their order.
fn list<T>(d: &mut Digest, items: &[T], fold: impl Fn(&mut Digest, &T)) {
    d.put(items.len() as u64);
    for item in items {
        fold(d, item);
    }
}

fn reals<const N: usize>(d: &mut Digest, values: [Option<f64>; N]) {
    for value in values {
        d.maybe(value, |d, value| {
            d.real(value);
        });
    }
}

fn interval(d: &mut Digest, of: Option<Interval>) {
    d.maybe(of, |d, Interval(low, high)| {
        d.real(low).real(high);
    });
}

fn share(d: &mut Digest, Share { count, of, value, ci95 }: &Share) {
    d.put(*count).put(*of);
    reals(d, [*value]);
    interval(d, *ci95);
}

fn times(d: &mut Digest, Times { mean, p50, p95, ci95, n, censored }: &Times) {
    reals(d, [*mean, *p50, *p95]);
    interval(d, *ci95);
    d.put(*n).put(*censored);
}

fn faults(d: &mut Digest, it: &Faults) {
    let Faults {
        injected,
        detected,
        isolated_correctly,
        restored,
        cleared,
        relapsed,
        undetected,
        false_alarms,
    } = it;
    d.put(*injected).put(*detected).put(*isolated_correctly).put(*restored);
    d.put(*cleared).put(*relapsed).put(*undetected).put(*false_alarms);
}

fn scores(d: &mut Digest, it: &Testability) {
    let Testability {
        detected,
        isolated_to_1,
        isolated_to_2,
        isolated_to_3,
        brier,
        false_restorations,
    } = it;
    for of in [detected, isolated_to_1, isolated_to_2, isolated_to_3, false_restorations] {
        share(d, of);
    }
    reals(d, [*brier]);
}

/// The summary keeps the availability to itself: it is the one of the analysis.
fn headline(d: &mut Digest, it: &Headline, available: &Availability) {
    let Headline { availability: _, availability_by_sale, mttd_s, mttr_s, down_s } = it;
    let Availability { mean, p05, p50, p95, ci95, n, min: least, by_sale } = available;
    reals(d, [*mean, *p05, *p50, *p95, *least]);
    interval(d, *ci95);
    d.put(*n);
    share(d, by_sale);
    reals(d, [*availability_by_sale]);
    times(d, mttd_s);
    times(d, mttr_s);
    d.real(*down_s);
}

fn common_cause_incidents(d: &mut Digest, it: &CommonCauses) {
    let CommonCauses { incidents: named, right, members_right, found, suppressed } = it;
    list(d, named, |d, it| {
        let CommonCauseIncident {
            opened_s,
            over_s,
            zone: _,
            cause: _,
            members,
            right_members,
            entry,
            occurred,
            after_s,
            right,
        } = it;
        reals(d, [Some(*opened_s), *over_s, *after_s]);
        d.put(*members).put(*right_members).put(entry.is_some()).put(*occurred).put(*right);
    });
    share(d, right);
    share(d, members_right);
    share(d, found);
    d.put(*suppressed);
}

fn rollout(d: &mut Digest, it: &Rollout) {
    let Rollout {
        id: _,
        version: _,
        terminals,
        installed,
        failed,
        rolled_back,
        sent_to_all_s,
        halted_s,
        installed_at_halt,
        troubled_at_halt,
    } = it;
    d.put(*terminals).put(*installed).put(*failed).put(*rolled_back);
    reals(d, [*sent_to_all_s, *halted_s]);
    d.put(*installed_at_halt).put(*troubled_at_halt);
}

fn cost(d: &mut Digest, it: &Cost) {
    let Cost {
        total_minor,
        items,
        actions,
        faults,
        false_alarms_minor,
        elsewhere_minor,
        at_risk_minor,
        needless,
        needless_lost_sales,
        needless_lost_minor,
        needless_down_s,
        support,
    } = it;
    let line = |d: &mut Digest, Line { name: _, count, minor }: &Line| {
        d.put(*count).signed(*minor);
    };
    d.signed(*total_minor).bag(items, line).bag(actions, line);
    d.bag(faults, |d, it| {
        let ByFault {
            fault: _,
            occurred,
            actions_minor,
            lost_sales_minor,
            outage_minor,
            at_risk_minor,
        } = it;
        d.put(*occurred).signed(*actions_minor).signed(*lost_sales_minor);
        d.signed(*outage_minor).signed(*at_risk_minor);
    });
    d.signed(*false_alarms_minor).signed(*elsewhere_minor).signed(*at_risk_minor);
    d.put(*needless).put(*needless_lost_sales).signed(*needless_lost_minor).real(*needless_down_s);
    let Support { served, repeated, abandoned, misled, visits, visits_in_vain, visits_refused } =
        support;
    d.put(*served).put(*repeated).put(*abandoned).put(*misled);
    d.put(*visits).put(*visits_in_vain).put(*visits_refused);
}

fn sales(d: &mut Digest, it: &Transactions) {
    let Transactions {
        attempted,
        approved,
        declined,
        declined_technically,
        abandoned,
        failed,
        reversed,
        stored,
        unreversed,
        duplicates: doubled,
        late_answers,
        records_lost,
        at_risk_minor,
        looked_up,
        look_ups_failed,
        approved_minor,
        lost_minor,
    } = it;
    d.put(*attempted).put(*approved).put(*declined).put(*declined_technically).put(*abandoned);
    d.put(*failed).put(*reversed).put(*stored).put(*unreversed).put(*doubled).put(*late_answers);
    d.put(*records_lost).signed(*at_risk_minor).put(*looked_up).put(*look_ups_failed);
    d.signed(*approved_minor).signed(*lost_minor);
}

fn life(d: &mut Digest, it: &LifeMeasures) {
    let LifeMeasures {
        ways,
        to_service,
        to_first_sale,
        refusals,
        providers,
        deposits,
        second_visits,
        maintained,
        suspended,
        retired,
        breaches,
        ages,
        applicants: _,
    } = it;
    d.bag(ways, |d, it| {
        let WayRow {
            name: _,
            zh: _,
            applicants,
            applications,
            approved,
            gave_up,
            cheated,
            to_service,
        } = it;
        d.put(*applicants).put(*applications).put(*approved).put(*gave_up).put(*cheated);
        times(d, to_service);
    });
    times(d, to_service);
    times(d, to_first_sale);
    // A reason that nobody was refused for moves nothing.
    d.bag(refusals.iter().filter(|(_, count)| *count > 0), |d, (_, count)| {
        d.put(*count);
    });
    d.bag(providers, |d, ProviderRow { name: _, terminals, repair, fees_minor }| {
        d.put(*terminals).signed(*fees_minor);
        times(d, repair);
    });
    let Deposits {
        received_minor,
        deducted_minor,
        uncovered_minor,
        refunded_minor,
        held_minor,
        cheated_minor,
        scammed_minor,
    } = deposits;
    d.signed(*received_minor).signed(*deducted_minor).signed(*uncovered_minor);
    d.signed(*refunded_minor).signed(*held_minor).signed(*cheated_minor).signed(*scammed_minor);
    d.put(*second_visits).put(*maintained).put(*suspended).put(*retired);
    d.bag(breaches, |d, BreachRow { name: _, zh: _, occurred, found, missed, detection }| {
        d.put(*occurred).put(*found).put(*missed);
        times(d, detection);
    });
    list(d, ages, |d, AgeBin { from_d, to_d, years, failures, per_year, ci95 }| {
        d.real(*from_d).real(*to_d).real(*years).put(*failures).real(*per_year);
        interval(d, Some(*ci95));
    });
}
