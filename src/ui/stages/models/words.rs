//! What manifests hold, in words.

use crate::learn::{LearnerSpec, Target, TaskKind, TaskSpec};
use crate::registry::Manifest;
use crate::ui::format;

/// `classifies arr_delay above 15, 31 features in, probability out`.
pub(super) fn purpose(manifest: &Manifest) -> String {
    let features = format::count(manifest.features.len() as u64, "feature in", "features in");
    let target = target(&manifest.task);
    match manifest.task.kind {
        TaskKind::Classification => format!("classifies {target}, {features}, probability out"),
        TaskKind::Regression => format!("predicts {target}, {features}, a number out"),
    }
}

/// The column that is predicted, with its limit where it has one.
pub(super) fn target(task: &TaskSpec) -> String {
    match &task.target {
        Target::Column(column) => column.clone(),
        Target::Above { column, above } => format!("{column} above {}", format::float(*above)),
    }
}

/// A learner's settings: `100 rounds, depth 6, rate 0.1`.
pub(super) fn settings(learner: &LearnerSpec) -> String {
    match learner {
        LearnerSpec::LogisticRegression { c } => format!("C {}", format::float(*c)),
        LearnerSpec::RidgeRegression { alpha } => format!("alpha {}", format::float(*alpha)),
        LearnerSpec::BoostedTrees { rounds, depth, rate, .. } => {
            format!("{rounds} rounds, depth {depth}, rate {}", format::float(*rate))
        }
    }
}

/// The two measures of a task that the versions table shows: name in manifests, and head of the column.
pub(super) fn main_measures(manifest: &Manifest) -> [(&'static str, &'static str); 2] {
    match (manifest.task.kind, manifest.classes.len()) {
        (TaskKind::Regression, _) => [("rmse", "RMSE"), ("mae", "MAE")],
        (TaskKind::Classification, 0..=2) => [("average_precision", "avg precision"), ("roc_auc", "AUC")],
        (TaskKind::Classification, _) => {
            [("average_precision_macro", "avg precision"), ("roc_auc_ovr_macro", "AUC")]
        }
    }
}
