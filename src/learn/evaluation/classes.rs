//! Evaluation of a classification.

use super::thin::thin_curve;
use super::{ClassCurves, ClassEvaluation, Evaluation, Metrics, ThresholdCounts};
use crate::learn::metrics::{
    Average, ConfusionMatrix, Ranking, brier, expected_calibration_error, log_loss, multiclass_brier,
    uniform_bins,
};

/// Thresholds 0, 0.005, to 1.
const THRESHOLDS: usize = 201;
/// Bins of the calibration plot.
const CALIBRATION_BINS: usize = 10;

/// Truth and probabilities of the same rows; probabilities row after row, one per name.
pub(super) struct Classified<'a> {
    pub names: &'a [String],
    pub truth: &'a [u32],
    pub probabilities: &'a [f64],
    pub most_probable: &'a [u32],
}

impl Classified<'_> {
    pub fn evaluate(&self) -> (Metrics, ClassEvaluation) {
        let matrix = ConfusionMatrix::new(self.names.len(), self.truth, self.most_probable);
        let mut metrics = Metrics::default();
        for (name, value) in of_labels(&matrix, self.names.len()) {
            metrics.add(name, value);
        }
        metrics.add("log_loss", log_loss(self.names.len(), self.truth, self.probabilities));
        let curves =
            if self.names.len() == 2 { self.add_two(&mut metrics) } else { self.add_many(&mut metrics) };
        (metrics, ClassEvaluation { names: self.names.to_vec(), confusion: matrix.rows(), curves })
    }

    fn add_two(&self, metrics: &mut Metrics) -> Vec<ClassCurves> {
        let (positive, probability) = self.against_the_rest(1);
        let curves = class_curves(1, &positive, &probability);
        metrics.add("brier", brier(&positive, &probability));
        metrics.add("roc_auc", curves.roc_auc);
        metrics.add("average_precision", curves.average_precision);
        vec![curves]
    }

    fn add_many(&self, metrics: &mut Metrics) -> Vec<ClassCurves> {
        metrics.add("brier", multiclass_brier(self.names.len(), self.truth, self.probabilities));
        let mut counts: Vec<(usize, u64)> = vec![(0, 0); self.names.len()];
        counts.iter_mut().enumerate().for_each(|(class, count)| count.0 = class);
        for class in self.truth {
            if let Some(count) = counts.get_mut(*class as usize) {
                count.1 += 1;
            }
        }
        let (mut areas, mut precisions) = (Vec::new(), Vec::new());
        for class in 0..self.names.len() {
            let (positive, probability) = self.against_the_rest(class);
            let ranking = Ranking::new(&positive, &probability);
            areas.push(ranking.as_ref().and_then(Ranking::roc_auc));
            precisions.push(ranking.as_ref().and_then(Ranking::average_precision));
        }
        metrics.add("roc_auc_ovr_macro", mean_of_defined(&areas));
        metrics.add("average_precision_macro", mean_of_defined(&precisions));
        counts.sort_by_key(|(class, count)| (std::cmp::Reverse(*count), *class));
        counts.truncate(Evaluation::CURVE_CLASSES);
        counts.sort_unstable();
        let curves = counts.iter().map(|(class, _)| {
            let (positive, probability) = self.against_the_rest(*class);
            class_curves(*class, &positive, &probability)
        });
        curves.collect()
    }

    /// Which rows are of a class, and its probabilities.
    pub fn against_the_rest(&self, class: usize) -> (Vec<bool>, Vec<f64>) {
        let positive = self.truth.iter().map(|truth| *truth as usize == class).collect();
        let probability = self.probabilities.iter().skip(class).step_by(self.names.len()).copied().collect();
        (positive, probability)
    }
}

/// What the classes that were predicted say, without their probabilities.
pub(super) fn of_labels(matrix: &ConfusionMatrix, classes: usize) -> Vec<(&'static str, Option<f64>)> {
    let mut metrics = vec![
        ("accuracy", matrix.accuracy()),
        ("balanced_accuracy", matrix.balanced_accuracy()),
        ("mcc", matrix.mcc()),
        ("kappa", matrix.kappa()),
    ];
    if classes == 2 {
        let positive = (matrix.total() > 0).then_some(1);
        metrics.push(("precision", positive.map(|class| matrix.precision(class))));
        metrics.push(("recall", positive.map(|class| matrix.recall(class))));
        metrics.push(("f1", positive.map(|class| matrix.f1(class))));
    } else {
        metrics.push(("f1_macro", matrix.averaged(Average::Macro, ConfusionMatrix::f1)));
        metrics.push(("f1_weighted", matrix.averaged(Average::Weighted, ConfusionMatrix::f1)));
    }
    metrics
}

/// Mean over the classes that occur, and do not fill the part alone; `None` where none does.
pub(super) fn mean_of_defined(values: &[Option<f64>]) -> Option<f64> {
    let defined: Vec<f64> = values.iter().flatten().copied().collect();
    (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
}

fn class_curves(class: usize, positive: &[bool], probability: &[f64]) -> ClassCurves {
    let Some(ranking) = Ranking::new(positive, probability) else {
        return ClassCurves { class, ..ClassCurves::default() };
    };
    let calibration = uniform_bins(CALIBRATION_BINS, positive, probability).unwrap_or_default();
    ClassCurves {
        class,
        positives: ranking.positives(),
        negatives: ranking.negatives(),
        thresholds: threshold_counts(positive, probability),
        roc: thin_curve(ranking.roc_curve(), Evaluation::CURVE_POINTS),
        roc_auc: ranking.roc_auc(),
        precision_recall: thin_curve(ranking.precision_recall_curve(), Evaluation::CURVE_POINTS),
        average_precision: ranking.average_precision(),
        calibration_error: expected_calibration_error(&calibration),
        calibration,
    }
}

fn threshold_counts(positive: &[bool], probability: &[f64]) -> Vec<ThresholdCounts> {
    let thresholds: Vec<f64> = (0..THRESHOLDS).map(|at| at as f64 / (THRESHOLDS - 1) as f64).collect();
    // Rows by the number of thresholds that they are above.
    let mut above = vec![(0_u64, 0_u64); THRESHOLDS + 1];
    for (positive, p) in positive.iter().zip(probability) {
        if let Some(count) = above.get_mut(thresholds.partition_point(|threshold| threshold < p)) {
            count.0 += u64::from(*positive);
            count.1 += u64::from(!*positive);
        }
    }
    let (mut true_positives, mut false_positives) = (0, 0);
    let mut counts: Vec<ThresholdCounts> = Vec::with_capacity(THRESHOLDS);
    for (threshold, (of_positive, of_negative)) in thresholds.iter().zip(above.iter().skip(1)).rev() {
        true_positives += of_positive;
        false_positives += of_negative;
        counts.push(ThresholdCounts { threshold: *threshold, true_positives, false_positives });
    }
    counts.reverse();
    counts
}
