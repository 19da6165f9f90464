//! The learners and how they report.

use serde::{Deserialize, Serialize};

use super::model::Model;
use super::task::Labels;
use crate::jobs::{Cancel, Problem};
use crate::pipeline::FeatureMatrix;

/// `[learner]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LearnerSpec {
    /// L2-regularised logistic regression, scikit-learn's objective (multinomial for more than two classes).
    LogisticRegression {
        /// Inverse strength of the penalty.
        #[serde(default = "one")]
        c: f64,
    },
    /// Least squares with an L2 penalty.
    RidgeRegression {
        /// Strength of the penalty.
        #[serde(default = "one")]
        alpha: f64,
    },
    /// Gradient-boosted trees, for classes (one against the rest when more than two) and numbers. Takes missing values.
    BoostedTrees {
        /// Rounds at most.
        #[serde(default = "rounds")]
        rounds: usize,
        /// Depth of a tree at most.
        #[serde(default = "depth")]
        depth: usize,
        /// Shrinkage of each round.
        #[serde(default = "rate")]
        rate: f64,
        /// L2 penalty on leaf values.
        #[serde(default = "one")]
        l2: f64,
        /// Least sum of hessians in a leaf.
        #[serde(default = "one")]
        min_leaf_weight: f64,
        /// End when the validation part has not got better for so many rounds; 0 never ends early.
        #[serde(default)]
        early_stopping: usize,
    },
}

fn one() -> f64 {
    1.0
}
fn rounds() -> usize {
    100
}
fn depth() -> usize {
    6
}
fn rate() -> f64 {
    0.1
}

/// One iteration or round, as it ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// From 1.
    pub round: usize,
    /// Loss on the train part: log loss (classes) or RMSE (numbers).
    pub train: f64,
    /// The same on the validation part, where there is one.
    pub valid: Option<f64>,
}

/// Hears of every round while a learner fits; called from the fitting thread, must not block.
pub trait FitObserver: Send + Sync {
    /// A round has ended; `total` is how many there will be at most.
    fn round(&self, round: Round, total: usize);
}

/// What a fit listens and reports to.
#[derive(Clone, Copy)]
pub struct FitControl<'a> {
    /// Asked at least once per round.
    pub cancel: &'a Cancel,
    /// Told of every round.
    pub observer: &'a dyn FitObserver,
    /// For whatever draws at random.
    pub seed: u64,
}

impl LearnerSpec {
    /// Everything wrong with it, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        todo!("learn owner")
    }

    /// Its name for people: `Boosted trees`.
    pub fn title(&self) -> &'static str {
        todo!("learn owner")
    }

    /// Fits. `valid` is for the curve and early stopping only. Missing or infinite values that the learner cannot take, one
    /// class only, fewer rows than features: clear problems or documented behaviour.
    pub fn fit(
        &self,
        _train: (&FeatureMatrix, &Labels),
        _valid: Option<(&FeatureMatrix, &Labels)>,
        _control: FitControl<'_>,
    ) -> Result<Model, Problem> {
        todo!("learn owner")
    }
}
