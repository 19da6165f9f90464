//! The learners and how they report.

use serde::{Deserialize, Serialize};

use super::task::TaskKind;
use crate::jobs::Cancel;

/// `[learner]` of a run file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Gradient-boosted trees, for classes (softmax when more than two) and numbers. Takes missing values.
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
        match *self {
            Self::LogisticRegression { c } => {
                problems(&[("c", c > 0.0 && c.is_finite(), "must be a number above 0")])
            }
            Self::RidgeRegression { alpha } => {
                problems(&[("alpha", alpha >= 0.0 && alpha.is_finite(), "must be a number, 0 or more")])
            }
            Self::BoostedTrees { rounds, depth, rate, l2, min_leaf_weight, early_stopping: _ } => {
                problems(&[
                    ("rounds", (1..=10_000).contains(&rounds), "must be from 1 to 10,000"),
                    ("depth", (1..=16).contains(&depth), "must be from 1 to 16"),
                    ("rate", rate > 0.0 && rate <= 1.0, "must be above 0 and at most 1"),
                    ("l2", l2 >= 0.0 && l2.is_finite(), "must be a number, 0 or more"),
                    (
                        "min_leaf_weight",
                        min_leaf_weight >= 0.0 && min_leaf_weight.is_finite(),
                        "must be a number, 0 or more",
                    ),
                ])
            }
        }
    }

    /// Its name for people: `Boosted trees`.
    pub fn title(&self) -> &'static str {
        match self {
            Self::LogisticRegression { .. } => "Logistic regression",
            Self::RidgeRegression { .. } => "Ridge regression",
            Self::BoostedTrees { .. } => "Boosted trees",
        }
    }

    /// Its name in run files: `boosted-trees`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LogisticRegression { .. } => "logistic-regression",
            Self::RidgeRegression { .. } => "ridge-regression",
            Self::BoostedTrees { .. } => "boosted-trees",
        }
    }

    /// Whether it can learn such a task.
    pub fn learns(&self, kind: TaskKind) -> bool {
        match self {
            Self::LogisticRegression { .. } => kind == TaskKind::Classification,
            Self::RidgeRegression { .. } => kind == TaskKind::Regression,
            Self::BoostedTrees { .. } => true,
        }
    }

    /// Every learner that can learn such a task, with default settings.
    pub fn all_for(kind: TaskKind) -> Vec<Self> {
        let trees = Self::BoostedTrees {
            rounds: rounds(),
            depth: depth(),
            rate: rate(),
            l2: one(),
            min_leaf_weight: one(),
            early_stopping: 0,
        };
        let all = [Self::LogisticRegression { c: one() }, Self::RidgeRegression { alpha: one() }, trees];
        all.into_iter().filter(|learner| learner.learns(kind)).collect()
    }
}

fn problems(rules: &[(&str, bool, &str)]) -> Vec<(String, String)> {
    let broken = rules.iter().filter(|(_, holds, _)| !holds);
    broken.map(|(field, _, why)| ((*field).to_owned(), (*why).to_owned())).collect()
}
