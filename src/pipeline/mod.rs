//! Preparation: ordered steps from a frame's columns to features.
//!
//! In: a [`PipelineSpec`] and, for fitting, the rows of the train part. Out: a [`FittedPipeline`], which turns any frame
//! with its input columns into a [`FeatureMatrix`]; the same object serves training and live scoring, and gives the same
//! values for a whole frame and for its rows in any chunks. It knows nothing of learners.
//!
//! [`PipelineSpec`] (what is wanted) → [`CheckedPipeline`] (it fits the columns) → [`FittedPipeline`] (what was learned,
//! plain data) → [`Applier`] (columns resolved, look-ups built) → [`Applied`].

mod applier;
mod check;
mod error;
mod fit;
mod fitted;
mod layout;
mod matrix;
mod report;
mod spec;
mod statistics;
mod steps;
mod suggest;
mod table;
#[cfg(test)]
mod tests;

pub use applier::{Applied, Applier, Unmatched};
pub use check::{CheckedPipeline, SpecProblem};
pub use fitted::FittedPipeline;
pub use matrix::FeatureMatrix;
pub use spec::{CastTo, DatePart, ImputeWith, PipelineSpec, StepSpec};
pub use steps::{
    EncodedColumn, Fill, FilledColumn, FittedCast, FittedDateParts, FittedDrop, FittedImpute, FittedOneHot,
    FittedSelect, FittedStandardize, FittedStep, ScaledColumn, Values,
};
