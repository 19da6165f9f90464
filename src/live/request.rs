//! What to score, and how.

use serde::{Deserialize, Serialize};

use crate::registry::ModelRef;

/// A deployment, as the window and `forebay score` both send it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreRequest {
    /// Which model; an alias is followed as it moves.
    pub model: ModelRef,
    /// The model topic.
    pub model_topic: String,
    /// The topic to read.
    pub input: String,
    /// The topic for predictions; made when it is not there, with the input's number of partitions.
    pub output: String,
    /// The topic for records that could not be scored; without one they are counted and skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter: Option<String>,
    /// The consumer group; `None` is `forebay-NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Exactly once or at least once.
    #[serde(default)]
    pub delivery: Delivery,
    /// Where to begin when the group has committed nothing: at the beginning, or at the end.
    #[serde(default)]
    pub from_beginning: bool,
    /// End when the ends that each partition had at the start are reached.
    #[serde(default)]
    pub until_end: bool,
    /// Records per micro-batch at most.
    #[serde(default = "batch")]
    pub max_batch: usize,
    /// Milliseconds that a transaction may wait for more records before it is committed.
    #[serde(default = "linger")]
    pub commit_ms: u64,
}

fn batch() -> usize {
    10_000
}
fn linger() -> u64 {
    100
}

/// What happens to offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Committed in the transaction that holds the predictions.
    #[default]
    ExactlyOnce,
    /// Committed after the predictions: lower latency, repeats after a crash.
    AtLeastOnce,
}
