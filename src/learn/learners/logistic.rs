//! Logistic regression with an L2 penalty, for two classes or more.
//!
//! The objective is scikit-learn's: `C * sum of log loss + |coefficients|² / 2`, intercepts free of penalty. It is strictly
//! convex, so the answer is one; Newton's method goes to it until rounding stops it, each step solved by conjugate
//! gradients ([`super::conjugate_gradient`]), which needs no matrix of parameters by parameters.

use serde::{Deserialize, Serialize};

use super::conjugate_gradient::{add, dot, solve};
use super::design::Design;
use super::likelihood::{Likelihood, Point};
use super::linear::{check_lengths, linear_sums};
use super::links::{sigmoid, softmax};
use crate::jobs::{Cancel, Cancelled};
use crate::learn::learner::{FitControl, Round};
use crate::learn::metrics::log_loss;
use crate::pipeline::FeatureMatrix;

/// Newton steps at most; ten are usual.
const STEPS: usize = 100;
/// The end: twice what the objective still lies above the optimum (Newton's decrement, squared).
const NEAR: f64 = 1e-17;
/// Below this, a step that is not ten times shorter than the one before is rounding.
const ROUNDING: f64 = 1e-9;

/// A fitted logistic regression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct LogisticModel {
    features: Vec<String>,
    classes: Vec<String>,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    features: Vec<String>,
    classes: Vec<String>,
    coefficients: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

impl TryFrom<Unchecked> for LogisticModel {
    type Error = String;

    fn try_from(raw: Unchecked) -> Result<Self, String> {
        let scores = match raw.classes.len() {
            0 | 1 => return Err("a logistic regression has two classes or more".into()),
            2 => 1,
            more => more,
        };
        if raw.coefficients.len() != scores || raw.intercepts.len() != scores {
            return Err(format!(
                "{} classes need {scores} rows of coefficients and intercepts",
                raw.classes.len()
            ));
        }
        for (coefficients, intercept) in raw.coefficients.iter().zip(&raw.intercepts) {
            check_lengths(raw.features.len(), coefficients, *intercept)?;
        }
        let Unchecked { features, classes, coefficients, intercepts } = raw;
        Ok(Self { features, classes, coefficients, intercepts })
    }
}

impl LogisticModel {
    /// Names of the features, in order.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The classes, in order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Per score one coefficient per feature: of two classes one score, for the second; of more one per class.
    pub fn coefficients(&self) -> &[Vec<f64>] {
        &self.coefficients
    }

    /// One per score. Of more than two classes their mean is 0.
    pub fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }

    pub(in crate::learn) fn uses(&self, feature: usize) -> bool {
        self.coefficients.iter().any(|of_score| of_score.get(feature).is_some_and(|c| *c != 0.0))
    }

    /// Row after row, one probability per class.
    pub(in crate::learn) fn probabilities(&self, features: &FeatureMatrix) -> Vec<f64> {
        let scores = self.coefficients.iter().zip(&self.intercepts);
        let sums: Vec<Vec<f64>> =
            scores.map(|(coefficients, intercept)| linear_sums(features, coefficients, *intercept)).collect();
        match sums.as_slice() {
            [one] => one.iter().map(|score| sigmoid(*score)).flat_map(|p| [1.0 - p, p]).collect(),
            several => softmax_rows(several, features.rows()),
        }
    }
}

fn softmax_rows(scores: &[Vec<f64>], rows: usize) -> Vec<f64> {
    let mut probabilities = Vec::with_capacity(scores.len() * rows);
    let mut row_scores = vec![0.0; scores.len()];
    for row in 0..rows {
        for (to, score) in row_scores.iter_mut().zip(scores) {
            *to = score.get(row).copied().unwrap_or(f64::NAN);
        }
        softmax(&mut row_scores);
        probabilities.extend_from_slice(&row_scores);
    }
    probabilities
}

/// What is fitted to what; labels are below the number of classes, every class occurs in train, all values are finite.
pub(in crate::learn) struct LogisticFit<'a> {
    pub c: f64,
    pub classes: &'a [String],
    pub train: (&'a FeatureMatrix, &'a [u32]),
    pub valid: Option<(&'a FeatureMatrix, &'a [u32])>,
}

