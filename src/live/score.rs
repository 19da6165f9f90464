//! The scoring loop.

use std::sync::Arc;

use serde::Serialize;

use super::request::ScoreRequest;
use super::stats::LiveStats;
use crate::jobs::{Cancel, Problem};
use crate::kafka::Cluster;

/// How a deployment ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// Records read, predictions written, records rejected: the first is the sum of the others.
    pub read: u64,
    #[allow(missing_docs)]
    pub scored: u64,
    #[allow(missing_docs)]
    pub rejected: u64,
    /// Versions that scored, in order.
    pub versions: Vec<u32>,
}

/// Scores until cancelled (a clean stop: the batch at hand is finished and committed) or, with `until_end`, done.
pub fn score(
    _cluster: &Cluster,
    _request: &ScoreRequest,
    _stats: &Arc<LiveStats>,
    _cancel: &Cancel,
) -> Result<ScoreSummary, Problem> {
    todo!("live owner")
}
