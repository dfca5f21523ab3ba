//! Words of the field that no type names: the glossary.

use serde_json::json;

use super::Explanation;
use crate::glossary;

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Explanation> {
    glossary::terms().map(|it| Explanation {
        term: it.term.to_owned(),
        zh: it.zh.to_owned(),
        kind: "word",
        english: vec![it.english.to_owned(), format!("source     {}", it.source)],
        chinese: vec![it.chinese.to_owned()],
        data: json!({ "meaning": it.english, "source": it.source }),
    })
}
