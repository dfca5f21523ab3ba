//! What can be seen of an outcome: times out of service, requests, first failures. All of it is read from its facts.

use faults::DomainEvent;
use models::Note;
use scenarios::RecordedRun;
use sim::{ActorId, Instant, Span};

/// Hours since the start.
pub(crate) fn hours(at: Instant) -> f64 {
    at.as_secs_f64() / 3_600.0
}

/// One time out of service, in hours; one that had not ended is cut off at the end of the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Down {
    pub(crate) who: ActorId,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ended: bool,
}

impl Down {
    /// How much of it lies between two times.
    pub(crate) fn within(&self, from: f64, to: f64) -> f64 {
        (self.to.min(to) - self.from.max(from)).max(0.0)
    }
}

/// All times out of service, in the order in which they began.
pub(crate) fn downs(run: &RecordedRun) -> Vec<Down> {
    let mut open: Vec<Option<usize>> = vec![None; run.outcome.roster.terminals() as usize];
    let mut downs = Vec::new();
    let end = hours(Instant::START + run.outcome.simulated);
    for fact in &run.facts {
        let DomainEvent::Service { up } = fact.what else { continue };
        let Some(place) = open.get_mut(fact.who.0 as usize) else { continue };
        if !up {
            *place = Some(downs.len());
            downs.push(Down { who: fact.who, from: hours(fact.at), to: end, ended: false });
        } else if let Some(down) = place.take() {
            let down: &mut Down = &mut downs[down];
            (down.to, down.ended) = (hours(fact.at), true);
        }
    }
    downs
}

/// When each terminal was first out of service, in hours.
pub(crate) fn first_downs(run: &RecordedRun) -> Vec<Option<f64>> {
    let mut first = vec![None; run.outcome.roster.terminals() as usize];
    for down in downs(run) {
        first[down.who.0 as usize].get_or_insert(down.from);
    }
    first
}

/// A request at the gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// How long it waited, in seconds.
    pub(crate) waited: f64,
    /// How long it took in all, in seconds.
    pub(crate) stayed: f64,
}

/// What requests found at the gateway when they came, and whether there was room for them, after the warm-up.
pub(crate) fn arrivals(run: &RecordedRun) -> Vec<(f64, bool)> {
    let from = Instant::START + run.outcome.scenario.warmup;
    let came = run.facts.iter().filter(|fact| fact.at >= from);
    came.filter_map(|fact| match fact.what {
        DomainEvent::Noted(Note::RequestCame { found, room }) => Some((f64::from(found), room)),
        _ => None,
    })
    .collect()
}

/// Requests that were served, of those that came after the warm-up.
pub(crate) fn requests(run: &RecordedRun) -> Vec<Request> {
    let from = Instant::START + run.outcome.scenario.warmup;
    let served = run.facts.iter().filter_map(|fact| match fact.what {
        DomainEvent::Noted(Note::RequestServed { waited, service_time }) => {
            Some((fact.at, waited, service_time))
        }
        _ => None,
    });
    served
        .filter(|(at, waited, _)| Span(at.0) - *waited >= Span(from.0))
        .map(|(_, waited, service_time)| {
            let waited = waited.as_secs_f64();
            Request { waited, stayed: waited + service_time.as_secs_f64() }
        })
        .collect()
}

/// The quantile of a set of values; the set is put in order.
pub(crate) fn quantile(values: &mut [f64], p: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    reports::statistics::quantile(values, p).unwrap_or(f64::NAN)
}

/// Standard deviation of a set of values.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|it| (it - mean) * (it - mean)).sum();
    libm::sqrt(squares / (n - 1.0))
}

/// How many of a set of values pass a test.
pub(crate) fn count<T>(values: &[T], test: impl Fn(&T) -> bool) -> f64 {
    values.iter().filter(|it| test(it)).count() as f64
}
