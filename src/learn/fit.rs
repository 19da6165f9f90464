//! From features and labels to a model: what a learner cannot take is refused here, before it runs.

use super::learner::{FitControl, LearnerSpec};
use super::learners::{Boosting, LogisticFit, fit_ridge};
use super::model::Model;
use super::task::{Labels, TaskKind};
use crate::jobs::Problem;
use crate::pipeline::FeatureMatrix;

/// Rows times classes that the learners hold in memory at most.
const MAX_SCORES: usize = 200_000_000;

/// Features and truth of the same rows.
pub type Part<'a> = (&'a FeatureMatrix, &'a Labels);

impl LearnerSpec {
    /// Fits. `valid` is for the curve and early stopping only.
    ///
    /// Refused with a problem that says what to do: a task of the wrong kind, one class only, fewer rows than features,
    /// no features, infinite values, and for the linear learners missing values. Classes that do not occur in `train` are
    /// no part of the model; rows of `valid` that have them are no part of its curve.
    pub fn fit(
        &self,
        train: Part<'_>,
        valid: Option<Part<'_>>,
        control: FitControl<'_>,
    ) -> Result<Model, Problem> {
        let cancelled = |_| Problem::cancelled(self.doing());
        self.refuse(train)?;
        let (train_labels, seen) = train.1.without_unseen_classes();
        let valid = valid.map(|(features, labels)| keep_seen(features, labels, &seen));
        let valid = valid.as_ref().map(|(features, labels)| (features, labels));
        match (*self, &train_labels) {
            (Self::LogisticRegression { c }, Labels::Classes { names, classes }) => {
                let valid = valid.and_then(|(features, labels)| Some((features, labels.classes()?)));
                let fit = LogisticFit { c, classes: names, train: (train.0, classes), valid };
                Ok(Model::LogisticRegression(fit.run(control).map_err(cancelled)?))
            }
            (Self::RidgeRegression { alpha }, Labels::Values(values)) => {
                let valid = valid.and_then(|(features, labels)| Some((features, labels.values()?)));
                let model = fit_ridge(alpha, (train.0, values), valid, control).map_err(cancelled)?;
                Ok(Model::RidgeRegression(model))
            }
            (Self::BoostedTrees { rounds, depth, rate, l2, min_leaf_weight, early_stopping }, labels) => {
                let boosting = Boosting { rounds, depth, rate, l2, min_leaf_weight, early_stopping };
                if early_stopping > 0 && valid.is_none_or(|(features, _)| features.rows() == 0) {
                    let next = "Give the split a validation part, or set early_stopping to 0";
                    return Err(Problem::new(self.doing(), "early stopping needs validation rows", next));
                }
                Ok(Model::BoostedTrees(boosting.fit((train.0, labels), valid, control)?))
            }
            _ => Err(self.wrong_kind(&train_labels)),
        }
    }

    fn refuse(&self, (features, labels): Part<'_>) -> Result<(), Problem> {
        let problem = |why: String, next: &str| Err(Problem::new(self.doing(), why, next));
        if let Some((field, why)) = self.check().first() {
            return problem(format!("{field} {why}"), "Change it in the learner's settings");
        }
        if !self.learns(labels.kind()) {
            return Err(self.wrong_kind(labels));
        }
        let (rows, columns) = (features.rows(), features.columns());
        if columns == 0 {
            return problem("no features".into(), "Keep at least one column besides the target");
        }
        if rows < columns || rows < 2 {
            let why = format!("the train part has {rows} rows for {columns} features");
            return problem(why, "Read a larger slice, or leave features out");
        }
        if let Labels::Classes { names, .. } = &labels.without_unseen_classes().0 {
            if names.len() < 2 {
                let class = names.first().map_or("", String::as_str);
                let why = format!("every row of the train part is of one class, {class}");
                return problem(why, "Choose another target, or a slice in which it changes");
            }
            if names.len().saturating_mul(rows) > MAX_SCORES {
                let why =
                    format!("{} classes for {rows} rows need more memory than a run may take", names.len());
                return problem(why, "Choose a target of fewer classes, or a smaller slice");
            }
        }
        self.refuse_values(features)
    }

    fn refuse_values(&self, features: &FeatureMatrix) -> Result<(), Problem> {
        let infinite = columns_with(features, |value| value.abs() >= f64::MAX);
        if !infinite.is_empty() {
            let next = "Filter those rows out, or leave the columns out";
            return Err(Problem::new(self.doing(), format!("infinite values in {}", list(&infinite)), next));
        }
        let missing = columns_with(features, f64::is_nan);
        if matches!(self, Self::BoostedTrees { .. }) || missing.is_empty() {
            return Ok(());
        }
        let next = "Add an impute step for them, or choose boosted trees, which take missing values";
        Err(Problem::new(self.doing(), format!("missing values in {}", list(&missing)), next))
    }

    fn wrong_kind(&self, labels: &Labels) -> Problem {
        let why = match labels.kind() {
            TaskKind::Classification => "it predicts numbers and the task is a classification",
            TaskKind::Regression => "it predicts classes and the task is a regression",
        };
        Problem::new(self.doing(), why, "Choose another learner, or another kind of task")
    }

    fn doing(&self) -> String {
        format!("Fitting {}", self.title().to_lowercase())
    }
}

fn columns_with(features: &FeatureMatrix, bad: fn(f64) -> bool) -> Vec<&str> {
    let is_bad = |at: &usize| features.column(*at).iter().any(|value| bad(*value));
    (0..features.columns())
        .filter(is_bad)
        .filter_map(|at| features.names().get(at))
        .map(String::as_str)
        .collect()
}

/// `a, b, c and 4 more`.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

/// Rows whose class the train part has, with classes counted as there.
fn keep_seen(features: &FeatureMatrix, labels: &Labels, seen: &[Option<u32>]) -> (FeatureMatrix, Labels) {
    let Labels::Classes { names, classes } = labels else { return (features.clone(), labels.clone()) };
    let new = |class: &u32| seen.get(*class as usize).copied().flatten();
    let rows: Vec<u32> =
        (0..).zip(classes).filter(|(_, class)| new(class).is_some()).map(|(row, _)| row).collect();
    let names =
        names.iter().zip(seen).filter(|(_, new)| new.is_some()).map(|(name, _)| name.clone()).collect();
    let classes = classes.iter().filter_map(new).collect();
    (select_rows(features, &rows), Labels::Classes { names, classes })
}

/// These rows of a matrix, in this order.
pub(super) fn select_rows(features: &FeatureMatrix, rows: &[u32]) -> FeatureMatrix {
    let mut values = Vec::with_capacity(rows.len() * features.columns());
    for at in 0..features.columns() {
        let column = features.column(at);
        values.extend(rows.iter().map(|&row| column.get(row as usize).copied().unwrap_or(f64::NAN)));
    }
    let selected = FeatureMatrix::new(features.names().clone(), rows.len(), values);
    selected.unwrap_or_else(|| features.clone())
}
