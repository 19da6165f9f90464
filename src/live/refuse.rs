//! Why a record that was decoded could not be scored.

use crate::codec::Rejection;
use crate::jobs::Problem;
use crate::kafka::{Offset, RecordBatch};
use crate::pipeline::FeatureMatrix;

/// A step and its reason, before it is known which record it was.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub(super) step: &'static str,
    pub(super) reason: String,
}

impl Refused {
    pub(super) fn new(step: &'static str, problem: &Problem) -> Self {
        let reason = if problem.why.is_empty() { problem.what.clone() } else { problem.why.clone() };
        Self { step, reason }
    }

    pub(super) fn at(self, batch: &RecordBatch, offset: Offset) -> Rejection {
        Rejection {
            topic: batch.topic().to_string(),
            partition: batch.partition(),
            offset,
            step: self.step.into(),
            reason: self.reason,
        }
    }
}

/// Why the model gave no number for `row`: the feature that has none.
pub(super) fn missing_feature(features: &FeatureMatrix, row: usize) -> Refused {
    let value = |feature: usize| features.column(feature).get(row).copied().unwrap_or(f64::NAN);
    let name = |feature: usize| features.names().get(feature).map_or("", String::as_str);
    let reason = match (0..features.columns()).find(|&feature| !value(feature).is_finite()) {
        Some(feature) if value(feature).is_nan() => {
            format!("feature {} is missing, and this model needs it", name(feature))
        }
        Some(feature) => format!("feature {} is infinite", name(feature)),
        None => "the prediction is not a finite number".into(),
    };
    Refused { step: "predict", reason }
}
