//! Live scoring: decode → prepare → predict → produce, in micro-batches.
//!
//! In: a [`ScoreRequest`]. Out: one prediction record per input record, offsets committed with them or after them, and
//! [`LiveStats`] for whoever looks. The alias is watched; a new version takes over between two batches.

mod dead_letter;
mod labels;
mod metrics_server;
mod output;
mod pending;
mod prometheus;
mod recovery;
mod refuse;
mod request;
mod score;
mod scorer;
mod scoring;
mod stats;
mod swap;
mod topics;
mod transactions;
mod wire;

pub use metrics_server::MetricsServer;
pub use prometheus::prometheus_text;
pub use request::{Delivery, ScoreRequest};
pub use score::{ScoreSummary, score};
#[cfg(test)]
pub(crate) use stats::ScoredBatch;
pub use stats::{
    Actual, Counts, LatencyBar, LatencySummary, LiveLabelCounts, LiveLabels, LiveQuality, LiveSnapshot,
    LiveState, LiveStats, Note, PartitionLag, QualityPoint, ScoredRecord, Second, Serving, Swap, TimeBin,
    VersionQuality,
};
