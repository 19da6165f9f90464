//! How sure each metric is: its values on resamples of the rows (the bootstrap, Efron 1979).
//!
//! In: a prediction and the truth of the same rows. Out: for each metric one value per resample, from which
//! [`margin`](crate::learn::margin) makes intervals.
//!
//! Resample `b` of `n` rows takes `n` of them with replacement. Each is row `⌊x · n / 2⁶⁴⌋`, where `x` is the next number of
//! xoshiro256++ seeded with [`SEED`]` + b`. That depends on nothing but `b` and `n`: two models that were judged on the same rows
//! were judged on the same resamples, so that their difference has an interval too, however far apart they were trained.

use std::collections::BTreeMap;

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::align;
use super::classes::{Classified, mean_of_defined, of_labels};
use crate::jobs::{Cancel, Problem};
use crate::learn::metrics::{ConfusionMatrix, Errors, Order, brier, log_loss, multiclass_brier};
use crate::learn::{Labels, Prediction};

/// Resamples. Standard deviations of 200 values are within some 10 % of those of any number.
const RESAMPLES: u64 = 200;
/// Of resample 0.
const SEED: u64 = 0x666f_7265_6261_7900;
/// With more classes than this, those measures that rank the rows for each class are not resampled.
const RANKED_CLASSES: usize = 20;

/// Metrics by name, one value per resample.
pub(in crate::learn) type Resamples = BTreeMap<String, Vec<f32>>;

/// A metric where it is defined.
type Named = (&'static str, Option<f64>);

/// Every metric on every resample. One that is not defined or not finite on all of them is left out, and so is the largest
/// error: how far it would reach on other rows, these rows cannot tell.
pub(in crate::learn) fn resamples(
    prediction: &Prediction,
    truth: &Labels,
    cancel: &Cancel,
) -> Result<Resamples, Problem> {
    let prediction = &align(prediction, truth);
    match (prediction, truth) {
        (Prediction::Classes { probabilities, .. }, Labels::Classes { names, classes }) => {
            let most_probable = &prediction.most_probable();
            let rows = ClassRows::of(Classified { names, truth: classes, probabilities, most_probable });
            on_each(truth.rows(), cancel, |weights| rows.metrics(weights))
        }
        (Prediction::Values(predicted), Labels::Values(values)) => {
            let Some(rows) = NumberRows::of(values, predicted) else { return Ok(Resamples::new()) };
            on_each(truth.rows(), cancel, |weights| rows.metrics(weights))
        }
        _ => Ok(Resamples::new()),
    }
}

/// Draws the resamples and gathers what `metrics` says of each. A resample is as many weights as there are rows: how often
/// each row is in it.
fn on_each(
    rows: usize,
    cancel: &Cancel,
    metrics: impl Fn(&[u32]) -> Vec<Named> + Sync,
) -> Result<Resamples, Problem> {
    if rows == 0 {
        return Ok(Resamples::new());
    }
    let of_one = |weights: &mut Vec<u32>, number: u64| {
        cancel.check().map_err(|_| Problem::cancelled("Judging the model"))?;
        draw(rows, number, weights);
        Ok(metrics(weights))
    };
    let drawn: Vec<Vec<Named>> =
        (0..RESAMPLES).into_par_iter().map_init(Vec::new, of_one).collect::<Result<_, Problem>>()?;
    let names = drawn.first().into_iter().flatten().map(|(name, _)| *name);
    let values = |place: usize| -> Option<Vec<f32>> {
        let of_one = |metrics: &Vec<Named>| metrics.get(place)?.1.map(|value| value as f32);
        drawn.iter().map(|metrics| of_one(metrics).filter(|value| value.is_finite())).collect()
    };
    Ok(names.enumerate().filter_map(|(place, name)| Some((name.to_owned(), values(place)?))).collect())
}

fn draw(rows: usize, number: u64, weights: &mut Vec<u32>) {
    weights.clear();
    weights.resize(rows, 0);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED + number);
    for _ in 0..rows {
        let row = (u128::from(random.next_u64()) * rows as u128) >> 64;
        if let Some(weight) = weights.get_mut(row as usize) {
            *weight += 1;
        }
    }
}

/// The mean of what each row is worth; `None` where a row is worth nothing that can be said.
fn mean(values: Option<&[f64]>, weights: &[u32]) -> Option<f64> {
    let sum: f64 = values?.iter().zip(weights).map(|(value, weight)| value * f64::from(*weight)).sum();
    Some(sum / weights.len() as f64)
}

