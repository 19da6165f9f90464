//! Slice → frame: reads, decodes on several threads, puts in order.

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, Slice};

/// What to read and how; the window and `forebay read` send the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// The records.
    pub slice: Slice,
    /// The codec's name.
    pub codec: String,
    /// Keep only rows for which this holds (see [`super::Filter`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Stop with what is read when the columns reach so many bytes; `None` is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
}

/// Reads a slice. Cancelled or stopped by the cluster, it returns the part that was read, which says so
/// ([`super::Completeness::Part`]); an error means that there is nothing to keep.
pub fn read(
    _cluster: &Cluster,
    _request: &ReadRequest,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<Frame, Problem> {
    todo!("codec and data owner")
}
