//! Live scoring: decode → prepare → predict → produce, in micro-batches.
//!
//! In: a [`ScoreRequest`]. Out: one prediction record per input record, offsets committed with them or after them, and
//! [`LiveStats`] for whoever looks. The alias is watched; a new version takes over between two batches.

mod request;
mod score;
mod stats;

pub use request::{Delivery, ScoreRequest};
pub use score::{ScoreSummary, score};
pub use stats::{
    Counts, LatencyBar, LatencySummary, LiveSnapshot, LiveState, LiveStats, Note, PartitionLag, ScoredRecord,
    Second, Serving, Swap, TimeBin,
};
