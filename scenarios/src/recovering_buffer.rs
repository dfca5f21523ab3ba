//! A copy of the text in which what is wrong is set aside, so that the rest can be read.
//!
//! Every byte keeps its place: a mistake found in the buffer is at the same place in the file.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::syntax_tree::{Bracket, SyntaxEntry, SyntaxTree};

/// The text with its mistakes set aside.
#[derive(Debug)]
pub(crate) struct RecoveringBuffer {
    text: String,
    blanks: Vec<Blank>,
    patches: Vec<Range<usize>>,
    lost: BTreeSet<String>,
    /// Where something was added, and how much.
    added: Option<(usize, usize)>,
}

/// An entry that was set aside.
#[derive(Debug)]
struct Blank {
    extent: Range<usize>,
    /// The field that it gave, or that it was probably meant to give.
    field: Option<String>,
}

impl RecoveringBuffer {
    /// A buffer of a text without mistakes so far.
    pub(crate) fn of(source: &str) -> Self {
        let mut buffer = Self {
            text: source.to_owned(),
            blanks: Vec::new(),
            patches: Vec::new(),
            lost: BTreeSet::new(),
            added: None,
        };
        if source.starts_with('\u{FEFF}') {
            // A byte order mark, as some editors write it: no part of the scenario.
            buffer.overwrite(0..3, "");
        }
        buffer
    }

    /// The text as it stands.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place of a line and a column, both from 1, the column in characters.
    pub(crate) fn place(&self, line: usize, column: usize) -> usize {
        let mut start = 0;
        for _ in 1..line {
            start = self.text[start..].find('\n').map_or(self.text.len(), |it| start + it + 1);
        }
        let before = column.saturating_sub(1);
        self.text[start..].char_indices().nth(before).map_or(self.text.len(), |(it, _)| start + it)
    }

    /// Texts and fields that were set aside: what refers to them is not wrong for that.
    pub(crate) fn lost(&self) -> &BTreeSet<String> {
        &self.lost
    }

    /// A field of this bracket was set aside.
    pub(crate) fn has_lost(&self, bracket: &Range<usize>, field: &str) -> bool {
        let within = |it: &&Blank| bracket.start <= it.extent.start && it.extent.end <= bracket.end;
        self.blanks.iter().filter(within).any(|it| it.field.as_deref() == Some(field))
    }

    /// Sets an entry aside; `meant` is the field that it was probably meant to give, if not the one of its key.
    pub(crate) fn blank(&mut self, entry: &SyntaxEntry, tree: &SyntaxTree, meant: Option<&str>) {
        let key = entry.key.clone().map(|key| self.text[key].trim_matches('"').to_owned());
        let texts = tree.texts().iter().filter(|it| entry.extent.contains(&it.start));
        let texts: Vec<String> = texts.map(|it| self.text[it.clone()].to_owned()).collect();
        self.lost.extend(texts);
        self.lost.extend(key.clone());
        let field = meant.map(str::to_owned).or(key);
        self.blanks.push(Blank { extent: entry.extent.clone(), field });
        self.overwrite(entry.extent.clone(), "");
    }

    /// Writes something over a part of the text. False if it has been tried here before, or is too long.
    pub(crate) fn patch(&mut self, range: Range<usize>, by: &str) -> bool {
        if by.len() > range.len()
            || self.patches.iter().any(|it| it.start < range.end && range.start < it.end)
        {
            return false;
        }
        self.patches.push(range.clone());
        self.overwrite(range, by);
        true
    }

    /// The byte at this place was guessed: it stands for a word that could not be understood.
    pub(crate) fn is_guess(&self, place: usize) -> bool {
        self.patches.iter().any(|it| it.contains(&place))
    }

    /// Gives a bracket a field that it lacks, by adding it at its end: all places before stay the same.
    pub(crate) fn supply(&mut self, bracket: &Bracket, field: &str, value: &str) {
        let ends_in_comma = |it: &SyntaxEntry| self.text[it.extent.clone()].ends_with(',');
        let comma = if bracket.entries.last().is_none_or(ends_in_comma) { "" } else { "," };
        // A line break, so that a comment before the bracket does not swallow it.
        let addition = format!("\n{comma}{field}:{value},");
        self.text.insert_str(bracket.close, &addition);
        let (place, before) = self.added.unwrap_or((bracket.close, 0));
        self.added = Some((place, before + addition.len()));
        self.lost.insert(field.to_owned());
    }

    /// The place in the original of a place in the buffer.
    pub(crate) fn original(&self, place: usize) -> usize {
        match self.added {
            Some((start, length)) if place >= start => start.max(place.saturating_sub(length)),
            _ => place,
        }
    }

    /// Overwrites a part of the text; what is left of it becomes blanks, its line breaks stay.
    fn overwrite(&mut self, range: Range<usize>, by: &str) {
        // By bytes: what is written over a character may end in the middle of it.
        let rest = self.text.as_bytes()[range.start + by.len()..range.end].iter();
        let blanks: String = rest.map(|it| if *it == b'\n' { '\n' } else { ' ' }).collect();
        self.text.replace_range(range, &(by.to_owned() + &blanks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_leaves_every_other_byte_where_it_was() {
        let source = "(a: \"终\n端\", b: 2)";
        let tree = SyntaxTree::of(source).expect("balanced");
        let mut buffer = RecoveringBuffer::of(source);
        let place = source.find('a').expect("it is there");
        let (path, _) = tree.path_to(place);
        let entry = tree.entry(*path.last().expect("an entry"));
        buffer.blank(entry, &tree, None);
        assert_eq!(buffer.text().len(), source.len());
        assert_eq!(buffer.text().find("b: 2"), source.find("b: 2"));
        assert_eq!(buffer.text().trim_matches(['(', ' ', '\n']), "b: 2)");
        assert!(buffer.has_lost(&(0..source.len()), "a"));
        assert!(buffer.lost().contains("终\n端"));
    }

    #[test]
    fn a_place_is_found_by_line_and_character() {
        let buffer = RecoveringBuffer::of("一\n二三");
        assert_eq!(buffer.place(2, 2), "一\n二".len());
        assert_eq!(buffer.place(9, 9), "一\n二三".len());
    }
}
