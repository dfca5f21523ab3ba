//! Made-up crates: what joins two files, and what does not.

use std::fs;

use super::{Graph, judge};

/// Writes the files of a crate and reads it. The first is the root.
fn read(files: &[(&str, &str)]) -> Graph {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Graph::read(&folder.path().join(files[0].0)).expect("a crate")
}

/// Whether one file names another.
fn names(graph: &Graph, from: &str, to: &str) -> bool {
    let place = |name: &str| {
        let found = graph.files.iter().position(|file| file.to_str() == Some(name));
        found.unwrap_or_else(|| panic!("no file {name}"))
    };
    let to = place(to);
    graph.edges[place(from)].iter().any(|edge| edge.to == to)
}

#[test]
fn a_planted_circle_of_six_is_found_and_refused() {
    let text =
        |next: u32| format!("pub struct Own;\nfn f() {{ crate::m{next}::g(); }}\npub fn g() {{}}");
    let texts: Vec<(String, String)> =
        (0..6).map(|n| (format!("m{n}.rs"), text((n + 1) % 6))).collect();
    let root = "mod m0; mod m1; mod m2; mod m3; mod m4; mod m5;";
    let mut files = vec![("lib.rs", root)];
    files.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let graph = read(&files);
    assert_eq!(graph.circles.iter().map(Vec::len).collect::<Vec<_>>(), [6]);
    let why = judge("made-up", &graph).expect_err("six are too many");
    assert!(why.contains("m5.rs:2: `crate::m0::g` ▶ m0.rs (back in 6 steps)"), "{why}");
}

#[test]
fn a_small_circle_is_allowed() {
    let graph = read(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
    ]);
    assert_eq!(graph.circles.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
    assert_eq!(judge("made-up", &graph), Ok(()));
}

#[test]
fn a_re_export_leads_to_the_file_that_defines_it() {
    let graph = read(&[
        ("lib.rs", "mod a; pub mod inner; pub use inner::deep::Thing; pub use inner::*;"),
        ("a.rs", "fn f(_: crate::Thing, _: crate::Other) {}"),
        ("inner.rs", "pub mod deep; mod other; pub use other::Other as Other;"),
        ("inner/deep.rs", "pub struct Thing;"),
        ("inner/other.rs", "pub struct Other;"),
    ]);
    assert!(names(&graph, "a.rs", "inner/deep.rs") && names(&graph, "a.rs", "inner/other.rs"));
    assert!(!names(&graph, "a.rs", "lib.rs") && !names(&graph, "a.rs", "inner.rs"));
    assert!(!names(&graph, "lib.rs", "inner/deep.rs"), "to pass a name on is not to need it");
}

#[test]
fn paths_count_wherever_they_stand() {
    let one = |body: &str| {
        let graph = read(&[
            ("lib.rs", "mod a; mod b; pub mod prelude { pub use crate::b::Kind; }"),
            ("a.rs", body),
            ("b.rs", "pub enum Kind { One } pub const N: u8 = 1; pub mod inner { pub fn f() {} }"),
        ]);
        names(&graph, "a.rs", "b.rs")
    };
    for body in [
        "use super::b::Kind;",
        "use crate::b::{self as other}; fn f() -> u8 { other::N }",
        "use crate::prelude::*; fn f(k: Kind) {}",
        "fn f() -> u8 { crate::b::N }",
        "fn f(k: u8) -> bool { matches!(k, super::b::N) }",
        "fn f(k: u8) { match k { crate::b::N => {} _ => {} } }",
        "fn f() { self::super::b::inner::f() }",
        "struct S { f: Vec<Option<crate::b::Kind>> }",
        "impl From<crate::b::Kind> for u8 { fn from(_: crate::b::Kind) -> u8 { 0 } }",
        "macro_rules! m { () => { $crate::b::N }; }",
        "#[serde(with = \"crate::b::inner\")] struct S; #[serde(default = \"crate::b::N\")] struct T;",
        "mod nested { fn f() { super::super::b::inner::f() } }",
    ] {
        assert!(one(body), "{body}");
    }
    for body in [
        "/// See [`crate::b::Kind`].\nstruct S;",
        "fn f(b: u8) -> u8 { b.b }",
        "use std::b::Kind;",
        "macro_rules! m { ($b:ident) => { $b::N }; }",
    ] {
        assert!(!one(body), "{body}");
    }
}

#[test]
fn a_list_of_models_needs_each_and_its_names_belong_to_who_lists() {
    let graph = read(&[
        ("lib.rs", "catalogue! { route: bus::route; hardware: Hardware { printer::Printer } }"),
        ("bus.rs", "pub fn route() {}"),
        ("hardware/printer.rs", "pub struct Printer; fn f(_: crate::Fault) {}"),
    ]);
    assert!(names(&graph, "lib.rs", "hardware/printer.rs") && names(&graph, "lib.rs", "bus.rs"));
    assert!(names(&graph, "hardware/printer.rs", "lib.rs"));
    assert_eq!(graph.circles.len(), 1);
}

#[test]
fn parent_and_child_are_a_circle_if_each_names_the_other() {
    let graph = read(&[
        ("main.rs", "mod a; fn main() { a::f(); }"),
        ("a.rs", "mod child; pub struct Own; pub fn f() { child::g(); }"),
        ("a/child.rs", "pub fn g() { let _ = super::Own; }"),
    ]);
    assert!(names(&graph, "a.rs", "a/child.rs") && names(&graph, "a/child.rs", "a.rs"));
    assert_eq!(graph.circles.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
}
