//! What stopped the parser: in the user's words, and how to set it aside so that the rest can be read.

mod syntax;
mod value;

use std::ops::Range;

use ron::Error;
use ron::error::SpannedError;

use crate::diagnostic::{Code, choice, list, nearest};
use crate::recovering_buffer::RecoveringBuffer;
use crate::reference;
use crate::schema_2;
use crate::syntax_tree::{Path, SyntaxEntry, SyntaxTree};

/// A mistake that stopped the parser, and how to read on.
#[derive(Debug)]
pub(crate) struct ParseError {
    /// What to tell the user; `None` if it only follows from what was set aside before.
    pub(crate) message: Option<ErrorMessage>,
    /// How the rest can be read.
    pub(crate) recovery: ErrorRecovery,
}

/// What to tell the user.
#[derive(Debug)]
pub(crate) struct ErrorMessage {
    pub(crate) code: Code,
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
    pub(crate) hint: Option<String>,
}

/// How the rest of the text can be read.
#[derive(Debug)]
pub(crate) enum ErrorRecovery {
    /// Set the innermost entry at this place aside that the rest can do without; it was meant to give this field.
    SetAside(usize, Option<String>),
    /// Write this over that, or set it aside if that has been tried.
    Patch(Range<usize>, String),
    /// Give the whole text fields that it lacks.
    Supply(Vec<String>),
    /// Nothing: the rest cannot be read.
    Stop,
}

/// Where the parser stopped, and what is there.
struct ErrorContext<'a> {
    buffer: &'a RecoveringBuffer,
    tree: &'a SyntaxTree,
    /// What the parser had just read, or the place where it could not go on.
    span: Range<usize>,
    path: Path,
    bracket: usize,
    /// What the type of the value says of itself.
    expected: Option<&'a str>,
}

/// What stopped the parser in this text, and how to go on.
pub(crate) fn understand(
    error: &SpannedError,
    buffer: &RecoveringBuffer,
    tree: &SyntaxTree,
    expected: Option<&str>,
) -> ParseError {
    let (start, end) = (error.span.start, error.span.end);
    let (start, end) = (buffer.place(start.line, start.col), buffer.place(end.line, end.col));
    let consumed = buffer.text().get(start..end).is_some_and(|it| !it.trim().is_empty());
    let span = if consumed { start..end } else { end..end };
    let (path, bracket) = tree.path_to(span.start);
    ErrorContext { buffer, tree, span, path, bracket, expected }.parse_error(&error.code)
}

