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
