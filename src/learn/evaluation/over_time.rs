//! Prediction against truth by record time.

use super::{Evaluation, TimeBin};
use crate::learn::{Labels, Prediction};

/// What one row adds: what was predicted and what was true (see [`TimeBin`]).
fn pairs(truth: &Labels, prediction: &Prediction) -> Vec<(f64, f64)> {
    match (truth, prediction) {
        (Labels::Values(truth), Prediction::Values(predicted)) => {
            predicted.iter().copied().zip(truth.iter().copied()).collect()
        }
        (Labels::Classes { classes, .. }, Prediction::Classes { names, probabilities }) => {
            let rows =
                probabilities.chunks_exact(names.len().max(1)).zip(classes).zip(prediction.most_probable());
            let pair = |((row, truth), best): ((&[f64], &u32), u32)| {
                if names.len() == 2 {
                    (row.last().copied().unwrap_or(f64::NAN), f64::from(*truth))
                } else {
                    (row.get(best as usize).copied().unwrap_or(f64::NAN), f64::from(u8::from(best == *truth)))
                }
            };
            rows.map(pair).collect()
        }
        _ => Vec::new(),
    }
}

/// Equal spans between the first and the last time; rows without a time or with a NaN prediction are left out.
pub(super) fn time_bins(times: &[Option<i64>], truth: &Labels, prediction: &Prediction) -> Vec<TimeBin> {
    let timed: Vec<(i64, f64, f64)> = times
        .iter()
        .zip(pairs(truth, prediction))
        .filter_map(|(time, (predicted, actual))| Some(((*time)?, predicted, actual)))
        .filter(|(_, predicted, _)| predicted.is_finite())
        .collect();
    let first = timed.iter().map(|row| row.0).min().unwrap_or(0);
    let last = timed.iter().map(|row| row.0).max().unwrap_or(0);
    let span = i128::from(last) - i128::from(first) + 1;
    let width = (span / Evaluation::TIME_BINS as i128 + 1) as i64;
    let mut bins: Vec<TimeBin> = Vec::new();
    let mut sorted = timed;
    sorted.sort_by_key(|row| row.0);
    for (time, predicted, actual) in sorted {
        let from = first.saturating_add((time.abs_diff(first) / width.unsigned_abs()) as i64 * width);
        match bins.last_mut() {
            Some(bin) if bin.from == from => {
                bin.rows += 1;
                bin.predicted += predicted;
                bin.actual += actual;
            }
            _ => bins.push(TimeBin { from, to: from.saturating_add(width), rows: 1, predicted, actual }),
        }
    }
    for bin in &mut bins {
        bin.predicted /= bin.rows as f64;
        bin.actual /= bin.rows as f64;
    }
    bins
}
