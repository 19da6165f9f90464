//! What boosting makes small: log loss of classes, square error of numbers.

#![allow(
    clippy::indexing_slicing,
    reason = "classes are below the number of scores, rows below the number of rows"
)]

use super::links::{sigmoid, softmax};
use crate::learn::metrics::{Errors, log_loss};
use crate::learn::task::Labels;

/// A loss with where its scores begin.
pub(super) enum Loss {
    /// Two classes: one score, the logarithm of the odds.
    Two { base: f64 },
    /// More classes: one score each, by softmax.
    Many { base: Vec<f64> },
    /// A number, as its distance from the mean in units of the deviation: forust sums in 32 bits.
    Number { mean: f64, deviation: f64 },
}

/// Slope and curvature of the loss by one score, per row.
pub(super) struct Slopes {
    pub gradient: Vec<f32>,
    pub hessian: Vec<f32>,
}

impl Loss {
    /// Of the train part's truth; every class occurs.
    pub fn new(truth: &Labels) -> Self {
        match truth {
            Labels::Classes { names, classes } => {
                let rows = classes.len().max(1) as f64;
                let share = |class: usize| {
                    classes.iter().filter(|truth| **truth as usize == class).count() as f64 / rows
                };
                if names.len() == 2 {
                    Self::Two { base: (share(1) / share(0)).ln() }
                } else {
                    Self::Many { base: (0..names.len()).map(|class| share(class).ln()).collect() }
                }
            }
            Labels::Values(values) => {
                let rows = values.len().max(1) as f64;
                let mean = values.iter().map(|value| value / rows).sum::<f64>();
                let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / rows).sqrt();
                Self::Number { mean, deviation: if deviation.is_normal() { deviation } else { 1.0 } }
            }
        }
    }

    /// Per score, where it begins, in the truth's own unit.
    pub fn base(&self) -> Vec<f64> {
        match self {
            Self::Two { base } => vec![*base],
            Self::Many { base } => base.clone(),
            Self::Number { mean, .. } => vec![*mean],
        }
    }

    /// What a tree's leaves are multiplied by to be in the truth's own unit.
    pub fn unit(&self) -> f64 {
        if let Self::Number { deviation, .. } = self { *deviation } else { 1.0 }
    }

    /// Per score, per row.
    pub fn start(&self, rows: usize) -> Vec<Vec<f64>> {
        match self {
            Self::Number { .. } => vec![vec![0.0; rows]],
            _ => self.base().into_iter().map(|base| vec![base; rows]).collect(),
        }
    }

    /// Per score.
    pub fn slopes(&self, truth: &Labels, scores: &[Vec<f64>]) -> Vec<Slopes> {
        match (self, truth) {
            (Self::Number { mean, deviation }, Labels::Values(values)) => {
                let error = |(score, value): (&f64, &f64)| (score - (value - mean) / deviation) as f32;
                let gradient = scores[0].iter().zip(values).map(error).collect();
                vec![Slopes { gradient, hessian: vec![1.0; values.len()] }]
            }
            (Self::Two { .. }, Labels::Classes { classes, .. }) => {
                let p: Vec<f64> = scores[0].iter().map(|score| sigmoid(*score)).collect();
                vec![slopes_of(&p, classes, 1, 1.0)]
            }
            (Self::Many { base }, Labels::Classes { classes, .. }) => {
                let shares = probabilities(scores);
                let count = base.len();
                // One score is free, as only differences count; the factor gives the step its full length all the same
                // (Friedman, Hastie and Tibshirani 2000).
                let factor = count as f64 / (count - 1) as f64;
                let of_class = |class: usize| {
                    let p: Vec<f64> = shares.iter().skip(class).step_by(count).copied().collect();
                    slopes_of(&p, classes, class as u32, factor)
                };
                (0..count).map(of_class).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Log loss or root mean square error.
    pub fn value(&self, truth: &Labels, scores: &[Vec<f64>]) -> f64 {
        let value = match (self, truth) {
            (Self::Number { mean, deviation }, Labels::Values(values)) => {
                let predicted: Vec<f64> = scores[0].iter().map(|score| mean + deviation * score).collect();
                Errors::new(values, &predicted).map(|errors| errors.rmse())
            }
            (Self::Two { .. }, Labels::Classes { classes, .. }) => {
                let both: Vec<f64> =
                    scores[0].iter().map(|s| sigmoid(*s)).flat_map(|p| [1.0 - p, p]).collect();
                log_loss(2, classes, &both)
            }
            (_, Labels::Classes { classes, .. }) => log_loss(scores.len(), classes, &probabilities(scores)),
            _ => None,
        };
        value.unwrap_or(f64::INFINITY)
    }
}

fn slopes_of(probability: &[f64], classes: &[u32], class: u32, factor: f64) -> Slopes {
    let gradient =
        probability.iter().zip(classes).map(|(p, truth)| (p - f64::from(u8::from(*truth == class))) as f32);
    let hessian = probability.iter().map(|p| (factor * p * (1.0 - p)) as f32);
    Slopes { gradient: gradient.collect(), hessian: hessian.collect() }
}

/// Row after row, one per class.
fn probabilities(scores: &[Vec<f64>]) -> Vec<f64> {
    let rows = scores.first().map_or(0, Vec::len);
    let mut all: Vec<f64> = (0..rows).flat_map(|row| scores.iter().map(move |score| score[row])).collect();
    all.chunks_exact_mut(scores.len().max(1)).for_each(softmax);
    all
}
