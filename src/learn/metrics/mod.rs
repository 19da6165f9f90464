//! Metrics, each equal to scikit-learn's to rounding (1e-9, held by `tests/oracles/metrics`).
//!
//! In: truths and predictions as slices of one length. Out: numbers and curves. Where a metric has no answer it is
//! `None`, never NaN: no rows, a NaN or an infinity among the inputs, a ranking of one class. (scikit-learn refuses, or
//! answers with a warning: NaN for the ROC AUC of one class, 0 for average precision without a positive row.) Sums that
//! overflow stay infinite. Precision, recall and F1 of a class without rows are 0, as in scikit-learn. This module knows
//! no model and no frame.

mod calibration;
mod confusion;
#[cfg(test)]
mod oracle_tests;
mod probability;
mod ranking;
mod regression;

pub use calibration::{expected_calibration_error, uniform_bins};
pub use confusion::{Average, ConfusionMatrix};
pub use probability::{brier, log_loss, loss_of, multiclass_brier};
pub use ranking::{Order, Ranking};
pub use regression::Errors;
