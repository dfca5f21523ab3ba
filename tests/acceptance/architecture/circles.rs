//! No circle of files is larger than can be held in mind. `cargo xtask circles` says the same without building the product.

use std::path::Path;

use xtask::circles;

use super::ROOT;

#[test]
fn no_circle_of_files_is_larger_than_its_limit() {
    let mut wrong = Vec::new();
    for (room, _) in circles::ROOTS {
        let graph = circles::read(Path::new(ROOT), room).unwrap_or_else(|why| panic!("{why}"));
        let limit = circles::limit(room);
        println!("{}", circles::describe(room, &graph, limit));
        wrong.extend(circles::judge(room, &graph, limit).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn limits_are_set_only_where_they_are_needed() {
    for (room, size) in circles::LIMITS {
        assert!(circles::ROOTS.iter().any(|(name, _)| name == room), "no crate {room}");
        assert!(*size > circles::TARGET, "{room}: {size} is what everybody may have");
    }
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