/// Rows with a class, and what of them is the same in every resample.
struct ClassRows<'a> {
    rows: Classified<'a>,
    log_losses: Option<Vec<f64>>,
    briers: Option<Vec<f64>>,
    /// Of two classes that of the positive one; of more one each, as far as they are ranked.
    orders: Vec<Option<Order>>,
}

impl<'a> ClassRows<'a> {
    fn of(rows: Classified<'a>) -> Self {
        let classes = rows.names.len();
        let each = |loss: fn(usize, &[u32], &[f64]) -> Option<f64>| {
            let pairs = rows.truth.iter().zip(rows.probabilities.chunks_exact(classes.max(1)));
            pairs.map(|(class, row)| loss(classes, &[*class], row)).collect()
        };
        let ranked = match classes {
            2 => 1..2,
            3..=RANKED_CLASSES => 0..classes,
            _ => 0..0,
        };
        let order = |class: usize| {
            let (positive, probability) = rows.against_the_rest(class);
            Order::new(&positive, &probability)
        };
        Self {
            log_losses: each(log_loss),
            briers: each(brier_of_row),
            orders: ranked.map(order).collect(),
            rows,
        }
    }

    fn metrics(&self, weights: &[u32]) -> Vec<Named> {
        let classes = self.rows.names.len();
        let matrix = ConfusionMatrix::weighted(classes, self.rows.truth, self.rows.most_probable, weights);
        let mut metrics = of_labels(&matrix, classes);
        metrics.push(("log_loss", mean(self.log_losses.as_deref(), weights)));
        metrics.push(("brier", mean(self.briers.as_deref(), weights)));
        let weight = |row: u32| weights.get(row as usize).copied().unwrap_or(0);
        let ranking = |order: &Option<Order>| {
            let ranking = order.as_ref().map(|order| order.ranking(weight));
            ranking.map_or((None, None), |ranking| (ranking.roc_auc(), ranking.average_precision()))
        };
        let (areas, precisions): (Vec<_>, Vec<_>) = self.orders.iter().map(ranking).unzip();
        let [area, precision] = match classes {
            2 => ["roc_auc", "average_precision"],
            _ => ["roc_auc_ovr_macro", "average_precision_macro"],
        };
        metrics.push((area, mean_of_defined(&areas)));
        metrics.push((precision, mean_of_defined(&precisions)));
        metrics
    }
}

/// The Brier score as the evaluation has it: of two classes that of the positive one.
fn brier_of_row(classes: usize, truth: &[u32], row: &[f64]) -> Option<f64> {
    match (classes, truth, row) {
        (2, [class], [_, positive]) => brier(&[*class == 1], &[*positive]),
        _ => multiclass_brier(classes, truth, row),
    }
}

/// Rows with a number.
struct NumberRows<'a> {
    errors: Errors<'a>,
    /// Absolute errors, smallest first, each with its row.
    sorted: Vec<(f64, u32)>,
}

impl<'a> NumberRows<'a> {
    fn of(truth: &'a [f64], predicted: &'a [f64]) -> Option<Self> {
        let errors = Errors::new(truth, predicted)?;
        let absolute = truth.iter().zip(predicted).map(|(truth, predicted)| (truth - predicted).abs());
        let mut sorted: Vec<(f64, u32)> = absolute.zip(0..).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        Some(Self { errors, sorted })
    }

    fn metrics(&self, weights: &[u32]) -> Vec<Named> {
        let errors = self.errors.weighted(weights);
        vec![
            ("r2", errors.r2()),
            ("rmse", Some(errors.rmse())),
            ("mae", Some(errors.mae())),
            ("mape", Some(errors.mape())),
            ("explained_variance", errors.explained_variance()),
            ("median_absolute_error", self.median(weights)),
        ]
    }

    /// The mean of the two in the middle, which are one where the rows are odd.
    fn median(&self, weights: &[u32]) -> Option<f64> {
        let (lower, upper) = ((weights.len() - 1) / 2, weights.len() / 2);
        let mut before = 0;
        let mut first = None;
        for (error, row) in &self.sorted {
            before += weights.get(*row as usize).copied().unwrap_or(0) as usize;
            if before > lower && first.is_none() {
                first = Some(*error);
            }
            if before > upper {
                return first.map(|first| first / 2.0 + error / 2.0);
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "resample_tests.rs"]
mod tests;
