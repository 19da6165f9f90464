//! What a package says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::card::card;
use crate::codec::Schema;
use crate::data::LabelCounts;
use crate::kafka::Slice;
use crate::learn::{LearnerSpec, RunFile, TaskSpec};

/// `manifest.json` of a package; part of the value of `NAME/VERSION` in a model topic. The last three members are not
/// covered by the digest and stand last, so that what it covers is one run of bytes (see `super::digest`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the package format: 1 to 3, see docs/package.md.
    pub format: u32,
    /// Input columns that a record must have, with types.
    pub input: Schema,
    /// The codec that reads them.
    pub codec: String,
    /// Names of the features, in order.
    pub features: Vec<String>,
    /// What it predicts.
    pub task: TaskSpec,
    /// The classes, in the order of the probabilities; empty for a number.
    pub classes: Vec<String>,
    /// How it was learned.
    pub learner: LearnerSpec,
    /// Where it comes from.
    pub lineage: Lineage,
    /// By part (`valid`, `test`, and the no-skill baselines `valid_baseline`, `test_baseline`), then by name.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
    /// SHA-256 over what determines predictions and lineage, hexadecimal; not over the moment of training.
    pub digest: String,
    /// Which program made it: `Forebay 0.1.0`. Not part of the digest.
    pub made_by: String,
    /// When, ms since 1970. Not part of the digest.
    pub made_at: i64,
}

impl Manifest {
    /// The card, in Markdown. The same manifest gives the same text.
    pub fn card(&self) -> String {
        card(self)
    }
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    /// The records.
    pub slice: Slice,
    /// The label records that were joined. From format 3 on; see docs/package.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_slice: Option<Slice>,
    /// What became of events and labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_counts: Option<LabelCounts>,
    /// The run, whole, so that it can be repeated.
    pub run: RunFile,
    /// Rows per part: train, validation, test, gaps, without a target.
    pub rows: [u64; 5],
}
