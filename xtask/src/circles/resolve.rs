//! From a path to the file that defines what it names.

use super::source::{Crate, Mention};

/// Chains of re-exports are short; one that goes round ends here.
const DEEPEST: usize = 16;

/// What a path leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Named {
    /// Something that a file declares.
    Item { file: usize },
    /// A module as such.
    Module(usize),
}

pub(super) struct Resolver<'a> {
    parsed: &'a Crate,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(parsed: &'a Crate) -> Self {
        Self { parsed }
    }

    /// The file that a mention needs. None: it leads out of the crate, or to a local variable, or it names a module, whose
    /// things are named where they are used.
    pub(super) fn file(&self, module: usize, mention: &Mention) -> Option<usize> {
        let segments: Vec<&str> = mention.segments.iter().map(String::as_str).collect();
        let named = self.path(module, &segments, 0).or_else(|| {
            // A list of models names modules that the macro declares below a group.
            if !mention.is_in_macro || segments.len() < 2 {
                return None;
            }
            let groups = self.parsed.modules[module].children.values();
            let mut hits = groups
                .filter(|group| self.parsed.modules[**group].children.contains_key(segments[0]));
            let group = hits.next()?;
            self.inside(*group, &segments, 0)
        })?;
        match named {
            Named::Item { file } => Some(file),
            Named::Module(inner) => mention.is_glob.then(|| self.parsed.modules[inner].file),
        }
    }

    /// A path as written in a module.
    fn path(&self, module: usize, segments: &[&str], depth: usize) -> Option<Named> {
        let (first, rest) = segments.split_first()?;
        match *first {
            "crate" => self.anchored(0, rest, depth),
            "self" => self.anchored(module, rest, depth),
            "super" => self.anchored(self.parsed.modules[module].parent?, rest, depth),
            _ => self.inside(module, segments, depth),
        }
    }

    /// What follows `crate`, `self` or `super`: surely inside the crate, so that a name that is not found was made by a macro
    /// where it was looked for.
    fn anchored(&self, module: usize, rest: &[&str], depth: usize) -> Option<Named> {
        match rest.first() {
            None => Some(Named::Module(module)),
            Some(&"super") => self.anchored(self.parsed.modules[module].parent?, &rest[1..], depth),
            Some(_) => {
                let made = Named::Item { file: self.parsed.modules[module].file };
                Some(self.inside(module, rest, depth).unwrap_or(made))
            }
        }
    }

    /// A path from a module downwards.
    fn inside(&self, module: usize, segments: &[&str], depth: usize) -> Option<Named> {
        if depth > DEEPEST {
            return None;
        }
        let (first, rest) = segments.split_first()?;
        let here = &self.parsed.modules[module];
        let child = here.children.get(*first).copied();
        if let Some(child) = child
            && !rest.is_empty()
        {
            return self.anchored(child, rest, depth + 1);
        }
        if let Some(file) = here.items.get(*first) {
            return Some(Named::Item { file: *file });
        }
        for alias in here.aliases.iter().filter(|it| it.name == *first) {
            let target: Vec<&str> = alias.target.iter().map(String::as_str).collect();
            // `use time::Span` in `time` itself would ask for itself for ever.
            if target == [*first] {
                continue;
            }
            match self.path(module, &target, depth + 1) {
                Some(Named::Module(inner)) => return self.anchored(inner, rest, depth + 1),
                Some(item) => return Some(item),
                None => {}
            }
        }
        if let Some(child) = child {
            return Some(Named::Module(child));
        }
        here.globs.iter().find_map(|glob| {
            let target: Vec<&str> = glob.iter().map(String::as_str).collect();
            match self.path(module, &target, depth + 1)? {
                Named::Module(inner) if inner != module => self.inside(inner, segments, depth + 1),
                _ => None,
            }
        })
    }
}
