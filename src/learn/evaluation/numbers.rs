//! Evaluation of a regression.

use super::thin::spread;
use super::{Evaluation, Metrics, NumberEvaluation, ResidualHistogram};
use crate::learn::metrics::Errors;

/// Bins of the residuals.
const BINS: usize = 60;

/// Metrics and plots; none with a NaN or infinite prediction.
pub(super) fn evaluate(truth: &[f64], predicted: &[f64]) -> (Metrics, NumberEvaluation) {
    let mut metrics = Metrics::default();
    let Some(errors) = Errors::new(truth, predicted) else {
        return (metrics, NumberEvaluation::default());
    };
    metrics.add("r2", errors.r2());
    metrics.add("rmse", Some(errors.rmse()));
    metrics.add("mae", Some(errors.mae()));
    metrics.add("mape", Some(errors.mape()));
    metrics.add("median_absolute_error", Some(errors.median_absolute_error()));
    metrics.add("max_error", Some(errors.max_error()));
    metrics.add("explained_variance", errors.explained_variance());
    let points = spread(truth.len(), Evaluation::POINTS)
        .into_iter()
        .filter_map(|row| Some([*predicted.get(row as usize)?, *truth.get(row as usize)?]));
    (metrics, NumberEvaluation { residuals: residuals(truth, predicted), points: points.collect() })
}

fn residuals(truth: &[f64], predicted: &[f64]) -> ResidualHistogram {
    let mut sorted: Vec<f64> =
        truth.iter().zip(predicted).map(|(truth, predicted)| truth - predicted).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at =
        |share: f64| sorted.get(((sorted.len() - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0);
    let (mut low, mut high) = (at(0.005), at(0.995));
    if low == high {
        (low, high) = (low - 0.5, high + 0.5);
    }
    let width = (high - low) / BINS as f64;
    let mut histogram = ResidualHistogram { low, high, counts: vec![0; BINS], below: 0, above: 0 };
    for residual in sorted {
        if residual < low {
            histogram.below += 1;
        } else if residual > high {
            histogram.above += 1;
        } else if let Some(count) =
            histogram.counts.get_mut((((residual - low) / width) as usize).min(BINS - 1))
        {
            *count += 1;
        }
    }
    histogram
}
