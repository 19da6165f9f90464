//! From the keys of an object to columns: a tree of the paths met so far, so that a record in the usual order finds each
//! column with one comparison of its key.

use std::sync::Arc;

use polars::prelude::PlHashMap;

use crate::codec::meta;

/// Paths kept at most, columns or not; beyond that unknown keys are looked up anew each time.
const MAX_NODES: usize = 8_000;

/// Children beyond which keys are found by hash.
const LINEAR: usize = 16;

/// A place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(usize);

impl NodeId {
    /// The record itself.
    pub const ROOT: Self = Self(0);
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Not asked yet.
    Unknown,
    /// This column.
    Column(usize),
    /// No column, and there will be none.
    Nothing,
}

/// The paths met so far.
pub struct Fields {
    nodes: Vec<Node>,
}

struct Node {
    path: Arc<str>,
    place: Place,
    keys: Vec<(Box<str>, NodeId)>,
    by_key: Option<PlHashMap<Box<str>, usize>>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { nodes: vec![Node::new("".into())] }
    }
}

impl Node {
    fn new(path: Arc<str>) -> Self {
        Self { path, place: Place::Unknown, keys: Vec::new(), by_key: None }
    }

    /// Which of its keys this is.
    fn find(&self, key: &str) -> Option<usize> {
        match &self.by_key {
            Some(by_key) => by_key.get(key).copied(),
            None => self.keys.iter().position(|(known, _)| **known == *key),
        }
    }
}

impl Fields {
    /// The node under `key` of the object at `parent`. `hint` is the number of the key that is expected next; it is moved
    /// on. A new key is kept where there is room; `None` where there is none.
    pub fn child(&mut self, parent: NodeId, key: &str, hint: &mut usize) -> Option<NodeId> {
        let node = self.nodes.get(parent.0)?;
        if let Some((known, id)) = node.keys.get(*hint)
            && **known == *key
        {
            *hint += 1;
            return Some(*id);
        }
        if let Some(found) = node.find(key) {
            *hint = found + 1;
            return node.keys.get(found).map(|(_, id)| *id);
        }
        self.insert(parent, key)
    }

    /// The path of a key under `parent`.
    pub fn path(&self, parent: NodeId, key: &str) -> Arc<str> {
        if parent == NodeId::ROOT {
            return if meta::ALL.contains(&key) { format!("value.{key}").into() } else { key.into() };
        }
        let prefix = self.nodes.get(parent.0).map(|node| &*node.path).unwrap_or_default();
        format!("{prefix}.{key}").into()
    }

    /// A node's path.
    pub fn path_of(&self, node: NodeId) -> Arc<str> {
        self.nodes.get(node.0).map(|node| node.path.clone()).unwrap_or_default()
    }

    /// What stands at a node.
    pub fn place(&self, node: NodeId) -> Place {
        self.nodes.get(node.0).map_or(Place::Nothing, |node| node.place)
    }

    /// Settles what stands at a node.
    pub fn settle(&mut self, node: NodeId, place: Place) {
        if let Some(node) = self.nodes.get_mut(node.0) {
            node.place = place;
        }
    }

    fn insert(&mut self, parent: NodeId, key: &str) -> Option<NodeId> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let path = self.path(parent, key);
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node::new(path));
        let node = self.nodes.get_mut(parent.0)?;
        let number = node.keys.len();
        node.keys.push((key.into(), id));
        if let Some(by_key) = &mut node.by_key {
            by_key.insert(key.into(), number);
        } else if node.keys.len() > LINEAR {
            let numbered = node.keys.iter().enumerate();
            node.by_key = Some(numbered.map(|(number, (key, _))| (key.clone(), number)).collect());
        }
        Some(id)
    }
}
