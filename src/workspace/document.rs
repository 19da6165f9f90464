//! What the user made: the content of a workspace file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::format::Format;
use super::run::SavedRun;
use super::slice;
use crate::data::{LabelSpec, SplitSpec};
use crate::kafka::{RangeSpec, Slice};
use crate::learn::{LearnerSpec, TaskSpec};
use crate::live::ScoreRequest;
use crate::pipeline::PipelineSpec;

/// Everything the user made, and where they stood. No data and no secrets. docs/workspace-file.md is the file's page.
///
/// Cheap to clone: what is large in a run is shared. Two workspaces are equal when their files would be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workspace {
    /// Version of the file's format.
    pub format: Format,
    /// The cluster it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionRef>,
    /// Where the user stood.
    pub layout: Layout,
    /// The range last asked for, by topic.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<String, SavedRange>,
    /// Slices that were read, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SavedSlice>,
    /// Preparations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pipelines: Vec<SavedPipeline>,
    /// The set-up of the next training.
    pub training: TrainingSetup,
    /// Deployments; none of them starts by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<SavedDeployment>,
    /// Finished runs, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<SavedRun>,
}

/// A cluster, as a workspace names it. How to reach it stands in the user's own connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionRef {
    /// The connection's name.
    pub name: String,
    /// The cluster's own id, once it was connected: another cluster under the same name is noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
}

/// A range with how to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedRange {
    /// From, to, partitions.
    #[serde(flatten)]
    pub range: RangeSpec,
    /// The codec's name.
    pub codec: String,
    /// Keep only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// A slice that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSlice {
    /// What the user calls it.
    pub name: String,
    /// The codec's name.
    pub codec: String,
    /// Keep only rows for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Rows that the first whole read gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Content digest per partition of that read, to notice what retention or compaction has since taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<String>,
    /// The offsets, one line per partition.
    #[serde(with = "slice")]
    pub slice: Slice,
}

/// A preparation with its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPipeline {
    /// What the user calls it.
    pub name: String,
    /// The topic that it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Labels from another topic that are joined before the first step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelSpec>,
    /// The steps.
    #[serde(default)]
    pub steps: PipelineSpec,
}

/// What the next training will do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingSetup {
    /// For everything that draws at random.
    pub seed: u64,
    /// What to predict, once chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskSpec>,
    /// How to split.
    pub split: SplitSpec,
    /// What to train, one run each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub learners: Vec<LearnerSpec>,
}

/// A deployment with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedDeployment {
    /// What the user calls it.
    pub name: String,
    /// What it scores, and how.
    pub request: ScoreRequest,
}

/// Where the user stood. Opening a workspace puts the window back there; undo leaves it alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// The stage, by its name in lower case: `browse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The chosen topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The chosen run's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The chosen model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Widths of panels in points, by panel.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<String, f32>,
    /// What the user changed of the columns of tables, by table and what it is of: `Records of flights`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, TableLayout>,
}

/// What the user changed of the columns of a table. Columns are known by their titles; those that are not named stand behind
/// those that are, and are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableLayout {
    /// Columns in the order in which they were put.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Columns that are hidden.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub hidden: BTreeSet<String>,
    /// Widths in points that were dragged, by column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<String, f32>,
}
