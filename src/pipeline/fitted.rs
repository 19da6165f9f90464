//! What was learned from the train part, as plain data.

use polars::frame::DataFrame;
use serde::{Deserialize, Serialize};

use super::applier::{Applied, Applier};
use super::steps::FittedStep;
use crate::codec::Schema;
use crate::jobs::Problem;

/// A fitted pipeline: plain data, saved in packages as `pipeline.json`. All its numbers are finite, so that JSON holds
/// them exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedPipeline {
    /// The columns that it needs, with types; others are ignored. Only columns that reach a feature are here. A field is
    /// nullable where the train part had nulls or an impute step fills them.
    pub input: Schema,
    /// The steps with what they learned.
    pub steps: Vec<FittedStep>,
    /// Names of the features that come out, in order.
    pub output: Vec<String>,
}

impl FittedPipeline {
    /// Makes it ready. Fails where the data do not fit together, as they may in a package of unknown origin.
    pub fn applier(&self) -> Result<Applier, Problem> {
        Applier::new(self)
    }

    /// Applies to rows, once; for many batches use [`Self::applier`]. Columns must have the input's types (integers are
    /// taken for floats).
    pub fn apply(&self, rows: &DataFrame) -> Result<Applied, Problem> {
        self.applier()?.apply(rows)
    }

    /// The columns after the first `steps` steps, for the window's "after" table. Every column of `rows` that has a type
    /// a step knows takes part, also those that no feature needs.
    pub fn apply_to(&self, rows: &DataFrame, steps: usize) -> Result<DataFrame, Problem> {
        super::applier::table_after(self, rows, steps)
    }
}
