//! Ridge regression: least squares with an L2 penalty.
//!
//! The objective is scikit-learn's: `|y - X w - b|² + alpha |w|²`, the intercept free of penalty. The normal equations are
//! solved by conjugate gradients on the design itself: exact to rounding, with one-hot columns as cheap as their entries,
//! and with an answer where columns depend on each other and `alpha` is 0, which Cholesky does not give.
//! (linfa-elasticnet goes coordinate by coordinate until a step is small, which on dependent columns is long before the
//! optimum.)

use serde::{Deserialize, Serialize};

use super::conjugate_gradient::{add, solve};
use super::design::Design;
use super::linear::{check_lengths, linear_sums};
use crate::jobs::Cancelled;
use crate::learn::learner::{FitControl, Round};
use crate::learn::metrics::Errors;
use crate::pipeline::FeatureMatrix;

/// Each solves what rounding left of the one before.
const REFINEMENTS: usize = 3;

/// A fitted ridge regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct RidgeModel {
    features: Vec<String>,
    coefficients: Vec<f64>,
    intercept: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    features: Vec<String>,
    coefficients: Vec<f64>,
    intercept: f64,
}

impl TryFrom<Unchecked> for RidgeModel {
    type Error = String;

    fn try_from(raw: Unchecked) -> Result<Self, String> {
        let Unchecked { features, coefficients, intercept } = raw;
        check_lengths(features.len(), &coefficients, intercept)?;
        Ok(Self { features, coefficients, intercept })
    }
}

impl RidgeModel {
    /// Names of the features, in order.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// One per feature.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    #[allow(missing_docs)]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    pub(in crate::learn) fn uses(&self, feature: usize) -> bool {
        self.coefficients.get(feature).is_some_and(|c| *c != 0.0)
    }

    /// One per row.
    pub(in crate::learn) fn values(&self, features: &FeatureMatrix) -> Vec<f64> {
        linear_sums(features, &self.coefficients, self.intercept)
    }
}

/// Fits; all values must be finite. One round, because the answer is found in one go.
pub(in crate::learn) fn fit(
    alpha: f64,
    train: (&FeatureMatrix, &[f64]),
    valid: Option<(&FeatureMatrix, &[f64])>,
    control: FitControl<'_>,
) -> Result<RidgeModel, Cancelled> {
    let (features, truth) = train;
    let design = Design::new(features);
    let centre = truth.iter().sum::<f64>() / truth.len().max(1) as f64;
    let centred: Vec<f64> = truth.iter().map(|value| value - centre).collect();
    let penalty: Vec<f64> = design.penalty().iter().map(|penalty| alpha * penalty).collect();
    let apply = |weights: &[f64]| {
        let mut image = design.transposed_times(&design.times(weights));
        image.iter_mut().zip(weights).zip(&penalty).for_each(|((image, w), penalty)| *image += penalty * w);
        image
    };
    let diagonal: Vec<f64> =
        design.weighted_squares(&vec![1.0; truth.len()]).iter().zip(&penalty).map(|(a, b)| a + b).collect();

    let mut weights = vec![0.0; design.parameters()];
    for _ in 0..REFINEMENTS {
        let errors: Vec<f64> = centred.iter().zip(design.times(&weights)).map(|(y, sum)| y - sum).collect();
        let mut left = design.transposed_times(&errors);
        left.iter_mut().zip(&weights).zip(&penalty).for_each(|((left, w), penalty)| *left -= penalty * w);
        add(&mut weights, 1.0, &solve(apply, &diagonal, &left, 1e-12, control.cancel)?);
    }
    let (coefficients, intercept) = design.original(&weights);
    let model =
        RidgeModel { features: features.names().to_vec(), coefficients, intercept: intercept + centre };
    let rmse = |(features, truth): (&FeatureMatrix, &[f64])| {
        Errors::new(truth, &model.values(features)).map(|errors| errors.rmse())
    };
    control
        .observer
        .round(Round { round: 1, train: rmse(train).unwrap_or(f64::NAN), valid: valid.and_then(rmse) }, 1);
    Ok(model)
}
