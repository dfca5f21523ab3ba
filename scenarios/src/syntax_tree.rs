//! The brackets and entries of a scenario file, with their places, without any idea of what they mean.
//!
//! It is made before the text is parsed: it refuses what is nested too deeply or not closed, and it tells which entry a
//! mistake is in, so that the entry can be set aside and the rest be read.

use std::collections::BTreeMap;
use std::ops::Range;

/// The deepest nesting of brackets: no scenario needs a quarter of it, and a parser's stack bears much more.
pub(crate) const DEEPEST: usize = 128;

/// A pair of brackets. The first of a syntax tree is the whole text.
#[derive(Debug)]
pub(crate) struct Bracket {
    /// The opening character; `\0` for the whole text.
    pub(crate) kind: u8,
    /// Where it opens.
    pub(crate) open: usize,
    /// Where its closing character is.
    pub(crate) close: usize,
    /// What is between commas.
    pub(crate) entries: Vec<SyntaxEntry>,
    /// Of a map: the number of the first entry of each key. Structs are short, maps need not be.
    keys: BTreeMap<String, usize>,
}

/// What is between two commas: a field, an element, an argument.
#[derive(Debug)]
pub(crate) struct SyntaxEntry {
    /// From its first byte to behind its comma.
    pub(crate) extent: Range<usize>,
    /// Before its colon, if it has one.
    pub(crate) key: Option<Range<usize>>,
    /// Behind its colon, or all of it; without the comma.
    pub(crate) value: Range<usize>,
    /// The brackets directly in it.
    pub(crate) inside: Vec<usize>,
}

/// Why a text has no syntax tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SyntaxError {
    /// A bracket is never closed.
    Unclosed(usize),
    /// A closing bracket closes nothing.
    Unopened(usize),
    /// A bracket is closed by one of another kind.
    Mismatched { open: usize, close: usize },
    /// A text in quotes never ends.
    EndlessText(usize),
    /// A block comment never ends.
    EndlessComment(usize),
    /// Brackets are nested more than [`DEEPEST`] deep.
    TooDeep(usize),
}

/// The brackets and entries of a text.
#[derive(Debug)]
pub(crate) struct SyntaxTree {
    brackets: Vec<Bracket>,
    texts: Vec<Range<usize>>,
}

/// A way from the whole text down to a place: each step is a bracket and the number of an entry in it.
pub(crate) type Path = Vec<(usize, usize)>;

impl SyntaxTree {
    /// The syntax tree of a text.
    pub(crate) fn of(source: &str) -> Result<Self, SyntaxError> {
        let mut scan = Scan::new(source);
        while scan.at < source.len() {
            scan.step()?;
        }
        scan.finish()
    }

    /// The bracket of a number.
    pub(crate) fn bracket(&self, number: usize) -> &Bracket {
        &self.brackets[number]
    }

    /// The entry at a step of a path.
    pub(crate) fn entry(&self, (bracket, entry): (usize, usize)) -> &SyntaxEntry {
        &self.brackets[bracket].entries[entry]
    }

    /// The texts in quotes, without their quotes.
    pub(crate) fn texts(&self) -> &[Range<usize>] {
        &self.texts
    }

    /// The way down to a place, and the innermost bracket that holds it.
    pub(crate) fn path_to(&self, place: usize) -> (Path, usize) {
        let mut path = Path::new();
        let mut bracket = 0;
        loop {
            let entries = &self.brackets[bracket].entries;
            let Some(number) = entries.iter().position(|it| it.extent.contains(&place)) else {
                return (path, bracket);
            };
            path.push((bracket, number));
            let holds = |it: &&usize| {
                let Bracket { open, close, .. } = self.brackets[**it];
                open < place && place <= close
            };
            match entries[number].inside.iter().find(holds) {
                Some(&inner) => bracket = inner,
                None => return (path, bracket),
            }
        }
    }

    /// The entry of a bracket with this key, which may be in quotes.
    pub(crate) fn find<'o>(
        &'o self,
        source: &str,
        bracket: usize,
        key: &str,
    ) -> Option<&'o SyntaxEntry> {
        let Bracket { kind, entries, keys, .. } = &self.brackets[bracket];
        if *kind == b'{' {
            return keys.get(key).map(|number| &entries[*number]);
        }
        let is_it = |range: Range<usize>| source[range].trim_matches('"') == key;
        entries.iter().find(|it| it.key.clone().is_some_and(is_it))
    }

    /// The bracket that holds the fields of the scenario: the last one of the whole text's only entry.
    pub(crate) fn scenario(&self) -> Option<usize> {
        self.brackets[0].entries.first()?.inside.last().copied()
    }

    /// The only bracket of an entry, as of a field that holds a struct or a list.
    pub(crate) fn only_bracket(&self, entry: &SyntaxEntry) -> Option<usize> {
        match entry.inside[..] {
            [bracket] => Some(bracket),
            _ => None,
        }
    }
}

