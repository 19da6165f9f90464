//! What a deployment tells of itself while it runs.

use serde::Serialize;

use crate::kafka::{Offset, PartitionId};

/// Shared between the scoring thread, which writes, and whoever looks: window, `--metrics`. (Its owner gives it a
/// `snapshot()` with counts, rates over the last minute, latency p50 and p99 with a histogram, lag per partition, the
/// version that serves since when, swaps, predictions by time bin with class shares, the last 200 scored records, the
/// newest rejections.)
#[derive(Debug, Default)]
pub struct LiveStats {}

/// One partition's place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionLag {
    #[allow(missing_docs)]
    pub partition: PartitionId,
    /// The next offset to be scored.
    pub position: Offset,
    /// Records behind the end.
    pub lag: u64,
}

/// Predictions of one span of event time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TimeBin {
    /// When it begins, ms since 1970.
    pub start: i64,
    /// Records in it.
    pub records: u64,
    /// Mean probability per class, or the mean prediction of a number.
    pub means: Vec<f64>,
}

/// One of the last records scored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoredRecord {
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// The input's timestamp, ms since 1970.
    pub timestamp: Option<i64>,
    /// The input's fields that the model uses, as text.
    pub fields: Vec<(String, String)>,
    /// The predicted class or number, as text.
    pub prediction: String,
    /// The probability of each class; empty for a number.
    pub probabilities: Vec<f64>,
    /// The version that scored it.
    pub version: u32,
    /// Microseconds from the record's append to the prediction's commit.
    pub latency_us: u64,
}
