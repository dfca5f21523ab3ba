//! Where a real thing is, as it is written on the command line: `127.0.0.1:5025,limit=5.5V,settle=20ms`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use sim::Span;
use sim::quantity::Quantity;

/// An address and what is set about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What stands before the first comma.
    pub address: String,
    given: BTreeMap<String, String>,
}

impl Target {
    /// Reads `ADDRESS[,KEY=VALUE]…`, where the keys are among `known`.
    ///
    /// # Errors
    /// If a part is not a `KEY=VALUE`, a key is not known, or it is given twice.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, String> {
        let mut parts = text.split(',');
        let address = parts.next().unwrap_or_default().trim().to_owned();
        let mut given = BTreeMap::new();
        for part in parts {
            let Some((key, value)) = part.split_once('=') else {
                return Err(format!("`{part}` is not a KEY=VALUE; there is {}", known.join(", ")));
            };
            let (key, value) = (key.trim(), value.trim());
            if !known.contains(&key) {
                return Err(format!("`{key}` is not known here; there is {}", known.join(", ")));
            }
            if given.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(format!("`{key}` is given twice"));
            }
        }
        Ok(Self { address, given })
    }

    /// What is set under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.given.get(key).map(String::as_str)
    }

    /// What is set under a key, or else `otherwise`.
    ///
    /// # Errors
    /// If it is not such a value.
    pub fn value<T: FromStr<Err: Display>>(&self, key: &str, otherwise: T) -> Result<T, String> {
        let Some(text) = self.text(key) else { return Ok(otherwise) };
        text.parse().map_err(|why| format!("{key}=`{text}`: {why}"))
    }

    /// A quantity with its unit, as `5.5V`; `None` if it is not set.
    ///
    /// # Errors
    /// If it is none of its kind.
    pub fn quantity<T: Quantity>(&self, key: &str) -> Result<Option<T>, String> {
        let read = |text| T::parse(text).map_err(|why| format!("{key}: {why}"));
        self.text(key).map(read).transpose()
    }

    /// A duration as `20ms` or `2s`, or else `otherwise`.
    ///
    /// # Errors
    /// If it is none.
    pub fn duration(&self, key: &str, otherwise: Duration) -> Result<Duration, String> {
        let span = self.quantity::<Span>(key)?;
        Ok(span.map_or(otherwise, |it| Duration::from_nanos(it.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_is_set_about_it() {
        let target = Target::parse("host:5025,limit=7,settle=20ms", &["limit", "settle"]);
        let target = target.expect("it is well written");
        assert_eq!((target.address.as_str(), target.value("limit", 1u32)), ("host:5025", Ok(7)));
        assert_eq!(target.duration("settle", Duration::ZERO), Ok(Duration::from_millis(20)));
        assert_eq!(target.value("other", 3u32), Ok(3));
        assert!(target.value::<u32>("settle", 1).unwrap_err().starts_with("settle=`20ms`: "));
        assert!(target.duration("limit", Duration::ZERO).unwrap_err().starts_with("limit: "));
    }

    #[test]
    fn a_mistake_says_what_there_is() {
        let wrong = |text| Target::parse(text, &["limit", "first"]).unwrap_err();
        assert_eq!(wrong("a:1,limt=3"), "`limt` is not known here; there is limit, first");
        assert_eq!(wrong("a:1,limit"), "`limit` is not a KEY=VALUE; there is limit, first");
        assert_eq!(wrong("a:1,limit=1,limit=2"), "`limit` is given twice");
    }
}
