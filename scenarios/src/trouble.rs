//! What stopped the parser: in the user's words, and how to set it aside so that the rest can be read.

mod syntax;
mod value;

use std::ops::Range;

use ron::Error;
use ron::error::SpannedError;

use crate::diagnostic::{Code, choice, list, nearest};
use crate::draft::Draft;
use crate::outline::{Entry, Outline, Path};
use crate::reference;

/// A mistake that stopped the parser.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// What to tell the user; `None` if it only follows from what was set aside before.
    pub(crate) told: Option<Told>,
    /// How the rest can be read.
    pub(crate) cure: Cure,
}

/// What to tell the user.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Code,
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// How the rest of the text can be read.
#[derive(Debug)]
pub(crate) enum Cure {
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
struct Scene<'a> {
    draft: &'a Draft,
    outline: &'a Outline,
    /// What the parser had just read, or the place where it could not go on.
    span: Range<usize>,
    path: Path,
    bracket: usize,
    /// What the type of the value says of itself.
    expected: Option<&'a str>,
}

/// What stopped the parser in this draft, and how to go on.
pub(crate) fn understand(
    error: &SpannedError,
    draft: &Draft,
    outline: &Outline,
    expected: Option<&str>,
) -> Trouble {
    let (start, end) = (error.span.start, error.span.end);
    let (start, end) = (draft.place(start.line, start.col), draft.place(end.line, end.col));
    let consumed = draft.text().get(start..end).is_some_and(|it| !it.trim().is_empty());
    let span = if consumed { start..end } else { end..end };
    let (path, bracket) = outline.path_to(span.start);
    Scene { draft, outline, span, path, bracket, expected }.trouble(&error.code)
}

