//! How large files and functions are, and how much of the text explains itself.
//!
//! Counted is production code: files named `tests.rs` and modules for tests alone are left out. A function is as long as from
//! `fn` to its closing brace. Shares are of all lines that are not empty.

use std::path::Path;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::sources::{is_test, sources};

/// What stands in some files.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// Lines of each file.
    pub files: Vec<usize>,
    /// Lines of each function.
    pub functions: Vec<usize>,
    /// The most parameters of a function.
    pub parameters: usize,
    /// Lines that are not empty.
    pub lines: usize,
    /// Of these, lines of documentation.
    pub docs: usize,
    /// Of these, other comments.
    pub comments: usize,
}

/// Median, ninth decile and maximum.
pub fn spread(mut of: Vec<usize>) -> [usize; 3] {
    of.sort_unstable();
    let at = |share: usize| of.get(of.len() * share / 10).or(of.last()).copied().unwrap_or(0);
    [at(5), at(9), of.last().copied().unwrap_or(0)]
}

impl Sizes {
    /// Adds what stands in other files.
    pub fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.functions.extend(other.functions);
        self.parameters = self.parameters.max(other.parameters);
        self.lines += other.lines;
        self.docs += other.docs;
        self.comments += other.comments;
    }

    /// A share of the lines, in per cent.
    pub fn percent(&self, of: usize) -> f64 {
        100.0 * of as f64 / self.lines.max(1) as f64
    }
}

/// The sources in a folder.
///
/// # Errors
/// If a file cannot be read, or is not Rust.
pub fn of_folder(folder: &Path) -> Result<Sizes, String> {
    let mut all = Sizes::default();
    for (path, text) in sources(folder)? {
        all.add(of_text(&text).map_err(|why| format!("{}: {why}", path.display()))?);
    }
    Ok(all)
}

/// One file.
///
/// # Errors
/// If it is not Rust.
pub fn of_text(text: &str) -> Result<Sizes, String> {
    let parsed = syn::parse_file(text).map_err(|why| why.to_string())?;
    let mut reader = Reader::default();
    reader.visit_file(&parsed);
    let mut sizes = reader.sizes;
    let of_tests =
        |line: usize| reader.tests.iter().any(|(from, to)| (*from..=*to).contains(&line));
    let mut count = 0;
    for (_, line) in text.lines().enumerate().filter(|(number, _)| !of_tests(number + 1)) {
        count += 1;
        let line = line.trim();
        sizes.lines += usize::from(!line.is_empty());
        if line.starts_with("///") || line.starts_with("//!") {
            sizes.docs += 1;
        } else if line.starts_with("//") {
            sizes.comments += 1;
        }
    }
    sizes.files.push(count);
    Ok(sizes)
}

#[derive(Default)]
struct Reader {
    sizes: Sizes,
    /// First and last lines of what is there for tests alone.
    tests: Vec<(usize, usize)>,
}

impl Reader {
    fn test(&mut self, attributes: &[syn::Attribute], whole: proc_macro2::Span) {
        let starts = attributes.iter().map(|it| it.span().start().line);
        let from = starts.min().unwrap_or(whole.start().line).min(whole.start().line);
        self.tests.push((from, whole.end().line));
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let lines = block.span().end().line + 1 - signature.span().start().line;
        self.sizes.functions.push(lines);
        self.sizes.parameters = self.sizes.parameters.max(signature.inputs.len());
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_test(&module.attrs) {
            self.test(&module.attrs, module.span());
        } else {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if is_test(&function.attrs) {
            self.test(&function.attrs, function.span());
        } else {
            self.function(&function.sig, &function.block);
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! A file.\n\n/// One.\npub fn one(a: u8, b: u8) -> u8 {\n    // Because.\n    a + b\n}\n\n\
                        #[cfg(test)]\nmod tests {\n    // Not counted.\n    fn two() {}\n}\n";

    #[test]
    fn tests_are_left_out() {
        let sizes = of_text(TEXT).expect("it is Rust");
        assert_eq!((sizes.files, sizes.functions, sizes.parameters), (vec![8], vec![4], 2));
        assert_eq!((sizes.lines, sizes.docs, sizes.comments), (6, 2, 1));
    }

    #[test]
    fn a_spread_is_the_middle_the_ninth_decile_and_the_largest() {
        assert_eq!(spread((1..=100).rev().collect()), [51, 91, 100]);
        assert_eq!(spread(vec![7]), [7, 7, 7]);
        assert_eq!(spread(Vec::new()), [0, 0, 0]);
    }
}
