//! Logistic.

use serde::{Deserialize, Serialize};

use crate::pipeline::FeatureMatrix;

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogisticModel {
    features: Vec<String>,
    classes: Vec<String>,
}

impl LogisticModel {
    /// Names of the features, in order.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The classes, in order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    pub(in crate::learn) fn uses(&self, _feature: usize) -> bool {
        todo!("learn owner")
    }

    pub(in crate::learn) fn probabilities(&self, _features: &FeatureMatrix) -> Vec<f64> {
        todo!("learn owner")
    }
}
