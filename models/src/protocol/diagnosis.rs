//! What may be behind a symptom: the table of candidates, and how evidence shifts their weights.
//!
//! The weight of a candidate is prior times likelihood, as in the diagnosis of diseases from symptoms that are independent given the
//! disease (H. R. Warner et al., "A mathematical approach to medical diagnosis", JAMA 177, 1961): what its occurrence rating says of
//! how common it is (one rating more is twice as common), times the probability that it shows the symptom, times the factors of the
//! evidence, times what other symptoms say that stand at the same terminal. All of it is the catalogue's and the policy's; nothing of
//! it is read from a scenario's faults.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use faults::{Candidate, Diagnosis, Finding, ProcedureKey, in_ppm};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};

use crate::availability::in_use;
use crate::evidence::Evidence;
use crate::symptom::Symptom;
use crate::{AnyFault, AnyProfile, Models};

/// How causes are inferred from what is noticed: the same for every scenario that does not override it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiagnosisSettings {
    /// A candidate that is at least so likely is isolated: its own recovery procedure is followed, and not that of the symptom.
    pub isolated_from: Probability,
    /// Probability that a fault mode is accompanied by a symptom that it does not show. It bounds what other symptoms at the same terminal
    /// can say.
    pub unrelated: Probability,
    /// Symptoms whose candidates are not those of the catalogue.
    pub symptoms: Vec<SymptomCandidates>,
    /// Evidence that speaks for other causes than the catalogue says.
    pub evidence: Vec<EvidenceFactors>,
}

impl Default for DiagnosisSettings {
    fn default() -> Self {
        Self {
            isolated_from: Probability(0.5),
            unrelated: Probability(0.05),
            symptoms: Vec::new(),
            evidence: Vec::new(),
        }
    }
}

/// What may be behind a symptom, before any evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SymptomCandidates {
    /// The symptom.
    pub symptom: Symptom,
    /// Share of its alarms behind which nothing is broken, below 1.
    pub none: Probability,
    /// Fault modes and how likely they are in proportion to each other; above 0.
    pub candidates: Vec<(AnyFault, Factor)>,
}

/// What evidence says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFactors {
    /// The evidence.
    pub evidence: Evidence,
    /// How many times likelier these fault modes are once it has been seen.
    pub factors: Vec<(AnyFault, Factor)>,
    /// The same for "nothing is broken".
    #[serde(default = "one")]
    pub none: Factor,
}

fn one() -> Factor {
    Factor(1.0)
}

/// The catalogue's candidates of each symptom, in proportion to each other, in the order of the catalogue.
fn shipped() -> &'static BTreeMap<Symptom, Vec<(AnyFault, f64)>> {
    static ALL: LazyLock<BTreeMap<Symptom, Vec<(AnyFault, f64)>>> = LazyLock::new(|| {
        let mut all: BTreeMap<Symptom, Vec<(AnyFault, f64)>> = BTreeMap::new();
        for fault in AnyFault::all() {
            let mode = fault.mode();
            let common = f64::from(1_u32 << mode.ratings.occurrence.min(10));
            for &(symptom, likelihood) in mode.shows {
                debug_assert!(likelihood > 0.0 && likelihood <= 1.0, "{fault} shows it or not");
                all.entry(symptom).or_default().push((fault, common * likelihood));
            }
        }
        all
    });
    &ALL
}

impl DiagnosisSettings {
    /// The candidates of a symptom in proportion to each other, and the share of "nothing is broken".
    pub fn candidates(&self, symptom: Symptom) -> (Vec<(AnyFault, f64)>, f64) {
        match self.symptoms.iter().find(|it| it.symptom == symptom) {
            Some(own) => (
                own.candidates.iter().map(|(fault, weight)| (*fault, weight.0)).collect(),
                own.none.0,
            ),
            None => {
                (shipped().get(&symptom).cloned().unwrap_or_default(), symptom.definition().none)
            }
        }
    }

