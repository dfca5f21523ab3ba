//! Commas, colons, escapes and ends that are not where they belong.

use ron::Error;

use super::{Cure, Scene, Trouble};
use crate::diagnostic::Code;

impl Scene<'_> {
    pub(super) fn syntax(&self, error: &Error) -> Trouble {
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
    pub(super) fn no_identifier(&self, found: &str) -> Option<Trouble> {
        if self.scalar().is_some_and(|it| it.start <= self.span.start) {
            return None;
        }
        let span = self.span.start..self.span.start + found.len();
        let message = format!("`{found}` cannot be the name of a field");
        let hint = "names of fields have letters, digits and `_` only".to_owned();
        let told = self.told(Code::UnknownField, span, message, Some(hint));
        let meant = found.replace(['-', '.', '+'], "_");
        Some(Trouble { told: Some(told), cure: Cure::SetAside(self.span.start, Some(meant)) })
    }

    /// A comma with nothing before it.
    pub(super) fn spare_comma(&self) -> Option<Trouble> {
        let place = self.span.start;
        let rest = self.text(place..self.draft.text().len());
        let before = self.text(0..place).trim_end();
        if !(rest.starts_with(',') && before.ends_with([',', '(', '[', '{'])) {
            return None;
        }
        let message = "there is nothing before this comma".to_owned();
        let told = self.told(Code::Syntax, place..place + 1, message, Some("remove it".to_owned()));
        Some(Trouble { told: Some(told), cure: Cure::Patch(place..place + 1, String::new()) })
    }

    fn missing_comma(&self) -> Trouble {
        let place = self.span.start;
        let rest = self.text(place..self.draft.text().len());
        if rest.starts_with('.')
            && let Some(range) = self.scalar()
        {
            let message = format!("expected a whole number, found `{}`", self.text(range.clone()));
            let told = self.told(Code::WrongType, range.clone(), message, None);
            return Trouble { told: Some(told), cure: Cure::Patch(range, "1".into()) };
        }
        let word = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
        let message = "a comma is missing before this".to_owned();
        let told = self.told(
            Code::Syntax,
            place..place + word,
            message,
            Some("write `,` between two entries".into()),
        );
        let blank = self.text(0..place).ends_with(|it: char| it.is_ascii_whitespace());
        let cure = match blank {
            true => Cure::Patch(place - 1..place, ",".into()),
            false => Cure::SetAside(place, None),
        };
        Trouble { told: Some(told), cure }
    }

    fn stops(&self, error: &Error) -> Trouble {
        let rest = self.draft.text().len();
        let message = match error {
            Error::Eof => "the scenario ends too early",
            _ => "something follows the end of the scenario",
        };
        let told = self.told(Code::Syntax, self.span.start..rest, message.into(), None);
        let cure = match error {
            Error::Eof => Cure::Stop,
            _ => Cure::Patch(self.span.start..rest, String::new()),
        };
        Trouble { told: Some(told), cure }
    }
}
