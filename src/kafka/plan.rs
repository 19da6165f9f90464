//! What reading a slice would cost.

use serde::{Deserialize, Serialize};

use super::client::Cluster;
use super::error::Result;
use super::slice::Slice;
use super::types::EventTime;
use crate::jobs::Cancel;

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

impl Cluster {
    /// Says what reading `slice` would cost.
    pub fn plan(&self, _slice: &Slice, _cancel: &Cancel) -> Result<ReadPlan> {
        todo!("range owner")
    }
}
