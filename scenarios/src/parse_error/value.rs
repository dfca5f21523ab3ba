//! Values that are not what their place asks for.

use ron::Error;

use super::{ErrorContext, ErrorRecovery, ParseError};
use crate::diagnostic::Code;

impl ErrorContext<'_> {
    pub(super) fn wrong_number(&self, expected: &str) -> ParseError {
        let range = self.scalar().unwrap_or(self.span.clone());
        let value = self.text(range.clone());
        let number = value.trim_start_matches('-').parse::<f64>().ok();
        let (code, message) = match number.filter(|it| it.is_finite()) {
            None => (Code::WrongType, format!("expected {expected}, found `{value}`")),
            Some(_) if value.starts_with('-') => {
                (Code::OutOfRange, format!("`{value}` is negative; expected {expected}"))
            }
            Some(_) => (Code::OutOfRange, format!("`{value}` is too large")),
        };
        let bare = value.trim_matches('"');
        let quoted = bare != value && bare.parse::<f64>().is_ok();
        let hint = quoted.then(|| format!("write it without quotes: `{bare}`"));
        let message = self.message(code, range.clone(), message, hint);
        ParseError { message: Some(message), recovery: ErrorRecovery::Patch(range, "1".into()) }
    }

    /// A value that its own type refused.
    pub(super) fn refused(&self, message: &str) -> ParseError {
        let range = self.scalar().unwrap_or(self.span.clone());
        let number = self.text(range.clone()).parse::<f64>().is_ok();
        let code = if number { Code::OutOfRange } else { Code::WrongQuantity };
        let percent =
            self.text(range.clone()).strip_suffix('%').and_then(|it| it.parse::<f64>().ok());
        let hint = percent.map(|it| format!("write {it} % as `{}`", it / 100.0));
        let message = self.message(code, range.clone(), message.to_owned(), hint);
        let recovery = match number {
            true => ErrorRecovery::Patch(range, "1".into()),
            false => ErrorRecovery::SetAside(range.start, None),
        };
        ParseError { message: Some(message), recovery }
    }

    pub(super) fn wrong_type(&self, error: &Error) -> ParseError {
        let entry = self.entry();
        let range = self.scalar().or_else(|| entry.map(|it| it.value.clone()));
        let range = range.unwrap_or(self.span.clone());
        let found = self.text(range.clone()).lines().next().unwrap_or("").to_owned();
        let (expected, hint) = expectation(error, self.expected, &found);
        let message = match expected {
            Some(expected) if found.is_empty() => format!("expected {expected}"),
            Some(expected) => format!("expected {expected}, found `{}`", shortened(&found)),
            None => error.to_string(),
        };
        let place = entry.map_or(self.span.start, |it| it.extent.start);
        let message = self.message(Code::WrongType, range, message, hint);
        ParseError { message: Some(message), recovery: ErrorRecovery::SetAside(place, None) }
    }
}

/// What the parser expected, and what to write.
fn expectation(
    error: &Error,
    quantity: Option<&str>,
    found: &str,
) -> (Option<String>, Option<String>) {
    let is_word =
        !found.is_empty() && found.chars().all(|it| it.is_alphanumeric() || "_- .%".contains(it));
    let quoted = is_word.then(|| format!("write it in quotes: `\"{found}\"`"));
    let (expected, hint) = match error {
        Error::ExpectedString if quantity.is_some() => {
            let number = found.parse::<f64>().is_ok();
            let hint = if number { None } else { quoted };
            return (quantity.map(str::to_owned), hint);
        }
        Error::ExpectedString => ("a text in quotes", quoted),
        Error::ExpectedArray => ("a list", Some("a list is written `[a, b]`".to_owned())),
        Error::ExpectedMap => ("a map", Some("a map is written `{\"name\": value}`".to_owned())),
        Error::ExpectedBoolean => ("`true` or `false`", None),
        Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_) => {
            ("a word without quotes", None)
        }
        Error::ExpectedStructLike | Error::ExpectedUnit => {
            ("values in parentheses", is_word.then(|| format!("write `{found}(...)`")))
        }
        Error::ExpectedNamedStructLike(name) => {
            return (
                Some(format!("`{name}(...)`")),
                Some(format!("write `{name}(...)`, or just `(...)`")),
            );
        }
        Error::ExpectedStructLikeEnd => {
            ("fewer values in these parentheses", Some("remove what is too many".to_owned()))
        }
        Error::ExpectedDifferentLength { expected, found } => {
            let digits = |it: char| !it.is_ascii_digit();
            let count = expected.split(digits).find(|it| !it.is_empty()).unwrap_or("other");
            let hint = format!("write {count} values, separated by commas; {found} given");
            return (Some(format!("{count} values in these parentheses")), Some(hint));
        }
        Error::InvalidValueForType { expected, .. } => return (Some(expected.clone()), None),
        _ => return (None, None),
    };
    (Some(expected.to_owned()), hint)
}

/// How much of a wrong value is repeated in a message.
const SHOWN: usize = 40;

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
