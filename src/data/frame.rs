//! A slice in memory.

use std::sync::Arc;

use polars::frame::DataFrame;
use serde::{Deserialize, Serialize};

use crate::codec::{Rejection, Schema};
use crate::kafka::{PartitionPosition, Slice};

/// A slice decoded to columns. Rows stand by topic, partition and offset, always in that order, so that the same slice
/// gives the same frame however its partitions were interleaved on the wire. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The meta columns (`codec::meta`), then the payload's.
    pub data: Arc<DataFrame>,
    /// Types of the payload's columns.
    pub schema: Arc<Schema>,
    /// What was read.
    pub slice: Arc<Slice>,
    /// Which codec decoded it.
    pub codec: String,
    /// Records that could not be decoded; the first [`Frame::KEPT_REJECTIONS`] of them.
    pub rejected: Arc<Vec<Rejection>>,
    /// How many there were.
    pub rejected_total: u64,
    /// Records without a value, which are no rows.
    pub tombstones: u64,
    /// Rows that the filter left out.
    pub filtered: u64,
    /// Bytes of keys and values that were read.
    pub bytes: u64,
    /// SHA-256 over keys, values and positions of every record read, per partition in slice order: reading again gives
    /// the same, or retention or compaction has been at work.
    pub content: Vec<String>,
    /// Whether every partition was read to its end.
    pub completeness: Completeness,
}

/// Whether a frame holds its whole slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Completeness {
    /// Every partition reached its end.
    Whole,
    /// Reading stopped early: why, and where each partition stood.
    Part {
        #[allow(missing_docs)]
        why: String,
        #[allow(missing_docs)]
        positions: Vec<PartitionPosition>,
    },
}

impl Frame {
    /// At most so many rejections are kept in full.
    pub const KEPT_REJECTIONS: usize = 10_000;

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.data.height()
    }
}