    /// How many times likelier a fault is, or that nothing is broken, once this has been seen.
    pub fn factor(&self, evidence: Evidence, fault: Option<AnyFault>) -> f64 {
        if let Some(own) = self.evidence.iter().find(|it| it.evidence == evidence) {
            return match fault {
                Some(fault) => own.factors.iter().find(|it| it.0 == fault).map_or(1.0, |it| it.1.0),
                None => own.none.0,
            };
        }
        let definition = evidence.definition();
        match fault {
            Some(fault) => {
                let is = |it: &&(faults::FaultName, f64)| it.0.fault::<Models>() == fault;
                definition.factors.iter().find(is).map_or(1.0, |it| it.1)
            }
            None => definition.none,
        }
    }

    /// How likely each candidate of a finding is, as shares that add up to one: of a terminal of this profile, at which these other
    /// symptoms stand.
    pub fn weigh(
        &self,
        profile: &AnyProfile,
        finding: &Finding<Models>,
        beside: &[Symptom],
    ) -> Vec<(Option<AnyFault>, f64)> {
        let (all, none) = self.candidates(finding.symptom);
        // By the inventory: what is not there, or not used, cannot be why. Where nothing fits, the table knows better than the
        // inventory.
        let there = |it: &&(AnyFault, f64)| {
            let part = it.0.part();
            in_use(profile, part) && finding.within.is_none_or(|within| part == within)
        };
        let mut fitting: Vec<(AnyFault, f64)> = all.iter().filter(there).copied().collect();
        if fitting.is_empty() {
            fitting = all;
        }
        let sum: f64 = fitting.iter().map(|it| it.1).sum();
        debug_assert!(sum > 0.0, "{:?} has a candidate", finding.symptom);
        let mut weights: Vec<(Option<AnyFault>, f64)> = fitting
            .into_iter()
            .map(|(fault, weight)| (Some(fault), weight / sum * (1.0 - none)))
            .collect();
        weights.push((None, none));
        for (fault, weight) in &mut weights {
            for evidence in finding.evidence() {
                *weight *= self.factor(evidence, *fault);
            }
            if let Some(fault) = fault {
                for other in beside {
                    *weight *= fault.mode().shows(*other).max(self.unrelated.0) / self.unrelated.0;
                }
            }
        }
        let sum: f64 = weights.iter().map(|it| it.1).sum();
        debug_assert!(sum > 0.0, "evidence rules everything out: {finding:?}");
        weights.iter_mut().for_each(|it| it.1 /= sum);
        weights
    }

    /// What is made of a finding.
    pub fn diagnose(
        &self,
        profile: &AnyProfile,
        finding: &Finding<Models>,
        beside: &[Symptom],
    ) -> Diagnosis<Models> {
        let weights = self.weigh(profile, finding, beside);
        let shares: Vec<f64> = weights.iter().map(|it| it.1).collect();
        let named = weights.iter().zip(in_ppm(&shares));
        let mut candidates: Vec<Candidate<Models>> =
            named.map(|((fault, _), weight_ppm)| Candidate { fault: *fault, weight_ppm }).collect();
        // Of equals, the order of the catalogue decides.
        candidates.sort_by_key(|it| std::cmp::Reverse(it.weight_ppm));
        let likeliest =
            candidates.iter().find_map(|it| it.fault.map(|fault| (fault, it.weight_ppm)));
        let (suspect, weight) = likeliest.expect("every symptom has a candidate: a test holds it");
        let isolated = f64::from(weight) >= self.isolated_from.0 * 1e6;
        let procedure = if isolated {
            ProcedureKey::Mode(suspect)
        } else {
            ProcedureKey::Symptom(finding.symptom)
        };
        candidates.retain(|it| it.weight_ppm > 0);
        Diagnosis { candidates, suspect, procedure }
    }
}

