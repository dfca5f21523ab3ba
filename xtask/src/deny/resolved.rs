//! What `cargo metadata` says of the crates that are built together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One crate in one version.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) licence: Option<String>,
    /// Where it comes from; none for the crates of this repository.
    pub(super) source: Option<String>,
    /// Names of those that depend on it.
    pub(super) dependents: BTreeSet<String>,
    /// Crates that it asks for in any version.
    pub(super) wildcards: Vec<String>,
}

/// All crates, sorted by name and version.
#[derive(Clone, Debug)]
pub struct Packages(pub(super) Vec<Package>);

impl Packages {
    /// Reads the output of `cargo metadata`.
    ///
    /// # Errors
    /// What is not such an output.
    pub fn read(metadata: &str) -> Result<Self, String> {
        let all: Value = serde_json::from_str(metadata).map_err(|why| why.to_string())?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut found: BTreeMap<String, Package> = BTreeMap::new();
        for package in list(&all["packages"]) {
            // A path needs no version: it names one crate.
            let is_wildcard = |it: &Value| it["req"] == "*" && it["path"].is_null();
            let dependencies = list(&package["dependencies"]);
            let wildcards = dependencies.iter().filter(|it| is_wildcard(it));
            let read = Package {
                name: text(&package["name"]).ok_or("a package without name")?,
                version: text(&package["version"]).ok_or("a package without version")?,
                licence: text(&package["license"]),
                source: text(&package["source"]),
                dependents: BTreeSet::new(),
                wildcards: wildcards.filter_map(|it| text(&it["name"])).collect(),
            };
            found.insert(text(&package["id"]).ok_or("a package without id")?, read);
        }
        for node in list(&all["resolve"]["nodes"]) {
            let from = node["id"].as_str().and_then(|id| found.get(id));
            let from = from.map(|it| it.name.clone()).ok_or("a node without package")?;
            for id in list(&node["dependencies"]) {
                if let Some(to) = id.as_str().and_then(|id| found.get_mut(id)) {
                    to.dependents.insert(from.clone());
                }
            }
        }
        let mut packages: Vec<Package> = found.into_values().collect();
        packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        Ok(Self(packages))
    }

    /// Number of crates.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
