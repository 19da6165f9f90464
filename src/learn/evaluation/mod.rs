//! What a model is worth on some rows: metrics and what the plots show, all of bounded size, so that the window needs no
//! rows afterwards.

mod classes;
mod importance;
mod numbers;
mod over_time;
mod resample;
mod thin;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::margin;
use super::model::Prediction;
use super::task::Labels;

pub(super) use importance::permutation_importance;
pub(super) use resample::resamples;
pub(super) use thin::spread;

/// Metrics and plots of a model on some rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many rows.
    pub rows: u64,
    /// By scikit-learn's names. Classes: `accuracy`, `balanced_accuracy`, `log_loss`, `brier`, `mcc`, `kappa`, and of two
    /// classes `roc_auc`, `average_precision`, `precision`, `recall`, `f1`, of more `roc_auc_ovr_macro`,
    /// `average_precision_macro`, `f1_macro`, `f1_weighted`. Numbers: `r2`, `rmse`, `mae`, `mape`,
    /// `median_absolute_error`, `max_error`, `explained_variance`. One that is not defined on these rows (the AUC of one
    /// class) or not finite is not here.
    pub metrics: BTreeMap<String, f64>,
    /// Each metric on 200 resamples of the rows, so that it has an interval; of a model, not of a baseline. Two evaluations
    /// of the same rows hold the same resamples in the same order. Empty in runs that are older than this.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resamples: BTreeMap<String, Vec<f32>>,
    /// Plots of a classification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<ClassEvaluation>,
    /// Plots of a regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberEvaluation>,
    /// Prediction against truth, by record time; empty bins are left out. At most [`Evaluation::TIME_BINS`].
    pub over_time: Vec<TimeBin>,
    /// How much each feature matters, most first; on the validation part only, empty elsewhere.
    pub importance: Vec<Importance>,
}

/// Plots of a classification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassEvaluation {
    /// The classes, in order; of two, the second is the positive one.
    pub names: Vec<String>,
    /// Rows by true class, then by the most probable class.
    pub confusion: Vec<Vec<u64>>,
    /// Of two classes one entry, of the positive class; of more one per class against the rest, for the
    /// [`Evaluation::CURVE_CLASSES`] most frequent.
    pub curves: Vec<ClassCurves>,
}

/// One class against the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassCurves {
    /// Which class, as an index into the names.
    pub class: usize,
    /// Rows of this class, and of the others.
    pub positives: u64,
    #[allow(missing_docs)]
    pub negatives: u64,
    /// Counts at 201 thresholds, 0 to 1.
    pub thresholds: Vec<ThresholdCounts>,
    /// False positive rate and true positive rate, from (0, 0) to (1, 1); thinned to at most
    /// [`Evaluation::CURVE_POINTS`], the area is exact. Empty when all rows are of one kind.
    pub roc: Vec<[f64; 2]>,
    #[allow(missing_docs)]
    pub roc_auc: Option<f64>,
    /// Recall and precision, from the strictest threshold to the laxest; thinned like `roc`.
    pub precision_recall: Vec<[f64; 2]>,
    #[allow(missing_docs)]
    pub average_precision: Option<f64>,
    /// Ten bins of the probability, empty ones left out.
    pub calibration: Vec<CalibrationBin>,
    /// Expected calibration error: mean over the rows of the distance between predicted and actual share of their bin.
    pub calibration_error: Option<f64>,
}

/// What comes out when a row counts as positive if its probability is above the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ThresholdCounts {
    #[allow(missing_docs)]
    pub threshold: f64,
    #[allow(missing_docs)]
    pub true_positives: u64,
    #[allow(missing_docs)]
    pub false_positives: u64,
}

/// One bin of a calibration plot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Where the bin begins and ends.
    pub low: f64,
    #[allow(missing_docs)]
    pub high: f64,
    #[allow(missing_docs)]
    pub rows: u64,
    /// Mean probability of its rows, and the share of them that is positive.
    pub predicted: f64,
    #[allow(missing_docs)]
    pub actual: f64,
}

/// Plots of a regression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberEvaluation {
    /// True value less predicted, between the 0.5th and the 99.5th percentile, in equal bins.
    pub residuals: ResidualHistogram,
    /// Predicted and true value of at most [`Evaluation::POINTS`] rows, evenly drawn.
    pub points: Vec<[f64; 2]>,
}