impl LogisticFit<'_> {
    /// Fits, and reports every Newton step.
    pub fn run(&self, control: FitControl<'_>) -> Result<LogisticModel, Cancelled> {
        let design = Design::new(self.train.0);
        let scores = if self.classes.len() == 2 { 1 } else { self.classes.len() };
        let likelihood = Likelihood { design: &design, truth: self.train.1, scores };
        let objective = Objective { c: self.c, penalty: design.penalty().repeat(scores), likelihood };

        let mut weights = vec![0.0; objective.likelihood.parameters()];
        let mut point = objective.likelihood.at(&weights);
        let mut gradient = objective.slope(&weights, &point);
        let first_size = dot(&gradient, &gradient).sqrt();
        let mut before = f64::INFINITY;
        for step in 1..=STEPS {
            control.cancel.check()?;
            let size = dot(&gradient, &gradient).sqrt();
            let tolerance = (size / first_size).clamp(1e-8, 0.1);
            let newton = objective.newton_step(&point, &gradient, tolerance, control.cancel)?;
            let distance = dot(&gradient, &newton);
            let moved = objective.descend(&mut weights, &mut point, &newton, distance);
            self.report(&objective, &design, &weights, &point, step, control);
            if distance <= NEAR || !moved || (distance <= ROUNDING && distance > before / 10.0) {
                break;
            }
            before = distance;
            gradient = objective.slope(&weights, &point);
        }
        Ok(self.model(&design, &weights))
    }

    fn model(&self, design: &Design, weights: &[f64]) -> LogisticModel {
        let (coefficients, mut intercepts): (Vec<Vec<f64>>, Vec<f64>) =
            weights.chunks_exact(design.parameters()).map(|weights| design.original(weights)).unzip();
        if intercepts.len() > 1 {
            let mean = intercepts.iter().sum::<f64>() / intercepts.len() as f64;
            intercepts.iter_mut().for_each(|intercept| *intercept -= mean);
        }
        let (features, classes) = (self.train.0.names().to_vec(), self.classes.to_vec());
        LogisticModel { features, classes, coefficients, intercepts }
    }

    fn report(
        &self,
        objective: &Objective<'_>,
        design: &Design,
        weights: &[f64],
        point: &Point,
        step: usize,
        control: FitControl<'_>,
    ) {
        let rows = objective.likelihood.truth.len().max(1) as f64;
        let valid = self.valid.and_then(|(features, truth)| {
            let probabilities = self.model(design, weights).probabilities(features);
            log_loss(self.classes.len(), truth, &probabilities)
        });
        control.observer.round(Round { round: step, train: point.loss / rows, valid }, STEPS);
    }
}

struct Objective<'a> {
    c: f64,
    penalty: Vec<f64>,
    likelihood: Likelihood<'a>,
}

impl Objective<'_> {
    fn value(&self, weights: &[f64], point: &Point) -> f64 {
        let squares = weights.iter().zip(&self.penalty).map(|(w, penalty)| penalty * w * w).sum::<f64>();
        self.c * point.loss + squares / 2.0
    }

    fn slope(&self, weights: &[f64], point: &Point) -> Vec<f64> {
        let mut slope = self.likelihood.gradient(point);
        for ((slope, weight), penalty) in slope.iter_mut().zip(weights).zip(&self.penalty) {
            *slope = self.c * *slope + penalty * weight;
        }
        slope
    }

    fn newton_step(
        &self,
        point: &Point,
        gradient: &[f64],
        tolerance: f64,
        cancel: &Cancel,
    ) -> Result<Vec<f64>, Cancelled> {
        let with_penalty = |mut curvature: Vec<f64>, direction: &[f64]| {
            for ((curvature, d), penalty) in curvature.iter_mut().zip(direction).zip(&self.penalty) {
                *curvature = self.c * *curvature + penalty * d;
            }
            curvature
        };
        let apply = |direction: &[f64]| {
            let mut image = with_penalty(self.likelihood.curvature_times(point, direction), direction);
            self.hold_intercepts(&mut image, direction);
            image
        };
        let diagonal = with_penalty(self.likelihood.curvature_diagonal(point), &vec![1.0; gradient.len()]);
        solve(apply, &diagonal, gradient, tolerance, cancel)
    }

    /// A constant added to all intercepts of several scores changes nothing. This gives that direction a curvature, so that
    /// the step has no part in it.
    fn hold_intercepts(&self, curvature: &mut [f64], direction: &[f64]) {
        let (scores, parameters) = (self.likelihood.scores, self.likelihood.design.parameters());
        if scores == 1 {
            return;
        }
        let sum: f64 = direction.iter().skip(parameters - 1).step_by(parameters).sum();
        let strength = self.c * self.likelihood.truth.len() as f64 / (scores * scores) as f64;
        curvature.iter_mut().skip(parameters - 1).step_by(parameters).for_each(|c| *c += strength * sum);
    }

    /// Goes along the step, halved until the objective falls enough (Armijo); says whether it went anywhere.
    fn descend(&self, weights: &mut Vec<f64>, point: &mut Point, step: &[f64], distance: f64) -> bool {
        let here = self.value(weights, point);
        let rounding = 1e-13 * here.abs();
        let mut length = 1.0;
        while length > 1e-6 {
            let mut trial = weights.clone();
            add(&mut trial, -length, step);
            let there = self.likelihood.at(&trial);
            if self.value(&trial, &there) <= here - 1e-4 * length * distance + rounding {
                (*weights, *point) = (trial, there);
                return true;
            }
            length /= 2.0;
        }
        false
    }
}
