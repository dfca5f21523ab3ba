//! What a detector says, what may be behind it, and which recovery procedure that leads to.

use sim::time::Instant;

use crate::model_types::ModelTypes;

/// How much evidence one finding can carry.
const EVIDENCE: usize = 3;

/// What a detector says of what it has observed: a symptom, and what else it saw that speaks for one cause or another.
///
/// ```
/// # use faults::{Finding, ModelTypes};
/// fn finding<K: ModelTypes>(symptom: K::Symptom, more: K::Evidence) -> Finding<K> {
///     let finding = Finding::of(symptom).with(more);
///     assert_eq!(finding.evidence().collect::<Vec<_>>(), [more]);
///     finding
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(bound(
    serialize = "K::Symptom: serde::Serialize, K::Evidence: serde::Serialize, K::Part: serde::Serialize",
    deserialize = "K::Symptom: serde::de::DeserializeOwned, K::Evidence: serde::de::DeserializeOwned, K::Part: serde::de::DeserializeOwned"
))]
pub struct Finding<K: ModelTypes> {
    /// What is noticed.
    pub symptom: K::Symptom,
    evidence: [Option<K::Evidence>; EVIDENCE],
    /// Where it is, if the detector knows: only what breaks in this part is a candidate.
    pub within: Option<K::Part>,
    /// When the last of what it rests on was observed; `None` if that was at the moment at which it is said.
    pub observed: Option<Instant>,
}

impl<K: ModelTypes> Finding<K> {
    /// A symptom, without further evidence.
    pub const fn of(symptom: K::Symptom) -> Self {
        Self { symptom, evidence: [None; EVIDENCE], within: None, observed: None }
    }
    /// The same with one more thing that was seen.
    ///
    /// # Panics
    /// If it carries three already.
    #[must_use]
    pub fn with(mut self, evidence: K::Evidence) -> Self {
        let free = self.evidence.iter_mut().find(|it| it.is_none());
        *free.expect("a finding carries no more than three pieces of evidence") = Some(evidence);
        self
    }
    /// The same with one more thing, if that was seen.
    #[must_use]
    pub fn with_if(self, seen: bool, evidence: K::Evidence) -> Self {
        if seen { self.with(evidence) } else { self }
    }
    /// The same, known to be in this part.
    #[must_use]
    pub fn within(mut self, part: K::Part) -> Self {
        debug_assert!(self.within.is_none(), "it is in one part");
        self.within = Some(part);
        self
    }
    /// The same, observed at this moment, which is past.
    #[must_use]
    pub fn observed(mut self, at: Instant) -> Self {
        debug_assert!(self.observed.is_none(), "it was observed once");
        self.observed = Some(at);
        self
    }
    /// What else was seen.
    pub fn evidence(&self) -> impl Iterator<Item = K::Evidence> + use<K> {
        self.evidence.into_iter().flatten()
    }
}

/// One fault that may be behind a symptom, or none.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(bound(
    serialize = "K::Fault: serde::Serialize",
    deserialize = "K::Fault: serde::de::DeserializeOwned"
))]
pub struct Candidate<K: ModelTypes> {
    /// The fault; `None` stands for "nothing is broken".
    pub fault: Option<K::Fault>,
    /// How likely it is held to be, in parts per million. The candidates of a finding add up to a million.
    pub weight_ppm: u32,
}

/// Which recovery procedure an incident goes through.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(bound(
    serialize = "K::Symptom: serde::Serialize, K::Fault: serde::Serialize",
    deserialize = "K::Symptom: serde::de::DeserializeOwned, K::Fault: serde::de::DeserializeOwned"
))]
pub enum ProcedureKey<K: ModelTypes> {
    /// That of a symptom: nobody knows yet what is behind it.
    Symptom(K::Symptom),
    /// That of one fault mode, which is isolated.
    Mode(K::Fault),
    /// That of a cause that many actors have in common.
    Common(K::Fault),
}

/// How many of its candidates an incident goes on to name.
pub const LIKELIEST: usize = 3;

/// What is made of a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnosis<K: ModelTypes> {
    /// What may be behind it, the likeliest first.
    pub candidates: Vec<Candidate<K>>,
    /// The likeliest fault.
    pub suspect: K::Fault,
    /// What is to be done about it.
    pub procedure: ProcedureKey<K>,
}

impl<K: ModelTypes> Diagnosis<K> {
    /// The likeliest of its candidates.
    pub fn likeliest(&self) -> [Option<Candidate<K>>; LIKELIEST] {
        debug_assert!(self.candidates.is_sorted_by(|a, b| a.weight_ppm >= b.weight_ppm));
        std::array::from_fn(|at| self.candidates.get(at).copied())
    }
}

/// Whole parts per million that add up to a million, in proportion to these weights: what rounding leaves goes to those that
/// lost most by it, the first of equals.
///
/// # Panics
/// In a debug build, if a weight is negative or no number, or if all are zero.
pub fn in_ppm(weights: &[f64]) -> Vec<u32> {
    const WHOLE: u32 = 1_000_000;
    debug_assert!(weights.iter().all(|it| it.is_finite() && *it >= 0.0), "weights: {weights:?}");
    let sum: f64 = weights.iter().sum();
    debug_assert!(sum > 0.0, "something is likely");
    let exact: Vec<f64> = weights.iter().map(|it| it / sum * f64::from(WHOLE)).collect();
    let mut parts: Vec<u32> = exact.iter().map(|it| *it as u32).collect();
    let mut by_loss: Vec<usize> = (0..exact.len()).collect();
    let lost = |at: usize| exact[at] - f64::from(exact[at] as u32);
    by_loss.sort_by(|&one, &other| lost(other).total_cmp(&lost(one)));
    let left = WHOLE.saturating_sub(parts.iter().sum());
    for &at in by_loss.iter().cycle().take(left as usize) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::Toy;

    #[test]
    fn weights_add_up_to_a_million_whatever_rounding_does() {
        assert_eq!(in_ppm(&[1.0, 1.0, 1.0]), [333_334, 333_333, 333_333]);
        assert_eq!(in_ppm(&[0.0, 5.0]), [0, 1_000_000]);
        let many: Vec<f64> = (1..40).map(f64::from).collect();
        assert_eq!(in_ppm(&many).iter().sum::<u32>(), 1_000_000);
    }

    #[test]
    #[should_panic(expected = "no more than three pieces of evidence")]
    fn a_finding_carries_three_pieces_of_evidence() {
        let finding = Finding::<Toy>::of(());
        let _ = finding.with(()).with(()).with(()).with(());
    }
}
