//! Batch prediction: rows as they come, predictions as columns.

use polars::frame::DataFrame;

use super::model::Model;
use crate::jobs::Problem;
use crate::pipeline::FittedPipeline;

/// Prepares rows and predicts them. Gives a column `prediction` (the most probable class, or the number) and for classes a
/// column `p_CLASS` each; rows stay in order.
pub fn predict_frame(
    _pipeline: &FittedPipeline,
    _model: &Model,
    _rows: &DataFrame,
) -> Result<DataFrame, Problem> {
    todo!("learn owner")
}
