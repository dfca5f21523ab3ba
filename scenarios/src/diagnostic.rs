//! What is wrong with a scenario, where, and what would be right: in the user's words.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// It can be run, and probably does not do what was meant.
    Warning,
}

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The file cannot be read at all.
    Unreadable,
    /// It is not text that could be a scenario.
    NotText,
    /// Brackets, commas or quotes are not where they belong.
    Syntax,
    /// It is of a version that this program does not know.
    Schema,
    /// No such field.
    UnknownField,
    /// A field is given twice.
    DuplicateField,
    /// A field is not given that has no default.
    MissingField,
    /// No such choice.
    UnknownVariant,
    /// A value is of another type.
    WrongType,
    /// A quantity cannot be understood.
    WrongQuantity,
    /// A number is out of its bounds.
    OutOfRange,
    /// A name refers to nothing.
    UnknownName,
    /// A name is given twice.
    DuplicateName,
    /// Types are based on each other in a circle.
    Circle,
    /// Something selects nothing.
    EmptySelection,
    /// Two times do not fit together.
    WrongTimes,
    /// A fault can never occur.
    NeverOccurs,
    /// Two settings do not fit together.
    Contradiction,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Unreadable,
        Self::NotText,
        Self::Syntax,
        Self::Schema,
        Self::UnknownField,
        Self::DuplicateField,
        Self::MissingField,
        Self::UnknownVariant,
        Self::WrongType,
        Self::WrongQuantity,
        Self::OutOfRange,
        Self::UnknownName,
        Self::DuplicateName,
        Self::Circle,
        Self::EmptySelection,
        Self::WrongTimes,
        Self::NeverOccurs,
        Self::Contradiction,
    ];

    /// Its name, as it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotText => "not-text",
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::UnknownField => "unknown-field",
            Self::DuplicateField => "duplicate-field",
            Self::MissingField => "missing-field",
            Self::UnknownVariant => "unknown-variant",
            Self::WrongType => "wrong-type",
            Self::WrongQuantity => "wrong-quantity",
            Self::OutOfRange => "out-of-range",
            Self::UnknownName => "unknown-name",
            Self::DuplicateName => "duplicate-name",
            Self::Circle => "circle",
            Self::EmptySelection => "empty-selection",
            Self::WrongTimes => "wrong-times",
            Self::NeverOccurs => "never-occurs",
            Self::Contradiction => "contradiction",
        }
    }

    /// What it means, in one sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "The file is not there, is not a file, is too large, or may not be read."
            }
            Self::NotText => "The file is not UTF-8 text, so it is not a scenario.",
            Self::Syntax => "Brackets, commas, colons or quotes are not where RON wants them.",
            Self::Schema => {
                "The scenario is written in a version of the language that this program does not know."
            }
            Self::UnknownField => "The thing that is described has no such field.",
            Self::DuplicateField => "A field is given twice; only one of them could count.",
            Self::MissingField => "A field without a default is not given.",
            Self::UnknownVariant => "The word is none of those that can be chosen from here.",
            Self::WrongType => {
                "A value is of another type: a text for a number, a list for a single thing."
            }
            Self::WrongQuantity => {
                "A text is not a quantity of this kind: its unit is wrong, or it has none."
            }
            Self::OutOfRange => "A number is too small, too large, or not a number.",
            Self::UnknownName => {
                "A name refers to a group, type, region, host or fault that is not there."
            }
            Self::DuplicateName => "Two things of the same kind have the same name.",
            Self::Circle => {
                "Terminal types are based on each other in a circle, so none of them can be made."
            }
            Self::EmptySelection => {
                "A selection selects nothing, or a list that needs an entry has none."
            }
            Self::WrongTimes => {
                "Two times do not fit together: an end before its start, a warm-up as long as the run."
            }
            Self::NeverOccurs => "A fault can never occur in this run.",
            Self::Contradiction => "Two settings do not fit together.",
        }
    }
}

/// A mistake in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// What kind of mistake it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The file, as the user named it.
    pub file: String,
    /// Its place in the file in bytes, if it has one.
    pub span: Option<Range<usize>>,
    /// Line, from 1; 0 if it has no place.
    pub line: usize,
    /// Column in characters, from 1; 0 if it has no place.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    #[serde(skip)]
    pub(crate) source: Arc<str>,
}

