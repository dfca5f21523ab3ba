//! Commas, colons, escapes and ends that are not where they belong.

use ron::Error;

use super::{ErrorContext, ErrorRecovery, ParseError};
use crate::diagnostic::Code;

impl ErrorContext<'_> {
    pub(super) fn syntax(&self, error: &Error) -> ParseError {
        let (message, hint) = match error {
            Error::ExpectedComma => return self.missing_comma(),
            Error::TrailingCharacters | Error::Eof => return self.stops(error),
            Error::ExpectedMapColon => {
                ("a colon is missing between the field and its value", "write `field: value`")
            }
            Error::InvalidEscape(_) => {
                ("this backslash begins no escape that is known", "write `\\\\` for a backslash")
            }
            _ => ("brackets are nested too deeply here", "no scenario needs that"),
        };
        self.set_aside(Code::Syntax, message.to_owned(), Some(hint.to_owned()))
    }

    /// A word that cannot be the name of a field, where one is expected.
    pub(super) fn no_identifier(&self, found: &str) -> Option<ParseError> {
        if self.scalar().is_some_and(|it| it.start <= self.span.start) {
            return None;
        }
        let span = self.span.start..self.span.start + found.len();
        let message = format!("`{found}` cannot be the name of a field");
        let hint = "names of fields have letters, digits and `_` only".to_owned();
        let message = self.message(Code::UnknownField, span, message, Some(hint));
        let meant = found.replace(['-', '.', '+'], "_");
        Some(ParseError {
            message: Some(message),
            recovery: ErrorRecovery::SetAside(self.span.start, Some(meant)),
        })
    }

    /// A comma with nothing before it.
    pub(super) fn spare_comma(&self) -> Option<ParseError> {
        let place = self.span.start;
        let rest = self.text(place..self.buffer.text().len());
        let before = self.text(0..place).trim_end();
        if !(rest.starts_with(',') && before.ends_with([',', '(', '[', '{'])) {
            return None;
        }
        let message = "there is nothing before this comma".to_owned();
        let message =
            self.message(Code::Syntax, place..place + 1, message, Some("remove it".to_owned()));
        Some(ParseError {
            message: Some(message),
            recovery: ErrorRecovery::Patch(place..place + 1, String::new()),
        })
    }

    fn missing_comma(&self) -> ParseError {
        let place = self.span.start;
        let rest = self.text(place..self.buffer.text().len());
        if rest.starts_with('.')
            && let Some(range) = self.scalar()
        {
            let message = format!("expected a whole number, found `{}`", self.text(range.clone()));
            let message = self.message(Code::WrongType, range.clone(), message, None);
            return ParseError {
                message: Some(message),
                recovery: ErrorRecovery::Patch(range, "1".into()),
            };
        }
        let word = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
        let message = "a comma is missing before this".to_owned();
        let message = self.message(
            Code::Syntax,
            place..place + word,
            message,
            Some("write `,` between two entries".into()),
        );
        let blank = self.text(0..place).ends_with(|it: char| it.is_ascii_whitespace());
        let recovery = match blank {
            true => ErrorRecovery::Patch(place - 1..place, ",".into()),
            false => ErrorRecovery::SetAside(place, None),
        };
        ParseError { message: Some(message), recovery }
    }

    fn stops(&self, error: &Error) -> ParseError {
        let rest = self.buffer.text().len();
        let message = match error {
            Error::Eof => "the scenario ends too early",
            _ => "something follows the end of the scenario",
        };
        let message = self.message(Code::Syntax, self.span.start..rest, message.into(), None);
        let recovery = match error {
            Error::Eof => ErrorRecovery::Stop,
            _ => ErrorRecovery::Patch(self.span.start..rest, String::new()),
        };
        ParseError { message: Some(message), recovery }
    }
}
