//! How much each feature matters: the loss grows when its values are shuffled (Breiman 2001).

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::Importance;
use super::align;
use super::thin::spread;
use crate::jobs::{Cancel, Problem};
use crate::learn::fit::select_rows;
use crate::learn::metrics::{Errors, log_loss};
use crate::learn::{Labels, Model, Prediction};
use crate::pipeline::FeatureMatrix;

/// Rows that are shuffled at most, evenly drawn.
const ROWS: usize = 5_000;
/// Shuffles per feature.
const SHUFFLES: usize = 3;

/// Most important first. A feature that the model does not use is worth exactly 0 and is not shuffled. Each feature draws
/// from a generator of its own, so that the order of the threads does not matter.
pub(in crate::learn) fn permutation_importance(
    model: &Model,
    features: &FeatureMatrix,
    truth: &Labels,
    seed: u64,
    cancel: &Cancel,
) -> Result<Vec<Importance>, Problem> {
    let rows = spread(features.rows(), ROWS);
    let (features, truth) = (select_rows(features, &rows), truth.select(&rows));
    let Some(before) = loss(&model.predict(&features)?, &truth) else { return Ok(Vec::new()) };
    let of_feature = |at: usize| -> Result<Importance, Problem> {
        let mut growths = Vec::new();
        if model.uses(at) {
            let mut draw =
                Xoshiro256PlusPlus::seed_from_u64(seed ^ (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut shuffled = features.clone();
            for _ in 0..SHUFFLES {
                cancel.check().map_err(|_| Problem::cancelled("Measuring the importance of features"))?;
                shuffled.column_mut(at).shuffle(&mut draw);
                growths.extend(loss(&model.predict(&shuffled)?, &truth).map(|after| after - before));
            }
        }
        let (loss_growth, deviation) = mean_and_deviation(&growths);
        Ok(Importance {
            feature: features.names().get(at).cloned().unwrap_or_default(),
            loss_growth,
            deviation,
        })
    };
    let mut all: Vec<Importance> =
        (0..features.columns()).into_par_iter().map(of_feature).collect::<Result<_, _>>()?;
    all.sort_by(|a, b| b.loss_growth.total_cmp(&a.loss_growth));
    Ok(all)
}

fn loss(prediction: &Prediction, truth: &Labels) -> Option<f64> {
    match (&align(prediction, truth), truth) {
        (Prediction::Classes { names, probabilities }, Labels::Classes { classes, .. }) => {
            log_loss(names.len(), classes, probabilities)
        }
        (Prediction::Values(predicted), Labels::Values(values)) => {
            Errors::new(values, predicted).map(|errors| errors.rmse()).filter(|rmse| rmse.is_finite())
        }
        _ => None,
    }
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    (mean, variance.sqrt())
}
