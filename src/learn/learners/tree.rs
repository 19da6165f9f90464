//! One fitted tree.

#![allow(
    clippy::indexing_slicing,
    reason = "a tree is checked when it is made: every child is inside, after its parent"
)]

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Marks a leaf.
const LEAF: u32 = u32::MAX;

/// A binary tree in one piece; the right child stands after the left one. In JSON by column: `feature` (-1 is a leaf),
/// `value` (where it splits, or what the leaf says), `left`, and `missing` (1: missing values go left).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Columns", try_from = "Columns")]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Node {
    /// A smaller value goes left; of a leaf what it says.
    value: f64,
    feature: u32,
    left: u32,
    missing_left: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    feature: Vec<i64>,
    value: Vec<f64>,
    left: Vec<u32>,
    missing: Vec<u8>,
}

impl Tree {
    /// Of a tree grown by forust.
    pub fn of(grown: &forust_ml::tree::Tree) -> Self {
        let mut nodes = Vec::with_capacity(grown.nodes.len());
        let mut waiting = VecDeque::from([0]);
        let mut next = 1;
        while let Some(node) = waiting.pop_front().and_then(|at: usize| grown.nodes.get(at)) {
            if node.is_leaf {
                nodes.push(Node {
                    value: f64::from(node.weight_value),
                    feature: LEAF,
                    left: 0,
                    missing_left: false,
                });
                continue;
            }
            nodes.push(Node {
                value: node.split_value,
                feature: node.split_feature as u32,
                left: next,
                missing_left: node.missing_node == node.left_child,
            });
            waiting.extend([node.left_child, node.right_child]);
            next += 2;
        }
        Self { nodes }
    }

    /// What the leaf says that a row falls into.
    pub fn value(&self, feature: impl Fn(usize) -> f64) -> f64 {
        let mut node = &self.nodes[0];
        while node.feature != LEAF {
            let value = feature(node.feature as usize);
            let left = if value.is_nan() { node.missing_left } else { value < node.value };
            node = &self.nodes[node.left as usize + usize::from(!left)];
        }
        node.value
    }

    /// The same tree with every leaf multiplied.
    pub fn scaled(mut self, by: f64) -> Self {
        self.nodes.iter_mut().filter(|node| node.feature == LEAF).for_each(|leaf| leaf.value *= by);
        self
    }

    /// Which features it splits on.
    pub fn features(&self) -> impl Iterator<Item = usize> + '_ {
        self.nodes.iter().filter(|node| node.feature != LEAF).map(|node| node.feature as usize)
    }
}

impl From<Tree> for Columns {
    fn from(tree: Tree) -> Self {
        let nodes = tree.nodes.iter();
        Self {
            feature: nodes
                .clone()
                .map(|n| if n.feature == LEAF { -1 } else { i64::from(n.feature) })
                .collect(),
            value: nodes.clone().map(|node| node.value).collect(),
            left: nodes.clone().map(|node| node.left).collect(),
            missing: nodes.map(|node| u8::from(node.missing_left)).collect(),
        }
    }
}

impl TryFrom<Columns> for Tree {
    type Error = String;

    fn try_from(columns: Columns) -> Result<Self, String> {
        let size = columns.feature.len();
        if size == 0 || [columns.value.len(), columns.left.len(), columns.missing.len()] != [size; 3] {
            return Err("a tree's columns must be of one length, not 0".into());
        }
        let mut nodes = Vec::with_capacity(size);
        for at in 0..size {
            let (value, left) = (columns.value[at], columns.left[at]);
            let leaf = columns.feature[at] == -1;
            let feature =
                if leaf { LEAF } else { u32::try_from(columns.feature[at]).map_err(|e| e.to_string())? };
            if !value.is_finite() {
                return Err(format!("node {at} has a value that is not finite"));
            }
            if !leaf && (left as usize <= at || left as usize + 1 >= size) {
                return Err(format!("node {at} has children outside of its tree"));
            }
            nodes.push(Node { value, feature, left, missing_left: columns.missing[at] == 1 });
        }
        Ok(Self { nodes })
    }
}
