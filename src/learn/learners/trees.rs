//! The model that boosting gives: a sum of trees.

#![allow(
    clippy::indexing_slicing,
    reason = "a model is checked when it is made: every feature of a tree is one of its own"
)]

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::links::{sigmoid, softmax};
use super::tree::Tree;
use crate::learn::Prediction;
use crate::pipeline::FeatureMatrix;

/// Rows that are brought together before they go down the trees, so that they and a tree fit the cache.
const BLOCK: usize = 256;
/// Blocks per task.
const BLOCKS_PER_TASK: usize = 16;

/// Fitted boosted trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct TreesModel {
    features: Vec<String>,
    /// Empty for a number.
    classes: Vec<String>,
    /// Where each score begins: one of a number and of two classes, else one per class.
    base: Vec<f64>,
    /// Round after round, one per score.
    trees: Vec<Tree>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    features: Vec<String>,
    classes: Vec<String>,
    base: Vec<f64>,
    trees: Vec<Tree>,
}

impl TryFrom<Unchecked> for TreesModel {
    type Error = String;

    fn try_from(raw: Unchecked) -> Result<Self, String> {
        let scores = match raw.classes.len() {
            1 => return Err("trees for classes have two classes or more".into()),
            0 | 2 => 1,
            more => more,
        };
        if raw.base.len() != scores || raw.base.iter().any(|base| !base.is_finite()) {
            return Err(format!("{scores} finite base scores are needed, {} are given", raw.base.len()));
        }
        if !raw.trees.len().is_multiple_of(scores) {
            return Err(format!("{} trees cannot be rounds of {scores}", raw.trees.len()));
        }
        let inside = |feature: usize| feature < raw.features.len();
        if !raw.trees.iter().flat_map(Tree::features).all(inside) {
            return Err(format!("a tree splits on a feature beyond the {} there are", raw.features.len()));
        }
        let Unchecked { features, classes, base, trees } = raw;
        Ok(Self { features, classes, base, trees })
    }
}

impl TreesModel {
    /// From what boosting grew.
    pub(super) fn new(features: Vec<String>, classes: Vec<String>, base: Vec<f64>, trees: Vec<Tree>) -> Self {
        Self { features, classes, base, trees }
    }

    /// Names of the features, in order.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The classes, in order; empty for a number.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Rounds that it consists of.
    pub fn rounds(&self) -> usize {
        self.trees.len() / self.base.len().max(1)
    }

    pub(in crate::learn) fn uses(&self, feature: usize) -> bool {
        self.trees.iter().flat_map(Tree::features).any(|split| split == feature)
    }

    /// Probabilities or numbers.
    pub(in crate::learn) fn predict(&self, features: &FeatureMatrix) -> Prediction {
        let mut scores = self.scores(features);
        match self.classes.len() {
            0 => Prediction::Values(scores),
            2 => Prediction::Classes {
                names: self.classes.clone(),
                probabilities: scores.into_iter().map(sigmoid).flat_map(|p| [1.0 - p, p]).collect(),
            },
            classes => {
                scores.chunks_exact_mut(classes).for_each(softmax);
                Prediction::Classes { names: self.classes.clone(), probabilities: scores }
            }
        }
    }

    /// Row after row, one per score.
    fn scores(&self, features: &FeatureMatrix) -> Vec<f64> {
        let mut scores = self.base.repeat(features.rows());
        let task_rows = BLOCK * BLOCKS_PER_TASK;
        let fill_task = |(task, scores): (usize, &mut [f64])| {
            for (block, scores) in scores.chunks_mut(BLOCK * self.base.len()).enumerate() {
                self.add_block(features, task * task_rows + block * BLOCK, scores);
            }
        };
        if features.rows() <= task_rows {
            fill_task((0, &mut scores));
        } else {
            scores.par_chunks_mut(task_rows * self.base.len()).enumerate().for_each(fill_task);
        }
        scores
    }

    fn add_block(&self, features: &FeatureMatrix, first: usize, scores: &mut [f64]) {
        let (per_row, columns) = (self.base.len(), self.features.len());
        let rows = scores.len() / per_row;
        let mut values = vec![0.0; rows * columns];
        for at in 0..columns {
            let column = &features.column(at)[first..first + rows];
            for (row, value) in column.iter().enumerate() {
                values[row * columns + at] = *value;
            }
        }
        for (at, tree) in self.trees.iter().enumerate() {
            let score = at % per_row;
            for row in 0..rows {
                let of_row = &values[row * columns..(row + 1) * columns];
                scores[row * per_row + score] += tree.value(|feature| of_row[feature]);
            }
        }
    }
}
