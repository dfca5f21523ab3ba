//! The reference page as Markdown.

use std::fmt::Write;

use serde_json::Value;

use super::{Choice, Language, choices, description, properties, type_name};

const HEAD: &str = "\
# Scenario reference

This page is generated from the types of the language; the test `reference_is_current` keeps it so.

A scenario is one [RON](https://github.com/ron-rs/ron) file: `Scenario(schema: 2, name: \"...\", ...)`.

- The name before a parenthesis can be left out: `Group(id: \"lanes\", count: 4)` or `(id: \"lanes\", count: 4)`.
  The settings of a part are always written without one: `printer: (roll: \"30m\")`.
- What can be left out has a default; what is set replaces only that field.
- A choice is a bare word: `uplink: Wifi`. A value that may be absent is written as it is, or as `None`.
- Quantities are text with a unit: `\"45min\"`, `\"3.2V\"`, `\"24.50 CNY\"`. Probabilities and factors are plain numbers.
- `//` begins a comment.

`posrig check FILE` lists every mistake in a file with its place and a hint.
";

/// The whole page.
pub(super) fn page(language: &Language) -> String {
    let mut page = String::from(HEAD);
    for (name, schema) in language.types() {
        if is_empty_choice(schema) {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## {name}\n\n{}\n", paragraph(description(schema)));
        if !properties(schema).is_empty() {
            page.push_str(&fields(language, schema));
        } else if !choices(schema).is_empty() {
            page.push_str(&choice_table(language, schema));
        }
    }
    page
}

/// An enum without choices: a part that does not break.
fn is_empty_choice(schema: &Value) -> bool {
    let never = schema.get("not").is_some() || schema == &Value::Bool(false);
    let none = schema.get("oneOf").or(schema.get("enum")).and_then(Value::as_array);
    never || none.is_some_and(Vec::is_empty)
}

fn fields(language: &Language, schema: &Value) -> String {
    let mut table = String::from("\n| field | type | default | meaning |\n|---|---|---|---|\n");
    for (field, schema_of) in properties(schema) {
        let default = default_of(language, schema, field, schema_of);
        let meaning = cell(description(schema_of));
        let _ = writeln!(table, "| `{field}` | {} | {default} | {meaning} |", type_of(schema_of));
    }
    table
}

fn default_of(language: &Language, owner: &Value, field: &str, schema: &Value) -> String {
    let required = owner.get("required").and_then(Value::as_array).into_iter().flatten();
    if required.into_iter().any(|it| it == field) {
        return "must be given".into();
    }
    match schema.get("default") {
        Some(Value::Array(items)) if items.len() > 6 => format!("{} values", items.len()),
        Some(value) => format!("`{}`", cell(&written(language, schema, value))),
        None => "`None`".into(),
    }
}

fn choice_table(language: &Language, schema: &Value) -> String {
    let mut table = String::from("\n| choice | meaning |\n|---|---|\n");
    for choice in choices(schema) {
        let payload = choice.payload();
        let dead = payload
            .and_then(reference)
            .and_then(|it| language.find(it))
            .is_some_and(is_empty_choice);
        if dead {
            continue;
        }
        let meaning = cell(description(choice.schema));
        let _ = writeln!(table, "| {} | {meaning} |", written_choice(&choice));
        for (field, schema) in payload.into_iter().flat_map(properties) {
            let owner = payload.unwrap_or(&Value::Null);
            let default = default_of(language, owner, field, schema);
            let meaning = cell(description(schema));
            let kind = type_of(schema);
            let _ = writeln!(table, "| &emsp; `{field}`: {kind} | {meaning} Default: {default}. |");
        }
    }
    table.replace(" Default: must be given.", "")
}

/// A choice as it is written: `At(Span)`, `Every(...)`, `All`.
fn written_choice(choice: &Choice<'_>) -> String {
    let word = choice.word();
    let Some(payload) = choice.payload() else { return format!("`{word}`") };
    if !properties(payload).is_empty() {
        return format!("`{word}(...)`");
    }
    let inner = match payload.get("prefixItems").and_then(Value::as_array) {
        Some(items) => items.iter().map(type_of).collect::<Vec<_>>().join(", "),
        None => type_of(payload),
    };
    format!("`{word}(`{inner}`)`")
}

/// The name of a type as people read it, with links.
fn type_of(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
        let some = options.iter().find(|it| it.get("type") != Some(&Value::from("null")));
        return some.map_or_else(String::new, |it| format!("{}, or `None`", type_of(it)));
    }
    let kind = schema.get("type");
    let single = kind.and_then(|it| it.as_str().or_else(|| it.get(0)?.as_str())).unwrap_or("");
    match single {
        "array" => {
            schema.get("items").map_or("list".into(), |it| format!("list of {}", type_of(it)))
        }
        "object" => {
            let values = schema.get("additionalProperties").map_or_else(String::new, type_of);
            format!("map from names to {values}")
        }
        "integer" => match schema.get("format").and_then(Value::as_str) {
            Some("uint8") => "whole number, 0 to 255".into(),
            Some("uint16") => "whole number, 0 to 65535".into(),
            _ => "whole number".into(),
        },
        "string" => "text".into(),
        "boolean" => "`true` or `false`".into(),
        other => other.into(),
    }
}

/// The type that a schema refers to, if it does nothing else.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).map(type_name)
}

/// What a schema refers to, through references and options.
fn resolved<'l>(language: &'l Language, schema: &'l Value) -> &'l Value {
    let options = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let some = options.into_iter().find(|it| reference(it).is_some()).unwrap_or(schema);
    reference(some).and_then(|name| language.find(name)).unwrap_or(schema)
}

/// A value as it is written in a scenario; of a struct only what differs from the defaults of its type.
fn written(language: &Language, schema: &Value, value: &Value) -> String {
    let schema = resolved(language, schema);
    match value {
        Value::Null => "None".into(),
        Value::String(text) => {
            let is_choice = !choices(schema).is_empty();
            if is_choice { text.clone() } else { format!("\"{text}\"") }
        }
        Value::Array(items) => {
            let item = schema.get("items").unwrap_or(&Value::Null);
            let items: Vec<String> = items.iter().map(|it| written(language, item, it)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) if schema.get("properties").is_some() => {
            let known = properties(schema);
            let differing = known.iter().filter_map(|(name, schema)| {
                let value = fields.get(*name)?;
                let same = schema.get("default") == Some(value);
                (!same).then(|| format!("{name}: {}", written(language, schema, value)))
            });
            format!("({})", differing.collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => "{}".into(),
        other => other.to_string(),
    }
}

/// A text that a table can hold.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// A doc comment as one paragraph.
fn paragraph(text: &str) -> String {
    text.replace('\n', " ")
}
