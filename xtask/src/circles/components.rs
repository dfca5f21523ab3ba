//! Strongly connected components, after Tarjan.

/// What is known of a node while its descendants are walked.
#[derive(Clone, Copy, Default)]
struct Node {
    /// When it was reached first, from 1; 0: not yet.
    index: usize,
    /// The earliest node that can be reached from it and is still on the stack.
    low: usize,
    is_on_stack: bool,
}

struct Walk<'a> {
    edges: &'a [Vec<usize>],
    nodes: Vec<Node>,
    stack: Vec<usize>,
    reached: usize,
    found: Vec<Vec<usize>>,
}

/// All components of two nodes or more, the largest first; `edges[a]` are the nodes that `a` leads to.
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut walk = Walk {
        edges,
        nodes: vec![Node::default(); edges.len()],
        stack: Vec::new(),
        reached: 0,
        found: Vec::new(),
    };
    for node in 0..edges.len() {
        if walk.nodes[node].index == 0 {
            walk.visit(node);
        }
    }
    let mut found = walk.found;
    found.retain(|component| component.len() > 1);
    found.iter_mut().for_each(|component| component.sort_unstable());
    found.sort_by_key(|component| (std::cmp::Reverse(component.len()), component[0]));
    found
}

impl Walk<'_> {
    /// As deep as the longest chain of files, of which a crate has some hundred at most.
    fn visit(&mut self, node: usize) {
        self.reached += 1;
        self.nodes[node] = Node { index: self.reached, low: self.reached, is_on_stack: true };
        self.stack.push(node);
        for &next in &self.edges[node] {
            if self.nodes[next].index == 0 {
                self.visit(next);
                self.nodes[node].low = self.nodes[node].low.min(self.nodes[next].low);
            } else if self.nodes[next].is_on_stack {
                self.nodes[node].low = self.nodes[node].low.min(self.nodes[next].index);
            }
        }
        if self.nodes[node].low == self.nodes[node].index {
            let start = self.stack.iter().rposition(|it| *it == node).unwrap_or(0);
            let component = self.stack.split_off(start);
            for member in &component {
                self.nodes[*member].is_on_stack = false;
            }
            self.found.push(component);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_has_no_circle() {
        assert!(circles(&[vec![1], vec![2], vec![]]).is_empty());
    }

    #[test]
    fn circles_are_found_apart_and_the_largest_comes_first() {
        // 0 ⇄ 1 ─▶ 2 ─▶ 3 ─▶ 4 ─▶ 2
        let edges = [vec![1], vec![0, 2], vec![3], vec![4], vec![2]];
        assert_eq!(circles(&edges), [vec![2, 3, 4], vec![0, 1]]);
    }
}
