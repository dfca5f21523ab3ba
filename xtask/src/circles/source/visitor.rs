//! Walks a parsed file.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, File, Ident, Item, ItemMod, ItemUse, Macro, Meta, UseTree, Visibility};

use super::{Alias, Crate, Mention, tokens};

struct Visitor<'a> {
    found: &'a mut Crate,
    module: usize,
}

/// Adds what a file declares and names to its module.
pub(super) fn visit(found: &mut Crate, module: usize, file: &File) {
    Visitor { found, module }.visit_file(file);
}

impl Visitor<'_> {
    fn mention(&mut self, segments: Vec<String>, at: Span, is_in_macro: bool, is_glob: bool) {
        let mention = Mention { segments, line: at.start().line, is_in_macro, is_glob };
        self.found.modules[self.module].mentions.push(mention);
    }

    fn declare(&mut self, name: &Ident) {
        let module = &mut self.found.modules[self.module];
        module.items.insert(name.to_string(), module.file);
    }

    /// A macro that is exported is named by the root, from anywhere.
    fn declare_macro(&mut self, name: &Ident) {
        self.declare(name);
        let file = self.found.modules[self.module].file;
        self.found.modules[0].items.insert(name.to_string(), file);
    }

    fn take_tokens(&mut self, stream: proc_macro2::TokenStream) {
        for (segments, at) in tokens::paths(stream) {
            self.mention(segments, at, true, false);
        }
    }

    /// The leaves of a `use`: each makes a name, and those that are not passed on need what they name.
    fn take_use(&mut self, tree: &UseTree, before: &[String], is_passed_on: bool) {
        let joined = |name: &Ident| [before, &[name.to_string()]].concat();
        let (name, target, at) = match tree {
            UseTree::Path(path) => {
                return self.take_use(&path.tree, &joined(&path.ident), is_passed_on);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|it| self.take_use(it, before, is_passed_on));
            }
            UseTree::Glob(glob) => {
                let at = glob.star_token.spans[0];
                self.found.modules[self.module].globs.push(before.to_vec());
                if !is_passed_on {
                    self.mention(before.to_vec(), at, false, true);
                }
                return;
            }
            UseTree::Name(leaf) if leaf.ident == "self" => {
                let name = before.last().cloned().unwrap_or_default();
                (name, before.to_vec(), leaf.ident.span())
            }
            UseTree::Name(leaf) => (leaf.ident.to_string(), joined(&leaf.ident), leaf.ident.span()),
            UseTree::Rename(leaf) => {
                (leaf.rename.to_string(), joined(&leaf.ident), leaf.ident.span())
            }
        };
        if !is_passed_on {
            self.mention(target.clone(), at, false, false);
        }
        self.found.modules[self.module].aliases.push(Alias { name, target });
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(it) => self.declare(&it.ident),
            Item::Enum(it) => self.declare(&it.ident),
            Item::Fn(it) => self.declare(&it.sig.ident),
            Item::Static(it) => self.declare(&it.ident),
            Item::Struct(it) => self.declare(&it.ident),
            Item::Trait(it) => self.declare(&it.ident),
            Item::TraitAlias(it) => self.declare(&it.ident),
            Item::Type(it) => self.declare(&it.ident),
            Item::Union(it) => self.declare(&it.ident),
            Item::Macro(it) => it.ident.iter().for_each(|name| self.declare_macro(name)),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let Some((_, items)) = &item.content else { return };
        let outer = self.module;
        self.module = self.found.child(outer, &item.ident.to_string());
        items.iter().for_each(|it| self.visit_item(it));
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_passed_on = !matches!(item.vis, Visibility::Inherited);
            self.take_use(&item.tree, &[], is_passed_on);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let segments = path.segments.iter().map(|it| it.ident.to_string()).collect();
            let first = path.segments.first().map_or_else(Span::call_site, |it| it.ident.span());
            self.mention(segments, first, false, false);
        }
        // Generic arguments hold paths of their own.
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.take_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        // `#[serde(with = "crate::x")]` names a path in a string; a doc comment names things for readers only.
        if let Meta::List(list) = &attribute.meta {
            for (segments, at) in tokens::quoted_paths(list.tokens.clone()) {
                self.mention(segments, at, false, false);
            }
            self.take_tokens(list.tokens.clone());
        }
    }
}
