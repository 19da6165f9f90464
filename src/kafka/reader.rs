//! Reading a slice: raw records in batches, each of one partition, in offset order within it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::batch::RecordBatch;
use super::client::Cluster;
use super::error::Result;
use super::slice::Slice;
use super::types::{Offset, PartitionId};
use crate::jobs::Cancel;

/// How to read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Records per batch at most.
    pub batch_records: usize,
    /// Bytes per batch at most (a single larger record still comes, alone).
    pub batch_bytes: usize,
    /// Give up when no partition moved for so long. A broker that is restarted within it costs nothing.
    pub stall: Duration,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { batch_records: 4_096, batch_bytes: 1 << 20, stall: Duration::from_secs(60) }
    }
}

/// Reads a slice once, from start to end, by `assign`: no group, no commit.
pub struct SliceReader {
    _private: (),
}

/// How far one partition is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionPosition {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: PartitionId,
    /// The next offset to be read; equal to `end` when done.
    pub next: Offset,
    /// The slice's end.
    pub end: Offset,
    /// Records got so far; fewer than the offsets passed where compaction or markers left gaps.
    pub records: u64,
}

impl SliceReader {
    /// Begins to read `slice`.
    pub fn open(_cluster: &Cluster, _slice: &Slice, _options: ReadOptions) -> Result<Self> {
        todo!("reader owner")
    }

    /// The next batch; `None` when every partition has reached its end. `spare` is a batch whose memory may be used again.
    /// After an error, what came before is whole and [`Self::positions`] says where each partition stands.
    pub fn next(&mut self, _spare: Option<RecordBatch>, _cancel: &Cancel) -> Result<Option<RecordBatch>> {
        todo!("reader owner")
    }

    /// Where each partition stands.
    pub fn positions(&self) -> &[PartitionPosition] {
        todo!("reader owner")
    }
}
