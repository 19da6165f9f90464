//! Preparation: ordered steps from a frame's columns to features.
//!
//! In: a [`PipelineSpec`] and, for fitting, the rows of the train part. Out: a [`FittedPipeline`], which turns any frame
//! with its input columns into a [`FeatureMatrix`]; the same object serves training and live scoring, and gives the same
//! values for a whole frame and for its rows in any chunks. It knows nothing of learners.

mod check;
mod fitted;
mod matrix;
mod spec;

pub use check::{CheckedPipeline, SpecProblem};
pub use fitted::{Applied, Applier, FittedPipeline, FittedStep, Unmatched};
pub use matrix::FeatureMatrix;
pub use spec::{CastTo, DatePart, ImputeWith, PipelineSpec, StepSpec};
