//! A fitted model: what it needs, what it predicts.

use serde::{Deserialize, Serialize};

use super::learners::{LogisticModel, RidgeModel, TreesModel};
use crate::jobs::Problem;
use crate::pipeline::FeatureMatrix;

/// A fitted model: plain data, saved in packages as `model.json`. One that was read from JSON has been checked: every
/// length fits and every tree ends, so that predicting can neither fail half-way nor go round for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Model {
    /// Classes by a linear score each.
    LogisticRegression(LogisticModel),
    /// A number by a linear sum.
    RidgeRegression(RidgeModel),
    /// Classes or a number by a sum of trees.
    BoostedTrees(TreesModel),
}

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
    /// Names of the features it was fitted on, in order.
    pub fn features(&self) -> &[String] {
        match self {
            Self::LogisticRegression(model) => model.features(),
            Self::RidgeRegression(model) => model.features(),
            Self::BoostedTrees(model) => model.features(),
        }
    }

    /// The classes in the order of the probabilities; empty for a number.
    pub fn classes(&self) -> &[String] {
        match self {
            Self::LogisticRegression(model) => model.classes(),
            Self::RidgeRegression(_) => &[],
            Self::BoostedTrees(model) => model.classes(),
        }
    }

    /// Predicts; the matrix must have the features of the fit, in order. A row with a missing value gives NaN from the
    /// linear models; trees take it.
    pub fn predict(&self, features: &FeatureMatrix) -> Result<Prediction, Problem> {
        self.check_features(features)?;
        Ok(match self {
            Self::LogisticRegression(model) => Prediction::Classes {
                names: model.classes().to_vec(),
                probabilities: model.probabilities(features),
            },
            Self::RidgeRegression(model) => Prediction::Values(model.values(features)),
            Self::BoostedTrees(model) => model.predict(features),
        })
    }

    /// Whether a feature has any say; one that has none cannot matter.
    pub fn uses(&self, feature: usize) -> bool {
        match self {
            Self::LogisticRegression(model) => model.uses(feature),
            Self::RidgeRegression(model) => model.uses(feature),
            Self::BoostedTrees(model) => model.uses(feature),
        }
    }

    fn check_features(&self, features: &FeatureMatrix) -> Result<(), Problem> {
        let (expected, given) = (self.features(), features.names());
        if expected == given.as_ref() {
            return Ok(());
        }
        let why = match expected.iter().zip(given.iter()).position(|(a, b)| a != b) {
            Some(at) => format!(
                "feature {} should be {} and is {}",
                at + 1,
                expected.get(at).map_or("", String::as_str),
                given.get(at).map_or("", String::as_str)
            ),
            None => format!("the model has {} features, the rows have {}", expected.len(), given.len()),
        };
        Err(Problem::new("Predicting", why, "Use the pipeline that was fitted together with this model"))
    }
}

impl Prediction {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Classes { names, probabilities } => probabilities.len() / names.len().max(1),
            Self::Values(values) => values.len(),
        }
    }

    /// The most probable class of each row, as an index into the names; the first one wins a tie (so of two classes the
    /// second needs more than 0.5). Empty for numbers.
    pub fn most_probable(&self) -> Vec<u32> {
        match self {
            Self::Classes { names, probabilities } => {
                probabilities.chunks_exact(names.len().max(1)).map(arg_max).collect()
            }
            Self::Values(_) => Vec::new(),
        }
    }
}

fn arg_max(row: &[f64]) -> u32 {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, &probability) in row.iter().enumerate() {
        if probability > best.1 {
            best = (class as u32, probability);
        }
    }
    best.0
}
