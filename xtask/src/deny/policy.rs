//! The rules, and what breaks them.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Item, Value};

use super::licence::is_allowed;
use super::resolved::{Package, Packages};

/// The one registry.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A banned crate.
#[derive(Clone, Debug)]
struct Ban {
    name: String,
    reason: String,
    /// It may be there if only these depend on it.
    wrappers: BTreeSet<String>,
}

/// What `deny.toml` says.
#[derive(Clone, Debug)]
pub struct Policy {
    licences: Vec<String>,
    /// `name@version` of those that may be there beside another version.
    skipped: BTreeSet<String>,
    bans: Vec<Ban>,
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.as_inline_table()?.get(key)?.as_str().map(str::to_owned)
}

fn list(item: &Item) -> Vec<Value> {
    item.as_array().map(|it| it.iter().cloned().collect()).unwrap_or_default()
}

fn words<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
    values.into_iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

impl Policy {
    /// Reads the rules.
    ///
    /// # Errors
    /// What is not TOML, or says what would not be checked.
    pub fn read(rules: &str) -> Result<Self, String> {
        let read: DocumentMut = rules.parse().map_err(|why| format!("deny.toml: {why}"))?;
        for (section, key) in [
            ("bans", "multiple-versions"),
            ("bans", "wildcards"),
            ("sources", "unknown-registry"),
            ("sources", "unknown-git"),
        ] {
            let value = read.get(section).and_then(|it| it.get(key)).and_then(Item::as_str);
            if value != Some("deny") {
                return Err(format!("deny.toml: [{section}] {key} is checked as \"deny\""));
            }
        }
        let name = |entry: &Value| {
            text(entry, "crate").ok_or_else(|| format!("deny.toml: no crate in `{entry}`"))
        };
        let reason = |entry: &Value| {
            text(entry, "reason").ok_or_else(|| format!("deny.toml: no reason in `{entry}`"))
        };
        let mut skipped = BTreeSet::new();
        for entry in list(&read["bans"]["skip"]) {
            reason(&entry)?;
            skipped.insert(name(&entry)?);
        }
        let mut bans = Vec::new();
        for entry in list(&read["bans"]["deny"]) {
            let wrappers = entry.as_inline_table().and_then(|it| it.get("wrappers"));
            let wrappers = wrappers.and_then(Value::as_array).map(|it| words(it.iter()));
            bans.push(Ban {
                name: name(&entry)?,
                reason: reason(&entry)?,
                wrappers: wrappers.unwrap_or_default().into_iter().collect(),
            });
        }
        let licences = words(&list(&read["licenses"]["allow"]));
        Ok(Self { licences, skipped, bans })
    }

    /// Everything that is against the rules, one line each.
    pub fn breaches(&self, packages: &Packages) -> Vec<String> {
        let mut wrong = Vec::new();
        for package in &packages.0 {
            wrong.extend(self.licence(package));
            wrong.extend(self.ban(package));
            wrong.extend(source(package));
        }
        wrong.extend(self.twice(packages));
        wrong
    }

    fn licence(&self, package: &Package) -> Option<String> {
        let known = package.licence.as_deref().unwrap_or_default();
        let is_fine = is_allowed(known, &self.licences);
        (!is_fine).then(|| format!("{}: licence `{known}` is not allowed", package.name))
    }

    fn ban(&self, package: &Package) -> Option<String> {
        let ban = self.bans.iter().find(|ban| ban.name == package.name)?;
        let others: Vec<&str> =
            package.dependents.difference(&ban.wrappers).map(String::as_str).collect();
        let is_fine = !ban.wrappers.is_empty() && others.is_empty();
        let by = others.join(", ");
        (!is_fine).then(|| format!("{}: banned ({}), needed by {by}", package.name, ban.reason))
    }

    fn twice(&self, packages: &Packages) -> Vec<String> {
        let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for package in &packages.0 {
            versions.entry(&package.name).or_default().push(package);
        }
        let mut unused = self.skipped.clone();
        let mut wrong = Vec::new();
        for (name, all) in versions.iter().filter(|(_, all)| all.len() > 1) {
            let key = |it: &&&Package| format!("{name}@{}", it.version);
            let kept: Vec<&&Package> = all.iter().filter(|it| !unused.remove(&key(it))).collect();
            if kept.len() > 1 {
                let shown: Vec<String> = kept
                    .iter()
                    .map(|it| {
                        let by: Vec<&str> = it.dependents.iter().map(String::as_str).collect();
                        format!("{} by {}", it.version, by.join(", "))
                    })
                    .collect();
                wrong.push(format!("{name} is there {} times: {}", kept.len(), shown.join("; ")));
            }
        }
        let needless = unused.iter().map(|it| format!("{it}: `skip` is no longer needed"));
        wrong.extend(needless);
        wrong
    }
}

fn source(package: &Package) -> Option<String> {
    let from = package.source.as_deref();
    if from.is_some_and(|it| it != REGISTRY) {
        return Some(format!("{}: comes from {}", package.name, from.unwrap_or_default()));
    }
    let own = package.source.is_none() && !package.wildcards.is_empty();
    own.then(|| {
        format!("{}: asks for any version of {}", package.name, package.wildcards.join(", "))
    })
}