/// The likeliest fault behind the last of what a detector finds, at a terminal that has every part.
#[cfg(test)]
pub(crate) fn suspect_of_last(findings: &[Finding<Models>]) -> Option<AnyFault> {
    let settings = DiagnosisSettings::default();
    findings.last().map(|it| settings.diagnose(&AnyProfile::default(), it, &[]).suspect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faults::FaultName;

    fn named(name: &'static str) -> AnyFault {
        FaultName::of(name).fault::<Models>()
    }

    fn weight(of: &Diagnosis<Models>, fault: Option<AnyFault>) -> u32 {
        of.candidates.iter().find(|it| it.fault == fault).map_or(0, |it| it.weight_ppm)
    }

    #[test]
    fn every_symptom_has_candidates_and_every_factor_a_fault_that_exists() {
        for symptom in Symptom::all() {
            let (candidates, none) = DiagnosisSettings::default().candidates(symptom);
            assert!(!candidates.is_empty(), "{symptom:?} has a candidate");
            assert!((0.0..1.0).contains(&none), "{symptom:?}");
            assert!(!symptom.definition().procedure.is_empty(), "{symptom:?} has a procedure");
        }
        for evidence in Evidence::all() {
            let definition = evidence.definition();
            assert!(definition.none > 0.0, "{evidence:?}");
            for (fault, factor) in definition.factors {
                assert!(*factor > 0.0, "{evidence:?} rules out {}", fault.fault::<Models>());
            }
        }
    }

    #[test]
    fn weights_are_prior_times_likelihood_times_evidence() {
        let settings = DiagnosisSettings::default();
        let profile = AnyProfile::default();
        let plain = settings.diagnose(&profile, &Finding::of(Symptom::PrinterStopped), &[]);
        let (paper, jam) = (named("printer.paper-out"), named("printer.jam"));
        // One occurrence rating more is twice as common: paper runs out eight times as often as it jams.
        let ratio = f64::from(weight(&plain, Some(paper))) / f64::from(weight(&plain, Some(jam)));
        assert!((ratio - 8.0).abs() < 0.001, "{ratio}");
        assert_eq!(weight(&plain, None), 20_000, "nothing is broken");
        assert_eq!(plain.procedure, ProcedureKey::Mode(paper), "more likely than not");
        let own = DiagnosisSettings { isolated_from: Probability(0.9), ..settings.clone() };
        let unsure = own.diagnose(&profile, &Finding::of(Symptom::PrinterStopped), &[]);
        assert_eq!(unsure.procedure, ProcedureKey::Symptom(Symptom::PrinterStopped));
        let finding = Finding::of(Symptom::PrinterStopped).with(Evidence::FeedError);
        let seen = settings.diagnose(&profile, &finding, &[]);
        assert_eq!(seen.suspect, jam);
    }

    #[test]
    fn another_symptom_speaks_for_what_shows_both() {
        let settings = DiagnosisSettings::default();
        let profile = AnyProfile::default();
        let finding = Finding::of(Symptom::PrintsFaint);
        let sag = Some(named("power.voltage-sag"));
        let alone = settings.diagnose(&profile, &finding, &[]);
        let both = settings.diagnose(&profile, &finding, &[Symptom::SupplyBad]);
        assert!(weight(&both, sag) > 2 * weight(&alone, sag));
    }

    #[test]
    fn a_policy_overrides_candidates_and_factors() {
        let (worn, sag) = (named("printer.head-worn"), named("power.voltage-sag"));
        let settings = DiagnosisSettings {
            symptoms: vec![SymptomCandidates {
                symptom: Symptom::PrintsFaint,
                none: Probability(0.0),
                candidates: vec![(worn, Factor(1.0)), (sag, Factor(3.0))],
            }],
            evidence: vec![EvidenceFactors {
                evidence: Evidence::HeadPastLife,
                factors: vec![(worn, Factor(9.0))],
                none: Factor(1.0),
            }],
            ..DiagnosisSettings::default()
        };
        let profile = AnyProfile::default();
        let plain = settings.diagnose(&profile, &Finding::of(Symptom::PrintsFaint), &[]);
        assert_eq!(weight(&plain, Some(sag)), 750_000);
        let finding = Finding::of(Symptom::PrintsFaint).with(Evidence::HeadPastLife);
        assert_eq!(weight(&settings.diagnose(&profile, &finding, &[]), Some(worn)), 750_000);
    }
}
