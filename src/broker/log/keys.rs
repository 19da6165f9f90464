//! The latest offset of each key, for compaction.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// How many keys one pass of compaction holds; of a log with more, the rest waits for the next pass.
pub(super) const MOST_KEYS: usize = 4_000_000;

/// The latest offset of each key. Keys are held as 128 bits of two hashes with secret seeds.
#[derive(Debug)]
pub(super) struct Keys {
    seeds: (RandomState, RandomState),
    latest: HashMap<(u64, u64), i64>,
    most: usize,
}

impl Keys {
    pub(super) fn new(most: usize) -> Keys {
        Keys { seeds: (RandomState::new(), RandomState::new()), latest: HashMap::new(), most }
    }

    /// Whether so many keys more might not fit.
    pub(super) fn is_full_for(&self, more: usize) -> bool {
        !self.latest.is_empty() && self.latest.len().saturating_add(more) > self.most
    }

    /// Notes a record; offsets come in ascending order.
    pub(super) fn note(&mut self, key: &[u8], offset: i64) {
        let hash = self.hash(key);
        self.latest.insert(hash, offset);
    }

    /// Whether no later record with this key was noted.
    pub(super) fn is_latest(&self, key: &[u8], offset: i64) -> bool {
        self.latest.get(&self.hash(key)).is_none_or(|latest| offset >= *latest)
    }

    fn hash(&self, key: &[u8]) -> (u64, u64) {
        let one = |seed: &RandomState| {
            let mut hasher = seed.build_hasher();
            hasher.write(key);
            hasher.finish()
        };
        (one(&self.seeds.0), one(&self.seeds.1))
    }
}
