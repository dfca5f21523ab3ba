//! The language's schema, and the reference page that is generated from it.
//!
//! There is one copy of everything that a user can write: the types and their docs.

mod page;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scenario::Scenario;

/// The reference page, `scenarios/REFERENCE.md`.
pub fn reference() -> String {
    page::page(&Language::of_scenarios())
}

/// The JSON Schema of a scenario, for editors and other programs.
pub fn schema() -> Value {
    schemars::schema_for!(Scenario).to_value()
}

/// Fields, choices and types that say nothing about themselves: there should be none.
pub fn undocumented() -> Vec<String> {
    let language = Language::of_scenarios();
    let mut silent = Vec::new();
    for (name, schema) in language.types() {
        let mut ask = |what: String, schema: &Value| {
            if description(schema).is_empty() {
                silent.push(what);
            }
        };
        ask(name.clone(), schema);
        for (field, schema) in properties(schema) {
            ask(format!("{name}.{field}"), schema);
        }
        for choice in choices(schema) {
            let word = choice.word();
            ask(format!("{name}::{word}"), choice.schema);
            for (field, schema) in choice.payload().into_iter().flat_map(properties) {
                ask(format!("{name}::{word}.{field}"), schema);
            }
        }
        // Choices without a doc are lumped together.
        let lump = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        silent.extend(lump.map(|word| format!("{name}::{word}")));
    }
    silent
}

/// The fields without defaults of a struct, or of a choice with fields, in their own order.
pub(crate) fn required(name: &str) -> Vec<String> {
    let language = Language::of_scenarios();
    let of = |schema: &Value| -> Vec<String> {
        let fields = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        fields.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    if let Some((_, schema)) =
        language.types().iter().find(|(it, schema)| it == name && !properties(schema).is_empty())
    {
        return of(schema);
    }
    let all = language.types().iter().flat_map(|(_, schema)| choices(schema));
    let payload = all.filter(|it| it.word() == name).find_map(|it| it.payload().map(of));
    payload.unwrap_or_default()
}

/// Every word that a type of the language accepts: its fields, its choices and their fields.
#[cfg(test)]
pub(crate) fn words(name: &str) -> Vec<String> {
    let language = Language::of_scenarios();
    let Some(schema) = language.find(name) else { return Vec::new() };
    let fields = |schema| properties(schema).into_iter().map(|(field, _)| field.to_owned());
    let mut words: Vec<String> = fields(schema).collect();
    for choice in choices(schema) {
        words.push(choice.word().to_owned());
        words.extend(choice.payload().into_iter().flat_map(fields));
    }
    words
}

/// All types of the language, in the order of their use: a type stands behind the first that needs it.
struct Language {
    types: Vec<(String, Value)>,
}

impl Language {
    fn of_scenarios() -> Self {
        let root = schema();
        let mut language = Self { types: Vec::new() };
        let mut seen = BTreeSet::new();
        let mut next = vec![("Scenario".to_owned(), root.clone())];
        while let Some((name, schema)) = next.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let mut used = Vec::new();
            references(&schema, &mut used);
            // Taken from the end: the first that is used comes next.
            for name in used.into_iter().rev() {
                if let Some(schema) = root.get("$defs").and_then(|it| it.get(&name)) {
                    next.push((name, schema.clone()));
                }
            }
            language.types.push((name, schema));
        }
        language
    }

    fn types(&self) -> &[(String, Value)] {
        &self.types
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.types.iter().find(|(it, _)| it == name).map(|(_, schema)| schema)
    }
}

/// The types that a schema refers to, its own definitions left out.
fn references(schema: &Value, used: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("$defs" | "default", _) => {}
                    ("$ref", Value::String(path)) => used.push(type_name(path).to_owned()),
                    _ => references(value, used),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, used)),
        _ => {}
    }
}

/// The last word of a reference.
fn type_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn description(schema: &Value) -> &str {
    schema.get("description").and_then(Value::as_str).unwrap_or("")
}

/// The fields of a struct: those without defaults first, in their own order, then the others by name.
fn properties(schema: &Value) -> Vec<(&str, &Value)> {
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
        return Vec::new();
    };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let first = required.iter().filter_map(|name| fields.get_key_value(*name));
    let rest = fields.iter().filter(|(name, _)| !required.contains(&name.as_str()));
    first.chain(rest).map(|(name, schema)| (name.as_str(), schema)).collect()
}

/// One choice of an enum.
struct Choice<'s> {
    schema: &'s Value,
}

impl<'s> Choice<'s> {
    /// The word that is written.
    fn word(&self) -> &'s str {
        let word = self.schema.get("const").and_then(Value::as_str);
        let keyed = || self.schema.get("required")?.get(0)?.as_str();
        word.or_else(keyed).unwrap_or("")
    }

    /// What is written in its parentheses.
    fn payload(&self) -> Option<&'s Value> {
        self.schema.get("properties")?.get(self.word())
    }
}

/// The choices of an enum.
fn choices(schema: &Value) -> Vec<Choice<'_>> {
    let all = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    all.map(|schema| Choice { schema }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/REFERENCE.md");

    #[test]
    fn reference_is_current() {
        let page = reference();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PAGE, &page).expect("the page can be written");
        }
        let kept = std::fs::read_to_string(PAGE).unwrap_or_default();
        assert!(kept == page, "the types have changed: UPDATE=1 cargo test reference_is_current");
    }

    #[test]
    fn every_field_has_a_description() {
        assert_eq!(undocumented(), Vec::<String>::new());
    }

    #[test]
    fn required_fields_are_known_of_structs_and_choices() {
        assert_eq!(required("Scenario"), ["schema", "name", "intent", "duration", "fleet"]);
        assert_eq!(required("FaultEntry"), ["id", "mode", "when"]);
        assert_eq!(required("Weibull"), ["shape", "scale"]);
        assert_eq!(required("Nothing"), Vec::<String>::new());
    }
}
