//! The log loss of a linear model, its slope and its curvature: of two classes with one score, of more with one each.

#![allow(
    clippy::indexing_slicing,
    reason = "classes are below the number of scores, rows below the number of rows"
)]

use super::design::Design;
use super::links::sigmoid;

/// What the rows say: with two classes whether a row is of the second, with more the class.
pub(super) struct Likelihood<'a> {
    /// The rows' features.
    pub design: &'a Design,
    /// Class of each row.
    pub truth: &'a [u32],
    /// Scores per row: 1 for two classes, else the number of classes.
    pub scores: usize,
}

/// Loss and probabilities at some weights.
pub(super) struct Point {
    /// Sum of the log loss over the rows.
    pub loss: f64,
    /// Per score, per row: the probability of its class (with one score, of the second class).
    probabilities: Vec<Vec<f64>>,
}

impl Likelihood<'_> {
    /// Parameters of all scores together.
    pub fn parameters(&self) -> usize {
        self.scores * self.design.parameters()
    }

    /// At `weights`: score after score, each with its intercept last.
    pub fn at(&self, weights: &[f64]) -> Point {
        let mut sums: Vec<Vec<f64>> = weights
            .chunks_exact(self.design.parameters())
            .map(|weights| self.design.times(weights))
            .collect();
        let loss = if self.scores == 1 {
            logistic(&mut sums[0], self.truth)
        } else {
            multinomial(&mut sums, self.truth)
        };
        Point { loss, probabilities: sums }
    }

    /// The slope of the loss.
    pub fn gradient(&self, point: &Point) -> Vec<f64> {
        let mut gradient = Vec::with_capacity(self.parameters());
        for (score, probabilities) in point.probabilities.iter().enumerate() {
            let class = if self.scores == 1 { 1 } else { score as u32 };
            let residuals: Vec<f64> = probabilities
                .iter()
                .zip(self.truth)
                .map(|(p, truth)| p - f64::from(u8::from(*truth == class)))
                .collect();
            gradient.extend(self.design.transposed_times(&residuals));
        }
        gradient
    }

    /// The curvature of the loss times a direction.
    pub fn curvature_times(&self, point: &Point, direction: &[f64]) -> Vec<f64> {
        let mut sums: Vec<Vec<f64>> = direction
            .chunks_exact(self.design.parameters())
            .map(|direction| self.design.times(direction))
            .collect();
        if self.scores == 1 {
            for (sum, p) in sums[0].iter_mut().zip(&point.probabilities[0]) {
                *sum *= p * (1.0 - p);
            }
        } else {
            for row in 0..self.truth.len() {
                let mean: f64 = sums.iter().zip(&point.probabilities).map(|(sum, p)| sum[row] * p[row]).sum();
                for (sum, p) in sums.iter_mut().zip(&point.probabilities) {
                    sum[row] = p[row] * (sum[row] - mean);
                }
            }
        }
        sums.iter().flat_map(|values| self.design.transposed_times(values)).collect()
    }

    /// The diagonal of the curvature.
    pub fn curvature_diagonal(&self, point: &Point) -> Vec<f64> {
        let weights =
            |probabilities: &Vec<f64>| -> Vec<f64> { probabilities.iter().map(|p| p * (1.0 - p)).collect() };
        point.probabilities.iter().flat_map(|p| self.design.weighted_squares(&weights(p))).collect()
    }
}

/// Turns scores into probabilities of the second class; gives the summed loss.
fn logistic(scores: &mut [f64], truth: &[u32]) -> f64 {
    let mut loss = 0.0;
    for (score, &class) in scores.iter_mut().zip(truth) {
        let signed = if class == 1 { *score } else { -*score };
        loss += (-signed.abs()).exp().ln_1p() + (-signed).max(0.0);
        *score = sigmoid(*score);
    }
    loss
}

/// Turns scores into probabilities; gives the summed loss.
fn multinomial(scores: &mut [Vec<f64>], truth: &[u32]) -> f64 {
    let mut loss = 0.0;
    for (row, &class) in truth.iter().enumerate() {
        let highest = scores.iter().map(|score| score[row]).fold(f64::NEG_INFINITY, f64::max);
        let own = scores[class as usize][row] - highest;
        let mut total = 0.0;
        for score in scores.iter_mut() {
            score[row] = (score[row] - highest).exp();
            total += score[row];
        }
        loss += total.ln() - own;
        scores.iter_mut().for_each(|score| score[row] /= total);
    }
    loss
}
