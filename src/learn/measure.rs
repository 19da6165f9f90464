//! Measures: the metrics of an evaluation, with their names for people and which way is better.

use super::task::TaskKind;

/// A metric as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its name among the metrics of an evaluation: `average_precision`.
    pub metric: &'static str,
    /// Its name for people: `Average precision`.
    pub title: &'static str,
    /// The same at the head of a column: `avg precision`.
    pub short: &'static str,
    /// Whether more is better.
    pub more_is_better: bool,
}

const fn more(metric: &'static str, title: &'static str, short: &'static str) -> Measure {
    Measure { metric, title, short, more_is_better: true }
}

const fn less(metric: &'static str, title: &'static str, short: &'static str) -> Measure {
    Measure { metric, title, short, more_is_better: false }
}

const AVERAGE_PRECISION: Measure = more("average_precision", "Average precision", "avg precision");
const AVERAGE_PRECISION_MACRO: Measure =
    more("average_precision_macro", "Average precision, macro", "avg precision");
const AUC: Measure = more("roc_auc", "AUC", "AUC");
const AUC_MACRO: Measure = more("roc_auc_ovr_macro", "AUC, macro", "AUC");
const LOG_LOSS: Measure = less("log_loss", "Log loss", "log loss");
const BRIER: Measure = less("brier", "Brier", "Brier");
const ACCURACY: Measure = more("accuracy", "Accuracy", "accuracy");
const F1: Measure = more("f1", "F1", "F1");
const F1_MACRO: Measure = more("f1_macro", "F1, macro", "F1");
const RMSE: Measure = less("rmse", "RMSE", "RMSE");
const MAE: Measure = less("mae", "MAE", "MAE");
const MEDIAN_ERROR: Measure = less("median_absolute_error", "Median absolute error", "median error");
const MAX_ERROR: Measure = less("max_error", "Largest error", "largest error");
const R2: Measure = more("r2", "R²", "R²");
const EXPLAINED_VARIANCE: Measure = more("explained_variance", "Explained variance", "explained");
const MAPE: Measure = less("mape", "MAPE", "MAPE");

impl Measure {
    /// Its title within a line: `average precision`; `AUC` stays.
    pub fn in_a_line(&self) -> String {
        let mut letters = self.title.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(second)) if second.is_lowercase() => {
                first.to_lowercase().chain([second]).chain(letters).collect()
            }
            _ => self.title.to_owned(),
        }
    }

    /// By which models of such a task are compared; the first is the one they are chosen by.
    pub fn leading(kind: TaskKind, classes: usize) -> [Self; 3] {
        match kind {
            TaskKind::Regression => [RMSE, MAE, R2],
            TaskKind::Classification if classes > 2 => [AVERAGE_PRECISION_MACRO, AUC_MACRO, LOG_LOSS],
            TaskKind::Classification => [AVERAGE_PRECISION, AUC, LOG_LOSS],
        }
    }

    /// What is said of two models side by side.
    pub fn compared(kind: TaskKind, classes: usize) -> &'static [Self] {
        match kind {
            TaskKind::Regression => &[RMSE, MAE, MEDIAN_ERROR, R2],
            TaskKind::Classification if classes > 2 => {
                &[AVERAGE_PRECISION_MACRO, AUC_MACRO, LOG_LOSS, BRIER, ACCURACY, F1_MACRO]
            }
            TaskKind::Classification => &[AVERAGE_PRECISION, AUC, LOG_LOSS, BRIER, F1],
        }
    }

    /// All that is said of predicted numbers.
    pub fn of_numbers() -> &'static [Self] {
        &[RMSE, MAE, MEDIAN_ERROR, MAX_ERROR, R2, EXPLAINED_VARIANCE, MAPE]
    }
}
