//! The graph file → file of one crate.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::components::circles;
use super::resolve::Resolver;
use super::source::Crate;

/// One place where a file needs another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Edge {
    /// The file that is needed.
    pub to: usize,
    /// The line of the path, from 1.
    pub line: usize,
    /// The path as it is written.
    pub path: String,
}

/// The files of a crate, what each needs, and the circles among them.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Files, relative to the folder of the crate's root file.
    pub files: Vec<PathBuf>,
    /// What each file needs: one edge for each other file, the first in the text.
    pub edges: Vec<Vec<Edge>>,
    /// Sets of files that need each other, the largest first.
    pub circles: Vec<Vec<usize>>,
}

impl Graph {
    /// Reads the crate whose root file is given.
    ///
    /// # Errors
    /// A file that cannot be read, or is not Rust.
    pub fn read(root: &Path) -> Result<Self, String> {
        let parsed = Crate::read(root)?;
        let resolver = Resolver::new(&parsed);
        let mut firsts: Vec<BTreeMap<usize, Edge>> = vec![BTreeMap::new(); parsed.files.len()];
        for module in 0..parsed.modules.len() {
            let from = parsed.modules[module].file;
            for mention in &parsed.modules[module].mentions {
                if let Some(to) = resolver.file(module, mention) {
                    let edge = Edge { to, line: mention.line, path: mention.segments.join("::") };
                    let known = firsts[from].get(&to).map_or(usize::MAX, |it| it.line);
                    if to != from && mention.line < known {
                        firsts[from].insert(to, edge);
                    }
                }
            }
        }
        let edges: Vec<Vec<Edge>> =
            firsts.into_iter().map(|it| it.into_values().collect()).collect();
        let plain: Vec<Vec<usize>> =
            edges.iter().map(|it| it.iter().map(|edge| edge.to).collect()).collect();
        Ok(Self { files: parsed.files, circles: circles(&plain), edges })
    }

    /// The largest circle, if there is any.
    pub fn largest(&self) -> Option<&[usize]> {
        self.circles.first().map(Vec::as_slice)
    }

    /// The largest circle: each member, with the first edge of the shortest way from it back to itself.
    pub fn describe_largest(&self) -> String {
        let Some(members) = self.largest() else { return "no circle".to_owned() };
        let mut text = String::new();
        for &member in members {
            let Some((edge, length)) = self.shortest_way_back(member, members) else { continue };
            let (file, to) = (self.files[member].display(), self.files[edge.to].display());
            let _ = writeln!(
                text,
                "  {file}:{}: `{}` ▶ {to} (back in {length} steps)",
                edge.line, edge.path
            );
        }
        text
    }

    /// The file without which the largest circle falls apart most, and the size of what is left of it.
    pub fn keystone(&self) -> Option<(&Path, usize)> {
        let left = |without: usize| {
            let keep = |edge: &&Edge| edge.to != without;
            let edges = self.edges.iter().enumerate().map(|(from, edges)| {
                let kept = if from == without { &[] } else { edges.as_slice() };
                kept.iter().filter(keep).map(|edge| edge.to).collect()
            });
            circles(&edges.collect::<Vec<_>>()).first().map_or(0, Vec::len)
        };
        let sizes = self.largest()?.iter().map(|member| (left(*member), *member));
        sizes.min().map(|(size, member)| (self.files[member].as_path(), size))
    }

    /// Every edge inside the largest circle, one a line, file by file.
    pub fn describe_edges(&self) -> String {
        let members = self.largest().unwrap_or_default();
        let mut text = String::new();
        for &member in members {
            for edge in self.edges[member].iter().filter(|edge| members.contains(&edge.to)) {
                let (file, to) = (self.files[member].display(), self.files[edge.to].display());
                let _ = writeln!(text, "  {file}:{}: `{}` ▶ {to}", edge.line, edge.path);
            }
        }
        text
    }

    /// The first edge of the shortest circle through a member, and the number of edges of that circle.
    fn shortest_way_back(&self, start: usize, members: &[usize]) -> Option<(&Edge, usize)> {
        let inner = |file: usize| {
            self.edges[file].iter().filter(move |edge| members.binary_search(&edge.to).is_ok())
        };
        let mut seen = vec![false; self.files.len()];
        let mut waiting: VecDeque<(usize, &Edge, usize)> = VecDeque::new();
        for edge in inner(start) {
            seen[edge.to] = true;
            waiting.push_back((edge.to, edge, 1));
        }
        while let Some((file, first, steps)) = waiting.pop_front() {
            for edge in inner(file) {
                if edge.to == start {
                    return Some((first, steps + 1));
                }
                if !seen[edge.to] {
                    seen[edge.to] = true;
                    waiting.push_back((edge.to, first, steps + 1));
                }
            }
        }
        None
    }
}
