//! What the user asks to read, before it is resolved to offsets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::types::{EventTime, Offset, PartitionId};

mod text;

/// A range of one or more topics. Plain data: [`super::Cluster::resolve`] makes a [`super::Slice`] of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RangeSpec {
    /// The topics to read.
    pub topics: Vec<String>,
    /// Where to begin, inclusive.
    pub from: Bound,
    /// Where to end, exclusive.
    pub to: Bound,
    /// Only these partitions; `None` is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<PartitionId>>,
}

/// One end of a range. As text (`FromStr`, `Display`, serde): `beginning`, `end`, `2013-01-01T00:00:00Z` (also a date, also
/// without zone: UTC), `-7d` (the last 7 days before now), `-1000` (the last 1,000 records), `1200` (offset 1,200 of each
/// partition); in a run file also a table of offsets, `{ 0 = 1200, 1 = 1187 }`.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// The first record still there.
    Beginning,
    /// The end when the range is resolved (with read_committed: the last stable offset).
    End,
    /// The same offset in each partition.
    Offset(Offset),
    /// An offset for each partition; partitions that are not named are left out.
    Offsets(BTreeMap<PartitionId, Offset>),
    /// The first record with this timestamp or a later one.
    Time(EventTime),
    /// So many records before the end, shared evenly among the partitions that have them.
    LastRecords(u64),
    /// So many milliseconds before now.
    LastMillis(u64),
}

#[cfg(test)]
mod tests;
