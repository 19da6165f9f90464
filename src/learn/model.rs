//! A fitted model.

use serde::{Deserialize, Serialize};

use crate::jobs::Problem;
use crate::pipeline::FeatureMatrix;

/// A fitted model: plain data, saved in packages. (Variants are its owner's.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {}

/// Predictions for some rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// Probabilities, row after row, one per class.
    Classes {
        #[allow(missing_docs)]
        names: Vec<String>,
        #[allow(missing_docs)]
        probabilities: Vec<f64>,
    },
    /// A number per row.
    Values(Vec<f64>),
}

impl Model {
    /// Predicts; the matrix must have the features of the fit, in order.
    pub fn predict(&self, _features: &FeatureMatrix) -> Result<Prediction, Problem> {
        todo!("learn owner")
    }
}
