//! A finished run in a workspace: its summary in the workspace file, the rest in a file of its own beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::jobs::Problem;
use crate::kafka::Slice;
use crate::learn::{Evaluation, Run, RunFile};

/// A finished run.
///
/// The workspace file holds what a person reads: the run file, metrics, rows. Fitted pipeline, model, curve and plots are
/// [`SavedRun::result`], which is kept beside the workspace under the run's digest and shared between clones.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedRun {
    /// What the user calls it; unique within the workspace.
    pub name: String,
    /// When it ended, ms since 1970.
    pub ended: i64,
    /// SHA-256, hexadecimal, of the result as `SavedRun::result_bytes` writes it.
    pub digest: String,
    /// The slice's digest.
    pub slice: String,
    /// The digest of the label slice, where labels were joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_slice: Option<String>,
    /// Rows per part: train, validation, test, gaps, and rows without a target.
    pub rows: [u64; 5],
    /// What it was published as: `delay@3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Whether the user has opened its test part.
    #[serde(default)]
    pub test_opened: bool,
    /// Metrics of the model and of the no-skill baseline.
    pub metrics: RunMetrics,
    /// What was asked for: a run file, so that it can be repeated.
    pub file: RunFile,
    /// What came out; `None` when the file beside the workspace is gone.
    #[serde(skip)]
    pub result: Option<Arc<Run>>,
}

/// A run's metrics by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunMetrics {
    /// On the validation part.
    pub valid: BTreeMap<String, f64>,
    /// On the test part.
    pub test: BTreeMap<String, f64>,
    /// The no-skill baseline on the same.
    pub valid_baseline: BTreeMap<String, f64>,
    #[allow(missing_docs)]
    pub test_baseline: BTreeMap<String, f64>,
}

/// Same file, same run: the result is what the digest says.
impl PartialEq for SavedRun {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.ended == other.ended
            && self.digest == other.digest
            && self.published == other.published
            && self.test_opened == other.test_opened
    }
}

impl SavedRun {
    /// Of a run that has just ended. Serialises it for its digest: milliseconds for a large model, so call it in the job
    /// that trained.
    pub fn of(name: impl Into<String>, run: Arc<Run>, ended: i64) -> Result<Self, Problem> {
        let name = name.into();
        let bytes = Self::result_bytes(&run).map_err(|error| not_written(&name, &error))?;
        let metrics = |evaluation: &Evaluation| evaluation.metrics.clone();
        Ok(Self {
            name,
            ended,
            digest: digest(&bytes),
            slice: run.slice.digest(),
            label_slice: run.label_slice.as_ref().map(Slice::digest),
            rows: run.rows,
            published: None,
            test_opened: false,
            metrics: RunMetrics {
                valid: metrics(&run.valid),
                test: metrics(&run.test),
                valid_baseline: metrics(&run.valid_baseline),
                test_baseline: metrics(&run.test_baseline),
            },
            file: run.file.clone(),
            result: Some(run),
        })
    }

    /// A result as its file holds it: JSON.
    pub(super) fn result_bytes(run: &Run) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(run)
    }

    /// Reads a result back; `Err` says why it cannot be this run's.
    pub(super) fn read_result(&self, bytes: &[u8]) -> Result<Arc<Run>, String> {
        if digest(bytes) != self.digest {
            return Err("its content has changed since it was written".into());
        }
        serde_json::from_slice(bytes).map(Arc::new).map_err(|error| error.to_string())
    }

    /// The name of its file in the folder beside the workspace.
    pub(super) fn file_name(&self) -> String {
        format!("{}.run.json", self.digest)
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn not_written(name: &str, error: &serde_json::Error) -> Problem {
    Problem::new(format!("Keeping run {name}"), error.to_string(), "The model can still be published")
}
