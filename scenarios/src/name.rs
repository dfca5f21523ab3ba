//! Names in a scenario, which know where they were written.

use std::borrow::{Borrow, Cow};
use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

thread_local! {
    /// Address and length of the text that is being read on this thread.
    static SOURCE: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// Ends the reading of a source also when it panics.
struct Reading;

impl Drop for Reading {
    fn drop(&mut self) {
        SOURCE.set(None);
    }
}

/// Does some reading of a source; names that are slices of it learn their places.
pub(crate) fn reading<T>(source: &str, work: impl FnOnce() -> T) -> T {
    let _reading = Reading;
    SOURCE.set(Some((source.as_ptr() as usize, source.len())));
    work()
}

/// Where a slice of the source begins in it, by its address.
pub(crate) fn offset_in(source: (usize, usize), address: usize, length: usize) -> Option<usize> {
    let offset = address.checked_sub(source.0)?;
    (offset.checked_add(length)? <= source.1).then_some(offset)
}

/// The longest name, in characters: longer ones spoil every table that they stand in.
const LONGEST: usize = 64;

/// The name of something in a scenario. Two names are the same if their letters are, wherever they stand.
#[derive(Clone, Default)]
pub struct Name {
    text: String,
    offset: Option<usize>,
}

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that hold it, without the quotes; `None` if it was not read from there as it stands.
    pub fn span(&self) -> Option<Range<usize>> {
        self.offset.map(|start| start..start + self.text.len())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), offset: None }
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Name {}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}
impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// What is wrong with a text as a name.
fn objection(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("a name cannot be empty".into());
    }
    if text.chars().any(char::is_control) {
        return Some("a name cannot hold line breaks or other control characters".into());
    }
    (text.chars().count() > LONGEST).then(|| format!("a name has at most {LONGEST} characters"))
}

struct Naming;

impl<'de> Visitor<'de> for Naming {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name in quotes such as \"lanes\"")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Name, E> {
        if let Some(message) = objection(text) {
            let hint = "choose a short name, such as \"lanes\"".to_owned();
            if !sim::quantity::note(text, message.clone(), hint) {
                return Err(E::custom(message));
            }
        }
        let source = SOURCE.get();
        let offset = source.and_then(|it| offset_in(it, text.as_ptr() as usize, text.len()));
        Ok(Name { text: text.to_owned(), offset })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        match objection(text) {
            Some(message) => Err(E::custom(message)),
            None => Ok(Name::from(text)),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Naming)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A name of your choice, in quotes, such as `\"lanes\"`.";
        json_schema!({ "type": "string", "description": description, "examples": ["lanes"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_knows_where_it_stands_and_is_compared_by_its_letters() {
        let source = "(\"终端\", \"lanes\", \"esc\\u{61}ped\")";
        let read: (Name, Name, Name) =
            reading(source, || ron::from_str(source).expect("three names"));
        assert_eq!(read.0.span(), Some(2..8));
        assert_eq!(&source[read.1.span().expect("borrowed")], "lanes");
        assert_eq!(read.2.span(), None);
        assert_eq!(read.2, Name::from("escaped"));
        assert_eq!(read.1, Name::from("lanes"));
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert!(ron::from_str::<Name>("\"\"").is_err());
        assert!(ron::from_str::<Name>("\"a\\nb\"").is_err());
    }
}
