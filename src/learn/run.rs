//! A run: everything from a frame to a model with its metrics.

use serde::{Deserialize, Serialize};

use super::evaluation::Evaluation;
use super::learner::{FitObserver, Round};
use super::model::Model;
use super::run_file::RunFile;
use crate::data::Frame;
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, Slice};
use crate::pipeline::FittedPipeline;

/// What to train; the window and `forebay train` send the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainRequest {
    /// The run.
    pub run: RunFile,
    /// The slice, when it is known already (repeating a run, or a frame in memory); else the run's range is resolved.
    pub slice: Option<Slice>,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What was asked for.
    pub file: RunFile,
    /// What it was resolved to.
    pub slice: Slice,
    /// Rows per part: train, validation, test, gaps, and rows without a target.
    pub rows: [u64; 5],
    /// Timestamps (ms) at which train ends, validation begins, validation ends, test begins.
    pub borders: [i64; 4],
    /// The preparation as fitted on the train part.
    pub pipeline: FittedPipeline,
    /// The model.
    pub model: Model,
    /// The curve.
    pub rounds: Vec<Round>,
    /// The model on the validation part, and the no-skill baseline on the same rows.
    pub valid: Evaluation,
    #[allow(missing_docs)]
    pub valid_baseline: Evaluation,
    /// The same on the test part; in the window sealed until opened.
    pub test: Evaluation,
    #[allow(missing_docs)]
    pub test_baseline: Evaluation,
    /// What to think about before trusting it: a feature that gives the target away, a class that train never saw.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Milliseconds that fitting took. Not part of any digest.
    pub fit_ms: u64,
}

/// Resolves the run's range, reads, trains.
pub fn train(
    _cluster: &Cluster,
    _request: &TrainRequest,
    _observer: &dyn FitObserver,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<Run, Problem> {
    todo!("learn owner")
}

/// Trains on a frame that is there already.
pub fn train_on(
    _frame: &Frame,
    _file: &RunFile,
    _observer: &dyn FitObserver,
    _progress: &Progress,
    _cancel: &Cancel,
) -> Result<Run, Problem> {
    todo!("learn owner")
}