impl Scene<'_> {
    fn trouble(&self, error: &Error) -> Trouble {
        if let Some(trouble) = self.spare_comma() {
            return trouble;
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
                let message = format!("expected `{expected}(...)`, found `{found}`");
                let hint = format!("write `{expected}(...)`, or just `(...)`");
                let told = self.told(Code::WrongType, self.span.clone(), message, Some(hint));
                // A struct may go without its name.
                Trouble { told: Some(told), cure: Cure::Patch(self.span.clone(), String::new()) }
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
        self.draft.text().get(range).unwrap_or("")
    }

    fn told(&self, code: Code, span: Range<usize>, message: String, hint: Option<String>) -> Told {
        let end = if span.is_empty() { span.start + 1 } else { span.end };
        Told { code, span: span.start..end, message, hint }
    }

    fn set_aside(&self, code: Code, message: String, hint: Option<String>) -> Trouble {
        let told = self.told(code, self.span.clone(), message, hint);
        Trouble { told: Some(told), cure: Cure::SetAside(self.span.start, None) }
    }

    /// The entry that the parser was in: the innermost that holds the place, or ends right before it.
    fn entry(&self) -> Option<&Entry> {
        let entries = &self.outline.bracket(self.bracket).entries;
        let before = entries.iter().rev().find(|it| it.extent.end <= self.span.start);
        match self.path.last() {
            Some(step) if step.0 == self.bracket => Some(self.outline.entry(*step)),
            _ => before,
        }
    }

    /// The value that the parser was in, if it is a single one without brackets.
    fn scalar(&self) -> Option<Range<usize>> {
        let entry = self.entry()?;
        (entry.inside.is_empty() && !entry.value.is_empty()).then(|| entry.value.clone())
    }

    fn unknown_field(&self, expected: &[&str], found: &str, outer: Option<&str>) -> Trouble {
        // Every part of a terminal calls its settings so; the field that holds them says more.
        let owner = if outer == Some("Spec") { self.owner().or(outer) } else { outer };
        let of = owner.map_or(String::new(), |owner| format!(" of `{owner}`"));
        let message = format!("`{found}` is no field{of}");
        let near = nearest(found, expected.iter().copied());
        let hint = choice(found, expected.iter().copied());
        let told = self.told(Code::UnknownField, self.span.clone(), message, Some(hint));
        // If what was meant fits in and is not given already, its value is read as well.
        let given =
            |field: &str| self.outline.find(self.draft.text(), self.bracket, field).is_some();
        let cure = match near {
            Some(near) if !given(near) && near.len() <= found.len() => {
                Cure::Patch(self.span.clone(), near.to_owned())
            }
            near => Cure::SetAside(self.span.start, near.map(str::to_owned)),
        };
        Trouble { told: Some(told), cure }
    }

    fn unknown_variant(&self, expected: &[&str], found: &str, outer: Option<&str>) -> Trouble {
        let message = match outer {
            // The parts of a terminal, and the fault modes of each of them, are all called so.
            Some("Fault") => match self.part() {
                Some(part) => format!("`{found}` is no fault mode of `{part}`"),
                None => format!("`{found}` is no part that can break"),
            },
            Some(outer) => format!("`{found}` is no `{outer}`"),
            None => format!("`{found}` cannot be chosen here"),
        };
        let hint = match expected {
            [] => "it has no fault modes".to_owned(),
            _ => choice(found, expected.iter().copied()),
        };
        let told = self.told(Code::UnknownVariant, self.span.clone(), message, Some(hint));
        let cure = match nearest(found, expected.iter().copied()) {
            Some(near) if near.len() <= found.len() => {
                Cure::Patch(self.span.clone(), near.to_owned())
            }
            _ => Cure::SetAside(self.span.start, None),
        };
        // If the part was guessed, what is wrong about its mode is the guess.
        let before = self.text(0..self.outline.bracket(self.bracket).open).trim_end();
        let guessed = self.draft.is_guess(before.len().saturating_sub(1));
        Trouble { told: (!guessed).then_some(told), cure }
    }

    /// The field whose value is the bracket that the parser is in.
    fn owner(&self) -> Option<&str> {
        let around = self.path.iter().rev().find(|step| step.0 != self.bracket)?;
        self.outline.entry(*around).key.clone().map(|key| self.text(key))
    }

    /// The word before the bracket that the parser is in, if that is a single value: of `Printer(Jamm)` the part.
    fn part(&self) -> Option<&str> {
        if self.entry().is_none_or(|entry| entry.key.is_some()) {
            return None;
        }
        let before = self.text(0..self.outline.bracket(self.bracket).open).trim_end();
        let start = before.rfind(|it: char| !it.is_alphanumeric() && it != '_')? + 1;
        Some(&before[start..]).filter(|word| word.starts_with(char::is_uppercase))
    }

    fn missing_field(&self, field: &str, outer: Option<&str>) -> Trouble {
        let bracket = self.outline.bracket(self.bracket);
        let extent = bracket.open..bracket.close;
        let given = |it: &String| self.outline.find(self.draft.text(), self.bracket, it).is_some();
        let mut missing = reference::required(outer.unwrap_or("Scenario"));
        if missing.iter().all(|it| it != field) {
            missing = vec![field.to_owned()];
        }
        missing.retain(|it| !given(it));
        let news: Vec<&str> = missing
            .iter()
            .map(String::as_str)
            .filter(|it| !self.draft.has_lost(&extent, it))
            .collect();
        let told = (!news.is_empty()).then(|| {
            let (names, are) = (list(&news), if news.len() == 1 { "is" } else { "are" });
            let of = outer.map_or(String::new(), |outer| format!(" in `{outer}`"));
            let hint = news.iter().map(|it| format!("`{it}: ...`")).collect::<Vec<_>>().join(", ");
            let start = self.head(extent.start);
            let message = format!("{names} {are} missing{of}");
            self.told(
                Code::MissingField,
                start..extent.start + 1,
                message,
                Some(format!("add {hint}")),
            )
        });
        let cure = if outer.is_none_or(|it| it == "Scenario") && self.path.len() <= 1 {
            Cure::Supply(missing)
        } else {
            Cure::SetAside(extent.start, None)
        };
        Trouble { told, cure }
    }

    /// Where the name before an opening bracket begins.
    fn head(&self, open: usize) -> usize {
        let before = self.text(0..open);
        before
            .rfind(|it: char| !it.is_alphanumeric() && it != '_')
            .map_or(0, |it| it + before[it..].chars().next().map_or(1, char::len_utf8))
    }
}
