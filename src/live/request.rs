//! What to score, and how.

use serde::{Deserialize, Serialize};

use crate::data::LabelSpec;
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
    /// Kafka's `group.instance.id`: a member with a name of its own keeps its partitions over a restart, and a crash does
    /// not hold the group up. Each running member needs another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Records per micro-batch at most.
    #[serde(default = "batch")]
    pub max_batch: usize,
    /// Milliseconds that a transaction stays open at most while more records are waiting. When none is, it is committed at
    /// once, whatever this says: a trickle is not held up, and a flood is committed in large pieces.
    #[serde(default = "linger")]
    pub commit_ms: u64,
    /// Labels to wait for, so that it is known how often predictions come true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSpec>,
}

impl ScoreRequest {
    /// Records per micro-batch at most, unless the request says otherwise.
    pub const MAX_BATCH: usize = 10_000;
    /// Milliseconds that a transaction stays open at most, unless the request says otherwise.
    pub const COMMIT_MS: u64 = 100;

    /// The consumer group: the one asked for, or `forebay-NAME`.
    pub fn group(&self) -> String {
        self.group.clone().unwrap_or_else(|| format!("forebay-{}", self.model.name))
    }

    /// Everything wrong with it, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, why: &str| problems.push((field.to_string(), why.to_string()));
        let topics = [
            ("input", Some(&self.input)),
            ("output", Some(&self.output)),
            ("dead_letter", self.dead_letter.as_ref()),
            ("model_topic", Some(&self.model_topic)),
        ];
        for (at, (field, topic)) in topics.iter().enumerate() {
            let Some(topic) = topic else { continue };
            if topic.is_empty() {
                wrong(field, "a topic is needed");
            }
            if topics.iter().take(at).any(|(_, other)| *other == Some(topic)) {
                wrong(field, "each of the topics must be another one");
            }
        }
        if self.max_batch == 0 {
            wrong("max_batch", "at least 1");
        }
        if self.commit_ms == 0 || self.commit_ms > 10_000 {
            wrong("commit_ms", "1 to 10000");
        }
        if let Some(labels) = &self.labels {
            let written = [Some(&self.output), self.dead_letter.as_ref()];
            if written.contains(&Some(&labels.topic)) {
                wrong("labels.topic", "what the deployment writes has no labels");
            }
        }
        let labels = self.labels.iter().flat_map(LabelSpec::check);
        problems.extend(labels.map(|(field, why)| (format!("labels.{field}"), why)));
        problems
    }
}

fn batch() -> usize {
    ScoreRequest::MAX_BATCH
}
fn linger() -> u64 {
    ScoreRequest::COMMIT_MS
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
