//! Files that know each other in a circle cannot be understood one by one: no circle is larger than five.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::architecture::{ROOT, sources};

/// A path as its segments.
type Segments = Vec<String>;

/// The files of a crate by their modules, and what each of them names.
struct Crate {
    files: BTreeMap<Segments, String>,
    /// What a module hands on under a name, and the path behind it.
    reexports: BTreeMap<(Segments, String), Segments>,
}

fn segments(path: &str) -> Segments {
    path.split("::").map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// The code of a file: without comments, texts and tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code: Vec<&str> = lines.collect();
    code.join("\n")
}

/// The paths of a `use` tree.
fn flat(tree: &str, before: &str, into: &mut Vec<Segments>) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        into.push(segments(&format!("{before}{path}")));
        return;
    };
    let body = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut from) = (0, 0);
    for (at, c) in body.char_indices().chain([(body.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !body[from..at].trim().is_empty() {
                    flat(&body[from..at], &format!("{before}{head}"), into);
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// The `use` declarations of some code: whether each is handed on, and its paths.
fn uses(code: &str) -> Vec<(bool, Vec<Segments>)> {
    let mut found = Vec::new();
    for part in code.split(';') {
        let Some(at) = part.find("use ") else { continue };
        let before = part[..at].rsplit('\n').next().unwrap_or_default().trim();
        if !(before.is_empty() || before.starts_with("pub")) {
            continue;
        }
        let mut paths = Vec::new();
        flat(&part[at + 4..], "", &mut paths);
        found.push((before.starts_with("pub"), paths));
    }
    found
}

/// Paths that stand in the code itself.
fn spelt(code: &str) -> Vec<Segments> {
    let of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !of_path(c));
    let paths =
        words.filter(|it| ["crate::", "super::", "self::"].iter().any(|by| it.starts_with(by)));
    paths.map(segments).collect()
}

impl Crate {
    fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        for file in sources(folder) {
            let inside = file.strip_prefix(folder).expect("one of its files").with_extension("");
            let mut module = segments(&inside.to_string_lossy().replace('/', "::"));
            if module == ["lib"] {
                module.clear();
            }
            files.insert(module, code(&fs::read_to_string(&file).expect("a source file")));
        }
        let mut it = Self { files, reexports: BTreeMap::new() };
        for (module, text) in &it.files {
            for path in uses(text).into_iter().filter(|(on, _)| *on).flat_map(|(_, paths)| paths) {
                let Some(name) = path.last().cloned() else { continue };
                it.reexports.insert((module.clone(), name), it.absolute(&path, module));
            }
        }
        it
    }

    /// A path from the crate's root.
    fn absolute(&self, path: &[String], from: &[String]) -> Segments {
        let mut base = from.to_vec();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => base.clear(),
            Some("super") => {}
            Some("self") => {}
            // A child of the module that says so, or another crate.
            _ => return [from, path].concat(),
        }
        if path[0] != "super" {
            rest = &rest[1..];
        }
        while rest.first().is_some_and(|it| it == "super") {
            base.pop();
            rest = &rest[1..];
        }
        [base.as_slice(), rest].concat()
    }

    /// The file in which what a path names is defined.
    fn defines(&self, mut path: Segments) -> Segments {
        for _ in 0..8 {
            let depth = (0..=path.len()).rev().find(|&it| self.files.contains_key(&path[..it]));
            let depth = depth.unwrap_or(0);
            let module = path[..depth].to_vec();
            let Some(name) = path.get(depth) else { return module };
            match self.reexports.get(&(module.clone(), name.clone())) {
                Some(behind) if self.files.contains_key(&behind[..1.min(behind.len())]) => {
                    path = [behind.as_slice(), &path[depth + 1..]].concat();
                }
                _ => return module,
            }
        }
        path
    }

    /// The files that each file knows.
    fn known(&self) -> BTreeMap<Segments, BTreeSet<Segments>> {
        let mut known = BTreeMap::new();
        for (module, text) in &self.files {
            let mut paths: Vec<Segments> = uses(text).into_iter().flat_map(|(_, it)| it).collect();
            paths.extend(spelt(text));
            let here = paths.iter().filter(|it| {
                let first = it.first().map_or("", String::as_str);
                let child = [module.as_slice(), &it[..1.min(it.len())]].concat();
                ["crate", "super", "self"].contains(&first) || self.files.contains_key(&child)
            });
            let mut knows: BTreeSet<Segments> =
                here.map(|it| self.defines(self.absolute(it, module))).collect();
            // The catalogue is made of all components.
            if module.is_empty() {
                let groups = ["hardware", "comms", "software", "platform", "people"];
                let of_one = |it: &&Segments| it.len() == 2 && groups.contains(&it[0].as_str());
                knows.extend(self.files.keys().filter(of_one).cloned());
            }
            knows.remove(module);
            known.insert(module.clone(), knows);
        }
        known
    }

    /// The files that a file knows, by whatever way.
    fn reached(
        known: &BTreeMap<Segments, BTreeSet<Segments>>,
        from: &Segments,
    ) -> BTreeSet<Segments> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from.clone()];
        while let Some(next) = open.pop() {
            for it in known.get(&next).into_iter().flatten() {
                if reached.insert(it.clone()) {
                    open.push(it.clone());
                }
            }
        }
        reached
    }
}

#[test]
fn no_circle_of_models_is_larger_than_five() {
    let models = Crate::read(&Path::new(ROOT).join("models/src"));
    let known = models.known();
    let reached: BTreeMap<_, _> =
        known.keys().map(|it| (it.clone(), Crate::reached(&known, it))).collect();
    for (file, all) in &reached {
        let circle: Vec<String> =
            all.iter().filter(|it| reached[*it].contains(file)).map(|it| it.join("::")).collect();
        assert!(circle.len() <= 5, "{} know each other in a circle: {circle:?}", circle.len());
    }
    // That the paths are understood at all.
    let of = |path: &str| segments(path);
    assert!(known[&of("hardware::printer")].contains(&of("vocabulary::recovery_action")));
    assert!(known[&of("hardware::display")].contains(&of("parts")), "a re-export is seen through");
    assert!(known[&of("world")].contains(&Vec::new()), "world.rs spawns by the catalogue");
}
