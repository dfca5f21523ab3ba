//! The Rust of a folder, tests left out.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file with its text, in the order of their paths.
pub(crate) fn sources(folder: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let mut paths = Vec::new();
    find(folder, &mut paths)?;
    paths.sort();
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(why) => Err(format!("{}: {why}", path.display())),
    };
    paths.into_iter().map(read).collect()
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|why| why.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            find(&path, paths)?;
        } else if name.ends_with(".rs") && name != "tests.rs" {
            paths.push(path);
        }
    }
    Ok(())
}

/// `#[test]`, `#[cfg(test)]`.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| match &it.meta {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) => {
            list.path.is_ident("cfg") && list.tokens.to_string().contains("test")
        }
        syn::Meta::NameValue(_) => false,
    })
}
