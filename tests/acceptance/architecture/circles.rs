//! No circle of files is larger than can be held in mind. `cargo xtask circles` says the same without building the product.

use std::path::Path;

use xtask::circles;

use super::ROOT;

#[test]
fn no_circle_of_files_is_larger_than_five() {
    let mut wrong = Vec::new();
    for (room, _) in circles::ROOTS {
        let graph = circles::read(Path::new(ROOT), room).unwrap_or_else(|why| panic!("{why}"));
        println!("{}", circles::describe(room, &graph));
        wrong.extend(circles::judge(room, &graph).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a file of `models` may name: its own layer and those below. Files beside the folders belong to none.
const LAYERS: &[(&str, usize)] = &[
    ("vocabulary", 0),
    ("protocol", 1),
    ("hardware", 2),
    ("comms", 2),
    ("software", 2),
    ("platform", 3),
    ("people", 4),
];

#[test]
fn the_layers_of_models_know_only_those_below() {
    let graph = circles::read(Path::new(ROOT), "models").unwrap_or_else(|why| panic!("{why}"));
    let layer = |file: usize| {
        let first = graph.files[file].components().next()?.as_os_str().to_str()?;
        let first = first.strip_suffix(".rs").unwrap_or(first);
        LAYERS.iter().find(|(name, _)| *name == first).map(|(_, layer)| *layer)
    };
    let mut seen = 0;
    for (from, edges) in graph.edges.iter().enumerate() {
        for edge in edges {
            let (Some(lower), Some(upper)) = (layer(from), layer(edge.to)) else { continue };
            seen += 1;
            let (from, to) = (graph.files[from].display(), graph.files[edge.to].display());
            assert!(
                upper <= lower,
                "{from}:{}: `{}` names {to}, which is above",
                edge.line,
                edge.path
            );
        }
    }
    assert!(seen > 100, "the paths of models are not understood: {seen} edges");
}

/// The side of a file of `faults`: `truth/`, `belief/` and the halves of `context/`; the others serve both.
fn side(file: &Path) -> Option<&'static str> {
    let text = file.to_str()?;
    ["truth", "belief"].into_iter().find(|side| {
        text == format!("{side}.rs")
            || text == format!("context/{side}.rs")
            || text.starts_with(&format!("{side}/"))
    })
}

#[test]
fn belief_names_nothing_that_is_true_and_truth_nothing_that_is_believed() {
    let graph = circles::read(Path::new(ROOT), "faults").unwrap_or_else(|why| panic!("{why}"));
    let (mut within, mut wrong) = (0, Vec::new());
    for (from, edges) in graph.edges.iter().enumerate() {
        let Some(own) = side(&graph.files[from]) else { continue };
        for edge in edges {
            match side(&graph.files[edge.to]) {
                Some(other) if other != own => wrong.push(format!(
                    "{}:{}: `{}` names {}",
                    graph.files[from].display(),
                    edge.line,
                    edge.path,
                    graph.files[edge.to].display()
                )),
                Some(_) => within += 1,
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(within > 20, "the paths of faults are not understood: {within} edges");
}

#[test]
fn what_belief_is_given_leads_to_no_truth() {
    let room = Path::new(ROOT).join("faults/src");
    let context = std::fs::read_to_string(room.join("context/belief.rs")).expect("a source file");
    let given = context.split("impl<'c, 'a, K: Catalogue> BeliefContext").nth(1).expect("methods");
    // A method that handed on the context, or the settings as they are, would open the way.
    for method in given.split("fn ").skip(1) {
        let signature = method.split('{').next().unwrap_or_default();
        let returned = signature.split("->").nth(1).unwrap_or_default();
        assert!(!returned.contains("Context") && !returned.contains("Settings"), "fn {signature}");
    }
    assert!(context.contains("\n    cx: &'c mut Context<'a, K>,\n"), "the context is private");
}