/// Residuals in equal bins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResidualHistogram {
    /// Where the first bin begins and the last ends.
    pub low: f64,
    #[allow(missing_docs)]
    pub high: f64,
    /// Rows per bin.
    pub counts: Vec<u64>,
    /// Rows below the first bin and above the last.
    pub below: u64,
    #[allow(missing_docs)]
    pub above: u64,
}

/// Rows of one span of record time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeBin {
    /// Begin and end (exclusive), ms since 1970.
    pub from: i64,
    #[allow(missing_docs)]
    pub to: i64,
    #[allow(missing_docs)]
    pub rows: u64,
    /// Numbers: mean prediction. Two classes: mean probability of the positive one. More: mean probability of the most
    /// probable class.
    pub predicted: f64,
    /// Numbers: mean truth. Two classes: share of the positive one. More: share of the rows that are right.
    pub actual: f64,
}

/// What a feature is worth: how much the loss (log loss or RMSE) grows when its values are shuffled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    #[allow(missing_docs)]
    pub feature: String,
    /// Mean growth over the shuffles.
    pub loss_growth: f64,
    /// Standard deviation over the shuffles.
    pub deviation: f64,
}

impl Evaluation {
    /// Points of a curve at most.
    pub const CURVE_POINTS: usize = 512;
    /// Classes with curves at most, when there are more than two.
    pub const CURVE_CLASSES: usize = 10;
    /// Points of the plot of predicted against true at most.
    pub const POINTS: usize = 2_000;
    /// Bins of record time at most.
    pub const TIME_BINS: usize = 120;

    /// Half the width of a metric's 95 % interval, where there is one.
    pub fn margin(&self, metric: &str) -> Option<f64> {
        margin::of_resamples(self.resamples.get(metric)?)
    }
}

/// Metrics that are defined and finite.
#[derive(Default)]
struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    fn add(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.0.insert(name.to_owned(), value);
        }
    }
}

impl Evaluation {
    /// Holds a prediction against the truth of the same rows; `times` are their record times (ms). A class that the model
    /// does not know has probability 0 in every row.
    pub fn of(prediction: &Prediction, truth: &Labels, times: &[Option<i64>]) -> Self {
        let prediction = &align(prediction, truth);
        let over_time = over_time::time_bins(times, truth, prediction);
        let rows = truth.rows() as u64;
        match (prediction, truth) {
            (Prediction::Classes { probabilities, .. }, Labels::Classes { names, classes }) => {
                let most_probable = &prediction.most_probable();
                let classified = classes::Classified { names, truth: classes, probabilities, most_probable };
                let (metrics, classes) = classified.evaluate();
                Self { rows, metrics: metrics.0, classes: Some(classes), over_time, ..Self::default() }
            }
            (Prediction::Values(predicted), Labels::Values(values)) => {
                let (metrics, numbers) = numbers::evaluate(values, predicted);
                Self { rows, metrics: metrics.0, numbers: Some(numbers), over_time, ..Self::default() }
            }
            _ => Self { rows, ..Self::default() },
        }
    }
}

/// What who knows nothing but the train part's truth predicts for every row: its shares of the classes, or its mean.
pub(crate) fn no_skill(train: &Labels, rows: usize) -> Prediction {
    let count = train.rows().max(1) as f64;
    match train {
        Labels::Classes { names, .. } => {
            let shares: Vec<f64> = train.counts().iter().map(|of_class| *of_class as f64 / count).collect();
            Prediction::Classes { names: names.clone(), probabilities: shares.repeat(rows) }
        }
        Labels::Values(values) => {
            Prediction::Values(vec![values.iter().map(|value| value / count).sum::<f64>(); rows])
        }
    }
}

/// Probabilities for the truth's classes, in its order.
fn align(prediction: &Prediction, truth: &Labels) -> Prediction {
    let (Prediction::Classes { names, probabilities }, Labels::Classes { names: wanted, .. }) =
        (prediction, truth)
    else {
        return prediction.clone();
    };
    if names == wanted {
        return prediction.clone();
    }
    let places: Vec<Option<usize>> =
        wanted.iter().map(|name| names.iter().position(|known| known == name)).collect();
    let in_order = |row: &[f64]| -> Vec<f64> {
        places.iter().map(|place| place.and_then(|at| row.get(at)).copied().unwrap_or(0.0)).collect()
    };
    let probabilities = probabilities.chunks_exact(names.len().max(1)).flat_map(in_order).collect();
    Prediction::Classes { names: wanted.clone(), probabilities }
}