/// An entry that is being read.
#[derive(Default)]
struct Growing {
    start: Option<usize>,
    key: Option<Range<usize>>,
    value_start: Option<usize>,
    end: usize,
    inside: Vec<usize>,
}

struct Scan<'s> {
    source: &'s str,
    at: usize,
    brackets: Vec<Bracket>,
    open: Vec<(usize, Growing)>,
    texts: Vec<Range<usize>>,
}

impl<'s> Scan<'s> {
    fn new(source: &'s str) -> Self {
        let whole = Bracket {
            kind: 0,
            open: 0,
            close: source.len(),
            entries: Vec::new(),
            keys: BTreeMap::new(),
        };
        let (brackets, open) = (vec![whole], vec![(0, Growing::default())]);
        Self { source, at: 0, brackets, open, texts: Vec::new() }
    }

    fn byte(&self, place: usize) -> u8 {
        self.source.as_bytes().get(place).copied().unwrap_or(0)
    }

    /// Reads one token, comment or run of blanks.
    fn step(&mut self) -> Result<(), SyntaxError> {
        let at = self.at;
        match self.byte(at) {
            b'(' | b'[' | b'{' => self.opens(),
            b')' | b']' | b'}' => self.closes(),
            b',' => {
                self.ends_entry(at + 1);
                self.at += 1;
                Ok(())
            }
            b':' => {
                self.ends_key();
                self.at += 1;
                Ok(())
            }
            b'"' => self.text(at + 1, 0, true),
            b'/' if self.byte(at + 1) == b'/' => {
                self.at = self.source[at..].find('\n').map_or(self.source.len(), |it| at + it);
                Ok(())
            }
            b'/' if self.byte(at + 1) == b'*' => self.block_comment(),
            b'r' => match self.raw_text_hashes() {
                Some(hashes) => self.text(at + 2 + hashes, hashes, false),
                None => self.word(),
            },
            b'\'' => self.character(),
            _ => self.word(),
        }
    }

    /// The entry under way grows by a token.
    fn token(&mut self, range: Range<usize>) {
        if let Some((_, growing)) = self.open.last_mut() {
            growing.start.get_or_insert(range.start);
            growing.value_start.get_or_insert(range.start);
            growing.end = range.end;
        }
        self.at = range.end;
    }

    fn opens(&mut self) -> Result<(), SyntaxError> {
        let at = self.at;
        if self.open.len() > DEEPEST {
            return Err(SyntaxError::TooDeep(at));
        }
        let number = self.brackets.len();
        self.token(at..at + 1);
        if let Some((_, growing)) = self.open.last_mut() {
            growing.inside.push(number);
        }
        self.brackets.push(Bracket {
            kind: self.byte(at),
            open: at,
            close: at,
            entries: Vec::new(),
            keys: BTreeMap::new(),
        });
        self.open.push((number, Growing::default()));
        Ok(())
    }

