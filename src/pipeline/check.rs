//! A spec held against the columns it will see.

use polars::frame::DataFrame;
use serde::Serialize;

use super::fitted::FittedPipeline;
use super::spec::PipelineSpec;
use crate::codec::Schema;
use crate::jobs::{Cancel, Problem, Progress};

/// One thing wrong with a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpecProblem {
    /// Which step, from 0; `None` is what comes out at the end.
    pub step: Option<usize>,
    /// Which field of it: `columns`, `value`.
    pub field: String,
    /// What is wrong and what would be right.
    pub why: String,
}

/// A spec that fits its input columns. Only this form can be fitted.
#[derive(Clone, Debug)]
pub struct CheckedPipeline {
    _private: (),
}

impl PipelineSpec {
    /// Holds the spec against input columns (meta columns and whatever the task excludes already left out) and gives every
    /// problem at once. What comes out must be numbers only: a text column at the end is a problem that says what to do.
    pub fn check(&self, _input: &Schema) -> Result<CheckedPipeline, Vec<SpecProblem>> {
        todo!("pipeline owner")
    }

    /// Sensible steps for these columns: leave out what is constant or id-like, fill gaps, one-hot text of few values,
    /// standardize numbers.
    pub fn suggest(_profiles: &[crate::data::ColumnProfile], _exclude: &[String]) -> Self {
        todo!("pipeline owner")
    }
}

impl CheckedPipeline {
    /// Schema after each step (index 0: the input), for the window's "columns gained or lost".
    pub fn schemas(&self) -> &[Schema] {
        todo!("pipeline owner")
    }

    /// Fits on the rows given, which must be of the train part only.
    pub fn fit(
        &self,
        _train: &DataFrame,
        _progress: &Progress,
        _cancel: &Cancel,
    ) -> Result<FittedPipeline, Problem> {
        todo!("pipeline owner")
    }
}
