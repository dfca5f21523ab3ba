//! What the files of a crate declare, and every path that they name.

mod tokens;
mod visitor;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A path in the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Mention {
    /// Its segments; `$crate` is `crate`.
    pub(super) segments: Vec<String>,
    /// Its line, from 1.
    pub(super) line: usize,
    /// It stands among a macro's tokens, which may name modules that the macro puts below others.
    pub(super) is_in_macro: bool,
    /// It ends in `*`.
    pub(super) is_glob: bool,
}

/// A name that stands for something that is declared elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) target: Vec<String>,
}

/// A module: a file, or a part of one between braces.
#[derive(Clone, Debug, Default)]
pub(super) struct Module {
    pub(super) file: usize,
    pub(super) parent: Option<usize>,
    /// Modules inside, by name.
    pub(super) children: BTreeMap<String, usize>,
    /// Names that are declared here, each with its file: a macro that is exported is declared at the root.
    pub(super) items: BTreeMap<String, usize>,
    pub(super) aliases: Vec<Alias>,
    /// `use a::b::*`.
    pub(super) globs: Vec<Vec<String>>,
    pub(super) mentions: Vec<Mention>,
}

/// All files and modules of a crate. Module 0 is its root.
#[derive(Clone, Debug, Default)]
pub(super) struct Crate {
    /// Relative to the folder of the root.
    pub(super) files: Vec<PathBuf>,
    pub(super) modules: Vec<Module>,
}

impl Crate {
    /// Reads the root file and all files below its folder: a file's place says which module it is, so that modules that
    /// a macro declares are found like any other.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let folder = root.parent().ok_or("a root file stands in a folder")?;
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        files.sort();
        files.retain(|file| file != root);
        files.insert(0, root.to_path_buf());
        let mut read = Self::default();
        read.modules.push(Module::default());
        for (number, file) in files.iter().enumerate() {
            let inner = file.strip_prefix(folder).map_err(|why| why.to_string())?;
            read.files.push(inner.to_path_buf());
            let place = if number == 0 { 0 } else { read.module_of(inner) };
            read.modules[place].file = number;
        }
        for (number, file) in files.iter().enumerate() {
            let text = std::fs::read_to_string(file)
                .map_err(|why| format!("{}: {why}", file.display()))?;
            let parsed = syn::parse_file(&text).map_err(|why| {
                let at = why.span().start();
                format!("{}:{}: {why}", file.display(), at.line)
            })?;
            let place = if number == 0 { 0 } else { read.module_of(&read.files[number].clone()) };
            visitor::visit(&mut read, place, &parsed);
        }
        Ok(read)
    }

    /// The module of a file, made with those around it where they are not there yet.
    fn module_of(&mut self, file: &Path) -> usize {
        let mut module = 0;
        let stem = file.with_extension("");
        for part in &stem {
            let name = part.to_string_lossy();
            // The other way to name the head of a folder.
            if name != "mod" {
                module = self.child(module, &name);
            }
        }
        module
    }

    /// A module's child of that name, made where it is not there yet.
    fn child(&mut self, parent: usize, name: &str) -> usize {
        if let Some(known) = self.modules[parent].children.get(name) {
            return *known;
        }
        let number = self.modules.len();
        let file = self.modules[parent].file;
        self.modules.push(Module { file, parent: Some(parent), ..Module::default() });
        self.modules[parent].children.insert(name.to_owned(), number);
        number
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries =
        std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|why| why.to_string())?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
