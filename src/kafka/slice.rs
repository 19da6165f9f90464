//! A range resolved to exact offsets: the dataset.

use serde::{Deserialize, Serialize};

use super::client::Cluster;
use super::error::Result;
use super::range::RangeSpec;
use super::types::{EventTime, Offset, PartitionId};
use crate::jobs::Cancel;

/// Exact `[start, end)` offsets per partition. Immutable; reading it again gives the same records as long as the log still
/// has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The cluster's own id.
    pub cluster_id: String,
    /// One entry per topic, in the order asked for.
    pub topics: Vec<TopicSlice>,
}

/// A slice's part in one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSlice {
    /// The topic's name.
    pub topic: String,
    /// The topic's own id, where the broker tells it: another one means that the topic was deleted and made anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<String>,
    /// By partition number, ascending; empty partitions are kept.
    pub partitions: Vec<PartitionRange>,
}

/// `[start, end)` of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionRange {
    /// Which partition.
    pub partition: PartitionId,
    /// The first offset that belongs to it.
    pub start: Offset,
    /// The first offset that no longer does.
    pub end: Offset,
}

/// What reading a slice would cost. Estimates come from a small sample and the topic's size; see [`Cluster::plan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadPlan {
    /// What would be read.
    pub slice: Slice,
    /// Timestamps of the first record and of the last, where there are any.
    pub first: Option<EventTime>,
    #[allow(missing_docs)]
    pub last: Option<EventTime>,
    /// Offsets in the slice: an upper bound of its records (compaction and transaction markers take some).
    pub offsets: u64,
    /// Estimated bytes of keys and values.
    pub bytes: Option<u64>,
    /// Milliseconds until retention takes the slice's oldest record; `None` where retention is unlimited.
    pub retention_left_ms: Option<i64>,
    /// Share (0 to 1) of the offsets that lie in tiered storage; `None` where the topic has none.
    pub tiered_share: Option<f64>,
}

impl Slice {
    /// Offsets in all partitions together.
    pub fn offsets(&self) -> u64 {
        self.topics
            .iter()
            .flat_map(|topic| &topic.partitions)
            .map(|range| (range.end.0 - range.start.0).max(0) as u64)
            .sum()
    }

    /// SHA-256 over cluster id, topics and offsets, in hexadecimal. The window shows its first six digits.
    pub fn digest(&self) -> String {
        todo!("range owner")
    }
}

impl Cluster {
    /// Resolves a range to exact offsets, through batched time look-ups and watermarks; nothing is read and the end is
    /// pinned. Offsets below the log start are an error that names the first offset still there.
    pub fn resolve(&self, _range: &RangeSpec, _cancel: &Cancel) -> Result<Slice> {
        todo!("range owner")
    }

    /// Says what reading `slice` would cost.
    pub fn plan(&self, _slice: &Slice, _cancel: &Cancel) -> Result<ReadPlan> {
        todo!("range owner")
    }
}
