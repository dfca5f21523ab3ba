//! How causes are inferred: tables that rule everything out, or say the same twice.

use std::collections::BTreeSet;

use models::diagnosis::{DiagnosisSettings, EvidenceFactors, SymptomCandidates};

use super::Checker;
use super::node_ref::NodeRef;
use crate::diagnostic::Code;

impl Checker<'_> {
    pub(super) fn diagnosis(&mut self, diagnosis: &DiagnosisSettings, node: &NodeRef<'_>) {
        if diagnosis.unrelated.0 <= 0.0 {
            let message = "a symptom that a fault never shows would rule that fault out";
            let hint = "set `unrelated` above 0, usually about 0.05";
            self.error(Code::OutOfRange, node.field("unrelated").range(), message, hint);
        }
        let mut seen = BTreeSet::new();
        for (number, own) in diagnosis.symptoms.iter().enumerate() {
            let at = node.field("symptoms").item(number);
            if !seen.insert(own.symptom) {
                let message = format!("the candidates of {} are given twice", own.symptom.name());
                let hint = "make one list of them";
                self.error(Code::DuplicateName, at.field("symptom").range(), message, hint);
            }
            self.symptom_candidates(own, &at);
        }
        let mut seen = BTreeSet::new();
        for (number, own) in diagnosis.evidence.iter().enumerate() {
            let at = node.field("evidence").item(number);
            if !seen.insert(own.evidence) {
                let message = format!("the factors of {} are given twice", own.evidence.name());
                let hint = "make one list of them";
                self.error(Code::DuplicateName, at.field("evidence").range(), message, hint);
            }
            self.evidence_factors(own, &at);
        }
    }

    fn symptom_candidates(&mut self, own: &SymptomCandidates, at: &NodeRef<'_>) {
        if own.candidates.is_empty() {
            let message = format!("nothing would be behind {}", own.symptom.name());
            let hint = "give it one candidate or more, or leave it out";
            self.error(Code::EmptySelection, at.field("candidates").range(), message, hint);
        }
        if own.none.0 >= 1.0 {
            let message = format!("behind {} there would never be a fault", own.symptom.name());
            let hint = "set `none` below 1";
            self.error(Code::OutOfRange, at.field("none").range(), message, hint);
        }
        for (place, (fault, weight)) in own.candidates.iter().enumerate() {
            if weight.0 <= 0.0 {
                let message = format!("{fault} has no weight, so that it is no candidate");
                let hint = "give it a weight above 0, or leave it out";
                self.error(
                    Code::OutOfRange,
                    at.field("candidates").item(place).range(),
                    message,
                    hint,
                );
            }
        }
    }

    fn evidence_factors(&mut self, own: &EvidenceFactors, at: &NodeRef<'_>) {
        for (place, (fault, factor)) in own.factors.iter().enumerate() {
            if factor.0 <= 0.0 {
                let message = format!("{} would rule {fault} out for good", own.evidence.name());
                let hint = "give it a factor above 0, such as 0.01";
                self.error(
                    Code::OutOfRange,
                    at.field("factors").item(place).range(),
                    message,
                    hint,
                );
            }
        }
        if own.none.0 <= 0.0 {
            let message = format!("{} would rule out that nothing is broken", own.evidence.name());
            let hint = "give `none` a factor above 0, such as 0.01";
            self.error(Code::OutOfRange, at.field("none").range(), message, hint);
        }
    }
}