impl ErrorContext<'_> {
    fn parse_error(&self, error: &Error) -> ParseError {
        if let Some(error) = self.spare_comma() {
            return error;
        }
        match error {
            Error::NoSuchStructField { expected, found, outer } => {
                self.unknown_field(expected, found, outer.as_deref())
            }
            Error::DuplicateStructField { field, .. } => {
                let message = format!("`{field}` is given twice");
                self.set_aside(Code::DuplicateField, message, Some("remove one of them".into()))
            }
            Error::MissingStructField { field, outer } => {
                self.missing_field(field, outer.as_deref())
            }
            Error::NoSuchEnumVariant { expected, found, outer } => {
                self.unknown_variant(expected, found, outer.as_deref())
            }
            Error::ExpectedDifferentStructName { expected, found } => {
                let message = match schema_2::new_word(found, &[expected]) {
                    Some(new) => schema_2::message(found, new),
                    None => format!("expected `{expected}(...)`, found `{found}`"),
                };
                let hint = format!("write `{expected}(...)`, or just `(...)`");
                let message = self.message(Code::WrongType, self.span.clone(), message, Some(hint));
                // A struct may go without its name.
                ParseError {
                    message: Some(message),
                    recovery: ErrorRecovery::Patch(self.span.clone(), String::new()),
                }
            }
            Error::IntegerOutOfBounds
            | Error::ExpectedInteger
            | Error::InvalidIntegerDigit { .. } => {
                self.wrong_number("a whole number of at least 0")
            }
            Error::ExpectedFloat | Error::UnderscoreAtBeginning | Error::FloatUnderscore => {
                self.wrong_number(self.expected.unwrap_or("a number"))
            }
            Error::ExpectedComma
            | Error::ExpectedMapColon
            | Error::InvalidEscape(_)
            | Error::ExceededRecursionLimit
            | Error::TrailingCharacters
            | Error::Eof => self.syntax(error),
            Error::SuggestRawIdentifier(found) => {
                self.no_identifier(found).unwrap_or_else(|| self.wrong_type(error))
            }
            Error::Message(message) => self.refused(message),
            other => self.wrong_type(other),
        }
    }

    /// The text at a range.
    fn text(&self, range: Range<usize>) -> &str {
        self.buffer.text().get(range).unwrap_or("")
    }

    fn message(
        &self,
        code: Code,
        span: Range<usize>,
        text: String,
        hint: Option<String>,
    ) -> ErrorMessage {
        let end = if span.is_empty() { span.start + 1 } else { span.end };
        ErrorMessage { code, span: span.start..end, text, hint }
    }

    fn set_aside(&self, code: Code, message: String, hint: Option<String>) -> ParseError {
        let message = self.message(code, self.span.clone(), message, hint);
        ParseError {
            message: Some(message),
            recovery: ErrorRecovery::SetAside(self.span.start, None),
        }
    }

    /// The entry that the parser was in: the innermost that holds the place, or ends right before it.
    fn entry(&self) -> Option<&SyntaxEntry> {
        let entries = &self.tree.bracket(self.bracket).entries;
        let before = entries.iter().rev().find(|it| it.extent.end <= self.span.start);
        match self.path.last() {
            Some(step) if step.0 == self.bracket => Some(self.tree.entry(*step)),
            _ => before,
        }
    }

    /// The value that the parser was in, if it is a single one without brackets.
    fn scalar(&self) -> Option<Range<usize>> {
        let entry = self.entry()?;
        (entry.inside.is_empty() && !entry.value.is_empty()).then(|| entry.value.clone())
    }

    fn unknown_field(
        &self,
        expected: &[&'static str],
        found: &str,
        outer: Option<&str>,
    ) -> ParseError {
        // Every part of a terminal calls its settings so; the field that holds them says more.
        let owner = if outer == Some("Spec") { self.owner().or(outer) } else { outer };
        let of = owner.map_or(String::new(), |owner| format!(" of `{owner}`"));
        if let Some(moved) = schema_2::moved(found, owner) {
            let (span, hint) = (self.span.clone(), Some(moved.hint()));
            let message = self.message(Code::UnknownField, span, moved.message(), hint);
            let recovery = ErrorRecovery::SetAside(self.span.start, None);
            return ParseError { message: Some(message), recovery };
        }
        let renamed = schema_2::new_word(found, expected);
        let near = renamed.or_else(|| nearest(found, expected.iter().copied()));
        let (message, hint) = match renamed {
            Some(new) => (schema_2::message(found, new), schema_2::hint(new)),
            None => {
                let hint = choice(found, expected.iter().copied());
                (format!("`{found}` is not a field{of}"), Some(hint))
            }
        };
        let message = self.message(Code::UnknownField, self.span.clone(), message, hint);
        // If what was meant fits in and is not given already, its value is read as well.
        let given = |field: &str| self.tree.find(self.buffer.text(), self.bracket, field).is_some();
        let recovery = match near {
            Some(near) if !given(near) && near.len() <= found.len() => {
                ErrorRecovery::Patch(self.span.clone(), near.to_owned())
            }
            near => ErrorRecovery::SetAside(self.span.start, near.map(str::to_owned)),
        };
        ParseError { message: Some(message), recovery }
    }

    fn unknown_variant(
        &self,
        expected: &[&'static str],
        found: &str,
        outer: Option<&str>,
    ) -> ParseError {
        let renamed = schema_2::new_word(found, expected);
        let message = match outer {
            _ if let Some(new) = renamed => schema_2::message(found, new),
            // The parts of a terminal, and the fault modes of each of them, are all called so.
            Some("Fault") => match self.part() {
                Some(part) => format!("`{found}` is not a fault mode of `{part}`"),
                None => format!("`{found}` is not a part that can break"),
            },
            Some(outer) => format!("`{found}` is not a choice of `{outer}`"),
            None => format!("`{found}` cannot be chosen here"),
        };
        let hint = match expected {
            _ if let Some(new) = renamed => format!("write `{new}`"),
            [] => "it has no fault modes".to_owned(),
            _ => choice(found, expected.iter().copied()),
        };
        let message = self.message(Code::UnknownVariant, self.span.clone(), message, Some(hint));
        let near = renamed.or_else(|| nearest(found, expected.iter().copied()));
        let recovery = match near {
            Some(near) if near.len() <= found.len() => {
                ErrorRecovery::Patch(self.span.clone(), near.to_owned())
            }
            _ => ErrorRecovery::SetAside(self.span.start, None),
        };
        // If the part was guessed, what is wrong about its mode is the guess.
        let before = self.text(0..self.tree.bracket(self.bracket).open).trim_end();
        let guessed = self.buffer.is_guess(before.len().saturating_sub(1));
        ParseError { message: (!guessed).then_some(message), recovery }
    }

    /// The field whose value is the bracket that the parser is in.
    fn owner(&self) -> Option<&str> {
        let around = self.path.iter().rev().find(|step| step.0 != self.bracket)?;
        self.tree.entry(*around).key.clone().map(|key| self.text(key))
    }

    /// The word before the bracket that the parser is in, if that is a single value: of `Printer(Jamm)` the part.
    fn part(&self) -> Option<&str> {
        if self.entry().is_none_or(|entry| entry.key.is_some()) {
            return None;
        }
        let before = self.text(0..self.tree.bracket(self.bracket).open).trim_end();
        let start = before.rfind(|it: char| !it.is_alphanumeric() && it != '_')? + 1;
        Some(&before[start..]).filter(|word| word.starts_with(char::is_uppercase))
    }

    fn missing_field(&self, field: &str, outer: Option<&str>) -> ParseError {
        let bracket = self.tree.bracket(self.bracket);
        let extent = bracket.open..bracket.close;
        let given = |it: &String| self.tree.find(self.buffer.text(), self.bracket, it).is_some();
        let mut missing = reference::required(outer.unwrap_or("Scenario"));
        if missing.iter().all(|it| it != field) {
            missing = vec![field.to_owned()];
        }
        missing.retain(|it| !given(it));
        let news: Vec<&str> = missing
            .iter()
            .map(String::as_str)
            .filter(|it| !self.buffer.has_lost(&extent, it))
            .collect();
        let message = (!news.is_empty()).then(|| {
            let (names, are) = (list(&news), if news.len() == 1 { "is" } else { "are" });
            let of = outer.map_or(String::new(), |outer| format!(" in `{outer}`"));
            let hint = news.iter().map(|it| format!("`{it}: ...`")).collect::<Vec<_>>().join(", ");
            let start = self.head(extent.start);
            let message = format!("{names} {are} missing{of}");
            self.message(
                Code::MissingField,
                start..extent.start + 1,
                message,
                Some(format!("add {hint}")),
            )
        });
        let recovery = if outer.is_none_or(|it| it == "Scenario") && self.path.len() <= 1 {
            ErrorRecovery::Supply(missing)
        } else {
            ErrorRecovery::SetAside(extent.start, None)
        };
        ParseError { message, recovery }
    }

    /// Where the name before an opening bracket begins.
    fn head(&self, open: usize) -> usize {
        let before = self.text(0..open);
        before
            .rfind(|it: char| !it.is_alphanumeric() && it != '_')
            .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8))
    }
}
