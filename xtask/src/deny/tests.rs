//! Made-up resolutions against made-up rules.

use super::{Packages, Policy};

const RULES: &str = r#"
[licenses]
allow = ["MIT"]
[bans]
multiple-versions = "deny"
wildcards = "deny"
skip = [{ crate = "old@1.0.0", reason = "a friend" }]
deny = [
    { crate = "openssl", reason = "no library of the system" },
    { crate = "tokio", reason = "only there", wrappers = ["mqtt"] },
]
[sources]
unknown-registry = "deny"
unknown-git = "deny"
"#;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Name, version, licence, source, and what it depends on by its place in the list.
type Row<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, &'a [usize]);

fn breaches(rows: &[Row<'_>]) -> Vec<String> {
    let packages: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(id, (name, version, licence, source, _))| {
            serde_json::json!({"id": id.to_string(), "name": name, "version": version,
                "license": licence, "source": source, "dependencies": []})
        })
        .collect();
    let ids = |to: &[usize]| to.iter().map(ToString::to_string).collect::<Vec<_>>();
    let nodes: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(id, row)| serde_json::json!({"id": id.to_string(), "dependencies": ids(row.4)}))
        .collect();
    let all = serde_json::json!({"packages": packages, "resolve": {"nodes": nodes}});
    let packages = Packages::read(&all.to_string()).expect("metadata");
    Policy::read(RULES).expect("rules").breaches(&packages)
}

/// Two versions of which one may be there.
const OLD: Row<'_> = ("old", "1.0.0", "MIT", Some(REGISTRY), &[]);
const NEW: Row<'_> = ("old", "2.0.0", "MIT", Some(REGISTRY), &[]);

#[test]
fn what_keeps_to_the_rules_passes() {
    let mqtt: Row<'_> = ("mqtt", "1.0.0", "MIT OR GPL-3.0", Some(REGISTRY), &[3]);
    let tokio: Row<'_> = ("tokio", "1.0.0", "MIT", Some(REGISTRY), &[]);
    assert_eq!(breaches(&[OLD, NEW, mqtt, tokio]), Vec::<String>::new());
}

#[test]
fn each_breach_is_named() {
    let own: Row<'_> = ("own", "0.1.0", "MIT", None, &[3, 4]);
    let tokio: Row<'_> = ("tokio", "1.0.0", "MIT", Some(REGISTRY), &[]);
    let openssl: Row<'_> = ("openssl", "1.0.0", "GPL-3.0", Some("git+elsewhere"), &[]);
    let found = breaches(&[OLD, NEW, own, tokio, openssl]);
    assert_eq!(
        found,
        [
            "openssl: licence `GPL-3.0` is not allowed",
            "openssl: banned (no library of the system), needed by own",
            "openssl: comes from git+elsewhere",
            "tokio: banned (only there), needed by own",
        ]
    );
}

#[test]
fn a_third_version_and_a_needless_exception_are_breaches() {
    let third: Row<'_> = ("old", "3.0.0", "MIT", Some(REGISTRY), &[]);
    let found = breaches(&[OLD, NEW, third]);
    assert_eq!(found, ["old is there 2 times: 2.0.0 by ; 3.0.0 by "]);
    assert_eq!(breaches(&[NEW]), ["old@1.0.0: `skip` is no longer needed"]);
}

#[test]
fn rules_that_would_not_be_checked_are_refused() {
    let lax = RULES.replace("wildcards = \"deny\"", "wildcards = \"allow\"");
    assert!(Policy::read(&lax).is_err_and(|why| why.contains("wildcards")));
    let bare = RULES.replace(", reason = \"a friend\"", "");
    assert!(Policy::read(&bare).is_err_and(|why| why.contains("no reason")));
}
