//! What the words mean, in English and in Chinese: generated from the types, their docs and their catalogue entries.

mod entries;
mod words;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use entries::{fault_data, model_data};

/// The language of an explanation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
    /// One after the other.
    Both,
}

/// One explained term.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Its name in records and scenarios.
    pub term: String,
    /// Its name in Chinese.
    pub zh: String,
    /// What kind of thing it is: model, fault, indication, symptom, evidence, recovery action, detector, measure, family or word.
    pub kind: &'static str,
    /// What it is, in English, line by line.
    pub english: Vec<String>,
    /// The same in Chinese.
    pub chinese: Vec<String>,
    /// The same for programs.
    pub data: Value,
}

impl Explanation {
    /// As a person reads it.
    pub fn text(&self, lang: Lang) -> String {
        let head = format!("{} {}  ({})", self.term, self.zh, self.kind);
        let english = (lang != Lang::Zh).then_some(&self.english).into_iter().flatten();
        let chinese = (lang != Lang::En).then_some(&self.chinese).into_iter().flatten();
        let lines = english.chain(chinese).map(|line| format!("  {line}"));
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// For programs, in the languages that were asked for.
    pub fn json(&self, lang: Lang) -> Value {
        let mut data = self.data.clone();
        data["term"] = json!(self.term);
        data["kind"] = json!(self.kind);
        data["zh"] = json!(self.zh);
        if lang != Lang::Zh {
            data["english"] = json!(self.english);
        }
        if lang != Lang::En {
            data["chinese"] = json!(self.chinese);
        }
        data
    }
}

/// Everything that can be explained.
pub fn all() -> Vec<Explanation> {
    let mut all = entries::of_types();
    all.extend(words::all());
    all
}

/// All that a term can mean: a model may be a detector too.
///
/// # Errors
/// With the nearest known terms, best first, if it is not known.
pub fn explain(term: &str) -> Result<Vec<Explanation>, Vec<String>> {
    let wanted = plain(term);
    let all = all();
    let found: Vec<Explanation> = all
        .iter()
        .filter(|it| plain(&it.term) == wanted || it.zh == term.trim())
        .cloned()
        .collect();
    if found.is_empty() { Err(near(&wanted, &all)) } else { Ok(found) }
}

/// Names are compared without case and without what stands between their words.
fn plain(term: &str) -> String {
    let kept = term.trim().chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Below this likeness a known term is not worth proposing.
const ALIKE: f64 = 0.75;

fn near(wanted: &str, all: &[Explanation]) -> Vec<String> {
    let score = |entry: &Explanation| {
        let (term, zh) = (plain(&entry.term), &entry.zh);
        let holds = !wanted.is_empty() && (term.contains(wanted) || zh.contains(wanted));
        let alike = strsim::jaro_winkler(wanted, &term).max(strsim::jaro_winkler(wanted, zh));
        if holds { 1.0 } else { alike }
    };
    let mut scored: Vec<(f64, &str)> =
        all.iter().map(|it| (score(it), it.term.as_str())).filter(|it| it.0 > ALIKE).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(5).map(|(_, term)| term.to_owned()).collect()
}
