//! Gradient boosting: round after round a tree that follows the slope of the loss, grown by forust on binned columns.
//!
//! The loop is our own because forust's has no say in each round: here every round reports its losses, asks whether it is
//! still wanted, and can be the last. Nothing is drawn at random and every sum has a fixed order, so the same rows give the
//! same trees whatever the seed and the number of threads.

#![allow(clippy::indexing_slicing, reason = "row numbers come from the tree that was grown on the same rows")]

use std::collections::HashMap;

use forust_ml::binning::{BinnedData, bin_matrix};
use forust_ml::data::Matrix;
use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::sampler::SampleMethod;
use forust_ml::splitter::MissingImputerSplitter;
use rayon::prelude::*;

use super::boosting_loss::{Loss, Slopes};
use super::tree::Tree;
use super::trees::TreesModel;
use crate::jobs::Problem;
use crate::learn::learner::{FitControl, Round};
use crate::learn::task::Labels;
use crate::pipeline::FeatureMatrix;

/// Bins per column at most.
const BINS: u16 = 255;

/// Smaller sets are fitted on the calling thread: handing out their nodes would take longer.
const WORTH_SHARING: usize = 500_000;

/// Settings, checked by [`crate::learn::LearnerSpec::check`].
#[derive(Clone, Copy, Debug)]
pub(in crate::learn) struct Boosting {
    pub rounds: usize,
    pub depth: usize,
    pub rate: f64,
    pub l2: f64,
    pub min_leaf_weight: f64,
    pub early_stopping: usize,
}

/// The best round so far, by the loss on the validation part.
struct Best {
    round: usize,
    loss: f64,
}

impl Boosting {
    /// Fits; features may be missing but not infinite, every class occurs in train.
    pub fn fit(
        &self,
        train: (&FeatureMatrix, &Labels),
        valid: Option<(&FeatureMatrix, &Labels)>,
        control: FitControl<'_>,
    ) -> Result<TreesModel, Problem> {
        let cancelled = |_| Problem::cancelled("Fitting boosted trees");
        let loss = Loss::new(train.1);
        let mut grower = Grower::new(*self, train.0)?;
        let mut train_scores = loss.start(train.0.rows());
        let mut valid_scores = valid.map(|(features, _)| loss.start(features.rows()));
        let mut trees: Vec<Tree> = Vec::new();
        let mut best = Best { round: 0, loss: f64::INFINITY };
        for round in 1..=self.rounds {
            let slopes = loss.slopes(train.1, &train_scores);
            for (score, slopes) in slopes.iter().enumerate() {
                control.cancel.check().map_err(cancelled)?;
                let tree = grower.grow(slopes, train.0, &mut train_scores[score]);
                if let (Some(scores), Some((features, _))) = (&mut valid_scores, valid) {
                    add_tree(&tree, features, &mut scores[score]);
                }
                trees.push(tree);
            }
            let of_valid =
                valid_scores.as_ref().zip(valid).map(|(scores, (_, truth))| loss.value(truth, scores));
            let losses = Round { round, train: loss.value(train.1, &train_scores), valid: of_valid };
            control.observer.round(losses, self.rounds);
            if self.is_last(&losses, &mut best) {
                trees.truncate(best.round * slopes.len());
                break;
            }
        }
        let classes = match train.1 {
            Labels::Classes { names, .. } => names.clone(),
            Labels::Values(_) => Vec::new(),
        };
        let trees = trees.into_iter().map(|tree| tree.scaled(loss.unit())).collect();
        Ok(TreesModel::new(train.0.names().to_vec(), classes, loss.base(), trees))
    }

    fn is_last(&self, losses: &Round, best: &mut Best) -> bool {
        let (Some(valid), true) = (losses.valid, self.early_stopping > 0) else { return false };
        if valid < best.loss {
            *best = Best { round: losses.round, loss: valid };
        }
        let patience_is_over = losses.round - best.round >= self.early_stopping;
        patience_is_over || losses.round == self.rounds
    }
}

/// Grows trees on the same binned rows.
struct Grower {
    binned: BinnedData<f64>,
    rows: usize,
    columns: Vec<usize>,
    splitter: MissingImputerSplitter,
    depth: usize,
    shared: bool,
}

impl Grower {
    fn new(settings: Boosting, features: &FeatureMatrix) -> Result<Self, Problem> {
        let (rows, columns) = (features.rows(), features.columns());
        let shared = rows * columns >= WORTH_SHARING;
        let data = Matrix::new(features.values(), rows, columns);
        let binned = bin_matrix(&data, &vec![1.0; rows], BINS, f64::NAN, shared).map_err(|error| {
            Problem::new("Fitting boosted trees", error.to_string(), "Leave the column out")
        })?;
        let splitter = MissingImputerSplitter::new(
            0.0,
            settings.l2 as f32,
            0.0,
            0.0,
            settings.min_leaf_weight as f32,
            settings.rate as f32,
            true,
            HashMap::new(),
        );
        Ok(Self { binned, rows, columns: (0..columns).collect(), splitter, depth: settings.depth, shared })
    }

    /// Grows a tree along the slopes and adds it to the scores of its own rows.
    fn grow(&mut self, slopes: &Slopes, features: &FeatureMatrix, scores: &mut [f64]) -> Tree {
        let data = Matrix::new(&self.binned.binned_data, self.rows, self.columns.len());
        let mut grown = forust_ml::tree::Tree::new();
        let leaves = grown.fit(
            &data,
            data.index.clone(),
            &self.columns,
            &self.binned.cuts,
            &slopes.gradient,
            &slopes.hessian,
            &self.splitter,
            usize::MAX,
            self.depth,
            self.shared,
            &SampleMethod::None,
            &GrowPolicy::DepthWise,
        );
        let tree = Tree::of(&grown);
        match leaves {
            Some(leaves) => {
                for (rows, value) in leaves.leaves(&grown) {
                    rows.iter().for_each(|&row| scores[row] += value);
                }
            }
            None => add_tree(&tree, features, scores),
        }
        tree
    }
}

fn add_tree(tree: &Tree, features: &FeatureMatrix, scores: &mut [f64]) {
    let (rows, values) = (features.rows(), features.values());
    scores.par_iter_mut().enumerate().with_min_len(4_096).for_each(|(row, score)| {
        *score += tree.value(|feature| values[feature * rows + row]);
    });
}
