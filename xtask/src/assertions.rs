//! Assertions: how many stand in the functions of each crate, and which of them are drawn to be tripped.
//!
//! Counted are `assert!`, `debug_assert!` and their kin in functions that are not tests. An `expect` whose text names a rule is a
//! check as well and has a column of its own.

use std::path::Path;

use syn::visit::{self, Visit};

use crate::sources::{is_test, sources};

/// What stands in one file or one crate.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Functions with a body, tests left out.
    pub functions: usize,
    /// Calls of `expect`.
    pub expectations: usize,
    /// The assertions.
    pub assertions: Vec<Assertion>,
}

/// One assertion.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Assertion {
    /// The file, from the root of the workspace.
    pub file: String,
    /// The line on which it begins.
    pub line: usize,
    /// Its macro.
    pub name: String,
    /// The last text in it: the rule that it names. Empty if it names none.
    pub rule: String,
}

impl Counted {
    /// Assertions per function.
    pub fn per_function(&self) -> f64 {
        self.assertions.len() as f64 / self.functions.max(1) as f64
    }

    /// Adds what stands in other files.
    pub fn add(&mut self, other: Self) {
        self.functions += other.functions;
        self.expectations += other.expectations;
        self.assertions.extend(other.assertions);
    }
}

/// The sources of a crate, by its folder.
///
/// # Errors
/// If a file cannot be read, or is not Rust.
pub fn of_crate(root: &Path, folder: &str) -> Result<Counted, String> {
    let mut all = Counted::default();
    for (path, text) in sources(&root.join(folder))? {
        let file = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        all.add(of_text(&file, &text)?);
    }
    Ok(all)
}

/// One file.
///
/// # Errors
/// If it is not Rust.
pub fn of_text(file: &str, text: &str) -> Result<Counted, String> {
    let parsed = syn::parse_file(text).map_err(|why| format!("{file}: {why}"))?;
    let mut counter = Counter { file, counted: Counted::default() };
    counter.visit_file(&parsed);
    Ok(counter.counted)
}

struct Counter<'a> {
    file: &'a str,
    counted: Counted,
}

impl<'ast> Visit<'ast> for Counter<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_test(&function.attrs) {
            self.counted.functions += 1;
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            self.counted.functions += 1;
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.counted.functions += usize::from(function.default.is_some());
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.counted.expectations += usize::from(call.method == "expect");
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let Some(name) = called.path.segments.last().map(|it| it.ident.to_string()) else { return };
        let plain = name.strip_prefix("debug_").unwrap_or(&name);
        if matches!(plain, "assert" | "assert_eq" | "assert_ne") {
            let line = called.path.segments[0].ident.span().start().line;
            let file = self.file.to_owned();
            let rule = last_text(&called.tokens);
            self.counted.assertions.push(Assertion { file, line, name, rule });
        }
    }
}

fn last_text(tokens: &proc_macro2::TokenStream) -> String {
    let texts = tokens.clone().into_iter().filter_map(|token| match token {
        proc_macro2::TokenTree::Literal(it) => syn::parse_str::<syn::LitStr>(&it.to_string()).ok(),
        _ => None,
    });
    texts.last().map(|it| it.value()).unwrap_or_default()
}

/// So many of them, drawn by a seed: the same on every machine.
pub fn drawn(mut all: Vec<Assertion>, seed: u64, count: usize) -> Vec<Assertion> {
    all.sort();
    let mut state = seed;
    let mut chosen = Vec::new();
    while chosen.len() < count && !all.is_empty() {
        chosen.push(all.swap_remove((next(&mut state) % all.len() as u64) as usize));
    }
    chosen
}

/// SplitMix64 (Steele, Lea and Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        /// Something.
        pub fn one(n: u32) -> u32 {
            debug_assert!(n > 0, "{n} is nothing");
            n
        }
        impl A {
            fn two(&self) { assert_eq!(self.0, 1, "one is one"); self.1.expect("it is there"); }
        }
        trait T { fn three(&self) {} fn four(&self); }
        #[cfg(test)]
        mod tests {
            #[test]
            fn five() { assert!(true); }
        }
    "#;

    #[test]
    fn functions_and_assertions_are_counted_without_tests() {
        let counted = of_text("a.rs", TEXT).expect("it is Rust");
        assert_eq!((counted.functions, counted.expectations), (3, 1));
        let rules: Vec<_> =
            counted.assertions.iter().map(|it| (it.line, it.rule.as_str())).collect();
        assert_eq!(rules, [(4, "{n} is nothing"), (8, "one is one")]);
    }

    #[test]
    fn a_draw_is_named_by_its_seed_and_takes_none_twice() {
        let all: Vec<Assertion> = (0..50)
            .map(|line| Assertion {
                file: "a.rs".to_owned(),
                line,
                name: "assert".to_owned(),
                rule: String::new(),
            })
            .collect();
        let one = drawn(all.clone(), 1, 20);
        assert_eq!(one, drawn(all.clone(), 1, 20));
        assert_ne!(one, drawn(all.clone(), 2, 20));
        let mut lines: Vec<usize> = one.iter().map(|it| it.line).collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 20);
        assert_eq!(drawn(all, 1, 100).len(), 50);
    }
}
