//! What was learned from the train part, and how it is applied.

use polars::frame::DataFrame;
use serde::{Deserialize, Serialize};

use super::matrix::FeatureMatrix;
use crate::codec::Schema;
use crate::jobs::Problem;

/// A fitted pipeline: plain data, saved in packages as `pipeline.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedPipeline {
    /// The columns that it needs, with types; others are ignored. Only columns that reach a feature are here.
    pub input: Schema,
    /// The steps with what they learned.
    pub steps: Vec<FittedStep>,
    /// Names of the features that come out, in order.
    pub output: Vec<String>,
}

/// One fitted step. (To be replaced by its owner with one variant per step.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedStep {}

/// What applying gives.
#[derive(Clone, Debug)]
pub struct Applied {
    /// One row per input row, one column per feature; NaN is missing.
    pub features: FeatureMatrix,
    /// Values that were not seen in fitting, or could not be cast; only steps and columns that had any.
    pub unmatched: Vec<Unmatched>,
}

/// Values of one column that a step could do nothing with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmatched {
    /// The step, from 0.
    pub step: usize,
    /// The column.
    pub column: String,
    /// How many values.
    pub values: u64,
}

/// A fitted pipeline made ready: columns are resolved and look-ups are built once, so that applying to a batch of any
/// size costs only the batch. Make one per deployment and keep it.
pub struct Applier {
    _private: (),
}

impl FittedPipeline {
    /// Makes it ready. Fails where the data do not fit together, as they may in a package of unknown origin.
    pub fn applier(&self) -> Result<Applier, Problem> {
        todo!("pipeline owner")
    }

    /// Applies to rows, once; for many batches use [`Self::applier`]. Columns must have the input's types (integers are
    /// taken for floats).
    pub fn apply(&self, _rows: &DataFrame) -> Result<Applied, Problem> {
        todo!("pipeline owner")
    }

    /// The columns after the first `steps` steps, for the window's "after" table.
    pub fn apply_to(&self, _rows: &DataFrame, _steps: usize) -> Result<DataFrame, Problem> {
        todo!("pipeline owner")
    }
}

impl Applier {
    /// Applies to rows; columns that are not in the pipeline's input are ignored.
    pub fn apply(&self, _rows: &DataFrame) -> Result<Applied, Problem> {
        todo!("pipeline owner")
    }
}
