//! Terminal types that are like another one: what a type says replaces what its base says, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fleet::TerminalType;
use crate::name::Name;
use crate::scenario::Scenario;
use crate::syntax_tree::SyntaxTree;

/// The scenario with every type made whole. Its types must not be based on each other in a circle.
pub(crate) fn resolved(mut scenario: Scenario, source: &str) -> Scenario {
    if scenario.types.values().all(|it| it.base.is_none()) {
        return scenario;
    }
    let Ok(tree) = SyntaxTree::of(source) else { return scenario };
    let resolver = TypeResolver { types: &scenario.types, tree: &tree, source };
    let whole: BTreeMap<Name, TerminalType> =
        scenario.types.keys().map(|name| (name.clone(), resolver.whole(name, 0))).collect();
    scenario.types = whole;
    scenario
}

struct TypeResolver<'a> {
    types: &'a BTreeMap<Name, TerminalType>,
    tree: &'a SyntaxTree,
    source: &'a str,
}

impl TypeResolver<'_> {
    /// A type with everything that it has from its bases.
    fn whole(&self, name: &str, depth: usize) -> TerminalType {
        let own = self.types.get(name).cloned().unwrap_or_default();
        // A circle is refused by the check; this only keeps it from running for ever.
        let Some(base) = own.base.as_deref().filter(|_| depth <= self.types.len()) else {
            return own;
        };
        let base = self.whole(base, depth + 1);
        let said = self.bracket_of(name);
        let whole = overlay(as_value(&base), &as_value(&own), said, self);
        let mut whole: TerminalType = serde_json::from_value(whole).unwrap_or_else(|_| own.clone());
        whole.base = own.base;
        whole
    }

    /// The bracket that holds what a type says.
    fn bracket_of(&self, name: &str) -> Option<usize> {
        let types = self.tree.find(self.source, self.tree.scenario()?, "types")?;
        let entry = self.tree.find(self.source, self.tree.only_bracket(types)?, name)?;
        self.tree.only_bracket(entry)
    }
}

fn as_value(of: &TerminalType) -> Value {
    // Plain structs with named fields: there is nothing that JSON could not hold.
    serde_json::to_value(of).expect("a terminal type is plain data")
}

/// A base with those fields replaced that are written in a bracket of the source.
fn overlay(
    mut base: Value,
    own: &Value,
    bracket: Option<usize>,
    resolver: &TypeResolver<'_>,
) -> Value {
    let (Some(fields), Some(bracket)) = (base.as_object_mut(), bracket) else { return base };
    for entry in &resolver.tree.bracket(bracket).entries {
        let Some(key) = entry.key.clone().map(|key| &resolver.source[key]) else { continue };
        let (Some(of_base), Some(of_own)) = (fields.get_mut(key), own.get(key)) else { continue };
        *of_base = match resolver.tree.only_bracket(entry) {
            Some(inner) if of_base.is_object() && of_own.is_object() => {
                overlay(of_base.take(), of_own, Some(inner), resolver)
            }
            _ => of_own.clone(),
        };
    }
    base
}

#[cfg(test)]
mod tests {
    use models::quantity::Millimetres;
    use sim::Span;

    use crate::load::load_text;

    #[test]
    fn a_type_changes_of_its_base_what_it_says_and_nothing_else() {
        let source = r#"(schema: 2, name: "a", intent: "b", duration: "1d",
            fleet: [(id: "lanes", count: 1, type: "new")],
            types: {
                "old": (hardware: (printer: (roll: "18m", line_duration: "9ms"))),
                "mid": (base: "old", software: (firmware: (boots_in: "1min"))),
                "new": TerminalType(base: "mid", hardware: (printer: (roll: "30m"))),
            })"#;
        let loaded = load_text("a.ron", source).expect("it is sound");
        let whole = &loaded.scenario.types["new"];
        // What is said again counts, though it is the default of the catalogue.
        assert_eq!(whole.hardware.printer.roll, Millimetres(30_000));
        assert_eq!(whole.hardware.printer.line_duration, Span::millis(9));
        assert_eq!(whole.software.firmware.boots_in, Span::minutes(1));
    }
}