    fn closes(&mut self) -> Result<(), SyntaxError> {
        let at = self.at;
        self.ends_entry(at);
        // The whole text stays open until the end: only brackets are closed.
        let Some((number, _)) = self.open.pop().filter(|(number, _)| *number > 0) else {
            return Err(SyntaxError::Unopened(at));
        };
        let bracket = &mut self.brackets[number];
        let expected = match bracket.kind {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        if self.source.as_bytes()[at] != expected {
            return Err(SyntaxError::Mismatched { open: bracket.open, close: at });
        }
        bracket.close = at;
        if bracket.kind == b'{' {
            for (number, entry) in bracket.entries.iter().enumerate() {
                let key =
                    entry.key.clone().map(|key| self.source[key].trim_matches('"').to_owned());
                key.map(|key| bracket.keys.entry(key).or_insert(number));
            }
        }
        self.token(at..at + 1);
        Ok(())
    }

    fn ends_key(&mut self) {
        let Some((number, growing)) = self.open.last_mut() else { return };
        if growing.key.is_none() && self.brackets[*number].kind != b'[' {
            growing.key = growing.start.map(|start| start..growing.end);
            growing.value_start = None;
        }
        growing.end = self.at + 1;
    }

    fn ends_entry(&mut self, end: usize) {
        let Some((number, growing)) = self.open.last_mut() else { return };
        let Growing { start: Some(start), key, value_start, end: value_end, inside } =
            std::mem::take(growing)
        else {
            return;
        };
        let value = value_start.unwrap_or(value_end)..value_end;
        self.brackets[*number].entries.push(SyntaxEntry { extent: start..end, key, value, inside });
    }

    /// A text in quotes whose first byte is at `start`.
    fn text(&mut self, start: usize, hashes: usize, escapes: bool) -> Result<(), SyntaxError> {
        let mut end = start;
        loop {
            match self.byte(end) {
                _ if end >= self.source.len() => return Err(SyntaxError::EndlessText(self.at)),
                b'\\' if escapes => end += 2,
                b'"' if self.source[end + 1..].bytes().take_while(|it| *it == b'#').count()
                    >= hashes =>
                {
                    break;
                }
                _ => end += 1,
            }
        }
        self.texts.push(start..end);
        self.token(self.at..end + 1 + hashes);
        Ok(())
    }

    /// The number of `#` of a raw text that begins here.
    fn raw_text_hashes(&self) -> Option<usize> {
        let hashes = self.source[self.at + 1..].bytes().take_while(|it| *it == b'#').count();
        (self.byte(self.at + 1 + hashes) == b'"').then_some(hashes)
    }

    fn block_comment(&mut self) -> Result<(), SyntaxError> {
        let (start, mut depth, mut at) = (self.at, 1, self.at + 2);
        while depth > 0 {
            match (self.byte(at), self.byte(at + 1)) {
                _ if at >= self.source.len() => return Err(SyntaxError::EndlessComment(start)),
                (b'/', b'*') => (depth, at) = (depth + 1, at + 2),
                (b'*', b'/') => (depth, at) = (depth - 1, at + 2),
                _ => at += 1,
            }
        }
        self.at = at;
        Ok(())
    }

    /// A character in single quotes, or a single quote astray.
    fn character(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.source[self.at + 1..];
        let escaped = rest.starts_with('\\');
        let quote = rest.char_indices().skip(1 + usize::from(escaped)).find(|(_, it)| *it == '\'');
        let length = quote.map_or(0, |(place, _)| place + 1);
        self.token(self.at..self.at + 1 + if length <= 12 { length } else { 0 });
        Ok(())
    }

    /// A run of anything else: a word, a number, blanks.
    fn word(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.source[self.at..];
        let is_blank = |it: char| it.is_whitespace() || it == '\u{200E}' || it == '\u{200F}';
        let blanks = rest.find(|it| !is_blank(it)).unwrap_or(rest.len());
        if blanks > 0 {
            self.at += blanks;
            return Ok(());
        }
        let ends = |it: char| is_blank(it) || "()[]{},:\"/'".contains(it);
        // At least one character, so that a lone `/` does not stop the scan.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length = rest[first..].find(ends).map_or(rest.len(), |it| first + it);
        self.token(self.at..self.at + length);
        Ok(())
    }

    fn finish(mut self) -> Result<SyntaxTree, SyntaxError> {
        self.ends_entry_at_the_end();
        if let Some((number, _)) = self.open.pop().filter(|(number, _)| *number > 0) {
            return Err(SyntaxError::Unclosed(self.brackets[number].open));
        }
        Ok(SyntaxTree { brackets: self.brackets, texts: self.texts })
    }

    fn ends_entry_at_the_end(&mut self) {
        if self.open.len() == 1 {
            self.ends_entry(self.source.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<'s>(source: &'s str, tree: &SyntaxTree, place: usize) -> Vec<&'s str> {
        let (path, _) = tree.path_to(place);
        path.iter().map(|step| source[tree.entry(*step).extent.clone()].trim()).collect()
    }

    #[test]
    fn a_place_is_found_in_the_entries_that_hold_it() {
        let source = "S(a: 1, /* ( */ b: [X(c: \"),\"), Y], // )\n d: {\"k\": 2})";
        let tree = SyntaxTree::of(source).expect("balanced");
        let place = source.find("),\"").expect("it is there");
        assert_eq!(
            words(source, &tree, place)[1..],
            ["b: [X(c: \"),\"), Y],", "X(c: \"),\"),", "c: \"),\""]
        );
        let place = source.find('2').expect("it is there");
        assert_eq!(words(source, &tree, place).last(), Some(&"\"k\": 2"));
        assert_eq!(tree.texts().len(), 2);
    }

    #[test]
    fn what_is_not_closed_is_named_by_where_it_opens() {
        let error = |source: &str| SyntaxTree::of(source).expect_err(source);
        assert_eq!(error("(a: [1, 2)"), SyntaxError::Mismatched { open: 4, close: 9 });
        assert_eq!(error("(a: (1)"), SyntaxError::Unclosed(0));
        assert_eq!(error("(a: 1))"), SyntaxError::Unopened(6));
        assert_eq!(error("(a: \"1)"), SyntaxError::EndlessText(4));
        assert_eq!(error("(a: /* 1)"), SyntaxError::EndlessComment(4));
        assert_eq!(error(&"(".repeat(10_000)), SyntaxError::TooDeep(DEEPEST));
        assert_eq!(error("r#\"never ends\""), SyntaxError::EndlessText(0));
    }

    #[test]
    fn brackets_in_texts_and_comments_are_no_brackets() {
        for source in
            ["r#\"((\"#", "\"\\\"(\"", "// (((", "/* /* ( */ ( */ ()", "'('", "'\\''", "a/b"]
        {
            assert!(SyntaxTree::of(source).is_ok(), "{source}");
        }
    }
}
