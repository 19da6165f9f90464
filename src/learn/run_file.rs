//! The run file: a run as TOML.

use serde::{Deserialize, Serialize};

use super::learner::LearnerSpec;
use super::task::TaskSpec;
use crate::data::SplitSpec;
use crate::jobs::Problem;
use crate::kafka::RangeSpec;
use crate::pipeline::PipelineSpec;

/// A run, written down: slice, task, preparation, split, learner, seed. docs/run-file.md is its reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFile {
    /// Version of the format: 1.
    pub format: u32,
    /// For everything that draws at random.
    #[serde(default)]
    pub seed: u64,
    /// What to read.
    pub slice: SliceSection,
    /// What to predict.
    pub task: TaskSpec,
    /// How to prepare it.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub prepare: PipelineSpec,
    /// How to split it.
    #[serde(default)]
    pub split: SplitSpec,
    /// How to learn it.
    pub learner: LearnerSpec,
}

/// `[slice]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliceSection {
    /// Topics, from, to, partitions.
    #[serde(flatten)]
    pub range: RangeSpec,
    /// The codec's name.
    #[serde(default = "json")]
    pub codec: String,
    /// Keep only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

fn json() -> String {
    "json".into()
}
fn is_empty(spec: &PipelineSpec) -> bool {
    spec.steps.is_empty()
}

impl RunFile {
    /// Parses and checks; every problem at once, each with line or field.
    pub fn parse(_text: &str) -> Result<Self, Problem> {
        todo!("learn owner")
    }

    /// As TOML that [`Self::parse`] reads back to the same.
    pub fn to_toml(&self) -> String {
        todo!("learn owner")
    }
}
