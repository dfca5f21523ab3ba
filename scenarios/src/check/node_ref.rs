//! Places of fields in a scenario's text.

use std::ops::Range;

use crate::syntax_tree::SyntaxTree;

/// A field, an element, or, where that is not written, the nearest thing around it that is.
#[derive(Clone, Debug)]
pub(super) struct NodeRef<'a> {
    tree: &'a SyntaxTree,
    text: &'a str,
    range: Range<usize>,
    bracket: Option<usize>,
    missing: Option<String>,
}

impl<'a> NodeRef<'a> {
    /// The scenario.
    pub(super) fn root(tree: &'a SyntaxTree, text: &'a str) -> Self {
        let bracket = tree.scenario();
        let range = bracket.map_or(0..0, |it| tree.bracket(it).open..tree.bracket(it).close);
        Self { tree, text, range, bracket, missing: None }
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Self {
        if let Some(bracket) = self.bracket {
            if let Some(entry) = self.tree.find(self.text, bracket, name) {
                let bracket = self.tree.only_bracket(entry);
                return Self { range: entry.value.clone(), bracket, missing: None, ..self.clone() };
            }
            // `Random(Weibull(...))`: the fields are a bracket deeper.
            if let [entry] = &self.tree.bracket(bracket).entries[..]
                && entry.key.is_none()
                && let Some(inner) = self.tree.only_bracket(entry)
            {
                return Self { bracket: Some(inner), ..self.clone() }.field(name);
            }
            if name != "id" && self.tree.find(self.text, bracket, "id").is_some() {
                return Self { bracket: None, missing: Some(name.to_owned()), ..self.field("id") };
            }
        }
        Self { bracket: None, missing: Some(name.to_owned()), ..self.clone() }
    }

    /// An element of it, by number.
    pub(super) fn item(&self, number: usize) -> Self {
        let entry = self.bracket.and_then(|it| self.tree.bracket(it).entries.get(number));
        match entry {
            Some(entry) => {
                let bracket = self.tree.only_bracket(entry);
                Self { range: entry.value.clone(), bracket, missing: None, ..self.clone() }
            }
            None => Self { bracket: None, ..self.clone() },
        }
    }

    /// The keys of a map, as they are written, with their places.
    pub(super) fn keys(&self) -> Vec<(&'a str, Range<usize>)> {
        let entries = self.bracket.map_or(&[][..], |it| &self.tree.bracket(it).entries);
        let keys = entries.iter().filter_map(|it| it.key.clone());
        keys.map(|key| (self.text[key.clone()].trim_matches('"'), key)).collect()
    }

    /// It is not written: the node is something around it.
    pub(super) fn is_missing(&self) -> bool {
        self.missing.is_some()
    }

    /// The name of what is not written.
    pub(super) fn name(&self) -> &str {
        self.missing.as_deref().unwrap_or("")
    }

    /// All of it.
    pub(super) fn whole(&self) -> Range<usize> {
        if self.is_missing() { 0..0 } else { self.range.clone() }
    }

    /// What to underline: all of it if it is short, else its beginning.
    pub(super) fn range(&self) -> Range<usize> {
        let text = &self.text[self.range.clone()];
        let end = match text.find(['(', '[', '{', '\n']) {
            Some(place) if text[place..].starts_with('\n') => place,
            Some(place) if text.contains('\n') || text.len() > 60 => place + 1,
            _ => text.len(),
        };
        self.range.start..self.range.start + end.max(1)
    }
}
