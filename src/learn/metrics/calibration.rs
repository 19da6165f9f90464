//! Whether probabilities mean what they say.

#![allow(
    clippy::indexing_slicing,
    reason = "a bin is the number of inner edges below a value, so below the bins"
)]

use crate::learn::evaluation::CalibrationBin;

/// Equal bins of 0 to 1, empty ones left out; a value on an edge belongs to the bin below. `None` with no rows or with a
/// value outside of 0 to 1.
pub fn uniform_bins(bins: usize, positive: &[bool], probability: &[f64]) -> Option<Vec<CalibrationBin>> {
    if probability.is_empty() || probability.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let width = 1.0 / bins as f64;
    let edges: Vec<f64> = (1..bins).map(|edge| edge as f64 * width).collect();
    let mut sums = vec![(0_u64, 0_u64, 0.0); bins];
    for (&positive, &p) in positive.iter().zip(probability) {
        let bin = &mut sums[edges.partition_point(|&edge| edge < p)];
        bin.0 += 1;
        bin.1 += u64::from(positive);
        bin.2 += p;
    }
    let filled = sums.into_iter().enumerate().filter(|(_, (rows, ..))| *rows > 0);
    Some(
        filled
            .map(|(at, (rows, positives, sum))| CalibrationBin {
                low: at as f64 * width,
                high: (at + 1) as f64 * width,
                rows,
                predicted: sum / rows as f64,
                actual: positives as f64 / rows as f64,
            })
            .collect(),
    )
}

/// Mean over the rows of the distance between predicted and actual share of their bin (Naeini et al. 2015).
pub fn expected_calibration_error(bins: &[CalibrationBin]) -> Option<f64> {
    let rows: u64 = bins.iter().map(|bin| bin.rows).sum();
    let sum: f64 = bins.iter().map(|bin| bin.rows as f64 * (bin.predicted - bin.actual).abs()).sum();
    (rows > 0).then(|| sum / rows as f64)
}
