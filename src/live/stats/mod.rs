//! What a deployment tells of itself while it runs.
//!
//! In: what the scoring thread did, one call per committed transaction. Out: [`LiveSnapshot`], plain data for the window
//! and `--metrics`. Everything in it has a bound, so a deployment that runs for months needs no more memory than one that
//! ran for a minute. It knows nothing of Kafka's clients or of models.

mod bins;
mod labels;
mod latency;
mod record;
mod series;
mod snapshot;

pub use labels::{Actual, LiveLabelCounts, LiveLabels, LiveQuality, QualityPoint, VersionQuality};
pub(crate) use labels::{Judged, LabelNews, Truth};
pub use record::{LiveStats, ScoredBatch};
pub use snapshot::{
    Counts, LatencyBar, LatencySummary, LiveSnapshot, LiveState, Note, PartitionLag, ScoredRecord, Second,
    Serving, Swap, TimeBin,
};