impl Diagnostic {
    /// A mistake of a whole file.
    pub fn of_file(
        code: Code,
        file: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            span: None,
            line: 0,
            column: 0,
            message: message.into(),
            hint: Some(hint.into()),
            source: Arc::from(""),
        }
    }

    /// `path:line:column`, or the path alone.
    pub fn place(&self) -> String {
        match self.line {
            0 => self.file.clone(),
            line => format!("{}:{line}:{}", self.file, self.column),
        }
    }

    /// The mistake as people read it: what, where, the underlined text, and what would be right.
    pub fn render(&self, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&self.message).id(self.code.name());
        let mut group: Group<'_> = match &self.span {
            Some(span) => {
                let snippet = Snippet::source(&*self.source).path(&self.file);
                title.element(snippet.annotation(AnnotationKind::Primary.span(span.clone())))
            }
            None => title.element(Origin::path(&self.file)),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// A file's name and text, and where its lines begin: it turns byte offsets into diagnostics with line and column.
#[derive(Clone, Debug)]
pub(crate) struct SourceMap {
    file: String,
    pub(crate) source: Arc<str>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl SourceMap {
    pub(crate) fn new(file: &str, source: &str) -> Self {
        let after_breaks = source.match_indices('\n').map(|(place, _)| place + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Self { file: file.to_owned(), source: Arc::from(source), lines }
    }

    pub(crate) fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// Line and column in characters, both from 1.
    pub(crate) fn line_and_column(&self, place: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= place);
        let start = self.lines[line.saturating_sub(1)];
        let before = self.source.get(start..place).unwrap_or("");
        (line, before.chars().count() + 1)
    }

    /// An error at a place; the place is moved to whole characters within the text.
    pub(crate) fn error(
        &self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) -> Diagnostic {
        let start = self.source.floor_char_boundary(span.start.min(self.source.len()));
        let end = self.source.ceil_char_boundary(span.end.clamp(start, self.source.len()));
        let (line, column) = self.line_and_column(start);
        Diagnostic {
            code,
            severity: Severity::Error,
            file: self.file.clone(),
            span: Some(start..end),
            line,
            column,
            message: message.into(),
            hint: hint.into(),
            source: Arc::clone(&self.source),
        }
    }
}

/// How many candidates are compared with a word: the best of more is not worth the time.
const COMPARED: usize = 2_000;

/// The candidate that was probably meant, if one is near enough.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let lower = word.to_lowercase();
    let near = |candidate: &str| {
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        (distance <= word.chars().count().div_ceil(3)).then_some(distance)
    };
    let compared = candidates.into_iter().take(COMPARED);
    let ranked = compared.filter_map(|it| near(it).map(|distance| (distance, it)));
    ranked.min_by_key(|(distance, _)| *distance).map(|(_, it)| it)
}

/// A hint from what can be chosen: the nearest, or all of them.
pub(crate) fn choice<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str> + Clone,
) -> String {
    if let Some(near) = nearest(word, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    match all[..] {
        [] => "there is nothing to choose from".into(),
        [only] => format!("there is only `{only}`"),
        _ => format!("choose from {}", list(&all)),
    }
}

/// How many names a hint lists at the most.
const LISTED: usize = 16;

/// Names as a list for people.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(LISTED).map(|it| format!("`{it}`")).collect();
    let more = names.len().saturating_sub(LISTED);
    if more > 0 { format!("{} and {more} more", quoted.join(", ")) } else { quoted.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters() {
        let source_map = SourceMap::new("a.ron", "一二\n三 x四");
        assert_eq!(source_map.line_and_column(0), (1, 1));
        assert_eq!(source_map.line_and_column("一二\n三 ".len()), (2, 3));
        let error = source_map.error(Code::Syntax, 8..9, "wrong", None);
        assert_eq!((error.line, error.column), (2, 1), "the middle of a character is its start");
    }

    #[test]
    fn what_is_printed_names_the_place_underlines_the_text_and_helps() {
        let source_map = SourceMap::new("a.ron", "(\n  组: \"lane\",\n)");
        let start = source_map.source().find("lane").expect("it is there");
        let error = source_map.error(
            Code::UnknownName,
            start..start + 4,
            "no group `lane`",
            "did you mean `lanes`?".to_owned(),
        );
        let text = error.render(false);
        assert!(text.starts_with("error[unknown-name]: no group `lane`\n"), "{text}");
        assert!(text.contains("a.ron:2:7"), "{text}");
        assert!(text.contains("^^^^"), "{text}");
        assert!(text.contains("help: did you mean `lanes`?"), "{text}");
        assert!(error.render(true).contains('\u{1b}'));
        assert_eq!(error.place(), "a.ron:2:7");
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(nearest("rol", ["roll", "line"]), Some("roll"));
        assert_eq!(nearest("Jamm", ["PaperOut", "Jam"]), Some("Jam"));
        assert_eq!(nearest("xyz", ["roll", "line"]), None);
        assert_eq!(choice("xyz", ["a", "b"]), "choose from `a`, `b`");
    }

    #[test]
    fn every_code_has_one_name() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).expect("a name"), code.name());
        }
    }
}
